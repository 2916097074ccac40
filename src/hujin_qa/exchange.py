"""The previous question asked of another thing: its sibling, another year, another attribute ("那乙呢")."""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from .absent import PIECES, absent_things, absent_topic
from .followup import Past, aspects, stands_alone
from .headings import tag
from .index import Index
from .items import short_title
from .lexicon import Lexicon
from .periods import YEAR, YEAR_BEFORE
from .quantities import quantities
from .question import Question, Word, content_words, value_asked
from .text import fold
from .types import Section

_STOP, _CLAUSE = re.compile("[。;!?]"), re.compile("[,:]")
_SUBJECT = re.compile(
    r"(?P<subject>(?:(?!多[少大高长远久重快])[^的,?是有属算归排在由比几谁哪第]){2,12})(?=的|是|有|属于|算|归|排|在|由|靠|第|每|要|多[少大高长远久重快]|几|怎么|什么)"
)
_YEAR_BEHIND = re.compile(f"{YEAR.pattern}年?$")
_PRONOUN = re.compile("^(?:[它他她]们?家?|[这那该](?:家|个|款)(?:公司|企业|产品)?)的")
_NUMBER = re.compile("[一二三四五六七八九十\\d]+[期号代轮批版届](?![大一二三四五六七八九])")  # 某某三期
_LENGTHS = frozenset(["年", "月", "周", "天", "工作日", "小时", "分钟"])  # units
_PERSONS = re.compile(r"(?:\d+|[一两二三四五六七八九十])个?人(?![员数均次])")
_SORTS, _NAMED = tuple("类级型档期季部科组区款版色班轮"), 6  # what things are classed by; characters of such a name
_MEASURE = re.compile("[量率额数价费度值期限龄]$")


def exchanged(new: str, past: Past, index: Index, lexicon: Lexicon) -> str:
    """The previous question with its name, year or attribute exchanged for the new one; ``""`` if the text has no such."""
    old, new = past.question, new.strip("的")
    if old.kind == "section" and old.topic in old.folded:
        return old.folded.replace(old.topic, new)
    new_words = content_words(new, index, lexicon)
    if old.years and (year := YEAR.search(new)):  # of two that are compared it is not said which one it is for
        return re.sub("|".join(old.years), year[0], old.folded) if len(old.years) == 1 else ""
    if (sort := _of_one_sort(new, old.folded)) and all(w.known for w in new_words):  # 正常类… > 那关注类呢
        return old.folded.replace(sort, new)
    if (unknown := absent_topic(old, index, lexicon)) and unknown in old.folded:  # 提到甲了吗 > 那乙呢
        return old.folded.replace(unknown, new)
    named = any(thing.name for thing in absent_things(new, index, lexicon))
    opening = YEAR_BEFORE.sub("", old.folded)
    first = next((w.text for w in old.words if w.noun and w.known and opening.startswith(w.text)), "")
    found = _SUBJECT.match(opening)
    subject = _nominal(found["subject"], first) if found and not value_asked(found["subject"]) else ""
    bare = _PRONOUN.sub("", new)
    attribute = _is_attribute(bare, past, index)
    if bare != new and not (attribute and subject):  # 它的…: of what was asked about, nothing is put in its place
        return ""
    elsewhere = any(place in new for place in lexicon.places) and not any(place in subject for place in lexicon.places)
    alike = bare == new and not (attribute or elsewhere or quantities(new))
    thing = alike and any(w.noun for w in new_words)
    owner = _YEAR_BEHIND.sub("", subject)
    ends = (w.text for w in old.words if w.noun and w.known and len(owner) > len(w.text) > 1 and owner.endswith(w.text))
    if (asked := next(ends, "")) and not new.endswith(asked) and _is_attribute(asked, past, index):
        owner = owner.removesuffix(asked).rstrip("的")  # 操作工 of 操作工试用期多长
    of_subject = old.folded.replace(owner, new, 1) if owner and thing else ""
    of_attribute = (
        f"{subject}的{bare}是多少" if old.value or value_asked(bare) or _MEASURE.search(bare) else f"{subject}的{bare}"
    )
    if old.kind == "member" and subject and attribute:
        return of_attribute
    if not named and not any(w.known for w in new_words):
        return of_subject if all(w.noun for w in new_words) else ""
    if old.kind == "member" and of_subject:  # what belongs there is asked for, whatever it is
        return of_subject
    gone = _beside(new, past, index) or _parallel(new, past)
    titles = _titles(past, index)
    gone = next((t for t in titles if gone and gone in t and t in old.folded), gone)  # not a piece out of a title
    if gone and not (attribute and gone == subject):
        return _put(new, gone, old.folded, index, lexicon)
    if attribute and subject:
        return of_attribute
    if not old.value and new in titles and not any(title in old.folded for title in titles):
        return f"{new}讲了什么"
    if (gone := _anchor(old.words, index, lexicon)) and (named or _anchor(new_words, index, lexicon)):
        return _put(new, gone, old.folded, index, lexicon)
    here, there = _headings(old.words, past, index), _headings(new_words, past, index)
    for mine, theirs in product(there, here):
        if theirs.position.count(".") == mine.position.count(".") and theirs.heading != mine.heading:
            shared = [w.text for w in old.words if w.stands_in(fold(theirs.heading))]
            swapped = _exchange(old.folded, [w for w in shared if w not in {n.text for n in new_words}], new)
            if swapped != old.folded:
                return swapped
    if past.slot and past.slot in old.folded:
        return old.folded.replace(past.slot, new)
    if of_subject:
        return of_subject
    if first and alike and any(w.known for w in new_words):  # what a question opens with is its topic
        return _put(new, first, old.folded, index, lexicon)
    return f"{new}，{_without(old, new_words)}"


