"""Numbers with their units in folded text: amounts, shares, dates, clock times, counts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .text import ROUGHLY, numeral

_HAN = "零〇一二两三四五六七八九十百千"
_SCALE = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

_UNITS = {  # canonical unit: spellings
    "元": "元 块钱 块 人民币 圆",
    "%": "%",
    "百分点": "个百分点 个点",
    "年月": "月份",
    "月": "个月",
    "天": "天 日 号",
    "季度": "个季度 季度 季",
    "周": "周 个星期 星期 个礼拜",
    "小时": "小时 个小时 个钟头 钟头",
    "分钟": "分钟 分",
    "秒": "秒钟 秒",
    "毫秒": "毫秒 ms",
    "年": "年 周年 载",
    "倍": "倍",
    "人": "人次 人 名 位 口",
    "工作日": "个工作日 工作日",
    "米": "米",
    "公里": "公里 千米 km",
    "厘米": "厘米 公分 cm",
    "毫米": "毫米 mm",
    "平方米": "平方米 平米",
    "公顷": "公顷",
    "平方公里": "平方公里",
    "亩": "亩",
    "吨": "吨",
    "克": "克",
    "斤": "斤",
    "公斤": "公斤 千克 kg",
    "毫克": "毫克 mg",
    "微克": "微克",
    "升": "公升 升",
    "毫升": "毫升 ml",
    "度": "度 °c 摄氏度",
    "度电": "千瓦时 度电",
    "千瓦": "千瓦",
    "兆瓦": "兆瓦",
    "mb": "mb",
    "gb": "gb",
    "‰": "‰",
    "基点": "个基点 基点",
    "点": "点钟 点",
    "岁": "岁 周岁",
    "折": "折",
    "个": "个 家 种 类 大 项 条 次 件 层 级 座 间 辆 箱 册 行 所 封 台 套 户 本 张 份 步 段 篇 组 门 章 节 款 批 支 部 样 者 代 届 期 稿 场 遍 轮 幕 集 卷 首 棵 株 匹 头 枚 瓶 杯 针 剂 片 栋 幢 艘 列 架 幅 道 处 课 讲 档 声 趟 排 桌 顿 笔 根 颗 只 站 袋 桶 罐 盒 粒 局 页 枝 筐 窝 群 圈 扇",
}
_BASES = {  # unit: what it is measured in and how many of those it holds
    "小时": ("分钟", 60), "天": ("分钟", 1440), "周": ("分钟", 10080), "季度": ("月", 3), "年": ("月", 12),
    "公里": ("米", 1000), "斤": ("克", 500), "公斤": ("克", 1000), "吨": ("克", 10**6), "人": ("个", 1),
    "厘米": ("米", 0.01), "毫米": ("米", 0.001), "毫克": ("克", 1e-3), "微克": ("克", 1e-6), "毫升": ("升", 1e-3),
    "兆瓦": ("千瓦", 1000), "度电": ("度", 1), "‰": ("%", 0.1), "基点": ("百分点", 0.01),
    "秒": ("分钟", 1 / 60), "毫秒": ("分钟", 1 / 60000), "gb": ("mb", 1024), "%折": ("%", 1),
    "公顷": ("平方米", 10**4), "亩": ("平方米", 10**4 / 15), "平方公里": ("平方米", 10**6),
}  # fmt: skip
_DAYS = {"月": 30}  # 半个月 for 15天
_LATE = re.compile("(?:下午|午后|傍晚|晚上|夜里|夜间|当晚|(?<!最)晚)$")
_SPAN_BEFORE = re.compile("(?:连续|近|过去|最近|前|后|共|满|[到至])$")
_UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split()}
_COIN = ["美", "港", "日", "欧", "澳", "银", "英"]
_NOT_AS = {"升": "(?![至到级高温幅值为])", "份": "(?!额)", "户": "(?![籍口型])"}  # 由3升至5, 多少份额
_NOT_AS |= {spelling: "(?![a-z])" for spelling in _UNIT_OF if spelling.isascii() and spelling.isalpha()}
_LONGEST_FIRST = sorted([f"{c}元" for c in _COIN] + list(_UNIT_OF), key=len, reverse=True)
_SPELLINGS = "|".join(spelling + _NOT_AS.get(spelling, "") for spelling in _LONGEST_FIRST)
_SPELLING = re.compile(_SPELLINGS)
# a stroke is a sign before a share or a temperature, and a hyphen after an amount: 2-8°c
_MINUS = rf"零下|(?:负|(?<![0-9a-z%度])[-−])(?=[\d.{_HAN}]+(?:[~至到][-−负]?[\d.{_HAN}]+)?(?:°c|摄氏度|度|%))"
_NUMBER = re.compile(
    rf"""(?<![a-z0-9.])(?P<clock>\d{{1,2}}:\d\d)(?!\d)
    |(?P<hour>[{_HAN}]{{1,3}}|\d{{1,2}})点(?P<minute>[{_HAN}]{{1,3}}|\d{{1,2}})(?P<part_of_hour>分|刻)
    |(?P<fraction>[{_HAN}万亿]+|\d+)分之(?P<part>[{_HAN}]+|\d+)
    |(?P<half>一半|半数|(?<![上下前后])半(?=(?:年(?![度报鉴中])|个?月|天|日|小时|个小时)))
    |(?P<ordinal>第(?:[{_HAN}]+|\d+))
    |(?P<minus>{_MINUS})?(?:(?<![a-z0-9._])(?<![a-z]-)(?P<arabic>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)*)
     |(?P<han>[{_HAN}][{_HAN}万亿]*(?:点[{_HAN}]+[万亿]*)?))
     \s*(?P<large>万亿|[百千]?[万亿]|[百千](?=[多余几]?元))?(?P<more>多|余|几|来)?\s*(?P<plus>\+)?
     (?P<unit>{_SPELLINGS})?(?P<tail>半(?!年|天|个|月|数|途|成)|多|余|(?<=[一二两三四五六七八九][米块])[一二三四五六七八九](?![{_HAN}万个次条只]))?""",
    re.VERBOSE,
)
NO_UNIT = "(?!本[金息科]|名[额单]|台[阶词]|条[件款]|头寸|位置|间隔|处[理罚置]|套[路利]|家[庭底产务])"
"""A pattern: what does not begin so may be a unit."""
_HOW_MANY = re.compile(
    rf"(?<![第哪分])(?:多少|几)[万亿]?{NO_UNIT}(?P<unit>{_SPELLINGS})|多(?P<extent>[高长宽深远重])(?!时间|期|要)"
)
_EXTENTS = {"重": "克"}  # of the others: 米
_NO_EXTENT = re.compile(
    "(?:[率费价息额险益]|成本|比例|占比|门槛|水平|要求|程度|难度|浓度|标准|含量)[^,]{0,3}多[高深重]"
)
DURATION = "多久|多长的?一?段?时间|(?:时[间长限]|[期史命]|[期年]限|年头|间隔)(?:[有要需得是为会能可共]|大概|大约|一般|通常|最长){0,3}多长"
"""How a folded question asks for a length of time."""
_TIMES = frozenset(
    ["年", "公历年", "季度", "月", "月份", "年月", "周", "天", "工作日", "小时", "分钟", "秒", "毫秒", "点"]
)
_SHARES = ("倍", "百分点")  # told as a percentage as well
_GENERIC = ("个", "人", "点", "分", "折", "倍", "度")  # behind a Chinese numeral below 2 they count nothing: 一种
FIGURES: Mapping[str, Callable[[str], bool]] = {
    "year": "公历年".__eq__,
    "time": _TIMES.__contains__,
    "percent": ("%", *_SHARES).__contains__,
    "money": lambda unit: unit[-1:] == "元",
    "number": lambda unit: unit not in (*_TIMES, "第", "版本"),
}
"""The sorts of value that are told in figures, and which units they have."""
_IDIOM = re.compile(
    "[一二三四五六七八九十百千万]+(?:站式|体|定|些|起|直|般|旦|律|切|致|样|系列|带|方面|面|流|线|步步|分(?!钟|之))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in ``text[start:end]``, scaled to its base unit ("7万亿元" is 7e12 元)."""

    text: str
    value: float
    unit: str  # "" where none is written
    start: int
    end: int

    def matches(self, other: "Quantity", tolerance: float = 1e-9) -> bool:
        """Whether both say the same: equal values, and units that do not contradict."""
        if {self.unit, other.unit} == {"公历年", "年"}:  # 十四年, and 14年 that was folded to 2014年
            return self.value % 100 == other.value % 100
        if self.unit != other.unit and self.unit and other.unit:
            if {self.unit, other.unit} == {"月", "天"}:
                return self.value * _DAYS.get(self.unit, 1) == other.value * _DAYS.get(other.unit, 1)
            return self.base[1] == other.base[1] and _near(self.base[0], other.base[0], tolerance)
        return _near(self.value, other.value, tolerance)

    @property
    def base(self) -> tuple[float, str]:
        """The value in the unit that its kind is measured in: 半小时 is 30 分钟."""
        unit, factor = _BASES.get(self.unit, (self.unit, 1))
        return self.value * factor, unit


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def _hour(text: str, start: int, hour: float) -> float:
    """The hour of the day: 晚上八点 is 20."""
    return hour + 12 if hour < 12 and _LATE.search(text[max(0, start - 3) : start].rstrip("的 ")) else hour


