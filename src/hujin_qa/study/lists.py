"""Items from lists inside sentences: pick all parts, name the group, pair name and gloss, sort by time."""

import random
import re
from collections.abc import Iterator
from functools import lru_cache

from ..headings import tag
from ..markers import strip_marker
from ..sections import ancestors
from ..text import bigrams, fold
from ..types import Section
from ..words import words
from .classes import class_of, endings, kin
from .enumerations import Enumeration, enumerations
from .figures import BLANK
from .items import Draft
from .source import Line, Source, bare, has_name, plain

GLOSS = re.compile(r"(?P<name>.+?)[（(](?P<gloss>[^()（）]+)[)）]")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d")
_CLASS = "(?:企业|公司|机构|平台|品牌|代表|成员|部门|岗位|产品|单位|人物|作品|城市|国家|地区|学校|医院|银行|团队|角色)"
_ANNOUNCED = re.compile(f"{_CLASS}(?:[是有为如]|包括|分别|主要|[：:])*$")
_CLASSED = re.compile(f"等?(?:(?:是|为)[^，,。；;]{{0,12}}的?|[^，,。；;的]{{0,6}}){_CLASS}")
_SERIES = ("事前 事中 事后", "课前 课中 课后", "售前 售中 售后")
_STEPS = ("首先 其次 再次 然后 最后", "第一步 第二步 第三步 第四步 第五步")
_NUMBERS = ("(1) (2) (3) (4) (5)", "（1） （2） （3） （4） （5）", "① ② ③ ④ ⑤")  # steps only where the text says so
_TELLS = re.compile("首先|其次|再次|最后|然后|第[一二三四五]|前期|后期|初期|末期|仍不|还不|若仍")
_WITHIN = re.compile(r"^在?\d+\s*(?:分钟|小时|天|日|个?工作日)内")  # it would tell the sequence
_DATED = re.compile(
    r"(?P<year>(?:1[5-9]|20)\d\d)(?:\s*[-－—–~～至到]\s*(?:\d{4}|今|至今))?\s*年?(?:至今)?(?:的|是|为|[：:])(?P<what>[^，,。；;、\d]{3,14})(?=[，,。；;、])"
)
_CHAIN = re.compile(r"[\w（）()“”]{2,14}(?:\s*(?:→|->|—>|-|－|—)\s*[\w（）()“”]{2,14}){2,}")
_LINK = re.compile(r"\s*(?:→|->|—>|-|－|—)\s*")
_AFTER = re.compile("先后|依次|阶段|步骤|流程|顺序|时期")
_DOES = re.compile(
    "(?P<who>[\\w“”（）()]{2,14}?)(?P<does>负责|用于|适用于|适合|主要面向|面向|是指|指的是|专注于|聚焦)(?P<what>[^，,。；;：:]{4,40})"
)
_MOST = 6  # options shown in one list item


@lru_cache(maxsize=16384)
def lists_of(line: Line) -> tuple[Enumeration, ...]:
    return tuple(enumerations(line.text))


def list_items(source: Source) -> Iterator[Draft]:
    """A sentence without its list: which of these does the text name there?"""
    for line, found in [(o, e) for o in source.lines for e in lists_of(o)]:
        right = tuple(bare(t) for t in found.texts(line.text))
        if source.leans(line) or len(right) > _MOST or any(_is_number(t) for t in right):
            continue
        wrong = _strangers(line, found, source, max(2, 6 - len(right)))
        if len(wrong) < 2:
            continue
        before, after = bare(line.text[line.lead : found.start]), bare(line.text[found.end :])
        if re.search(r"\w", before + after):
            stem = f"{source.under(line)}{before}{BLANK}{after.rstrip('；;：:，,')} 空格处,原文列出的是哪几项?(多选)"
        elif where := source.where(line):
            stem = f"原文在「{where}」之下列出的是哪几项?(多选)"
        else:
            continue
        yield Draft("list", stem, right, tuple(wrong), line.citation(), line.section.position)


