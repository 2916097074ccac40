"""Fit the two evidence models on development questions over several corpora; writes data/evidence.json.

    .venv/bin/python eval/fit.py [--again] [--beir FOLDER …] [--indexes FOLDER]

``--again`` fits only the twins for what the cross-encoder has read, behind the first models as they are.

A BEIR folder holds corpus.jsonl, queries.jsonl, qrels.tsv and answers.jsonl (short gold answers). Each of its
questions also serves as an unanswerable one, with the gold paragraph taken out of the hits. For every corpus
the table shows what models fitted on the *other* corpora reach on it: those are the numbers to believe.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from hujin_qa import evidence
from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.citations import announced, cite, compose
from hujin_qa.crossencoder import CrossEncoder, open_cross_encoder
from hujin_qa.evaluation.judge import is_evidence
from hujin_qa.evaluation.questions import EvalQuestion, load_questions
from hujin_qa.metrics import facts_found, fold_fact
from hujin_qa.question import Question
from hujin_qa.reader import Sought, choose
from hujin_qa.rereading import looked_into, reread
from hujin_qa.settings import load_settings

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src" / "hujin_qa" / "data" / "evidence.json"
SAMPLE = 150  # questions drawn from each BEIR folder
BEIR_WEIGHT = 0.3  # of one question, against 1 of a hand-written one
RIDGE = 0.3  # inverse strength of the penalty on a standardised weight
FOR = frozenset(
    [
        "again",
        "stated",
        "score",
        "structure",
        "together",
        "nearest",
        "nouns",
        "nouns_nearest",
        "focus",
        "focus_nearest",
    ]
)
EITHER = frozenset(["open_kind", "polar", "few_words"])  # the other signals speak against an answer


@dataclass
class Example:
    """One question over one corpus: its candidates with the truth about each."""

    corpus: str
    sought: Sought
    parts: list[tuple[Question, list[evidence.Evidence]]]
    evidence: list[evidence.Evidence]
    labels: list[bool]
    assistant: Assistant
    gold: EvalQuestion
    weight: float


def examples(
    name: str, assistant: Assistant, questions: Sequence[EvalQuestion], weight: float, drop: bool = False
) -> Iterator[Example]:
    """Candidates of each question; with ``drop`` the gold passages are taken away, so it has no answer."""
    index = assistant.index
    for gold in questions:
        asked = assistant.interpret(gold.question, [("user", text) for text in gold.history])
        if asked.chat:
            continue
        sought, *split = [
            replace(s, hits=[h for h in s.hits if not (drop and is_evidence(h.passage, gold))])
            for s in assistant.seek(asked)
        ]
        found = evidence.weigh(asked, sought.vector, sought.hits, index)
        parts = [(p.question, evidence.weigh(p.question, p.vector, p.hits, index)) for p in split]
        labels = [
            gold.answerable and not drop and is_evidence(e.hit.passage, gold) and _has_fact(gold, asked, index, e)
            for e in found
        ]
        truth = EvalQuestion(gold.id, gold.kind, asked.text, gold.answerable and not drop, gold.facts)
        if found:
            yield Example(name, sought, parts, found, labels, assistant, truth, weight)


def _has_fact(gold: EvalQuestion, asked: Question, index: Any, e: evidence.Evidence) -> bool:
    document = index.documents[e.hit.passage.document]
    end = max([e.end, *(span.end for span in announced(e, asked, index) if span.start >= e.end)])
    text = fold_fact(document.text[e.start : end])
    return any(fold_fact(a) in text for fact in gold.facts for a in fact)


def fit_sentences(data: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    """Conditional logit: the right sentences of a question against all its candidates (McFadden 1974)."""
    groups = [x for x in data if any(x.labels)]
    rows = torch.tensor([[e.signals[n] for n in names] for x in groups for e in x.evidence])
    right = torch.tensor([label for x in groups for label in x.labels])
    group = torch.repeat_interleave(torch.arange(len(groups)), torch.tensor([len(x.labels) for x in groups]))
    weight = torch.tensor([x.weight for x in groups])
    coefficients = torch.zeros(len(names), requires_grad=True)
    optimiser = torch.optim.LBFGS([coefficients], max_iter=80)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = torch.exp(rows @ coefficients - (rows @ coefficients).max())
        all_, good = torch.zeros(len(groups)), torch.zeros(len(groups))
        share = good.scatter_add(0, group, scores * right) / all_.scatter_add(0, group, scores)
        value = -(weight * torch.log(share + 1e-9)).sum() / weight.sum() + 0.002 * (coefficients**2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    mean = float((rows @ coefficients.detach()).mean())
    return _named(names, coefficients.detach().numpy()) | {"bias": round(-mean, 3)}


def fit_answers(data: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    """Logistic regression on whether the text holds the answer, no signal against its own sense.

    Without the bounds the model learns what is peculiar to its few corpora: on a corpus that it was not fitted on,
    an area of 0.78 instead of 0.87.
    """
    known = [(x, *_answer(x)) for x in data]
    known = [(x, signals, facts) for x, signals, facts in known if facts > 0 or not x.gold.answerable]
    rows = np.array([[signals[n] for n in names] for _, signals, _ in known])
    weight = np.array([x.weight for x, *_ in known])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = (rows - mean) / deviation
    sign = np.where([x.gold.answerable for x, *_ in known], 1, -1)

    def loss(theta: Any) -> Any:
        margin = sign * (scaled @ theta[:-1] + theta[-1])
        slope = -sign * weight / (1 + np.exp(margin))
        value = weight @ np.logaddexp(0, -margin) + (theta[:-1] ** 2).sum() / (2 * RIDGE)
        return value, np.append(scaled.T @ slope + theta[:-1] / RIDGE, slope.sum())

    bounds = [(0 if n in FOR else None, 0 if n not in FOR | EITHER else None) for n in names] + [(None, None)]
    theta = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = theta[:-1] / deviation
    return _named(names, slopes) | {"bias": round(float(theta[-1] - slopes @ mean), 3)}


def _named(names: Sequence[str], values: Any) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in zip(names, values, strict=True)}


def _rescore(data: Sequence[Example]) -> None:
    """Order the candidates by the sentence model in force."""
    for x in data:
        pairs = zip(x.evidence, x.labels, strict=True)
        scored = [(evidence.rescored(e), label) for e, label in pairs]
        scored.sort(key=lambda pair: -pair[0].score)
        x.evidence, x.labels = [e for e, _ in scored], [label for _, label in scored]
        x.parts = [(q, sorted(map(evidence.rescored, found), key=lambda e: -e.score)) for q, found in x.parts]


def _answer(x: Example) -> tuple[dict[str, float], float]:
    spans, chosen = choose(x.sought, x.evidence, x.parts, x.assistant.index)
    signals = evidence.answer_signals(x.sought.question, chosen, x.sought.hits)
    if "again" in signals and (encoder := open_cross_encoder()):
        signals |= looked_into(x.sought.question, chosen[0], x.assistant.index, encoder)
    claims, _ = cite(spans, x.assistant.index)
    return signals, facts_found(x.gold.facts, compose(claims)) if x.gold.answerable else 0.0


def fit(data: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Both models, the second over what the first puts on top."""
    models = {"sentence": fit_sentences(data, list(data[0].evidence[0].signals)), "answer": {"bias": 0.0}}
    evidence.use_weights(models)
    _rescore(data)
    models["answer"] = fit_answers(data, list(_answer(data[0])[0]))
    evidence.use_weights(models)
    return models


