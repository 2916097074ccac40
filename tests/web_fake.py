"""A hand-made document and a stand-in for the assistant, for tests of the chat that need no index.

Run as a script it serves the chat over them: Gradio leaves event loops and sockets open when its server stops, so
the tests, to whom every warning is an error, keep it in a process of its own.
"""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

from hujin_qa.types import Answer, Citation, Claim, Delta, Document, Hit, Note, Passage, Section, Turn

HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=2</script> ![图](http://example.com/a.png) [链](javascript:hit())'
LINES = [
    ("一、支付", "支付😀分两类。𠮷祥支付规模为7万亿元。另一句。"),
    ("1、扫码", "扫码最常见。" + HOSTILE),
    ("2、刷脸", "刷脸要授权。${window.hit=3} {{value}}"),
    ("二、信贷", "信贷看风控。" + "风控要有数据。" * 120),
    ("1、规模", "信贷规模为2万亿元。"),
]


def _document() -> Document:
    text, sections, path = "", [], []
    positions = ["1", "1.1", "1.2", "2", "2.1"]
    for (heading, body), position in zip(LINES, positions, strict=True):
        path = [*path[: position.count(".")], heading]
        start = len(text)
        text += heading + "\n"
        middle = len(text)
        text += body + "\n"
        sections.append(Section(position, heading, tuple(path), start, middle, len(text)))
    return Document("样本 1", "样本<文>", text, tuple(sections), {"author": "某人"})


DOCUMENT = _document()
SECOND = Document("b", "第二份", "别的内容在这里。", (Section("0", "", (), 0, 0, 8),))
DOCUMENTS = {d.id: d for d in (DOCUMENT, SECOND)}
NOTE = Note(
    DOCUMENT.id,
    DOCUMENT.text.index("7万亿元"),
    DOCUMENT.text.index("7万亿元") + 4,
    "erratum",
    "单位<存疑>",
    "官网",
    "待核",
)


def citation(n: int, quote: str, document: Document = DOCUMENT) -> Citation:
    start = document.text.index(quote)
    end = start + len(quote)
    section = next(s for s in document.sections if s.start <= start < s.end)
    return Citation(n, document.id, f"{document.id}/{section.position}#1", section.path, start, end, quote)


def hit(rank: int, position: str) -> Hit:
    section = next(s for s in DOCUMENT.sections if s.position == position)
    text = DOCUMENT.text[section.start : section.end]
    passage = Passage(
        f"{DOCUMENT.id}/{position}#1",
        DOCUMENT.id,
        section.path,
        position,
        section.start,
        section.body,
        section.end,
        text,
    )
    return Hit(rank, rank, passage, 1.0, 0.9, 1.0)


def answer(question: str, quotes: Sequence[str], interpreted: str = "", document: Document = DOCUMENT) -> Answer:
    citations = tuple(citation(n, q, document) for n, q in enumerate(quotes, 1))
    claims = tuple(Claim(c.quote, (c.n,)) for c in citations)
    return Answer(
        question, interpreted or question, "answered", "", " ".join(f"{c.quote}[{c.n}]" for c in citations), claims,
        citations, (hit(1, "1"), hit(2, "1.2")), (NOTE,) if any("7万亿" in q for q in quotes) else (), (),
        "extractive", 0.93, {"retrieve": 1.0, "read": 1.0},
    )  # fmt: skip


def abstention(question: str) -> Answer:
    return Answer(
        question, question, "abstained", "not_enough_evidence", "文中没有说到这一点。相近的内容在「支付」。", (), (),
        (hit(1, "1"),), (), (), "extractive", 0.1, {},
    )  # fmt: skip


def ask(question: str, history: Sequence[Turn] = ()) -> Answer:
    """The stand-in: what it answers depends on a word of the question."""
    if "信贷" in question:
        return answer(question, ["信贷规模为2万亿元。", "信贷看风控。"])
    if "那" in question and history:
        return answer(question, ["扫码最常见。"], interpreted="扫码怎么样?")
    if "第二" in question:
        return answer(question, ["别的内容在这里。"], document=SECOND)
    if "慢" in question:
        time.sleep(8)
    if "坏" in question:
        raise RuntimeError("secret detail")
    if "没有" in question:
        return abstention(question)
    return answer(question, ["𠮷祥支付规模为7万亿元。", "扫码最常见。"])


def stream(question: str, history: Sequence[Turn] = ()) -> Generator[Delta | Answer]:
    """The same with a model's draft before it, where the question asks for one."""
    if "草稿" in question:
        for piece in ("支付", "规模<b>", "很大"):
            yield Delta(piece)
            time.sleep(0.3)
    found = ask(question, history)
    yield replace(found, remark="模型没有回应,改用原文摘句。") if "草稿" in question else found


def made(make: Callable[[], Any]) -> Any:
    """What is made of Gradio's components without a server; where no event loop runs, it would leave its own open."""

    async def inside() -> Any:
        return make()

    return asyncio.run(inside())


@contextmanager
def served(*command: str, **settings: str) -> Iterator[str]:
    """The address of a chat that runs in another process, by default the one over this module."""
    words = [sys.executable, *(command or (__file__,))]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as stack:
        settings = {"data": folder, "port": "0"} | settings
        environment = os.environ | {f"HUJIN_QA_{name.upper()}": value for name, value in settings.items()}
        process = stack.enter_context(subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment))
        said = []
        try:
            for line in process.stderr or ():
                said.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0]
                    return
            raise AssertionError("the server ended without an address: " + "".join(said))
        finally:
            process.terminate()


if __name__ == "__main__":
    from hujin_qa.accounts import Accounts
    from hujin_qa.chats import Chats
    from hujin_qa.settings import load_settings
    from hujin_qa.web import Site, build, launch
    from hujin_qa.web.talk import Talk

    settings = load_settings()
    talk = Talk(stream, DOCUMENTS, Chats(settings.data / "chats.db"), {"corpus": "1"})
    page = build(Site(talk, Accounts.of(settings), [NOTE], ["支付分哪几类?", "信贷规模是多少?"]))
    print(launch(page, settings), file=sys.stderr, flush=True)
    page.block_thread()
