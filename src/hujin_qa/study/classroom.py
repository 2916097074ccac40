"""What trainers arrange: cohorts, fixed forms, and which cohort does which form until when."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ..database import database, now
from ..errors import BadInput
from .items import Item
from .results import Score, score
from .store import MIGRATIONS, Response, Session, Store

NAME_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Form:
    """A fixed row of items. With ``minutes`` it is an exam: timed, one attempt; without, practice."""

    id: int
    name: str
    seed: int
    items: tuple[str, ...]
    minutes: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A cohort is to do a form until the end of a day."""

    id: int
    cohort: str
    form: Form
    due: date


@dataclass(frozen=True, slots=True)
class Deed:
    """How far a learner is with an assignment."""

    learner: str
    assignment: Assignment
    state: str  # 未开始, 进行中, 已完成, 逾期完成, 逾期未做
    score: Score | None  # of the best finished attempt
    finished: str  # UTC, ISO 8601; "" if it is not


@dataclass(frozen=True, slots=True)
class Classroom:
    """The arrangements kept beside the results. Every call is one transaction."""

    path: Path

    def set_cohort(self, name: str, learners: Sequence[str], by: str) -> None:
        """Name a cohort and who is in it; an existing one gets these members.

        Raises:
            BadInput: an empty or too long name, or nobody in it.
        """
        members = dict.fromkeys(filter(None, (learner.strip() for learner in learners)))
        name = _named(name, "班级")
        if not members:
            raise BadInput("班级里至少要有一个人。请写上学员的用户名。")
        with database(self.path, MIGRATIONS) as db:
            db.execute("INSERT OR IGNORE INTO cohort VALUES (?, ?, ?)", (name, by, now()))
            db.execute("DELETE FROM member WHERE cohort = ?", (name,))
            db.executemany("INSERT INTO member VALUES (?, ?)", [(name, learner) for learner in members])

    def cohorts(self) -> dict[str, tuple[str, ...]]:
        """Cohort to its learners, by name."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT cohort, learner FROM member ORDER BY cohort, learner").fetchall()
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[row["cohort"]] = (*found.get(row["cohort"], ()), row["learner"])
        return found

    def remove_cohort(self, name: str) -> None:
        """Forget a cohort and its assignments; what its learners did stays."""
        with database(self.path, MIGRATIONS) as db:
            db.execute("DELETE FROM cohort WHERE name = ?", (name,))

    def lock(self, name: str, items: Sequence[Item], seed: int, minutes: int, by: str) -> Form:
        """Fix a form: these items, in this order, with the options as ``seed`` mixes them. It is never changed.

        Raises:
            BadInput: the name is taken, there is nothing to ask, or a number is out of bounds.
        """
        name = _named(name, "试卷")
        if not items:
            raise BadInput("这份试卷没有题。请换一节,或选全文。")
        if not 0 <= minutes <= 600:
            raise BadInput("时长要在 0 到 600 分钟之间;0 是不限时的练习。")
        if not 0 <= seed <= 10**9:
            raise BadInput("随机种子要在 0 到 1000000000 之间。")
        with database(self.path, MIGRATIONS) as db:
            if db.execute("SELECT 1 FROM form WHERE name = ?", (name,)).fetchone():
                raise BadInput(f"已有试卷「{name}」。试卷锁定后不能再改,请换一个名称。")
            ids, at = tuple(item.id for item in items), now()
            row = db.execute(
                "INSERT INTO form (name, seed, items, minutes, by, at) VALUES (?, ?, ?, ?, ?, ?)",
                (name, seed, json.dumps(ids), minutes, by, at),
            )
            return Form(int(row.lastrowid or 0), name, seed, ids, minutes, by, at)

    def forms(self) -> list[Form]:
        """Every form, in the order they were locked."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT * FROM form ORDER BY id").fetchall()
        return [Form(**{**row, "items": tuple(json.loads(row["items"]))}) for row in rows]

    def form(self, name: str) -> Form:
        """The form of this name.

        Raises:
            BadInput: there is none.
        """
        for form in self.forms():
            if form.name == name:
                return form
        raise BadInput(f"没有试卷「{name}」。已有的:{'、'.join(f.name for f in self.forms()) or '还没有'}。")

    def assign(self, cohort: str, form: str, due: date, by: str) -> None:
        """Give a form to a cohort; again, with another day, moves the day.

        Raises:
            BadInput: no such cohort or form.
        """
        given = self.form(form)
        if cohort not in self.cohorts():
            raise BadInput(f"没有班级「{cohort}」。已有的:{'、'.join(self.cohorts()) or '还没有'}。")
        with database(self.path, MIGRATIONS) as db:
            db.execute(
                "INSERT INTO assignment (cohort, form, due, by, at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (cohort, form) DO UPDATE SET due = excluded.due",
                (cohort, given.id, due.isoformat(), by, now()),
            )

    def assignments(self, learner: str = "") -> list[Assignment]:
        """What is assigned, by day; to one learner if named."""
        forms, cohorts = {form.id: form for form in self.forms()}, self.cohorts()
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT * FROM assignment ORDER BY due, id").fetchall()
        return [
            Assignment(r["id"], r["cohort"], forms[r["form"]], date.fromisoformat(r["due"]))
            for r in rows
            if not learner or learner in cohorts.get(r["cohort"], ())
        ]


