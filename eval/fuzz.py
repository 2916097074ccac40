"""Ask thousands of damaged questions and check what must hold of every answer.

Run: ``python eval/fuzz.py [--count 10000] [--seed 0]`` (about three minutes; the count is shared by the shipped text
and the documents of ``other/``). Questions are those of the development sets, mutated: characters dropped, doubled
or swapped, scripts mixed, emoji, control and zero-width characters, cut short, run together, noise; the histories too.
Prints each violation with the question that shows it again, and exits with 1 if there was one.
"""

import argparse
import json
import random
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import opencc

from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.payload import answer_payload
from hujin_qa.settings import load_settings
from hujin_qa.types import Answer, Document, Turn

HERE = Path(__file__).parent
_TO_TRADITIONAL = opencc.OpenCC("s2t")
_ODD = "😀🏦👨‍👩‍👧\u0000\u0007\u001b\u200b\u200d\u202e\ufeff\ud800\u0301\ufffd\t\n\r%<>&\"'\\{}[]$`|￥①⑩㈠Ⅷ½ﬁ𠮷"
_JUNK = ["", " ", "?", "。。。", "\x00", "😀" * 50, "第" * 40, "第九十九", "-1", "null", "'; DROP TABLE x", "那呢", "它的", "a" * 3000]  # fmt: skip


def mutate(text: str, others: Sequence[str], rng: random.Random) -> str:
    """A question after one to three blows."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(text) + 1)
        other = rng.choice(others)
        blows = (
            lambda t, i: t[:i] + t[i + 1 :],
            lambda t, i: t[:i] + t[i : i + 1] * rng.randint(2, 4) + t[i + 1 :],
            lambda t, i: t[:i] + t[i + 1 : i + 2] + t[i : i + 1] + t[i + 2 :],
            lambda t, i: t[:i] + rng.choice(_ODD) * rng.choice((1, 1, 30)) + t[i:],
            lambda t, i: t[:i],
            lambda t, i: t[i:],
            lambda t, i, o=other: t + o,
            lambda t, i, o=other: t[:i] + o[i:],
            lambda t, _: _TO_TRADITIONAL.convert(t.encode("utf-8", "replace").decode()),
            lambda t, _: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
            lambda t, _: "".join(rng.sample(t, len(t))),
            lambda t, i: t[:i] + "".join(chr(rng.randrange(1, 0x11000)) for _ in range(8)) + t[i:],
            lambda t, i: t[:i] + rng.choice(["第七个", "倒数第3", "2031年", "0", "二〇", "百分之", "呢", "它"]) + t[i:],
        )
        text = rng.choice(blows)(text, at)
    return text if rng.random() > 0.02 else rng.choice(_JUNK)


def damaged(questions: Sequence[tuple[str, Sequence[str]]], count: int, seed: int) -> Iterator[tuple[str, list[Turn]]]:
    """``count`` mutated questions, each with a history that was mutated, taken from another, or nothing."""
    rng = random.Random(seed)
    texts = [text for text, _ in questions]
    for n in range(count):
        text, before = questions[n % len(questions)]
        said = list(before) if rng.random() < 0.5 else rng.sample(texts, rng.randint(0, 2))
        history = [(rng.choice(["user", "user", "assistant"]), mutate(h, texts, rng)) for h in said]
        yield mutate(text, texts, rng), history


def faults(answer: Answer, documents: dict[str, Document]) -> list[str]:
    """Which of the promises an answer breaks."""
    found = []
    for c in answer.citations:
        if documents[c.document].text[c.start : c.end] != c.quote or not c.quote:
            found.append(f"citation {c.n} does not quote its place")
    for hit in answer.hits:
        p = hit.passage
        if documents[p.document].text[p.start : p.end] != p.text:
            found.append(f"hit {hit.rank} does not stand where it says")
    numbers = {c.n for c in answer.citations}
    used = {n for claim in answer.claims for n in claim.citations}
    if answer.status == "answered":
        if not answer.claims or any(not claim.citations for claim in answer.claims) or used != numbers:
            found.append("claims and citations do not match")
    elif answer.claims or answer.citations or answer.notes or not answer.reason:
        found.append("an abstention that claims or cites")
    if not 0 <= answer.confidence <= 1:
        found.append(f"confidence {answer.confidence}")
    if not answer.text.strip() or len(answer.suggestions) > 3 or len(set(answer.suggestions)) < len(answer.suggestions):
        found.append("no text, or suggestions too many or twice")
    if sorted(h.rank for h in answer.hits) != list(range(1, len(answer.hits) + 1)):
        found.append("ranks that do not count")
    json.dumps(answer_payload(answer, "1"), ensure_ascii=False, allow_nan=False).encode("utf-8")
    return found


def fuzz(assistant: Assistant, questions: Sequence[tuple[str, Sequence[str]]], count: int, seed: int) -> list[str]:
    """Descriptions of every violation among ``count`` damaged questions."""
    broken = []
    for text, history in damaged(questions, count, seed):
        try:
            found = faults(assistant.ask(text, history), assistant.index.documents)
        except Exception:  # any exception is what is looked for
            found = [traceback.format_exc()]
        broken += [f"{text!r} after {history!r}: {fault}" for fault in found]
    return broken


def read_questions(path: Path) -> list[tuple[str, list[str]]]:
    """Questions with their histories."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(value["question"], value.get("history", [])) for value in map(json.loads, lines)]


def main() -> None:
    """Fuzz the shipped text with half of the questions, the other documents with the rest."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    others = sorted(path for path in (HERE / "other").iterdir() if path.suffix in (".md", ".txt"))
    sets = [(HERE.parent / "corpus", HERE / "hujin.jsonl", given.count // 2)]
    sets += [(path, path.with_suffix(".jsonl"), given.count // 2 // len(others)) for path in others]
    broken = []
    with tempfile.TemporaryDirectory() as folder:
        for corpus, questions, count in sets:
            settings = load_settings(index=Path(folder) / corpus.stem)
            ensure_index(settings, [corpus])
            found = fuzz(Assistant.open(settings), read_questions(questions), count, given.seed)
            print(f"{corpus.stem}: {count} questions, {len(found)} violations", flush=True)
            broken += found
    print("\n".join(broken))
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
