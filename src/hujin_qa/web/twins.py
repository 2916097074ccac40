"""English twins of the words that modules below the pages say in Chinese: errors, causes, states, names of numbers.

A ``{}`` stands for whatever is filled in, in the same order in both; what is filled in is looked up again, but not in
「」. What has no twin is the documents' own and stays as it is.
"""

import re
from functools import lru_cache
from html import escape, unescape

from . import answer_twins, course_twins, run_twins
from .language import spoken

TWINS = answer_twins.TWINS | course_twins.TWINS | run_twins.TWINS
"""Chinese to English, the more special before the more general."""


def twin(words: str) -> str:
    """Words in the language that is spoken here.

    >>> from .language import speaking
    >>> with speaking("en"):
    ...     twin("连不上语言模型服务,以上是原文摘句。"), twin("支付分两类。")
    ("The language model's server cannot be reached; the above are sentences of the text itself.", '支付分两类。')
    """
    return _english(words) if spoken() == "en" else words


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
            return english.format(*(p if q else _english(p) for p, q in zip(found.groups(), quoted, strict=True)))
    return words


_PATTERNS = [
    (
        re.compile(re.escape(chinese).replace(r"\{\}", "(.*?)"), re.DOTALL),
        english,
        [before.endswith("「") for before in chinese.split("{}")[:-1]],
    )
    for chinese, english in TWINS.items()
    if "{}" in chinese
]
