"""The one JSON shape of an answer, and the words that describe it, on every surface."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .types import Answer, Citation, Hit, Note


def answer_payload(answer: Answer, id_: str) -> dict[str, Any]:
    """An answer as the CLI, the API and exports give it."""
    return {
        "id": id_,
        "question": answer.question,
        "interpreted": answer.interpreted,
        "status": answer.status,
        "reason": answer.reason,
        "text": answer.text,
        "claims": [{"text": c.text, "citations": list(c.citations), "supported": c.supported} for c in answer.claims],
        "citations": [citation_payload(c) for c in answer.citations],
        "hits": [hit_payload(h) for h in answer.hits],
        "notes": [note_payload(n) for n in answer.notes],
        "suggestions": list(answer.suggestions),
        "reader": answer.reader,
        "confidence": answer.confidence,
        "timings_ms": answer.timings_ms,
        "remark": answer.remark,
        "usage": answer.usage,
    }


def citation_payload(citation: Citation) -> dict[str, Any]:
    return asdict(citation) | {"section": list(citation.section)}


def proof_payload(citation: Citation) -> dict[str, Any]:
    """A citation that stands alone, without a number."""
    return {name: value for name, value in citation_payload(citation).items() if name != "n"}


def hit_payload(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "document": hit.passage.document,
        "passage": hit.passage.id,
        "section": list(hit.passage.section),
        "score": round(hit.score, 4),
        "text": hit.passage.text,
    }


def note_payload(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "text": note.text, "source": note.source, "status": note.status}


CONFIDENCE = {"none": "未作答", "fair": "把握一般,请核对原文", "good": "把握较大", "high": "把握大"}
BY_MODEL = "由大模型组织语言,每一句都与原文核对过。"
USAGE = "大模型:读 {prompt} 词元,写 {reply} 词元"
COST = ",费用 {cost}"
NOTE = "{kind}({status}):{text}(据:{source})"
NOTE_WORDS = {"erratum": "勘误"}


def note_line(note: Note, form: str = NOTE, words: Mapping[str, str] = NOTE_WORDS) -> str:
    """A note as a reader sees it; ``words`` names kinds and states."""
    kind, status = words.get(note.kind, note.kind), words.get(note.status, note.status)
    return form.format(kind=kind, status=status, text=note.text, source=note.source)


def confidence_words(answer: Answer, words: Mapping[str, str] = CONFIDENCE) -> str:
    """The confidence in words."""
    if answer.status == "abstained":
        return words["none"]
    return words["high" if answer.confidence >= 0.85 else "good" if answer.confidence >= 0.65 else "fair"]


def usage_line(answer: Answer, form: str = USAGE, priced: str = COST) -> str:
    """What the language model read and wrote for an answer, and its cost where prices are set; ``""`` if nothing."""
    prompt, reply, cost = (answer.usage.get(name, 0) for name in ("prompt_tokens", "reply_tokens", "cost"))
    if not prompt and not reply:
        return ""
    told = priced.format(cost=f"{cost:.6f}".rstrip("0").rstrip(".")) if cost else ""
    return form.format(prompt=round(prompt), reply=round(reply)) + told
