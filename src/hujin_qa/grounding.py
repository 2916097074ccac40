"""Is this sentence supported by what it cites? Decided locally: rules, one small model, and the cross-encoder.

A rule names what is wrong (a number, a name, a denial, the other side of a pair); the model, a logistic one
over words, character pairs and the encoder, judges whether the meaning is there at all. Its weights are the
readable file ``data/grounding.json``, fitted by ``eval/fit_grounding.py``; ``eval/grounding.py`` measures.
The cross-encoder reads claim and evidence together: it can overrule the model, and the rules on names where it is
sure, but nothing on numbers, denials and what stands word for word in another's place.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .amounts import number_faults
from .clauses import clauses, content, likeness
from .contraries import contradiction
from .crossencoder import open_cross_encoder, sigmoid
from .meaning import Meanings
from .modality import overstated
from .names import exact_faults, listed_faults, missing_names, rival_faults, slot_faults, stands
from .quantities import quantities
from .roles import exchanged, is_sentence
from .sequence import out_of_order
from .synonyms import other_kind
from .text import bigrams, fold
from .types import Encoder
from .weekdays import days_as_written
from .words import words

_SOFT = {"name", "exact", "rival"}  # rules that the cross-encoder overrules: names it knows better
_ENOUGH = 0.4  # probability; what the rules let pass is more often a true paraphrase than not
_DOUBT = -3.0  # log-odds of the cross-encoder below which nothing but a quotation is supported
_BELIEF = 0.5  # … from which it is
_QUOTED = 0.9  # likeness to the evidence from which a claim quotes it


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on one sentence. ``score`` is the probability, 0 to 1, that the evidence says it.

    A fault that decides alone makes it 0.
    """

    supported: bool
    score: float
    faults: tuple[str, ...]  # Chinese, for the reader: what is wrong


def support(claim: str, evidence: Sequence[str], encoder: Encoder) -> Support:
    """Whether ``evidence``, the headings above the cited sentences and then these, says what ``claim`` says."""
    said, sources = fold(claim), tuple(fold(e) for e in evidence if e.strip())
    if not sources or not said.strip():
        return Support(False, 0.0, ("没有可核对的原文",))
    said = days_as_written(said, sources)
    found = rules(said, sources)
    faults = tuple(dict.fromkeys(fault for each in found.values() for fault in each))
    second = open_cross_encoder()
    if any(found[rule] for rule in found if rule not in _SOFT) or (faults and not second):
        return Support(False, 0.0, faults)
    read = second.verify(_as_written(said, sources), sources) if second else 0.0
    if faults:
        return Support(True, round(sigmoid(read), 3), ()) if read >= _BELIEF else Support(False, 0.0, faults)
    score = probability(signals(said, sources, encoder))
    if read >= _BELIEF:
        score = max(score, sigmoid(read))
    elif read < _DOUBT and likeness(said, " ".join(sources)) < _QUOTED:
        score = min(score, sigmoid(read))
    return Support(score >= _ENOUGH, round(score, 3), () if score >= _ENOUGH else ("所引原文没有说到这个意思",))


def _as_written(said: str, sources: tuple[str, ...]) -> str:
    """The claim with its quantities written as the evidence writes the same ones: the reader cannot calculate."""
    there = [q for source in sources for q in quantities(source)]
    for mine in reversed(quantities(said)):
        same = next((q.text for q in there if q.matches(mine)), mine.text)
        said = said[: mine.start] + same + said[mine.end :]
    return said


