"""The page /eval: run a question set with live progress, look into failures, compare runs. For evaluators only."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..assistant import Assistant
from ..errors import BadInput
from ..evaluation.compare import compare
from ..evaluation.questions import load_questions
from ..evaluation.report import comparison_html, questions_html, tables_html
from ..evaluation.runs import read_run, runs, write_run
from ..users import User
from . import strings as say
from .login import user_of
from .talk import told


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, the question sets that may be asked of it, and where runs are kept."""

    assistant: Assistant
    sets: Path
    kept: Path

    @classmethod
    def of(cls, assistant: Assistant) -> "Bench":
        settings = assistant.settings
        return cls(assistant, settings.corpus.parent / "eval", settings.data / "runs")

    def question_sets(self) -> list[str]:
        """Names of the JSON-lines sets, one below another's folder included."""
        found = sorted(self.sets.rglob("*.jsonl")) if self.sets.is_dir() else []
        return [str(p.relative_to(self.sets)) for p in found if _is_set(p)]

    def run_names(self) -> list[str]:
        """The kept runs, latest first."""
        found = self.kept.glob("*.json") if self.kept.is_dir() else []
        return [p.name for p in sorted(found, key=lambda p: -p.stat().st_mtime)]

    def run(self, name: str) -> Iterator[tuple[int, int, str]]:
        """Ask a set: how many are done, of how many, and last the name of the run that was kept.

        Closing the iterator ends the run; nothing of it is kept.

        Raises:
            BadInput: there is no such set, or it has a fault.
        """
        if name not in self.question_sets():
            raise BadInput(say.NO_SET)
        questions = load_questions(self.sets / name)
        self.kept.mkdir(parents=True, exist_ok=True)
        for done, finished in runs(self.assistant, questions, "-".join(Path(name).with_suffix("").parts)):
            if finished:
                stamp = finished.started[:19].replace(":", "")
                yield done, len(questions), write_run(finished, self.kept / f"{finished.name}-{stamp}.json").name
            else:
                yield done, len(questions), ""

    def page(self, name: str) -> str:
        """A kept run as HTML: numbers, causes, and every question with what is needed to judge it."""
        run = read_run(self._path(name))
        return tables_html(run) + questions_html(run)

    def comparison(self, first: str, second: str) -> str:
        """Two kept runs side by side."""
        before, after = (read_run(self._path(name)) for name in (first, second))
        return comparison_html(before, compare(before, after))

    def _path(self, name: str) -> Path:
        if name not in self.run_names():
            raise BadInput(say.NO_RUN)
        return self.kept / name


def build_eval(page: gr.Blocks, bench: Bench, accounts: Accounts) -> None:
    """Add the page to the app. Call it after the chat's own ``with`` block."""

    def allowed(request: gr.Request) -> User:
        user = user_of(request, accounts)
        if "evaluator" not in user.roles:
            raise BadInput(say.EVALUATORS_ONLY)
        return user

    def choices() -> tuple[Any, Any, Any]:
        names = bench.run_names()
        latest, before = (names[0] if names else None), (names[1] if len(names) > 1 else None)
        return (
            gr.update(choices=names, value=latest),
            gr.update(choices=names, value=before),
            gr.update(choices=names, value=latest),
        )

    def on_load(request: gr.Request) -> tuple[Any, ...]:
        with told():
            allowed(request)
            return (gr.update(choices=bench.question_sets()), *choices())

    def on_run(name: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        with told():
            allowed(request)
            for done, total, kept in bench.run(name or ""):
                if kept:
                    yield (say.RAN.format(n=total, name=kept), bench.page(kept), *choices())
                elif done % 5 == 0 or done == total:
                    yield (say.RUNNING.format(done=done, total=total), *(gr.skip() for _ in range(4)))

    def on_show(name: str, request: gr.Request) -> str:
        with told():
            allowed(request)
            return bench.page(name or "")

    def on_compare(first: str, second: str, request: gr.Request) -> str:
        with told():
            allowed(request)
            return bench.comparison(first or "", second or "")

    with page.route(say.EVAL, "/eval"):
        gr.HTML(f"<h1>{escape(say.EVAL)}</h1>", apply_default_css=False)
        with gr.Tabs():
            with gr.Tab(say.RUN):
                asked = gr.Dropdown([], label=say.QUESTION_SET)
                with gr.Row():
                    start = gr.Button(say.START_RUN, variant="primary")
                    stop = gr.Button(say.STOP_RUN)
                state = gr.Textbox(label=say.PROGRESS_OF_RUN, interactive=False, elem_id="state")
                shown = gr.HTML(apply_default_css=False, elem_id="run")
            with gr.Tab(say.RUNS):
                kept = gr.Dropdown([], label=say.RUNS)
                look = gr.Button(say.LOOK)
                looked = gr.HTML(apply_default_css=False, elem_id="looked")
            with gr.Tab(say.COMPARE):
                with gr.Row():
                    first, second = gr.Dropdown([], label=say.BEFORE), gr.Dropdown([], label=say.AFTER)
                go = gr.Button(say.COMPARE)
                compared = gr.HTML(apply_default_css=False, elem_id="compared")
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        lists: list[Any] = [kept, first, second]
        page.load(on_load, None, [asked, *lists], **quiet)
        running = start.click(on_run, asked, [state, shown, *lists], **quiet)
        stop.click(lambda: say.RUN_STOPPED, None, state, cancels=[running], **quiet)
        look.click(on_show, kept, looked, **quiet)
        go.click(on_compare, [first, second], compared, **quiet)


def _is_set(path: Path) -> bool:
    """Whether a file's first line is a question."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return '"question"' in file.readline()
