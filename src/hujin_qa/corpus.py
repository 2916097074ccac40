"""Reading a corpus: files to documents, and notes bound to their places."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from .decoding import decode
from .errors import BadInput, UnreadableFile, reason
from .files import file_sha256
from .markers import strip_marker
from .outline import find_outline, find_title
from .types import Document, Note

SUFFIXES = (".txt", ".md", ".jsonl")
NOTES = "notes.jsonl"

_FENCE = re.compile(r"---[ \t]*\n(?P<block>(?:.*\n){0,100}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_UNDERLINE = re.compile("=*|-*")
_FIELD = re.compile(r"(?P<key>[\w\u4e00-\u9fff-]+)[ \t]*[:：][ \t]*(?P<value>.*)")
_KEYS = {
    "标题": "title",
    "作者": "author",
    "来源": "source",
    "出处": "source",
    "许可": "license",
    "许可证": "license",
    "版权": "license",
    "licence": "license",
    "日期": "date",
}

# What closes an article that was copied from the web, each with the key it is kept under.
_TAIL = 1500  # characters from the end in which it is looked for
_TRAILER = re.compile(
    r"(?P<author>(?:文章?)?作者[:：/／][^\n。]{1,80}?)"
    r"|(?P<source>本文(?:由|来自|转载自|首发于|来源于)[^\n。]{0,30}?(?:发布|首发|原创|投稿|授权|转载|公众号|来源|来自|自|于)|(?:文章)?(?:来源|出处)[:：])"
    r"|(?P<license>未经[^\n。,，]{0,16}(?:许可|授权|允许|同意)|版权(?:所有|声明|归)|转载请(?:注明|联系)|著作权归)"
    r"|(?P<image>(?:题图|封面图?|配图|图片)(?:来自|来源|由))"
    r"|(?P<disclaimer>(?:该|本)文(?:章)?(?:观点)?仅代表|免责声明[:：])"
    r"|(?P<editor>(?:责任|本文)?编辑[:：/／])"
)
_AUTHOR = re.compile(r"作者[:：/／]\s*(?P<name>[^,，;；。|\n]+)[,，;；|\s]*(?P<about>.*)", re.DOTALL)
_KEYED = re.compile(r"^[^:：]{2,6}[:：/／]\s*")


def load_corpus(paths: Sequence[Path]) -> list[Document]:
    """Documents of files and folders, in the order given; folders are read through, sorted by path.

    Files are ``.txt``, ``.md`` and BEIR ``.jsonl`` (``_id``, ``title``, ``text``: a document a line). Two files
    of one name get the ids ``name`` and ``name-2``.

    Raises:
        UnreadableFile: missing, empty, binary or in an unknown encoding.
        BadInput: another kind of file, a broken or repeated line, nothing to read.
    """
    documents: list[Document] = []
    taken: set[str] = set()
    seen: set[Path] = set()
    for file in source_files(paths):
        if (real := file.resolve()) in seen:
            continue
        seen.add(real)
        for document in _load_lines(file) if file.suffix.lower() == ".jsonl" else [load_document(file)]:
            if document.id in taken:
                names = (f"{document.id}-{n}" for n in count(2))
                document = replace(document, id=next(name for name in names if name not in taken))
            documents.append(document)
            taken.add(document.id)
    if not documents:
        where = "、".join(map(str, paths)) or "给定的位置"
        raise BadInput(f"在 {where} 没有找到可读的文档。请放入 .txt、.md 或 .jsonl 文件后再试。")
    return documents


def load_document(path: Path) -> Document:
    """One text or Markdown file. Its id is the file's stem; offsets refer to the whole text, as loaded.

    Raises:
        UnreadableFile: missing, empty, binary or in an unknown encoding.
        BadInput: another kind of file.
    """
    if path.suffix.lower() not in (".txt", ".md"):
        raise BadInput(f"{path} 不是 .txt 或 .md 文件。请先转换成纯文本或 Markdown 再导入。")
    text = decode(_bytes(path), path)
    metadata, start = _front_matter(text)
    trailer, end = _trailer(text, start)
    if not text[start:end].strip():
        raise UnreadableFile(f"文件 {path} 只有文件头,没有正文。请补上正文,或把它移出文件夹。")
    name = path.stem.encode("utf-8", "replace").decode()  # a file's name may be no text
    title = metadata.pop("title", "") or _title(text, start, end) or name
    return Document(name, title, text, find_outline(text, start, end), {**trailer, **metadata})


def source_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are read: those named, and of folders what can be read and is neither hidden nor the notes.

    Raises:
        UnreadableFile: a path is missing. BadInput: a file is of another kind.
    """
    for path in paths:
        if path.is_dir():
            found = [
                Path(folder, name)
                for folder, _, names in os.walk(path)
                for name in names
                if name.lower().endswith(SUFFIXES)
            ]
            shown = [f for f in found if not any(part.startswith(".") for part in f.relative_to(path).parts)]
            yield from sorted((f for f in shown if f.name != NOTES), key=lambda f: f.relative_to(path).as_posix())
        elif not path.exists():
            raise UnreadableFile(f"找不到 {path}。请检查路径是否写对。")
        elif path.name == NOTES:
            continue
        elif path.suffix.lower() not in SUFFIXES:
            raise BadInput(f"不支持 {path.suffix or '没有后缀的'} 文件:{path}。请换成 {'、'.join(SUFFIXES)} 文件。")
        else:
            yield path


