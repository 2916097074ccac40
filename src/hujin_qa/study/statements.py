"""True or false: a sentence of the text as it stands, or with one thing changed that makes it wrong."""

import random
from collections.abc import Iterator

from ..contraries import words
from ..grounding import rule_faults
from ..text import fold
from .figures import figures, wrong_figures
from .items import FALSE, TRUE, Draft
from .lists import lists_of
from .source import Line, Source, bare

_SHORTEST, _LONGEST = 14, 100
_PLAIN_POLES = 2  # characters; shorter words of a pair are parts of too many others


def statement_items(source: Source) -> Iterator[Draft]:
    """One item a sentence: changed or unchanged by the toss of a coin that always falls the same way."""
    for line in source.lines:
        if line.leans or not _SHORTEST <= len(line.text) <= _LONGEST or "?" in line.text or "？" in line.text:
            continue
        changes = [*_figure_changed(line, source), *_pole_changed(line), *_member_changed(line, source)]
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


def _pole_changed(line: Line) -> Iterator[tuple[str, str]]:
    """A word exchanged for the first of the other side of its pair, where it stands once and is not denied."""
    poles, sides = words().poles, _first_of_sides()
    text = line.text
    found = [m for m in words().pole.finditer(text) if len(m[0]) >= _PLAIN_POLES and len(poles[m[0]]) == 1]
    for match in found:
        (pair, side) = next(iter(poles[match[0]]))
        other = next((w for w in sides[pair, 1 - side] if len(w) == len(match[0])), "")
        denied = words().negator.search(text[max(0, match.start() - 3) : match.end() + 1])
        if other and text.count(match[0]) == 1 and not (denied and denied["no"]):
            changed = text[: match.start()] + other + text[match.end() :]
            yield bare(changed), f"原文是「{match[0]}」,不是「{other}」。"


def _first_of_sides() -> dict[tuple[int, int], list[str]]:
    sides: dict[tuple[int, int], list[str]] = {}
    for word, where in words().poles.items():
        for place in where:
            sides.setdefault(place, []).append(word)
    return sides


def _member_changed(line: Line, source: Source) -> Iterator[tuple[str, str]]:
    """A part of a list exchanged for a part of the list that stands under the same label elsewhere."""
    for found in lists_of(line):
        mine = found.texts(line.text)
        said = fold("".join(o.text for o in source.below(line.document, line.section.parent or line.section.position)))
        others = [
            t
            for o in source.lines
            if o.document is line.document and o.section.heading == line.section.heading and o is not line
            for e in lists_of(o)
            for t in e.texts(o.text)
            if fold(t) not in said
        ]
        if others:
            rng = random.Random(line.text)
            old, new = rng.choice(mine), rng.choice(others)
            (a, b) = found.items[mine.index(old)]
            yield bare(line.text[:a] + new + line.text[b:]), f"原文列的是「{bare(old)}」,不是「{bare(new)}」。"
