"""What users think of answers, kept with all that led to them, and turned into candidates for a question set."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .chats import MIGRATIONS, read_answer
from .database import database
from .users import User

GOOD = "有帮助"
REASONS = ("答非所问", "与原文不符", "出处不对", "说得不全", "文中其实没有", "文中其实有", "没有帮助")
"""Why an answer is no good; the last where no reason is given."""


def judge(path: Path, user: User, turn: int, verdict: str, versions: Mapping[str, str]) -> None:
    """Keep a user's verdict (``GOOD`` or one of ``REASONS``) on an answer of one of their own conversations.

    A later verdict replaces the user's earlier one; an empty one takes it back.

    Raises:
        DataProblem: the file cannot be used.
    """
    with database(path, MIGRATIONS) as db:
        db.execute("DELETE FROM verdict WHERE turn = ? AND user = ?", (turn, user.name))
        query = "SELECT turn.* FROM turn JOIN chat ON chat.id = turn.chat WHERE turn.id = ? AND user = ?"
        row = db.execute(query, (turn, user.name)).fetchone()
        if row is None or not row["answer"] or verdict not in (GOOD, *REASONS):
            return
        earlier = db.execute("SELECT question FROM turn WHERE chat = ? AND n < ? ORDER BY n", (row["chat"], row["n"]))
        history = json.dumps([question for (question,) in earlier], ensure_ascii=False)
        now = datetime.now(UTC).isoformat()
        db.execute(
            "INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (turn, user.name, verdict, now, row["question"], history, row["answer"], json.dumps(dict(versions))),
        )


def verdicts(path: Path, user: User) -> dict[int, str]:
    """The user's own verdicts by turn."""
    with database(path, MIGRATIONS) as db:
        return dict(db.execute("SELECT turn, verdict FROM verdict WHERE user = ?", (user.name,)).fetchall())


def candidates(path: Path) -> Iterator[dict[str, Any]]:
    """Every verdict as a line for ``hujin-qa eval``, for a person to check before it is one.

    Facts and evidence are what a good answer cited; where it was no good, they have yet to be found, and ``eval`` says
    so. Who gave the verdict is left out.

    Raises:
        DataProblem: the file cannot be used.
    """
    with database(path, MIGRATIONS) as db:
        rows = db.execute("SELECT * FROM verdict ORDER BY said, turn").fetchall()
    for row in rows:
        answer = read_answer(row["answer"])
        if answer is None:
            continue
        good, answered = row["verdict"] == GOOD, answer.status == "answered"
        yield {
            "id": f"feedback-{row['turn']:05}",
            "kind": "feedback",
            "question": row["question"],
            "history": json.loads(row["history"]),
            "answerable": answered if good else row["verdict"] != "文中其实没有",
            "facts": [[c.quote] for c in answer.citations] if good else [],
            "evidence": [c.quote for c in answer.citations] if good else [],
            "verdict": row["verdict"],
            "said": row["said"],
            "answer": answer.text,
            "passages": [h.passage.id for h in answer.hits],
            "versions": json.loads(row["versions"]),
        }
