"""A follow-up that the code cannot complete, completed by the language model, as far as that can be vouched for.

The model is asked only where the code leaves a question open. What it writes is used only if it keeps the words of
the follow-up and takes the others from the conversation; whether the text then answers it is decided as ever.
"""

import re
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from .abstention import missing
from .conversation import without_pointers
from .errors import LLMProblem
from .index import Index
from .lexicon import Lexicon
from .llm import Reply
from .prompts import rewrite_messages, speaks_to_the_model
from .question import Question, content_words, understand
from .settings import Settings
from .text import clean, fold
from .transcript import Transcript
from .types import Answer, Delta, Turn

_REPLY_TOKENS = 64
_SECONDS = 15.0
_HISTORY_TOKENS = 600
_LONGEST = 80  # characters of a question that is used
_FEW = 2  # content words of a question that may have left out what it is about
_SURE = 0.75  # confidence above which it is taken to have said all
_LABEL = re.compile(r"^[^:：]{0,8}(?:改写|问句|问题|追问)[^:：]{0,6}[:：]\s*")
_FIGURES = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[一二三四五六七八九十百千万亿两]{2,}|[二三四五六七八九十两]")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of it: a question that stands alone or ``""``, what it cost, and why the model was of no use."""

    text: str
    usage: dict[str, float]
    ms: float
    remark: str = ""


def is_open(asked: Question, meant: Question, answer: Answer, index: Index, lexicon: Lexicon) -> bool:
    """Whether the code leaves a question that follows others open.

    That is one without evidence, or one that it took as it stands (``meant`` adds nothing to ``asked``) although it
    says 它, or is short and not surely answered (什么时候建的). What names a thing that the text lacks is not open: no
    other words make up for that.
    """
    if asked.chat or not asked.folded or missing(asked, index, lexicon):
        return False
    if answer.status == "abstained":
        return answer.reason in ("no_match", "not_enough_evidence")
    added = {w.text for w in meant.words} - {w.text for w in asked.words}
    points = without_pointers(asked.folded) != asked.folded
    return not added and (points or (len(asked.words) <= _FEW and answer.confidence < _SURE))


def rewrite(
    question: str,
    history: Sequence[Turn],
    index: Index,
    lexicon: Lexicon,
    settings: Settings,
    stopped: Callable[[], bool],
) -> Generator[Delta, None, Rewritten]:
    """Ask the model once, briefly; an empty piece for every second of its silence, then what came of it."""
    started = time.perf_counter()
    brief = {"llm_reply_tokens": _REPLY_TOKENS, "llm_seconds": min(_SECONDS, settings.llm_seconds)}
    sent = rewrite_messages(question, history, min(_HISTORY_TOKENS, settings.llm_prompt_tokens))
    reply = Reply(settings.model_copy(update=brief), sent, stopped)
    transcript, text, remark = Transcript(0), "", ""
    try:
        for piece in reply:
            transcript.feed(piece)
            if not piece:
                yield Delta("")
        transcript.close()
        text = the_question(transcript.text)
    except LLMProblem as problem:
        remark = f"{problem},没能请它补全这个追问。"
    sound = not stopped() and is_sound(text, question, history, index, lexicon)
    ms = round((time.perf_counter() - started) * 1000, 2)
    return Rewritten(text if sound else "", reply.usage.on_top_of({}), ms, remark)


def the_question(text: str) -> str:
    """The question in a model's words: the first line, without a label or quotation marks.

    >>> the_question("改写后的问句:“甲厂占地多少?”\\n(补上了甲厂)")
    '甲厂占地多少?'
    """
    first = next((line for line in map(clean, text.splitlines()) if line), "")
    return _LABEL.sub("", first).strip("“”\"'「」*` ")


def is_sound(text: str, question: str, history: Sequence[Turn], index: Index, lexicon: Lexicon) -> bool:
    """Whether a rewritten question says what the conversation said and no more.

    It keeps the words of ``question``, adds some, takes those from ``history``, brings no figure or name of its own,
    points at nothing, and is not an earlier question over again.
    """
    folded, asked = fold(text), understand(question, index, lexicon)
    earlier = [fold(said) for role, said in history if role == "user"]
    if not folded or len(folded) > _LONGEST or folded in earlier or speaks_to_the_model(text):
        return False
    if without_pointers(folded) != folded.strip("的,， "):
        return False
    said = fold("\n".join([*(text for _, text in history), question, asked.folded]))
    words = content_words(folded, index, lexicon)
    if not all(word.stands_in(said) for word in words):
        return False
    if not {*_FIGURES.findall(folded)} <= {*_FIGURES.findall(said)}:
        return False
    own = content_words(without_pointers(asked.folded), index, lexicon)
    kept = all(word.stands_in(folded) for word in own)
    return kept and not all(word.stands_in(asked.folded) for word in words)
