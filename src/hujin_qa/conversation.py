"""Follow-ups: what a question means after the ones before it, without a language model.

A follow-up leaves out what was just talked about. It is told by its words (那…呢, 这家公司, 第二点, a bare
attribute) and completed from the previous question and from what answered it: its headings, its items.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .index import Index
from .lexicon import Lexicon
from .question import Question, Word, content_words, understand
from .sections import ancestors, children, title
from .text import fold
from .types import Answer, Section

_POINTER = re.compile(
    r"这(家|个|些|几|两|种|类|块|条|点|项|方面|里|样)|那(家|个|些|几|两|种|类|里|样)|它们?|他们?|她们?|该(公司|企业|机构|平台|行业|赛道)|前者|后者|其中|上面|上述|刚才|刚刚|前面(说|提|那)|同样|以上|这(?=[^一二三四五六七八九十\d年篇])"
)
_OPENING = re.compile(r"^(那么?|还有|另外|再|然后|接着|继续|那边|以及|除此之外|除此以外|除了这)")
_SWAP = re.compile(
    r"^(?:那么?|换成|至于|再说|还有)?(?P<new>.+?)(?:那边|这边|那块|这块|方面|的话|这个|那个|部分)?(?:又|也)?(?:呢|怎么样|如何|咋样)[?。!]*$"
)
_SWITCH = re.compile(r"^(?:算了|不说这个|换个话题|别的|另外问|不聊)")
_BESIDE = re.compile(r"^(?:跟|和|与|比|同).+(?:比|不同|区别|差别|一样)")
_ITEM = re.compile(
    r"第[\d一二三四五六七八九十]+[个条点项步件类种章节]?|(?:倒数|最后|最初|首|头)(?:第?一)?[个条点项步件]?"
)
_POINTED_NAME = re.compile(
    r"(这|那|该)(家|个|座|件|位)?(公司|企业|机构|平台|银行|厂商|人)?(?=[^\d一二三四五六七八九十])|^(它|他|她)(们)?(家|的)?"
)
_OTHER_YEAR = (
    (re.compile(r"(?:前|上)一年|去年|前年"), -1),
    (re.compile(r"(?:后|下)一年|次年|第二年|来年"), 1),
)
_NEAR_ONE = 8  # characters: a question this short that names nothing leans on the one before


@dataclass(frozen=True, slots=True)
class Past:
    """The conversation as far as a follow-up can point at it."""

    question: Question
    answer: Answer
    items: tuple[str, ...] = ()  # what was last listed

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """Document and outline position of every section that was cited."""
        return frozenset((c.document, c.passage.rpartition("/")[2].partition("#")[0]) for c in self.answer.citations)


def remember(question: Question, answer: Answer, before: Past | None, index: Index) -> Past:
    """The past after one more turn: a list stays in force until another is given."""
    items = _items(question, answer, index)
    return Past(question, answer, items or (before.items if before else ()))


def resolve(text: str, past: Past, index: Index, lexicon: Lexicon) -> str:
    """The question that ``text`` stands for after ``past``; ``text`` itself if it stands alone."""
    asked = understand(text, index, lexicon)
    if asked.chat or _SWITCH.search(asked.folded) or not _is_follow_up(asked, index, lexicon):
        return text
    folded = asked.folded
    if asked.ordinal and -len(past.items) <= asked.ordinal <= len(past.items) and past.items:
        item = past.items[asked.ordinal - 1 if asked.ordinal > 0 else asked.ordinal]
        rest = _OPENING.sub("", _ITEM.sub("", folded)).strip(" ,?。呢")
        return f"{item} {rest}" if content_words(rest, index, lexicon) else f"{item}讲了什么"
    for pattern, step in _OTHER_YEAR:
        if pattern.search(folded) and len(past.question.years) == 1:
            (year,) = past.question.years
            return past.question.folded.replace(year, str(int(year) + step))
    if (swap := _SWAP.match(folded)) and (swapped := _swap(swap["new"], past, index, lexicon)):
        return swapped
    bare = _POINTED_NAME.sub("", _POINTER.sub("", _OPENING.sub("", folded)), count=1).lstrip("的,， ")
    topic = _topic(past, content_words(bare, index, lexicon), index, lexicon)
    return f"{topic} {bare or folded}".strip()


def _is_follow_up(asked: Question, index: Index, lexicon: Lexicon) -> bool:
    folded = asked.folded
    if _POINTER.search(folded) or _OPENING.search(folded) or _BESIDE.search(folded) or not asked.words:
        return True
    known = [w for w in asked.words if w.known]
    if known and len(known) <= 2 and folded.rstrip("?!。").endswith("呢"):
        return True
    if any(_anchors(w, index, lexicon) for w in known) or len(folded) > 2 * _NEAR_ONE:
        return False
    if asked.ordinal or any(pattern.search(folded) for pattern, _ in _OTHER_YEAR):
        return True
    strange = [w for w in asked.words if not w.known and len(w.same) == 1]
    return not strange or len(known) >= len(strange)


def _anchors(word: Word, index: Index, lexicon: Lexicon) -> bool:
    """Whether a word is a topic of its own: a name of the trade, or rare in the text, but no common attribute."""
    if word.text in lexicon.words:
        return True
    return len(word.same) == 1 and index.lexical.frequency(word.text) <= max(2, len(index.passages) // 40)


def _items(question: Question, answer: Answer, index: Index) -> tuple[str, ...]:
    """What an answer lists: claims that are headings, a series in a sentence, or else the sections it stands in."""
    if not answer.citations or not (question.count or question.kind in ("list", "how", "summary")):
        return ()
    found: list[list[str]] = []
    if len(answer.claims) > 1 and all(len(c.text) < 40 and not c.text.endswith("。") for c in answer.claims):
        found.append([title(c.text) for c in answer.claims])
    found += [_series(c.quote) for c in answer.citations]
    for citation in answer.citations:
        passage = index.passages[index.rows[citation.passage]]
        document = index.documents[citation.document]
        for section in reversed(ancestors(document, passage.position)):
            found.append([title(s.heading) for s in children(document, section.position)])
    wanted = [items for items in found if len(items) > 1 and len(items) == question.count]
    return tuple((wanted or [items for items in found if len(items) > 1] or [[]])[0])


def _series(sentence: str) -> list[str]:
    """Items of the longest run of 、 in a sentence.

    >>> _series("水果包括苹果、香蕉、雪梨和葡萄四类:")
    ['苹果', '香蕉', '雪梨', '葡萄']
    """
    runs = max(re.split(r"[,。;:，；：]", sentence), key=lambda part: part.count("、"))
    if "、" not in runs:
        return []
    items = re.split(r"、|以及|和|与", runs)
    first = re.split(r"包括|包含|分为|主要有|即|是|为|从", items[0])[-1]
    last = re.sub(r"([一二两三四五六七八九十\d]+(类|种|个|大|项|家|层)?.{0,6}|等.*)$", "", items[-1]) or items[-1]
    return [i.strip() for i in [first, *items[1:-1], last] if i.strip()]


def _swap(new: str, past: Past, index: Index, lexicon: Lexicon) -> str:
    """The previous question about another topic: its sibling's name, year or attribute exchanged for the new one."""
    old = past.question
    new_words = content_words(new, index, lexicon)
    new_years = re.findall(r"(?:1\d|20)\d\d", new)
    if new_years and old.years:
        return re.sub("|".join(old.years), new_years[0], old.folded)
    if not any(w.known for w in new_words):
        return ""
    if (gone := _anchor(old.words, index, lexicon)) and _anchor(new_words, index, lexicon):
        return old.folded.replace(gone, new)
    here, there = _headings(old.words, past, index), _headings(new_words, past, index)
    for mine in there:
        for theirs in here:
            if theirs.position.count(".") == mine.position.count(".") and theirs.heading != mine.heading:
                shared = [w.text for w in old.words if any(o in fold(theirs.heading) for o in w.same)]
                shared = [w for w in shared if w not in {n.text for n in new_words}]
                if shared and (swapped := _exchange(old.folded, shared, new)) != old.folded:
                    return swapped
    return f"{new} {_without(old, new_words)}"


