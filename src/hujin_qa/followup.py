"""Whether a question leans on the ones before it: told by its words (那…呢, 这家公司, 第二点, a bare attribute)."""

import re
from dataclasses import dataclass

from .absent import absent_in
from .headings import tag
from .index import Index
from .items import Item, short_title
from .lexicon import Lexicon
from .periods import YEAR
from .question import Place, Question, Word, number
from .sections import ancestors, documents_of
from .text import fold
from .types import Answer

POINTER = re.compile(
    r"(?<!什)[这那]么(?![呢?])|这(家|个|些|几|两|种|类|块|条|点|项|方面|里|样|笔|批|次)|那(家|个|些|几|两|种|类|里|样|笔|一?[条级档层批次款](?=[做是有占卖收花用能要会呢]))|它们?|(?<![其吉排])他们?|她们?|该(公司|企业|机构|平台|行业|赛道)|前者|后者|其中|上面|上述|刚才|刚刚|前面(说|提|那)|同样|(?<![%\d元岁年月天人倍])以上|这(?=[^一二三四五六七八九十\d年篇])(?![份本部]?(?:手册|文[章档件]|报告|制度|材料|简报|书))"
)
OPENING = re.compile(
    r"^(那么?|还有|另外|(?:再|继续)(?=[说讲问看谈聊来往给帮展介详补具之下上后前有一多加,呢吧?。!]|$)|然后|接着|那边|以及|除此之外|除此以外|除了这)"
)
_BESIDE = re.compile(r"^(?:跟|和|与|比|同).+(?:比|不同|区别|差别|一样)")
NTH = re.compile(
    r"(?:(?:倒数)?第[\d一二三四五六七八九十]+[个条点项步件类种章节家层]?|(?:倒数|最后|最初|首|头)一?[个条点项步件家层]?)"
    r"(?:(?!是[啥谁])[\u4e00-\u9fff]{2}(?=[呢?,。]|$))?"
)
RECALL = re.compile("^(?:那|[你您])?(?:刚才|刚刚|上面|前面)(?:说|提|讲|列)?到?的?(?:那)?(?=第|倒数|最后|最初|首|头一)")
_OTHER_YEAR = (
    (re.compile(r"(?<![比较同])(?:前|上)一年|去年"), -1),
    (re.compile("前年"), -2),
    (re.compile(r"(?:后|下)一年|次年|第二年|来年|明年"), 1),
    (re.compile("后年"), 2),
)
_YEARS_APART = re.compile("(?:那么?|在|再|往前|往后)*(?P<n>[一二两三四五六七八九十]{1,2}|\\d{1,2})年(?:前|(?P<on>后))")


def year_step(folded: str) -> int:
    """How many years after the one spoken of a folded text asks about, below 0 for before; 0 if it does not say.

    >>> year_step("那前一年呢"), year_step("那十年前才多少"), year_step("3年后呢"), year_step("哪一年")
    (-1, -10, 3, 0)
    """
    if found := _YEARS_APART.match(folded):
        return number(found["n"]) * (1 if found["on"] else -1)
    return next((step for pattern, step in _OTHER_YEAR if pattern.search(folded)), 0)


