"""The second reading: what the cross-encoder makes of the most promising sentences."""

from collections.abc import Sequence

from .crossencoder import CrossEncoder, States
from .evidence import Evidence, rescored
from .index import Index
from .question import Question
from .states import window_of

_BEHIND, _MOST = 5.0, 8  # log-odds that a sentence may lie behind the best to be read again, and how many are read
_MOST_UNREAD = 4  # … of an index without states: most of the work is then still to do
_UNDOUBTED = -6.0  # log-odds


def reread(question: Question, evidence: Sequence[Evidence], index: Index, encoder: CrossEncoder) -> list[Evidence]:
    """The same sentences with what the cross-encoder makes of the best of them as a signal ``again``, best first.

    It reads each alone behind its headings, which tells more than to read it among its neighbours. Those that lie far
    behind count like the worst that it has read.
    """
    most = _MOST if index.states else _MOST_UNREAD
    near = [e for e in evidence[:most] if e.score >= evidence[0].score - _BEHIND]
    found = _judged(question, near, index, encoder)
    unread = {"again": min((signals["again"] for signals in found), default=0.0)}
    read = {e.row: signals for e, signals in zip(near, found, strict=True)}
    return sorted((rescored(e, read.get(e.row, unread)) for e in evidence), key=lambda e: -e.score)


def looked_into(question: Question, best: Evidence, index: Index, encoder: CrossEncoder) -> dict[str, float]:
    """Signals of the best sentence alone, log-odds.

    ``stated``: that it says the question, taken for a claim; ``doubted``: that the most doubtful noun of the question
    is what it does not say.
    """
    found = best.signals if "stated" in best.signals else _judged(question, [best], index, encoder)[0]
    return {name: found[name] for name in ("stated", "doubted")}


def _judged(
    question: Question, evidence: Sequence[Evidence], index: Index, encoder: CrossEncoder
) -> list[dict[str, float]]:
    """What the cross-encoder makes of each sentence, as signals."""
    nouns = [(at, at + len(w.text)) for w in question.words if w.noun and (at := question.folded.find(w.text)) >= 0]
    offsets = enumerate(encoder.offsets(question.folded))
    doubtful = [n for n, (start, end) in offsets if any(start < stop and begin < end for begin, stop in nouns)]
    verdicts = encoder.judge(question.folded, [_states(e, index, encoder) for e in evidence])
    return [
        {
            "again": verdict.answers,
            "stated": verdict.says,
            # of a long question only the beginning is read
            "doubted": max((verdict.faults[n] for n in doubtful if n < len(verdict.faults)), default=_UNDOUBTED),
        }
        for verdict in verdicts
    ]


def _states(evidence: Evidence, index: Index, encoder: CrossEncoder) -> States:
    """The states of one sentence behind its headings: from the index, or else read now."""
    if index.states:
        return index.states[evidence.row]
    return encoder.read(window_of(index.documents, index.passages, index.sentences, evidence.row))