def fit_again(data: Sequence[Example], first: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The twins of both models for what was read again.

    Few questions serve here, so the sentence model only learns how much to believe either reading.
    """
    old, new = fit_pair(data, first["sentence"])
    twin = {name: round(old * weight, 3) for name, weight in first["sentence"].items()} | {"again": round(new, 3)}
    models = {"sentence_again": twin, "answer_again": {"bias": 0.0}}
    evidence.use_weights(models)
    _rescore(data)
    models["answer_again"] = fit_answers(data, list(_answer(data[0])[0]))
    evidence.use_weights(models)
    return models


def fit_pair(data: Sequence[Example], first: dict[str, float]) -> tuple[float, float]:
    """What the first model's score and the second reading's count for, by conditional logit."""
    slopes = {name: weight for name, weight in first.items() if name != "bias"}
    pairs = [
        [
            e._replace(signals={"first": sum(slopes[n] * e.signals[n] for n in slopes), "again": e.signals["again"]})
            for e in x.evidence
        ]
        for x in data
    ]
    found = fit_sentences([replace(x, evidence=p) for x, p in zip(data, pairs, strict=True)], ["first", "again"])
    return found["first"], found["again"]


def read_again(x: Example, encoder: CrossEncoder) -> Example:
    """The same question after the cross-encoder has read the sentences that come first under the models in force."""
    index = x.assistant.index
    labels = {e.row: label for e, label in zip(x.evidence, x.labels, strict=True)}
    found = reread(x.sought.question, x.evidence, index, encoder)
    parts = [(q, reread(q, old, index, encoder)) for q, old in x.parts]
    return replace(x, evidence=found, labels=[labels[e.row] for e in found], parts=parts)


def report(name: str, data: Sequence[Example]) -> None:
    """What the models in force reach on one corpus."""
    _rescore(data)
    judged = [(x.gold.answerable, evidence.confidence(s), f) for x in data for s, f in [_answer(x)]]
    can, cannot = [c for a, c, _ in judged if a], [c for a, c, _ in judged if not a]
    area = roc_auc_score([1] * len(can) + [0] * len(cannot), can + cannot)
    facts = np.mean([f for a, _, f in judged if a])
    rates = "  ".join(
        f"{t}: {np.mean(np.array(can) < t):.3f}/{np.mean(np.array(cannot) < t):.3f}" for t in (0.3, 0.4, 0.5)
    )
    print(
        f"{name:16} facts if all are answered {facts:.3f}  AUROC {area:.3f}  wrong/right abstentions at {rates}",
        flush=True,
    )


def beir(folder: Path) -> list[EvalQuestion]:
    """A sample of a BEIR folder's questions, evidence named by a gold answer's paragraph."""
    answers = {v["_id"]: v["answers"] for v in map(json.loads, (folder / "answers.jsonl").open(encoding="utf-8"))}
    texts = {v["_id"]: v["text"] for v in map(json.loads, (folder / "corpus.jsonl").open(encoding="utf-8"))}
    relevant = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:])
    questions = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    drawn = random.Random(0).sample(questions, min(SAMPLE, len(questions)))
    found = []
    for q in drawn:
        text = texts[relevant[q["_id"]]]
        places = tuple(
            text[max(0, text.find(a) - 12) : text.find(a) + len(a) + 12] for a in answers[q["_id"]] if a in text
        )
        if places:
            found.append(EvalQuestion(q["_id"], "fact", q["text"], True, (tuple(answers[q["_id"]]),), places))
    return found


def main() -> None:
    """Collect, show leave-one-corpus-out results, fit on everything, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="only the models for what was read again")
    parser.add_argument("--beir", type=Path, nargs="*", default=[])
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, for another run")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        indexes = arguments.indexes or Path(temporary)

        def opened(name: str, source: Path) -> Assistant:
            settings = load_settings(index=indexes / name)
            ensure_index(settings, [source])
            return Assistant.open(settings)

        def folder(name: str) -> list[Example]:
            found = sorted((ROOT / "eval" / name).iterdir())
            sources = [p for p in found if p.suffix != ".jsonl" and p.with_suffix(".jsonl").is_file()]
            return [
                x
                for p in sources
                for x in examples(p.stem, opened(p.stem, p), load_questions(p.with_suffix(".jsonl")), 1)
            ]

        briefing = load_questions(ROOT / "eval" / "hujin.jsonl")
        own = [*examples("briefing", opened("briefing", ROOT / "corpus"), briefing, 1)]
        own += [*folder("other"), *folder("calibration")]
        unseen = folder("unseen")
        if arguments.again:
            models = json.loads(OUT.read_text(encoding="utf-8"))
        else:
            trained = folder("train")
            for beir_folder in arguments.beir:
                assistant, questions = opened(beir_folder.name, beir_folder / "corpus.jsonl"), beir(beir_folder)
                trained += examples(beir_folder.name, assistant, questions, BEIR_WEIGHT)
                trained += examples(beir_folder.name, assistant, questions, BEIR_WEIGHT, drop=True)
            models = fit_and_report(own, trained, unseen)
        if encoder := open_cross_encoder():
            # It was trained on the questions of "train": its scores there are better than they will ever be.
            evidence.use_weights({"sentence_again": {}, "answer_again": {}})
            own, unseen = ([read_again(x, encoder) for x in data] for data in (own, unseen))
            print("\nread again")
            models |= fit_and_report(own, [], unseen, models)
    OUT.write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")


def fit_and_report(
    own: Sequence[Example],
    trained: Sequence[Example],
    unseen: Sequence[Example],
    first: dict[str, dict[str, float]] | None = None,
) -> dict[str, dict[str, float]]:
    """Models fitted on ``own`` and ``trained``; printed is what they reach on corpora that they were not fitted on."""

    def fitted(data: Sequence[Example]) -> dict[str, dict[str, float]]:
        return fit_again(data, first) if first else fit(data)

    for name in dict.fromkeys(x.corpus for x in own):
        fitted([x for x in [*own, *trained] if x.corpus != name])
        report(name, [x for x in own if x.corpus == name])
    models = fitted([*own, *trained])
    for name in dict.fromkeys(x.corpus for x in unseen):
        report(name, [x for x in unseen if x.corpus == name])
    report("all unseen", unseen)
    return models


if __name__ == "__main__":
    main()
