"""English twins of the words that modules below the pages say in Chinese: errors, causes, states, names of numbers.

A ``{}`` stands for whatever is filled in, in the same order in both; what is filled in is looked up again, but not in
「」, 《》 or “”. What has no twin is the documents' own and stays as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape

from . import answer_twins, course_twins, run_twins
from .language import spoken

TWINS = answer_twins.TWINS | course_twins.TWINS | run_twins.TWINS
"""Chinese to English, the more special before the more general."""

QUESTIONS = answer_twins.QUESTIONS
"""The same of questions that are offered, apart from what else is said: a user may have asked the very same."""


def twin(words: str) -> str:
    """Words in the language that is spoken here.

    >>> from .language import speaking
    >>> with speaking("en"):
    ...     twin("连不上语言模型服务,以上是原文摘句。"), twin("支付分两类。")
    ("The language model's server cannot be reached; the above are sentences of the text itself.", '支付分两类。')
    """
    return _english(words) if spoken() == "en" else words


def twin_question(question: str) -> str:
    """How a question that is offered reads; asked, it stays Chinese as the documents are.

    >>> from .language import speaking
    >>> with speaking("en"):
    ...     twin_question("移动支付包括哪些?")
    'What does 移动支付 include?'
    """
    if spoken() == "en":
        for pattern, english, _ in _ASKED:
            if found := pattern.fullmatch(question):
                return english.format(*found.groups())
    return question


def twin_html(html: str) -> str:
    """HTML whose words are twins, its tags untouched."""
    if spoken() != "en":
        return html
    return re.sub(r"(?<=>)[^<>]+(?=<)", lambda found: escape(_english(unescape(found[0])), quote=False), html)


@lru_cache(maxsize=4096)
def _english(words: str) -> str:
    bare = words.strip()
    if bare in TWINS:
        return words.replace(bare, TWINS[bare])
    for pattern, english, quoted in _PATTERNS:
        if found := pattern.fullmatch(bare):
            return english.format(*(p if q else _filled(p) for p, q in zip(found.groups(), quoted, strict=True)))
    return words


def _filled(words: str) -> str:
    """What fills a blank: places or words in quotes, or else what has a twin of its own."""
    if _NAMED.fullmatch(words):
        return _AND.sub(", ", words).replace("「", "“").replace("」", "”")
    return _english(words)


def _patterns(twins: Mapping[str, str]) -> list[tuple[re.Pattern[str], str, list[bool]]]:
    """What each twin with blanks matches, its English, and which blanks are quotes."""
    return [
        (
            re.compile(re.escape(chinese).replace(r"\{\}", "(.*?)"), re.DOTALL),
            english,
            [before.endswith(("「", "《", "“")) for before in chinese.split("{}")[:-1]],
        )
        for chinese, english in twins.items()
        if "{}" in chinese
    ]


_PATTERNS, _ASKED = _patterns(TWINS), _patterns(QUESTIONS)
_NAMED = re.compile("(?:「[^「」]*」|“[^“”]*”)(?:[、和](?:「[^「」]*」|“[^“”]*”))*")
_AND = re.compile("(?<=[」”])[、和](?=[「“])")
