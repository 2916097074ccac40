"""Questions with one passage each, for training: which of its sentences answer, or that none does.

The documents of ``train/`` with their questions, four in ten of them near misses that the text does not answer; BEIR
folders with short gold answers; ``train/near_miss.jsonl``, questions on paragraphs of these folders, half of which
look as if they were answered there. Each question is read with passages that hold its answer and with passages that only
look like it.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import claims
import numpy as np
from claims import Claim, Text
from numpy.typing import NDArray
from wording import evenly_worded

from hujin_qa.assistant import Assistant
from hujin_qa.crossencoder import Window, under_headings
from hujin_qa.evaluation.judge import is_evidence
from hujin_qa.evaluation.questions import EvalQuestion, load_questions
from hujin_qa.index import Index, build_index, is_stale, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.markers import strip_marker
from hujin_qa.metrics import fold_fact
from hujin_qa.settings import load_settings
from hujin_qa.states import window_of
from hujin_qa.text import bigrams, fold

ROOT = Path(__file__).parents[1]
READ = 450  # characters of a paragraph that the near misses were written for
HITS = 6  # passages that a question over a small document is read with
TERSE, JOINED, LED = 0.55, 0.33, 0.9  # of the passages; the last are read behind the sentence before
SUBJECT = re.compile(r"^([^,;:。、“”]{2,14}?)(?:的|,)([^,;:。、的]{2,10}?)(?:是|为|有|包括|分为|达到?|由)(.{2,})$")
SHARE = 0.6  # of a document's sentences that make claims


class Blind:
    """An encoder that sees no difference: the texts are searched by their words, not encoded for minutes."""

    id = "blind"

    def encode_query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same vector for each text, shape ``(n, 8)``."""
        return np.tile(np.eye(1, 8, dtype=np.float32), (len(texts), 1))

    encode_document = encode_query


@dataclass(frozen=True)
class Example:
    """A question with one passage: a label for each sentence, 1 answers, 0 does not, -1 is not learnt from."""

    question: str
    windows: tuple[Window, ...]  # of its sentences, in order
    labels: tuple[int, ...]


def sentences(index: Index, row: int) -> list[tuple[int, str]]:
    """Where each sentence of a passage starts, and its text."""
    first, last = index.sentence_starts[row : row + 2]
    text = index.documents[index.passages[row].document].text
    return [(start, text[start:end]) for _, start, end in index.sentences[first:last].tolist()]


def example(question: str, index: Index, row: int, labels: Sequence[int]) -> Example:
    """The folded windows of one passage."""
    passage = index.passages[row]
    title, *section = map(fold, (index.documents[passage.document].title, *passage.section))
    said = [fold(text) for _, text in sentences(index, row)]
    if random.random() < TERSE:
        said = [_terse(text, section[-2:], question) if random.random() < 0.6 else text for text in said]
    if random.random() < JOINED:
        said, labels = _joined(said, labels)
    first = window_of(index.documents, index.passages, index.sentences, index.sentence_starts[row])
    before = ["".join(first.around[1:]), *said] if random.random() < LED else [""] * len(said)
    windows = (under_headings(title, section, text, led) for led, text in zip(before, said, strict=False))
    return Example(question, tuple(windows), tuple(labels))


def _terse(text: str, headings: Sequence[str], question: str) -> str:
    """A sentence that leaves its subject to a heading, or has it in front of a colon, as running text often has."""
    for name in map(strip_marker, headings):
        for length in range(min(len(name), 12), 1, -1):
            if text.startswith(name[:length]) and len(text) > length + 6:
                rest = text[length:].lstrip("的,:")
                return rest if length == len(name) or random.random() < 0.5 else f"{name[:length]}:{rest}"
    if found := SUBJECT.match(text):
        subject, aspect, said = found.groups()
        return f"{subject}:{aspect}:{said}" if random.random() < 0.6 else f"{subject}:{text[found.start(2) :]}"
    for length in range(12, 2, -1):
        if len(text) > length + 6 and text[:length] in question:
            return f"{text[:length]}:{text[length:].lstrip('的,')}"
    return text


