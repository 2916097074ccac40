"""Questions that the text answers: found and put to the test when the index is built, offered beside an answer.

Candidates are read off the headings (a list, an aspect of a thing, a topic, a heading that asks) and off sentences
that define or count something. The assistant itself is asked each; what it answers from the very section that the
candidate came from is kept in the index folder, so that offering one costs a look-up.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from typing import Literal, TypeVar

from .evidence import matched, share
from .headings import tag
from .index import Index
from .items import BARE, short_title
from .markers import strip_marker
from .question import Question, value_asked
from .sections import lies_in, outline_order
from .text import fold
from .types import Answer, Document, KnownQuestion, Section

WANTED = 3
MOST = 600  # candidates that are put to the test, so that indexing a large corpus takes seconds more, not minutes
_OF_A_LEVEL = 2  # questions about one neighbourhood, so that the third leads on
_NEAR = 5  # passages that an abstention looks around in

_MARK = re.compile(r"^(?:[(（]?[\d一二三四五六七八九十]{1,2}[)）.、]\s*)+")
_ASKS = re.compile(r"[?？]$")
_WORDY = re.compile(r"[,，。；;、/&]")
_DEFINES = re.compile(
    r"^(?:所谓)?[“「]?(?P<name>[^\s，,。；;：:、（）()“”「」]{2,10}?)[”」]?[，,]?(?:是指|指的是)"
    r"|^所谓(?P<called>[^\s，,。]{2,10})[，,]是"
)
_COUNTS = re.compile(
    r"^(?P<name>(?:(?:19|20)\d\d年末?)?[^\d\s：:、（）()“”的]{3,12}?)约?"
    r"(?:(?:为|达到|是|共有)约?\d|(?:为|达到|共有)约?[一二三四五六七八九十两百千万]{2})"
)
_DONE_BY = re.compile(
    r"^(?P<name>[^\d\s：:、（）()“”的]{2,10}?)由(?P<who>[^\s由]{2,12}?)(?P<does>设计|创办|主持|负责|管理|捐赠|牵头|审批|签发)$"
)
_POINTS = re.compile(r"^[“]?(?:[它他她其该这那本]|以上|上述)")

Kind = Literal["list", "aspect", "fact", "topic"]
T = TypeVar("T")


def candidates(document: Document, sentences: Iterable[tuple[str, int, int]] = ()) -> list[KnownQuestion]:
    """Questions that a document suggests, untested, of every kind in turn.

    ``sentences`` are position, start and end; a question that came from one has it as its ``quotes``.
    """
    named = {s.position: s for s in document.sections if _nameable(s)}
    recurring = {s.position for s in document.sections if strip_marker(s.heading) in document.labels}
    below = Counter(s.parent for s in named.values())
    items = Counter(s.parent for s in named.values() if s.position not in recurring)
    found: dict[Kind, list[KnownQuestion]] = {"list": [], "aspect": [], "fact": [], "topic": []}
    for s in named.values():
        name = short_title(s.heading)
        kind: Kind = "topic"
        if _ASKS.search(s.heading):
            asked = f"{name}?"
        elif s.position in recurring and s.parent in named:
            what = "是多少" if value_asked(name) in ("number", "money", "percent") else "是什么"
            kind, asked = "aspect", f"{short_title(named[s.parent].heading)}的{name}{what}?"
        elif items[s.position] > 2:
            kind, asked = "list", f"{name}包括哪些?"
        elif not below[s.position] and s.position not in recurring:
            asked = f"“{name}”讲了什么?"
        else:
            continue
        found[kind].append(KnownQuestion(asked, document.id, s.path, s.position, kind))
    for position, start, end in sentences:
        if asked := asked_of(document.text[start:end]):
            known = KnownQuestion(asked, document.id, document.at[position].path, position, "fact", ((start, end),))
            found["fact"].append(known)
    each = in_turn([_spread(questions) for questions in found.values()])
    return list({k.question: k for k in each if not _POINTS.match(k.question)}.values())


def asked_of(sentence: str) -> str:
    """What one may ask a sentence that defines something, counts it, or says by whom it is done; ``""`` of another.

    >>> asked_of("(2)车桩比，是指车与桩之比。"), asked_of("新馆由老周设计。"), asked_of("他来了。")
    ('车桩比指的是什么?', '新馆由谁设计?', '')
    """
    bare = _MARK.sub("", sentence)
    if found := _DEFINES.match(bare):
        return f"{found['name'] or found['called']}指的是什么?"
    first = re.split(r"[，,；;。]", bare, maxsplit=1)[0]
    if (found := _COUNTS.match(first)) and tag(found["name"])[-1][1].startswith(("n", "vn", "l")):
        return f"{found['name']}是多少?"
    return f"{found['name']}由谁{found['does']}?" if (found := _DONE_BY.match(first)) else ""


def confirm(index: Index, ask: Callable[[str], Answer]) -> list[KnownQuestion]:
    """The candidates that are answered from the section or sentence that they came from, in reading order."""
    sentences: dict[str, list[tuple[str, int, int]]] = {}
    for row, start, end in index.sentences.tolist():
        passage = index.passages[row]
        sentences.setdefault(passage.document, []).append((passage.position, start, end))
    kept = []
    for known in islice(in_turn([candidates(d, sentences.get(d.id, ())) for d in index.documents.values()]), MOST):
        answer = ask(known.question)
        if answer.status == "answered" and _from_there(known, answer):
            kept.append(replace(known, quotes=tuple((c.start, c.end) for c in answer.citations)))
    order = {id_: n for n, id_ in enumerate(index.documents)}
    return sorted(kept, key=lambda k: (order[k.document], outline_order(k.position)))


def _from_there(known: KnownQuestion, answer: Answer) -> bool:
    """Whether an answer cites the sentence, or else the section, that a question came from."""
    if known.quotes:
        ((start, end),) = known.quotes
        return any(c.document == known.document and c.start < end and start < c.end for c in answer.citations)
    return any(d == known.document and lies_in(p, known.position) for d, p in cited_places(answer))


def leading_on(answer: Answer, asked: Collection[str], index: Index) -> tuple[str, ...]:
    """What to ask after an answer: the other aspects of its subject, then the same aspect of the next one.

    ``asked`` are folded questions that are not offered again.
    """
    quoted = {(c.document, c.start, c.end) for c in answer.citations}
    places = cited_places(answer)

    def is_new(known: KnownQuestion) -> bool:
        told = known.kind == "aspect" and (known.document, known.position) in places
        unseen = sum(end - start for start, end in known.quotes if (known.document, start, end) not in quoted)
        return not told and fold(known.question) not in asked and 2 * unseen > sum(e - s for s, e in known.quotes)

    found: dict[str, None] = {}
    for document, position in places:
        for level in _levels(position):
            onwards = _onwards(index.questions_under.get((document, level), ()), position)
            offered = (k.question for k in onwards if k.question not in found and is_new(k))
            found |= dict.fromkeys(list(islice(offered, _OF_A_LEVEL)))
            if len(found) >= WANTED:
                return tuple(islice(found, WANTED))
    return tuple(found)


def nearest(question: Question, answer: Answer, asked: Collection[str], index: Index) -> tuple[str, ...]:
    """What to ask instead of a question that the text does not answer: of what came nearest, with most of its words."""
    around: dict[str, None] = {}
    for passage in (hit.passage for hit in answer.hits[:_NEAR]):
        for level in _levels(passage.position)[:-1][:2]:  # not the whole document
            around |= dict.fromkeys(k.question for k in index.questions_under.get((passage.document, level), ()))
    fit = {q: share(question.words, matched(question.words, fold(q))) for q in around if fold(q) not in asked}
    return tuple(sorted((q for q in fit if fit[q]), key=lambda q: -fit[q])[:WANTED])


def first_questions(index: Index, wanted: int = WANTED) -> tuple[str, ...]:
    """Questions to begin with, of different kinds and from different places where it can be."""
    kinds = [[k.question for k in index.questions if k.kind == kind] for kind in ("list", "aspect", "fact", "topic")]
    return tuple(in_turn([_spread(each) for each in kinds])[:wanted])


def cited_places(answer: Answer) -> list[tuple[str, str]]:
    """Document and outline position of every section that an answer cites, each once, in order."""
    return list(dict.fromkeys((c.document, c.position) for c in answer.citations))


def _levels(position: str) -> list[str]:
    """A position and those above it, the whole document last.

    >>> _levels("1.2.1")
    ['1.2.1', '1.2', '1', '']
    """
    parts = position.split(".")
    return [".".join(parts[:depth]) for depth in range(len(parts), -1, -1)]


def _onwards(questions: Sequence[KnownQuestion], position: str) -> Iterator[KnownQuestion]:
    """Reading on from a position, then from the beginning; those under the same heading first."""
    heading = next((k.section[-1:] for k in questions if k.position == position), ())
    start = bisect_left(questions, outline_order(position), key=lambda k: outline_order(k.position))
    in_order = [*questions[start:], *questions[:start]]
    yield from (k for k in in_order if k.section[-1:] == heading)
    yield from (k for k in in_order if k.section[-1:] != heading)


def _nameable(section: Section) -> bool:
    name = short_title(section.heading)
    return 2 <= len(name) <= 16 and not _WORDY.search(name) and not BARE.fullmatch(name)


def _spread(items: Sequence[T]) -> list[T]:
    """The same items, neighbours far apart: the first, the middle one, then those between."""
    return [items[i] for i in sorted(range(len(items)), key=lambda i: int(f"{i:012b}"[::-1], 2))]


def in_turn(lists: Sequence[Iterable[T]]) -> list[T]:
    """One of each, then the next of each.

    >>> in_turn([["a", "b"], ["c"]])
    ['a', 'c', 'b']
    """
    return [item for item in chain.from_iterable(zip_longest(*lists)) if item is not None]
