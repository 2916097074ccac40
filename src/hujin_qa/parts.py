"""One question that asks several things, taken apart: "理财和保险各做到多大", "规模多大,谁在领头"."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .evidence import matched, share
from .headings import tag
from .index import Index
from .items import sections_below
from .lexicon import Lexicon
from .question import Question, Word, content_words, interrogative, number, understand, value_asked
from .text import bigrams, fold
from .types import Section

_JOINT = re.compile(r"以及|还有|和|跟|与|及|、|或者?")
_CLAUSE = re.compile(r"([,;?、])")
_OF_EACH = re.compile("[,;?](?:分别|各自?)[是有为占要]?(?:多少|几)[^,;?]{0,4}[?。]*$")  # 甲跟乙差在哪,各多少元
_BARE = re.compile("(?:那个|这个|就|那|又)?(?:什么|啥|(?:是|有)?(?:多少|几[个年家种]?))(?:钱|来着|了|呢|啊|呀)*[?。!]*")
_AND_ALSO = re.compile("以及|还有|另外|并且")
_CARRIED = re.compile(r"^(?:又|那么?|还有|以及|另外|并且?|而且|再|它们?|各自)+(?:的)?")
_LEANS = re.compile(r"^又|也|还|它|其|各自|^[在从对由]")  # a clause that says so goes on about the same
_YEAR = re.compile(r"(?:\d{4}|[今去前])年")
_END = re.compile(rf"(?<=.){_YEAR.pattern}|的|,|有|各|分别|都|谁|哪|(?<!第)[二两三四五六七八九]|这|之间|在|比|$")
_NOUN = re.compile("n|vn|j|l")  # parts of speech
_NAMED, _VERB = re.compile("n|vn|eng|x"), re.compile("v(?!n)|p|c")  # … of names, and what ends a subject
_NOW = re.compile("[今去前明]年|现|目前|眼下|如今|当年")
_SAME_TIME = re.compile("(?:同一?|那|这)(?:一?年|个?月|期|时期)$")  # 乙店同一年呢
_EVERY = re.compile("分别|各自|各(?![地类种国界位方级个家项条州省市县区乡村镇路式样行业单部人])")  # not 各地
_AMOUNTS = tuple("数额率量价费期度钱")  # what ends so is of something by itself
_EXTREME = re.compile("最.$")
_OF_ITS = re.compile("(?<=.)(?:的|里(?!程)|在)")  # from here on what is said may be of both: 甲镇和乙镇|的新学校
_OF_TWO = re.compile(
    rf"(?P<a>[^,?、]{{2,16}}?)(?:和|跟|与|以及|还有)(?P<b>[^,?、]{{2,16}}?)的?(?:{_EVERY.pattern})(?P<rest>[^,?]+)[?。]*"
)
_OF_BOTH = re.compile("混|一起|一块|同时|相互|互相|之间|彼此|合并|分开")  # 甲和乙为什么不能混用
_NO_THING = ("b", "d", "ad")  # parts of speech
_COUNTED = re.compile(
    r"(?P<n>[二两三四五六七八九十]|\d{1,2})[个大类种层家座所款]?(?P<thing>[\u4e00-\u9fff]{2})(?:里|中)?的?(?:各自?|分别|都|每一?个?)(?:的|都)?(?P<rest>.+)"
    r"|(?P<n2>[二两三四五六七八九十])[个大类种家座所款](?P<thing2>[\u4e00-\u9fff]{2})的?(?P<rest2>.+(?:各|分别).+)"
    r"|(?:各个?|每一?个)(?P<thing3>[\u4e00-\u9fff]{2})的?(?P<rest3>.+)"
)
_LEAD = re.compile(r"^(?:列出?|说说?|讲讲?|对?比较?|看看|把|就)")
_ALIKE = re.compile(
    r"(?:之间)?(?:的)?,?(?:有|相)?(?:什么|啥|哪些|何)?(?:(?:最大|主要|根本|本质|核心|关键)(?:的|上的?)?)?(?:区别|差别|差异|异同|不同|不一样|两样)(?:之处|的地方)?(?:有|是|在)?(?:哪些|哪里|哪|什么|啥)?|(?:到底|究竟)?差在(?:哪里|哪儿|哪|什么地方)|比一比|(?:对比|比较|相比|比)(?:一下)?,?"
)
_IN_WHAT = re.compile("(?P<item>.{2,12}?)在(?P<what>[^,?在]{2,8})(?:[上里]|方面)的$")  # 乙在还款方式上有什么不同
_ASKS = re.compile("(?:是|有|要)?(?:多少|谁|哪|几|什么|怎么|在哪).*$")
FEATURES_OF = "的特点"
"""What is asked of each thing that is to be compared, where the question does not say in what."""
_LIKELY = 0.8  # degree to which an everyday word stands for another
_LONGEST = 12  # characters of a thing that is named
_MOST = 4
_MOST_OF_ALL = 6  # things of which something is asked of each


def split_question(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The questions that ``asked`` is made of, each standing alone; empty if it is one question."""
    asked = replace(asked, folded=_OF_EACH.sub("", asked.folded))
    if clauses := _clauses(asked, index, lexicon):
        return _of_both(clauses, index, lexicon)
    by_words = _joined(asked, index, lexicon) or _each(asked, index, lexicon)
    return by_words or _two_of(asked, index, lexicon)


