"""What each stage of the line is worth: the same questions asked of systems that have one stage more each.

The first four rank passages and answer with the best one as a whole, as typed, without any reading; each further one
adds what the product does, down to the product itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..assistant import Assistant
from ..followup import Past
from ..metrics import mcnemar
from ..question import Question, understand
from ..reader import Reading
from ..text import fold
from ..types import Answer, Citation, Claim, Hit, Turn
from .asking import finish, plan, runs
from .questions import EvalQuestion
from .runs import Run, numbers

SHOWN = (
    ("retrieval", "ndcg@10"),
    ("retrieval", "facts@1"),
    ("retrieval", "facts@5"),
    ("answers", "fact_recall"),
    ("answers", "chars_median"),
    ("abstention", "wrong_rate"),
    ("abstention", "recall"),
)
"""What the table shows of each stage."""


class _Bold(Assistant):
    """Answers whatever it finds."""

    def _withheld(self, asked: Question, hits: Sequence[Hit], reading: Reading) -> tuple[str, str, float] | None:
        return None if reading.claims else super()._withheld(asked, hits, reading)


class _Undivided(_Bold):
    """Does not take a question apart."""

    def _parts(self, asked: Question) -> list[Question]:
        return []


class _TopPassage(_Undivided):
    """Does not read: the answer is the best passage."""

    def _answer(self, text: str, past: Past | None) -> Answer:
        asked = self._interpret(text, past)
        hits = self.seek(asked)[0].hits
        best = [hit.passage for hit in hits[:1]]
        reading = Reading(
            tuple(Claim(p.text, (1,)) for p in best),
            tuple(Citation(1, p.document, p.id, p.section, p.start, p.end, p.text) for p in best),
            hits[0].score if hits else 0.0,
            {},
        )
        return self._made(text, asked, hits, {}, reading)


class _Alone(_TopPassage):
    """Does not know what was said before."""

    def _past(self, history: Sequence[Turn]) -> Past | None:
        return None


class _AsTyped(_Alone):
    """Does not mend, shorten or widen a question."""

    def _interpret(self, text: str, past: Past | None) -> Question:
        folded = fold(text)
        asked = understand(text, self.index, self.lexicon)
        return replace(asked, text=text, folded=folded, terms=tuple(self.index.segmenter.terms(folded)))


STAGES: dict[str, tuple[type[Assistant], dict[str, Any]]] = {
    "BM25": (_AsTyped, {"fusion": "lexical"}),
    "dense": (_AsTyped, {"fusion": "dense"}),
    "hybrid, reciprocal ranks": (_AsTyped, {"fusion": "rrf"}),
    "hybrid, scores": (_AsTyped, {}),
    "+ understanding": (_Alone, {}),
    "+ follow-ups": (_TopPassage, {}),
    "+ reading": (_Undivided, {"reread": False}),
    "+ taking apart": (_Bold, {"reread": False}),
    "+ abstention": (Assistant, {"reread": False}),
    "+ reading again": (Assistant, {}),
}
"""In order; each from the fourth on is the one before it and something more."""

PLAIN = {"fusion": "scores", "llm_address": "", "llm_model": ""}


def ablate(
    assistant: Assistant,
    questions: Sequence[EvalQuestion],
    name: str,
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[tuple[str, Run]]:
    """Every stage by its name with its run, in order. A language model, if one is set, is left out."""
    for stage, (system, change) in STAGES.items():
        report(stage)
        settings = assistant.settings.model_copy(update=PLAIN | change)
        one = system(settings, assistant.encoder, assistant.lexicon, assistant.index)
        yield stage, finish(runs(one, questions, plan(one, questions, name)))


def ablation_value(found: Sequence[tuple[str, Run]]) -> dict[str, Any]:
    """The file of an ablation: every number of each stage, and how many questions it turned from the one before."""
    stages: list[dict[str, Any]] = []
    before: Run | None = None
    for stage, one in found:
        value: dict[str, Any] = {"stage": stage, "settings": one.system["settings"], "measures": numbers(one)}
        if before is not None:
            pairs = [(a.right, b.right) for a, b in zip(before.scores, one.scores, strict=True)]
            won, lost = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
            value |= {"won": won, "lost": lost, "mcnemar_p": round(mcnemar(won, lost), 4)}
        stages.append(value)
        before = one
    first = found[0][1]
    system = {name: first.system[name] for name in ("encoder", "version", "commit", "machine")}
    return {"set": first.set, "index": first.index, "system": system, "started": first.started, "stages": stages}


def ablation_table(value: dict[str, Any]) -> str:
    """The file of an ablation as a Markdown table."""
    heads = " | nDCG@10 | facts in top 1 | top 5 | facts in the answer | characters | wrong | right abstentions"
    lines = [f"| {heads} | questions won / lost |", "|---" * (len(SHOWN) + 2) + "|"]
    for stage in value["stages"]:
        cells = [
            f"{found:.0f}" if measure == "chars_median" else f"{found:.3f}"
            for part, measure in SHOWN
            for found in [stage["measures"][part][measure]]
        ]
        turned = f"{stage['won']} / {stage['lost']}" if "won" in stage else ""
        turned += " *" if stage.get("mcnemar_p", 1) < 0.05 else ""
        lines.append(f"| {' | '.join([stage['stage'], *cells, turned])} |")
    return "\n".join([f"{value['set']['n']} questions, {value['index']['passages']} passages.", "", *lines, ""])
