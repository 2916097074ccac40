"""What a learner sees of a course and does in it. Nothing is remembered here: every step is read from the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from ..errors import BadInput
from ..markers import strip_marker
from ..payload import note_line
from ..study.cards import due_cards, review
from ..study.classroom import begin_form, deeds, session_score
from ..study.course import Course
from ..study.exports import answer_text
from ..study.items import Item
from ..study.path import Step, quizzes, study_path
from ..study.results import Score, by_section, section_name
from ..study.source import bare
from ..study.store import Session
from ..types import Citation
from ..users import User
from .language import say
from .source import place
from .twins import twin


@dataclass(frozen=True, slots=True)
class Asked:
    """The item that a learner is at: the ``n``-th, from 1, of ``total``."""

    session: Session | None  # None while wrong items are done again: nothing is kept then
    item: Item
    n: int
    total: int

    @property
    def key(self) -> str:
        """What the page remembers of it; in another session the same item has its options in another order."""
        return f"{self.session.id if self.session else 0}/{self.item.id}"


@dataclass(frozen=True)
class Lesson:
    """A course as its learners and trainers meet it. Every method takes who is asking and shows nobody else's results."""

    course: Course
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, course: Course) -> "Lesson":
        return cls(course, tuple(study_path(course.source)))

    def sections(self) -> list[str]:
        """The sections that have items, in reading order."""
        found = quizzes(self.steps, self.course.items().values())
        return list(dict.fromkeys(section_name(of[-1]) for of in found if of))

    def path_html(self, user: User) -> str:
        """The study path with what the learner has done of it and what comes next."""
        items = self.course.items()
        right = self.course.store.known(user.name)
        known = [[item.id for item in of] for of in quizzes(self.steps, items.values())]
        upcoming = next((n for n, ids in enumerate(known) if ids and not right.issuperset(ids)), -1)
        done = sum(id_ in right for ids in known for id_ in ids)
        waiting = len(due_cards(list(items.values()), self.course.store.cards(user.name)))
        head = say.PROGRESS.format(right=done, total=sum(map(len, known)), cards=waiting)
        body = "".join(
            _step(self.course.index.documents[step.document].title, step, ids, right, n == upcoming)
            for n, (step, ids) in enumerate(zip(self.steps, known, strict=True))
        )
        todo = self.todo_html(user)
        return f'<section class="study"><p role="status">{escape(head)}</p>{todo}<ol class="path">{body}</ol></section>'

    def todo_html(self, user: User) -> str:
        """What trainers have set the learner, with the day it is due; "" if nothing."""
        mine = deeds(self.course.classroom, self.course.store, user.name)
        rows = "".join(
            f"<li>{escape(say.TODO.format(form=d.assignment.form.name, due=d.assignment.due, state=twin(d.state)))}"
            f"{escape(f' {d.score.right}/{d.score.total}' if d.score else '')}</li>"
            for d in mine
        )
        return f'<h2>{say.MY_TASKS}</h2><ul class="tasks">{rows}</ul>' if rows else ""

    def forms(self, user: User) -> list[tuple[str, str]]:
        """The forms set to the learner that may still be done, as they are chosen from."""
        sat = {s.form for s in self.course.store.sessions(user.name) if s.finished and s.mode == "exam"}
        mine = {a.form.name: a.form for a in self.course.classroom.assignments(user.name) if a.form.id not in sat}
        limit = {name: say.TIMED.format(minutes=form.minutes) if form.minutes else "" for name, form in mine.items()}
        return [(name + limit[name], name) for name in mine]

    def begin_form(self, user: User, name: str) -> int:
        """Start, or go on with, a form that is set to the learner; the id of its session.

        Raises:
            BadInput: it is not, or it is an exam that was sat before.
        """
        if name not in {value for _, value in self.forms(user)}:
            raise BadInput(say.NOT_SET)
        form = self.course.classroom.form(name)
        return begin_form(self.course.store, form, user.name, self.course.items(form.seed)).id

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

    def asked(self, user: User, again: Sequence[str] = (), chosen: int = 0) -> Asked | None:
        """The next item: of those to do again, else of the open session (the ``chosen`` one of several); else None."""
        items = self.course.items()
        if redo := [items[id_] for id_ in again if id_ in items]:
            return Asked(None, redo[0], 1, len(redo))
        session = self.course.store.open_session(user.name, chosen)
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

    def asked_still(self, user: User, again: Sequence[str], chosen: int, key: str) -> Asked | None:
        """The next item as ``asked`` has it, which must be the one on the learner's screen.

        Raises:
            BadInput: it is another; the learner went on in another window.
        """
        asked = self.asked(user, again, chosen)
        if asked and asked.key != key:
            raise BadInput(say.OTHER_ITEM)
        return asked

    def answer(self, asked: Asked, given: Sequence[int], seconds: float) -> str:
        """Keep an answer; right or wrong, why, and the source.

        Raises:
            BadInput: it is empty, or not among the options.
        """
        if not given or any(not isinstance(i, int) or not 0 <= i < len(asked.item.options) for i in given):
            raise BadInput(say.CHOOSE)
        correct = asked.item.is_right(tuple(given))
        if asked.session:
            self.course.store.answer(asked.session, asked.item.id, given, correct, seconds)
            if asked.session.mode == "exam":  # which tells nothing before it is handed in
                return said(say.NOTED)
        return feedback_html(asked.item, given)

    def last(self, user: User) -> tuple[Score, dict[str, Score], list[str]]:
        """The score of the last session, its sections weakest first, and the items that were wrong."""
        over = [s for s in self.course.store.sessions(user.name) if s.ended]
        if not over:
            return Score(0, 0), {}, []
        last = max(over, key=lambda s: s.ended)
        of = self.course.store.responses(session=last.id)
        wrong = [r.item for r in of if not r.correct]
        return session_score(self.course.store, last), by_section(of, self.course.items()), wrong

    def card(self, user: User, shown: str = "") -> tuple[Item | None, int]:
        """The card that is ``shown``, else the one to review next; and how many are waiting."""
        items = self.course.items()
        waiting = due_cards(list(items.values()), self.course.store.cards(user.name))
        return items.get(shown) or (waiting[0] if waiting else None), len(waiting)

    def rate(self, user: User, shown: str, rating: int) -> None:
        """Rate the card that the learner was shown, whichever is due by now."""
        if shown in self.course.items():
            review(self.course.store, user.name, shown, rating)

    def undo(self, user: User) -> None:
        self.course.store.undo_review(user.name)


