"""Conversations on file."""

import numpy as np
import pytest

import web_fake as fake
from hujin_qa.chats import MIGRATIONS, TITLE, Chats, read_answer, write_answer
from hujin_qa.database import database
from hujin_qa.errors import BadInput
from hujin_qa.users import LOCAL, User

ONE, OTHER = User("one"), User("other")


@pytest.fixture
def chats(tmp_path):
    return Chats(tmp_path / "chats.db")


def keep(chats, user, *questions):
    chat = ""
    for n, question in enumerate(questions):
        chat, turn = chats.begin(user, chat, n, question)
        chats.finish(user, turn, fake.ask(question))
    return chat


def test_a_conversation_is_there_again_whole(chats, tmp_path):
    chat = keep(chats, ONE, "支付", "没有的事")
    again = Chats(tmp_path / "chats.db").turns(ONE, chat)
    assert [t.answer for t in again] == [fake.ask("支付"), fake.ask("没有的事")]
    assert [t.question for t in again] == ["支付", "没有的事"]


def test_every_function_leaves_the_conversations_of_others_alone(chats):
    chat = keep(chats, ONE, "支付")
    turn = chats.begin(ONE, chat, 1, "信贷")[1]
    kept = chats.turns(ONE, chat)
    assert (chats.all(OTHER), chats.turns(OTHER, chat), chats.find(OTHER, chat)) == ([], [], None)
    chats.finish(OTHER, turn, None, "x")
    chats.cut(OTHER, chat, 0)
    chats.rename(OTHER, chat, "x")
    chats.remove(OTHER, chat)
    assert chats.begin(OTHER, chat, 0, "x")[0] != chat
    assert chats.turns(ONE, chat) == kept
    assert [c.title for c in chats.all(ONE)] == ["支付"]


def test_the_list_is_searched_by_title_question_and_answer(chats):
    a, b = keep(chats, ONE, "支付"), keep(chats, ONE, "信贷 50%_")
    assert [c.id for c in chats.all(ONE)] == [b, a], "last changed first"
    chats.rename(ONE, a, " 我的\n标题 ABC ")
    assert [c.title for c in chats.all(ONE, "标题")] == ["我的 标题 ABC"]
    assert [c.id for c in chats.all(ONE, "abc")] == [a]
    assert [c.id for c in chats.all(ONE, "信贷看风控")] == [b], "words of the answer"
    assert [c.id for c in chats.all(ONE, "50%_")] == [b]
    assert chats.all(ONE, "%") == chats.all(ONE, "50%")
    assert chats.all(ONE, "passage") == [], "not the names of fields"
    assert chats.all(ONE, "' OR 1=1 --") == []


def test_a_title_is_short_and_never_empty(chats):
    chat = keep(chats, ONE, "长" * 100)
    assert chats.all(ONE)[0].title == "长" * TITLE
    with pytest.raises(BadInput, match="名称"):
        chats.rename(ONE, chat, " \n")


def test_a_removed_conversation_leaves_nothing(chats):
    chat = keep(chats, ONE, "支付")
    chats.remove(ONE, chat)
    assert (chats.all(ONE), chats.turns(ONE, chat)) == ([], [])


def test_ids_cannot_be_guessed(chats):
    assert len({keep(chats, LOCAL, "支付") for _ in range(5)}) == 5
    assert all(len(c.id) >= 16 for c in chats.all(LOCAL))


def test_an_answer_with_numpy_numbers_is_written_and_an_unknown_shape_is_no_answer():
    answer = fake.ask("支付")
    odd = type(answer)(**{n: getattr(answer, n) for n in answer.__slots__} | {"confidence": np.float32(0.5)})
    assert read_answer(write_answer(odd)).confidence == 0.5
    assert read_answer('{"question": "?"}') is None
    assert read_answer("") is None


def test_an_answer_that_is_no_longer_read_is_told_as_its_text_and_keeps_its_place(chats):
    chat = keep(chats, ONE, "支付", "信贷")
    with database(chats.path, MIGRATIONS) as db:
        db.execute("UPDATE turn SET answer = '{}' WHERE n = 0")
    old, new = chats.turns(ONE, chat)
    assert (old.answer, old.remark) == (None, fake.ask("支付").text)
    assert (new.answer, new.remark) == (fake.ask("信贷"), "")


@pytest.mark.parametrize("words", ["Ⅱ", "ＡＢＣ", "École", "Übung Öl", "ß", "abc", "ABC"])
def test_words_that_were_typed_are_found_as_they_were_typed(chats, words):
    chat = keep(chats, ONE, f"支付 {words} 呢")
    assert [c.id for c in chats.all(ONE, words)] == [chat]
