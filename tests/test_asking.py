"""What a question asks for: numbers of places, differences, the topic of a list; over an invented text."""

import re

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
HALL = """# 河湾文化宫指南

## 一、场地

舞蹈室在主楼12层，陶艺室在地下一层。领场地钥匙到3号窗口。陶艺室有转盘8台，收费每小时40元。

## 二、课程

舞蹈课有学员320人，由邱老师教。陶艺课有学员90人。老年人报课打六折。

## 三、报名

陶艺课的报名方式：在门厅填表，交押金后领卡。

## 四、陶艺课的问题

陶艺课有三个问题：一是窑炉太旧；二是陶土供应不稳；三是排水不畅。

## 五、剧场

剧场建于1987年，有座位640个，音响去年更新。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asking")
    (folder / "文化宫.md").write_text(HALL, encoding="utf-8")
    build_index([folder / "文化宫.md"], folder / "index", Hashing(), "hashing", LEXICON)
    settings = load_settings(threshold=0, reread=False)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "tells", "tells_not"),
    [
        ("舞蹈室在几楼", "舞蹈室在12层", "舞蹈室有320人"),
        ("舞蹈室在第几层", "在3楼", "有8台"),
        ("钥匙在几号窗口领", "到3号窗口", "在3楼"),
        ("老年人报课打几折", "打六折", "收费40元"),
        ("指南有多少字", "共3000字", "共3000人"),
        ("报名在第几页", "见第8页", "有8台"),
    ],
)
def test_a_number_that_counts_something_is_sought_with_what_it_counts(assistant, asked, tells, tells_not):
    question = assistant.interpret(asked)
    assert (question.kind, question.value) == ("fact", "number")
    assert question.holds_value(tells)
    assert not question.holds_value(tells_not)


@pytest.mark.parametrize("asked", ["课程分为几层", "陶艺课在哪一层级"])
def test_what_is_counted_itself_is_no_number_of_a_place(assistant, asked):
    assert assistant.interpret(asked).unit == ""


@pytest.mark.parametrize(
    ("asked", "means"),
    [
        ("舞蹈课的学员比陶艺课多多少", "舞蹈课和陶艺课的学员各是多少"),
        ("舞蹈课的占比比陶艺课高多少", "舞蹈课和陶艺课的占比各是多少"),
        ("舞蹈课和陶艺课的学员相差多少", "舞蹈课和陶艺课的学员各是多少"),
        ("今年的学员比去年增长多少", "今年的学员比去年增长多少"),
        ("春天和秋天的温差多少", "春天和秋天的温差多少"),
    ],
)
def test_a_difference_is_asked_for_as_both_values(assistant, asked, means):
    assert assistant.interpret(asked).text == means


def test_both_values_of_a_difference_are_shown(assistant):
    assert {"320", "90"} <= set(re.findall(r"\d+", assistant.ask("舞蹈课的学员比陶艺课多多少").text))
    answer = assistant.ask("比陶艺课多多少", [("user", "舞蹈课有多少学员")])
    assert {"320", "90"} <= set(re.findall(r"\d+", answer.text))
    assert "陶艺课有多少学员" in answer.interpreted


def test_problems_are_told_as_a_list(assistant):
    assert "窑炉太旧" in assistant.ask("陶艺课的问题有哪些").text
