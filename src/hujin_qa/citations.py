"""From chosen sentences to claims: what each needs to be understood, and where it stands.

A claim is a sentence as it stands in the document. Where it leans on a heading to be understood (a figure
whose subject is only in the heading, the tier that a list of names belongs to) that heading is put in front
and cited too, so that everything a claim says is quoted. Where it leans on the sentence before it (其, 因此) or
announces what follows (a colon), those come with it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise, zip_longest

from .evidence import Evidence, matched, share, sure
from .index import Index
from .items import lines_of, short_title
from .markers import strip_marker
from .quantities import tells, unit_asked
from .question import WHICH, Question, Word
from .sections import Span, ancestors, children, heading_span, things_over
from .sentences import unwrapped
from .text import fold, without_bold
from .types import Citation, Claim, Document, Section

_BEFORE = 120  # characters of a sentence that is shown only because the next one leans on it
_LEANS_BACK = re.compile(
    r"(?:[他她它其]|该|此|这(?!一次)|反之|相反|否则|不然|因此|所以|由此|正因|为此|对此|于是|从而|二者|两者|前者|后者)"
    r"|[^,，。；;]{2,12}(?:因此|由此|为此|随之|因而)"
)
_ASKS_CHANGE = re.compile("变(?:成|为|化)|转(?:型|变|向|为|成)|升级|角色|从(?:什么|啥|哪)")
CHANGE = re.compile("[从由].{1,24}(?:到|至|变[成为]|转[向为成]|走向|升级为)")
"""How a text tells that one thing became another."""
_NTH = re.compile(r"第[一二三四五六七八九十\d]")
_NUMBER = re.compile(r"\s*[(（]?[\d一二三四五六七八九十]{0,3}[)）、.．:：\s]*")  # a heading that says nothing
_LABEL = 24  # characters of a sentence that is no more than the name of what follows
_ANNOUNCED = 260  # characters that a colon may bring along
_COUNTING = ("list", "why", "how")  # kinds of question that several things answer
_WHICH_ONES = re.compile("哪|什么|啥|分别")
_COUNTS = re.compile("[两二三四五六七八九十\\d](?:个|项|件|种|类|条|家|座|大|点|步)[^,;、。]{1,8}[。:]$")
"""How a sentence ends that only says how many there are: the next ones tell which."""
_TELLS_NOT = re.compile(
    "(?:在于|取决于|[就要]看).{0,8}(?:什么|谁|哪[里儿个些]|多少|如何|怎[么样])[\u4e00-\u9fff]{0,3}。$"
)
"""How a sentence ends that only says what it depends on: the next one tells."""
_COUNTED_ON = 220  # characters of what is counted on, for it to be told whole
_MOST_ANNOUNCED = 8


class Citations:
    """The places that an answer cites, numbered from 1 in order of first use."""

    def __init__(self, index: Index, known: Iterable[Citation] = ()) -> None:
        self._index = index
        self._found = {(c.document, c.start, c.end): c for c in known}

    def number(self, document: str, start: int, end: int, section: tuple[str, ...] | None = None) -> int:
        """The number of a place, a new one if it was not cited yet; ``section`` is the path of its passage if not given."""
        place = document, start, end
        if place not in self._found:
            passage = self._index.passages[self._index.passage_at(document, start)]
            path = passage.section if section is None else section
            quote = self._index.documents[document].text[start:end]
            self._found[place] = Citation(len(self._found) + 1, document, passage.id, path, start, end, quote)
        return self._found[place].n

    def all(self) -> tuple[Citation, ...]:
        """The citations by number."""
        return tuple(self._found.values())


def spans_of(chosen: Sequence[Evidence], question: Question, index: Index) -> list[Span]:
    """The chosen sentences with what they need to be understood."""
    spans: dict[tuple[str, int], Span] = {}
    for e in chosen:
        place = Span(e.hit.passage.document, e.start, e.end, _leans_on(e, question, index))
        before = [replace(span, heading=place.heading) for span in _before(e, index)]
        for span in [*before, place, *announced(e, question, index)]:
            spans.setdefault((span.document, span.start), span)
    return list(spans.values())


def _before(evidence: Evidence, index: Index) -> list[Span]:
    """The sentence before, if this one begins by pointing back at it; above a row of a table its head."""
    if evidence.folded.startswith("|"):
        return _table_head(evidence, index)
    if not _LEANS_BACK.match(evidence.folded) or not evidence.row:
        return []
    passage, start, end = index.sentences[evidence.row - 1].tolist()
    before, here = index.passages[passage], evidence.hit.passage
    close = (before.document, before.position) == (here.document, here.position) and end - start <= _BEFORE
    return [Span(here.document, start, end)] if close else []


def _table_head(evidence: Evidence, index: Index) -> list[Span]:
    here, row = evidence.hit.passage, evidence.row
    text = index.documents[here.document].text
    while row:
        passage, start, _ = index.sentences[row - 1].tolist()
        above = index.passages[passage]
        if (above.document, above.position) != (here.document, here.position) or text[start] != "|":
            break
        row -= 1
    _, start, end = index.sentences[row].tolist()
    return [Span(here.document, start, end)] if row != evidence.row else []


def announced(evidence: Evidence, question: Question, index: Index) -> list[Span]:
    """What a sentence only leads to: the headings or sentences behind a colon, the answer behind a question, the
    text behind the name of an item, what goes on counting. No headings where the sentence has a list of its own that
    is asked for, and no others than those asked about by name."""
    here = evidence.hit.passage
    document = index.documents[here.document]
    section = document.at[here.position]
    last = not document.text[evidence.end : section.end].strip()
    counts = question.kind == "list" and _WHICH_ONES.search(question.folded) and _COUNTS.search(evidence.folded)
    if (counts or evidence.folded.endswith(":")) and last and (below := children(document, here.position)):
        *before, lead = re.split("[,;]", evidence.folded)
        asked_for = _sort(question) or question.words
        own = any("、" in clause and sure(matched(asked_for, clause)) for clause in before)
        named = [fold(short_title(s.heading)) in question.folded for s in below]
        if own and not sure(matched(asked_for, lead)):
            return []
        asked = [s for s, name in zip(below, named, strict=True) if name]
        return [Span(document.id, *heading_span(document, s)) for s in asked or below]
    if counted := _counted_on(evidence, question, document, section):
        return counted
    if counts or evidence.folded.endswith((":", "?")):
        around = lines_of(document, section)  # of an item only what stands in it
        end = next((i.end for i in around if i.start <= evidence.start and evidence.end < i.end), len(document.text))
    elif (evidence.folded.endswith(";") and question.kind in _COUNTING) or _TELLS_NOT.search(evidence.folded):
        stop = re.compile("[。！？!?\n]").search(document.text, evidence.end, section.end)
        end = stop.end() if stop else section.end
    elif len(evidence.folded) <= _LABEL:
        items = (i for i in lines_of(document, section) if i.start <= evidence.start < i.label <= evidence.end)
        end = next((i.end for i in items), evidence.end)
    else:
        return []
    spans: list[Span] = []
    for passage, start, stop in index.sentences[evidence.row + 1 : evidence.row + 1 + _MOST_ANNOUNCED].tolist():
        near = (index.passages[passage].document, index.passages[passage].position) == (here.document, here.position)
        if not near or stop > min(end, evidence.end + _ANNOUNCED) or document.text[stop - 1] in "?？":
            break
        spans.append(Span(document.id, start, stop))
    return spans


def _counted_on(evidence: Evidence, question: Question, document: Document, section: Section) -> list[Span]:
    """What is counted on behind a sentence that has the first of several, or leads to it ("原因有二。第一,…"): all of
    it where it is short, or else what names each."""
    items = lines_of(document, section) if question.kind in _COUNTING else []
    if not items or evidence.start > items[0].start or document.text[evidence.end : items[0].start].strip():
        return []
    whole = items[-1].end - evidence.end <= _COUNTED_ON
    rest = [(i.start, i.end if whole else i.label) for i in items if i.start >= evidence.end]
    return [Span(document.id, start, start + len(document.text[start:end].rstrip())) for start, end in rest]


def _leans_on(evidence: Evidence, question: Question, index: Index) -> Section | None:
    """The heading that a sentence needs to stand alone: the one with most of the question that it lacks."""
    document = index.documents[evidence.hit.passage.document]
    above = [s for s in ancestors(document, evidence.hit.passage.position) if not _NUMBER.fullmatch(s.heading)]
    told = [s for s in above if CHANGE.search(fold(s.heading))]  # "客服:从接线员到顾问"
    if told and _ASKS_CHANGE.search(question.folded) and not CHANGE.search(evidence.folded):
        return told[-1]
    if question.kind == "member":
        owner = _owner(question, document, evidence.hit.passage.position)
        return owner if owner and fold(strip_marker(owner.heading)) not in evidence.folded else None
    if answering := _told_by_heading(question, above, evidence):
        return answering
    item = document.at[evidence.hit.passage.position]
    if item in above and _is_item(item, document) and "\n" not in document.text[item.start : evidence.start]:
        return item if fold(strip_marker(item.heading)) not in evidence.folded else None
    lacking = [w for w in question.words if w.text in evidence.path_words and w.text not in evidence.words]
    if not lacking:
        return None
    weights = [(share(lacking, matched(lacking, fold(s.heading))), len(s.position)) for s in above]
    best = max(range(len(above)), key=lambda i: weights[i], default=None)
    return above[best] if best is not None and weights[best][0] > 0 else None


def _told_by_heading(question: Question, above: Sequence[Section], evidence: Evidence) -> Section | None:
    """The innermost heading that answers what the sentence does not: 哪个厅 by 「深海厅」, 在几层 by 「深海厅(二层)」."""
    unit, sort = unit_asked(question.folded), _sort(question)[:1] if "哪" in question.folded else []
    for section in reversed(above):
        heading, name = fold(section.heading), fold(short_title(section.heading))
        if unit and tells(heading, unit) and not tells(evidence.folded, unit):
            return section
        alike = any(name[-1:] == w.text[-1:] and name != w.text for w in sort if w.noun or len(w.text) == 1)
        if alike and name not in evidence.folded:
            return section
    return None


def _is_item(section: Section, document: Document) -> bool:
    """Whether a section is a thing of its own, not an aspect of one (市场规模), with nothing below it."""
    named = section.heading and strip_marker(section.heading) not in document.labels
    return bool(named) and not children(document, section.position)


def _owner(question: Question, document: Document, position: str) -> Section | None:
    """What stands in a section belongs to: of the sections over it that of the sort asked for, or else the innermost
    that is not named for the thing itself."""
    if of_sort := of_the_sort(question, document, position):
        return of_sort
    sort = _sort(question)
    things = [w for w in question.words if w not in sort and w.noun]
    above = reversed(things_over(document, position))
    return next(
        (s for s in above if not things or not all(w.stands_in(fold(s.heading)) for w in things)),
        None,
    )


def of_the_sort(question: Question, document: Document, position: str) -> Section | None:
    """The section over a position right below one that is named for the sort asked for (业态 of 属于哪个业态)."""
    sort = _sort(question)
    for outer, inner in reversed([*pairwise(things_over(document, position))]):
        if sure(matched(sort, fold(outer.heading))) and not _NTH.search(fold(outer.heading)):
            return inner
    return None


def _sort(question: Question) -> list[Word]:
    which = WHICH.search(question.folded)
    return [w for w in question.words if which and question.folded.find(w.text, which.end()) >= 0]


def cite(spans: Iterable[Span], index: Index) -> tuple[tuple[Claim, ...], tuple[Citation, ...]]:
    """Number the places in order of use and bind every claim to them.

    Of neighbours that lean on the same heading only the first shows it, unless the next one, which shows none, would
    then seem to stand under it and does not.
    """
    citations, claims = Citations(index), []
    runs = [list(run) for _, run in groupby(spans, key=lambda span: (span.document, span.heading))]
    for run, after in zip_longest(runs, runs[1:]):
        once = after is None or after[0].heading is not None or _lies_under(run[0].heading, after[0], index)
        for n, span in enumerate(run):
            document = index.documents[span.document]
            text, used = without_bold(unwrapped(document.text, span.start, span.end)), []
            if span.heading is not None and not (n and once):
                text = f"【{strip_marker(span.heading.heading)}】{text}"
                used.append(citations.number(document.id, *heading_span(document, span.heading)))
            used.append(citations.number(document.id, span.start, span.end))
            claims.append(Claim(text, tuple(used)))
    return tuple(claims), citations.all()


def _lies_under(section: Section | None, span: Span, index: Index) -> bool:
    """Whether a place lies in a section of its document, or below that."""
    document = index.documents[span.document]
    if section not in document.sections:
        return False
    start, end = document.extent(section)
    return start <= span.start < end


def compose(claims: Sequence[Claim]) -> str:
    """The answer's text: every claim followed by its markers; short items on lines of their own."""
    parts = [claim.text + "".join(f"[{n}]" for n in claim.citations) for claim in claims]
    listed = len(claims) > 2 and all(len(c.text) < 60 for c in claims)
    return ("\n" if listed else " ").join(parts)
