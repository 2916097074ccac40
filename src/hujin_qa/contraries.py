"""Whether a clause says the opposite of another: a denial more or less, or the other side of a pair of words.

The words are data (``data/grounding.toml``). All texts here are folded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from .clauses import clauses, content, likeness
from .quantities import Quantity, quantities
from .synonyms import synonyms
from .words import words


def contradiction(claim: str, evidence: tuple[str, ...]) -> str:
    """What in the claim the evidence turns round, ``""`` if nothing does.

    >>> contradiction("规模上升", ("规模下降。",))
    '“上升”与所引原文的“下降”相反'
    >>> contradiction("社区版参加优惠", ("社区版不参加优惠。",))
    '“社区版参加优惠”与所引原文的肯定、否定相反'
    """
    there = [c for e in evidence for c in clauses(e)]
    if not there:
        return ""
    mine = clauses(claim)
    compared = comparison(claim, evidence)
    if compared is False:
        return f"“{claim[:24]}”的比较与所引原文相反"
    if more := _allows_more(mine, there):
        return f"“{more[:24]}”与所引原文的“只”相反"
    excepted = any(map(_EXCEPTED.match, mine)) and any(map(_EXCEPTED.match, there))
    ruled = [c for before, c in pairwise(there) if excepted and _EXCEPTED.match(before)]  # what holds of all others
    for clause in mine:
        if clause is not mine[-1] and _CONDITION.search(clause):
            continue
        fit = {c: likeness(clause, c) + _shared_numbers(clause, c) for c in there}
        near = [c for c in sorted(there, key=lambda c: -fit[c])[:3] if fit[c] > 0.15]
        if ruled and not _EXCEPTED.match(clause):  # the rule is held against the rule, not against its exception
            near = [c for c in near if not _EXCEPTED.match(c)] + [c for c in ruled if c not in near]
        if not near and clause is not mine[0] and len(clause) < 9:  # 车位有820个,已经够用
            near = sorted(there, key=lambda c: -likeness(claim, c))[:3]
        if not near:
            continue
        sides = "" if compared and _COMPARED.search(clause) else _other_side(clause, near)
        if sides:
            return sides
        if (_denies_too_much if _denials(clause) else _denies_too_little)(clause, near, there):
            return f"“{clause[:24]}”与所引原文的肯定、否定相反"
    return ""


_EXCEPTED = re.compile("除(?:了|去|开)?(?![夕草湿尘以法数])")
_ONLY_MAY = re.compile("(?P<who>[^,。;]{2,12}?)只(?:能|可以?|准|许|有权)(?P<do>[^,。;]{2,})")
_ALSO_MAY = re.compile("(?P<who>[^,。;]{2,12}?)(?:还|也|并且?)(?:能够?|可以?|有权)(?P<do>[^,。;]{2,})")


def _allows_more(mine: Sequence[str], there: Sequence[str]) -> str:
    """The clause that lets one do, besides, what the source does not have where it lets the same one do one thing only.

    >>> _allows_more(["学员还能改成绩"], ["学员只能查看成绩"])
    '学员还能改成绩'
    """
    for clause in mine:
        also = _ALSO_MAY.match(clause)
        for only in filter(None, map(_ONLY_MAY.match, there if also else ())):
            same = only["who"].endswith(also["who"]) or also["who"].endswith(only["who"]) if also else False
            done = next((w for w, flag in content(also["do"]) if flag[0] == "v"), also["do"][0]) if also else ""
            if same and done not in only["do"]:
                return clause
    return ""


_CONDITION = re.compile(
    "如果|^(?:但是?|而)?(?:如(?![何下此期实])|若(?!干)|一旦|假如|要是|只要|倘若)|(?:的|的话|的人|的人员|时)$"
)
_DIMENSIONS = ("高低", "多少", "大小", "贵贱", "重轻", "长短", "快慢", "远近", "强弱", "晚早")
_SIDE = "".join(_DIMENSIONS)
_COMPARED = re.compile(
    rf"(?<![不同环占对])(?:比(?P<than>[^,。;\d]{{1,14}}?)(?:要|更|还)?(?P<side>[{_SIDE}])(?=出|了|得|些|一|[\d两三四五六七八九十百千,。;]|$)"
    rf"|(?P<above>[{_SIDE}])于(?P<it>[^,。;\d]{{2,14}}))"
)
_FILLERS = frozenset("的为是有在和与约达,")


def _comparisons(text: str) -> Iterator[tuple[frozenset[str], frozenset[str], int, bool]]:
    """The characters of only the one thing, of only the other, what is compared, and whether the one has more of it."""
    for match in _COMPARED.finditer(text):
        begin = max(text.rfind(mark, 0, match.start()) for mark in "。;!?,") + 1
        if match.start() - begin < 2:  # 去年为50元,高于今年
            begin = max(text.rfind(mark, 0, max(0, begin - 1)) for mark in "。;!?,") + 1
        one, other = set(text[begin : match.start()]), set(match["than"] or match["it"])
        one, other = one - other - _FILLERS, other - one - _FILLERS
        side = _SIDE.index(match["side"] or match["above"])
        if one and other:
            yield frozenset(one), frozenset(other), side // 2, side % 2 == 0


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def comparison(claim: str, evidence: Sequence[str]) -> bool | None:
    """Whether the evidence has what the claim compares; ``False`` where it has it turned round, ``None`` if neither.

    >>> comparison("乙比甲低", ["甲比乙高。"]), comparison("甲比乙低", ["甲比乙高。"]), comparison("甲比丙高", ["甲比乙高。"])
    (True, False, None)
    """
    found = None
    there = [told for text in evidence for told in _comparisons(text)]
    for one, other, what, more in _comparisons(claim):
        verdicts = set()
        for first, second, about, rises in there:
            straight = min(_share(one, first), _share(other, second))
            crossed = min(_share(one, second), _share(other, first))
            if what == about and max(straight, crossed) >= 0.5 and straight != crossed:
                verdicts.add((straight > crossed) == (more == rises))
        if verdicts == {False}:
            return False
        found = True if verdicts else found
    return found


def _shared_numbers(clause: str, other: str) -> float:
    """Half a point for every number that two clauses share: they most likely speak of one thing."""
    return 0.5 * sum(any(q.matches(e) for e in quantities(other)) for q in quantities(clause) if q.unit != "公历年")


_BETWEEN = re.compile(
    "(?:对外|另外|另|再|予|许|主动|直接|另行|随意|擅自|得|能|会|可|被|给|全|必|完全|自行|单独|宜|任何){0,2}$"
)
_CANNOT = re.compile(
    "[看听查找做办拿买吃用来回收达赶修抓进出打喝住管受挡跟比穿赢救记认读学走跑飞卖换坐睡](?<!免)不(?:到|了|见|成|动|上|出|完|清|起|着)(?!\\d|[一二三四五六七八九十])"
)
_AFFIRMS = re.compile("可以|可|能|要|会|应|必须|允许|仍|都")
_INSIDE = re.compile("[许认]可|[体严尊注比]重|年轻|身高")  # words that end as a word of a pair does


def _poles(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every word of a pair with the denial right before it, if any (不能 超过)."""
    for match in words().pole.finditer(text):
        before = text[max(0, match.start() - 6) : match.start()]
        inside = _INSIDE.fullmatch(text, max(0, match.start() - 1), match.end())
        if not inside and not before.endswith(("才", "方")):  # 写完才可以展出 both allows and forbids
            denied = [m[0] for m in words().negator.finditer(before) if m["no"] and _BETWEEN.fullmatch(before, m.end())]
            yield match, denied[0] if denied else ""


