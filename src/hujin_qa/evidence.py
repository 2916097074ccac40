"""How well each sentence of the hits answers the question, and how likely the text answers it at all.

Two logistic models over the signals below, fitted by ``eval/fit.py`` on development questions over several
documents; their weights are the readable file ``data/evidence.json``. The first orders sentences. The second
gives the confidence: a calibrated probability that what was found holds the answer. Each has a twin for sentences
that the cross-encoder has read too (``rereading``): what it makes of them is signals more.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .crossencoder import sigmoid
from .index import Index
from .items import told_in_steps
from .periods import other_year
from .quantities import tells, unit_asked
from .question import Question, Word, in_chinese, number
from .text import bigrams, fold
from .types import Hit, Passage

Degrees = Mapping[str, float]
"""Words with how surely they were found, above 0 and up to 1."""


_NAME = re.compile(r"[a-z][a-z0-9.+-]+")
_UP, _DOWN = (
    re.compile(r"增长|上升|提升|提高|增加|上涨|扩大|回升"),
    re.compile(r"下滑|下降|减少|下跌|萎缩|降低|缩小|缩水|亏损|负增长|跌|降"),
)
CAUSE = (  # how a cause, or what serves as one, is told: the alternatives of a pattern
    "因|由于|缘|所以|故(?!障)|得益于|为了|为的是|以便|从而|导致|造成|引起|使(?!用)|让|带来|推动|靠|凭(?![票证单据收])|源于|出于|来自|在于|取决|目的|"
    "旨在|所致|根源|随着|避免|防止|有助|受.{1,12}(?:影响|驱动|冲击)|动力|压力|优势"
)
_COUNTED = re.compile(r"([二两三四五六七八九十]|\d{1,2})(?:大|个|类|种|层|条|项|点|步)(?![月小])")
_AHEAD = re.compile(r"明年|后年|未来|今后|将来|^以后|下个?(?:季度|月|年|周)|预测|预计")
_SAYS_AHEAD = re.compile(r"预计|有望|未来|今后|将(?!近|军)|力争|计划|下一步|终将|趋势")
_IS, _CALLED = re.compile(r".{0,3}(?:是|指|即|意味|:|,?通常|主要)"), ("即", "称", "称为", "叫", "叫做")


class Evidence(NamedTuple):
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
        for other, degree in word.others.items():  # the best comes first
            if other in folded:
                found[word.text] = degree
                break
    return found


def union(*found: Degrees) -> Degrees:
    """Every word with the best of its degrees."""
    best: dict[str, float] = {}
    for degrees in found:
        for word, degree in degrees.items():
            if degree > best.get(word, 0.0):
                best[word] = degree
    return best


def share(words: Sequence[Word], found: Degrees) -> float:
    """Weight of the found words, each times its degree, over the weight of all; 1 if there are none to find."""
    total = here = 0.0
    for word in words:
        total += word.weight
        here += word.weight * found.get(word.text, 0.0)
    return here / total if total else 1.0


def sure(found: Degrees) -> Degrees:
    """Only what is there to the letter or by another name."""
    return {word: degree for word, degree in found.items() if degree == 1}


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights scaled to a sum of 1."""
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total else {}


