"""Two runs over the same questions: what changed, whether by chance, and on which questions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import BadInput
from ..metrics import Difference, mcnemar, mean, paired
from .judge import Score
from .measures import LOWER_IS_BETTER, SHAPE
from .runs import Run

SIGNIFICANT = 0.05
_NEVER_DIFFERS = "abstention.precision"  # where both runs abstain, the gold alone decides it

GATED = ("answers.fact_recall", "retrieval.ndcg@10", "abstention.recall", "abstention.wrong_rate", "citations.recall")
"""The measures that must not drop."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs, over the questions that have it in both."""

    measure: str
    n: int
    first: float
    second: float
    difference: Difference
    worse: tuple[tuple[Score, Score], ...]  # the questions whose value is worse in the second

    @property
    def better(self) -> bool:
        return (self.difference.mean < 0) == (self.measure in LOWER_IS_BETTER) and self.difference.mean != 0

    @property
    def significant(self) -> bool:
        return self.difference.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Comparison:
    """``won``: right only in the second run; ``lost``: only in the first; ``p``: McNemar's exact test on them."""

    changes: tuple[Change, ...]
    won: tuple[tuple[Score, Score], ...]
    lost: tuple[tuple[Score, Score], ...]
    both: int  # right in both
    neither: int
    p: float
    kinds: dict[str, tuple[int, float, float]]  # kind: questions, share right before and after
    refused: tuple[int, int, float]  # abstained in the first only, in the second only, McNemar's p
    setup: dict[str, tuple[Any, Any]]  # what is not the same in the two systems
    texts: dict[str, tuple[str, str, str]]  # of all that turned or got worse: asked, answered before and after


def compare(first: Run, second: Run) -> Comparison:
    """Pair two runs question by question.

    Raises:
        BadInput: they asked different questions.
    """
    if first.set["sha256"] != second.set["sha256"]:
        raise BadInput(
            f"两次评测的问题集不同({first.set['name']} {first.set['sha256']},{second.set['name']} "
            f"{second.set['sha256']}),不能比较。请用同一个问题集各跑一次。"
        )
    others = {s.id: s for s in second.scores}
    pairs = [(s, others[s.id]) for s in first.scores]
    measures = ["right", *(f"{part}.{name}" for part, names in SHAPE.items() for name in names)]
    changes = tuple(c for m in measures if m != _NEVER_DIFFERS for c in [_change(m, pairs)] if c.n)
    won = tuple((a, b) for a, b in pairs if b.right and not a.right)
    lost = tuple((a, b) for a, b in pairs if a.right and not b.right)
    before, after = (
        sum(s.status == "abstained" != t.status for s, t in way) for way in (pairs, [(b, a) for a, b in pairs])
    )
    return Comparison(
        changes=changes,
        won=won,
        lost=lost,
        both=sum(a.right and b.right for a, b in pairs),
        neither=sum(not a.right and not b.right for a, b in pairs),
        p=mcnemar(len(lost), len(won)),
        kinds={
            kind: (len(of), mean([float(a.right) for a, _ in of]), mean([float(b.right) for _, b in of]))
            for kind in sorted({a.kind for a, _ in pairs})
            for of in [[pair for pair in pairs if pair[0].kind == kind]]
        },
        refused=(before, after, mcnemar(before, after)),
        setup=_setup(first, second),
        texts=_texts(first, second, {b.id for part in (won, lost, *(c.worse for c in changes)) for _, b in part}),
    )


def broken(comparison: Comparison) -> list[Change]:
    """What a gate refuses: gated measures that are significantly worse."""
    gated = [c for c in comparison.changes if c.measure in (*GATED, "right")]
    return [c for c in gated if c.significant and not c.better]


def _setup(first: Run, second: Run) -> dict[str, tuple[Any, Any]]:
    """Settings and versions that differ; the machine and the time do not count."""
    was, now = ({**r.system, **r.system["settings"], "corpus": r.index.get("corpus", "")} for r in (first, second))
    names = [name for name in was if name in now and name not in ("settings", "machine")]
    return {name: (was[name], now[name]) for name in names if was[name] != now[name]}


def _texts(first: Run, second: Run, ids: set[str]) -> dict[str, tuple[str, str, str]]:
    was, now = ({e["question"]["id"]: e for e in r.entries} for r in (first, second))
    found = {}
    for id_ in ids & (was.keys() | now.keys()):
        before, after = (e[id_]["answer"]["text"] if id_ in e else "" for e in (was, now))
        found[id_] = ((was.get(id_) or now[id_])["question"]["question"], before, after)
    return found


def _change(measure: str, pairs: Sequence[tuple[Score, Score]]) -> Change:
    """A measure that is 0 or 1 everywhere is tested exactly; the bootstrap is too sure of few changes."""
    both = [pair for pair in pairs if measure == "right" or all(measure in s.values for s in pair)]
    first, second = [value(a, measure) for a, _ in both], [value(b, measure) for _, b in both]
    fell = tuple(pair for pair, x, y in zip(both, first, second, strict=True) if y < x)
    rose = tuple(pair for pair, x, y in zip(both, first, second, strict=True) if y > x)
    difference = paired(first, second)
    if {*first, *second} <= {0.0, 1.0}:
        difference = replace(difference, p=mcnemar(len(fell), len(rose)))
    worse = rose if measure in LOWER_IS_BETTER else fell
    return Change(measure, len(both), mean(first), mean(second), difference, worse)


def value(score: Score, measure: str) -> float:
    """The value of a measure, ``right`` among them, that applies to the question."""
    return float(score.right) if measure == "right" else score.values[measure]
