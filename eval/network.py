"""The network of the cross-encoder, and its two parts as the product runs them.

The lowest layers of multilingual-e5-small, its pieces cut down to Chinese and short Latin ones, embeddings and the two
lowest layers frozen. Three layers read a question alone, four a sentence, of whose tokens 128 principal components are
kept; in two more the question's tokens, and the mean of the sentence's, look at both. For a question, that mean is
compared with the mean of the question's tokens; for a claim, mean and maximum of its tokens too, and its least credible
token. Small heads give the log-odds.
"""

import copy
import json
import math
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from transformers import BertModel

from hujin_qa.crossencoder import PAD, STATE
from hujin_qa.settings import load_settings
from hujin_qa.weights import model_folder

ALONE, JOINT, FROZEN = 4, 2, 2  # layers
MASKED = -1e4  # added to the log weight of what is not looked at

Seen = Sequence[nn.Module]
"""What makes keys, and what makes values, of the states of a sentence."""


class Network(nn.Module):
    """The layers below, apart; those above, joint; the bottleneck between them; a head for each of the tasks."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__()
        # Dropout costs a third of the time and brought nothing in one epoch.
        bert = BertModel.from_pretrained(
            model_folder(load_settings().cache),
            add_pooling_layer=False,
            dtype=torch.float32,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.embeddings, layers = bert.embeddings, bert.encoder.layer
        words = self.embeddings.word_embeddings.weight[torch.tensor(rows)].clone()
        self.embeddings.word_embeddings = nn.Embedding.from_pretrained(words)
        self.alone = layers[:ALONE]
        self.joint = nn.ModuleList(map(copy.deepcopy, layers[ALONE - 1 : ALONE - 1 + JOINT]))
        for module in (self.embeddings, self.alone[:FROZEN]):
            for parameter in module.parameters():
                parameter.requires_grad = False
        width = bert.config.hidden_size
        self.down = nn.Linear(width, STATE)
        self.up = nn.ModuleList(nn.Linear(STATE, width) for _ in range(JOINT))
        self.head = nn.Sequential(nn.Linear(3 * width, 128), nn.GELU(), nn.Linear(128, 1))
        self.fault = nn.Linear(width, 1)
        self.support = nn.Sequential(nn.Linear(4 * width + 1, 128), nn.GELU(), nn.Linear(128, 1))

    def heads(self) -> list[nn.Parameter]:
        """What learns five times as fast, in full precision."""
        return [p for module in (self.head, self.fault, self.support) for p in module.parameters()]

    def bodies(self) -> list[nn.Module]:
        """The rest, in half precision while it is trained."""
        return [self.embeddings, self.alone, self.joint, self.down, self.up]

    def below(self, ids: torch.Tensor) -> list[torch.Tensor]:
        """What each of the lower layers makes of token ids ``(n, length)``."""
        mask = ((ids == PAD) * MASKED).to(self.down.weight.dtype)[:, None, None]
        hidden, found = self.embeddings(input_ids=ids), []
        for layer in self.alone:
            made = layer(hidden, attention_mask=mask)
            hidden = made[0] if isinstance(made, tuple) else made
            found.append(hidden)
        return found

    def question(self, ids: torch.Tensor) -> torch.Tensor:
        """The states of questions, shape ``(n, length, width)``."""
        return self.below(ids)[-JOINT]

    def sentence(self, ids: torch.Tensor) -> torch.Tensor:
        """The states of sentences, shape ``(n, length, 128)``."""
        return self.down(self.below(ids)[-1])

    def above(
        self,
        question: torch.Tensor,
        asked: torch.Tensor,
        states: torch.Tensor,
        inside: torch.Tensor,
        seen: Sequence[Seen] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log-odds of questions ``(n, asked, width)``, or of one, with the states of one sentence each ``(n, said, 128)``.

        ``asked``: 0 padding, 1 ends, 2 words; ``inside``: 0 padding, 1 headings and ends, 2 the sentence. That the
        sentence answers, shape ``(n,)``; that it says the claim, ``(n,)``; that each token is what it does not say,
        ``(n, asked)``.
        """
        n = states.shape[0]
        mask = ((torch.cat([asked.expand(n, -1), inside], 1) == 0) * MASKED).to(states.dtype)[:, None, None]
        words, said = question, self.up[0](_mean(states, inside))[:, None]
        for layer, (key, value) in zip(self.joint, seen or self.seen(), strict=True):
            attention = layer.attention.self
            hidden = torch.cat([words.expand(n, -1, -1), said], 1)
            asks = attention.query(hidden)
            keys = torch.cat([attention.key(words).expand(n, -1, -1), key(states)], 1)
            values = torch.cat([attention.value(words).expand(n, -1, -1), value(states)], 1)
            hidden = layer.attention.output(_look(attention, asks, keys, values, mask), hidden)
            hidden = layer.output(layer.intermediate(hidden), hidden)
            words, said = hidden[:, :-1], hidden[:, -1:]
        tokens, last = words.float(), said[:, 0].float()
        mean = _mean(tokens, asked.expand(n, -1))
        both = mean * last, (mean - last).abs()
        faults, outside = self.fault(tokens).squeeze(-1), asked < 2
        worst = faults.masked_fill(outside, -20.0).amax(1, keepdim=True)
        peak = tokens.masked_fill(outside[..., None], -20.0).amax(1)
        says = self.support(torch.cat([mean, peak, *both, worst], -1)).squeeze(-1)
        return self.head(torch.cat([last, *both], -1)).squeeze(-1), says, faults

    def seen(self) -> list[Seen]:
        """Keys and values that each joint layer makes of the states of a sentence."""
        layers = [layer.attention.self for layer in self.joint]
        return [(nn.Sequential(up, a.key), nn.Sequential(up, a.value)) for a, up in zip(layers, self.up, strict=True)]


