"""Small measures over one question at a time, and the interval of their mean."""

import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np


@lru_cache(maxsize=65536)  # the same passages are searched for every question
def fold_fact(text: str) -> str:
    """A text as facts are looked up in it: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def facts_found(facts: Sequence[Sequence[str]], text: str) -> float:
    """Share of the facts that a text holds; each fact is a list of alternatives. 1 if there are none.

    >>> facts_found([["9.97%"], ["7万亿", "七万亿"]], "规模 7 万亿元")
    0.5
    """
    folded = fold_fact(text)
    if not facts:
        return 1.0
    return sum(any(fold_fact(a) in folded for a in fact) for fact in facts) / len(facts)


def ndcg(relevant: Sequence[bool], total: int, k: int = 10) -> float:
    """Normalised discounted cumulative gain of a ranking with binary relevance (Järvelin and Kekäläinen 2002).

    >>> round(ndcg([False, True], total=1), 4)
    0.6309
    """
    gain = sum(1 / math.log2(i + 2) for i, r in enumerate(relevant[:k]) if r)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(k, total)))
    return gain / ideal if ideal else 0.0


def reciprocal_rank(relevant: Sequence[bool], k: int = 10) -> float:
    """1 / rank of the first relevant passage, 0 if none is in the first ``k``."""
    return next((1 / (i + 1) for i, r in enumerate(relevant[:k]) if r), 0.0)


def recall(relevant: Sequence[bool], total: int, k: int = 5) -> float:
    """Share of the relevant passages found in the first ``k``; at most ``k`` can be."""
    return sum(relevant[:k]) / min(k, total) if total else 0.0


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing: never NaN."""
    return float(np.mean(values)) if len(values) else 0.0


def interval(values: Sequence[float], samples: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of the mean (Efron 1979), reproducible by ``seed``."""
    if not len(values):
        return 0.0, 0.0
    array = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    means = array[rng.integers(0, len(array), (samples, len(array)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
