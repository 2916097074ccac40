"""Claims with the sentences that they cite, for training: written ones, ones made of questions, damaged sentences.

A question and its answer make a claim ("哪年成立" and "1998年": "1998年成立"), and a wrong one with another value of
the same paragraph. A sentence of a text supports itself and its clauses; with another number, name, word of a pair
(增长, 下降) or denial in it, it does not.
"""

import difflib
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hujin_qa.headings import tag
from hujin_qa.index import Index
from hujin_qa.quantities import quantities
from hujin_qa.synonyms import synonyms
from hujin_qa.text import fold
from hujin_qa.words import words

_NAMES = ("nr", "ns", "nt", "nz", "nrt")
_ASKED = re.compile(
    r"(?P<when>(?:在|于)?(?:哪一?年|什么时候|何时|哪一?天|几月几[日号]|几时))|(?P<who>是?谁)|(?P<where>(?:在|位于)?(?:哪里|哪儿|何处|什么地方))"
    r"|(?P<many>多少|几(?=[个家人年月天种类条项次岁位名台层]))|(?P<which>哪(?:一|几)?[个家位种些座款]|什么|啥)"
)
_TAIL = re.compile(r"(?:呢|啊|吗|呀|嘛|吧|来着|的)?[?。!,]*$")
_DENIALS = ("不", "没有", "并未", "未")
_SHORTEST = 8  # characters of a clause that makes a claim of its own


@dataclass(frozen=True)
class Claim:
    """A folded claim, folded evidence in reading order, headings first, and which characters are wrong, if known."""

    text: str
    evidence: tuple[str, ...]
    supported: bool
    wrong: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True)
class Text:
    """One document cut up: its title, and each sentence with the headings above it."""

    title: str
    sentences: tuple[tuple[tuple[str, ...], str], ...]

    @classmethod
    def all(cls, index: Index) -> "dict[str, Text]":
        """The folded sentences of each indexed document."""
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {document: [] for document in index.documents}
        for row, start, end in index.sentences.tolist():
            passage = index.passages[row]
            text = index.documents[passage.document].text
            found[passage.document].append((tuple(map(fold, passage.section[-2:])), fold(text[start:end])))
        return {document: cls(fold(index.documents[document].title), tuple(f)) for document, f in found.items()}

    def evidence(self, *places: int) -> tuple[str, ...]:
        """Some sentences as they are cited: now and then under their headings, or with a neighbour."""
        rows = set(places)
        if random.random() < 0.35:
            rows.add(max(0, min(len(self.sentences) - 1, places[0] + random.choice((-1, 1)))))
        above = (" › ".join([self.title, *self.sentences[places[0]][0]]),) if random.random() < 0.6 else ()
        return (*above, *(self.sentences[n][1] for n in sorted(rows)))

    def find(self, quote: str) -> int | None:
        """The sentence that holds a quote, or else lies in it."""
        bare = fold(quote).strip(" 。;,")
        return next((n for n, (_, s) in enumerate(self.sentences) if bare in s or (len(s) > 6 and s in bare)), None)


def written(path: Path, text: Text | None) -> Iterator[Claim]:
    """The claims of one file, on one document if it is given; those of other splits than ``dev`` measure."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return _labelled([v for v in lines if v.get("split", "dev") == "dev"], text)


def on_paragraphs(path: Path, corpus: str, texts: Mapping[str, str]) -> Iterator[Claim]:
    """The claims of a file that names its evidence by a place in a paragraph of ``corpus``."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    mine = [v for v in lines if v["corpus"] == corpus]
    return _labelled([{**v, "evidence": [texts[v["doc"]][v["start"] : v["end"]]]} for v in mine], None)


def _labelled(lines: Sequence[Mapping[str, Any]], text: Text | None) -> Iterator[Claim]:
    """Claims as they are; on a document the true ones also with a sentence that does not say them."""
    true: dict[tuple[str, ...], list[str]] = {}
    for value in lines:
        if value["kind"] == "true":
            true.setdefault(tuple(value["evidence"]), []).append(fold(value["claim"]))
    for value in lines:
        said, right = fold(value["claim"]), value["kind"] == "true"
        places = [text.find(e) for e in value["evidence"]] if text else []
        known = [p for p in places if p is not None]
        whole = bool(known) and len(known) == len(value["evidence"])
        evidence = text.evidence(*known) if text and whole else tuple(map(fold, value["evidence"]))
        alike = true.get(tuple(value["evidence"]), []) if value["kind"] != "wrong_citation" else []
        yield Claim(said, evidence, right, () if right else _difference(said, alike))
        if right and text and whole and (other := _nearest(said, text, known)) is not None:
            yield Claim(said, text.evidence(other), False)