def tier_items(source: Source) -> Iterator[Draft]:
    """Something that is named under one of several sibling headings only: which of them is it?"""
    for line in source.lines:
        for found in lists_of(line):
            group = _group(line, source)
            if group is None or not _is_group(line, found):
                continue
            section, others = group
            start = _heading_start(line, section)
            for text in found.texts(line.text):
                name = _name(text)
                if len(name) < 3 or _is_number(name) or any(_mentions(source, line, o, name) for o in others):
                    continue
                if source.leans(line) or not any(_lists_alike(source, line, found, o) for o in others):
                    continue
                wrong = [
                    (strip_marker(o.heading), f"原文把「{name}」写在「{strip_marker(section.heading)}」之下。")
                    for o in others
                ]
                stem = f"原文把「{name}」列在下面哪一项之下?"
                proof = line.citation(start)
                yield Draft(
                    "tier", stem, (strip_marker(section.heading),), tuple(wrong[:4]), proof, line.section.position
                )


def _lists_alike(source: Source, line: Line, found: Enumeration, section: Section) -> bool:
    """Whether another section lists members of the same class too, so that the question could be about it."""
    mine = class_of(line, found)
    return mine in _classes(source, line.document.id, section.position)


@lru_cache(maxsize=16384)
def _classes(source: Source, document: str, position: str) -> frozenset[str]:
    """The classes of the lists of a section and of everything under it."""
    lines = source.below(source.index.documents[document], position)
    return frozenset(class_of(o, e) for o in lines for e in lists_of(o))


def _is_group(line: Line, found: Enumeration) -> bool:
    """Whether the list names members of a class: 代表企业是…, …等是领头的机构, or all of it under such a heading."""
    named = re.search(f"{_CLASS}$", strip_marker(line.section.heading)) and found.start < 20
    before, after = line.text[: found.start], line.text[found.end :]
    return bool(named or _ANNOUNCED.search(before) or _CLASSED.match(after))


def match_items(source: Source) -> Iterator[Draft]:
    """Names and what the text says right beside each of them."""
    for line in source.lines:
        for found in lists_of(line):
            glossed = [GLOSS.fullmatch(bare(t)) for t in found.texts(line.text)]
            pairs = [(m["name"], m["gloss"]) for m in glossed if m]
            if len(pairs) == len(glossed) and not any(_YEAR.search(gloss) for _, gloss in pairs):
                yield from _match(source, line, pairs, line.start, line.end)
    for lines in source.by_section.values():
        for run in _runs(lines):
            pairs = [(m["who"], m["does"] + m["what"]) for _, m in run]
            yield from _match(source, run[0][0], pairs, run[0][0].start, run[-1][0].end)


def order_items(source: Source) -> Iterator[Draft]:
    """Stages in the order in which the text puts them."""
    for line in source.lines:
        for found in lists_of(line):
            texts = [bare(t) for t in found.texts(line.text)]
            years = [[int(y) for y in _YEAR.findall(plain(t))] for t in texts]
            dated = all(years) and [y[0] for y in years] == sorted({y[0] for y in years})
            if dated or (found.cue in ("先后", "依次", "经历") and _AFTER.search(line.text)):
                stages = tuple(GLOSS.sub(r"\g<name>", t) if dated else t for t in texts)
                yield from _order(source, line, stages)
        for chain in _CHAIN.finditer(line.text):
            stages = tuple(_LINK.split(bare(chain[0])))
            if "→" in chain[0] or ">" in chain[0]:
                yield from _order(source, line, stages)
        for steps in (*_SERIES, *_STEPS, *(_NUMBERS if re.search("依次|步骤|先后|流程", line.text) else ())):
            yield from _order(source, line, _parts(line.text, steps.split()))
        stages_by_year = [(int(plain(m["year"])), m["what"]) for m in _DATED.finditer(line.text)]
        if [y for y, _ in stages_by_year] == sorted({y for y, _ in stages_by_year}):
            yield from _order(source, line, tuple(bare(what) for _, what in stages_by_year))


