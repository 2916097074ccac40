"""Years, and the stages that a text gives with the years they took ("甲(2004-2013)"): which of them a year falls into."""

import re
from collections.abc import Collection
from functools import lru_cache

from .index import Index

YEAR = re.compile(
    r"(?:(?<![\d.])|(?<=\d\.)(?=\d{4}年))((?:1[5-9]|20)\d\d)(?!\.?\d)(?!\s*[元块万亿千百人家名户个件条次台米点%多余])"
)
YEAR_BEFORE = re.compile(f"^{YEAR.pattern}年(?:[末底初]|全年|[上下]半年)?的?")
"""A year that a folded question opens with."""
_ASKS_STAGE = re.compile("阶段|时期|哪一?期")
_SPAN = re.compile(rf"{YEAR.pattern}年?[-—–~～至到]{{1,3}}(?:{YEAR.pattern}|(?:现在|如今|今))")
_NOW = "9999"
_BASIS = re.compile(r"(?:比|较|对比|相较于?)\s*(?:1\d|20)\d\d")  # what is compared with
_ONE_BY_ONE = re.compile("分别|依次|各[为是]")
_AS_BEFORE = re.compile("同一?年|当年|次年|翌年|那一?年|这一?年|[前上后]一年")


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


def other_year(asked: Collection[str], said: str, before: str) -> bool:
    """Whether a folded answer speaks of years, and none is one that is asked about.

    "同年" is a year of what stands ``before``, and figures that are told one by one are of every year of their span.

    >>> other_year({"2021"}, "2020年有9人", ""), other_year({"2021"}, "同年有9人,2020年有8人", "2021年")
    (True, False)
    >>> other_year({"2021"}, "2020年至2022年分别有7、8、9人", ""), other_year({"2021"}, "2020年至2022年共有24人", "")
    (False, True)
    """
    years = set(YEAR.findall(_BASIS.sub("", said)))
    if not asked or not years or years & {*asked}:
        return False
    if _AS_BEFORE.search(said) and {*asked} & set(YEAR.findall(before)):
        return False
    return not (_ONE_BY_ONE.search(said) and any(gives_stage(said, [year]) for year in asked))


@lru_cache(maxsize=32768)  # documents; looked through with every question for a stage
def _spans(folded: str) -> tuple[tuple[str, str], ...]:
    return tuple((match[1], match[2] or _NOW) for match in _SPAN.finditer(folded))
