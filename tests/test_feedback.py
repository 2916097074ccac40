"""What users think of answers."""

import json

import pytest

import web_fake as fake
from hujin_qa.chats import Chats
from hujin_qa.errors import BadInput
from hujin_qa.evaluation.questions import load_questions
from hujin_qa.feedback import GOOD, REASONS, candidates, judge, verdicts
from hujin_qa.users import User

ONE, OTHER = User("one"), User("other")


@pytest.fixture
def chats(tmp_path):
    return Chats(tmp_path / "chats.db")


def keep(chats, question, n=0, chat="", verdict=GOOD):
    chat, turn = chats.begin(ONE, chat, n, question)
    chats.finish(ONE, turn, fake.ask(question))
    judge(chats.path, ONE, turn, verdict, {"encoder": "e", "corpus": "c"})
    return chat, turn


def test_a_verdict_becomes_a_line_that_the_evaluation_reads(chats, tmp_path):
    chat, _ = keep(chats, "支付")
    keep(chats, "没有的事", 1, chat)
    path = tmp_path / "found.jsonl"
    path.write_text("\n".join(json.dumps(c, ensure_ascii=False) for c in candidates(chats.path)), encoding="utf-8")
    first, second = load_questions(path)
    assert (first.question, first.answerable, first.history) == ("支付", True, ())
    assert first.evidence == ("𠮷祥支付规模为7万亿元。", "扫码最常见。")
    assert (second.answerable, second.history) == (False, ("支付",))


def test_everything_that_led_to_an_answer_is_kept_even_after_the_conversation_is_gone(chats):
    chat, _ = keep(chats, "支付", verdict="出处不对")
    chats.remove(ONE, chat)
    (line,) = candidates(chats.path)
    assert line["verdict"] == "出处不对"
    assert line["versions"] == {"encoder": "e", "corpus": "c"}
    assert line["passages"] == [h.passage.id for h in fake.ask("支付").hits]
    assert "one" not in json.dumps(line)


def test_a_bad_answer_asks_for_its_facts_unless_the_text_has_none(chats, tmp_path):
    keep(chats, "支付", verdict=REASONS[0])
    (line,) = candidates(chats.path)
    path = tmp_path / "found.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(BadInput, match="facts"):
        load_questions(path)
    keep(chats, "信贷", verdict="文中其实没有")
    assert [c["answerable"] for c in candidates(chats.path)] == [True, False]


def test_a_later_verdict_replaces_and_an_empty_one_takes_back(chats):
    _, turn = keep(chats, "支付")
    judge(chats.path, ONE, turn, "说得不全", {})
    assert verdicts(chats.path, ONE) == {turn: "说得不全"}
    judge(chats.path, ONE, turn, "", {})
    assert verdicts(chats.path, ONE) == {}


def test_nobody_judges_the_answers_of_others_and_only_in_known_words(chats):
    _, turn = keep(chats, "支付")
    judge(chats.path, OTHER, turn, GOOD, {})
    judge(chats.path, ONE, turn, "<b>", {})
    assert (verdicts(chats.path, OTHER), verdicts(chats.path, ONE)) == ({}, {})
