"""Whether a clause says the opposite of another: a denial more or less, or the other side of a pair of words.

The words are data (``data/grounding.toml``). All texts here are folded.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from .headings import tag
from .text import bigrams

_CLAUSE = re.compile(r"[^,。;:!?…\n]+")
_OF_CONTENT = ("n", "v", "a", "j", "l", "i", "z", "b", "eng", "s", "t", "x", "d")
_LIGHT = frozenset(
    "的 了 是 有 在 被 把 将 要 会 能 可 可以 都 也 就 还 又 再 才 只 仅 已 已经 很 更 最 较 使 让 对 为 由 与 和 及 等 后 前 时 上 下 中 里 约 超 起 "
    "进行 成为 作为 属于 称为 包括 包含 主要 目前 其中 其 该 这 那 一个 一种 以及 通过 需要 应该 应当 应 须 必须 实现 达到 达 不 没有 没 未 无 "
    "所 可能 做 去 来 说 指 算 叫 用 共 一共 总共 大约 左右 多 余 大 小 高 低 因此 所以 因为 而 但 并 且 则 如果 表示 提到 此外 同时 另外 就是 即".split()
)


@dataclass(frozen=True, slots=True)
class _Words:
    negator: re.Pattern[str]
    rounded: frozenset[str]
    name_ends: tuple[str, ...]
    poles: dict[str, frozenset[tuple[int, int]]]  # word: (pair, side)
    pole: re.Pattern[str]


@cache
def words() -> Any:
    """The data file, ready for search."""
    table = tomllib.loads((files("hujin_qa") / "data" / "grounding.toml").read_text(encoding="utf-8"))
    poles: dict[str, set[tuple[int, int]]] = {}
    for pair, sides in enumerate(table["contraries"]):
        for side, spellings in enumerate(sides):
            for word in spellings.split():
                poles.setdefault(word, set()).add((pair, side))
    no, not_no = _longest_first(table["negators"]), _longest_first(table["not_negators"])
    return _Words(
        re.compile(f"(?P<other>{not_no})|(?P<no>{no})"),
        frozenset(table["rounded"].split()),
        tuple(table["name_ends"].split()),
        {word: frozenset(where) for word, where in poles.items()},
        re.compile(_longest_first(" ".join(poles))),
    )


def _longest_first(spellings: str) -> str:
    return "|".join(map(re.escape, sorted(set(spellings.split()), key=len, reverse=True)))


@lru_cache(maxsize=8192)
def clauses(folded: str) -> tuple[str, ...]:
    """The runs between commas and stops.

    >>> clauses("规模下降,但利润上升。")
    ('规模下降', '但利润上升')
    """
    return tuple(m[0].strip() for m in _CLAUSE.finditer(folded) if m[0].strip())


@lru_cache(maxsize=8192)
def content(folded: str) -> tuple[tuple[str, str], ...]:
    """The words that carry meaning, with jieba's part of speech."""
    return tuple(
        (word, flag)
        for word, flag in tag(folded)
        if flag.startswith(_OF_CONTENT) and word not in _LIGHT and (word[0].isalnum() or len(word) > 1)
    )


def likeness(clause: str, other: str) -> float:
    """Share of a clause's characters and pairs that another text has, 0 to 1."""
    pairs, have = list(bigrams(clause)), set(bigrams(other))
    if not pairs:
        return float(clause in other)
    single = sum(c in other for c in clause) / len(clause)
    return 0.7 * sum(p in have for p in pairs) / len(pairs) + 0.3 * single


def contradiction(claim: str, evidence: tuple[str, ...]) -> str:
    """What in the claim the evidence turns round, ``""`` if nothing does.

    >>> contradiction("规模上升", ("规模下降。",))
    '“上升”与所引原文的“下降”相反'
    >>> contradiction("不可退款", ("七天内可全额退款。",))
    '“不可退款”与所引原文的肯定、否定相反'
    """
    there = [c for e in evidence for c in clauses(e)]
    if not there:
        return ""
    for clause in clauses(claim):
        ranked = sorted(there, key=lambda c: -likeness(clause, c))
        near = [c for c in ranked[:3] if likeness(clause, c) > 0.15]
        if not near:
            continue
        if fault := _other_side(clause, near, there) or _denied(clause, near, there):
            return fault
    return _order(claim, " ".join(evidence))


def _sides(clause: str) -> dict[int, dict[int, str]]:
    """Pair to side to the word that stands for it."""
    found: dict[int, dict[int, str]] = {}
    for match in words().pole.finditer(clause):
        for pair, side in words().poles[match[0]]:
            found.setdefault(pair, {})[side] = match[0]
    return found


def _other_side(clause: str, near: list[str], there: list[str]) -> str:
    for pair, mine in _sides(clause).items():
        if len(mine) > 1:
            continue
        (side, word) = next(iter(mine.items()))
        for other in near[:1], near, there:
            theirs: dict[int, str] = {}
            for c in other:
                theirs.update(_sides(c).get(pair, {}))
            if side in theirs or any(word in c for c in other):
                break
            if theirs and (len(word) > 1 or likeness(clause, other[0]) > 0.3):
                return f"“{word}”与所引原文的“{theirs[1 - side]}”相反"
    return ""


def _denials(clause: str) -> list[tuple[str, str]]:
    """(negator, the content word that it denies) of a clause."""
    found = []
    for match in words().negator.finditer(clause):
        if match["no"]:
            target = next((w for w, _ in content(clause[match.end() :])), "")
            found.append((match[0], target))
    return found


def _denied(clause: str, near: list[str], there: list[str]) -> str:
    mine = _denials(clause)
    best = near[0]
    theirs = _denials(best)
    fault = f"“{clause[:24]}”与所引原文的肯定、否定相反"
    if bool(mine) == bool(theirs):
        return ""
    if mine:
        others = [c for c in there if _denials(c)]
        if any(_same(t, u) or (t and t in c) for c in others for _, t in mine for _, u in _denials(c)):
            return ""
        known = [t for _, t in mine if t and t in best]
        rest = words().negator.sub("", clause)
        if _sides(clause) and not known:
            return ""
        return fault if known or likeness(rest, best) > 0.5 else ""
    for _, target in theirs:
        if target and target in clause:
            positive = [c for c in there if target in c and not _denials(c) and likeness(clause, c) > 0.2]
            return "" if positive else fault
        if target and any(_same(target, w) for w, _ in content(clause)) and likeness(clause, best) > 0.3:
            return fault
    return ""


def _same(a: str, b: str) -> bool:
    """Whether two words share a character, as 携带 and 带 do."""
    return bool(a and b and set(a) & set(b))


_FROM_TO = re.compile(
    r"(?:从|由)(?P<a>[^,。;]{1,24}?)(?:变成|变为|改成|改为|转为|转向|走向|升级为|跃升为|升至|降至|增至|增加到|减少到|提高到|缩短到|压缩到|延长到|降到|升到|提到|到|至|成)(?P<b>[^,。;]{1,16})"
)


def _order(claim: str, evidence: str) -> str:
    """从 A 到 B in the claim where the evidence goes from B to A."""
    for match in _FROM_TO.finditer(claim):
        first = [evidence.find(w) for w, _ in tag(match["a"]) if len(w) > 1 and w in evidence and w not in match["b"]]
        second = [evidence.find(w) for w, _ in tag(match["b"]) if len(w) > 1 and w in evidence and w not in match["a"]]
        if first and second and min(first) > min(second) and max(first) > max(second):
            return f"“{match[0][:24]}”与所引原文的先后相反"
    return ""
