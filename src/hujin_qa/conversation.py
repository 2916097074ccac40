"""Follow-ups: what a question means after the ones before it, without a language model.

A follow-up leaves out what was just talked about. It is told by its words (那…呢, 这家公司, 第二点, a bare
attribute) and completed from the previous question and from what answered it: its headings, its items.
"""

import re
from collections.abc import Iterable
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
    r"^(?:那么?|换成|至于|再说|还有)?(?P<new>.+?)(?:那边|这边|那块|这块|方面|的话|这个|那个)?(?:又|也)?(?:呢|怎么样|如何|咋样)[?。!]*$"
)
_ITEM = re.compile(r"第[\d一二三四五六七八九十]+|倒数|最后|(最初|首|头)(一)?[个条点项]")
_POINTED_NAME = re.compile(r"(这|那|该)(家|个)?(公司|企业|机构|平台|银行|厂商)|^(它|他)(们)?(?!的)")


@dataclass(frozen=True, slots=True)
class Past:
    """The previous turn, as far as a follow-up can point at it."""

    question: Question
    answer: Answer


def resolve(text: str, past: Past, index: Index, lexicon: Lexicon) -> str:
    """The question that ``text`` stands for after ``past``; ``text`` itself if it stands alone."""
    asked = understand(text, index, lexicon)
    if asked.chat or not _is_follow_up(asked, index):
        return text
    if asked.ordinal and (item := _item(asked.ordinal, past, index)):
        rest = _ITEM.sub("", asked.folded)
        return f"{item} {rest}" if content_words(rest, index, lexicon) else f"{item}讲了什么"
    if (swap := _SWAP.match(asked.folded)) and (swapped := _swap(swap["new"], past, index, lexicon)):
        return swapped
    if _POINTED_NAME.search(asked.folded) and (name := _name(past, index, lexicon)):
        return _POINTED_NAME.sub(name, asked.folded, count=1)
    bare = _POINTER.sub("", _OPENING.sub("", asked.folded)).lstrip("的,， ")
    topic = _topic(past, content_words(bare, index, lexicon), index)
    return f"{topic} {bare or asked.folded}".strip()


def _is_follow_up(asked: Question, index: Index) -> bool:
    if _POINTER.search(asked.folded) or _OPENING.search(asked.folded):
        return True
    known = [w for w in asked.words if w.known]
    if asked.ordinal and len(known) <= 2:
        return True
    if asked.folded.rstrip("?!。").endswith("呢") and len(known) <= 2:
        return True
    return not any(_names_a_place(w, index) for w in asked.words) and len(known) <= 2 and len(asked.folded) <= 14


def _names_a_place(word: Word, index: Index) -> bool:
    """Whether a word is a topic of its own: rare in the text, or part of a numbered heading."""
    if not word.known:
        return True
    return 0 < index.lexical.frequency(word.text) <= max(2, len(index.passages) // 40)


def _item(ordinal: int, past: Past, index: Index) -> str:
    """The n-th item of what was listed: claims that are headings, else the children, else a series in a sentence."""
    answer = past.answer
    if not answer.citations:
        return ""
    items: list[str] = []
    if len(answer.claims) > 1 and all(len(c.text) < 40 for c in answer.claims):
        items = [title(c.text) for c in answer.claims]
    if not items:
        best = answer.citations[-1]
        document = index.documents[best.document]
        position = index.passages[index.rows[best.passage]].position
        series = max((_series(c.quote) for c in answer.citations), key=len)
        items = series if len(series) > 1 else [title(s.heading) for s in children(document, position)]
    at = ordinal - 1 if ordinal > 0 else ordinal
    return items[at] if -len(items) <= at < len(items) else ""


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
    if not new_words:
        return ""
    here, there = _headings(old.words, past, index), _headings(new_words, past, index)
    for mine in there:
        for theirs in here:
            if theirs.position.count(".") == mine.position.count(".") and theirs.heading != mine.heading:
                shared = [w.text for w in old.words if any(o in fold(theirs.heading) for o in w.same)]
                shared = [w for w in shared if w not in {n.text for n in new_words}]
                if shared and (swapped := _exchange(old.folded, shared, new)) != old.folded:
                    return swapped
    return f"{new} {_without(old, new_words)}"


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


def _name(past: Past, index: Index, lexicon: Lexicon) -> str:
    """The name that 这家公司 points at: one in the previous question, else the one that answered it."""
    names = set(lexicon.words) & {w.text for w in past.question.words if w.known}
    names -= {fold(title(s)) for h in past.answer.hits for s in h.passage.section}
    if names:
        return max(names, key=past.question.folded.rfind)
    for citation in reversed(past.answer.citations):
        quote = fold(citation.quote)
        items = [re.sub(r"\(.*?\)", "", i) for i in _series(quote)]
        near = [quote.find(w.text) for w in past.question.words if w.text in quote]
        if items and near:
            return min(items, key=lambda i: abs(quote.find(i) - near[-1]))
        if items:
            return items[0]
    return ""


def _topic(past: Past, new_words: Iterable[Word], index: Index) -> str:
    """What the previous question was about: its words that are headings of the answer, else all of them."""
    gone = {other for w in new_words for other in w.same}
    words = [w for w in past.question.words if w.text not in gone]
    headings = ""
    if past.answer.hits:
        source = past.answer.citations[-1] if past.answer.citations else None
        hit = past.answer.hits[0].passage
        document = index.documents[source.document if source else hit.document]
        position = index.passages[index.rows[source.passage]].position if source else hit.position
        headings = fold(" ".join(s.heading for s in ancestors(document, position)))
    topical = [w.text for w in words if any(o in headings for o in w.same)]
    rare = [w.text for w in words if w.weight > 1.5 and w.text not in topical]
    return " ".join(dict.fromkeys(topical + rare)) or " ".join(w.text for w in words)
