"""The numbers in front of Chinese headings: 第一章 一、 （一） 1、 1) 2-1) 1.1.2 ① A. and their like."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Left = Literal["line", "stop", "colon", "clause", "bracket", "word"]
"""What stands before a marker: a line's start, a sentence's end, a colon, a comma or semicolon, …"""

_HAN = "〇零一二三四五六七八九十百"
_D = "[0-9０-９]"
_BLANK = " \t\u3000"
_ROMAN = "Ⅰ-Ⅻ"
_AMOUNT = r"[ \t\u3000]+(?:[%％]|[亿万]?元(?![数素件])|[亿万倍](?=[人吨亩户次台辆件平立千\W]))"  # 1.1 万元

# In this order: the longer form first.
_FORMS = {
    "ordinal": rf"第[ \t]?(?:[{_HAN}]{{1,6}}|{_D}{{1,4}})[ \t]?(?:部分|[编編篇章节節条條])",
    "sub": rf"{_D}{{1,2}}[-－]{_D}{{1,2}}[)）、.．]",
    "dotted": rf"{_D}{{1,2}}(?:[.．]{_D}{{1,2}})+(?![0-9０-９%％亿万元倍])(?!{_AMOUNT})[)）、.．]?",
    "wrapped": rf"[(（](?:[{_HAN}]{{1,4}}|{_D}{{1,2}}|[A-Za-z])[)）]、?",
    "closed": rf"(?:[{_HAN}]{{1,4}}|{_D}{{1,3}}|[A-Za-z])[)）]",
    "dun": rf"(?:[{_HAN}]{{1,4}}|{_D}{{1,3}}|[A-Z]|[{_ROMAN}])、",
    "dot": rf"(?:[{_HAN}]{{1,4}}|{_D}{{1,3}}|[A-Za-z]|[{_ROMAN}])[.．](?![0-9０-９.．])",
    "circled": r"[①-⑳⑴-⒇⒈-⒛㈠-㈩]、?",
    "question": rf"(?:[QqＱ]{_D}{{0,3}}[:：.、]|问题?(?:[{_HAN}]{{1,3}}|{_D}{{1,3}})?[:：])",
    "spaced": rf"(?:[{_HAN}]{{1,3}}|{_D}{{1,2}})(?=[{_BLANK}]+[^\s0-9])",
}
_MARKER = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()))
_NOT_BEFORE = re.compile(rf"[0-9０-９A-Za-z.．第{_HAN}%-]")
_NOT_AFTER = re.compile(rf"[{_HAN}]{{1,2}}(?:[线级等季楼、年月日])")
_NUMBER = re.compile(rf"[{_HAN}]+|{_D}+|[A-Za-z]|[{_ROMAN}①-⑳⑴-⒇⒈-⒛㈠-㈩]")
_RUN_END = re.compile(r"[。！？!?；;，,\n]")
_LOOK_BACK = 64

_RANKS = ["第编", "第部分", "第篇", "第章", "第节", "第条", "Ⅰ", "一、", "一.", "一 ", "(一)", "一)", "㈠"]
_SIMPLE = str.maketrans("編節條", "编节条")
_LAST = ["①", "A、", "A.", "A)", "(A)", "a.", "a)", "(a)"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A candidate for the number of a heading. ``text[start:end]`` is the marker alone."""

    start: int
    end: int
    style: str  # its form with the number taken out: "第章" "一、" "(一)" "1)" "1-1" "1.1" "①" "Q"
    number: tuple[int, ...]  # (2, 1) of "2-1)"; () where a question carries no number
    left: Left
    run: int  # where the run of text without a stop or comma that it stands in begins


def rank(style: str) -> int:
    """How high in an outline a style of marker usually stands: 0 is the top.

    >>> rank("第编") < rank("一、") < rank("1、") < rank("(1)") < rank("①")
    True
    """
    if style in _RANKS:
        return _RANKS.index(style)
    if style in _LAST:
        return len(_RANKS) + 6
    return len(_RANKS) + ("(" in style or ")" in style) + ("(" in style)


def find_markers(text: str, start: int, end: int) -> Iterator[Marker]:
    """Everything in ``text[start:end]`` that may be the number of a heading, in order.

    >>> [(m.style, m.number, m.left) for m in find_markers("一、总则。2-1)甲方（1）在3.5亿、2年内", 0, 26)]
    [('一、', (1,), 'line'), ('1-1', (2, 1), 'stop'), ('(1)', (1,), 'word')]
    """
    at = start
    while match := _MARKER.search(text, at, end):
        at = match.end()
        marker = _marker(text, match, start)
        if marker:
            yield marker
        else:
            at = match.start() + 1


