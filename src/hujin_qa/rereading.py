"""The second reading: what the cross-encoder makes of the most promising sentences."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from .crossencoder import CrossEncoder, Window, under_headings
from .evidence import Evidence, rescored
from .index import Index
from .question import Question
from .text import fold

_BEHIND, _MOST = 4.0, 12  # log-odds that a sentence may lie behind the best to be read again, and how many are read
_UNDOUBTED = -6.0  # log-odds


def reread(question: Question, evidence: Sequence[Evidence], index: Index, encoder: CrossEncoder) -> list[Evidence]:
    """The same sentences with what the cross-encoder makes of the best of them as a signal ``again``, best first.

    It reads each alone behind its headings, which tells more than to read it among its neighbours. Those that lie far
    behind count like the worst that it has read.
    """
    near = (e for e in evidence[:_MOST] if e.score >= evidence[0].score - _BEHIND)
    scores = {e.row: _read_again(encoder, question.folded, _window(e, e.folded, index)) for e in near}
    worst = min(scores.values(), default=0.0)
    again = [rescored(replace(e, signals={**e.signals, "again": scores.get(e.row, worst)})) for e in evidence]
    return sorted(again, key=lambda e: -e.score)


def looked_into(question: Question, best: Evidence, index: Index, encoder: CrossEncoder) -> dict[str, float]:
    """Signals of the best sentence alone, three log-odds.

    ``behind``: that it answers, read behind the sentence before it. ``stated``: that it says the question, taken for a
    claim; ``doubted``: that the most doubtful noun of the question is what it does not say.
    """
    behind = _read_again(encoder, question.folded, _window(best, _before(best, index) + best.folded, index))
    title, *section = _headings(best, index)
    stated, faults = _compared(encoder, question.folded, (" › ".join([title, *section[-2:]]), best.folded))
    offsets = encoder.offsets(question.folded)
    nouns = [(at, at + len(w.text)) for w in question.words if w.noun and (at := question.folded.find(w.text)) >= 0]
    doubts = [
        fault
        for (start, end), fault in zip(offsets, faults, strict=False)  # of a long question only the beginning is read
        if any(start < stop and begin < end for begin, stop in nouns)
    ]
    return {"behind": behind, "stated": stated, "doubted": max(doubts, default=_UNDOUBTED)}


def _window(evidence: Evidence, said: str, index: Index) -> Window:
    title, *section = _headings(evidence, index)
    return under_headings(title, section, [said])


def _before(evidence: Evidence, index: Index) -> str:
    """The folded sentence before one, in the same passage; ``""`` for the first."""
    if evidence.row == index.sentence_starts[evidence.hit.row]:
        return ""
    _, start, end = index.sentences[evidence.row - 1].tolist()
    return fold(index.documents[evidence.hit.passage.document].text[start:end])


def _headings(evidence: Evidence, index: Index) -> list[str]:
    """The folded title of the document and the headings above a sentence."""
    passage = evidence.hit.passage
    return [fold(heading) for heading in (index.documents[passage.document].title, *passage.section)]


@lru_cache(maxsize=4096)
def _read_again(encoder: CrossEncoder, question: str, window: Window) -> float:
    """Kept, because a conversation is gone through again with every turn."""
    return encoder.score(question, [window])[0][0]


@lru_cache(maxsize=4096)
def _compared(encoder: CrossEncoder, question: str, evidence: tuple[str, ...]) -> tuple[float, list[float]]:
    """Kept likewise."""
    return encoder.verify(question, evidence)
