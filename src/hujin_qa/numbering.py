"""Which of a text's markers number its headings, and how deep each stands.

A marker alone proves little: "1)" may open a heading or a clause of a list. So all candidates are weighed
together: only sequences that begin at 1 and count on are possible, a candidate gains by looking like a
heading (a line of its own, a colon, a question, a noun before a new clause) and loses by looking like a
list item (after a semicolon, nothing underneath). A beam search keeps the best readings.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from .headings import LONGEST, is_title_sentence, phrase_end, seam, tag
from .markers import Marker, find_markers, left_of, rank

_BEAM = 16
_NEW_LEVEL = -2.5  # so that one marker alone is never an outline
_KNOWN_LEVEL = -0.5  # where the same styles nest elsewhere in the document
_FORETOLD_LEVEL = -1.0  # "2.1" under "2."
_CONTINUED = -1.0  # a level whose numbers go on from its last use, as articles do across chapters
_GAP = -1.5
_BARE = -2.5  # a heading with nothing underneath: a list item or a table of contents
_UPSIDE_DOWN = -1.5
_TIE = 0.1
_SENTENCE = -0.6  # a numbered sentence, no heading to be seen
_SENTENCE_AT_KNOWN_LEVEL = 0.2
_FORETOLD_SENTENCE = 0.6  # "1.1 甲方…。" under "第一条": two of them outweigh a level
_CLAUSE = -4.0
_BELOW = ("第章", "第节", "第条", "一、", "(一)", "Q")  # styles that number sections where other marks are the headings

FRONT, BACK = "front", "back"  # styles of headings that carry no number
_FRONT = "前言|引言|导言|序言|绪论|导语|摘要|導言|緒論|導語"
_BACK = "结束语|结语|后记|尾声|结论|总结|小结|附录|附件|致谢|参考文献|結束語|結語|後記|尾聲|結論|總結|小結|附錄|致謝|參考文獻"
_NEEDS_MARK = re.compile("[结結][论論]|[总總小][结結]|附[录錄件]|致[谢謝]|[参參]考文[献獻]|摘要")
_UNNUMBERED = re.compile(rf"(?P<front>{_FRONT})|(?P<back>{_BACK})")
_UNNUMBERED_LINE = re.compile(
    rf"^[ \t\u3000]*(?:(?P<front>{_FRONT}|[前引导序] 言|摘 要)|(?P<back>(?:{_BACK}|结 语|[总小] 结|附 录|致 谢|后 记)"
    r"(?:[A-Z0-9一二三四五六七八九十]{1,2}(?=[ :：\n]))?(?:[:： ][^\n。；;]{0,30})?))[ \t\u3000]*$",
    re.MULTILINE,
)
_SOLID = re.compile(r"\S")
_LEADER = re.compile(r"[.．…·]{3,}\s*\d+\s*$")
_ANSWER = re.compile(r"\s*(?:答|[AaＡ])\d{0,3}[:：.]")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A heading that was chosen: ``text[start:body]`` with its depth, 0 at the top."""

    start: int
    body: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    marker: Marker
    gain: float
    body: int  # where its own text may begin at the earliest


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the text so far."""

    score: float
    stack: tuple[tuple[str, tuple[int, ...]], ...] = ()
    last: tuple[tuple[str, int], ...] = ()  # the last number of every style
    chosen: "tuple[_Reading, int, int] | None" = None  # the reading before, candidate index, depth
    start: int = -1  # of the last heading
    body: int = -1


def is_flat(text: str, start: int, end: int) -> bool:
    """Whether line breaks carry no structure: most of the text stands in lines longer than a paragraph's heading."""
    long = sum(len(line) for line in text[start:end].splitlines() if len(line) > 200)
    longest = max((len(line) for line in text[start:end].splitlines()), default=0)
    return max(long, longest) >= 0.6 * len(text[start:end].strip())


def find_numbered(text: str, start: int, end: int, cuts: Sequence[int]) -> list[Numbered]:
    """The numbered headings of ``text[start:end]`` in order.

    Args:
        cuts: sorted offsets at which a label begins, which ends a heading.
    """
    flat = is_flat(text, start, end)
    return _read(text, start, end, cuts, flat) or ([] if flat else _read(text, start, end, cuts, True))


