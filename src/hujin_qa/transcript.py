"""A model's text as it streams in: thoughts hidden, citation markers in one spelling.

``[1]`` ``[1,2]`` ``[[1]]`` 【1】 ［1］ (1) all become ``[1]`` ``[1][2]``; numbers of no passage are dropped, the
others are renumbered by first use. What may be half a marker is held back. Linear time.
"""

import re

_INTEREST = re.compile("[<[【［(（]")
_MARKER = re.compile(
    r"[\[【［(（]{1,2}\s{0,2}(?:(?:资料|来源|出处|文献|参考|段落)\s{0,2})?"
    r"(\d{1,3}(?:\s{0,2}[,，、;；和]\s{0,2}(?:资料\s{0,2})?\d{1,3}){0,9})\s{0,2}[\]】］)）]{1,2}"
)
_HALF = re.compile(r"[\[【［(（]{1,2}[\s\d,，、;；和资料来源出处文献参考段落\[]{0,60}$")
_THINK, _THOUGHT = "<think>", "</think>"


class Transcript:
    """Feed pieces, get what may be shown."""

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._held = ""
        self._thinking = False
        self._opens_line = True  # nothing but blanks since the last line break
        self._shown: list[str] = []
        self.order: dict[int, int] = {}  # passage number: number shown

    @property
    def text(self) -> str:
        """Everything shown so far."""
        return "".join(self._shown)

    def feed(self, piece: str) -> str:
        """What the piece adds to what is shown."""
        self._held += piece
        return self._take(final=False)

    def close(self) -> str:
        """What was held back at the end."""
        return self._take(final=True)

    def _take(self, *, final: bool) -> str:
        out: list[str] = []
        text, at = self._held, 0
        while at < len(text):
            if self._thinking:
                end = text.find(_THOUGHT, at)
                if end < 0:
                    at = len(text) if final else max(at, len(text) - len(_THOUGHT) + 1)
                    break
                self._thinking, at = False, end + len(_THOUGHT)
                continue
            match = _INTEREST.search(text, at)
            if match is None:
                self._put(out, text[at:])
                at = len(text)
                break
            self._put(out, text[at : match.start()])
            at = match.start()
            if text[at] == "<":
                tag = text[at : at + len(_THOUGHT)]
                if tag.startswith((_THINK, _THOUGHT)):
                    self._thinking = tag.startswith(_THINK)
                    if not self._thinking:  # the opening mark was in the prompt: all so far was thought
                        out.clear()
                        self._shown.clear()
                        self.order.clear()
                        self._opens_line = True
                    at += len(_THINK) if self._thinking else len(_THOUGHT)
                    continue
                if not final and (_THINK.startswith(tag) or _THOUGHT.startswith(tag)):
                    break
            elif marker := _MARKER.match(text, at):
                if not final and marker.end() == len(text):  # "[1]" may go on as "[1]]"
                    break
                is_item = text[at] in "(（" and self._opens_line  # (1) before an item is its number
                self._put(out, marker[0] if is_item else self._renumbered(marker[1]))
                at = marker.end()
                continue
            elif not final and len(text) - at < 64 and _HALF.match(text, at):
                break
            self._put(out, text[at])
            at += 1
        self._held = text[at:]
        shown = "".join(out)
        self._shown.append(shown)
        return shown

    def _put(self, out: list[str], text: str) -> None:
        out.append(text)
        if bare := text.rstrip(" "):
            self._opens_line = bare.endswith("\n")

    def _renumbered(self, numbers: str) -> str:
        known = [n for n in map(int, re.findall(r"\d+", numbers)) if 1 <= n <= self._passages]
        return "".join(f"[{self.order.setdefault(n, len(self.order) + 1)}]" for n in dict.fromkeys(known))
