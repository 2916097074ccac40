"""A section, or a whole document, in a few of its own sentences."""

import re
from collections.abc import Sequence

import numpy as np

from .divisions import unit_counted, units_of
from .evidence import matched, share, sure
from .index import Index
from .items import counted_off, lines_of
from .question import Place, Question
from .sections import Span, children, documents_of, heading_span, things_over, top_sections
from .text import fold
from .types import Document, Hit, Section

_WHOLE = re.compile(r"全文|本文|通篇|整篇|这篇|文章|全书|文档|这份(?:报告|材料|资料|手册)")
_BEGINNING = re.compile(r"开头|引言|开篇|前言|导语|序言|开场|一开始(?:讲|说|写)")
_ENDING = re.compile(
    r"结尾|最后一?(?:段|节|章|篇|部分)|末尾|文末|收尾|结束语|(?:最后|末了)(?:作者|他|它)?(?:是|还|又)?(?:想|要|总)?(?:说|讲|写|表达|强调|呼吁|归结|总结|落)"
)
PART = re.compile(r"(?:倒数)?第(?:[一二三四五六七八九十]+|\d+)个?(?:大?部分|章|节|篇|板块|单元)")
"""What names a part of a text by its number."""
_FIRST = 0.02  # what standing first in its part is worth, as a cosine
_LENGTH = 280  # characters
_FIT = 0.4  # weight of the question's words that a section's headings must hold


def digest(question: Question, hits: Sequence[Hit], index: Index) -> list[Span]:
    """The sentences nearest to the middle of what is to be summed up, one from each of its parts first.

    Empty if the question names nothing to sum up. Nearness to the centroid: Radev et al. 2004, "Centroid-based
    summarization of multiple documents".
    """
    if asked := _nth_question(question, hits, index):
        document, section = asked
        place = Place(document.id, *document.extent(section))
        return [Span(document.id, *heading_span(document, section)), *digest_of(place, index)]
    found = _target(question, hits, index)
    return digest_of(found, index, question.sentences) if found else []


def digest_of(place: Place, index: Index, sentences: int = 0) -> list[Span]:
    """A place in its own sentences: all of them where they are short together, else the most central ones.

    They stand behind the names of its parts, unless so many ``sentences`` are wanted and no more.
    """
    rows = sentence_rows(place, index)
    if not rows:
        return []
    spans = [(start, end) for _, start, end in index.sentences[rows].tolist()]
    positions = [index.passages[index.sentences[row, 0]].position.split(".") for row in rows]
    depth = _depth(positions)
    document = index.documents[place.document]
    named = {
        span: Span(document.id, *span, None if sentences else _part_named(document, ".".join(position), depth, place))
        for span, position in zip(spans, positions, strict=True)
    }
    if not sentences and spans[-1][1] - spans[0][0] <= _LENGTH:
        return list(named.values())
    central = centrality(rows, index)
    undivided = positions.count(positions[0]) == len(positions)
    items = counted_off(document.text[place.start : place.end]) if undivided else ()
    within = [next((n for n, i in enumerate(items, 1) if i[0] <= a - place.start < i[3]), 0) for a, _ in spans]
    parts = [(*position[:depth], str(n)) for position, n in zip(positions, within, strict=True)]
    first = [n == 0 or parts[n] != parts[n - 1] for n in range(len(rows))]
    worth = [_FIRST * leads + (leads and item > 0) for leads, item in zip(first, within, strict=True)]
    order = sorted(range(len(rows)), key=lambda n: -central[n] - worth[n])
    leaders = sorted({parts[n]: n for n in reversed(order)}.values())  # an item's first, a part's most central
    if sentences == 1:  # what a section says itself before its parts, or else the most central of all
        leaders = [n for n in leaders if len(positions[n]) < depth][:1] or order[:1]
    elif 1 < sentences < len(leaders):  # from the beginning to the end
        leaders = [leaders[round(n * (len(leaders) - 1) / (sentences - 1))] for n in range(sentences)]
    chosen = _short_enough([spans[n] for n in dict.fromkeys(leaders + order)], sentences, len(leaders))
    return [named[span] for span in sorted(chosen)]


def _part_named(document: Document, position: str, depth: int, place: Place) -> Section | None:
    """The heading of the part of a place that a position lies in; ``None`` for what the place says itself."""
    things = (s for s in things_over(document, position) if s.start > place.start)
    return next((s for s in things if s.position.count(".") + 1 >= depth), None)


