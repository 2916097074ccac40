"""What learners did: sessions, answers and cards, in one SQLite file. Every call is one transaction."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from ..database import back_up, database, now, restore
from ..errors import BadInput
from ..settings import Settings

MIGRATIONS = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY, learner TEXT NOT NULL, mode TEXT NOT NULL, seed INTEGER NOT NULL,
        items TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL DEFAULT ''
    );
    CREATE TABLE response (
        session INTEGER NOT NULL REFERENCES session(id), item TEXT NOT NULL, given TEXT NOT NULL,
        correct INTEGER NOT NULL, seconds REAL NOT NULL, at TEXT NOT NULL, PRIMARY KEY (session, item)
    );
    CREATE TABLE card (learner TEXT NOT NULL, item TEXT NOT NULL, state TEXT NOT NULL, due TEXT NOT NULL,
        PRIMARY KEY (learner, item));
    CREATE TABLE review (id INTEGER PRIMARY KEY, learner TEXT NOT NULL, item TEXT NOT NULL, before TEXT NOT NULL,
        rating INTEGER NOT NULL, at TEXT NOT NULL);
    CREATE TABLE retired (item TEXT PRIMARY KEY, reason TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL)
    """,
    """
    CREATE TABLE cohort (name TEXT PRIMARY KEY, by TEXT NOT NULL, at TEXT NOT NULL);
    CREATE TABLE member (cohort TEXT NOT NULL REFERENCES cohort(name) ON DELETE CASCADE, learner TEXT NOT NULL,
        PRIMARY KEY (cohort, learner));
    CREATE TABLE form (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, seed INTEGER NOT NULL, items TEXT NOT NULL,
        minutes INTEGER NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL);
    CREATE TABLE assignment (id INTEGER PRIMARY KEY, cohort TEXT NOT NULL REFERENCES cohort(name) ON DELETE CASCADE,
        form INTEGER NOT NULL REFERENCES form(id), due TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
        UNIQUE (cohort, form));
    CREATE TABLE written (id TEXT PRIMARY KEY, draft TEXT NOT NULL, replaces TEXT NOT NULL, by TEXT NOT NULL,
        at TEXT NOT NULL);
    ALTER TABLE session ADD COLUMN form INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session ADD COLUMN deadline TEXT NOT NULL DEFAULT '';
    CREATE UNIQUE INDEX one_attempt ON session(learner, form) WHERE mode = 'exam';
    CREATE INDEX by_learner ON session(learner)
    """,
)
"""Scripts in the order they were released; a released one is never changed, only followed by another."""

