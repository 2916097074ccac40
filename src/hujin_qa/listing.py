"""Lists: the headings under one section, or what its text counts off; and the n-th of such a list."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .divisions import MADE_OF
from .evidence import Evidence, from_structure, matched, share, sure
from .index import Index
from .items import BULLETS, Item, lines_of, nth, sections_below, steps_in
from .markers import strip_marker
from .question import Place, Question, in_chinese
from .sections import Span, ancestors, children, lies_in
from .text import fold
from .types import Document, Hit, Section

_EXCEPT = re.compile("除了|除去|除开|以外|之外")
_ABOUT = 0.4  # weight of the question's words that must lead to a list, unless the heading ends with what is asked for
_ENOUGH = 0.6  # fit from which a list is the answer
_HEADED = 0.2  # what a heading is worth that has any word of the question
_CALLED = 0.3  # … and one that ends with the sort of thing that is asked for ("发展阶段")
_ARTICLE = re.compile(
    r"第[^章节编篇部]{1,5}条|\d{1,2}(?:\.\d{1,2})+$"
)  # all articles of a chapter are no list that is asked for
_BETWEEN = f" \t\u3000\n{BULLETS}"  # what may stand between a colon and the first item
_NUMBERED = re.compile("第[一二三四五六七八九十百\\d]+(?:[章节编篇]|部分)")  # a section that is named by its number
_SHORT = 45  # characters of an item that is shown in full
_MOST = 200  # characters of all items that are shown in full
_ANY_SORT = frozenset(
    "动作 抓手 措施 举措 做法 办法 招 招数 环节 切入点 途径 角度 层面 要点 要领 手段 思路 路子 法子 打法 建议 方面 重点 方案 选择 阶段 时期".split()
)
"""What whatever is listed may be called: a list need not be called so itself."""
_LIKE = 0.5  # degree to which a word is found, and not only something near it
_PARTS = re.compile(
    "(?:由|包括|包含|分[为成]|有)[^,。;?]{0,2}哪[些几].{0,2}(?:部分|组成|构成|成员)|分[为成作]?(?:哪|几)[^,。;?]{0,3}[类种级档]"
)
_NEAREST = 8  # sentences that may say of what a thing is made up
_A_STEP = re.compile("(?:第[一二三四五六七八九十\\d]+|最后一?|[头首]一?)步")
_NTH = re.compile(r"(?:第[一二三四五六七八九十\d]+|最后一?|头一|首)[个大类种层条点项步]?(?P<thing>[\u4e00-\u9fff]{2,})")


@dataclass(frozen=True, slots=True)
class Listed:
    """A section with what it lists and how well it fits a question, about 0 to 1.4."""

    fit: float
    document: Document
    section: Section
    items: tuple[Item, ...]
    headings: bool  # the items are sections


def find_list(
    question: Question, evidence: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> tuple[list[Span], list[Evidence]] | None:
    """The items of one section, where the question asks for a list and that section is its topic."""
    if question.kind != "list" or question.value in ("year", "time") or _EXCEPT.search(question.folded):
        return None
    if made := _made_of(question, evidence):
        return [Span(made.hit.passage.document, made.start, made.end)], [made]
    best = max(listings(question, hits, index), key=lambda found: found.fit, default=None)
    top = evidence[0]
    if best is None or best.fit < _ENOUGH:
        return None
    named = sure(matched(question.words, fold(best.section.heading))).keys() - top.words.keys()
    of_others = _lists_the_topic(question, top.folded)
    if best.fit < top.signals["path"] - (0.3 if named or of_others else 0.1):
        return None
    if _announces(question, top.folded):
        return None
    intro = fold(" ".join([*best.section.path, _before(best)]))
    if any(w.text in top.folded for w in question.words) and not any(w.text in intro for w in question.words):
        return None  # by other names alone
    if _lists_itself(top, best):
        return None
    enough = len(best.items) - 1
    detail = best.headings and any(
        Place(i.document, i.label, i.end).holds(best.document.id, top.start) for i in best.items
    )
    if (
        not detail
        and not (named or of_others)
        and top.signals["series"]
        and top.folded.count("、") >= enough
        and top.signals["path"] > best.fit - 0.3
    ):
        return None
    mine, above = best.document.id, best.section.position
    here = (e for e in evidence if e.hit.passage.document == mine and lies_in(e.hit.passage.position, above))
    return shown(best), [from_structure(next(here, top), best.fit)]


def _lists_the_topic(question: Question, folded: str) -> bool:
    """Whether a sentence lists what the question asks of among its like ("甲、乙、丙三个方面", asked of 乙)."""
    members = re.findall(r"(?<=、)[^、,。;:]{2,}(?=、)", folded)
    return any(member in question.folded for member in members)


def _made_of(question: Question, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that says what the thing asked of is made up of (某某由甲、乙组成), where parts are asked for."""
    parts = _PARTS.search(question.folded)
    named = [w for w in question.words if parts and w.noun and w.text in question.folded[: parts.start()]][-1:]
    for e in evidence[:_NEAREST]:
        if any(re.search(rf"{re.escape(other)}[^。;:]{{0,16}}{MADE_OF}", e.folded) for w in named for other in w.same):
            return e
    return None


