"""The study path: the outline as a course, section by section, in reading order."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..digest import centrality
from ..payload import note_line, proof_payload
from ..types import Document, Note, Section
from .figures import figures
from .items import Item
from .source import Line, Source
from .topics import definitions

PER_MINUTE = 300
"""Characters of Chinese that an adult reads with care in a minute."""

_KEY_POINTS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One section of the path with what there is to learn in it."""

    document: str
    section: Section
    minutes: int  # to read it
    key_points: tuple[Line, ...]  # exact sentences
    terms: tuple[tuple[str, Line], ...]
    figures: tuple[tuple[str, Line], ...]  # as printed
    notes: tuple[Note, ...]


def study_path(source: Source) -> list[Step]:
    """A step for every section that has text of its own, in reading order."""
    return [step for document in source.index.documents.values() for step in _steps(source, document)]


def quizzes(steps: Sequence[Step], items: Iterable[Item]) -> list[list[Item]]:
    """The items of each step."""
    places: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        places.setdefault((item.citation.document, item.position), []).append(item)
    return [places.get((step.document, step.section.position), []) for step in steps]


def _steps(source: Source, document: Document) -> Iterator[Step]:
    for section in document.sections:
        lines = source.by_section.get((document.id, section.position), [])
        if not lines:
            continue
        yield Step(
            document=document.id,
            section=section,
            minutes=max(1, math.ceil(sum(line.end - line.start for line in lines) / PER_MINUTE)),
            key_points=_key_points(source, lines),
            terms=tuple((term, line) for line in lines for term, _ in definitions(line)),
            figures=tuple((figure.text, line) for line in lines for figure in figures(line)),
            notes=tuple(
                note
                for note in source.index.notes
                if note.document == document.id and note.start < section.end and section.body < note.end
            ),
        )


def _key_points(source: Source, lines: list[Line]) -> tuple[Line, ...]:
    """The sentences nearest to the middle of their section, in reading order; those with a figure go before others."""
    near = centrality([line.row for line in lines], source.index)
    order = sorted(range(len(lines)), key=lambda n: (not figures(lines[n]), -near[n]))
    return tuple(lines[n] for n in sorted(order[:_KEY_POINTS]))


def step_payload(step: Step, items: Sequence[Item]) -> dict[str, Any]:
    """A step with its items as ``study path --json`` gives it."""
    return {
        "document": step.document,
        "position": step.section.position,
        "section": list(step.section.path),
        "minutes": step.minutes,
        "key_points": [proof_payload(line.citation()) for line in step.key_points],
        "terms": [{"term": term} | proof_payload(line.citation()) for term, line in step.terms],
        "figures": [{"figure": figure} | proof_payload(line.citation()) for figure, line in step.figures],
        "items": [item.id for item in items],
        "notes": [note_line(note) for note in step.notes],
    }
