"""Conversations to take away."""

import base64
import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from docx import Document

import web_fake as fake
from hujin_qa.chats import Chat, Chats, Kept
from hujin_qa.export import FORMATS, file_name, to_json, to_markdown, to_word
from hujin_qa.payload import answer_payload
from hujin_qa.users import LOCAL
from hujin_qa.web import english
from hujin_qa.web import strings as say
from hujin_qa.web.language import speaking
from hujin_qa.web.shelf import Shelf

CHAT = Chat("x", "标题 <b> # [a](javascript:b)", "2026-01-01")
TURNS = [
    Kept(1, "支付 " + fake.HOSTILE, fake.ask("支付")),
    Kept(2, "没有的事", fake.abstention("没有的事")),
    Kept(3, "坏", None, "没有答成"),
]


def words(file):
    return [(p.style.name, p.text) for p in Document(io.BytesIO(file)).paragraphs]


def test_markdown_has_questions_answers_and_citations_and_no_foreign_markup():
    text = to_markdown(CHAT, TURNS).decode()
    assert text.startswith("# 标题 \\<b\\> \\# \\[a](javascript:b)\n")
    assert "\n扫码最常见。[2]\n" in text
    assert "\n- [2] 样本 1 › 一、支付 › 1、扫码「扫码最常见。」\n" in text
    assert "勘误(待核)" in text
    assert "文中没有说到这一点。" in text
    assert "\\<script\\>" in text
    assert "\\!\\[图]" in text
    assert "\n> 没有答成\n" in text


def test_word_says_the_same(tmp_path):
    paragraphs = words(to_word(CHAT, TURNS))
    assert ("Title", CHAT.title) in paragraphs
    assert ("Heading 1", "没有的事") in paragraphs
    assert ("List Bullet", "[2] 样本 1 › 一、支付 › 1、扫码「扫码最常见。」") in paragraphs


def test_a_character_that_word_cannot_hold_is_left_out():
    assert ("Heading 1", "ab𠮷") in words(to_word(CHAT, [Kept(1, "a\x00\x1fb𠮷\ufffe", None, "")]))


def test_json_holds_the_answers_of_every_surface():
    value = json.loads(to_json(CHAT, TURNS))
    assert value["answers"][0] == json.loads(json.dumps(answer_payload(TURNS[0].answer, "1")))
    assert value["answers"][2] == {"id": "3", "question": "坏", "error": "没有答成"}


@pytest.mark.parametrize("ending", FORMATS)
def test_an_unsupported_sentence_says_so_in_words(ending):
    answer = fake.ask("支付")
    doubtful = replace(answer, claims=(replace(answer.claims[0], supported=False), *answer.claims[1:]))
    file = FORMATS[ending](CHAT, [Kept(1, "支付", doubtful)], str)
    text = str(words(file)) if ending == "docx" else file.decode()
    assert ("未能在原文中核实" in text) or '"supported": false' in text


def test_from_an_english_page_the_words_around_questions_and_sentences_are_english(tmp_path):
    chats = Chats(tmp_path / "chats.db")
    chat, first = chats.begin(LOCAL, "", 0, "支付")
    answer = fake.ask("支付")
    doubtful = (replace(answer.claims[0], supported=False), *answer.claims[1:])
    chats.finish(LOCAL, first, replace(answer, claims=doubtful, interpreted="支付怎么样"))
    _, second = chats.begin(LOCAL, chat, 1, "没有的事")
    chats.finish(LOCAL, second, fake.abstention("没有的事"))
    _, third = chats.begin(LOCAL, chat, 2, "坏")
    chats.finish(LOCAL, third, None, say.STOPPED)
    with speaking("en"):
        text = base64.b64decode(
            json.loads(Shelf.packed(SimpleNamespace(chats=chats), LOCAL, chat, "md"))["data"]
        ).decode()
    for words in (
        "Understood as: 支付怎么样",
        english.UNSUPPORTED,
        "Erratum (to be verified): 单位",
        "very sure(93%)",
        "The text does not say this. What comes near stands in “支付”.",
        english.STOPPED,
    ):
        assert words in text
    assert "扫码最常见。[2]" in text


def test_a_file_is_named_after_the_conversation():
    assert file_name(Chat("x", '../a\\b:c*?"<>|\n.', ""), "md") == "a b c.md"
    assert file_name(Chat("x", "..", ""), "md") == "对话.md"


def test_a_document_cannot_turn_citations_into_its_own_links():
    quote = "[1]: https://evil.example"
    answer = fake.ask("支付")
    claim, cited = replace(answer.claims[0], text=quote), replace(answer.citations[0], quote=quote)
    hostile = replace(answer, claims=(claim,), citations=(cited,))
    text = to_markdown(Chat("x", quote, ""), [Kept(1, quote, hostile), Kept(2, "问", None, quote)]).decode()
    assert "\\[1]: https" in text
    assert not re.search(r"(?<!\\)\[1\]:", text)
