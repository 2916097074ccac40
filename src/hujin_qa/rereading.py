"""The second reading: what the cross-encoder makes of the most promising passages, and of the answer."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from .crossencoder import CrossEncoder, Window, under_headings
from .evidence import Evidence, rescored
from .index import Index
from .question import Question
from .text import fold

_BY_SCORE, _BY_RANK = 3, 2  # passages that are read again: of the best sentences, and the best found
_BEHIND = 3.0  # log-odds that the best sentence of such a passage may lie behind the best of all
_UNDOUBTED = -6.0  # log-odds


def reread(question: Question, evidence: Sequence[Evidence], index: Index, encoder: CrossEncoder) -> list[Evidence]:
    """The same sentences with what the cross-encoder makes of them as a signal ``again``, best first.

    It reads the most promising passages; sentences of the others count like the worst that it has read.
    """
    best = {e.hit.row: e for e in reversed(evidence)}  # the best sentence of each passage
    near = [e.hit.row for e in evidence if e.score >= evidence[0].score - _BEHIND]
    by_score, by_rank = dict.fromkeys(near), dict.fromkeys(sorted(near, key=lambda row: best[row].hit.rank))
    passages = dict.fromkeys([*list(by_score)[:_BY_SCORE], *list(by_rank)[:_BY_RANK]])
    scores: dict[int, float] = {}
    for row in passages:
        whole = sorted((e for e in evidence if e.hit.row == row), key=lambda e: e.start)
        title, *section = _headings(whole[0], index)
        window = under_headings(title, section, [e.folded for e in whole])
        scores |= zip([e.row for e in whole], _read_again(encoder, question.folded, window), strict=True)
    worst = min(scores.values(), default=0.0)
    again = [rescored(replace(e, signals={**e.signals, "again": scores.get(e.row, worst)})) for e in evidence]
    return sorted(again, key=lambda e: -e.score)


def as_a_claim(question: Question, best: Evidence, index: Index, encoder: CrossEncoder) -> dict[str, float]:
    """Signals of the question taken for a claim about the best sentence, two log-odds.

    ``stated``: that the sentence says it; ``doubted``: that the most doubtful noun of it is what it does not say.
    """
    title, *section = _headings(best, index)
    evidence = (" › ".join([title, *section[-2:]]), best.folded)
    stated, faults = _compared(encoder, question.folded, evidence)
    offsets = encoder.offsets(question.folded)
    nouns = [(at, at + len(w.text)) for w in question.words if w.noun and (at := question.folded.find(w.text)) >= 0]
    doubts = [
        fault
        for (start, end), fault in zip(offsets, faults, strict=False)  # of a long question only the beginning is read
        if any(start < stop and begin < end for begin, stop in nouns)
    ]
    return {"stated": stated, "doubted": max(doubts, default=_UNDOUBTED)}


def _headings(evidence: Evidence, index: Index) -> list[str]:
    """The folded title of the document and the headings above a sentence."""
    passage = evidence.hit.passage
    return [fold(heading) for heading in (index.documents[passage.document].title, *passage.section)]


@lru_cache(maxsize=1024)
def _read_again(encoder: CrossEncoder, question: str, window: Window) -> tuple[float, ...]:
    """Kept, because a conversation is gone through again with every turn."""
    return tuple(encoder.score(question, [window])[0])


@lru_cache(maxsize=4096)
def _compared(encoder: CrossEncoder, question: str, evidence: tuple[str, ...]) -> tuple[float, list[float]]:
    """Kept likewise."""
    return encoder.verify(question, evidence)
