"""Finding one's way in an outline, and the pieces of a document that an answer is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .markers import strip_marker
from .types import Document, Hit, Section


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document that a claim is made of, under the heading it leans on."""

    document: str
    start: int
    end: int
    heading: Section | None = None


def documents_of(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Ids of the documents that hits lie in, the nearest first."""
    return tuple(dict.fromkeys(hit.passage.document for hit in hits))


def ancestors(document: Document, position: str) -> list[Section]:
    """The sections above a position and itself, outermost first."""
    ends = [*(n for n, c in enumerate(position) if c == "."), len(position)]
    return [document.at[position[:end]] for end in ends if position[:end] in document.at]


def things_over(document: Document, position: str) -> list[Section]:
    """The sections over a position and itself that are things of their own, not aspects of one (市场规模), outermost first."""
    return [s for s in ancestors(document, position) if s.heading and strip_marker(s.heading) not in document.labels]


def lies_in(position: str, above: str) -> bool:
    """Whether a position is that of a section, or of one somewhere below it: 1.1.2 lies in 1.1, 1.10 does not."""
    return f"{position}.".startswith(f"{above}.")


def children(document: Document, position: str) -> list[Section]:
    """The sections right below a position, in order."""
    return document.below.get(position, [])


def top_sections(document: Document) -> list[Section]:
    """The sections that divide a document; a lone one over everything divides nothing and is passed over."""
    level = [s for s in children(document, "") if s.heading]
    while len(level) == 1 and (below := children(document, level[0].position)):
        level = below
    return level


def top_headings(document: Document) -> list[str]:
    """The headings of the sections that divide a document."""
    return [s.heading for s in top_sections(document)]


@lru_cache(maxsize=4096)
def outline_order(position: str) -> tuple[int, ...]:
    """What sorts positions in reading order: ``"1.10"`` comes after ``"1.9"``."""
    return tuple(map(int, position.split(".")))


def heading_span(document: Document, section: Section) -> tuple[int, int]:
    """Where a heading stands in the text, without the marks and blanks around it."""
    start = document.text.find(section.heading, section.start, max(section.body, section.start))
    return (start, start + len(section.heading)) if start >= 0 else (section.start, section.body)