def find_below(text: str, regions: Sequence[tuple[int, int]]) -> list[list[Numbered]]:
    """What is numbered in each of several parts of a text that other headings part: articles, questions, 一、 and (一).

    Articles count on from part to part, questions need not count; other numbers on lines of their own belong to lists.
    """
    seers = [_Seer(text, end, False, ()) for _, end in regions]
    candidates = []
    for seer, region in zip(seers, regions, strict=True):
        markers = [m for m in find_markers(text, *region) if m.left == "line" and m.style in _BELOW]
        markers = [replace(m, number=()) if m.style == "Q" else m for m in markers]
        candidates.append([seer.look(m, following) for m, following in zip_longest(markers, markers[1:])])
    known: frozenset[tuple[str, str]] = frozenset()
    for _ in range(2):
        chosen, last = [], dict[str, int]()
        for (start, _), found in zip(regions, candidates, strict=True):
            chosen.append(_choose(text, start, found, known, tuple(last.items())))
            last |= {m.style: m.number[-1] for i, _ in chosen[-1] if (m := found[i].marker).number}
        known = _repeated(pair for f, c in zip(candidates, chosen, strict=True) for pair in _nestings(f, c))
    return [list(_numbered(seer, found, picked)) for seer, found, picked in zip(seers, candidates, chosen, strict=True)]


def _read(text: str, start: int, end: int, cuts: Sequence[int], flat: bool) -> list[Numbered]:
    markers = sorted([*find_markers(text, start, end), *_unnumbered(text, start, end, flat)], key=lambda m: m.start)
    if not flat:
        markers = [m for m in markers if m.left == "line"]
    seer = _Seer(text, end, flat, cuts)
    candidates = [
        candidate
        for m, following in zip_longest(markers, markers[1:])
        if (candidate := seer.look(m, following)).gain > _CLAUSE * 2
    ]
    chosen = _choose(text, start, candidates, frozenset())
    if known := _repeated(_nestings(candidates, chosen)):
        chosen = _choose(text, start, candidates, known)
    return list(_numbered(seer, candidates, chosen))


def _repeated(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair, times in Counter(pairs).items() if times > 1)


def _numbered(seer: "_Seer", candidates: Sequence[_Candidate], chosen: Sequence[tuple[int, int]]) -> Iterator[Numbered]:
    """The chosen headings, each with where its own text begins."""
    for n, (i, depth) in enumerate(chosen):
        following = candidates[chosen[n + 1][0]].marker.start if n + 1 < len(chosen) else seer.end
        deeper = n + 1 < len(chosen) and chosen[n + 1][1] > depth
        m = candidates[i].marker
        yield Numbered(m.start, seer.body(m, following, container=deeper)[0], depth)


def _unnumbered(text: str, start: int, end: int, flat: bool) -> Iterator[Marker]:
    """结语 and its like: a line of their own, or in flat text right after a sentence."""
    seen = set()
    for match in _UNNUMBERED_LINE.finditer(text, start, end):
        at = match.start(match.lastgroup or 0)
        seen.add(at)
        yield Marker(at, match.end(), match.lastgroup or BACK, (), "line", at)
    for match in _UNNUMBERED.finditer(text, start, end) if flat else ():
        at, style = match.start(), match.lastgroup or BACK
        left = left_of(text, at, start)
        if at in seen or left not in (("line",) if style == FRONT else ("line", "stop")):
            continue
        marked = text[match.end() : match.end() + 1] in (":", "：", " ", "\u3000")
        words = tag(text[match.end() : match.end() + 8])
        opens = bool(words) and words[0][1].startswith(("m", "t", "r", "n", "l", "i", "j", "eng", "x"))
        if marked or (opens and not _NEEDS_MARK.match(match[0])):
            yield Marker(at, match.end(), style, (), left, at)


