"""A sitting in the terminal: one item at a time, told at once what is right and where it stands."""

import re
import time
from collections.abc import Callable, Sequence

from .classroom import session_score
from .exports import answer_text, source_line
from .items import LETTERS, Item
from .results import by_section
from .store import Session, Store

Read = Callable[[str], str]
"""Shows a prompt and returns what was typed; EOFError ends the sitting, and nothing is lost."""


def show(item: Item) -> str:
    """An item as text: prompts numbered, options lettered."""
    lines = [item.stem]
    lines += [f"  {n}. {prompt}" for n, prompt in enumerate(item.prompts, 1)]
    lines += [f"  {LETTERS[i]}. {option}" for i, option in enumerate(item.options)]
    return "\n".join(lines)


def how_to_answer(item: Item) -> str:
    if item.kind == "match":
        return f"依次输入 1–{len(item.prompts)} 的选项字母"
    if item.kind == "order":
        return "按先后输入选项字母"
    return "输入所有正确的字母" if item.kind == "list" else "输入一个字母"


def parse(item: Item, typed: str) -> tuple[int, ...] | None:
    """Letters to option numbers; None where the answer is not one."""
    letters = re.sub(r"[\s,，、]", "", typed).upper()
    if not letters or any(c not in LETTERS[: len(item.options)] for c in letters) or len(set(letters)) < len(letters):
        return None
    given = tuple(LETTERS.index(c) for c in letters)
    if item.kind in ("match", "order"):
        return given if len(given) == len(item.answer) else None
    return given if item.kind == "list" or len(given) == 1 else None


def feedback(item: Item, given: Sequence[int]) -> str:
    """Right or wrong, why, and the proof."""
    if item.is_right(tuple(given)):
        return f"✓ 对。{source_line(item)}"
    whys = [item.why[i] for i in given if item.kind not in ("match", "order") and item.why[i]]
    return f"✗ 错。正确答案:{answer_text(item)}。{''.join(whys)}\n  {source_line(item)}"


def sit(session: Session, items: dict[str, Item], store: Store, read: Read, say: Callable[[str], None]) -> None:
    """Ask what is not answered yet, keep every answer at once, then show the score and ask the wrong ones again.

    An exam tells nothing before it is handed in.
    """
    done = {r.item for r in store.responses(session=session.id)}
    missing = [id_ for id_ in session.items if id_ not in items]
    if missing:
        say(f"有 {len(missing)} 题的引文在现在的文档里已不成立,不再出示。")
    shown = [items[id_] for id_ in session.items if id_ in items]
    for n, item in enumerate(shown, 1):
        if item.id in done:
            continue
        say(f"\n第 {n}/{len(shown)} 题")
        started = time.monotonic()
        given = ask(item, read, say)
        store.answer(session, item.id, given, item.is_right(given), time.monotonic() - started)
        say("已记下。" if session.mode == "exam" else feedback(item, given))
    store.finish(session)
    _report(session, items, store, say)
    missed = [r for r in store.responses(session=session.id) if not r.correct and r.item in items]
    if session.mode == "exam":
        for response in missed:
            say(f"\n{items[response.item].stem}\n{feedback(items[response.item], response.given)}")
        return
    wrong = [items[r.item] for r in missed]
    if wrong and read(f"\n再做一遍做错的 {len(wrong)} 题?(y/N) ").strip().lower() in ("y", "是", "好"):
        for item in wrong:
            say(feedback(item, ask(item, read, say)))


def ask(item: Item, read: Read, say: Callable[[str], None]) -> tuple[int, ...]:
    """Show an item until something is typed that can be an answer."""
    say(show(item))
    while (given := parse(item, read(f"{how_to_answer(item)}:"))) is None:
        say(f"没看懂。请{how_to_answer(item)},如 {LETTERS[: len(item.answer)]}。")
    return given


def _report(session: Session, items: dict[str, Item], store: Store, say: Callable[[str], None]) -> None:
    responses = store.responses(session=session.id)
    total = session_score(store, session)
    say(f"\n得分 {total.right}/{total.total}({total.share:.0%})")
    weak = [(name, s) for name, s in by_section(responses, items).items() if s.share < 1]
    if weak:
        say("薄弱的章节:" + ";".join(f"{name}({s.right}/{s.total})" for name, s in weak[:5]))
