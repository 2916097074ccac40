"""Measure the grounding check; writes eval/results/grounding.json.

    .venv/bin/python eval/grounding.py [--wrong SPLIT] [--rules]

Splits: those of grounding.jsonl, and the claims of ``calibration/`` and ``unseen/``; nothing was fitted on the last.
"true" pairs must be supported, all others must not. ``--wrong`` prints every misjudged pair, ``--rules`` measures the
check without a cross-encoder and writes nothing.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hujin_qa import grounding
from hujin_qa.encoder import open_encoder
from hujin_qa.metrics import interval, mean
from hujin_qa.settings import load_settings

HERE = Path(__file__).parent


def pairs() -> Iterator[dict[str, Any]]:
    """Every labelled claim with its evidence and its split."""
    for line in (HERE / "grounding.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)
    for split in ("calibration", "unseen"):
        for path in sorted((HERE / split).glob("*.claims.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                yield {**json.loads(line), "split": split}


def main() -> None:
    """Judge every pair and print accuracy by split and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", metavar="SPLIT")
    parser.add_argument("--rules", action="store_true")
    arguments = parser.parse_args()
    if arguments.rules:
        grounding.open_cross_encoder = lambda: None  # type: ignore[assignment]
    encoder = open_encoder("default", load_settings().cache)
    right: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs():
        verdict = grounding.support(pair["claim"], pair["evidence"], encoder)
        good = verdict.supported == (pair["kind"] == "true")
        right[pair["split"]][pair["kind"]].append(float(good))
        if not good and arguments.wrong == pair["split"]:
            print(pair["kind"], verdict.score, verdict.faults, pair["claim"], pair["evidence"], sep=" | ")
    results = {}
    for split, kinds in sorted(right.items()):
        false = [v for kind, values in kinds.items() if kind != "true" for v in values]
        results[split] = {
            "balanced_accuracy": round((mean(kinds["true"]) + mean(false)) / 2, 4),
            **{
                kind: {
                    "pairs": len(values),
                    "recall": round(mean(values), 4),
                    "ci": [round(v, 3) for v in interval(values)],
                }
                for kind, values in sorted(kinds.items())
            },
        }
        row = {k: v["recall"] if isinstance(v, dict) else v for k, v in results[split].items()}
        print(split, row, flush=True)
    if not arguments.rules:
        out = HERE / "results" / "grounding.json"
        out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
