"""A run: one question set asked of one system, kept as a file that every number can be made from again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..errors import BadInput, reason
from ..files import write_whole
from .judge import CAUSES, Score
from .measures import groups, summary

FORMAT = 2


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


def numbers(of: Run) -> dict[str, Any]:
    """The object that ``eval --json`` prints."""
    return summary(of.scores, of.seconds)


def write_run(of: Run, path: Path, *, whole: bool = True, made: Mapping[str, Any] | None = None) -> Path:
    """Write a run, whole or not at all; into a folder under its own name. Without ``whole``, scores only.

    ``made`` are its numbers, if they are there already.

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
        "measures": made or numbers(of),
        **groups(of.scores),
        "scores": [asdict(s) for s in of.scores],
        "questions": list(of.entries) if whole else [],
    }
    return write_whole(place(of, path), json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def place(of: Run, path: Path) -> Path:
    """The file of a run: ``path``, or in it under the run's own name if it is a folder."""
    return path / f"{of.name}.json" if path.is_dir() else path


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
            datetime.fromisoformat(value["started"]).isoformat(),
            float(value["seconds"]),
            tuple(map(_score, value["scores"])),
            tuple(value["questions"]),
        )
        if len({s.id for s in read.scores}) != read.set["n"] or len(read.entries) not in (0, read.set["n"]):
            raise KeyError("scores")
        return read
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInput(f"{path} 的内容不全。请用 hujin-qa eval --out {path} 重新生成。") from None


class Journal:
    """What is done of a run, a line for each question, so that a run that was cut off can be gone on with.

    The first line says what is run. Only a run of the same system, index and questions is gone on with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep others, of this process or another, from going through the same run meanwhile.

        Raises:
            BadInput: another does, or the place cannot be written.
        """
        lock = FileLock(self.path.with_name(self.path.name + ".lock"), thread_local=False)  # steps change threads
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
        except Timeout:
            raise BadInput("同样的一次评测正在进行。请等它结束,或先停止它。") from None
        except OSError as error:
            raise BadInput(f"写不到 {self.path}:{reason(error)}。") from None
        try:
            yield
        finally:
            with suppress(OSError):
                Path(lock.lock_file).unlink()  # while it is held: whoever comes now begins with a file of their own
            lock.release()

    def done(self, plan: Run) -> list[Run]:
        """What was done of ``plan``, one question each, up to a line that cannot be read.

        Raises:
            BadInput: the file cannot be read, or is of another run.
        """
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BadInput(f"{self.path} 读不出来:{reason(error)}。") from None
        head, *rest = text.split("\n")[:-1] or [""]  # a line that was cut off has no end
        if head + "\n" != _line(_head(plan)):
            raise BadInput(f"{self.path} 是另一次运行的,没有动它。请从头跑(命令行去掉 --resume)。")
        found = []
        for line in rest:
            try:
                value = json.loads(line)
                score = _score(value["score"])
                found.append(replace(plan, seconds=value["seconds"], scores=(score,), entries=(value["entry"],)))
            except (ValueError, LookupError, TypeError, AttributeError):
                break
        return found

    def begin(self, plan: Run, done: Sequence[Run]) -> None:
        """Start the file with what is done already.

        Raises:
            BadInput: the place cannot be written.
        """
        write_whole(self.path, _line(_head(plan)) + "".join(map(_journal_line, done)))

    def add(self, done: Run) -> None:
        """Keep one more question."""
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_journal_line(done))
        except OSError as error:
            raise BadInput(f"写不到 {self.path}:{reason(error)}。") from None

    def end(self) -> None:
        """Forget it: the run is kept."""
        with suppress(OSError):
            self.path.unlink()


def _head(plan: Run) -> dict[str, Any]:
    return {"system": plan.system, "set": plan.set, "index": plan.index}


def _journal_line(done: Run) -> str:
    return _line({"seconds": done.seconds, "score": asdict(done.scores[0]), "entry": done.entries[0]})


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _score(value: Mapping[str, Any]) -> Score:
    kept = {field.name: value[field.name] for field in fields(Score)}
    if kept["cause"] not in CAUSES or not all(isinstance(v, int | float) for v in kept["values"].values()):
        raise TypeError(kept)
    return Score(**kept | {"found": tuple(kept["found"])})
