"""Which questions are offered: ones that the text was seen to answer, near what was asked, never the same again."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.sections import top_headings
from hujin_qa.settings import load_settings
from hujin_qa.suggestions import candidates, confirm, first_questions
from hujin_qa.types import Document, Section
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 果园手册

## 一、水果

### 1、苹果

#### 产量

苹果每亩产量为3000斤。

#### 储存

苹果储存在冷库里。

### 2、雪梨

#### 产量

雪梨每亩产量为2500斤。

#### 储存

雪梨储存在地窖里。

### 3、桃子

#### 产量

桃子每亩产量为2000斤。

## 二、名词

糖度，是指果汁里糖的比重。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("suggestions")
    (folder / "果园.md").write_text(TEXT, encoding="utf-8")
    settings = load_settings(threshold=0.3)

    def suggest(index):
        return confirm(index, Assistant(settings, Hashing(), LEXICON, index).ask)

    build_index([folder / "果园.md"], folder / "index", Hashing(), "hashing", LEXICON, suggest=suggest)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def outline(*lines):
    sections = [Section(p, h, (h,), 0, 0, 0) for p, h in (line.split(" ", 1) for line in lines)]
    return Document("d", "d", "", tuple(sections))


def test_candidates_are_lists_aspects_topics_and_headings_that_ask():
    found = candidates(outline("1 水果", "1.1 苹果", "1.1.1 产地", "1.2 香蕉", "1.2.1 产地", "1.3 桃子", "2 怎么种？"))
    assert [k.question for k in found] == [
        "水果包括哪些?",
        "苹果的产地是什么?",
        "“桃子”讲了什么?",
        "香蕉的产地是什么?",
        "怎么种?",
    ]


def test_a_heading_that_recurs_under_other_numbers_is_asked_of_each_thing():
    found = candidates(outline("1 水果", "1.1 1.1 苹果", "1.1.1 1.1.2 产地", "1.2 1.2 香蕉", "1.2.1 1.2.1 产地"))
    assert [k.question for k in found] == ["苹果的产地是什么?", "香蕉的产地是什么?"]


@pytest.mark.parametrize("heading", ["", "第四条", "1.", "它是什么？", '<img src=x onerror="hit()">,', "甲" * 30])
def test_a_heading_that_cannot_be_spoken_of_suggests_nothing(heading):
    assert candidates(outline(f"1 {heading}")) == []


def test_every_known_question_is_answered_from_where_it_came(assistant):
    known = assistant.index.questions
    assert {"苹果的产量是什么?", "水果包括哪些?", "糖度指的是什么?"} <= {k.question for k in known}
    for each in known:
        answer = assistant.ask(each.question)
        assert answer.status == "answered"
        assert tuple((c.start, c.end) for c in answer.citations) == each.quotes


def test_an_answer_leads_to_its_other_aspects_and_to_the_next_subject(assistant):
    assert assistant.ask("苹果每亩产多少斤?").suggestions[:2] == ("苹果的储存是什么?", "雪梨的产量是什么?")


def test_nothing_is_offered_twice(assistant):
    offered = assistant.ask("苹果的产量是什么?").suggestions
    assert "苹果的产量是什么?" not in offered
    later = assistant.ask("苹果的储存是什么?", [("user", "雪梨的产量是什么?"), ("assistant", "…")]).suggestions
    assert "雪梨的产量是什么?" not in later
    assert len(later) == len(set(later)) <= 3


def test_what_is_offered_stands_alone_after_any_conversation(assistant):
    for known in assistant.index.questions:
        assert assistant.ask(known.question, [("user", "桃子的产量是什么?")]).interpreted == known.question


def test_an_abstention_offers_what_comes_near(assistant):
    answer = assistant.ask("雪梨公司2019年的股价和市值是多少?")
    assert answer.status == "abstained"
    assert any("雪梨" in q for q in answer.suggestions)
    assert all(assistant.ask(q).status == "answered" for q in answer.suggestions)
    answer = assistant.ask("花呗是什么意思?")  # near to nothing
    assert answer.reason == "not_enough_evidence"
    assert answer.suggestions == first_questions(assistant.index)


def test_first_questions_are_of_different_kinds(assistant):
    kinds = {k.question: k.kind for k in assistant.index.questions}
    first = first_questions(assistant.index)
    assert len({kinds[q] for q in first}) == len(first) == 3
    assert assistant.ask("你好").suggestions == first


def test_a_lone_heading_over_everything_is_passed_over():
    assert top_headings(outline("1 全书", "1.1 第一章 来历", "1.2 第二章 去向")) == ["第一章 来历", "第二章 去向"]
