"""Who did what to whom: names that stand in the evidence, but in another part than the claim ties them to.

A claim's part is laid beside the part of the evidence that is most like it without the name in question; if that
part has a name of its own in the same place, and the claim's name stands in a parallel part, the two were exchanged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from .clauses import content, items, likeness
from .headings import tag
from .quantities import quantities
from .synonyms import synonyms
from .text import bigrams
from .words import words

_FIT = 0.4  # likeness, without the name, from which two parts say the same of something
_MARGIN = 0.15
PREPOSITIONS = ("由", "被", "向", "给", "把", "将", "对", "跟", "比", "从", "为")
_BY = re.compile("(?:由|被|受)[^,]{0,5}$")
_TO = re.compile("(?:向|给|把|将|对|跟|比|从|替|找)[^,]{0,5}$")
_TOGETHER = re.compile("^[^,]{0,3}[和与跟及、]|之间|互相|相互|双方|共同|一起|分别")
_MORE = "多高大贵重长快远强"
_LESS = "少低小轻短慢近弱"
_THAN = re.compile(
    rf"(?P<a>[^,。;]{{1,12}})比(?P<b>[^,。;\d]{{1,12}}?)(?P<side>便宜|[{_MORE}{_LESS}早晚])(?![版级型类性间号])"
)
_ABOVE = re.compile(rf"(?P<a>[^,。;]{{1,12}}?)(?P<side>[{_MORE}{_LESS}早晚])于(?P<b>[^,。;\d]{{1,12}})")
_SIDE = re.compile(rf"(?P<side>[早晚{_MORE}{_LESS}])(?:出)?(?=[\d一二两三四五六七八九十])")


@dataclass(frozen=True, slots=True)
class Part:
    """A clause, or an item of a list of amounts, with the things that it names."""

    text: str
    sentence: int
    names: tuple[tuple[str, bool], ...]  # each with whether it stands before the verb
    people: frozenset[str]


def exchanged(claim: str, evidence: Sequence[str]) -> str:
    """What is wrong in Chinese, ``""`` if nothing. Texts are folded; evidence without a stop is a heading.

    >>> exchanged("教练张华负责成人班", ["教练李明负责成人班,教练张华负责少儿班。"])
    '所引原文说的是“李明”,不是“张华”'
    """
    there = [part for n, text in enumerate(evidence) if is_sentence(text) for part in _parts(text, n)]
    known = {person for part in there for person in part.people}
    heads = " ".join(text for text in evidence if not is_sentence(text))
    if not there:
        return ""
    for part in (_with(part, known) for part in _parts(claim, 0)):
        for found, leads in part.names:
            name = next((p for p in known if found in part.people and found.startswith(p)), found)  # 周岚教
            if name in heads:
                continue
            if rival := _doer(part, name, there) or _rival(part, name, leads, there):
                return f"所引原文说的是“{rival}”,不是“{name}”"
        if fault := _turned(part, there) or _reversed(part, there) or _by_another(part, there) or _crossed(part, there):
            return fault
    return _compared(claim, there)


def _with(part: Part, known: set[str]) -> Part:
    """A part with the people that its words were torn around, as 陆一鸣 in 向陆一鸣学."""
    torn = sorted(p for p in known if p in part.text and p not in part.people)
    names = (*part.names, *((p, part.text.startswith(p)) for p in torn))
    return replace(part, names=names, people=part.people.union(torn)) if torn else part


def is_sentence(text: str) -> bool:
    """Whether a text of the evidence is a cited sentence and no heading."""
    return "›" not in text and (text.rstrip().endswith(("。", "!", "?", ";", ".", "”")) or "," in text)


@lru_cache(maxsize=4096)
def _parts(text: str, sentence: int) -> tuple[Part, ...]:
    return tuple(_part(item, sentence) for item in items(text))


def _part(text: str, sentence: int) -> Part:
    names: list[tuple[str, bool]] = []
    people = set()
    leads, before = True, ""
    for word, flag in tag(text):
        is_han = word[0] > "\u3000"
        if flag.startswith("nr") and len(word) > 2 and word[0] in PREPOSITIONS:  # 向孟乔
            word, leads = word[1:], False
        if (
            is_han
            and len(word) > 1
            and (flag[0] in "njs" or flag == "l" or word[-1:] == "季")
            and word not in words().light
        ):
            if word not in words().plain and word not in words().poles:
                names.append((word, leads))
            if flag.startswith("nr"):
                people.add(word)
        elif is_han and len(word) == 1 and flag[0] == "n" and len(before) == 1 and before > "\u3000":
            names.append((before + word, leads))  # 年卡, 次卡
        if is_han and (flag[0] == "n" or word.endswith("口")) and before.isascii() and before.isalpha():
            names.append((before + word, leads))  # a车间, usb口
        elif (flag[0] == "v" and len(word) > 1) or word in PREPOSITIONS:
            leads = False
        before = word
    names += [(q.text, True) for q in quantities(text) if q.unit == "第"]
    return Part(text, sentence, tuple(dict.fromkeys(names)), frozenset(people))


def _rival(part: Part, name: str, leads: bool, there: Sequence[Part]) -> str:
    """The name that holds, in the evidence, the place that the claim gives to ``name``."""
    holders = [p for p in there if _has(p.text, name)]
    rest = part.text.replace(name, "")
    if not holders or len(rest) < 3 or _THAN.search(part.text):
        return ""
    best = max(there, key=lambda p: likeness(rest, p.text))
    fit = likeness(rest, best.text)
    if fit < _FIT or any(likeness(rest, p.text.replace(name, "")) > fit - _MARGIN for p in holders):
        return ""
    counted = [q for q in quantities(part.text) if q.unit and not any(q.matches(e) for e in quantities(best.text))]
    if any(q.matches(e) for q in counted for p in holders for e in quantities(p.text)):
        return ""
    acts = [w for w, flag in content(rest) if flag[0] == "v"]
    if max(_said(acts, holder.text) for holder in holders) > _said(acts, best.text):
        return ""
    for other, place in _owners(best, there):
        if (place != leads and fit < 0.5) or other in words().plain:
            continue
        if (
            _has(part.text, other)
            or set(name) <= set(other)
            or other in name
            or name[0].isascii() != other[0].isascii()
        ):
            continue
        for holder in holders:
            if _parallel(name, holder, other, best):
                return other
        if fit > 0.6 and all(_after(holder, best, there) for holder in holders):
            return other
    return ""


def _doer(part: Part, name: str, there: Sequence[Part]) -> str:
    """The person of the one part of the evidence that has the claim's verb, where the claim names another."""
    if not any(name in p.people for p in there):
        return ""
    acts = [w for w, flag in content(part.text.replace(name, "")) if flag[0] == "v" and len(w) > 1]
    doing = [p for p in there if _said(acts, p.text)]
    if len(doing) != 1 or not doing[0].people or name in doing[0].text:
        return ""
    return "" if any(p in part.text for p in doing[0].people) else min(doing[0].people)


