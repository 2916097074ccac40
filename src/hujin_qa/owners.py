"""Whether what an answer tells is told of the thing or the topic that is asked about, or of another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .evidence import matched, sure
from .headings import NAMES, tag
from .index import Index
from .meaning import is_common, is_noun
from .periods import YEAR_BEFORE
from .quantities import Quantity, quantities
from .question import HOW_MUCH, Question, Word
from .siblings import LOOSE, NAMED_KINDS
from .text import fold
from .types import Citation, Claim, Document

_EACH = re.compile("分别|各[为是有占]|均|依次")
CALENDAR = ("公历年", "月份", "年月", "第")
_OF = re.compile(
    "^(?!\\d+年的)(?P<owner>[^,的里]{2,14})的(?P<what>[^,的]{1,8}?)(?:一共|总共|现在|大概)?[是有在叫为占要]?(?:谁|多少|哪|什么|啥|几|怎么|[?。]?$)"
)
_GOES_ON = re.compile(
    "[他她它]|其(?![中他余实])|该|本[公行院校厂店馆县市镇村书文司届次期作片剧]|我[们司行]|这[家个座位所支]|此人|^公司|全[公行院校厂县市镇队]"
)
_NO_NAME = re.compile("^[\\d一二三四五六七八九十本今明去昨每头第]|[店边季天夏冬春秋度]$")
_TITLED = re.compile("[\u4e00-\u9fff][工总哥姐叔婶爷奶伯]")  # a person by one character of the name
_HEAD = 200  # characters at most of the sentence that opens a document
_KIND_OF_NAME = re.compile(
    "银行|公司|集团|保险|支付|科技|大学|学院|中学|小学|医院|大区|支行|分行|学校|证券|基金|电站|水库|冰川|小组|[县镇乡村]"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A claim, folded, with the headings over it and what its section says before."""

    text: str
    path: str
    before: str
    document: Document

    @property
    def subject(self) -> str:
        """What all of its document is about: the title with the sentence that opens it."""
        return fold(f"{self.document.title} {self.document.text[:_HEAD].partition('。')[0]}")

    @property
    def around(self) -> str:
        """What it may lean on: the subject, the headings, the sentence before."""
        return f"{self.subject} {self.path} {self.before.rstrip('。;').rpartition('。')[2]}"


def told_by(claims: Sequence[Claim], citations: Sequence[Citation], index: Index) -> Iterator[Told]:
    """The claims of an answer where they stand; each cites its own place last."""
    by_number = {c.n: c for c in citations}
    for claim in claims:
        at = by_number[claim.citations[-1]]
        document = index.documents[at.document]
        section = document.at[index.passages[index.passage_at(at.document, at.start)].position]
        before = document.text[min(section.body, at.start) : at.start]
        yield Told(fold(claim.text), fold(" ".join(section.path)), fold(before), document)


def amounts(question: Question, said: str) -> list[Quantity]:
    """The quantities of an answer that the question did not name itself."""
    given = quantities(question.folded)
    return [q for q in quantities(said) if not any(q.matches(g) for g in given)]


def _beside_another(question: Question, said: str) -> bool:
    """Whether of two of a kind that an answer tells in one breath only the other has an amount: 甲楼共168间,乙楼在翻修."""
    if not HOW_MUCH.search(question.folded) or _EACH.search(said):
        return False
    for thing, kind in _of_a_kind(question.folded):
        if thing not in said:
            continue
        own: list[str] = []
        others: list[str] = []
        for sentence in re.split("[;。]", said):
            alike = re.finditer(f"[\u4e00-\u9fff]{{2}}{kind}", sentence)
            cuts = [m.start() for m in alike if m[0] == thing or _opens_clause(sentence, m)]
            for start, end in pairwise([0, *cuts[1:], len(sentence)] if cuts else []):
                piece = sentence[start:end]
                (own if thing in piece else others).append(piece)
        joined = any(re.search(f"{thing}(?:[、和与及跟比]|[^,]{{0,2}}$)", piece) for piece in own)
        if own and not joined and not _has_amount(question, own) and _has_amount(question, others):
            return True
    return False