def _difference(said: str, alike: Sequence[str]) -> tuple[tuple[int, int], ...] | None:
    """Where a wrong claim differs from the true one that it was made of, ``None`` if there is no such one."""
    best = max(alike, key=lambda t: difflib.SequenceMatcher(None, t, said).ratio(), default="")
    matcher = difflib.SequenceMatcher(None, best, said)
    if not best or matcher.ratio() < 0.7:
        return None
    spans = [(a, max(b, a + 1)) for what, _, _, a, b in matcher.get_opcodes() if what != "equal"]
    return tuple(spans) or None


def _nearest(said: str, text: Text, known: Sequence[int]) -> int | None:
    """Another sentence of the text with most of a claim's characters."""
    mine = set(said)
    near = {p + d for p in known for d in (-1, 0, 1)}
    others = [(len(mine & set(s)), n) for n, (_, s) in enumerate(text.sentences) if n not in near and len(s) > 10]
    return random.choice(sorted(others)[-6:])[1] if others else None


def asked(question: str, answer: str) -> str | None:
    """A folded question made a statement by putting an answer in, ``None`` if it does not have just one gap."""
    gaps = list(_ASKED.finditer(question))
    if len(gaps) != 1 or re.search("为(?:什么|啥)|[?,].*[^?]$", question):
        return None
    gap = gaps[0]
    before, after = question[: gap.start()], _TAIL.sub("", question[gap.end() :])
    if gap["who"] and gap[0].startswith("是"):
        answer = "是" + answer
    if (gap["when"] and gap[0][0] in "在于") or (gap["where"] and gap[0][0] in "在位"):
        answer = gap[0][: 2 if gap[0].startswith("位于") else 1] + answer
    for n in range(min(4, len(answer), len(after)), 0, -1):
        if answer.endswith(after[:n]):  # 多少元, 30元
            after = after[n:]
            break
    return before + answer + after


def of_question(question: str, answers: Sequence[str], place: int | None, text: Text) -> Iterator[Claim]:
    """A claim of a question and its answer, and wrong ones with other values of the text near by.

    Without a place the question is one that the text does not answer: every claim of it is wrong.
    """
    question = fold(question)
    if place is None:
        mine = set(question)
        place = max(range(len(text.sentences)), key=lambda n: len(mine & set(text.sentences[n][1])), default=None)
        if place is not None and (answer := _other_value("", text, place)) and (said := asked(question, answer)):
            yield Claim(said, text.evidence(place), False)
        return
    answer = fold(random.choice(answers))
    if not (said := asked(question, answer)):
        return
    evidence = text.evidence(place)
    yield Claim(said, evidence, True, ())
    if (other := _other_value(answer, text, place)) and (bad := asked(question, other)):
        start = bad.find(other)
        yield Claim(bad, evidence, False, ((start, start + len(other)),) if start >= 0 else None)
    elif (other_place := _nearest(said, text, [place])) is not None:
        yield Claim(said, text.evidence(other_place), False)


def _other_value(answer: str, text: Text, place: int) -> str | None:
    """Another value of the sort of the answer, from the sentences about its place."""
    near = " ".join(s for _, s in text.sentences[max(0, place - 2) : place + 3])
    units = {q.unit for q in quantities(answer)}
    numbers = [q.text for q in quantities(near)]
    like = [q.text for q in quantities(near) if q.unit in units]
    names = [w for w, flag in tag(near) if len(w) > 1 and flag.startswith(_NAMES)]
    pool = (like if like and random.random() < 0.7 else numbers) if not answer or units else names
    pool = [v for v in dict.fromkeys(pool) if v not in answer and answer not in v] if answer else pool
    return random.choice(pool) if pool else None