def _lists_itself(top: Evidence, found: Listed) -> bool:
    """Whether a sentence leads to a list of its own, not to this one."""
    first = found.items[0].start
    there = (top.hit.passage.document, top.hit.passage.position)
    if not top.folded.endswith(":") or there != (found.document.id, found.section.position):
        return False
    behind = found.document.text[top.end : found.section.end if found.headings else first]
    return bool(behind.strip(_BETWEEN)) or first < top.end


def nth_place(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Place, str] | None:
    """Where the n-th of something stands, for a question that names it by its number ("第五个维度").

    With it comes the text that the list is found by: its words say no more of what is asked.
    """
    n = question.ordinal
    thing = _NTH.search(question.folded)
    if n and _A_STEP.search(question.folded) and (told := _nth_step(question, hits, index)):
        return told
    if not n or not thing:
        return None
    named = thing["thing"][:2]
    fitting = []
    for found in listings(replace(question, count=0), hits, index):
        intro = fold(" ".join([found.section.heading, _before(found)]))
        counted = re.search(
            rf"(?:{len(found.items)}|{in_chinese(len(found.items))})[个大类种层条点项步]?{named}", intro
        )
        if abs(n) <= len(found.items) and (counted or named in fold(strip_marker(found.section.heading))):
            fitting.append(found)
    best = max(fitting, key=lambda found: found.fit, default=None)
    if best is None:
        return None
    item = nth(best.items, n)
    return Place(item.document, item.start, item.end), " ".join([*best.section.path, _before(best)])


def _nth_step(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Place, str] | None:
    """The n-th of the steps that the best fitting section tells in sentences."""
    best: tuple[float, Place, str] | None = None
    for id_, position in dict.fromkeys((h.passage.document, h.passage.position) for h in hits):
        document = index.documents[id_]
        section = document.at[position]
        steps = steps_in(document, section) or [
            i for i in lines_of(document, section) if _A_STEP.match(document.text, i.start)
        ]
        if not -len(steps) <= question.ordinal <= len(steps) or not steps:
            continue
        found_by = " ".join([*section.path, document.text[section.body : section.end]])
        fit = share(question.words, matched(question.words, fold(found_by)))
        if fit >= _ENOUGH and (best is None or fit > best[0]):
            item = nth(steps, question.ordinal)
            best = fit, Place(id_, item.start, item.end), found_by
    return best[1:] if best else None


