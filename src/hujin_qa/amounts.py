"""Whether the numbers of a claim stand in what it cites, and are said of the same thing there."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations

from .clauses import clauses, content, items, likeness
from .quantities import Quantity, quantities
from .text import numeral
from .weekdays import other_days

_OFTEN = re.compile(r"每(?P<count>半|\d+|[一二两三四五六七八九十]+)?个?(?P<unit>季度|季|年|月|周|星期|天|日|小时|分钟)")
_RATE = re.compile(
    "每(?P<count>一)?(?P<unit>公斤|千克|斤|克|吨|平方米|平米|亩|公顷|立方米|公里|千米|米|人|户|箱|件|瓶|盒|台|辆|张|间)"
)
_EACH = re.compile(
    r"(?<![\d.十百千万零第])一个?(年|月|周|星期|天|日|小时|分钟)(?=[^,。;]{0,3}[\d一两二三四五六七八九])"
)  # 一月一次
_SAME = {"日": "天", "星期": "周", "千克": "公斤", "平米": "平方米", "千米": "公里", "季": "季度"}
_OVER = re.compile("(?:(?<![不未没])(?:超过|突破|高于|多于|大于)|不低于|不少于|不止)了?$")
_UNDER = re.compile("(?:(?<![不未没])(?:低于|少于|小于)|不到|不足|[不未]超过|接近|近)$")
_BOUNDED = re.compile("超|突破|以上|以下|以内|[高多大低少小]于|不[足到满]|满|至少|至多|最[高低多少]|上限|下限")
_MARGIN = 1.25  # how far beyond a bound a number may lie that is told by it
_EXACT = ("公历年", "月份", "第", "版本")  # no bound
_PERIODS = ("年", "月", "天", "周", "个")


def number_faults(said: str, sources: tuple[str, ...]) -> list[str]:
    """What is wrong with the numbers of a folded claim, in Chinese."""
    there = [(c, quantities(c)) for s in sources for c in clauses(s)]
    joined = " ".join(sources)
    said = _EACH.sub(lambda m: f"每{m[1]}" if f"每{m[1]}" in joined else m[0], said)
    every = [q for s in sources for q in quantities(s)]
    mine = quantities(said)
    faults = [
        f"{m[0]} 不在所引原文"
        for pattern in (_OFTEN, _RATE)
        if (theirs := {_per(m) for m in pattern.finditer(joined)})
        for m in pattern.finditer(said)
        if _per(m) not in theirs
    ]
    faults += [f"{day} 不在所引原文" for day in other_days(said, joined)]
    for q in mine:
        if (
            not _is_written(said, q, every)
            and not _counted(q, sources)
            and not _derived(said, q, sources, every)
            and not _bounded(said, q, there)
        ):
            faults.append(f"数字 {q.text} 不在所引原文")
    placed = all(_is_written(said, q, every) for q in mine)  # beside what is reckoned, nothing stands where it did
    return faults or [
        *(
            f"数字 {q.text} 在所引原文中说的是另一件事"
            for q in mine
            if placed and _is_another_s(said, q, sources, there)
        ),
        *_swapped(said, mine, every),
        *_turned(said, mine),
        *(f"数字 {q.text} 在所引原文中说的是“{other}”" for q in mine for other in _respective(said, q, sources)),
    ]


def _per(match: re.Match[str]) -> tuple[float, str]:
    """What something is told for, in its base unit: 每半年 is per 6 months."""
    count = {None: 1.0, "半": 0.5}.get(match["count"]) or float(numeral(match["count"]))
    return Quantity(match[0], count, _SAME.get(match["unit"], match["unit"]), *match.span()).base


def _bounded(said: str, q: Quantity, there: Sequence[tuple[str, tuple[Quantity, ...]]]) -> bool:
    """Whether the number is a bound that the source's own number keeps, and not by much: 超过300天 of 312天.

    A bound of the source's own (逾期超过30日) is no such number.
    """
    before, after = said[max(0, q.start - 4) : q.start], said[q.end : q.end + 2]
    more = bool(set("多余") & set(q.text))
    over = more or bool(_OVER.search(before)) or after == "以上"
    under = bool(_UNDER.search(before))
    if over == under or not q.value or q.unit in _EXACT:
        return False
    clause = _clause_of(said, q).replace(q.text, "")
    alike = [(c, [e for e in found if e.base[1] == q.base[1]]) for c, found in there]
    fits = [likeness(clause, c) if values else 0.0 for c, values in alike]
    for nearest, e in (
        (c, e) for fit, (c, values) in zip(fits, alike, strict=True) if fit >= max(fits) - 0.1 for e in values
    ):
        beside = nearest[max(0, e.start - 4) : e.start] + nearest[e.end : e.end + 2]
        ratio = e.base[0] / q.base[0]
        if not _BOUNDED.search(beside) and _keeps(ratio, over):
            return True
    return False


def _keeps(ratio: float, over: bool) -> bool:
    """Whether a number that is this many times a bound lies beyond it, and not by much."""
    return 1 < ratio <= _MARGIN if over else 1 / _MARGIN <= ratio < 1


def _clause_of(said: str, q: Quantity) -> str:
    """The clause of a number, and not one that has 21人 where it is 1人."""
    return next((c for c in clauses(said) if any(e.text == q.text for e in quantities(c))), said)


_ROUNDED = re.compile("(?:约|几乎|接近|(?<![最附])近)有?$")


def _is_rounded(said: str, q: Quantity) -> bool:
    return bool(_ROUNDED.search(said[: q.start])) or said.startswith(("左右", "上下"), q.end)


def _is_written(said: str, q: Quantity, there: Sequence[Quantity]) -> bool:
    """Whether the number of the claim is among these, within 3% if the claim says that it is rounded."""
    tolerance = 0.03 if _is_rounded(said, q) else 1e-9
    return any(q.matches(e, tolerance) for e in there)


_SPANS = {"月份": ("月", 1), "公历年": ("月", 12), "点": ("分钟", 60)}  # what lies between two of them
_RECKONED = re.compile(
    "(?:提早|提前|推迟|延后|便宜|贵|缩短|延长|减少|增加|高出?|低|多出?|少|早|晚|快|慢|差|节省|省下?|超出|长|涨|远|近|宽松|提高|[共计]|总共|加起来)"
    "(?:付|花|掏|收|交|正好|刚好)?(?:了|近|约|大约|有|是|为|达)?$|比[^,。;]{1,8}[长短宽窄深重轻大小]$"
)
_HALVED = re.compile("半价|减半|折半")
_ROSE = re.compile("(?:提高|上升|增加|增长|高出?|多出?|涨)了?$")
_FELL = re.compile("(?:降低|下降|减少|低|少|跌)了?$")
_BEFORE = re.compile(r"去年|上年|上半年|年初|此前|原来|原先|之前|同期|上季|上月|\d{4}年")


def _derived(said: str, q: Quantity, sources: Sequence[str], every: Sequence[Quantity]) -> bool:
    """Whether a number is reckoned from those of the source: the difference or the sum of two, a half, a share.

    >>> _derived("缩短65分钟", quantities("缩短65分钟")[0], ["由90分钟降到25分钟"], quantities("由90分钟降到25分钟"))
    True
    """
    before, clause = said[max(0, q.start - 6) : q.start], _clause_of(said, q)
    values = [e.base[0] for e in every if _kind(e) == _kind(q)]
    dates = [
        [e.value * factor for e in every if e.unit == unit]
        for unit, (span, factor) in _SPANS.items()
        if span == q.base[1]
    ]
    if _RECKONED.search(before) and any(
        _equal(abs(a - b), q.base[0]) or _equal(a + b, q.base[0])
        for alike in (values, *dates)
        for a, b in combinations(alike, 2)
    ):
        return True
    if _HALVED.search(" ".join(sources)) and (q.text == "一半" or any(_equal(v / 2, q.base[0]) for v in values)):
        return True
    if _BEFORE.search(clause) and any(_equal(v, q.base[0]) for v in _earlier(q, sources)):
        return True
    return q.unit in ("%", "倍") and any(_equal(share, q.value) for share in _shares(q.unit, clause, every))


def _kind(q: Quantity) -> str:
    return "%" if q.unit == "百分点" else q.base[1]


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _earlier(q: Quantity, sources: Sequence[str]) -> Iterator[float]:
    """What was before it rose or fell by as much as the source says: 86.5% of 88.6%,提高2.1个百分点."""
    for source in sources:
        there = [e for e in quantities(source) if _kind(e) == _kind(q)]
        for step in there:
            lead = source[max(0, step.start - 4) : step.start]
            sign = -1 if _ROSE.search(lead) else 1 if _FELL.search(lead) else 0
            yield from (e.base[0] + sign * step.base[0] for e in there if sign and e is not step)


def _shares(unit: str, clause: str, every: Sequence[Quantity]) -> Iterator[float]:
    """How many times, or by how much of it, one amount of the source is more or less than another of its unit."""
    counted = [e for e in every if e.unit and e.unit not in (*_EXACT, "%")]
    for (m, one), (n, other) in permutations(enumerate(counted), 2):
        a, b = one.base[0], other.base[0]
        if one.base[1] != other.base[1] or not b:
            continue
        if unit == "倍":
            yield a / b
        elif re.search("占|里|中", clause):
            yield 100 * a / b
        elif n < m:
            yield 100 * abs(a - b) / b


def _counted(q: Quantity, sources: tuple[str, ...]) -> bool:
    """Whether a count is that of a list: 四类 where four things stand between 、 marks, or an ordinal by its digit."""
    joined = " ".join(sources)
    if q.value == 1 and q.unit == "第" and "季" not in q.text and re.search("首|最|前", joined):
        return True
    if q.value == 1 and q.unit in _PERIODS and re.search("每|全", joined):  # 一年 for 全年
        return not any(e.unit == q.unit for s in sources for e in quantities(s))
    if q.unit == "第":
        return q.value in {e.value for s in sources for e in quantities(s)} or (q.value == 2 and "次" in joined)
    if q.unit not in ("个", "人", "") or any(e.unit == q.unit for s in sources for e in quantities(s)):
        return False
    lists = [len(re.split(r"、|和|与|以及", c)) for s in sources for c in clauses(s) if "、" in c or "和" in c]
    alike = [sum(o.unit == e.unit for o in quantities(s)) for s in sources for e in quantities(s)]
    return 1 < q.value <= 12 and q.value in (*lists, *alike)


def _is_another_s(
    said: str, q: Quantity, sources: Sequence[str], there: Sequence[tuple[str, tuple[Quantity, ...]]]
) -> bool:
    """Whether the number is that of another member of a list, or else of another clause, than the claim speaks of."""
    sentences = [sentence for s in sources for sentence in _SENTENCE_END.split(s)]
    placed = [_placed(said, q, sentence) for sentence in sentences if _is_written(said, q, quantities(sentence))]
    if True in placed:
        return False
    return (bool(placed) and None not in placed) or _misplaced(said, q, there)


_SENTENCE_END = re.compile("[。!?\n]")
_LABEL = re.compile(r"\d+(?:\.\d+)?|[\u4e00-\u9fffa-z]")
_RANGE = re.compile(r"[-−]?[\d.]+[-~至到]+$")  # 2 of 2-8°c
_UNTELLING = frozenset("的了为是有在达约则每各和与及到至共其中")


def _placed(said: str, q: Quantity, sentence: str) -> bool | None:
    """Whether a sentence gives the number to what the claim names, ``None`` where that cannot be told.

    The members of a list are told apart by what they do not share: 一线 and 其他 of 一线城市600元,其他城市300元.
    """
    members = [
        (_label(item, counted), _is_written(said, q, counted))
        for item in items(sentence)
        if (counted := [e for e in quantities(item) if e.unit and e.base[1] == q.base[1]])
    ]
    clause = _clause_of(said, q)
    beside = [e for e in quantities(clause) if e.base[1] == q.base[1]]
    if len(members) < 2 or len(beside) != 1 or q.unit == "第":
        return None
    mine, named = _label(clause, beside), set()
    for label, matches in members:
        own = label.difference(*(other for other, _ in members if other is not label))
        if own and own <= mine:
            named.add(matches)
    return named.pop() if len(named) == 1 else None


def _label(text: str, counted: Sequence[Quantity]) -> frozenset[str]:
    """The characters and figures of a text without some of its amounts."""
    for e in reversed(counted):
        text = _RANGE.sub("", text[: e.start]) + " " + text[e.end :]
    return frozenset(_LABEL.findall(text)) - _UNTELLING


def _misplaced(said: str, q: Quantity, there: Sequence[tuple[str, tuple[Quantity, ...]]]) -> bool:
    """Whether the number stands in another clause than the year or name that the claim ties it to."""
    clause = _clause_of(said, q)
    beside = quantities(clause)
    own = [(c, found) for c, found in there if any(q.matches(e) for e in found)]
    rivals = [
        c
        for c, found in there
        if any(e.unit == q.unit and not any(e.matches(m) for m in beside) for e in found)
        and not any(q.matches(e) for e in found)
    ]
    tied = [m for m in quantities(clause) if not m.matches(q)]
    if q.unit in ("月份", "第") or not own or not rivals or any(t.matches(e) for t in tied for _, f in own for e in f):
        return False
    anchors = [t.text for t in tied if t.unit == "公历年"]
    anchors += [w for w, flag in content(clause) if flag[0] in "njevl" and len(w) > 1 and w not in q.text]
    rest = clause.replace(q.text, "")
    if max(likeness(rest, c) for c in rivals) > max(likeness(rest, c) for c, _ in own) + 0.4:
        return True
    for anchor in anchors:
        held = [c for c, _ in there if anchor in c]
        if not held or not all(c in rivals for c in held):
            continue
        if max(likeness(rest, c) for c in held) > max(likeness(rest, c) for c, _ in own):
            return True
    return False


def _swapped(said: str, mine: Sequence[Quantity], every: Sequence[Quantity]) -> list[str]:
    """从 9 到 20 where the source goes from 20 to 9."""
    for a, b in pairwise([q for q in mine if q.unit not in ("公历年", "月份", "第", "个")]):
        lead, between = said[max(0, a.start - 6) : a.start], said[a.end : b.start]
        if re.search("从|由", lead) and re.search("到|至|为|成", between) and "," not in between:
            first = [i for i, e in enumerate(every) if a.matches(e)]
            second = [i for i, e in enumerate(every) if b.matches(e)]
            if first and second and min(first) > max(second):
                return [f"{a.text} 与 {b.text} 的先后与所引原文相反"]
    return []


_RISES, _FALLS = (re.compile("增|升|涨|扩|提高|加到"), re.compile("减|降|跌|缩|下滑|回落"))


def _turned(said: str, mine: Sequence[Quantity]) -> list[str]:
    """从9减到20: a way that the two amounts do not go.

    >>> _turned("从290亿元减少到4949亿元", quantities("从290亿元减少到4949亿元"))
    ['从 290亿元 到 4949亿元 不是“减少”']
    """
    for a, b in pairwise([q for q in mine if q.unit not in ("公历年", "月份", "第", "个")]):
        lead, between = re.split("[,。;:]", said[: a.start])[-1], said[a.end : b.start]
        if not re.search("[从由]", lead) or "," in between or a.base[1] != b.base[1]:
            continue
        rises, falls = _RISES.search(between), _FALLS.search(between)
        wrong = falls if a.base[0] < b.base[0] and not rises else rises if b.base[0] < a.base[0] and not falls else None
        if wrong and re.search("[到至为成]", between):
            return [f"从 {a.text} 到 {b.text} 不是“{re.sub('[到至为成].*', '', between[wrong.start() :])}”"]
    return []


_LIST_MARK = re.compile("、|和|与|以及|及")
_SENTENCE_STOP = re.compile("[,。;:!?]")
_NAMED = re.compile("(?:依次|分别)(?:是|为|有)?(?P<names>[^,。;:]+)$|(?:^|[,。;:是为有])(?P<plain>[^,。;:是为有]+)$")


def _respective(said: str, q: Quantity, sources: Sequence[str]) -> list[str]:
    """Whose the number is, if not that of the one thing the claim names: 甲和乙,分别为3和5.

    >>> _respective("乙为3元", quantities("3元")[0], ["前两位是甲和乙,分别为3元和5元。"])
    ['甲']
    """
    for source in sources:
        for match in re.finditer("(?:分别|依次)", source):
            end = _SENTENCE_STOP.search(source, match.end())
            amounts = _LIST_MARK.split(source[match.end() : end.start() if end else len(source)])
            lead = _NAMED.search(re.split("占比|价格|数量|[,:]$", source[: match.start()])[0].rstrip(",: "))
            names = _LIST_MARK.split((lead["names"] or lead["plain"]).strip()) if lead else []
            if len(names) != len(amounts) or len(names) < 2:
                continue
            named = [name for name in names if name.strip() and name.strip() in said]
            holders = [n for n, text in zip(names, amounts, strict=True) if any(q.matches(e) for e in quantities(text))]
            if len(named) == 1 and holders and named[0] not in holders:
                return holders[:1]
    return []
