"""Lists: the headings under one section, or what follows a sentence that announces it."""

import re
from collections import Counter
from collections.abc import Sequence

from .evidence import Evidence, matched, share, sure
from .index import Index
from .question import Question
from .sections import Span, ancestors, children, heading_span, title
from .text import fold
from .types import Document, Hit, Section

_EXCEPT = re.compile("除了|除去|除开|以外|之外")


def find_list(
    question: Question, evidence: Sequence[Evidence], hits: Sequence[Hit], index: Index
) -> tuple[list[Span], list[Evidence]] | None:
    """The headings under one section, where the question asks for a list and that section is its topic."""
    if question.kind != "list" or question.value in ("year", "time") or _EXCEPT.search(question.folded):
        return None
    best: tuple[float, Document, Section, list[Section]] | None = None
    seen: set[tuple[str, str]] = set()
    for hit in hits:
        document = index.documents[hit.passage.document]
        for section in ancestors(document, hit.passage.position):
            if (document.id, section.position) in seen:
                continue
            seen.add((document.id, section.position))
            below = children(document, section.position)
            if len(below) < 2 or _are_labels(document, below) or _about_one(question, section, below):
                continue
            intro = fold(" ".join([*section.path, document.text[section.body : section.end]]))
            fit = share(question.words, matched(question.words, intro))
            fit += 0.3 * (question.count == len(below)) - 0.6 * (question.count not in (0, len(below)))
            fit += 0.1 * bool(matched(question.words, fold(section.heading)))
            if best is None or fit > best[0]:
                best = fit, document, section, below
    top = evidence[0]
    if best is None or best[0] < 0.6 or best[0] < top.signals["path"] - 0.1:
        return None
    _, document, section, below = best
    if top.signals["series"] and top.folded.count("、") >= len(below) - 1 and top.signals["path"] > best[0] - 0.3:
        return None
    chosen = [e for e in evidence if e.hit.passage.position.startswith(section.position)][:1] or [top]
    return [Span(document.id, *heading_span(document, s)) for s in below], chosen


def _are_labels(document: Document, below: Sequence[Section]) -> bool:
    """Whether every one of these headings stands elsewhere in the document too: aspects (市场规模), not things."""
    counts = Counter(title(s.heading) for s in document.sections)
    return all(counts[title(s.heading)] > 1 for s in below)


def _about_one(question: Question, section: Section, below: Sequence[Section]) -> bool:
    """Whether the question names one of the sections below, and so asks about that one."""
    above = sure(matched(question.words, fold(" ".join(section.path))))
    named = [sure(matched(question.words, fold(s.heading))).keys() - above.keys() for s in below]
    return any(named) and not all(named)