@dataclass(frozen=True, slots=True)
class _Seer:
    """Judges how much a marker and what follows it look like a heading, and where the heading ends."""

    text: str
    end: int
    flat: bool
    cuts: Sequence[int]

    def look(self, m: Marker, following: Marker | None) -> _Candidate:
        near = following.start if following and following.left != "clause" else self.end
        body, gain = self.body(m, near, container=False)
        if m.left == "clause":
            gain = _CLAUSE
        elif m.left == "bracket":
            gain -= 0.3
        listed = following is not None and following.style == m.style and body <= following.start
        if listed and not _SOLID.search(self.text, body, near):
            gain -= _TIE  # of two readings, not the table of contents
        return _Candidate(m, gain, body)

    def body(self, m: Marker, following: int, container: bool) -> tuple[int, float]:
        """Where the heading's own text begins, and how much it looks like a heading.

        Args:
            following: start of the next heading. container: that heading is below this one.
        """
        text = self.text
        if m.style in (FRONT, BACK):
            return m.end + (text[m.end : m.end + 1] in (":", "：")), 1.5
        line = text.find("\n", m.end, min(self.end, m.end + 4 * LONGEST))
        line = line if line >= 0 else min(self.end, m.end + 4 * LONGEST)
        rest = text[m.end : line].strip()
        if m.style == "Q":
            return self._question(m, line)
        if m.left == "line" and len(rest) <= LONGEST and line < following + 1:
            found = _short_line(m, rest)
            if found is not None:
                return line, found
        if m.style == "第条" and m.left in ("line", "stop", "colon"):
            return m.end, 1.0
        stop = phrase_end(text, m.end, self.end)
        if rest[:1] in tuple(",，。、；;：:)）"):
            return m.end, -9.0 if rest else -1.0
        near = following if following <= min(stop, m.end + LONGEST) else None
        if container and near:
            return near, 2.0
        colon = next((i for i in range(m.end + 1, min(stop, m.end + 25, following)) if text[i] in ":："), None)
        cut = next((c for c in self._cuts_in(m.end + 2, stop)), None)
        if cut is not None and (colon is None or cut < colon):
            return cut, 2.0
        if text[stop : stop + 1] in ("?", "？") and stop - m.end <= LONGEST:
            return stop + 1, 2.0
        if colon is not None:
            return colon + 1, 2.0 if self.flat else 1.5
        if near:
            return near, 2.0
        # with nothing behind it on its line, it is an item of a list
        leads = container or _SOLID.search(text, stop + 1, max(stop + 1, min(line, following)))
        if leads and text[stop : stop + 1] == "。" and is_title_sentence(text[m.end : stop].strip()):
            return stop + 1, 1.5
        if not self.flat and m.left == "line":
            return m.end, _SENTENCE
        blank = re.compile(r"[\u4e00-\u9fff）)》”][ \u3000]+").search(text, m.end + 1, min(stop, m.end + 26))
        if blank:
            return blank.end(), 1.5
        at = seam(text, m.end, min(self.end, following))
        return (at, 1.5) if at else (m.end, 0.3 if m.style[0] == "第" else _SENTENCE)

    def _cuts_in(self, start: int, end: int) -> Iterator[int]:
        for cut in self.cuts[bisect_left(self.cuts, start) :]:
            if cut >= end:
                return
            yield cut

    def _question(self, m: Marker, line: int) -> tuple[int, float]:
        for at in range(m.end, line):
            if self.text[at] in "?？":
                return at + 1, 2.0
            if at > m.end and _ANSWER.match(self.text, at):
                return at, 2.0
        return line, 1.0 if line - m.end <= 2 * LONGEST else -3.0


def _short_line(m: Marker, rest: str) -> float | None:
    """How much a short line reads as a heading; ``None``: its heading is only a part of it."""
    if not rest:
        return 1.0 if m.style == "第条" else -1.0
    if rest[-1] in "；;，,、" or _LEADER.search(rest):
        return _CLAUSE
    if rest[-1] == "。" and is_title_sentence(rest[:-1]):
        return 1.2
    if rest[-1] in "。！!" or re.search(r"[。；;]", rest):
        return None
    if m.style == "第条" and (len(rest) > 15 or re.search(r"[,，:：]", rest)):
        return None
    if m.style[0] == "第":
        return 3.0
    return 1.2 if re.search(r"[,，]", rest) else 2.0


def _choose(
    text: str,
    start: int,
    candidates: Sequence[_Candidate],
    known: frozenset[tuple[str, str]],
    last: tuple[tuple[str, int], ...] = (),
) -> list[tuple[int, int]]:
    """Indexes and depths of the candidates that together read best; ``last`` as in a reading."""
    readings = [_Reading(0.0, last=last)]
    for i, candidate in enumerate(candidates):
        grown = {r.stack: r for r in readings}
        for r in readings:
            for new in _extend(text, start, r, i, candidate, known):
                if new.stack not in grown or grown[new.stack].score < new.score:
                    grown[new.stack] = new
        readings = sorted(grown.values(), key=lambda r: -r.score)[:_BEAM]
    chosen = []
    step = readings[0].chosen
    while step:
        chosen.append((step[1], step[2]))
        step = step[0].chosen
    return chosen[::-1]


