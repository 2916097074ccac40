"""Of which class the parts of a list are: 平台 in 蚂蚁财富、东方财富等平台, 特点 in 有小额、分散三个特点."""

import re
from functools import lru_cache

from ..headings import tag
from ..markers import strip_marker
from .enumerations import Enumeration
from .source import Line

_VAGUE = frozenset("方面 领域 内容 问题 情况 部分 维度 方向 层面 工作 环节 要求 条件 核心 代表 以上 以下 手段".split())
_ORGANISATIONS = frozenset(["企业", "公司", "机构", "平台", "品牌", "巨头", "商家", "厂商", "银行"])
_ENDINGS = "性化者版法部员制费"  # words that share one of these name the same sort of thing
_NAMED = re.compile("代表|头部|龙头|主要玩家|领先|巨头")


@lru_cache(maxsize=16384)
def class_of(line: Line, found: Enumeration) -> str:
    """The noun that says what the parts of a list are, "" if none does; organisations are one class."""
    after = _after(line.text[found.end :])
    before = _before(line.text[: found.start])
    heading = strip_marker(line.section.heading)
    noun = after or before or (_last_noun(heading) if found.start - line.lead < 2 and len(heading) <= 12 else "")
    if noun in _ORGANISATIONS and _NAMED.search(line.text + heading):
        return "企业"
    return noun


def _after(text: str) -> str:
    """…等新技术, …三个特点, …的特点: the last noun before anything else than what describes it."""
    nouns: list[str] = []
    for word, flag in tag(text[:24]):
        if word == "的":
            nouns = []  # …等场景的主导方: the parts are those who lead
        elif flag[0] == "n" or (flag in ("vn", "l") and nouns):
            nouns.append(word)
        elif nouns or (flag[0] not in "umab" and word not in ("等", "等等", "这", "是", "为", "都", "均")):
            break
    return next((noun for noun in reversed(nouns) if noun not in _VAGUE and len(noun) > 1), "")


def _before(text: str) -> str:
    """主要类型有三种:, 代表企业是: the noun right before the verb that announces the list."""
    clause = re.split(r"[，,。；;](?!包括|分别|主要)", text)[-1]
    words = [(w, f) for w, f in tag(clause) if f[0] not in "mxq"]
    while words and (words[-1][1][0] in "vpdc" or words[-1][0] in ("如", "例如", "分别", "分为", "有")):
        words.pop()
    noun = words[-1][0] if words and words[-1][1][0] in "nl" else ""
    return "" if noun in _VAGUE or len(noun) < 2 else noun[-2:]


def endings(word: str) -> set[str]:
    """What another word must end in to be built alike.

    >>> sorted(endings("安全性")), sorted(endings("苹果"))
    (['全性', '性'], ['苹果'])
    """
    return {word[-2:], *(word[-1:] if word[-1:] in _ENDINGS else "")}


def kin(stranger: str, right: tuple[str, ...], mine: str, theirs: str) -> bool:
    """Whether a part of one list could stand in another: lists of one class, or else words built alike."""
    if mine and theirs:
        return mine == theirs
    like = [r for r in right if abs(len(r) - len(stranger)) <= 3]
    return any(stranger[-2:] == r[-2:] or (stranger[-1] == r[-1] and r[-1] in _ENDINGS) for r in like)


def _last_noun(heading: str) -> str:
    words = tag(heading)
    return words[-1][0] if words and words[-1][1][0] == "n" and words[-1][0] not in _VAGUE else ""
