"""What happens to a conversation: asked, answered step by step, kept, and shown again.

Between two events nothing is remembered here but on file. A session names its conversation by an id, and every look
at it takes the user, so an id of somebody else leads nowhere.
"""

import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from ..chats import Chats, Kept
from ..errors import HujinError
from ..feedback import GOOD, REASONS, judge, verdicts
from ..types import Answer, Delta, Document, Turn
from ..users import User
from .language import said_now, say
from .render import answer_html, draft_html, said
from .twins import twin, twin_question

Stream = Callable[[str, Sequence[Turn]], Generator[Delta | Answer]]
"""Pieces of a language model's draft, if there is one, and last the answer. Closing it ends the model's work."""

Updates = tuple[Any, Any, Any]
"""For the conversation, the question box and the id of the conversation."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Of an event of a page: not a part of the API, and no animation of Gradio's over what it changes."""

LIKE, DISLIKE = "Like", "Dislike"  # Gradio's own names of its thumbs
UNCHANGED: Updates = (gr.skip(), gr.skip(), gr.skip())
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Talk:
    """Conversations about these documents."""

    stream: Stream
    documents: Mapping[str, Document]
    chats: Chats
    versions: Mapping[str, str] = field(default_factory=dict)  # of what answers, kept with every verdict

    def reply(self, user: User, chat: str, question: str, n: int | None = None) -> Generator[Updates]:
        """Show at once that the question was heard, then the answer sentence by sentence; ``n`` asks it in place of
        the ``n``-th (from 0) and what followed.

        A question that is asked while another is pending takes its place: a stopped one may go on for a while in its
        thread, and must not keep the user from asking.
        """
        question = question.strip()
        if not question:
            yield UNCHANGED
            return
        done, turn = [], 0
        try:
            done = [t for t in self.chats.turns(user, chat)[:n] if t.answer or t.remark]
            chat, turn = self.chats.begin(user, chat, len(done), question)
            before, marks = self._messages(done), self._marks(user, done)

            def step(shown: str, **box: Any) -> Updates:
                value = [*before, *_exchange(question, shown)]
                return gr.update(value=value, feedback_value=marks), _busy(**box), chat

            yield step(said(say.SEARCHING, "state"), value="")
            draft, answer = "", None
            with closing(self.stream(question, _history(done))) as events:
                for event in events:
                    if isinstance(event, Answer):
                        answer = event
                    elif not event.text:  # a chance for Gradio to end this where nobody waits any more
                        yield UNCHANGED
                    else:
                        draft += event.text
                        yield step(draft_html(draft))
            if answer is None:
                raise RuntimeError("a stream ended without an answer")
            for shown in range(1, len(answer.claims)):
                yield step(answer_html(answer, self.documents, shown))
            yield step(answer_html(answer, self.documents))  # one that is stopped ends here and is not kept
            self.chats.finish(user, turn, answer)
            last = Kept(turn, question, answer)
        except Exception as error:
            last = Kept(turn, question, None, words_for(error))
            with suppress(HujinError):
                self.chats.finish(user, turn, None, last.remark)
        yield self._updates(user, [*done, last], chat)

    def stop(self, user: User, chat: str) -> Updates:
        """End a pending question; its thread may go on, its answer is not kept."""
        turns = self.chats.turns(user, chat)
        for turn in turns:
            if not turn.answer and not turn.remark:
                self.chats.finish(user, turn.id, None, say.STOPPED)
        return self.show(user, chat)

    def show(self, user: User, chat: str) -> Updates:
        """A conversation as it is kept; a new one if the user has none of this id."""
        turns = self.chats.turns(user, chat)
        return self._updates(user, turns, chat if turns else "")

    def undo(self, user: User, chat: str) -> Updates:
        """Take the last question back into the box."""
        turns = self.chats.turns(user, chat)
        if not turns:
            return UNCHANGED
        self.chats.cut(user, chat, len(turns) - 1)
        shown, _, chat = self.show(user, chat)
        return shown, idle(value=turns[-1].question), chat

    def judge(self, user: User, chat: str, n: int, liked: bool | str) -> None:
        """Keep what the user thinks of the ``n``-th answer (from 0)."""
        turns = self.chats.turns(user, chat)
        if n < len(turns):
            meant: dict[bool | str, str] = {shown: reason for reason, shown in say.REASONS.items()}
            meant |= {True: GOOD, LIKE: GOOD, False: REASONS[-1], DISLIKE: REASONS[-1]}
            judge(self.chats.path, user, turns[n].id, meant.get(liked, str(liked)), self.versions)

    def _updates(self, user: User, turns: Sequence[Kept], chat: str) -> Updates:
        marks: list[str | None] = []
        with suppress(HujinError):
            marks = self._marks(user, turns)
        return gr.update(value=self._messages(turns), feedback_value=marks), idle(), chat

    def _marks(self, user: User, turns: Sequence[Kept]) -> list[str | None]:
        """The verdict on each answer as Gradio names it."""
        given = verdicts(self.chats.path, user)
        names = say.REASONS | {GOOD: LIKE, REASONS[-1]: DISLIKE}
        return [names.get(given[t.id], given[t.id]) if t.id in given else None for t in turns]

    def _messages(self, turns: Sequence[Kept]) -> list[dict[str, Any]]:
        messages = [message for turn in turns for message in _exchange(turn.question, self._shown(turn))]
        if turns and turns[-1].answer and turns[-1].answer.suggestions:
            messages[-1]["options"] = [{"value": q, "label": twin_question(q)} for q in turns[-1].answer.suggestions]
        return messages

    def _shown(self, turn: Kept) -> str:
        if turn.answer:
            return answer_html(turn.answer, self.documents)
        remark = twin(said_now(turn.remark))
        return said(remark or say.UNFINISHED, "state" if remark in ("", say.STOPPED) else "failure")


@contextmanager
def told() -> Generator[None]:
    """Turn a failure into one sentence on the page."""
    try:
        yield
    except Exception as error:
        raise gr.Error(twin(words_for(error)), title=say.PROBLEM, print_exception=False) from None


def words_for(error: Exception) -> str:
    """What a user is told of a failure; one that nobody foresaw is logged whole."""
    if isinstance(error, HujinError):
        return str(error)
    _log.exception("a question could not be answered", exc_info=error)
    return say.FAILED


def idle(**box: Any) -> Any:
    """The question box when one may ask."""
    return gr.update(submit_btn=True, stop_btn=False, **box)


def _busy(**box: Any) -> Any:
    return gr.update(submit_btn=False, stop_btn=True, **box)


def _exchange(question: str, shown: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": said(question)}, {"role": "assistant", "content": shown}]


def _history(turns: Sequence[Kept]) -> list[Turn]:
    history: list[Turn] = []
    for turn in turns:
        history += [("user", turn.question), ("assistant", turn.answer.text)] if turn.answer else []
    return history
