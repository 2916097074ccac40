"""Where the words of a heading end when no mark says so, and which phrases can be a label.

Text that lost its line breaks runs headings into bodies: "一、行业格局目前,国内…". What gives the seam away
is the part of speech: a heading ends in a noun, and a body likes to open with a time, a preposition, a
pronoun or a place.
"""

import re
import warnings
from functools import cache, lru_cache
from typing import Any

from .text import dictionary

LONGEST = 40  # characters of a heading
SURE_NAMES = ("nr", "nrt", "nrfg", "nt", "eng")  # parts of speech
NAMES = (*SURE_NAMES, "ns", "nz")  # of places too, and of what may be a common word (普及率)
_PHRASE_END = re.compile(r"[,，。！？!?；;\n]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Openers of an adverbial clause, good if the clause runs to the next comma.
_CLAUSE = _words(
    "面对 随着 根据 按照 依据 为了 针对 由于 基于 围绕 结合 截至 截止 自从 关于 纵观 如下 如图 如 伴随 经过 鉴于"
)
# Prepositions that also stand inside headings and sentences: the clause must close with a frame word.
_PREPOSITION = _words("从 在 对 自 就 当 于 对于 通过 按 据")
_FRAME = re.compile(r"(?:来看|看|来说|而言|来讲|起|以来|之际|[下中上里内前后时]|方面|背景|角度|过程|期间|所示|同时)$")
_NOW = _words(
    "当前 目前 近年来 近年 近期 近日 如今 现在 今年 去年 今天 过去 迄今 至今 长期以来 随后 "
    "首先 所谓 众所周知 通常 一般来说 总体来看 综上 上述 以下 下面"
)
_PRONOUN = _words(
    "我国 我们 本文 本章 本节 本办法 本条例 本规定 本制度 本 该 此 这 这些 这个 其 它 它们 他们 你 您 大家 很多 许多"
)
_NOUN_FLAGS = ("n", "vn", "an", "l", "j", "s", "i", "eng", "k")
_CONTENT_FLAGS = (*_NOUN_FLAGS, "v", "a", "b", "t", "x", "g", "d", "m", "q", "z", "f")
_TITLE_SENTENCE = 20  # characters of one
_TITLE_FLAGS = (*_NOUN_FLAGS, "v", "a", "b", "d", "p", "c", "uj", "t", "f")
_STATES = _words("是 有 为 应 应当 应该 必须 须 需 需要 可 可以 能 不 没有 已 已经 将 由 被 请 使")
_NOT_LABELS = _words(
    "例如 比如 如下 包括 其中 注意 提示 备注 说明 注 附 答 问 图 表 来源 作者 编辑 公众号 "
    "微信 电话 地址 邮箱 链接 网址 时间 日期 温馨提示 小贴士 据悉 换言之 另外 此外 同时 因此 "
    "综上 综上所述 总之 结果 原因 问题 回答 项目 主要 分别 具体 一是 二是 三是"
)
_NOT_LAST = _words(
    "如下 以下 包括 例如 比如 表示 认为 指出 显示 称 说 道 是 为 有 即 问 答 写道 强调 介绍 等 来看 来说 而言 所示"
)


@cache
def _tagger() -> Any:
    with warnings.catch_warnings():  # jieba's source has escapes, and an import, that newer Pythons warn of
        warnings.filterwarnings("ignore", category=SyntaxWarning, module="jieba")
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="jieba")
        warnings.filterwarnings("ignore", message="pkg_resources", category=UserWarning)
        import jieba.posseg

    dictionary()
    return jieba.posseg


@lru_cache(maxsize=8192)
def tag(text: str) -> tuple[tuple[str, str], ...]:
    """Words with jieba's part of speech. The dictionary takes half a second, on first use."""
    return tuple((pair.word, pair.flag) for pair in _tagger().cut(text))


def phrase_end(text: str, at: int, end: int) -> int:
    """Where the run of text from ``at`` meets a comma, a stop or a line break, or is longer than a heading may be."""
    match = _PHRASE_END.search(text, at, min(end, at + LONGEST + 24))
    return match.start() if match else min(end, at + LONGEST + 24)


