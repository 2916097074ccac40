"""A question set: questions with the facts of their answers and where these stand, from JSONL, CSV, XLSX or BEIR."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..decoding import decode
from ..errors import BadInput, reason

COLUMNS = {
    "编号": "id",
    "类型": "kind",
    "问题": "question",
    "可答": "answerable",
    "要点": "facts",
    "依据": "evidence",
    "前文": "history",
    "分组": "group",
}
"""Headings of a table in Chinese; the English ones serve too."""

_YES, _NO = ("", "是", "可答", "true", "1", "yes", "y"), ("否", "不可答", "false", "0", "no", "n")
_LISTS = ("facts", "evidence", "history")


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One line of a question set.

    ``facts`` must all stand in the answer, each in one of its spellings. ``evidence`` names where they stand, in
    words that survive another cut into passages: an outline position (``"1.1.2"``, children included), one of a
    document (``"city-report/2.1"``), a whole document (``"dev-12/"``), or a verbatim snippet. A passage id
    (``"city-report/2.1#1"``) is allowed too. Wordings of one question share a ``group``.
    """

    id: str
    kind: str
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one line of a file."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path} 第 {self.line} 行:{self.text}"


@dataclass(frozen=True, slots=True)
class Line:
    """A question with the place that it came from."""

    path: Path
    number: int
    question: EvalQuestion


def load_questions(path: Path) -> list[EvalQuestion]:
    """Read a question set.

    Raises:
        BadInput: the first fault, with its line.
    """
    lines, faults = read_questions(path)
    if faults:
        raise BadInput(f"{faults[0]}要看全部问题,请运行:hujin-qa eval validate {path}")
    if not lines:
        raise BadInput(f"问题集 {path} 里没有问题。")
    return [line.question for line in lines]


def read_questions(path: Path) -> tuple[list[Line], list[Fault]]:
    """Every question that can be read, and everything that cannot.

    Raises:
        BadInput: the file itself cannot be read.
    """
    lines: list[Line] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, value in _rows(path):
        try:
            question = _question(value)
        except ValueError as error:
            faults.append(Fault(path, number, f"{error}。"))
            continue
        if question.id in seen:
            faults.append(Fault(path, number, f"编号 {question.id} 与第 {seen[question.id]} 行重复。"))
            continue
        seen[question.id] = number
        lines.append(Line(path, number, question))
    return lines, faults


def digest(questions: Sequence[EvalQuestion]) -> str:
    """What two runs must share to be compared: sha256 over everything that is asked and judged by."""
    return hashlib.sha256(json.dumps([question_value(q) for q in questions]).encode()).hexdigest()[:16]


