"""What the conversation shows, as HTML. All text is escaped before a tag is put around it.

The chat shows these strings as HTML without Markdown (``render_markdown=False``) and runs Gradio's sanitizer over
them, a second net: it keeps ``class``, ``href`` and ``title`` and drops ``aria-*``, ``data-*`` and every script.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from ..abstention import REPLIES
from ..payload import confidence_words, note_line, usage_line
from ..sections import top_headings
from ..types import Answer, Citation, Claim, Document
from .language import say
from .source import place
from .twins import twin

_TITLES = 6  # documents named on the first page
_EXCERPT = 60  # characters
_ROW = re.compile(r"\|(?P<cells>[^\n]+)\|")
_EMPHASIS = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


def said(text: str, kind: str = "asked") -> str:
    """A message that is only words: a question, a state, an error.

    >>> said("a < b", "state")
    '<div class="state">a &lt; b</div>'
    """
    return f'<div class="{kind}">{escape(text, quote=False)}</div>'


def welcome(documents: Mapping[str, Document]) -> str:
    """The first page: what the text covers."""
    if not documents:
        return f'<div class="welcome"><p class="name">{say.PAGE}</p><p>{escape(say.EMPTY)}</p></div>'
    shown = list(documents.values())[:_TITLES]
    items = "".join(f"<li><strong>{escape(d.title)}</strong>{_headings(d)}</li>" for d in shown)
    more = say.MORE_DOCUMENTS.format(n=len(documents)) if len(documents) > len(shown) else ""
    return (
        f'<div class="welcome"><p class="name">{say.PAGE}</p><p>{say.TAGLINE}</p>'
        f'<h2>{say.COVERS}</h2><ul class="covers">{items}</ul>{f"<p>{more}</p>" if more else ""}</div>'
    )


def _headings(document: Document) -> str:
    names = top_headings(document)[:8]
    return f"<span>{escape(' · '.join(names))}</span>" if names else ""


def answer_html(answer: Answer, documents: Mapping[str, Document], claims: int | None = None) -> str:
    """An answer or an abstention; with ``claims``, only so many sentences of it (as it streams)."""
    kind = "answered" if answer.status == "answered" else "abstained"
    read_as = f'<p class="read-as">{escape(say.READ_AS + answer.interpreted)}</p>' if _reread(answer) else ""
    if kind == "abstained":
        verdict = "" if answer.text in REPLIES else say.ABSTAINED[answer.reason]
        head = f'<p class="verdict">{escape(verdict)}</p>' if verdict else ""
        rest = (
            f'<p class="claim">{_lines(twin(answer.text))}</p>{_remark(answer)}{_also(answer, documents, say.NEARBY)}'
        )
        return f'<div class="answer abstained">{read_as}{head}{rest}</div>'
    body = _claims(answer, answer.claims[:claims])
    if claims is not None and claims < len(answer.claims):
        return f'<div class="answer answered">{read_as}{body}</div>'
    notes = "".join(f'<p class="note">{escape(note_line(n, say.NOTE, say.NOTE_WORDS))}</p>' for n in answer.notes)
    copy = "".join(
        f'<button type="button" class="{kind}">{words}</button> '
        for kind, words in (("copy", say.COPY), ("link", say.COPY_LINK))
    )
    return (
        f'<div class="answer answered">{read_as}{body}{notes}{_remark(answer)}{_basis(answer)}'
        f"{_places(answer.citations, documents)}{_also(answer, documents, say.ALSO_FOUND)}<p>{copy}</p></div>"
    )


def draft_html(text: str) -> str:
    """What a language model has written so far, marked as not yet checked."""
    head = f'<p class="verdict">{escape(say.DRAFT)}</p>'
    return f'<div class="answer draft">{head}<p class="claim">{_lines(_plain(text))}</p></div>'


def _plain(text: str) -> str:
    """A text without the marks of Markdown's emphasis.

    >>> _plain("**储能**：产值241亿元,2 ** 3")
    '储能：产值241亿元,2 ** 3'
    """
    return _EMPHASIS.sub(r"\1", text)


def _remark(answer: Answer) -> str:
    """How it was answered, where that needs saying."""
    return f'<p class="remark">{escape(twin(answer.remark))}</p>' if answer.remark else ""


def _reread(answer: Answer) -> bool:
    return "".join(answer.interpreted.split()) != "".join(answer.question.split())


def _claims(answer: Answer, claims: Sequence[Claim]) -> str:
    """The sentences with their markers; neighbours that are rows of a table as one."""
    numbered = {c.n: c for c in answer.citations}
    listed = "\n" in answer.text and len(answer.claims) > 1
    blocks = []
    for rows, run in groupby(claims, key=lambda claim: len(_cells(claim.text)) > 1):
        if rows:
            blocks.append(_table(list(run), numbered))
            continue
        parts = [_with_markers(_plain(claim.text), claim, numbered) for claim in run]
        told = "".join(f"<li>{p}</li>" if listed else f'<p class="claim">{p}</p>' for p in parts)
        blocks.append(f'<ul class="claims">{told}</ul>' if listed else told)
    return "".join(blocks)


def _cells(text: str) -> list[str]:
    """The cells of a row of a Markdown table; empty for anything else.

    >>> _cells("| 快递 | 15元 |"), _cells("快递15元")
    (['快递', '15元'], [])
    """
    row = _ROW.fullmatch(text.strip())
    return [cell.strip() for cell in row["cells"].split("|")] if row else []


def _table(rows: Sequence[Claim], numbered: Mapping[int, Citation]) -> str:
    """Rows as a table; the first is its head where more follow."""
    told = []
    for n, claim in enumerate(rows):
        tag = "th" if n == 0 and len(rows) > 1 else "td"
        *before, last = _cells(claim.text)
        cells = [*(_lines(_plain(cell)) for cell in before), _with_markers(_plain(last), claim, numbered)]
        told.append(f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>")
    return f'<table class="claims"><tbody>{"".join(told)}</tbody></table>'


def _with_markers(text: str, claim: Claim, numbered: Mapping[int, Citation]) -> str:
    """A text with the markers of its claim, of which none ever starts a line."""
    markers = "".join(_marker(numbered[n]) for n in claim.citations if n in numbered)
    doubt = "" if claim.supported else f'<em class="unsupported">{say.UNSUPPORTED}</em>'
    last = escape(text[-1:], quote=False)
    return f'{_lines(text[:-1])}<span class="tail">{last}{markers}</span>{doubt}'


def _marker(citation: Citation) -> str:
    link = escape(place(citation.document, citation.start, citation.end))
    return (
        f'<a class="cite" href="{link}" title="{escape(" ".join(citation.quote.split()))}">'
        f'<span class="sr">{say.MARKER}</span>{citation.n}</a>'
    )


def _basis(answer: Answer) -> str:
    percent = f"{answer.confidence:.0%}"
    why = escape(say.CONFIDENCE_WHY.format(percent=percent))
    basis, words = say.BASIS.format(n=len(answer.citations)), confidence_words(answer, say.CONFIDENCE)
    sure = say.SURE.format(basis=basis, words=words, percent=percent)
    told = [say.BY_MODEL if answer.reader == "llm" else "", usage_line(answer, say.USAGE, say.COST)]
    more = "".join(f"<p>{escape(line)}</p>" for line in told if line)
    return f'<details class="basis"><summary>{escape(sure)}</summary><p>{why}</p>{more}</details>'


def _places(citations: Iterable[Citation], documents: Mapping[str, Document]) -> str:
    """Where the citations stand, one line a section."""
    sections: dict[tuple[str, tuple[str, ...]], list[Citation]] = {}
    for c in citations:
        sections.setdefault((c.document, c.section), []).append(c)
    items = "".join(
        f'<li><span class="numbers">{say.COMMA.join(str(c.n) for c in cited)}</span> '
        f"{_way(document, section, cited[-1].start, cited[-1].end, documents)}</li>"
        for (document, section), cited in sections.items()
    )
    return f'<ul class="places" title="{say.SOURCES}">{items}</ul>' if items else ""


def _also(answer: Answer, documents: Mapping[str, Document], heading: str) -> str:
    """Hits that no citation stands in, folded away."""
    cited = {c.passage for c in answer.citations}
    rest = [h.passage for h in answer.hits if h.passage.id not in cited]
    if not rest:
        return ""
    items = "".join(
        f"<li>{_way(p.document, p.section, p.body, p.end, documents)}"
        f"<span>{escape(_excerpt(p.text[p.body - p.start :]))}</span></li>"
        for p in rest
    )
    return f'<details class="also"><summary>{heading.format(n=len(rest))}</summary><ul>{items}</ul></details>'


def _way(document: str, section: Sequence[str], start: int, end: int, documents: Mapping[str, Document]) -> str:
    """A link to a place, named by its headings, and by its document where there are several."""
    path = [s for s in section if s] or [say.OPENING]
    if len(documents) > 1 and document in documents:
        path = [documents[document].title, *path]
    return f'<a class="place" href="{escape(place(document, start, end))}">{escape(" › ".join(path))}</a>'


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
