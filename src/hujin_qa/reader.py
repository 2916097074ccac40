"""The extractive reader: hits in, exact sentences of the source out, each with its place.

What is said, and in what order, depends on the kind of the question; ``citations`` makes claims of it.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .citations import CHANGE, cite, of_the_sort, spans_of
from .contents import located, outlined
from .crossencoder import CrossEncoder
from .digest import digest, digest_of
from .evidence import (
    Evidence,
    answer_signals,
    confidence,
    from_structure,
    matched,
    rerank,
    weigh,
)
from .index import Index
from .items import short_title
from .listing import find_list, nth_place
from .markers import strip_marker
from .parts import FEATURES_OF
from .periods import asks_stage, gives_stage
from .quantities import FIGURES, values
from .question import WORDLESS, Place, Question
from .rereading import looked_into, reread
from .sections import Span, ancestors, heading_span
from .selection import (
    BEHIND,
    ELSEWHERE,
    TIE,
    best_sentences,
    in_reading_order,
    one_of_each,
    read_on,
    rounded,
    section_of,
    with_value,
)
from .text import fold
from .types import Citation, Claim, Hit

_BUDGET = {"fact": 150, "define": 150, "polar": 150, "member": 150, "list": 170, "compare": 200}  # characters
_OTHER_BUDGET = 190  # why, how, and what the outline did not answer
_OPEN = ("how", "why", "define", "list", "polar")  # kinds that one sentence seldom answers in full
_THEN = "(?:以前|过去|从前|原来|原先|早先|当初|老(?:做法|路子|办法|一套))"
_NOW = "(?:现在|如今|今后|眼下|后来|新(?:做法|路子|办法|一套))"
_THEN_AND_NOW = re.compile(f"{_THEN}.{{0,20}}{_NOW}|[跟和与比]{_THEN}相?比|比{_THEN}")
_BECAME = re.compile(
    f"{CHANGE.pattern}|[从由].{{1,24}}向.{{1,40}}(?:演进|转变|转型|升级|过渡|迈进|发展)|告别.{{1,30}}(?:进入|迎来|走向|转)|不再.{{1,24}}(?:而|,)|{_THEN}.{{1,30}}{_NOW}"
)
_PART_BUDGET = 90  # one of several things that are asked at once
_BUT = re.compile("(?:除了|除去|除|抛开).{1,16}?(?:之外|以外|外)?[,]?.{0,4}(?:还有|别的|其[他它])")
_REST = re.compile("其他|其它|其余|此外|另外|剩|还有|还包括|除.{1,14}外|之外|补充")
_REST_NEAR = 3.0  # log-odds that what speaks of the rest may lie behind the best
_FIRST = re.compile("(?:第一|头一|首)(?P<of>[家次个座台位任届批版笔])|最[大小高低多少早晚快慢长短贵重]")
_IN_RANK = re.compile("最|第一|首|头一|居|冠|超过|[高低大多]于|唯一|主要")
_FEATURES = re.compile("特点|特征|特色|定义|概念|含义|简介|定位")
_WHAT = "(?:所谓|什么是|啥是|什么叫|啥叫|那个|这个|的)*"
_IS = "(?:方向|方面|是|指|叫|做|到底|一|个|种|什么|啥|哪|怎|样|类|的|概念|意思|东西|企业|公司|机构|平台|业务|特点|[?。,呢啊呀])*"
_VALUED = 2.0  # log-odds that a sentence with a value of the sort that is asked for may lie behind the best
_OUTLINE_SURE = 0.95  # headings that a question on the outline names, or all that there are


@dataclass(frozen=True, slots=True)
class Sought:
    """A question with what was retrieved for it; ``vector`` has shape ``(d,)``."""

    question: Question
    vector: NDArray[np.float32]
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader made of the hits. ``confidence`` decides, outside, whether it is shown."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    confidence: float
    signals: dict[str, float]
    hits: tuple[Hit, ...] = ()  # in the order that reading them gave

    @property
    def believed(self) -> bool:
        """Whether the cross-encoder, if it was asked, holds an answer for more likely than not."""
        return self.signals.get("again", 0.0) > 0


NOTHING = Reading((), (), 0.0, {})
Choice = tuple[list[Span], list[Evidence]]
"""What to say, in the order to say it, and the evidence that it rests on, best first."""


def read(
    sought: Sought,
    parts: Sequence[Sought],
    index: Index,
    second: Callable[[], CrossEncoder | None] = lambda: None,
) -> Reading:
    """Choose the shortest complete answer from the hits; ``parts`` are the questions that it is made of.

    The cross-encoder that ``second`` opens, if there is one, reads the best sentences again.
    """
    each = [(s.question, weigh(s.question, s.vector, s.hits, index)) for s in (sought, *parts)]
    if not each[0][1]:
        return NOTHING
    headings = [outlined(question, found, sought.hits, index) for question, found in each[1:] or each]
    if all(headings):
        spans = [span for found in headings for span in found]
        return Reading(*cite(dict.fromkeys(spans), index), _OUTLINE_SURE, {"together": 1.0}, tuple(sought.hits))
    encoder = second() if sought.question.kind != "summary" else None
    if encoder:
        each = [(question, reread(question, found, index, encoder)) for question, found in each]
    (_, evidence), *others = each
    spans, chosen = choose(sought, evidence, others, index)
    signals = answer_signals(sought.question, chosen, sought.hits)
    if encoder:
        asked = next((part for part, found in others if any(e is chosen[0] for e in found)), sought.question)
        signals |= looked_into(asked, chosen[0], index, encoder)
    return Reading(*cite(spans, index), confidence(signals), signals, rerank(sought.hits, evidence))


def choose(
    sought: Sought, evidence: Sequence[Evidence], parts: Sequence[tuple[Question, Sequence[Evidence]]], index: Index
) -> Choice:
    """The way of answering that fits the kind of the question."""
    question, hits = sought.question, sought.hits
    nth = _pointed_at(question.within, index) if question.within else nth_place(question, hits, index)
    if nth and (inside := _within(question, *nth, evidence, index)):
        spans, chosen = inside
        return spans, [from_structure(e, 1.0) for e in chosen]
    if staged := _stage(question, evidence, index):
        return staged
    if question.kind == "section" and (spans := located(question, evidence, index)):
        return spans, list(evidence[:1])
    if question.kind in WORDLESS and (spans := digest(question, hits, index)):
        return spans, _resting_on(spans, evidence)
    if became := _became(question, evidence):
        return spans_of([became], question, index), [became]
    of_each = question.value is not None and len(parts) > 1  # 三个片区的产量分别是多少: no list of their names
    listed = find_list(question, evidence, hits, index) if not (question.beyond or of_each) else None
    if listed and not _are_the_parts(listed[0], parts, index):
        return listed
    side_by_side = _of_parts(parts, index)
    several = question.kind in _OPEN or question.value is not None
    of_all = several and len(side_by_side) == 1  # parts that one sentence answers are one question
    if side_by_side and not of_all:
        return spans_of(side_by_side, question, index), sorted(side_by_side, key=lambda e: -e.score)
    if question.beyond or _BUT.search(question.folded):
        evidence = _the_rest(question, evidence)
    if question.kind == "member":
        evidence = _of_the_sort(question, evidence, index)
    if question.kind == "define":
        evidence = _defining(question, evidence, index)
    if question.value is not None:
        evidence = _row_first(question, evidence)
    if question.kind == "fact":
        evidence = _of_the_first(question, evidence)
    spans, chosen = _told(question, evidence, index, of_all)
    return spans, [*side_by_side, *(e for e in chosen if e.row != side_by_side[0].row)] if side_by_side else chosen


def _stage(question: Question, evidence: Sequence[Evidence], index: Index) -> Choice | None:
    """The stage that years fall into, where one is asked for: a sentence with their span, or else a heading."""
    if not asks_stage(question.folded, question.years):
        return None
    if told := next((e for e in evidence if gives_stage(e.folded, question.years)), None):
        return [Span(told.hit.passage.document, told.start, told.end)], [from_structure(told, 1.0)]
    for e in evidence:
        document = index.documents[e.hit.passage.document]
        for section in reversed(ancestors(document, e.hit.passage.position)):
            if gives_stage(fold(section.heading), question.years):
                return [Span(document.id, *heading_span(document, section))], [from_structure(e, 1.0)]
    return None


def _became(question: Question, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that tells what became of the thing, where a question sets now against then; about as good as any."""
    if not _THEN_AND_NOW.search(question.plain):
        return None
    near = (e for e in evidence if e.score > evidence[0].score - BEHIND)
    return next((e for e in near if _BECAME.search(e.folded)), None)