def rules(said: str, sources: tuple[str, ...]) -> dict[str, list[str]]:
    """What each rule finds wrong with a folded claim, in Chinese."""
    said = _as_forbidden(said, " ".join(sources))
    return {
        "number": number_faults(said, sources),
        "kind": [f"{kind} 不在所引原文" for kind in filter(None, [_other_kind(said, sources)])],
        "name": missing_names(said, sources),
        "exact": exact_faults(said, sources),
        "rival": rival_faults(said, sources),
        "slot": slot_faults(said, sources) + listed_faults(said, sources),
        "contrary": [*filter(None, [contradiction(said, sources) or out_of_order(said, " ".join(sources))])],
        "overstated": [*filter(None, [overstated(said, sources)])],
        "exchanged": [*filter(None, [exchanged(said, sources)])],
    }


def _as_forbidden(said: str, joined: str) -> str:
    """The claim with 只能在室内 as 不能在室外, where the sources forbid the other one of two kinds.

    >>> _as_forbidden("只能在室内使用", "不得在户外使用")
    '不得在户外使用'
    """
    for kind in words().kinds:
        sides = [member.replace("/", "|") for member in kind.split()]
        for mine, other in (sides, sides[::-1]) if len(sides) == 2 else ():
            only = re.search(f"(?:只能|只可|只限|仅限)(?P<how>[^,。;]{{0,4}}?)(?:{mine})", said)
            forbids = re.search(f"(?P<no>不能|不得|不可|禁止|严禁)[^,。;]{{0,4}}?(?P<other>{other})", joined)
            if only and forbids:
                return f"{said[: only.start()]}{forbids['no']}{only['how']}{forbids['other']}{said[only.end() :]}"
    return said


def _other_kind(said: str, sources: tuple[str, ...]) -> str:
    """A heading excuses a member of a kind only where no cited sentence has another."""
    return other_kind(said, " ".join(filter(is_sentence, sources))) or other_kind(said, " ".join(sources))


def rule_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """What the rules find wrong with a folded claim."""
    return [fault for found in rules(said, sources).values() for fault in found]


def signals(said: str, sources: tuple[str, ...], encoder: Encoder) -> dict[str, float]:
    """What speaks for the meaning being there; all between 0 and 1 but the cosine's logit."""
    joined = " ".join(sources)
    mine = content(said)
    weights = {w: float(min(len(w), 4)) for w, _ in mine}
    total = sum(weights.values()) or 1.0
    exact = sum(v for w, v in weights.items() if stands(w, joined))
    soft = sum(v * sum(c in joined for c in w) / len(w) for w, v in weights.items())
    nouns = [w for w, flag in mine if flag[0] in "njvba" and len(w) > 1]
    near = Meanings.of(dict.fromkeys(w for w, _ in content(joined)))
    pairs = list(dict.fromkeys(bigrams(said)))
    have = set(bigrams(joined))
    vectors = encoder.encode_query([said, joined])  # the same side twice, as e5 asks for symmetric likeness
    cosine = float(vectors[0] @ vectors[1])
    return {
        "words": exact / total,
        "characters": soft / total,
        "nouns": sum(stands(w, joined) for w in nouns) / len(nouns) if nouns else 1.0,
        "pairs": sum(p in have for p in pairs) / len(pairs) if pairs else 1.0,
        "worst": min((likeness(c, joined) for c in clauses(said) if len(c) > 3), default=1.0),
        "near": sum(v * _nearness(w, joined, near) for w, v in weights.items()) / total,
        "foreign": float(sum(not stands(w, joined) and not any(c in joined for c in w) for w in nouns)),
        "missing": min(total - exact, 12.0) / 12,
        "cosine": 10 * (cosine - 0.9),
    }


def _nearness(word: str, text: str, near: Meanings) -> float:
    return 1.0 if stands(word, text) else max(near.near(word).values(), default=0.0)


def probability(values: Mapping[str, float]) -> float:
    """The model's judgement of the signals."""
    weights = _weights()
    return sigmoid(weights["bias"] + sum(weights[name] * value for name, value in values.items()))


@cache
def _weights() -> dict[str, float]:
    loaded: dict[str, float] = json.loads((files("hujin_qa") / "data" / "grounding.json").read_text(encoding="utf-8"))
    return loaded
