"""What a trainer sees and does: results, cohorts, forms, items, files. Nobody else gets anything out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from ..errors import BadInput
from ..evaluation.report import table
from ..study.course import Course
from ..study.items import Item
from ..study.reports import FORMATS, Table, certificate_pdf, in_words, section_plot, tables
from ..study.results import by_section, section_name
from ..study.written import as_written, from_lines
from ..users import User
from .language import say
from .shelf import packed
from .twins import twin, twin_html

_FOUND = 50  # items in the list to choose from


@dataclass(frozen=True)
class Desk:
    """A trainer's side of a course. Every method takes who is asking.

    Raises:
        BadInput: from every method, if who is asking is no trainer, or what is asked cannot be done.
    """

    course: Course

    def results_html(self, user: User) -> str:
        """Who did what, the hardest sections as a plot, and the quality of every item."""
        _trainer(user)
        learners, tasks, sections, (name, heads, items) = tables(self.course, twin)
        done = f"<h2>{say.BY_TASK}</h2>{_table(tasks, range(7))}" if tasks[2] else ""
        if not learners[2]:
            return done or f"<p>{escape(say.NO_RESULTS)}</p>"
        plot = twin_html(section_plot(by_section(self.course.store.responses(), self.course.items())))
        standing = [row for row in items if row[1]]
        lapsed = "".join(f"<li>{escape(id_)}</li>" for id_ in self.course.lapsed())
        gone = f"<p>{escape(say.LAPSED)}</p><ul>{lapsed}</ul>" if lapsed else ""
        return (
            f"{done}<h2>{say.BY_LEARNER}</h2>{_table(learners, range(4))}"
            f'<h2>{say.BY_SECTION}</h2><div class="plot">{plot}</div>{_table(sections, range(4), 10)}'
            f"<h2>{say.BY_ITEM}</h2>{_table((name, heads, standing), range(1, 5), 30)}{gone}"
        )

    def save_cohort(self, user: User, name: str, members: str) -> str:
        """Name a cohort and its members, one a line; what was done, in words."""
        _trainer(user)
        learners = [m for m in members.replace(",", "\n").replace("、", "\n").splitlines() if m.strip()]
        self.course.classroom.set_cohort(name, learners, user.name)
        return say.COHORT_SAVED.format(name=name.strip(), n=len(set(map(str.strip, learners))))

    def lock(self, user: User, name: str, section: str, count: int, minutes: int, seed: int) -> str:
        """Fix a form; what was done, in words."""
        _trainer(user)
        chosen = [i for i in self.course.items(seed).values() if section in ("", section_name(i))][:count]
        form = self.course.classroom.lock(name, chosen, seed, minutes, user.name)
        return say.LOCKED.format(name=form.name, n=len(form.items), seed=seed)

    def assign(self, user: User, cohort: str, form: str, due: str) -> str:
        """Give a form to a cohort; what was done, in words."""
        _trainer(user)
        try:
            day = date.fromisoformat(due.strip())
        except ValueError:
            raise BadInput(say.NO_DAY.format(text=due)) from None
        self.course.classroom.assign(cohort, form, day, user.name)
        return say.ASSIGNED.format(cohort=cohort, form=form, due=day)

    def choices(self, user: User) -> tuple[list[str], list[str], list[str]]:
        """Cohorts, forms, and learners who have done something."""
        _trainer(user)
        learners = dict.fromkeys(s.learner for s in self.course.store.sessions())
        return list(self.course.classroom.cohorts()), [f.name for f in self.course.classroom.forms()], list(learners)

    def find(self, user: User, words: str) -> list[tuple[str, str]]:
        """Items with these words in stem or id, as they are chosen from."""
        _trainer(user)
        found = [i for i in self.course.items().values() if words.strip() in i.stem or words.strip() in i.id]
        return [(f"[{say.ITEM_KINDS[i.kind]}] {twin(i.stem)}", i.id) for i in found[:_FOUND]]

    def item(self, user: User, id_: str) -> Item:
        """One item."""
        _trainer(user)
        if item := self.course.items().get(id_ or ""):
            return item
        raise BadInput(say.CHOOSE_ITEM)

    def retire(self, user: User, id_: str, why: str) -> str:
        """Take an item out of use; what was done, in words."""
        item = self.item(user, id_)
        self.course.store.retire(item.id, why.strip(), user.name)
        return say.RETIRED.format(stem=item.stem)

    def editable(self, user: User, id_: str) -> tuple[str, str, str, str, str, str]:
        """An item as the fields to change it: kind, stem, right, wrong, document, quote."""
        written = as_written(self.item(user, id_))
        if written is None:
            raise BadInput(say.NOT_EDITABLE)
        wrong = "\n".join(f"{option} | {why}" for option, why in written.wrong)
        right = "\n".join(written.right)
        return written.kind, written.stem, right, wrong, written.document, written.quote

    def write(self, user: User, fields: Sequence[str], replaces: str = "") -> str:
        """Check and keep an item; what was done, in words."""
        _trainer(user)
        written = from_lines(*(str(field or "") for field in fields))
        return say.SAVED_ITEM.format(id=self.course.written.save(written, self.course.index, user.name, replaces))

    def packed(self, user: User, ending: str) -> str:
        """The results as a file for ``page.js`` to save; it is never written on the server."""
        _trainer(user)
        return packed(f"{say.REPORT_NAME}-{datetime.now():%Y%m%d}.{ending}", FORMATS[ending](self.course, twin))

    def certificate(self, user: User, learner: str) -> str:
        """A learner's certificate as a file for ``page.js`` to save."""
        _trainer(user)
        if not learner:
            raise BadInput(say.CHOOSE_LEARNER)
        return packed(f"{say.CERTIFICATE_NAME}-{learner}.pdf", certificate_pdf(self.course, learner, word=twin))


def _trainer(user: User) -> None:
    if "trainer" not in user.roles:
        raise BadInput(say.TRAINERS_ONLY)


def _table(of: Table, columns: Sequence[int], most: int | None = None) -> str:
    heads, *rows = in_words(of, columns, twin)
    return table(heads, rows[:most])
