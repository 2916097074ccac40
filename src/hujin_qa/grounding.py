"""Is this sentence supported by what it cites? Decided locally: rules, one small model, and the cross-encoder.

A rule names what is wrong (a number, a name, a denial, the other side of a pair); the model, a logistic one
over words, character pairs and the encoder, judges whether the meaning is there at all. Its weights are the
readable file ``data/grounding.json``, fitted by ``eval/fit_grounding.py``; ``eval/grounding.py`` measures.
The cross-encoder reads claim and evidence together: it can overrule both where it is sure, but never on numbers.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .amounts import number_faults
from .contraries import clauses, content, contradiction, likeness
from .crossencoder import open_cross_encoder, sigmoid
from .headings import tag
from .meaning import Meanings
from .modality import overstated
from .quantities import quantities
from .roles import PREPOSITIONS, exchanged, is_sentence
from .synonyms import other_kind, synonyms
from .text import bigrams, fold
from .types import Encoder
from .weekdays import days_as_written
from .words import words

_LATIN = re.compile(r"(?<!°)[a-z][a-z0-9]*(?:[.+#-][a-z0-9]+)*\+*")
_NAME_FLAGS = ("nr", "ns", "nt", "nz")


_ENOUGH = 0.4  # probability; what the rules let pass is more often a true paraphrase than not
_DOUBT, _BELIEF = -3.0, 0.5  # log-odds of the cross-encoder below which nothing is supported, and from which it is


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
    if any(found[rule] for rule in found if rule != "name") or (faults and not second):  # names it knows better
        return Support(False, 0.0, faults)
    read = second.verify(_as_written(said, sources), sources)[0] if second else 0.0
    if faults:
        return Support(True, round(sigmoid(read), 3), ()) if read >= _BELIEF else Support(False, 0.0, faults)
    score = probability(signals(said, sources, encoder))
    if read >= _BELIEF:
        score = max(score, sigmoid(read))
    elif read < _DOUBT:
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
        "name": _name_faults(said, sources),
        "contrary": [*filter(None, [contradiction(said, sources)])],
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


def _name_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    joined = " ".join(sources)
    known = _shared(said, joined)
    faults = [
        f"名称 {m[0]} 不在所引原文"
        for m in _LATIN.finditer(said)
        if not any(q.start <= m.start() and m.end() <= q.end for q in quantities(said))
        if not any(re.search(rf"(?<![a-z]){re.escape(o)}(?![a-z])", joined) for o in synonyms(m[0]))
    ]
    faults += [
        f"名称 {name} 不在所引原文"
        for name, start in _names(said)
        if not _is_torn(name, start, said, joined)
        and not (name[-1] in _SUFFIXES and len(name) > 2 and name[:-1] in joined)
        if not _stands(name, joined) and sum(known[start : start + len(name)]) < (len(name) if len(name) < 4 else 2)
        if len(name) < 3 or name[1:] not in joined
    ]
    faults += [
        f"名称 《{title}》 不在所引原文" for title in re.findall("《([^》]{2,40})》", said) if title not in joined
    ]
    faults += [f"{noun} 不在所引原文" for noun in _foreign(said, joined, known)]
    return faults or _misattributed(said, sources) or _crossed(said, sources)


def _foreign(said: str, joined: str, known: Sequence[bool]) -> list[str]:
    """Nouns that the source has neither as they are nor by half of their character pairs."""
    found, at = [], 0
    near = Meanings.of(dict.fromkeys(w for w, _ in content(joined)))
    plain = said
    for q in quantities(said):
        plain = plain.replace(q.text, " " * len(q.text))
    for word, flag in tag(plain):
        start, at = at, at + len(word)
        if (
            not (flag[0] in "nj" or flag == "vn")
            or len(word) < 2
            or word < "\u3000"
            or word in words().plain
            or word in words().poles
        ):
            continue
        if 2 * sum(known[start:at]) < len(word) and not _stands(word, joined):
            if word[0] in "每各某该此" or _is_torn(word, start, said, joined):
                continue
            common = not flag.startswith(_NAME_FLAGS) and word[-1] not in words().name_ends
            if not (common and max(near.near(word).values(), default=0.0) >= _AKIN) and not _is_derived(
                word, flag, joined
            ):
                found.append(word)
    return found


_AKIN = 0.4  # nearness of two words from which one may be said for the other
_GRAMMAR = "所比会里内中上时后前的是为代教管由归能"
_SUFFIXES = "者人员方户量率额数价费性化类版"


def _is_derived(word: str, flag: str, joined: str) -> bool:
    """Whether a common noun is made of the source's own words: 养蜂人 of 养蜂, 产量 of 产, 蜂蜜 of 蜂 and 产蜜."""
    if flag.startswith(_NAME_FLAGS):
        return False
    stem = word.rstrip(_GRAMMAR)
    if stem and stem[-1:] in _SUFFIXES and (stem[:-1] in joined if len(stem) > 1 else False):
        return True
    return len(word) == 2 and word[-1] not in words().name_ends and all(c in joined for c in word)