def listings(question: Question, hits: Sequence[Hit], index: Index) -> Iterator[Listed]:
    """What the sections of the hits, and those above them, list."""
    places = ((index.documents[hit.passage.document], hit.passage.position) for hit in hits)
    sections = dict.fromkeys((d.id, s.position) for d, position in places for s in ancestors(d, position))
    found = [(d := index.documents[id_], d.at[position]) for id_, position in sections]
    numbered = _NUMBERED.search(question.folded)
    asked = numbered and all(w.text in numbered[0] for w in question.words if w.known) and numbered[0]
    called_so = [(d, s) for d, s in found if asked and fold(s.heading).startswith(asked)]  # that section, and no more
    for document, section in called_so or found:
        below = sections_below(document, section)
        headings = len(below) > 1
        items = below if headings else lines_of(document, section)
        if len(items) < 2 or (headings and all(i.name in document.labels for i in items)):
            continue
        if _about_one(question, document, section, items) or _counts_them(question, items):
            continue
        intro = fold(" ".join([*section.path, _intro(document, section, items, headings)]))
        title = fold(document.title)
        words = tuple(w for w in question.words if not w.stands_in(title)) or question.words  # of the text as a whole
        found_in = matched(words, intro)
        if any(w.text in _ANY_SORT and found_in.get(w.text, 0.0) <= _LIKE for w in words):  # named by headings alone
            words = tuple(w for w in words if w.text not in _ANY_SORT) or words
            found_in = matched(words, fold(" ".join(section.path)))
        fit = 1.0 if called_so else share(words, found_in)
        own = fold(strip_marker(section.heading)).rstrip(":")
        called = bool(called_so) or _ends_with(question, own)
        called = called or (headings and all(_ends_with(question, fold(i.name)) for i in items))  # 甲风险、乙风险
        articles = headings and all(_ARTICLE.match(s.heading) for s in children(document, section.position))
        counted = question.count == len(items) and fit > 0
        if (fit < _ABOUT or articles) and not (called or counted):
            continue
        fit += 0.3 * (question.count == len(items)) - 0.6 * (question.count not in (0, len(items)))
        fit += _HEADED * max(matched(question.words, own).values(), default=0.0) + _CALLED * called
        yield Listed(fit, document, section, tuple(items), headings)


def _announces(question: Question, folded: str) -> bool:
    """Whether a sentence has the list itself: "分三步:…", "四大阶段:…"."""
    names = [other for w in question.words if w.text in question.focus for other in w.same]
    if question.count:
        names += [in_chinese(question.count), str(question.count)]
    return any(re.search(rf"{re.escape(name)}[^,。:]{{0,8}}:.", folded) for name in names)


def _ends_with(question: Question, heading: str) -> bool:
    """Whether a heading ends with what the question asks a list of: its last noun or the words by the interrogative."""
    asked = [w for w in question.words if w.text in question.focus or w is question.words[-1]]
    return any(heading.endswith(other) for w in asked for other in w.same)


def _before(found: Listed) -> str:
    return _intro(found.document, found.section, found.items, found.headings)


def _intro(document: Document, section: Section, items: Sequence[Item], headings: bool) -> str:
    """The text of a section that leads to its items: before items of running text only the sentence that does."""
    if headings:
        return document.text[section.body : section.end]
    return re.split(r"[。！？!?\n]", document.text[section.body : items[0].start].strip(_BETWEEN))[-1]


def shown(listed: Listed) -> list[Span]:
    """Items as they are shown: what names them, or all of them where the text says them shortly."""
    items = listed.items
    whole = not listed.headings and sum(i.end - i.start for i in items) <= min(_MOST, _SHORT * len(items))
    return [Span(i.document, i.start, i.end if whole else i.label) for i in items]


def _counts_them(question: Question, items: Sequence[Item]) -> bool:
    """Whether one of several items is headed by how many there are of what is asked for (三个品牌): they stand in it."""
    asked = "|".join(re.escape(w.text) for w in question.words if w.text in question.focus)
    return bool(asked) and any(
        re.search(f"^[两二三四五六七八九十\\d]+[个大类种项条家]?(?:{asked})$", fold(i.name)) for i in items
    )


def _about_one(question: Question, document: Document, section: Section, items: Sequence[Item]) -> bool:
    """Whether the question names one of the items, and so asks about that one."""
    words = [w for w in question.words if w.text not in _ANY_SORT]
    above = sure(matched(words, fold(" ".join(section.path))))
    named = [sure(matched(words, fold(document.text[i.start : i.label]))).keys() - above.keys() for i in items]
    return any(named) and not all(named)