def _has(text: str, name: str) -> bool:
    return any(word in text for word in synonyms(name) if len(word) > 1 or word == name)


def _said(acts: Sequence[str], text: str) -> int:
    return sum(_has(text, act) for act in acts)


def _owners(part: Part, there: Sequence[Part]) -> Iterator[tuple[str, bool]]:
    """The names of a part; one without a subject takes the subject of the part before it."""
    yield from part.names
    if not any(leads for _, leads in part.names):
        at = there.index(part)
        for before in reversed(there[:at]):
            if before.sentence != part.sentence:
                return
            subjects = [name for name, leads in before.names if leads]
            if subjects:
                yield from ((name, True) for name in subjects)
                return


def _after(holder: Part, best: Part, there: Sequence[Part]) -> bool:
    return holder.sentence == best.sentence and there.index(holder) > there.index(best)


def _parallel(name: str, holder: Part, other: str, best: Part) -> bool:
    """Whether two names are of one kind and their parts say like things of them."""
    if name in holder.people and other in best.people:
        return True
    if name[-1] == other[-1] or {name, other} & (holder.people & best.people):
        return True
    mine, theirs = holder.text.replace(name, ""), best.text.replace(other, "")  # of unlike names: like sayings
    if likeness(mine, theirs) >= 0.3 and not _has(best.text, name):
        return True
    units = {q.unit for q in quantities(holder.text)} & {q.unit for q in quantities(best.text)}
    return bool(units) and len(mine) < 12 and len(theirs) < 12