def corpus_hash(paths: Sequence[Path], notes: Path | None) -> str:
    """sha256 over names and bytes of all files that are read, whatever folder they lie in.

    A file that cannot be read counts as a missing one: whoever loads it says what is wrong with it.
    """
    digest = hashlib.sha256()
    for path in (*paths, *([notes] if notes else ())):
        for file in source_files([path]) if path.is_dir() else [path]:
            try:
                there = file_sha256(file) if file.is_file() else ""  # a pipe would be waited for
            except OSError:
                there = ""
            digest.update(f"{file.name}\0{there}\n".encode("utf-8", "replace") if there else b"-")
    return digest.hexdigest()


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a pipe would be waited for, a device never ends
        raise UnreadableFile(f"{path} 不是普通文件,读不了。请换成 {'、'.join(SUFFIXES)} 文件。")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"找不到文件 {path}。请检查路径是否写对。") from None
    except OSError as error:
        raise UnreadableFile(f"读不了文件 {path}:{reason(error)}。请检查后再试。") from None


def _title(text: str, start: int, end: int) -> str:
    span = find_title(text, start, end)
    if not span:
        return ""
    lines = [line for line in text[span[0] : span[1]].strip().split("\n") if not _UNDERLINE.fullmatch(line.strip())]
    return re.sub(r"^#+\s*|\s+#+$|\*\*", "", " ".join(map(str.strip, lines))).strip()


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """Fields of the block between ``---`` lines that opens a text, and where the text goes on after it."""
    match = _FENCE.match(text)
    lines = [line for line in match["block"].splitlines() if line.strip()] if match else []
    if not match or not lines or not _FIELD.match(lines[0]):
        return {}, 0
    metadata: dict[str, str] = {}
    key = ""
    for line in lines:
        if field := _FIELD.match(line):
            key = _KEYS.get(field["key"].lower(), field["key"].lower())
            metadata[key] = field["value"].strip().strip("\"'")
        elif line[0] in " \t-" and key:  # a list, or a value that goes on
            metadata[key] = " ".join([metadata[key], line.strip(" \t-\"'")]).strip()
        elif not line.startswith("#"):
            return {}, 0
    return {k: v for k, v in metadata.items() if v}, match.end()


def _trailer(text: str, start: int) -> tuple[dict[str, str], int]:
    """Author and copyright lines that close a text, and where they begin.

    In running text two kinds of them must stand together; a line of its own is enough at the very end.
    """
    end = len(text.rstrip())
    begin = max(start, end - _TAIL)
    found = list(_TRAILER.finditer(text, begin, end))
    for i, match in enumerate(found):
        kinds = {m.lastgroup for m in found[i:]}
        at = match.start()
        line = text.rfind("\n", start, at) + 1
        alone = not text[line:at].strip(" \t\u3000*>(（【-—_")
        apart = alone or text[at - 1] in "。！？!?”」）)…"
        close = all(b.start() - a.start() <= 300 for a, b in zip(found[i:], found[i + 1 :], strict=False))
        short = end - found[-1].start() <= 120
        if apart and close and short and (len(kinds) > 1 or (alone and "\n" not in text[at:end] and line > start)):
            spans = [m.start() for m in found[i:]] + [end]
            fields: dict[str, str] = {}
            for m, following in zip(found[i:], spans[1:], strict=True):
                value = text[m.start() : following].strip(" \t\n\u3000。*>|-—_")
                fields.setdefault(m.lastgroup or "", value)
            return _named(fields), (line if alone else at)
    return {}, len(text)


