"""What a text lists in order: the sections below a heading, or pieces of running text that count themselves off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .markers import strip_marker
from .question import number
from .sections import children, heading_span
from .text import fold
from .types import Document, Section

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_MARK = re.compile(
    rf"(?:^|(?<=[。；;:：！？!?\n]))[ \t\u3000]*(?P<mark>[(（](?P<a>{_N})[)）]、?|(?P<b>{_N})(?:[)）、]|[.．](?!\d))"
    rf"|第(?P<c>{_N})(?P<of>[\u4e00-\u9fff]{{0,3}}?)(?=[,，:：是、从自])[,，:：、]?|(?P<d>[一二三四五六七八九])(?:是|则)(?!个)"
    rf"|(?P<kind>[\u4e00-\u9fff]{{2}})(?P<e>{_N})[:： ])",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"[。；;！？!?\n]")
_NAME_END = re.compile(r"[。；;，,：:！？!?\n]|$")
_BRACKET = re.compile(r"[(（【「《][^)）】」》]*[)）】」》]")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_CUT = re.compile(r"[:：—(（「]")
BARE = re.compile(
    r"第[\d一二三四五六七八九十百]+[条章节款项步]|[\u4e00-\u9fff]{2}[一二三四五六七八九十]|\d{1,2}(?:\.\d{1,2})+|[(（]?[\d一二三四五六七八九十]{1,3}[)）、.．]?"
)
_CLOSES = re.compile("(?:本[章节篇])?(?:小结|总结|结语|结束语)")
BULLETS = "-*+–—•·●○◆■▪▶"
_BULLET = re.compile(rf"(?P<indent>[ \t\u3000]*)(?P<mark>[{BULLETS}])(?:[ \t\u3000]+|(?<=[•·●○◆■▪▶]))(?=[^\s•·●○◆■▪▶])")
_STOPS = "，,；;。:：！？!?\n"
_LATER = "然后|接着|接下来|随后|其次|再次|之后|再(?![次生度])|最后|最终"
_CLAUSE = re.compile(rf"(?:(?:首先|{_LATER})[，,])?[^{_STOPS}]+")
_STEP = re.compile(
    rf"[ \t\u3000]*(?P<lead>[^先再]{{0,6}}?)(?P<mark>(?P<first>首先|(?<![优事预领率])先(?![进生]))|(?<!不)(?:{_LATER}))[，,]?(?P<what>[^，,].+)"
)
_LAST_STEP = ("最后", "最终")
_LEAST_STEPS = 3  # that make a list of their own; two are a way of speaking ("先…再…")
_SERIES_GRAMMAR = re.compile(r"^[一二三四五六七八九十][是则]|(?:被认为|被称|均|都)?[是为]$")
_LONGEST_NAME = 40
_SPOKEN = re.compile(r"(?:说|道|表示|认为|指出|强调|称|问|答|注意|提示|提醒|备注|注)$")
_ANNOUNCES = re.compile(r"如下|以下|下列|包括|包含|分别|依次|有|[为是]$")
_HOW_MANY = re.compile(rf"(?P<n>{_N})(?:大|个|类|种|层|条|项|点|步|门|家|样|处|件|位|道|部分|方面|阶段)")
_TAIL = rf"(?:(?<!第)(?:{_N})(?:类|种|个|大|项|家|层|门|部分|方面).{{0,6}}|(?:共同)?(?:组成|构成).*|等.*)$"
_HEAD = r"包括|包含|历经|经历|分为|分别|主要有|即|是|为|从|由(?!于)|(?<![所没只拥])有(?![限效关机])"


@dataclass(frozen=True, slots=True)
class Item:
    """One of several things in order: ``[start, end)`` is all of it, ``[start, label)`` what names it."""

    name: str  # as one speaks of it, without its number
    document: str
    start: int
    label: int
    end: int


def short_title(heading: str) -> str:
    """A heading without its number and subtitle.

    >>> short_title("2、绿色金融——从概念到内核"), short_title("1)甲类(大店)")
    ('绿色金融', '甲类')
    """
    whole = strip_marker(heading)
    short = _CUT.split(whole, maxsplit=1)[0]
    return (short if len(short) > 1 else whole).strip("。.！!？? ")


def sections_below(document: Document, section: Section) -> list[Item]:
    """The sections right below one, as items, without the one that sums them up."""
    below = children(document, section.position)
    if below and _CLOSES.fullmatch(strip_marker(below[-1].heading)):
        below = below[:-1]
    if not below:
        return []
    ends = [*(s.start for s in below[1:]), document.extent(below[-1])[1]]
    return [_of_section(document, s, end) for s, end in zip(below, ends, strict=True)]


def _of_section(document: Document, section: Section, end: int) -> Item:
    start, label = heading_span(document, section)
    name = short_title(section.heading)
    if (
        BARE.fullmatch(section.heading.strip(" :：")) and section.end - section.body > 1
    ):  # 第三条, 趋势一: the name comes behind
        name_end = _name_end(document.text[: section.end], section.body)
        name = document.text[section.body : name_end].strip() or name
        label = _shown_to(document.text, name_end, section.end)
    return Item(name, document.id, start, label, end)


@lru_cache(maxsize=4096)
def counted_off(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """The longest run of pieces that count themselves off from one: start, end of the number, of the name, of the piece.

    >>> text = "分两步：一是看，要慢；二是问。完。"
    >>> [text[a:d] for a, b, c, d in counted_off(text)], [text[b:c] for a, b, c, d in counted_off(text)]
    (['一是看，要慢；', '二是问。'], ['看', '问'])
    """
    best: list[tuple[int, int]] = []
    runs: dict[str, list[tuple[int, int]]] = {}
    for m in _MARK.finditer(text):
        n = number(m["a"] or m["b"] or m["c"] or m["d"] or m["e"])
        style = (m["of"] or m["kind"] or "") + re.sub(_N, "", m["mark"], count=1)
        if n == 1:
            runs[style] = []
        if len(runs.get(style, [])) == n - 1 and style in runs:
            runs[style].append((m.start("mark"), m.end("mark")))
            best = max(best, runs[style], key=len)
    if len(best) < 2:
        return ()
    pieces = []
    for (start, after), following in zip(best, [*(s for s, _ in best[1:]), None], strict=True):
        end = _end(text, start, best) if following is None else following
        name = _name_end(text, after)
        if text[after : after + 1] in ("从", "自") and (
            stop := _SENTENCE_END.search(text, after)
        ):  # 第三期从2011年起,叫…
            name = stop.start()
        pieces.append((start, after, min(name, end), end))
    return tuple(pieces)


def _end(text: str, start: int, run: Sequence[tuple[int, int]]) -> int:
    """The end of the last piece: of its line if the others have lines or several sentences of their own, else of its
    sentence."""
    before = text[run[-2][0] : start]
    whole = start == 0 or "\n" in before or len(re.findall(r"[。！？!?]", before)) > 1
    found = re.compile(r"\n" if whole else r"[。！？!?\n]").search(text, start)
    return found.end() if found else len(text)


def _name_end(text: str, at: int) -> int:
    """Where the name that begins at ``at`` ends: a comma or stop outside brackets."""
    covered = [m.span() for m in _BRACKET.finditer(text, at, at + 2 * _LONGEST_NAME)]
    for found in _NAME_END.finditer(text, at):
        if not any(a <= found.start() < b for a, b in covered) and found.start() > at:
            return found.start()
    return len(text)


@lru_cache(maxsize=4096)
def bulleted(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """The longest list with bullets, in the shape of ``counted_off``; what is set in below an item belongs to it.

    >>> text = "带：\\n- 伞\\n- 鞋，两双\\n  - 胶鞋\\n完。"
    >>> [text[a:d] for a, b, c, d in bulleted(text)]
    ['伞\\n', '鞋，两双\\n  - 胶鞋\\n']
    """
    best: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    kind = ("", "")  # indent and mark
    for line in re.finditer(r"[^\n]+\n?", text):
        bullet = _BULLET.match(line[0])
        if run and (len(line[0]) - len(line[0].lstrip()) > len(kind[0]) or not line[0].strip()):
            run[-1] = run[-1][0], line.end()
        elif bullet:
            if bullet.groups() != kind or not run:
                run, kind = [], (bullet["indent"], bullet["mark"])
            run.append((line.start() + bullet.end(), line.end()))
            if len(run) >= len(best):
                best = run
        else:
            run = []
    if len(best) < 2:
        return ()
    return tuple((start, start, min(_name_end(text, start), end), end) for start, end in best)


def lines_of(document: Document, section: Section) -> list[Item]:
    """What a section's own text counts off or has bullets before, as items."""
    text = document.text[section.body : section.end]
    return _pieces(document, section, counted_off(text) or bulleted(text))