OPEN_END = re.compile("呢[?!。]*$")  # "那甲呢"
REST = re.compile(
    r"剩下|剩余|其余|其他|其它|别的|除了|除此|以外|之外|^还有(?!没有|多)|^(?:然后|接着|继续|往下)[说讲呢吧]*[?。!]*$"
)
_A_PART = re.compile("(?<=[\u4e00-\u9fff]{2})[这那]一?(?:部分|节|章|块|段|篇)")
_APPOSITION = re.compile(r"^(?:[这那](?:个|家|款|种|部|本|位|座|件|类)|[它他她]们?)")  # "某某这家…" says it of the name
_HOW = re.compile("(?:[该要我]|应该)*(?:怎么|如何|怎样|咋)(?:才能|去|样)?(?P<what>[^,?]{2,8}?)[呢啊呀吗的?!。]*")
_WAY = re.compile("(?:的?(?:流程|步骤|方式|方法|办法|指南|说明|操作|规定))+$")
_PARTICLES = re.compile(r"[呢吗啊呀?!。,]|方面|的话|那边|这边|怎么样|如何|咋样")
_OWNER = re.compile(r"(?P<owner>[^的,，。?!]{2,12})的.{2,}")
_COUNTED = re.compile(r"[二三四五六七八九十](?:大[\u4e00-\u9fff]|[个类种][\u4e00-\u9fff]{2}各)")  # a name: 四大业态
_NOMINAL = ("n", "vn", "j", "eng")  # parts of speech
_MANNER = "adcmp"  # parts of speech that name nothing: 平均, 至少
_SUBJECTS = (*"njslix", "vn", "eng")  # … and that may name what is asked of
_OF_NOTHING = frozenset("人 钱 时候 时间 多长时间 怎么办 干什么 说了算 里头 外头 后面 前面".split())
"""Nouns that name no subject: "停了多长时间"."""
_SHORT = 16  # characters: a question this short that names nothing leans on the one before


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question means: in words that stand alone, and where its answer stands, as far as that is known."""

    text: str
    within: Place | None = None
    beyond: frozenset[tuple[str, int]] = frozenset()
    whole: bool = False  # whether all of ``within`` is the answer
    refusal: str = ""  # what is said where nothing can be: the list is at its end
    again: bool = False  # whether it asks where the last answer stands


@dataclass(frozen=True, slots=True)
class Past:
    """The conversation as far as a follow-up can point at it."""

    question: Question
    answer: Answer
    items: tuple[Item, ...] = ()  # what was last listed
    at: int = -1  # which of these was last spoken of
    slot: str = ""  # what "X呢" last put into the question
    beside: str = ""  # the question before, where this one is the same of another thing

    @property
    def years(self) -> frozenset[str]:
        """The years of the question, or else of what was cited."""
        return self.question.years or frozenset(y for c in self.answer.citations for y in YEAR.findall(fold(c.quote)))

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """Document and outline position of every section that was cited."""
        return frozenset((c.document, c.position) for c in self.answer.citations)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents last looked at, the nearest first."""
        return documents_of(self.answer.hits)

    @property
    def said(self) -> frozenset[tuple[str, int]]:
        """Document and start of everything that was cited."""
        return frozenset((c.document, c.start) for c in self.answer.citations)


def is_follow_up(asked: Question, past: Past, index: Index, lexicon: Lexicon) -> bool:
    """Whether a question has to be completed from ``past``."""
    folded = asked.folded
    if asked.ordinal and abs(asked.ordinal) <= len(past.items) and (nth := NTH.match(RECALL.sub("", folded))):
        documents = {item.document for item in past.items}
        headings = (s.heading for d in documents for s in index.documents[d].sections)
        return not any(heading.startswith(nth[0]) for heading in headings)  # unless the text has a 第五条 of its own
    if _opens_with_title(asked, past, index) or _names_a_part(folded, past, index):
        return False
    common = aspects(past, index)
    moved_on = OPENING.search(folded) and not POINTER.search(folded) and not OPEN_END.search(folded)
    if moved_on and _opens_with_section(asked, past, common, index):  # 那离职要提前几天
        return False
    if _is_headed(folded, past, index):
        return False
    names = [thing.text for thing in absent_in(asked, index, lexicon) if thing.name]
    if any(_asks_of(name, folded) for name in names):
        return False
    if POINTER.search(folded) or OPENING.search(folded) or _BESIDE.search(folded) or not asked.words:
        return True
    known = [w for w in asked.words if w.known]
    before = past.question.folded + fold(past.answer.text)
    if REST.match(folded):  # of what was spoken of, or of something that it names itself
        return len(known) < 2 or all(w.text in before for w in known if w.noun)
    if len(known) <= 2 and len(folded) <= _SHORT and OPEN_END.search(folded):
        return True
    topics = (w for w in known if w.text not in common and stands_alone(w, index, lexicon))
    if names or any(topics) or _has_owner(asked, common) or _opens_with_section(asked, past, common, index):
        return False
    if _COUNTED.match(folded) or len(folded) > _SHORT:
        return False
    if not has_subject(folded):
        return True
    if asked.ordinal or year_step(folded):
        return True
    manner = {word for word, flag in tag(folded) if flag[0] in _MANNER}
    strange = [w for w in asked.words if not w.known and len(w.same) == 1 and w.text not in manner]
    strange = [w for w in strange if _is_sure(w.text, index, lexicon)]
    return not strange or len(known) >= len(strange)


