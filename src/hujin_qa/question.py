"""What a question asks: its words, how rare each is, the kind of answer it wants, and what it rules out."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from .differences import side_by_side
from .divisions import asked_of_outline
from .index import Index
from .lexicon import Lexicon
from .meaning import is_noun
from .periods import years_asked
from .pinyin import Context
from .quantities import DURATION, quantities, tells
from .synonyms import everyday
from .text import clean, fold, in_mainland_words, numeral, with_figures

LONGEST = 500  # characters of a question that are read
WHICH = re.compile("第几|哪|什么|啥")
"""Behind it stands what sort of thing is asked for: 哪个梯队."""

Kind = Literal["fact", "list", "why", "how", "define", "compare", "member", "polar", "summary", "section", "contents"]
"""``section``: where in the text something stands; ``contents``: what a text is divided into."""
OUTLINE: tuple[Kind, ...] = ("section", "contents")
WORDLESS: tuple[Kind, ...] = ("summary", "contents")  # may be asked of a text without any of its words

_KINDS: tuple[tuple[Kind, str], ...] = (  # the first that matches
    (
        "summary",
        r"(讲|说|写|谈|聊)(了|的)?(些|的)?(什么(?!时候|地方)|啥(?!时候|地方)|哪些)|(讲讲|说说|(?<![没不])细[说讲]|讲解|详细(地)?(讲|说))(一下)?[吧呗看]?[。?!]*$|展开(?:[说讲谈聊]|一?下|[。?!]*$)|总结(?!了)|概括|概述|概要|大意|(?<!扩)大体(?!量)|主旨|中心思想|主要内容|[一二两三四五\d]句话|讲的啥|内容[是有](?:什么|啥|哪些)|归纳|浓缩|捋一?[下遍捋]|[梳过盘]理?一[下遍盘]|总的(?:结论|意思)|要点(?:[是有](?:什么|啥|哪些))?[呢呀吗]?[?。]*$|介绍.{0,14}(?:情况|状况|概况|现状)|(?:介绍|描述)[呗吧]?[?。!]*$|想(?:表达|说)(?:个|的)?(?:是)?(?:什么|啥)",
    ),
    (
        "define",
        r"^所谓|(什么|啥)意思|(?<![不没])是(一|个|种)*(什么|啥|哪)(样|种|类)?的?(概念|企业|公司|机构|群体|组织|岗位)[呢啊呀]?[?。]*$",
    ),
    (
        "compare",
        r"区别|不同(?!意)|差别|差异|异同|对比|比较(?![好多大高低小快慢强难容合方划])|相比|比一比|不一样|两样|差在|(跟|和|与|比).{1,12}(谁|哪个|哪家|哪一个)|各有(什么|啥)|有何异",
    ),
    (
        "member",
        r"(属于|算|归|排|在|是|划)(是|到|入|在|为)?(第几|哪(一|个)?(梯队|类|层|档|级|章|节|条|组|部分|阵营|种|业态|赛道))|第几(梯队|类|层|档|级|章|节|条|组|批|阶段)|(?:属于|归(?:属|入|到|于)|划[到入归])于?(?:什么|啥|哪(?![里儿]))|在哪一?[个条块类][\u4e00-\u9fff]{0,4}(?:下面?|里面?|之下|底下|当中)(?![\u4e00-\u9fff])",
    ),
    (
        "why",
        r"(?<![称成作视名叫变改定认誉译化封])(?:为什么|为啥)|为何|凭什么|凭啥|原因|靠(什么|啥)|何以|缘故|干嘛要"
        r"|(?:怎么|咋)(?:会|就|回事|一直|老是?|总(?!结|体|共)|又|没|不(?!同)|突然|忽然|反[而倒]|越|[这那]么|变(?![更现卖动])|还(?=[是没在要有会不])|一[年月天]比一|(?!样|办|处[理置]|解决|安排)[^,?]{1,10}了[呢啊呀]?[?。!]*$)",
    ),
    (
        "list",
        r"(有|是|包括|包含|分|要|看|由)(了|成|为|着)?(哪|什么)(些|几|\d)|哪些|哪([几二两三四五六七八九十]|\d)(?!年)|有(什么|啥)|都(有|是)(谁|啥|什么)|分别|(几|多少)(个|大|种|类|层|条|点|项|家)|列(出|举|一下)|分(成|为)(几|哪)|都(有|包括)|[二三四五六七八九十\d]大|[二两三四五六七八九十\d][个种类条项家件][\u4e00-\u9fff]{1,5}?(?:都|各|分别)?(?:叫做?|是|为)(?:什么|啥|谁|哪)|(说|念|数|列|报|来)[一个]?遍|(要|带|交|备|提供|需要|准备)齐?(什么|啥)(材料|证件|资料|手续|条件)",
    ),
    (
        "how",
        r"怎么|怎样|如何|咋|(什么|啥)(办法|招|做法|策略|建议|思路)|该(做|干)(什么|啥)|应该(做|干)|(什么|啥|哪些|何|有|好)(好)?(办法|建议)|(办法|建议)(是|有)?(什么|啥|哪些|[吗呢?。])*$",
    ),
    (
        "define",
        r"^(什么|啥)(是|叫)|是(什么|啥)(意思|东西|概念)?[?。]*$|指(的是)?(什么|啥)|(什么|啥)意思|定义|(什么|啥)叫|叫做?(什么|啥)(?!名)",
    ),
    (
        "polar",
        r"吗[?。]*$|是不是|有没有|能不能|会不会|可不可以|要不要|是否|对不对|(?<![什怎多这那])么[?。]*$|行不行|能否|([\u4e00-\u9fff]{1,2})不\1|(?<=[\u4e00-\u9fff])不[呀啊呢]?[?。]*$",
    ),
)
_KIND_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)

Value = Literal["number", "percent", "money", "time", "year", "contact", "person", "place"]

_NUM = r"\d+(?:[.,]\d+)*"
_MONEY_UNIT = r"(?:万亿|亿|万|千|百)*(?:美|港|日|欧|澳)?元|(?:万亿|[万亿])"
_VALUES: tuple[tuple[Value, str, str], ...] = (  # kind, how it is asked, how it looks in a folded text
    ("percent", r"百分之几|百分比|占比|比例|份额|增速|增幅|增长率|增长(了)?多少|涨(了)?多少|涨幅|利率|收益率|几成|几个点|多快", rf"{_NUM}\s*(?:%|个百分点|成)|翻(?:了)?[一两\d]+番|倍"),
    ("year", r"(哪|那)[一几]?年|几几年|年份|(?:哪|什么)一?[个段]?(?:时间段|年代|时期|时段)", r"(?:1\d|20)\d\d"),
    ("time", rf"什么时候|何时|几月|几号|哪天|{DURATION}|几天|多少天|(?<![哪有这那分])几点|啥时候|哪个月|日期|频率|多少年|几年|几个月|多少小时", r"\d+\s*(?:年|个?月|日|号|天|周|小时|分钟|点|季)|[每一两三半上下](?:年|季度?|月|周|天|日|旬)|期间|之前|以前|以内|年内|24小时|定期|至今"),
    ("contact", r"(?:哪个|什么|啥)(?:电话|热线|号码|邮箱)|(?:电话|手机号?|热线|邮箱|邮件|微信|qq|传真)(?:号码?|地址)?[是为]?(?:多少|什么|啥|哪)|(?:电话|手机|微信|qq)号码?$|邮箱(?:地址)?$|联系方式", r"\d{3,4}-\d{3,8}|(?<![\d.])\d{5,11}(?![\d.年万亿元人])|[a-z0-9]@[a-z0-9]|(?:微信|qq|公众号)号?[:是为]?\s*\w"),
    ("money", r"多少钱|多少元|多少万|多少亿|金额|规模|余额|总额|体量|交易额|成交额|盘子|市值|营收|收入|利润|工资|薪|价格|售价|费用(?!户)|补贴|奖金|罚款|注册资本|保费", rf"{_NUM}\s*(?:{_MONEY_UNIT})|{_NUM}\s*%"),
    ("number", r"多少|几(?!乎)|多大|多高|多重|多长|多远|人数|数量|户数|面积", r"\d|[一二两三四五六七八九十百千万]+\s*(?:[个名位家人种类条项次天层座间件批大层套])|单|双"),
    ("person", r"谁|哪位|何人|创始人|董事长|ceo|总经理|负责人|总裁|老板是", r""),
    ("place", r"(?<![差别异同])在哪|哪里|哪儿|什么地方|哪个城市|总部|地址|何处|哪个省|哪国", r""),
)  # fmt: skip
_VALUE_PATTERNS = tuple((value, re.compile(asked), re.compile(seen)) for value, asked, seen in _VALUES)

_UNIT_ASKED = re.compile(
    r"(?<![哪分])(?:第?几|多少)(?:个)?(?P<unit>号[楼窗门线桌厅馆库台机]口?|[楼层页站折](?![宇盘房梯])|字(?![体母节段])|路(?:车|公交))"
)
_FLOORS = ("楼", "层")
_INTERROGATIVE = re.compile(
    r"多少|谁|什么|啥|哪(?:个|位|家|些|几|里|儿|天|年|种|类|一)?|几(?!乎)|多(?:大|高|久|长|远|重|快)|怎么样?|如何|咋样?|为何|吗|是不是|有没有|能不能|会不会|是否"
)
_ASKING = re.compile(
    r"第[\d一二三四五六七八九十]+[个点项家种件位]|[这那][一次位支条场座张批回部讲节届]|[几哪各更跟比][\u4e00-\u9fff]{0,2}|[一二两三四五六七八九十\d]+[个大种类条项点家样次年天月节章段篇句步层级]"
)
_MARKUP = re.compile(
    r"<(script|style)\b.*?</\1\s*>|</?[a-z!][^<>]*>|https?://[!-~]+", re.IGNORECASE | re.DOTALL
)  # pasted from a page
_LATIN = re.compile("[a-z]{3}")
_NEXT_TO = 3  # characters between an attribute and its interrogative ("总部在哪")
_COUNT = re.compile(
    r"(?:哪|这|那|的|有)?(\d+|[二两三四五六七八九十])(?:个)?(?:大|类|种|层|级|步|点|条|项|方面|维度|阶段|家|部分|原则)"
    r"|[哪这那](?P<n>\d+|[二两三四五六七八九十])个"
)
_ORDINAL = re.compile(
    r"(倒数)?第(\d+|[一二三四五六七八九十]+)|最后(?:一)?[个条点项步家种层级]|(最初|首|头一)[个条点项步家种层级]"
)
_MEASURES = tuple("个条点项种类步件家")
_SENTENCES = re.compile(r"([一二两三四五六七八九十]|\d+)句话")
_BRIEFLY = re.compile(
    r"(?:请?用|能|先)*[一两二三]句话(?:来|给我|简单)*(?:讲讲?|说说?|概括|总结|回答|介绍|讲清楚|说清楚)?(?:一?下)?[,:]?"
)
_APPOSITION = re.compile(
    "[这那]一?[个条块类种家项](?:赛道|行业|业态|领域|方向|板块|业务|市场|公司|企业|产品|部门|项目)(?![\u4e00-\u9fff]*[们])"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One content word of a question with every spelling that stands for it."""

    text: str
    others: Mapping[str, float]  # what may stand for it, itself included, with a degree above 0 to 1, best first
    weight: float  # inverse document frequency; the maximum if the corpus lacks it
    known: bool  # it or another spelling occurs in the corpus
    noun: bool

    @property
    def same(self) -> frozenset[str]:
        """Its spellings and other names, without the words that are only near."""
        return frozenset(other for other, degree in self.others.items() if degree == 1)

    def stands_in(self, folded: str) -> bool:
        """Whether a folded text has it in any spelling or by another name."""
        return any(other in folded for other in self.same)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document."""

    document: str
    start: int
    end: int

    def holds(self, document: str, start: int) -> bool:
        """Whether something that begins at ``start`` of ``document`` lies in it."""
        return document == self.document and self.start <= start < self.end


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the program reads it. ``text`` is what is searched and shown as interpreted."""

    text: str
    plain: str  # folded as typed, but for what is said by the way (好的, 谢谢) and who wants to know it (老板让我问)
    folded: str  # … without polite words, typing errors mended
    words: tuple[Word, ...]
    terms: tuple[str, ...]  # index terms, aliases included
    kind: Kind
    value: Value | None  # the sort of value that must stand in an answer
    years: frozenset[str]
    count: int  # "五大趋势" -> 5; 0: none named
    ordinal: int  # "第二点" -> 2, "倒数第一" -> -1; 0: none named
    sentences: int  # "三句话说说" -> 3; 0: none named
    focus: frozenset[str]  # words next to the interrogative: the attribute that is asked for
    places: frozenset[str]  # countries, provinces, cities that it names
    chat: bool
    around: frozenset[tuple[str, str]] = frozenset()  # document and position of the sections it follows up on
    within: Place | None = None  # where its answer must stand: what a follow-up points at
    beyond: frozenset[tuple[str, int]] = frozenset()  # document and start of what was said: it asks for the rest
    refusal: str = ""  # what is said instead of an answer
    unit: str = ""  # what the number that it asks for counts, where that is a name of places: 楼, 号窗口
    again: bool = False  # it asks where the answer before it stands
    topic: str = ""  # of a section: what it is asked to hold; of the contents: the text that is named

    def holds_value(self, folded_sentence: str) -> bool:
        """Whether a sentence has a value of the sort that is asked for (true if no sort is known)."""
        if self.unit:
            return any(tells(folded_sentence, u) for u in (_FLOORS if self.unit in _FLOORS else (self.unit,)))
        if self.value is None or _SEEN[self.value].search(folded_sentence):
            return True
        units = _UNITS.get(self.value)  # 三个月, 五百块
        return units is not None and any(units.fullmatch(q.unit) for q in quantities(folded_sentence))