def _opens_clause(sentence: str, name: re.Match[str]) -> bool:
    return not LOOSE.search(name[0][:2]) and not sentence[: name.start()][-1:].isalnum()


def _stands_apart(owner: str, told: Told) -> bool:
    """Whether a claim neither names its owner nor goes on about it."""
    return owner not in f"{told.around} {told.text}" and not _GOES_ON.search(told.text)


def _of_a_kind(asked: str) -> Iterator[tuple[str, str]]:
    """Two characters with the noun behind them, and the noun: (琥珀市, 市), (电商渠道, 渠道)."""
    for start in range(len(asked) - 2):
        for end in (start + 4, start + 3):
            thing, kind = asked[start:end], asked[start + 2 : end]
            if thing.isalpha() and (kind in NAMED_KINDS or (len(kind) == 2 and is_noun(kind))):
                yield thing, kind


def _has_amount(question: Question, texts: Sequence[str]) -> bool:
    return any(q.unit not in CALENDAR for text in texts for q in amounts(question, text))


def of_another(question: Question, told: Sequence[Told]) -> bool:
    """Whether a value is asked of one thing and all that is told is told of another."""
    if question.value is None or question.kind == "list":
        return False
    said = " ".join(t.text for t in told)
    of_one = question.kind not in ("why", "compare")
    if of_one and _beside_another(question, said):
        return True
    found = _OF.search(question.folded)
    what = [w for w in question.words if found and w.text in found["what"]]
    bearing = [t for t in told if sure(matched(what, t.text))] or [t for t in told if matched(what, t.text)] or told
    away = [w for w in question.words if w.known and not any(matched([w], t.text) for t in bearing)]
    if any(is_name(w.text) and all(_is_of_another(w, t, question) for t in bearing) for w in away):
        return True
    owner = found["owner"] if found else ""
    return bool(owner) and owner in said and all(_stands_apart(owner, t) for t in bearing)


def opens_with_another(question: Question, told: Sequence[Told]) -> bool:
    """Whether a question opens with a thing of its own, and neither what is told nor what stands around it has that."""
    if question.kind not in ("fact", "why", "member") or not (question.value or question.kind == "why"):
        return False
    opening = YEAR_BEFORE.sub("", question.folded)
    words = (w for w in question.words if w.known and w.noun and len(w.text) > 1 and opening.startswith(w.text))
    thing = next(words, None)
    if thing is None or LOOSE.match(thing.text) or _NO_NAME.search(thing.text) or is_common(thing.text):
        return False
    if _TITLED.fullmatch(thing.text) or tag(thing.text)[0][1] == "v":  # 荀工, 捕虾的地笼
        return False
    torn = re.compile(".?".join(map(re.escape, thing.text)))  # 酿醋 of 酿果醋
    around = [f"{t.subject} {t.path} {t.before} {t.text}" for t in told]
    return not any(matched([thing], text) or torn.search(text) for text in around)


@lru_cache(maxsize=4096)
def is_name(word: str) -> bool:
    """Whether a folded Chinese word is a name. The tagger is slow on first use; ask it last."""
    if len(word) < 2 or word.isascii() or _NO_NAME.search(word) or is_common(word):
        return False
    return tag(word)[0][1] in NAMES


def _is_of_another(name: Word, told: Told, question: Question) -> bool:
    """Whether a claim is not about a name: neither it nor its headings have it, nor does what goes before lead to it."""
    if matched([name], f"{told.subject} {told.path} {told.text}") or _GOES_ON.search(told.text):
        return False
    at = max((told.before.rfind(other) for other in name.same), default=-1)
    between = told.before[at + len(name.text) :] + told.text if at >= 0 else told.text
    person = tag(name.text)[0][1].startswith("nr")  # one in between is no rival of a thing
    tagged = [(w, flag) for w, flag in tag(between) if flag in NAMES and len(w) > 1 and not is_common(w)]
    named = [w for w, flag in tagged if person or not flag.startswith("nr")]
    named += [between[max(0, m.start() - 2) : m.end()] for m in _KIND_OF_NAME.finditer(between)]
    others = [other for other in named if other not in question.folded]
    alike = any(other[0] == name.text[0] for other in others)  # 荀工 is 荀若岚
    return (at < 0 or bool(others)) and not alike