def has_subject(folded: str) -> bool:
    """Whether a question has a noun, or what may be one, that it asks of: "学生转到哪儿了", but not "后来转到哪儿了"."""
    named = (word for word, flag in tag(folded) if flag.startswith(_SUBJECTS) and word.isalnum())
    return any(word not in _OF_NOTHING for word in named)


def _asks_of(name: str, folded: str) -> bool:
    """Whether a text asks something of the name that it opens with, and not just goes over to it ("那某某呢")."""
    bare = OPENING.sub("", folded)
    said = _APPOSITION.sub("", bare.removeprefix(name))
    return bare.startswith(name) and len(_PARTICLES.sub("", said)) > 1 and not POINTER.search(said)


def _has_owner(asked: Question, common: str) -> bool:
    """Whether a question says itself whose attribute it asks for: "行动支付的规模有多大"."""
    found = _OWNER.match(asked.folded)
    if not found:
        return False
    words = [w for w in asked.words if w.text in found["owner"] and len(w.same) == 1 and w.text not in common]
    flags = [flag for _, flag in tag(found["owner"])]
    nominal = flags[0].startswith(_NOMINAL) or any(w.noun and found["owner"].startswith(w.text) for w in words)
    return nominal and (len(words) > 1 or (len(words) == 1 and flags[-1].startswith(_NOMINAL)))


def _is_headed(folded: str, past: Past, index: Index) -> bool:
    """Whether a question how something is done asks for no more than another section's heading says: 怎么安装."""
    asked = _HOW.fullmatch(folded)
    if not asked or asked["what"] in past.question.folded:
        return False
    headings = (fold(short_title(s.heading)) for d in past.documents for s in index.documents[d].sections)
    return any(_WAY.sub("", heading) == asked["what"] for heading in headings)


def _names_a_part(folded: str, past: Past, index: Index) -> bool:
    """Whether a question names a section and calls it 这一部分, and so does not point back."""
    found = _A_PART.search(folded)
    headings = (s.heading for d in past.documents for s in index.documents[d].sections if s.heading)
    return found is not None and any(folded.endswith(fold(short_title(h)), 0, found.start()) for h in headings)


def _opens_with_section(asked: Question, past: Past, common: str, index: Index) -> bool:
    """Whether a question opens with what another section is named for than those cited, and asks something of it."""
    bare = OPENING.sub("", asked.folded)
    first = next((w for w in asked.words if w.known and bare.startswith(w.text)), None)
    if first is None or len(asked.words) < 2 or first.text in common or first.text in past.question.folded:
        return False
    documents = {document for document, _ in past.places} or past.documents
    named = {(d, s.position) for d in documents for s in index.documents[d].sections if first.text in fold(s.heading)}
    here = {(d, s.position) for d, p in past.places for s in ancestors(index.documents[d], p)}
    return bool(named) and named.isdisjoint(here)


def _opens_with_title(asked: Question, past: Past, index: Index) -> bool:
    """Whether a question asks something of the main subject of a document, and that was not spoken of."""
    first = next((w.text for w in asked.words if w.known and asked.folded.startswith(w.text)), "")
    rest = asked.folded.removeprefix(first)
    if len(first) < 2 or len(_PARTICLES.sub("", rest)) < 2 or first in past.question.folded:
        return False
    if POINTER.search(asked.folded) or first in aspects(past, index):
        return False
    cited = {document for document, _ in past.places}
    titles = ((d.id, fold(d.title)) for d in index.documents.values())
    return any(title.startswith(first) or (first in title and id_ not in cited) for id_, title in titles)


def _is_sure(word: str, index: Index, lexicon: Lexicon) -> bool:
    """Whether a word is one, not a single character or a wrong cut that holds a function word (最多能)."""
    return len(word) > 1 and (index.segmenter.is_word(word) or not any(c in lexicon.stopwords for c in word))


def aspects(past: Past, index: Index) -> str:
    """The headings that recur in the documents last looked at (市场规模): what may be asked of each thing in them."""
    return fold(" ".join(label for d in past.documents for label in index.documents[d].labels))


def stands_alone(word: Word, index: Index, lexicon: Lexicon) -> bool:
    """Whether a word is a topic of its own: a name of the trade, or rare in the text, but no common attribute."""
    if word.text in lexicon.words:
        return True
    return len(word.same) == 1 and index.lexical.frequency(word.text) <= max(2, len(index.passages) // 40)