def _sides(clause: str) -> dict[int, dict[int, str]]:
    """Pair to side to the words that stand for it; a denied word stands for the other side."""
    found: dict[int, dict[int, str]] = {}
    for match, denial in _poles(clause):
        for pair, side in words().poles[match[0]]:
            found.setdefault(pair, {})[1 - side if denial else side] = denial + match[0]
    if cannot := _CANNOT.search(clause):  # 看不到 is 无法看到
        for pair, side in words().poles["无法"]:
            found.setdefault(pair, {})[side] = cannot[0]
    return found


def _bound_numbers(clause: str, pair: int) -> list[Quantity]:
    """The numbers right beside a word of a pair that tells bounds: 不得超过80万元."""
    if not any(pair == p for word in ("至少", "超过") for p, _ in words().poles[word]):
        return []
    spans = [m.span() for m in words().pole.finditer(clause) if any(pair == p for p, _ in words().poles[m[0]])]
    return [q for q in quantities(clause) if any(0 <= q.start - b <= 5 or 0 <= a - q.end <= 2 for a, b in spans)]


def _other_side(clause: str, near: list[str]) -> str:
    for pair, mine in _sides(clause).items():
        if len(mine) > 1:
            if crossed := _crossed(clause, mine.values(), near):
                return crossed
            continue
        (side, word) = next(iter(mine.items()))
        beside = near
        if own := _bound_numbers(clause, pair):  # a bound is one of its own number only
            theirs_of = {c: _bound_numbers(c, pair) for c in near}
            if any(theirs_of.values()):
                beside = [c for c in near if any(q.matches(e) for q in own for e in theirs_of[c]) or not theirs_of[c]]
        for other in beside[:1], beside:
            theirs: dict[int, str] = {}
            for c in other:
                theirs.update(_sides(c).get(pair, {}))
            if side in theirs:
                break
            if theirs and (len(word) > 1 or likeness(clause, other[0]) > 0.3):
                return f"“{word}”与所引原文的“{theirs[1 - side]}”相反"
    return ""


