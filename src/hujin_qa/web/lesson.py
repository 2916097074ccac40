"""What a learner sees of a course and does in it. Nothing is remembered here: every step is read from the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..errors import BadInput
from ..payload import note_line
from ..study.cards import due_cards, review
from ..study.course import Course
from ..study.exports import answer_text
from ..study.items import Item
from ..study.path import Step, study_path
from ..study.results import Score, by_section, item_quality, score, section_name
from ..study.store import Session
from ..types import Citation
from ..users import User
from .language import say
from .source import place


@dataclass(frozen=True, slots=True)
class Asked:
    """The item that a learner is at: the ``n``-th, from 1, of ``total``."""

    session: Session | None  # None while wrong items are done again: nothing is kept then
    item: Item
    n: int
    total: int


@dataclass(frozen=True)
class Lesson:
    """A course as its learners and trainers meet it. Every method takes who is asking and shows nobody else's results."""

    course: Course
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, course: Course) -> "Lesson":
        return cls(course, tuple(study_path(course.source, list(course.items().values()))))

    def sections(self) -> list[str]:
        """The sections that have items, in reading order."""
        items = self.course.items()
        positions = {(i.citation.document, i.position): section_name(i) for i in items.values()}
        ordered = [positions.get((s.document, s.section.position), "") for s in self.steps]
        return list(dict.fromkeys(filter(None, ordered)))

    def path_html(self, user: User) -> str:
        """The study path with what the learner has done of it and what comes next."""
        items = self.course.items()
        right = {r.item for r in self.course.store.responses(user.name) if r.correct}
        known = [[id_ for id_ in step.items if id_ in items] for step in self.steps]
        upcoming = next((n for n, ids in enumerate(known) if ids and not right.issuperset(ids)), -1)
        done = sum(id_ in right for ids in known for id_ in ids)
        waiting = len(due_cards(list(items.values()), self.course.store.cards(user.name)))
        head = say.PROGRESS.format(right=done, total=sum(map(len, known)), cards=waiting)
        body = "".join(
            _step(self.course.index.documents[step.document].title, step, ids, right, n == upcoming)
            for n, (step, ids) in enumerate(zip(self.steps, known, strict=True))
        )
        return f'<section class="study"><p role="status">{escape(head)}</p><ol class="path">{body}</ol></section>'

    def begin(self, user: User, section: str, count: int, seed: int) -> None:
        """Start a quiz, unless one is still open.

        Raises:
            BadInput: the section has no items.
        """
        if not self.course.store.open_session(user.name):
            found = [i for i in self.course.about("", seed) if section in ("", section_name(i))]
            if not found:
                raise BadInput(say.NO_ITEMS)
            self.course.store.begin(user.name, [i.id for i in found[:count]], seed)

    def asked(self, user: User, again: Sequence[str] = ()) -> Asked | None:
        """The next item: of those to do again, else of the open session; None if there is none."""
        items = self.course.items()
        if redo := [items[id_] for id_ in again if id_ in items]:
            return Asked(None, redo[0], 1, len(redo))
        session = self.course.store.open_session(user.name)
        if session is None:
            return None
        items = self.course.items(session.seed)
        answered = {r.item for r in self.course.store.responses(session=session.id)}
        standing = [id_ for id_ in session.items if id_ in items]
        for n, id_ in enumerate(standing, 1):
            if id_ not in answered:
                return Asked(session, items[id_], n, len(standing))
        self.course.store.finish(session)
        return None

    def answer(self, asked: Asked, given: Sequence[int], seconds: float) -> str:
        """Keep an answer; right or wrong, why, and the source."""
        correct = asked.item.is_right(tuple(given))
        if asked.session:
            self.course.store.answer(asked.session, asked.item.id, given, correct, seconds)
        return feedback_html(asked.item, given)

    def last(self, user: User) -> tuple[Score, dict[str, Score], list[str]]:
        """The score of the last session, its sections weakest first, and the items that were wrong."""
        responses = self.course.store.responses(user.name)
        latest = max((r.session for r in responses), default=0)
        of = [r for r in responses if r.session == latest]
        return score(of), by_section(of, self.course.items()), [r.item for r in of if not r.correct]

    def card(self, user: User) -> tuple[Item | None, int]:
        """The card to review next, and how many are waiting."""
        waiting = due_cards(list(self.course.items().values()), self.course.store.cards(user.name))
        return (waiting[0] if waiting else None), len(waiting)

    def rate(self, user: User, rating: int) -> None:
        item, _ = self.card(user)
        if item:
            review(self.course.store, user.name, item.id, rating)

    def undo(self, user: User) -> None:
        self.course.store.undo_review(user.name)

    def results_html(self, user: User) -> str:
        """Everybody's results and the quality of every item, for trainers only."""
        if "trainer" not in user.roles:
            return f'<p class="failure">{escape(say.TRAINERS_ONLY)}</p>'
        items, responses = self.course.items(), self.course.store.responses()
        if not responses:
            return f"<p>{escape(say.NO_RESULTS)}</p>"
        learners = [
            [name, f"{s.right}/{s.total}", f"{s.share:.0%}"]
            for name in dict.fromkeys(r.learner for r in responses)
            for s in [score([r for r in responses if r.learner == name])]
        ]
        hard = [
            [name, f"{s.right}/{s.total}", _bar(s.share)] for name, s in list(by_section(responses, items).items())[:10]
        ]
        quality = sorted(item_quality(responses).items(), key=lambda pair: pair[1].difficulty)
        worst = [
            [
                items[id_].stem if id_ in items else id_,
                str(q.answers),
                f"{q.difficulty:.0%}",
                f"{q.discrimination:+.2f}",
            ]
            for id_, q in quality[:20]
        ]
        return (
            f"<h3>{say.BY_LEARNER}</h3>{_table(say.LEARNER_HEADS, learners)}"
            f"<h3>{say.BY_SECTION}</h3>{_table(say.SECTION_HEADS, hard)}"
            f"<h3>{say.BY_ITEM}</h3>{_table(say.ITEM_HEADS, worst)}"
        )


