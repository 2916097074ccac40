"""What each way of reading again costs and gives: a table over the constants of ``hujin_qa.evidence``.

    python benchmarks/rereading.py [--calibration N] [--indexes FOLDER] [--only NAME …]

Asks the briefing's questions, those of ``eval/other`` and every N-th of ``eval/calibration`` (default 4) under each variant of
``_BY_SCORE``, ``_BY_RANK``, ``_BEHIND`` and ``_AROUND``. Only questions that are read again at all are asked more than
once. The cost is in tokens, which no neighbour on the machine disturbs, as a share of what the first variant reads.
"""

import argparse
import math
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hujin_qa import evidence
from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.crossencoder import CrossEncoder, Window, open_cross_encoder
from hujin_qa.encoder import Remembering
from hujin_qa.evaluation.asking import Asker
from hujin_qa.evaluation.judge import Score
from hujin_qa.evaluation.measures import summary
from hujin_qa.evaluation.questions import EvalQuestion, load_questions
from hujin_qa.settings import load_settings

EVAL = Path(__file__).resolve().parents[1] / "eval"
NOW = {name: getattr(evidence, name) for name in ("_BY_SCORE", "_BY_RANK", "_BEHIND", "_AROUND")}
VARIANTS: dict[str, dict[str, float] | None] = {
    "as it is": {},
    "3 + 2, whole": {"_BY_SCORE": 3, "_BY_RANK": 2, "_BEHIND": math.inf, "_AROUND": 1000},
    "3 + 0": {"_BY_SCORE": 3, "_BY_RANK": 0},
    "2 + 1": {"_BY_SCORE": 2, "_BY_RANK": 1},
    "2 + 0": {"_BY_SCORE": 2, "_BY_RANK": 0},
    "1 + 0": {"_BY_SCORE": 1, "_BY_RANK": 0},
    "3 behind": {"_BEHIND": 3.0},
    "2 behind": {"_BEHIND": 2.0},
    "1 behind": {"_BEHIND": 1.0},
    "2 + 1, 2 behind": {"_BY_SCORE": 2, "_BY_RANK": 1, "_BEHIND": 2.0},
    "1 around": {"_AROUND": 1},
    "2 around": {"_AROUND": 2},
    "not again": None,
}


class Meter:
    """Stands in for what remembers second readings, for all of a process, and counts what each question has read."""

    def __init__(self) -> None:
        self._read = lru_cache(None)(evidence._read_again.__wrapped__)
        self._size = lru_cache(None)(lambda encoder, *read: sum(len(ids) for ids, _ in encoder.pieces(*read)))
        self.read: set[tuple[str, Window]] = set()  # of one question

    def __call__(self, encoder: CrossEncoder, question: str, window: Window) -> tuple[float, ...]:
        self.read.add((question, window))
        return self._read(encoder, question, window)

    def tokens(self) -> int:
        encoder = open_cross_encoder()
        return sum(self._size(encoder, *read) for read in self.read)


def opened(group: str, source: Path, indexes: Path) -> Assistant:
    """An assistant over one document, whose questions are encoded once."""
    settings = load_settings(index=indexes / f"{group}-{source.stem}", reread=True)
    ensure_index(settings, [source])
    assistant = Assistant.open(settings)
    encoder: Any = Remembering(assistant.encoder, 100_000)
    return assistant.over(encoder, settings)


def main() -> None:
    """Print a line of the table for each variant as it is done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calibration", type=int, default=4)
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, for the next time")
    parser.add_argument("--only", nargs="*", default=list(VARIANTS), choices=list(VARIANTS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        indexes = arguments.indexes or Path(folder)
        sets = {"hujin": [(opened("hujin", EVAL.parent / "corpus", indexes), load_questions(EVAL / "hujin.jsonl"))]}
        for group, every in (("other", 1), ("calibration", arguments.calibration)):
            sources = (p for p in sorted((EVAL / group).iterdir()) if p.suffix in (".md", ".txt"))
            sets[group] = [
                (opened(group, p, indexes), load_questions(p.with_suffix(".jsonl"))[::every])
                for p in sources
                if p.with_suffix(".jsonl").is_file()
            ]
        print("| variant | questions | facts | right | wrong / right abstentions | tokens read | passages a question |")
        print("|---|---|---|---|---|---|---|")
        table(sets, arguments.only)


def table(sets: dict[str, list[tuple[Assistant, list[EvalQuestion]]]], names: list[str]) -> None:
    """A line for each variant and group of questions."""
    meter = Meter()
    evidence._read_again = meter  # type: ignore[assignment]
    sure: dict[tuple[Assistant, str], Score] = {}  # questions that no variant reads again
    whole: dict[str, int] = {}
    for name in names:
        variant = VARIANTS[name]
        for constant, value in (NOW | (variant or {})).items():
            setattr(evidence, constant, value)
        for group, parts in sets.items():
            scores, tokens, windows = [], 0, 0
            for assistant, questions in parts:
                settings = assistant.settings.model_copy(update={"reread": variant is not None})
                asker = Asker(assistant.over(assistant.encoder, settings))
                for question in questions:
                    meter.read.clear()
                    score = sure.get((assistant, question.id)) or asker.outcome(question).score
                    if variant is not None and not meter.read:
                        sure[assistant, question.id] = score
                    scores.append(score)
                    tokens, windows = tokens + meter.tokens(), windows + len(meter.read)
            found = summary(scores)
            right = np.mean([score.right for score in scores])
            refused = f"{found['abstention']['wrong_rate']:.3f} / {found['abstention']['recall']:.3f}"
            part = tokens / whole.setdefault(group, tokens or 1)
            cells = [name, f"{group} {len(scores)}", f"{found['answers']['fact_recall']:.3f}", f"{right:.3f}", refused]
            print("|", " | ".join([*cells, f"{part:.2f}", f"{windows / len(scores):.2f}"]), "|", flush=True)


if __name__ == "__main__":
    main()
