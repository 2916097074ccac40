"""The numbers of a run, of each group in it, and the curves behind them; all from the scores alone."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from ..metrics import (
    aurc,
    calibration_error,
    interval,
    interval_of,
    mean,
    reflected,
    reliability,
    risk_coverage,
)
from .judge import BUDGETS, CAUSES, TOPS, Score

SHAPE = {
    "retrieval": ("ndcg@10", "recall@5", "mrr@10", *(f"facts@{k}" for k in TOPS), *(f"facts@{n}c" for n in BUDGETS)),
    "answers": ("fact_recall", "fact_precision", "complete"),
    "citations": ("recall", "precision", "on_gold"),
    "abstention": ("recall", "precision", "wrong_rate"),
}
"""The measures that are means over questions, by section."""

LOWER_IS_BETTER = frozenset({"abstention.wrong_rate"})


def summary(scores: Sequence[Score], seconds: float = 0.0) -> dict[str, Any]:
    """The numbers of a run, each with its 95 % interval, in the shape of the ``eval --json`` contract.

    A measure that applies to no question is 0 with the interval (0, 0); ``counts`` says over how many each is.
    """
    found: dict[str, Any] = {"questions": len(scores)}
    counts = {}
    for part, names in SHAPE.items():
        found[part] = {}
        for name in names:
            values = [s.values[f"{part}.{name}"] for s in scores if f"{part}.{name}" in s.values]
            counts[f"{part}.{name}"] = len(values)
            found[part] |= _with_interval(name, mean(values), interval(values))
    chars = [s.chars for s in scores if s.status == "answered"]
    median = float(np.median(chars)) if chars else 0.0
    found["answers"] |= _with_interval("chars_median", median, interval(chars, statistic=np.median))
    return found | {
        "confidence": _confidence(scores),
        "consistency": _consistency(scores),
        "cost": _cost(scores),
        "causes": {cause: n for cause in CAUSES if (n := sum(s.cause == cause for s in scores))},
        "counts": counts,
        "seconds": round(seconds, 2),
    }


def groups(scores: Sequence[Score]) -> dict[str, dict[str, dict[str, Any]]]:
    """The main numbers by kind, by section and by document."""
    return {
        "kinds": grouped(scores, lambda s: s.kind),
        "sections": grouped([s for s in scores if s.section], lambda s: s.section),
        "documents": grouped([s for s in scores if s.document], lambda s: s.document),
    }


def grouped(scores: Sequence[Score], key: Callable[[Score], str]) -> dict[str, dict[str, Any]]:
    """The main numbers of each group, each with its interval."""
    parts: dict[str, list[Score]] = {}
    for score in scores:
        parts.setdefault(key(score), []).append(score)
    return {name: _group(part) for name, part in sorted(parts.items())}


def _group(scores: Sequence[Score]) -> dict[str, Any]:
    found: dict[str, Any] = {"questions": len(scores)}
    lists = {
        "right": [float(s.right) for s in scores],
        "fact_recall": [s.values["answers.fact_recall"] for s in scores if "answers.fact_recall" in s.values],
        "ndcg@10": [s.values["retrieval.ndcg@10"] for s in scores if "retrieval.ndcg@10" in s.values],
        "abstained": [float(s.status == "abstained") for s in scores],
    }
    for name, values in lists.items():
        found |= _with_interval(name, mean(values), interval(values)) | {f"{name}_n": len(values)}
    return found


def _confidence(scores: Sequence[Score]) -> dict[str, Any]:
    """How far the confidence can be believed.

    ``aurc`` and the curve: of what is answered first, how much is wrong (an unanswerable question always is); an
    abstention counts with what it would have said, and an answerable question without facts not at all. ``ece`` and the
    bins: the confidence against its own meaning, that the text holds the answer.
    """
    sure, holds = np.array([s.confidence for s in scores]), np.array([s.answerable for s in scores])
    bins = reliability(sure, holds) if scores else []
    error = calibration_error(bins)
    spread = interval_of(lambda rows: calibration_error(reliability(sure[rows], holds[rows])), len(scores))
    judged = [s for s in scores if not s.answerable or "answers.complete" in s.values]
    dared, complete = np.array([s.confidence for s in judged]), np.array([s.complete for s in judged])
    risks = interval_of(lambda rows: aurc(dared[rows], complete[rows]), len(judged))
    return {
        **_with_interval("aurc", aurc(dared, complete), risks),
        **_with_interval("ece", error, reflected(error, spread)),
        "bins": [[b.n, b.confidence, b.share] for b in bins],
        "curve": _thinned(risk_coverage(dared.tolist(), complete.tolist())) if judged else [],
    }


def _thinned(curve: Sequence[tuple[float, float]], points: int = 60) -> list[list[float]]:
    at = np.unique(np.linspace(0, len(curve) - 1, min(points, len(curve))).round().astype(int))
    return [list(curve[i]) for i in at]


def _consistency(scores: Sequence[Score]) -> dict[str, Any]:
    """Over the wordings of one question: how often two of them, and all of them, are answered with the same facts.

    ``right`` is the share of the questions whose every wording is answered with every fact.
    """
    parts: dict[str, list[Score]] = {}
    for s in scores:
        if s.group:
            parts.setdefault(s.group, []).append(s)
    wordings = [part for part in parts.values() if len(part) > 1]
    told = [[(s.status, s.found) for s in part] for part in wordings]
    shares = {
        "agreement": [mean([float(a == b) for a, b in combinations(part, 2)]) for part in told],
        "same": [float(len(set(part)) == 1) for part in told],
        "right": [float(all(s.right for s in part)) for part in wordings],
    }
    found: dict[str, Any] = {"groups": len(wordings)}
    for name, values in shares.items():
        found |= _with_interval(name, mean(values), interval(values))
    return found


def _cost(scores: Sequence[Score]) -> dict[str, Any]:
    """Milliseconds of one question as asked, history included, and tokens of a language model."""
    times, tokens = [s.ms for s in scores], [s.tokens for s in scores]
    cost: dict[str, Any] = {}
    for share in (50, 95):
        value = float(np.percentile(times, share)) if times else 0.0
        cost |= _with_interval(f"ms_p{share}", value, interval(times, statistic=partial(np.percentile, q=share)))
    return cost | {"tokens": sum(tokens)} | _with_interval("tokens_mean", mean(tokens), interval(tokens))


def _with_interval(name: str, value: float, bounds: tuple[float, float]) -> dict[str, Any]:
    return {name: round(value, 4), f"{name}_ci": [round(v, 4) for v in bounds]}
