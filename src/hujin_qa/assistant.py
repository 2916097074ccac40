"""The facade: settings in, answers out. It wires the stages and holds no logic of their own."""

import time
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from .absent import absent_topic
from .abstention import explain, near
from .citations import cite, compose
from .contents import sources
from .conversation import remember, resolve, sections_of
from .corpus import NOTES
from .credits import OF_A_TEXT, find_credits
from .crossencoder import CrossEncoder, open_cross_encoder
from .encoder import DefaultEncoder, Remembering, SentenceTransformerEncoder, open_encoder, unit_rows
from .errors import IndexProblem, NoIndex
from .evidence import rerank, weigh
from .followup import OPENING, Meant, Past
from .gaps import gap
from .index import Index, build_index, is_stale, open_index, read_manifest
from .lexicon import Lexicon, load_lexicon
from .parts import split_question
from .premise import contradiction
from .question import OUTLINE, WORDLESS, Question, understand
from .reader import NOTHING, Reading, Sought, read
from .retriever import retrieve
from .settings import Settings, load_settings
from .suggestions import confirm, first_questions, leading_on, nearest
from .text import clean, fold
from .turns import asks_of_the_answer, repeats
from .types import Answer, Citation, Delta, Encoder, Hit, KnownQuestion, Note, Turn, Vectors

_NO_TIME = {"retrieve": 0.0, "read": 0.0}  # milliseconds of what needs no search
_SURE = 2.0  # log-odds of the cross-encoder from which it overrules what only looks like another thing or time
_OF_ANOTHER = ("owner", "period")  # gaps
_CREDITS_SURE = 0.95  # a field of the document itself, asked for by name
_RERANKED = 20  # hits of a search whose sentences are weighed
_REMEMBERED = 8  # earlier questions that a follow-up can reach at least


