"""What an answer lists, so that the next question can point at it: "第三个"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from .evidence import matched
from .index import Index
from .items import Item, after_colon, counted_off, in_series, items_under, named_like, steps_of
from .question import Question
from .sections import ancestors
from .text import fold
from .turns import sentences_of
from .types import Answer, Citation

CLAUSE_END = re.compile("[,，。；;：:！？!?\\n]")
_LONGEST_NAME = 20  # characters


def items_told(question: Question, answer: Answer, index: Index) -> tuple[Item, ...]:
    """What an answer lists: the items that its claims stand in, those of a sentence, or else of the sections cited."""
    under: list[list[Item]] = []
    for citation in answer.citations:
        document = index.documents[citation.document]
        for section in reversed(ancestors(document, index.passages[index.rows[citation.passage]].position)):
            items = items_under(document, section)
            about = matched(question.words, fold(section.heading)) or any(
                _holds(i, (document.id, citation.start)) for i in items
            )
            if about and len(items) > 1 and items not in under and not all(i.name in document.labels for i in items):
                under.append(items)
    cited = [(c.document, c.start) for c in answer.citations]
    listed = [items for items in under if sum(any(_holds(i, at) for at in cited) for i in items) > 1]
    quoted = [
        [_bound(_shortly(name), citation, under, index) for name in names]
        for citation in _whole(sentences_of(answer, index), index)
        for names in (
            _numbered(citation.quote),
            in_series(citation.quote),
            after_colon(citation.quote),
            steps_of(citation.quote),
        )
        if len(names) > 1
    ]
    if not question.count and question.kind not in ("list", "how", "summary"):
        return tuple([*quoted, *listed][0]) if quoted or listed else ()
    found = [*listed, *quoted, *under]
    if question.count:
        return next((tuple(items) for items in found if len(items) == question.count), ())
    lines = _lines(answer, index) if question.kind == "list" else []
    return tuple([*found, lines][0])


def _whole(cited: Sequence[Citation], index: Index) -> list[Citation]:
    """Citations with the pieces of one sentence, cut at its semicolons, put together."""
    found: list[Citation] = []
    for citation in sorted(cited, key=lambda c: (c.document, c.start)):
        text, last = index.documents[citation.document].text, found[-1] if found else None
        near = last and last.document == citation.document and not text[last.end : citation.start].strip()
        if last and near and last.quote.rstrip().endswith(("；", ";")):
            found[-1] = replace(last, end=citation.end, quote=text[last.start : citation.end])
        else:
            found.append(citation)
    return found


def _shortly(name: str) -> str:
    """A long piece of a sentence by its first clause."""
    return CLAUSE_END.split(name, maxsplit=1)[0] if len(name) > _LONGEST_NAME else name


def _numbered(quote: str) -> list[str]:
    """What a sentence counts off: 一是甲,二是乙."""
    return [quote[after:end] for _, after, end, _ in counted_off(quote)]


def _holds(item: Item, at: tuple[str, int]) -> bool:
    return item.document == at[0] and item.start <= at[1] < item.end


def _lines(answer: Answer, index: Index) -> list[Item]:
    """The sentences cited as items, each named by its first clause, if there are several and each opens a line."""
    cited = sentences_of(answer, index)
    if len(cited) < 2 or not all(_opens_line(index.documents[c.document].text, c.start) for c in cited):
        return []
    names = [CLAUSE_END.split(c.quote, maxsplit=1)[0] for c in cited]
    return [Item(n, c.document, c.start, c.start + len(n), c.end) for n, c in zip(names, cited, strict=True)]


def _opens_line(text: str, at: int) -> bool:
    return text[:at].rstrip(" \t\u3000")[-1:] in ("", "\n")


def _bound(name: str, citation: Citation, under: Sequence[Sequence[Item]], index: Index) -> Item:
    """An item that a sentence names, bound to the section or piece of text of that name if there is one.

    What the text names nowhere else is bound to the sentence.
    """
    if named := next((item for items in under if (item := named_like(name, items))), None):
        return named
    at = citation.start if index.documents[citation.document].text.count(name) == 1 else citation.end
    return Item(name, citation.document, at, at, citation.end)
