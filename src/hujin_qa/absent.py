"""What a question names and no document has: years, names, other things."""

import re
from collections.abc import Set
from dataclasses import dataclass
from itertools import accumulate

from .headings import NAMES, SURE_NAMES, tag
from .index import Index
from .lexicon import Lexicon
from .meaning import is_common, is_noun
from .question import Question
from .siblings import LONGEST, unknown_sibling
from .text import fold

_COMMON = frozenset("的不没怎几些那这么了着得第啥谁哪")  # no noun that is worth repeating has one of these
_GRAMMAR = frozenset("能要会可将被把让给对比因于是在有到和与或")  # and no guess at one has one of these
_BELONGS = re.compile(
    "^(?P<name>[^,的最比几哪按]{2,8}?)(?:按[^,]{1,6}?)?会?被?(?:(?:是?属于|算是?|归[于在到为]?|[排处]在?到?)(?:第几|哪)|[在是]第几)"
)
_MENTIONED = re.compile(
    "(?:提到|提及|讲到|说到|谈到|写到)[过了]?(?P<name>[^,的了吗没么?。]{2,10})了?(?:吗|没有?|么)?[?。]*$"
    "|^(?P<before>[^,的]{2,10}?)(?:有没有|有|是否)?被?(?:提到|提及|讲到|说到|谈到)[过了]?(?:吗|没有?|么)"
)
_THERE = re.compile(
    "(?:有没有|是否有|有)(?!地儿|地方|办法|法子|可能|说法|[好坏]处|必要|机会)(?P<name>[^,的了吗没么?。有]{2,6})(?:吗|么|没有|没)?[呀啊呢]?[?。]*$"
)
_NO_NAME = re.compile(r"\d|[我你您咱他她它这那]|自己|现在|目前|如今|整个")
_QUOTED = re.compile('[“"「《](?P<name>[\u4e00-\u9fff]{2,12})[”"」》]')
_PLACE = re.compile("(?:^|(?<=[在对]))[\u4e00-\u9fff]{2,5}?(?=(?:[省市]|地区|那边|这边|市场)?的)")
PIECES = ("n", "ng", "nr", "nz", "g", "zg")  # what a single character at the end of a coined name may be (比特币)


@dataclass(frozen=True, slots=True)
class Absent:
    """A word, or neighbouring words, that no document has under any name; ``text`` is folded."""

    text: str
    name: bool  # a proper or coined name rather than a common noun


def absent_years(question: Question, index: Index) -> list[str]:
    """Years that a question names and no document has."""
    return [year for year in sorted(question.years) if not _occurs(year, index)]


def absent_in(question: Question, index: Index, lexicon: Lexicon) -> list[Absent]:
    """The nouns and names of a question that no document has, in order; none in English, where every word would be."""
    if name := absent_topic(question, index, lexicon):
        return [Absent(name, name=True)]
    return [] if question.plain.isascii() else absent_things(question.folded, index, lexicon)


def absent_things(folded: str, index: Index, lexicon: Lexicon) -> list[Absent]:
    """The nouns and names of a folded text that no document has, in order."""
    found: list[Absent] = []
    words = set(index.segmenter.words(folded))
    starts = {0, *accumulate(map(len, index.segmenter.cut(folded)))}
    open_end = False  # whether the last word was absent, so that the next may belong to it
    at = 0
    for whole, flag in tag(folded):
        torn_off = at not in starts  # 金融公司 of 消费金融公司, where 消费金融 is a word
        at += len(whole)
        word = _without_grammar(_well_cut(whole, folded[at : at + 1], index), words, index, lexicon)
        named = (flag in SURE_NAMES and word == whole) or (flag in (*SURE_NAMES, "nz") and not is_common(word))
        torn = index.segmenter.is_word(word + folded[at : at + 1])  # 报 behind 新人, before 到
        piece = len(word) == 1 and flag in PIECES and not torn
        if open_end and piece and not _occurs(found[-1].text[-1] + word, index):
            found[-1] = Absent(found[-1].text + word, name=True)
        elif not torn_off and _is_thing(word, flag) and not any(_occurs(o, index) for o in lexicon.others(word)):
            if open_end:
                found[-1] = Absent(found[-1].text + word, found[-1].name or named)
            else:
                found.append(Absent(word, named))
        else:
            open_end = False
            continue
        open_end = word == whole
    return [thing for thing in dict.fromkeys(found) if 1 < len(thing.text) <= LONGEST]


def absent_topic(question: Question, index: Index, lexicon: Lexicon, believed: bool = False) -> str:
    """What a question is about, if no document has it under any name: nothing can be said of it; ``""`` if there is none.

    A question what X belongs to, or whether X is mentioned, is about X; one that opens with a place of its own (美国的…)
    is about what is there; any other about what it quotes, a name of its own that it opens with, and the names in it
    that the lexicon has. Of other words it is not sure enough what they are: a misspelt or torn one looks like a new one.
    What is asked to be there may be told in other words, where the answer is ``believed``.
    """
    asked, folded = _asked_of(question, index, lexicon, believed), question.folded
    if name := asked or _unknown_quote(folded, index, lexicon) or unknown_sibling(folded, index):
        return name
    frequency, beside = index.lexical.frequency, index.beside
    owned = (m[0] for m in _PLACE.finditer(question.folded) if m[0] in question.places)
    if elsewhere := next((p for p in owned if not any(_occurs(o, index) for o in lexicon.others(p))), ""):
        return elsewhere
    names = (w.text for w in question.words if w.text in lexicon.names)
    return next((w for w in names if not any(frequency(o) or o in beside for o in lexicon.others(w))), "")


