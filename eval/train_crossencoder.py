"""Train the cross-encoder: which sentences of a passage answer a question; writes data/crossencoder.{onnx,json}.

    .venv/bin/python eval/train_crossencoder.py --beir CMRC DRCD [--indexes FOLDER] [--layers 5] [--epochs 1]

(needs ``onnx`` and ``onnxscript`` beside the development packages)

Data: the documents of ``train/`` with their questions, half of them near misses that the text does not answer; two
BEIR folders with short gold answers, CMRC 2018 and DRCD; ``train/near_miss.jsonl``, questions on paragraphs of the
first folder. Each question is read with passages that hold its answer and with passages that only look like it.
Nothing of ``hujin.jsonl``, ``other/``, ``heldout/`` and ``unseen/`` is learnt from.

Model: the lowest layers of multilingual-e5-small, its pieces cut down to Chinese and short Latin ones, embeddings
frozen. A sentence is the mean of its tokens, compared with the mean of the question's; a small head gives the
log-odds that it answers. Binary cross-entropy, a right sentence counting twice.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import BertModel

from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.crossencoder import PAD, CrossEncoder, Window, tensors
from hujin_qa.evaluation.judge import is_evidence
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.index import Index
from hujin_qa.metrics import fold_fact
from hujin_qa.settings import load_settings
from hujin_qa.text import bigrams, fold
from hujin_qa.weights import make_tokenizer, model_folder

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src" / "hujin_qa" / "data"
READ = 450  # characters of a paragraph that the near misses were written for
BATCH = 2048  # tokens
RATE = 3e-4
HITS = 6  # passages that a question over a small document is read with


@dataclass(frozen=True)
class Example:
    """A question with one passage: a label for each sentence, 1 answers, 0 does not, -1 is not learnt from."""

    question: str
    window: Window
    labels: tuple[int, ...]


def sentences(index: Index, row: int) -> list[tuple[int, str]]:
    """Where each sentence of a passage starts, and its text."""
    first, last = index.sentence_starts[row : row + 2]
    text = index.documents[index.passages[row].document].text
    return [(start, text[start:end]) for _, start, end in index.sentences[first:last].tolist()]


def example(question: str, index: Index, row: int, labels: Sequence[int]) -> Example:
    """The folded window of one passage, as ``evidence.reread`` makes it."""
    passage = index.passages[row]
    headings = (index.documents[passage.document].title, *passage.section[-2:])
    said = tuple(fold(text) for _, text in sentences(index, row))
    return Example(question, Window(tuple(map(fold, headings)), said), tuple(labels))


def over_document(assistant: Assistant, source: Path) -> Iterator[Example]:
    """Questions on one small document with the passages that are found for them, and those that hold the gold."""
    index = assistant.index
    for gold in load_questions(source.with_suffix(".jsonl")):
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


def over_near_misses(assistant: Assistant, own: dict[str, list[int]]) -> Iterator[Example]:
    """Questions on paragraphs of a BEIR folder, half of them not answered there."""
    index = assistant.index
    for value in _lines(ROOT / "eval" / "train" / "near_miss.jsonl"):
        rows = [row for row in own.get(value["doc"], []) if index.passages[row].start < READ]
        asked = assistant.interpret(value["question"])
        yield from over_paragraph(asked.folded, [value["answer"]] if value["answer"] else [], rows, (), index)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def collect(indexes: Path, folders: Sequence[Path]) -> list[Example]:
    """Every example, from all sources."""

    def opened(source: Path, name: str) -> Assistant:
        settings = load_settings(index=indexes / name)
        ensure_index(settings, [source])
        return Assistant.open(settings)

    found: list[Example] = []
    for source in sorted((ROOT / "eval" / "train").iterdir()):
        if source.suffix in (".md", ".txt"):
            found += over_document(opened(source, source.stem), source)
    for n, folder in enumerate(folders):
        assistant = opened(folder / "corpus.jsonl", folder.name)
        own: dict[str, list[int]] = {}
        for row, passage in enumerate(assistant.index.passages):
            own.setdefault(passage.document, []).append(row)
        found += over_folder(folder, assistant, own)
        if n == 0:
            found += over_near_misses(assistant, own)
    return found


class Network(nn.Module):
    """The lowest ``layers`` of the encoder with the embeddings of ``rows``, and the head."""

    def __init__(self, layers: int, rows: Sequence[int]) -> None:
        super().__init__()
        folder = model_folder(load_settings().cache)
        # Dropout costs a third of the time and brought nothing in one epoch.
        self.bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            dtype=torch.float32,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.bert.encoder.layer = self.bert.encoder.layer[:layers]
        self.bert.config.num_hidden_layers = layers
        words = self.bert.embeddings.word_embeddings.weight[torch.tensor(rows)].clone()
        self.bert.embeddings.word_embeddings = nn.Embedding.from_pretrained(words)
        for parameter in self.bert.embeddings.parameters():
            parameter.requires_grad = False
        width = self.bert.config.hidden_size
        self.head = nn.Sequential(nn.Linear(3 * width, 128), nn.GELU(), nn.Linear(128, 1))

    def forward(self, ids: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
        """Log-odds, shape ``(n, sentences)``, of token ids ``(n, length)`` and means ``(n, 1 + sentences, length)``."""
        hidden = self.bert(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
        means = pool @ hidden
        asked, said = means[:, :1], means[:, 1:]
        both = torch.cat([said, asked.expand_as(said) * said, (asked - said).abs()], dim=-1)
        return self.head(both).squeeze(-1)


def vocabulary() -> tuple[list[tuple[str, float]], list[int]]:
    """The pieces that are kept, with their log probabilities, and their rows in the encoder's own vocabulary."""
    folder = model_folder(load_settings().cache)
    pieces = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]

    def keep(row: int, piece: str) -> bool:
        bare = piece.lstrip("▁")
        chinese = re.fullmatch(r"[\u3400-\u9fff]*", bare)
        short = len(bare) <= 3 and re.fullmatch(r"[!-@\[-~]+", bare)
        sign = len(bare) == 1 and not bare.isalpha() and ord(bare) < 0x3100
        return row < 5 or bool(chinese or short or sign)

    rows = [row for row, (piece, _) in enumerate(pieces) if keep(row, piece)]
    return [tuple(pieces[row]) for row in rows], rows


