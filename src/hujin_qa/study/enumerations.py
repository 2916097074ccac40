"""Lists inside a sentence: what is joined by 、 and closed by 和."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..headings import tag

_CLAUSE = re.compile(r"[^，,。；;：:！？!?\n]+")
_AND = "以及|还有|或者|和|与|及|或"
_AND_WORDS = frozenset(_AND.split("|"))
_SPLIT = re.compile(rf"、|(?<=[)）”》」])[，,]?(?:{_AND})|[，,](?:{_AND})")
_OPEN = frozenset(["等", "等等"])
_CUES = frozenset(
    """
    是 为 有 即 如 包括 包含 涵盖 覆盖 含 分为 分成 例如 比如 具有 具备 经 先后 依次 分别 聚焦 称为 列出 设有 设
    共 由 像 以 从 在 指 还有 经历 历经 依赖 提供 关注 掌握 集成 成为 转向 对 与 同 向 用 根据 按 按照 通过 运用
    利用 采用 使用 将 把
    """.split()
)
_CLOSERS = frozenset("的 是 为 在 都 均 构成 组成 所 之 方面 领域 共同 由 对 将 可 可以 能 会 已 已经 正 也".split())
_COUNT = re.compile(r"[一二两三四五六七八九十\d]+(?:个|种|类|大|项|层|家|点|条|方面|阶段|步|块|部分)")
_BRACKETS = {"（": "）", "(": ")", "“": "”", "《": "》", "「": "」", "【": "】"}
_LONGEST = 18
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Three or more like things. Spans are offsets into the sentence that was searched."""

    items: tuple[tuple[int, int], ...]
    cue: str  # the word that announces it, "" where it begins its clause

    @property
    def start(self) -> int:
        return self.items[0][0]

    @property
    def end(self) -> int:
        return self.items[-1][1]

    def texts(self, sentence: str) -> tuple[str, ...]:
        return tuple(sentence[a:b] for a, b in self.items)


def enumerations(sentence: str) -> Iterator[Enumeration]:
    """The lists of a sentence that can be told apart without doubt; the rest is passed over.

    >>> text = "支付类型有三种：二维码支付、NFC支付以及刷脸支付。"
    >>> [e.texts(text) for e in enumerations(text)]
    [('二维码支付', 'NFC支付', '刷脸支付')]
    >>> list(enumerations("他说、他做。"))
    []
    """
    shielded = _shield(sentence)
    for start, end in _runs(shielded):
        found = _read(sentence, shielded, start, end)
        if found and _alike(found.texts(sentence)):
            yield found


def _shield(sentence: str) -> str:
    """The sentence with what stands in brackets or quotes made of one neutral letter, the marks kept."""
    out, close = [], ""
    for char in sentence:
        if close:
            out.append(char if char == close else "甲")
            close = "" if char == close else close
        else:
            out.append(char)
            close = _BRACKETS.get(char, "")
    return "".join(out) if not close else sentence


def _runs(shielded: str) -> Iterator[tuple[int, int]]:
    """Clauses, with a following one that only goes on with the list (…，以及…) taken along."""
    spans = [m.span() for m in _CLAUSE.finditer(shielded)]
    runs: list[tuple[int, int]] = []
    for a, b in spans:
        goes_on = runs and re.match(f"(?:{_AND})", shielded[a:b]) and shielded[runs[-1][1]] in "，,"
        if goes_on and _SPLIT.search(shielded, *runs[-1]):
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    yield from runs


def _read(sentence: str, shielded: str, start: int, end: int) -> Enumeration | None:
    cuts = list(_SPLIT.finditer(shielded, start, end))
    if not cuts:
        return None
    edges = [start, *(e for m in cuts for e in m.span()), end]
    pieces = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    head = _head(shielded, *pieces[0])
    tail = _tail(shielded, *pieces[-1], joined=cuts[-1][0] != "、")
    if head is None or tail is None:
        return None
    begin, cue = head
    items = [(begin, pieces[0][1]), *pieces[1:-1], *tail]
    items = [_trimmed(sentence, a, b) for a, b in items]
    if len(items) < 3 or not all(_is_item(shielded[a:b]) for a, b in items) or not _same_build(sentence, items):
        return None
    longest = max(b - a for a, b in items[1:])
    if items[0][1] - items[0][0] > (1.5 if cue else 1) * longest + 1:
        return None  # it holds words that stand before the list
    return Enumeration(tuple(items), cue)


def _words(text: str, start: int) -> list[tuple[str, int, str]]:
    """Words with where they begin and their part of speech."""
    words = []
    for word, flag in tag(text):
        words.append((word, start, flag))
        start += len(word)
    return words


def _head(shielded: str, start: int, end: int) -> tuple[int, str] | None:
    """Where the first item begins and the word before it; None if that cannot be told."""
    found = [(at + len(word), word) for word, at, _ in _words(shielded[start:end], start) if word in _CUES]
    if found:
        return found[-1] if found[-1][0] < end else None
    return (start, "")


def _tail(shielded: str, start: int, end: int, *, joined: bool) -> list[tuple[int, int]] | None:
    """The last items; None if the end cannot be told."""
    words = _words(shielded[start:end], start)
    before = ""
    for word, at, flag in words:
        if word in _OPEN or word in _CLOSERS or _COUNT.match(shielded, at):
            if word == "的" and at > start and before[0] in "vail":
                return None  # …带来的, …可行的: the last item belongs to what follows
            end = at
            break
        before = flag
    joints = [(at, at + len(word)) for word, at, _ in words if word in _AND_WORDS and start < at < end]
    if len(joints) > 1 or (joints and joined):
        return None
    if not joints:
        return [(start, end)]
    (a, b) = joints[0]
    return [(start, a), (b, end)]


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    while start < end and sentence[start] in " *":
        start += 1
    while end > start and sentence[end - 1] in " *":
        end -= 1
    return start, end


def _is_item(text: str) -> bool:
    bare = re.sub(r"[（(].*?[)）]", "", text)
    return (
        _SHORTEST <= len(bare) <= _LONGEST
        and not re.search(r"[的了着到等你我他它这那其]|\d{4}年", bare)
        and not _COUNT.fullmatch(bare)
        and text.count("(") + text.count("（") == text.count(")") + text.count("）")
    )


def _same_build(sentence: str, items: list[tuple[int, int]]) -> bool:
    """Whether the outer items hold no verb, adverb or preposition of the sentence around the list.

    Items between two 、 are whole; only the first and the last can have caught a part of what stands beside them.
    """
    flags = [[flag for _, flag in tag(sentence[a:b])] for a, b in items]
    inner = {flag[0] for item in flags[1:-1] for flag in item}
    begins = {item[0][0] for item in flags[1:]}
    whole = sentence[items[0][1] - 1] in ")）"
    return (whole or flags[0][0][0] != "v" or "v" in begins) and all(
        sentence[b - 1] in ")）”》" or {flag[0] for flag in item if flag != "vn"} & set("vdpcrfu") <= inner
        for item, (_, b) in ((flags[0], items[0]), (flags[-1], items[-1]))
    )


def _alike(items: tuple[str, ...]) -> bool:
    """Whether items look like things of one kind: none twice, none much longer than the rest."""
    lengths = sorted(len(i) for i in items)
    middle = lengths[len(lengths) // 2]
    return len(set(items)) == len(items) and lengths[-1] <= 2.2 * middle + 1
