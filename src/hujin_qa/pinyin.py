"""Misspelt words, found by their sound: homophones (经融) and pinyin (jinrong) of words in the corpus."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from .headings import tag
from .text import SURNAMES, Segmenter

_LONGEST = 4  # characters of a word that is looked up by sound
_CJK_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN_RUN = re.compile(r"[a-z]{3,}(?:[ '][a-z]{2,})*")
_SPOKEN = {
    "de": "的",
    "shi": "是",
    "you": "有",
    "he": "和",
    "ma": "吗",
    "ne": "呢",
    "duoshao": "多少",
    "duoda": "多大",
    "shenme": "什么",
    "shenmo": "什么",
    "zenme": "怎么",
    "zenmeyang": "怎么样",
    "weishenme": "为什么",
    "ruhe": "如何",
    "naxie": "哪些",
    "najia": "哪家",
    "nage": "哪个",
    "jige": "几个",
    "shui": "谁",
    "nali": "哪里",
    "jiushi": "就是",
    "shishenme": "是什么",
    "younaxie": "有哪些",
    "shiduoshao": "是多少",
    "shishui": "是谁",
    "zuo": "做",
}
"""What a question in pinyin says besides words of the corpus."""
_WORTH = 2.5  # nats; of 300 clean questions about two public corpora this changes 4, of 15 misspelt ones it mends 14
_AROUND = 4  # characters of context that a replacement is judged in
_MOST = 5  # replacements in one run of Chinese
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))
"""Sounds that southern speakers and their input methods confuse, besides the n and ng that a syllable ends with."""


def _blur(sound: str) -> str:
    return _ended(_begun(sound))


@lru_cache(4096)
def _begun(sound: str) -> str:
    """A sound with the beginnings of its syllables blurred, which, unlike their ends, tell nothing of the next."""
    for a, b in _NEAR:
        sound = sound.replace(a, b)
    return sound


def _ended(sound: str) -> str:
    """A sound with the ends of its syllables blurred; where they are run together, one may reach into the next."""
    return sound.replace("ng", "n")


_ASKED = {_blur(sound): word for sound, word in _SPOKEN.items()}


def _cuts_name(run: str, at: int, size: int) -> bool:
    """Whether a stretch of a text reaches into the name of a person (李晨|因参加). The tagger is slow: ask it last."""
    start = 0
    for word, flag in tag(run):
        overlaps = start < at + size and at < start + len(word)
        if overlaps and flag in ("nr", "nrfg") and len(word) > 1 and word[0] in SURNAMES:
            return True
        start += len(word)
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """What tells a misspelling from something that the user meant to write."""

    segmenter: Segmenter
    occurs: Callable[[tuple[str, str]], bool]  # whether the corpus has two characters side by side
    grammar: frozenset[str]


@dataclass(frozen=True)
class Pinyin:
    """Sound of every common character, and the corpus words for each sound."""

    sounds: dict[str, str]
    words: dict[str, str]  # blurred sound -> word

    @classmethod
    def build(cls, vocabulary: Iterable[str]) -> "Pinyin":
        """``vocabulary`` in order of preference: the first word of a sound wins."""
        from pypinyin import Style, lazy_pinyin  # 0.2 s; not needed to ask

        words: dict[str, str] = {}
        for word in vocabulary:
            if 2 <= len(word) <= 2 * _LONGEST and _CJK_RUN.fullmatch(word):
                words.setdefault(_blur("".join(lazy_pinyin(word, style=Style.NORMAL))), word)
        common = [bytes((a, b)).decode("gb2312", "ignore") for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF)]
        return cls({c: lazy_pinyin(c, style=Style.NORMAL)[0] for c in common if c}, words)

    def correct(self, question: str, context: "Context") -> str:
        """Replace what sounds like a corpus word where the question reads much better with that word.

        ``question`` is folded.
        """
        question = _LATIN_RUN.sub(self._spell, question)
        return _CJK_RUN.sub(lambda run: self._respell(run[0], context), question)

    def _spell(self, run: re.Match[str]) -> str:
        """Latin letters as what they spell, if they spell corpus words and such as ask from end to end."""
        letters, words, at = _blur(re.sub(r"[ ']", "", run[0])), [], 0
        while at < len(letters):
            for end in range(len(letters), at + 1, -1):
                heard = letters[at:end]
                if word := (self.words.get(heard, "") if end > at + 3 else "") or _ASKED.get(heard, ""):
                    words.append(word)
                    at = end
                    break
            else:
                return run[0]
        return "".join(words) if not set(words) <= set(_ASKED.values()) else run[0]

    def _respell(self, run: str, context: "Context") -> str:
        """Make the most fluent replacement until none is worth making."""
        for _ in range(_MOST):
            found = [
                (context.segmenter.fluency(new[max(0, at - _AROUND) : at + size + _AROUND]) - old, new)
                for at, size, new in self._replacements(run, context)
                for old in [context.segmenter.fluency(run[max(0, at - _AROUND) : at + size + _AROUND])]
            ]
            gain, new = max(found, default=(0.0, run))
            if gain < _WORTH:
                break
            run = new
        return run

    def _replacements(self, run: str, context: "Context") -> Iterator[tuple[int, int, str]]:
        """Place and length of every stretch that sounds like a corpus word, with the text that would result.

        A stretch that the corpus holds, a short one that is a word or holds grammar, and one that would cut a word or
        the name of a person apart are what the user meant to write.
        """
        held = [context.occurs(pair) for pair in pairwise(run)]
        if all(held):
            return
        edges, lacking = set[int](), len(run)
        sounds = [_begun(self.sounds.get(c, c)) for c in run]
        for at in reversed(range(len(held))):
            lacking = lacking if held[at] else at  # the next pair that the corpus lacks
            for size in range(lacking - at + 2, min(_LONGEST, len(run) - at) + 1):
                heard = run[at : at + size]
                word = self.words.get(_ended("".join(sounds[at : at + size])), heard)
                if word == heard or len(word) != size:
                    continue
                if size < _LONGEST and context.grammar & set(heard):
                    continue
                if size == 2:
                    if context.segmenter.is_word(heard):
                        continue
                    edges = edges or {0, *accumulate(map(len, context.segmenter.cut(run)))}
                    if not {at, at + size} <= edges:
                        continue
                if not _cuts_name(run, at, size):
                    yield at, size, run[:at] + word + run[at + size :]

    def sound(self, word: str) -> str:
        """How a word sounds, with what is easily confused made the same."""
        return _blur("".join(self.sounds.get(c, c) for c in word))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps([self.sounds, self.words], ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Pinyin":
        return cls(*json.loads(path.read_text(encoding="utf-8")))
