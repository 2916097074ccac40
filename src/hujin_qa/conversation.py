"""Follow-ups: what a question means after the ones before it, without a language model.

A follow-up leaves out what was just talked about. It is completed from the previous question and from what
answered it: its sections, what it listed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from .answer_items import CLAUSE_END, items_told
from .differences import BY
from .evidence import matched
from .exchange import exchanged, other_amount, whole_name
from .followup import (
    NTH,
    OPEN_END,
    OPENING,
    POINTER,
    RECALL,
    REST,
    Meant,
    Past,
    aspects,
    has_subject,
    is_follow_up,
    year_step,
)
from .headings import first_person
from .index import Index
from .items import nth, sections_below, short_title
from .lexicon import Lexicon
from .question import (
    WHICH,
    Place,
    Question,
    Word,
    content_words,
    in_chinese,
    interrogative,
    number,
    understand,
    value_asked,
)
from .sections import ancestors, things_over
from .text import fold
from .turns import corrected, of_item, pointed_at, steered
from .types import Answer, Document, Section

_SWAP = re.compile(
    r"^(?:那么?|换成|至于|再说|还有)?(?P<new>.+?)(?:那边|这边|那块|这块|方面|的话|这个|那个|部分)?(?:又|也)?(?:呢|怎么样|如何|咋样)[?。!]*$"
)
_SWITCH = re.compile(r"^(?:算了|不说这个|换个话题|别的|另外问|不聊)(?:[了吧]*(?P<stop>[,。:]+))?")
_AGAIN = re.compile("(?<=呢)[,?]*[是有又]?(?:大概)?(?:多少|多大|几何)[呢啊呀]?[?。]*$")  # 那乙呢,多少
_BACK = re.compile(
    "(?:那么?|再|还是|先|我们|咱们?|让)*(?:回到|说回到?|回过?头来?再?[说看聊讲])(?:刚才|刚刚|之前|前面|上面|开头|最开始)?(?:[说讲提聊谈]到?)?的?"
    "(?P<to>[^,?。]{2,12}?)(?:[那这][个块边]|的话题?|上来?)?[,。:]+(?P<asks>.{3,})"
)
_COMPARED = re.compile(
    rf"(?:那么?|它们?|他们?|这家)*(?:比|跟|和|与)(?P<new>[^,?]{{1,12}}?)(?:相?比,?)?(?:{BY}|相差|差)(?:了|出)?(?:多少|几)[^,?]{{0,3}}[?]*"
)
_CLASS = re.compile(r"第(?P<n>[\d一二三四五六七八九十]+)(?P<of>[层级档批代类阶期队组线]|[\u4e00-\u9fff]{2})?")
_BARE_CLASS = re.compile(r"(?:那么?|换成)*第[\d一二三四五六七八九十]+的?呢[?。!]*")
_ALL_OF_THEM = re.compile(
    r"[这那](?=(?:[二两三四五六七八九十]|\d)[个大家类种条项](?P<what>[\u4e00-\u9fff]{2}))"
)  # 这三个梯队
_SORT = re.compile(r"(?:[这那]一?个|该)(?P<sort>[\u4e00-\u9fff]{2})")
_NEXT_CLASS = re.compile("[再那么往下后]*[下后]面?的?一?[个层级档批代类期组]?呢?[?。]*")  # 再下一个呢
_RANKED = re.compile("(?:那么?|排在?)*第(?P<n>[二三四五六七八九十]|\\d+)[名位大]?(?:的|是|呢|哪|谁|[个家位])*[?。]*")
_AGAINST = re.compile(r"(?:那么?|它们?)*[跟和与同](?P<new>[^,?]{1,12}?)相?比(?:较|起来|一下)?(?:呢|怎么样|如何)?[?。]*")
_BY = re.compile("最(?=[高低大小多少长短快慢贵重轻早晚强远近好厚深])")
_GENERIC = "层级档批代类期组"  # stand for any name that is counted (第三层 for 第三梯队)
_POINTED_NAME = re.compile(
    r"[这那]些(?:[里当之]面?中?)?|(这|那|该)(?![样么里])(家|个|座|件|位|块|种|类|款|边|笔|批|次|条)?(公司|企业|机构|平台|银行|厂商|人)?(?=[^\d一二三四五六七八九十])|^(它|他|她)(们)?(家|的)?"
)
_OF_PERSON = re.compile("(?:那|而)?[他她](?!们)的?(?P<of>.+)")
_PERSON = re.compile(r"^(?:那|而)?[他她](?!们)|[他她](?:本人|的)")
_ONLY = re.compile(
    r"^(?:还有|除了|除此之外|除此以外|以外|之外|别的|其[他它]的?|这|那|几|[一二两三四五六七八九十]|\d|个|种|项|家|条|点|些|呢|吗|的|,|\?)+$"
)
_DOING = re.compile("实操|操作|步骤|流程|做法|方法|指南|措施|建议|应对|办法|对策")
_NEAR = 0.5  # degree from which a word of the text may be meant by another
_NOT_MENTIONED = "文中没有提到“{}”。"
_FEW = 2  # sections cited; more of them have no one name


def remember(question: Question, answer: Answer, before: Past | None, index: Index) -> Past:
    """The past after one more turn: a list stays in force until another is given, a subject over what it lacks."""
    swap = _SWAP.match(fold(answer.question))
    slot = swap["new"].strip("的") if swap and fold(answer.question) != question.folded else ""
    slot = slot if slot in question.folded else ""
    kept = before.items if before else ()
    at = pointed_at(question, kept)
    if before and answer.status == "abstained" and _leans(question, answer):
        unknown = slot and answer.text == _NOT_MENTIONED.format(slot)
        return before if unknown else replace(before, question=question, slot=slot, at=at if at >= 0 else before.at)
    items = items_told(question, answer, index)
    strong = bool(question.count) or question.kind == "list" or (question.kind == "how" and at < 0)
    listed = (items or kept) if strong else (kept or items)
    if at < 0 and before and listed == kept:
        at = before.at
    beside = before.question.folded if before and slot else ""
    return Past(question, answer, listed, at if listed == kept else -1, slot, beside)


def _leans(question: Question, answer: Answer) -> bool:
    """Whether what was asked was completed from an earlier turn."""
    typed = fold(answer.question)
    return not all(word.stands_in(typed) for word in question.words if word.known)


def resolve(text: str, past: Past, index: Index, lexicon: Lexicon) -> Meant:
    """What ``text`` stands for after ``past``; itself if it stands alone."""
    asked = understand(text, index, lexicon)
    if not any(map(str.isalpha, asked.plain)) and not asked.years:  # nothing, or nothing but marks and figures
        return Meant(text)
    if meant := steered(asked, past, index, lexicon):
        return meant
    if back := _BACK.fullmatch(asked.folded):  # 回到刚才说的甲,…
        return Meant(f"{back['to']}，{without_pointers(back['asks'])}")
    if correction := corrected(asked.folded, past):
        return resolve(correction, past, index, lexicon) if correction.endswith("呢") else Meant(correction)
    compared = _COMPARED.fullmatch(asked.plain)
    if compared and (other := exchanged(compared["new"], past, index, lexicon)):
        return Meant(f"{past.question.folded}，{other}")
    of_outline = asked.kind == "contents" or (asked.kind == "section" and not POINTER.search(asked.topic))
    switch = _SWITCH.match(asked.folded)
    if switch and switch["stop"] and switch.end() < len(asked.folded):
        return Meant(asked.folded[switch.end() :])
    alone = asked.chat or of_outline or switch
    if alone or not is_follow_up(asked, past, index, lexicon):
        return Meant(text)
    folded = _AGAIN.sub("", asked.folded)
    if (every := _ALL_OF_THEM.search(folded)) and every["what"] in past.question.folded:
        return Meant(OPENING.sub("", folded[: every.start()] + folded[every.end() :]))
    if other := _other_class(folded, past, index, lexicon):
        return Meant(other)
    if (ranked := _RANKED.fullmatch(folded)) and _BY.search(past.question.folded):  # 谁份额最大 > 那第二名呢
        return Meant(_BY.sub(f"第{ranked['n']}", past.question.folded, count=1))
    if called := _by_its_sort(folded, past, index):
        return Meant(called)
    if asked.ordinal and -len(past.items) <= asked.ordinal <= len(past.items) and past.items:
        item = nth(past.items, asked.ordinal)
        rest = OPENING.sub("", NTH.sub("", RECALL.sub("", folded), count=1)).strip(" ,?。呢")
        return of_item(item, rest, past, index, lexicon)
    if (step := year_step(folded)) and len(past.years) == 1:
        (year,), other = past.years, str(int(*past.years) + step)
        named = year in past.question.folded
        return Meant(past.question.folded.replace(year, other) if named else f"{other}年，{past.question.folded}")
    bare = without_pointers(folded)
    words = content_words(bare, index, lexicon)
    if REST.search(folded) and past.answer.citations:
        topic = _topic(past, words, index, lexicon)
        if _ONLY.match(folded) or not words:
            return Meant(f"还有哪些{topic}", beyond=past.said)
        rest = f"{topic}，{bare}" if topic else bare
        return Meant(rest, beyond=past.said if asked.kind == "list" or not interrogative(folded) else frozenset())
    if against := _AGAINST.fullmatch(folded):
        topic = _topic(past, words, index, lexicon).partition("的")[0]
        if topic and topic in past.question.folded:  # both asked the same
            return Meant(past.question.folded.replace(topic, f"{topic}和{against['new']}"))
    if moved := _moved(bare, words, past, index):
        return moved
    swap = _SWAP.match(folded)
    if swap and (other := other_amount(swap["new"], past.question.folded)):
        return Meant(other)
    asks = swap and interrogative(swap["new"]) and value_asked(swap["new"])
    if swap and not asks:  # 净赚了多少呢 puts nothing in the place of another
        if (of := _OF_PERSON.match(swap["new"])) and (name := _person(past)) and name in past.question.folded:
            return Meant(past.question.folded.replace(name, f"{name}的{of['of']}", 1))  # 他弟弟呢
        swapped, new = exchanged(swap["new"], past, index, lexicon), swap["new"].strip("的")
        if OPEN_END.search(folded) and not POINTER.search(folded) and _is_unknown(words):
            return Meant(swapped or f"{new}，{past.question.folded}", refusal=_NOT_MENTIONED.format(new))
        if swapped:
            return Meant(swapped)
    if _PERSON.search(folded) and (name := _person(past)):
        return Meant(f"{name}{_PERSON.sub('', folded)}")
    pointed = _POINTED_NAME.search(folded)
    topic = _topic(
        past,
        words,
        index,
        lexicon,
        bool(pointed) or not has_subject(folded),
        pointed is not None and "家" in pointed[0],
    )
    if not topic and past.answer.hits:  # none where it was asked who wrote a text
        topic = past.question.folded.rstrip("?")
    return Meant(f"{topic}，{bare or folded}" if topic else bare or folded)


def _is_unknown(words: Sequence[Word]) -> bool:
    """Whether words name things that the text has under no name, and nothing near."""
    return bool(words) and all(
        not w.known and w.noun and all(degree < _NEAR for name, degree in w.others.items() if name not in w.same)
        for w in words
    )


def without_pointers(folded: str) -> str:
    """A question without what points back: 它, 这家公司, 那…"""
    return POINTER.sub("", _POINTED_NAME.sub("", OPENING.sub("", folded), count=1)).strip("的,， ")


def sections_of(place: Place, index: Index) -> frozenset[tuple[str, str]]:
    """Document and outline position of the sections that a place takes in."""
    rows = range(index.passage_at(place.document, place.start), index.passage_at(place.document, place.end - 1) + 1)
    return frozenset((place.document, index.passages[row].position) for row in rows)


def _by_its_sort(folded: str, past: Past, index: Index) -> str:
    """A follow-up with the heading that its 这个方向 stands for: one over what was cited that ends so; else ``""``."""
    if not (found := _SORT.search(folded)):
        return ""
    above = (s for d, position in sorted(past.places) for s in reversed(ancestors(index.documents[d], position)))
    titles = (fold(short_title(s.heading)) for s in above if s.heading)
    title = next((t for t in titles if t.endswith(found["sort"]) and t != found["sort"]), "")
    return OPENING.sub("", folded[: found.start()]) + title + folded[found.end() :] if title else ""


def _other_class(folded: str, past: Past, index: Index, lexicon: Lexicon) -> str:
    """The previous question with its 第二梯队 exchanged, after "第三层呢"; ``""`` if it has no such name."""
    new, old = _CLASS.search(folded), _CLASS.search(past.question.folded)
    if old and old["of"] and _NEXT_CLASS.fullmatch(folded):
        return past.question.folded.replace(old[0], f"第{in_chinese(number(old['n']) + 1)}{old['of']}")
    if not new or not old or not old["of"] or new["n"] == old["n"]:
        return ""
    alone = _BARE_CLASS.fullmatch(folded)  # 第一梯队有哪些公司 > 第二呢
    if (not alone and (new["of"] or "") not in (*_GENERIC, old["of"])) or old["of"] in tuple("个条点项步件家"):
        return ""
    name = f"第{new['n']}{old['of']}"
    rest = (folded[: new.start()] + folded[new.end() :]).strip(" ,?。呢那")
    if content_words(rest, index, lexicon):
        return f"{name}{rest}"
    return past.question.folded[: old.start()] + name + past.question.folded[old.end() :]


def _moved(bare: str, words: Sequence[Word], past: Past, index: Index) -> Meant | None:
    """Another part of the section that was talked about, where a follow-up says no more than that part's heading."""
    asked = {w.text: w.same for w in words}
    how = bool(re.search("怎么|如何|怎样|咋", bare)) and len(words) <= 1
    if not asked and not how:
        return None
    for document_id, position in sorted(past.places):
        document = index.documents[document_id]
        subject = _subject(document, position)
        if subject is None:
            continue
        for section in sections_below(document, subject):
            heading = fold(section.name)
            named = asked and all(any(other in heading for other in same) for same in asked.values())
            new = not any(section.label <= start < section.end for _, start in past.said)
            if named or (how and new and _DOING.search(heading)):
                place = Place(document_id, section.start, section.end)
                return Meant(f"{short_title(subject.heading)}的{section.name}{bare if how else '是什么'}", place)
    return None


