"""A name that a question opens with and no document has, where they have other names before the same noun.

"江陵财富有多少顾问" of a text that tells of 稳舟财富 and 麦穗财富 is not about any of these.
"""

import re
from collections import Counter

from .headings import NAMES, tag
from .index import Index
from .meaning import is_common

LOOSE = re.compile(
    "[的了是在和与跟及等每各该本这那个有为最其共由至从到年月日今去明昨全总整单几哪谁什么多少合累平]|目前|现在"
)
"""What is in words that lean on others, and hardly in names."""
NAMED_KINDS = frozenset("市县区镇村省厂店楼馆仓部组班级类款型版站线院校行社队河峰湖岛柜库田园桥塔")
"""Nouns of one character that follow a name."""
_GRAMMAR = re.compile(
    "[我你他她它咱您俺着里讲说上下内外过来给让被把又再就才也很更都会能要想做问看买用拿办管叫没不向非对靠别加以]"
)
_NAME = 2  # characters of a name right before its noun
LONGEST = 12  # characters of a thing that is repeated to the user
_HAN = re.compile("[\u4e00-\u9fff]+")


def unknown_sibling(folded: str, index: Index) -> str:
    """The name with its noun as it stands in a folded question; ``""`` if there is none such."""
    name = folded[:_NAME]
    if index.lexical.frequency("_" + name) or not _may_be_name(name) or not _opens_as_noun(folded):
        return ""
    at = _NAME + (folded[_NAME : _NAME + 1] == "的")
    for kind in (folded[at : at + 2], folded[at : at + 1]):
        known = kind in NAMED_KINDS if len(kind) < 2 else index.lexical.frequency("_" + kind)
        if known and _is_plain(kind) and _has_another(name, kind, index):
            return folded[: _end(folded, at + len(kind), index)]
    return ""


def _may_be_name(word: str) -> bool:
    return len(word) == _NAME and _is_plain(word) and (not is_common(word) or tag(word)[0][1] in NAMES)


def _is_plain(word: str) -> bool:
    return bool(_HAN.fullmatch(word)) and not LOOSE.search(word) and not _GRAMMAR.search(word)


def _opens_as_noun(folded: str) -> bool:
    """Whether the first word is a noun, or of one character and torn off a name (东|岬港区)."""
    (first, flag), *others = tag(folded)
    return (len(first) >= _NAME and flag[0] in "ns") or (len(first) == 1 and len(others[0][0] if others else "") == 1)


def _has_another(name: str, kind: str, index: Index) -> bool:
    """Whether the texts have another name before a noun, and none that sounds like this one: that would be it, misspelt."""
    before = re.compile(f"(?=([\u4e00-\u9fff]{{2}}){kind})")
    others = Counter(m[1] for id_ in index.documents for m in before.finditer(index.folded(id_)))
    sound = index.pinyin.sound
    if any(sound(other) == sound(name) for other in others):
        return False
    named = (other for other in others if _may_be_name(other) and not (is_common(name) and is_common(other)))
    return any(_is_noun(other, others[other]) for other in named)


def _is_noun(word: str, times: int) -> bool:
    """Whether a word that the texts have so often before a noun is one too, as far as the tagger can tell."""
    flag = tag(word)[-1][1]
    return flag in NAMES or (flag[0] == "n" and times > 1)


def _end(folded: str, at: int, index: Index) -> int:
    """Where the noun ends that goes on at ``at`` as the texts have it."""
    while at < min(len(folded), LONGEST) and index.lexical.frequency("_" + folded[at - 1 : at + 1]):
        if not _is_plain(folded[at]):
            break
        at += 1
    return at
