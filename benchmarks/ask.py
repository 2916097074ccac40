"""What answering costs, side by side with the plainest program that does the same work.

    python benchmarks/ask.py

1. `hujin-qa ask` as a fresh process against `floor.py`, alternating; with one question, without and with the second
   reading.
2. In a running process: everything but the query's encoding, as a share of the encoding; here without and with the
   second reading, and on 20,000 passages with random vectors (without: random hits leave every question in doubt).
   Beside it, in the same run, what the floor does: it finds a passage and reads nothing.

Writes results/ask.json beside this file and `benchmarks/README.md` with its ratios. Times depend on the machine; the
ratios are what counts. About four minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, quantiles

import floor
import numpy as np
from summary import write_summary

from hujin_qa.assistant import Assistant
from hujin_qa.crossencoder import CrossEncoder
from hujin_qa.index import build_index, open_index, read_manifest
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from hujin_qa.types import Encoder

HERE = Path(__file__).parent
QUESTION = "移动支付的市场规模有多大?"
RUNS = 11
WARM_UP = 20  # questions


def cold(*, reread: bool) -> dict[str, float]:
    """Wall time of whole processes in seconds, alternating so that both see the same machine."""
    settings = load_settings()
    data = settings.index / read_manifest(settings.index)["data"]
    ours = [str(Path(sys.executable).parent / "hujin-qa"), "ask", QUESTION]
    floor = [sys.executable, str(HERE / "floor.py"), str(data), QUESTION]
    environment = os.environ | {"HUJIN_QA_REREAD": str(reread).lower()}
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for run in range(RUNS + 1):
        for name, command in (("ours", ours), ("floor", floor)):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            if run:  # the first fills the caches
                times[name].append(time.perf_counter() - started)
    result = {name: median(values) for name, values in times.items()}
    return {"ours_s": result["ours"], "floor_s": result["floor"], "ratio": result["ours"] / result["floor"]}


class RandomEncoder:
    """Unit vectors without a model: the cost of search does not depend on what they mean."""

    id = "random"

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def encode_query(self, texts: list[str]) -> np.ndarray:
        vectors = self._rng.standard_normal((len(texts), 384), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    encode_document = encode_query


class Stopwatch:
    """Adds up what a method takes, by the clock and by the process's own, in seconds."""

    def __init__(self, owner: object, name: str) -> None:
        self.clock: list[float] = []
        self.cpu: list[float] = []
        original: Callable[..., object] = getattr(owner, name)

        def timed(*arguments: object) -> object:
            clock, cpu = time.perf_counter(), time.process_time()
            result = original(*arguments)
            self.clock.append(time.perf_counter() - clock)
            self.cpu.append(time.process_time() - cpu)
            return result

        setattr(owner, name, timed)
        self.stop = lambda: setattr(owner, name, original)


