"""What a corpus covers and what one may ask it, read off its headings."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, zip_longest

from ..sections import children, title
from ..types import Document, Section

_TRIED = 16  # candidates that are put to the test, so that opening a large corpus stays quick


def top_headings(document: Document) -> list[str]:
    """The headings that divide a document; a lone heading over everything divides nothing and is passed over."""
    level = [s for s in document.sections if s.heading and not s.parent]
    while len(level) == 1 and (below := children(document, level[0].position)):
        level = below
    return [s.heading for s in level]


def example_questions(
    documents: Iterable[Document], answerable: Callable[[str], bool] = lambda _: True, wanted: int = 4
) -> list[str]:
    """Questions that the headings suggest and that ``answerable`` confirms, of different kinds where it can be.

    >>> example_questions([])
    []
    """
    first = list(islice(documents, 8))
    kinds = [_in_turn([kind(d) for d in first]) for kind in (_lists, _aspects, _topics)]
    candidates = dict.fromkeys(_in_turn(kinds))
    return list(islice((q for q in islice(candidates, _TRIED) if answerable(q)), wanted))


def _lists(document: Document) -> list[str]:
    """A heading over three or more others of its own is a list."""
    recurring = _recurring(document)

    def items(section: Section) -> int:
        return sum(child.heading not in recurring for child in children(document, section.position))

    return [f"{_name(s)}有哪些?" for s in document.sections if _nameable(s) and items(s) > 2]


def _aspects(document: Document) -> list[str]:
    """A heading that recurs under several others is an aspect that one may ask of each."""
    recurring = _recurring(document)
    named = [s for s in document.sections if _nameable(s)]
    above = {s.position: s for s in named}
    found = [(above[s.parent], s) for s in named if s.heading in recurring and s.parent in above]
    return _spread([f"{_name(parent)}的{_name(s)}是什么?" for parent, s in found])


def _topics(document: Document) -> list[str]:
    recurring = _recurring(document)
    leaves = [s for s in document.sections if _nameable(s) and not children(document, s.position)]
    return _spread([f"{_name(s)}讲了什么?" for s in leaves if s.heading not in recurring])


def _recurring(document: Document) -> set[str]:
    return {heading for heading, n in Counter(s.heading for s in document.sections).items() if n > 1}


def _name(section: Section) -> str:
    return title(section.heading).rstrip("：:。.！!？? ")


def _nameable(section: Section) -> bool:
    return 2 <= len(_name(section)) <= 14 and not any(c in _name(section) for c in ",，。；;、")


def _spread(items: list[str]) -> list[str]:
    """The same items, neighbours far apart: the first, the middle one, then those between."""
    return [items[i] for i in sorted(range(len(items)), key=lambda i: int(f"{i:012b}"[::-1], 2))]


def _in_turn(lists: Sequence[Iterable[str]]) -> list[str]:
    """One of each, then the next of each.

    >>> _in_turn([["a", "b"], ["c"]])
    ['a', 'c', 'b']
    """
    return [item for item in chain.from_iterable(zip_longest(*lists)) if item is not None]
