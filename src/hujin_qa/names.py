"""Names of a claim that its evidence has not, or gives to something else. All texts here are folded."""

import re
from collections.abc import Iterator, Sequence

from .clauses import clauses, content, likeness
from .headings import tag
from .items import in_series
from .meaning import Meanings, is_common
from .quantities import quantities
from .roles import PREPOSITIONS, is_sentence
from .synonyms import synonyms
from .words import words

_LATIN = re.compile(r"(?<!°)[a-z][a-z0-9]*(?:[.+#-][a-z0-9]+)*\+*")
_NAME_FLAGS = ("nr", "ns", "nt", "nz")
_TITLE = re.compile("《([^》]{2,40})》")
_GLOSS = re.compile(r"([^,。;:、()和与以及还有]{2,12})\(([^()]{2,20})\)")
_MOST = re.compile("(?P<who>[\u4e00-\u9fff]{2,10})(?P<how>最[多少高低大小快慢早晚贵长短强弱])")
_IS = re.compile("(?P<who>[^,。;为归由]{2,12})(?P<how>为|归)(?P<what>[\u4e00-\u9fff]{2,8})")
_CAUSED = ("因", "由", "被", "用", "靠")
_STOPS = ",。;:、!?()"
_AKIN = 0.4  # nearness of two words from which one may be said for the other
_GRAMMAR = "所比会里内中上时后前的是为代教管由归能"
_SUFFIXES = "者人员方户量率额数价费性化类版"


def missing_names(said: str, sources: tuple[str, ...]) -> list[str]:
    """The names and nouns that the evidence has not, as faults in Chinese; not what is written to be exact."""
    joined = " ".join(sources)
    known = _shared(said, joined)
    faults = [
        f"名称 {name} 不在所引原文"
        for name, start in _names(said)
        if not _is_torn(name, start, said, joined)
        and not (name[-1] in _SUFFIXES and len(name) > 2 and name[:-1] in joined)
        if not stands(name, joined) and sum(known[start : start + len(name)]) < (len(name) if len(name) < 4 else 2)
        if len(name) < 3 or name[1:] not in joined
    ]
    return faults + [f"{noun} 不在所引原文" for noun in _foreign(said, joined, known)]


def exact_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """The Latin names and 《titles》 that the evidence has not, as faults in Chinese."""
    joined = " ".join(sources)
    faults = [
        f"名称 {m[0]} 不在所引原文"
        for m in _LATIN.finditer(said)
        if not any(q.start <= m.start() and m.end() <= q.end for q in quantities(said))
        if not any(re.search(rf"(?<![a-z]){re.escape(o)}(?![a-z])", joined) for o in synonyms(m[0]))
    ]
    return faults + [f"名称 《{title}》 不在所引原文" for title in _TITLE.findall(said) if title not in joined]


def rival_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """The name of the claim in whose place the evidence has another, as a fault in Chinese."""
    return _misattributed(said, sources) or _crossed(said, sources)


def slot_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """A word of the claim in whose place, between the same characters, the evidence has another.

    >>> slot_faults("应当取得学校同意", ("应当取得监护人同意。",))
    ['所引原文说的是“监护人”,不是“学校”']
    """
    joined = "。".join(sources)
    there = [m for source in sources for c in clauses(source) if (m := _IS.fullmatch(c))]
    for mine in filter(None, map(_IS.fullmatch, clauses(said))):
        same = [m["what"] for m in there if m["who"] == mine["who"] and m["how"] == mine["how"]]
        if same and not quantities(mine["what"]) and not any(_may_stand_for(mine["what"], s) for s in same):
            return [f"所引原文说的是“{same[0]}”,不是“{mine['what']}”"]
    if outdone := _outdone(said, joined):
        return outdone
    titles = _TITLE.findall(joined)
    if titles and (other := [t for t in _TITLE.findall(said) if t not in joined]):
        return [f"所引原文说的是《{titles[0]}》,不是《{other[0]}》"]
    at = 0
    for word, flag in tag(said):
        start, at = at, at + len(word)
        kinds = "njv" if said[max(0, start - 1) : start] in _CAUSED else "nj"  # 因塌方受损: what does it may be a verb
        if flag[0] not in kinds + "sb" or not _tells(word):
            continue
        before, after = said[max(0, start - 4) : start], said[at : at + 3]
        held = {m["held"] for m in _slots(before, after, joined)}
        if (
            held
            and all(flag[0] in kinds for other in held for _, flag in tag(other))
            and not any(_may_stand_for(word, other) for other in held)
        ):
            return [f"所引原文说的是“{min(held)}”,不是“{word}”"]
    return []


def listed_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """The member of a list in the claim in whose place a list of the evidence has another.

    >>> listed_faults("库里有煤、油和铁等物", ("库里有煤、盐、铁等物。",))
    []
    >>> listed_faults("库里有煤炭、石油和铁矿", ("库里有煤炭、食盐、铁矿。",))
    ['所引原文列举的是“食盐”,不是“石油”']
    """
    mine = [item for item in in_series(said) if len(item) > 1]
    told = list(filter(is_sentence, sources)) if len(mine) > 2 else []
    for sentence in (s for source in told for s in re.split("[。;!?]", source)):
        theirs = in_series(sentence)
        other = [item for item in mine if not any(item in t or t in item for t in theirs)]
        left = [t for t in theirs if not any(item in t or t in item for item in mine)]
        if len(other) != 1 or not left or stands(other[0], " ".join(told)):
            continue
        if not any(_may_stand_for(other[0], t) for t in left):
            return [f"所引原文列举的是“{left[0]}”,不是“{other[0]}”"]
    return []


