"""What comes first and what after: 从 A 到 B, 先 A 再 B. All texts here are folded."""

import re
from collections.abc import Iterator
from itertools import chain

from .clauses import content
from .synonyms import synonyms

_ONLY_AFTER = re.compile("(?:才|方)(?:可以|能|可|予)")
_BEFORE = re.compile("(?:之前|以前|前)[^,。;不]{0,6}(?:可以|能|可)")
_FROM_TO = re.compile(
    r"(?:从|由)(?P<a>[^,。;]{1,24}?)(?:变成|变为|改成|改为|转为|转向|走向|升级为|跃升为|升至|降至|增至|增加到|减少到|提高到|缩短到|压缩到|延长到|降到|升到|提到|到|至|成)(?P<b>[^,。;]{1,16})"
)
_STEPS = (
    re.compile("先(?P<a>[^,。;]{2,14}),?(?:再|然后|之后|后)(?P<b>[^,。;]{2,14})"),
    re.compile("(?P<a>[^,。;]{2,24})后,?(?:才|再|方)(?:可以|能|可)?(?P<b>[^,。;]{2,14})"),
)


def _told(part: str, text: str) -> float:
    """The share of the words of a part that a text has, 0 to 1."""
    mine = [word for word, _ in content(part)]
    return sum(any(same in text for same in synonyms(word)) for word in mine) / len(mine) if mine else 0.0


def out_of_order(claim: str, evidence: str) -> str:
    """从 A 到 B in the claim where the evidence goes from B to A, or 先 A 再 B where it has B first; ``""`` if neither.

    >>> out_of_order("先付款再发货", "先发货,再付款。")
    '“先付款再发货”与所引原文的先后相反'
    """
    if _ONLY_AFTER.search(evidence) and _BEFORE.search(claim):
        return f"“{claim[:24]}”与所引原文的先后条件相反"
    for match in chain(_turned_ways(claim, evidence), _turned_steps(claim, evidence)):
        return f"“{match[0][:24]}”与所引原文的先后相反"
    return ""


def _turned_ways(claim: str, evidence: str) -> Iterator[re.Match[str]]:
    ways = list(_FROM_TO.finditer(evidence))
    for mine in _FROM_TO.finditer(claim):
        a, b = mine["a"], mine["b"]
        if any(_told(a, way["b"]) == 1 and _told(b, way["a"]) and not _told(a, way["a"]) for way in ways):
            yield mine


def _turned_steps(claim: str, evidence: str) -> Iterator[re.Match[str]]:
    there = _steps(evidence)
    for mine in _steps(claim):
        for other in there:
            straight = _told(mine["a"], other["a"]) + _told(mine["b"], other["b"])
            if _told(mine["a"], other["b"]) + _told(mine["b"], other["a"]) > straight + 0.5:
                yield mine


def _steps(text: str) -> list[re.Match[str]]:
    return [match for pattern in _STEPS for match in pattern.finditer(text)]
