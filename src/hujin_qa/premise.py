"""Questions that count on an n-th of something of which the text has fewer: how many there are, in one sentence."""

import re
from collections.abc import Iterator, Sequence

from .digest import PART
from .evidence import folded_passage, matched, share
from .index import Index
from .items import steps_in
from .markers import strip_marker
from .question import WORDLESS, Question, Word, in_chinese, number
from .sections import ancestors, children, documents_of, top_sections
from .text import fold
from .types import Hit

_NUMERAL = "[一二两三四五六七八九十]"
_MEASURE = "大|个|条|种|类|点|项|步|家|层|级|件|方面|维度|阶段|部分"
_NTH = re.compile(rf"第(?P<n>\d+|{_NUMERAL}+)(?P<measure>{_MEASURE})?的?")
_TIME = re.compile("个?(?:月|年|季度|周|星期|礼拜|小时|工作日|天|学期)")
_IN_ORDER = re.compile("步骤?|阶段|章|环节|部分|[讲课关]")
_COUNT = rf"(?<![第\d.一二三四五六七八九十百千万])(?P<n>\d{{1,2}}|{_NUMERAL})(?:{_MEASURE})(?!月)"
_LINE = re.compile(r"^\s*[(（]?(\d{1,2}|[一二三四五六七八九十])[)）.、]", re.MULTILINE)
_BETWEEN = 12  # characters from a thing to its number ("原因主要有两个")
_ABOUT = 0.6  # weight of the question's words that the headings over a list must hold


def contradiction(question: Question, hits: Sequence[Hit], index: Index) -> str:
    """What the text has instead of the n-th that a question takes for granted, ``""`` if nothing speaks against it."""
    found = _NTH.search(question.folded)
    if not found or _TIME.match(question.folded, found.end()):
        return ""
    told = question.folded[found.start() : found.end() + 2]  # 开发第三家供应商, as the text has it
    if len(told) > found.end() - found.start() and any(told in fold(h.passage.text) for h in hits):
        return ""
    n = number(found["n"])
    tail = question.folded[found.end("n") :]
    if said := _numbered(n, tail, hits, index) or _named(n, tail[:2], hits, index):
        return said
    if said := _from_the_end(question, hits, index):
        return said
    thing = _thing(question, found, index)
    if not thing or (n and not question.ordinal):
        return ""
    counts = [*_counted(thing, hits), *(() if question.around else _listed(thing, question, hits, index))]
    if not counts or (most := max(count for count, _ in counts)) >= n > 0 or most == 1:  # 一条铁船 is no total
        return ""
    measure = {"大": "个"}.get(found["measure"], found["measure"]) or "个"
    return f"{counts[0][1]},没有第{in_chinese(n)}{measure}。"


def _from_the_end(question: Question, hits: Sequence[Hit], index: Index) -> str:
    """For a part that is counted from the end of a text with fewer parts."""
    part = PART.search(question.folded)
    nearest = documents_of(hits)[:1] if question.kind in WORDLESS else ()
    short = any(-question.ordinal > len(top_sections(index.documents[id_])) for id_ in nearest)
    return f"文中没有{part[0]}。" if part and short else ""


def _numbered(n: int, tail: str, hits: Sequence[Hit], index: Index) -> str:
    """For one of the steps or chapters that a text numbers itself: "第七步" where it goes from 第一步 to 第六步."""
    measure = _IN_ORDER.match(tail)
    if not measure:
        return ""
    texts = " ".join(map(index.folded, documents_of(hits)))
    last = len(there := _ordinals(measure[0], texts))
    if last < 2 or there != [*range(1, last + 1)] or n <= last:
        return ""
    first, last_one, asked = (f"{in_chinese(step)}{measure[0]}" for step in (1, last, n))
    return f"文中有第{first}到第{last_one},没有第{asked}。"