def other_amount(new: str, asked: str) -> str:
    """The previous question with its only length of time, or number of persons, exchanged for that of ``new``.

    >>> other_amount("要是一口气请半个月", "请两天假找谁批"), other_amount("两个人住", "一个人申请能分到多大的")
    ('请半个月假找谁批', '两个人申请能分到多大的')
    """
    times = [[(q.start, q.end, q.text) for q in quantities(t) if q.unit in _LENGTHS] for t in (asked, new)]
    persons = [[(*m.span(), m[0]) for m in _PERSONS.finditer(t)] for t in (asked, new)]
    for old, other in (times, persons):
        if len(old) == len(other) == 1 and old[0][2] != other[0][2]:
            (start, end, _), (*_, text) = old[0], other[0]
            return asked[:start] + text + asked[end:]
    return ""


def _of_one_sort(new: str, asked: str) -> str:
    """What a folded question names that is classed like ``new`` (by 类, 级, 型…), if that is one thing; else ``""``."""
    if new[-1:] not in _SORTS or len(new) > _NAMED:
        return ""
    found = set(re.findall(rf"(?:^|(?<=[的,和跟在对]))[\u4e00-\u9fff]{{1,4}}?{new[-1]}", asked))
    return found.pop() if len(found) == 1 and new not in found else ""


def _nominal(subject: str, first: str) -> str:
    """A subject without the predicate that it runs into (甲去年卖出), but with all of its first word."""
    at = 0
    for word, flag in tag(subject) if first else ():
        if at >= len(first) and flag[0] in "tvd" and flag != "vn":
            return subject[:at]
        at += len(word)
    return subject


def _is_attribute(name: str, past: Past, index: Index) -> bool:
    """Whether a name is that of something which is asked of things, as the text asks or tells it of them."""
    told = re.compile(rf"[的有]{re.escape(name)}(?:为|是|达|约|有|\d)")
    owned = any(told.search(fold(hit.passage.text)) for hit in past.answer.hits) and not _beside(name, past, index)
    return bool(value_asked(name) or _MEASURE.search(name)) or owned or name in aspects(past, index)


def _titles(past: Past, index: Index) -> set[str]:
    return {fold(short_title(s.heading)) for d in past.documents for s in index.documents[d].sections if s.heading}


def _beside(new: str, past: Past, index: Index) -> str:
    """What the previous question names and the text puts side by side with ``new`` ("甲、乙和丙"); ``""`` if nothing."""
    asked = past.question.folded
    joint = "(?:、|和|与|及|以及)"
    pattern = re.compile(
        rf"([\u4e00-\u9fff\w]{{2,8}}?){joint}{re.escape(new)}|{re.escape(new)}{joint}([\u4e00-\u9fff\w]{{2,8}})"
    )
    for document in past.documents:
        for found in pattern.finditer(index.folded(document)):
            name = found[1] or found[2]
            ends = [name[i:] for i in range(len(name) - 1)] if found[1] else [name[:i] for i in range(len(name), 1, -1)]
            if there := next((end for end in ends if end in asked), ""):
                return there
    return ""


