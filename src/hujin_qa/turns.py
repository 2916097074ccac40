"""Turns that steer a conversation and name nothing new: corrections, 下一个, 详细点, 还有吗."""

import re
from collections import Counter

from .differences import asks_difference
from .digest import sentence_rows
from .followup import Meant, Past
from .index import Index
from .items import Item
from .lexicon import Lexicon
from .quantities import quantities
from .question import Place, Question, content_words, interrogative
from .text import fold
from .types import Answer, Citation

_CORRECTION = re.compile(
    r"^(?:(?:不对|不是的?|错了|[说搞弄]错了|对了|[哦噢啊]|抱歉|不好意思)[,。!]*)*"
    r"(?:我?(?:并?不是|没)(?:在?[问说指])?(?P<old>[^,。?!]{1,12}?)(?:[,。]+(?:而?是|我?(?:是|要|想)*[问说指](?:的是)?)|而是)(?:在?[问说指](?:的是)?)?"
    r"|我(?:是|要|想)*[问说指]的是|我是在?[问说指])(?P<new>[^,。].{0,30})$"
)
_BESIDE = re.compile(
    r"^(?:那么?|再)?(?:(?P<on>[下后])|[上前])(?:面|边)?一?[个步条点项家种类位款章节层级](?![月季周年天]|世纪|小时|星期)"
)
_CLOSER = re.compile(
    r"(?:那|再|能不能|可不可以|能|可以|请|麻烦|[给帮]我|你|说|讲|解释|介绍|描述|一下)*"
    r"(?:详细|具体|仔细|展开|深入|细(?=[说讲聊谈]))+"
    r"(?:地|的|一?[点些下]|说|讲|聊|谈|解释|介绍|描述|说明|展开|[吗吧呢呗?。!])*"
)
_MORE = re.compile(
    r"(?:那|那么)?(?:(?:还有没有|还有|没有|有没有|有)?(?:别的|其[他它]的?|更多的?|另外的?)|还有没有|还有)(?:内容|信息|情况|补充)?了?[吗呢么吧嘛?。!]*"
    r"|(?:请|那|再|然后)*(?:继续|接着|往下|然后)(?:[说讲读看]|往下|下去)*[吗呢吧?。!]*"
)
_THAT = r"(?:那么?|这|请问|[你您]|刚才|刚刚|上面|前面|[个句些段条]|(?:句|段)?话|答案|回答|结论|数字?|数据|说法|说的|信息|的|[是都在从])*"
_TEXT = "(?:原?文[章中里档件]?|手册|书|[材资]料)[里中]?的?"
_UNIT = "(?:章节|小节|部分|[章节条款篇段页句处])"
_SAID = "(?:[说讲写提看查找来]|提到|规定|看到|查到|找到|得出|得来|引用)[到过了]?的?"
_ABOUT_THE_ANSWER = re.compile(
    rf"{_THAT}有?(?:什么|啥|何|没有)?(?:具体的?)?(?:出处|来源|依据|根据|证据)(?:[是在来]*(?:什么|啥|哪里?|哪儿|何处|何在)|呢|有吗|[吗么])?"
    rf"|{_THAT}(?:{_TEXT})?[在是从]?(?:{_TEXT})?(?:第几|哪一?个?){_UNIT}(?:{_SAID}|[里的])*"
    rf"|{_THAT}[在从]?{_TEXT}[在是]?(?:哪里?|哪儿|什么地方|何处)(?:{_SAID}|[里的])*"
    rf"|{_THAT}(?:哪里|哪儿|哪|什么地方)(?:{_SAID}|出来的?)+"
    rf"|{_THAT}{_TEXT}是?(?:怎么|如何|咋){_SAID}"
    rf"|{_THAT}(?:能|可以|敢)?(?:确定|肯定|保证|确认|真的|当真|没错|对|准确|准|靠谱|可靠|可信|属实|是真的)(?:不|没问题)?[吗么嘛]"
    rf"|{_THAT}(?:没有?|不会|会不会|有没有|是不是|不是)(?:搞|弄|记|说|看|答)错了?[吧吗呢]?"
    r"|何以见得|[你您](?:是)?怎么(?:知道|得出)[来的]*|(?:凭什么|为什么|为啥)[你您]?(?:这[么样]说|说这个)"
)
_OTHERWISE = re.compile(
    r"(?:能不能|可不可以|可以|[能请再用给你您我]|麻烦)*"
    r"(?:换(?:一?[个种])(?:说法|讲法|方式|话)[说讲]?|[说讲]?(?:得|的)?(?:简单|简短|通俗|直白|短)一?[点些]儿?[说讲]?"
    r"|简单(?:来|地)?[说讲]|说人话|[说讲]一?[遍次]|(?:我?(?:还是)?(?:没|不)(?:太|怎么|大)?(?:听|看)?(?:懂|明白))了?)[吗吧呢呗?。!]*"
)
_WHAT_IS_IT = re.compile("[是叫]?(?:什么|啥|哪一?[个条项点步种家])(?:来着|呢|呀|啊)?")  # 最后一条是什么
_AT_ONCE = 220  # characters that are read on


def corrected(folded: str, past: Past) -> str:
    """What a correction ("不是甲,是乙", "我问的是乙") asks: the previous question of 乙, or "乙呢"; ``""`` if it is none."""
    found = _CORRECTION.match(folded)
    if not found:
        return ""
    old, new = (found["old"] or "").strip("的"), found["new"].strip("的呢吧,?。! ")
    if interrogative(new):
        return new
    return past.question.folded.replace(old, new) if old and old in past.question.folded else f"{new}呢"


