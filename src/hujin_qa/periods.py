"""Years, and the stages that a text gives with the years they took ("甲(2004-2013)"): which of them a year falls into."""

import re
from collections.abc import Collection
from functools import lru_cache

from .index import Index

YEAR = re.compile(r"(?<![\d.])((?:1[5-9]|20)\d\d)(?!\.?\d)(?!\s*[元块万亿千百人家名户个件条次台米点%多余])")
YEAR_BEFORE = re.compile(f"^{YEAR.pattern}年(?:[末底初]|全年|[上下]半年)?的?")
"""A year that a folded question opens with."""
_ASKS_STAGE = re.compile("阶段|时期|哪一?期")
_SPAN = re.compile(rf"{YEAR.pattern}年?[-—–~～至到]{{1,3}}(?:{YEAR.pattern}|(?:现在|如今|今))")
_NOW = "9999"


def years_asked(folded: str, index: Index) -> frozenset[str]:
    """The years that a folded question names; for a stage those of the span in the text that they fall into.

    Where several spans hold them it is the shortest.
    """
    years = frozenset(YEAR.findall(folded))
    if not asks_stage(folded, years):
        return years
    spans = [span for document in index.documents for span in _spans(index.folded(document)) if holds(span, years)]
    first, last = min(spans, key=lambda span: int(span[1]) - int(span[0]), default=("", ""))
    return frozenset(year for year in (first, last) if year not in ("", _NOW)) or years


def asks_stage(folded: str, years: Collection[str]) -> bool:
    """Whether a folded question asks for the stage of some years."""
    return bool(years and _ASKS_STAGE.search(folded))


def gives_stage(said: str, years: Collection[str]) -> bool:
    """Whether a folded text has a span that holds all the years."""
    return any(holds(span, years) for span in _spans(said))


def holds(span: tuple[str, str], years: Collection[str]) -> bool:
    """Whether all the years lie within a span.

    >>> holds(("2014", "2018"), {"2016"}), holds(("2014", "2018"), {"2016", "2019"})
    (True, False)
    """
    return all(span[0] <= year <= span[1] for year in years)


@lru_cache(maxsize=32768)  # documents; looked through with every question for a stage
def _spans(folded: str) -> tuple[tuple[str, str], ...]:
    return tuple((match[1], match[2] or _NOW) for match in _SPAN.finditer(folded))
