"""Train the cross-encoder: which sentences answer, what supports a claim.

    .venv/bin/python eval/train_crossencoder.py --beir CMRC DRCD [--indexes FOLDER] [--epochs 1] [--start FILE]
        [--teacher FILE]

(needs ``onnx`` and ``onnxscript`` beside the development packages; writes data/crossencoder-{lower,upper}.onnx and
data/crossencoder.json: put the digest of the former into ``crossencoder.MODEL``)

Data: see ``examples.py`` and ``claims.py``. No question of ``hujin.jsonl``, ``other/``, ``heldout/`` and ``unseen/`` is
learnt from; claims about the briefing and the texts of ``other/`` are (the split ``dev`` of ``grounding.jsonl``). Model:
see ``network.py``.
"""

import argparse
import json
import math
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import onnxruntime
import torch
from claims import Claim
from examples import Example, collect
from network import Network, export, narrow, vocabulary
from torch import nn

from hujin_qa.crossencoder import CLAIM, PAD, CrossEncoder, Window, claimed
from hujin_qa.text import bigrams
from hujin_qa.weights import make_tokenizer

OUT = Path(__file__).parents[1] / "src" / "hujin_qa" / "data"
BATCH = 4096  # tokens of sentences
WRONG = 4  # sentences that do not answer, read with those that do
CLAIMS = 0.3  # share of the batches
# Without the processor's help half precision takes ten times as long.
HALF = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


@dataclass(frozen=True)
class Reading:
    """A question's tokens with sentences: tokens, where the sentence starts in them, and whether it answers.

    A claim has one sentence, and for each of its words whether it is what the sentence does not say; -1 is not learnt.
    ``alone``: what a teacher reads of each sentence, not behind the one before.
    """

    question: list[int]
    sentences: list[tuple[list[int], int, int]]
    faults: list[int] | None = None
    alone: tuple[tuple[list[int], int], ...] = ()

    @property
    def longest(self) -> int:
        """Tokens of the longest sentence."""
        return max(len(tokens) for tokens, *_ in self.sentences)


def readings(cutter: CrossEncoder, examples: Sequence[Example], claims: Sequence[Claim]) -> Iterator[Reading]:
    """Every question twice with some of its sentences; every claim."""
    by_question = defaultdict(list)
    for e in examples:
        by_question[e.question].append(e)
    for _ in range(2):
        for question, found in by_question.items():
            if chosen := _chosen(question, found):
                alone = tuple(cutter.cut(Window(w.around[:1], w.said)) for w, _ in chosen)
                yield Reading(cutter.asked(question), [(*cutter.cut(w), label) for w, label in chosen], alone=alone)
    for c in claims:
        asked = cutter.asked(c.text, CLAIM)
        yield Reading(asked, [(*cutter.cut(claimed(c.evidence)), int(c.supported))], _faulty(cutter, c, len(asked) - 2))


def _chosen(question: str, examples: Sequence[Example]) -> list[tuple[Window, int]]:
    """Sentences that answer, two at most, with the wrong ones most like the question, and one more of these.

    Some are read behind the sentence before them.
    """
    asked, right, wrong = set(bigrams(question)), [], []
    for e in examples:
        for n, (window, label) in enumerate(zip(e.windows, e.labels, strict=True)):
            if label < 0:
                continue
            if n and random.random() < 0.1:
                window = Window(window.around, e.windows[n - 1].said.rpartition(":")[-1] + window.said)
            like = len(asked & set(bigrams(window.said))) / math.sqrt(20 + len(window.said))
            (right if label else wrong).append((like * random.uniform(0.6, 1.4), window, label))
    wrong.sort(key=lambda found: -found[0])
    random.shuffle(right)
    most = WRONG if right else WRONG - 1
    more = [random.choice(wrong[most:])] if wrong[most:] and random.random() < 0.7 else []
    return [(window, label) for _, window, label in (*right[:2], *wrong[:most], *more)]


def _faulty(cutter: CrossEncoder, claim: Claim, count: int) -> list[int]:
    if claim.wrong is None:
        return [-1] * count
    offsets = cutter.offsets(claim.text)[:count]
    return [int(any(a < end and start < b for a, b in claim.wrong)) for start, end in offsets]