def said(words: str) -> str:
    """One sentence of the page itself."""
    return f'<p role="status">{escape(words)}</p>'


def item_html(asked: Asked) -> str:
    """The task of an item; its options stand in the form below."""
    head = say.ITEM_OF.format(n=asked.n, total=asked.total)
    if asked.session and asked.session.deadline:
        end = datetime.fromisoformat(asked.session.deadline)
        left = max(0, round((end - datetime.now(UTC)).total_seconds() / 60))
        head += " · " + say.TIME_LEFT.format(minutes=left, end=f"{end.astimezone():%H:%M}")
    return f'<section class="study item" aria-live="polite"><p>{head}</p><p class="stem">{escape(twin(asked.item.stem))}</p></section>'


def feedback_html(item: Item, given: Sequence[int]) -> str:
    right = item.is_right(tuple(given))
    verdict = say.RIGHT if right else say.WRONG.format(answer=twin(answer_text(item)))
    whys = [] if right or item.kind in ("match", "order") else [item.why[i] for i in given if item.why[i]]
    reasons = "".join(f"<p>{escape(twin(why))}</p>" for why in whys)
    return (
        f'<section class="study feedback {"right" if right else "wrong"}" role="status"><p><strong>{escape(verdict)}</strong></p>'
        f"{reasons}{proof_html(item)}</section>"
    )


def card_html(item: Item, *, opened: bool) -> str:
    """The front of a card, and its back once it is turned."""
    prompts = "".join(f"<li>{escape(p)}</li>" for p in item.prompts)
    front = f'<p class="stem">{escape(twin(item.stem))}</p>{f"<ol>{prompts}</ol>" if prompts else ""}'
    back = f"<p><strong>{escape(twin(answer_text(item)))}</strong></p>{proof_html(item)}" if opened else ""
    return f'<section class="study item" aria-live="polite">{front}{back}</section>'


def proof_html(item: Item) -> str:
    """The cited sentence with a link to its place in the chat's source pane, and the notes on it."""
    notes = "".join(f'<p class="note">{escape(note_line(note, say.NOTE, say.NOTE_WORDS))}</p>' for note in item.notes)
    source = _link(item.citation, say.IN_SOURCE.format(section=section_name(item)))
    return f"<blockquote>{escape(bare(item.citation.quote))}</blockquote><p>{source} {_ask_link(item)}</p>{notes}"


def _ask_link(item: Item) -> str:
    """A link that asks the chat about the item's section, with the source open at the proof."""
    names = [strip_marker(h) for h in item.citation.section if h][-2:]
    if not names:
        return ""
    c = item.citation
    question = say.ABOUT_ITEM.format(section="的".join(names))
    href = escape(f"./?q={quote(question, safe='')}" + place(c.document, c.start, c.end))
    return f'<a class="ask" href="{href}" target="hujin-source" rel="noopener">{escape(say.ASK_ABOUT)}</a>'


def _link(citation: Citation, words: str) -> str:
    href = escape("./" + place(citation.document, citation.start, citation.end))
    return f'<a class="place" href="{href}" target="hujin-source" rel="noopener">{escape(words)}</a>'


def _step(title: str, step: Step, ids: Sequence[str], right: set[str], upcoming: bool) -> str:
    name = " › ".join([h for h in step.section.path if h][-2:]) or title
    points = "".join(f"<li>{escape(line.shown)} {_link(line.citation(), say.HERE)}</li>" for line in step.key_points)
    terms = say.COMMA.join(dict.fromkeys(term for term, _ in step.terms))
    told = f"<p>{escape(say.TERMS + terms)}</p>" if terms else ""
    done = sum(id_ in right for id_ in ids)
    state = (say.STEP if ids else say.STEP_TO_READ).format(minutes=step.minutes, right=done, total=len(ids))
    now = f"<strong>{say.NEXT_STEP}</strong> " if upcoming else ""
    return (
        f"<li><details{' open' if upcoming else ''}><summary>{now}{escape(name)} <small>{escape(state)}</small></summary>"
        f"<ul>{points}</ul>{told}</details></li>"
    )
