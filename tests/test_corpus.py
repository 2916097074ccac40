import json
import os

import pytest

from hujin_qa.corpus import load_corpus, load_document, load_notes
from hujin_qa.errors import BadInput, UnreadableFile

TEXT = "一、开门\n早上九点开门。\n二、关门\n晚上八点关门。\n"


@pytest.fixture
def write(tmp_path):
    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def lines(*values):
    return "\n".join(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values) + "\n"


# Files and folders


def test_a_document_is_named_after_its_file_and_keeps_its_text_whole(write):
    document = load_document(write("开放时间.txt", TEXT))
    assert (document.id, document.title, document.text, document.metadata) == ("开放时间", "开放时间", TEXT, {})
    assert [s.heading for s in document.sections] == ["一、开门", "二、关门"]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_every_encoding_gives_the_same_document(write, encoding):
    assert load_document(write("a.txt", TEXT, encoding)) == load_document(write("b/a.txt", TEXT))


def test_a_folder_is_read_through_in_order_without_hidden_and_other_files(write, tmp_path):
    for name in ("b.txt", "a/z.md", "a/b.TXT", ".git/c.txt", "a/.d.txt", "photo.png", "notes.jsonl"):
        write(name, TEXT)
    assert [d.id for d in load_corpus([tmp_path])] == ["b", "z", "b-2"]


def test_a_file_that_is_named_twice_is_read_once(write, tmp_path):
    file = write("a.txt", TEXT)
    (tmp_path / "link.txt").symlink_to(file)
    assert len(load_corpus([file, tmp_path, file])) == 1


def test_files_of_one_name_get_numbers(write):
    paths = [write(f"{folder}/规定.txt", TEXT) for folder in "abc"]
    assert [d.id for d in load_corpus(paths)] == ["规定", "规定-2", "规定-3"]


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(BadInput, match=r"没有找到可读的文档.*请放入"):
        load_corpus([tmp_path])
    with pytest.raises(BadInput, match="没有找到可读的文档"):
        load_corpus([])


@pytest.mark.parametrize("name", ["没有.txt", "没有"])
def test_a_missing_path_is_an_error(tmp_path, name):
    with pytest.raises(UnreadableFile, match=r"找不到.*请检查路径"):
        load_corpus([tmp_path / name])


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a"])
def test_another_kind_of_file_is_an_error(write, name):
    with pytest.raises(BadInput, match=r"不支持.*请换成"):
        load_corpus([write(name, TEXT)])
    with pytest.raises(BadInput, match=r"不是 \.txt 或 \.md"):
        load_document(write(name, TEXT))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\0" * 200, b"%PDF-1.4 x", bytes(range(256)) * 30])
def test_one_file_that_cannot_be_read_stops_all_and_is_named(write, tmp_path, content):
    write("a.txt", TEXT)
    write("坏.txt", content)
    with pytest.raises(UnreadableFile, match=r"坏\.txt"):
        load_corpus([tmp_path])


def test_a_folder_with_the_suffix_of_a_file_is_a_folder(write, tmp_path):
    write("书.txt/一.txt", TEXT)
    assert [d.id for d in load_corpus([tmp_path])] == ["一"]
    with pytest.raises(UnreadableFile, match="不是普通文件"):
        load_document(tmp_path / "书.txt")


def test_a_pipe_is_not_waited_for(tmp_path, write):
    write("a.txt", TEXT)
    os.mkfifo(tmp_path / "管道.txt")
    with pytest.raises(BadInput, match="管道"):
        load_corpus([tmp_path])


def test_a_line_of_a_million_characters_is_one_document(write):
    text = "图书馆早上九点开门,晚上八点关门。" * 60_000
    document = load_document(write("long.txt", text))
    assert document.text == text
    assert document.sections[-1].end == len(text)