def _is_torn(word: str, start: int, said: str, joined: str) -> bool:
    """Whether a word is the end of one of the source's words and a particle: 沐教 in 由何沐教, 邱野代, 库里."""
    if word[-1] in _GRAMMAR and len(word) > 1:
        before = said[max(0, start - 2) : start] + word[:-1]
        return any(len(t) > 1 and before.endswith(t) for t, _ in tag(joined)) or (
            len(word) == 2 and word[0] in joined and (word[-1] in "里内中上" or word[0] in "里内中上前后时")
        )
    return False


def _shared(said: str, joined: str) -> list[bool]:
    """For every character whether a pair that it is in stands in the evidence; a joining 和 or 由 needs none."""
    have = {joined[i : i + 2] for i in range(len(joined) - 1)}
    pairs = [said[i : i + 2] in have for i in range(len(said) - 1)]
    return [c in "和与由在及" or (i > 0 and pairs[i - 1]) or (i < len(pairs) and pairs[i]) for i, c in enumerate(said)]


def _names(said: str) -> list[tuple[str, int]]:
    """What jieba or its ending shows to be a name, each with its place."""
    found = []
    at = 0
    before, before_flag = "", "x"
    for word, flag in tag(said):
        is_han = word[0] > "\u3000"
        if is_han and len(word) > 1 and flag.startswith(_NAME_FLAGS):
            found.append((word, at))
        if word in words().name_ends and before_flag[0] in "nvxjgba" and len(before) > 1 and before[0] > "\u3000":
            found.append((before + word, at - len(before)))
        before, before_flag = word, flag
        at += len(word)
    return list(dict.fromkeys(found))


def _nouns(text: str) -> list[str]:
    """Nouns and names, and the runs of them: 临港, 新区 and 临港新区; 操作 before 类 is one too."""
    found, run, before = [], "", ""
    for word, flag in tag(text):
        if flag.startswith("nr") and len(word) > 2 and word[0] in PREPOSITIONS:  # 由岚泽
            word = word[1:]
        is_noun = word > "\u3000" and (
            flag[0] in "nj" or flag == "vn" or (flag == "b" and word[-1] in words().name_ends)
        )
        if run and is_noun:
            found.append(run + word)
        if len(before) > 1 and word in words().name_ends:
            found.append(before + word)
        if is_noun and len(word) > 1:
            found.append(word)
        run = run + word if is_noun else ""
        before = word if word > "\u3000" and flag[0] in "nvbagj" else ""
    return list(dict.fromkeys(found))


def _misattributed(said: str, sources: tuple[str, ...]) -> list[str]:
    """A noun of the claim whose place in the matching clause of the source is held by a sibling: 财务部 for 人事部."""
    there = [c for s in sources for c in clauses(s)]
    joined = " ".join(sources)
    for clause in clauses(said):
        for noun in _nouns(clause):
            rest = clause.replace(noun, "")
            if len(rest) < 2 or not there or noun in words().plain or noun in words().poles:
                continue
            if noun[-1] in "比会所" or _is_torn(noun, clause.find(noun), clause, joined):
                continue
            elsewhere = _stands(noun, joined)
            if not elsewhere and (rival := _rival(noun, joined, said, elsewhere)):
                return [f"所引原文说的是“{rival}”,不是“{noun}”"]
            best = max(there, key=lambda c: likeness(rest, c))
            fit = likeness(rest, best)
            if fit < 0.3 or _stands(noun, best) or noun[-3:] in best:
                continue
            if any(_stands(noun, c) and likeness(rest, c) > fit - 0.15 for c in there):
                continue
            if rival := _rival(noun, best, said, elsewhere):
                return [f"所引原文说的是“{rival}”,不是“{noun}”"]
    return []