def _turned(part: Part, there: Sequence[Part]) -> str:
    """甲把书借给乙 in the claim where the evidence says 乙把书借给甲."""
    for (a, _), (b, _) in combinations([n for n in part.names if _is_actor(n[0], part)], 2):
        if not _is_pair(a, b, part):
            continue
        for other in there:
            at = other.text.find(a), other.text.find(b)
            if min(at) < 0 or likeness(part.text, other.text) < 0.5:
                continue
            between = part.text[part.text.find(a) + len(a) : part.text.find(b)]
            if _TOGETHER.search(between) or _TOGETHER.search(other.text[min(at) : max(at)]):
                continue
            if _actor(part.text, a, b) != _actor(other.text, a, b):
                return f"“{a}”与“{b}”的关系与所引原文相反"
    return ""


_DONE_BY = re.compile("(?<!^.)(?:被|由|受|遭到?|获得?|得到|经)(?=..)")  # after no single character: 自由
_DONE_TO = re.compile("(?<!^.)[向给对把将从](?=..)")
_Sides = tuple[frozenset[str], frozenset[str]]  # the character pairs of the doer and of the other, none in both


def _sides(text: str, act: re.Match[str], turned: bool) -> _Sides:
    """Who does it and to whom: 甲收购乙, 乙被甲收购, 甲向乙投资, 乙获得甲的投资.

    >>> act = re.search("收购", "乙公司被甲公司收购")
    >>> [sorted(side)[0] for side in _sides(act.string, act, False)]
    ['甲公', '乙公']
    """
    before, after = text[: act.start()], text[act.end() :]
    doer, other = before, after
    if as_old := re.search("为(.{2,})所$", before):
        doer, other = as_old[1], before[: as_old.start()]
    elif by := _DONE_BY.search(before):
        doer, other = before[by.end() :], f"{before[: by.start()]} {after}"
    elif to := _DONE_TO.search(before):
        doer, other = before[: to.start()], before[to.end() :]
    one, two = frozenset(bigrams(doer)), frozenset(bigrams(other))
    return (two - one, one - two) if turned else (one - two, two - one)


def _reversed(part: Part, there: Sequence[Part]) -> str:
    """乙公司收购甲公司 in the claim where the evidence says only 甲公司收购乙公司, or that 乙公司 was bought."""
    for row in words().acts:
        told = [(act, n) for n, pattern in enumerate(row) for act in pattern.finditer(part.text)]
        if len(told) != 1:
            continue
        doer, other = _sides(part.text, told[0][0], told[0][1] == 1)
        against = False
        for at, source in enumerate(there):
            for act, n in ((act, n) for n, pattern in enumerate(row) for act in pattern.finditer(source.text)):
                one, two = _sides(source.text, act, n == 1)
                if not (one & (doer | other)) and at and there[at - 1].sentence == source.sentence:
                    one |= frozenset(bigrams(there[at - 1].text)) - two  # 甲公司宣布,以2亿元收购乙公司
                if doer & one and other & two:
                    return ""
                against = against or bool(doer & two and other & one)
        if against:
            return f"“{told[0][0][0]}”的双方与所引原文相反"
    return ""


_AGENT = re.compile("(?<![自理缘经])由(?!于)")


def _agent(text: str) -> tuple[str, str]:
    """Who acts behind 由, and the text without; two empty texts where none does.

    >>> _agent("屋顶由房东负责维修")
    ('房东', '屋顶负责维修')
    """
    if not (by := _AGENT.search(text)):
        return "", ""
    who = ""
    for word, flag in tag(text[by.end() :]):
        if flag[0] in "vdp" and who:
            told = len(who) > 1 and who[0] != "其" and not quantities(who)
            return (who, text[: by.start()] + text[by.end() + len(who) :]) if told else ("", "")
        who += word
    return "", ""


