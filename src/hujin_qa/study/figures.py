"""Figures: blanks to fill with the right number, and numbers that are wrong there beyond doubt."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..quantities import Quantity, quantities
from .items import Draft
from .source import Line, Source, bare, plain

BLANK = "＿＿＿＿"

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NOT = r"(?:[不未没]|[不未没][得能可应宜许准会有]|不(?:可以|应当|应该|允许))"
_NOT_BEFORE = r"(?<![不未没])(?<![不未没][得能可应宜许准会有])(?<!不可以)(?<!不应当)(?<!不应该)(?<!不允许)"
_AT_LEAST = re.compile(rf"(?:超过|超|逾|突破|至少|最低|{_NOT}(?:低于|少于|小于)|高于|多于|大于)[^，,；;。]{{0,8}}$")
_AT_MOST = re.compile(  # looked for first: what is denied in it holds a word of the other
    rf"(?:{_NOT}(?:超过|超|逾|突破|高于|多于|大于)|最多|至多|最高|{_NOT_BEFORE}(?:低于|少于|小于)|不足|不到|不满|上限)"
    r"[^，,；;。]{0,8}$"
)
_OR_MORE = re.compile(r"[多余+]|\s?(?:及|或)?以上|起")
_OR_LESS = re.compile(r"\s?(?:及|或)?以[内下]|之内|之前|内|前")
_RANGE = re.compile(r"[-—–~～至到/×xX:：.]\s*$"), re.compile(r"\s*[-—–~～至到/×:：]\s*\d")
_UNFIT_UNITS = ("第", "版本", "月份", "")
_DAY_OF_MONTH = re.compile(r"(?:月|每月)\s*$")
_RIVALS = 3  # wrong options
_FIXED = re.compile("全天$|[×x]$")  # 全天24小时 is no fact about this text
_DAILY = re.compile("每[日天]|单日|当[日天]")
_LONGER = ("岁", "式", "型")  # 3周岁 is no three weeks
_APART = 6  # a number this many times as large or small is no choice to think about


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence that can be asked for. Offsets into the sentence's text."""

    line: Line
    quantity: Quantity
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    @property
    def unit(self) -> str:
        """What is written after the number: 万亿元, %, 年."""
        return _NUMBER.sub("", self.text).strip()

    @property
    def bound(self) -> int:
        """1 where the text says "at least", -1 where it says "at most": on that side other numbers are true too."""
        before, after = self.line.text[: self.start], self.line.text[self.end :]
        if _AT_MOST.search(before) or _OR_LESS.match(after):
            return -1
        return 1 if _AT_LEAST.search(before) or _OR_MORE.match(after) or "+" in self.text else 0


@lru_cache(maxsize=16384)
def figures(line: Line) -> tuple[Figure, ...]:
    """The numbers of a sentence that stand alone: no range, no row of like numbers, no ordinal."""
    text = plain(line.text)
    found = [q for q in quantities(text) if _NUMBER.search(q.text) and q.unit not in _UNFIT_UNITS]
    rows = "分别" in text or "依次" in text
    return tuple(
        Figure(line, q, q.start, q.end + text.startswith("+", q.end))
        for q in found
        if not _RANGE[0].search(text[: q.start])
        and not _RANGE[1].match(text[q.end :])
        and not (q.unit == "天" and _DAY_OF_MONTH.search(text[: q.start]))
        and not text.startswith(_LONGER, q.end)
        and "多" not in q.text
        and not _FIXED.search(text[: q.start])
        and not (rows and sum(o.unit == q.unit for o in found) > 1)
        and sum(o.unit == q.unit for o in found) < 4
        and text[q.start - 1 : q.start] != "第"
        and not (
            q.unit == "公历年" and any(o.unit == q.unit and o is not q and abs(o.value - q.value) <= 1 for o in found)
        )
    )


def figure_items(source: Source) -> Iterator[Draft]:
    """A sentence with one number left out; the wrong ones have its unit and come from elsewhere or nowhere."""
    for line in source.lines:
        for figure in figures(line):
            rivals = [] if source.leans(line) or is_setting(figure, source) else wrong_figures(figure, source)
            if len(rivals) == _RIVALS:
                cloze = line.text[line.lead : figure.start] + BLANK + line.text[figure.end :]
                stem = f"{source.under(line)}{bare(cloze).rstrip('；;：:，,')} 空格处应填哪个数?"
                yield Draft("figure", stem, (figure.text,), tuple(rivals), line.citation(), line.section.position)


def is_setting(figure: Figure, source: Source) -> bool:
    """Whether a year is that of the whole document: nobody learns anything from filling it in."""
    return figure.quantity.unit == "公历年" and figure.quantity.value in source.setting[figure.line.document.id]


