"""Items from headings and what is said below them: what is defined, what a sentence is about, one thing among its like."""

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from ..markers import strip_marker
from ..sections import ancestors, children
from ..text import bigrams, fold
from ..types import Document, Section
from .figures import BLANK
from .items import Draft
from .source import Line, Source, has_name

_DEFINES = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]+[)）.、]\s*)?(?:本\w{1,4}所称的?|所谓的?)?"
    r"[“「]?(?P<term>[^\s，,。；;：:“”「」、的是]{2,14})[”」]?[，,]?\s*(?:是指|指的是|系指|,是指|的定义是)(?P<what>[^。]{8,120})"
)
_NAMED = re.compile(r"(?:被称为|称为|称作|叫做|简称)[“「](?P<term>[^”」]{2,14})[”」]")
_PARTS = re.compile(r"[:：—－\-「」“”\s，,、()（）]+")
_CHARACTERISES = re.compile(
    f"(?:作为[^，,]{{4,30}}[，,])?{BLANK}(?:赛道|行业|业务|岗位|部门)?(?:是|指|主要|聚焦|专注|面向|旨在|具有|有(?!望|可能))"
)
_SHORTEST, _LONGEST = 14, 120
_WRONG = 3


def definitions(line: Line) -> Iterator[tuple[str, str]]:
    """What a sentence defines, and how."""
    if match := _DEFINES.match(line.shown):
        yield match["term"], match["what"]
    for named in _NAMED.finditer(line.shown):
        yield named["term"], ""


def term_items(source: Source) -> Iterator[Draft]:
    """A definition without its term: which term is it?"""
    found = [(line, term, what) for line in source.lines for term, what in definitions(line)]
    for line, term, what in found:
        others = [
            t for o, t, defined in found if defined and o.document is line.document and t != term and t not in what
        ]
        wrong = [(t, f"「{t}」在原文里另有说明。") for t in dict.fromkeys(others)]
        stem = f"原文用下面这句话说明的是哪个词?「{what.rstrip('；;。')}」"
        random.Random(stem).shuffle(wrong)
        if what and len(wrong) >= 2:
            yield Draft("term", stem, (term,), tuple(wrong[:_WRONG]), line.citation(), line.section.position)


def topic_items(source: Source) -> Iterator[Draft]:
    """A sentence that names its heading's subject, the name left out: which of the sibling headings is it?"""
    for line in source.lines:
        if source.leans(line) or not _SHORTEST <= len(line.text) <= _LONGEST:
            continue
        for section in things(line, source):
            name = strip_marker(section.heading)
            others = source.siblings(line.document, section)
            if name not in line.text or len(others) < 2 or any(strip_marker(o.heading) in line.text for o in others):
                continue
            if any(says_alike(line, other) for o in others for other in source.below(line.document, o.position)):
                continue
            rest = line.shown.replace(name, BLANK)
            wrong = [(strip_marker(o.heading), f"这句话出自「{name}」一节。") for o in others][:4]
            if _CHARACTERISES.match(rest):
                stem = f"原文用下面这句话说明的是哪个词?「{rest}」"
                yield Draft("term", stem, (name,), tuple(wrong), line.citation(), line.section.position)
            else:
                stem = f"空格处都是同一个词,这句话说的是哪一项?「{rest}」"
                yield Draft("topic", stem, (name,), tuple(wrong), line.citation(), line.section.position)
            break


def aspect_items(source: Source) -> Iterator[Draft]:
    """The same label stands below several headings: which of these sentences does the text say of this one?"""
    for document in source.index.documents.values():
        labelled: dict[str, list[Section]] = {}
        for section in document.sections:
            if not children(document, section.position):
                labelled.setdefault(strip_marker(section.heading), []).append(section)
        for label in sorted(source.labels[document.id]):
            cells = labelled.get(label, [])
            opening = {s.position: line for s in cells if (line := _opening(s, source, document.id))}
            for cell in cells:
                line = opening.get(cell.position)
                over = _parent(document, cell)
                if line is None or over is None or strip_marker(over.heading) in source.labels[document.id]:
                    continue
                name = strip_marker(over.heading)
                rivals = [o for p, o in opening.items() if p != cell.position and not says_alike(line, o)]
                random.Random(line.text).shuffle(rivals)
                likes = (o for o in rivals if (t := _anonymous(o)) and abs(len(t) - len(line.shown)) <= 30)
                wrong = [(_anonymous(o), f"这句话说的是「{source.where(o)}」。") for o in islice(likes, _WRONG)]
                right = _anonymous(line)
                if right and len(wrong) >= 2:
                    stem = f"关于「{name}」的「{label}」,下面哪一句是原文的说法?"
                    yield Draft("aspect", stem, (right,), tuple(wrong), line.citation(), cell.position)


def things(line: Line, source: Source) -> Iterator[Section]:
    """The headings above a sentence, nearest first, that name a thing and not a label."""
    labels = source.labels[line.document.id]
    for section in reversed(ancestors(line.document, line.section.position)):
        if (
            has_name(section)
            and 2 <= len(strip_marker(section.heading)) <= 14
            and strip_marker(section.heading) not in labels
        ):
            yield section


def _opening(cell: Section, source: Source, document: str) -> Line | None:
    lines = source.by_section.get((document, cell.position), [])
    return lines[0] if lines and _SHORTEST <= len(lines[0].text) <= _LONGEST else None


def _parent(document: Document, cell: Section) -> Section | None:
    over = document.at.get(cell.parent)
    return over if over and has_name(over) else None


@lru_cache(maxsize=16384)
def _anonymous(line: Line) -> str:
    """The sentence without its heading's name where that leads it; "" if it leans, or the name would still tell."""
    over = _parent(line.document, line.section)
    names = list(filter(None, _PARTS.split(strip_marker(over.heading)))) if over else []
    text = line.shown
    for name in names:
        text = text.removeprefix(name).lstrip("的，,：:")
    telling = any(pair in fold(text) for name in names for pair in bigrams(fold(name)))
    return "" if telling or len(text) < _SHORTEST or line.leans else text


def says_alike(line: Line, other: Line) -> bool:
    """Whether two sentences share so much that one may be true in the other's place."""
    mine, theirs = line.pairs, other.pairs
    return bool(mine and theirs) and len(mine & theirs) > 0.4 * min(len(mine), len(theirs))