def _marker(text: str, match: re.Match[str], start: int) -> Marker | None:
    form, at, end = match.lastgroup or "", match.start(), match.end()
    if at > start and _NOT_BEFORE.match(text[at - 1]) and form not in ("wrapped", "circled"):
        return None
    left = left_of(text, at, start)
    if (form == "spaced" and left != "line") or (form == "question" and left in ("word", "clause", "bracket")):
        return None
    if form != "ordinal" and _NOT_AFTER.match(text, end, end + 3):
        return None
    style, number = _read(form, match[0])
    if form in ("closed", "dun", "dot") and number[0] > 99 and (left != "line" or text[end : end + 1].isdigit()):
        return None  # 100、200
    if any(n == 0 for n in number) or (form != "question" and not number):
        return None
    window = text[max(start, at - _LOOK_BACK) : at]
    run = max((m.end() for m in _RUN_END.finditer(window)), default=0)
    return Marker(at, end, style, number, left, at - len(window) + run)


def left_of(text: str, at: int, start: int) -> Left:
    """What stands before ``at``, blanks skipped."""
    at -= 1
    while at >= start and text[at] in _BLANK + "*":
        at -= 1
    if at < start or text[at] == "\n":
        return "line"
    closing = text[at] in '”’」』"）)】》]'
    before = text[at - 1] if closing and at > start else text[at]
    if before in "。！？!?…" or (before == "." and text[at - 1].isalpha()):
        return "stop"
    if closing:
        return "bracket"
    return "colon" if before in "：:" else "clause" if before in "；;，,、" else "word"


def _read(form: str, marker: str) -> tuple[str, tuple[int, ...]]:
    """Style and number of a marker as printed."""
    number = tuple(_value(n) for n in _NUMBER.findall(marker[1:] if form == "question" else marker))
    if form in ("sub", "dotted"):
        return ("1-1" if form == "sub" else "1.1"), number
    if form == "ordinal":
        unit = re.sub(rf"[第{_HAN}0-9０-９\s]", "", marker)
        return "第" + unit.translate(_SIMPLE), number
    if form == "question":
        return "Q", number
    if form == "circled":
        return {"⑴": "(1)", "⒈": "1.", "㈠": "(一)"}.get(_family(marker[0]), "①"), number
    kind = _kind(_NUMBER.search(marker)[0])  # type: ignore[index]
    if kind == "Ⅰ":
        return kind, number
    return {"wrapped": f"({kind})", "closed": f"{kind})", "dun": f"{kind}、", "dot": f"{kind}."}.get(
        form, f"{kind} "
    ), number


def _family(char: str) -> str:
    return next((f for f in "㈠⒈⑴①" if f <= char), "①")


def _kind(number: str) -> str:
    if number in "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ":
        return "Ⅰ"
    if number[0] in _HAN:
        return "一"
    return "1" if number[0].isdecimal() else "A" if number.isupper() else "a"


def _value(number: str) -> int:
    """
    >>> [_value(n) for n in ("二十三", "十", "一百零五", "１２", "③", "⑴", "㈢", "Ⅳ", "B", "一〇")]
    [23, 10, 105, 12, 3, 1, 3, 4, 2, 10]
    """
    char = number[0]
    if char.isascii() and char.isalpha():
        return ord(char.lower()) - ord("a") + 1
    if char in _HAN:
        if not set(number) & set("十百"):
            return int("".join(str("〇一二三四五六七八九".index("〇" if c == "零" else c)) for c in number))
        total = digit = 0
        for c in number:
            if c in "十百":
                total += (digit or 1) * (10 if c == "十" else 100)
                digit = 0
            else:
                digit = 0 if c in "〇零" else "一二三四五六七八九".index(c) + 1
        return total + digit
    return int(unicodedata.numeric(char)) if len(number) == 1 else int(number)


_STRIP = re.compile(rf"(?:{_MARKER.pattern})[{_BLANK}]*")


def strip_marker(heading: str) -> str:
    """A heading without its number.

    >>> strip_marker("2-1)消费信贷方向"), strip_marker("第一章 总则"), strip_marker("赛道特点")
    ('消费信贷方向', '总则', '赛道特点')
    """
    match = _STRIP.match(heading)
    return heading[match.end() :] or heading if match else heading
