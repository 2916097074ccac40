"""The clauses of a folded text, the words that carry meaning, and how much of a clause another text has."""

import re
from functools import lru_cache

from .headings import tag
from .quantities import quantities
from .text import bigrams
from .words import words

_CLAUSE = re.compile(r"(?:[^,。;:!?…\n]|(?<=\d):(?=\d\d)|(?<=\d),(?=\d{3}))+")
_OF_CONTENT = ("n", "v", "a", "j", "l", "i", "z", "b", "eng", "s", "t", "x", "d")


@lru_cache(maxsize=8192)
def clauses(folded: str) -> tuple[str, ...]:
    """The runs between commas and stops.

    >>> clauses("规模下降,但利润上升。")
    ('规模下降', '但利润上升')
    """
    return tuple(m[0].strip() for m in _CLAUSE.finditer(folded) if m[0].strip())


def items(folded: str) -> list[str]:
    """The clauses of a text, lists of amounts cut up.

    >>> items("小麦21吨、稻谷8吨,没有玉米、高粱。")
    ['小麦21吨', '稻谷8吨', '没有玉米、高粱']
    """
    found = []
    for clause in clauses(folded):
        listed = clause.split("、")
        found += listed if all(quantities(item) for item in listed) else [clause]
    return found


@lru_cache(maxsize=8192)
def content(folded: str) -> tuple[tuple[str, str], ...]:
    """The words that carry meaning, with jieba's part of speech."""
    return tuple(
        (word, flag)
        for word, flag in tag(folded)
        if flag.startswith(_OF_CONTENT) and word not in words().light and (word[0].isalnum() or len(word) > 1)
    )


def likeness(clause: str, other: str) -> float:
    """Share of a clause's characters and pairs that another text has, 0 to 1."""
    pairs, have = list(bigrams(clause)), set(bigrams(other))
    if not pairs:
        return float(clause in other)
    single = sum(c in other for c in clause) / len(clause)
    return 0.7 * sum(p in have for p in pairs) / len(pairs) + 0.3 * single
