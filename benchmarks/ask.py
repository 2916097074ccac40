"""What answering costs, side by side with the plainest program that does the same work.

1. `hujin-qa ask` as a fresh process against `floor.py`, alternating.
2. In a running process: everything but the query's encoding, as a share of the encoding; here and on 20,000
   passages with random vectors.

Writes results/ask.json beside this file. Times depend on the machine; the ratios are what counts.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index, read_manifest
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings

HERE = Path(__file__).parent
QUESTION = "移动支付的市场规模有多大?"
RUNS = 11
WARM_UP = 20  # questions


def cold() -> dict[str, float]:
    """Wall time of whole processes in seconds, alternating so that both see the same machine."""
    settings = load_settings()
    data = settings.index / read_manifest(settings.index)["data"]
    ours = [str(Path(sys.executable).parent / "hujin-qa"), "ask", QUESTION]
    floor = [sys.executable, str(HERE / "floor.py"), str(data), QUESTION]
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for run in range(RUNS + 1):
        for name, command in (("ours", ours), ("floor", floor)):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
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


def warm(assistant: Assistant, questions: list[str]) -> dict[str, float]:
    """Milliseconds of a question beyond its encoding, in a running process; no question is asked twice.

    ``rest`` is by the clock, ``rest_cpu`` by the thread's own, which neighbours on a busy machine disturb less.
    """
    encode: list[float] = []
    encode_cpu: list[float] = []
    encoder = assistant.encoder
    original: Callable[[list[str]], np.ndarray] = encoder.encode_query

    def timed(texts: list[str]) -> np.ndarray:
        clock, cpu = time.perf_counter(), time.thread_time()
        vectors = original(texts)
        encode.append(time.perf_counter() - clock)
        encode_cpu.append(time.thread_time() - cpu)
        return vectors

    encoder.encode_query = timed  # type: ignore[method-assign]
    rest, rest_cpu = [], []
    for question in questions:
        before = len(encode)
        clock, cpu = time.perf_counter(), time.thread_time()
        assistant.ask(question)
        rest_cpu.append(time.thread_time() - cpu - sum(encode_cpu[before:]))
        rest.append(time.perf_counter() - clock - sum(encode[before:]))
    rest, rest_cpu = rest[WARM_UP:], rest_cpu[WARM_UP:]
    return {
        "encode_ms": median(encode) * 1000,
        "rest_ms": median(rest) * 1000,
        "rest_p95_ms": quantiles(rest, n=20)[-1] * 1000,
        "rest_cpu_ms": median(rest_cpu) * 1000,
        "rest_share": median(rest) / median(encode),
        "rest_cpu_share": median(rest_cpu) / median(encode_cpu),
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
        return warm(Assistant(load_settings(index=index), encoder, lexicon, opened), questions())


def questions() -> list[str]:
    """Those of the development set that stand alone, every other one."""
    lines = (HERE.parent / "eval" / "hujin.jsonl").read_text(encoding="utf-8").splitlines()
    return [value["question"] for value in map(json.loads, lines) if not value["history"]][::2]


def main() -> None:
    """Run everything, print it and keep it."""
    result = {"cold_start": cold(), "running": warm(Assistant.open(), questions()), "passages_20000": large(20_000)}
    print(json.dumps(result, indent=1))
    out = HERE / "results" / "ask.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
