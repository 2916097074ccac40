"""Whether a question leans on the ones before it: told by its words (那…呢, 这家公司, 第二点, a bare attribute)."""

import re
from dataclasses import dataclass

from .index import Index
from .items import Item
from .lexicon import Lexicon
from .question import Question, Word
from .types import Answer

POINTER = re.compile(
    r"这(家|个|些|几|两|种|类|块|条|点|项|方面|里|样)|那(家|个|些|几|两|种|类|里|样)|它们?|他们?|她们?|该(公司|企业|机构|平台|行业|赛道)|前者|后者|其中|上面|上述|刚才|刚刚|前面(说|提|那)|同样|以上|这(?=[^一二三四五六七八九十\d年篇])"
)
OPENING = re.compile(r"^(那么?|还有|另外|再|然后|接着|继续|那边|以及|除此之外|除此以外|除了这)")
_BESIDE = re.compile(r"^(?:跟|和|与|比|同).+(?:比|不同|区别|差别|一样)")
NTH = re.compile(
    r"(?:第[\d一二三四五六七八九十]+[个条点项步件类种章节家层]?|(?:倒数|最后|最初|首|头)(?:第?一)?[个条点项步件家层]?)"
    r"(?:[\u4e00-\u9fff]{2}(?=[呢?,。]|$))?"
)
OTHER_YEAR = (
    (re.compile(r"(?:前|上)一年|去年|前年"), -1),
    (re.compile(r"(?:后|下)一年|次年|第二年|来年"), 1),
)
REST = re.compile(r"剩下|剩余|其余|其他|其它|别的|除了|除此|以外|之外|^还有(?!没有|多)")
_NEAR_ONE = 8  # characters: a question this short that names nothing leans on the one before


@dataclass(frozen=True, slots=True)
class Past:
    """The conversation as far as a follow-up can point at it."""

    question: Question
    answer: Answer
    items: tuple[Item, ...] = ()  # what was last listed

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """Document and outline position of every section that was cited."""
        return frozenset((c.document, c.passage.rpartition("/")[2].partition("#")[0]) for c in self.answer.citations)

    @property
    def said(self) -> frozenset[tuple[str, int]]:
        """Document and start of everything that was cited."""
        return frozenset((c.document, c.start) for c in self.answer.citations)


def is_follow_up(asked: Question, past: Past, index: Index, lexicon: Lexicon) -> bool:
    """Whether a question has to be completed from ``past``."""
    folded = asked.folded
    if asked.ordinal and abs(asked.ordinal) <= len(past.items) and (nth := NTH.match(folded)):
        documents = {item.document for item in past.items}
        headings = (s.heading for d in documents for s in index.documents[d].sections)
        return not any(heading.startswith(nth[0]) for heading in headings)  # unless the text has a 第五条 of its own
    if POINTER.search(folded) or OPENING.search(folded) or _BESIDE.search(folded) or not asked.words:
        return True
    if REST.match(folded):
        return True
    known = [w for w in asked.words if w.known]
    if len(known) <= 2 and len(folded) <= 2 * _NEAR_ONE and folded.rstrip("?!。").endswith("呢"):
        return True
    if any(stands_alone(w, index, lexicon) for w in known) or len(folded) > 2 * _NEAR_ONE:
        return False
    if asked.ordinal or any(pattern.search(folded) for pattern, _ in OTHER_YEAR):
        return True
    strange = [w for w in asked.words if not w.known and len(w.same) == 1]
    return not strange or len(known) >= len(strange)


def stands_alone(word: Word, index: Index, lexicon: Lexicon) -> bool:
    """Whether a word is a topic of its own: a name of the trade, or rare in the text, but no common attribute."""
    if word.text in lexicon.words:
        return True
    return len(word.same) == 1 and index.lexical.frequency(word.text) <= max(2, len(index.passages) // 40)
