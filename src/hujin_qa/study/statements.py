"""True or false: a sentence of the text as it stands, or with one thing changed that makes it wrong."""

import random
import re
from collections.abc import Iterator

from ..grounding import rule_faults
from ..headings import tag
from ..markers import strip_marker
from ..text import fold
from .classes import class_of, kin
from .figures import figures, is_setting, wrong_figures
from .items import FALSE, TRUE, Draft
from .lists import GLOSS, lists_of, rivals_of
from .source import Line, Source, bare
from .topics import says_alike, things

_SHORTEST, _LONGEST = 14, 120
_REASON = re.compile("因为|由于|原因|以便|防止|避免")  # it would give away that the word before it is wrong
_STOPS = "。；;!！"
_GLOSSED = re.compile("[（(]").search
_PAIRS = """
增长/下降 提高/降低 增加/减少 上升/下降 上涨/下跌 高于/低于 大于/小于 多于/少于 升高/降低
最大/最小 最高/最低 最多/最少 最早/最晚 至少/至多 提前/推迟 免费/收费 纵向/横向 内部/外部
事前/事后 盈利/亏损 书面/口头 以上/以下 之前/之后 上游/下游 公开/保密 禁止/允许
"""
_OPPOSITES: dict[str, str] = {}
for _one, _, _other in (pair.partition("/") for pair in _PAIRS.split()):
    _OPPOSITES.setdefault(_one, _other)
    _OPPOSITES.setdefault(_other, _one)


_DIRECTIONS = frozenset(word for pair in _PAIRS.split()[:9] for word in pair.split("/") if not word.endswith("于"))
"""Which way is a fact only beside a number: 增长6.2%. 有效降低风险 turned round is nonsense, and asks nothing."""
_TURNS = re.compile(
    "[从由](?P<a>[^，,。；;：:从由、到]{2,14})"
    "(?:逐步|已|正)?(?:转向|走向|转变为|转为|变为|改为|迁到|迁往|移到)"
    "(?P<b>[^，,。；;：:、的]{2,14})(?=[，,。；;：:、])"
)
_BY = re.compile(r"(?:了|约|近|超过?|达){0,2}\s*\d")


def statement_items(source: Source) -> Iterator[Draft]:
    """One item a sentence: changed or unchanged by the toss of a coin that always falls the same way."""
    for line in source.lines:
        whole = line.text[-1] in _STOPS or lists_of(line)
        if source.leans(line) or not whole or not _SHORTEST <= len(line.text) <= _LONGEST:
            continue
        named = list(_name_changed(line, source))
        changes = [
            *_figure_changed(line, source),
            *_opposite_said(line),
            *_member_changed(line, source),
            *_turned_round(line),
            *_glosses_crossed(line),
            *named,
        ]
        sound = [(text, why) for text, why in changes if rule_faults(fold(text), (fold(line.text),))]
        if not sound:
            continue
        rng = random.Random(f"{line.document.id}/{line.start}")
        text, why = rng.choice(sound)
        where = "" if (text, why) in named else source.where(line)  # which would tell the name
        if rng.random() < 0.5:
            text, right, wrong = line.shown, TRUE, (FALSE, "原文就是这样写的。")
        else:
            right, wrong = FALSE, (TRUE, why)
        if line.text[-1] in _STOPS:
            where = f"据原文「{where}」" if where else "据原文"
        elif where:
            where = f"原文在「{where}」之下列出的是下面各项"
        else:
            continue
        stem = f"判断对错({where}):{text.rstrip('；;')}"
        yield Draft("true_false", stem, (right,), (wrong,), line.citation(), line.section.position)


def _figure_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    for figure in figures(line):
        if is_setting(figure, source):
            continue
        for other, _ in wrong_figures(figure, source)[:1]:
            text = line.text[line.lead : figure.start] + other + line.text[figure.end :]
            yield bare(text), f"原文是「{figure.text}」,不是「{other}」。"


def _opposite_said(line: Line) -> Iterator[tuple[str, str]]:
    """A word exchanged for its opposite where it stands once, as a word of its own and not in the subject's name."""
    text, at = line.text[line.lead :], 0
    name = strip_marker(line.section.heading)
    words = () if _REASON.search(text) else tag(text)
    for word, _ in words:
        a, at = at, at + len(word)
        other = _OPPOSITES.get(word)
        named = text[:a].count("“") > text[:a].count("”") or (
            word in _DIRECTIONS and not (_BY.match(text, at) and "由" not in text[:a])
        )
        if (
            other
            and not named
            and text.count(word) == 1
            and other not in text
            and not (a < len(name) and text.startswith(name))
        ):
            yield bare(text[:a] + other + text[at:]), f"原文是「{word}」,不是「{other}」。"


def _name_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    """What is said of one thing said of another under the same heading, where the text says nothing like it of that."""
    for section in things(line, source):
        name = strip_marker(section.heading)
        if line.shown.count(name) != 1:
            return
        others = source.siblings(line.document, section)
        sound = [
            strip_marker(o.heading)
            for o in others
            if abs(len(strip_marker(o.heading)) - len(name)) <= 4
            and strip_marker(o.heading) not in line.text
            and not any(says_alike(line, other) for other in source.below(line.document, o.position))
        ]
        if sound:
            other = random.Random(line.text).choice(sound)
            yield line.shown.replace(name, other), f"原文说的是「{name}」,不是「{other}」。"
        return


def _turned_round(line: Line) -> Iterator[tuple[str, str]]:
    """从粗放转向精细 the other way round."""
    text = line.text[line.lead :]
    matches = list(_TURNS.finditer(text))
    for m in matches[:1] if len(matches) == 1 else ():
        said = text[: m.start("a")] + m["b"] + text[m.end("a") : m.start("b")] + m["a"] + text[m.end("b") :]
        yield bare(said), f"原文是「{bare(m[0])}」,方向相反。"


def _glosses_crossed(line: Line) -> Iterator[tuple[str, str]]:
    """甲(东)、乙(西) with what stands in the brackets exchanged."""
    for found in lists_of(line):
        glossed = [(m, a) for a, b in found.items if (m := GLOSS.fullmatch(line.text[a:b]))]
        if len(glossed) < len(found.items) or glossed[0][0]["gloss"] == glossed[1][0]["gloss"]:
            continue
        (one, a), (two, b) = glossed[:2]
        spans = [(a + one.start("gloss"), a + one.end("gloss")), (b + two.start("gloss"), b + two.end("gloss"))]
        (p, q), (r, s) = spans
        said = line.text[line.lead : p] + two["gloss"] + line.text[q:r] + one["gloss"] + line.text[s:]
        yield bare(said), f"原文是「{bare(one[0])}」和「{bare(two[0])}」。"


def _member_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    """A part of a list exchanged for one of a list that is announced by the same word under the same label."""
    for found in lists_of(line):
        mine, class_ = found.texts(line.text), class_of(line, found)
        said = source.said(line.document, line.section.parent or line.section.position)
        others = [
            t
            for o, t, theirs in rivals_of(line, mine, class_, source)
            if o is not line
            and kin(t, mine, class_, theirs)
            and bool(_GLOSSED(t)) == bool(_GLOSSED(mine[0]))
            and fold(t) not in said
        ]
        if others:
            rng = random.Random(line.text)
            old, new = rng.choice(mine), rng.choice(others)
            (a, b) = found.items[mine.index(old)]
            yield (
                bare(line.text[line.lead : a] + new + line.text[b:]),
                f"原文列的是「{bare(old)}」,不是「{bare(new)}」。",
            )
