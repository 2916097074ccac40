"""The outline of a text: from Markdown marks, from lines with an ornament or in bold, from numbered headings with or
without line breaks, from labels."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .headings import LONGEST, is_label, word_starts_at
from .markers import find_markers, left_of, strip_marker
from .numbering import find_below, find_numbered
from .types import Section

_LABEL_TEXT = 20  # mean characters under a label; with less they are entries of a form

_FEWEST, _MOST_OF = 4, 0.6  # labels that open paragraphs, and their share of these, to be headings
_BLANK_LINE = re.compile(r"\n[ \t\u3000]*\n")
_BLOCK = re.compile(
    r"^ {0,3}(?:(?P<atx>#{1,6})(?=[ \t]|(?<=##)[^#\s])[^\n]*|(?P<under>=+|-{2,})[ \t]*$)",
    re.MULTILINE,
)
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*.*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_SIGN = "[■◆▍▎▌▋▊▉█★☆◎※▶►❖◇□▲△✦●○]"
_ORNAMENTED = re.compile(
    rf"^[ \t\u3000]*(?:(?P<sign>{_SIGN})[ \t\u3000]*(?P<words>[^\n]+)"
    r"|(?P<boxed>【(?P<name>[^】\n]{2,20})】)[ \t\u3000]*(?P<rest>[^\n]*)"
    r"|(?P<bold>\*\*)(?P<strong>[^*\n]{2,80})\*\*[ \t]*(?P<more>[^\n]*))$",
    re.MULTILINE,
)
_ORNAMENT = re.compile(rf"^{_SIGN}\s*|^【(?P<name>[^】]+)】$")
_UNENDED = re.compile(r"[^。；;，,、…!！]\Z")
_BELOW_MARKDOWN = 7  # the depth of bold lines
_LEVELS = 8  # more than may be numbered below a heading
_COLON = re.compile(r"[:：](?!//|\d)|[:：](?=\d{3})")
_RUN = re.compile(r"[\w+/·&-]+$")
_SOLID = re.compile(r"\S")
_NO_PARAGRAPH = re.compile(r"\s*(?:[-*+>|#=]|\d+[.)])")
_NO_TITLE = frozenset(["目录", "前言", "引言", "导言", "序言", "序", "摘要", "概述", "背景", "简介"])
_STOP = re.compile(r"[。！？!?；;，,：:]")
_NO_HEADLINE = re.compile(r"^(?:尊敬|亲爱|各位|大家|你好|您好)|[。；;]|[？?好]\Z")
_LABELLED = re.compile(
    r"^[^：:]{0,2}[：:]|^[^：:]*(?:时间|地点|日期|电话|编号|单位|部门|地址|要求|如下|[人者方注附答问])\s*[：:]|[：:][^：:]{0,3}\Z"
)
_BYLINE = re.compile(
    r"^(?:——|—|[（(【]|文[/／])|^[^：:。]{2,8}[：:]|\d{4}[〕\]）)]|\d{4}年|(?:研究[院所室组]|中心|办公室|委员会|[局处部]|公司|学会)\Z"
)
_SORT = re.compile(r"(?:纪要|条款|通知|公告|报告|办法|规定|手册|说明|合同)(?:[（(][^（()）]*[)）])?\Z")
_BRACKETS = re.compile("[（(][^（()）]*[)）]")
_BYLINES = 4  # lines at most between a title and the blank line behind them


@dataclass(frozen=True, slots=True)
class _Node:
    start: int
    body: int
    depth: int  # any number; deeper is larger


def find_outline(text: str, start: int = 0, end: int | None = None) -> tuple[Section, ...]:
    """Sections of ``text[start:end]`` in reading order; together they cover it.

    Markdown headings give the tree if there are any, lines with an ornament ("■ 市场", "【市场】") if these come
    first, and under them bold lines, articles and questions; else numbered headings, and labels ("市场规模:…") under
    them. Text before the first heading is section "0"; a title line belongs to the span of the first section.

    >>> [(s.position, s.heading) for s in find_outline("前情。一、范围:适用于员工。二、期限:三年。")]
    [('0', ''), ('1', '一、范围'), ('2', '二、期限')]
    """
    end = len(text) if end is None else end
    title = find_title(text, start, end)
    start = title[0] if title else _skip(text, start, end)
    body = title[1] if title else start
    nodes = [n for n in _markdown(text, start, end) if n.start >= body]
    if nodes:
        bold = (n for n in _ornamented(text, body, end) if text.startswith("**", n.start))
        nodes = _with_numbered(text, sorted([*nodes, *bold], key=lambda n: n.start), end)
        code = _code(text, start, end)
        nodes = [n for n in nodes if not _lies_in(n.start, code)]
    else:
        nodes = list(_plain(text, body, end))
    return tuple(_sections(text, start, body, end, nodes))


def _skip(text: str, start: int, end: int) -> int:
    match = _SOLID.search(text, start, end)
    return match.start() if match else end


def _sections(text: str, start: int, body: int, end: int, nodes: Sequence[_Node]) -> Iterator[Section]:
    first = nodes[0].start if nodes else end
    preamble = not nodes or _skip(text, body, first) < first
    if preamble:
        yield Section("0", "", (), start, body, first)
    open_: list[tuple[int, int, str]] = []  # depth, number, heading of the sections around
    position: list[int] = []
    for i, node in enumerate(nodes):
        number = 1
        while open_ and open_[-1][0] >= node.depth:
            number = open_.pop()[1] + 1
        heading = _heading(text[node.start : node.body])
        open_.append((node.depth, number, heading))
        position = [n for _, n, _ in open_]
        following = nodes[i + 1].start if i + 1 < len(nodes) else end
        begin = node.start if i or preamble else start
        yield Section(".".join(map(str, position)), heading, tuple(h for _, _, h in open_), begin, node.body, following)


def _heading(printed: str) -> str:
    """
    >>> _heading("## **1) 移动支付**: ##\\n"), _heading("市场规模：")
    ('1) 移动支付', '市场规模')
    """
    lines = [line for line in printed.splitlines() if not re.fullmatch(r"\s*(?:=+|-{2,})\s*", line)]
    heading = re.sub(r"^\s*#{1,6}(?!#)|[ \t]#+\s*$", "", " ".join(lines)).strip()
    heading = re.sub(r"\*\*|__|`", "", heading).strip()
    heading = _ORNAMENT.sub(lambda m: m["name"] or "", heading)
    return re.sub(r"\s+", " ", heading).strip().rstrip(":：。 ")


def find_title(text: str, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Span of the title that opens a text: its single leading H1, or a first line that can be nothing else."""
    end = len(text) if end is None else end
    start = _skip(text, start, end)
    if start == end:
        return None
    headings = list(_markdown(text, start, end))
    if headings:
        tops = [n for n in headings if n.depth == 1]
        if headings[0].start != start or headings[0].depth != 1:
            return None
        first, others = tops[0], tops[1:]
        marked = [_heading(text[n.start : n.body]) for n in tops]
        bare = len(headings) > 1 and _skip(text, first.body, headings[1].start) == headings[1].start
        chapters = bare and strip_marker(marked[0]) == marked[0] and all(strip_marker(h) != h for h in marked[1:])
        return (first.start, first.body) if not others or chapters else None
    return _plain_title(text, start, end)