Mode = Literal["quiz", "exam"]


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting over a fixed row of items."""

    id: int
    learner: str
    mode: Mode
    seed: int
    items: tuple[str, ...]
    started: str  # UTC, ISO 8601
    finished: str  # "" while it runs
    form: int = 0  # of a trainer's fixed form, 0 of a quiz of one's own
    deadline: str = ""  # of an exam: UTC, ISO 8601

    @property
    def overdue(self) -> bool:
        """Whether its time is up."""
        return bool(self.deadline) and now() > self.deadline

    @property
    def ended(self) -> str:
        """When it was handed in, or its time was up: UTC, ISO 8601; ``""`` while it runs."""
        return self.finished or (self.deadline if self.overdue else "")


@dataclass(frozen=True, slots=True)
class Response:
    """One item answered."""

    session: int
    learner: str
    item: str
    given: tuple[int, ...]
    correct: bool
    seconds: float
    at: str


@dataclass(frozen=True, slots=True)
class Store:
    """The study results of one data folder. Safe for many threads and processes."""

    path: Path

    @classmethod
    def of(cls, settings: Settings) -> "Store":
        return cls(settings.data / "study.db")

    def begin(
        self, learner: str, items: Sequence[str], seed: int, mode: Mode = "quiz", form: int = 0, minutes: int = 0
    ) -> Session:
        """Start a session; it is kept before the first answer is given. ``minutes`` bounds an exam.

        Raises:
            BadInput: the learner has sat this exam before.
        """
        started = now()
        deadline = (datetime.fromisoformat(started) + timedelta(minutes=minutes)).isoformat() if minutes else ""
        try:
            with database(self.path, MIGRATIONS) as db:
                row = db.execute(
                    "INSERT INTO session (learner, mode, seed, items, started, form, deadline) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (learner, mode, seed, json.dumps(list(items)), started, form, deadline),
                )
        except sqlite3.IntegrityError:
            raise BadInput("这份考卷每人只能考一次,你已经考过。") from None
        return Session(int(row.lastrowid or 0), learner, mode, seed, tuple(items), started, "", form, deadline)

    def open_session(self, learner: str, chosen: int = 0) -> Session | None:
        """The session that a learner has not finished: an exam before a quiz, else the ``chosen``, else the latest.

        An exam whose time is up is closed.
        """
        unfinished = [s for s in self.sessions(learner) if not s.finished]
        for session in filter(lambda s: s.overdue, unfinished):
            self.finish(session)
        running = [s for s in unfinished if not s.overdue]
        return max(running, key=lambda s: (s.mode == "exam", s.id == chosen, s.id), default=None)

    def sessions(self, learner: str = "", form: int = 0) -> list[Session]:
        """Sessions in the order they were started; of one learner or one form if named."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute(
                "SELECT * FROM session WHERE (? = '' OR learner = ?) AND (? = 0 OR form = ?) ORDER BY id",
                (learner, learner, form, form),
            ).fetchall()
        return [Session(**{**row, "items": tuple(json.loads(row["items"]))}) for row in rows]

    def answer(self, session: Session, item: str, given: Sequence[int], correct: bool, seconds: float) -> None:
        """Keep an answer. The first one counts: answering again changes nothing.

        Raises:
            BadInput: the item is not part of the session, or the session is over.
        """
        if item not in session.items:
            raise BadInput("这道题不在这次测验里。")
        with database(self.path, MIGRATIONS) as db:
            query = "SELECT finished, deadline FROM session WHERE id = ? AND learner = ?"
            found = db.execute(query, (session.id, session.learner)).fetchone()
            if found is None or found["finished"]:
                raise BadInput("这次测验已经交卷。")
            if found["deadline"] and now() > found["deadline"]:
                raise BadInput("考试时间到了,这一题没有记下。已答的题都已交卷。")
            db.execute(
                "INSERT OR IGNORE INTO response VALUES (?, ?, ?, ?, ?, ?)",
                (session.id, item, json.dumps(list(given)), int(correct), round(seconds, 1), now()),
            )

    def finish(self, session: Session) -> None:
        """Close a session, an exam no later than its time was up."""
        at = min(filter(None, (now(), session.deadline)))
        with database(self.path, MIGRATIONS) as db:
            db.execute("UPDATE session SET finished = ? WHERE id = ? AND finished = ''", (at, session.id))

    def responses(self, learner: str = "", session: int = 0) -> list[Response]:
        """Answers in the order they were given; of one learner or session if named."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute(
                "SELECT r.*, s.learner FROM response r JOIN session s ON s.id = r.session "
                "WHERE (? = '' OR s.learner = ?) AND (? = 0 OR s.id = ?) ORDER BY r.at, r.rowid",
                (learner, learner, session, session),
            ).fetchall()
        return [
            Response(**{**row, "given": tuple(json.loads(row["given"])), "correct": bool(row["correct"])})
            for row in rows
        ]

    def known(self, learner: str) -> set[str]:
        """The items that a learner answered rightly, but for what an exam must not tell before it is over."""
        hidden = {s.id for s in self.sessions(learner) if s.mode == "exam" and not s.ended}
        return {r.item for r in self.responses(learner) if r.correct and r.session not in hidden}

    def cards(self, learner: str) -> dict[str, str]:
        """Item to the scheduler's state of a learner's card, as JSON."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT item, state FROM card WHERE learner = ?", (learner,)).fetchall()
        return {r["item"]: r["state"] for r in rows}

    def reviewed(self, learner: str, item: str, state: str, due: str, rating: int) -> None:
        """Keep a card's new state, and the old one so that it can be undone."""
        with database(self.path, MIGRATIONS) as db:
            old = db.execute("SELECT state FROM card WHERE learner = ? AND item = ?", (learner, item)).fetchone()
            db.execute(
                "INSERT INTO review (learner, item, before, rating, at) VALUES (?, ?, ?, ?, ?)",
                (learner, item, old["state"] if old else "", rating, now()),
            )
            db.execute("INSERT OR REPLACE INTO card VALUES (?, ?, ?, ?)", (learner, item, state, due))

    def undo_review(self, learner: str) -> str:
        """Take a learner's last rating back; the item it was of, "" if there is none."""
        with database(self.path, MIGRATIONS) as db:
            last = db.execute("SELECT * FROM review WHERE learner = ? ORDER BY id DESC", (learner,)).fetchone()
            if last is None:
                return ""
            db.execute("DELETE FROM review WHERE id = ?", (last["id"],))
            if last["before"]:
                due = json.loads(last["before"])["due"]
                db.execute(
                    "UPDATE card SET state = ?, due = ? WHERE learner = ? AND item = ?",
                    (last["before"], due, learner, last["item"]),
                )
            else:
                db.execute("DELETE FROM card WHERE learner = ? AND item = ?", (learner, last["item"]))
            return str(last["item"])

    def retire(self, item: str, reason: str, by: str) -> None:
        """Never show an item again; what was answered to it stays."""
        with database(self.path, MIGRATIONS) as db:
            db.execute("INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)", (item, reason, by, now()))

    def revive(self, item: str) -> None:
        with database(self.path, MIGRATIONS) as db:
            db.execute("DELETE FROM retired WHERE item = ?", (item,))

    def retired(self, until: str = "") -> dict[str, str]:
        """Retired item to the reason; only those of before a time (UTC, ISO 8601) if given."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT item, reason FROM retired WHERE ? = '' OR at <= ?", (until, until)).fetchall()
        return {row["item"]: row["reason"] for row in rows}

    def back_up(self, target: Path) -> None:
        """Copy the results, whole or not at all, while they may be in use."""
        back_up(self.path, target, MIGRATIONS)

    def restore(self, backup: Path) -> Path | None:
        """Put a backup in place; what was there stays beside it as ``.old``, which is returned if it is damaged."""
        return restore(backup, self.path, MIGRATIONS)