def steps_in(document: Document, section: Section) -> list[Item]:
    """The steps that a section's own text tells one after the other, as items."""
    places = told_in_steps(document.text[section.body : section.end])
    found = _pieces(document, section, places)
    return [replace(item, label=section.body + after) for item, (_, after, *_) in zip(found, places, strict=True)]


def _pieces(document: Document, section: Section, places: Sequence[tuple[int, int, int, int]]) -> list[Item]:
    text = document.text[section.body : section.end]
    return [
        Item(
            re.sub(r"^[是为]", "", _BRACKET.sub("", text[after:name])).strip(" 。*"),
            document.id,
            section.body + start,
            section.body + _shown_to(text, name, end),
            section.body + end,
        )
        for start, after, name, end in places
    ]


def _shown_to(text: str, name: int, end: int) -> int:
    """A name with the stop that ends it, unless nothing follows that."""
    return name + 1 if text[name : name + 1] in tuple("。；;！？!?") and name + 1 < end else min(name, end)


def items_under(document: Document, section: Section) -> list[Item]:
    """The sections below one, or else what its own text counts off, or tells step by step."""
    below = sections_below(document, section)
    return below if len(below) > 1 else lines_of(document, section) or steps_in(document, section)


def nth(items: Sequence[Item], n: int) -> Item:
    """The ``n``-th of several items, from 1; from -1 the last ones backwards."""
    return items[n - 1 if n > 0 else n]