def _mean(states: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
    """The mean of what is marked 2, shape ``(n, width)``."""
    weight = (inside == 2).to(states.dtype)
    return ((weight / weight.sum(1, keepdim=True).clamp(min=1))[:, None] @ states).squeeze(1)


def _look(
    attention: nn.Module, asks: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
) -> torch.Tensor:
    """What some tokens see of others, shape ``(n, asks, width)``."""

    def heads(states: torch.Tensor) -> torch.Tensor:
        return states.view(states.shape[0], -1, attention.num_attention_heads, attention.attention_head_size).transpose(
            1, 2
        )

    weights = heads(asks) @ heads(keys).transpose(2, 3)
    weights = (weights * attention.attention_head_size**-0.5 + mask).softmax(-1)
    return (weights @ heads(values)).transpose(1, 2).reshape(asks.shape)


def _folded(both: nn.Module) -> nn.Linear:
    """Two linear layers, one upon the other, as one."""
    first, second = both
    one = nn.Linear(first.in_features, second.out_features)
    one.weight.copy_(second.weight @ first.weight)
    one.bias.copy_(second.weight @ first.bias + second.bias)
    return one


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


def narrow(network: Network, ids: Sequence[torch.Tensor]) -> None:
    """Begin with the principal components of what the lower layers make of sentences, unit deviation in each.

    ``ids``: token ids of sentences, shape ``(n, length)`` each.
    """
    layers: list[list[torch.Tensor]] = [[] for _ in range(JOINT)]
    with torch.no_grad():
        for some in ids:
            for kept, hidden in zip(layers, network.below(some)[-JOINT:], strict=True):
                kept.append(hidden[some != PAD])
        last = torch.cat(layers[-1])
        middle = last.mean(0)
        _, sizes, axes = torch.linalg.svd(last - middle, full_matrices=False)
        spread = sizes[:STATE] / math.sqrt(len(last))
        network.down.weight.copy_(axes[:STATE] / spread[:, None])
        network.down.bias.copy_(-network.down.weight @ middle)
        states = torch.cat([network.down(last), torch.ones(len(last), 1)], 1)
        for up, hidden in zip(network.up, layers, strict=True):
            solution = torch.linalg.lstsq(states, torch.cat(hidden)).solution
            up.weight.copy_(solution[:-1].T)
            up.bias.copy_(solution[-1])


def scale(network: Network, ids: Sequence[torch.Tensor]) -> None:
    """Give the states unit deviation again, as their 8 bits ask for; what the network says stays the same."""
    with torch.no_grad():
        states = torch.cat([network.sentence(some)[some != PAD] for some in ids])
        middle, spread = states.mean(0), states.std(0)
        network.down.weight.div_(spread[:, None])
        network.down.bias.sub_(middle).div_(spread)
        for up in network.up:
            up.bias.add_(up.weight @ middle)
            up.weight.mul_(spread)


class Lower(nn.Module):
    """The part that reads questions and sentences apart, for one text at a time."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """States of the text as a question, and as a sentence."""
        found = self.network.below(ids)
        return found[-JOINT], self.network.down(found[-1])


class Upper(nn.Module):
    """The part that reads a question with each of several sentences."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.seen = nn.ModuleList(nn.ModuleList(map(_folded, pair)) for pair in network.seen())

    def forward(
        self, question: torch.Tensor, states: torch.Tensor, inside: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Log-odds of one question ``(asked, width)`` with states ``(n, said, 128)``; faults without its two ends."""
        asked = torch.full_like(question[:, 0], 2, dtype=torch.int64)
        asked[0] = asked[-1] = 1
        answers, says, faults = self.network.above(question[None], asked[None], states, inside, self.seen)
        return answers, says, faults[:, 1:-1]


def export(network: Network, ids: Sequence[torch.Tensor], out: Path) -> None:
    """Write both parts in 8 bits; ``ids`` are those of sentences, to find the scale of their states."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    network.eval()
    scale(network, ids)
    text = ids[0]
    states, inside = network.sentence(text), (text != PAD).long()
    inside[:, text.shape[1] // 2 :] *= 2
    many = {0: "n", 1: "length"}
    parts = {
        "lower": (Lower, (text,), {"ids": many}, {"question": many, "states": many}),
        "upper": (
            Upper,
            (network.question(text[:1])[0], states, inside),
            {"question": {0: "asked"}, "states": many, "inside": many},
            {"answers": {0: "n"}, "says": {0: "n"}, "faults": {0: "n", 1: "words"}},
        ),
    }
    for name, (part, given, inputs, outputs) in parts.items():
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            whole = Path(folder) / "whole.onnx"
            torch.onnx.export(
                part(network),
                given,
                whole,
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes=inputs | outputs,
                dynamo=False,
            )
            quantize_dynamic(whole, out / f"crossencoder-{name}.onnx", weight_type=QuantType.QInt8)
