"""The trainer's tab of the page /study."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..study.course import Course
from ..study.written import KINDS
from ..users import User
from .classroom import Desk
from .language import say
from .lesson import said
from .login import user_of
from .talk import QUIET, told
from .twins import twin


@dataclass(frozen=True, slots=True)
class Tab:
    """What the page has to know of the tab: its components that are filled when it is opened, and how."""

    outputs: list[Any]
    open: Callable[[gr.Request], tuple[Any, ...]]


def lay_out_classroom(course: Course, accounts: Accounts, sections: Sequence[str]) -> Tab:
    """Make the components, in the place where this is called, and what they do."""
    desk = Desk(course)
    results = gr.HTML(apply_default_css=False, elem_id="results")
    with gr.Accordion(say.COHORTS, open=False, elem_id="cohorts"):
        with gr.Row():
            with gr.Column():
                cohort = gr.Textbox(label=say.COHORT_NAME, max_lines=1, max_length=40)
                members = gr.Textbox(label=say.MEMBERS, lines=3, max_lines=12, max_length=4000)
                save_cohort = gr.Button(say.SAVE_COHORT, size="sm")
            with gr.Column():
                form = gr.Textbox(label=say.FORM_NAME, max_lines=1, max_length=40)
                section = gr.Dropdown([(say.WHOLE_TEXT, ""), *((s, s) for s in sections)], value="", label=say.SECTION)
                count = gr.Slider(1, 50, value=10, step=1, label=say.FORM_ITEMS)
                minutes = gr.Number(value=0, precision=0, label=say.MINUTES)
                seed = gr.Number(value=0, precision=0, label=say.SEED)
                lock = gr.Button(say.LOCK, size="sm")
            with gr.Column():
                to_whom = gr.Dropdown([], label=say.TO_WHOM)
                what = gr.Dropdown([], label=say.WHICH_FORM)
                due = gr.Textbox(label=say.DUE, max_lines=1, max_length=10)
                assign = gr.Button(say.ASSIGN, size="sm", variant="primary")
        arranged = gr.HTML(apply_default_css=False, elem_id="arranged")
    with gr.Accordion(say.ITEMS, open=False, elem_id="items"):
        words = gr.Textbox(label=say.ITEM_FIND, max_lines=1, max_length=100)
        item = gr.Dropdown([], label=say.ITEM)
        with gr.Row():
            why = gr.Textbox(label=say.RETIRE_WHY, max_lines=1, max_length=200)
            retire = gr.Button(say.RETIRE, size="sm")
            edit = gr.Button(say.EDIT, size="sm")
        kind = gr.Radio([(twin(word), kind) for kind, word in KINDS.items()], value="choice", label=say.KIND)
        stem = gr.Textbox(label=say.STEM, lines=2, max_lines=6, max_length=400)
        right = gr.Textbox(label=say.RIGHT_OPTIONS, lines=1, max_lines=6, max_length=800)
        wrong = gr.Textbox(label=say.WRONG_OPTIONS, lines=3, max_lines=8, max_length=1600)
        documents = [(d.title, d.id) for d in course.index.documents.values()]
        document = gr.Dropdown(documents, value=documents[0][1] if documents else None, label=say.PROOF_DOCUMENT)
        proof = gr.Textbox(label=say.PROOF, lines=2, max_lines=6, max_length=1600)
        write = gr.Button(say.SAVE_ITEM, variant="primary", size="sm")
        kept = gr.HTML(apply_default_css=False, elem_id="kept-item")
        replaces = gr.State("")
    with gr.Accordion(say.TAKE_AWAY, open=False, elem_id="take-away"):
        files = {ending: gr.Button(word, size="sm") for ending, word in say.REPORTS.items()}
        learner = gr.Dropdown([], label=say.CERTIFICATE_FOR)
        certificate = gr.Button(say.CERTIFICATE, size="sm")
        file = gr.Textbox(visible="hidden", show_label=False)
    fields: list[Any] = [kind, stem, right, wrong, document, proof]
    outputs: list[Any] = [results, to_whom, what, learner, item]

    def filled(request: gr.Request) -> tuple[Any, ...]:
        user = user_of(request, accounts)
        if "trainer" not in user.roles:
            return (say.TRAINERS_ONLY, *[gr.skip()] * (len(outputs) - 1))
        lists = [gr.update(choices=found) for found in desk.choices(user)]
        return (desk.results_html(user), *lists, gr.update(choices=desk.find(user, ""), value=None))

    def opened(request: gr.Request) -> tuple[Any, ...]:
        with told():
            return filled(request)

    def does(button: gr.Button, act: Callable[[User, dict[Any, Any]], str], fields: set[Any], where: gr.HTML) -> None:
        """What a button does with fields; it says so ``where``, and the lists are filled anew."""

        def on_click(values: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
            with told():
                return (said(act(user_of(request, accounts), values)), *filled(request))

        button.click(on_click, fields, [where, *outputs], **QUIET)

    def locked(user: User, v: dict[Any, Any]) -> str:
        return desk.lock(user, v[form], v[section] or "", *(int(v[number] or 0) for number in (count, minutes, seed)))

    def on_find(wanted: str, request: gr.Request) -> Any:
        with told():
            return gr.update(choices=desk.find(user_of(request, accounts), wanted), value=None)

    def on_edit(id_: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            return (*desk.editable(user_of(request, accounts), id_), id_)

    def on_write(values: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
        with told():
            written = desk.write(user_of(request, accounts), [values[f] for f in fields], values[replaces])
            return (said(written), "", *filled(request))

    def on_file(ending: str) -> Callable[[gr.Request], str]:
        def packed(request: gr.Request) -> str:
            with told():
                return desk.packed(user_of(request, accounts), ending)

        return packed

    def on_certificate(who: str, request: gr.Request) -> str:
        with told():
            return desk.certificate(user_of(request, accounts), who or "")

    does(save_cohort, lambda user, v: desk.save_cohort(user, v[cohort], v[members]), {cohort, members}, arranged)
    does(lock, locked, {form, section, count, minutes, seed}, arranged)
    given: set[Any] = {to_whom, what, due}
    does(assign, lambda user, v: desk.assign(user, v[to_whom] or "", v[what] or "", v[due]), given, arranged)
    does(retire, lambda user, v: desk.retire(user, v[item], v[why]), {item, why}, kept)
    words.input(on_find, words, item, trigger_mode="always_last", **QUIET)
    edit.click(on_edit, item, [*fields, replaces], **QUIET)
    write.click(on_write, {*fields, replaces}, [kept, replaces, *outputs], **QUIET)
    events = [button.click(on_file(ending), None, file, **QUIET) for ending, button in files.items()]
    for event in [*events, certificate.click(on_certificate, learner, file, **QUIET)]:
        event.success(None, file, js="(file) => window.hujin.save(file)", **QUIET)
    return Tab(outputs, opened)
