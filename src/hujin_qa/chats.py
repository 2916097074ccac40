"""Conversations kept in ``chats.db``. Every function of :class:`Chats` takes the user, and every query names it."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from .database import database
from .errors import BadInput
from .types import Answer
from .users import User

TITLE = 40
"""Characters of a title that is taken from the first question."""

MIGRATIONS = (
    """
    CREATE TABLE chat (id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, changed TEXT NOT NULL);
    CREATE INDEX chat_of_user ON chat (user, changed);
    CREATE TABLE turn (
        id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL REFERENCES chat ON DELETE CASCADE,
        n INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, text TEXT NOT NULL, remark TEXT NOT NULL
    );
    CREATE UNIQUE INDEX turn_of_chat ON turn (chat, n);
    CREATE TABLE verdict (
        turn INTEGER NOT NULL, user TEXT NOT NULL, verdict TEXT NOT NULL, said TEXT NOT NULL, question TEXT NOT NULL,
        history TEXT NOT NULL, answer TEXT NOT NULL, versions TEXT NOT NULL, PRIMARY KEY (turn, user)
    )
    """,
)
_MINE = "chat IN (SELECT id FROM chat WHERE user = ?)"
_ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation in the list of its user."""

    id: str  # cannot be guessed
    title: str
    changed: str  # ISO, UTC


@dataclass(frozen=True, slots=True)
class Kept:
    """A question with its answer, or the words that stand for it: why there is none. Neither while it is worked on."""

    id: int
    question: str
    answer: Answer | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Chats:
    """The file of all conversations."""

    path: Path

    def all(self, user: User, containing: str = "") -> list[Chat]:
        """The user's conversations, last changed first; with words, those whose title or text contain them.

        Raises:
            DataProblem: the file cannot be used; so does every function here.
        """
        query = (
            "SELECT id, title, changed FROM chat WHERE user = :user AND (:words = '' OR instr(lower(title), lower(:words)) OR "
            "EXISTS (SELECT 1 FROM turn WHERE turn.chat = chat.id AND instr(lower(question || char(10) || text), lower(:words)))) "
            "ORDER BY changed DESC, id"
        )
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute(query, {"user": user.name, "words": containing.strip()}).fetchall()
        return [Chat(*row) for row in rows]

    def find(self, user: User, chat: str) -> Chat | None:
        """The user's conversation of this id."""
        with database(self.path, MIGRATIONS) as db:
            row = db.execute(
                "SELECT id, title, changed FROM chat WHERE id = ? AND user = ?", (chat, user.name)
            ).fetchone()
        return Chat(*row) if row else None

    def turns(self, user: User, chat: str) -> list[Kept]:
        """What was asked and answered, oldest first; nothing where the user has no such conversation.

        An answer of a shape that is no longer read is told as its text alone.
        """
        query = f"SELECT id, question, answer, text, remark FROM turn WHERE chat = ? AND {_MINE} ORDER BY n"
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute(query, (chat, user.name)).fetchall()
        answers = [read_answer(row["answer"]) for row in rows]
        return [
            Kept(row["id"], row["question"], answer, row["remark"] or ("" if answer else row["text"]))
            for row, answer in zip(rows, answers, strict=True)
        ]

    def begin(self, user: User, chat: str, n: int, question: str) -> tuple[str, int]:
        """Keep a question as the ``n``-th (from 0) in place of what stood there and after; the ids of chat and turn.

        A conversation that the user does not have (yet) is a new one.
        """
        with database(self.path, MIGRATIONS) as db:
            if not db.execute("SELECT 1 FROM chat WHERE id = ? AND user = ?", (chat, user.name)).fetchone():
                chat, title = secrets.token_urlsafe(12), " ".join(question.split())[:TITLE]
                db.execute("INSERT INTO chat VALUES (?, ?, ?, '')", (chat, user.name, title))
            db.execute("DELETE FROM turn WHERE chat = ? AND n >= ?", (chat, n))
            insert = "INSERT INTO turn (chat, n, question, answer, text, remark) VALUES (?, ?, ?, '', '', '')"
            turn = db.execute(insert, (chat, n, question)).lastrowid
            now = datetime.now(UTC).isoformat()
            db.execute("UPDATE chat SET changed = ? WHERE id = ? AND user = ?", (now, chat, user.name))
        return chat, turn or 0

    def finish(self, user: User, turn: int, answer: Answer | None, remark: str = "") -> None:
        """Keep what a question led to, unless it was replaced or stopped meanwhile."""
        written, text = (write_answer(answer), answer.text) if answer else ("", "")
        query = (
            f"UPDATE turn SET answer = ?, text = ?, remark = ? WHERE id = ? AND answer = '' AND remark = '' AND {_MINE}"
        )
        with database(self.path, MIGRATIONS) as db:
            db.execute(query, (written, text, remark, turn, user.name))

    def cut(self, user: User, chat: str, n: int) -> None:
        """Forget the ``n``-th question (from 0) and what follows it."""
        with database(self.path, MIGRATIONS) as db:
            db.execute(f"DELETE FROM turn WHERE chat = ? AND n >= ? AND {_MINE}", (chat, n, user.name))
            if not n:
                db.execute("DELETE FROM chat WHERE id = ? AND user = ?", (chat, user.name))

    def rename(self, user: User, chat: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            BadInput: the title is empty.
        """
        title = " ".join(title.split())[:200]
        if not title:
            raise BadInput("名称是空的。请输入一个名称。")
        with database(self.path, MIGRATIONS) as db:
            db.execute("UPDATE chat SET title = ? WHERE id = ? AND user = ?", (title, chat, user.name))

    def remove(self, user: User, chat: str) -> None:
        """Forget a conversation."""
        self.cut(user, chat, 0)


def write_answer(answer: Answer) -> str:
    """An answer as JSON, whole; numpy's numbers as plain ones."""
    return json.dumps(asdict(answer), ensure_ascii=False, default=lambda number: number.item())


def read_answer(written: str) -> Answer | None:
    """An answer from JSON; ``None`` if there is none, or if it is of a shape that is no longer read."""
    try:
        return _ANSWER.validate_json(written) if written else None
    except ValidationError:
        return None
