"""How well each sentence of the hits answers the question, and how likely the text answers it at all.

Two logistic models over the signals below, fitted by ``eval/fit.py`` on development questions over several
documents; their weights are the readable file ``data/evidence.json``. The first orders sentences. The second
gives the confidence: a calibrated probability that what was found holds the answer.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from .index import Index
from .question import Question, Word, numeral
from .text import bigrams, fold
from .types import Hit

Degrees = Mapping[str, float]
"""Words with how surely they were found, above 0 and up to 1."""


_NAME = re.compile(r"[a-z][a-z0-9.+-]+")
_UP, _DOWN = (
    re.compile(r"增长|上升|提升|提高|增加|上涨|扩大|回升"),
    re.compile(r"下滑|下降|减少|下跌|萎缩|降低|缩小|缩水|亏损|负增长|跌|降"),
)
_AHEAD = re.compile(r"明年|后年|未来|今后|将来|以后(?!的)|下个?(?:季度|月|年|周)|预测|预计|还能|会不会")
_SAYS_AHEAD = re.compile(r"预计|有望|未来|今后|将(?!近|军)|力争|计划|下一步|终将|趋势")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence with what speaks for it."""

    hit: Hit
    row: int  # of the sentence in the index
    start: int
    end: int
    folded: str
    words: Degrees  # content words of the question that it holds
    path_words: Degrees  # … that it or its headings hold
    signals: Mapping[str, float]
    score: float  # log-odds that it answers


def matched(words: Sequence[Word], folded: str) -> Degrees:
    """Which of the words stand in a folded text, in any spelling or as a word of near meaning, and to what degree."""
    found: dict[str, float] = {}
    for word in words:
        degree = max((degree for other, degree in word.others.items() if other in folded), default=0.0)
        if degree:
            found[word.text] = degree
    return found


def union(*found: Degrees) -> Degrees:
    """Every word with the best of its degrees."""
    best: dict[str, float] = {}
    for degrees in found:
        for word, degree in degrees.items():
            best[word] = max(degree, best.get(word, 0.0))
    return best


def share(words: Sequence[Word], found: Degrees) -> float:
    """Weight of the found words, each times its degree, over the weight of all; 1 if there are none to find."""
    total = sum(w.weight for w in words)
    return sum(w.weight * found.get(w.text, 0.0) for w in words) / total if total else 1.0


def sure(found: Degrees) -> Degrees:
    """Only what is there to the letter or by another name."""
    return {word: degree for word, degree in found.items() if degree == 1}


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

    def held(found: Degrees) -> float:
        return sum(words[w] * degree for w, degree in found.items()) if words else 1.0

    evidence = []
    for hit in hits:
        first, last = index.sentence_starts[hit.row : hit.row + 2]
        if first == last:
            continue
        path = fold(" ".join(hit.passage.section))
        above = matched(question.words, path)
        cosines = index.sentence_vectors[first:last].astype(np.float32) @ vector
        text = index.documents[hit.passage.document].text
        here = (hit.passage.document, hit.passage.position)
        beside = {(document, position.rpartition(".")[0]) for document, position in question.around}
        passage = held(union(above, matched(question.words, fold(hit.passage.text))))
        path_pairs = {p for p in pairs if p in path}
        for row, cosine in zip(range(first, last), cosines.tolist(), strict=True):
            _, start, end = index.sentences[row].tolist()
            folded = fold(text[start:end])
            own = matched(question.words, folded)
            reach = union(own, above)
            own_pairs = {p for p in pairs if p in folded}
            value = question.holds_value(folded)
            signals = {
                "cosine": (cosine - mean) / deviation,
                "own": held(own),
                "path": held(reach),
                "own_sure": held(sure(own)),
                "path_sure": held(sure(reach)),
                "focus": max((own.get(w, 0.0) for w in question.focus), default=0.0),
                "focus_path": max((reach.get(w, 0.0) for w in question.focus), default=0.0),
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
                "here": float(here in question.around),
                "beside": float((here[0], here[1].rpartition(".")[0]) in beside),
                "defines": float(question.kind == "define" and _defines(question, folded)),
            }
            score = _logit("sentence", signals)
            evidence.append(Evidence(hit, row, start, end, folded, own, reach, signals, score))
    return sorted(evidence, key=lambda e: -e.score)