def _plain_title(text: str, start: int, end: int) -> tuple[int, int] | None:
    line = text.find("\n", start, end)
    if line < 0 or line - start > 4 * LONGEST:  # one line, or flat: what stands before "一、"
        for marker in find_markers(text, start, min(end, start + LONGEST + 8)):
            if (
                marker.number == (1,)
                and marker.style in ("一、", "第章", "第部分")
                and marker.left in ("bracket", "word")
            ):
                return (start, marker.start) if marker.run <= start < marker.start else None
        return None
    title = text[start:line].strip()
    rest = _skip(text, line, end)
    if re.sub(r"\s", "", title) in _NO_TITLE:
        return None
    if rest == end or len(title) > LONGEST or not _UNENDED.search(title) or strip_marker(title) != title:
        return None
    following = text[rest : (text.find("\n", rest, end) + 1 or end + 1) - 1].strip()
    apart = text.count("\n", line, rest) > 1
    prose = len(following) >= 2 * len(title) and following[-1] in "。！？!?：:…；;"
    marked = strip_marker(following) != following
    signed = _is_signed(text, line, end)
    words = _BRACKETS.sub("", title)
    if _STOP.search(words):  # a headline of several clauses: it has no stop at its end, and other text behind it
        behind = re.search(r"[。！!…]\Z", following) or len(following) > LONGEST or marked or _BYLINE.search(following)
        told = (apart and behind) or signed or marked or (prose and "，" not in title)
        return (start, line) if told and not _NO_HEADLINE.search(title) and not _LABELLED.search(words) else None
    told = following[:1] in "（(【" or marked
    if signed and not apart and _SORT.search(following) and not _SORT.search(title):  # 甲公司, and below it 会议纪要
        line = text.find("\n", rest, end)
    return (start, line) if apart or told or prose or signed else None