def _unknown_quote(folded: str, index: Index, lexicon: Lexicon) -> str:
    """The first that a folded question quotes, or gives as a title, and no document has."""
    quoted = ((m["name"], m[0][0] == "《") for m in _QUOTED.finditer(folded))
    return next((q for q, title in quoted if not any(_is_called(o, title, index) for o in lexicon.others(q))), "")


def _is_called(name: str, title: bool, index: Index) -> bool:
    """Whether a quoted name stands anywhere; a title to the letter, shortened (《征信细则》), or as it sounds."""
    if not title:
        return _occurs(name, index)
    texts = [index.beside, *map(index.folded, index.documents)]
    if any(name in text for text in texts):
        return True
    titles = {m["name"] for text in texts for m in _QUOTED.finditer(text)}
    shortened, sound = re.compile(".*".join(map(re.escape, name))), index.pinyin.sound
    return any(shortened.search(title) or sound(title) == sound(name) for title in titles)


def _asked_of(question: Question, index: Index, lexicon: Lexicon, believed: bool) -> str:
    """What is asked to be there, to belong somewhere or to be mentioned, if no document has it or a piece of it."""
    there = _THERE.search(question.folded) if question.kind == "polar" and not believed else None
    asked = next((w for w in question.words if there and w.text == there["name"]), None)
    if asked and asked.noun and not asked.known and len(asked.others) == 1:  # 有食堂吗
        return asked.text
    pattern = {"member": _BELONGS, "polar": _MENTIONED}.get(question.kind)
    found = pattern.search(question.folded) if pattern else None
    name = next(filter(None, found.groups()), "").partition("在")[0] if found else ""

    def occurs(word: str) -> bool:
        return any(_occurs(other, index) for other in lexicon.others(word))

    def is_strange(piece: str) -> bool:
        if len(piece) == 1:  # torn off: 多多 behind 拼
            at = name.find(piece)
            return not any(
                len(pair) == 2 and _occurs(pair, index) for pair in (name[at - 1 : at + 1], name[at : at + 2])
            )
        named = not is_common(piece) or tag(piece)[0][1] in NAMES
        return named and piece not in near and not occurs(piece)

    near = {w.text for w in question.words if w.known or len(w.others) > 1}
    if not name or _NO_NAME.search(name) or tag(name)[0][1] == "v":  # 做案例库属于哪个维度
        return ""
    unknown = not occurs(name) and any(map(is_strange, index.segmenter.words(name)))  # 众安保险 is known by its pieces
    return name if unknown else ""


def as_typed(name: str, question: Question) -> str:
    """A folded name as it stands in the question that was typed, if it can be found there."""
    at = question.plain.find(name)
    if at >= 0 and len(question.plain) == len(question.text) and fold(question.text) == question.plain:
        return question.text[at : at + len(name)]
    found = re.search(re.escape(name), question.text, re.IGNORECASE)
    return found[0] if found else name


def _well_cut(word: str, following: str, index: Index) -> str:
    """A guessed word without its last character, if that makes one with the following (新人报 in 新人报到)."""
    known = index.segmenter.is_word
    return word[:-1] if not known(word) and known(word[:-1]) and known(word[-1] + following) else word


def _without_grammar(word: str, words: Set[str], index: Index, lexicon: Lexicon) -> str:
    """A word without the function words that a tagger's guess may end in (张三能); ``""`` if nothing sure is left."""
    sure = index.segmenter.is_word(word)
    if not sure:
        sure = word in words  # two guesses agree
        while word and (word[-1] in lexicon.stopwords or word[-1] in _COMMON):
            word = word[:-1]
        if _GRAMMAR & set(word) and not index.segmenter.is_word(word):
            return ""
    sure = sure or index.segmenter.is_word(word) or word in words
    return word if sure and word not in lexicon.stopwords else ""


def _is_thing(word: str, flag: str) -> bool:
    """Whether a word surely names something."""
    if word.isascii():
        return flag == "eng" and len(word) > 1
    if _COMMON & set(word) or any(c.isdigit() for c in word):
        return False
    return (
        flag in ("nr", "nrfg") if len(word) == 1 else is_noun(word) and (flag[:1] in "njlist" or flag in ("vn", "an"))
    )


def _occurs(word: str, index: Index) -> bool:
    """Whether a word stands anywhere: as a term or within one, by all its character pairs, in a title or a credit."""
    if word.isascii():
        return word in index.lexical.latin or word in index.beside
    pairs = ("_" + word[i : i + 2] for i in range(len(word) - 1))
    return all(map(index.lexical.frequency, pairs)) or word in index.beside
