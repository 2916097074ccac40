"""Cutting documents into passages: what is retrieved."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .sentences import Span, split_sentences
from .text import fold
from .types import Document, Passage

SPLITTER = "sections-6"
"""Changes whenever the same document would be cut differently; an index built by another one is rebuilt."""
LIMIT = 320
"""Characters of a passage, about."""

_RULE = re.compile(r"(?:[ \t]*(?:-[ \t]*){3,}|[ \t]*(?:\*[ \t]*){3,}|[ \t]*(?:_[ \t]*){3,})$")
_COMMA = re.compile(r"[,，、；;：:]")


class FoldedPassage(NamedTuple):
    """A passage as the words of a question are looked for in it."""

    headings: str
    text: str
    sentences: tuple[tuple[int, int, str], ...]  # start and end in the document, and what stands there
    whole: str  # all of these: what it lacks, none of them has


def fold_passage(passage: Passage, document: Document, sentences: Iterable[Span]) -> FoldedPassage:
    """Every text of a passage, folded."""
    headings, text = fold(" ".join(passage.section)), fold(passage.text)
    lines = tuple((start, end, fold(document.text[start:end])) for start, end in sentences)
    return FoldedPassage(headings, text, lines, "\n".join([headings, text, *(line for *_, line in lines)]))


def split_passages(document: Document) -> list[Passage]:
    """Passages of a document in order: each section's own text, in balanced pieces of about ``LIMIT`` characters.

    A section of up to ``LIMIT`` characters is one passage; a longer one is cut between sentences, and inside a
    sentence only if it is longer than ``2 * LIMIT``: at commas, else anywhere. Headings without text of their
    own lead the next passage, so every character but blanks and rules ("---") is in exactly one.

    >>> from hujin_qa.outline import find_outline
    >>> text = "一、贷款 1、条件:年满十八岁。2、期限:三年。二、理财 1、门槛:一元。2、赎回:随时。"
    >>> [(p.id, p.text) for p in split_passages(Document("d", "", text, find_outline(text)))][:2]
    [('d/1.1#1', '一、贷款 1、条件:年满十八岁。'), ('d/1.2#1', '2、期限:三年。')]
    """
    text = document.text
    passages: list[Passage] = []
    heading: int | None = None  # where the headings begin that no passage holds yet
    for i, section in enumerate(document.sections):
        start, end = _trim(text, section.body, section.end)
        heading = section.start if heading is None else heading
        if start < end:
            pieces = list(_pieces(text, start, end))
        elif i + 1 == len(document.sections) and text[heading : section.body].strip():
            end = _trim(text, heading, section.body)[1]
            pieces = [(end, end)]
        else:
            continue
        for n, (a, b) in enumerate(pieces, 1):
            lead = _trim(text, heading, a)[0] if n == 1 and text[heading:a].strip() else a
            id_ = f"{document.id}/{section.position}#{n}"
            passages.append(Passage(id_, document.id, section.path, section.position, lead, a, b, text[lead:b]))
        heading = None
    return passages


def _trim(text: str, start: int, end: int) -> Span:
    """The span without blanks and rules at its ends."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        first = text.find("\n", start, end)
        if first > 0 and _RULE.fullmatch(text, start, first):
            start = first
            continue
        last = text.rfind("\n", start, end) + 1 or start
        if _RULE.fullmatch(text, last, end):
            end = last
            continue
        return start, end


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """``[start, end)`` as one span, or cut between sentences into spans of even length."""
    if end - start <= LIMIT:
        yield start, end
        return
    cuts = [start]
    for cut in _cuts(text, start, end):
        if cut - cuts[-1] >= LIMIT // 16:  # the search below takes time by the cuts in a passage
            cuts.append(cut)
    cuts.append(end)
    best = [0.0] + [float("inf")] * (len(cuts) - 1)
    back = [0] * len(cuts)
    for j in range(1, len(cuts)):
        for i in range(j - 1, -1, -1):
            length = cuts[j] - cuts[i]
            if length > LIMIT and i < j - 1:
                break
            # Squares even the lengths out; the constant is what one more piece must save.
            cost = best[i] + length**2 + LIMIT**2
            if cost < best[j]:
                best[j], back[j] = cost, i
    bounds = [len(cuts) - 1]
    while bounds[-1]:
        bounds.append(back[bounds[-1]])
    for j, i in zip(bounds[-2::-1], bounds[:0:-1], strict=True):
        a, b = _trim(text, cuts[i], cuts[j])
        if a < b:
            yield a, b


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Offsets inside ``(start, end)`` at which a passage may be cut."""
    at = start
    for _, stop in split_sentences(text, start, end):
        if stop - at > 2 * LIMIT:
            yield from _cuts_inside(text, at, stop)
        if stop < end:
            yield stop
        at = stop
    if end - at > 2 * LIMIT:  # no words: rows of marks
        yield from _cuts_inside(text, at, end)


def _cuts_inside(text: str, start: int, end: int) -> Iterator[int]:
    """Offsets that cut an overlong sentence: after commas, and inside clauses that are longer than ``LIMIT``."""
    at = start
    for stop in [m.end() for m in _COMMA.finditer(text, start, end)] + [end]:
        while stop - at > LIMIT:
            at += LIMIT
            if at < end:
                yield at
        if stop < end and stop > at:
            yield stop
        at = max(at, stop)
