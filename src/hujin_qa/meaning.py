"""Words that mean nearly the same (工资, 薪水): small vectors of common words, distilled from the default encoder.

``data/meanings.npy`` has a row for every line of ``data/meanings.txt``, where nouns are marked; ``eval/meanings.py``
makes both. The
encoder reads whole texts; these tell, for the price of a table look-up, which word of the text a word of the
question stands near to, and that none is near.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

NEAR = 0.5  # cosine below which two words have nothing to do with each other
_MOST = 12  # near words that are kept


@cache
def _table() -> tuple[dict[str, int], NDArray[np.int8], frozenset[str]]:
    """Row of each word, the rows, and the words that name no thing."""
    folder = files("hujin_qa") / "data"
    lines = (folder / "meanings.txt").read_text(encoding="utf-8").splitlines()
    rows = {line.partition(" ")[0]: row for row, line in enumerate(lines)}
    with as_file(folder / "meanings.npy") as path:
        return rows, np.load(path, allow_pickle=False), frozenset(line for line in lines if not line.endswith(" n"))


def is_noun(word: str) -> bool:
    """Whether a word names something. Words that the table lacks are rare ones, and most of those are names."""
    return len(word) > 1 and word not in _table()[2]


def is_common(word: str) -> bool:
    """Whether a word is among the 40,000 commonest."""
    return word in _table()[0]


def _unit(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    vectors = rows.astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Meanings:
    """The words of a corpus that the table has, with their unit vectors, shape ``(n, d)``."""

    words: tuple[str, ...]
    vectors: NDArray[np.float32]
    _near: dict[str, dict[str, float]] = field(default_factory=dict, repr=False)  # by words of the table only

    @classmethod
    def of(cls, vocabulary: Iterable[str]) -> "Meanings":
        rows, table, _ = _table()
        words = tuple(w for w in vocabulary if w in rows)
        return cls(words, _unit(table[[rows[w] for w in words]]))

    def near(self, word: str) -> dict[str, float]:
        """Corpus words that are near to ``word`` with their degree, 0 to 1; itself, and what it shares, left out.

        Empty if the table lacks the word.
        """
        rows, table, _ = _table()
        if word not in rows or not self.words:
            return {}
        if word not in self._near:
            self._near[word] = self._look_up(table[rows[word]].astype(np.float32), word)
        return self._near[word]

    def _look_up(self, vector: NDArray[np.float32], word: str) -> dict[str, float]:
        cosines = self.vectors @ (vector / np.sqrt(vector @ vector))
        close = np.flatnonzero(cosines > NEAR)
        best = close[np.argsort(-cosines[close], kind="stable")][:_MOST]
        return {
            self.words[i]: round((float(cosines[i]) - NEAR) / (1 - NEAR), 3)
            for i in best.tolist()
            if self.words[i] != word
        }
