"""Extractive answers beside those of a language model on a sample; writes eval/results/llm.json.

    python eval/llm_server.py MODEL.gguf &
    OPENAI_BASE_URL=http://127.0.0.1:8411/v1 OPENAI_MODEL=local .venv/bin/python eval/llm.py [--questions N] [--log FILE]

Both readers get the same questions over the same index. ``--log`` keeps every question with both answers.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from hujin_qa.assistant import Assistant
from hujin_qa.evaluation.asking import Asker
from hujin_qa.evaluation.judge import Outcome
from hujin_qa.evaluation.measures import measures
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.quantities import quantities
from hujin_qa.settings import load_settings
from hujin_qa.text import fold

HERE = Path(__file__).parent


def unmarked_numbers(outcome: Outcome) -> int:
    """Numbers in sentences shown as supported that stand in none of their citations."""
    quotes = {c.n: c.quote + " ".join(c.section) for c in outcome.answer.citations}
    missing = 0
    for claim in outcome.answer.claims:
        there = quantities(fold(" ".join(quotes[n] for n in claim.citations)))
        missing += claim.supported and sum(
            not any(q.matches(e, 0.03) for e in there) for q in quantities(fold(claim.text)) if q.unit
        )
    return missing


def facts(outcome: Outcome) -> float:
    """Share of the facts that it said."""
    return outcome.score.values.get("answers.fact_recall", 0.0)


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """The numbers of one reader."""
    found = measures(outcomes)
    claims = [c for o in outcomes for c in o.answer.claims]
    return {
        "fact_recall": found["answers"]["fact_recall"],
        "fact_recall_ci": found["answers"]["fact_recall_ci"],
        "citation_recall": found["citations"]["recall"],
        "citation_on_gold": found["citations"]["on_gold"],
        "abstention_recall": found["abstention"]["recall"],
        "wrong_abstentions": found["abstention"]["wrong_rate"],
        "chars_median": found["answers"]["chars_median"],
        "claims": len(claims),
        "unsupported_shown_marked": sum(not c.supported for c in claims),
        "unsupported_numbers_unmarked": sum(map(unmarked_numbers, outcomes)),
        "readers": dict(Counter(o.answer.reader for o in outcomes if o.answer.status == "answered")),
    }


def main() -> None:
    """Ask both, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    every = load_questions(HERE / "hujin.jsonl")
    asked = every[:: max(1, len(every) // options.questions)][: options.questions]
    settings = load_settings()
    composing = Assistant.open(settings)
    plain = Assistant(
        settings.model_copy(update={"llm_model": ""}), composing.encoder, composing.lexicon, composing.index
    )
    before = [Asker(plain).outcome(q) for q in asked]
    after = [Asker(composing).outcome(q) for q in asked]
    times = [o.answer.timings_ms for o in after if "first_token" in o.answer.timings_ms]
    results = {
        "questions": len(asked),
        "extractive": summary(before),
        "llm": summary(after),
        "seconds": {
            name: {
                str(q): round(float(np.quantile([t[name] for t in times if name in t], q)) / 1000, 2)
                for q in (0.5, 0.9)
            }
            for name in ("first_token", "model", "check")
            if any(name in t for t in times)
        },
        "remarks": dict(Counter(o.answer.remark for o in after if o.answer.remark)),
        "tokens": {k: sum(o.answer.usage.get(k, 0) for o in after) for k in ("prompt_tokens", "reply_tokens")},
    }
    if options.log:
        options.log.write_text(
            "".join(
                f"{a.question.id} {a.question.question}\n  {facts(b):.2f} {b.answer.text}\n  {facts(a):.2f} "
                f"{a.answer.reader} {a.answer.status} {a.answer.text} | {a.answer.remark}\n"
                for b, a in zip(before, after, strict=True)
            ),
            encoding="utf-8",
        )
    out = HERE / "results" / "llm.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