def _joined(said: Sequence[str], labels: Sequence[int]) -> tuple[list[str], list[int]]:
    """Some sentences run together with the next, as long ones are; the whole answers where a part does."""
    found: list[tuple[str, int]] = []
    rest = list(zip(said, labels, strict=True))
    while rest:
        text, label = rest.pop(0)
        if rest and random.random() < 0.5 and len(text) + len(rest[0][0]) < 130:
            following, other = rest.pop(0)
            text = f"{text.rstrip('。!?;')},{following}"
            label = 1 if 1 in (label, other) else min(label, other)
        found.append((text, label))
    return [text for text, _ in found], [label for _, label in found]


def over_document(assistant: Assistant, questions: Sequence[EvalQuestion]) -> Iterator[Example]:
    """Questions on one small document with the passages that are found for them, and those that hold the gold."""
    index = assistant.index
    for gold in questions:
        asked = assistant.interpret(gold.question, [("user", text) for text in gold.history])
        if asked.chat:
            continue
        rows = [hit.row for hit in assistant.seek(asked)[0].hits[:HITS]]
        right = {row for row, passage in enumerate(index.passages) if gold.answerable and is_evidence(passage, gold)}
        quotes = [fold_fact(e) for e in gold.evidence]
        answers = [fold_fact(spelling) for fact in gold.facts for spelling in fact]
        read: list[tuple[int, list[int]]] = []
        for row in dict.fromkeys([*rows, *sorted(right)]):
            labels = []
            for _, text in sentences(index, row):
                said = fold_fact(text)
                tells = any(answer in said for answer in answers)
                quoted = row in right and any(quote in said or said in quote for quote in quotes)
                labels.append(
                    1 if tells and quoted else -1 if quoted or any(len(a) > 2 and a in said for a in answers) else 0
                )
            read.append((row, labels))
        good, bad = [r for r in read if 1 in r[1]][:3], [r for r in read if 1 not in r[1]]
        if gold.answerable and not good:
            continue
        if gold.answerable:
            random.shuffle(bad)
        for row, labels in good + bad[: max(1, 3 - len(good))]:
            yield example(asked.folded, index, row, labels)


def over_paragraph(
    question: str, answers: Sequence[str], own: Sequence[int], found: Sequence[int], index: Index
) -> list[Example]:
    """A question on one paragraph: its passages, right where an answer stands that shares most with the question."""
    short, pairs = [fold_fact(a) for a in answers if a], set(bigrams(question))
    places = [
        (len(pairs & set(bigrams(fold(text)))), row, n)
        for row in own
        for n, (_, text) in enumerate(sentences(index, row))
        if any(a in fold_fact(text) for a in short)
    ]
    if short and not places:
        return []
    best = max(places, key=lambda p: (p[0], -p[1], -p[2]))[1:] if places else None
    read = []
    for row in [*own, *found]:
        labels = [
            1 if (row, n) == best else -1 if any(a in fold_fact(text) for a in short) else 0
            for n, (_, text) in enumerate(sentences(index, row))
        ]
        read.append(example(question, index, row, labels))
    return read


def over_folder(folder: Path, assistant: Assistant, own: dict[str, list[int]]) -> Iterator[Example]:
    """Questions of a BEIR folder, each with its paragraph and one passage that is found but does not answer."""
    answers = {v["_id"]: v["answers"] for v in _lines(folder / "answers.jsonl")}
    relevant = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:])
    for query in _lines(folder / "queries.jsonl"):
        rows = own[relevant[query["_id"]]]
        asked = assistant.interpret(query["text"])
        found = [hit.row for hit in assistant.search(query["text"], 8) if hit.row not in rows][:3]
        read = over_paragraph(asked.folded, answers[query["_id"]], rows, found, assistant.index)
        right, wrong = [e for e in read if 1 in e.labels], [e for e in read if 1 not in e.labels]
        random.shuffle(wrong)
        yield from right[:1] + wrong[:1]


def near_misses(corpus: str) -> list[dict[str, Any]]:
    """The written questions on the paragraphs of one BEIR folder: ``doc``, ``question``, ``answer`` or ``""``."""
    return [v for v in _lines(ROOT / "eval" / "train" / "near_miss.jsonl") if v["corpus"] == corpus]