HOW_MUCH = re.compile("多少|几(?!乎)|多[大高重长远快久]")
_ASKS_OF: tuple[tuple[Value, re.Pattern[str]], ...] = (
    ("person", re.compile("谁|哪位|何人")),
    ("place", re.compile("(?<![差别异同])在哪(?!一?年|一?天|个月)|哪里|哪儿|什么地方")),
)
_GROUP = re.compile("(?:人群|客群|群体|对象|用户|客户|客人)(?:分别|主要|都)*[是有](?:谁|哪)")
_ASKS_NO_VALUE = re.compile("怎么|如何|吗|能不能|是否|为何|为什么|哪个部门")
_SEEN = {value: seen for value, _, seen in _VALUE_PATTERNS}
_SYNONYM = 0.8  # how far a synonym says a word of a question
_UNITS = {"time": re.compile("年|季度|月|周|天|工作日|小时|分钟|点|月份"), "money": re.compile(".?元")}


def understand(text: str, index: Index, lexicon: Lexicon) -> Question:
    """Read a question that stands alone (``conversation`` resolves follow-ups first)."""
    text = html.unescape(_MARKUP.sub(" ", clean(text)[:LONGEST])).strip()
    folded, local = fold(text), fold(in_mainland_words(text))
    if local != folded and not all(w.known for w in content_words(folded, index, lexicon)):  # 網際網路
        folded = local
    typed = lexicon.without_courtesies(folded)
    plain = lexicon.without_frame(typed)
    asked = _without_fillers(plain, index, lexicon)
    chinese = _in_chinese(with_figures(asked), index, lexicon)
    folded = index.pinyin.correct(
        chinese, Context(index.segmenter, lambda pair: _occurs(pair, index), lexicon.stopwords)
    )
    folded = _without_apposition(side_by_side(folded), index, lexicon)
    kind, trigger, topic = _kind(folded, index)
    place = None if kind in OUTLINE else _UNIT_ASKED.search(folded)
    counted = place and kind == "list" and folded[: place.start()][-1:] not in tuple("在到去上")  # 分为几层
    unit = place["unit"] if place and not counted else ""
    if unit:
        kind = "fact"
    ordinal = _ORDINAL.search(topic or folded)
    said = (topic or folded).replace("多大规模", "多大的规模")  # 大规模 is a word too
    words = tuple(w for w in content_words(said, index, lexicon) if w.known or w.text not in trigger)
    if ordinal:  # told step by step, a text has no word for its third
        words = tuple(w for w in words if w.known or w.text != ordinal[0].rstrip("步") + "步")
    return Question(
        text=folded if folded != asked else text,
        plain=plain,
        folded=folded,
        words=words,
        terms=_terms(said, index, lexicon),
        kind=kind,
        value="number" if unit else None if kind in OUTLINE or kind == "member" else value_asked(folded),
        unit=unit,
        years=years_asked(folded, index),
        count=number(m[1] or m["n"]) if (m := _COUNT.search(_ORDINAL.sub("", folded))) else 0,
        ordinal=_ordinal(ordinal) if ordinal and not _is_name(ordinal, folded, index) else 0,
        sentences=number(m[1]) if (m := _SENTENCES.search(folded)) else 0,
        focus=_focus(folded, words),
        places=frozenset(p for p in lexicon.places if p in folded),
        chat=lexicon.is_chat(typed),
        topic=topic,
    )