def _tells(word: str) -> bool:
    """Whether a Chinese word names something: no plain word, no side of a pair."""
    return len(word) > 1 and word > "\u3000" and word not in words().plain and word not in words().poles


def _foreign(said: str, joined: str, known: Sequence[bool]) -> list[str]:
    """Nouns that the source has neither as they are nor by half of their character pairs."""
    found, at = [], 0
    near = Meanings.of(dict.fromkeys(w for w, _ in content(joined)))
    plain = said
    for q in quantities(said):
        plain = plain.replace(q.text, " " * len(q.text))
    for word, flag in tag(plain):
        start, at = at, at + len(word)
        if not (flag[0] in "nj" or flag == "vn") or not _tells(word):
            continue
        if 2 * sum(known[start:at]) >= len(word) or stands(word, joined):
            continue
        if word[0] in "每各某该此" or _is_torn(word, start, said, joined) or _is_derived(word, flag, joined):
            continue
        common = not flag.startswith(_NAME_FLAGS) and word[-1] not in words().name_ends
        if not common or max(near.near(word).values(), default=0.0) < _AKIN:
            found.append(word)
    return found


def _is_derived(word: str, flag: str, joined: str) -> bool:
    """Whether a common noun is made of the source's own words: 养蜂人 of 养蜂, 产量 of 产, 蜂蜜 of 蜂 and 产蜜."""
    if flag.startswith(_NAME_FLAGS):
        return False
    stem = word.rstrip(_GRAMMAR)
    if len(stem) > 1 and stem[-1] in _SUFFIXES and stem[:-1] in joined:
        return True
    return len(word) == 2 and word[-1] not in words().name_ends and all(c in joined for c in word)


def _is_torn(word: str, start: int, said: str, joined: str) -> bool:
    """Whether a word is the end of one of the source's words and a particle: 沐教 in 由何沐教, 邱野代, 库里."""
    if word[-1] in "是才就也都" and not is_common(word):  # 方是 of 出资方是
        return True
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
            elsewhere = stands(noun, joined)
            if not elsewhere and (rival := _rival(noun, joined, said, elsewhere)):
                return [f"所引原文说的是“{rival}”,不是“{noun}”"]
            best = max(there, key=lambda c: likeness(rest, c))
            fit = likeness(rest, best)
            if fit < 0.3 or stands(noun, best) or noun[-3:] in best:
                continue
            if any(stands(noun, c) and likeness(rest, c) > fit - 0.15 for c in there):
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


def _crossed(said: str, sources: tuple[str, ...]) -> list[str]:
    """The name of one gloss with the content of another: 甲(信贷)、乙(保险) made 乙做信贷."""
    for source in sources:
        pairs = _GLOSS.findall(source)
        named = [n for n, g in pairs if n[-3:] in said and g not in said]
        glossed = [(n, g) for n, g in pairs if g in said and n[-2:] not in said]
        if named and glossed:
            return [f"所引原文中“{glossed[0][1]}”说的是“{glossed[0][0]}”,不是“{named[0]}”"]
    return []


def stands(word: str, text: str) -> bool:
    """Whether a word, another name of it, or what it abbreviates stands in a text."""
    if any(o in text for o in synonyms(word)) or word[::-1] in text:  # 代替, 替代
        return True
    if len(word) < 2 or word.isascii():
        return False
    spread = ".{0,3}?".join(map(re.escape, word))
    parts = [w for w, _ in tag(word)]
    return bool(re.search(spread, text)) or (len(parts) > 1 and all(len(p) > 1 and p in text for p in parts))


def _outdone(said: str, joined: str) -> list[str]:
    """东门客流最多 in the claim where the evidence, which knows both, has 西门客流最多."""
    there = list(_MOST.finditer(joined))
    for mine in _MOST.finditer(said):
        own = {word for word, _ in content(mine["who"])}
        others = [{word for word, _ in content(m["who"])} for m in there if m["how"] == mine["how"]]
        if others and all(_differ_in_one(own, other) and min(own - other) in joined for other in others):
            return [f"所引原文说的是“{min(others[0] - own)}”,不是“{min(own - others[0])}”"]
    return []


def _differ_in_one(one: set[str], other: set[str]) -> bool:
    return bool(one & other) and len(one - other) == len(other - one) == 1


def _slots(before: str, after: str, text: str) -> Iterator[re.Match[str]]:
    """What a text has between the same characters: four before and a stop, or two before and two after."""
    ends = not after or after[0] in _STOPS
    lead = before if ends else before[-2:]
    beside = lead if ends else lead + after[:2]
    if len(lead) < (4 if ends else 2) or any(c in _STOPS for c in beside):
        return iter(())
    tail = f"(?=[{_STOPS}]|$)" if ends else re.escape(after[:2])
    return re.finditer(f"{re.escape(lead)}(?P<held>[\u4e00-\u9fff]{{2,6}}?){tail}", text)


def _may_stand_for(word: str, other: str) -> bool:
    return bool(set(word) & set(other)) or any(w in other for w in synonyms(word))