def item_html(asked: Asked) -> str:
    """The task of an item; its options stand in the form below."""
    head = say.ITEM_OF.format(n=asked.n, total=asked.total)
    return f'<section class="study item" aria-live="polite"><p>{head}</p><p class="stem">{escape(asked.item.stem)}</p></section>'


def feedback_html(item: Item, given: Sequence[int]) -> str:
    right = item.is_right(tuple(given))
    verdict = say.RIGHT if right else say.WRONG.format(answer=answer_text(item))
    whys = [] if right or item.kind in ("match", "order") else [item.why[i] for i in given if item.why[i]]
    reasons = "".join(f"<p>{escape(why)}</p>" for why in whys)
    return (
        f'<section class="study feedback {"right" if right else "wrong"}" role="status"><p><strong>{escape(verdict)}</strong></p>'
        f"{reasons}{proof_html(item)}</section>"
    )


def card_html(item: Item, *, opened: bool) -> str:
    """The front of a card, and its back once it is turned."""
    prompts = "".join(f"<li>{escape(p)}</li>" for p in item.prompts)
    front = f'<p class="stem">{escape(item.stem)}</p>{f"<ol>{prompts}</ol>" if prompts else ""}'
    back = f"<p><strong>{escape(answer_text(item))}</strong></p>{proof_html(item)}" if opened else ""
    return f'<section class="study item" aria-live="polite">{front}{back}</section>'


def proof_html(item: Item) -> str:
    """The cited sentence with a link to its place in the chat's source pane, and the notes on it."""
    notes = "".join(f'<p class="note">{escape(note_line(note, say.NOTE, say.NOTE_WORDS))}</p>' for note in item.notes)
    return f"<blockquote>{escape(item.citation.quote)}</blockquote><p>{_link(item.citation, say.IN_SOURCE.format(section=section_name(item)))}</p>{notes}"


def _link(citation: Citation, words: str) -> str:
    href = escape("./" + place(citation.document, citation.start, citation.end))
    return f'<a class="place" href="{href}" target="hujin-source" rel="noopener">{escape(words)}</a>'


def _step(title: str, step: Step, ids: Sequence[str], right: set[str], upcoming: bool) -> str:
    name = " › ".join(h for h in step.section.path if h) or title
    points = "".join(f"<li>{escape(line.shown)} {_link(line.citation(), say.HERE)}</li>" for line in step.key_points)
    terms = "、".join(dict.fromkeys(term for term, _ in step.terms))
    told = f"<p>{escape(say.TERMS + terms)}</p>" if terms else ""
    done = sum(id_ in right for id_ in ids)
    state = say.STEP.format(minutes=step.minutes, right=done, total=len(ids))
    now = f"<strong>{say.NEXT_STEP}</strong> " if upcoming else ""
    return (
        f"<li><details{' open' if upcoming else ''}><summary>{now}{escape(name)} <small>{escape(state)}</small></summary>"
        f"<ul>{points}</ul>{told}</details></li>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _bar(share: float) -> str:
    """A share as a row of ten blocks: a plot that a screen reader and a narrow phone can read too."""
    full = round(share * 10)
    return "█" * full + "░" * (10 - full) + f" {share:.0%}"