def steered(asked: Question, past: Past, index: Index, lexicon: Lexicon) -> Meant | None:
    """What a turn means that only points on from what was said; ``None`` if it does more."""
    if asks_of_the_answer(asked.plain):
        told = past.answer.citations and fold(past.answer.interpreted) == past.question.plain
        refusal = "" if told else "上一个问题没有找到答案,所以没有出处可以给出。"
        return Meant(past.question.text, again=True, refusal=refusal)
    if past.items and past.at >= 0 and (found := _BESIDE.match(asked.folded)):
        at = past.at + (1 if found["on"] else -1)
        if 0 <= at < len(past.items):
            return of_item(past.items[at], asked.folded[found.end() :].strip(" ,?。呢"), past, index, lexicon)
        where = "后" if found["on"] else "前"
        refusal = f"前面说到的一共有{len(past.items)}项,{where}面没有了。"
        return Meant(past.question.text, refusal=refusal)
    if not past.answer.citations:
        return None
    if asks_difference(asked.plain) and (past.beside or _tells_two(past.answer)):
        return Meant(f"{past.beside}，{past.question.folded}" if past.beside else past.question.text)
    if _OTHERWISE.fullmatch(asked.plain):  # the text has no other words for it
        return Meant(past.question.text)
    if _CLOSER.fullmatch(asked.plain):
        return _closer(past, index)
    return _more(past, index) if _MORE.fullmatch(asked.plain) else None


def _tells_two(answer: Answer) -> bool:
    """Whether an answer tells two amounts of one sort."""
    units = Counter(q.unit for c in answer.citations for q in quantities(fold(c.quote)))
    return any(n > 1 for n in units.values())


def repeats(plain: str) -> bool:
    """Whether a folded turn only has the answer before it shown again, so that the conversation stands where it was."""
    return asks_of_the_answer(plain) or bool(_OTHERWISE.fullmatch(plain))


def asks_of_the_answer(plain: str) -> bool:
    """Whether a folded turn asks where the answer before it stands, or whether it is sure of it.

    >>> [asks_of_the_answer(t) for t in ("这句在原文哪里?", "你确定吗", "哪一节说的", "在哪里", "报销的依据是什么")]
    [True, True, True, False, False]
    """
    return bool(_ABOUT_THE_ANSWER.fullmatch(plain.rstrip("?!。,呀啊呢 ")))


def of_item(item: Item, rest: str, past: Past, index: Index, lexicon: Lexicon) -> Meant:
    """A question about one of the things that were listed; one that says no more asks what was asked of another one."""
    place = Place(item.document, item.start, item.end) if item.end > item.label else None
    rest = re.sub(r"^(?:的|又|,|，|也)+", "", rest)
    before = fold(past.items[past.at].name) if past.at >= 0 else ""
    if not rest and before and before in past.question.folded:
        return Meant(past.question.folded.replace(before, item.name), place)
    if place and _WHAT_IS_IT.fullmatch(rest):
        return Meant(f"{item.name}是什么", place)
    if not content_words(rest, index, lexicon):
        return Meant(f"{item.name}讲了什么" if place else f"{item.name}的情况", place)
    return Meant(f"{item.name}，{rest}" if interrogative(rest) else f"{item.name}的{rest}", place)


def _closer(past: Past, index: Index) -> Meant | None:
    """The previous question, answered by all that stands from the first sentence cited to the end of its passage.

    Where that was all said, from the beginning of the passage.
    """
    cited = sentences_of(past.answer, index)
    if not cited:
        return None
    passage = index.passages[index.rows[cited[0].passage]]
    for start in (cited[0].start, passage.body):
        place = _readable(passage.document, start, passage.end, index)
        if place and place.end > max(c.end for c in cited if c.passage == passage.id):
            break
    return Meant(past.question.text, place, whole=True) if place else None


def _more(past: Past, index: Index) -> Meant:
    """The previous question, answered by what stands in the sections cited behind what was said of them."""
    said: dict[tuple[str, str], int] = {}
    for citation in sentences_of(past.answer, index):
        section = citation.document, index.passages[index.rows[citation.passage]].position
        said[section] = max(citation.end, said.get(section, 0))
    for (document, position), end in said.items():
        if place := _readable(document, end, index.documents[document].at[position].end, index):
            return Meant(past.question.text, place, whole=True)
    return Meant(past.question.text, refusal="关于这一点,文中没有更多内容了。")


def sentences_of(answer: Answer, index: Index) -> list[Citation]:
    """What an answer cites but for headings."""
    return [c for c in answer.citations if c.start >= index.passages[index.rows[c.passage]].body]


def _readable(document: str, start: int, end: int, index: Index) -> Place | None:
    """The sentences that begin in ``[start, end)``, as many from the first as can be read at once."""
    rows = sentence_rows(Place(document, start, end), index) if start < end else []
    spans = [(first, last) for _, first, last in index.sentences[rows].tolist() if start <= first < end]
    if not spans:
        return None
    lasts = [last for _, last in spans if last - spans[0][0] <= _AT_ONCE]
    return Place(document, spans[0][0], lasts[-1] if lasts else spans[0][1])


def pointed_at(question: Question, items: tuple[Item, ...]) -> int:
    """Which of the things listed a question opens with, -1 for none."""
    named = [n for n, item in enumerate(items) if len(item.name) > 1 and question.folded.startswith(fold(item.name))]
    return max(named, key=lambda n: len(items[n].name), default=-1)
