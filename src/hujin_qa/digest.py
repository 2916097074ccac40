"""A section, or a whole document, in a few of its own sentences."""

import re
from collections.abc import Sequence

import numpy as np

from .evidence import matched, share
from .index import Index
from .question import Question
from .sections import Span
from .text import fold
from .types import Document, Hit, Section

_WHOLE = re.compile(r"全文|本文|通篇|整篇|这篇|文章|全书|文档|这份(?:报告|材料|资料|手册)")
_BEGINNING = re.compile(r"开头|引言|开篇|前言|导语|序言")
_ENDING = re.compile(r"结尾|最后一?(?:段|节|部分)|末尾|文末|收尾|结束语")
_FIRST = 0.02  # what standing first in its part is worth, as a cosine
_LENGTH = 230  # characters
_FIT = 0.4  # weight of the question's words that a section's headings must hold


def digest(question: Question, hits: Sequence[Hit], index: Index) -> list[Span]:
    """The sentences nearest to the middle of what is to be summed up, one from each of its parts first.

    Empty if the question names nothing to sum up. Nearness to the centroid: Radev et al. 2004, "Centroid-based
    summarization of multiple documents".
    """
    found = _target(question, hits, index)
    rows = _sentence_rows(*found, index) if found else []
    if not found or not rows:
        return []
    document, section = found
    central = centrality(rows, index)
    depth = section.depth + 1 if section else 1
    parts = [_above(index.passages[index.sentences[row, 0]].position, depth) for row in rows]
    first = [n == 0 or parts[n] != parts[n - 1] for n in range(len(rows))]
    order = sorted(range(len(rows)), key=lambda n: -central[n] - _FIRST * first[n])
    leaders = [next(n for n in order if parts[n] == part) for part in dict.fromkeys(parts)]
    spans = [
        (int(index.sentences[rows[n], 1]), int(index.sentences[rows[n], 2])) for n in dict.fromkeys(leaders + order)
    ]
    return [Span(document.id, start, end) for start, end in sorted(_short_enough(spans, question.sentences))]


def centrality(rows: Sequence[int], index: Index) -> list[float]:
    """How near each of some sentences is to the middle of all of them: cosines, more is nearer."""
    vectors = index.sentence_vectors[list(rows)].astype(np.float32)
    near: list[float] = (vectors @ vectors.mean(axis=0)).tolist()
    return near


def _short_enough(spans: Sequence[tuple[int, int]], wanted: int) -> list[tuple[int, int]]:
    """The first ``wanted``; where no number is wanted, as many as can be read at once."""
    if wanted:
        return list(spans[:wanted])
    chosen: list[tuple[int, int]] = []
    used = 0
    for start, end in spans:
        if not chosen or used + end - start <= _LENGTH:
            chosen.append((start, end))
            used += end - start
    return chosen


def _target(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Document, Section | None] | None:
    """What is to be summed up: the section named best, or else the whole document."""
    found: list[tuple[float, int, Document, Section]] = []
    for id_ in dict.fromkeys(h.passage.document for h in hits):
        for section in index.documents[id_].sections:
            own = matched(question.words, fold(section.heading))
            fit = share(question.words, matched(question.words, fold(" ".join(section.path))))
            if own and fit >= _FIT:
                found.append((fit, -section.depth, index.documents[id_], section))
    if found:
        return max(found, key=lambda f: f[:2])[2:]
    document = index.documents[hits[0].passage.document]
    if _BEGINNING.search(question.plain):
        return document, document.sections[0]
    if _ENDING.search(question.plain):
        return document, [s for s in document.sections if s.depth == 1][-1]
    return (document, None) if _WHOLE.search(question.plain) or not question.words else None


def _sentence_rows(document: Document, section: Section | None, index: Index) -> list[int]:
    """Rows of the sentences of a section, its children included."""
    inside = [
        p.document == document.id and (section is None or f"{p.position}.".startswith(f"{section.position}."))
        for p in index.passages
    ]
    return [row for row, passage in enumerate(index.sentences[:, 0].tolist()) if inside[passage]]


def _above(position: str, depth: int) -> str:
    return ".".join(position.split(".")[:depth])