def _is_signed(text: str, line: int, end: int) -> bool:
    """Whether behind the first line come others on who wrote a text, when and for whom, then a blank one and the text."""
    byline, blank, rest = text[line + 1 : end].lstrip("\n").partition("\n\n")
    lines = [part.strip() for part in byline.split("\n") if part.strip()]
    short = all(len(part) <= 2 * LONGEST and _UNENDED.search(part) and strip_marker(part) == part for part in lines)
    signed = short and 0 < len(lines) <= _BYLINES and any(_BYLINE.search(part) or _SORT.search(part) for part in lines)
    return signed and bool(blank) and re.search("[。！？]", rest) is not None


def _code(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the fenced blocks of code start and end."""
    return [match.span() for match in _FENCED.finditer(text, start, end)]


def _lies_in(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first < at < last for first, last in spans)


def _markdown(text: str, start: int, end: int) -> Iterator[_Node]:
    """ATX and setext headings outside fenced code; none if a lone mark in the middle is all there is."""
    nodes: list[_Node] = []
    code = _code(text, start, end)
    for match in _BLOCK.finditer(text, start, end):
        if _lies_in(match.start(), code):
            continue
        if match["atx"]:
            if match[0].strip(" #\t"):
                nodes.append(_Node(match.start(), match.end(), len(match["atx"])))
        elif (above := _setext(text, start, match.start())) is not None:
            nodes.append(_Node(above, match.end(), 1 if match["under"][0] == "=" else 2))
    if len(nodes) > 1 or (nodes and nodes[0].start == start):
        yield from nodes


def _setext(text: str, start: int, under: int) -> int | None:
    """Start of the one-line paragraph above an underline."""
    end = under - 1
    line = text.rfind("\n", start, max(start, end)) + 1 or start
    if end - line > 2 * LONGEST or not text[line:end].strip() or _NO_PARAGRAPH.match(text, line, end):
        return None
    before = text.rfind("\n", start, max(start, line - 1)) + 1 or start
    return line if line == start or not text[before : line - 1].strip() else None


def _ornamented(text: str, start: int, end: int) -> list[_Node]:
    """Lines that one ornament, a box or bold type makes headings: at least two of a kind, with text under them.

    Of a kind that also opens other lines, as bullets do, none is a heading; the kind that comes first stands highest.
    """
    kinds: dict[str, list[_Node]] = {}
    others: Counter[str] = Counter()
    for match in _ORNAMENTED.finditer(text, start, end):
        kind = match["sign"] or (match["boxed"] and "【") or "**"
        words = (match["words"] or match["strong"] or match["name"]).strip()
        body = match.end("boxed") if match["boxed"] and not _is_short_line(match["rest"] or "题") else match.end()
        told = _skip(text, body, end)
        if match["more"]:  # bold words that open a line of prose
            continue
        if _is_short_line(words) and told < end and (text[told] != kind[0] or body < match.end()):
            kinds.setdefault(kind, []).append(_Node(match.start(), body, _BELOW_MARKDOWN))
        else:
            others[kind] += 1
    found = [nodes for kind, nodes in kinds.items() if len(nodes) > max(1, 3 * others[kind])]
    named = [nodes for nodes in found if len({text[n.start : n.body].strip() for n in nodes}) == len(nodes)]
    deeper = (replace(n, depth=n.depth + i * _LEVELS) for i, nodes in enumerate(named) for n in nodes)
    return sorted(deeper, key=lambda n: n.start)


def _is_short_line(words: str) -> bool:
    return len(words) <= LONGEST and bool(_UNENDED.search(words))


def _with_numbered(text: str, nodes: Sequence[_Node], end: int) -> list[_Node]:
    """Headings with the articles, questions and the like that stand between them."""
    below = []
    for n, found in zip(nodes, find_below(text, _own(nodes, end)), strict=True):
        for m in found:
            lead = text[max(n.body, m.start - 3) : m.start]
            start = m.start - len(lead) + len(lead.rstrip("*"))
            body = m.body + 2 * text.startswith("**", m.body)
            below.append(_Node(start, body, n.depth + 1 + m.depth))
    return sorted([*nodes, *below], key=lambda n: n.start)


def _own(nodes: Sequence[_Node], end: int) -> list[tuple[int, int]]:
    """The spans of the headings' own text."""
    return [(a.body, b.start) for a, b in pairwise([*nodes, _Node(end, end, 0)])]


def _plain(text: str, start: int, end: int) -> Iterator[_Node]:
    """Numbered headings and the labels between them, or what stands under lines with an ornament."""
    ornamented = _ornamented(text, start, end)
    colons = list(_colons(text, start, end))
    recurring = _recurring(text, start, colons)
    cuts = [at for run, colon in colons if (at := _tail(text, run, colon, recurring)) is not None]
    numbered = find_numbered(text, start, end, cuts)
    if ornamented and (not numbered or ornamented[0].start < numbered[0].start):
        yield from _with_numbered(text, ornamented, end)
        return
    nodes = [_Node(n.start, n.body, n.depth) for n in numbered]
    regions = [(*span, n.depth + 1) for n, span in zip(nodes, _own(nodes, end), strict=True)]
    labels = list(_labels(text, start, regions or [(start, end, 0)], colons, recurring, root=not nodes))
    above = [n for n in _paragraph_labels(text, start, end, colons) if nodes]
    opened = {n.start for n in above}
    apart = opened.isdisjoint(n.start for n in nodes)  # "Q1：" is no label
    if above and apart and above[0].start < nodes[0].start:  # "风险：1.… 2.…" counts off what stands under a label
        labels = [*above, *(n for n in labels if n.start not in opened)]
    yield from sorted([*nodes, *labels, *ornamented], key=lambda n: n.start)


def _paragraph_labels(text: str, start: int, end: int, colons: Sequence[tuple[int, int]]) -> list[_Node]:
    """The labels that open paragraphs, where most paragraphs have one and no two the same."""
    opens = [start, *(match.end() for match in _BLANK_LINE.finditer(text, start, end))]
    opens = list(dict.fromkeys(first for at in opens if (first := _skip(text, at, end)) < end))
    labelled = {run: colon for run, colon in colons if is_label(text[run:colon])}
    found = [_Node(at, labelled[at] + 1, -1) for at in opens if at in labelled]
    named = {text[n.start : n.body] for n in found}
    most = len(found) == len(named) >= _FEWEST and len(found) > _MOST_OF * len(opens)
    return found if most else []


def _colons(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start of the unbroken run of characters before each colon, and the colon."""
    for match in _COLON.finditer(text, start, end):
        colon = match.start()
        window = text[max(start, colon - 14) : colon]
        run = _RUN.search(window)
        if run:
            yield colon - len(run[0]), colon


def _recurring(text: str, start: int, colons: Sequence[tuple[int, int]]) -> frozenset[str]:
    """Phrases that stand before a colon, set off on their left, at least twice."""
    counts = Counter(
        text[run:colon]
        for run, colon in colons
        if 2 <= colon - run <= 8
        and (left_of(text, run, start) in ("line", "stop", "colon", "bracket") or text[run - 1] in " \t\u3000")
    )
    return frozenset(phrase for phrase, n in counts.items() if n > 1 and is_label(phrase))


def _tail(text: str, run: int, colon: int, recurring: frozenset[str]) -> int | None:
    """Where the longest recurring label that ends at this colon begins."""
    for at in range(max(run, colon - 8), colon - 1):
        if text[at:colon] in recurring and (at == run or word_starts_at(text[run:colon], text[at:colon])):
            return at
    return None


def _labels(
    text: str,
    start: int,
    regions: Sequence[tuple[int, int, int]],
    colons: Sequence[tuple[int, int]],
    recurring: frozenset[str],
    root: bool,
) -> Iterator[_Node]:
    """Labels that come in groups under one heading, and labels of such groups that stand alone elsewhere."""
    groups: list[list[_Node]] = []
    names: set[str] = set()
    for begin, end, depth in regions:
        found = []
        first = _skip(text, begin, end)
        for run, colon in colons[bisect_left(colons, (begin, 0)) :]:
            if colon >= end:
                break
            set_off = run == first or left_of(text, run, start) in ("line", "stop")
            at = run if set_off and is_label(text[run:colon]) else _tail(text, run, colon, recurring)
            if at is not None:
                found.append(_Node(at, colon + 1, depth))
        groups.append(found)
        if _is_group(text, found, first, end, root):
            names.update(text[n.start : n.body - 1] for n in found)
    for found, (begin, end, _) in zip(groups, regions, strict=True):
        if _is_group(text, found, _skip(text, begin, end), end, root):
            yield from found
        else:
            alone = [n for n in found if text[n.start : n.body - 1] in names & recurring]
            if len({text[n.start : n.body] for n in alone}) == len(alone):
                yield from alone


def _is_group(text: str, found: Sequence[_Node], first: int, end: int, root: bool) -> bool:
    """Several different labels with some text each; they open their section, or there are three."""
    if len(found) < 2 or len({text[n.start : n.body] for n in found}) < len(found):
        return False
    if (root or found[0].start != first) and len(found) < 3:
        return False
    written = end - found[0].start - sum(n.body - n.start for n in found)
    return written >= _LABEL_TEXT * len(found)
