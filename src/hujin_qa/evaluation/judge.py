"""One answer against its gold: what was retrieved, said, cited and refused, and why it failed if it did."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from ..metrics import facts_found, fold_fact, mean, retrieval, which_facts
from ..payload import answer_payload
from ..sections import lies_in
from ..text import without_bold
from ..types import Answer, Citation, Hit, Passage
from .questions import EvalQuestion, question_value

Cause = Literal[
    "right",
    "not_retrieved",
    "retrieved_not_read",
    "read_wrong",
    "unsupported",
    "wrongly_abstained",
    "should_have_abstained",
    "bad_gold",
]
CAUSES: dict[Cause, str] = dict(
    zip(
        get_args(Cause),
        ("答对", "没检索到", "检索到没读到", "读了没答对", "句子无依据", "不该拒答", "应拒答", "标注有误"),
        strict=True,
    )
)
TOPS = (1, 3, 5)  # passages
_GOLD_SHOWN = 5  # passages of the gold evidence that a run keeps the text of, beyond those that were read
BUDGETS = (300, 600, 1200)  # characters of passages that a reader gets to see
_MARK = re.compile(r"\[\d+\]")  # the number of a citation in an answer
_APART = "|"  # between texts, so that no fact is found across two of them; folding keeps it

Checker = Callable[[str, Sequence[str]], bool]
"""Whether a claim is supported by texts."""


@dataclass(frozen=True, slots=True)
class Score:
    """What counts about one question, in plain values: a run keeps these, and every number comes from them.

    ``values`` holds only the measures that apply to the question, by their dotted name; all but
    ``abstention.wrong_rate`` are better when higher.
    """

    id: str
    kind: str
    section: str  # of the gold evidence, top level
    document: str
    group: str
    answerable: bool
    status: str
    cause: Cause
    confidence: float
    complete: bool  # every fact is in what it said, or would have said had it not abstained
    found: tuple[int, ...]  # facts in what it said
    chars: int
    ms: float
    tokens: int
    values: dict[str, float]

    @property
    def right(self) -> bool:
        return self.cause == "right"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question answered and judged, with everything needed to judge it again."""

    question: EvalQuestion
    answer: Answer
    ranked: tuple[Hit, ...]
    gold: tuple[Passage, ...]  # that hold the evidence
    unsupported: tuple[str, ...]  # claims
    withheld: str  # what it would have said, where it abstained
    score: Score


def verbatim(claim: str, texts: Sequence[str]) -> bool:
    """Whether a claim stands word for word in texts, a heading in 【】 before it set aside.

    >>> verbatim("【支付】规模为 7 万亿元。", ["一、支付", "规模为7万亿元。"])
    True
    >>> verbatim("规模：7万亿元。", ["**规模：** 7万亿元。"])
    True
    """
    heading, _, rest = claim.partition("】") if claim.startswith("【") else ("", "", claim)
    folded = [fold_fact(without_bold(text)) for text in texts]
    parts = [fold_fact(part) for part in (heading[1:], rest) if part.strip()]
    return bool(parts) and all(any(part in text for text in folded) for part in parts)


def judge(
    question: EvalQuestion,
    answer: Answer,
    passages: Sequence[Passage],
    ranked: Sequence[Hit] | None = None,
    check: Checker = verbatim,
    withheld: str = "",
    ms: float = 0.0,
) -> Outcome:
    """Judge one answer. ``ranked`` is the ranking to measure, by default what the answer shows."""
    ranked = tuple(answer.hits if ranked is None else ranked)
    gold = gold_passages(question, passages)
    ids = tuple(p.id for p in gold)
    answered = answer.status == "answered"
    text = _told(answer.text)
    found = which_facts(question.facts, text) if answered else ()
    recall, precision, unsupported = _citations(answer, check)
    values: dict[str, float] = {}
    if question.answerable:
        if gold:
            values |= {f"retrieval.{k}": v for k, v in retrieval([h.passage.id for h in ranked], ids).items()}
        if question.facts:
            values |= {f"retrieval.facts@{k}": facts_in_hits(question, ranked[:k]) for k in TOPS}
            values |= {f"retrieval.facts@{n}c": facts_within(question, ranked, n) for n in BUDGETS}
            values["answers.fact_recall"] = len(found) / len(question.facts)
            values["answers.complete"] = float(len(found) == len(question.facts))
            if answered:
                values["answers.fact_precision"] = mean([_holds(question, c.text) for c in answer.claims])
                values["citations.on_gold"] = mean([_holds(question, c.quote) for c in answer.citations])
        values["abstention.wrong_rate"] = float(not answered)
    else:
        values["abstention.recall"] = float(not answered)
    if answered:
        values |= {"citations.recall": recall, "citations.precision": precision}
    else:
        values["abstention.precision"] = float(not question.answerable)
    said = text if answered else _told(withheld)
    score = Score(
        id=question.id,
        kind=question.kind,
        section=gold[0].section[0] if gold and gold[0].section else "",
        document=gold[0].document if gold else "",
        group=question.group,
        answerable=question.answerable,
        status=answer.status,
        cause=_cause(question, answer, gold, ids, bool(unsupported)),
        confidence=answer.confidence,
        complete=question.answerable and bool(said) and facts_found(question.facts, said) == 1,
        found=found,
        chars=len(answer.text) if answered else 0,
        ms=round(ms, 2),
        tokens=round(sum(v for name, v in answer.usage.items() if "tokens" in name)),
        values={name: round(value, 4) for name, value in values.items()},
    )
    return Outcome(question, answer, ranked, tuple(gold), unsupported, withheld, score)