def value_asked(folded: str) -> Value | None:
    """The sort of value that a folded text asks for or names."""
    value = next((value for value, asked, _ in _VALUE_PATTERNS if asked.search(folded)), None)
    if value == "person" and _GROUP.search(folded):
        return None
    if value not in ("percent", "money", "number") or HOW_MUCH.search(folded):
        return value
    if by_word := next((value for value, asks in _ASKS_OF if asks.search(folded)), None):  # 费用由谁审核
        return by_word
    return None if _ASKS_NO_VALUE.search(folded) else value


def _occurs(pair: tuple[str, str], index: Index) -> bool:
    return index.lexical.frequency("_" + "".join(pair)) > 0


def content_words(folded: str, index: Index, lexicon: Lexicon) -> tuple[Word, ...]:
    """The words of a folded text that carry its topic, each once, in order."""
    found = (_without_great(w, index) for w in index.segmenter.words(folded))
    words = dict.fromkeys(w for w in found if w not in lexicon.stopwords)
    return tuple(_word(w, index, lexicon) for w in words if (len(w) > 1 or not w.isascii()) and not _asks(w, index))


def _without_great(word: str, index: Index) -> str:
    """方向 of 大方向, where the corpus has only that."""
    rest = word[1:]
    great = word[0] == "大" and len(rest) > 1 and index.segmenter.is_word(rest)
    return rest if great and not _frequency(word, index) and _frequency(rest, index) else word