def _order(source: Source, line: Line, stages: tuple[str, ...]) -> Iterator[Draft]:
    """``stages`` in sequence; nothing if there are too few, or their words tell the sequence."""
    telling = any(_YEAR.search(plain(s)) or _TELLS.match(s) for s in stages)
    if not telling and 3 <= len(stages) <= _MOST and all(2 <= len(s) <= 40 for s in stages):
        stem = f"{source.under(line)}请按原文的先后顺序排列下面各项。"
        yield Draft("order", stem, stages, (), line.citation(), line.section.position)


def _parts(text: str, words: list[str]) -> tuple[str, ...]:
    """What follows each of these words, up to the next one; empty unless at least three stand in this order."""
    places = [(text.find(w), w) for w in words if text.count(w) == 1]
    if len(places) < 3 or places != sorted(places) or places[0][1] != words[0]:
        return ()
    ends = [at for at, _ in places[1:]] + [len(text)]
    own = len(words[0]) == 2 and words[0][0] in "事课售"  # 事前评审: the word is a part of the stage
    parts = [text[at if own else at + len(w) : end] for (at, w), end in zip(places, ends, strict=True)]
    cut = [re.split("[，,；;。：:]|组成|构成|的|[-－—–→、]", p.strip(" ，,"))[0] for p in parts]
    return tuple(_WITHIN.sub("", bare(c).strip('“”"')) for c in cut) if all(cut) else ()


def _match(source: Source, line: Line, pairs: list[tuple[str, str]], start: int, end: int) -> Iterator[Draft]:
    names, glosses = [bare(n).strip("“”") for n, _ in pairs], [bare(g) for _, g in pairs]
    if not 3 <= len(pairs) <= _MOST or len(set(names)) < len(names) or len(set(glosses)) < len(glosses):
        return
    stem = f"{source.under(line)}把左边各项与原文对它的说明配对。"
    proof = line.citation(start, end)
    yield Draft("match", stem, tuple(glosses), (), proof, line.section.position, tuple(names))


def _runs(lines: list[Line]) -> Iterator[list[tuple[Line, re.Match[str]]]]:
    """Sentences or clauses in a row that say of different things what they do, in the same words."""
    run: list[tuple[Line, re.Match[str]]] = []
    for line, match in [(each, m) for each in lines for m in _DOES.finditer(each.text)]:
        if run and (match["does"] != run[-1][1]["does"] or line.start > run[-1][0].end + 2):
            yield run
            run = []
        run.append((line, match))
    if run:
        yield run


def _strangers(line: Line, found: Enumeration, source: Source, wanted: int) -> list[tuple[str, str]]:
    """Parts of other lists of the same kind that are not said where this list stands; likest lists first."""
    right = tuple(bare(t) for t in found.texts(line.text))
    mine = class_of(line, found)
    text = source.said(line.document, _top(line, source))
    rng = random.Random(f"{line.start}/{right}")
    label = strip_marker(line.section.heading)
    rivals = [
        (likeness(t, right) + 2 * (strip_marker(other.section.heading) == label), rng.random(), t, other)
        for other, part, theirs in rivals_of(line, right, mine, source)
        if other.section.position != line.section.position and kin(t := bare(part), right, mine, theirs)
    ]
    wrong: list[tuple[str, str]] = []
    unfit: set[str] = set()
    for _, _, stranger, other in sorted(rivals, key=lambda r: r[:2], reverse=True):
        if len(wrong) == wanted:
            break
        if stranger in unfit or not _fits(stranger, right, wrong, text):
            unfit.add(stranger)
        else:
            wrong.append((stranger, f"「{stranger}」出自另一处{source.under(other).rstrip(':')},这里没有列出。"))
    return wrong


