"""A question set in, numbers and the cause of each failure out."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from .assistant import Assistant
from .errors import BadInput
from .metrics import facts_found, fold_fact, interval, mean, ndcg, recall, reciprocal_rank
from .payload import answer_payload
from .types import Answer, Hit, Passage

Cause = Literal[
    "right", "not_retrieved", "retrieved_not_read", "wrongly_abstained", "should_have_abstained", "bad_gold"
]


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One line of a question set.

    ``facts`` must all stand in the answer, each in one of its spellings. ``evidence`` are outline positions
    (``"1.1.2"``, children included) or verbatim snippets of the sentences that hold the facts.
    """

    id: str
    kind: str
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question answered and judged."""

    question: EvalQuestion
    answer: Answer
    relevant: tuple[bool, ...]  # of each hit
    total: int  # relevant passages in the index
    facts: float  # share in the answer's text
    cause: Cause


def load_questions(path: Path) -> list[EvalQuestion]:
    """Read a JSON-lines question set.

    Raises:
        BadInput: with the line number and what is wrong there.
    """
    questions: list[EvalQuestion] = []
    seen: set[str] = set()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"问题集 {path} 读不出来:{error}。") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            question = EvalQuestion(
                id=str(value["id"]),
                kind=str(value.get("kind", "fact")),
                question=str(value["question"]),
                answerable=bool(value.get("answerable", True)),
                facts=tuple(tuple(str(a) for a in fact) for fact in value.get("facts", [])),
                evidence=tuple(str(e) for e in value.get("evidence", [])),
                history=tuple(str(h) for h in value.get("history", [])),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"{path} 第 {number} 行不可用:{error!r}。") from None
        if question.id in seen:
            raise BadInput(f"{path} 第 {number} 行的 id {question.id!r} 重复。")
        if question.answerable and not question.facts:
            raise BadInput(f"{path} 第 {number} 行可答但没有写 facts。")
        seen.add(question.id)
        questions.append(question)
    return questions


def evaluate(
    assistant: Assistant, questions: Sequence[EvalQuestion], report: Callable[[int], None] = lambda _: None
) -> list[Outcome]:
    """Ask every question and judge what came back; ``report`` is told how many are done."""
    outcomes = []
    for done, question in enumerate(questions, 1):
        answer = assistant.ask(question.question, [("user", h) for h in question.history])
        outcomes.append(judge(question, answer, assistant.index.passages))
        report(done)
    return outcomes


def judge(question: EvalQuestion, answer: Answer, passages: Sequence[Passage]) -> Outcome:
    """Relevance of the hits, facts in the answer, and why it failed if it did."""
    gold = {p.id for p in passages if is_evidence(p, question)}
    relevant = tuple(h.passage.id in gold for h in answer.hits)
    facts = facts_found(question.facts, answer.text) if answer.status == "answered" else 0.0
    return Outcome(question, answer, relevant, len(gold), facts, _cause(question, answer, gold, facts))


def is_evidence(passage: Passage, question: EvalQuestion) -> bool:
    """Whether a passage holds gold evidence: it lies in a named section, or has a named snippet."""
    text = fold_fact(passage.text)
    for evidence in question.evidence:
        if evidence.replace(".", "").isdigit():
            inside = passage.position == evidence or passage.position.startswith(evidence + ".")
            if inside and any(
                fold_fact(a) in fold_fact("".join(passage.section)) + text for f in question.facts for a in f
            ):
                return True
        elif fold_fact(evidence) in text:
            return True
    return False


def _cause(question: EvalQuestion, answer: Answer, gold: set[str], facts: float) -> Cause:
    if not question.answerable:
        return "right" if answer.status == "abstained" else "should_have_abstained"
    if facts == 1:
        return "right"
    if not gold:
        return "bad_gold"
    if facts_in_hits(question, answer.hits) < 1 and answer.status == "answered":
        return "not_retrieved"
    return "wrongly_abstained" if answer.status == "abstained" else "retrieved_not_read"


def measures(outcomes: Sequence[Outcome], seconds: float = 0.0) -> dict[str, Any]:
    """The numbers of a run, each with its 95 % interval, in the shape of the ``eval --json`` contract."""
    can = [o for o in outcomes if o.question.answerable]
    cannot = [o for o in outcomes if not o.question.answerable]
    retrieved = [o for o in can if o.total]
    answered = [o for o in can if o.answer.status == "answered"]
    abstained = [o for o in outcomes if o.answer.status == "abstained"]
    return {
        "questions": len(outcomes),
        "retrieval": _with_intervals(
            {
                "ndcg@10": [ndcg(o.relevant, o.total) for o in retrieved],
                "recall@5": [recall(o.relevant, o.total) for o in retrieved],
                "mrr@10": [reciprocal_rank(o.relevant) for o in retrieved],
                **{f"facts@{k}": [facts_in_hits(o.question, o.answer.hits[:k]) for o in can] for k in (1, 3, 5)},
            }
        ),
        "answers": {
            **_with_intervals(
                {
                    "fact_recall": [o.facts for o in can],
                    "complete": [float(o.facts == 1) for o in can],
                }
            ),
            "chars_median": median([len(o.answer.text) for o in answered] or [0]),
        },
        "citations": _with_intervals(
            {
                "recall": [float(all(c.citations for c in o.answer.claims)) for o in answered],
                "precision": [_cited_facts(o) for o in answered],
            }
        ),
        "abstention": _with_intervals(
            {
                "recall": [float(o.answer.status == "abstained") for o in cannot],
                "precision": [float(not o.question.answerable) for o in abstained],
                "wrong_rate": [float(o.answer.status == "abstained") for o in can],
            }
        ),
        "causes": dict(Counter(o.cause for o in outcomes)),
        "seconds": round(seconds, 2),
    }


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, dict[str, float]]:
    """Facts and abstentions of each kind of question."""
    kinds: dict[str, list[Outcome]] = {}
    for o in outcomes:
        kinds.setdefault(o.question.kind, []).append(o)
    return {
        kind: {
            "questions": len(group),
            "fact_recall": mean([o.facts for o in group]),
            "abstained": mean([float(o.answer.status == "abstained") for o in group]),
        }
        for kind, group in sorted(kinds.items())
    }


def facts_in_hits(question: EvalQuestion, hits: Sequence[Hit]) -> float:
    """Share of the facts that stand in the passages or their headings."""
    return facts_found(question.facts, " ".join(" ".join(h.passage.section) + h.passage.text for h in hits))


def _cited_facts(outcome: Outcome) -> float:
    """Share of the citations whose quote holds a gold fact."""
    if not outcome.answer.citations:
        return 0.0
    gold = outcome.question
    return mean(
        [
            float(any(fold_fact(e) in fold_fact(c.quote) for f in gold.facts for e in f))
            for c in outcome.answer.citations
        ]
    )


def _with_intervals(values: dict[str, list[float]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in values.items():
        found[name] = round(mean(each), 4)
        found[f"{name}_ci"] = [round(v, 4) for v in interval(each)]
    return found


def run(
    assistant: Assistant, path: Path, report: Callable[[int], None] = lambda _: None
) -> tuple[list[Outcome], dict[str, Any]]:
    """Load, ask, judge and measure one question set."""
    questions = load_questions(path)
    started = time.perf_counter()
    outcomes = evaluate(assistant, questions, report)
    return outcomes, measures(outcomes, time.perf_counter() - started)


def write_run(path: Path, outcomes: Sequence[Outcome], numbers: dict[str, Any]) -> None:
    """Keep a run with everything needed to judge each question again."""
    questions = [
        {"id": o.question.id, "kind": o.question.kind, "cause": o.cause, "facts": o.facts, "gold": o.question.facts}
        | {"history": o.question.history, "answer": answer_payload(o.answer, o.question.id)}
        for o in outcomes
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"measures": numbers, "kinds": by_kind(outcomes), "questions": questions}, ensure_ascii=False, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8")
