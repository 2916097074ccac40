"""Every value that flows through the system, in the order it comes to be.

Offsets are characters into ``Document.text``; every span obeys ``document.text[start:end] == text``.
Scores: higher is better.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .markers import strip_marker

Vectors = NDArray[np.float32]
"""Unit-length rows, shape ``(n, d)``."""

Turn = tuple[str, str]
"""One message of a conversation: ``(role, text)`` with role ``"user"`` or ``"assistant"``."""


@dataclass(frozen=True, slots=True)
class Section:
    """One node of a document's outline.

    ``text[start:body]`` is the heading as printed, ``text[body:end]`` the section's *own* text: what
    stands before its first child. ``position`` numbers siblings from 1 (``"1.1.2"``); text before the
    first heading is position ``"0"`` with an empty heading.
    """

    position: str
    heading: str  # as a reader names it: marker kept, closing colon dropped ("1)移动支付")
    path: tuple[str, ...]  # headings from the top of the document down to and including this one
    start: int
    body: int
    end: int

    @property
    def depth(self) -> int:
        """1 for a top-level section."""
        return self.position.count(".") + 1

    @property
    def parent(self) -> str:
        """Position of the parent, ``""`` at the top."""
        return self.position.rpartition(".")[0]


@dataclass(frozen=True)
class Document:
    """A text with its outline in reading order. ``id`` is its file stem, or the ``_id`` of a BEIR line."""

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    metadata: dict[str, str] = field(default_factory=dict)  # author, source, licence …

    @cached_property
    def at(self) -> dict[str, Section]:
        """Its sections by position."""
        return {s.position: s for s in self.sections}

    @cached_property
    def below(self) -> dict[str, list[Section]]:
        """The sections right below each position, in order; those at the top are below ``""``."""
        found: dict[str, list[Section]] = {}
        for section in self.sections:
            found.setdefault(section.parent, []).append(section)
        return found

    def extent(self, section: Section) -> tuple[int, int]:
        """Where a section and all below it begin and end."""
        last = section
        while below := self.below.get(last.position):
            last = below[-1]
        return section.start, last.end

    @cached_property
    def labels(self) -> frozenset[str]:
        """Headings, without their numbers, that stand in several sections (市场规模): names of aspects, not of things."""
        counts = Counter(strip_marker(s.heading) for s in self.sections)
        return frozenset(heading for heading, n in counts.items() if n > 1)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark bound to a place in a document, such as an erratum. Shown with every answer that cites the place."""

    document: str
    start: int
    end: int
    kind: str  # "erratum"
    text: str
    source: str
    status: str  # "待核" or "已核"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question that the text was seen to answer when its index was built."""

    question: str
    document: str
    section: tuple[str, ...]  # path of the section that it came from
    position: str
    kind: Literal["list", "aspect", "fact", "topic"]
    quotes: tuple[tuple[int, int], ...] = ()  # what its answer cites, start and end


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved: a run of one section's text, led by the headings that stand right before it.

    Passages tile the sections of their document: every character there but white space and rules ("---") is in exactly
    one of them. Front matter and closing lines lie outside.
    """

    id: str  # "<document>/<outline position>#<n>", n from 1
    document: str
    section: tuple[str, ...]  # the section's path
    position: str  # the section's outline position
    start: int
    body: int  # where the section's own text starts; [start, body) is headings
    end: int
    text: str  # == document.text[start:end]


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its fused score, or, once it was read, how likely its best sentence answers."""

    rank: int  # from 1
    row: int  # row of the passage in the index
    passage: Passage
    score: float
    dense: float  # cosine
    lexical: float  # BM25


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place that supports a claim."""

    n: int
    document: str
    passage: str
    section: tuple[str, ...]
    start: int
    end: int
    quote: str

    @property
    def position(self) -> str:
        """Outline position of its passage."""
        return self.passage.rpartition("/")[2].partition("#")[0]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with the numbers of its citations."""

    text: str
    citations: tuple[int, ...]
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What every surface shows. An abstention has claims and citations of length 0."""

    question: str
    interpreted: str  # the question that was searched, after follow-ups and spelling were resolved
    status: Literal["answered", "abstained"]
    reason: Literal["", "empty_index", "no_match", "not_enough_evidence", "llm_unavailable"]
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    notes: tuple[Note, ...]
    suggestions: tuple[str, ...]
    reader: Literal["extractive", "llm"]
    confidence: float  # calibrated probability that the text holds the answer
    timings_ms: dict[str, float]
    remark: str = ""  # one sentence on how it was answered, such as why the language model was not used
    usage: dict[str, float] = field(default_factory=dict)  # of the language model: tokens and cost


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a language model's draft, plain text: unchecked, replaced by the answer that follows.

    An empty one only says that the model is still silent.
    """

    text: str


class Encoder(Protocol):
    """The two methods of ``sentence_transformers.SentenceTransformer`` that we use.

    Both return float32 rows of unit length, shape ``(len(texts), d)``.
    """

    def encode_query(self, texts: list[str]) -> Vectors: ...

    def encode_document(self, texts: list[str]) -> Vectors: ...
