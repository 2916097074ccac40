"""Compare fusions on the development questions; writes the table into eval/README.md."""

from pathlib import Path

from hujin_qa.assistant import Assistant
from hujin_qa.evaluation.judge import facts_in_hits, is_evidence
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.metrics import mean, retrieval
from hujin_qa.question import understand

HERE = Path(__file__).parent
MARK = "<!-- ablation -->"


def main() -> None:
    """Every fusion over the same questions, follow-ups left out: they measure the conversation."""
    assistant = Assistant.open()
    questions = [q for q in load_questions(HERE / "hujin.jsonl") if q.answerable and not q.history]
    rows = [
        f"{len(questions)} questions, {len(assistant.index.passages)} passages.",
        "",
        "| fusion | nDCG@10 | facts in top 1 | 3 | 5 |",
        "|---|---|---|---|---|",
    ]
    for fusion in ("lexical", "dense", "rrf", "scores"):
        gains, facts = [], {1: [], 3: [], 5: []}
        for q in questions:
            asked = understand(q.question, assistant.index, assistant.lexicon)
            hits = assistant.search(asked.text, 10, fusion)
            gold = [p.id for p in assistant.index.passages if is_evidence(p, q)]
            if gold:
                gains.append(retrieval([h.passage.id for h in hits], gold)["ndcg@10"])
            for k, found in facts.items():
                found.append(facts_in_hits(q, hits[:k]))
        rows.append(f"| {fusion} | {mean(gains):.3f} | " + " | ".join(f"{mean(f):.3f}" for f in facts.values()) + " |")
    page = HERE / "README.md"
    head = page.read_text(encoding="utf-8").partition(MARK)[0]
    page.write_text(head + MARK + "\n\n" + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
