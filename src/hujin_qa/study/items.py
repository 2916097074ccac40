"""What a learner is asked. Every item is proved by one citation."""

import random
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from ..payload import note_line, proof_payload
from ..types import Citation, Note

Kind = Literal["figure", "true_false", "list", "tier", "match", "order", "term", "topic", "aspect", "choice"]
"""``figure`` fills in a number; ``true_false`` judges a sentence; ``list`` picks all parts; ``tier`` names the
group that something belongs to; ``match`` pairs prompts with options; ``order`` sorts; ``term`` names what is
defined; ``topic`` names what a sentence is about; ``aspect`` picks what is said of one thing among its like;
``choice`` is a trainer's own."""

TRUE, FALSE = "对", "错"
LETTERS = "ABCDEFGHIJKL"  # of the options: no item has more


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as it was made, its options not yet mixed.

    ``right`` holds the right options: in the order of ``prompts`` for ``match``, in sequence for ``order``.
    """

    kind: Kind
    stem: str
    right: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]  # option, and why it is wrong
    citation: Citation
    position: str  # of the section that it tests
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it is shown. ``why`` says of each wrong option why it is wrong, "" of a right one."""

    id: str
    kind: Kind
    stem: str
    options: tuple[str, ...]
    answer: tuple[int, ...]  # into ``options``: in the order of ``prompts`` for ``match``, in sequence for ``order``
    citation: Citation
    position: str
    why: tuple[str, ...]
    notes: tuple[Note, ...]
    prompts: tuple[str, ...] = ()

    def is_right(self, given: tuple[int, ...]) -> bool:
        """Whether a learner's choice is the answer; the order counts only where the item asks for one."""
        ordered = self.kind in ("match", "order")
        return given == self.answer if ordered else sorted(set(given)) == sorted(self.answer)


def arrange(draft: Draft, notes: tuple[Note, ...], seed: int) -> Item:
    """Mix the options of a checked draft. The id names what is asked, whatever the seed."""
    id_ = draft_id(draft)
    options = [*draft.right, *(text for text, _ in draft.wrong)]
    whys = [*("" for _ in draft.right), *(why for _, why in draft.wrong)]
    order = list(range(len(options)))
    if draft.kind != "true_false":
        _mix(order, random.Random(f"{seed}/{id_}"), ordered=draft.kind == "order")
    elif draft.right[0] == FALSE:
        order.reverse()
    return Item(
        id=id_,
        kind=draft.kind,
        stem=draft.stem,
        options=tuple(options[i] for i in order),
        answer=_answer(draft, order),
        citation=draft.citation,
        position=draft.position,
        why=tuple(whys[i] for i in order),
        notes=notes,
        prompts=draft.prompts,
    )


def draft_id(draft: Draft) -> str:
    """``<passage>/<kind>/<hash>``: the same for the same question over the same text."""
    asked = "\n".join([draft.stem, *draft.prompts, *draft.right, draft.citation.quote])
    return f"{draft.citation.passage}/{draft.kind}/{sha256(asked.encode()).hexdigest()[:8]}"


def judged(stem: str) -> str:
    """What a ``true_false`` item says: all after what precedes it in brackets.

    >>> judged("判断对错(据原文「一:二」):甲大于乙。")
    '甲大于乙。'
    """
    _, found, said = stem.partition("):")
    return said if found else stem.partition(":")[2]


def _mix(order: list[int], rng: random.Random, *, ordered: bool) -> None:
    given = list(order)
    rng.shuffle(order)
    if ordered and order == given:  # shown in the right order it asks nothing
        order.append(order.pop(0))


def _answer(draft: Draft, order: list[int]) -> tuple[int, ...]:
    places = [order.index(i) for i in range(len(draft.right))]
    return tuple(places) if draft.kind in ("match", "order") else tuple(sorted(places))


def item_payload(item: Item) -> dict[str, Any]:
    """An item as ``study items --json`` and the exports give it."""
    return {
        "id": item.id,
        "kind": item.kind,
        "stem": item.stem,
        "prompts": list(item.prompts),
        "options": list(item.options),
        "answer": list(item.answer),
        "why": list(item.why),
        "citation": proof_payload(item.citation),
        "notes": [note_line(note) for note in item.notes],
    }