def _are_the_parts(spans: Sequence[Span], parts: Sequence[tuple[Question, Sequence[Evidence]]], index: Index) -> bool:
    """Whether a list only names the things that something is asked of one by one: 三个片区各有哪些村."""
    names = [fold(strip_marker(index.documents[s.document].text[s.start : s.end])) for s in spans]
    asked = [part.folded.partition("的")[0] for part, _ in parts]
    return len(names) == len(asked) and all(map(str.startswith, names, asked))


def _told(question: Question, evidence: Sequence[Evidence], index: Index, of_several: bool = False) -> Choice:
    """The best sentences, in reading order."""
    chosen = one_of_each(question, evidence) or best_sentences(
        question, evidence, _BUDGET.get(question.kind, _OTHER_BUDGET), of_several
    )
    chosen = with_value(question, chosen, evidence)
    if question.kind in _OPEN:
        chosen = read_on(question, rounded(chosen, evidence), evidence)
    return spans_of(in_reading_order(chosen), question, index), chosen


def _resting_on(spans: Sequence[Span], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that lies in spans, or else the best there is."""
    inside = [
        e for e in evidence if any(s.document == e.hit.passage.document and s.start <= e.start < s.end for s in spans)
    ]
    return inside or [evidence[0]]


def _pointed_at(place: Place, index: Index) -> tuple[Place, str]:
    """A place with the headings that it stands under."""
    return place, " ".join(index.passages[index.passage_at(place.document, place.start)].section)


def _within(
    question: Question, place: Place, found_by: str, evidence: Sequence[Evidence], index: Index
) -> Choice | None:
    """The answer from one place: what it says of what is asked, or else all of it in short."""
    inside = [e for e in evidence if place.holds(e.hit.passage.document, e.start)]
    document = index.documents[place.document]
    name = document.text[place.start : place.end].split("\n")[0][:60]
    named = matched(question.words, fold(f"{name} {found_by}"))
    asked = [w for w in question.words if w.text not in named]
    summary = question.kind == "summary"
    if inside and asked and not summary:
        return _told(question, inside, index)
    spans = digest_of(place, index, question.sentences if summary else 0)
    named_by_parts = not summary and question.kind != "how"
    below = [s for s in document.sections if place.start < s.start < place.end] if named_by_parts else []
    level = [s for s in below if s.depth == min(b.depth for b in below)]
    if len(level) > 1 and not all(strip_marker(s.heading) in document.labels for s in level):
        spans = [Span(document.id, *heading_span(document, s)) for s in level]
    elif head := next((s for s in document.sections if s.start == place.start and s.heading and level), None):
        spans = [Span(document.id, *heading_span(document, head)), *spans[:1]]
    return (spans, _resting_on(spans, evidence)) if spans else None


def _the_rest(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """What was not said yet; first what speaks of others, the rest or an addition."""
    new = [e for e in evidence if _place(e) not in question.beyond]
    if not new:
        return list(evidence)
    rest = [e for e in new if _REST.search(e.folded) and e.score > new[0].score - _REST_NEAR]
    return rest[:1] or new


def _of_the_sort(question: Question, evidence: Sequence[Evidence], index: Index) -> list[Evidence]:
    """The evidence, first what stands under a heading of the sort asked for, if it is about as good."""

    def fits(e: Evidence) -> bool:
        near, passage = e.score > evidence[0].score - BEHIND, e.hit.passage
        return near and of_the_sort(question, index.documents[passage.document], passage.position) is not None

    return sorted(evidence, key=fits, reverse=True)  # the rest in the order it has


def _defining(question: Question, evidence: Sequence[Evidence], index: Index) -> list[Evidence]:
    """The evidence, first what stands in the section that is named like what is asked for, its features before all."""
    best: tuple[str, Place] | None = None
    for id_, position in dict.fromkeys(map(section_of, evidence)):
        document = index.documents[id_]
        for section in ancestors(document, position):
            names = [fold(n) for n in re.split(r"[(（)）:：—]", strip_marker(section.heading)) if len(n) > 2]
            called = {w.text for w in question.words if len(w.text) > 2}
            found = max(
                (w for n in names for w in {n, *called} if w in question.folded and n.startswith(w)),
                key=len,
                default="",
            )
            if found and (best is None or len(found) > len(best[0])):
                best = found, Place(document.id, *document.extent(section))
    if best is None or not re.fullmatch(rf"{_WHAT}{re.escape(best[0])}{_IS}", question.folded):
        return list(evidence)
    if re.search(rf"{re.escape(best[0])}[,”]?(?:是指|是|指|即|意味)", evidence[0].folded):
        return list(evidence)
    featured = [
        e
        for e in evidence
        if best[1].holds(e.hit.passage.document, e.start) and _FEATURES.search("".join(e.hit.passage.section[-1:]))
    ]
    return sorted(featured, key=lambda e: e.start)[:1] or list(evidence)


def _of_parts(parts: Sequence[tuple[Question, Sequence[Evidence]]], index: Index) -> list[Evidence]:
    """The best for each part, one after the other."""
    chosen: dict[tuple[str, int], Evidence] = {}
    asked: list[tuple[Question, Sequence[Evidence]]] = []  # parts that have the same best sentence
    for part, found in parts:
        if not found:
            continue
        if part.folded.endswith(FEATURES_OF):
            found = _defining(part, _of_it_alone(part, parts, found), index)
        found = _row_first(part, _valued(part, _in_its_section(part, found, index)))
        told = best_sentences(part, found, _PART_BUDGET)
        asked = [*(other for other in asked if other[1][0].row == found[0].row), (part, found)]
        if all(_place(e) in chosen for e in told):
            told += _elsewhere(asked, chosen)
        for e in in_reading_order(told):
            chosen.setdefault(_place(e), e)
    return list(chosen.values())


def _in_its_section(part: Question, evidence: Sequence[Evidence], index: Index) -> Sequence[Evidence]:
    """The evidence, first what has a value and stands in the section that is named for what the part is asked of."""
    name = part.folded.partition("的")[0]

    def lies_there(e: Evidence) -> bool:
        document = index.documents[e.hit.passage.document]
        return any(fold(short_title(s.heading)) == name for s in ancestors(document, e.hit.passage.position))

    near = (e for e in evidence if e.score > evidence[0].score - ELSEWHERE and part.holds_value(e.folded))
    return _led_by(next((e for e in near if lies_there(e)), None) if part.value is not None else None, evidence)


def _of_it_alone(
    part: Question, parts: Sequence[tuple[Question, Sequence[Evidence]]], evidence: Sequence[Evidence]
) -> Sequence[Evidence]:
    """The evidence on one of several things that are compared, first what does not just name it beside another."""
    own, *names = (p.folded.removesuffix(FEATURES_OF) for p in (part, *(p for p, _ in parts if p is not part)))
    both = "|".join(
        f"{re.escape(a)}[和与跟及、]{re.escape(b)}" for name in names for a, b in ((own, name), (name, own))
    )
    alone = [e for e in evidence if not re.search(both, e.folded)]
    near = alone and own in alone[0].folded and alone[0].score > evidence[0].score - ELSEWHERE
    return alone if near else evidence


def _elsewhere(
    asked: Sequence[tuple[Question, Sequence[Evidence]]], chosen: Collection[tuple[str, int]]
) -> list[Evidence]:
    """What answers one of several parts with the same best sentence about as well.

    If that has too few values of the sort that they ask for, it is the answer to one, and what comes next to another.
    """
    best, sort = asked[0][1][0], asked[0][0].value
    several = len(asked) > 1 and all(part.value == sort for part, _ in asked)
    scarce = several and sort is not None and sort in FIGURES and len(values(sort, best.folded)) < len(asked)
    behind = ELSEWHERE if scarce else TIE
    near = [
        (found[0].score - e.score, n, e)
        for part, found in (asked if scarce else asked[-1:])
        for n, e in enumerate(found)
        if e.score > found[0].score - behind and _place(e) not in chosen and part.holds_value(e.folded)
    ]
    return [min(near, key=lambda each: each[:2])[2]] if near else []


def _place(e: Evidence) -> tuple[str, int]:
    return e.hit.passage.document, e.start


def _valued(question: Question, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The evidence, first what holds the sort of value that is asked for, if it is about as good."""
    held = next((e for e in evidence if question.holds_value(e.folded)), evidence[0])
    if held is evidence[0] or held.score < evidence[0].score - _VALUED:
        return evidence
    return [e for e in evidence if e.score <= held.score]


def _of_the_first(question: Question, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The evidence, first what speaks of the first or the most, where that is asked about and the best does not."""
    asked = _FIRST.search(question.folded)
    if not asked or _IN_RANK.search(evidence[0].folded):
        return evidence
    same = re.compile(f"(?:第一|首|头一){asked['of']}|首次|最[早初先]" if asked["of"] else re.escape(asked[0]))
    near = (e for e in evidence if e.score > evidence[0].score - ELSEWHERE)
    return _led_by(next((e for e in near if same.search(e.folded)), None), evidence)


def _row_first(question: Question, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The evidence, first the row of a table that opens with what is asked about, if it is about as good."""
    near = (e for e in evidence if e.folded.startswith("|") and e.score > evidence[0].score - BEHIND)
    named = ((e, e.folded.strip("| ").partition("|")[0].strip()) for e in near)
    row = next((e for e, name in named if len(name) > 1 and name in question.folded), None)
    return _led_by(row if row and question.holds_value(row.folded) else None, evidence)


def _led_by(first: Evidence | None, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The evidence with one of it in front, as it is for ``None``."""
    return [first, *(e for e in evidence if e is not first)] if first else evidence
