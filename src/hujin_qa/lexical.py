"""BM25 over index terms (bm25s), with the document frequencies that the reader weighs its words by."""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.2, 0.75  # Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", section 4


class LexicalIndex:
    """Sparse side of retrieval. Rows are passages in index order."""

    def __init__(self, bm25: Any, rows: int) -> None:
        self._bm25 = bm25
        self._rows = rows
        self._ids: dict[str, int] = bm25.vocab_dict
        self._starts: list[int] = bm25.scores["indptr"].tolist()
        self._passages, self._scores = bm25.scores["indices"], bm25.scores["data"]

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "LexicalIndex":
        bm25 = bm25s.BM25(k1=_K1, b=_B)
        ids: dict[str, int] = {}
        rows = [[ids.setdefault(t, len(ids)) for t in row] for row in terms]
        if not ids:  # bm25s wants a term
            ids, rows = {"": 0}, [[0], *rows[1:]]
        bm25.index((rows, ids), show_progress=False)
        return cls(bm25, len(terms))

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every passage, shape ``(passages,)``; 0 where no term occurs."""
        # bm25s keeps the score of every term in every passage, column by column; its own sum goes term by term
        columns = [slice(*self._starts[i : i + 2]) for t in terms if (i := self._ids.get(t)) is not None]
        if not columns:
            return np.zeros(self._rows, dtype=np.float32)
        rows, scores = (np.concatenate([kept[c] for c in columns]) for kept in (self._passages, self._scores))
        return np.bincount(rows, scores, self._rows)[: self._rows].astype(np.float32)

    def frequency(self, term: str) -> int:
        """In how many passages the term occurs."""
        row = self._ids.get(term)
        return 0 if row is None else self._starts[row + 1] - self._starts[row]

    def idf_of(self, frequency: int) -> float:
        """log(1 + (N - n + 0.5) / (n + 0.5)), the same weight that BM25 uses."""
        return math.log(1 + (self._rows - frequency + 0.5) / (frequency + 0.5))

    @property
    def vocabulary(self) -> Iterable[str]:
        return self._ids.keys()

    @cached_property
    def latin(self) -> str:
        """The terms in Latin letters and digits, a line each."""
        return "\n".join(term for term in self._ids if term.isascii())

    def save(self, folder: Path) -> None:
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path, rows: int) -> "LexicalIndex":
        return cls(bm25s.BM25.load(folder, mmap=False, show_progress=False), rows)
