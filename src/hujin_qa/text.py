"""Words and numbers of Chinese text, in one spelling for documents and questions alike."""

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any

import opencc
from platformdirs import user_cache_path

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_QUOTED = re.compile('[“"「『‘]([\u4e00-\u9fff]{2,5})[”"」』’]')
_RUN = re.compile(rf"[{_CJK}]+|[a-z0-9][a-z0-9.%+#_-]*")
_GAP = re.compile(rf"(?<=[{_CJK}])\s+(?=[{_CJK}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]")

_BOLD = re.compile(r"\*\*(?=[^\s*])([^*\n]+)(?<=\S)\*\*")

_WIDE = tuple(zip("，：；？！（）％", ",:;?!()%", strict=True))  # NFKC does the same, thirty times slower

_SHORT = 4096  # characters of a text whose folded form is kept
_BYTES_PER_TOKEN = 4.0  # UTF-8, Chinese and English alike

# 2o13年, l5%, 5o元: a letter within a figure, or at an end of one before what it counts
_LETTERED = re.compile(
    r"(?<![a-z\d._])(?<![a-z]-)(?:\d[\dol]*\d(?![a-z\d_]|-[a-z])|(?=[ol.]*\d)[\dol.]+(?<![l.])(?=[%年月日号元万亿千百]))"
)
_AS_FIGURES = str.maketrans("ol", "01")

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "零〇一二两三四五六七八九十百千"
_PERCENT = re.compile(rf"百分之([{_NUMERAL}]+(?:点[{_NUMERAL}]+)?|\d+(?:\.\d+)?)")
_COUNTED = "个种名家位人口年月天日周次件层级条项岁倍元块点分秒小大十百千万亿成半"
_TENTHS = re.compile(
    rf"(?<![第\d])([一二两三四五六七八九]|\d)成"
    rf"(?:(半)(?!成)|([一二三四五六七八九])(?![{_COUNTED}])|(?![立本员功为了分就果熟长品交]))"
)
_CLAUSE = re.compile(rf"[{_CJK}\d]+")
SURNAMES = frozenset("王李张刘陈杨赵黄吴徐孙胡朱林郭罗梁宋郑谢韩唐董萧曹袁邓傅沈彭吕苏卢蒋蔡贾丁魏薛潘杜戴姜范陆姚石")
_YEAR = re.compile(r"([零〇一二三四五六七八九]{4})(?=年)")
# 24年 is 2024年; whole tens, and what is counted (满15年), are spans of time
_SHORT_YEAR = re.compile(
    r"(?<!\d[ol])(?<![\d满近过超第每共后前这达])(?:(?:0\d|[125-9][1-9])(?=年(?![期代来内前后间以左多]))|\d0(?=年(?:[初底末中度呢]|\d{1,2}月))|[5-9]\d(?=年以[前后]))"
)
_COMPOUND = re.compile(
    rf"(?<![\d.万亿{_NUMERAL}])(?!千万[不别要小记莫勿注当留得请])"
    rf"[{_NUMERAL}]*[十百千][{_NUMERAL}]*(?=[万亿个元天年月日家名人次位项条%])"
)
ROUGHLY = re.compile(
    "(?<![一二两三四五六七八九])(?:[一二两]三|一二|三[四五]|四五|五六|六七|七八|八九)(?![一二三四五六七八九])"
)
"""Two figures side by side that name a range: 二三十人."""


@cache
def _simplifier() -> Any:
    return opencc.OpenCC("t2s")


@cache
def _localiser() -> Any:
    return opencc.OpenCC("tw2sp")


def in_mainland_words(text: str) -> str:
    """A text in traditional characters in the words of the mainland too; any other as it is.

    >>> in_mainland_words("網際網路保險"), in_mainland_words("网络保险")
    ('互联网保险', '网络保险')
    """
    traditional = _simplifier().convert(text) != text
    return str(_localiser().convert(text)) if traditional else text


def clean(text: str) -> str:
    """Drop control and invisible characters and the blanks around: what a user typed, made printable."""
    return _CONTROL.sub(" ", text).strip()


