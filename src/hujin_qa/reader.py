"""The extractive reader: hits in, exact sentences of the source out, each with its place.

A claim is a sentence as it stands in the document. Where it leans on a heading to be understood (a figure
whose subject is only in the heading, the tier that a list of names belongs to) that heading is put in front
and cited too, so that everything a claim says is quoted. Where it leans on the sentence before it (其, 因此) or
announces what follows (a colon), those come with it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .crossencoder import CrossEncoder
from .digest import digest, digest_of
from .evidence import Evidence, answer_signals, confidence, matched, rerank, reread, share, union, weigh
from .index import Index
from .items import extent, labels, lines_of, short_title
from .listing import find_list, nth_place
from .question import Place, Question
from .sections import Span, ancestors, children, heading_span, title
from .text import fold
from .types import Citation, Claim, Document, Hit, Section

_BUDGET = {"fact": 120, "define": 120, "polar": 120, "member": 120, "list": 170, "compare": 200}
_OPEN = ("how", "why", "define", "list", "polar")  # kinds that one sentence seldom answers in full
_OPEN_BUDGET = 190  # why, how, summary
_SURE = 0.7  # confidence from which the best passages are not read again
_WHOLE = 170  # characters of a section that is short enough to be shown whole
_GAIN = 0.2  # share of the question that a further sentence adds
_BEHIND = 3.0  # log-odds that such a sentence may lie behind the best
_TIE = 0.9  # log-odds within which two sentences answer about as well
_PART_BUDGET = 90  # one of several things that are asked at once
_BEFORE = 120  # characters of a sentence that is shown only because the next one leans on it
_LEANS_BACK = re.compile(
    r"(?:[他她它其]|该|此|这(?!一次)|因此|所以|由此|正因|为此|对此|于是|从而|二者|两者|前者|后者)"
    r"|[^,，。；;]{2,12}(?:因此|由此|为此|随之|因而)"
)
_LABEL = 24  # characters of a sentence that is no more than the name of what follows
_REST = re.compile("其他|其它|其余|此外|另外|剩|还有|还包括|除.{1,14}外|之外|补充")
_REST_NEAR = 3.0  # log-odds that what speaks of the rest may lie behind the best
_FEATURES = re.compile("特点|特征|特色|定义|概念|含义|简介|定位")
_WHAT = "(?:所谓|什么是|啥是|什么叫|啥叫|那个|这个|的)*"
_IS = "(?:方向|方面|是|指|叫|做|到底|一|个|种|什么|啥|哪|怎|样|类|的|概念|意思|东西|企业|公司|机构|平台|业务|[?。,呢啊呀])*"
_VALUED = 2.0  # log-odds that a sentence with a value of the sort that is asked for may lie behind the best
_SIDES = 2.5  # log-odds that each side may lie behind its best, for both to be told by the same aspect
_ANNOUNCED = 260  # characters that a colon may bring along
_MOST_ANNOUNCED = 8


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

    Where the first reading leaves a doubt, the cross-encoder that ``second`` opens reads the best passages again.
    """
    each = [(s.question, weigh(s.question, s.vector, s.hits, index)) for s in (sought, *parts)]
    if not each[0][1]:
        return NOTHING
    reading = _read(sought, each, index)
    if reading.confidence >= _SURE or sought.question.kind == "summary" or (encoder := second()) is None:
        return reading
    return _read(sought, [(q, reread(q, found, index, encoder)) for q, found in each], index)


def _read(sought: Sought, each: Sequence[tuple[Question, Sequence[Evidence]]], index: Index) -> Reading:
    (_, evidence), *parts = each
    spans, chosen = choose(sought, evidence, parts, index)
    signals = answer_signals(sought.question, chosen, sought.hits)
    return Reading(*cite(spans, index), confidence(signals), signals, rerank(sought.hits, evidence))


