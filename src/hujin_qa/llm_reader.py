"""The reader that lets a language model compose: every sentence of it is checked before it counts.

A sentence is kept with the exact source sentences that support it, wherever among the retrieved passages they
stand; what the model itself cited is only where the search begins. A sentence without support is marked or
dropped. What the extractive answer says and the model left out is put behind it, so that no fact is lost.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .citations import Citations
from .clauses import content, likeness
from .grounding import support
from .index import Index
from .markers import strip_marker
from .prompts import ABSTENTION, speaks_to_the_model
from .quantities import quantities
from .sentences import split_sentences
from .text import clean, fold
from .transcript import Transcript
from .types import Citation, Claim, Encoder, Hit

_MARKS = re.compile(r"\[(\d{1,3})\]")
_STOP_MARKS = re.compile(r"([。！？!?；;]{1,8})((?:\s*\[\d{1,3}\])+)")
_ITEM = re.compile(r"^\s*(?:\d{1,2}\s*[.、．)）]|[（(]\d{1,2}[)）]|#{1,6}|[-*•>])\s*")
_LINK = re.compile(r"!?\[([^\]]{0,200})\]\([^)]{0,600}\)|<[^<>]{0,300}>|https?://[^\s，。;；)）]{1,500}")
_LEAD = re.compile(
    r"^(?:根据|按照|依据|从|综合)(?:以上|上述|提供的|所给的?|给出的)?(?:的)?资料(?:\s*\d+)?(?:内容|信息|可知|显示|来看|中)?[,，:：]?\s*"
)
_SAYS_NOTHING = re.compile(
    rf"{ABSTENTION}|(?:资料|文中|材料|原文|文档|上述内容)[^。,，]{{0,14}}(?:未|没有|没|并未|不曾)(?:明确|直接|具体)?(?:提及|提到|说明|涉及|找到|包含|给出|提供|记载|相关)"
    r"|(?:无法|不能)(?:回答|确定|得知|判断)"
)
_SURE = 0.7  # support needed; a model's mix of the source's words scores above one half more often than not
_OWN = 0.25  # likeness that the cited sentences alone must have, without their headings
_NEAR = 3  # sentences of a passage that are tried
_MAX_SENTENCES = 12
_JOINT = re.compile("[、,;]|以及")  # of a series, of which none may be left out
_COVERED = 0.6  # share of an extractive claim's words that the answer must hold


@dataclass(frozen=True, slots=True)
class Place:
    """Sentences of one document, in order, that a claim was checked against."""

    hit: Hit
    spans: tuple[tuple[int, int], ...]


Checked = tuple[str, Place | None]
"""A sentence of the model with what supports it; ``None``: nothing does."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The model's answer after the check. ``unsupported`` sentences were found, whether shown or not."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    unsupported: int
    abstains: bool


class Checker:
    """Checks sentences against the hits of one question."""

    def __init__(self, hits: Sequence[Hit], index: Index, encoder: Encoder) -> None:
        self._hits, self._index, self._encoder = hits, index, encoder
        self._sentences = [self._usable(hit) for hit in hits]

    def _usable(self, hit: Hit) -> list[tuple[int, int]]:
        """Sentences of a hit that may be cited: none that gives the program orders."""
        text = self._index.documents[hit.passage.document].text
        spans = split_sentences(text, hit.passage.start, hit.passage.end)
        return [(a, b) for a, b in spans if not speaks_to_the_model(text[a:b])]

    def check(self, sentence: str, cited: Sequence[int]) -> Place | None:
        """Look for support in the cited hits (numbers from 1), then in the others, nearest first."""
        own = [n - 1 for n in cited]
        others = [row for row in range(len(self._hits)) if row not in own]
        said = fold(sentence)
        for rows in (own, others):
            places = [place for row in rows for place in self._places(said, row)]
            places.sort(key=lambda p: -p[0])
            for fit, place in places[: 2 * _NEAR]:
                if fit < 0.12:
                    break
                verdict = support(sentence, self._evidence(place), self._encoder)
                if verdict.score >= _SURE and self._own(said, place):
                    return place
        return None

    def _places(self, said: str, row: int) -> Iterator[tuple[float, Place]]:
        """The sentences of a hit that are most like a claim, alone and in pairs, each with its likeness."""
        hit = self._hits[row]
        text = self._index.documents[hit.passage.document].text
        heads = fold(" ".join(hit.passage.section))
        spans = self._sentences[row]
        alone = [(likeness(said, fold(text[a:b])), (a, b)) for a, b in spans]
        best = sorted(alone, key=lambda pair: -pair[0])[:_NEAR]
        for _, span in best:
            yield likeness(said, heads + fold(text[slice(*span)])), Place(hit, (span,))
        if len(best) > 1:
            pair = tuple(sorted((best[0][1], best[1][1])))
            both = likeness(said, heads + "".join(fold(text[a:b]) for a, b in pair))
            if both > likeness(said, heads + fold(text[slice(*best[0][1])])) + 0.05:
                yield both - 0.05, Place(hit, pair)

    def _own(self, said: str, place: Place) -> bool:
        text = self._index.documents[place.hit.passage.document].text
        own = "".join(fold(text[a:b]) for a, b in place.spans)
        return likeness(said, own) >= _OWN and not _stutters(said, own)

    def _evidence(self, place: Place) -> list[str]:
        document = self._index.documents[place.hit.passage.document]
        heads = " › ".join([document.title, *map(strip_marker, place.hit.passage.section)])
        return [heads, *(document.text[a:b] for a, b in place.spans)]


