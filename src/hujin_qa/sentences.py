"""Where sentences of Chinese (and some English) text begin and end."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from .markers import strip_marker

LONG = 80  # characters; only a sentence longer than this is cut at semicolons
_FAR = 300  # characters; a quote or bracket longer than this protects nothing: its mate is probably missing

_STOP = "。！？!?…"
_SEMICOLON = "；;"
_BULLETS = "•●■◆"  # these begin a sentence wherever they stand
_PAIRS = {"”": "“", "’": "‘", "」": "「", "』": "『", "）": "（", ")": "(", "】": "【", "》": "《", "]": "["}
_QUOTES = '”’」』"'
_CLOSERS = "".join(_PAIRS) + '"'
_RUNS_ON = "，,、；;：:的"  # what follows a quotation that is only a part of its sentence
_INTEREST = re.compile(r"[。！？!?…；;.•●■◆\n\"“‘「『（(【《\[”’」』）)】》\]]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Inc|Ltd|Co|Corp|Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|Fig|Vol|pp?|e\.g|i\.e|cf|al|approx)|\b[A-Za-z])$"
)
_MARK = re.compile(r"(?:[-*+•·●○◆■▪–>#]+(?=[ \t\u3000])|[•●○◆■▪]|\s)+")
_WORD = re.compile(r"\w")
_PAGE = re.compile(r"[\s—–-]*第?\s*(\d{1,4})\s*(?:页?\s*[/／,，共]\s*共?\s*\d{1,4}\s*)?页?[\s—–-]*")
_NARROWEST = 30  # columns of a page; a Chinese character takes two
_RAGGED = 6  # columns that a full line may be short of the widest
_FEWEST = 3  # full lines that break off within a sentence, for a text to be taken as wrapped
_PAGEFUL = 120  # characters, fewer than any page has
_CLOSED = frozenset(_STOP + _SEMICOLON + _CLOSERS + "：:|")
_NEW_LINE = re.compile(r"[-*+>#|【•●○◆■▪▍–—]|\Z")

Span = tuple[int, int]


def split_sentences(text: str, start: int, end: int) -> list[Span]:
    """Spans of the sentences of ``text[start:end]``, trimmed of blanks and bullet marks, in order.

    Sentences end at 。！？… and their half-width forms, at line breaks that no page's edge made and at an English full
    stop before a blank; never inside a bracket, and inside a quotation only together with its closing mark. A sentence
    of more than 80 characters is cut at semicolons. Linear time.

    >>> text = "他说：“行。我来！”共3.5亿元（约。）起。- 好"
    >>> [text[a:b] for a, b in split_sentences(text, 0, len(text))]
    ['他说：“行。我来！”', '共3.5亿元（约。）起。', '好']
    """
    wraps = wrapped_breaks(text)
    mate = _pairs(text, start, end, wraps)
    spans: list[Span] = []
    semicolons: list[int] = []
    begin = at = start
    while match := _INTEREST.search(text, at, end):
        at = match.start()
        char = text[at]
        at += 1
        if at - 1 in mate:
            close = mate[at - 1]
            ends = _ends_with_mate(text, begin, at - 1, close)
            at = close + 1
        elif char in _STOP or (char == "." and _is_full_stop(text, at - 1, end)):
            ends = True
            at = _after_stop(text, begin, at, end)
        else:
            ends = char == "\n" and at - 1 not in wraps
            if char in _SEMICOLON:
                semicolons.append(at)
        if char in _BULLETS:
            _close(text, begin, at - 1, semicolons, spans)
            begin = at - 1
            semicolons = []
        elif ends:
            _close(text, begin, at, semicolons, spans)
            begin = at
            semicolons = []
    _close(text, begin, end, semicolons, spans)
    return [(a, b) for a, b in spans if not _PAGE.fullmatch(text, a, b)] if wraps else spans


@lru_cache(maxsize=64)
def wrapped_breaks(text: str) -> frozenset[int]:
    """Offsets of the line breaks that the edge of a page made within sentences, as in text copied from a PDF.

    There are some only if full lines of one width break off within sentences again and again, and sentences end in
    these lines or the next, or if numbered pages break off so. The line with a page's number belongs to the break.
    """
    if text.count("\n") < _FEWEST:
        return frozenset()
    lines = text.split("\n")
    ends = [m.start() for m in re.finditer("\n", text)]
    widths = [sum(1 + (char > "\u2e7f") for char in line.strip()) for line in lines]
    pages = _pages(lines)
    told = (n for n in range(len(lines) - 1) if n not in pages)
    after = {n: next((m for m in range(n + 1, len(lines)) if m not in pages), n + 1) for n in told}
    open_ = [
        n
        for n, following in after.items()
        if widths[n] >= _NARROWEST
        and following < len(lines)
        and lines[n].strip()[-1] not in _CLOSED
        and _goes_on(lines[following].strip())
    ]
    turned = frozenset(at for n in open_ if n + 1 in pages for at in ends[n : after[n]])
    full = _full_lines(lines, widths, open_)
    return turned | {at for n in full for at in ends[n : after[n]]}


def _pages(lines: Sequence[str]) -> frozenset[int]:
    """The lines that number the pages of a text, and the empty ones around: they count on, with a page between."""
    numbered = [(n, int(page[1])) for n, line in enumerate(lines) if (page := _PAGE.fullmatch(line))]
    following = ((a, b) for (a, i), (b, j) in pairwise(numbered) if j == i + 1)
    counting = {
        n
        for a, b in following
        for n in (a, b)
        if not lines[a].strip().isdigit() or sum(map(len, lines[a:b])) >= _PAGEFUL  # else it numbers a list
    }
    around = set(counting)
    for step in (-1, 1):
        for n in counting:
            while 0 <= (n := n + step) < len(lines) and not lines[n].strip():
                around.add(n)
    return frozenset(around)


def _full_lines(lines: Sequence[str], widths: Sequence[int], open_: Sequence[int]) -> list[int]:
    """Of the lines that break off within a sentence those that are full, if they show that the text is wrapped."""
    if not open_:
        return []
    edge = max(Counter(widths[n] for n in open_).items(), key=lambda seen: (seen[1], seen[0]))[0] + _RAGGED // 2
    full = [n for n in open_ if edge - 2 * _RAGGED < widths[n] <= edge]
    told = sum(any(stop in lines[n] + lines[n + 1] for stop in _STOP) for n in full)
    wide = sum(width > edge for width in widths)
    if len(full) < _FEWEST or 2 * len(full) < len(open_) or 10 * wide > len(lines) or 2 * told < len(full):
        return []
    return full


def _goes_on(line: str) -> bool:
    """Whether a line may go on with the sentence of the one before: no mark or number opens it."""
    return not _NEW_LINE.match(line) and strip_marker(line) == line


def unwrapped(text: str, start: int, end: int) -> str:
    """``text[start:end]`` on one line: without the breaks that a page's edge made, other blanks as single ones."""
    wraps = sorted(at for at in wrapped_breaks(text) if start <= at < end)
    line, *parts = [text[a + 1 : b] for a, b in pairwise([start - 1, *wraps, end])]
    for part in parts:
        if not part.strip() or _PAGE.fullmatch(part):
            continue
        blank = " " if line[-1:].isascii() and part.strip()[:1].isascii() else ""
        line = f"{line.rstrip()}{blank}{part.strip()}"
    return " ".join(line.split())