class Assistant:
    """Answers questions from one index. Safe to use from several threads."""

    def __init__(self, settings: Settings, encoder: Encoder, lexicon: Lexicon, index: Index) -> None:
        self.settings, self.encoder, self.lexicon, self.index = settings, encoder, lexicon, index
        # one question is looked at from several sides, and again with every question that follows it
        self._remembering = Remembering(encoder)
        self._understand = lru_cache(maxsize=256)(lambda text: understand(text, index, lexicon))
        self._after = lru_cache(maxsize=256)(self._said)

    @classmethod
    def open(cls, settings: Settings | None = None, report: Callable[[str], None] = lambda _: None) -> "Assistant":
        """Open the index of the settings; build it if it is missing.

        Raises:
            HujinError: the index is damaged or foreign, the corpus unreadable, the model missing.
        """
        settings = settings or load_settings()
        lexicon = load_lexicon(settings.lexicon)
        encoder = open_encoder(settings.encoder, settings.cache)
        try:
            read_manifest(settings.index)
        except NoIndex:
            _build(settings, [settings.corpus], _notes(settings), encoder, lexicon, report)
        return cls(settings, encoder, lexicon, open_index(settings.index, encoder.id, lexicon))

    def over(self, encoder: Encoder, settings: Settings) -> "Assistant":
        """The same index asked with another encoder of the same vectors, or under other settings."""
        return type(self)(settings, encoder, self.lexicon, self.index)

    def search(self, question: str, k: int | None = None, besides: Collection[str] = ()) -> list[Hit]:
        """The passages nearest to a question, best first; the first of them in the order of their best sentences.

        Passages whose id is in ``besides`` are left out.
        """
        (asked, vector), *_ = self._encoded(self._understand(question))
        hits = retrieve(self.index, vector, asked.terms, k or self.settings.hits, self.settings.fusion)
        hits = [hit for hit in hits if hit.passage.id not in besides]
        head = rerank(hits[:_RERANKED], weigh(asked, vector, hits[:_RERANKED], self.index))
        tail = enumerate(hits[_RERANKED:], len(head) + 1)
        return [*head, *(replace(h, rank=n, score=head[-1].score * h.score) for n, h in tail)]

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer from the text with citations, or abstain; ``history`` is the conversation so far, oldest first."""
        return [event for event in self.stream(question, history) if isinstance(event, Answer)][-1]

    def stream(
        self, question: str, history: Sequence[Turn] = (), stopped: Callable[[], bool] = lambda: False
    ) -> Generator[Delta | Answer]:
        """Pieces of the language model's draft as it writes, if one is set; last comes the checked answer.

        Closing the iterator, or ``stopped()`` becoming true, ends the model's work.
        """
        past = self._past(history)
        answer = self._answer(clean(question), past)
        if past and self.settings.has_llm:
            answer = yield from self._completed(answer, history, stopped)
        answer = replace(answer, suggestions=self._suggest(answer, history))
        asked = self._understand(answer.interpreted)
        by_code = answer.status == "abstained" or not answer.hits or asked.kind in OUTLINE
        if by_code or not self.settings.has_llm:
            yield answer
            return
        from .composer import compose_answer

        nothing = explain("not_enough_evidence", asked, answer.hits, self.index, self.lexicon)
        for event in compose_answer(answer, nothing, history, self.index, self.encoder, self.settings, stopped):
            if isinstance(event, Answer):
                event = replace(event, notes=self._notes(event.citations))
            yield event

    def prepare(self, question: str, history: Sequence[Turn] = ()) -> None:
        """Encode ahead what is sure to be sought when this is asked: its first question, or itself."""
        first = next((self._understand(clean(text)).plain for role, text in history if role == "user"), clean(question))
        asked = self._understand(first)
        if asked.terms and not asked.chat:
            self._encoded(asked)

    def interpret(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """What a question means after the conversation so far."""
        return self._interpret(clean(text), self._past(history))

    def seek(self, asked: Question) -> list[Sought]:
        """What is retrieved for a question, and behind it for each of the questions that it is made of."""
        passages = self.index.passages if asked.around else ()
        also = [row for row, p in enumerate(passages) if (p.document, p.position) in asked.around]
        return [
            Sought(q, vector, retrieve(self.index, vector, q.terms, self.settings.hits, self.settings.fusion, also))
            for q, vector in self._encoded(asked)
        ]

    def _encoded(self, asked: Question) -> list[tuple[Question, Vectors]]:
        """A question and its parts as they are sought, each with its vector, shape ``(d,)``.

        The vector of one that has parts is the mean of theirs: it is not encoded itself.
        """
        questions = [asked, *(replace(part, around=asked.around) for part in self._parts(asked))]
        questions = [replace(q, folded=q.topic or q.folded) for q in questions]
        vectors = self._remembering.encode_query([q.folded for q in questions[1:] or questions])
        if len(questions) > 1:
            vectors = np.concatenate([unit_rows(vectors.mean(axis=0, keepdims=True)), vectors])
        return list(zip(questions, vectors, strict=True))

    def _parts(self, asked: Question) -> list[Question]:
        return [self._understand(part) for part in split_question(asked, self.index, self.lexicon)]

    def _completed(
        self, answer: Answer, history: Sequence[Turn], stopped: Callable[[], bool]
    ) -> Generator[Delta, None, Answer]:
        """The answer to a follow-up as a language model completes it, where the code could not and the text bears it."""
        from .rewriting import is_open, rewrite

        asked, meant = self._understand(answer.question), self._understand(answer.interpreted)
        if not is_open(asked, meant, answer, self.index, self.lexicon):
            return answer
        found = yield from rewrite(answer.question, history, self.index, self.lexicon, self.settings, stopped)
        again = self._answer(found.text, None) if found.text else answer
        if again.status == "answered" and (answer.status == "abstained" or again.confidence > answer.confidence):
            answer = replace(again, question=answer.question)
        timings = answer.timings_ms | {"rewrite": found.ms}
        return replace(answer, usage=found.usage, remark=found.remark, timings_ms=timings)

    def _past(self, history: Sequence[Turn]) -> Past | None:
        turns = [self._understand(clean(text)) for role, text in history if role == "user"]
        said = [turn.plain for turn in turns if turn.plain and not repeats(turn.plain) and not turn.chat]
        first = max(0, len(said) // _REMEMBERED - 1) * _REMEMBERED  # the same for many turns, so that they are known
        return self._after(tuple(said[first:]))

    def _said(self, said: tuple[str, ...]) -> Past | None:
        """What was talked about after some questions; each was answered once already when the next one comes."""
        if not said:
            return None
        past = self._after(said[:-1])
        answer = self._answer(said[-1], past)
        return remember(self._understand(answer.interpreted), answer, past, self.index)

    def _interpret(self, text: str, past: Past | None) -> Question:
        if not text or not past or fold(text) in self.index.known:  # what was offered was found to stand alone
            return self._understand(text)
        of_text = replace(self._understand(OPENING.sub("", self._understand(text).plain)), around=past.places)
        named = OF_A_TEXT.search(of_text.folded) and not asks_of_the_answer(of_text.plain)
        if named and find_credits(of_text, self.index)[0]:  # 那作者是谁
            return of_text
        meant = resolve(text, past, self.index, self.lexicon)
        asked = self._understand(meant.text)
        if meant == Meant(text):
            return replace(asked, around=past.places) if asked.kind == "contents" else asked
        around = sections_of(meant.within, self.index) if meant.within else past.places
        kind = "summary" if meant.whole else asked.kind
        place = replace(asked, kind=kind, around=around, within=meant.within, beyond=meant.beyond)
        return replace(place, refusal=meant.refusal, again=meant.again)

    def _answer(self, text: str, past: Past | None) -> Answer:
        started = time.perf_counter()
        asked = self._interpret(text, past)
        if asked.refusal:
            return self._made(text, asked, (), _NO_TIME, NOTHING, "not_enough_evidence", asked.refusal)
        if asked.again and past:
            told = cite(sources(fold(text), past.answer.citations, self.index), self.index)
            return self._made(text, asked, (), _NO_TIME, Reading(*told, past.answer.confidence, {}))
        claims, citations = find_credits(asked, self.index)
        if claims:
            reading = Reading(claims, citations, _CREDITS_SURE, {})
            return self._made(text, asked, (), _NO_TIME, reading)
        worded = bool(asked.terms) or asked.kind in WORDLESS
        asks = worded and sum(map(str.isalpha, asked.folded)) > 1 and not asked.chat  # figures alone do not
        if not asks or not self.index.passages:
            reason = "empty_index" if asks else "no_match"
            why = "chat" if asked.chat else reason if any(map(str.isalnum, text)) else "empty_question"
            say = explain(why, asked, (), self.index, self.lexicon)
            return self._made(text, asked, (), _NO_TIME, NOTHING, reason, say)
        sought, *parts = self.seek(asked)
        hits = sought.hits
        retrieved = time.perf_counter()
        reading = read(sought, parts, self.index, self._second) if hits else NOTHING
        hits = reading.hits or hits
        timings = {
            "retrieve": round((retrieved - started) * 1000, 2),
            "read": round((time.perf_counter() - retrieved) * 1000, 2),
        }
        if not (reading.believed or asked.kind in WORDLESS or any(w.known for w in asked.words)):
            # Words that are only near those of the text are weaker evidence than the model was fitted on.
            reading = replace(reading, confidence=reading.confidence**2)
        if withheld := self._withheld(asked, hits, reading):
            reason, say, confidence = withheld
            return self._made(text, asked, hits, timings, replace(NOTHING, confidence=confidence), reason, say)
        return self._made(text, asked, hits, timings, reading)

    def _second(self) -> CrossEncoder | None:
        return open_cross_encoder() if self.settings.reread else None

    def refused_by(self, asked: Question, hits: Sequence[Hit], reading: Reading) -> tuple[str, str]:
        """The rule that turns a reading away, whatever its confidence, and its finding; both ``""`` if none does.

        A ``premise`` finds what the text has instead, a ``gap`` what sort of thing is lacking, ``absent`` nothing.
        """
        if contrary := contradiction(asked, hits, self.index):
            return "premise", contrary
        sure = reading.signals.get("again", 0.0) >= _SURE
        if not sure and absent_topic(asked, self.index, self.lexicon, reading.believed):
            return "absent", ""
        if reading.signals.get("other_year") and not (sure and self._parts(asked)):  # of one part it may be the year
            return "gap", "period"
        lack = gap(asked, reading.claims, reading.citations, self.index)
        return ("gap", lack) if lack and not (sure and lack in _OF_ANOTHER) else ("", "")

    def _withheld(self, asked: Question, hits: Sequence[Hit], reading: Reading) -> tuple[str, str, float] | None:
        """Why a reading is not shown, what is said in its place, and how sure it was; ``None`` if it is good."""
        rule, said = self.refused_by(asked, hits, reading)
        if rule == "premise":
            return "not_enough_evidence", said + near(asked, hits), 0.0
        if rule:  # hardly ever right in all that was measured, however well it fits
            reason = "not_enough_evidence" if hits else "no_match"
            return reason, explain(reason, asked, hits, self.index, self.lexicon, said), 0.0
        # Words that no sentence has, but nouns among them: the cross-encoder may know them by other names.
        named = "again" in reading.signals and any(w.noun for w in asked.words)
        known = asked.kind in WORDLESS or reading.believed or named
        known = known or bool(asked.words and reading.signals.get("together"))
        if known and reading.confidence >= self.settings.threshold and reading.claims:
            return None
        reason = "not_enough_evidence" if known and hits else "no_match"
        return reason, explain(reason, asked, hits, self.index, self.lexicon), reading.confidence

    def _made(
        self,
        text: str,
        asked: Question,
        hits: Sequence[Hit],
        timings: dict[str, float],
        reading: Reading,
        reason: str = "",
        say: str = "",
    ) -> Answer:
        """What a reading answers, or for a ``reason`` an abstention that says why instead."""
        return Answer(
            question=text,
            interpreted=asked.text,
            status="abstained" if reason else "answered",
            reason=reason,  # type: ignore[arg-type]
            text=say or compose(reading.claims),
            claims=reading.claims,
            citations=reading.citations,
            hits=tuple(hits),
            notes=self._notes(reading.citations),
            suggestions=(),
            reader="extractive",
            confidence=round(reading.confidence, 3),
            timings_ms=dict(timings),
        )

    def _suggest(self, answer: Answer, history: Sequence[Turn]) -> tuple[str, ...]:
        asked = {fold(text) for role, text in history if role == "user"} | {fold(answer.question)}
        asked.add(fold(answer.interpreted))
        if answer.status == "answered":
            return leading_on(answer, asked, self.index)
        near = answer.reason != "no_match" and nearest(self._understand(answer.interpreted), answer, asked, self.index)
        return near or first_questions(self.index)

    def _notes(self, citations: Sequence[Citation]) -> tuple[Note, ...]:
        return tuple(
            note
            for note in self.index.notes
            if any(c.document == note.document and c.start < note.end and note.start < c.end for c in citations)
        )


def ensure_index(
    settings: Settings, paths: Sequence[Path] = (), report: Callable[[str], None] = lambda _: None, force: bool = False
) -> bool:
    """Build the index of ``paths``, else of its own sources, unless it is there and fresh; whether it was built."""
    sources, notes = (paths, _notes(settings)) if paths else sources_of(settings)
    lexicon = load_lexicon(settings.lexicon)
    encoder = open_encoder(settings.encoder, settings.cache)
    if not force and not is_stale(settings.index, sources, notes, encoder.id, lexicon):
        return False
    _build(settings, sources, notes, encoder, lexicon, report)
    return True


def sources_of(settings: Settings) -> tuple[list[Path], Path | None]:
    """The documents and the notes that the index was built from; those of the settings where it does not tell."""
    try:
        manifest = read_manifest(settings.index)
    except IndexProblem:
        manifest = {}
    if not manifest.get("sources"):
        return [settings.corpus], _notes(settings)
    return [Path(source) for source in manifest["sources"]], Path(manifest["notes"]) if manifest["notes"] else None


def _notes(settings: Settings) -> Path | None:
    notes = settings.corpus / NOTES
    return notes if notes.is_file() else None


def _build(
    settings: Settings,
    paths: Sequence[Path],
    notes: Path | None,
    encoder: DefaultEncoder | SentenceTransformerEncoder,
    lexicon: Lexicon,
    report: Callable[[str], None],
) -> None:
    """Build the index, and find the questions that it is seen to answer."""

    def known_questions(index: Index) -> list[KnownQuestion]:
        once = settings.model_copy(update={"reread": False})  # what is sure at first sight is worth offering
        assistant = Assistant(once, encoder, lexicon, index)
        return confirm(index, lambda question: assistant._answer(question, None))

    build_index(paths, settings.index, encoder, encoder.id, lexicon, notes, report, known_questions)
