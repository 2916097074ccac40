"""All sound items of an index, in an order that a seed repeats."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..index import Index
from ..text import fold
from ..types import Note
from .checks import fault
from .figures import figure_items
from .items import Draft, Item, arrange
from .lists import list_items, match_items, order_items, tier_items
from .source import Source
from .statements import statement_items
from .topics import aspect_items, term_items, topic_items

DUPLICATE = "与另一题重复"

_GENERATORS: tuple[Callable[[Source], Iterator[Draft]], ...] = (
    figure_items,
    list_items,
    tier_items,
    match_items,
    order_items,
    term_items,
    topic_items,
    aspect_items,
    statement_items,
)


@dataclass(frozen=True, slots=True)
class Bank:
    """The sound drafts of an index with the notes on their places, and what the checks refused: reason to count."""

    drafts: tuple[tuple[Draft, tuple[Note, ...]], ...]
    refused: Counter[str]

    def items(self, seed: int = 0, more: Sequence[Item] = ()) -> tuple[Item, ...]:
        """Every item, and ``more``, options and order mixed by ``seed``; which there are does not depend on it."""
        return tuple(_in_turn([*(arrange(draft, notes, seed) for draft, notes in self.drafts), *more], seed))

    @property
    def refused_share(self) -> float:
        made = len(self.drafts) + self.refused.total()
        return self.refused.total() / made if made else 0.0


def make_bank(index: Index) -> Bank:
    """Every item that the text proves. Most of the time goes into the check of statements, and grows as the text does."""
    source = Source(index)
    drafts: list[tuple[Draft, tuple[Note, ...]]] = []
    refused: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    for generate in _GENERATORS:
        for draft in generate(source):
            reason = fault(draft, index.documents)
            keys = _asked(draft)
            if not reason and not seen.isdisjoint(keys):
                reason = DUPLICATE
            if reason:
                refused[reason] += 1
            else:
                seen.update(keys)
                drafts.append((draft, notes_of(draft, index.notes)))
    return Bank(tuple(drafts), refused)


def notes_of(draft: Draft, notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes on the place that a draft is proved by."""
    c = draft.citation
    return tuple(n for n in notes if n.document == c.document and n.start < c.end and c.start < n.end)


def _asked(draft: Draft) -> list[tuple[str, ...]]:
    """What a draft asks, in every form that would make another one a repetition."""
    asked: list[tuple[str, ...]] = [(draft.kind, fold(draft.stem))]
    if draft.kind != "tier":  # whose questions about several names share their answer
        right = sorted(map(fold, draft.right))
        asked.append((draft.kind, draft.citation.document, str(draft.citation.start), *right))
    return asked


def _in_turn(items: list[Item], seed: int) -> Iterator[Item]:
    """Mixed by ``seed``, the kinds taking turns so that any first few are varied."""
    rng = random.Random(f"{seed}")
    mixed = rng.sample(items, len(items))
    kinds: dict[str, list[Item]] = {}
    for item in mixed:
        kinds.setdefault(item.kind, []).append(item)
    while kinds:
        for kind in list(kinds):
            yield kinds[kind].pop()
            if not kinds[kind]:
                del kinds[kind]