Part = tuple[Line, str, str]
"""A part of a list as printed, with its sentence and the class of the list."""


def rivals_of(line: Line, right: tuple[str, ...], mine: str, source: Source) -> list[Part]:
    """The parts of the lists of a document, in reading order, among which are all kin of ``right``."""
    parts, by_class, by_ending = _parts_of(source, line.document.id)
    places = set(by_class.get(mine, ()))
    places.update(n for ending in set().union(*map(endings, right)) for n in by_ending.get((bool(mine), ending), ()))
    return [parts[n] for n in sorted(places)]


@lru_cache(maxsize=4)
def _parts_of(
    source: Source, document: str
) -> tuple[list[Part], dict[str, list[int]], dict[tuple[bool, str], list[int]]]:
    """The parts of all lists of a document, and where among them are those of a class, and those of an ending:
    (False, ending) of all, (True, ending) of those without a class."""
    parts = [
        (line, t, class_of(line, e))
        for line in source.by_document[document]
        for e in lists_of(line)
        for t in e.texts(line.text)
    ]
    by_class: dict[str, list[int]] = {}
    by_ending: dict[tuple[bool, str], list[int]] = {}
    for n, (_, text, class_) in enumerate(parts):
        if class_:
            by_class.setdefault(class_, []).append(n)
        for ending in endings(text) | endings(bare(text)):
            for classless in {False, not class_}:
                by_ending.setdefault((classless, ending), []).append(n)
    return parts, by_class, by_ending


def likeness(stranger: str, right: tuple[str, ...]) -> int:
    """How much it looks like one of these: the same last character, the same part of speech at the end."""
    kinds = [tag(r)[-1][1] for r in (stranger, *right)]
    return 2 * any(stranger[-1] == r[-1] for r in right) + (kinds[0] in kinds[1:])


def _top(line: Line, source: Source) -> str:
    """The section whose whole text counts as said here: its heading's parent where the heading is a label."""
    if strip_marker(line.section.heading) in source.labels[line.document.id] and line.section.parent:
        return line.section.parent
    return line.section.position


def _fits(stranger: str, right: tuple[str, ...], wrong: list[tuple[str, str]], text: str) -> bool:
    """Whether a part of another list looks like one of these and is said nowhere near them."""
    lengths = [len(r) for r in right]
    said = fold(stranger)
    pairs = set(bigrams(said))
    alike = any(2 * len(pairs & set(bigrams(fold(r)))) > len(pairs) for r in [*right, *(w for w, _ in wrong)])
    return (
        min(lengths) - 2 <= len(stranger) <= max(lengths) + 3
        and said not in text
        and not alike
        and not _is_number(stranger)
        and bool(GLOSS.search(stranger)) == bool(GLOSS.search(right[0]))
    )


def _group(line: Line, source: Source) -> tuple[Section, list[Section]] | None:
    """The nearest heading above a sentence that has two or more like it beside it, and those."""
    labels = source.labels[line.document.id]
    document = line.document
    for section in reversed(ancestors(document, line.section.position)):
        if has_name(section) and strip_marker(section.heading) not in labels:
            others = source.siblings(document, section)
            return (section, others) if len(others) >= 2 else None
    return None


def _heading_start(line: Line, section: Section) -> int:
    """Where the proof begins: at the group's heading where it leads the passage, else with the sentence."""
    leads = line.passage.start <= section.start < line.start and line.start - section.start <= 120
    return section.start if leads else line.start


def _mentions(source: Source, line: Line, section: Section, name: str) -> bool:
    key = fold(name)
    return key in fold(section.heading) or key in source.said(line.document, section.position)


def _name(text: str) -> str:
    match = GLOSS.fullmatch(bare(text))
    return match["name"] if match else bare(text)


def _is_number(text: str) -> bool:
    return bool(re.match(r"[\d.]", plain(text))) or text in words().plain
