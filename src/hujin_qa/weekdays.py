"""Days of the week in folded text: 周一至周五, 周六日, 周末, 工作日."""

import re
from collections.abc import Iterator, Sequence

_DAYS = "一二三四五六日"
_DAY = rf"[{_DAYS}天](?![次个天回节场堂遍小])"  # 每周三次 is no Wednesday
_WEEK = "(?:周|星期|礼拜)"
_WEEKDAYS = re.compile(
    rf"{_WEEK}(?P<first>{_DAY})(?:至|到|-|~|—)+{_WEEK}?(?P<last>{_DAY})|{_WEEK}(?P<list>{_DAY}(?:[、和与及]?{_WEEK}?{_DAY})*)"
    rf"|(?P<end>{_WEEK}末|双休日)|(?P<work>(?<![个\d{_DAYS}])工作日)"
)


def _mentions(text: str) -> Iterator[tuple[re.Match[str], frozenset[int]]]:
    """What names days, and which of 0, Monday, to 6.

    >>> [(m[0], sorted(days)) for m, days in _mentions("周六至周一休息,周三、五开放,周末除外")]
    [('周六至周一', [0, 5, 6]), ('周三、五', [2, 4]), ('周末', [5, 6])]
    """
    for match in _WEEKDAYS.finditer(text.replace("天", "日") if "周天" in text or "期天" in text else text):
        if match["first"]:
            first, last = _DAYS.index(match["first"]), _DAYS.index(match["last"])
            days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
        elif match["list"]:
            days = frozenset(_DAYS.index(c) for c in match["list"] if c in _DAYS)
        else:
            days = frozenset((5, 6)) if match["end"] else frozenset(range(5))
        yield match, days


def other_days(claim: str, evidence: str) -> list[str]:
    """The days that a claim names and the evidence, which names others, has not.

    >>> other_days("周一开放", "周二至周日开放"), other_days("星期六开放", "周末开放")
    (['周一'], [])
    """
    theirs = [days for _, days in _mentions(evidence)]
    if not theirs or re.search(rf"除了?(?:{_WEEKDAYS.pattern})", evidence):
        return []
    have = frozenset().union(*theirs)
    return [match[0] for match, days in _mentions(claim) if not days <= have]


def days_as_written(claim: str, sources: Sequence[str]) -> str:
    """The claim with its days written as the evidence writes them: 周末开放 for 周六开放.

    >>> days_as_written("周六开放", ["周末开放"])
    '周末开放'
    """
    there = [(match[0], days) for source in sources for match, days in _mentions(source)]
    for match, days in reversed(list(_mentions(claim))):
        if not any(match[0] in source for source in sources):
            same = next((text for text, theirs in there if days <= theirs), match[0])
            claim = claim[: match.start()] + same + claim[match.end() :]
    return claim
