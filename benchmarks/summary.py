"""README.md of this folder: what each benchmark measures, with the ratios of the result files beside their limits."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

_ROWS = (  # file, place in it, what it is, limit, unit
    ("ask", "cold_start.ratio", "`hujin-qa ask`, a fresh process / the floor", "2", ""),
    ("ask", "cold_start_read_again.ratio", "the same, with the second reading", "", ""),
    ("ask", "running.found_cpu_share", "a question to its hits, beyond the encoding / the encoding", "0.1", ""),
    ("ask", "running.floor_cpu_share", "the floor, in the same run", "", ""),
    ("ask", "running.rest_cpu_share", "to its answer", "0.1", ""),
    ("ask", "running_read_again.rest_cpu_share", "to its answer, with the second reading", "0.5", ""),
    ("ask", "running_read_again.read_again_cpu_mean_share", "of this the second reading, mean", "", ""),
    ("ask", "running_read_again.read_again_share_of_questions", "questions that are read again", "", ""),
    ("ask", "passages_20000.found_cpu_ms", "to its hits on 20,000 passages, median", "3", " ms"),
    ("ask", "passages_20000.floor_cpu_ms", "the floor, in the same run", "", " ms"),
    ("ask", "passages_20000.rest_cpu_ms", "to its answer on 20,000 passages", "3", " ms"),
    ("evaluation", "run.ratio", "a run / the encoding of its questions", "1.5", ""),
    ("evaluation", "run_read_again.ratio", "the same, with the second reading", "1.5", ""),
    ("encoder", "bulk.torch_over_nano", "encoding 500 passages, torch / C engine", "at least 3", ""),
    ("encoder", "query.p95_busy_over_median_busy", "encoding a question under load, p95 / median", "2", ""),
)
_HEAD = """# Benchmarks

Each prints its numbers, keeps them in `results/` and writes this table anew; run them on a quiet machine.

- `python benchmarks/ask.py` (four minutes): a question in a fresh and in a running process, here and on 20,000 passages.
- `python benchmarks/evaluation.py` (two minutes): a run of the question set against the encoding of its questions.
- `python benchmarks/encoder.py`: the two engines, and questions on a busy machine.
- `python benchmarks/load.py`: many clients at once; keeps its numbers, but does not write here.

Shares of a question are medians of processor time; fresh processes, the encoder, and runs, which encode one question
while they answer the one before, are by the clock. The floor finds a passage by plain fusion and reads nothing. Passages
are encoded in bfloat16 where the processor has it (3.3 to 11 times as fast as by the C engine on three such machines), else
in float32 (twice).

| | measured | limit |
|---|---|---|
"""


def write_summary() -> str:
    """Write README.md from the result files and return it."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (HERE / "results").glob("*.json")}
    lines = []
    for file, place, name, limit, unit in _ROWS:
        value: Any = found.get(file, {})
        for key in place.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        measured = "" if value is None else f"{value:.2f}{unit}"
        lines.append(f"| {name} | {measured} | {limit}{unit if limit else ''} |\n")
    text = _HEAD + "".join(lines)
    (HERE / "README.md").write_text(text, encoding="utf-8")
    return text


if __name__ == "__main__":
    print(write_summary())
