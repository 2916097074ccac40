"""Words of the trade, other names and everyday wording: data that a trainer extends, not code."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from .errors import BadInput, reason
from .text import fold

_LISTS = ("words", "names", "aliases", "synonyms", "english", "fillers", "openings", "closings", "chat")
_PATTERNS = ("openings", "closings", "chat")
_LEAST = 3  # characters of a question that is left without its frame
_ASKS = re.compile("什么|啥|哪|多少|几|谁|怎|咋|何|吗|呢|多[大高长久快]|是否|[是能会要可]不|有没有")
_COURTESIES = ("thanks", "farewells", "greetings", "nods")
_TEXTS = ("stopwords", "places", *_COURTESIES, "particles")


@dataclass(frozen=True)
class Lexicon:
    """Everything folded. ``groups`` are aliases and synonyms: words that may stand for one another."""

    words: tuple[str, ...]
    names: frozenset[str]
    groups: tuple[frozenset[str], ...]
    aliases: tuple[frozenset[str], ...]
    fillers: tuple[str, ...]  # longest first
    stopwords: frozenset[str]
    openings: tuple[str, ...]  # regular expressions, as the two below
    closings: tuple[str, ...]
    chat: tuple[str, ...]
    places: tuple[str, ...]
    courtesies: tuple[tuple[str, frozenset[str]], ...] = ()  # words that ask nothing, by their sort: thanks first
    particles: frozenset[str] = frozenset()  # what may stand around them
    english: tuple[tuple[str, str], ...] = ()  # an English word and what a Chinese text calls it, longest first

    @cached_property
    def _others(self) -> dict[str, frozenset[str]]:
        others: dict[str, set[str]] = {}
        for group in self.groups:
            for word in group:
                others.setdefault(word, set()).update(group)
        return {word: frozenset(group) for word, group in others.items()}

    @cached_property
    def _chat_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p})" for p in self.chat) or "(?!)")

    def others(self, word: str) -> frozenset[str]:
        """All words that may stand for ``word``, itself included."""
        return self._others.get(word) or frozenset((word,))

    def is_chat(self, folded: str) -> bool:
        """Whether a folded question talks to the program instead of asking the text."""
        return bool(self.courtesy(folded) or self._chat_pattern.search(folded))

    @cached_property
    def _courtesy_pattern(self) -> re.Pattern[str]:
        words = {*self.particles, *(word for _, sort in self.courtesies for word in sort)}
        return re.compile(f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})+" if words else "(?!)")

    def courtesy(self, folded: str) -> str:
        """The sort of a folded text made up of thanks, greetings and the like alone; ``""`` if it says anything else.

        >>> load_lexicon().courtesy("好的,谢谢你"), load_lexicon().courtesy("谢谢,还有呢?")
        ('thanks', '')
        """
        said = "".join(filter(str.isalnum, folded))
        if not self._courtesy_pattern.fullmatch(said):
            return ""
        return next((sort for sort, words in self.courtesies if any(word in said for word in words)), "")

    def without_courtesies(self, folded: str) -> str:
        """A folded turn without the thanks and nods that it opens with, unless it is nothing else.

        >>> load_lexicon().without_courtesies("好的,谢谢,还有呢?"), load_lexicon().without_courtesies("好的,")
        ('还有呢?', '好的,')
        """
        said, _, rest = folded.partition(",")
        return self.without_courtesies(rest.lstrip()) if rest and self.courtesy(said) else folded

    @cached_property
    def _frames(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        before, behind = ("|".join(patterns) or "(?!)" for patterns in (self.openings, self.closings))
        return re.compile(f"(?:{before})[,.:;!?~ ]*"), re.compile(f"[,.:;!?~( ]+(?:{behind})[)]?[,.;!?~ ]*$")

    def without_frame(self, folded: str) -> str:
        """A folded turn without who wants to know it, what for and by when, unless that is all it says.

        >>> load_lexicon().without_frame("老板让我搞清楚:租金是多少?我该怎么回")
        '租金是多少'
        """
        opening, closing = self._frames
        while found := opening.match(folded):
            if len(folded) - found.end() < _LEAST:
                break
            folded = folded[found.end() :]
        while (found := closing.search(folded)) and _ASKS.search(folded, 0, found.start()):
            folded = folded[: found.start()]
        return folded

    @property
    def segmentation_hash(self) -> str:
        """Changes when an index must be rebuilt: only ``words``, names among them, shape its terms."""
        return hashlib.sha256("\n".join(sorted(self.words)).encode()).hexdigest()[:16]


def load_lexicon(extra: Path | None = None) -> Lexicon:
    """The shipped lexicon, extended by the file ``extra``.

    Raises:
        BadInput: ``extra`` is missing, is no TOML, or has the wrong shape.
    """
    tables = [tomllib.loads((files("hujin_qa") / "data" / "lexicon.toml").read_text(encoding="utf-8"))]
    if extra is not None:
        try:
            tables.append(_checked(tomllib.loads(extra.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error, TypeError) as error:
            raise BadInput(f"词表 {extra} 读不出来:{_fault(error)}。格式见 src/hujin_qa/data/lexicon.toml。") from None

    def gather(name: str) -> list[Any]:
        return [item for table in tables for item in table.get(name, [])]

    def gather_words(name: str) -> frozenset[str]:
        return frozenset(fold(w) for table in tables for w in table.get(name, "").split())

    groups = [frozenset(fold(w) for w in group) for group in gather("aliases") + gather("synonyms")]
    names = gather("names")
    called = {w for group in gather("aliases") for w in group if len(w) > 1}
    return Lexicon(
        words=tuple(dict.fromkeys(fold(w) for w in [*gather("words"), *names, *sorted(called)])),
        names=frozenset(map(fold, names)),
        groups=tuple(groups),
        aliases=tuple(groups[: len(gather("aliases"))]),
        fillers=tuple(sorted({fold(w) for w in gather("fillers")}, key=lambda w: (-len(w), w))),
        stopwords=gather_words("stopwords"),
        openings=tuple(gather("openings")),
        closings=tuple(gather("closings")),
        chat=tuple(gather("chat")),
        places=tuple(dict.fromkeys(fold(w) for table in tables for w in table.get("places", "").split())),
        courtesies=tuple((name, gather_words(name)) for name in _COURTESIES),
        particles=gather_words("particles"),
        english=tuple(sorted(((fold(a), fold(b)) for a, b in gather("english")), key=lambda pair: -len(pair[0]))),
    )


def _fault(error: Exception) -> str:
    """What is wrong with a lexicon file, for users."""
    if isinstance(error, OSError):
        return reason(error)
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码"
    if isinstance(error, tomllib.TOMLDecodeError):
        line = re.search(r"line (\d+)", str(error))
        return f"第 {line[1]} 行不是合法的 TOML" if line else "不是合法的 TOML"
    return f"正则 {error.pattern!r} 写错了" if isinstance(error, re.error) else str(error)


def _checked(table: dict[str, Any]) -> dict[str, Any]:
    for name in table:
        if name not in (*_LISTS, *_TEXTS):
            raise TypeError(f"不认识的一项 {name!r}")
    for name in _LISTS:
        items = table.get(name, [])
        nested = name in ("aliases", "synonyms", "english")
        if not isinstance(items, list) or not all(isinstance(i, list if nested else str) for i in items):
            raise TypeError(f"{name} 应是{'词组的' if nested else '词的'}列表")
        if nested and not all(isinstance(w, str) for group in items for w in group):
            raise TypeError(f"{name} 的词组里只能有词")
        if not all(fold(w).strip() for item in items for w in (item if nested else [item])):
            raise TypeError(f"{name} 里有一个空白的词,请删去")
    if any(len(pair) != 2 for pair in table.get("english", [])):
        raise TypeError("english 的每一组应是一个英文词和一个中文词")
    for name in _PATTERNS:
        for pattern in table.get(name, []):
            re.compile(pattern)
    for name in _TEXTS:
        if not isinstance(table.get(name, ""), str):
            raise TypeError(f"{name} 应是以空格分开的一段文字")
    return table