def begin_form(store: Store, form: Form, learner: str, standing: Mapping[str, Item]) -> Session:
    """Start, or go on with, a form; an item whose quote no longer stands is left out.

    Raises:
        BadInput: an exam that was sat before, another exam that is not finished, or no item stands any more.
    """
    mine = [s.id for s in store.sessions(learner, form.id) if not s.ended]
    running = store.open_session(learner, max(mine, default=0))
    if running and running.form == form.id:
        return running
    if running and running.mode == "exam":
        raise BadInput("另一场考试还没有交卷。请先做完它。")
    items = [id_ for id_ in form.items if id_ in standing]
    if not items:
        raise BadInput("这份试卷的题都已停用或失效,不能开始。请告诉培训负责人。")
    return store.begin(learner, items, form.seed, "exam" if form.minutes else "quiz", form.id, form.minutes)


def deeds(classroom: Classroom, store: Store, learner: str = "") -> list[Deed]:
    """Who did what: every assignment of every member, or of one learner."""
    cohorts, found = classroom.cohorts(), []
    for assignment in classroom.assignments(learner):
        sessions = store.sessions(form=assignment.form.id)
        for member in [learner] if learner else cohorts.get(assignment.cohort, ()):
            found.append(_deed(store, assignment, member, [s for s in sessions if s.learner == member]))
    return found


def _deed(store: Store, assignment: Assignment, learner: str, sessions: Sequence[Session]) -> Deed:
    end = datetime.combine(assignment.due, time.max).astimezone().astimezone(UTC).isoformat(timespec="seconds")
    ends = {s.id: over(store, s) for s in sessions}
    done = [s for s in sessions if ends[s.id]]
    if not done:
        late = now() > end
        return Deed(learner, assignment, "逾期未做" if late else "进行中" if sessions else "未开始", None, "")
    scored = [(session_score(store, s), s) for s in done]
    best, session = max(scored, key=lambda pair: pair[0].share)
    first = min(ends[s.id] for s in done)
    return Deed(learner, assignment, "已完成" if first <= end else "逾期完成", best, ends[session.id])


def over(store: Store, session: Session) -> str:
    """When a sitting ended, or was answered to its last item: UTC, ISO 8601; ``""`` while it runs."""
    if session.ended:
        return session.ended
    given = store.responses(session=session.id)
    return given[-1].at if given and not _left(store, session, given) else ""


def session_score(store: Store, session: Session) -> Score:
    """The score of a sitting; what an exam left unanswered counts as wrong, unless it was retired meanwhile."""
    responses = store.responses(session=session.id)
    given = score(responses)
    if session.mode != "exam":
        return given
    return Score(given.right, given.total + len(_left(store, session, responses)))


def _left(store: Store, session: Session, given: Sequence[Response]) -> set[str]:
    """The items of a sitting that were not answered, but for those retired before its end."""
    return set(session.items) - {r.item for r in given} - store.retired(session.finished or session.deadline).keys()


def _named(name: str, what: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LONGEST:
        raise BadInput(f"{what}的名称要有 1 到 {NAME_LONGEST} 个字。")
    return name
