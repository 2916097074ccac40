"""The chat page: conversations at the side, one of them open, the source on the right.

Nothing here is shared between sessions but what is read only; ``talk`` says what is kept.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from importlib.resources import files
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..payload import answer_payload
from ..study.course import Course
from ..types import Answer, Note
from .bench import Bench
from .eval_page import build_eval
from .language import COOKIE, LANGUAGES, Page, in_every_language, say, speaking
from .login import user_of
from .render import welcome
from .shelf import Shelf
from .source import reader_html
from .study_page import build_study
from .talk import DISLIKE, LIKE, QUIET, UNCHANGED, Talk, Updates, idle, told, words_for
from .twins import twin_question

_AT_ONCE = 8  # questions answered side by side; more wait in line
_FONT = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
_MONO = ["ui-monospace", "Consolas", "monospace"]
_ASKING = "(...given) => window.hujin.asking(...given)"
_ASKED = """() => window.hujin.written() || new URLSearchParams(location.search).get("q")
    || document.querySelector("#question textarea")?.value || ''"""  # a link that asks, such as from a quiz
_NAMED = "() => new URLSearchParams(location.search).get('chat') || ''"


def assets() -> dict[str, Any]:
    """What ``launch`` needs to dress the page; everything is inline or comes from this machine."""
    here = files(__package__)
    style, *scripts = ((here / name).read_text("utf-8") for name in ("style.css", "shell.js", "reader.js", "page.js"))
    words: dict[str, dict[str, Any]] = {}
    for language in LANGUAGES:
        with speaking(language):
            words[language] = say.IN_PAGE | {
                "other": say.OTHER_LANGUAGE,
                "page": say.PAGE,
                "no_files": say.NO_UPLOAD,
                "problem": say.PROBLEM,
                "failed": say.FAILED,
                "gradio": say.GRADIO,
            }
    given = f"window.hujinWords = {json.dumps(words)}; window.hujinCookie = {json.dumps(COOKIE)};"
    return {
        "theme": gr.themes.Default(primary_hue="teal", neutral_hue="stone", font=_FONT, font_mono=_MONO).set(
            input_placeholder_color="*neutral_500",  # all of these: enough contrast to be read
            body_text_color_subdued="*neutral_500",
            button_primary_background_fill="*primary_700",
            button_primary_background_fill_hover="*primary_800",
            button_primary_background_fill_dark="*primary_700",
            button_primary_background_fill_hover_dark="*primary_800",
        ),
        "head": f"<style>{style}</style><script>{given}{''.join(scripts)}</script>",
    }


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages are over: conversations, who may have them, and what else there is to show."""

    talk: Talk
    accounts: Accounts
    notes: Sequence[Note] = ()
    examples: Sequence[str] = ()  # questions of the first page
    course: Course | None = None  # makes the page /study
    bench: Bench | None = None  # makes the page /eval


def build(site: Site) -> gr.Blocks:
    """The pages over anything that answers questions."""

    def make() -> Page:
        page = _chat(site)
        if site.course:
            build_study(page, site.course, site.accounts)
        if site.bench:
            build_eval(page, site.bench, site.accounts)
        page.queue(default_concurrency_limit=_AT_ONCE)
        return page

    return in_every_language(make)


