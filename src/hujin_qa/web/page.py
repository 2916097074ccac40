"""The chat page: a conversation on the left, the source on the right.

Nothing here is shared between sessions but what is read only: a session's turns live in its ``gr.State``.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from typing import Any

import gradio as gr

from ..errors import HujinError
from ..payload import answer_payload
from ..types import Answer, Document, Note, Turn
from . import strings as say
from .render import answer_html, said, welcome
from .source import reader_html

Ask = Callable[[str, Sequence[Turn]], Answer]
Updates = tuple[Any, ...]

_log = logging.getLogger(__name__)
_AT_ONCE = 8  # questions answered side by side; more wait in line
_FONT = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_SEARCHING = said(say.SEARCHING, "state")
_UNCHANGED: Updates = (gr.skip(), gr.skip(), gr.skip())
_MONO = ["ui-monospace", "Consolas", "monospace"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was shown for it."""

    question: str
    shown: str  # HTML
    text: str  # what a follow-up may refer to; "" if there was no answer
    suggestions: tuple[str, ...] = ()


Exchanges = tuple[Exchange, ...]


def assets() -> dict[str, Any]:
    """What ``launch`` needs to dress the page; everything is inline or comes from this machine."""
    here = files(__package__)
    style, script = ((here / name).read_text("utf-8") for name in ("style.css", "page.js"))
    words = f"window.hujinWords = {json.dumps(say.IN_PAGE)};"
    return {
        "theme": gr.themes.Default(primary_hue="teal", neutral_hue="stone", font=_FONT, font_mono=_MONO),
        "head": f"<style>{style}</style><script>{words}{script}</script>",
    }


def build(
    ask: Ask, documents: Mapping[str, Document], notes: Sequence[Note] = (), examples: Sequence[str] = ()
) -> gr.Blocks:
    """The page over anything that answers questions about these documents."""

    def read_document(document: str) -> str:
        return reader_html(str(document), documents, notes)

    def answer_json(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question from the documents, with citations; ``history`` holds the earlier questions."""
        try:
            return answer_payload(ask(question, [("user", h) for h in history or []]), "1")
        except Exception as error:
            return {"id": "1", "error": _words_for(error)}

    def reply(question: str, done: Exchanges) -> Iterator[Updates]:
        yield from _reply(ask, documents, question, done)

    def on_retry(done: Exchanges, event: gr.RetryData) -> Iterator[Updates]:
        n = _exchange(event.index)
        yield from _reply(ask, documents, done[n].question, done[:n]) if n < len(done) else [_UNCHANGED]

    def on_edit(done: Exchanges, event: gr.EditData) -> Iterator[Updates]:
        yield from _reply(ask, documents, unescape(str(event.value)), done[: _exchange(event.index)])

    def on_pick(done: Exchanges, event: gr.SelectData) -> Iterator[Updates]:
        value = event.value
        yield from _reply(ask, documents, value["text"] if isinstance(value, dict) else str(value), done)

    def on_undo(done: Exchanges) -> Updates:
        return _messages(done[:-1]), gr.update(value=done[-1].question if done else ""), done[:-1]

    def on_stop(done: Exchanges) -> Updates:
        if done and done[-1].shown == _SEARCHING:
            done = (*done[:-1], Exchange(done[-1].question, said(say.STOPPED, "state"), ""))
        return _messages(done), _idle(), done

    with gr.Blocks(title=say.PAGE, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        turns = gr.State(())
        with gr.Row(elem_id="desk", equal_height=True):
            with gr.Column(scale=6, min_width=320, elem_id="talk"):
                chat = gr.Chatbot(
                    elem_id="chat",
                    label=say.CONVERSATION,
                    show_label=False,
                    height="100%",
                    placeholder=welcome(documents),
                    examples=[{"text": q} for q in examples] or None,
                    render_markdown=False,
                    sanitize_html=True,
                    latex_delimiters=[],
                    buttons=[],
                    editable="user",
                    feedback_options=None,
                )
                box = gr.Textbox(
                    elem_id="question",
                    label=say.QUESTION,
                    show_label=False,
                    placeholder=say.ASK_HERE,
                    submit_btn=True,
                    autofocus=True,
                    max_lines=4,
                    max_length=10_000,
                )
            with gr.Column(scale=5, min_width=320, elem_id="pane"):
                gr.HTML(
                    reader_html(next(iter(documents), ""), documents, notes) if documents else "",
                    elem_id="source",
                    apply_default_css=False,
                    js_on_load="window.hujin.open(element, server)",
                    server_functions=[read_document],
                )
        shown: list[Any] = [chat, box, turns]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        asking = [
            box.submit(reply, [box, turns], shown, trigger_mode="multiple", **quiet),  # see _reply
            chat.example_select(on_pick, turns, shown, **quiet),
            chat.option_select(on_pick, turns, shown, **quiet),
            chat.retry(on_retry, turns, shown, **quiet),
            chat.edit(on_edit, turns, shown, **quiet),
        ]
        for event in asking:
            event.then(None, js="() => window.hujin.answered()", **quiet)
        box.stop(on_stop, turns, shown, cancels=asking, **quiet)  # type: ignore[arg-type]
        chat.undo(on_undo, turns, shown, **quiet)
        chat.clear(lambda: ([], _idle(), ()), None, shown, **quiet)
        gr.api(answer_json, api_name="ask")  # type: ignore[attr-defined]
    page.queue(default_concurrency_limit=_AT_ONCE)
    return page  # type: ignore[no-any-return]


def _reply(ask: Ask, documents: Mapping[str, Document], question: str, done: Exchanges) -> Iterator[Updates]:
    """Show at once that the question was heard, then the answer sentence by sentence.

    A question that is asked while another is pending takes its place: a stopped one may go on for a while in its
    thread, and must not keep the user from asking.
    """
    question = question.strip()
    if not question:
        yield _UNCHANGED
        return
    done = tuple(exchange for exchange in done if exchange.shown != _SEARCHING)

    def step(shown: str, **box: Any) -> Updates:
        asked = (*done, Exchange(question, shown, ""))
        return _messages(asked), gr.update(submit_btn=False, stop_btn=True, **box), asked

    yield step(_SEARCHING, value="")
    try:
        answer = ask(question, _history(done))
        for n in range(1, len(answer.claims)):
            yield step(answer_html(answer, documents, n))
        last = Exchange(question, answer_html(answer, documents), answer.text, answer.suggestions)
    except Exception as error:
        last = Exchange(question, said(_words_for(error), "failure"), "")
    yield _messages((*done, last)), _idle(), (*done, last)


def _words_for(error: Exception) -> str:
    if isinstance(error, HujinError):
        return str(error)
    _log.exception("a question could not be answered", exc_info=error)
    return say.FAILED


def _history(done: Exchanges) -> list[Turn]:
    turns: list[Turn] = []
    for exchange in done:
        turns += [("user", exchange.question), ("assistant", exchange.text)] if exchange.text else []
    return turns


def _idle() -> Any:
    return gr.update(submit_btn=True, stop_btn=False)


def _messages(done: Exchanges) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for exchange in done:
        answer: dict[str, Any] = {"role": "assistant", "content": exchange.shown}
        messages += [{"role": "user", "content": said(exchange.question)}, answer]
    if done and done[-1].suggestions:
        messages[-1]["options"] = [{"value": q, "label": q} for q in done[-1].suggestions]
    return messages


def _exchange(index: int | tuple[int, int]) -> int:
    """Which exchange a message belongs to; each has two messages."""
    return (index if isinstance(index, int) else index[0]) // 2
