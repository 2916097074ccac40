"""The index folder: build it, swap it in, open it, tell when it is stale.

``manifest.json`` names one data folder beside it and the sha256 of every file in there. A build writes a
new data folder and then replaces the manifest in one step, so a build that dies leaves the old index whole.
No pickle anywhere.
"""

import json
import os
import shlex
import shutil
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from .corpus import corpus_hash, load_corpus, load_notes
from .crossencoder import MODEL, open_cross_encoder
from .dense import DenseIndex
from .errors import BadInput, DamagedIndex, ForeignIndex, IndexNotWritten, NoIndex, reason
from .files import file_sha256, read_lines, write_lines
from .lexical import LexicalIndex
from .lexicon import Lexicon
from .meaning import Meanings
from .passages import SPLITTER, FoldedPassage, fold_passage, split_passages
from .pinyin import Pinyin
from .sentences import split_sentences
from .states import MOST, SentenceStates, window_of
from .text import Segmenter, fold, quoted_names
from .types import Document, Encoder, KnownQuestion, Note, Passage, Section, Vectors

FORMAT = 5
_ABANDONED = 3600  # seconds after which an unfinished data folder is nobody's
_SAMPLE = 256  # passages that the background similarity is estimated from


@dataclass(frozen=True)
class Index:
    """An opened index: everything that retrieval and reading look at, in memory."""

    documents: dict[str, Document]
    passages: tuple[Passage, ...]
    sentences: NDArray[np.int32]  # (n, 3): passage row, start, end; sorted
    sentence_vectors: NDArray[np.float16]  # (n, d)
    dense: DenseIndex
    lexical: LexicalIndex
    pinyin: Pinyin
    notes: tuple[Note, ...]
    background: tuple[float, float]  # mean and deviation of the cosine of unrelated passages
    segmenter: Segmenter = field(repr=False)
    questions: tuple[KnownQuestion, ...] = ()  # in reading order
    states: SentenceStates | None = None  # of the cross-encoder at hand, if the text is not too long

    @cached_property
    def known(self) -> frozenset[str]:
        """The known questions, folded."""
        return frozenset(fold(known.question) for known in self.questions)

    @cached_property
    def questions_under(self) -> dict[tuple[str, str], list[KnownQuestion]]:
        """Known questions by document and outline position of every section that they lie in; ``""`` is the document."""
        found: dict[tuple[str, str], list[KnownQuestion]] = {}
        for known in self.questions:
            parts = known.position.split(".")
            for depth in range(len(parts) + 1):
                found.setdefault((known.document, ".".join(parts[:depth])), []).append(known)
        return found

    @cached_property
    def sentence_starts(self) -> list[int]:
        """First sentence row of each passage, and the total at the end."""
        starts: list[int] = np.searchsorted(self.sentences[:, 0], np.arange(len(self.passages) + 1)).tolist()
        return starts

    @cached_property
    def folded_at(self) -> Callable[[int], FoldedPassage]:
        """The passage of a row, folded; kept, for questions come to the same ones again and again."""

        def folded(row: int) -> FoldedPassage:
            passage, starts = self.passages[row], self.sentence_starts
            spans = self.sentences[starts[row] : starts[row + 1], 1:].tolist()
            return fold_passage(passage, self.documents[passage.document], spans)

        return lru_cache(4096)(folded)

    @cached_property
    def branches(self) -> dict[int, dict[str, list[Section]]]:
        """Sections by how many stand right below them, then by document, in order."""
        found: dict[int, dict[str, list[Section]]] = {}
        for document in self.documents.values():
            for section in document.sections:
                if n := len(document.below.get(section.position, ())):
                    found.setdefault(n, {}).setdefault(document.id, []).append(section)
        return found

    @cached_property
    def _starts(self) -> dict[str, tuple[list[int], int]]:
        """Passage starts of each document with the row of its first passage."""
        starts: dict[str, tuple[list[int], int]] = {}
        for row, p in enumerate(self.passages):
            starts.setdefault(p.document, ([], row))[0].append(p.start)
        return starts

    @cached_property
    def folded(self) -> Callable[[str], str]:
        """The text of a document, folded; kept, for questions look through it again and again."""
        return cache(lambda document: fold(self.documents[document].text))

    def passage_at(self, document: str, offset: int) -> int:
        """Row of the passage that holds, or last began before, a place in a document."""
        starts, first = self._starts[document]
        return first + max(0, bisect_right(starts, offset) - 1)

    @cached_property
    def meanings(self) -> Meanings:
        """What the words of the corpus mean."""
        return Meanings.of(self.lexical.vocabulary)

    @cached_property
    def beside(self) -> str:
        """Folded titles and metadata of all documents: words that stand in no passage."""
        return fold(" | ".join(value for d in self.documents.values() for value in (d.title, *d.metadata.values())))

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of a passage by its id."""
        return {p.id: row for row, p in enumerate(self.passages)}


def context(document: Document, path: Sequence[str], *, titled: bool) -> str:
    """What a passage or sentence is read under: its headings, and its document's title among several."""
    return " ".join([document.title] * titled + list(path))