def _chat(site: Site) -> Page:
    """The chat alone, in the language that is spoken here."""
    talk, accounts, notes = site.talk, site.accounts, site.notes
    documents, chats = talk.documents, talk.chats

    def read_document(document: str) -> str:
        return reader_html(str(document), documents, notes)

    def answer_json(request: gr.Request, question: str, history: list[str] | None = None) -> Iterator[dict[str, Any]]:
        """Answer a question from the documents, with citations; ``history`` holds the earlier questions.

        What a language model drafts comes first, as ``{"id", "draft"}``; the last event is the answer.
        """
        draft = ""
        try:
            user_of(request, accounts)
            with closing(talk.stream(question, [("user", h) for h in history or []])) as events:
                for event in events:
                    if isinstance(event, Answer):
                        yield answer_payload(event, "1")
                    else:
                        draft += event.text
                        yield {"id": "1", "draft": draft}
        except Exception as error:
            yield {"id": "1", "error": words_for(error)}
        finally:  # Gradio would keep the whole page once more for every caller
            page.state_holder.session_data.pop(request.session_hash or "", None)

    def on_ask(question: str, chat: str, request: gr.Request) -> Iterator[Updates]:
        with told():
            yield from talk.reply(user_of(request, accounts), chat, question)

    def on_retry(chat: str, event: gr.RetryData, request: gr.Request) -> Iterator[Updates]:
        with told():
            user, n = user_of(request, accounts), _exchange(event.index)
            for turn in chats.turns(user, chat)[n : n + 1]:
                yield from talk.reply(user, chat, turn.question, n)

    def on_edit(chat: str, event: gr.EditData, request: gr.Request) -> Iterator[Updates]:
        with told():
            question = unescape(str(event.value))
            yield from talk.reply(user_of(request, accounts), chat, question, _exchange(event.index))

    def on_pick(chat: str, event: gr.SelectData, request: gr.Request) -> Iterator[Updates]:
        value = event.value
        yield from on_ask(value["text"] if isinstance(value, dict) else str(value), chat, request)

    def on_undo(chat: str, request: gr.Request) -> Updates:
        with told():
            return talk.undo(user_of(request, accounts), chat)

    def on_stop(chat: str, request: gr.Request) -> Updates:
        with told():
            return talk.stop(user_of(request, accounts), chat)

    def on_like(chat: str, event: gr.LikeData, request: gr.Request) -> None:
        with told():
            talk.judge(user_of(request, accounts), chat, _exchange(event.index), event.liked)

    def on_load(named: str, request: gr.Request) -> Updates:
        """Touch nothing if the address names no conversation: its reader may have asked before this arrives."""
        return on_open(named, request) if named else UNCHANGED

    def on_open(chat: str | None, request: gr.Request) -> Updates:
        with told():
            return talk.show(user_of(request, accounts), chat or "")

    def on_shelf(chat: str, words: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return shelf.show(user_of(request, accounts), chat, words)

    def on_rename(chat: str, title: str, request: gr.Request) -> None:
        with told():
            chats.rename(user_of(request, accounts), chat, title)

    def on_remove(chat: str, request: gr.Request) -> Updates:
        with told():
            chats.remove(user_of(request, accounts), chat)
        return [], idle(), ""

    def on_export(ending: str) -> Any:
        def export(chat: str, request: gr.Request) -> str:
            with told():
                return shelf.packed(user_of(request, accounts), chat, ending)

        return export

    with Page(title=say.PAGE, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        chat = gr.Textbox(visible="hidden", show_label=False)
        shelf = Shelf.lay_out(chats)
        with gr.Row(elem_id="desk", equal_height=True):
            with gr.Column(scale=6, min_width=320, elem_id="talk"):
                gr.HTML(f'<h1 class="sr">{say.PAGE}</h1>', apply_default_css=False, elem_id="name")
                log = gr.Chatbot(
                    elem_id="chat",
                    label=say.CONVERSATION,
                    show_label=False,
                    height="100%",
                    placeholder=welcome(documents),
                    examples=[{"text": q, "display_text": twin_question(q)} for q in site.examples] or None,
                    render_markdown=False,
                    sanitize_html=True,
                    latex_delimiters=[],
                    buttons=[],
                    editable="user",
                    autoscroll=False,  # page.js shows an answer from its start
                    feedback_options=(LIKE, DISLIKE, *list(say.REASONS.values())[:-1]),
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
        shown: list[Any] = [log, box, chat]

        def list_again(event: Any) -> None:
            event.then(on_shelf, [chat, shelf.find], shelf.shown, **QUIET)

        def settle(event: Any) -> None:
            list_again(event.then(None, chat, js="(chat) => window.hujin.answered(chat)", **QUIET))

        asking = [
            box.submit(on_ask, [box, chat], shown, trigger_mode="multiple", js=_ASKING, **QUIET),  # see Talk.reply
            log.example_select(on_pick, chat, shown, js=_ASKING, **QUIET),
            log.option_select(on_pick, chat, shown, **QUIET),
            log.retry(on_retry, chat, shown, **QUIET),
            log.edit(on_edit, chat, shown, **QUIET),
        ]
        opening = [
            page.load(on_load, chat, shown, js=_NAMED, **QUIET),
            shelf.choice.input(on_open, shelf.choice, shown, **QUIET),
            log.undo(on_undo, chat, shown, **QUIET),
            log.clear(lambda: ([], idle(), ""), None, shown, **QUIET),
            shelf.new.click(lambda: ([], idle(), ""), None, shown, **QUIET),
            shelf.sure.click(on_remove, chat, shown, **QUIET),
            box.stop(on_stop, chat, shown, cancels=asking, **QUIET),  # type: ignore[arg-type]
        ]
        for event in [*asking, *opening]:
            settle(event)
        log.like(on_like, chat, None, **QUIET)
        shelf.find.input(on_shelf, [chat, shelf.find], shelf.shown, trigger_mode="always_last", **QUIET)
        for renaming in (shelf.rename.click, shelf.title.submit):
            list_again(renaming(on_rename, [chat, shelf.title], None, **QUIET))
        ask_first = gr.update(visible=False), gr.update(visible=True)
        shelf.remove.click(lambda: ask_first, None, [shelf.remove, shelf.sure], **QUIET)
        for ending, button in shelf.files.items():
            packed = button.click(on_export(ending), chat, shelf.file, **QUIET)
            packed.success(None, shelf.file, js="(file) => window.hujin.save(file)", **QUIET)
        page.load(None, None, box, js=_ASKED, **QUIET)
        gr.api(answer_json, api_name="ask")  # type: ignore[attr-defined]
    return page  # type: ignore[no-any-return]


def _exchange(index: int | tuple[int, int]) -> int:
    """Which exchange a message belongs to; each has two messages."""
    return (index if isinstance(index, int) else index[0]) // 2