def _named(fields: dict[str, str]) -> dict[str, str]:
    """The author's name apart from what is said of him; other values without their own key word."""
    author = _AUTHOR.search(fields.pop("author", ""))
    named = {"author": author["name"].strip()} if author else {}
    if author and author["about"].strip():
        named["about_author"] = author["about"].strip()
    return named | {key: _KEYED.sub("", value) for key, value in fields.items() if value}


def _load_lines(path: Path) -> Iterator[Document]:
    """Documents of a BEIR corpus."""
    first: dict[str, int] = {}
    for n, value in _lines(path):
        id_, title, text = value.get("_id"), value.get("title") or "", value.get("text")
        if type(id_) is int:  # and no bool
            id_ = str(id_)
        if not isinstance(id_, str) or not id_.strip() or not isinstance(title, str) or not isinstance(text, str):
            raise BadInput(f"{path} 第 {n} 行缺少 _id 或 text(两者都应为文字)。每行应形如 " + _BEIR)
        if id_ in first:
            raise BadInput(f"{path} 第 {n} 行的 _id“{id_}”与第 {first[id_]} 行重复。请给每个文档一个不同的 _id。")
        first[id_] = n
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text if text.strip() else title
        if not text.strip():
            raise BadInput(f"{path} 第 {n} 行(_id“{id_}”)没有正文。请补上 text,或删去这一行。")
        yield Document(id_, title.strip() or _title(text, 0, len(text)) or id_, text, find_outline(text))


_BEIR = '{"_id": "…", "title": "…", "text": "…"}。'


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSONL file with their line numbers."""
    for n, line in enumerate(decode(_bytes(path), path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if "\\ud" in line.lower():  # half of an escaped pair, which no file can hold
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path} 第 {n} 行不是合法的 JSON({error})。请修正这一行再导入。") from None
        if not isinstance(value, dict):
            raise BadInput(f"{path} 第 {n} 行不是 JSON 对象。请修正这一行再导入。")
        yield n, value


def load_notes(path: Path, documents: Iterable[Document]) -> list[Note]:
    """Notes of ``notes.jsonl``, each bound to the first place in its section where its quote stands.

    A line holds ``document``, ``section`` ("移动支付/市场规模"; may be missing), ``quote``, ``kind``, ``text``,
    ``source`` and ``status``. Notes on documents that are not given are left out.

    Raises:
        UnreadableFile: missing or empty. BadInput: a broken line, or a place that is not there.
    """
    by_id = {d.id: d for d in documents}
    notes = []
    for n, value in _lines(path):
        needed = ("document", "quote", "kind", "text", "source", "status")
        if missing := [key for key in needed if not isinstance(value.get(key), str) or not value[key].strip()]:
            raise BadInput(f"{path} 第 {n} 行缺少 {'、'.join(missing)}。请补上这些字段。")
        if value["status"] not in ("待核", "已核"):
            raise BadInput(f"{path} 第 {n} 行的 status“{value['status']}”应为“待核”或“已核”。请改正后再试。")
        document = by_id.get(value["document"])
        if document is None:
            continue
        section = value.get("section") or ""
        place = _find(document, str(section), value["quote"])
        if place is None:
            where = f"“{section}”一节里" if section else ""
            raise BadInput(
                f"{path} 第 {n} 行:在文档 {document.id} 的{where}找不到“{value['quote']}”。请核对 section 和 quote。"
            )
        notes.append(Note(document.id, *place, value["kind"], value["text"], value["source"], value["status"]))
    return notes


def _find(document: Document, section: str, quote: str) -> tuple[int, int] | None:
    """First place of ``quote``, blanks ignored, in the sections that ``section`` names."""
    pattern = re.compile(r"\s*".join(map(re.escape, "".join(quote.split()))))
    for start, end in _spans(document, section) if section else [(0, len(document.text))]:
        if match := pattern.search(document.text, start, end):
            return match.span()
    return None


def _spans(document: Document, section: str) -> Iterator[tuple[int, int]]:
    """Spans of the sections, children included, whose last headings are the given ones; exact names first."""
    wanted = [strip_marker(part.strip()) for part in section.split("/")]
    exact, like = [], []
    for s in document.sections:
        names = [strip_marker(heading) for heading in s.path[-len(wanted) :]]
        if names == wanted:
            exact.append(s)
        elif len(names) == len(wanted) and all(w in name for w, name in zip(wanted, names, strict=True)):
            like.append(s)
    return map(document.extent, exact or like)