def weigh(question: Question, vector: NDArray[np.float32], hits: Sequence[Hit], index: Index) -> list[Evidence]:
    """Every sentence of the hits, best first. The hottest loop of an answer: it looks only for what a passage has."""
    mean, deviation = index.background
    lexical, starts = index.lexical, index.sentence_starts
    valued, any_value = question.value is not None, question.value is None and not question.unit
    beside = {(document, position.rpartition(".")[0]) for document, position in question.around}
    rows = [row for hit in hits for row in range(starts[hit.row], starts[hit.row + 1])]
    cosines = iter((((index.sentence_vectors[rows].astype(np.float32) @ vector) - mean) / deviation).tolist())
    spellings = [(word.text, other, degree) for word in question.words for other, degree in word.others.items()]
    weights = _shares({w.text: w.weight for w in question.words})
    pairs = _shares({p: lexical.idf_of(lexical.frequency("_" + p)) for p in bigrams(question.folded)})

    def held(found: Degrees) -> tuple[float, float, float]:
        """Share of the words that were found, of those that were found to the letter, and the best degree in focus."""
        total = exact = 0.0
        for word, degree in found.items():
            total += weights[word] * degree
            if degree == 1:
                exact += weights[word]
        focus = max([found.get(word, 0.0) for word in question.focus], default=0.0) if found else 0.0
        return (total, exact, focus) if weights else (1.0, 1.0, focus)

    def found(spellings: Sequence[tuple[str, str, float]], folded: str) -> Degrees:
        """As ``matched``."""
        degrees: dict[str, float] = {}
        for word, other, degree in spellings:
            if other in folded and word not in degrees:
                degrees[word] = degree
        return degrees

    weighed = []
    for hit in hits:
        path, text, sentences, whole = index.folded_at(hit.row)
        here = (hit.passage.document, hit.passage.position)
        inside = [spelling for spelling in spellings if spelling[1] in whole]
        above = found(inside, path)
        above_shares, nothing = held(above), held({})
        passage = held(union(above, found(inside, text)))[0]
        pairs_inside = [(pair, weight) for pair, weight in pairs.items() if pair in whole]
        above_pairs = sum([weight for pair, weight in pairs_inside if pair in path])
        below = [(pair, weight) for pair, weight in pairs_inside if pair not in path]
        first_hit, is_here = float(hit.rank == 1), float(here in question.around)
        follows = float(bool(beside) and (here[0], here[1].rpartition(".")[0]) in beside)
        for n, (start, end, folded) in enumerate(sentences):
            own = found(inside, folded)
            shares = held(own) if own else nothing
            reach, path_shares = (own, shares) if own else (above, above_shares)
            if own and above:
                reach = union(own, above)
                path_shares = held(reach)
            value = any_value or question.holds_value(folded)
            signals = {
                "cosine": next(cosines),
                "own": shares[0],
                "path": path_shares[0],
                "own_sure": shares[1],
                "path_sure": path_shares[1],
                "focus": shares[2],
                "focus_path": path_shares[2],
                "passage": passage,
                "pairs": sum([weight for pair, weight in pairs_inside if pair in folded]),
                "path_pairs": above_pairs + sum([weight for pair, weight in below if pair in folded]),
                "hit": hit.score,
                "first_hit": first_hit,
                "value": float(valued and value),
                "no_value": float(not value),
                "year": float(bool(question.years) and all(y in folded for y in question.years)),
                "long": min(len(folded), 200) / 100,
                "lead": float(n == 0),
                "opens": float(folded.endswith(":")),
                "series": float(question.kind == "list" and folded.count("、") > 1),
                "here": is_here,
                "beside": follows,
                "defines": float(question.kind == "define" and _defines(question, folded)),
            }
            weighed.append((hit, starts[hit.row] + n, start, end, folded, own, reach, signals))
    scores = _logits("sentence", [signals for *_, signals in weighed])
    every = [Evidence(*each, score) for each, score in zip(weighed, scores, strict=True)]
    return sorted(every, key=lambda e: -e.score)