def named_like(name: str, candidates: Sequence[Item]) -> Item | None:
    """The item that a name from running text means: one begins with the other, or the item's stands in it."""
    wanted = fold(name)
    for item in candidates:
        other = fold(item.name)
        if other and (other in wanted or other.startswith(wanted)):
            return item
    return None


def in_series(sentence: str) -> list[str]:
    """Items of the longest run of 、 in a sentence.

    >>> in_series("水果包括苹果、香蕉、雪梨和葡萄四类:")
    ['苹果', '香蕉', '雪梨', '葡萄']
    >>> in_series("评委会由老师、家长和学生组成。")
    ['老师', '家长', '学生']
    >>> in_series("经历开荒与修渠、建厂、改制三个阶段")
    ['开荒与修渠', '建厂', '改制']
    >>> in_series("先用锯子(长的、短的)、刨子(推刨,拉刨)。")
    ['先用锯子', '刨子']
    """
    runs = max(re.split(r"[,。;:，；：]", _ASIDE.sub("", sentence)), key=lambda part: part.count("、"))
    if "、" not in runs:
        return []
    *before, end = runs.split("、")  # 与 within an item is part of its name
    items = [*before, *re.split("以及|和|与", end)]
    first = re.split(_HEAD, items[0])[-1]
    last = re.sub(_TAIL, "", items[-1]) or items[-1]
    bare = (_SERIES_GRAMMAR.sub("", i).strip() for i in [first, *items[1:-1], last])
    return [i for i in bare if i]


