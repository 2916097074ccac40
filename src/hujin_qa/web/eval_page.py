"""The page /eval: run a set, look into failures, compare, try variants, correct gold. For evaluators only."""

import re
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..errors import BadInput
from ..evaluation.judge import CAUSES
from ..evaluation.questions import parts
from ..evaluation.variants import FUSIONS, READERS, variants
from ..users import User
from .bench import Bench, Progress
from .language import say
from .lesson import said
from .login import user_of
from .talk import QUIET, told
from .twins import twin

_SHOWN_EVERY = 5  # questions


def build_eval(page: gr.Blocks, bench: Bench, accounts: Accounts) -> None:
    """Add the page to the app. Call it after the chat's own ``with`` block."""

    def allowed(request: gr.Request) -> User:
        user = user_of(request, accounts)
        if "evaluator" not in user.roles:
            raise BadInput(say.EVALUATORS_ONLY)
        return user

    with page.route(say.EVAL, "/eval"):
        gr.HTML(f"<h1>{escape(say.EVAL)}</h1>", apply_default_css=False)
        with gr.Tabs():
            with gr.Tab(say.RUN):
                asked = gr.Dropdown([], label=say.QUESTION_SET)
                with gr.Row():
                    start = gr.Button(say.START_RUN, variant="primary")
                    stop = gr.Button(say.STOP_RUN)
                    resume = gr.Button(say.RESUME_RUN)
                state = gr.Textbox(label=say.PROGRESS_OF_RUN, interactive=False, elem_id="state")
                shown = gr.HTML(apply_default_css=False, elem_id="run", elem_classes="report")
            with gr.Tab(say.RUNS):
                kept = gr.Dropdown([], label=say.RUNS)
                causes = [
                    (say.ALL_WRONG, "wrong"),
                    (say.ALL_QUESTIONS, ""),
                    *((twin(name), c) for c, name in CAUSES.items()),
                ]
                cause = gr.Dropdown(causes, value="wrong", label=say.CAUSE)
                look = gr.Button(say.LOOK)
                looked = gr.HTML(apply_default_css=False, elem_id="looked", elem_classes="report")
            with gr.Tab(say.COMPARE):
                with gr.Row():
                    first, second = (gr.Dropdown([], label=word, min_width=320) for word in (say.BEFORE, say.AFTER))
                go = gr.Button(say.COMPARE)
                compared = gr.HTML(apply_default_css=False, elem_id="compared", elem_classes="report")
            with gr.Tab(say.VARIANTS):
                tried = _trial_tab(bench, allowed)
            with gr.Tab(say.CORRECT):
                sets, corrections = _correction_tab(bench, allowed)

        def lists() -> tuple[Any, ...]:
            names = [(_dated(name), name) for name in bench.run_names()]
            latest, before = (names[0][1] if names else None), (names[1][1] if len(names) > 1 else None)
            return tuple(gr.update(choices=names, value=value) for value in (latest, before, latest))

        def on_load(request: gr.Request) -> tuple[Any, ...]:
            with told():
                allowed(request)
                chosen_from = (gr.update(choices=bench.question_sets()) for _ in range(3))
                return (*chosen_from, *lists(), bench.corrections())

        def on_run(name: str, request: gr.Request, go_on: bool = False) -> Iterator[tuple[Any, ...]]:
            with told():
                allowed(request)
                run, n = yield from _watched(
                    bench.run(name or "", resume=go_on),
                    lambda done, total: (say.RUNNING.format(done=done, total=total), *(gr.skip() for _ in range(4))),
                )
                yield say.RAN.format(n=n, name=_dated(run)), bench.page(run, "wrong"), *lists()

        def on_resume(name: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
            yield from on_run(name, request, go_on=True)

        def on_show(name: str, cause: str, request: gr.Request) -> str:
            with told():
                allowed(request)
                return bench.page(name or "", cause or "")

        def on_compare(first: str, second: str, request: gr.Request) -> str:
            with told():
                allowed(request)
                return bench.comparison(first or "", second or "")

        choices: list[Any] = [kept, first, second]
        page.load(on_load, None, [asked, tried, sets, *choices, corrections], **QUIET)
        running = start.click(on_run, asked, [state, shown, *choices], **QUIET)
        resumed = resume.click(on_resume, asked, [state, shown, *choices], **QUIET)
        stop.click(lambda: say.RUN_STOPPED, None, state, cancels=[running, resumed], **QUIET)
        gr.on([look.click, cause.change], on_show, [kept, cause], looked, **QUIET)
        go.click(on_compare, [first, second], compared, **QUIET)


def _dated(name: str) -> str:
    """A run as it is chosen from: when first, for the rest is often the same.

    >>> _dated("extractive-0a1b2c3-hujin-2026-01-31T235959-1.json")[14:]
    ' extractive-0a1b2c3-hujin-1'
    """
    found = re.fullmatch(r"(.+)-(\d{4}-\d\d-\d\dT\d{6})(-\d+)?\.json", name)
    if not found:
        return name
    started = datetime.strptime(found[2], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC).astimezone()
    return f"{started:%m-%d %H:%M:%S} {found[1]}{found[3] or ''}"


def _watched(steps: Progress, show: Callable[[int, int], Any]) -> Generator[Any, None, tuple[str, int]]:
    """Go through a run, showing now and then how far it is; the name of what was kept, and of how many questions."""
    done = 0
    while True:
        try:
            done, total = next(steps)
        except StopIteration as end:
            return end.value, done
        if done % _SHOWN_EVERY == 0 or done == total:
            yield show(done, total)


def _trial_tab(bench: Bench, allowed: Any) -> gr.Dropdown:
    """Ask a question, or else a set, of every combination of what is chosen. The list of sets is empty until the page
    is loaded by an evaluator."""
    settings = bench.assistant.settings
    gr.Markdown(say.VARIANTS_HINT)
    with gr.Row():
        fusions = gr.CheckboxGroup(
            [(twin(n), f) for f, n in FUSIONS.items()], value=["scores", "rrf"], label=say.FUSION
        )
        others = [(say.CURRENT, ""), *((name, name) for name in settings.other_encoders)]
        encoders = gr.CheckboxGroup(others, value=[""], label=say.ENCODER, visible=len(others) > 1)
        hits = gr.Textbox(str(settings.hits), label=say.HITS)
        thresholds = gr.Textbox(f"{settings.threshold:g}", label=say.THRESHOLD)
        known = [(twin(name), r) for r, name in READERS.items() if r == "extractive" or settings.has_llm]
        readers = gr.CheckboxGroup(known, value=["extractive"], label=say.READER)
    with gr.Row():
        question = gr.Textbox(label=say.QUESTION, elem_id="trial-question")
        sets = gr.Dropdown([], label=say.OR_SET)
    with gr.Row():
        go = gr.Button(say.TRY, variant="primary")
        stop = gr.Button(say.STOP_RUN)
    shown = gr.HTML(apply_default_css=False, elem_id="tried", elem_classes="report")

    def on_try(values: dict[Any, Any], request: gr.Request) -> Iterator[str]:
        with told():
            allowed(request)
            numbers = [int(v) for v in _numbers(values[hits], 1, 100)], _numbers(values[thresholds], 0, 1)
            chosen = variants(values[encoders] or [], values[fusions] or [], *numbers, values[readers] or [])
            if values[question].strip():
                yield bench.ask(values[question], chosen)
                return
            names = []
            for n, variant in enumerate(chosen, 1):

                def state(done: int, total: int, n: int = n, name: str = twin(variant.name)) -> str:
                    return said(say.TRYING.format(n=n, of=len(chosen), name=name, done=done, total=total))

                name, _ = yield from _watched(bench.run(values[sets] or "", variant), state)
                names.append(name)
            yield bench.contrast(chosen, names)

    fields: set[Any] = {encoders, fusions, hits, thresholds, readers, question, sets}
    running = go.click(on_try, fields, shown, **QUIET)
    stop.click(lambda: say.RUN_STOPPED, None, shown, cancels=[running], **QUIET)
    return sets


def _numbers(text: str, low: float, high: float) -> list[float]:
    """Numbers parted by blanks or commas."""
    try:
        found = [float(part) for part in text.replace(",", " ").replace("、", " ").replace(",", " ").split()]
    except ValueError:
        found = [low - 1]
    if not all(low <= value <= high for value in found):
        raise BadInput(say.NOT_A_NUMBER.format(text=text, low=low, high=high))
    return list(dict.fromkeys(found))


def _correction_tab(bench: Bench, allowed: Any) -> tuple[gr.Dropdown, gr.HTML]:
    """Open a question of a set, correct its gold, save it; who did it and why is shown below.

    The list of sets and the record of corrections are empty until the page is loaded by an evaluator.
    """
    with gr.Row():
        name = gr.Dropdown([], label=say.QUESTION_SET)
        id_ = gr.Textbox(label=say.QUESTION_ID, elem_id="question-id")
        fetch = gr.Button(say.LOOK)
    question = gr.Textbox(label=say.QUESTION, elem_id="gold-question")
    answerable = gr.Checkbox(label=say.ANSWERABLE)
    facts = gr.Textbox(label=say.FACTS, lines=3, elem_id="gold-facts")
    evidence = gr.Textbox(label=say.EVIDENCE, lines=3, elem_id="gold-evidence")
    why = gr.Textbox(label=say.WHY, elem_id="gold-why")
    save = gr.Button(say.SAVE, variant="primary")
    state = gr.Textbox(label=say.SAVED_STATE, interactive=False, elem_id="gold-state")
    log = gr.HTML("", apply_default_css=False, elem_id="corrections")
    gold: list[Any] = [question, answerable, facts, evidence]

    def on_fetch(name: str, id_: str, request: gr.Request) -> tuple[Any, ...]:
        with told():
            allowed(request)
            found = bench.question(name or "", id_)
            spelled = "\n".join(" | ".join(fact) for fact in found.facts)
            return found.question, found.answerable, spelled, "\n".join(found.evidence), "", bench.corrections()

    def on_save(
        name: str, id_: str, question: str, answerable: bool, facts: str, evidence: str, why: str, request: gr.Request
    ) -> tuple[Any, ...]:
        with told():
            user = allowed(request)
            change = {
                "question": question,
                "answerable": answerable,
                "facts": [parts(line, "|") for line in parts(facts, "\n")],
                "evidence": parts(evidence, "\n"),
            }
            bench.correct(name or "", id_, change, user.name, why)
            return say.CORRECTED.format(id=id_.strip()), bench.corrections()

    fetch.click(on_fetch, [name, id_], [*gold, state, log], **QUIET)
    save.click(on_save, [name, id_, *gold, why], [state, log], **QUIET)
    return name, log