def _subject(document: Document, position: str) -> Section | None:
    """The innermost section over a position that is a thing of its own."""
    return next(reversed(things_over(document, position)), None)


def _person(past: Past) -> str:
    """The person that was asked about, or else the first of the clause of the last answer that tells most of it."""
    quotes = [fold(c.quote) for c in past.answer.citations]
    if asked := first_person(past.question.folded):
        return asked if any(asked in quote for quote in quotes) else ""
    clauses = [clause for quote in quotes for clause in CLAUSE_END.split(quote)]
    words, focus = past.question.words, past.question.focus
    told = [(matched([w for w in words if w.text in focus], c), matched(words, c), c) for c in clauses]
    told.sort(key=lambda each: (-sum(each[0].values()), -sum(each[1].values())))
    return next(filter(None, (first_person(c) for *_, c in told)), "")


def _topic(
    past: Past, new_words: Sequence[Word], index: Index, lexicon: Lexicon, pointed: bool = False, owner: bool = False
) -> str:
    """What the previous question was about: the section cited that it names, or else its words but for its attributes.

    ``pointed``: by a pronoun or by nothing, which stands for what has a name rather than for what was asked of it; by
    one that stands for an ``owner`` (它家).
    """
    for document_id, position in sorted(past.places):
        subject = _subject(index.documents[document_id], position)
        name = short_title(subject.heading) if subject else ""
        if name and len(past.places) <= _FEW and fold(name) in past.question.folded:
            return name
    gone = {other for w in new_words for other in w.same}
    words = [w for w in past.question.words if w.text not in gone and w.known]
    if pointed and past.question.kind == "member":  # 甲 of 甲是第几批
        words = [w for w in words if w.text in WHICH.split(past.question.folded)[0]] or words
    if not new_words:
        return _phrase([w.text for w in words], past.question.folded, index, lexicon)
    repeated = aspects(past, index)
    above = fold(" ".join(heading for c in past.answer.citations for heading in c.section))
    topical = [w.text for w in words if (len(w.same) == 1 or w.text in lexicon.words) and w.text not in repeated]
    said = [w for w in topical if w in above] or topical or [w.text for w in words]
    names = {w for w in topical if owner or _is_name(w, past.question.folded, index, lexicon)} - past.question.focus
    if pointed and names:
        said = [w for w in topical if w in names or (w in said and w not in past.question.focus)]
    return _phrase(said, past.question.folded, index, lexicon)


def _is_name(word: str, text: str, index: Index, lexicon: Lexicon) -> bool:
    return word in lexicon.words or not index.segmenter.is_word(whole_name(word, text, index, lexicon))


def _phrase(words: Sequence[str], text: str, index: Index, lexicon: Lexicon) -> str:
    """Words as they stand in a text, names whole: neighbours together, others joined by 、."""
    said = ""
    for word in (whole_name(w, text, index, lexicon) for w in words):
        last = said.rpartition("、")[2]
        between = re.search(rf"{re.escape(last)}([的 年月日天个家元]{{0,2}}){re.escape(word)}", text)
        joint = between[1] if between else "、"
        said += f"{joint}{word}" if said else word
    return said