def after_colon(sentence: str) -> list[str]:
    """The list behind a colon: what counts itself off or is parted by semicolons or 、, or by commas if it is announced.

    >>> after_colon("分三步:先看,再问,最后写。"), after_colon("要查两处：一是门，锁好；二是窗。")
    (['先看', '再问', '最后写'], ['门', '窗'])
    >>> after_colon("她说：今天下雨，明天也下雨。"), after_colon("注意：先关机，再拔线。")
    ([], [])
    """
    lead, colon, tail = sentence.partition("：" if "：" in sentence else ":")
    if not colon:
        return []
    if pieces := counted_off(tail):
        return [tail[after:name] for _, after, name, _ in pieces]
    splits = [
        [i.strip(" 。") for i in re.split(marks, tail) if i.strip(" 。")]
        for marks in ("[；;]", "、", "[，,]", "[，,、；;]")
    ]
    if counted := _HOW_MANY.search(lead):
        n = number(counted["n"])
        said_of_all = splits[2][:n] if len(splits[2]) == n + 1 else []  # 划三条线:甲的,乙的,丙的,一律…
        return next((items for items in splits if len(items) == n), said_of_all)
    if _SPOKEN.search(lead):
        return []
    closed = splits[: 3 if _ANNOUNCES.search(lead) else 2]
    return next((items for items in closed if len(items) > 1), [])


def steps_of(sentence: str) -> list[str]:
    """What is to be done one after the other.

    >>> steps_of("应先看颜色，再测糖度，不得心急，最后装箱。")
    ['看颜色', '测糖度', '装箱']
    >>> steps_of("由组长看样，再由质检员复测，最后由库管装箱。")
    ['由组长看样', '由质检员复测', '由库管装箱']
    """
    return [sentence[after:end] for _, after, end in _run_of_steps(sentence)]


def _run_of_steps(text: str) -> list[tuple[int, int, int]]:
    """The longest run of clauses that say what comes first, then and last: start, end of that word, end of the clause.

    Where nothing says what comes first, and more than one clause what comes later, it is the clause before these.
    """
    best: list[tuple[int, int, int]] = []
    run: list[tuple[int, int, int]] = []
    implied, closed, before, opening = False, False, None, 0
    for clause in _CLAUSE.finditer(text):
        opens = not text[opening : clause.start()].strip()  # it is the first of its sentence
        step = _STEP.match(clause[0])
        if step:
            here = (clause.start(), clause.start() + step.start("what"), clause.end())
            if step["first"]:
                run, implied, closed = [here], False, False
            elif run and not closed and (opening <= run[-1][0] or (opens and not step["lead"])):
                run.append(here)
            elif not opens and before:
                run, implied = [before, here], True
            closed = step["mark"] in _LAST_STEP
            if len(run) > len(best) and len(run) > 1 + implied:
                best = list(run)
        before = (clause.start(), clause.start(), clause.end())
        if text[clause.end() : clause.end() + 1] in tuple("。！？!?\n"):
            opening, before = clause.end() + 1, None
    return best


@lru_cache(maxsize=4096)
def told_in_steps(text: str) -> tuple[tuple[int, int, int, int], ...]:
    """Three or more steps that a text tells one after the other, in the shape of ``counted_off``.

    >>> text = "要快。首先，采摘。其次，要轻，洗。最后，晾干。完。"
    >>> [text[a:d] for a, b, c, d in told_in_steps(text)], [text[b:c] for a, b, c, d in told_in_steps(text)]
    (['首先，采摘。', '其次，要轻，洗。', '最后，晾干。'], ['采摘', '要轻', '晾干'])
    """
    run = _run_of_steps(text)
    if len(run) < _LEAST_STEPS:
        return ()
    stop = re.compile(r"[。！？!?\n]").search(text, run[-1][0])
    ends = [*(start for start, *_ in run[1:]), stop.end() if stop else len(text)]
    return tuple((start, after, name, end) for (start, after, name), end in zip(run, ends, strict=True))
