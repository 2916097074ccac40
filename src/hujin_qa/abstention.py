"""What an abstention says: what is missing, where that is certain, and where the nearest stands."""

from collections.abc import Sequence

from .index import Index
from .lexicon import Lexicon
from .question import Question, Word
from .sections import title
from .types import Hit

_NAMED = 2  # missing things and near places that are named
_COMMON = frozenset("的不没怎几些那这么了着得第")  # no noun that is worth repeating has one of these
_LONGEST = 12  # characters of a missing thing that is repeated to the user
_SAY = {
    "empty_index": "索引里还没有任何文字,无法回答。请先放入文档并运行:hujin-qa index",
    "no_match": "文中没有与这个问题有关的内容。",
    "not_enough_evidence": "文中没有说到这一点。",
    "chat": "我只根据已收录的文档回答问题,不能处理文档之外的请求。请问一个与文档内容有关的问题。",
    "empty_question": "问题是空的。请输入想问的内容。",
}


def explain(why: str, question: Question, hits: Sequence[Hit], index: Index, lexicon: Lexicon) -> str:
    """The sentences of an abstention; ``why`` is one of its reasons, ``"chat"`` or ``"empty_question"``."""
    if why not in ("no_match", "not_enough_evidence"):
        return _SAY[why]
    gone = "和".join(f"“{word}”" for word in missing(question, index, lexicon)[:_NAMED])
    said = f"文中没有提到{gone}。" if gone else _SAY[why]
    return said + (near(hits) if why == "not_enough_evidence" else "")


def near(hits: Sequence[Hit]) -> str:
    """The sections of the best hits, in one sentence; ``""`` if they have no headings."""
    places = dict.fromkeys(" › ".join(title(s) for s in h.passage.section[-2:]) for h in hits[:3])
    named = [f"「{place}」" for place in places if place]
    return f"相近的内容在{'、'.join(named[:_NAMED])}。" if named else ""


def missing(question: Question, index: Index, lexicon: Lexicon) -> list[str]:
    """Years and things that a question names and that no document has, not even under another name."""
    years = [f"{year}年" for year in sorted(question.years) if not _occurs(year, index)]
    foreign = question.plain.isascii()  # in English every word would be missing, "what" among them
    strange = [w for w in question.words if not w.known and not foreign and not any(c.isdigit() for c in w.text)]
    gone = [w for w in strange if _is_thing(w, index, lexicon) and not any(_occurs(o, index) for o in w.same)]
    return years + [name for name in _joined(gone, question.folded) if len(name) <= _LONGEST]


def _is_thing(word: Word, index: Index, lexicon: Lexicon) -> bool:
    """Whether a word surely names something: a noun of the dictionary, or a guessed name without a common character."""
    text = word.text
    if text.isascii():
        return True
    name = not any(c in lexicon.stopwords or c in _COMMON for c in text)
    return word.noun and not _COMMON & set(text) and (name or index.segmenter.is_word(text))


def _joined(words: Sequence[Word], folded: str) -> list[str]:
    """Words that stand side by side as one, in order."""
    names: list[str] = []
    for word in words:
        if names and names[-1] + word.text in folded:
            names[-1] += word.text
        else:
            names.append(word.text)
    return names


def _occurs(word: str, index: Index) -> bool:
    """Whether a word stands anywhere: as a term or within one, by all its character pairs, in a title or a credit."""
    if word.isascii():
        inside = any(word in term for term in index.lexical.vocabulary)
    else:
        inside = all(index.lexical.frequency("_" + word[i : i + 2]) for i in range(len(word) - 1))
    return inside or word in index.beside