def without_bold(text: str) -> str:
    """A text without the stars that set words in bold in Markdown.

    >>> without_bold("**时限：** 七天；2**3")
    '时限： 七天；2**3'
    """
    return _BOLD.sub(r"\1", text) if "**" in text else text


def tokens(text: str) -> float:
    """Tokens of a language model or an encoder, to within a third, without a tokenizer.

    >>> tokens("互联网金融是什么?")
    6.25
    """
    return len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN


def fold(text: str) -> str:
    """One spelling: NFKC, lower case, simplified characters, no blanks inside Chinese, no bold, numbers as digits.

    >>> fold("網絡信貸 占　百分之九十以上")
    '网络信贷占90%以上'
    """
    return _kept(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    text = _CONTROL.sub(" ", without_bold(text))
    for wide, narrow in _WIDE:
        text = text.replace(wide, narrow)
    text = _simplifier().convert(unicodedata.normalize("NFKC", text).lower())
    return fold_numbers(_GAP.sub("", text) if len(text.split()) > 1 else text)


_kept = lru_cache(maxsize=65536)(_folded)


def with_figures(folded: str) -> str:
    """A folded text with the letters in its figures that were typed for a nought or a one read as these.

    >>> with_figures("2o13年涨了l5%,2ol3年用h2o和5l水")
    '2013年涨了15%,2013年用h2o和5l水'
    """
    return _LETTERED.sub(lambda m: m[0].translate(_AS_FIGURES), folded)


def numeral(text: str) -> str:
    """Value of a Chinese numeral below ten thousand as digits; figures already in digits stay.

    >>> numeral("三十二"), numeral("十"), numeral("二〇二四"), numeral("八千五")
    ('32', '10', '2024', '8500')
    """
    if "点" in text:
        whole, _, part = text.partition("点")
        return f"{numeral(whole)}.{numeral(part)}"
    if not any(c in _UNIT for c in text):
        return "".join(str(_DIGIT.get(c, c)) for c in text)
    total, digit, place = 0, 0, 1
    for c in text:
        if c in _UNIT:
            total += (digit or 1) * _UNIT[c]
            digit, place = 0, _UNIT[c] // 10
        else:
            digit, place = _DIGIT[c], place if _DIGIT[c] else 1
    return str(total + digit * place)


def fold_numbers(text: str) -> str:
    """Percentages, tenths, years and compound numerals as digits.

    >>> fold_numbers("九成的人在二〇二四年,百分之三十二点五,24年")
    '90%的人在2024年,32.5%,2024年'
    """
    if "百分之" in text:  # most texts have none of these, and looking for a word is quicker than for a pattern
        text = _PERCENT.sub(lambda m: numeral(m[1]) + "%", text)
    if "成" in text and _TENTHS.search(text):
        text = _CLAUSE.sub(lambda m: _fold_tenths(m[0]), text)
    if "年" in text:
        text = _YEAR.sub(lambda m: numeral(m[1]), text)
        text = _SHORT_YEAR.sub(lambda m: ("20" if int(m[0]) < 50 else "19") + m[0], text)
    if "十" in text or "百" in text or "千" in text:
        text = _COMPOUND.sub(_compound, text)
    return text


def _compound(m: re.Match[str]) -> str:
    """Its digits, unless it is a range or they would then be taken for a year: 十五年."""
    if ROUGHLY.search(m[0]):
        return m[0]
    digits = numeral(m[0])
    return m[0] if m.string[m.end()] == "年" and re.fullmatch(r"\d[1-9]", digits) else digits


def _fold_tenths(clause: str) -> str:
    """Tenths in a clause as percentages, but for those that end a name or are part of a longer word.

    >>> _fold_tenths("三成半用户"), _fold_tenths("八成五的人"), _fold_tenths("石田三成"), _fold_tenths("高三成绩")
    ('35%用户', '85%的人', '石田三成', '高三成绩')
    """
    if not _TENTHS.search(clause):
        return clause
    words, known = list(dictionary().tokenize(clause)), dictionary().FREQ
    at = [n for n, (_, start, end) in enumerate(words) for _ in range(start, end)]  # which word a character is of

    def share(m: re.Match[str]) -> str:
        word, start, end = words[at[m.start() + 1]]
        before, _, stop = words[at[m.start() - 1]] if m.start() else ("", 0, 0)
        before = before if stop == m.start() else ""
        longer = end > m.start() + 2 and known.get(word)
        tail, last = m[3], words[at[m.end() - 1]]
        torn = tail if tail and last[2] > m.end() and known.get(last[0]) else ""  # 七成一线员工
        named = before in SURNAMES or (len(before) > 1 and before.isalpha() and not known.get(before))
        return (
            m[0]
            if longer or named or start < m.start() - 1
            else f"{numeral(m[1])}{'5' if m[2] else numeral(tail or '零') if not torn else '0'}%{torn}"
        )

    return _TENTHS.sub(share, clause)


def bigrams(text: str) -> Iterable[str]:
    """Overlapping character pairs of the Chinese runs of a folded text."""
    for run in _RUN.findall(text):
        if ord(run[0]) > 0x3000:
            for i in range(len(run) - 1):
                yield run[i : i + 2]


def quoted_names(texts: Iterable[str]) -> Iterable[str]:
    """What texts put in quotes and may be a name that no dictionary has ("早市贷"), each once."""
    return dict.fromkeys(name for text in texts for name in _QUOTED.findall(text))


@cache
def dictionary() -> Any:
    """jieba's own tokenizer, ready, from the copy of its dictionary that it keeps (half a second instead of one).

    It is kept in the user's own cache: jieba's place for it is a file in the common temporary folder, which
    any user of the machine could have put there, and which needs a folder that can be written.
    """
    import jieba

    folder = user_cache_path("hujin-qa")
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("jieba").setLevel(logging.CRITICAL)  # a copy that cannot be kept is no news
    jieba.dt.tmp_dir = str(folder)
    jieba.dt.initialize()
    return jieba.dt


class Segmenter:
    """jieba with domain words. Loading its dictionary takes about half a second, on first use.

    ``words`` is what a trainer can extend; each becomes one token that jieba never cuts apart, and in
    search mode its parts are tokens too.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = tuple(words)
        self._jieba: Any = None
        self._cut = lru_cache(maxsize=4096)(lambda text: tuple(self._tokenizer().cut(text)))  # asked for more than once

    def _tokenizer(self) -> Any:
        if self._jieba is None:
            plain = dictionary()
            tokenizer = type(plain)()  # with words of its own, and the rest read once for all
            tokenizer.FREQ, tokenizer.total, tokenizer.initialized = plain.FREQ.copy(), plain.total, True
            for word in self._words:
                tokenizer.add_word(fold(word))
            self._jieba = tokenizer
        return self._jieba

    def is_word(self, text: str) -> bool:
        """Whether jieba's dictionary or the domain list has ``text``."""
        return bool(self._tokenizer().FREQ.get(text))

    def cut(self, text: str) -> list[str]:
        """The likeliest dictionary words of a *folded* text, in order, nothing dropped, no new word guessed."""
        return list(self._tokenizer().cut(text, HMM=False))

    def fluency(self, text: str) -> float:
        """Log-probability, in nats, of the likeliest cut of a *folded* text into independent dictionary words."""
        tokenizer, route = self._tokenizer(), dict[int, tuple[float, int]]()
        tokenizer.calc(text, tokenizer.get_DAG(text), route)
        return route[0][0]

    def words(self, text: str) -> list[str]:
        """The words of a *folded* text in reading order, punctuation dropped, none overlapping."""
        return [w for w in self._cut(text) if _RUN.match(w)]

    def terms(self, text: str) -> list[str]:
        """Index terms of a *folded* text: jieba's search mode and, as a net, ``_``-marked character bigrams.

        Terms of one Chinese character are left out: the bigrams hold them with their neighbour.
        """
        found = (w for word in self._cut(text) for w in (*self._inside(word), word))
        words = [w for w in found if _RUN.match(w) and (len(w) > 1 or w.isascii())]
        return words + ["_" + pair for pair in bigrams(text)]

    def _inside(self, word: str) -> Iterator[str]:
        """The shorter dictionary words in one, as ``jieba.cut_for_search`` finds them."""
        known = self._tokenizer().FREQ
        for size in (2, 3):
            if len(word) > size:
                yield from (part for i in range(len(word) - size + 1) if known.get(part := word[i : i + size]))