def _parallel(new: str, past: Past) -> str:
    """What the previous question asks of, where the text has ``new`` in its place.

    Their clauses tell an amount of one sort, or they are attributes of one thing in one sentence.
    """
    asked = past.question.folded
    for hit in past.answer.hits:
        said = [s for line in hit.passage.text.splitlines() for s in _STOP.split(fold(line))]
        sentences = [[(c, _units(c)) for c in _CLAUSE.split(s)] for s in said]
        theirs = [(c, units) for clauses in sentences for c, units in clauses if units and c.startswith(new)]
        for clauses in sentences:
            beside = any(clause.startswith(new) for clause, _ in clauses)
            for clause, units in clauses:
                end = next((n for n in range(len(clause), 1, -1) if clause[:n] in asked), 0)
                owner, _, name = clause[:end].rstrip("的").rpartition("的")
                alike = next((c for c, other in theirs if other == units), "")
                if owner and alike.startswith(f"{new}的"):
                    name = owner
                if len(name) > 1 and new not in clause[:end] and (alike or (owner and beside)):
                    return name.rstrip("有是为在由")
    return ""


def _units(clause: str) -> frozenset[str]:
    return frozenset(q.unit for q in quantities(clause))


def _anchor(words: Iterable[Word], index: Index, lexicon: Lexicon) -> str:
    """The only word among these that is a topic of its own, ``""`` if there is none or several."""
    found = [w.text for w in words if w.known and stands_alone(w, index, lexicon)]
    return found[0] if len(found) == 1 else ""


def _exchange(text: str, gone: list[str], new: str) -> str:
    """``text`` with the stretch of words ``gone`` replaced by ``new``."""
    places = [(text.find(w), text.find(w) + len(w)) for w in gone if w in text]
    if not places:
        return text
    start, end = min(p[0] for p in places), max(p[1] for p in places)
    return _fitted(text[:start], new, text[end:])


def _without(old: Question, new_words: Iterable[Word]) -> str:
    """The previous question less the words that the new ones replace."""
    kept, gone = old.folded, {other for w in new_words for other in w.same}
    for word in old.words:
        if word.text in gone:
            kept = kept.replace(word.text, "")
    return kept


def _headings(words: Sequence[Word], past: Past, index: Index) -> list[Section]:
    """Sections named by any of the words, in the documents of the previous hits, most specific names first."""
    found: list[tuple[float, int, int, Section]] = []
    for document_id in past.documents:
        for section in index.documents[document_id].sections:
            heading = fold(section.heading)
            weight = sum(w.weight for w in words if w.known and w.stands_in(heading))
            if weight:
                found.append((-weight, section.position.count("."), len(found), section))
    return [section for *_, section in sorted(found)[:12]]


def _put(new: str, gone: str, text: str, index: Index, lexicon: Lexicon) -> str:
    """``text`` with ``new`` for ``gone`` and the rest of its name."""
    gone = whole_name(gone, text, index, lexicon)
    before, _, behind = text.partition(gone)
    return _fitted(before, new, behind)


def _fitted(before: str, new: str, behind: str) -> str:
    """``new`` between two texts, without what it says of them itself."""
    said = next((n for n in range(min(len(new), len(behind)), 0, -1) if new.endswith(behind[:n])), 0)
    told = next((n for n in range(min(len(new), len(before)), 0, -1) if new.startswith(before[-n:])), 0)
    return before[: len(before) - told] + new + behind[said:]


def whole_name(name: str, text: str, index: Index, lexicon: Lexicon) -> str:
    """A word of a text with the single characters that were torn off it: those that the corpus always has beside it."""
    start, at, often = text.find(name), 0, index.lexical.frequency(name)
    end = start + len(name)
    for piece in index.segmenter.words(text) if often and start >= 0 else ():
        at = text.find(piece, at)
        if len(piece) == 1 and not piece.isascii() and piece not in lexicon.stopwords:
            if at == end and tag(piece)[0][1] in PIECES and index.lexical.frequency(f"_{name[-1]}{piece}") >= often:
                return name + piece
            if at == start - 1 and index.lexical.frequency(f"_{piece}{name[0]}") >= often:
                name = piece + name
        at += len(piece)
    number = _NUMBER.match(text, start + len(name)) if start >= 0 else None
    return name + number[0] if number else name