def _extend(
    text: str, start: int, r: _Reading, i: int, candidate: _Candidate, known: frozenset[tuple[str, str]]
) -> Iterator[_Reading]:
    """The readings in which the candidate is the next heading."""
    m, gain = candidate.marker, candidate.gain
    if m.left in ("word", "bracket") and not (r.start >= m.run or (r.start < 0 and m.run <= start)):
        return
    bare = r.start >= 0 and (r.body >= m.start or not _SOLID.search(text, r.body, m.start))
    for depth, cost in _places(r, m):
        above = r.stack[:depth]
        value = gain + cost
        pair = (above[-1][0] if above else "", m.style)
        if cost in (_NEW_LEVEL, _NEW_LEVEL + _CONTINUED):
            if pair in known or m.style == "第条" or (m.style[0] == "第" and pair[0][:1] == "第"):
                value += _KNOWN_LEVEL - _NEW_LEVEL
            if above and len(m.number) < 2 and _rank(above[-1][0]) > _rank(m.style):
                value += _UPSIDE_DOWN
        if gain == _SENTENCE and above and above[-1][1] == m.number[:-1]:
            value += _FORETOLD_SENTENCE - _SENTENCE
        elif gain == _SENTENCE and pair in known:
            value += _SENTENCE_AT_KNOWN_LEVEL - _SENTENCE
        if bare and depth < len(r.stack):
            value += _BARE
        last = dict(r.last)
        if m.number:
            last[m.style] = m.number[-1]
        yield replace(
            r,
            score=r.score + value,
            stack=(*above, (m.style, m.number)),
            last=tuple(last.items()),
            chosen=(r, i, depth),
            start=m.start,
            body=candidate.body,
        )


def _places(r: _Reading, m: Marker) -> Iterator[tuple[int, float]]:
    """Depths at which a marker can continue a reading, each with its cost."""
    stack = r.stack
    if m.style == FRONT:
        if not stack:
            yield 0, 0.0
        return
    if m.style == BACK:
        if stack and (stack[0][0] == BACK or (stack[0][1] and stack[0][1][-1] > 1)):
            yield 0, 0.0
        return
    if stack and stack[0][0] == FRONT:
        stack = ()  # the body's first heading stands beside the foreword
    if len(m.number) > 1:
        yield from _dotted_places(stack, m)
        return
    n = m.number[0] if m.number else 0
    for depth, (style, number) in enumerate(stack):
        if style == m.style:
            step = n - number[-1] if number and m.number else 1
            if step in (1, 2):
                yield depth, 0.0 if step == 1 else _GAP
            return
    if n <= 1:
        yield len(stack), _NEW_LEVEL
    elif dict(r.last).get(m.style) == n - 1:
        yield len(stack), _NEW_LEVEL + (0.0 if m.style == "第条" else _CONTINUED)


def _dotted_places(stack: tuple[tuple[str, tuple[int, ...]], ...], m: Marker) -> Iterator[tuple[int, float]]:
    """The same for "1.1.2" and "2-1)", which say themselves what they stand under."""
    prefix, n = m.number[:-1], m.number[-1]
    for depth in reversed(range(len(stack))):
        style, number = stack[depth]
        if style == m.style and number[:-1] == prefix and n - number[-1] in (1, 2):
            yield depth, 0.0 if n - number[-1] == 1 else _GAP
            return
        if n == 1 and number == prefix:
            yield depth + 1, _FORETOLD_LEVEL
            return
    if n == 1 and not stack:
        yield 0, _NEW_LEVEL
    elif n == 1 and stack[0][0] == m.style and stack[0][1][0] + 1 == prefix[0]:
        yield 0, -0.5  # "1.1 1.2 2.1" with no "1" and "2" of their own


def _rank(style: str) -> int:
    return -1 if style in (FRONT, BACK) else rank(style)


def _nestings(candidates: Sequence[_Candidate], chosen: Sequence[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """(style above, style) of every level that the chosen headings open."""
    styles: list[str] = []
    for i, depth in chosen:
        style = candidates[i].marker.style
        if depth >= len(styles):
            yield (styles[-1] if styles else "", style)
        del styles[depth:]
        styles.append(style)