def seam(text: str, at: int, end: int) -> int | None:
    """Offset at which a heading that starts at ``at`` turns into its body, ``None`` if it cannot be told.

    >>> text = "行业格局目前,国内有三类企业"
    >>> text[: seam(text, 0, len(text))]
    '行业格局'
    """
    while at < end and text[at] in " \t\u3000":
        at += 1
    stop = phrase_end(text, at, end)
    if stop == end or text[stop] not in ",，。":
        return None
    words = tag(text[at:stop])
    best, where = 0.0, None
    offset = 0
    for i in range(1, len(words)):
        offset += len(words[i - 1][0])
        if offset > LONGEST:
            break
        if offset >= 2:
            score = _opens_body(words, i) + _ends_heading(words[i - 1]) - 0.03 * abs(offset - 8)
            if score > best:
                best, where = score, at + offset
    return where if best >= 1.0 else None


def _ends_heading(last: tuple[str, str]) -> float:
    """What a last word costs a heading: a noun nothing, a verb ("渠道下沉") or adjective something, others too much."""
    word, flag = last
    if flag.startswith(_NOUN_FLAGS) or word in ")）”》":
        return 0.0
    return -0.6 if flag in ("v", "a") else -9.0


def _opens_body(words: tuple[tuple[str, str], ...], i: int) -> float:
    """How well ``words[i:]``, up to the next comma, reads as the opening of a body."""
    word, flag = words[i]
    rest = "".join(w for w, _ in words[i:])
    last = i == len(words) - 1
    if word in _NOW:
        return 2.5
    if word in _CLAUSE or rest.startswith(("如下图", "如图", "如上")):
        return 2.2
    if word in _PREPOSITION:
        return 2.0 if _FRAME.search(rest) else 0.0
    if word in _PRONOUN or rest.startswith(("我国", "本文")):
        return 2.0
    if len(word) > 1 and not last and (word == words[0][0] or (word == words[i - 1][0] and flag[0] == "n")):
        return 2.0  # "产品概述产品…": the body takes up a word of its heading
    if re.match(r"(?:19|20)\d\d年", rest):
        return 1.8
    if not last and (word[0] == "每" or (word[0] == "本" and len(word) > 2)):
        return 1.8
    if flag == "t" and not last:
        return 1.6
    if flag == "ns" and len(words) - i > 2 and i > 1:
        return 1.4
    return 0.0


def is_title_sentence(text: str) -> bool:
    """Whether a sentence names what follows, as official papers do ("(一)加强组织领导。各单位…"), and states nothing.

    >>> [is_title_sentence(t) for t in ("加强组织领导", "保障机制", "公园免费开放", "年假为15天", "我们已经完成")]
    [True, True, False, False, False]
    """
    if not 2 <= len(text) <= _TITLE_SENTENCE or any(c.isdigit() for c in text):
        return False
    words = tag(text)
    flags = [flag for _, flag in words]
    states = "v" in flags and flags[0] not in ("v", "a", "ad", "d")
    return not states and flags[0] != "r" and all(f.startswith(_TITLE_FLAGS) and w not in _STATES for w, f in words)


def is_label(text: str) -> bool:
    """Whether a phrase in front of a colon can name a part of a text: 2 to 8 characters, only content words.

    >>> [is_label(t) for t in ("市场规模", "工具赋能提效", "例如", "他们的回答", "主要结论如下", "本文认为")]
    [True, True, False, False, False, False]
    """
    if not 2 <= len(text) <= 8 or text in _NOT_LABELS or text[0].isdigit():
        return False
    words = tag(text)
    if words[-1][0] in _NOT_LAST:
        return False
    if len(words) == 1 and not words[0][1].startswith(_NOUN_FLAGS):
        return False
    people = all(flag == "nr" for _, flag in words)
    return not people and all(flag.startswith(_CONTENT_FLAGS) and flag != "df" for _, flag in words)


def word_starts_at(text: str, tail: str) -> bool:
    """Whether ``tail`` begins on a word boundary of ``text``, which it ends.

    >>> word_starts_at("京东数科梯队特点", "梯队特点"), word_starts_at("互联网络特点", "网络特点")
    (True, False)
    """
    offset = 0
    for word, _ in tag(text):
        if offset == len(text) - len(tail):
            return True
        offset += len(word)
    return False


def first_person(folded: str) -> str:
    """The first person that a folded text names, ``""`` for none."""
    tagged = [*tag(folded), ("", "x"), ("", "x")]
    for (word, flag), (given, sort), (_, behind) in zip(tagged, tagged[1:], tagged[2:], strict=False):
        if flag != "nr":
            continue
        torn = len(word) < 2 or (len(word) == 2 and len(given) == 1 and behind[0] in "vdpcx")  # 林立|群|负责
        if torn and given and sort[0] not in "vdpcux":
            return word + given
        if len(word) > 1:
            return word
    return ""
