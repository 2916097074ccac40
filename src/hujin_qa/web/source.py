"""The source pane: a document's whole text with its outline, every block knowing where in the text it stands.

A place is written ``#at=<document>:<start>-<end>``. ``reader.js`` finds the blocks that a place touches by their
``data-at`` and highlights exactly those characters. All text is escaped before a tag is put around it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import quote

from ..markers import strip_marker
from ..payload import note_line
from ..sections import heading_span
from ..types import Document, Note, Section
from .language import say

_PICKABLE = 200  # a list of more documents is no help
_LINE = re.compile(r"\S[^\n]*")


def place(document: str, start: int, end: int) -> str:
    """The link to a place.

    >>> place("简报 1", 3, 9)
    '#at=%E7%AE%80%E6%8A%A5%201:3-9'
    """
    return f"#at={quote(document, safe='')}:{start}-{end}"


def reader_html(document: str, documents: Mapping[str, Document], notes: Sequence[Note] = ()) -> str:
    """The pane for one document."""
    if document not in documents:
        return f'<section class="reader"><p class="missing">{escape(say.NO_DOCUMENT)}</p></section>'
    shown = documents[document]
    return (
        f'<section class="reader" data-document="{escape(shown.id)}" aria-label="{escape(say.SOURCE)}">'
        f"<header>{_name(shown, documents)}"
        f'<button type="button" class="back">{escape(say.BACK)}</button></header>{_tools(shown)}'
        f'<div class="desk">{_outline(shown)}'
        f'<article lang="zh-CN" tabindex="0" aria-label="{escape(shown.title)}">{_credits(shown)}'
        f"{''.join(_blocks(shown, [n for n in notes if n.document == document]))}</article></div>"
        '<p class="status" role="status" aria-live="polite"></p></section>'
    )


def _name(shown: Document, documents: Mapping[str, Document]) -> str:
    if not 1 < len(documents) <= _PICKABLE:
        return f"<h2>{escape(shown.title)}</h2>"
    options = "".join(
        f'<option value="{escape(place(d.id, 0, 0))}"{" selected" * (d.id == shown.id)}>{escape(d.title)}</option>'
        for d in documents.values()
    )
    return f'<h2><select class="pick" aria-label="{escape(say.DOCUMENT)}">{options}</select></h2>'


def _tools(shown: Document) -> str:
    """Find in the text, ask about the section that is read, take a link to it along."""
    buttons = [("previous", "↑", say.PREVIOUS_FOUND), ("next", "↓", say.NEXT_FOUND)]
    found = "".join(
        f'<button type="button" class="{kind}" title="{escape(name)}" aria-label="{escape(name)}">{sign}</button>'
        for kind, sign, name in buttons
    )
    named = any(s.heading for s in shown.sections)
    about = f'<button type="button" class="about">{escape(say.ASK_SECTION)}</button>' if named else ""
    return (
        f'<div class="tools" role="search"><input type="search" class="find" aria-label="{escape(say.FIND_IN_TEXT)}" '
        f'placeholder="{escape(say.FIND_IN_TEXT)}"><span class="count" role="status"></span>{found}'
        f'<span class="space"></span>{about}<button type="button" class="link">{escape(say.COPY_PLACE)}</button></div>'
    )


def _question(section: Section, names: Mapping[str, str]) -> str:
    """What one asks to be told about a section; a name that others bear too is said with that of the section above."""
    name, above = names[section.position], names.get(section.parent, "")
    alone = sum(other == name for other in names.values()) == 1 or not above
    return say.ABOUT_SECTION.format(section=name if alone else f"{above}的{name}")


def _outline(document: Document) -> str:
    named = [s for s in document.sections if s.heading]
    names = {s.position: strip_marker(s.heading) for s in named}
    if not named:
        return ""
    items = "".join(
        f'<li class="depth-{min(s.depth, 6)}"><a class="place" data-at="{heading_span(document, s)[0]}" '
        f'data-ask="{escape(_question(s, names))}" '
        f'href="{escape(place(document.id, *heading_span(document, s)))}">{escape(s.heading)}</a></li>'
        for s in named
    )
    return (
        f'<details class="outline" open><summary>{escape(say.OUTLINE)}</summary>'
        f'<nav aria-label="{escape(say.OUTLINE)}"><ul>{items}</ul></nav></details>'
    )


def _credits(document: Document) -> str:
    told = [document.metadata[k] for k in ("author", "source", "license") if document.metadata.get(k)]
    return f'<p class="credits">{escape(" · ".join(told))}</p>' if told else ""


def _blocks(document: Document, notes: Iterable[Note]) -> Iterable[str]:
    """Headings and lines in reading order, each with its offset, and every note right after what it is about."""
    waiting = sorted(notes, key=lambda n: n.start)
    for section in document.sections:
        for start, end, tag in _spans(document, section):
            text = escape(document.text[start:end], quote=False)
            yield f'<{tag} data-at="{start}">{text}</{tag}>'
            while waiting and waiting[0].start < end:
                yield f'<p class="note" role="note">{escape(note_line(waiting.pop(0), say.NOTE, say.NOTE_WORDS))}</p>'


def _spans(document: Document, section: Section) -> Iterable[tuple[int, int, str]]:
    """The pieces of a section: ``(start, end, tag)``."""
    if section.heading:
        yield *heading_span(document, section), f"h{min(section.depth + 2, 6)}"
    for line in _LINE.finditer(document.text, section.body, section.end):
        yield line.start(), line.start() + len(line[0].rstrip()), "p"
