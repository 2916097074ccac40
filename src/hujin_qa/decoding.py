"""Bytes of a text file to text, in the encodings that Chinese files come in.

A file that is not UTF-8 says nothing of its encoding, and statistics over whole files fail on short ones. So
every candidate is tried, and the one whose characters are common in Chinese wins.
"""

import codecs
import re
from pathlib import Path

from .errors import UnreadableFile

_SAMPLE = 1 << 16  # bytes that decide
_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "Word、Excel 或压缩包",
    b"\xd0\xcf\x11\xe0": "旧版 Office 文档",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"\x1f\x8b": "压缩包",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_RAW_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")

# The characters that half of all running text is made of, simplified and traditional.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全"
    "表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料"
    "员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取"
    "据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场"
    "身车例真务具万每目至达走积示议声报完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低"
    "持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存"
    "候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严首底液官德随病苏失尔死讲配女黄推"
    "显谈罪神艺呢席含企望密批营项防举球英氧势告李台落木帮轮破亚师围注远字材排供河态封另施减树溶怎止案言士均武固叶鱼波视仅费紧爱左章"
    "银行贷款融保险支付网络互监管客户规模份额"
    "這個為國時來們會發說產學經過還與關東無對裡點業長電從動現實體當機應開後見將給數問間頭見東車門讓請員資報導區務際處黨號權銀貸險"
)


def decode(data: bytes, path: Path) -> str:
    r"""The text of a file, line ends as ``\n``, without byte order mark.

    Raises:
        UnreadableFile: empty, binary, damaged or in an unknown encoding.
    """
    if not data.strip(b"\x00\x20\t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(f"文件 {path} 是空的。请换一个有正文的文件,或把它移出文件夹。")
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise UnreadableFile(f"文件 {path} 不是纯文本(看起来是{kind})。请先另存为 .txt 或 .md 再导入。")
    text = _text(data, path)
    if len(_CONTROL.findall(text)) > 0.01 * len(text):
        raise UnreadableFile(f"文件 {path} 不是纯文本(含有大量控制字符)。请先另存为 UTF-8 编码的 .txt 或 .md 再导入。")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableFile(f"文件 {path} 里只有空白。请换一个有正文的文件,或把它移出文件夹。")
    return text


def _text(data: bytes, path: Path) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _whole(data[len(bom) :], encoding, path)
    best, encoding = _score(data, "utf-8"), "utf-8"
    if best is None or _RAW_CONTROL.search(data, 0, _SAMPLE):  # UTF-16 may be valid UTF-8, with NULs and the like
        scores = {other: _score(data, other) for other in ("gb18030", "utf-16-le", "utf-16-be", "big5")}
        repaired = _score(data, "utf-8", errors="replace") or 0.0
        best = max(0.05, repaired)
        for other, score in scores.items():
            if score is not None and score > best:
                best, encoding = score, other
    return _whole(data, encoding, path)


def _whole(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"文件 {path} 的第 {error.start + 1} 个字节起不是合法的 {encoding.upper()} 文本,文件可能已损坏或编码不明。"
            "请用编辑器另存为 UTF-8 再导入。"
        ) from None


def _score(data: bytes, encoding: str, errors: str = "strict") -> float | None:
    """Mean plausibility of a character, -2 to 1; ``None`` if the bytes are not in this encoding."""
    if encoding.startswith("utf-16") and len(data) % 2:
        return None
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        text = decoder.decode(data[:_SAMPLE], final=len(data) <= _SAMPLE)
    except UnicodeDecodeError:
        return None
    return sum(map(_plausible, text)) / max(1, len(text))


def _plausible(char: str) -> float:
    if char in _COMMON:
        return 1.0
    if "\u4e00" <= char <= "\u9fff":
        return 0.45 if _in_gb2312(char) else 0.1
    if char in "，。、：；！？“”‘’—…·" or "\u3000" <= char <= "\u301f" or "\uff01" <= char <= "\uff5e":
        return 0.7
    if " " <= char <= "~" or char in "\n\r\t":
        return 0.4
    if char == "\ufffd" or _CONTROL.match(char):
        return -2.0
    return 0.0 if "\u2000" <= char <= "\u33ff" else -0.7  # symbols and kana; anything else


def _in_gb2312(char: str) -> bool:
    try:
        return char.encode("gb2312") < b"\xd8"
    except UnicodeEncodeError:
        return False