def _depth(positions: Sequence[Sequence[str]]) -> int:
    """How many numbers of a position tell the parts of a place apart: one more than they have in common."""
    common = 0
    while all(len(p) > common and p[common] == positions[0][common] for p in positions):
        common += 1
    return common + 1


def centrality(rows: Sequence[int], index: Index) -> list[float]:
    """How near each of some sentences is to the middle of all of them: cosines, more is nearer."""
    vectors = index.sentence_vectors[list(rows)].astype(np.float32)
    near: list[float] = (vectors @ vectors.mean(axis=0)).tolist()
    return near


def _short_enough(spans: Sequence[tuple[int, int]], wanted: int, leaders: int) -> list[tuple[int, int]]:
    """The first ``wanted``; where no number is wanted, as many as can be read at once, of the ``leaders`` half as many
    more: a whole with a part left out is worse than one that is long."""
    if wanted:
        return list(spans[:wanted])
    chosen: list[tuple[int, int]] = []
    used = 0
    for n, (start, end) in enumerate(spans):
        if not chosen or used + end - start <= _LENGTH * (1.5 if n < leaders else 1):
            chosen.append((start, end))
            used += end - start
    return chosen


def _nth_question(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Document, Section] | None:
    """The n-th question that a text has as a section, where it is named by its number."""
    unit = unit_counted(question.folded) if question.ordinal else ""
    for document in (index.documents[id_] for id_ in documents_of(hits)) if unit else ():
        numbered = units_of(document, unit)
        if abs(question.ordinal) <= len(numbered) > 1:
            return document, numbered[question.ordinal - (question.ordinal > 0)]
    return None


def _target(question: Question, hits: Sequence[Hit], index: Index) -> Place | None:
    """What is to be summed up: the section or item named best, or else the beginning, the end or all of a text."""
    if question.ordinal and PART.search(question.folded):
        divided = index.documents[hits[0].passage.document]
        numbered = top_sections(divided)
        if abs(question.ordinal) > len(numbered):
            return None
        return Place(divided.id, *divided.extent(numbered[question.ordinal - (question.ordinal > 0)]))
    found: list[tuple[bool, float, int, Place]] = []
    for id_ in documents_of(hits):
        document = index.documents[id_]
        for section in document.sections:
            own = matched(question.words, fold(section.heading))
            fit = share(question.words, matched(question.words, fold(" ".join(section.path))))
            if own and fit >= _FIT:
                place = Place(id_, *document.extent(section))
                found.append((bool(sure(own)), fit, -section.depth, place))
    document = index.documents[hits[0].passage.document]
    if not any(surely for surely, *_ in found):
        if _BEGINNING.search(question.plain):
            first = next((s for s in document.sections if s.end - s.body > 1), document.sections[0])
            return Place(document.id, first.start, first.end)
        if _ENDING.search(question.plain):
            last = children(document, "")[-1]
            return Place(document.id, *document.extent(last))
    if item := _item_named(question, hits, index):
        return item
    if found:
        return max(found, key=lambda f: f[1:3])[3]
    titled = sure(matched(question.words, fold(document.title)))
    whole = _WHOLE.search(question.plain) or share(question.words, titled) >= _FIT
    return Place(document.id, 0, len(document.text)) if whole else None


def _item_named(question: Question, hits: Sequence[Hit], index: Index) -> Place | None:
    """The item of running text that a question names in full."""
    for hit in hits:
        document = index.documents[hit.passage.document]
        for item in lines_of(document, document.at[hit.passage.position]):
            if len(item.name) > 2 and fold(item.name) in question.folded:
                return Place(document.id, item.start, item.end)
    return None


def sentence_rows(place: Place, index: Index) -> list[int]:
    """Rows of the sentences that begin in a place, in order, or else of the one that it lies in."""
    first = index.passage_at(place.document, place.start)
    last = index.passage_at(place.document, max(place.start, place.end - 1))
    rows = range(index.sentence_starts[first], index.sentence_starts[last + 1])
    starts = index.sentences[rows.start : rows.stop, 1].tolist()
    begun = [row for row, start in zip(rows, starts, strict=True) if place.start <= start < place.end]
    return begun or [row for row, start in zip(rows, starts, strict=True) if start <= place.start][-1:]