def _asks(word: str, index: Index) -> bool:
    """Whether a word only asks, counts or compares (几家, 第三个, 比谁) and is no noun (比例)."""
    noun = word[0] in "各更跟比" and is_noun(word) and index.segmenter.is_word(word)
    return bool(_ASKING.fullmatch(word)) and not noun


def _word(text: str, index: Index, lexicon: Lexicon) -> Word:
    same = lexicon.others(text)
    frequency = max(_frequency(o, index) for o in same)
    near = index.meanings.near(text) | {o: _SYNONYM for o in everyday(text) if len(o) > 1} | dict.fromkeys(same, 1.0)
    likely = sorted(near.items(), key=lambda n: -n[1])  # the first that a sentence says counts
    rarity = index.lexical.idf_of(frequency)
    return Word(text, {o: degree for o, degree in likely if degree}, rarity, frequency > 0, is_noun(text))


def _kind(folded: str, index: Index) -> tuple[Kind, str, str]:
    """What a folded question asks for, the words that say so, and for the outline what it is asked of."""
    if outline := asked_of_outline(folded, index):
        return outline
    if (briefly := _BRIEFLY.match(folded)) and interrogative(folded[briefly.end() :]):
        return _kind(folded[briefly.end() :], index)
    for kind, pattern in _KIND_PATTERNS:
        found = pattern.search(folded)
        if found and not (kind == "summary" and value_asked(folded) in ("time", "year")):  # 年终总结几号交
            return kind, found[0], ""
    return "fact", "", ""