def _named(n: int, tail: str, hits: Sequence[Hit], index: Index) -> str:
    """For a name that has its number in it: "第四梯队" where the text has a 第一, 第二 and 第三梯队."""
    if len(tail) < 2 or index.lexical.frequency("_" + tail) == 0 or re.match(_MEASURE, tail):
        return ""
    texts = " ".join(folded_passage(h.passage) for h in hits)
    there = _ordinals(tail, texts)
    if not there or n in there or index.lexical.frequency(f"_{in_chinese(n)[-1]}{tail[0]}"):
        return ""
    names = "、".join(f"第{in_chinese(m)}{tail}" for m in there)
    return f"文中有{names},没有第{in_chinese(n)}{tail}。"


def _ordinals(name: str, folded: str) -> list[int]:
    """Which of a name a text has, in order: 1 and 3 of "梯队" where it speaks of a 第一 and a 第三梯队."""
    return sorted({number(m[1]) for m in re.finditer(rf"第(\d+|{_NUMERAL}+){re.escape(name)}", folded)})


def _thing(question: Question, found: re.Match[str], index: Index) -> frozenset[str]:
    """Names of what is counted: the words right behind the ordinal, or else the last one before it."""
    asked, at, thing = question.folded, found.end(), frozenset[str]()
    while behind := [w for w in question.words if w.known and asked.startswith(w.text, at)]:
        longest = max(behind, key=lambda w: len(w.text))
        at, thing = at + len(longest.text), longest.same
    if not thing and index.lexical.frequency("_" + asked[at - 1 : at + 1]):  # "第四件事"
        thing = frozenset([asked[at]])
    before = [w for w in question.words if w.known and w.text in asked[: found.start()]]
    if not thing and before:
        thing = max(before, key=lambda w: asked.rfind(w.text, 0, found.start())).same
    return thing


def _counted(thing: frozenset[str], hits: Sequence[Hit]) -> Iterator[tuple[int, str]]:
    """Numbers that the text itself gives of a thing ("四大业态", "原因有两个"), with the words that give it."""
    names = "|".join(map(re.escape, sorted(thing, key=len, reverse=True)))
    pattern = re.compile(
        rf"{_COUNT}[\u4e00-\u9fff]{{0,4}}?(?:{names})|(?:{names})[^。；;!?,:、]{{0,{_BETWEEN}}}?{_COUNT.replace('?P<n>', '?P<m>')}"
    )
    for hit in hits:
        for found in pattern.finditer(fold(hit.passage.text)):
            yield number(found["n"] or found["m"]), f"文中说的是“{found[0]}”"


def _listed(thing: frozenset[str], question: Question, hits: Sequence[Hit], index: Index) -> Iterator[tuple[int, str]]:
    """The sections, or else the numbered lines, under a heading that names the thing."""
    known = [w for w in question.words if w.known]
    told = list(_steps(thing, known, hits, index)) if "步" in question.folded else []
    if told:
        yield max(told)
        return
    for hit in hits:
        document = index.documents[hit.passage.document]
        for section in ancestors(document, hit.passage.position):
            about = share(known, matched(known, fold(" ".join(section.path))))
            if not any(name in fold(section.heading) for name in thing) or about < _ABOUT:
                continue
            lines = {number(m[1]) for m in _LINE.finditer(document.text, section.body, section.end)}
            numbered = len(lines) if lines == {*range(1, len(lines) + 1)} else 0
            items = len(children(document, section.position)) or numbered
            if items > 1:
                yield items, f"文中「{strip_marker(section.heading)}」只有 {items} 项"


def _steps(
    thing: frozenset[str], known: Sequence[Word], hits: Sequence[Hit], index: Index
) -> Iterator[tuple[int, str]]:
    """The steps that the text of a section tells one after the other, where its headings name the thing."""
    for hit in hits:
        document = index.documents[hit.passage.document]
        section = document.at[hit.passage.position]
        path = fold(" ".join(section.path))
        steps = steps_in(document, section)
        if steps and any(name in path for name in thing) and share(known, matched(known, path)) >= _ABOUT:
            yield len(steps), f"文中「{strip_marker(section.heading)}」只有 {len(steps)} 步"
