"""Questions on the outline itself: what a text is divided into, and where in it something stands.

They are answered with headings, each as it stands in the text, number included.
"""

import re
from collections.abc import Sequence

from .divisions import headed, unit_counted, units_of
from .evidence import Evidence, matched, share, sure
from .index import Index
from .markers import strip_marker
from .question import Question
from .sections import Span, ancestors, children, documents_of, heading_span, lies_in, top_sections
from .text import fold
from .types import Citation, Document, Hit, Section

_ALL = 0.99  # weight of the words that a section must hold to the letter to be about them
_UNIT = re.compile("哪[一个]*(?P<unit>[章节条篇])")
_MANY = 20  # headings; of more that are counted, the first and the last tell how many there are


def outlined(question: Question, evidence: Sequence[Evidence], hits: Sequence[Hit], index: Index) -> list[Span]:
    """The headings that answer a question on the outline; empty if it is none, or no section is surely meant."""
    if question.kind == "contents":
        document, sections = _divided(question, hits, index)
        return [Span(document.id, *heading_span(document, s)) for s in sections] if len(sections) > 1 else []
    if question.kind != "section" or not question.words:
        return []
    best = _headed(question, hits, index) or _told(question, evidence, index)
    return _named(question.plain, *best) if best else []


def located(question: Question, evidence: Sequence[Evidence], index: Index) -> list[Span]:
    """The heading over the best sentence; empty where there is none."""
    passage = evidence[0].hit.passage
    document = index.documents[passage.document]
    return _named(question.plain, document, document.at[passage.position])


def sources(plain: str, cited: Sequence[Citation], index: Index) -> list[Span]:
    """What an answer cites: each section by its heading, then what is cited of it.

    ``plain`` is the folded turn that asks for it: 哪一章 asks for the chapters.
    """
    spans: list[Span] = []
    for citation in cited:
        passage = index.passages[index.rows[citation.passage]]
        document = index.documents[citation.document]
        if citation.start >= passage.body:
            spans += _named(plain, document, document.at[passage.position])
        spans.append(Span(document.id, citation.start, citation.end))
    return list({(s.document, s.start): s for s in spans}.values())


def _divided(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Document, list[Section]]:
    """The document whose contents are asked for, and its sections or those of the section that is named."""
    spoken = {document for document, _ in question.around}
    first = [*(spoken if len(spoken) == 1 else ()), *documents_of(hits)]
    documents = [index.documents[id_] for id_ in dict.fromkeys([*first, *index.documents])]
    if unit := unit_counted(question.plain):
        return _counted(unit, question.topic, documents)
    for document in documents if question.topic else ():
        if question.topic in fold(document.title):
            return document, top_sections(document)
        named = [s for s in document.sections if question.topic in fold(s.heading)]
        if below := [c for s in named for c in [children(document, s.position)] if len(c) > 1]:
            return document, below[0]
    return documents[0], [] if question.topic else top_sections(documents[0])


def _counted(unit: str, topic: str, documents: Sequence[Document]) -> tuple[Document, list[Section]]:
    """The articles or questions of the first document that has several, or of its section that is named."""
    for document in documents:
        found = units_of(document, unit)
        if topic not in fold(document.title):
            above = [s.position for s in headed(document, topic)][:1]
            found = [s for s in found if any(lies_in(s.position, position) for position in above)]
        if len(found) > 1:
            return document, found if len(found) <= _MANY else [found[0], found[-1]]
    return documents[0], []


def _headed(question: Question, hits: Sequence[Hit], index: Index) -> tuple[Document, Section] | None:
    """The section whose own heading, or else whose heading with those above, is what is sought and little more."""
    sections = [(d, s) for d in map(index.documents.__getitem__, documents_of(hits)) for s in d.sections]
    own = [(d, s) for d, s in sections if _names(question, strip_marker(s.heading))]
    below = [(d, s) for d, s in sections if _names(question, " ".join(s.path)) and _touches(question, s)]
    return min(own or below, key=lambda found: (len(strip_marker(found[1].heading)), found[1].depth), default=None)


def _names(question: Question, heading: str) -> bool:
    folded = fold(heading)
    return question.topic in folded or _holds(question, folded)


def _touches(question: Question, section: Section) -> bool:
    return bool(sure(matched(question.words, fold(strip_marker(section.heading)))))


def _told(question: Question, evidence: Sequence[Evidence], index: Index) -> tuple[Document, Section] | None:
    """The section of the best sentence whose section has what is sought as it was typed, or else all its words."""
    places = ((index.documents[e.hit.passage.document], e.hit.passage.position) for e in evidence)
    found = [(document, document.at[position]) for document, position in places]
    typed = (s for s in found if question.topic in _text(*s))
    return next(typed, None) or next((s for s in found if _holds(question, _text(*s))), None)


def _text(document: Document, section: Section) -> str:
    return fold(" ".join([*section.path, document.text[section.body : section.end]]))


def _holds(question: Question, folded: str) -> bool:
    return share(question.words, sure(matched(question.words, folded))) >= _ALL


def _named(plain: str, document: Document, section: Section) -> list[Span]:
    """The innermost heading over a section, if any: of the sort asked for (哪一章) if it is called so (第三章 …).

    Where several sections are called alike (市场规模), the heading above comes with it.
    """
    above = [s for s in ancestors(document, section.position) if s.heading]
    unit = _UNIT.search(plain)
    called = [s for s in above if unit and re.match(rf"第[^章节条篇编]{{1,5}}{unit['unit']}", s.heading)]
    alike = not called and above and strip_marker(above[-1].heading) in document.labels
    return [Span(document.id, *heading_span(document, s)) for s in (called or above)[-2 if alike else -1 :]]
