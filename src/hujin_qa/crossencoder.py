"""A small trained reader: a question or a claim and sentences of a text read together.

The five lowest layers of the default encoder's weights, fine-tuned by ``eval/train_crossencoder.py``. The lower ones read
a question and a sentence apart, so that a sentence is read when the index is built (PreTTR: MacAvaney et al. 2020,
arXiv 2004.14255); in the two upper ones the question's tokens, and the mean of the sentence's, look at both. A sentence
gets the log-odds that it answers a question, or says a claim; each token of a claim the log-odds that it is what the
sentence does not say. 8-bit ONNX, run by onnxruntime.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .markers import strip_marker

PAD: Final = 1
MODEL: Final = "5401d54e1478"
"""First digits of the sha256 of the lower layers: states are of use to this model only."""

STATE: Final = 128
"""Dimensions of a token's state."""

_BEGIN, _END = 0, 2

CLAIM: Final = 100
"""Tokens of a claim that are read."""

_QUESTION, _AROUND, _WINDOW = 60, 40, 113  # tokens, as in training
_BEFORE = 36  # characters
_STEP = 24  # of a state's standard deviation, which is 1
_FOLDER = files("hujin_qa") / "data"


@dataclass(frozen=True, slots=True)
class Window:
    """What is read at once: one or several folded sentences, and what they are understood by.

    ``around``: the folded title, and how the sentence before begins.
    """

    around: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class States:
    """What the lower layers make of a window: 8 bits, shape ``(tokens, 128)``, the sentence from token ``said`` on."""

    tokens: NDArray[np.int8]
    said: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of one window, in log-odds.

    ``answers``: that it answers the question. ``says``: that it says the claim, or the question taken for one.
    ``faults``: of each token of the question, that it is what the window does not say.
    """

    answers: float
    says: float
    faults: list[float]


def under_headings(title: str, section: Sequence[str], sentence: str, before: str = "") -> Window:
    """The window of one sentence, all of it folded: what it leaves to its headings, or the sentence ``before``.

    Running text names its subject once, in a heading or a sentence; the model is far surer of "heading:sentence", and
    refuses better where it sees what the sentence before begins with.
    """
    above = [h for heading in section[-2:] if (h := strip_marker(heading).rstrip(":"))]
    said = ":".join([*(h for h in above if h not in sentence), sentence])
    return Window((title, before[:_BEFORE]) if before else (title,), said)


def claimed(evidence: Sequence[str]) -> Window:
    """The window of what a claim cites: the folded sentences behind the path of headings that may come first."""
    title, *section = evidence[0].split(" › ") if len(evidence) > 1 else [""]
    return under_headings(title, section, "".join(evidence[1:])) if section else Window((), "".join(evidence))


class CrossEncoder:
    """Judges sentences for a question. Safe to use from several threads."""

    def __init__(self, lower: Any, upper: Any, tokenizer: Any) -> None:
        self._lower, self._upper = lower, upper
        self._encode = lru_cache(256)(lambda text: tokenizer.encode(text, add_special_tokens=False))
        self._question = lru_cache(256)(self._read_question)  # a conversation is gone through again with every turn
        self.read = lru_cache(4096)(self._read)

    def judge(self, question: str, windows: Sequence[States], longest: int = _QUESTION) -> list[Verdict]:
        """A verdict on each window; ``longest`` bounds the tokens of the folded question."""
        if not windows:
            return []
        shape = len(windows), max(len(w.tokens) for w in windows)
        states, inside = np.zeros((*shape, STATE), np.float32), np.zeros(shape, np.int64)
        for row, window in enumerate(windows):
            states[row, : len(window.tokens)] = window.tokens
            inside[row, : len(window.tokens)] = 1
            inside[row, window.said : len(window.tokens)] = 2
        given = {"question": self._question(question, longest), "states": states / _STEP, "inside": inside}
        answers, says, faults = (found.tolist() for found in self._upper.run(["answers", "says", "faults"], given))
        return list(map(Verdict, answers, says, faults))

    def verify(self, claim: str, evidence: Sequence[str]) -> float:
        """The log-odds that the folded evidence, its headings first, says what the folded claim says.

        What is too long to be read at once is read sentence by sentence too.
        """
        if not evidence:
            return -10.0
        windows = [claimed(evidence)]
        if len(self._tokens(windows[0].said)) > _WINDOW:
            windows += [claimed((evidence[0], said)) for said in evidence[1:]]
        return max(verdict.says for verdict in self.judge(claim, list(map(self.read, windows)), CLAIM))

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """Where each token of a text starts and ends in it."""
        found: list[tuple[int, int]] = self._encode(text).offsets
        return found

    def asked(self, question: str, longest: int = _QUESTION) -> list[int]:
        """The tokens of a folded question, between two ends."""
        return [_BEGIN, *self._tokens(question)[:longest], _END]

    def cut(self, window: Window) -> tuple[list[int], int]:
        """The tokens of a window, and which is the first of its sentence; what is past 113 of them is left out."""
        around, said = self._tokens(" ".join(window.around))[:_AROUND], self._tokens(window.said)
        return [_BEGIN, *around, _END, *said[: _WINDOW - len(around)], _END], len(around) + 2

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._encode(text).ids
        return ids

    def _read(self, window: Window) -> States:
        """What the lower layers make of a window."""
        ids, said = self.cut(window)
        return States(np.clip(np.rint(self._below("states", ids) * _STEP), -127, 127).astype(np.int8), said)

    def _read_question(self, question: str, longest: int) -> NDArray[np.float32]:
        return self._below("question", self.asked(question, longest))

    def _below(self, output: str, ids: list[int]) -> NDArray[np.float32]:
        """An output of the lower layers for one text, a row for each token."""
        (found,) = self._lower.run([output], {"ids": np.array([ids])})
        states: NDArray[np.float32] = found[0]
        return states


def sigmoid(log_odds: float) -> float:
    """The probability, 0 to 1, that log-odds stand for."""
    return 1 / (1 + math.exp(-log_odds))


@cache
def open_cross_encoder() -> CrossEncoder | None:
    """The trained reader of this installation, opened once; ``None`` if it has none."""
    models = [_FOLDER / f"crossencoder-{part}.onnx" for part in ("lower", "upper")]
    vocabulary = _FOLDER / "crossencoder.json"
    if not all(file.is_file() for file in (*models, vocabulary)) or find_spec("onnxruntime") is None:
        return None
    import onnxruntime

    from .weights import make_tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a second one takes a sixth off the time, and adds a quarter to the work
    lower, upper = (
        onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
        for model in models
    )
    pieces = [(piece, score) for piece, score in json.loads(vocabulary.read_text("utf-8"))]
    return CrossEncoder(lower, upper, make_tokenizer(pieces))