def of_sentences(text: Text, share: float) -> Iterator[Claim]:
    """Sentences of a text that support themselves, and damaged ones, for a share of the sentences."""
    names = [w for _, s in text.sentences for w, flag in tag(s) if len(w) > 1 and flag.startswith(_NAMES)]
    for place, (_, sentence) in enumerate(text.sentences):
        if len(sentence) < 12 or len(sentence) > 120 or random.random() > share:
            continue
        evidence = text.evidence(place)
        said = _other_words(_part(sentence))
        yield Claim(said, evidence, True, ())
        damages = [d for d in (_number, _pole, _denial) if random.random() < 0.6]
        made = [claim for damage in damages if (claim := damage(said))]
        if swapped := _name(said, names):
            made.append(swapped)
        for bad, span in random.sample(made, min(len(made), 2)):
            yield Claim(bad, evidence, False, (span,))
        if random.random() < 0.3 and (other := _nearest(said, text, [place])) is not None:
            yield Claim(said, text.evidence(other), False)


Damage = tuple[str, tuple[int, int]]


def _part(sentence: str) -> str:
    """A sentence, or now and then only a run of its clauses."""
    clauses = re.split("(?<=[,;])", sentence.rstrip("。;"))
    if len(clauses) > 1 and random.random() < 0.5:
        start = random.randrange(len(clauses))
        run = "".join(clauses[start : start + random.randint(1, 3)]).strip(",;")
        if len(run) >= _SHORTEST:
            return run
    return sentence


def _other_words(said: str) -> str:
    """The same with synonyms for some of its words."""
    out = []
    for word, flag in tag(said):
        others = sorted(synonyms(word) - {word}) if len(word) > 1 and flag[0] in "nvad" else []
        out.append(random.choice(others) if others and random.random() < 0.5 else word)
    return "".join(out)


def _replaced(said: str, start: int, end: int, other: str) -> Damage:
    return said[:start] + other + said[end:], (start, start + len(other))


def _number(said: str) -> Damage | None:
    found = [q for q in quantities(said) if re.search(r"\d", q.text)]
    if not found:
        return None
    q = random.choice(found)
    digits = re.search(r"\d+(?:\.\d+)?", q.text)
    assert digits
    old, other = digits[0], digits[0]
    while other == old:
        if random.random() < 0.5 and len(old) < 5:
            other = f"{float(old) * random.choice((0.5, 0.8, 1.1, 1.2, 1.5, 2, 10)):.{len(old.partition('.')[2])}f}"
        else:
            at = random.choice([i for i, c in enumerate(old) if c.isdigit()])
            other = old[:at] + random.choice("123456789") + old[at + 1 :]
        if float(other) == float(old):
            other = old
            if float(old) == 0:
                return None
    return _replaced(said, q.start + digits.start(), q.start + digits.end(), other)


def _pole(said: str) -> Damage | None:
    found = list(words().pole.finditer(said))
    if not found:
        return None
    match = random.choice(found)
    pair, side = random.choice(sorted(words().poles[match[0]]))
    others = [w for w, where in words().poles.items() if (pair, 1 - side) in where]
    return _replaced(said, *match.span(), random.choice(others)) if others else None


def _denial(said: str) -> Damage | None:
    denials = [m for m in words().negator.finditer(said) if m["no"] and m["no"] in ("不", "未", "没有", "并未", "无需")]
    if denials:
        match = random.choice(denials)
        return _replaced(said, *match.span(), "")[0], (match.start(), match.start() + 1)
    at, places = 0, []
    for word, flag in tag(said):
        if flag == "v" and len(word) > 1:
            places.append(at)
        at += len(word)
    return _replaced(said, (n := random.choice(places)), n, random.choice(_DENIALS)) if places else None


def _name(said: str, names: Sequence[str]) -> Damage | None:
    at, found = 0, []
    for word, flag in tag(said):
        if len(word) > 1 and flag.startswith(_NAMES):
            found.append((at, word))
        at += len(word)
    if not found:
        return None
    start, word = random.choice(found)
    inside = [(n, w) for n, w in found if w != word and n > start + len(word)]
    if inside and random.random() < 0.5:  # exchange the two
        n, other = random.choice(inside)
        swapped = said[:start] + other + said[start + len(word) : n] + word + said[n + len(other) :]
        return swapped, (start, n + len(other))
    others = [n for n in names if n not in said]
    return _replaced(said, start, start + len(word), random.choice(others)) if others else None
