"""Questions that a corpus suggests by its structure, or a language model by its passages, for a person to review."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..errors import BadInput
from ..index import Index
from ..llm import Reply
from ..markers import strip_marker
from ..metrics import fold_fact
from ..prompts import draft_messages
from ..sections import children
from ..sentences import split_sentences
from ..settings import Settings
from ..study.figures import figures
from ..study.lists import lists_of
from ..study.source import Line, Source, has_name
from ..study.topics import definitions

_NAME_ENDS = re.compile(r"[:：—－(（]")
_QUESTION = re.compile(r"^.{4,60}[?？]$")
_LONGEST = 40  # characters of a model's answer
_COUNTS = re.compile("(?:规模|数量|金额|总额|产量|产值|比例|占比|价格|费用|期限|时间|面积|人数|数)$")


def draft_questions(index: Index, limit: int | None = None, seed: int = 0) -> list[dict[str, Any]]:
    """Lines of a question set, each marked ``draft``, with facts and the sentence that they stand in."""
    source = Source(index)
    found = list({draft["question"]: draft for draft in [*_headings(source), *_sentences(source)]}.values())
    mixed = random.Random(seed).sample(found, len(found))[:limit]
    return [{"id": f"draft-{n:03}"} | draft for n, draft in enumerate(mixed, 1)]


def draft_with_llm(
    index: Index, settings: Settings, limit: int | None, seed: int, report: Callable[[str], None] = lambda _: None
) -> list[dict[str, Any]]:
    """Ask the model for one question on each of ``limit`` passages; the same checks decide as for our own.

    Kept is what the passage proves: the answer stands word for word in one of its sentences, which becomes the
    evidence, and not in the question.

    Raises:
        BadInput: no model is set.
        LLMProblem: the server gives no usable answer.
    """
    if not settings.has_llm:
        raise BadInput("没有设置大模型。请先设 OPENAI_BASE_URL 和 OPENAI_MODEL。")
    passages = random.Random(seed).sample(index.passages, len(index.passages))[:limit]
    found: dict[str, dict[str, Any]] = {}
    for p in passages:
        reply = "".join(Reply(settings, draft_messages(" › ".join(p.section), p.text), lambda: False))
        if draft := _proved(reply, p.text):
            found.setdefault(draft["question"], draft)
    report(f"大模型为 {len(passages)} 段出题,原文证得了的 {len(found)} 题。")
    return [{"id": f"draft-{n:03}"} | draft for n, draft in enumerate(found.values(), 1)]


def _proved(reply: str, text: str) -> dict[str, Any] | None:
    """The draft in a model's reply, if the passage proves it."""
    try:
        value = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
        question, fact = (" ".join(str(value[name]).split()) for name in ("question", "answer"))
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    folded = fold_fact(fact).rstrip("。.!;,")
    if not folded or len(folded) > _LONGEST or folded in fold_fact(question) or not _QUESTION.search(question):
        return None
    sentences = [text[start:end].strip() for start, end in split_sentences(text, 0, len(text))]
    evidence = next((s for s in sentences if folded in fold_fact(s)), None)
    return _draft("fact", question, [[fact.rstrip("。.!;,")]], evidence) if evidence else None


def _headings(source: Source) -> Iterator[dict[str, Any]]:
    """A heading over three or more of its own is a list."""
    for document in source.index.documents.values():
        labels = source.labels[document.id]
        for section in document.sections:
            below = [strip_marker(s.heading) for s in children(document, section.position) if has_name(s)]
            name = _NAME_ENDS.split(strip_marker(section.heading))[0]
            if has_name(section) and name not in labels and len(below) > 2 and not labels & set(below):
                facts = [list(dict.fromkeys([_NAME_ENDS.split(b)[0], b])) for b in below]
                yield _draft("list", f"{name}包括哪些?", facts, f"{document.id}/{section.position}")


def _sentences(source: Source) -> Iterator[dict[str, Any]]:
    for line in source.lines:
        evidence = line.text
        for term, what in definitions(line):
            if what:
                yield _draft("definition", f"什么是{term}?", [[what.rstrip("。；;")]], evidence)
        aspect = _aspect(line, source)
        if not aspect:
            continue
        found = [f.text for f in figures(line) if f.quantity.unit != "公历年"]
        if found and _COUNTS.search(aspect):
            yield _draft("fact", f"{aspect}是多少?", [[found[0]]], evidence)
        elif enumerated := lists_of(line):
            yield _draft("list", f"{aspect}有哪些?", [[t] for t in enumerated[0].texts(line.text)], evidence)


def _aspect(line: Line, source: Source) -> str:
    """What a sentence below a recurring label is about: 「移动支付」 and 「市场规模」."""
    label = strip_marker(line.section.heading)
    over = line.document.at.get(line.section.parent)
    first = source.by_section[line.document.id, line.section.position][0] is line
    if not first or over is None or not has_name(over) or label not in source.labels[line.document.id]:
        return ""
    return f"{_NAME_ENDS.split(strip_marker(over.heading))[0]}的{label}"


def _draft(kind: str, question: str, facts: list[list[str]], evidence: str) -> dict[str, Any]:
    asked = {"kind": kind, "question": question, "answerable": True}
    return asked | {"facts": facts, "evidence": [evidence], "draft": True}
