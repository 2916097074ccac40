"""The extractive reader: hits in, exact sentences of the source out, each with its place.

A claim is a sentence as it stands in the document. Where it leans on a heading to be understood (a figure
whose subject is only in the heading, the tier that a list of names belongs to) that heading is put in front
and cited too, so that everything a claim says is quoted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Evidence, answer_signals, confidence, matched, share, weigh
from .index import Index
from .question import Question
from .text import fold
from .types import Citation, Claim, Document, Hit, Section

_BUDGET = {"fact": 120, "define": 120, "polar": 120, "member": 120, "list": 170, "compare": 200}
_OPEN_BUDGET = 190  # why, how, summary
_MARKER_END = ")）、.．】]"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document that a claim is made of, under the heading it leans on."""

    document: str
    start: int
    end: int
    heading: Section | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of the hits. ``confidence`` decides, outside, whether it is shown."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    confidence: float
    signals: dict[str, float]


NOTHING = Reading((), (), 0.0, {})


def read(question: Question, vector: NDArray[np.float32], hits: Sequence[Hit], index: Index) -> Reading:
    """Choose the shortest complete answer from the hits."""
    evidence = weigh(question, vector, hits, index)
    if not evidence:
        return NOTHING
    spans, chosen = choose(question, evidence, hits, index)
    signals = answer_signals(question, chosen, hits, index)
    return Reading(*cite(spans, index), confidence(signals), signals)


def choose(
    question: Question, evidence: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> tuple[list[Span], list[Evidence]]:
    """What to say, in the order to say it, and the evidence that it rests on."""
    return _listing(question, evidence, hits, index) or _sentences(question, evidence, index)


def _sentences(question: Question, evidence: Sequence[Evidence], index: Index) -> tuple[list[Span], list[Evidence]]:
    """The best sentence, and others while they add what the question asks for."""
    best = evidence[0]
    chosen = [best]
    open_ended = question.kind in ("why", "how", "summary")
    budget = _BUDGET.get(question.kind, _OPEN_BUDGET)
    used = best.end - best.start
    found = best.path_words
    for candidate in evidence[1:24]:
        length = candidate.end - candidate.start
        if used + length > budget or len(chosen) == 4:
            continue
        gain = share(question.words, found | candidate.path_words) - share(question.words, found)
        same = candidate.hit.passage.position == best.hit.passage.position
        near = best.score - candidate.score
        if (gain > 0.2 and near < 3) or (open_ended and same and near < 2) or near < 0.15:
            chosen.append(candidate)
            used += length
            found |= candidate.path_words
    ordered = sorted(chosen, key=lambda e: (e.hit.passage.document, e.start))
    return [Span(e.hit.passage.document, e.start, e.end, _leans_on(e, question, index)) for e in ordered], chosen


def _leans_on(evidence: Evidence, question: Question, index: Index) -> Section | None:
    """The heading that a sentence needs to stand alone: the one with most of the question that it lacks."""
    lacking = [w for w in question.words if w.text in evidence.path_words - evidence.words]
    if not lacking:
        return None
    document = index.documents[evidence.hit.passage.document]
    above = [s for s in ancestors(document, evidence.hit.passage.position) if s.heading]
    weights = [(share(lacking, matched(lacking, fold(s.heading))), len(s.position)) for s in above]
    best = max(range(len(above)), key=lambda i: weights[i], default=None)
    return above[best] if best is not None and weights[best][0] > 0 else None


def _listing(
    question: Question, evidence: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> tuple[list[Span], list[Evidence]] | None:
    """The headings under one section, where the question asks for a list and that section is its topic."""
    if question.kind != "list":
        return None
    best: tuple[float, Document, Section, list[Section]] | None = None
    seen: set[tuple[str, str]] = set()
    for hit in hits:
        document = index.documents[hit.passage.document]
        for section in ancestors(document, hit.passage.position):
            if (document.id, section.position) in seen:
                continue
            seen.add((document.id, section.position))
            below = children(document, section.position)
            if len(below) < 2:
                continue
            intro = fold(" ".join([*section.path, document.text[section.body : section.end]]))
            fit = share(question.words, matched(question.words, intro))
            fit += 0.3 * (question.count == len(below)) - 0.6 * (question.count not in (0, len(below)))
            fit += 0.1 * (matched(question.words, fold(section.heading)) != frozenset())
            if best is None or fit > best[0]:
                best = fit, document, section, below
    top = evidence[0]
    if best is None or best[0] < 0.75 or best[0] < top.signals["path"] + 0.05:
        return None
    _, document, section, below = best
    if top.signals["series"] and top.folded.count("、") >= len(below) - 1 and top.signals["path"] > best[0] - 0.3:
        return None
    chosen = [e for e in evidence if e.hit.passage.position.startswith(section.position)][:1] or [top]
    return [Span(document.id, *heading_span(document, s)) for s in below], chosen


def ancestors(document: Document, position: str) -> list[Section]:
    """The sections above a position and itself, outermost first."""
    return [s for s in document.sections if position == s.position or position.startswith(s.position + ".")]


def children(document: Document, position: str) -> list[Section]:
    """The sections right below a position, in order."""
    return [s for s in document.sections if s.parent == position]


def heading_span(document: Document, section: Section) -> tuple[int, int]:
    """Where a heading stands in the text, without the marks and blanks around it."""
    start = document.text.find(section.heading, section.start, max(section.body, section.start))
    return (start, start + len(section.heading)) if start >= 0 else (section.start, section.body)


def title(heading: str) -> str:
    """A heading without its number.

    >>> title("1)移动支付"), title("二、行业趋势前瞻"), title("2-1)消费信贷方向"), title("市场规模")
    ('移动支付', '行业趋势前瞻', '消费信贷方向', '市场规模')
    """
    for i, c in enumerate(heading[:8]):
        if c in _MARKER_END and i + 1 < len(heading):
            return heading[i + 1 :].strip()
        if not (c.isalnum() or c in "-.(（第 ①②③④⑤⑥⑦⑧⑨⑩") or (
            c > "\u4e00" and c not in "一二三四五六七八九十百第章节条部分篇"
        ):
            break
    return heading


def cite(spans: Iterable[Span], index: Index) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """Number the places in order of use and bind every claim to them."""
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    claims = []

    def number(document: Document, start: int, end: int) -> int:
        key = document.id, start, end
        if key not in numbers:
            numbers[key] = len(numbers) + 1
            passage = index.passages[index.passage_at(document.id, start)]
            quote = document.text[start:end]
            citations.append(Citation(numbers[key], document.id, passage.id, passage.section, start, end, quote))
        return numbers[key]

    for span in spans:
        document = index.documents[span.document]
        text, used = document.text[span.start : span.end], []
        if span.heading is not None:
            text = f"【{title(span.heading.heading)}】{text}"
            used.append(number(document, *heading_span(document, span.heading)))
        used.append(number(document, span.start, span.end))
        claims.append(Claim(" ".join(text.split()), tuple(used)))
    return tuple(claims), tuple(citations)


def compose(claims: Sequence[Claim]) -> str:
    """The answer's text: every claim followed by its markers; short items on lines of their own."""
    parts = [claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in claims]
    listed = len(claims) > 2 and all(len(c.text) < 60 for c in claims)
    return ("\n" if listed else " ").join(parts)