def warm(assistant: Assistant, questions: list[str]) -> dict[str, float]:
    """Milliseconds of a question beyond its encoding, in a running process; no question is asked twice.

    ``rest`` is by the clock, ``rest_cpu`` by the process's own, which neighbours on a busy machine disturb less;
    ``found_cpu`` is the part of it from the question to its hits. Shares are those of one encoding. The second reading is
    given as a mean: a few questions do without.
    """
    encoding, again = Stopwatch(assistant.encoder, "encode_query"), Stopwatch(CrossEncoder, "judge")
    finding = Stopwatch(assistant, "_interpret"), Stopwatch(assistant, "seek")
    rest, rest_cpu, found_cpu, second, second_cpu = [], [], [], [], []
    for question in questions:
        before, read, sought = len(encoding.clock), len(again.clock), [len(watch.cpu) for watch in finding]
        clock, cpu = time.perf_counter(), time.process_time()
        assistant.ask(question)
        rest_cpu.append(time.process_time() - cpu - sum(encoding.cpu[before:]))
        rest.append(time.perf_counter() - clock - sum(encoding.clock[before:]))
        finds = (sum(watch.cpu[start:]) for watch, start in zip(finding, sought, strict=True))
        found_cpu.append(sum(finds) - sum(encoding.cpu[before:]))
        second.append(sum(again.clock[read:]))
        second_cpu.append(sum(again.cpu[read:]))
    for watch in (encoding, again, *finding):
        watch.stop()
    rest, rest_cpu, found_cpu, second, second_cpu = (
        times[WARM_UP:] for times in (rest, rest_cpu, found_cpu, second, second_cpu)
    )
    return {
        "encode_ms": median(encoding.clock) * 1000,
        "encode_cpu_ms": median(encoding.cpu) * 1000,
        "found_cpu_ms": median(found_cpu) * 1000,
        "found_cpu_share": median(found_cpu) / median(encoding.cpu),
        "rest_ms": median(rest) * 1000,
        "rest_p95_ms": quantiles(rest, n=20)[-1] * 1000,
        "rest_cpu_ms": median(rest_cpu) * 1000,
        "rest_mean_ms": mean(rest) * 1000,
        "rest_cpu_mean_ms": mean(rest_cpu) * 1000,
        "rest_share": median(rest) / median(encoding.clock),
        "rest_cpu_share": median(rest_cpu) / median(encoding.cpu),
        "rest_cpu_mean_share": mean(rest_cpu) / median(encoding.cpu),
        "read_again_share_of_questions": mean([float(s > 0) for s in second]),
        "read_again_mean_ms": mean(second) * 1000,
        "read_again_cpu_mean_ms": mean(second_cpu) * 1000,
        "read_again_cpu_mean_share": mean(second_cpu) / median(encoding.cpu),
    }


def plain(index: Path, encoder: Encoder, questions: list[str]) -> dict[str, float]:
    """Milliseconds of the floor beyond the encoding, in a running process, and their share of it."""
    dense, sparse = floor.load(index / read_manifest(index)["data"])
    encoding, rest = [], []
    for question in questions:
        before = time.process_time()
        (vector,) = encoder.encode_query([question])
        between = time.process_time()
        floor.search(dense, sparse, question, vector)
        encoding.append(between - before)
        rest.append(time.process_time() - between)
    return {
        "floor_cpu_ms": median(rest[WARM_UP:]) * 1000,
        "floor_cpu_share": median(rest[WARM_UP:]) / median(encoding[WARM_UP:]),
    }


def large(passages: int) -> dict[str, float]:
    """The same on a corpus of ``passages`` short documents made of the shipped text's own sentences."""
    small = Assistant.open()
    texts = [small.index.passages[i % len(small.index.passages)].text for i in range(passages)]
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        source, index = Path(folder) / "corpus.jsonl", Path(folder) / "index"
        with source.open("w", encoding="utf-8") as file:
            for i, text in enumerate(texts):
                words = list(text)
                at = int(rng.integers(0, max(1, len(words) - 20)))
                line = {"_id": f"d{i}", "title": f"文 {i}", "text": "".join(words[at:] + words[:at])}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        lexicon, encoder = load_lexicon(), RandomEncoder()
        build_index([source], index, encoder, encoder.id, lexicon)
        opened = open_index(index, encoder.id, lexicon)
        assistant = Assistant(load_settings(index=index, reread=False), encoder, lexicon, opened)
        return warm(assistant, questions()) | plain(index, encoder, questions())


def questions() -> list[str]:
    """Those of the development set that stand alone, every other one."""
    lines = (HERE.parent / "eval" / "hujin.jsonl").read_text(encoding="utf-8").splitlines()
    return [value["question"] for value in map(json.loads, lines) if not value["history"]][::2]


def main() -> None:
    """Run everything, print it and keep it."""
    once = Assistant.open(load_settings(reread=False))
    result = {
        "cold_start": cold(reread=False),
        "cold_start_read_again": cold(reread=True),
        "running": warm(once, questions()) | plain(once.settings.index, once.encoder, questions()),
        "running_read_again": warm(Assistant.open(load_settings(reread=True)), questions()),
        "passages_20000": large(20_000),
    }
    print(json.dumps(result, indent=1))
    out = HERE / "results" / "ask.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(write_summary())


if __name__ == "__main__":
    main()