@lru_cache(maxsize=16384)
def quantities(folded: str) -> tuple[Quantity, ...]:
    """The quantities of a folded text in order.

    >>> [(q.text, q.value, q.unit) for q in quantities("2024年共七万亿元,占九成五,三分之一在8:45前")][:2]
    [('2024年', 2024.0, '公历年'), ('七万亿元', 7000000000000.0, '元')]
    """
    found = []
    for match in _NUMBER.finditer(folded):
        quantity = _quantity(folded, match)
        if quantity:
            found.append(quantity)
    return tuple(found)


def values(sort: str, folded: str) -> tuple[Quantity, ...]:
    """The quantities of one of the sorts in ``FIGURES``.

    >>> [[q.text for q in values(sort, "2024年3月亏7万元,降了5%")] for sort in FIGURES]
    [['2024年'], ['2024年', '3月'], ['5%'], ['7万元'], ['7万元', '5%']]
    """
    return tuple(q for q in quantities(folded) if FIGURES[sort](q.unit))


def _quantity(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    if match["clock"]:
        hour, minute = map(float, match[0].split(":"))
        return Quantity(match[0], _hour(text, start, hour + minute / 60), "点", start, end)
    if match["hour"]:
        minutes = _value(match["minute"]) * (15 if match["part_of_hour"] == "刻" else 1)
        return Quantity(match[0], _hour(text, start, _value(match["hour"]) + minutes / 60), "点", start, end)
    if match["half"]:
        if match[0] != "半":
            return Quantity(match[0], 50.0, "%", start, end)
        spelled = _SPELLING.match(text, end)
        if spelled is None:
            return None
        return Quantity(text[start : spelled.end()], 0.5, _UNIT_OF[spelled[0]], start, spelled.end())
    if match["fraction"]:
        whole = _value(match["fraction"])
        return Quantity(match[0], 100 * _value(match["part"]) / whole, "%", start, end) if whole else None
    if match["ordinal"]:
        return Quantity(match[0], _value(match[0][1:]), "第", start, end)
    if match["han"] and (_IDIOM.match(text, start) or text[start - 1 : start] == "第" or ROUGHLY.search(match["han"])):
        return None
    if match["unit"] in ("季度", "季") and not _SPAN_BEFORE.search(text[:start]) and not match["more"]:
        nth = _value(match["arabic"] or match["han"])
        if nth <= 4 and not match["large"]:  # 三季度 is 第三季度
            return Quantity(match[0], nth, "第", start, end)
    number, unit, large = match["arabic"] or match["han"], match["unit"] or "", match["large"] or ""
    if match["arabic"] and number.count(".") > 1:  # a version or an outline number
        return Quantity(match[0], float(number.replace(".", "")), "版本", start, end)
    value = _value(number)
    for c in large:
        value *= _SCALE[c]
    canonical = unit if unit[1:] == "元" else _UNIT_OF.get(unit, "")
    if canonical == "年" and match["arabic"] and 1000 <= value <= 2999 and not large:
        canonical = "公历年"
    if canonical == "年月" or (not unit and text[end : end + 1] == "月"):
        canonical, end = "月份", end + (not unit)
    if canonical == "折":
        value, canonical = (value * 10 if value < 10 else value), "%折"
    if tail := match["tail"]:
        value += 0.5 if tail == "半" else _value(tail) / 10 if tail in _HAN else 0.0  # 一米四
    if canonical == "点":
        value = _hour(text, start, value)
    if match["han"] and (
        number[0] in "百千" or (not canonical and len(number) < 2) or (value < 2 and {canonical, unit} & {*_GENERIC})
    ):
        return None
    return Quantity(text[start:end], -value if match["minus"] else value, canonical, start, end)


def _value(number: str) -> float:
    """The value of a number in Arabic or Chinese figures.

    >>> _value("1,234.5"), _value("四万七千"), _value("三点五"), _value("一九八"), _value("一万二"), _value("万")
    (1234.5, 47000.0, 3.5, 198.0, 12000.0, 10000.0)
    """
    for c in "亿万":
        if c in number:
            whole, _, rest = number.rpartition(c)
            place = _SCALE[c] / 10 if len(rest) == 1 else 1  # 一万二
            return (_value(whole) if whole else 1.0) * _SCALE[c] + (_value(rest) * place if rest else 0.0)
    return float(numeral(number.replace(",", "")))


def unit_asked(folded: str) -> str:
    """The unit, as it is written, of the amount that a question asks for; ``""`` if it names none, or a time.

    >>> unit_asked("全镇有多少户"), unit_asked("那座塔多高"), unit_asked("用多少天"), unit_asked("工期有多长")
    ('户', '米', '', '')
    """
    asked = _HOW_MANY.search(folded)
    if asked is None or (asked["extent"] and (re.search(DURATION, folded) or _NO_EXTENT.search(folded))):
        return ""
    unit = asked["unit"] or _EXTENTS.get(asked["extent"], "米")
    return "" if _UNIT_OF.get(unit, unit) in _TIMES else unit


def tells(folded: str, unit: str) -> bool:
    """Whether a text has an amount in a unit, or in another one of its kind; counted things must be the same.

    >>> tells("共三千余户", "户"), tells("共30家", "户"), tells("高30厘米", "米"), tells("增长5%", "倍")
    (True, False, True, True)
    """
    wanted = _kind_of(unit)
    for q in quantities(folded):
        if _kind_of(q.unit) == wanted and (wanted != "个" or unit == "个" or unit in q.text or _people(unit, q.unit)):
            return True
    return bool(re.search(rf"[{_HAN}\d万亿半单双多余每]\s*{re.escape(unit)}", folded))


def _people(*units: str) -> bool:
    return all(_UNIT_OF.get(unit, unit) == "人" for unit in units)


def _kind_of(unit: str) -> str:
    known = _UNIT_OF.get(unit, unit)
    return "元" if known[1:] == "元" else "%" if known in _SHARES else _BASES.get(known, (known, 1))[0]
