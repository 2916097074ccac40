"""Measure the grounding check on eval/grounding.jsonl; writes eval/results/grounding.json.

    .venv/bin/python eval/grounding.py [--wrong SPLIT]

"true" pairs must be supported, all others must not. ``--wrong`` prints every misjudged pair.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

from hujin_qa.encoder import open_encoder
from hujin_qa.grounding import support
from hujin_qa.metrics import interval, mean
from hujin_qa.settings import load_settings

HERE = Path(__file__).parent


def main() -> None:
    """Judge every pair and print accuracy by split and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", choices=["dev", "held-out", "adversary-1", "adversary-2"])
    shown = parser.parse_args().wrong
    encoder = open_encoder("default", load_settings().cache)
    right: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in (HERE / "grounding.jsonl").open(encoding="utf-8"):
        pair = json.loads(line)
        verdict = support(pair["claim"], pair["evidence"], encoder)
        good = verdict.supported == (pair["kind"] == "true")
        right[pair["split"]][pair["kind"]].append(float(good))
        if not good and shown == pair["split"]:
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
    out = HERE / "results" / "grounding.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
