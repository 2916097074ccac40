"""Items that trainers write or change: kept as they were meant, checked like any other, proved by a quote."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..citations import Citations
from ..database import database, now
from ..errors import BadInput
from ..index import Index
from .checks import fault
from .items import FALSE, TRUE, Draft, Item, draft_id, judged
from .store import MIGRATIONS

WrittenKind = Literal["choice", "list", "true_false"]
KINDS: Mapping[WrittenKind, str] = {"choice": "单选", "list": "多选", "true_false": "判断"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a trainer wrote. The quote is looked up in the document as it is now, so it survives a moved place."""

    kind: WrittenKind
    stem: str  # of true_false: the statement
    right: tuple[str, ...]  # of true_false: 对 or 错
    wrong: tuple[tuple[str, str], ...]  # option, and why it is wrong
    document: str
    quote: str


def draft_of(written: Written, index: Index) -> Draft:
    """The item as a draft over today's text.

    Raises:
        BadInput: the quote is not in the document, or a check fails; the message names it.
    """
    document = index.documents.get(written.document)
    at = document.text.find(written.quote) if document and written.quote.strip() else -1
    if document is None or at < 0:
        raise BadInput("原文里没有这句引文。请从原文里原样复制证明答案的那一句。")
    citations = Citations(index)
    citations.number(document.id, at, at + len(written.quote))
    (citation,) = citations.all()
    stem, right, wrong = written.stem.strip(), written.right, written.wrong
    if written.kind == "true_false":
        stem = f"判断对错(据原文):{stem}"
        other = TRUE if right == (FALSE,) else FALSE
        wrong = ((other, wrong[0][1] if wrong else f"原文是「{written.quote}」。"),)
    draft = Draft(written.kind, stem, right, wrong, citation, citation.position)
    if reason := fault(draft, index.documents):
        raise BadInput(f"这道题没有通过检查:{reason}。请改好再保存。")
    return draft


def as_written(item: Item) -> Written | None:
    """An item in the form in which a trainer can change it; None for those that pair or sort."""
    if item.kind in ("match", "order"):
        return None
    kind: WrittenKind = item.kind if item.kind in ("list", "true_false") else "choice"
    wrong = tuple((o, item.why[i]) for i, o in enumerate(item.options) if i not in item.answer)
    stem = judged(item.stem) if kind == "true_false" else item.stem
    right = tuple(item.options[i] for i in item.answer)
    return Written(kind, stem, right, wrong, item.citation.document, item.citation.quote)


@dataclass(frozen=True, slots=True)
class WrittenItems:
    """Where trainers keep what they write."""

    path: Path

    def save(self, written: Written, index: Index, by: str, replaces: str = "") -> str:
        """Keep an item; what it replaces is retired. Its id.

        Raises:
            BadInput: it fails a check, or is kept already.
        """
        return self.save_all([written], index, by, replaces)[0]

    def save_all(self, written: Sequence[Written], index: Index, by: str, replaces: str = "") -> list[str]:
        """Keep several items or none; the first may replace one. Their ids.

        The id is that of the question: who only changes its wrong options, or writes a retired one again, changes what
        is kept.

        Raises:
            BadInput: one fails a check, or is kept already; the message of several says which.
        """
        made: list[str] = []
        with database(self.path, MIGRATIONS) as db:
            for n, each in enumerate(written, 1):
                try:
                    id_ = draft_id(draft_of(each, index))
                    query = "SELECT 1 FROM written WHERE id = ? AND id NOT IN (SELECT item FROM retired)"
                    if id_ in made or (id_ != replaces and db.execute(query, (id_,)).fetchone()):
                        raise BadInput("已有一道一模一样的题。")
                except BadInput as error:
                    raise BadInput(f"第 {n} 题:{error}" if len(written) > 1 else str(error)) from None
                kept = json.dumps(asdict(each), ensure_ascii=False)
                old = "" if made else replaces
                db.execute("INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?, ?)", (id_, kept, old, by, now()))
                db.execute("DELETE FROM retired WHERE item = ?", (id_,))
                if old and old != id_:
                    row = (old, f"改写为 {id_}", by, now())
                    db.execute("INSERT OR REPLACE INTO retired VALUES (?, ?, ?, ?)", row)
                made.append(id_)
        return made

    def all(self) -> dict[str, Written]:
        """Id to what was written, in that order."""
        with database(self.path, MIGRATIONS) as db:
            rows = db.execute("SELECT id, draft FROM written ORDER BY at, id").fetchall()
        return {row["id"]: _read(json.loads(row["draft"])) for row in rows}

    def standing(self, index: Index) -> tuple[list[tuple[str, Draft]], list[str]]:
        """The items that hold over today's text, with the ids they were kept under, and the ids of those that do not."""
        good, lapsed = [], []
        for id_, written in self.all().items():
            try:
                good.append((id_, draft_of(written, index)))
            except BadInput:
                lapsed.append(id_)
        return good, lapsed


def from_lines(kind: str, stem: str, right: str, wrong: str, document: str, quote: str) -> Written:
    """What a form says: options one a line, a wrong one with its reason behind a |.

    Raises:
        BadInput: no such kind.
    """
    if kind not in KINDS:
        raise BadInput(f"题型要是:{'、'.join(KINDS.values())}。")
    pairs = [line.replace("｜", "|").partition("|") for line in _lines(wrong)]
    given = tuple((option.strip(), why.strip() or "原文没有这样说。") for option, _, why in pairs)
    return Written(kind, stem, tuple(_lines(right)), given, document, quote.strip())  # type: ignore[arg-type]


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read(value: dict[str, Any]) -> Written:
    wrong = tuple((option, why) for option, why in value["wrong"])
    return Written(**value | {"right": tuple(value["right"]), "wrong": wrong})