def _stutters(said: str, source: str) -> bool:
    """Whether a word comes more than twice, and in the source much less: 如绿色金融、绿色金融、绿色金融等."""
    times = Counter(word for word, _ in content(said) if len(word) > 1)
    return any(n > 2 and source.count(word) < n - 1 for word, n in times.items())


def verify(transcript: Transcript, checker: Checker, index: Index, unsupported: str) -> Verified:
    """Check every sentence of a finished transcript. ``unsupported`` is "mark" or "drop"."""
    numbers = {shown: passage for passage, shown in transcript.order.items()}
    checked: list[Checked] = []
    nothing = False
    for sentence, marks in sentences(transcript.text):
        if len(checked) == _MAX_SENTENCES or sentence in [text for text, _ in checked]:
            continue
        place = checker.check(sentence, [numbers[m] for m in marks if m in numbers])
        if not place and _SAYS_NOTHING.search(sentence):  # with support it is what the text says
            nothing = True
        else:
            checked.append((sentence, place))
    bad = sum(place is None for _, place in checked)
    good = len(checked) - bad
    kept = [(text, place) for text, place in checked if place or (unsupported == "mark" and good)]
    return Verified(*_cite(kept, index), bad, nothing and not good)


def sentences(text: str) -> list[tuple[str, list[int]]]:
    """The sentences of a model's text without mark-up, each with the numbers of its markers.

    >>> sentences("根据资料,**产值**为5亿元。[2]\\n1. 增长[1][3]")
    [('产值为5亿元。', [2]), ('增长', [1, 3])]
    """
    text = _STOP_MARKS.sub(r"\2\1", clean_lines(text))
    found = []
    for start, end in split_sentences(text, 0, len(text)):
        marks = list(dict.fromkeys(int(n) for n in _MARKS.findall(text[start:end])))
        bare = _LEAD.sub("", _ITEM.sub("", _MARKS.sub("", text[start:end]))).strip(" ,，、:：")
        if any(c.isalnum() for c in bare):
            found.append((bare, marks))
    return found


def clean_lines(text: str) -> str:
    """Plain text: no links, images, tags, emphasis."""
    return "\n".join(clean(_LINK.sub(r"\1", line)) for line in text.replace("**", "").replace("`", "").splitlines())


def _cite(checked: Sequence[Checked], index: Index) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """Number the supporting sentences by first use."""
    citations, claims = Citations(index), []
    for text, place in checked:
        used = [citations.number(place.hit.passage.document, *span) for span in place.spans] if place else ()
        claims.append(Claim(text, tuple(used), supported=place is not None))
    return tuple(claims), citations.all()


def lacking(verified: Verified, claims: Sequence[Claim], question: str) -> list[Claim]:
    """The extractive claims that the model's supported sentences do not cover: a number, a member of a series, or most words.

    Words of the question say nothing new.
    """
    said, asked = fold(" ".join(c.text for c in verified.claims if c.supported)), fold(question)
    return [claim for claim in claims if not _covers(said, fold(claim.text), asked)]


def _covers(said: str, claim: str, asked: str) -> bool:
    mine = quantities(said + "," + asked)
    if any(not any(q.matches(m) for m in mine) for q in quantities(claim) if q.unit):
        return False
    members = _JOINT.split(claim) if len(_JOINT.findall(claim)) > 1 else ()
    named = ([w for w, _ in content(member)] for member in members)
    if any(words and not any(w in said or w in asked for w in words) for words in named):
        return False
    words = {w for w, _ in content(claim) if w not in asked}
    return sum(w in said for w in words) >= _COVERED * len(words) - bool(quantities(claim))


def joined(verified: Verified, claims: Sequence[Claim], citations: Sequence[Citation], index: Index) -> Verified:
    """The model's answer followed by extractive ``claims`` with the citations that they use."""
    found = Citations(index, verified.citations)
    used = {n for claim in claims for n in claim.citations}
    numbers = {c.n: found.number(c.document, c.start, c.end, c.section) for c in citations if c.n in used}
    added = [Claim(c.text, tuple(numbers[n] for n in c.citations)) for c in claims]
    return Verified((*verified.claims, *added), found.all(), verified.unsupported, verified.abstains)