def build_index(
    paths: Sequence[Path],
    folder: Path,
    encoder: Encoder,
    encoder_id: str,
    lexicon: Lexicon,
    notes: Path | None = None,
    report: Callable[[str], None] = lambda _: None,
    suggest: Callable[[Index], Sequence[KnownQuestion]] = lambda _: (),
) -> None:
    """Read the documents and put a new index in ``folder``; the old one stands until the new one is whole.

    ``suggest`` finds, in the index as built, the questions that it is known to answer; they are kept in it.

    Raises:
        BadInput: nothing to read at ``paths``, or ``folder`` holds something that is no index.
        IndexNotWritten: read-only folder, full disk.
    """
    read_from = corpus_hash(paths, notes)  # before it is read: what is edited meanwhile makes the index stale
    documents = load_corpus(paths)
    report(f"读入 {len(documents)} 份文档")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / "manifest.json").exists() and not list(folder.glob("data-*")):
            raise BadInput(f"{folder} 里已有别的文件,不像索引文件夹。请用 --index 另指一个空文件夹。")
        data = folder / f"data-{uuid4().hex[:12]}"
        data.mkdir()
    except OSError as error:
        raise _not_written(folder, error) from None
    try:
        sizes = _write(data, documents, load_notes(notes, documents) if notes else [], encoder, lexicon, report)
        write_lines(data / "questions.jsonl", ())
        write_lines(data / "questions.jsonl", suggest(_read(data, sizes, lexicon)))
        manifest = {
            "format": FORMAT,
            "data": data.name,
            "encoder": encoder_id,
            "splitter": SPLITTER,
            "words": lexicon.segmentation_hash,
            "sources": [str(p.resolve()) for p in paths],
            "notes": str(notes.resolve()) if notes else None,
            "corpus": read_from,
            **sizes,
            "files": {p.relative_to(data).as_posix(): file_sha256(p) for p in sorted(data.rglob("*")) if p.is_file()},
        }
        _swap(folder, manifest)
    except OSError as error:
        shutil.rmtree(data, ignore_errors=True)
        raise _not_written(folder, error) from None
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    report(f"索引已就绪:{folder}({sizes['passages']} 段,{sizes['sentences']} 句)")