def interrogative(folded: str) -> bool:
    """Whether a folded text asks something by a word that asks."""
    return bool(_INTERROGATIVE.search(folded))


def _focus(folded: str, words: Sequence[Word]) -> frozenset[str]:
    """The words that stand next to the interrogative: what is asked for, not what it is asked of."""
    found = _INTERROGATIVE.search(folded)
    if not found:
        return frozenset()
    ends = {w.text: folded.rfind(w.text, 0, found.start()) + len(w.text) for w in words}
    before = {w: end for w, end in ends.items() if w in folded[: found.start()] and found.start() - end <= _NEXT_TO}
    after = {w.text for w in words if 0 <= folded.find(w.text, found.end()) - found.end() <= 1}
    return frozenset(after | {w for w, end in before.items() if end == max(before.values())})


def _frequency(word: str, index: Index) -> int:
    """Passages that hold a word: as a term, or at least all its character pairs."""
    exact = index.lexical.frequency(word)
    if exact or len(word) < 2 or word.isascii():
        return exact
    return min(index.lexical.frequency("_" + word[i : i + 2]) for i in range(len(word) - 1))


def _in_chinese(folded: str, index: Index, lexicon: Lexicon) -> str:
    """A question with the English words that the text lacks in Chinese."""
    if not _LATIN.search(folded):
        return folded
    for english, chinese in lexicon.english:
        if english in folded and not all(index.lexical.frequency(w) for w in english.split()):
            folded = re.sub(rf"(?<![a-z]){re.escape(english)}(?![a-z])", chinese, folded)
    return fold(folded)


