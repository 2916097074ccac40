"""Is this sentence supported by what it cites? Decided locally: rules that can veto, then one small model.

A rule names what is wrong (a number, a name, a denial, the other side of a pair); the model, a logistic one
over words, character pairs and the encoder, judges whether the meaning is there at all. Its weights are the
readable file ``data/grounding.json``, fitted by ``eval/fit_grounding.py``; ``eval/grounding.py`` measures.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .contraries import clauses, content, contradiction, likeness, words
from .headings import tag
from .lexicon import Lexicon, load_lexicon
from .quantities import Quantity, quantities
from .text import bigrams, fold
from .types import Encoder

_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[.+#-][a-z0-9]+)*\+*")
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,40})[”」』》\"]")
_NAME_FLAGS = ("nr", "ns", "nt", "nz")
_LATIN_LEAD = re.compile(r"[a-z][a-z0-9.+#-]*\s*$")


@dataclass(frozen=True, slots=True)
class Support:
    """The verdict on one sentence. ``score`` is the probability, 0 to 1, that the evidence says it."""

    supported: bool
    score: float
    faults: tuple[str, ...]  # Chinese, for the reader: what is wrong


def support(claim: str, evidence: Sequence[str], encoder: Encoder) -> Support:
    """Whether ``evidence``, the cited sentences and the headings above them, says what ``claim`` says."""
    said, sources = fold(claim), tuple(fold(e) for e in evidence if e.strip())
    if not sources or not said.strip():
        return Support(False, 0.0, ("没有可核对的原文",))
    faults = rule_faults(said, sources)
    score = probability(signals(said, sources, encoder))
    if not faults and score < 0.5:
        faults = ["所引原文没有说到这个意思"]
    return Support(not faults, round(min(score, 0.49) if faults else score, 3), tuple(dict.fromkeys(faults)))


def rule_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """What the rules find wrong with a folded claim."""
    faults = [*_number_faults(said, sources), *_name_faults(said, sources)]
    opposite = contradiction(said, sources)
    return [*faults, opposite] if opposite else faults


def _number_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    there = [(c, quantities(c)) for s in sources for c in clauses(s)]
    every = [q for s in sources for q in quantities(s)]
    mine = quantities(said)
    faults = []
    for q in mine:
        tolerance = 0.03 if _is_rounded(said, q) else 1e-9
        if not any(q.matches(e, tolerance) for e in every) and not _counted(q, sources):
            faults.append(f"数字 {q.text} 不在所引原文")
    return faults or [
        *(f"数字 {q.text} 在所引原文中说的是另一件事" for q in mine if _misplaced(said, q, mine, there)),
        *_swapped(said, mine, every),
    ]


def _is_rounded(said: str, q: Quantity) -> bool:
    around = said[max(0, q.start - 2) : q.start] + said[q.end : q.end + 2] + q.text[-2:]
    return q.unit not in ("公历年", "月份", "第", "版本") and any(w in around for w in words().rounded)


def _counted(q: Quantity, sources: tuple[str, ...]) -> bool:
    """Whether a count is that of a list: 四类 where four things stand between 、 marks, or an ordinal by its digit."""
    if q.unit == "第":
        plain = {e.value for s in sources for e in quantities(s)}
        return q.value in plain or (q.value == 1 and any(w in s for s in sources for w in ("首", "最")))
    if q.unit not in ("个", "人", ""):
        return False
    lists = [len(re.split(r"、|和|与|以及", c)) for s in sources for c in clauses(s) if "、" in c or "和" in c]
    items = [s.count("是") for s in sources if "一是" in s] + [len(re.findall(r"\(\d\)", s)) for s in sources]
    return 1 < q.value <= 12 and q.value in (*lists, *items)


def _misplaced(
    said: str, q: Quantity, mine: Sequence[Quantity], there: Sequence[tuple[str, tuple[Quantity, ...]]]
) -> bool:
    """Whether the number stands in another clause than the year or name that the claim ties it to."""
    clause = next((c for c in clauses(said) if q.text in c), said)
    own = [(c, found) for c, found in there if any(q.matches(e) for e in found)]
    rivals = [
        c
        for c, found in there
        if any(e.unit == q.unit and not any(e.matches(m) for m in mine) for e in found)
        and not any(q.matches(e) for e in found)
    ]
    if q.unit in ("公历年", "月份", "第") or not own or not rivals:
        return False
    years = [y.text for y in quantities(clause) if y.unit == "公历年"]
    names = [w for w, flag in content(clause) if flag[0] in "nje" and len(w) > 1 and w not in q.text]
    for anchor in [*years, *names]:
        held = [c for c, _ in there if anchor in c]
        if held and all(c in rivals for c in held):
            better = max(likeness(clause.replace(q.text, ""), c) for c in held)
            if better > max(likeness(clause.replace(q.text, ""), c) for c, _ in own):
                return True
    return False


def _swapped(said: str, mine: Sequence[Quantity], every: Sequence[Quantity]) -> list[str]:
    """从 9 到 20 where the source goes from 20 to 9."""
    for a, b in zip(mine, mine[1:], strict=False):
        lead, between = said[max(0, a.start - 6) : a.start], said[a.end : b.start]
        if not re.search("从|由", lead) or not re.search("到|至|为|成", between) or "," in between:
            continue
        first = [i for i, e in enumerate(every) if a.matches(e)]
        second = [i for i, e in enumerate(every) if b.matches(e)]
        if first and second and min(first) > max(second):
            return [f"{a.text} 与 {b.text} 的先后与所引原文相反"]
    return []


def _name_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    joined = " ".join(sources)
    faults = [f"名称 {name} 不在所引原文" for name in _names(said) if not _stands(name, joined)]
    if faults:
        return faults
    mine = {w for w, _ in content(said)}
    theirs = {w for w, flag in content(joined) if flag[0] in "njl" or flag == "eng"}
    for name in sorted(w for w, flag in content(said) if flag[0] == "n" and len(w) > 1 and not _stands(w, joined)):
        rival = next((t for t in theirs if _rivals(name, t) and t not in mine and t not in said), "")
        if rival:
            return [f"所引原文说的是“{rival}”,不是“{name}”"]
    return []


def _names(said: str) -> list[str]:
    """Latin terms, quoted titles, and what jieba or its ending shows to be a name."""
    found = [m[0] for m in _LATIN.finditer(said)]
    found += [m[1] for m in re.finditer(r"《([^》]{2,40})》", said)]
    found += [w for w, flag in tag(said) if flag.startswith(_NAME_FLAGS) and len(w) > 1 and w[0] > "\u3000"]
    tagged = tag(said)
    for (before, flag), (end, _) in zip(tagged, tagged[1:], strict=False):
        if end in words().name_ends and flag[0] in "nvxjgba" and len(before) > 1 and before[0] > "\u3000":
            found.append(before + end)
    return list(dict.fromkeys(found))


@cache
def _lexicon() -> Lexicon:
    return load_lexicon()


def _stands(word: str, text: str) -> bool:
    """Whether a word, another name of it, or what it abbreviates stands in a text."""
    if any(o in text for o in _lexicon().others(word)):
        return True
    if len(word) < 2 or word.isascii():
        return False
    spread = ".{0,3}?".join(map(re.escape, word))
    parts = [w for w, _ in tag(word)]
    return bool(re.search(spread, text)) or (len(parts) > 1 and all(len(p) > 1 and p in text for p in parts))


def _rivals(a: str, b: str) -> bool:
    """Whether two nouns name siblings: 早班 and 中班, 固态硬盘 and 机械硬盘."""
    return len(a) == len(b) and a != b and (a[-1] == b[-1] or a[0] == b[0]) and len(set(a) & set(b)) < len(a)


def signals(said: str, sources: tuple[str, ...], encoder: Encoder) -> dict[str, float]:
    """What speaks for the meaning being there; all between 0 and 1 but the cosine's logit."""
    joined = " ".join(sources)
    mine = content(said)
    weights = {w: float(min(len(w), 4)) for w, _ in mine}
    total = sum(weights.values()) or 1.0
    exact = sum(v for w, v in weights.items() if _stands(w, joined))
    soft = sum(v * sum(c in joined for c in w) / len(w) for w, v in weights.items())
    nouns = [w for w, flag in mine if flag[0] in "nj"]
    pairs = list(dict.fromkeys(bigrams(said)))
    have = set(bigrams(joined))
    vectors = encoder.encode_query([said, joined])  # the same side twice, as e5 asks for symmetric likeness
    cosine = float(vectors[0] @ vectors[1])
    return {
        "words": exact / total,
        "characters": soft / total,
        "nouns": sum(_stands(w, joined) for w in nouns) / len(nouns) if nouns else 1.0,
        "pairs": sum(p in have for p in pairs) / len(pairs) if pairs else 1.0,
        "worst": min((likeness(c, joined) for c in clauses(said) if len(c) > 3), default=1.0),
        "missing": min(total - exact, 12.0) / 12,
        "cosine": 10 * (cosine - 0.9),
    }


def probability(values: Mapping[str, float]) -> float:
    """The model's judgement of the signals."""
    weights = _weights()
    return 1 / (1 + math.exp(-weights["bias"] - sum(weights[name] * value for name, value in values.items())))


@cache
def _weights() -> dict[str, float]:
    loaded: dict[str, float] = json.loads((files("hujin_qa") / "data" / "grounding.json").read_text(encoding="utf-8"))
    return loaded