def batches(found: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of one task and of like length together, in random order; claims up to their share."""
    made: list[list[list[Reading]]] = []
    for is_claim in (False, True):
        mine = [r for r in found if (r.faults is not None) == is_claim]
        parts: list[list[Reading]] = []
        order = random.sample(mine, len(mine))
        for at in range(0, len(order), 1024):
            batch: list[Reading] = []
            for reading in sorted(order[at : at + 1024], key=lambda r: r.longest):
                if batch and (sum(len(r.sentences) for r in batch) + len(reading.sentences)) * reading.longest > BATCH:
                    parts.append(batch)
                    batch = []
                batch.append(reading)
            parts.append(batch)
        made.append(random.sample(parts, len(parts)))
    questions, claims = made
    mixed = [*questions, *claims[: round(len(questions) * CLAIMS / (1 - CLAIMS))]]
    return random.sample(mixed, len(mixed))


def tensors(batch: Sequence[Reading]) -> dict[str, torch.Tensor]:
    """Padded questions, sentences, and which parts of them are words; which question a sentence goes with."""
    sentences = [s for r in batch for s in r.sentences]
    longest = max(len(r.question) for r in batch), max(r.longest for r in batch)
    ids = [torch.full((len(rows), n), PAD) for rows, n in zip((batch, sentences), longest, strict=True)]
    marks = [torch.zeros_like(each) for each in ids]
    for row, reading in enumerate(batch):
        ids[0][row, : len(reading.question)] = torch.tensor(reading.question)
        marks[0][row, : len(reading.question)] = 1
        marks[0][row, 1 : len(reading.question) - 1] = 2
    for row, (tokens, said, _) in enumerate(sentences):
        ids[1][row, : len(tokens)] = torch.tensor(tokens)
        marks[1][row, :said] = 1
        marks[1][row, said : len(tokens)] = 2
    of = torch.tensor([row for row, r in enumerate(batch) for _ in r.sentences])
    return {"question": ids[0], "asked": marks[0], "sentence": ids[1], "inside": marks[1], "of": of}


class Teacher:
    """A cross-encoder that reads both together in all its layers, as ONNX (inputs ``ids`` and ``pool``)."""

    def __init__(self, file: Path) -> None:
        self._session = onnxruntime.InferenceSession(file.read_bytes(), providers=["CPUExecutionProvider"])

    def __call__(self, batch: Sequence[Reading]) -> torch.Tensor:
        """The log-odds that each sentence of a batch answers."""
        return torch.tensor([self._score(r.question, *s) for r in batch for s in r.alone])

    def _score(self, question: list[int], sentence: list[int], said: int) -> float:
        ids = [*question, *sentence[1:]]
        pool = torch.zeros(1, 2, len(ids))
        pool[0, 0, 1 : len(question) - 1] = 1 / max(1, len(question) - 2)
        pool[0, 1, len(question) - 1 + said :] = 1 / (len(sentence) - said)
        (score,) = self._session.run(["scores"], {"ids": torch.tensor([ids]).numpy(), "pool": pool.numpy()})
        return max(-9.0, min(9.0, float(score[0, 0])))


def loss_of(network: Network, batch: Sequence[Reading], teacher: Teacher | None) -> torch.Tensor:
    """Binary cross-entropy, and how far wrong sentences of a question come before right ones.

    A right sentence counts twice; a faulty token three times, all tokens half a claim. Half of what is said about
    questions is the distance from a teacher, if there is one; where it doubts a right sentence it teaches nothing.
    """
    t = tensors(batch)
    of = t["of"]
    answers, says, faults = network.above(
        network.question(t["question"])[of], t["asked"][of], network.sentence(t["sentence"]), t["inside"]
    )
    truth = torch.tensor([float(label) for r in batch for *_, label in r.sentences])
    entropy = nn.functional.binary_cross_entropy_with_logits
    if batch[0].faults is not None:
        wrong = torch.full(faults.shape, -1.0)
        for row, r in enumerate(batch):
            wrong[row, 1 : 1 + len(r.faults or ())] = torch.tensor(r.faults, dtype=torch.float32)
        known = wrong >= 0
        whole = entropy(says, truth)
        return whole + 0.5 * entropy(faults[known], wrong[known], weight=1 + 2 * wrong[known]) if known.any() else whole
    ranks, at = [], 0
    for r in batch:
        own, label = answers[at : at + len(r.sentences)], truth[at : at + len(r.sentences)]
        at += len(r.sentences)
        if 0 < label.sum() < len(label):
            best_wrong = torch.logsumexp(own[label == 0], 0)
            ranks += [nn.functional.softplus(best_wrong - right) for right in own[label == 1]]
    loss = entropy(answers, truth, weight=1 + truth) + (0.5 * torch.stack(ranks).mean() if ranks else 0)
    if not teacher:
        return loss
    taught = teacher(batch)
    told = (truth == 0) | (taught > 0)
    return (loss + nn.functional.smooth_l1_loss(answers[told], taught[told], beta=2)) / 2


def train(
    network: Network,
    found: Sequence[Reading],
    epochs: float,
    rate: float,
    keep: Path | None,
    teacher: Teacher | None = None,
) -> None:
    """AdamW over weights in full precision, linear warm-up and decay, the heads five times as fast."""
    steps = [batch for _ in range(math.ceil(epochs)) for batch in batches(found)]
    steps = steps[: int(len(steps) * epochs / math.ceil(epochs))]
    body = [p for module in network.bodies() for p in module.parameters() if p.requires_grad]
    whole, heads = [p.detach().clone() for p in body], network.heads()
    for module in network.bodies():
        module.to(HALF)
    optimiser = torch.optim.AdamW([{"params": whole, "lr": rate}, {"params": heads, "lr": 5 * rate}], weight_decay=0.01)
    warm = max(20, len(steps) // 30)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda n: min(1.0, (n + 1) / warm) * (1.0 if n <= warm else max(0.02, (len(steps) - n) / (len(steps) - warm))),
    )
    started, means = time.time(), [1.0, 1.0]
    for n, batch in enumerate(steps):
        loss = loss_of(network, batch, teacher)
        network.zero_grad()
        loss.backward()
        for full, half in zip(whole, body, strict=True):
            full.grad = None if half.grad is None else half.grad.float()
        nn.utils.clip_grad_norm_([*whole, *heads], 1.0)
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            for full, half in zip(whole, body, strict=True):
                half.copy_(full)
        task = batch[0].faults is not None
        means[task] += 0.03 * (loss.item() - means[task])
        if n % 20 == 0:
            print(f"{n}/{len(steps)}  loss {means[0]:.3f} {means[1]:.3f}  {time.time() - started:.0f} s", flush=True)
        if keep and (n % 200 == 199 or n == len(steps) - 1):
            torch.save(network.state_dict(), keep)
    network.float()
    with torch.no_grad():
        for full, half in zip(whole, body, strict=True):
            half.copy_(full)


def _some(found: Sequence[Reading]) -> list[torch.Tensor]:
    """Token ids of the sentences of some readings."""
    return [tensors([reading])["sentence"] for reading in random.sample(list(found), min(len(found), 200))]


def main() -> None:
    """Collect, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beir", type=Path, nargs="+", required=True)
    parser.add_argument("--indexes", type=Path, help="keep the indexes here, for another run")
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--start", type=Path, help="go on from the network that an earlier run kept")
    parser.add_argument("--keep", type=Path, help="keep the network here")
    parser.add_argument("--teacher", type=Path, help="learn from what this network makes of questions, too")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as temporary:
        examples, claims = collect(arguments.indexes or Path(temporary), arguments.beir)
    pieces, rows = vocabulary()
    found = list(readings(CrossEncoder(None, None, make_tokenizer(pieces)), examples, claims))
    print(f"{len(found)} readings, {sum(len(r.sentences) for r in found)} sentences", flush=True)
    network = Network(rows)
    if arguments.start:
        network.load_state_dict(torch.load(arguments.start, weights_only=True))
    else:
        narrow(network, _some(found))
    teacher = Teacher(arguments.teacher) if arguments.teacher else None
    train(network, found, arguments.epochs, arguments.rate, arguments.keep, teacher)
    export(network, _some(found), arguments.out)
    rounded = [[piece, round(score, 4)] for piece, score in pieces]
    vocabulary_file = arguments.out / "crossencoder.json"
    vocabulary_file.write_text(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main()
