"""Train the cross-encoder: which sentences answer, what supports a claim; writes data/crossencoder.{onnx,json}.

    .venv/bin/python eval/train_crossencoder.py --beir CMRC DRCD [--indexes FOLDER] [--layers 5] [--epochs 1]

(needs ``onnx`` and ``onnxscript`` beside the development packages)

Data: see ``examples.py`` and ``claims.py``. No question of ``hujin.jsonl``, ``other/``, ``heldout/`` and ``unseen/`` is
learnt from; claims about the briefing and the texts of ``other/`` are (the split ``dev`` of ``grounding.jsonl``).

Model: the lowest layers of multilingual-e5-small, its pieces cut down to Chinese and short Latin ones, embeddings
frozen. For a question, a sentence is the mean of its tokens, compared with the mean of the question's. For a claim,
mean and maximum of its tokens beside the mean of the evidence, and its least credible token. Small heads give the
log-odds.
"""

import argparse
import json
import math
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from claims import Claim
from examples import Example, collect
from torch import nn
from transformers import BertModel

from hujin_qa.crossencoder import PAD, CrossEncoder, Window, tensors
from hujin_qa.settings import load_settings
from hujin_qa.weights import make_tokenizer, model_folder

OUT = Path(__file__).parents[1] / "src" / "hujin_qa" / "data"
BATCH = 2048  # tokens


