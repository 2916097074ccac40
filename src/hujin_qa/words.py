"""The words of the grounding check (``data/grounding.toml``), ready for search."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Words:
    """The data file; every text that is searched is folded."""

    negator: re.Pattern[str]  # groups "no", and "other": what only looks like one
    name_ends: tuple[str, ...]
    plain: frozenset[str]
    light: frozenset[str]
    poles: dict[str, frozenset[tuple[int, int]]]  # word: (pair, side)
    pole: re.Pattern[str]
    kinds: tuple[str, ...]
    acts: tuple[tuple[re.Pattern[str], ...], ...]  # rows of one meaning: of the doer, of the other
    modal: dict[str, re.Pattern[str]]  # pending, done, weak, strong, binding, soft


_MODAL = ("pending", "done", "weak", "strong", "binding", "soft")


@cache
def words() -> Words:
    """The data file, read once."""
    table = tomllib.loads((files("hujin_qa") / "data" / "grounding.toml").read_text(encoding="utf-8"))
    poles: dict[str, set[tuple[int, int]]] = {}
    for pair, sides in enumerate(table["contraries"]):
        for side, spellings in enumerate(sides):
            for word in spellings.split():
                poles.setdefault(word, set()).add((pair, side))
    no, not_no = _longest_first(table["negators"]), _longest_first(table["not_negators"])
    return Words(
        re.compile(f"(?P<other>{not_no})|(?P<no>{no})"),
        tuple(table["name_ends"].split()),
        frozenset(table["plain"].split()),
        frozenset(table["light"].split()),
        {word: frozenset(where) for word, where in poles.items()},
        re.compile(_longest_first(" ".join(poles))),
        tuple(table["kinds"]),
        tuple(tuple(re.compile(_longest_first(side)) for side in row) for row in table["acts"]),
        {name: re.compile(_longest_first(table[name])) for name in _MODAL},
    )


def _longest_first(spellings: str) -> str:
    return "|".join(map(re.escape, sorted(set(spellings.split()), key=len, reverse=True)))