def gold_passages(question: EvalQuestion, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that hold gold evidence, in reading order."""
    if all(map(is_place, question.evidence)):  # in a large corpus most documents are not named at all
        documents = {evidence.rpartition("/")[0] for evidence in question.evidence}
        passages = passages if "" in documents else [p for p in passages if p.document in documents]
    return [p for p in passages if is_evidence(p, question)]


def is_evidence(passage: Passage, question: EvalQuestion) -> bool:
    """Whether a passage holds gold evidence: it lies in a named place and has a fact, or has a named snippet."""
    for evidence in question.evidence:
        if inside(passage, evidence):
            if not question.facts or which_facts(question.facts, joined([passage])):
                return True
        elif not is_place(evidence) and fold_fact(evidence) in fold_fact(passage.text):
            return True
    return False


@lru_cache(maxsize=4096)
def is_place(evidence: str) -> bool:
    """Whether evidence names a place, not words.

    >>> [is_place(e) for e in ("1.1.2", "city-report/2.1", "dev-12/", "city-report/2.1#1", "其中研发人员1.35万人")]
    [True, True, True, True, False]
    """
    document, slash, position = evidence.rpartition("/")
    if not position:
        return bool(document)
    number, _, n = position.partition("#")
    return number.replace(".", "").isdecimal() and (n == "" or (bool(slash) and n.isdecimal()))


def inside(passage: Passage, place: str) -> bool:
    """Whether a passage lies in a named place."""
    document, _, position = place.rpartition("/")
    if (document and document != passage.document) or not is_place(place):
        return False
    if "#" in position:
        return place == passage.id
    return not position or lies_in(passage.position, position)


def facts_in_hits(question: EvalQuestion, hits: Sequence[Hit]) -> float:
    """Share of the facts that stand in the passages or their headings."""
    return facts_found(question.facts, joined([h.passage for h in hits]))


def joined(passages: Sequence[Passage]) -> str:
    """Passages under their headings as one text to look facts up in."""
    return _APART.join(text for p in passages for text in (*p.section, p.text))


def facts_within(question: EvalQuestion, hits: Sequence[Hit], budget: int) -> float:
    """Share of the facts in the first ``budget`` characters of the passages in their order."""
    texts, left = [], budget
    for hit in hits:
        if left <= 0:
            break
        texts += [*hit.passage.section, hit.passage.text[:left]]
        left -= len(hit.passage.text)
    return facts_found(question.facts, _APART.join(texts))


def entry(outcome: Outcome) -> dict[str, Any]:
    """What a run file keeps of one question besides its score."""
    shown = {hit.passage.id for hit in outcome.answer.hits}
    further = [hit.passage for hit in outcome.ranked] + list(outcome.gold[:_GOLD_SHOWN])
    return {
        "question": question_value(outcome.question),
        "answer": answer_payload(outcome.answer, outcome.question.id),
        "ranked": [[h.passage.id, round(h.score, 4)] for h in outcome.ranked],
        "gold": [p.id for p in outcome.gold],
        "further": {p.id: {"section": list(p.section), "text": p.text} for p in further if p.id not in shown},
        "unsupported": list(outcome.unsupported),
        "withheld": outcome.withheld,
    }


def _told(text: str) -> str:
    """What an answer says, without the numbers of its citations."""
    return _MARK.sub(_APART, text)


def _holds(question: EvalQuestion, text: str) -> float:
    return float(bool(which_facts(question.facts, text)))


def _citations(answer: Answer, check: Checker) -> tuple[float, float, tuple[str, ...]]:
    """Citation recall and precision of one answer (ALCE: Gao, Yen, Yu and Chen 2023), and the unsupported claims.

    A claim is recalled if all that it cites, together and under its headings, supports it. A citation is precise if its
    claim is, and it supports the claim alone or the others do not without it. An answer without citations has precision 0.
    """

    @cache  # a claim with one citation is asked of it twice, and a check may read with a model
    def says(claim: str, *places: Citation) -> bool:
        quotes = [c.quote for c in places]
        above = list(dict.fromkeys(" › ".join(c.section) for c in places if c.section))
        return bool(quotes) and (check(claim, quotes) or check(claim, [*above, *quotes]))

    cited = {c.n: c for c in answer.citations}
    recalled, precise, unsupported = [], [], []
    for claim in answer.claims:
        places = [cited[n] for n in claim.citations if n in cited]
        supported = says(claim.text, *places)
        recalled.append(float(supported))
        if not supported:
            unsupported.append(claim.text)
        for i, place in enumerate(places):
            rest = [*places[:i], *places[i + 1 :]]
            precise.append(float(supported and (says(claim.text, place) or not says(claim.text, *rest))))
    return mean(recalled), mean(precise), tuple(unsupported)


def _cause(
    question: EvalQuestion, answer: Answer, gold: Sequence[Passage], ids: Sequence[str], unsupported: bool
) -> Cause:
    """The first stage that failed, looked at in the order of the line; of a complete answer only the last can."""
    answered = answer.status == "answered"
    if not question.answerable:
        return "should_have_abstained" if answered else "right"
    if answered and question.facts and facts_found(question.facts, _told(answer.text)) == 1:
        return "unsupported" if unsupported else "right"
    if not gold or facts_found(question.facts, joined(gold)) < 1:
        return "bad_gold"
    if answer.hits and (facts_in_hits(question, answer.hits) < 1 or not {h.passage.id for h in answer.hits} & set(ids)):
        return "not_retrieved"
    if not answered:
        return "wrongly_abstained"
    if unsupported:
        return "unsupported"
    cited = bool({c.passage for c in answer.citations} & set(ids))
    if not question.facts:
        return "right" if cited else "retrieved_not_read"
    return "read_wrong" if cited else "retrieved_not_read"
