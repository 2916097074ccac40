"""A run: one question set asked of one system, kept as a file that every number can be made from again."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..assistant import Assistant
from ..errors import BadInput, reason
from ..grounding import support
from ..index import read_manifest
from ..types import Answer, Encoder, Hit, Vectors
from .judge import CAUSES, Outcome, Score, entry, judge, verbatim
from .measures import groups, summary
from .questions import EvalQuestion, digest

FORMAT = 2
DEPTH = 10  # passages that a ranking is measured on

_SETTINGS = ("threshold", "hits", "unsupported", "llm_model")


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its file holds it. ``entries`` has a question, its answer and its ranking for every score."""

    system: dict[str, Any]  # reader, encoder, settings, version, commit, machine
    set: dict[str, Any]  # name, sha256, n
    index: dict[str, Any]
    started: str  # UTC
    seconds: float
    scores: tuple[Score, ...]
    entries: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        """What its file is called: system, commit, question set."""
        return f"{self.system['reader']}-{self.system['commit'] or self.system['version']}-{self.set['name']}"


class _Remembering:
    """An encoder that encodes no question twice: the same text comes up in histories and in second readings."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._vectors = encoder, dict[str, Vectors]()

    def encode_query(self, texts: list[str]) -> Vectors:
        for text in texts:
            if text not in self._vectors:
                self._vectors[text] = self._encoder.encode_query([text])[0]
        return np.stack([self._vectors[text] for text in texts])

    def encode_document(self, texts: list[str]) -> Vectors:
        return self._encoder.encode_document(texts)


class Asker:
    """Asks one question after another and judges each, with what would have been said in place of an abstention."""

    def __init__(self, assistant: Assistant) -> None:
        encoder, bold = _Remembering(assistant.encoder), assistant.settings.model_copy(update={"threshold": 0.0})
        self._assistant = assistant.over(encoder, assistant.settings)
        self._bold = assistant.over(encoder, bold)

    def outcome(self, question: EvalQuestion) -> Outcome:
        history = [("user", text) for text in question.history]
        started = time.perf_counter()
        answer = self._assistant.ask(question.question, history)
        ms = (time.perf_counter() - started) * 1000
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
        further = self._assistant.search(answer.interpreted, DEPTH) if len(there) < DEPTH else []
        return [*answer.hits, *(h for h in further if h.passage.id not in there)][:DEPTH]

    def _checker(self, answer: Answer) -> Callable[[str, Sequence[str]], bool]:
        """Extractive sentences stand in what they cite or they do not; a model's are checked for their meaning."""
        if answer.reader == "extractive":
            return verbatim

        def means(claim: str, texts: Sequence[str]) -> bool:
            return verbatim(claim, texts) or support(claim, texts, self._assistant.encoder).supported

        return means


def run(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    name: str,
    report: Callable[[int], None] = lambda _: None,
) -> Run:
    """Ask every question and judge what came back; ``report`` is told how many are done."""
    return next(_told(runs(assistant, questions, name), report))


def _told(steps: Iterator[tuple[int, Run | None]], report: Callable[[int], None]) -> Iterator[Run]:
    for done, finished in steps:
        if finished:
            yield finished
        else:
            report(done)


def runs(assistant: Assistant, questions: Sequence[EvalQuestion], name: str) -> Iterator[tuple[int, Run | None]]:
    """The same step by step: how many are done, and with the last the run."""
    asker = Asker(assistant)
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    outcomes = []
    for done, question in enumerate(questions, 1):
        outcomes.append(asker.outcome(question))
        yield done, None
    yield (
        len(questions),
        Run(
            system=_system(assistant),
            set={"name": name, "sha256": digest(questions), "n": len(questions)},
            index=_index(assistant),
            started=started,
            seconds=round(time.perf_counter() - clock, 2),
            scores=tuple(o.score for o in outcomes),
            entries=tuple(entry(o) for o in outcomes),
        ),
    )


def numbers(of: Run) -> dict[str, Any]:
    """The object that ``eval --json`` prints."""
    return summary(of.scores, of.seconds)


def write_run(of: Run, path: Path, *, whole: bool = True) -> Path:
    """Write a run, whole or not at all; into a folder under its own name. Without ``whole``, scores only.

    Raises:
        BadInput: the place cannot be written.
    """
    value = {
        "format": FORMAT,
        "system": of.system,
        "set": of.set,
        "index": of.index,
        "started": of.started,
        "seconds": of.seconds,
        "measures": numbers(of),
        **groups(of.scores),
        "scores": [asdict(s) for s in of.scores],
        "questions": list(of.entries) if whole else [],
    }
    path = path / f"{of.name}.json" if path.is_dir() else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise BadInput(f"结果写不到 {path}:{reason(error)}。") from None
    return path


def read_run(path: Path) -> Run:
    """Read a run.

    Raises:
        BadInput: it is not the file of a run, or of another version.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} 读不出来:{reason(error)}。") from None
    except ValueError:
        raise BadInput(f"{path} 不是一次评测的结果文件。请用 hujin-qa eval --out {path} 生成。") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise BadInput(f"{path} 不是这个版本的评测结果。请用 hujin-qa eval --out {path} 重新生成。")
    try:
        read = Run(
            {name: value["system"][name] for name in ("reader", "encoder", "settings", "version", "commit", "machine")},
            {name: value["set"][name] for name in ("name", "sha256", "n")},
            value["index"],
            str(value["started"]),
            float(value["seconds"]),
            tuple(map(_score, value["scores"])),
            tuple(value["questions"]),
        )
        if len({s.id for s in read.scores}) != read.set["n"] or len(read.entries) not in (0, read.set["n"]):
            raise KeyError("scores")
        return read
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput(f"{path} 的内容不全。请用 hujin-qa eval --out {path} 重新生成。") from None


def _score(value: Mapping[str, Any]) -> Score:
    kept = {field.name: value[field.name] for field in fields(Score)}
    if kept["cause"] not in CAUSES or not all(isinstance(v, int | float) for v in kept["values"].values()):
        raise TypeError(kept)
    return Score(**kept | {"found": tuple(kept["found"])})


def _system(assistant: Assistant) -> dict[str, Any]:
    settings = assistant.settings
    return {
        "reader": "llm" if settings.has_llm else "extractive",
        "encoder": str(getattr(assistant.encoder, "id", type(assistant.encoder).__name__)),
        "settings": {name: getattr(settings, name) for name in _SETTINGS},
        "version": version("hujin-qa"),
        "commit": _commit(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU, Python {platform.python_version()}",
    }


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
