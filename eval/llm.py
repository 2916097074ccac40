"""Extractive answers beside those of a language model on a sample; writes eval/results/llm.json.

    python eval/llm_server.py MODEL.gguf &
    OPENAI_BASE_URL=http://127.0.0.1:8411/v1 OPENAI_MODEL=MODEL .venv/bin/python eval/llm.py [--questions N] [--log FILE] [--out FILE]

Both readers get the same questions over the same index. ``--log`` keeps every question with both answers.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hujin_qa.assistant import Assistant
from hujin_qa.evaluation.asking import Asker
from hujin_qa.evaluation.judge import Outcome
from hujin_qa.evaluation.measures import summary as measured
from hujin_qa.evaluation.questions import EvalQuestion, load_questions
from hujin_qa.quantities import quantities
from hujin_qa.settings import load_settings
from hujin_qa.text import fold
from hujin_qa.types import Answer

HERE = Path(__file__).parent
_USAGE = ("prompt_tokens", "reply_tokens", "cost")


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
    found = measured([o.score for o in outcomes])
    claims = [c for o in outcomes for c in o.answer.claims]
    return {
        "fact_recall": found["answers"]["fact_recall"],
        "fact_recall_ci": found["answers"]["fact_recall_ci"],
        "citation_recall": found["citations"]["recall"],
        "citation_precision": found["citations"]["precision"],
        "citation_on_gold": found["citations"]["on_gold"],
        "abstention_recall": found["abstention"]["recall"],
        "wrong_abstentions": found["abstention"]["wrong_rate"],
        "chars_median": found["answers"]["chars_median"],
        "claims": len(claims),
        "unsupported_shown_marked": sum(not c.supported for c in claims),
        "unsupported_shown_unmarked": sum(
            c.supported and c.text in o.unsupported for o in outcomes for c in o.answer.claims
        ),
        "unsupported_numbers_unmarked": sum(map(unmarked_numbers, outcomes)),
        "readers": dict(Counter(o.answer.reader for o in outcomes if o.answer.status == "answered")),
    }


def compare(
    plain: Assistant, composing: Assistant, questions: Sequence[EvalQuestion], say: Callable[[str], None]
) -> tuple[dict[str, Any], str]:
    """Ask both; the numbers, and every question with both answers as text."""
    before, after = [], []
    first, second = Asker(plain), Asker(composing)
    for n, question in enumerate(questions, 1):
        before.append(first.outcome(question))
        after.append(second.outcome(question))
        say(f"{n}/{len(questions)} {after[-1].answer.reader} {after[-1].answer.remark}")
    answers = [o.answer for o in after]
    followed = [(q, a) for q, a in zip(questions, answers, strict=True) if "rewrite" in a.timings_ms]
    results = {
        "model": composing.settings.llm_model,
        "questions": len(questions),
        "extractive": summary(before),
        "llm": summary(after),
        "facts_lost": sum(facts(a) < facts(b) for b, a in zip(before, after, strict=True)),
        "facts_won": sum(facts(a) > facts(b) for b, a in zip(before, after, strict=True)),
        "seconds": {name: spread(answers, name) for name in ("first_token", "model", "check", "rewrite")},
        "remarks": dict(Counter(a.remark for a in answers if a.remark)),
        "usage": {name: round(sum(a.usage.get(name, 0) for a in answers), 6) for name in _USAGE},
        "follow_ups": {
            "asked": sum(bool(q.history) for q in questions),
            "rewriting_tried": len(followed),
            "still_abstained": sum(a.status == "abstained" for _, a in followed),
        },
    }
    return results, "".join(map(written, before, after))


def spread(answers: Sequence[Answer], name: str) -> dict[str, float]:
    """Seconds that half and nine tenths of the answers stayed below; empty if none took this step."""
    times = [a.timings_ms[name] for a in answers if name in a.timings_ms]
    return {str(q): round(float(np.quantile(times, q)) / 1000, 2) for q in (0.5, 0.9) if times}


def written(before: Outcome, after: Outcome) -> str:
    """One question with both answers."""
    asked, answer = after.question, after.answer
    meant = f" ({answer.interpreted})" if answer.interpreted != asked.question else ""
    unmarked = [c.text for c in answer.claims if c.supported and c.text in after.unsupported]
    return (
        f"{asked.id} {asked.question}{meant}\n  {facts(before):.2f} {before.answer.text}\n"
        f"  {facts(after):.2f} {answer.reader} {answer.status} {answer.text} | {answer.remark}\n"
        + "".join(f"  not supported and not marked: {text}\n" for text in unmarked)
    )


def main() -> None:
    """Ask both, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "llm.json")
    options = parser.parse_args()
    every = load_questions(HERE / "hujin.jsonl")
    asked = every[:: max(1, len(every) // options.questions)][: options.questions]
    composing = Assistant.open(load_settings())
    if not composing.settings.has_llm:
        sys.exit("OPENAI_BASE_URL and OPENAI_MODEL name no model: see eval/README.md")
    plain = composing.over(composing.encoder, composing.settings.model_copy(update={"llm_model": ""}))
    results, log = compare(plain, composing, asked, lambda line: print(line, file=sys.stderr, flush=True))
    if options.log:
        options.log.write_text(log, encoding="utf-8")
    told = json.dumps(results, ensure_ascii=False, indent=1)
    options.out.write_text(told + "\n", encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main()