def _terms(folded: str, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    found = index.segmenter.terms(folded)
    terms = [t for t in found if t not in lexicon.stopwords and t.lstrip("_") not in lexicon.stopwords]
    present = set(terms)
    for group in lexicon.aliases:
        if group & present:
            terms += sorted(group - present)
    return tuple(terms)


def _without_fillers(folded: str, index: Index, lexicon: Lexicon) -> str:
    """The question without its polite words, unless nothing would be left; whole words only: 目前 stays in 项目前期."""
    bare = folded
    for filler in lexicon.fillers:
        if len(bare) - len(filler) < 2 or filler not in bare:
            continue
        edges = frozenset((0, *accumulate(map(len, index.segmenter.cut(bare)))))
        word = re.escape(filler)
        places = f"^{word},|{word}$" if len(filler) == 1 else f"{word}(?!{re.escape(filler[-1])})"
        whole = (m.span() for m in re.finditer(places, bare) if edges.issuperset(m.span()))
        for start, end in reversed([*whole]):
            bare = bare[:start] + bare[end:]
        bare = bare.strip(" ,")
    return bare.strip(" ,.!?;:~…") or folded


def _without_apposition(folded: str, index: Index, lexicon: Lexicon) -> str:
    """移动支付这个赛道 as 移动支付: what a thing is called beside its name is no word of the text."""
    if not (found := _APPOSITION.search(folded)):
        return folded
    before = folded[: found.start()]
    named = any(w.known and w.noun and before.endswith(w.text) for w in content_words(before, index, lexicon))
    return f"{before}{folded[found.end() :]}" if named else folded


def number(text: str) -> int:
    """The value of a small number in digits or Chinese."""
    return int(text[:4] if text.isdigit() else numeral(text))


def _is_name(ordinal: re.Match[str], folded: str, index: Index) -> bool:
    """Whether "第二…" is a name that the text uses (第二梯队) rather than a place in a list (第二点)."""
    if ordinal[1] or folded[ordinal.end() : ordinal.end() + 1] in _MEASURES:  # 倒数第二章 is no name
        return False
    pairs = ("_" + folded[at : at + 2] for at in (ordinal.end() - 2, ordinal.end() - 1))
    return all(len(pair) == 3 and index.lexical.frequency(pair) > 0 for pair in pairs)


def in_chinese(n: int) -> str:
    """A small number in Chinese.

    >>> in_chinese(7), in_chinese(12)
    ('七', '十二')
    """
    digits = "零一二三四五六七八九十"
    return digits[n] if n <= 10 else "十" + digits[n - 10] if n < 20 else str(n)


def _ordinal(match: re.Match[str]) -> int:
    if match[2]:
        return -number(match[2]) if match[1] else number(match[2])
    return 1 if match[3] else -1