def over_near_misses(corpus: str, assistant: Assistant, own: dict[str, list[int]]) -> Iterator[Example]:
    """Questions on paragraphs of a BEIR folder, half of them not answered there."""
    index = assistant.index
    for value in near_misses(corpus):
        rows = [row for row in own[value["doc"]] if index.passages[row].start < READ]
        asked = assistant.interpret(value["question"])
        yield from over_paragraph(asked.folded, [value["answer"]] if value["answer"] else [], rows, (), index)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def collect(indexes: Path, folders: Sequence[Path]) -> tuple[list[Example], list[Claim]]:
    """Every example and every claim, from all sources."""

    def opened(source: Path, name: str) -> Assistant:
        settings, encoder = load_settings(index=indexes / name), Blind()
        lexicon = load_lexicon(settings.lexicon)
        if is_stale(settings.index, [source], None, encoder.id, lexicon):
            build_index([source], settings.index, encoder, encoder.id, lexicon)
        return Assistant(settings, encoder, lexicon, open_index(settings.index, encoder.id, lexicon))

    examples: list[Example] = []
    made: list[Claim] = []
    sources = [p for p in sorted((ROOT / "eval" / "train").iterdir()) if p.suffix in (".md", ".txt")]
    kept = evenly_worded(sources)
    for source in sources:
        assistant = opened(source, source.stem)
        questions = load_questions(source.with_suffix(".jsonl"))
        examples += over_document(assistant, [q for q in questions if (source.stem, q.id) in kept])
        made += claims_over_document(source, *Text.all(assistant.index).values())
    for folder in folders:
        assistant = opened(folder / "corpus.jsonl", folder.name)
        texts = Text.all(assistant.index)
        own: dict[str, list[int]] = {}
        for row, passage in enumerate(assistant.index.passages):
            own.setdefault(passage.document, []).append(row)
        examples += over_folder(folder, assistant, own)
        made += claims_over_folder(folder, texts)
        whole = {name: document.text for name, document in assistant.index.documents.items()}
        made += claims.on_paragraphs(ROOT / "eval" / "train" / "claims.jsonl", folder.name, whole)
        examples += over_near_misses(folder.name, assistant, own)
        made += claims_over_near_misses(folder.name, texts)
    made += claims.written(ROOT / "eval" / "grounding.jsonl", None)
    return examples, made


def claims_over_document(source: Path, text: Text) -> Iterator[Claim]:
    """The written claims on a small document, those of its questions, and damaged sentences."""
    if (path := source.with_suffix(".claims.jsonl")).is_file():
        yield from claims.written(path, text)
    for gold in load_questions(source.with_suffix(".jsonl")):
        if gold.history or len(gold.facts) > 1:
            continue
        place = text.find(gold.evidence[0]) if gold.answerable else None
        if place is not None or not gold.answerable:
            yield from claims.of_question(gold.question, gold.facts[0] if gold.facts else (), place, text)
    yield from claims.of_sentences(text, SHARE)


def claims_over_folder(folder: Path, texts: Mapping[str, Text]) -> Iterator[Claim]:
    """Claims of the questions of a BEIR folder, and of damaged sentences."""
    answers = {v["_id"]: v["answers"] for v in _lines(folder / "answers.jsonl")}
    relevant = dict(line.split("\t")[:2] for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:])
    for query in _lines(folder / "queries.jsonl"):
        text = texts[relevant[query["_id"]]]
        short = [a for a in answers[query["_id"]] if a]
        if short and (place := nearest_place(query["text"], short, text)) is not None:
            yield from claims.of_question(query["text"], short, place, text)
    for text in texts.values():
        yield from claims.of_sentences(text, SHARE / 6)


def claims_over_near_misses(corpus: str, texts: Mapping[str, Text]) -> Iterator[Claim]:
    """Claims of questions on paragraphs, half of them not answered there."""
    for value in near_misses(corpus):
        text, short = texts[value["doc"]], [value["answer"]] if value["answer"] else []
        place = nearest_place(value["question"], short, text) if short else None
        if place is not None or not short:
            yield from claims.of_question(value["question"], short, place, text)


def nearest_place(question: str, answers: Sequence[str], text: Text) -> int | None:
    """The sentence with an answer that shares most with the question."""
    pairs = set(bigrams(fold(question)))
    places = [
        (len(pairs & set(bigrams(said))), -n)
        for n, (_, said) in enumerate(text.sentences)
        if any(fold(a) in said for a in answers)
    ]
    return -max(places)[1] if places else None
