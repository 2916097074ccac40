"""Misspelt words, found by their sound: homophones (经融) and pinyin (jinrong) of words in the corpus."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_LONGEST = 4  # characters of a word that is looked up by sound
_CJK_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN_RUN = re.compile(r"[a-z]{3,}(?:[ '][a-z]{2,})*")
_GRAMMAR = frozenset("的了吗呢吧啊是在有和我你他她它这那哪不没么")
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))
"""Sounds that southern speakers and their input methods confuse."""


def _blur(sound: str) -> str:
    for a, b in _NEAR:
        sound = sound.replace(a, b)
    return sound


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

    @cached_property
    def _spelled(self) -> set[str]:
        return set(self.words.values())

    def correct(self, question: str, is_word: Callable[[str], bool]) -> str:
        """Replace what sounds like a corpus word but is no word itself.

        ``question`` is folded; ``is_word`` says whether a string is ordinary Chinese or occurs in the corpus.
        """
        question = _LATIN_RUN.sub(self._spell, question)
        return _CJK_RUN.sub(lambda run: self._respell(run[0], is_word), question)

    def _spell(self, run: re.Match[str]) -> str:
        """Latin letters as the corpus words they spell, if they spell such words from end to end."""
        letters, words, at = _blur(re.sub(r"[ ']", "", run[0])), [], 0
        while at < len(letters):
            for end in range(len(letters), at + 3, -1):
                if letters[at:end] in self.words:
                    words.append(self.words[letters[at:end]])
                    at = end
                    break
            else:
                return run[0]
        return "".join(words)

    def _respell(self, run: str, is_word: Callable[[str], bool]) -> str:
        at = 0
        while at < len(run):
            for size in range(min(_LONGEST, len(run) - at), 1, -1):
                heard = run[at : at + size]
                word = self.words.get(_blur("".join(self.sounds.get(c, c) for c in heard)))
                if heard in self._spelled or (size == 2 and is_word(heard)):
                    at += size - 1
                    break
                if word and len(word) == size and not (_GRAMMAR & set(heard)) and not is_word(heard):
                    run = run[:at] + word + run[at + size :]
                    at += size - 1
                    break
            at += 1
        return run

    def save(self, path: Path) -> None:
        path.write_text(json.dumps([self.sounds, self.words], ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Pinyin":
        return cls(*json.loads(path.read_text(encoding="utf-8")))
