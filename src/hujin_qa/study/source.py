"""The sentences that items are made from, each with where it stands."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..index import Index
from ..markers import strip_marker
from ..sections import ancestors, children
from ..text import bigrams, fold
from ..types import Citation, Document, Passage, Section

_LEANS = re.compile(
    "(?:这|该|此|上述|以上|以下|前者|后者|其|它|他|她|如下|同时|但|而|因此|所以|另外|然而|不过|并|也|还|则|再|综上|总之|除此|"
    "正因|为此|由此|于是|接着|随后|随之|后来|当时|当年|次年|同年|同期|相比|必要时|[一二三四五六七八九]是|[且又或及]|除外|"
    "(?:增长|下降|上升|上涨|下跌|放缓|加快|减少|增加)(?:的|主要|是|原因))"
    "|[^，,。；;：:]{0,14}(?<![没所只])(?:[又还却亦仍](?!有)|这样|前[项款条]|上[款条项])"
)
_OF_ITSELF = re.compile("本文|全文|原文|下文|上文|本节|本章|在此不|转载|著作权|版权|未经.{0,6}许可|题图")
_NUMBERED = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,2}[)）、]|\d{1,2}\.(?!\d)|[①-⑩])\s*|(?:同时|此外|另外)[，,]"
)
_NUMBER_ONLY = re.compile(r"第[一二三四五六七八九十百零〇\d]+[章节条款篇部分]*|[\d.、)）(（一二三四五六七八九十]+")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?=\s*年)")
_MARKUP = re.compile(r"\*\*|__|`|^#{1,6}\s+", re.MULTILINE)
_FULL_WIDTH = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF10, 0xFF5B)} | {"％": "%", "，": ",", "．": "."}
)


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence of a document."""

    document: Document
    section: Section
    passage: Passage
    row: int  # in the index's sentences
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Its pairs of characters: what two sentences are compared by."""
        return frozenset(bigrams(fold(self.text)))

    @cached_property
    def shown(self) -> str:
        """The text as a learner reads it."""
        return bare(self.text[self.lead :])

    @property
    def leans(self) -> bool:
        """Whether its beginning points to a sentence before it, or it speaks of the text and not of its subject."""
        return bool(_LEANS.match(self.text, self.lead) or _OF_ITSELF.search(self.text))

    @cached_property
    def lead(self) -> int:
        """Where the sentence begins after its number: 4 in （三）迟到…"""
        match = _NUMBERED.match(self.text)
        return match.end() if match and not _NUMBERED.search(self.text, match.end()) else 0

    def citation(self, start: int | None = None, end: int | None = None) -> Citation:
        """The sentence as a citation, or from ``start`` to ``end`` of its document."""
        a, b = self.start if start is None else start, self.end if end is None else end
        return Citation(1, self.document.id, self.passage.id, self.section.path, a, b, self.document.text[a:b])


class Source:
    """An index seen as teaching material: its sentences by section, its headings by parent."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._said: dict[tuple[str, str], str] = {}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every sentence in reading order."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        for row, (at, start, end) in enumerate(self.index.sentences.tolist()):
            passage = self.index.passages[at]
            if start >= passage.body:
                document = self.index.documents[passage.document]
                yield Line(document, document.at[passage.position], passage, row, start, end)

    @cached_property
    def by_section(self) -> dict[tuple[str, str], list[Line]]:
        """Document and position of a section to the sentences of its own text."""
        found: dict[tuple[str, str], list[Line]] = {}
        for line in self.lines:
            found.setdefault((line.document.id, line.section.position), []).append(line)
        return found

    @cached_property
    def by_document(self) -> dict[str, list[Line]]:
        """Document to its sentences."""
        found: dict[str, list[Line]] = {d: [] for d in self.index.documents}
        for line in self.lines:
            found[line.document.id].append(line)
        return found

    def below(self, document: Document, position: str) -> list[Line]:
        """The sentences of a section and of everything under it."""
        return self._below.get((document.id, position), [])

    @cached_property
    def _below(self) -> dict[tuple[str, str], list[Line]]:
        found: dict[tuple[str, str], list[Line]] = {}
        for document in self.index.documents.values():
            for section in document.sections:
                lines = self.by_section.get((document.id, section.position), [])
                for above in ancestors(document, section.position) if lines else ():
                    found.setdefault((document.id, above.position), []).extend(lines)
        return found

    def said(self, document: Document, position: str) -> str:
        """The folded sentences of a section and of everything under it, one a line."""
        key = document.id, position
        if key not in self._said:
            self._said[key] = "\n".join(fold(line.text) for line in self.below(document, position))
        return self._said[key]

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """Document to its labels, but for those that are only numbers."""
        documents = self.index.documents.values()
        return {d.id: frozenset(h for h in d.labels if h and not _NUMBER_ONLY.fullmatch(h)) for d in documents}

    def siblings(self, document: Document, section: Section) -> list[Section]:
        """The other named sections below the same heading, none of them a recurring label."""
        labels = self.labels[document.id]
        level = children(document, section.parent)
        return [
            s for s in level if s.position != section.position and has_name(s) and strip_marker(s.heading) not in labels
        ]

    def where(self, line: Line) -> str:
        """The headings above a sentence as a learner reads them; a lone one over the whole document is left out."""
        path = [strip_marker(s.heading) for s in ancestors(line.document, line.section.position) if has_name(s)]
        if len(path) > 1 and line.document.id in self._under_one:
            path = path[1:]
        many = len(self.index.documents) > 1 and line.document.title != line.document.id
        named = line.document.title if many else ""
        return " › ".join(_short(p) for p in path[-2:]) or _short(named)

    @cached_property
    def _under_one(self) -> frozenset[str]:
        """Documents with a lone heading over everything."""
        documents = self.index.documents.values()
        return frozenset(d.id for d in documents if sum(bool(s.heading) for s in children(d, "")) == 1)

    def under(self, line: Line) -> str:
        """How a question names the place of a sentence: 「第三章 › 考勤」: or nothing where it has none."""
        where = self.where(line)
        return f"「{where}」:" if where else ""

    def leans(self, line: Line) -> bool:
        """Whether a sentence needs another one to be understood: by its words, or as one of several things' 职责:."""
        return line.leans or _label(line) in self._shared_labels[line.document.id]

    @cached_property
    def _shared_labels(self) -> dict[str, frozenset[str]]:
        """Document to the labels before a colon that begin several of its lines: each time of a thing named above."""
        found = {d: Counter(map(_label, lines)) for d, lines in self.by_document.items()}
        return {d: frozenset(label for label, n in counts.items() if label and n > 1) for d, counts in found.items()}

    @cached_property
    def setting(self) -> dict[str, frozenset[int]]:
        """Document to the years that it is about as a whole: those of its title, its last one if it recurs, and one
        that is named over and over."""
        found = {}
        for document in self.index.documents.values():
            counts = _years(document.text)
            often = {year for year, n in counts.items() if n >= 6 and 3 * n >= counts.total()}
            last = {year for year in [max(counts, default=0)] if counts[year] >= 2}
            found[document.id] = frozenset(_years(document.title)) | often | last
        return found

    @cached_property
    def present(self) -> dict[str, int]:
        """Document to the year that it looks back from: the latest it is about, else the latest it names."""
        return {d.id: max(self.setting[d.id] or _years(d.text), default=0) for d in self.index.documents.values()}


def has_name(section: Section) -> bool:
    """Whether a heading says more than its number.

    >>> [has_name(Section("1", h, (h,), 0, 0, 0)) for h in ("第三条", "1.", "第一章 总则", "")]
    [False, False, True, False]
    """
    return bool(section.heading) and not _NUMBER_ONLY.fullmatch(section.heading)


def _years(text: str) -> Counter[int]:
    return Counter(int(year) for year in _YEAR.findall(plain(text)))


def _label(line: Line) -> str:
    head, colon, _ = line.shown.partition("：")
    return head if colon and len(head) <= 8 else ""


def bare(text: str) -> str:
    """A text without the marks of emphasis and of headings."""
    return _MARKUP.sub("", text)


def plain(text: str) -> str:
    """Half-width lower-case letters and digits, one character for one: offsets stay."""
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text.translate(_FULL_WIDTH))


def _short(heading: str) -> str:
    return heading if len(heading) <= 24 else heading[:24] + "…"
