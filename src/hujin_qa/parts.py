"""One question that asks several things, taken apart: "理财和保险各做到多大", "规模多大,谁在领头"."""

import re
from itertools import pairwise

from .index import Index
from .lexicon import Lexicon
from .question import Question, content_words, interrogative

_JOINT = re.compile(r"以及|还有|和|跟|与|及|、|或者?")
_CLAUSE = re.compile(r"[,;?、]")
_CARRIED = re.compile(r"^(?:又|那么?|还有|以及|另外|并且?|而且|再|它们?|各自)+")
_END = re.compile(r"的|,|各|分别|都|谁|哪|两|这|之间|在|$")
_LONGEST = 12  # characters of a thing that is named
_MOST = 4


def split_question(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The questions that ``asked`` is made of, each standing alone; empty if it is one question."""
    return _clauses(asked, index, lexicon) or _joined(asked, index, lexicon)


def _clauses(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """Clauses that each ask something; what the first is about is carried into the others."""
    clauses = [c for c in _CLAUSE.split(asked.folded) if interrogative(c)]
    if not 1 < len(clauses) <= _MOST:
        return ()
    first = content_words(clauses[0], index, lexicon)
    topic = [w.text for w in first if w.text not in asked.focus and w.known] or [w.text for w in first]
    carried = (_CARRIED.sub("", c) for c in clauses[1:])
    return clauses[0], *(f"{''.join(w for w in topic if w not in c)} {c}" for c in carried)


def _joined(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The same asked of several things: of each alone."""
    text = asked.folded
    names = {w.text for w in asked.words if w.known}
    joints = [m for m in _JOINT.finditer(text) if _ends_with(text[: m.start()], names)]
    joints = [m for m in joints if any(text.startswith(n, m.end()) for n in names)]
    if not 1 <= len(joints) < _MOST:
        return ()
    before = text[: joints[0].start()]
    items = [before if len(before) <= _LONGEST else _ends_with(before, names)]
    items += [text[a.end() : b.start()] for a, b in pairwise(joints)]
    rest = text[joints[-1].end() :]
    last = _item(rest, names, index, lexicon)
    rest = rest.removeprefix(last)
    if any(len(i) > _LONGEST for i in items) or not (content_words(rest, index, lexicon) or interrogative(rest)):
        return ()
    return tuple(f"{item}{rest}" for item in [*items, last])


def _ends_with(text: str, names: set[str]) -> str:
    return max((n for n in names if text.endswith(n)), key=len, default="")


def _item(rest: str, names: set[str], index: Index, lexicon: Lexicon) -> str:
    """The thing that ``rest`` begins with: up to where the asking starts, or its first word."""
    found = _END.search(rest)
    whole = rest[: found.start()] if found else rest
    words = content_words(whole, index, lexicon)
    if len(whole) <= _LONGEST and 0 < len(words) <= 2 and not any(len(w.same) > 1 for w in words[1:]):
        return whole
    return max((n for n in names if rest.startswith(n)), key=len, default=whole)