def test_a_file_whose_name_is_no_text_is_read(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write(TEXT)
    (document,) = load_corpus([tmp_path])
    assert document.id.encode()


# What stands before and after the text


def test_front_matter_becomes_metadata_and_no_section(write):
    text = '---\n标题: "开放时间"\nAuthor: 馆长\n来源: 公告栏\ntags:\n  - 图书馆\n  - 时间\n---\n' + TEXT
    document = load_document(write("a.md", text))
    assert document.title == "开放时间"
    assert document.metadata == {"author": "馆长", "source": "公告栏", "tags": "图书馆 时间"}
    assert document.text == text
    assert document.text[document.sections[0].start :].startswith("一、开门")


@pytest.mark.parametrize("text", ["---\n一条线之间\n---\n" + TEXT, "---\n" + TEXT, "--- 标题: x\n" + TEXT])
def test_rules_are_not_front_matter(write, text):
    document = load_document(write("a.md", text))
    assert document.metadata == {}
    assert document.sections[0].start <= 3


def test_a_file_of_front_matter_alone_has_no_text(write):
    with pytest.raises(UnreadableFile, match="没有正文"):
        load_document(write("a.md", "---\n标题: x\n---\n\n"))


def test_the_author_and_licence_that_close_a_flat_text_become_metadata(write):
    body = "一、起因:河水变浑。二、处理:关闭阀门,水质已经恢复。"
    text = body + "作者:王小河,公众号:河边。本文由 @王小河 原创发布于河流网,未经许可,禁止转载。"
    document = load_document(write("a.txt", text))
    assert {key: value for key, value in document.metadata.items() if key != "source"} == {
        "author": "王小河",
        "about_author": "公众号:河边",
        "license": "未经许可,禁止转载",
    }
    assert "河流网" in document.metadata["source"]
    assert document.sections[-1].end == len(body)


def test_one_closing_line_of_its_own_becomes_metadata(write):
    document = load_document(write("a.txt", TEXT + "作者:王小河\n"))
    assert document.metadata == {"author": "王小河"}
    assert document.sections[-1].end <= len(TEXT)


@pytest.mark.parametrize(
    "close",
    [
        "这本书的作者:鲁迅。他写了很多年。",
        "未经许可不得入内,这是门口的牌子。",
        "版权归作者的规定写在第三章里,请先读它,再签字,然后交给办公室。",
    ],
)
def test_such_words_inside_a_sentence_close_nothing(write, close):
    text = f"一、门口\n牌子很旧。\n二、书架\n{close}\n还有一段正文在后面,说的是别的事情。\n"
    document = load_document(write("a.txt", text))
    assert document.metadata == {}
    assert document.sections[-1].end == len(text)


# BEIR


def test_a_beir_file_holds_a_document_a_line(write):
    content = lines({"_id": "a", "title": "开门", "text": TEXT}, "", {"_id": 7, "text": "甲。\r\n乙。", "more": 1})
    a, b = load_corpus([write("corpus.jsonl", content)])
    assert (a.id, a.title, len(a.sections)) == ("a", "开门", 2)
    assert (b.id, b.title, b.text) == ("7", "7", "甲。\n乙。")


def test_a_beir_document_without_text_is_its_title(write):
    (document,) = load_corpus([write("corpus.jsonl", lines({"_id": "a", "title": "只有标题", "text": ""}))])
    assert document.text == "只有标题"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "第 2 行不是合法的 JSON"),
        ("[" * 100_000, "第 2 行不是合法的 JSON"),
        ("[1]", "第 2 行不是 JSON 对象"),
        ('{"_id": "b", "text": "\\ud800甲"}', "第 2 行不是合法的 JSON"),
        ('{"text": "甲"}', "第 2 行缺少 _id"),
        ('{"_id": "b"}', "第 2 行缺少 _id 或 text"),
        ('{"_id": "b", "text": 1}', "第 2 行缺少"),
        ('{"_id": " ", "text": "甲"}', "第 2 行缺少"),
        ('{"_id": true, "text": "甲"}', "第 2 行缺少"),
        ('{"_id": "b", "title": 1, "text": "甲"}', "第 2 行缺少"),
        ('{"_id": "b", "title": "", "text": " "}', "第 2 行.*没有正文"),
        ('{"_id": "a", "text": "乙"}', "第 2 行.*与第 1 行重复"),
    ],
)
def test_a_bad_beir_line_is_named(write, line, message):
    path = write("corpus.jsonl", lines({"_id": "a", "text": "甲。"}, line, {"_id": "c", "text": "丙。"}))
    with pytest.raises(BadInput, match=message):
        load_corpus([path])


def test_two_beir_files_may_use_one_id(write):
    paths = [write(name, lines({"_id": "a", "text": "甲。"})) for name in ("x.jsonl", "y.jsonl")]
    assert [d.id for d in load_corpus(paths)] == ["a", "a-2"]


# Notes

NOTE = {"document": "a", "section": "关门", "quote": "八点", "kind": "erratum", "text": "冬季七点", "source": "公告"}
NOTE |= {"status": "已核"}


def test_a_note_is_bound_to_its_quote_in_its_section(write):
    document = load_document(write("a.txt", "一、开门\n晚八点前都开。\n二、关门\n晚上八\n点关门。\n"))
    (note,) = load_notes(write("notes.jsonl", lines(NOTE)), [document])
    assert document.text[note.start : note.end] == "八\n点"
    (anywhere,) = load_notes(write("notes.jsonl", lines(NOTE | {"section": ""})), [document])
    assert anywhere.start < note.start


def test_a_note_finds_a_section_by_its_path(write):
    text = "一、夏天\n1、开门\n八点开。\n2、关门\n八点关。\n二、冬天\n1、开门\n九点开。\n2、关门\n也是八点关。\n"
    document = load_document(write("a.txt", text))
    (note,) = load_notes(write("notes.jsonl", lines(NOTE | {"section": "冬天/关门"})), [document])
    assert note.start > text.index("冬天")


def test_notes_on_other_documents_are_left_out(write):
    document = load_document(write("a.txt", TEXT))
    assert load_notes(write("notes.jsonl", lines(NOTE | {"document": "b"})), [document]) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quote": "九点"}, "“关门”一节里找不到“九点”.*请核对"),
        ({"section": "没有"}, "找不到"),
        ({"section": 5}, "第 1 行"),
        ({"quote": " "}, "第 1 行缺少 quote"),
        ({"text": None}, "第 1 行缺少 text"),
        ({"document": 3}, "第 1 行缺少 document"),
        ({"status": "也许"}, "应为“待核”或“已核”"),
    ],
)
def test_a_bad_note_is_named_with_its_line(write, change, message):
    document = load_document(write("a.txt", TEXT))
    with pytest.raises(BadInput, match=message):
        load_notes(write("notes.jsonl", lines(NOTE | change)), [document])


@pytest.mark.parametrize("content", ["{", "[]", "not json"])
def test_broken_notes_are_named_with_their_line(write, content):
    with pytest.raises(BadInput, match="第 1 行"):
        load_notes(write("notes.jsonl", content), [])
