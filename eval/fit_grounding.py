"""Fit the meaning model of the grounding check; writes data/grounding.json.

    .venv/bin/python eval/fit_grounding.py

Only pairs of the development documents count. A pair is right if its kind is "true".
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from hujin_qa.encoder import open_encoder
from hujin_qa.grounding import signals
from hujin_qa.settings import load_settings
from hujin_qa.text import fold

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Collect the signals, fit, write."""
    encoder = open_encoder("default", load_settings().cache)
    meaning = ("true", "absent_plausible", "wrong_citation")  # the other kinds are for the rules
    rows, labels = [], []
    for line in (ROOT / "eval" / "grounding.jsonl").open(encoding="utf-8"):
        pair = json.loads(line)
        said, sources = fold(pair["claim"]), tuple(fold(e) for e in pair["evidence"])
        if pair["split"] == "dev" and pair["kind"] in meaning:
            rows.append(signals(said, sources, encoder))
            labels.append(pair["kind"] == "true")
    names = list(rows[0])
    values = np.array([[row[n] for n in names] for row in rows])
    model = LogisticRegression(C=3, class_weight="balanced", max_iter=5000).fit(values, labels)
    weights = {n: round(float(w), 3) for n, w in zip(names, model.coef_[0], strict=True)}
    weights["bias"] = round(float(model.intercept_[0]), 3)
    out = ROOT / "src" / "hujin_qa" / "data" / "grounding.json"
    out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    print(weights, f"accuracy on {len(labels)} pairs {model.score(values, labels):.3f}")


if __name__ == "__main__":
    main()