Reading = tuple[list[int], list[tuple[int, int]], list[int]]


def batches(readings: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of like length together, in random order."""
    order, made = random.sample(list(readings), len(readings)), []
    for at in range(0, len(order), 512):
        batch: list[Reading] = []
        for reading in sorted(order[at : at + 512], key=lambda r: len(r[0])):
            if batch and (len(batch) + 1) * len(reading[0]) > BATCH:
                made.append(batch)
                batch = []
            batch.append(reading)
        made.append(batch)
    random.shuffle(made)
    return made


def train(network: Network, readings: Sequence[Reading], epochs: int) -> None:
    """AdamW, linear warm-up and decay, the head five times as fast."""
    steps = [batch for _ in range(epochs) for batch in batches(readings)]
    body = [p for p in network.bert.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": network.head.parameters(), "lr": 5 * RATE}], weight_decay=0.01
    )
    warm = max(20, len(steps) // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda n: min(1.0, (n + 1) / warm) * (1.0 if n <= warm else max(0.02, (len(steps) - n) / (len(steps) - warm))),
    )
    started, mean = time.time(), 1.0
    for n, batch in enumerate(steps):
        ids, pool = map(torch.from_numpy, tensors([(tokens, spans) for tokens, spans, _ in batch]))
        scores = network(ids, pool)
        truth = torch.full(scores.shape, -1.0)
        for row, (_, _, labels) in enumerate(batch):
            truth[row, : len(labels)] = torch.tensor(labels, dtype=torch.float32)
        learnt = truth >= 0
        weight = 1 + truth[learnt]
        loss = nn.functional.binary_cross_entropy_with_logits(scores[learnt], truth[learnt], weight=weight)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        mean += 0.05 * (loss.item() - mean)
        if n % 20 == 0:
            print(f"{n}/{len(steps)}  loss {mean:.3f}  {time.time() - started:.0f} s", flush=True)


def export(network: Network, pieces: Sequence[tuple[str, float]], readings: Sequence[Reading]) -> None:
    """Write the 8-bit model and its pieces."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    ids, pool = map(torch.from_numpy, tensors([(tokens, spans) for tokens, spans, _ in readings[:3]]))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        axes = {
            "ids": {0: "n", 1: "length"},
            "pool": {0: "n", 1: "spans", 2: "length"},
            "scores": {0: "n", 1: "sentences"},
        }
        torch.onnx.export(
            network,
            (ids, pool),
            whole,
            input_names=["ids", "pool"],
            output_names=["scores"],
            dynamic_axes=axes,
            dynamo=False,
        )
        quantize_dynamic(whole, OUT / "crossencoder.onnx", weight_type=QuantType.QInt8)
    rounded = [[piece, round(score, 4)] for piece, score in pieces]
    (OUT / "crossencoder.json").write_text(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")), "utf-8")


def main() -> None:
    """Collect, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beir", type=Path, nargs="+", required=True)
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, for another run")
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=1)
    arguments = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as temporary:
        found = collect(arguments.indexes or Path(temporary), arguments.beir)
    pieces, rows = vocabulary()
    cutter = CrossEncoder(None, make_tokenizer(pieces))
    readings: list[Reading] = []
    for e in found:
        labels = iter(e.labels)
        for tokens, spans in cutter.pieces(e.question, e.window):
            readings.append((tokens, spans, [next(labels) for _ in spans[1:]]))
    print(f"{len(readings)} readings, {sum(len(r[0]) for r in readings)} tokens", flush=True)
    network = Network(arguments.layers, rows)
    train(network, readings, arguments.epochs)
    export(network, pieces, readings)


if __name__ == "__main__":
    main()