def _by_another(part: Part, there: Sequence[Part]) -> str:
    """由租客维修 in the claim where the evidence has the same 由房东维修."""
    who, rest = _agent(part.text)
    fits = [(likeness(rest, other), name) for name, other in (_agent(p.text) for p in there) if name]
    if not who or not fits:
        return ""
    fit, name = max(fits)
    same = any(set(who) & set(other) and like > fit - _MARGIN for like, other in fits)
    return "" if fit < _FIT or same or _has(name, who) else f"所引原文说的是由“{name}”，不是由“{who}”"


def _crossed(part: Part, there: Sequence[Part]) -> str:
    """学生指导导师 in the claim where the evidence has 导师指导学生."""
    best = max(there, key=lambda p: likeness(part.text, p.text)).text
    mine = part.text
    if likeness(mine, best) < _FIT or "比" in mine or any(c in mine and c in best for c in ",、"):
        return ""
    if any((p in mine) != (p in best) for p in PREPOSITIONS):
        return ""
    told = [(w, flag[0]) for w, flag in content(mine) if len(w) > 1]
    acts = [w for w, kind in told if kind == "v"] or [w for w, kind in told if kind == "n"]  # 指导 is a noun to jieba
    for act in dict.fromkeys([*acts, *"由向给把被"]):
        if mine.count(act) != 1 or best.count(act) != 1:
            continue
        (one, other), (first, second) = (map(_things, text.split(act)) for text in (mine, best))
        here, there_only = one - first, first - one
        if here and there_only and there_only <= other and (here <= second or likeness(mine, best) > 0.5):
            return f"“{min(here)}”与“{min(there_only)}”在“{act}”两边的位置与所引原文相反"
    return ""


def _things(text: str) -> frozenset[str]:
    """The nouns of a text and what tells them apart: 最早 and 数据."""
    return frozenset(w for w, flag in content(text) if flag[0] in "njsxatbd" or flag in ("vn", "eng"))


def _is_actor(name: str, part: Part) -> bool:
    return name in part.people or any(name == word for word, _ in content(part.text))


def _is_pair(a: str, b: str, part: Part) -> bool:
    return {a, b} <= part.people or (a[-1] == b[-1] and a[-1] in words().name_ends)


def _actor(text: str, a: str, b: str) -> str:
    for name, other in ((a, b), (b, a)):
        before = text[: text.find(name)]
        before = before.rpartition(other)[2]
        if _BY.search(before):
            return name
        if _TO.search(before):
            return other
    return min(a, b, key=text.find)


def _compared(claim: str, there: Sequence[Part]) -> str:
    """甲比乙贵 where the evidence has 甲 at 26 and 乙 at 32."""
    for than in (*_THAN.finditer(claim), *_ABOVE.finditer(claim)):
        side = than["side"]
        mine, other = _amounts(than["a"], than["b"], there), _amounts(than["b"], than["a"], there)
        unit = next((u for u in mine if u in other and mine[u] != other[u]), None)
        if side not in "早晚":
            if unit is not None and (mine[unit] > other[unit]) != (side in _MORE):
                return f"“{than[0]}”与所引原文的数字相反"
            continue
        for name, same in ((than["a"], True), (than["b"], False)):
            for part in there:
                told = _SIDE.search(part.text)
                leaders = [n for n, leads in part.names if leads]
                about = told and told["side"] in "早晚" and leaders and leaders[0] in name
                if told and about and (told["side"] == side) != same:
                    return f"“{than[0]}”与所引原文相反"
    return ""


def _amounts(name: str, other: str, there: Sequence[Part]) -> dict[str, float]:
    """What the evidence counts of a thing, by unit."""
    found: dict[str, float] = {}
    own = [word for word, _ in content(name) if len(word) > 1 and word not in other]
    for word in own:  # the first one that tells: 小麦 of 小麦产量
        for part in there:
            if word in part.text:
                for q in quantities(part.text):
                    found.setdefault(q.unit, q.value)
        if found:
            break
    return found
