"""Development and held-out questions side by side, and how alike five wordings of a question are answered.

Run: ``python eval/table.py`` (twelve minutes). Never tune on the held-out rows: a change that was made by looking at them
makes them development questions.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.evaluation.asking import run
from hujin_qa.evaluation.judge import Score
from hujin_qa.evaluation.measures import summary
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.settings import load_settings

HERE = Path(__file__).parent
PARAPHRASES = HERE / "paraphrases.jsonl"


def texts_in(folder: Path) -> list[Path]:
    """The documents of a folder that questions are asked of."""
    return sorted(p for p in folder.iterdir() if p.suffix in (".md", ".txt") and p.with_suffix(".jsonl").is_file())


def sources() -> dict[str, Path]:
    """What each question set is about: the shipped text, and the documents of ``other/``."""
    others = texts_in(HERE / "other")
    return {"hujin": HERE.parent / "corpus", **{path.stem: path for path in others}}


def opened(folder: Path, paths: Sequence[Path]) -> Assistant:
    """An assistant over a new index of ``paths``."""
    settings = load_settings(index=folder)
    ensure_index(settings, paths)
    return Assistant.open(settings)


def row(name: str, scores: Sequence[Score]) -> str:
    """One line of the table of eval/README.md."""
    found = summary(scores)
    at = " / ".join(f"{found['retrieval'][f'facts@{k}']:.2f}" for k in (1, 3, 5))
    low, high = found["answers"]["fact_recall_ci"]
    recall = f"{found['answers']['fact_recall']:.3f} ({low:.2f}-{high:.2f})"
    refused = f"{found['abstention']['wrong_rate']:.3f} / {found['abstention']['recall']:.3f}"
    return f"| {name} | {len(scores)} | {recall} | {at} | {refused} | {found['answers']['chars_median']:.0f} |"


def main() -> None:
    """Print the table, then the consistency over an index of all documents together."""
    every: dict[str, list[Score]] = {
        "development": [],
        "held out": [],
        "unseen documents": [],
        "reviewed documents": [],
        "natural questions": [],
    }
    print(
        "| questions | | facts | facts in top 1 / 3 / 5 | wrong / right abstentions | characters |\n|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, path in sources().items():
            assistant = opened(Path(folder) / name, [path])
            dev = HERE / ("hujin.jsonl" if name == "hujin" else f"other/{name}.jsonl")
            for part, questions in (("development", dev), ("held out", HERE / "heldout" / f"{name}.jsonl")):
                scores = run(assistant, load_questions(questions), name).scores
                every[part] += scores
                print(row(f"{name}, {part}", scores), flush=True)
        for sort in ("unseen", "reviewed", "natural"):
            for path in texts_in(HERE / sort):
                assistant = opened(Path(folder) / path.stem, [path])
                scores = run(assistant, load_questions(path.with_suffix(".jsonl")), path.stem).scores
                every["natural questions" if sort == "natural" else f"{sort} documents"] += scores
                if sort == "unseen":
                    print(row(f"{path.stem}, unseen document", scores), flush=True)
        for part, scores in every.items():
            print(row(f"all, {part}", scores))
        together = opened(Path(folder) / "together", list(sources().values()))
        found = summary(run(together, load_questions(PARAPHRASES), "paraphrases").scores)["consistency"]
    told = f"the same facts {found['same']:.3f}, every fact {found['right']:.3f}, two of them {found['agreement']:.3f}"
    print(f"\n{found['groups']} questions in five wordings: {told}")


if __name__ == "__main__":
    main()
