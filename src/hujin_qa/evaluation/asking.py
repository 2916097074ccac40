"""Ask one system one question set: step by step, with what must be known to believe the numbers."""

import os
import platform
import subprocess
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..assistant import Assistant
from ..database import now
from ..encoder import Remembering
from ..grounding import support
from ..index import read_manifest
from ..types import Answer, Hit, Turn
from .judge import Outcome, entry, judge, verbatim
from .questions import EvalQuestion, digest
from .runs import Journal, Run

DEPTH = 10  # passages that a ranking is measured on

_SETTINGS = "fusion threshold reread hits unsupported llm_model llm_prompt_tokens llm_reply_tokens".split()


Steps = Generator[tuple[int, int], None, Run]
"""Yields how many questions are done, of how many; returns the run."""


class Asker:
    """Asks one question after another and judges each, with what would have been said in place of an abstention."""

    def __init__(self, assistant: Assistant) -> None:
        encoder = Remembering(assistant.encoder)
        bold = assistant.settings.model_copy(update={"threshold": 0.0, "llm_model": ""})
        self._assistant = assistant.over(encoder, assistant.settings)
        self._bold = assistant.over(encoder, bold)

    def prepare(self, question: EvalQuestion) -> float:
        """Encode what it will ask for, in another thread while one before it is answered; milliseconds."""
        started = time.perf_counter()
        self._assistant.prepare(question.question, _history(question))
        return (time.perf_counter() - started) * 1000

    def outcome(self, question: EvalQuestion, prepared_ms: float = 0.0) -> Outcome:
        """Ask it and judge what comes back; what was prepared counts as if it had been done now."""
        history = _history(question)
        started = time.perf_counter()
        answer = self._assistant.ask(question.question, history)
        ms = (time.perf_counter() - started) * 1000 + prepared_ms
        withheld = self._bold.ask(question.question, history) if answer.status == "abstained" and answer.hits else None
        said = withheld.text if withheld and withheld.status == "answered" else ""
        return judge(
            question,
            answer,
            self._assistant.index.passages,
            self._ranked(answer),
            check=self._checker(answer),
            withheld=said,
            ms=ms,
        )

    def _ranked(self, answer: Answer) -> list[Hit]:
        """The passages that were read, and those right behind them: as many as the measures look at."""
        there = {h.passage.id for h in answer.hits}
        further = self._assistant.search(answer.interpreted, DEPTH, there) if len(there) < DEPTH else []
        return [*answer.hits, *further][:DEPTH]

    def _checker(self, answer: Answer) -> Callable[[str, Sequence[str]], bool]:
        """Extractive sentences stand in what they cite or they do not; a model's are checked for their meaning."""
        if answer.reader == "extractive":
            return verbatim

        def means(claim: str, texts: Sequence[str]) -> bool:
            return verbatim(claim, texts) or support(claim, texts, self._assistant.encoder).supported

        return means


def _history(question: EvalQuestion) -> list[Turn]:
    return [("user", text) for text in question.history]


def run(assistant: Assistant, questions: Sequence[EvalQuestion], name: str) -> Run:
    """Ask every question and judge what came back."""
    return finish(runs(assistant, questions, plan(assistant, questions, name)))


def finish(steps: Steps, report: Callable[[int, int], None] = lambda *_: None) -> Run:
    """Go through the steps of a run to its end; ``report`` is told how many questions are done, of how many."""
    while True:
        try:
            report(*next(steps))
        except StopIteration as end:
            whole: Run = end.value
            return whole


def plan(assistant: Assistant, questions: Sequence[EvalQuestion], name: str) -> Run:
    """A run before its first question: what is asked of what."""
    return Run(
        system=_system(assistant),
        set={"name": name, "sha256": digest(questions), "n": len(questions)},
        index=_index(assistant),
        started=now(),
        seconds=0.0,
        scores=(),
        entries=(),
    )


def runs(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    plan: Run,
    journal: Journal | None = None,
    resume: bool = False,
) -> Steps:
    """The same step by step.

    What is done goes to the ``journal``, and with ``resume`` comes from there. ``seconds`` are those of the work, in
    however many sittings.

    Raises:
        BadInput: the journal to go on with is of another run, is being written by one, or cannot be read or written.
    """
    with journal.alone() if journal else nullcontext():
        return (yield from _steps(assistant, questions, plan, journal, resume))


def _steps(
    assistant: Assistant, questions: Sequence[EvalQuestion], plan: Run, journal: Journal | None, resume: bool
) -> Steps:
    done = {d.scores[0].id: d for d in (journal.done(plan) if journal and resume else ())}
    if journal:
        journal.begin(plan, list(done.values()))
    asker, finished = Asker(assistant), list[Run]()
    with ThreadPoolExecutor(1) as ahead:  # the encoder works on the next question while one is answered
        preparing = (ahead.submit(asker.prepare, question) for question in questions if question.id not in done)
        coming = [*islice(preparing, 1)]
        for question in questions:
            one = done.get(question.id)
            if one is None:
                clock = time.perf_counter()
                prepared = coming.pop().result()
                coming += islice(preparing, 1)
                outcome = asker.outcome(question, prepared)
                seconds = time.perf_counter() - clock
                one = replace(plan, scores=(outcome.score,), entries=(entry(outcome),), seconds=seconds)
                if journal:
                    journal.add(one)
            finished.append(one)
            yield len(finished), len(questions)
    return replace(
        plan,
        seconds=round(sum(d.seconds for d in finished), 2),
        scores=tuple(d.scores[0] for d in finished),
        entries=tuple(d.entries[0] for d in finished),
    )


def _system(assistant: Assistant) -> dict[str, Any]:
    settings = assistant.settings
    return {
        "reader": "llm" if settings.has_llm else "extractive",
        "encoder": str(getattr(assistant.encoder, "id", type(assistant.encoder).__name__)),
        "settings": {name: getattr(settings, name) for name in _SETTINGS}
        | {
            "lexicon": str(settings.lexicon or ""),
            "llm_server": _server(settings.llm_address) if settings.has_llm else "",
        },
        "version": version("hujin-qa"),
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU, Python {platform.python_version()}",
    }


def _server(address: str) -> str:
    """Host and port of an address, without the password that it may hold."""
    return urlsplit(address).netloc.rpartition("@")[2]


def _index(assistant: Assistant) -> dict[str, Any]:
    index = assistant.index
    sizes = {"documents": len(index.documents), "passages": len(index.passages), "sentences": len(index.sentences)}
    folder = assistant.settings.index
    there = (folder / "manifest.json").is_file()
    return sizes | {"corpus": read_manifest(folder)["corpus"] if there else ""}


def _commit() -> str:
    """Seven digits of the checkout's commit, with a + if files were changed; "" outside of one."""
    here = Path(__file__).parent
    told = list(_git(here, "rev-parse", "--short=7", "HEAD"))
    return told[0] + ("+" if list(_git(here, "status", "--porcelain", "-uno")) else "") if told else ""


def _git(here: Path, *words: str) -> Iterator[str]:
    try:
        done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    if done.returncode == 0:
        yield from filter(None, done.stdout.strip().split("\n"))
