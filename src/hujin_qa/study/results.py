"""What answers say of learners and of items."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..markers import strip_marker
from .items import Item
from .store import Response


@dataclass(frozen=True, slots=True)
class Score:
    """How a group of answers went."""

    right: int
    total: int

    @property
    def share(self) -> float:
        return self.right / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """An item in the light of its answers (classical test theory)."""

    answers: int
    difficulty: float  # share of right answers: 1 is easy
    discrimination: float  # upper third's share minus lower third's (Kelley: 27 %); 0 with fewer than six learners


def score(responses: Sequence[Response]) -> Score:
    return Score(sum(r.correct for r in responses), len(responses))


def by_section(responses: Sequence[Response], items: Mapping[str, Item]) -> dict[str, Score]:
    """Section as a reader names it, after its document where two have the name, to the score of its items, weakest first."""
    places = {(item.citation.document, section_name(item)) for item in items.values()}
    names = Counter(name for _, name in places)
    groups: dict[str, list[Response]] = {}
    for response in responses:
        if item := items.get(response.item):
            name = section_name(item)
            name = f"{item.citation.document} › {name}" if names[name] > 1 else name
            groups.setdefault(name, []).append(response)
    scored = {name: score(group) for name, group in groups.items()}
    return dict(sorted(scored.items(), key=lambda pair: pair[1].share))


def section_name(item: Item) -> str:
    """The headings above an item; of one in a preamble the document, and that it is its beginning."""
    above = " › ".join(strip_marker(heading) for heading in item.citation.section if heading)
    return above or f"{item.citation.document}(开头)"


def item_quality(responses: Sequence[Response]) -> dict[str, Quality]:
    """Item to its quality; a learner's first answer to an item counts."""
    first: dict[tuple[str, str], bool] = {}
    for response in responses:
        first.setdefault((response.learner, response.item), response.correct)
    totals: dict[str, list[bool]] = {}
    for (learner, _), correct in first.items():
        totals.setdefault(learner, []).append(correct)
    ranked = sorted(totals, key=lambda learner: sum(totals[learner]) / len(totals[learner]))
    third = len(ranked) // 3
    low, high = set(ranked[:third]), set(ranked[len(ranked) - third :])
    found: dict[str, Quality] = {}
    for item in dict.fromkeys(item for _, item in first):
        answers = {learner: correct for (learner, of), correct in first.items() if of == item}
        upper = [c for learner, c in answers.items() if learner in high]
        lower = [c for learner, c in answers.items() if learner in low]
        gap = sum(upper) / len(upper) - sum(lower) / len(lower) if third >= 2 and upper and lower else 0.0
        found[item] = Quality(len(answers), sum(answers.values()) / len(answers), gap)
    return found