def choose(
    sought: Sought, evidence: Sequence[Evidence], parts: Sequence[tuple[Question, Sequence[Evidence]]], index: Index
) -> Choice:
    """The way of answering that fits the kind of the question."""
    question, hits = sought.question, sought.hits
    nth = _pointed_at(question.within, index) if question.within else nth_place(question, hits, index)
    if nth and (inside := _within(question, *nth, evidence, index)):
        return inside
    if question.kind == "summary" and (spans := digest(question, hits, index)):
        return spans, _resting_on(spans, evidence)
    if not question.beyond and (listed := find_list(question, evidence, hits, index)):
        return listed
    if side_by_side := _of_parts(parts, question, index):
        return _spans(side_by_side, question, index), sorted(side_by_side, key=lambda e: -e.score)
    if question.beyond:
        evidence = _the_rest(question, evidence)
    if question.kind == "define":
        evidence = _defining(question, evidence, index)
    chosen = _sentences(question, evidence, _BUDGET.get(question.kind, _OPEN_BUDGET))
    if question.kind in _OPEN:
        chosen = _rounded(chosen, evidence)
    return _spans(_in_reading_order(chosen), question, index), chosen


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
    if question.kind == "summary" or (inside and asked):
        if question.kind != "summary":
            chosen = _sentences(question, inside, _BUDGET.get(question.kind, _OPEN_BUDGET))
            if question.kind in _OPEN:
                chosen = _rounded(chosen, inside)
            return _spans(_in_reading_order(chosen), question, index), chosen
        spans = digest_of(place, index, question.sentences)
        return (spans, _resting_on(spans, evidence)) if spans else None
    below = [s for s in document.sections if place.start < s.start < place.end]
    level = [s for s in below if s.depth == min(b.depth for b in below)]
    spans = digest_of(place, index)
    if question.kind == "how":
        return (spans, _resting_on(spans, evidence)) if spans else None
    if len(level) > 1 and not all(title(s.heading) in labels(document) for s in level):
        spans = [Span(document.id, *heading_span(document, s)) for s in level]
    elif head := next((s for s in document.sections if s.start == place.start and s.heading and level), None):
        spans = [Span(document.id, *heading_span(document, head)), *spans[:1]]
    return (spans, _resting_on(spans, evidence)) if spans else None