def _write(
    data: Path,
    documents: Sequence[Document],
    notes: Sequence[Note],
    encoder: Encoder,
    lexicon: Lexicon,
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Write every data file; return the manifest's sizes."""
    by_id = {d.id: d for d in documents}
    titled = len(documents) > 1
    passages = [p for d in documents for p in split_passages(d)]
    sentences = [
        (row, start, end)
        for row, p in enumerate(passages)
        for start, end in split_sentences(by_id[p.document].text, p.body, p.end)
    ]

    def under(row: int, text: str) -> str:
        p = passages[row]
        return fold(f"{context(by_id[p.document], p.section, titled=titled)} {text}")

    texts = [under(row, p.text[p.body - p.start :]) for row, p in enumerate(passages)]
    segmenter = Segmenter(lexicon.words)
    lexical = LexicalIndex.build([segmenter.terms(t) for t in texts])
    report(f"切成 {len(passages)} 段、{len(sentences)} 句,正在向量化…")
    lines = [under(row, by_id[passages[row].document].text[start:end]) for row, start, end in sentences]
    vectors = encoder.encode_document(texts + lines)
    dense, fine = vectors[: len(texts)], vectors[len(texts) :]
    reader = open_cross_encoder() if len(sentences) <= MOST else None
    if reader:
        windows = (window_of(by_id, passages, sentences, row) for row in range(len(sentences)))
        SentenceStates.build(reader, windows).save(data)

    write_lines(data / "documents.jsonl", documents)
    bare = [[p.id, p.document, p.position, p.start, p.body, p.end] for p in passages]  # the rest is its document's
    write_lines(data / "passages.jsonl", bare)
    write_lines(data / "notes.jsonl", notes)
    np.save(data / "sentences.npy", np.array(sentences, dtype=np.int32).reshape(-1, 3))
    np.save(data / "sentence_vectors.npy", fine.astype(np.float16))
    DenseIndex.build(dense).save(data / "dense.faiss")
    lexical.save(data / "bm25")
    Pinyin.build([*lexical.vocabulary, *quoted_names(d.text for d in documents)]).save(data / "pinyin.json")
    return {
        "dimension": int(vectors.shape[1]),
        "documents": len(documents),
        "passages": len(passages),
        "sentences": len(sentences),
        "background": _background(dense),
        "states": MODEL if reader else None,
    }


def _background(vectors: Vectors) -> list[float]:
    """Mean and deviation of the cosine between different passages, from an even sample."""
    sample = vectors[:: max(1, len(vectors) // _SAMPLE)][:_SAMPLE]
    if len(sample) < 3:
        return [0.82, 0.03]  # what multilingual-e5-small gives between unrelated Chinese paragraphs
    cosines = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
    return [float(cosines.mean()), float(max(cosines.std(), 0.01))]


def _swap(folder: Path, manifest: dict[str, Any]) -> None:
    """Make the new data folder the index, then drop the old ones."""
    staged = folder / manifest["data"] / "manifest.tmp"  # goes with the data where the build fails
    with staged.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    previous = _manifest_or_none(folder)
    staged.replace(folder / "manifest.json")
    for data in folder.glob("data-*"):  # the index before, and what killed builds left an hour ago or earlier
        replaced = previous is not None and previous.get("data") == data.name
        if data.name != manifest["data"] and (replaced or data.stat().st_mtime < time.time() - _ABANDONED):
            shutil.rmtree(data, ignore_errors=True)


def open_index(folder: Path, encoder_id: str, lexicon: Lexicon) -> Index:
    """Open and check an index.

    Raises:
        NoIndex, DamagedIndex, ForeignIndex: each names the command that rebuilds it.
    """
    manifest = read_manifest(folder)
    if why := _foreign(folder, manifest, encoder_id, lexicon):
        raise ForeignIndex(f"{why}{rebuild(folder, manifest)}")
    data = folder / manifest["data"]
    try:
        path = _damaged(data, manifest)
        if path is None:
            return _read(data, manifest, lexicon)
    except OSError:  # it was there a moment ago
        path = data
    if read_manifest(folder)["data"] != manifest["data"]:  # rebuilt under our feet
        return open_index(folder, encoder_id, lexicon)
    raise DamagedIndex(f"索引文件 {path} 缺失或已损坏。{rebuild(folder, manifest)}")


def _foreign(folder: Path, manifest: dict[str, Any], encoder_id: str, lexicon: Lexicon) -> str:
    """Why an index is of no use to this program as it is set, in Chinese; ``""`` if it is."""
    if manifest["format"] != FORMAT or manifest["splitter"] != SPLITTER:
        return f"{folder} 的索引由另一版本建成。"
    if manifest["encoder"] != encoder_id:
        return f"{folder} 的索引用模型 {manifest['encoder']} 建成,当前模型是 {encoder_id},两者不能混用。"
    return f"词表改过了,{folder} 的索引还是旧词表建的。" if manifest["words"] != lexicon.segmentation_hash else ""


def _damaged(data: Path, manifest: dict[str, Any]) -> Path | None:
    """The first file of an index that is not what was written."""
    paths = ((data / name, digest) for name, digest in manifest["files"].items())
    return next((path for path, digest in paths if not path.is_file() or file_sha256(path) != digest), None)


def rebuild(folder: Path, manifest: dict[str, Any] | None = None) -> str:
    """The command that builds an index again, from the same documents as far as they are known."""
    sources = manifest.get("sources", []) if manifest else []
    return "请运行:" + shlex.join(["hujin-qa", "index", *map(str, sources), "--index", str(folder)])


def _read(data: Path, manifest: dict[str, Any], lexicon: Lexicon) -> Index:
    documents = {}
    for value in read_lines(data / "documents.jsonl"):
        sections = tuple(Section(**s | {"path": tuple(s["path"])}) for s in value.pop("sections"))
        documents[value["id"]] = Document(**value, sections=sections)
    paths = {(d.id, s.position): s.path for d in documents.values() for s in d.sections}
    passages = tuple(
        Passage(
            id=id_,
            document=document,
            section=paths[document, position],
            position=position,
            start=start,
            body=body,
            end=end,
            text=documents[document].text[start:end],
        )
        for id_, document, position, start, body, end in read_lines(data / "passages.jsonl")
    )
    mean, deviation = manifest["background"]
    return Index(
        documents=documents,
        passages=passages,
        sentences=np.load(data / "sentences.npy", allow_pickle=False),
        sentence_vectors=np.load(data / "sentence_vectors.npy", allow_pickle=False),
        dense=DenseIndex.load(data / "dense.faiss"),
        lexical=LexicalIndex.load(data / "bm25", len(passages)),
        pinyin=Pinyin.load(data / "pinyin.json"),
        notes=tuple(Note(**value) for value in read_lines(data / "notes.jsonl")),
        background=(mean, deviation),
        # for questions: the index terms were cut without these names, and hold their pieces
        segmenter=Segmenter((*lexicon.words, *quoted_names(d.text for d in documents.values()))),
        questions=tuple(_known(value) for value in read_lines(data / "questions.jsonl")),
        states=SentenceStates.load(data) if manifest.get("states") == MODEL else None,
    )


def _known(value: dict[str, Any]) -> KnownQuestion:
    quotes = tuple((start, end) for start, end in value["quotes"])
    return KnownQuestion(**value | {"section": tuple(value["section"]), "quotes": quotes})


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an index folder.

    Raises:
        NoIndex: there is none. DamagedIndex: it cannot be read or parsed. ForeignIndex: it is not ours.
        BadInput: ``folder`` is a file, or lies below one.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoIndex(f"{folder} 里还没有索引。{rebuild(folder)}") from None
    except NotADirectoryError:
        raise BadInput(f"{folder} 是一个文件,或在一个文件之下,不是文件夹。请用 --index 另指一个文件夹。") from None
    except (OSError, ValueError, RecursionError) as error:
        why = reason(error) if isinstance(error, OSError) else "不是合法的 JSON"
        raise DamagedIndex(f"索引清单 {folder / 'manifest.json'} 读不出来:{why}。{rebuild(folder)}") from None
    needed = {"format", "data", "encoder", "splitter", "words", "files", "background", "corpus"}
    if not isinstance(manifest, dict) or not needed <= manifest.keys():
        raise ForeignIndex(f"{folder / 'manifest.json'} 不是本程序的索引清单。{rebuild(folder)}")
    return manifest


def _manifest_or_none(folder: Path) -> dict[str, Any] | None:
    try:
        return read_manifest(folder)
    except (NoIndex, DamagedIndex, ForeignIndex):
        return None


def is_stale(folder: Path, paths: Sequence[Path], notes: Path | None, encoder_id: str, lexicon: Lexicon) -> bool:
    """Whether the index is missing, damaged, foreign, read by another model, or not built from what ``paths`` hold now."""
    manifest = _manifest_or_none(folder)
    read_by_another = manifest is not None and manifest.get("states") not in (None, MODEL)
    if manifest is None or read_by_another or _foreign(folder, manifest, encoder_id, lexicon):
        return True
    return manifest["corpus"] != corpus_hash(paths, notes) or _damaged(folder / manifest["data"], manifest) is not None


def _not_written(folder: Path, error: OSError) -> IndexNotWritten:
    return IndexNotWritten(
        f"索引没有写成:{reason(error)}。旧索引未动。请检查 {folder} 能否写入、磁盘是否已满,再运行同一条命令。"
    )