def rerank(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> tuple[Hit, ...]:
    """The hits in the order of their best sentences; a hit's score is then that sentence's, from 0 to 1.

    ``evidence`` comes best first. Passages without a sentence come last.
    """
    best: dict[int, float] = {}
    for e in evidence:
        best.setdefault(e.hit.row, sigmoid(e.score))
    ordered = sorted(hits, key=lambda h: -best.get(h.row, 0.0))
    return tuple(replace(h, rank=n, score=best.get(h.row, 0.0)) for n, h in enumerate(ordered, 1))


def _defines(question: Question, folded: str) -> bool:
    """Whether a sentence says what one of the words is: "…是", "…指", "即…" right beside it."""
    around = [folded.split(w.text) for w in question.words]
    return any(any(map(_IS.match, parts[1:])) or any(p.endswith(_CALLED) for p in parts[:-1]) for parts in around)


def from_structure(evidence: Evidence, fit: float) -> Evidence:
    """A sentence with how well the piece of the outline that answers in its stead fits the question."""
    return evidence._replace(signals={**evidence.signals, "structure": fit})


def answer_signals(question: Question, chosen: Sequence[Evidence], hits: Sequence[Hit]) -> dict[str, float]:
    """What speaks for and against there being an answer in the text."""
    best = chosen[0]
    said = " ".join(e.folded for e in chosen)
    whole = question.years or question.places or question.ordinal > 0  # whether all that was found is looked through
    passages = " ".join(folded_passage(h.passage) for h in hits) if whole else ""
    nearest = folded_passage(best.hit.passage)
    within = matched(question.words, nearest)
    together = union(*(e.path_words for e in chosen))
    unknown = [w for w in question.words if not w.known]
    nouns = [w for w in question.words if w.noun]
    focus = [w for w in question.words if w.text in question.focus]
    structure = max(e.signals.get("structure", 0.0) for e in chosen)
    listed = question.kind == "list" and (structure > 0 or "、" in said)  # 分几条 is answered by the items themselves
    unit = unit_asked(question.folded)
    again = {"again": max(e.signals["again"] for e in chosen)} if "again" in best.signals else {}
    return again | {
        "score": best.score,
        "structure": structure,
        "together": share(question.words, together),
        "nearest": share(question.words, within),
        "unknown_name": float(_mixed(question) and any(_NAME.fullmatch(w.text) for w in unknown)),
        "nouns": share(nouns, together),
        "nouns_nearest": share(nouns, within),
        "focus": max((together.get(w.text, 0.0) for w in focus), default=1.0),
        "focus_nearest": max((within.get(w.text, 0.0) for w in focus), default=1.0),
        "no_value": best.signals["no_value"],
        "year_unknown": float(any(y not in passages for y in question.years)),
        "place_missing": float(any(p not in nearest for p in question.places)),
        "place_unknown": float(any(p not in passages for p in question.places)),
        "ahead": float(bool(_AHEAD.search(question.folded)) and not _SAYS_AHEAD.search(said)),
        "against": float(question.kind != "polar" and _against(question.folded, said)),
        "ordinal_missing": float(_beyond(question, passages, best.hit.passage)),
        "value_absent": float(
            not listed
            and question.value in ("number", "money", "percent", "year", "contact")
            and not any(question.holds_value(e.folded) for e in chosen)
        ),
        "unit_absent": float(bool(unit) and not listed and not tells(said, unit)),
        "no_cause": float(question.kind == "why" and not re.search(CAUSE, said)),
        "strange": max((1 - together.get(w.text, 0.0) for w in unknown if w.noun and len(w.text) > 1), default=0.0),
        "other_year": float(question.value is not None and other_year(question.years, said, nearest)),
        "few_words": float(len(question.words) <= 1 and not unknown),
        "open_kind": float(question.kind in ("why", "how", "summary", "define")),
        "polar": float(question.kind == "polar"),
    }


def folded_passage(passage: Passage) -> str:
    """A passage behind its headings, from pieces that were folded before."""
    return f"{fold(' '.join(passage.section))} {fold(passage.text)}"


def _against(asked: str, said: str) -> bool:
    """Whether the question takes for granted a movement and the text has the opposite one."""
    falls, rises = _DOWN.search(asked), _UP.search(asked)
    return bool(
        (falls and not rises and _UP.search(said) and not _DOWN.search(said))
        or (rises and not falls and _DOWN.search(said) and not _UP.search(said))
    )


def _mixed(question: Question) -> bool:
    """Whether the question is Chinese, so that a Latin word in it is a name."""
    return any("\u4e00" <= c <= "\u9fff" for c in question.folded)


def _beyond(question: Question, found: str, best: Passage) -> bool:
    """Whether the question counts on an n-th of something that the text has fewer of, or has no n-th of."""
    if question.ordinal <= 0:
        return False
    if "步" in question.folded and question.ordinal <= len(told_in_steps(best.text)):
        return False
    named = rf"第(?:{in_chinese(question.ordinal)}|{question.ordinal}(?!\d))"
    return not re.search(named, found) and max(map(number, _COUNTED.findall(found)), default=0) < question.ordinal


def confidence(signals: Mapping[str, float]) -> float:
    """Calibrated probability, 0 to 1, that the evidence holds the answer."""
    return sigmoid(_logit("answer_again" if "again" in signals else "answer", signals))


def _logit(model: str, signals: Mapping[str, float]) -> float:
    return _logits(model, [signals])[0]


def _logits(model: str, rows: Sequence[Mapping[str, float]]) -> list[float]:
    """Log-odds of each; all have the same signals in the same order."""
    weights = _weights()[model]
    slopes = [weights[name] for name in rows[0]] if rows else []
    return [weights["bias"] + sum(map(mul, slopes, signals.values())) for signals in rows]


def rescored(evidence: Evidence, more: Mapping[str, float] | None = None) -> Evidence:
    """The same sentence under the weights in force, with ``more`` signals."""
    signals = {**evidence.signals, **(more or {})}
    model = "sentence_again" if "again" in signals else "sentence"
    return evidence._replace(signals=signals, score=_logit(model, signals))


class _Weights(dict[str, float]):
    """Weight of a signal, 0 if it was not fitted."""

    def __missing__(self, name: str) -> float:
        return 0.0


_fitted: dict[str, _Weights] = {}


def use_weights(models: Mapping[str, dict[str, float]]) -> None:
    """Put other weights in force in this process; for fitting."""
    _fitted.update({model: _Weights(weights) for model, weights in models.items()})


def _weights() -> dict[str, _Weights]:
    if not _fitted:
        use_weights(json.loads((files("hujin_qa") / "data" / "evidence.json").read_text(encoding="utf-8")))
    return _fitted