def _pairs(text: str, start: int, end: int, wraps: frozenset[int]) -> dict[int, int]:
    """Opening to closing offset of every outermost bracket or quotation that closes on its line."""
    mate: dict[int, int] = {}
    open_: list[int] = []
    openers = set(_PAIRS.values())
    straight = -1  # the last unmatched "
    for match in _INTEREST.finditer(text, start, end):
        at, char = match.start(), match[0]
        if char == "\n":
            if at not in wraps:
                open_.clear()
                straight = -1
        elif char == '"':
            if straight >= 0 and at - straight <= _FAR:
                mate[straight] = at
                straight = -1
            else:
                straight = at
        elif char in openers:
            open_.append(at)
        elif char in _PAIRS:
            for depth in range(len(open_) - 1, max(-1, len(open_) - 9), -1):
                if text[open_[depth]] == _PAIRS[char]:
                    if at - open_[depth] <= _FAR:
                        mate[open_[depth]] = at
                    del open_[depth:]
                    break
    return mate


def _ends_with_mate(text: str, begin: int, open_: int, close: int) -> bool:
    """Whether the sentence from ``begin`` ends with the quotation or bracket ``[open_, close]``."""
    after = text[close + 1 : close + 2]
    if text[close - 1] not in _STOP or close - open_ < 3 or (after and after in _RUNS_ON + _STOP + _CLOSERS):
        return False
    return text[close] in _QUOTES or not _WORD.search(text, begin, open_)


def _is_full_stop(text: str, at: int, end: int) -> bool:
    if at + 1 < end and not text[at + 1].isspace():
        return False
    before = text[max(0, at - 8) : at]
    return bool(before) and not before[-1].isdigit() and not _ABBREVIATION.search(before)


def _after_stop(text: str, begin: int, at: int, end: int) -> int:
    """Past a run of stops and the closing marks, the end of bold type among them, that belong to it."""
    while at < end and (text[at] in _STOP or text[at] == "."):
        at += 1
    while at < end and text[at] in _PAIRS:
        at += 1
    return at + 2 if text.startswith("**", at, end) and text.count("**", begin, at) % 2 else at


def _close(text: str, begin: int, end: int, semicolons: list[int], spans: list[Span]) -> None:
    """Add the sentence ``[begin, end)``, cut at semicolons into parts of up to ``LONG`` where it is longer."""
    cuts = []
    if end - begin > LONG:
        part = begin
        for this, following in pairwise([*semicolons, end]):
            if following - part > LONG:
                cuts.append(this)
                part = this
    for a, b in zip([begin, *cuts], [*cuts, end], strict=True):
        mark = _MARK.match(text, a, b)
        a = mark.end() if mark else a
        while b > a and text[b - 1].isspace():
            b -= 1
        if _WORD.search(text, a, b):
            spans.append((a, b))
