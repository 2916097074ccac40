"""From an extractive answer to one composed by a language model and vouched for by this program."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .citations import compose
from .errors import LLMProblem
from .index import Index
from .llm import Reply
from .llm_reader import Checker, Verified, joined, lacking, verify
from .prompts import messages
from .settings import Settings
from .transcript import Transcript
from .types import Answer, Claim, Delta, Encoder, Turn

UNSUPPORTED = "〔原文中没有依据〕"


def compose_answer(
    extractive: Answer,
    abstention: str,
    history: Sequence[Turn],
    index: Index,
    encoder: Encoder,
    settings: Settings,
    stopped: Callable[[], bool],
) -> Iterator[Delta | Answer]:
    """Drafts as the model writes (empty ones while it is silent), then the checked answer; ``extractive`` itself where the model fails.

    Args:
        extractive: an answered one; its hits are the passages that the model sees.
        abstention: what to say if the model finds nothing in them.
        stopped: becomes true when nobody waits any more.
    """
    started = time.perf_counter()
    hits = extractive.hits
    reply = Reply(settings, messages(extractive.interpreted, hits, history, settings.llm_prompt_tokens), stopped)
    transcript = Transcript(len(hits))
    timings = dict(extractive.timings_ms)

    def since() -> float:
        return round((time.perf_counter() - started) * 1000, 2)

    def finished(answer: Answer, remark: str = "") -> Answer:
        remark = extractive.remark + remark  # which may tell already why a follow-up was not completed
        return replace(answer, remark=remark, usage=reply.usage.on_top_of(extractive.usage), timings_ms=timings)

    try:
        for piece in reply:
            if piece:
                timings.setdefault("first_token", since())
            shown = transcript.feed(piece)
            if shown or not piece:
                yield Delta(shown)
        if shown := transcript.close():
            yield Delta(shown)
    except LLMProblem as problem:
        timings["model"] = since()
        yield finished(replace(extractive, reason="llm_unavailable"), f"{problem},以上是原文摘句。")
        return
    timings["model"] = since()
    if stopped():
        yield finished(extractive, "已停止等待语言模型,以上是原文摘句。")
        return
    verified = verify(transcript, Checker(hits, index, encoder), index, settings.unsupported)
    timings["check"] = round(since() - timings["model"], 2)
    if verified.abstains:
        yield finished(_abstained(extractive, abstention))
        return
    answer, remark = _chosen(extractive, verified, index)
    yield finished(answer, remark)


def _chosen(extractive: Answer, verified: Verified, index: Index) -> tuple[Answer, str]:
    """What to show: the model's sentences where any is supported, with what they leave out put behind them."""
    good = [claim for claim in verified.claims if claim.supported]
    missing = lacking(verified, extractive.claims, extractive.interpreted)
    if not good or len(missing) == len(extractive.claims):
        why = "在原文中没有依据" if not good else "漏掉了原文的要点"
        return extractive, f"语言模型的回答{why},以上是原文摘句。"
    whole = joined(verified, missing, extractive.citations, index)
    remark = ""
    if verified.unsupported:
        shown = any(not claim.supported for claim in whole.claims)
        remark = f"语言模型有 {verified.unsupported} 句话在原文中没有依据,{'已标出' if shown else '已略去'}。"
    answer = replace(
        extractive,
        text=compose([_marked(claim) for claim in whole.claims]),
        claims=whole.claims,
        citations=whole.citations,
        reader="llm",
    )
    return answer, remark


def _marked(claim: Claim) -> Claim:
    return claim if claim.supported else replace(claim, text=UNSUPPORTED + claim.text)


def _abstained(extractive: Answer, text: str) -> Answer:
    return replace(
        extractive,
        status="abstained",
        reason="not_enough_evidence",
        text=text,
        claims=(),
        citations=(),
        notes=(),
        reader="llm",
    )
