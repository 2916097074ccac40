"""What an abstention says: what is missing, where that is certain, and where the nearest stands."""

from collections.abc import Sequence

from .absent import absent_in, absent_years, as_typed
from .evidence import folded_passage, matched, sure
from .index import Index
from .lexicon import Lexicon
from .markers import strip_marker
from .question import Question
from .types import Hit

_NAMED = 2  # missing things and near places that are named
_SAY = {
    "empty_index": "索引里还没有任何文字,无法回答。请先放入文档并运行:hujin-qa index",
    "no_match": "文中没有与这个问题有关的内容。",
    "not_enough_evidence": "文中没有说到这一点。",
    "chat": "我只根据已收录的文档回答问题,不能处理文档之外的请求。请问一个与文档内容有关的问题。",
    "thanks": "不客气!还想了解什么,请接着问。",
    "farewells": "再见!有问题随时再来问。",
    "greetings": "你好!我根据已收录的文档回答问题。想了解什么,请直接问。",
    "nods": "好的。还想了解什么,请接着问。",
    "empty_question": "问题里没有文字。请输入想问的内容。",
}
_LACKS = {  # by what ``gaps`` saw that the answer lacks
    "cause": "文中没有说明原因。",
    "person": "文中没有说是谁。",
    "which": "文中没有说是哪一家。",
    "place": "文中没有说是哪些地方。",
    "amount": "文中没有给出所问的数目。",
    "share": "文中没有给出所占的比例。",
    "part": "文中没有单独说这一部分。",
    "members": "文中没有逐一说明。",
    "period": "文中没有说到所问的时期。",
    "comparison": "文中没有作这样的比较。",
}

REPLIES = frozenset(_SAY[sort] for sort in ("thanks", "farewells", "greetings", "nods"))
"""What is said to someone who asked nothing."""


def explain(why: str, question: Question, hits: Sequence[Hit], index: Index, lexicon: Lexicon, lack: str = "") -> str:
    """The sentences of an abstention; ``why`` is one of its reasons, ``"chat"`` or ``"empty_question"``.

    ``lack`` is what the answer that was found lacks, as ``gaps.gap`` names it, if anything.
    """
    if why == "chat":
        return _SAY[lexicon.courtesy(question.plain) or why]
    if why not in ("no_match", "not_enough_evidence"):
        return _SAY[why]
    gone = "和".join(f"“{word}”" for word in missing(question, index, lexicon)[:_NAMED])
    said = f"文中没有提到{gone}。" if gone else _LACKS.get(lack, _SAY[why])
    return said + (near(question, hits) if why == "not_enough_evidence" else "")


def near(question: Question, hits: Sequence[Hit]) -> str:
    """The sections of the best hits that have a word of the question, in one sentence; ``""`` if they have no headings."""
    passages = (h.passage for h in hits[:3] if sure(matched(question.words, folded_passage(h.passage))))
    places = dict.fromkeys(" › ".join(strip_marker(s) for s in p.section[-2:]) for p in passages)
    named = [f"「{place}」" for place in places if place]
    return f"相近的内容在{'、'.join(named[:_NAMED])}。" if named else ""


def missing(question: Question, index: Index, lexicon: Lexicon) -> list[str]:
    """Years and things that a question names and that no document has, not even under another name; as typed."""
    things = absent_in(question, index, lexicon)
    return [f"{year}年" for year in absent_years(question, index)] + [as_typed(t.text, question) for t in things]