def _the_rest(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """What was not said yet; first what speaks of others, the rest or an addition."""
    new = [e for e in evidence if (e.hit.passage.document, e.start) not in question.beyond]
    if not new:
        return list(evidence)
    rest = [e for e in new if _REST.search(e.folded) and e.score > new[0].score - _REST_NEAR]
    return rest[:1] or new


def _defining(question: Question, evidence: Sequence[Evidence], index: Index) -> list[Evidence]:
    """The evidence, first what stands in the section that is named like what is asked for, its features before all."""
    best: tuple[str, Place] | None = None
    for e in evidence:
        document = index.documents[e.hit.passage.document]
        for section in ancestors(document, e.hit.passage.position):
            names = [fold(n) for n in re.split(r"[(（)）:：—]", title(section.heading)) if len(n) > 2]
            called = {w.text for w in question.words if len(w.text) > 2}
            found = max(
                (w for n in names for w in {n, *called} if w in question.folded and n.startswith(w)),
                key=len,
                default="",
            )
            if found and (best is None or len(found) > len(best[0])):
                best = found, Place(document.id, *extent(document, section))
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


def _of_parts(parts: Sequence[tuple[Question, Sequence[Evidence]]], question: Question, index: Index) -> list[Evidence]:
    """The best for each part, one after the other."""
    parts = [(part, found) for part, found in parts if found]
    sides = _same_aspect(parts) if question.kind == "compare" else []
    chosen: dict[tuple[str, int], Evidence] = {}
    for part, found in parts:
        mine = [e for e in sides if e in found] or _sentences(part, _valued(part, found), _PART_BUDGET)
        for e in _in_reading_order(mine):
            chosen.setdefault((e.hit.passage.document, e.start), e)
    return list(chosen.values())


def _valued(question: Question, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
    """The evidence, first what holds the sort of value that is asked for, if it is about as good."""
    held = next((e for e in evidence if question.holds_value(e.folded)), evidence[0])
    if held is evidence[0] or held.score < evidence[0].score - _VALUED:
        return evidence
    return [e for e in evidence if e.score <= held.score]


def _same_aspect(parts: Sequence[tuple[Question, Sequence[Evidence]]]) -> list[Evidence]:
    """For each side of a comparison the best sentence under one and the same label, if all have one that is good."""
    under: list[dict[str, Evidence]] = []
    for part, found in parts:
        best: dict[str, Evidence] = {}
        for e in found:
            path = e.hit.passage.section
            if len(path) < 2:
                continue
            name = fold(short_title(path[-2]))
            mine = name in part.folded or any(len(w.text) > 2 and w.text in name for w in part.words)
            sought = _FEATURES.search(part.folded) and _FEATURES.search(title(path[-1]))
            if name and mine and (sought or e.score > found[0].score - _SIDES):
                label = title(path[-1])
                if label not in best or (e.signals["lead"] and _FEATURES.search(label)):
                    best[label] = e
        under.append(best)
    shared = set.intersection(*(set(u) for u in under)) if under else set()
    if not shared:
        return []
    of_features = {name for name in shared if _FEATURES.search(name) and _FEATURES.search(parts[0][0].folded)}
    label = max(of_features or shared, key=lambda name: sum(u[name].score for u in under))
    return [u[label] for u in under]


def _sentences(question: Question, evidence: Sequence[Evidence], budget: int) -> list[Evidence]:
    """The best sentence, and others while they add what the question asks for."""
    best = evidence[0]
    chosen = [best]
    open_ended = question.kind in ("why", "how", "summary")
    used = best.end - best.start
    found = best.path_words
    for candidate in evidence[1:24]:
        length = candidate.end - candidate.start
        if used + length > budget or len(chosen) == 4:
            continue
        gain = share(question.words, union(found, candidate.path_words)) - share(question.words, found)
        same = candidate.hit.passage.position == best.hit.passage.position
        near = best.score - candidate.score
        if (gain > _GAIN and near < _BEHIND) or (open_ended and same and near < 2) or near < _TIE:
            chosen.append(candidate)
            used += length
            found = union(found, candidate.path_words)
    return chosen


def _rounded(chosen: list[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The whole of the section that answers, where it is short: its parts were written to be read together."""
    here = chosen[0].hit.passage
    place = here.document, here.position
    section = [e for e in evidence if (e.hit.passage.document, e.hit.passage.position) == place]
    if sum(e.end - e.start for e in section) > _WHOLE:
        return chosen
    return chosen + [e for e in section if e not in chosen]


def _in_reading_order(chosen: Iterable[Evidence]) -> list[Evidence]:
    return sorted(chosen, key=lambda e: (e.hit.passage.document, e.start))


def _spans(chosen: Sequence[Evidence], question: Question, index: Index) -> list[Span]:
    """The chosen sentences with what they need to be understood."""
    spans: dict[tuple[str, int], Span] = {}
    for e in chosen:
        place = Span(e.hit.passage.document, e.start, e.end, _leans_on(e, question, index))
        for span in [*_before(e, index), place, *announced(e, index)]:
            spans.setdefault((span.document, span.start), span)
    return list(spans.values())


def _before(evidence: Evidence, index: Index) -> list[Span]:
    """The sentence before, if this one begins by pointing back at it."""
    if not _LEANS_BACK.match(evidence.folded) or not evidence.row:
        return []
    passage, start, end = index.sentences[evidence.row - 1].tolist()
    before, here = index.passages[passage], evidence.hit.passage
    close = (before.document, before.position) == (here.document, here.position) and end - start <= _BEFORE
    return [Span(here.document, start, end)] if close else []


def announced(evidence: Evidence, index: Index) -> list[Span]:
    """What a sentence only leads to: the headings or sentences behind a colon, the answer behind a question, the
    text behind the name of an item."""
    here = evidence.hit.passage
    document = index.documents[here.document]
    if evidence.folded.endswith(":") and (below := children(document, here.position)):
        return [Span(document.id, *heading_span(document, s)) for s in below]
    if evidence.folded.endswith((":", "?")):
        end = evidence.end + _ANNOUNCED
    elif len(evidence.folded) <= _LABEL:
        section = ancestors(document, here.position)[-1]
        items = (i for i in lines_of(document, section) if i.start <= evidence.start < i.label <= evidence.end)
        end = next((i.end for i in items), evidence.end)
    else:
        return []
    spans: list[Span] = []
    for passage, start, stop in index.sentences[evidence.row + 1 : evidence.row + 1 + _MOST_ANNOUNCED].tolist():
        near = (index.passages[passage].document, index.passages[passage].position) == (here.document, here.position)
        if not near or stop > min(end, evidence.end + _ANNOUNCED) or document.text[stop - 1] in "?？":
            break
        spans.append(Span(document.id, start, stop))
    return spans


def _leans_on(evidence: Evidence, question: Question, index: Index) -> Section | None:
    """The heading that a sentence needs to stand alone: the one with most of the question that it lacks."""
    lacking = [w for w in question.words if w.text in evidence.path_words and w.text not in evidence.words]
    if not lacking:
        return None
    document = index.documents[evidence.hit.passage.document]
    above = [s for s in ancestors(document, evidence.hit.passage.position) if s.heading]
    weights = [(share(lacking, matched(lacking, fold(s.heading))), len(s.position)) for s in above]
    best = max(range(len(above)), key=lambda i: weights[i], default=None)
    return above[best] if best is not None and weights[best][0] > 0 else None


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