class Network(nn.Module):
    """The lowest ``layers`` of the encoder with the embeddings of ``rows``, and a head for each of the tasks."""

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
        self.fault = nn.Linear(width, 1)
        self.support = nn.Sequential(nn.Linear(4 * width + 1, 128), nn.GELU(), nn.Linear(128, 1))

    def forward(self, ids: torch.Tensor, pool: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log-odds of token ids ``(n, length)`` and means ``(n, 1 + sentences, length)``.

        That each sentence answers, shape ``(n, sentences)``; that the sentences say the claim, shape ``(n,)``; that
        each token is what they do not say, shape ``(n, length)``.
        """
        hidden = self.bert(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
        means = pool @ hidden
        asked, said = means[:, :1], means[:, 1:]
        both = torch.cat([said, asked.expand_as(said) * said, (asked - said).abs()], dim=-1)
        scores = self.head(both).squeeze(-1)
        elsewhere = pool[:, 0] <= 0
        faults = self.fault(hidden).squeeze(-1)
        worst = faults.masked_fill(elsewhere, -20.0).amax(1, keepdim=True)
        peak = hidden.masked_fill(elsewhere.unsqueeze(-1), -20.0).amax(1)
        there = (pool[:, 1:].sum(-1, keepdim=True) > 0).to(said.dtype)
        evidence, claim = (said * there).sum(1) / there.sum(1).clamp(min=1), asked.squeeze(1)
        whole = torch.cat([claim, peak, claim * evidence, (claim - evidence).abs(), worst], dim=-1)
        return scores, self.support(whole).squeeze(-1), faults


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


@dataclass(frozen=True)
class Reading:
    """Tokens and spans as the model gets them with what it should say of them; -1 is not learnt from.

    ``labels``: of the sentences, for a question; of the claim and then its tokens, for a claim.
    """

    tokens: list[int]
    spans: list[tuple[int, int]]
    labels: list[int]
    is_claim: bool = False


def readings(cutter: CrossEncoder, examples: Sequence[Example], claims: Sequence[Claim]) -> Iterator[Reading]:
    """What the model reads for every example and claim; claims whose evidence is too long are left out."""
    for e in examples:
        labels = iter(e.labels)
        for tokens, spans in cutter.pieces(e.question, e.window):
            yield Reading(tokens, spans, [next(labels) for _ in spans[1:]])
    for c in claims:
        pieces = cutter.pieces(c.text, Window((), c.evidence), 100)
        if len(pieces) == 1 and len(pieces[0][1]) > 1:
            tokens, spans = pieces[0]
            yield Reading(tokens, spans, [int(c.supported), *_faulty(cutter, c, spans[0][1] - 1)], True)


def _faulty(cutter: CrossEncoder, claim: Claim, count: int) -> list[int]:
    if claim.wrong is None:
        return [-1] * count
    offsets = cutter.offsets(claim.text)[:count]
    return [int(any(a < end and start < b for a, b in claim.wrong)) for start, end in offsets]


def batches(found: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of one task and of like length together, in random order."""
    made = []
    for is_claim in (False, True):
        order = [r for r in random.sample(list(found), len(found)) if r.is_claim == is_claim]
        for at in range(0, len(order), 512):
            batch: list[Reading] = []
            for reading in sorted(order[at : at + 512], key=lambda r: len(r.tokens)):
                if batch and (len(batch) + 1) * len(reading.tokens) > BATCH:
                    made.append(batch)
                    batch = []
                batch.append(reading)
            made.append(batch)
    random.shuffle(made)
    return made


def loss_of(network: Network, batch: Sequence[Reading]) -> torch.Tensor:
    """Binary cross-entropy: a right sentence counts twice; a faulty token three times, all tokens half a claim."""
    ids, pool = map(torch.from_numpy, tensors([(r.tokens, r.spans) for r in batch]))
    scores, support, faults = network(ids, pool)
    entropy = nn.functional.binary_cross_entropy_with_logits
    if not batch[0].is_claim:
        truth = torch.full(scores.shape, -1.0)
        for row, r in enumerate(batch):
            truth[row, : len(r.labels)] = torch.tensor(r.labels, dtype=torch.float32)
        learnt = truth >= 0
        return entropy(scores[learnt], truth[learnt], weight=1 + truth[learnt])
    truth = torch.full(faults.shape, -1.0)
    for row, r in enumerate(batch):
        truth[row, 1 : len(r.labels)] = torch.tensor(r.labels[1:], dtype=torch.float32)
    learnt = truth >= 0
    whole = entropy(support, torch.tensor([float(r.labels[0]) for r in batch]))
    return whole + 0.5 * entropy(faults[learnt], truth[learnt], weight=1 + 2 * truth[learnt]) if learnt.any() else whole


def train(network: Network, found: Sequence[Reading], epochs: float, rate: float, keep: Path | None) -> None:
    """AdamW, linear warm-up and decay, the heads five times as fast."""
    steps = [batch for _ in range(math.ceil(epochs)) for batch in batches(found)]
    steps = steps[: int(len(steps) * epochs / math.ceil(epochs))]
    body = [p for p in network.bert.parameters() if p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("bert.")]
    optimiser = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 5 * rate}], weight_decay=0.01)
    warm = max(20, len(steps) // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda n: min(1.0, (n + 1) / warm) * (1.0 if n <= warm else max(0.02, (len(steps) - n) / (len(steps) - warm))),
    )
    started, means = time.time(), [1.0, 1.0]
    for n, batch in enumerate(steps):
        loss = loss_of(network, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        task = batch[0].is_claim
        means[task] += 0.05 * (loss.item() - means[task])
        if n % 20 == 0:
            print(f"{n}/{len(steps)}  loss {means[0]:.3f} {means[1]:.3f}  {time.time() - started:.0f} s", flush=True)
        if keep and (n % 200 == 199 or n == len(steps) - 1):
            torch.save(network.state_dict(), keep)


def export(network: Network, pieces: Sequence[tuple[str, float]], found: Sequence[Reading], out: Path) -> None:
    """Write the 8-bit model and its pieces."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    ids, pool = map(torch.from_numpy, tensors([(r.tokens, r.spans) for r in found[:3]]))
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        axes = {
            "ids": {0: "n", 1: "length"},
            "pool": {0: "n", 1: "spans", 2: "length"},
            "scores": {0: "n", 1: "sentences"},
            "support": {0: "n"},
            "faults": {0: "n", 1: "length"},
        }
        torch.onnx.export(
            network,
            (ids, pool),
            whole,
            input_names=["ids", "pool"],
            output_names=["scores", "support", "faults"],
            dynamic_axes=axes,
            dynamo=False,
        )
        quantize_dynamic(whole, out / "crossencoder.onnx", weight_type=QuantType.QInt8)
    rounded = [[piece, round(score, 4)] for piece, score in pieces]
    (out / "crossencoder.json").write_text(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")), "utf-8")


def main() -> None:
    """Collect, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beir", type=Path, nargs="+", required=True)
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, for another run")
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--start", type=Path, help="go on from the network that an earlier run kept")
    parser.add_argument("--keep", type=Path, help="keep the network here")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as temporary:
        examples, claims = collect(arguments.indexes or Path(temporary), arguments.beir)
    pieces, rows = vocabulary()
    found = list(readings(CrossEncoder(None, make_tokenizer(pieces)), examples, claims))
    for task, name in ((False, "questions"), (True, "claims")):
        mine = [len(r.tokens) for r in found if r.is_claim == task]
        print(f"{name}: {len(mine)} readings, {sum(mine)} tokens", flush=True)
    network = Network(arguments.layers, rows)
    if arguments.start:
        network.load_state_dict(torch.load(arguments.start, weights_only=True), strict=False)
    train(network, found, arguments.epochs, arguments.rate, arguments.keep)
    export(network, pieces, found, arguments.out)


if __name__ == "__main__":
    main()
