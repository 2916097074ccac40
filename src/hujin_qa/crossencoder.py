"""A small trained reader: a question or a claim and sentences of a text read together.

The lowest layers of the default encoder's weights, fine-tuned by ``eval/train_crossencoder.py``. For a question each
sentence gets the log-odds that it answers: from the mean of its tokens beside the mean of the question's. A claim gets
the log-odds that the sentences say it, and each of its tokens the log-odds that it is what they do not say. 8-bit
ONNX, run by onnxruntime.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .markers import strip_marker

PAD = 1
_BEGIN, _END = 0, 2
_LONGEST = 176  # tokens of one reading, as in training
_QUESTION, _HEADINGS, _CLAIM = 60, 40, 100  # tokens


@dataclass(frozen=True, slots=True)
class Window:
    """What is read at once: folded headings, outermost first, and folded sentences in order."""

    headings: tuple[str, ...]
    sentences: tuple[str, ...]


def under_headings(title: str, section: Sequence[str], sentences: Sequence[str]) -> Window:
    """The window of one passage, all of it folded: what its sentences leave to their headings stands before each.

    Running text names its subject once, in a heading; the model is far surer of "heading:sentence".
    """
    above = [h for heading in section[-2:] if (h := strip_marker(heading).rstrip(":"))]
    return Window((title,), tuple(":".join([*(h for h in above if h not in said), said]) for said in sentences))


Piece = tuple[list[int], list[tuple[int, int]]]
"""Tokens, and where the question and then each sentence start and end in them."""


class CrossEncoder:
    """Scores sentences for a question. Safe to use from several threads."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session, self._tokenizer = session, tokenizer

    def score(self, question: str, windows: Sequence[Window]) -> list[list[float]]:
        """Log-odds that each sentence answers the folded question, window by window.

        A window that is too long is read in several pieces, each under the same headings.
        """
        return [
            [float(score) for piece in self.pieces(question, window) for score in self._run(piece, "scores")[0][0]]
            for window in windows
        ]

    def verify(self, claim: str, evidence: Sequence[str]) -> tuple[float, list[float]]:
        """How far the folded evidence, headings first, says what the folded claim, or a question taken for one, says.

        The log-odds that it does, and for each token of the claim those that it is what the evidence does not say.
        """
        best: tuple[float, list[float]] = (-10.0, [])
        for piece in self.pieces(claim, Window((), tuple(evidence)), _CLAIM):
            support, faults = self._run(piece, "support", "faults")
            start, end = piece[1][0]
            best = max(best, (float(support[0]), faults[0, start:end].tolist()))
        return best

    def _run(self, piece: Piece, *outputs: str) -> list[NDArray[np.float32]]:
        # One by one: together they would be padded, and their 8-bit activations scaled by each other.
        ids, pool = tensors([piece])
        found: list[NDArray[np.float32]] = self._session.run(outputs, {"ids": ids, "pool": pool})
        return found

    def pieces(self, question: str, window: Window, longest: int = _QUESTION) -> list[Piece]:
        """What the model is given for one window; ``longest`` bounds the tokens of the question."""
        asked = self._tokens(question)[:longest]
        above = self._tokens(" ".join(window.headings))[:_HEADINGS]
        head = [_BEGIN, *asked, _END, *above, _END]
        pieces: list[Piece] = []
        for sentence in window.sentences:
            tokens = [*self._tokens(sentence)[: _LONGEST - len(head) - 1], _END]
            if not pieces or len(pieces[-1][0]) + len(tokens) > _LONGEST:
                pieces.append((list(head), [(1, len(asked) + 1)]))
            ids, spans = pieces[-1]
            spans.append((len(ids), len(ids) + len(tokens)))
            ids.extend(tokens)
        return pieces

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Where each token of a text starts and ends in it."""
        found: list[tuple[int, int]] = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return found

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids


def sigmoid(log_odds: float) -> float:
    """The probability, 0 to 1, that log-odds stand for."""
    return 1 / (1 + math.exp(-log_odds))


def tensors(pieces: Sequence[Piece]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Token ids, shape ``(n, length)``, padded, and weights of means, shape ``(n, 1 + sentences, length)``."""
    length, most = max(len(ids) for ids, _ in pieces), max(len(spans) for _, spans in pieces)
    tokens = np.full((len(pieces), length), PAD, np.int64)
    pool = np.zeros((len(pieces), most, length), np.float32)
    for row, (ids, spans) in enumerate(pieces):
        tokens[row, : len(ids)] = ids
        for n, (start, end) in enumerate(spans):
            pool[row, n, start:end] = 1 / max(1, end - start)
    return tokens, pool


@cache
def open_cross_encoder() -> CrossEncoder | None:
    """The trained reader of this installation, opened once; ``None`` if it has none."""
    folder = files("hujin_qa") / "data"
    model, vocabulary = folder / "crossencoder.onnx", folder / "crossencoder.json"
    if not model.is_file() or not vocabulary.is_file() or find_spec("onnxruntime") is None:
        return None
    import onnxruntime

    from .weights import make_tokenizer

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
    pieces = [(piece, score) for piece, score in json.loads(vocabulary.read_text("utf-8"))]
    return CrossEncoder(session, make_tokenizer(pieces))
