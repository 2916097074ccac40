"""What is wrong with a question set before any answer is judged by it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import BadInput
from ..index import Index
from ..metrics import fold_fact, which_facts
from ..text import fold
from .judge import gold_passages, inside, is_place, joined
from .questions import Fault, Line, read_questions


def validate(path: Path, index: Index | None = None, others: Sequence[Path] = ()) -> tuple[int, list[Fault]]:
    """The number of questions, and every fault of a set in the order of its lines.

    With ``index``, evidence must be there and hold the facts. A question that another set holds too is a leak.

    Raises:
        BadInput: a file cannot be read at all, or holds no question.
    """
    lines = read_questions(path)[0]
    faults = faults_of(path, index)
    if not lines and not faults:
        raise BadInput(f"问题集 {path} 里没有问题。")
    for other in others:
        elsewhere = {_asked(line): line for line in read_questions(other)[0]}
        faults += [
            Fault(path, line.number, f"与 {found.path} 第 {found.number} 行是同一个问题(泄漏)。")
            for line in lines
            if (found := elsewhere.get(_asked(line)))
        ]
    return len(lines), sorted(faults, key=lambda f: f.line)


def faults_of(path: Path, index: Index | None = None) -> list[Fault]:
    """Every fault of a set by itself."""
    lines, faults = read_questions(path)
    faults += [Fault(path, line.number, text) for line in lines for text in _inner(line)]
    faults += _repeated(lines)
    if index is not None:
        faults += [Fault(path, line.number, text) for line in lines for text in _unfounded(line, index)]
    return faults


def _inner(line: Line) -> Iterable[str]:
    question = line.question
    if question.answerable and not question.facts:
        yield "可答,但没有写 facts:只能判断检索,不能判断回答。"
    if not question.answerable and (question.facts or question.evidence):
        yield "不可答的问题不应有 facts 或 evidence。"
    if any(len(fold_fact(a)) == 0 for fact in question.facts for a in fact):
        yield "facts 里有空的写法。"


def _repeated(lines: Sequence[Line]) -> list[Fault]:
    seen: dict[tuple[str, ...], Line] = {}
    faults = []
    for line in lines:
        first = seen.setdefault(_asked(line), line)
        if first is not line:
            faults.append(Fault(line.path, line.number, f"与第 {first.number} 行是同一个问题。"))
    return faults


def _asked(line: Line) -> tuple[str, ...]:
    """A question as far as it is the same in other punctuation, with what was asked before it."""
    return tuple(
        "".join(c for c in fold(text) if c.isalnum()) for text in (line.question.question, *line.question.history)
    )


def _unfounded(line: Line, index: Index) -> Iterable[str]:
    question = line.question
    for evidence in question.evidence:
        if is_place(evidence) and not any(inside(p, evidence) for p in index.passages):
            yield f"没有 {evidence} 这个位置。"
        if not is_place(evidence) and not any(fold_fact(evidence) in fold_fact(p.text) for p in index.passages):
            yield f"原文里没有「{evidence}」。"
    if question.answerable and question.evidence:
        asked = replace(question, facts=())  # wherever the evidence is, the facts or not
        gold = joined(gold_passages(asked, index.passages))
        for fact in question.facts:
            if gold and not which_facts([fact], gold):
                yield f"依据里没有「{fact[0]}」。"
