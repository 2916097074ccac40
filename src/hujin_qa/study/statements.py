"""True or false: a sentence of the text as it stands, or with one thing changed that makes it wrong."""

import random
from collections.abc import Iterator

from ..grounding import rule_faults
from ..headings import tag
from ..sections import title
from ..text import fold
from .figures import figures, wrong_figures
from .items import FALSE, TRUE, Draft
from .lists import likeness, lists_of
from .source import Line, Source, bare

_SHORTEST, _LONGEST = 14, 100
_PAIRS = """
增长/下降 提高/降低 增加/减少 上升/下降 上涨/下跌 扩大/缩小 高于/低于 大于/小于 多于/少于
最大/最小 最高/最低 最多/最少 最早/最晚 至少/至多 加快/放缓 延长/缩短 提前/推迟 免费/收费
主动/被动 纵向/横向 内部/外部 静态/动态 高频/低频 分散/集中 线上/线下 事前/事后 严格/宽松
收紧/放松 放宽/收紧 优于/劣于 强于/弱于 盈利/亏损 成功/失败 书面/口头 短期/长期 以上/以下
之前/之后 优势/劣势 上游/下游 国内/国外 充足/不足 完整/残缺 收窄/拓宽 升高/降低 加剧/缓解
公开/保密 必须/不必 禁止/允许
"""
_OPPOSITES: dict[str, str] = {}
for _one, _, _other in (pair.partition("/") for pair in _PAIRS.split()):
    _OPPOSITES.setdefault(_one, _other)
    _OPPOSITES.setdefault(_other, _one)


_INTRANSITIVE = frozenset(["增长", "下降", "上升", "上涨", "下跌"])
"""Right before a noun these are a part of its name."""


def statement_items(source: Source) -> Iterator[Draft]:
    """One item a sentence: changed or unchanged by the toss of a coin that always falls the same way."""
    for line in source.lines:
        if line.leans or not _SHORTEST <= len(line.text) <= _LONGEST or line.text[-1] not in "。；;!！":
            continue
        changes = [*_figure_changed(line, source), *_opposite_said(line), *_member_changed(line, source)]
        sound = [(text, why) for text, why in changes if rule_faults(fold(text), (fold(line.text),))]
        if not sound:
            continue
        rng = random.Random(f"{line.document.id}/{line.start}")
        text, why = rng.choice(sound)
        where = source.where(line)
        if rng.random() < 0.5:
            text, right, wrong = line.shown, TRUE, (FALSE, "原文就是这样写的。")
        else:
            right, wrong = FALSE, (TRUE, why)
        stem = f"判断对错(据原文「{where}」):{text}"
        yield Draft("true_false", stem, (right,), (wrong,), line.citation(), line.section.position)


def _figure_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    for figure in figures(line):
        for other, _ in wrong_figures(figure, source)[:1]:
            text = line.text[: figure.start] + other + line.text[figure.end :]
            yield bare(text), f"原文是「{figure.text}」,不是「{other}」。"


def _opposite_said(line: Line) -> Iterator[tuple[str, str]]:
    """A word exchanged for its opposite where it stands once, as a word of its own and not in the subject's name."""
    text, at = line.text, 0
    name = title(line.section.heading)
    words = tag(text)
    for (word, _), (_, following) in zip(words, [*words[1:], ("", "")], strict=True):
        a, at = at, at + len(word)
        other = _OPPOSITES.get(word)
        named = text[:a].count("“") > text[:a].count("”") or (word in _INTRANSITIVE and following.startswith("n"))
        if (
            other
            and not named
            and text.count(word) == 1
            and other not in text
            and not (a < len(name) and text.startswith(name))
        ):
            yield bare(text[:a] + other + text[at:]), f"原文是「{word}」,不是「{other}」。"


def _member_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    """A part of a list exchanged for one of a list that is announced by the same word under the same label."""
    for found in lists_of(line):
        mine = found.texts(line.text)
        said = fold("".join(o.text for o in source.below(line.document, line.section.parent or line.section.position)))
        others = [
            t
            for o in source.lines
            if o.document is line.document and o.section.heading == line.section.heading and o is not line
            for e in lists_of(o)
            if e.cue == found.cue
            for t in e.texts(o.text)
            if fold(t) not in said and likeness(t, mine)
        ]
        if others:
            rng = random.Random(line.text)
            old, new = rng.choice(mine), rng.choice(others)
            (a, b) = found.items[mine.index(old)]
            yield bare(line.text[:a] + new + line.text[b:]), f"原文列的是「{bare(old)}」,不是「{bare(new)}」。"