def _crossed(clause: str, sides: Iterable[str], near: Sequence[str]) -> str:
    """Both words of a pair, each before what the other one stands before in the source (重资本、轻技术)."""
    joined = "。".join(near)
    said = [(side, clause[at + len(side) :][:2]) for side in sides if (at := clause.find(side)) >= 0]
    if len(said) != 2 or any(len(thing) < 2 for _, thing in said):
        return ""
    (one, its), (other, others) = said
    turned = f"{one}{others}" in joined and f"{other}{its}" in joined
    return f"“{one}{its}”与所引原文的“{other}{its}”相反" if turned and f"{one}{its}" not in joined else ""


def _negations(clause: str) -> Iterator[re.Match[str]]:
    """The words of a clause that deny what follows them."""
    limits = [m.span() for m in words().pole.finditer(clause)]  # 不得超过 is a side of a pair, no denial
    for match in words().negator.finditer(clause):
        inside = any(a <= match.start() and match.end() < b for a, b in limits)
        before = words().pole.match(clause, match.end())
        if (
            match["no"]
            and not inside
            and not (before and len(before[0]) > 1 and before[0] not in ("造成", "引起", "导致"))
        ):
            yield match


def _denials(clause: str) -> list[tuple[str, str]]:
    """(negator, a content word that it denies) of a clause: the first four after it."""
    found = []
    for match in _negations(clause):
        targets = [w for w, _ in content(clause[match.end() :])][:4] or [""]
        found += [(match[0], target) for target in targets]
    found += [(match[0], match[0][0]) for match in _CANNOT.finditer(clause)]
    return found


def _denies_too_much(clause: str, near: list[str], there: list[str]) -> bool:
    """Whether the clause denies what the source affirms."""
    denied = [word for _, word in _denials(clause) if word]
    theirs = [(c, word) for c in there for _, word in _denials(c)]
    if any(_same(word, other) or word in c for c, other in theirs for word in denied):
        return False
    plain = [c for c in near if not _denials(c)]
    if any(w in c for c in plain for word in denied for w in synonyms(word) if len(w) > 1 or w == word):
        return True
    rest = words().negator.sub("", clause)
    return near[0] in plain and likeness(rest, near[0]) > 0.5 and not theirs and not _sides(clause)


def _denied_texts(clause: str) -> list[str]:
    """What follows each denial of a clause, at least two characters of it."""
    rests = (clause[match.end() : match.end() + 10] for match in _negations(clause))
    return [rest for rest in rests if len(rest) > 1]


def _denies_too_little(clause: str, near: list[str], there: list[str]) -> bool:
    """Whether the clause affirms what the source denies."""
    mine = content(clause)
    affirmed = [c for c in there if not _denials(c)]
    for denied in (text for c in there for text in _denied_texts(c)):
        said = denied[0] in clause or _AFFIRMS.search(clause)
        if said and likeness(denied, clause) >= 0.5 and all(likeness(denied, o) < 0.5 for o in affirmed):
            return True
    for at, c in enumerate(there):
        beyond = [word for word, flag in mine if flag[0] == "v" and word not in c]
        if (may := _MAY.search(clause)) and any(may[0] in o for o in affirmed):
            continue
        if beyond and any(all(word in o for word in beyond) for o in affirmed):
            continue  # another clause affirms what this one does not speak of
        alone = likeness(clause, c)
        like = likeness(clause, there[at - 1] + c) if at and words().negator.match(c) else alone  # 清点库房,没有少一件
        before = ""
        for negator, word in _denials(c):
            first, before = before != negator, negator
            if not word and _AFFIRMS.search(clause) and any(w in clause for w, _ in content(c[: c.find(negator)])[-2:]):
                return True  # 抗生素一律不用
            allowed = bool(word) and any(f"可以{w}" in clause for w in synonyms(word))
            if not word or like < (0.1 if len(word) > 1 else 0.15) or not (first or allowed or c == near[0]):
                continue
            if any(word in o and likeness(clause, o) > max(0.2, like - 0.05) for o in affirmed):
                continue
            if word in clause or allowed:
                return True
            if c == near[0] and alone > 0.3 and any(_same(word, w) for w, _ in mine):
                return True
    return False


_MAY = re.compile("(?:可以|能)[\u4e00-\u9fff]{2}")


def _same(a: str, b: str) -> bool:
    """Whether two words share a character, as 携带 and 带 do."""
    return bool(a and b and set(a) & set(b))
