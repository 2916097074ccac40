"""Whether an answer keeps to what a question is about, where it asks for something that many topics have: problems, advice."""

import re
from collections.abc import Sequence

from .evidence import matched, share
from .index import Index
from .question import Question
from .text import fold
from .types import Citation

_OF_MANY = re.compile(
    r"(?:给|对)?(?P<topic>[^,?]{2,16}?)(?:的|存在|面临|遇到|有)+(?:什么|哪些|主要|常见)*"
    r"(?:问题|难题|困难|痛点|不足|缺点|弊端|挑战|误区|建议|忠告|提醒|意见|对策)(?=[有是包都]|哪些|什么|啥|$)"
)
_HALF = 0.5  # weight of the topic's words that must stand around what is cited


def strays(asked: Question, cited: Sequence[Citation], index: Index) -> bool:
    """Whether something cited stands where hardly a word of the topic does: not in its passage, headings or title."""
    found = _OF_MANY.match(asked.folded)
    words = [w for w in asked.words if found and w.text in found["topic"]]
    return bool(words) and not all(share(words, matched(words, _around(c, index))) >= _HALF for c in cited)


def _around(citation: Citation, index: Index) -> str:
    passage = index.passages[index.rows[citation.passage]]
    return fold(" ".join([index.documents[citation.document].title, *citation.section, passage.text]))
