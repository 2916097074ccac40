"""The page /study: path, quiz, cards, and for trainers the results."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..study.cards import RATINGS
from ..study.course import Course
from ..users import User
from .classroom_page import lay_out_classroom
from .language import say
from .lesson import Asked, Lesson, card_html, item_html, said
from .login import user_of
from .talk import QUIET, told
from .twins import twin

_PLACES = 6  # the most that an item has to pair or to sort
_HIDDEN = gr.update(visible=False)


def build_study(page: gr.Blocks, course: Course, accounts: Accounts) -> None:
    """Add the page to the app. Call it after the chat's own ``with`` block."""
    lesson = Lesson.of(course)

    def form(asked: Asked | None) -> list[Any]:
        """Updates for the item, its answer fields and the submit button."""
        if asked is None:
            return ["", _HIDDEN, _HIDDEN, *[_HIDDEN] * _PLACES, _HIDDEN]
        item = asked.item
        words = map(twin, item.options) if item.kind == "true_false" else item.options
        choices = [(text, i) for i, text in enumerate(words)]
        ordered = item.kind in ("match", "order")
        one, many = not ordered and item.kind != "list", item.kind == "list"
        labels = item.prompts or [say.PLACE.format(n=n) for n in range(1, len(item.answer) + 1)]
        places = [
            gr.update(visible=True, choices=choices, value=None, label=labels[n])
            if ordered and n < len(item.answer)
            else _HIDDEN
            for n in range(_PLACES)
        ]
        return [
            item_html(asked),
            gr.update(visible=True, choices=choices, value=None) if one else _HIDDEN,
            gr.update(visible=True, choices=choices, value=[]) if many else _HIDDEN,
            *places,
            gr.update(visible=True),
        ]

    def shown(user: User, again: list[str], chosen: int = 0) -> tuple[Any, ...]:
        """The quiz as it stands: an item, or the score of the last one and what may be started."""
        asked = lesson.asked(user, again, chosen)
        score, sections, wrong = lesson.last(user)
        ended = ""
        if asked is None and score.total:
            weak = [f"· {name}({s.right}/{s.total})" for name, s in sections.items() if s.share < 1]
            told_ = [say.SCORE.format(right=score.right, total=score.total), *([say.WEAK, *weak] if weak else [])]
            ended = "\n".join(told_)
        idle = asked is None
        start, redo = gr.update(visible=idle), gr.update(visible=idle and bool(wrong))
        forms = gr.update(choices=[(say.FREE_QUIZ, ""), *lesson.forms(user)], value="")
        result = gr.update(value=ended, visible=bool(ended))
        key = asked.key if asked else ""
        return (*form(asked), start, redo, _HIDDEN, result, "", again, time.time(), forms, key, chosen)

    def on_load(request: gr.Request) -> tuple[Any, ...]:
        with told():
            user = user_of(request, accounts)
            return (lesson.path_html(user), gr.update(visible="trainer" in user.roles), *shown(user, []), *card(user))

    def on_start(which: str, section: str, count: float, request: gr.Request) -> tuple[Any, ...]:
        with told():
            user = user_of(request, accounts)
            if which:
                return shown(user, [], lesson.begin_form(user, which))
            lesson.begin(user, section or "", int(count), secrets.randbelow(10**6))
            return shown(user, [])

    def on_redo(request: gr.Request) -> tuple[Any, ...]:
        with told():
            user = user_of(request, accounts)
            return shown(user, lesson.last(user)[2])

    def on_next(again: list[str], chosen: int, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return shown(user_of(request, accounts), again, chosen)

    def on_submit(values: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
        with told():
            left: list[str] = values[again]
            asked = lesson.asked_still(user_of(request, accounts), left, values[chosen], values[on_screen])
            if asked is None:
                return (said(say.OVER), _HIDDEN, gr.update(visible=True), left)
            if asked.item.kind in ("match", "order"):
                given = [values[place] for place in places[: len(asked.item.answer)]]
            else:
                given = sorted(values[many] or []) if asked.item.kind == "list" else [values[one]]
            judged = lesson.answer(asked, given, max(0.0, time.time() - values[since]))
            return (
                judged,
                _HIDDEN,
                gr.update(visible=True),
                [id_ for id_ in left if asked.session or id_ != asked.item.id],
            )

    def card(user: User, open_: str = "") -> tuple[Any, ...]:
        item, waiting = lesson.card(user, open_)
        opened = item is not None and item.id == open_
        front = card_html(item, opened=opened) if item else f"<p>{say.NO_CARDS}</p>"
        ratings = [gr.update(visible=opened) for _ in RATINGS]
        turn = gr.update(visible=bool(item) and not opened)
        return (say.CARDS_WAITING.format(n=waiting), front, turn, *ratings, item.id if item else "")

    def on_turn(shown: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return card(user_of(request, accounts), shown)

    def on_rate(rating: int) -> Callable[..., tuple[Any, ...]]:
        def rate(shown: str, request: gr.Request) -> tuple[Any, ...]:
            with told():
                user = user_of(request, accounts)
                lesson.rate(user, shown, rating)
                return card(user)

        return rate

    def on_undo(request: gr.Request) -> tuple[Any, ...]:
        with told():
            user = user_of(request, accounts)
            lesson.undo(user)
            return card(user)

    def on_path(request: gr.Request) -> str:
        with told():
            return lesson.path_html(user_of(request, accounts))

    page.pages[0] = ("", say.CHAT, True)  # Gradio calls the first page Home
    with page.route(say.STUDY, "/study"):
        gr.HTML(f"<h1>{say.STUDY}</h1>", apply_default_css=False, elem_id="lesson-name")
        with gr.Tabs(elem_id="lesson"):
            with gr.Tab(say.PATH) as path_tab:
                path = gr.HTML(apply_default_css=False, elem_id="path")
            with gr.Tab(say.QUIZ):
                with gr.Group(visible=False) as start:
                    which = gr.Dropdown([(say.FREE_QUIZ, "")], value="", label=say.WHAT_TO_DO)
                    section = gr.Dropdown(
                        [(say.WHOLE_TEXT, ""), *((s, s) for s in lesson.sections())], value="", label=say.SECTION
                    )
                    count = gr.Slider(5, 20, value=10, step=1, label=say.HOW_MANY)
                    begin = gr.Button(say.START, variant="primary")
                ended = gr.Textbox(visible=False, interactive=False, label=say.LAST_SCORE, elem_id="score", lines=2)
                redo = gr.Button(say.AGAIN, visible=False)
                item = gr.HTML(apply_default_css=False, elem_id="item")
                one = gr.Radio([], visible=False, label=say.CHOICES, elem_id="one")
                many = gr.CheckboxGroup([], visible=False, label=say.CHOICES_MANY, elem_id="many")
                places = [gr.Dropdown([], visible=False, interactive=True) for _ in range(_PLACES)]
                submit = gr.Button(say.SUBMIT, variant="primary", visible=False)
                feedback = gr.HTML(apply_default_css=False, elem_id="feedback")
                following = gr.Button(say.NEXT, visible=False)
            with gr.Tab(say.CARDS):
                waiting = gr.Markdown()
                front = gr.HTML(apply_default_css=False, elem_id="card")
                turn = gr.Button(say.TURN, variant="primary")
                with gr.Row():
                    ratings = {n: gr.Button(twin(word), visible=False) for n, word in RATINGS.items()}
                undo = gr.Button(say.UNDO_CARD, size="sm")
            with gr.Tab(say.RESULTS, visible=False) as results_tab:
                classroom = lay_out_classroom(course, accounts, lesson.sections())
        again, since, chosen = gr.State([]), gr.State(0.0), gr.State(0)
        on_screen, card_shown = gr.State(""), gr.State("")
        quiz: list[Any] = [item, one, many, *places, submit, start, redo, following, ended, feedback]
        quiz += [again, since, which, on_screen, chosen]
        deck: list[Any] = [waiting, front, turn, *ratings.values(), card_shown]
        page.load(on_load, None, [path, results_tab, *quiz, *deck], **QUIET)
        begin.click(on_start, [which, section, count], quiz, **QUIET)
        redo.click(on_redo, None, quiz, **QUIET)
        answered: set[Any] = {on_screen, chosen, since, again, one, many, *places}
        submit.click(on_submit, answered, [feedback, submit, following, again], **QUIET)
        following.click(on_next, [again, chosen], quiz, **QUIET)
        turn.click(on_turn, card_shown, deck, **QUIET)
        for n, button in ratings.items():
            button.click(on_rate(n), card_shown, deck, **QUIET)
        undo.click(on_undo, None, deck, **QUIET)
        path_tab.select(on_path, None, path, **QUIET)
        results_tab.select(classroom.open, None, classroom.outputs, **QUIET)