def _anchor(words: Iterable[Word], index: Index, lexicon: Lexicon) -> str:
    """The only word among these that is a topic of its own, ``""`` if there is none or several."""
    found = [w.text for w in words if w.known and _anchors(w, index, lexicon)]
    return found[0] if len(found) == 1 else ""


def _exchange(text: str, gone: list[str], new: str) -> str:
    """``text`` with the stretch of words ``gone`` replaced by ``new``."""
    places = [(text.find(w), text.find(w) + len(w)) for w in gone if w in text]
    if not places:
        return text
    start, end = min(p[0] for p in places), max(p[1] for p in places)
    return text[:start] + new + text[end:]


def _without(old: Question, new_words: Iterable[Word]) -> str:
    """The previous question less the words that the new ones replace."""
    groups = [w.same for w in new_words]
    kept = old.folded
    for word in old.words:
        if any(word.text in group for group in groups):
            kept = kept.replace(word.text, "")
    return kept


def _headings(words: Iterable[Word], past: Past, index: Index) -> list[Section]:
    """Sections named by any of the words, in the documents of the previous hits, most specific names first."""
    words = list(words)
    found: list[tuple[float, int, int, Section]] = []
    for document_id in dict.fromkeys(h.passage.document for h in past.answer.hits):
        for section in index.documents[document_id].sections:
            heading = fold(section.heading)
            weight = sum(w.weight for w in words if w.known and any(o in heading for o in w.same))
            if weight:
                found.append((-weight, section.position.count("."), len(found), section))
    return [section for *_, section in sorted(found)[:12]]


def _topic(past: Past, new_words: Sequence[Word], index: Index, lexicon: Lexicon) -> str:
    """What the previous question was about: its words that name the sections cited, or else all but its attributes."""
    gone = {other for w in new_words for other in w.same}
    words = [w for w in past.question.words if w.text not in gone and w.known]
    if not new_words:
        return " ".join(w.text for w in words)
    repeated = _repeated_headings(past, index)
    above = fold(" ".join(heading for c in past.answer.citations for heading in c.section))
    topical = [w.text for w in words if (len(w.same) == 1 or w.text in lexicon.words) and w.text not in repeated]
    return " ".join([w for w in topical if w in above] or topical or [w.text for w in words])


def _repeated_headings(past: Past, index: Index) -> str:
    """Headings that stand in several sections of the text at hand (市场规模): names of attributes, not of topics."""
    documents = {h.passage.document for h in past.answer.hits}
    counts = Counter(title(s.heading) for d in documents for s in index.documents[d].sections)
    return fold(" ".join(heading for heading, n in counts.items() if n > 1))
