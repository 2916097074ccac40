"""Corrections of a question set: one line is replaced, the rest stays as it is, and who did it is kept."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock

from ..database import now
from ..decoding import decode
from ..errors import BadInput, reason
from ..files import write_whole
from ..index import Index
from .questions import EvalQuestion, question_value, read_questions
from .validate import faults_of

FIELDS = ("kind", "question", "history", "answerable", "facts", "evidence", "group")
"""What may be corrected; the id stays."""


def edit_question(
    path: Path, id_: str, change: dict[str, Any], index: Index, log: Path, who: str, why: str
) -> EvalQuestion:
    """Correct one question of a JSONL set and note it in ``log``; the question as it now is.

    Runs over the set as it was keep their hash: they are not compared with runs over the corrected one.

    Raises:
        BadInput: there is no such question, the correction is not valid, no reason is given, or a file cannot be written.
    """
    if path.suffix != ".jsonl":
        raise BadInput("只能改 .jsonl 的问题集。")
    if not why.strip():
        raise BadInput("请写一句为什么改。")
    with FileLock(log.with_name(log.name + ".lock")):
        before = question_of(path, id_)
        lines = decode(path.read_bytes(), path).split("\n")
        found = next(line for line in read_questions(path)[0] if line.question.id == id_)
        value = json.loads(lines[found.number - 1]) | {k: v for k, v in change.items() if k in FIELDS}
        lines[found.number - 1] = json.dumps(value, ensure_ascii=False)
        with TemporaryDirectory() as folder:
            trial = write_whole(Path(folder) / path.name, "\n".join(lines))
            old = {(f.line, f.text) for f in faults_of(path, index)}
            new = [f for f in faults_of(trial, index) if f.line == found.number or (f.line, f.text) not in old]
            if new:
                raise BadInput(f"没有保存:{new[0].text}")
            after = question_of(trial, id_)
        _note(log, {"set": str(path), "id": id_, "who": who, "why": why.strip()}, before, after)
        try:
            write_whole(path, "\n".join(lines))
        except BadInput as error:
            _note(log, {"set": str(path), "id": id_, "who": who, "why": f"没有写成:{error}"}, after, before)
            raise
    return after


def question_of(path: Path, id_: str) -> EvalQuestion:
    """One question of a set.

    Raises:
        BadInput: there is none with this id.
    """
    found = next((line.question for line in read_questions(path)[0] if line.question.id == id_), None)
    if found is None:
        raise BadInput(f"问题集里没有编号 {id_}。")
    return found


def edits(log: Path) -> Sequence[dict[str, Any]]:
    """Every correction, latest first."""
    if not log.is_file():
        return []
    return [json.loads(line) for line in reversed(log.read_text(encoding="utf-8").split("\n")) if line]


def _note(log: Path, told: dict[str, Any], before: EvalQuestion, after: EvalQuestion) -> None:
    value = {"at": now(), **told, "before": question_value(before), "after": question_value(after)}
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BadInput(f"改动的记录写不到 {log}:{reason(error)}。没有改。") from None