def _defines(question: Question, folded: str) -> bool:
    """Whether a sentence says what one of the words is: "…是", "…指", "即…" right behind it."""
    return any(
        re.search(
            rf"{re.escape(w.text)}.{{0,3}}(?:是|指|即|意味|:|,?通常|主要)|(?:即|称为|叫做?|称){re.escape(w.text)}",
            folded,
        )
        for w in question.words
    )


def answer_signals(
    question: Question, chosen: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> dict[str, float]:
    """What speaks for and against there being an answer in the text."""
    mean, deviation = index.background
    best = chosen[0]
    said = " ".join(e.folded for e in chosen)
    passages = fold(" ".join(" ".join(h.passage.section) + h.passage.text for h in hits))
    nearest = fold(" ".join([*best.hit.passage.section, best.hit.passage.text]))
    within = matched(question.words, nearest)
    together = union(*(e.path_words for e in chosen))
    anywhere = matched(question.words, passages)
    unknown = [w for w in question.words if not w.known]
    heaviest = math.log(1 + len(index.passages))
    lost = {w.text: w.weight * (1 - together.get(w.text, 0.0)) for w in question.words}
    focus = [w for w in question.words if w.text in question.focus]
    return {
        "score": best.score,
        "cosine": best.signals["cosine"],
        "dense": (max(h.dense for h in hits) - mean) / deviation,
        "together": share(question.words, together),
        "together_sure": share(question.words, sure(together)),
        "nearest": share(question.words, within),
        "anywhere": share(question.words, anywhere),
        "unknown": float(bool(unknown)),
        "unknown_share": sum(w.weight for w in unknown) / (sum(w.weight for w in question.words) or 1.0),
        "unknown_name": float(any(_NAME.fullmatch(w.text) for w in unknown)),
        "heaviest_missing": max(lost.values(), default=0.0) / heaviest,
        "focus": max((together.get(w.text, 0.0) for w in focus), default=1.0),
        "focus_nearest": max((within.get(w.text, 0.0) for w in focus), default=1.0),
        "focus_unknown": float(bool(focus) and not any(w.known for w in focus)),
        "no_value": best.signals["no_value"],
        "value": best.signals["value"],
        "year_missing": float(any(y not in nearest for y in question.years)),
        "year_unknown": float(any(y not in passages for y in question.years)),
        "year_unsaid": float(any(y not in said for y in question.years)),
        "place_missing": float(any(p not in nearest for p in question.places)),
        "place_unknown": float(any(p not in passages for p in question.places)),
        "ahead": float(bool(_AHEAD.search(question.folded)) and not _SAYS_AHEAD.search(said)),
        "against": float(question.kind != "polar" and _against(question.folded, said)),
        "ordinal_missing": float(_beyond(question, said + passages)),
        "few_words": float(len(question.words) <= 1),
        "no_words": float(not question.words),
        "open_kind": float(question.kind in ("why", "how", "summary", "define")),
        "polar": float(question.kind == "polar"),
    }


def _against(asked: str, said: str) -> bool:
    """Whether the question takes for granted a movement and the text has the opposite one."""
    falls, rises = _DOWN.search(asked), _UP.search(asked)
    return bool(
        (falls and not rises and _UP.search(said) and not _DOWN.search(said))
        or (rises and not falls and _DOWN.search(said) and not _UP.search(said))
    )


def _beyond(question: Question, found: str) -> bool:
    """Whether the question counts on an n-th of something and the text nowhere names one."""
    return question.ordinal > 0 and not re.search(rf"第{numeral(question.ordinal)}|第{question.ordinal}", found)


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
