"""Measures over lists of numbers, their intervals, and whether two lists differ. Never NaN: nothing gives 0."""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

Statistic = Callable[..., Any]
"""``np.mean`` or ``np.median``: takes an array and ``axis``."""
_PAIRED = 2000  # resamples of a paired bootstrap


@lru_cache(maxsize=65536)  # the same passages are searched for every question
def fold_fact(text: str) -> str:
    """A text as facts are looked up in it: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def which_facts(facts: Sequence[Sequence[str]], text: str) -> tuple[int, ...]:
    """Numbers, from 0, of the facts that a text holds; each fact is a list of alternatives."""
    folded = fold_fact(text)
    return tuple(i for i, fact in enumerate(facts) if any(_stands(fold_fact(a), folded) for a in fact))


def _stands(fact: str, text: str) -> bool:
    """Whether a folded fact stands in a folded text, its digits not part of a longer number there."""
    if fact not in text:
        return False
    before = r"(?<!\d)(?<!\d\.)" if fact[:1].isdecimal() else ""
    before += r"(?<!\d,)" if re.match(r"\d{3}(?!\d)", fact) else ""  # the end of 1,234
    after = r"(?!\d|\.\d|,\d{3}(?!\d))" if fact[-1:].isdecimal() else ""
    return bool(re.search(before + re.escape(fact) + after, text))


def facts_found(facts: Sequence[Sequence[str]], text: str) -> float:
    """Share of the facts that a text holds. 1 if there are none.

    >>> facts_found([["9.97%"], ["7万亿", "七万亿"]], "规模 7 万亿元")
    0.5
    >>> facts_found([["5%"]], "增长15%")
    0.0
    """
    return len(which_facts(facts, text)) / len(facts) if facts else 1.0


def retrieval(ranked: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    """nDCG@10, recall@5 and MRR@10 of one ranking, by ``ir_measures`` (trec_eval's definitions, binary relevance).

    >>> retrieval(["b", "a"], ["a"])
    {'ndcg@10': 0.6309, 'recall@5': 1.0, 'mrr@10': 0.5}
    """
    import ir_measures

    names = {"ndcg@10": ir_measures.nDCG @ 10, "recall@5": ir_measures.R @ 5, "mrr@10": ir_measures.RR @ 10}
    run = {"q": {id_: -float(rank) for rank, id_ in enumerate(ranked)}}
    qrels = {"q": dict.fromkeys(gold, 1)}
    found = {m.measure: m.value for m in ir_measures.iter_calc(list(names.values()), qrels, run)}
    return {name: round(float(found.get(measure, 0.0)), 4) for name, measure in names.items()}


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return float(np.mean(values)) if len(values) else 0.0


def interval(values: Sequence[float], samples: int = 1000, statistic: Statistic = np.mean) -> tuple[float, float]:
    """95 % bootstrap interval of the mean or another statistic (Efron 1979), the same every time."""
    if not len(values):
        return 0.0, 0.0
    array = np.asarray(values, dtype=np.float64)
    rows = np.random.default_rng(0).integers(0, len(array), (samples, len(array)))
    low, high = np.quantile(statistic(array[rows], axis=1), [0.025, 0.975])
    return float(low), float(high)


def interval_of(statistic: Callable[[NDArray[np.int64]], float], n: int) -> tuple[float, float]:
    """95 % bootstrap interval of a statistic of ``n`` rows that is told which rows to take."""
    if not n:
        return 0.0, 0.0
    rng = np.random.default_rng(0)
    low, high = np.quantile([statistic(rng.integers(0, n, n)) for _ in range(200)], [0.025, 0.975])
    return float(low), float(high)


def reflected(value: float, bounds: tuple[float, float]) -> tuple[float, float]:
    """The basic bootstrap interval (Davison and Hinkley 1997) of what is never negative, from the percentile one.

    For a statistic that resampling pushes to one side: it turns the interval over the value, which stays inside.

    >>> reflected(0.5, (0.5, 0.75))
    (0.25, 0.5)
    """
    low, high = bounds
    return min(value, max(0.0, 2 * value - high)), max(value, 2 * value - low)


@dataclass(frozen=True, slots=True)
class Difference:
    """Second less first, over pairs. ``p``: two-sided, of a difference this far from 0 by chance."""

    mean: float
    low: float
    high: float
    p: float


def paired(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Paired bootstrap of the mean difference (Koehn 2004)."""
    change = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    if not len(change) or not change.any():
        return Difference(0.0, 0.0, 0.0, 1.0)
    means = change[np.random.default_rng(0).integers(0, len(change), (_PAIRED, len(change)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    beyond = min((means <= 0).sum(), (means >= 0).sum())
    return Difference(float(change.mean()), float(low), float(high), min(1.0, 2 * (beyond + 1) / (_PAIRED + 1)))


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p of McNemar's test, given how many pairs only one of the two got right.

    >>> mcnemar(1, 9)
    0.021484375
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(fewer + 1)) / (1 << n))


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Share answered and share of those wrong, for every threshold, the most confident first.

    Equal confidences are taken in together, so the curve does not hang on their order.

    >>> risk_coverage([0.9, 0.5, 0.5], [True, True, False])
    [(0.3333, 0.0), (1.0, 0.3333)]
    """
    order = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    curve, taken, wrong = [], 0, 0
    for _, group in groupby(order, key=lambda pair: pair[0]):
        rights = [r for _, r in group]
        taken, wrong = taken + len(rights), wrong + rights.count(False)
        curve.append((round(taken / len(order), 4), round(wrong / taken, 4)))
    return curve


def aurc(confidence: Sequence[float] | NDArray[Any], right: Sequence[bool] | NDArray[Any]) -> float:
    """Mean risk over all coverages (Geifman, Uziel and El-Yaniv 2019); 0 is best, the error rate is chance.

    Inside a group of equal confidences its mistakes count as evenly spread.
    """
    if not len(confidence):
        return 0.0
    scores = np.asarray(confidence, dtype=np.float64)
    wrong = 1 - np.asarray(right, dtype=np.float64)
    _, group, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    share = np.bincount(group, weights=wrong) / sizes
    risks = np.cumsum(np.repeat(share, sizes)) / np.arange(1, len(scores) + 1)
    return float(risks.mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in one tenth: how many, their mean confidence, the share that came true."""

    n: int
    confidence: float
    share: float


def reliability(confidence: Sequence[float] | NDArray[Any], true: Sequence[bool] | NDArray[Any]) -> list[Bin]:
    """Ten bins of equal width that hold something (DeGroot and Fienberg 1983)."""
    at = np.minimum((np.asarray(confidence) * 10).astype(int), 9)
    scores, came = np.asarray(confidence, dtype=np.float64), np.asarray(true, dtype=np.float64)
    return [
        Bin(int(inside.sum()), round(float(scores[inside].mean()), 4), round(float(came[inside].mean()), 4))
        for inside in (at == b for b in range(10))
        if inside.any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the mean gap of confidence and truth."""
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.confidence - b.share) for b in bins) / total if total else 0.0
