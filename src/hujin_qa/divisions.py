"""What is asked of an outline: where something stands in a text, what it is divided into, the n-th of its parts."""

import re
from typing import Literal

from .index import Index
from .sections import children
from .text import fold
from .types import Document, Section

Asked = Literal["section", "contents", "summary"]

_CHAPTER = "(?:章节|小节|篇章|[章节篇](?![点目气日奏能操省课约]))"  # no 节点, 节目
_SAYS = "(?:讲|说|写|提|谈|介绍|规定|涉及)"
_TEXT = "[这本该]?[份篇本个部]?(?:文[章中件档]|全文|手册|书|报告|制度|材料)"
_WHERE = re.compile(  # in the text: "…在哪一节", "哪里提到…", "…规定在什么地方"
    rf"(?:主要|是|都)*{_SAYS}?[到过]?[在见看]?(?:{_TEXT})?[里中]?的?哪[一个]*{_CHAPTER}[里中]?(?:有|是|主要)*{_SAYS}?[到过了的]*"
    rf"|[归放]?在?哪一?个?(?:块|大?部分)[里中]?{_SAYS}[到过了的]*"
    rf"|(?:[的是]?事?)?(?:讲|说|写|提|谈|规定|安排)在(?:{_TEXT})?[里中]?的?哪一?个?(?:大?部分|块)[里中]?的?"
    rf"|在?(?:哪里|哪儿|什么地方|何处)(?:有|是)?{_SAYS}[到过了]+|(?:是|都)?(?:讲|说|提到?|谈|规定)在(?:哪里|哪儿|什么地方|何处)"
)
_DIVIDED = re.compile(
    rf"(?:一共|总共|共|都|由|可以)*(?:分成?|分为|划分为?|包括|包含|有|是)?[了为成]?(?:多少|哪?几个?|哪些)大?个?(?:{_CHAPTER}|部分|板块|单元)(?:组成|构成|内容)?[呀啊呢?。]*$"
    r"|目录|大纲|提纲"
)
_LEAD_IN = re.compile(
    rf"^(?:那么?|关于|有关|想?(?:了解|看|查|找|知道)|对于?|(?:{_TEXT}|文)[里中上]面?的?)+|(?:的(?:相关)?(?:内容|部分|信息|说明|规定))$"
)
_WHOLE = re.compile(
    "[全本原该此]文|通篇|整[篇份本个]|[这本该][份篇本个部]?|文章|全书|书|文档|文件|手册|报告|材料|资料|制度|教材|讲义|"
    "里面?|中|的|看看?|列出?|给我|发|我?想?要?看|一共|总共|把|从|有|在|都|主要|什么|是|怎么样|一下|,|请"
)
_BELOW = re.compile("(?:[这那一]*[章节篇]|部分|下面|里面?|中|又|的)+$")
MADE_OF = r"(?:由[^。;\n]{2,80}(?:组成|构成)|(?:包括|包含|分为|分成)[^。;\n]{1,60}、)"
"""How a folded sentence says, behind the name of a thing, what it is made up of."""
_UNITS = {  # how the headings look that are counted as …
    "条": re.compile("第[^章节条篇编部]{1,6}条"),
    "问": re.compile(r"(?:[qQＱ]\s*\d{0,3}|问题?\s*[一二三四五六七八九十\d]{0,3})\s*[:：.、]|.*[?？]$"),
}
_COUNTED = re.compile(
    "[里中]?(?:一共|总共|共|都|分为?|包括|包含|回答|解答|列|[有了])*(?:多少|(?<![哪第])几)个?(?P<unit>[条问])题?(?:条款)?[呀啊呢?。]*$"
)
_NTH = re.compile(
    r"(?:那么?|请问)?(?:(?:倒数)?第(?:\d+|[一二三四五六七八九十]+)|最后一)个?(?P<unit>问)题?(?:[的是问答讲说呢啊呀?]|怎么|如何|回答|什么|啥|哪个|内容|答案)*"
)


def units_of(document: Document, unit: str) -> list[Section]:
    """The articles (条) or questions (问) that a document has as sections, in order."""
    return [s for s in document.sections if _UNITS[unit].match(s.heading)]


def unit_counted(folded: str) -> str:
    """What a folded question asks for the number, or the n-th, of: 条 or 问; ``""`` if neither."""
    found = _COUNTED.search(folded) or _NTH.fullmatch(folded)
    return found["unit"] if found else ""


def headed(document: Document, named: str) -> list[Section]:
    """The sections whose headings hold a name and that have others below them."""
    return [s for s in document.sections if named in fold(s.heading) and len(children(document, s.position)) > 1]


def asked_of_outline(folded: str, index: Index) -> tuple[Asked, str, str] | None:
    """What a folded question asks of the outline, the words that say so, and what it is asked of; ``None`` if nothing.

    That is where something stands in a text, what a text or a section that is named is divided into, or what its n-th
    question says.
    """
    if (nth := _NTH.fullmatch(folded)) and any(len(units_of(d, nth["unit"])) > 1 for d in index.documents.values()):
        return "summary", folded, ""
    if found := _COUNTED.search(folded):
        named = _WHOLE.sub("", folded[: found.start()]).strip("《》,。?呀啊呢吧的 ")
        having = (d for d in index.documents.values() if len(units_of(d, found["unit"])) > 1)
        if any(not named or named in fold(d.title) or headed(d, named) for d in having):
            return "contents", folded, named
    if found := _DIVIDED.search(folded):
        of = (folded[: found.start()] + folded[found.end() :]).strip("《》,。?呀啊呢吧 ")
        if not _WHOLE.sub("", of):
            return "contents", folded, ""
        named, chapters = _BELOW.sub("", of), re.search(f"{_CHAPTER}|目录|大纲|提纲", found[0])
        for document in index.documents.values() if named and (chapters or not _made_of(named, index)) else ():
            divided = (s.heading for s in document.sections if len(children(document, s.position)) > 1)
            names = [fold(name) for name in (*([document.title] if chapters else ()), *divided)]
            if any(named in name and 2 * len(named) > len(name) - 2 for name in names):
                return "contents", folded, named
    if found := _WHERE.search(folded):
        around = f"{folded[: found.start()]} {folded[found.end() :]}"
        topic = _LEAD_IN.sub("", around.strip(" ,的呀啊呢?。!")).strip()
        if len(topic) > 1:
            return "section", found[0], topic
    return None


def _made_of(name: str, index: Index) -> bool:
    """Whether a sentence of the texts says itself what a thing is made up of: 某某由甲、乙组成."""
    says = re.compile(rf"{re.escape(name)}[^。;,\n]{{0,8}}{MADE_OF}")
    return any(says.search(index.folded(id_)) for id_ in index.documents)