def _people(text: str) -> list[str]:
    return [word for word, flag in tag(text) if flag.startswith("nr") and len(word) > 1]


def _rival(noun: str, best: str, said: str, elsewhere: bool) -> str:
    """A sibling of the noun that a clause has and the claim has not: 早班 of 中班, 东麓市 of 瑞溪市.

    Two short nouns that end alike may mean the same (器物, 文物), unless the source has both.
    """
    if elsewhere and (person := next((p for p in _people(best) if p not in said), "")) and noun in _people(noun):
        return person
    for other in _nouns(best):
        if other in said or other in noun or noun in other or any(noun.endswith(w) for w in synonyms(other)):
            continue
        shared = next((i for i in range(len(noun), 0, -1) if other.endswith(noun[-i:])), 0)
        if shared and other[:-shared] in said:  # 甘肃基地, where the claim names 甘肃 elsewhere
            continue
        if shared and not elsewhere and noun[:-shared] in best:  # 设计师, where the source says 设计
            continue
        short = max(len(other), len(noun)) < 3 and noun[-1] not in words().name_ends and not elsewhere
        if other[-1] == noun[-1] and abs(len(other) - len(noun)) <= 2 and not short:
            return other
    if noun[-1] in words().name_ends:
        for match in re.finditer(f"[\u4e00-\u9fff]{{1,3}}{noun[-1]}", best):
            if match[0][-2:] not in said:
                return match[0]
    return ""


_GLOSS = re.compile(r"([^,。;:、()和与以及还有]{2,12})\(([^()]{2,20})\)")


def _crossed(said: str, sources: tuple[str, ...]) -> list[str]:
    """The name of one gloss with the content of another: 甲(信贷)、乙(保险) made 乙做信贷."""
    for source in sources:
        pairs = _GLOSS.findall(source)
        named = [n for n, g in pairs if n[-3:] in said and g not in said]
        glossed = [(n, g) for n, g in pairs if g in said and n[-2:] not in said]
        if named and glossed:
            return [f"所引原文中“{glossed[0][1]}”说的是“{glossed[0][0]}”,不是“{named[0]}”"]
    return []


def _stands(word: str, text: str) -> bool:
    """Whether a word, another name of it, or what it abbreviates stands in a text."""
    if any(o in text for o in synonyms(word)) or word[::-1] in text:  # 代替, 替代
        return True
    if len(word) < 2 or word.isascii():
        return False
    spread = ".{0,3}?".join(map(re.escape, word))
    parts = [w for w, _ in tag(word)]
    return bool(re.search(spread, text)) or (len(parts) > 1 and all(len(p) > 1 and p in text for p in parts))


def signals(said: str, sources: tuple[str, ...], encoder: Encoder) -> dict[str, float]:
    """What speaks for the meaning being there; all between 0 and 1 but the cosine's logit."""
    joined = " ".join(sources)
    mine = content(said)
    weights = {w: float(min(len(w), 4)) for w, _ in mine}
    total = sum(weights.values()) or 1.0
    exact = sum(v for w, v in weights.items() if _stands(w, joined))
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
        "nouns": sum(_stands(w, joined) for w in nouns) / len(nouns) if nouns else 1.0,
        "pairs": sum(p in have for p in pairs) / len(pairs) if pairs else 1.0,
        "worst": min((likeness(c, joined) for c in clauses(said) if len(c) > 3), default=1.0),
        "near": sum(v * _nearness(w, joined, near) for w, v in weights.items()) / total,
        "foreign": float(sum(not _stands(w, joined) and not any(c in joined for c in w) for w in nouns)),
        "missing": min(total - exact, 12.0) / 12,
        "cosine": 10 * (cosine - 0.9),
    }


def _nearness(word: str, text: str, near: Meanings) -> float:
    return 1.0 if _stands(word, text) else max(near.near(word).values(), default=0.0)


def probability(values: Mapping[str, float]) -> float:
    """The model's judgement of the signals."""
    weights = _weights()
    return sigmoid(weights["bias"] + sum(weights[name] * value for name, value in values.items()))


@cache
def _weights() -> dict[str, float]:
    loaded: dict[str, float] = json.loads((files("hujin_qa") / "data" / "grounding.json").read_text(encoding="utf-8"))
    return loaded
