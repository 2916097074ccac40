"""Which sentences are told together: the best, and others while they add what the question asks for."""

import re
from collections.abc import Sequence

from .evidence import CAUSE, Evidence, share, sure, union
from .headings import first_person
from .question import Question, number

BEHIND = 3.0
"""Log-odds that a sentence which adds something may lie behind the best."""
ELSEWHERE = 5.0
"""Log-odds that what answers another part, or has the value that is asked for, may lie behind what does not."""
TIE = 2.1
"""Log-odds within which two sentences answer about as well."""
_BESIDE = 2  # sentences before or behind the best in which its value is looked for
_SO_MANY = re.compile(
    r"(?P<n>[两二三四五六]|\d)[座家个所名位款种类项台条只支部批期次](?P<thing>[\u4e00-\u9fff]{2}).*?(?:分别|各自?(?![种类地位]))"
)
_GAIN = 0.2  # share of the question that a further sentence adds
_WHOLE = 170  # characters of a section that is short enough to be shown whole
_ROUNDED = 320  # … and of an answer that such sections make whole
_ASIDE = 4.5  # log-odds that one of a short section may lie behind, for the section to be told whole
_CAUSE = re.compile(CAUSE)
_REASON = re.compile("原因|因为|由于|因(?![此而])|所致|根源|在于|源于|得益于|为了|为的是|目的")
_AS_GOOD = 1.0  # log-odds that a sentence may lie behind the best, for the reason next to it to be told
_REASON_BEHIND = 9.0  # … and that reason
_GOES_ON = re.compile("(?:为此|对此|因此|所以|于是|这样|如此|这才)")


def best_sentences(
    question: Question, evidence: Sequence[Evidence], budget: int, of_several: bool = False
) -> list[Evidence]:
    """The best sentence, and others while they add what the question asks for; ``of_several`` has several values."""
    best = evidence[0]
    chosen = [best]
    one_value = (
        not of_several and question.kind == "fact" and question.value is not None and question.holds_value(best.folded)
    )
    used = best.end - best.start
    found = best.path_words
    for candidate in evidence[1:24]:
        length = candidate.end - candidate.start
        if used + length > budget or len(chosen) == 4:
            continue
        gain = share(question.words, union(found, candidate.path_words)) - share(question.words, found)
        near = best.score - candidate.score
        tied = near < TIE and question.kind != "member" and not (one_value and _says_less(candidate, best))
        if (gain > _GAIN and near < BEHIND) or tied:
            chosen.append(candidate)
            used += length
            found = union(found, candidate.path_words)
    return chosen


def _says_less(evidence: Evidence, best: Evidence) -> bool:
    """Whether a sentence has some of what the best has of the question and nothing that this lacks."""
    less = sure(evidence.words).keys() < sure(best.words).keys()
    return less and evidence.words.keys() <= best.words.keys()


def rounded(chosen: list[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """What the sections that answer say of it, where they are short: their parts were written to be read together."""
    told = list(chosen)
    for place in dict.fromkeys(map(section_of, chosen)):
        section = [e for e in evidence if section_of(e) == place]
        more = [e for e in section if e.score >= chosen[0].score - _ASIDE and e not in told]
        if _length(section) <= _WHOLE and _length([*told, *more]) <= _ROUNDED:
            told += more
    return told


def read_on(question: Question, chosen: list[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """What was chosen with the sentence behind the best, if that goes on from it ("为此…").

    A question why to which nothing chosen tells a cause has the sentence that does, or else the one behind the best: a
    text says what happened, and next to it for what reason.
    """
    best = chosen[0]
    behind = next((e for e in evidence if e.row == best.row + 1 and e.hit.row == best.hit.row), None)
    untold = question.kind == "why" and not any(_CAUSE.search(e.folded) for e in chosen)
    if untold and (cause := _cause(best, evidence)):
        return [*chosen, cause]
    if behind is None or behind in chosen:
        return chosen
    reason = untold and (len(chosen) == 1 or _CAUSE.search(behind.folded))
    return [*chosen, behind] if reason or _GOES_ON.match(behind.folded) else chosen


def _cause(best: Evidence, evidence: Sequence[Evidence]) -> Evidence | None:
    """The best sentence that tells a reason, of those next to one that answers about as well as the best."""
    tops = [best, *(e for e in evidence if e.score > best.score - _AS_GOOD)]
    told = (e for e in evidence if _REASON.search(e.folded) and e.score > best.score - _REASON_BEHIND)
    beside = (e for e in told if any(abs(e.row - top.row) <= 2 and section_of(e) == section_of(top) for top in tops))
    return max(beside, key=lambda e: e.score, default=None)


def with_value(question: Question, chosen: list[Evidence], evidence: Sequence[Evidence]) -> list[Evidence]:
    """What was chosen, and where none of it has the sort of value that is asked for, the best next to it that has."""
    best = chosen[0]
    if question.kind != "fact" or question.value is None or any(_tells(question, e) for e in chosen):
        return chosen
    beside = (e for e in evidence if 0 < abs(e.row - best.row) <= _BESIDE and section_of(e) == section_of(best))
    near = (e for e in beside if e.score > best.score - ELSEWHERE and _tells(question, e))
    told = max(near, key=lambda e: e.score, default=None)
    return [*chosen, told] if told else chosen


def _tells(question: Question, e: Evidence) -> bool:
    """Whether a sentence has a person, or another value of the sort that is asked for."""
    return bool(first_person(e.folded)) if question.value == "person" else question.holds_value(e.folded)


def one_of_each(question: Question, evidence: Sequence[Evidence]) -> list[Evidence]:
    """As many sentences with a value as there are things of which it is asked one by one (两座桥分别是哪年建的)."""
    found = _SO_MANY.search(question.folded) if question.value is not None else None
    if not found:
        return []
    near = (e for e in evidence if e.score > evidence[0].score - ELSEWHERE and question.holds_value(e.folded))
    told = [e for e in near if found["thing"] in e.folded][: number(found["n"])]
    return told if len(told) > 1 else []


def section_of(e: Evidence) -> tuple[str, str]:
    """The document and the position in its outline that a sentence stands at."""
    return e.hit.passage.document, e.hit.passage.position


def _length(sentences: Sequence[Evidence]) -> int:
    return sum(e.end - e.start for e in sentences)


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """As the text has them; of several texts the one with the best sentence first."""
    best: dict[str, float] = {}
    for e in chosen:
        best[e.hit.passage.document] = max(e.score, best.get(e.hit.passage.document, e.score))
    return sorted(chosen, key=lambda e: (-best[e.hit.passage.document], e.hit.passage.document, e.start))
