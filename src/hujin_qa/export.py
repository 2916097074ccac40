"""A conversation as a file to take away: Markdown, Word or JSON, always with its citations.

``word`` puts what is not a user's or a document's own into the language of whoever takes the file away.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from .chats import Chat, Kept
from .payload import answer_payload, confidence_words, note_line
from .types import Answer

Piece = tuple[str, str]
"""``(kind, text)`` with kind ``title``, ``question``, ``text``, ``note`` or ``source``."""
Word = Callable[[str], str]

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML file may hold: Word and Excel files are made of XML."""


def pieces(chat: Chat, turns: Sequence[Kept], word: Word = str) -> Iterator[Piece]:
    """What a conversation says, in reading order."""
    yield "title", chat.title
    for turn in turns:
        yield "question", turn.question
        if turn.answer is None:
            yield "note", word(turn.remark or "没有作答")
        else:
            yield from _answer(turn.answer, word)


def _answer(answer: Answer, word: Word) -> Iterator[Piece]:
    if answer.interpreted != answer.question:
        yield "note", word(f"理解为:{answer.interpreted}")
    for claim in answer.claims:
        doubt = "" if claim.supported else " " + word("(这一句未能在原文中核实)")
        yield "text", claim.text + "".join(f"[{n}]" for n in claim.citations) + doubt
    if not answer.claims:
        yield "text", word(answer.text)
    for note in answer.notes:
        yield "note", word(note_line(note))
    for c in answer.citations:
        yield "source", f"[{c.n}] {' › '.join([c.document, *filter(None, c.section)])}「{' '.join(c.quote.split())}」"
    if answer.citations:
        yield "note", f"{word(confidence_words(answer))}({answer.confidence:.0%})"


def to_markdown(chat: Chat, turns: Sequence[Kept], word: Word = str) -> bytes:
    """Markdown in which nothing of a document or a user is markup."""
    before = {"title": "# ", "question": "## ", "text": "", "note": "> ", "source": "- "}
    lines = [before[kind] + _plain(text) for kind, text in pieces(chat, turns, word)]
    return ("\n\n".join(lines) + "\n").encode()


def to_json(chat: Chat, turns: Sequence[Kept], word: Word = str) -> bytes:
    """The answers as every other surface gives them, whatever ``word``."""
    answers = [
        answer_payload(t.answer, str(n)) if t.answer else {"id": str(n), "question": t.question, "error": t.remark}
        for n, t in enumerate(turns, 1)
    ]
    value = {"title": chat.title, "changed": chat.changed, "answers": answers}
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def to_word(chat: Chat, turns: Sequence[Kept], word: Word = str) -> bytes:
    """A Word file with headings that its navigation pane shows."""
    from docx import Document

    style = {"title": "Title", "question": "Heading 1", "text": None, "note": "Quote", "source": "List Bullet"}
    file, paper = io.BytesIO(), Document()
    for kind, text in pieces(chat, turns, word):
        paper.add_paragraph(CONTROL.sub("", text), style[kind])
    paper.save(file)
    return file.getvalue()


FORMATS: Mapping[str, Callable[[Chat, Sequence[Kept], Word], bytes]] = {
    "md": to_markdown,
    "docx": to_word,
    "json": to_json,
}
"""By the ending of the file."""


def file_name(chat: Chat, ending: str) -> str:
    """A name that every system takes."""
    return (re.sub(r'[\x00-\x1f\\/:*?"<>|.\s]+', " ", chat.title).strip()[:60] or "对话") + f".{ending}"


def _plain(text: str) -> str:
    r"""One line of Markdown that says just this; a citation's number stays as it is.

    >>> print(_plain("1. *a* [b](c) [1]"), _plain("[1]: d"))
    1\. \*a\* \[b](c) [1] \[1]: d
    """
    text = re.sub(r"[\\`*_{}<>#|~!&$]|\[(?!\d+\](?![(:]))", r"\\\g<0>", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+.)])", r"\1\\\2", text)
