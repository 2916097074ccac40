"""How well each sentence of the hits answers the question, and how likely the text answers it at all.

Two logistic models over the signals below, fitted by ``eval/fit.py`` on development questions over several
documents; their weights are the readable file ``data/evidence.json``. The first orders sentences. The second
gives the confidence: a calibrated probability that what was found holds the answer.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from .index import Index
from .question import Question, Word
from .text import bigrams, fold
from .types import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence with what speaks for it."""

    hit: Hit
    start: int
    end: int
    folded: str
    words: frozenset[str]  # content words of the question that it holds
    path_words: frozenset[str]  # … that it or its headings hold
    signals: Mapping[str, float]
    score: float  # log-odds that it answers


def matched(words: Sequence[Word], folded: str) -> frozenset[str]:
    """Which of the words stand in a folded text, in any spelling."""
    return frozenset([w.text for w in words for o in w.others if o in folded])


def share(words: Sequence[Word], found: Iterable[str]) -> float:
    """Weight of the found words over the weight of all; 1 if there are none to find."""
    found = frozenset(found)
    total = sum(w.weight for w in words)
    return sum(w.weight for w in words if w.text in found) / total if total else 1.0


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights scaled to a sum of 1."""
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total else {}


def weigh(question: Question, vector: NDArray[np.float32], hits: Sequence[Hit], index: Index) -> list[Evidence]:
    """Every sentence of the hits, best first."""
    mean, deviation = index.background
    lexical = index.lexical
    pairs = _shares({p: lexical.idf_of(lexical.frequency("_" + p)) for p in bigrams(question.folded)})
    words = _shares({w.text: w.weight for w in question.words})

    def held(found: frozenset[str]) -> float:
        return sum(map(words.__getitem__, found)) if words else 1.0

    evidence = []
    for hit in hits:
        first, last = index.sentence_starts[hit.row : hit.row + 2]
        if first == last:
            continue
        path = fold(" ".join(hit.passage.section))
        above = matched(question.words, path)
        cosines = index.sentence_vectors[first:last].astype(np.float32) @ vector
        text = index.documents[hit.passage.document].text
        passage = held(above | matched(question.words, fold(hit.passage.text)))
        path_pairs = {p for p in pairs if p in path}
        for row, cosine in zip(range(first, last), cosines.tolist(), strict=True):
            _, start, end = index.sentences[row].tolist()
            folded = fold(text[start:end])
            own = matched(question.words, folded)
            own_pairs = {p for p in pairs if p in folded}
            value = question.holds_value(folded)
            signals = {
                "cosine": (cosine - mean) / deviation,
                "own": held(own),
                "path": held(own | above),
                "passage": passage,
                "pairs": sum(map(pairs.__getitem__, own_pairs)),
                "path_pairs": sum(map(pairs.__getitem__, own_pairs | path_pairs)),
                "hit": hit.score,
                "first_hit": float(hit.rank == 1),
                "value": float(question.value is not None and value),
                "no_value": float(not value),
                "year": float(bool(question.years) and all(y in folded for y in question.years)),
                "long": min(len(folded), 200) / 100,
                "lead": float(row == first),
                "opens": float(folded.endswith(":")),
                "series": float(question.kind == "list" and folded.count("、") > 1),
            }
            score = _logit("sentence", signals)
            evidence.append(Evidence(hit, start, end, folded, own, own | above, signals, score))
    return sorted(evidence, key=lambda e: -e.score)


def answer_signals(
    question: Question, chosen: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> dict[str, float]:
    """What speaks for and against there being an answer in the text."""
    mean, deviation = index.background
    best = chosen[0]
    passages = fold(" ".join(" ".join(h.passage.section) + h.passage.text for h in hits))
    nearest = fold(" ".join([*best.hit.passage.section, best.hit.passage.text]))
    together = frozenset().union(*(e.path_words for e in chosen))
    unknown = [w for w in question.words if not w.known]
    missing = [w for w in question.words if w.text not in together]
    return {
        "score": best.score,
        "cosine": best.signals["cosine"],
        "dense": (max(h.dense for h in hits) - mean) / deviation,
        "together": share(question.words, together),
        "nearest": share(question.words, matched(question.words, nearest)),
        "anywhere": share(question.words, matched(question.words, passages)),
        "unknown": float(bool(unknown)),
        "unknown_share": share(question.words, [w.text for w in unknown]) if question.words else 0.0,
        "heaviest_missing": max((w.weight for w in missing), default=0.0) / math.log(1 + len(index.passages)),
        "no_value": best.signals["no_value"],
        "value": best.signals["value"],
        "year_missing": float(any(y not in nearest for y in question.years)),
        "year_unknown": float(any(y not in passages for y in question.years)),
        "few_words": float(len(question.words) <= 1),
        "no_words": float(not question.words),
        "open_kind": float(question.kind in ("why", "how", "summary", "define")),
    }


def confidence(signals: Mapping[str, float]) -> float:
    """Calibrated probability, 0 to 1, that the evidence holds the answer."""
    return 1 / (1 + math.exp(-_logit("answer", signals)))


def _logit(model: str, signals: Mapping[str, float]) -> float:
    weights = _weights()[model]
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in signals.items())


def rescored(evidence: Evidence) -> Evidence:
    """The same sentence under the weights in force."""
    return replace(evidence, score=_logit("sentence", evidence.signals))


_fitted: dict[str, dict[str, float]] = {}


def use_weights(models: Mapping[str, dict[str, float]]) -> None:
    """Put other weights in force in this process; for fitting."""
    _fitted.update(models)


def _weights() -> dict[str, dict[str, float]]:
    if not _fitted:
        use_weights(json.loads((files("hujin_qa") / "data" / "evidence.json").read_text(encoding="utf-8")))
    return _fitted