def question_value(question: EvalQuestion) -> dict[str, Any]:
    """A question as a line of a JSONL set."""
    value: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "history": list(question.history),
        "answerable": question.answerable,
        "facts": [list(f) for f in question.facts],
        "evidence": list(question.evidence),
    }
    return value | ({"group": question.group} if question.group else {})


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Line numbers with parsed values, or with the ``ValueError`` that parsing gave."""
    if path.is_dir():
        return _beir(path)
    if not path.is_file():
        raise BadInput(f"找不到问题集 {path}。请检查路径。")
    if path.suffix.lower() == ".csv":
        return _csv(path)
    if path.suffix.lower() == ".xlsx":
        return _xlsx(path)
    if path.suffix.lower() in (".jsonl", ".json"):
        return _jsonl(path)
    raise BadInput(f"不认识问题集 {path} 的格式。可用 .jsonl、.csv、.xlsx 或 BEIR 文件夹。")


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return decode(data, path) if data.strip() else ""
    except OSError as error:
        raise BadInput(f"问题集 {path} 读不出来:{reason(error)}。") from None


def _jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, ValueError("不是合法的 JSON")


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    rows, start = [], 1
    try:
        for row in reader:
            rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"{path} 第 {start} 行不是合法的 CSV:{error}。") from None
    return _table(path, rows)


def _xlsx(path: Path) -> Iterator[tuple[int, Any]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise BadInput(f"{path} 不是可读的 XLSX 文件。请用表格软件另存为 .xlsx 或 .csv。") from None
    try:
        rows = book.worksheets[0].iter_rows(values_only=True)
        cells = [(n, ["" if c is None else str(c) for c in row]) for n, row in enumerate(rows, 1)]
    finally:
        book.close()
    return _table(path, cells)


def _table(path: Path, rows: Sequence[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Any]]:
    """In a cell, facts are parted by ``;`` or a new line, their spellings by ``|``; other lists by a new line or ``|``."""
    filled = [(number, row) for number, row in rows if any(c.strip() for c in row)]
    if not filled:
        return
    names = [COLUMNS.get(c.strip(), c.strip()) for c in filled[0][1]]
    if "question" not in names:
        raise BadInput(f"{path} 第 {filled[0][0]} 行要是表头,至少有「问题」一列;可用的列:{'、'.join(COLUMNS)}。")
    for number, row in filled[1:]:
        value: dict[str, Any] = {n: c.strip() for n, c in zip(names, row, strict=False) if n in COLUMNS.values()}
        value["id"] = value.get("id") or str(number)
        value["kind"] = value.get("kind") or "fact"
        answerable = value.get("answerable", "").lower()
        value["answerable"] = answerable in _YES if answerable in _YES + _NO else answerable
        facts = value.get("facts", "").replace("；", ";").replace(";", "\n")
        value["facts"] = [parts(fact, "|") for fact in parts(facts, "\n")]
        for name in ("evidence", "history"):
            value[name] = parts(value.get(name, "").replace("|", "\n"), "\n")
        yield number, value


def parts(text: str, mark: str) -> list[str]:
    """What stands between the marks, without blanks and what is empty."""
    return [part.strip() for part in text.split(mark) if part.strip()]


def _beir(folder: Path) -> Iterator[tuple[int, Any]]:
    """``queries.jsonl`` with ``qrels.tsv`` (or ``qrels/test.tsv``); short answers, if any, from ``answers.jsonl``.

    ``qrels/test.tsv`` is BEIR's own layout: other queries belong to other splits and are left out, as BEIR does.
    """
    qrels = next((p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()), None)
    if qrels is None or not (folder / "queries.jsonl").is_file():
        raise BadInput(f"{folder} 不是 BEIR 文件夹:要有 queries.jsonl 和 qrels.tsv(或 qrels/test.tsv)。")
    relevant: dict[str, list[str]] = {}
    for number, line in enumerate(_text(qrels).split("\n"), 1):
        cells = line.split("\t")
        if line.strip() and (len(cells) != 3 or not _is_number(cells[2])) and number > 1:
            raise BadInput(f"{qrels} 第 {number} 行要有三列:query-id、corpus-id、score。")
        if len(cells) == 3 and _is_number(cells[2]):
            relevant.setdefault(cells[0], []).extend([cells[1]] if float(cells[2]) > 0 else [])
    answers: dict[str, list[str]] = {}
    if (folder / "answers.jsonl").is_file():
        for number, value in _jsonl(folder / "answers.jsonl"):
            if not isinstance(value, dict) or not isinstance(value.get("answers"), list):
                raise BadInput(f"{folder / 'answers.jsonl'} 第 {number} 行要有 _id 和 answers。")
            answers[str(value.get("_id"))] = [str(a) for a in value["answers"]]
    for number, value in _jsonl(folder / "queries.jsonl"):
        if not isinstance(value, dict) or "_id" not in value:
            yield number, ValueError("要是一个 JSON 对象,含 _id 和 text")
            continue
        id_ = str(value["_id"])
        if qrels.parent != folder and id_ not in relevant:
            continue
        yield (
            number,
            {
                "id": id_,
                "question": value.get("text"),
                "answerable": bool(relevant.get(id_)),
                "facts": [answers[id_]] if answers.get(id_) else [],
                "evidence": [f"{document}/" for document in relevant.get(id_, [])],
            },
        )


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdigit()


def _question(value: Any) -> EvalQuestion:
    if isinstance(value, ValueError):
        raise value
    if not isinstance(value, dict):
        raise ValueError("要是一个 JSON 对象")
    for name in ("id", "question"):
        text = value.get(name)
        if not isinstance(text, str | int) or isinstance(text, bool) or not str(text).strip():
            raise ValueError(f"缺少 {name},或它不是一段文字")
    answerable = value.get("answerable", True)
    if not isinstance(answerable, bool):
        raise ValueError(f"answerable 要是 true 或 false,不是 {answerable!r}")
    for name in _LISTS:
        if not isinstance(value.get(name, []), list):
            raise ValueError(f"{name} 要是一个列表")
    facts = value.get("facts", [])
    if not all(isinstance(f, list) and f and all(isinstance(a, str) and a.strip() for a in f) for f in facts):
        raise ValueError("facts 要是列表的列表:每个要点列出它的各种写法")
    texts = [*value.get("evidence", []), *value.get("history", [])]
    if not all(isinstance(t, str) and t.strip() for t in texts):
        raise ValueError("evidence 和 history 的每一项要是一段文字")
    if answerable and not facts and not value.get("evidence"):
        raise ValueError("可答的问题要写 facts 或 evidence")
    return EvalQuestion(
        id=str(value["id"]).strip(),
        kind=str(value.get("kind") or "fact"),
        question=str(value["question"]),
        answerable=answerable,
        facts=tuple(tuple(fact) for fact in facts),
        evidence=tuple(value.get("evidence", [])),
        history=tuple(value.get("history", [])),
        group=str(value.get("group") or ""),
    )
