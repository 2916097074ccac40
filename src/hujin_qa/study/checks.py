"""What every item must pass, wherever it came from: a generator, a language model or a trainer."""

from collections.abc import Callable, Mapping

from ..grounding import rule_faults
from ..text import bigrams, fold
from ..types import Document
from .figures import BLANK
from .items import FALSE, LETTERS, TRUE, Draft, judged

_LONGEST_STEM, _LONGEST_OPTION = 320, 140
_MANY = ("list", "match", "order")


def fault(draft: Draft, documents: Mapping[str, Document]) -> str:
    """The first check that a draft fails, "" if it is sound."""
    return next((name for name, check in CHECKS.items() if not check(draft, documents)), "")


def _quoted(draft: Draft, documents: Mapping[str, Document]) -> bool:
    c = draft.citation
    document = documents.get(c.document)
    return document is not None and bool(c.quote.strip()) and document.text[c.start : c.end] == c.quote


def _shaped(draft: Draft, _: Mapping[str, Document]) -> bool:
    """As many answers and options as the kind has, none empty, none too long to read."""
    options = [*draft.right, *(text for text, _ in draft.wrong)]
    if not draft.stem.strip() or len(draft.stem) > _LONGEST_STEM or any("\n" in o for o in options):
        return False
    if len(options) > len(LETTERS) or not all(o.strip() and len(o) <= _LONGEST_OPTION for o in options):
        return False
    if draft.kind == "match":
        return len(draft.prompts) == len(draft.right) >= 3 and len(set(draft.prompts)) == len(draft.prompts)
    if draft.kind == "order":
        return len(draft.right) >= 3
    if draft.kind == "list":
        return len(draft.right) >= 2 and len(draft.wrong) >= 1
    return len(draft.right) == 1 and len(draft.wrong) >= (1 if draft.kind == "true_false" else 2)


def _distinct(draft: Draft, _: Mapping[str, Document]) -> bool:
    options = ["".join(fold(o).split()) for o in (*draft.right, *(text for text, _ in draft.wrong))]
    return len(set(options)) == len(options)


def _proved(draft: Draft, _: Mapping[str, Document]) -> bool:
    """The quote holds what the answer says, and none of the wrong options of a blank."""
    quote = fold(draft.citation.quote)
    if draft.kind == "true_false":
        said = judged(draft.stem)
        wrong = bool(rule_faults(fold(said), (quote,)))
        return wrong == (draft.right[0] == FALSE) and (draft.right[0] == FALSE or fold(said) in quote.replace("**", ""))
    if draft.kind in ("figure", "list", "choice"):
        return all(fold(r) in quote for r in draft.right) and not any(fold(w) in quote for w, _ in draft.wrong)
    if draft.kind in ("match", "order"):
        return all(fold(r) in quote for r in (*draft.right, *draft.prompts))
    if draft.kind == "aspect":
        return _overlap(draft.right[0], quote) > 0.8
    if draft.kind == "tier":
        name = fold(draft.stem).partition("「")[2].partition("」")[0]
        return name in quote and _overlap(draft.right[0], quote) >= 0.5
    return fold(draft.right[0]) in quote


def _single(draft: Draft, documents: Mapping[str, Document]) -> bool:
    """No wrong option is right by the text: it is not the right one in other words."""
    if draft.kind in ("true_false", "figure", "tier", "topic", "choice"):
        return True
    return not any(_overlap(w, fold(r)) > 0.7 for w, _ in draft.wrong for r in draft.right)


def _no_giveaway(draft: Draft, _: Mapping[str, Document]) -> bool:
    """The answer does not stand in the question, and does not stand out by its length."""
    if draft.kind == "true_false":
        return draft.right[0] in (TRUE, FALSE)
    asked = fold(draft.stem)
    if draft.kind == "order":
        return not all(fold(r) in asked for r in draft.right)
    if any(fold(r) in asked for r in draft.right):
        return False
    if draft.kind == "topic" and _shares_only(draft.right[0], draft.stem, draft):
        return False
    if draft.kind == "term" and BLANK not in draft.stem and _shares_only(draft.right[0], draft.stem, draft):
        return False
    if draft.kind in _MANY or draft.kind in ("tier", "topic", "term"):
        return True
    if draft.kind == "aspect" and _shares_only(draft.stem.partition("「")[2].partition("」")[0], draft.right[0], draft):
        return False
    lengths = sorted(len(w) for w, _ in draft.wrong)
    return lengths[0] / 2.2 <= len(draft.right[0]) <= lengths[-1] * 2.2


def _shares_only(name: str, text: str, draft: Draft) -> bool:
    """Whether a pair of characters of a name stands in a text and in no wrong option: a hint at the right one."""
    said, wrong = fold(text), [fold(w) for w, _ in draft.wrong]
    return any(pair in said and not any(pair in w for w in wrong) for pair in bigrams(fold(name)))


def _stands_alone(draft: Draft, _: Mapping[str, Document]) -> bool:
    """A blank has enough around it to be told, and leans on nothing that is not shown."""
    if draft.kind not in ("figure", "list", "topic"):
        return True
    shown = draft.stem.replace(BLANK, "")
    told = draft.citation.quote
    return len(shown) >= 12 + (len(draft.stem) - len(shown)) and not told.startswith(
        ("这", "该", "此", "上述", "以上", "前者", "后者", "其中")
    )


def _overlap(text: str, folded: str) -> float:
    mine = set(bigrams(fold(text)))
    return len(mine & set(bigrams(folded))) / len(mine) if mine else 0.0


CHECKS: dict[str, Callable[[Draft, Mapping[str, Document]], bool]] = {
    "引文与原文不符": _quoted,
    "选项或题干不成形": _shaped,
    "选项重复": _distinct,
    "引文证明不了答案": _proved,
    "不止一个正确答案": _single,
    "题干或选项泄露答案": _no_giveaway,
    "题干离开上下文看不懂": _stands_alone,
}
