"""A run in the formats of other tools: TREC, BEIR, ragas and RAGChecker."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..files import write_whole
from ..types import Passage
from .runs import Run


def export(of: Run, format_: str, folder: Path, passages: Sequence[Passage]) -> list[Path]:
    """Write the files of one format; their paths. ``passages`` are all those of the run's index.

    Raises:
        BadInput: the run has no answers in it, or the folder cannot be written.
    """
    if not of.entries:
        raise BadInput("这次评测的结果里只有分数,没有回答,不能导出。请用 hujin-qa eval --out 重新生成。")
    made = _beir(of, passages) if format_ == "beir" else _FROM_RUN[format_](of)
    return [write_whole(folder / name, text) for name, text in made.items()]


def _trec(of: Run) -> dict[str, str]:
    """``qrels`` and ``run`` as trec_eval reads them; no id holds a blank.

    trec_eval orders by score, and ours are not of one kind: what was read again stands first. So 1/rank is the score.
    """
    qrels = [f"{_word(e['question']['id'])} 0 {_word(p)} 1" for e in of.entries for p in e["gold"]]
    run = [
        f"{_word(e['question']['id'])} Q0 {_word(id_)} {rank} {1 / rank:.4f} {of.system['reader']}"
        for e in of.entries
        for rank, (id_, _) in enumerate(e["ranked"], 1)
    ]
    return {"qrels.txt": _lines(qrels), "run.txt": _lines(run)}


def _beir(of: Run, passages: Sequence[Passage]) -> dict[str, str]:
    """``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``: every passage, and the questions with gold among them."""
    corpus = [{"_id": p.id, "title": " ".join(p.section), "text": p.text} for p in passages]
    queries = [{"_id": e["question"]["id"], "text": e["answer"]["interpreted"]} for e in of.entries if e["gold"]]
    qrels = [f"{e['question']['id']}\t{p}\t1" for e in of.entries for p in e["gold"]]
    return {
        "corpus.jsonl": _lines(map(_json, corpus)),
        "queries.jsonl": _lines(map(_json, queries)),
        "qrels/test.tsv": _lines(["query-id\tcorpus-id\tscore", *qrels]),
    }


def _ragas(of: Run) -> dict[str, str]:
    """One sample a line, as ragas' ``EvaluationDataset.from_jsonl`` reads it."""
    samples = [
        {
            "user_input": e["answer"]["interpreted"],
            "retrieved_contexts": [h["text"] for h in e["answer"]["hits"]],
            "response": e["answer"]["text"],
            "reference": _reference(e),
        }
        for e in of.entries
    ]
    return {"ragas.jsonl": _lines(map(_json, samples))}


def _ragchecker(of: Run) -> dict[str, str]:
    """One object with ``results``, as RAGChecker's ``RAGResults.from_json`` reads it."""
    results = [
        {
            "query_id": e["question"]["id"],
            "query": e["answer"]["interpreted"],
            "gt_answer": _reference(e),
            "response": e["answer"]["text"],
            "retrieved_context": [{"doc_id": h["passage"], "text": h["text"]} for h in e["answer"]["hits"]],
        }
        for e in of.entries
    ]
    return {"ragchecker.json": json.dumps({"results": results}, ensure_ascii=False, indent=1) + "\n"}


_FROM_RUN = {"trec": _trec, "ragas": _ragas, "ragchecker": _ragchecker}


def _reference(entry: dict[str, Any]) -> str:
    """The gold answer as a text: its facts, each in its first spelling; "" where only passages are gold."""
    question = entry["question"]
    return ";".join(fact[0] for fact in question["facts"]) if question["answerable"] else "文中没有说到这一点。"


def _word(id_: str) -> str:
    return "_".join(id_.split())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
