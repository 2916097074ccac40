"""How often the refusal rules turn away what answers a question: every answerable question, told its gold sentences.

Run: ``python eval/refusals.py [FOLDER …]`` (twelve minutes for ``train`` and ``calibration``). Nothing is encoded: the rules
look at words only. A heading that a sentence needs is not told with it, so the numbers are a little high.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from table import HERE, texts_in

from hujin_qa import index as indexing
from hujin_qa.assistant import Assistant
from hujin_qa.citations import cite
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.index import Index, build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.periods import other_year
from hujin_qa.reader import Reading
from hujin_qa.sections import Span
from hujin_qa.settings import load_settings
from hujin_qa.text import fold
from hujin_qa.types import Hit, Vectors

LEXICON = load_lexicon()


class Nothing:
    """An encoder that gives every text the same vector."""

    def encode_query(self, texts: list[str]) -> Vectors:
        """Shape ``(n, 8)``."""
        return np.full((len(texts), 8), 8**-0.5, np.float32)

    encode_document = encode_query


def told(index: Index, snippets: tuple[str, ...]) -> list[Span]:
    """The sentences of the one document that hold the verbatim snippets, in order."""
    (document,) = index.documents.values()
    found = set()
    for snippet in snippets:
        start = document.text.find(snippet)
        end = start + len(snippet)
        found |= {(a, b) for _, a, b in index.sentences.tolist() if start >= 0 and a < end and start < b}
    return [Span(document.id, start, end) for start, end in sorted(found)]


def turned_away(text: Path) -> Iterator[tuple[str, str]]:
    """The rule that turns away the gold sentences, or ``""``, with the question; for each answerable one."""
    with tempfile.TemporaryDirectory() as folder:
        build_index([text], Path(folder) / "index", Nothing(), "nothing", LEXICON)
        index = open_index(Path(folder) / "index", "nothing", LEXICON)
        assistant = Assistant(load_settings(), Nothing(), LEXICON, index)
        for question in load_questions(text.with_suffix(".jsonl")):
            spans = told(index, question.evidence) if question.answerable and not question.history else []
            if spans:
                yield rule(question.question, spans, assistant), question.question


def rule(text: str, spans: list[Span], assistant: Assistant) -> str:
    """The rule that turns away an answer made of ``spans``, of gaps which; ``""`` if none does."""
    index, asked = assistant.index, assistant.interpret(text)
    rows = dict.fromkeys(index.passage_at(s.document, s.start) for s in spans)
    hits = [Hit(rank, row, index.passages[row], 1.0, 1.0, 1.0) for rank, row in enumerate(rows, 1)]
    claims, citations = cite(spans, index)
    said = fold(" ".join(c.text for c in claims))
    other = asked.value is not None and other_year(asked.years, said, fold(hits[0].passage.text))
    found, lack = assistant.refused_by(
        asked, hits, Reading(claims, citations, 1.0, {"again": 1.0, "other_year": float(other)})
    )
    return lack if found == "gap" else found


def main() -> None:
    """Print how many questions each rule turns away."""
    indexing.open_cross_encoder = lambda: None  # states of sentences are not needed
    found = Counter(
        name
        for folder in sys.argv[1:] or ["train", "calibration"]
        for text in texts_in(HERE / folder)
        for name, _ in turned_away(text)
    )
    total = sum(found.values())
    print(f"{total - found.pop('', 0)} of {total}:", ", ".join(f"{name} {n}" for name, n in found.most_common()))


if __name__ == "__main__":
    main()