def _of_both(clauses: tuple[str, ...], index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """Clauses that ask of several things, the first of each: taken apart again (甲和乙分别在哪,多大)."""
    if not _EVERY.search(clauses[0]):
        return clauses
    again = [_joined(understand(clause, index, lexicon), index, lexicon) or (clause,) for clause in clauses]
    apart = tuple(part for parts in again for part in parts)
    return apart if len(apart) <= _MOST_OF_ALL else clauses


def _two_of(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The same of each of two things that no word names: 新建的那所和老的那所各花了多少."""
    found = _OF_TWO.fullmatch(asked.folded)
    if not found or not all(content_words(found[side], index, lexicon) for side in ("a", "b")):
        return ()
    a, b, rest = found["a"], found["b"], found["rest"]
    if any(map(_EXTREME.search, (a, b))) or interrogative(a):  # 几个店里最早和最晚的各是谁
        return ()
    shared = _OF_ITS.search(b)
    if shared and not _OF_ITS.search(a) and a[-1] not in _AMOUNTS and not _VERB.match(tag(b[: shared.start()])[0][1]):
        a += b[shared.start() :]
    return f"{a}{rest}", f"{b}{rest}"


def _clauses(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """Clauses that each ask something; what the first is about is carried into those that do not say it themselves."""
    pieces = _CLAUSE.split(asked.folded)
    counted_up = any(map(_AND_ALSO.match, pieces))  # "甲的规模、增速,还有打法是什么"
    clauses: list[tuple[str, str, str]] = []
    led = ""  # a clause that asks nothing, before one that does: 以后不干了,多久能拿回本钱
    for clause, stop in zip(pieces[::2], ["", *pieces[1::2]], strict=True):
        asking = interrogative(clause) or "干嘛" in clause or (clause.endswith("呢") and len(clause) > 2)
        bare = _BARE.fullmatch(clause)  # 消费贷的余额,不算房贷,多少来着
        if (asking or (counted_up and value_asked(clause))) and not bare:
            clauses.append((led, clause, stop))
            led = ""
        else:
            led = f"{clause}," if content_words(clause, index, lexicon) else ""
    if not 1 < len(clauses) <= _MOST:
        return ()
    lead, opening, _ = clauses[0]
    first = content_words(opening, index, lexicon)
    topic = [w.text for w in first if w.text not in asked.focus and w.known] or [w.text for w in first]
    owner = opening.partition("的")[0]
    owners = [w for w in topic if w in owner and not w.isdigit()]  # what 2024年移动支付的规模 is of
    subject = lead.rstrip(",") or _subject(opening, asked.focus)
    if not lead and not any(w.known for w in first if w.text in subject):  # 去年实际做了多少营收
        subject = "".join(topic)
    things = [w.text for w in first if w.noun and w.known]
    parts = [f"{lead}{opening}"]
    for led, clause, stop in clauses[1:]:
        part = led + _CARRIED.sub("", clause)
        own = [w for w in content_words(part, index, lexicon) if part.startswith(w.text) and _is_subject(w, lexicon)]
        if not interrogative(part) and part.endswith("呢") and (asks := _ASKS.search(opening)):
            of_other = own and subject and opening.startswith(subject)  # 甲店去年亏了多少,乙店呢; 餐补多少,住宿呢
            part = _SAME_TIME.sub("", part[:-1]) + (opening[len(subject) :] if of_other else asks[0])
        same = things and all(thing in part for thing in things)  # 头一任会长是谁,现任会长又是谁
        alone = led or same or part[0] in "《“" or (own and (stop in "?;" or not _LEANS.search(clause)))
        of_owner = counted_up or _NOUN.match(tag(part)[0][1])  # what opens with a thing asks of it
        carried = "".join(w for w in owners if w not in part) if owners and of_owner else subject
        parts.append(part if alone or carried in part else f"{carried} {part}")
    return tuple(parts)


def _subject(clause: str, focus: Collection[str] = ()) -> str:
    """What a clause asks something of: what stands before its verb, without the time and what it asks for.

    >>> _subject("教人唱歌的那个班是哪年停的"), _subject("生活老师眼下一个月拿多少钱"), _subject("苹果产量多少", {"产量"})
    ('教人唱歌的班', '生活老师', '苹果')
    """
    kept: list[tuple[str, str]] = []
    for word, flag in tag(_ASKS.sub("", clause)):
        if word in ("时", "时候", "之后", "以后"):  # 刚开张时店里有几个人
            kept.clear()
            continue
        named = any(_NAMED.match(f) for _, f in kept)
        if named and _VERB.match(flag):
            break
        if flag not in ("r", "d", "b") and not (flag == "t" and _NOW.match(word)):
            kept.append((word, flag))
    while kept and (not _NAMED.match(kept[-1][1]) or (len(kept) > 1 and kept[-1][0] in focus)):
        kept.pop()
    return "".join(word for word, _ in kept)


def _is_subject(word: Word, lexicon: Lexicon) -> bool:
    """Whether a word is a thing to ask of, not an attribute that everything has."""
    thing = word.noun and word.known and not word.text[0].isdigit()
    return thing and (len(word.same) == 1 or word.text in lexicon.words)


def _each(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The same asked of each of several things that the text lists ("三个梯队各举一家"): of each by its name."""
    found = _COUNTED.search(asked.folded)
    if not found:
        return ()
    thing = found["thing"] or found["thing2"] or found["thing3"]
    n, rest = found["n"] or found["n2"] or "", found["rest"] or found["rest2"] or found["rest3"]
    if not content_words(rest, index, lexicon):
        return ()  # the list itself is asked for: "五大趋势分别是什么"
    likely = (o for w in content_words(thing, index, lexicon) for o, degree in w.others.items() if degree >= _LIKELY)
    names = {thing, *likely}
    best: tuple[float, list[str]] | None = None
    for id_, sections in _branches(n, index):
        document, recurring = index.documents[id_], index.documents[id_].labels
        for section in sections:
            items = sections_below(document, section)
            if all(i.name in recurring for i in items):
                continue
            path = fold(" ".join([*section.path, *(i.name for i in items), document.text[section.body : section.end]]))
            called = fold(section.heading).endswith(thing) or all(thing in fold(i.name) for i in items)
            if any(name in path for name in names) if n else called:
                fit = share(asked.words, matched(asked.words, path))
                if best is None or fit > best[0]:
                    best = fit, [i.name for i in items]
    if best is None:
        return ()
    return tuple(f"{name}的{_EVERY.sub('', rest)}" for name in best[1])


def _branches(n: str, index: Index) -> Iterator[tuple[str, Sequence[Section]]]:
    """The sections with ``n`` below them, or with several if it is ``""``, by document."""
    for count, by_document in index.branches.items():
        if count == number(n) if n else 1 < count <= _MOST_OF_ALL:
            yield from by_document.items()


def _joined(asked: Question, index: Index, lexicon: Lexicon) -> tuple[str, ...]:
    """The same asked of several things: of each alone."""
    text = asked.folded
    if asked.kind == "why" and _OF_BOTH.search(text):
        return ()
    names = {w.text for w in asked.words if w.known}
    joints = [m for m in _JOINT.finditer(text) if _item_before(text[: m.start()], names, index)]
    joints = [
        m
        for m in joints
        if any(text.startswith(n, m.end()) for n in names)
        or _YEAR.match(text, m.end())
        or _is_there(text[m.end() :], index)
    ]
    if any(tag(_item_before(text[: m.start()], names, index))[-1][1] in _NO_THING for m in joints):  # 主动跟监管打交道
        return ()
    if not 1 <= len(joints) < _MOST:
        return ()
    before = text[: joints[0].start()]
    before = _LEAD.sub("", before)
    items = [before if len(before) <= _LONGEST else _item_before(before, names, index)]
    items += [text[a.end() : b.start()] for a, b in pairwise(joints)]
    rest = text[joints[-1].end() :]
    if asked.kind == "compare":
        rest = _IN_WHAT.sub(r"\g<item>的\g<what>", _ALIKE.sub("的", rest))
    last = _item(rest, names, index, lexicon)
    rest = _EVERY.sub("", rest.removeprefix(last))
    if _YEAR.fullmatch(last) and (year := _YEAR.search(items[0])):  # 2023年的产量和2024年的
        last = items[0][: year.start()] + last + items[0][year.end() :]
    if asked.kind == "compare" and not content_words(rest, index, lexicon):
        rest = FEATURES_OF
    rest = re.sub(r"^[二两三四五六七八九](?:个|家|种|类|项|者|块)?(?:方面|方向)?(?:的|各|分别)?", "的", rest)
    if any(len(i) > _LONGEST for i in items) or not (content_words(rest, index, lexicon) or interrogative(rest)):
        return ()
    return tuple(f"{item}{rest}" for item in [*items, last])


def _is_there(rest: str, index: Index) -> bool:
    """Whether what ``rest`` begins with, a name that is no word, stands in the text."""
    end = _END.search(rest)
    pairs = list(bigrams(rest[: end.start()] if end else rest))
    return 0 < len(pairs) < _LONGEST // 2 and all(index.lexical.frequency("_" + pair) for pair in pairs)


def _item_before(text: str, names: set[str], index: Index) -> str:
    """The name that a text ends with: a word, or what stands behind the last joint and, pair by pair, in the corpus."""
    if known := _ends_with(text, names):
        return known
    name = _JOINT.split(_LEAD.sub("", text))[-1]
    return name if _is_whole(name, index) else ""


def _is_whole(name: str, index: Index) -> bool:
    """Whether a name of several words, or of none that is known, stands in the corpus pair by pair."""
    pairs = list(bigrams(name))
    return 2 < len(name) <= _LONGEST and all(index.lexical.frequency("_" + pair) for pair in pairs)


def _ends_with(text: str, names: set[str]) -> str:
    year = re.search(rf"{_YEAR.pattern}$", text)
    return year[0] if year else max((n for n in names if text.endswith(n)), key=len, default="")


def _item(rest: str, names: set[str], index: Index, lexicon: Lexicon) -> str:
    """The thing that ``rest`` begins with: up to where the asking starts, or its first word."""
    found = _END.search(rest)
    whole = rest[: found.start()] if found else rest
    words = content_words(whole, index, lexicon)
    named = not any(len(w.same) > 1 for w in words[1:])  # no 余额 of 贷款余额
    if found and found[0] in tuple("二两三四五六七八九") and len(words) <= 2:
        return whole
    if named and ((len(whole) <= _LONGEST and 0 < len(words) <= 2) or _is_whole(whole, index)):
        return whole
    return max((n for n in names if rest.startswith(n)), key=len, default=whole)