def wrong_figures(figure: Figure, source: Source) -> list[tuple[str, str]]:
    """Up to three numbers of the same kind and unit that are wrong in this place, each with the reason."""
    rng = random.Random(f"{figure.line.start}/{figure.start}/{figure.text}")
    here = source.by_section[figure.line.document.id, figure.line.section.position]
    said = [q for line in here for q in _quantities_of(line)]  # they may be true of the same thing
    taken = [figure.quantity]
    rivals: list[tuple[str, str]] = []

    def take(text: str, why: str) -> None:
        value = next((q for q in quantities(plain(text)) if q.unit == figure.quantity.unit), None)
        fits = value and _differs(value, taken) and _differs(value, said) and not _true_too(figure, value)
        if value and fits and _in_time(figure, value, source) and not _too_long_for_a_day(figure, value):
            taken.append(value)
            rivals.append((text, why))

    elsewhere = [f for f in _by_unit(source)[figure.line.document.id, figure.unit] if _near(figure, f)]
    rng.shuffle(elsewhere)
    for other in elsewhere:
        if len(rivals) < _RIVALS - 1:
            take(other.text, f"「{other.text}」出自另一处{source.under(other.line).rstrip(':')},说的是另一件事。")
    for text in _invented(figure, rng):
        if len(rivals) < _RIVALS:
            take(text, f"原文没有这样写,原文是「{figure.text}」。")
    return rivals


@lru_cache(maxsize=16384)
def _quantities_of(line: Line) -> tuple[Quantity, ...]:
    return tuple(quantities(plain(line.text)))


@lru_cache(maxsize=4)
def _by_unit(source: Source) -> dict[tuple[str, str], list[Figure]]:
    """Document and unit to the figures that have it, in reading order."""
    found: dict[tuple[str, str], list[Figure]] = {}
    for line in source.lines:
        for figure in figures(line):
            found.setdefault((line.document.id, figure.unit), []).append(figure)
    return found


def _differs(value: Quantity, others: list[Quantity]) -> bool:
    """Whether it is none of these, nor so near to one that it could be the same number rounded."""
    tolerance = 1e-9 if value.unit == "公历年" else 0.04
    return not any(value.matches(o, tolerance) for o in others)


def _true_too(figure: Figure, value: Quantity) -> bool:
    """超过90% is true of 80% as well."""
    return figure.bound * (figure.quantity.value - value.value) > 0


def _too_long_for_a_day(figure: Figure, value: Quantity) -> bool:
    """每日36小时 is no choice to think about."""
    before = figure.line.text[max(0, figure.start - 8) : figure.start]
    return value.unit == "小时" and value.value >= 24 and bool(_DAILY.search(before))


def _in_time(figure: Figure, value: Quantity, source: Source) -> bool:
    """Whether a wrong year is no later than what the document knows and stands to the sentence's other years as the
    right one does."""
    if figure.quantity.unit != "公历年":
        return True
    mine = figure.quantity.value
    others = [q.value for q in quantities(plain(figure.line.text)) if q.unit == "公历年" and q.value != mine]
    latest = max(source.present[figure.line.document.id], int(mine))
    return value.value <= latest and all((value.value < o) == (mine < o) for o in others)


def _near(figure: Figure, other: Figure) -> bool:
    a, b = figure.quantity.value, other.quantity.value
    if figure.quantity.unit == "公历年":
        return abs(a - b) <= 15
    return min(a, b) > 0 and max(a, b) <= _APART * min(a, b)


def _invented(figure: Figure, rng: random.Random) -> Iterator[str]:
    """The same number written with another value, as round and as exact as the right one."""
    match = _NUMBER.search(plain(figure.text))
    if match is None:
        return
    digits = match[0].replace(",", "")
    value = float(digits)
    places = len(digits.partition(".")[2])
    if figure.quantity.unit == "公历年":
        candidates = [value + step for step in rng.sample([-6, -5, -4, -3, -2, -1, 1, 2, 3, 4], 10)]
    else:
        candidates = [value * f for f in rng.sample([0.4, 0.5, 0.6, 0.7, 0.8, 1.25, 1.5, 1.8, 2, 2.5, 3], 11)]
        candidates += [value + step for step in (1, 2, 3, -1, 4, 5)] if value < 10 and not places else []
    step = 10 ** max(0, len(digits) - len(digits.rstrip("0"))) if not places else 10**-places
    for candidate in candidates:
        rounded = round(round(candidate / step) * step, places)
        top = 100 if "%" in figure.unit and value <= 100 else None
        if rounded > 0 and (top is None or rounded < top):
            number = f"{rounded:,.{places}f}" if "," in match[0] else f"{rounded:.{places}f}"
            yield figure.text[: match.start()] + number + figure.text[match.end() :]
