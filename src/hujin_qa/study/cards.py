"""Flashcards, spaced by FSRS (the free spaced repetition scheduler, Ye et al. 2022)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from .items import Item
from .store import Store

RATINGS = {1: "忘了", 2: "吃力", 3: "记得", 4: "很熟"}

_SCHEDULER = Scheduler(enable_fuzzing=False)


def due_cards(items: Sequence[Item], states: Mapping[str, str], now: datetime | None = None) -> list[Item]:
    """What is to be reviewed: the cards that are due, longest due first, then those never seen in their given order."""
    at = now or datetime.now(UTC)
    seen = {id_: Card.from_json(state).due for id_, state in states.items()}
    due = sorted((i for i in items if i.id in seen and seen[i.id] <= at), key=lambda i: seen[i.id])
    return due + [i for i in items if i.id not in seen]


def review(store: Store, learner: str, item: str, rating: int, now: datetime | None = None) -> datetime:
    """Rate a card from 1 (forgotten) to 4 (easy); when it is due again."""
    state = store.cards(learner).get(item)
    card, _ = _SCHEDULER.review_card(Card.from_json(state) if state else Card(), Rating(rating), now)
    store.reviewed(learner, item, card.to_json(), card.due.isoformat(), rating)
    return card.due
