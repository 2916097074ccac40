"""Words that mean the same in any text (孩子, 儿童) and words of one kind that never do (春季, 秋季).

Both are data: ``data/synonyms.txt`` and ``kinds`` in ``data/grounding.toml``.
"""

import re
from functools import cache
from importlib.resources import files

from .lexicon import Lexicon, load_lexicon
from .settings import load_settings
from .words import words


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(load_settings().lexicon)


@cache
def _groups() -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    text = (files("hujin_qa") / "data" / "synonyms.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        group = () if line.startswith("#") else line.split()
        for word in group:
            groups.setdefault(word, set()).update(group)
    return {word: frozenset(group) for word, group in groups.items()}


def everyday(word: str) -> frozenset[str]:
    """The everyday words that may stand for a folded one, itself included; none if it has no such."""
    return _groups().get(word, frozenset())


def synonyms(word: str) -> frozenset[str]:
    """What may stand for a folded word, itself included: everyday words, and those of the lexicon in force.

    >>> "儿童" in synonyms("孩子"), synonyms("渡口")
    (True, frozenset({'渡口'}))
    """
    return everyday(word) | _lexicon().others(word)


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], dict[str, int]], ...]:
    found = []
    for kind in words().kinds:
        members = {spelling: n for n, member in enumerate(kind.split()) for spelling in member.split("/")}
        longest_first = sorted(members, key=len, reverse=True)
        found.append((re.compile(r"(?<![比较])(?:" + "|".join(longest_first) + ")"), members))
    return tuple(found)


def other_kind(claim: str, evidence: str) -> str:
    """What the claim names where the evidence names only others of its kind, ``""`` if nothing.

    >>> other_kind("产量在秋季最高", "春季产量最高"), other_kind("春天产量最高", "春季产量最高")
    ('秋季', '')
    """
    for pattern, members in _kinds():
        theirs = {members[m[0]] for m in pattern.finditer(evidence)}
        mine = {members[m[0]]: m[0] for m in pattern.finditer(claim)}
        if theirs and not theirs & set(mine) and not any(m["no"] for m in words().negator.finditer(claim)):
            for word in mine.values():
                return word
    return ""
