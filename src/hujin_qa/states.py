"""What the cross-encoder's lower layers make of every sentence of an index, read when it is built."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .crossencoder import STATE, CrossEncoder, States, Window, under_headings
from .text import fold
from .types import Document, Passage

MOST: Final = 30_000
"""Sentences up to which an index holds states: about nine kilobytes and some milliseconds each."""


Rows = Sequence[tuple[int, int, int]] | NDArray[np.int32]


class SentenceStates:
    """States by the row of a sentence; ``tokens`` has shape ``(n, 128)``, ``places`` ``(sentences + 1, 2)``.

    A place is where the tokens of a sentence begin, and how many of them are its headings'.
    """

    def __init__(self, tokens: NDArray[np.int8], places: NDArray[np.int32]) -> None:
        self._tokens, self._places = tokens, places

    @classmethod
    def build(cls, encoder: CrossEncoder, windows: Iterable[Window]) -> "SentenceStates":
        """Read every window once."""
        read = [encoder.read(window) for window in windows]
        starts = np.cumsum([0, *(len(states.tokens) for states in read)])
        tokens = np.concatenate([np.empty((0, STATE), np.int8), *(states.tokens for states in read)])
        return cls(tokens, np.array([starts, [*(states.said for states in read), 0]], np.int32).T)

    def __getitem__(self, row: int) -> States:
        (start, said), (end, _) = self._places[row : row + 2].tolist()
        return States(self._tokens[start:end], said)

    def save(self, data: Path) -> None:
        """Write both arrays into a folder."""
        np.save(data / "states.npy", self._tokens)
        np.save(data / "state_places.npy", self._places)

    @classmethod
    def load(cls, data: Path) -> "SentenceStates":
        """Those of a folder, the tokens left on the disk until they are asked for."""
        tokens = np.load(data / "states.npy", mmap_mode="r", allow_pickle=False)
        return cls(tokens, np.load(data / "state_places.npy", allow_pickle=False))


def window_of(documents: Mapping[str, Document], passages: Sequence[Passage], sentences: Rows, row: int) -> Window:
    """A sentence as the cross-encoder reads it; ``sentences`` are passage row, start and end of each."""
    at, start, end = sentences[row]
    passage, document = passages[at], documents[passages[at].document]
    before = ""
    if row:
        other, begin, stop = sentences[row - 1]
        if (passages[other].document, passages[other].position) == (passage.document, passage.position):
            before = fold(document.text[begin:stop])
    return under_headings(fold(document.title), [*map(fold, passage.section)], fold(document.text[start:end]), before)
