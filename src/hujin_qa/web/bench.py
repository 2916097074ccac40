"""What the page /eval works on: question sets, kept runs, variants and corrections. No Gradio here."""

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ..assistant import Assistant
from ..errors import BadInput
from ..evaluation.asking import plan, runs
from ..evaluation.compare import compare
from ..evaluation.edits import edit_question, edits, question_of
from ..evaluation.questions import EvalQuestion, load_questions
from ..evaluation.report import answers_html, comparison_html, questions_html, tables_html, variants_html
from ..evaluation.runs import Journal, read_run, write_run
from ..evaluation.variants import Variant
from .language import say
from .twins import twin_html

Progress = Generator[tuple[int, int], None, str]
"""How many questions are done, of how many; returns the name of the run that was kept."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, the question sets that may be asked of it, and where runs are kept."""

    assistant: Assistant
    sets: Path
    kept: Path
    _others: dict[str, Assistant] = field(default_factory=dict)  # by encoder, as they are first needed

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

    def run(self, name: str, variant: Variant | None = None, *, resume: bool = False) -> Progress:
        """Ask a set. Closing the iterator ends the run; ``resume`` goes on with what was done of one that was ended.

        Raises:
            BadInput: there is no such set, it has a fault, the variant needs what is not there, or what was done is of
                another state of the set, the index or the program.
        """
        questions = load_questions(self._set(name))
        assistant = variant.of(self._opened) if variant else self.assistant
        planned = plan(assistant, questions, "-".join(Path(name).with_suffix("").parts))
        made_of = json.dumps([planned.system["encoder"], planned.system["settings"]])
        journal = Journal(self.kept / f"{planned.name}-{sha256(made_of.encode()).hexdigest()[:16]}.journal")
        done = yield from runs(assistant, questions, planned, journal, resume)
        stamp = done.started[:19].replace(":", "")
        n = len(list(self.kept.glob(f"{done.name}-{stamp}*.json")))  # variants end within a second
        path = write_run(done, self.kept / f"{done.name}-{stamp}{f'-{n}' if n else ''}.json")
        journal.end()
        return path.name

    def page(self, name: str, cause: str = "") -> str:
        """A kept run as HTML: every question of a cause with what is needed to judge it, and beside them, or below them
        where there is no room, causes and numbers."""
        run = read_run(self._run(name))
        return twin_html(
            f'<div class="result"><div>{questions_html(run, cause)}</div><div>{tables_html(run)}</div></div>'
        )

    def comparison(self, first: str, second: str) -> str:
        """Two kept runs side by side."""
        if not (first and second):
            raise BadInput(say.NO_TWO_RUNS)
        before, after = (read_run(self._run(name)) for name in (first, second))
        return twin_html(comparison_html(before, compare(before, after)))

    def ask(self, question: str, variants: Sequence[Variant]) -> str:
        """One question asked of every variant, side by side."""
        if not question.strip():
            raise BadInput(say.NO_QUESTION)
        return twin_html(answers_html([(v.name, v.of(self._opened).ask(question)) for v in variants]))

    def contrast(self, variants: Sequence[Variant], names: Sequence[str]) -> str:
        """The kept runs of variants side by side, each compared with the first."""
        return twin_html(
            variants_html([(v.name, read_run(self._run(n))) for v, n in zip(variants, names, strict=True)])
        )

    def question(self, name: str, id_: str) -> EvalQuestion:
        """One question of a set, to be corrected."""
        return question_of(self._set(name), id_.strip())

    def correct(self, name: str, id_: str, change: dict[str, Any], who: str, why: str) -> EvalQuestion:
        """Correct a question's gold; it is noted who did it and why."""
        return edit_question(self._set(name), id_.strip(), change, self.assistant.index, self._log, who, why)

    def corrections(self) -> str:
        """The latest corrections as HTML, or that their record is damaged, which keeps nobody from the rest."""
        try:
            lines = [
                f"{_local(e['at'])} {e['who']}:{Path(e['set']).name} {e['id']},{e['why']}"
                for e in edits(self._log)[:20]
            ]
        except (ValueError, KeyError, TypeError):
            lines = [say.DAMAGED_LOG.format(path=self._log)]
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else ""

    def _opened(self, encoder: str) -> Assistant:
        """The assistant over the index of another encoder."""
        settings = self.assistant.settings
        if not encoder:
            return self.assistant
        if encoder not in settings.other_encoders:
            raise BadInput(say.NO_ENCODER)
        if encoder not in self._others:
            change = {"encoder": encoder, "index": settings.other_encoders[encoder]}
            other = Assistant.open(settings.model_copy(update=change))
            if {d.id: d.text for d in other.index.documents.values()} != {
                d.id: d.text for d in self.assistant.index.documents.values()
            }:
                raise BadInput(say.OTHER_DOCUMENTS.format(index=change["index"]))
            self._others[encoder] = other
        return self._others[encoder]

    @property
    def _log(self) -> Path:
        return self.kept / "corrections.jsonl"

    def _set(self, name: str) -> Path:
        if name not in self.question_sets():
            raise BadInput(say.NO_SET)
        return self.sets / name

    def _run(self, name: str) -> Path:
        if name not in self.run_names():
            raise BadInput(say.NO_RUN)
        return self.kept / name


def _local(at: str) -> str:
    """An ISO time as it is on this machine."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def _is_set(path: Path) -> bool:
    """Whether a file's first line is a question."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return '"question"' in file.readline()
