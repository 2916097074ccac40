import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hujin_qa.decoding import decode
from hujin_qa.errors import UnreadableFile

PATH = Path("文件.txt")
TEXT = "图书馆每天早上九点开门，晚上八点关门。\n周一闭馆。借书证免费办理，押金一百元。"
TRADITIONAL = "圖書館每天早上九點開門，晚上八點關門。\n週一閉館。借書證免費辦理，押金一百元。"
ENGLISH = "The library opens at nine and closes at eight. It is closed on Mondays."

BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [TEXT, TEXT[:12], TEXT * 500, f"2024年 ABC 3.5亿元 {TEXT}"], ids=["some", "short", "long", "mixed"]
)
def test_chinese_files_are_read_whatever_their_encoding(encoding, text):
    assert decode(text.encode(encoding), PATH) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5"])
def test_traditional_files_are_read_whatever_their_encoding(encoding):
    assert decode(TRADITIONAL.encode(encoding), PATH) == TRADITIONAL


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_english_files_are_read_whatever_their_encoding(encoding):
    assert decode(ENGLISH.encode(encoding), PATH) == ENGLISH


@pytest.mark.parametrize("encoding", BOMS)
def test_a_byte_order_mark_decides_and_is_dropped(encoding):
    assert decode(BOMS[encoding] + TEXT.encode(encoding), PATH) == TEXT


def test_characters_beyond_the_gbk_table_are_read_from_gb18030():
    text = TEXT + "𠮷𬱖€"
    assert decode(text.encode("gb18030"), PATH) == text


def test_a_character_across_the_sampled_part_does_not_decide():
    for shift in range(3):
        text = "a" * shift + TEXT * 3000
        assert decode(text.encode(), PATH) == text
        assert decode(text.encode("gb18030"), PATH) == text


def test_line_ends_are_made_one():
    assert decode("一\r\n二\r三\n".encode(), PATH) == "一\n二\n三\n"


@pytest.mark.parametrize("data", [b"", b"  \n\t", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, "　\n　".encode(), b"\0" * 64])
def test_an_empty_file_is_named_as_such(data):
    with pytest.raises(UnreadableFile, match=r"文件\.txt.*(空的|空白).*请"):
        decode(data, PATH)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\x1f\x8b\x08\x00", "压缩包"),
    ],
)
def test_known_binary_formats_are_named(data, kind):
    with pytest.raises(UnreadableFile, match=f"{kind}.*请先另存为"):
        decode(data + b"\0" * 100, PATH)


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 40, b"\x7fELF\x02\x01\x01" + b"\0" * 400 + bytes(range(128, 256)) * 9]
)
def test_other_binary_files_are_refused(data):
    with pytest.raises(UnreadableFile, match="请"):
        decode(data, PATH)


def test_a_damaged_byte_is_pointed_at():
    data = (TEXT * 20).encode()
    with pytest.raises(UnreadableFile, match=r"第 \d+ 个字节"):
        decode(data[:301] + b"\xff" + data[301:], PATH)


def test_a_few_control_characters_are_let_through():
    assert decode(f"{TEXT}\x07{TEXT * 9}".encode(), PATH).startswith(TEXT)


def test_a_line_of_two_million_characters_is_read():
    text = TEXT.replace("\n", "") * 50_000
    assert decode(text.encode("gb18030"), PATH) == text


@given(st.binary(min_size=1, max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_text_or_one_clear_error(data):
    try:
        text = decode(data, PATH)
    except UnreadableFile:
        return
    assert text.strip()
