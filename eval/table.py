"""Development and held-out questions side by side, and how alike five wordings of a question are answered.

Run: ``python eval/table.py`` (a minute). Never tune on the held-out rows: a change that was made by looking at them
makes them development questions.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.evaluation import EvalQuestion, Outcome, evaluate, load_questions, measures
from hujin_qa.metrics import facts_found, mean
from hujin_qa.settings import load_settings

HERE = Path(__file__).parent
PARAPHRASES = HERE / "paraphrases.jsonl"


def sources() -> dict[str, Path]:
    """What each question set is about: the shipped text, and the documents of ``other/``."""
    others = sorted(path for path in (HERE / "other").iterdir() if path.suffix in (".md", ".txt"))
    return {"hujin": HERE.parent / "corpus", **{path.stem: path for path in others}}


def opened(folder: Path, paths: Sequence[Path]) -> Assistant:
    """An assistant over a new index of ``paths``."""
    settings = load_settings(index=folder)
    ensure_index(settings, paths)
    return Assistant.open(settings)


def groups(path: Path = PARAPHRASES) -> dict[str, list[str]]:
    """Ids of the questions that are one question in other words."""
    found: dict[str, list[str]] = {}
    for value in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        found.setdefault(value["paraphrase_of"], []).append(value["id"])
    return found


def facts_told(question: EvalQuestion, outcome: Outcome) -> frozenset[int]:
    """Which of the gold facts an answer tells."""
    told = outcome.answer.status == "answered"
    return frozenset(n for n, fact in enumerate(question.facts) if told and facts_found((fact,), outcome.answer.text))


def consistency(outcomes: Sequence[Outcome], alike: dict[str, list[str]]) -> tuple[float, float]:
    """Share of the groups whose wordings all tell the same facts, and of those that all tell every fact."""
    told = {o.question.id: (facts_told(o.question, o), o.facts == 1) for o in outcomes}
    same = [float(len({told[id_][0] for id_ in ids}) == 1) for ids in alike.values()]
    right = [float(all(told[id_][1] for id_ in ids)) for ids in alike.values()]
    return mean(same), mean(right)


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """One line of the table of eval/README.md."""
    found = measures(outcomes)
    at = " / ".join(f"{found['retrieval'][f'facts@{k}']:.2f}" for k in (1, 3, 5))
    low, high = found["answers"]["fact_recall_ci"]
    recall = f"{found['answers']['fact_recall']:.3f} ({low:.2f}-{high:.2f})"
    refused = f"{found['abstention']['wrong_rate']:.3f} / {found['abstention']['recall']:.3f}"
    return f"| {name} | {len(outcomes)} | {recall} | {at} | {refused} | {found['answers']['chars_median']:.0f} |"


def main() -> None:
    """Print the table, then the consistency over an index of all documents together."""
    every: dict[str, list[Outcome]] = {"development": [], "held out": []}
    print(
        "| questions | | facts | facts in top 1 / 3 / 5 | wrong / right abstentions | characters |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, path in sources().items():
            assistant = opened(Path(folder) / name, [path])
            dev = HERE / ("hujin.jsonl" if name == "hujin" else f"other/{name}.jsonl")
            for part, questions in (("development", dev), ("held out", HERE / "heldout" / f"{name}.jsonl")):
                outcomes = evaluate(assistant, load_questions(questions))
                every[part] += outcomes
                print(row(f"{name}, {part}", outcomes), flush=True)
        for part, outcomes in every.items():
            print(row(f"all, {part}", outcomes))
        together = opened(Path(folder) / "together", list(sources().values()))
        same, right = consistency(evaluate(together, load_questions(PARAPHRASES)), groups())
    print(f"\n{len(groups())} questions in five wordings: the same facts {same:.3f}, every fact {right:.3f}")


if __name__ == "__main__":
    main()
