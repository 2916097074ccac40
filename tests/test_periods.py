"""Which stage a year falls into, and what that changes of an answer, over an invented text."""

import pytest

from hujin_qa.periods import YEAR, asks_stage, gives_stage, years_asked
from hujin_qa.settings import load_settings
from test_contents import opened
from test_index import Hashing

YARD = """# 船厂年鉴

## 一、三个阶段

船厂先后历经修船（1950—1970）、造渔船（1971—1990年）、造货轮（1991—至今）三个阶段。1975年厂里有500人。

## 二、学徒

### 1、师带徒（1955-1980）

老师傅一人带三名学徒。

### 2、办技校（1981年至2003年）

技校每年招生60名。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("periods"), "船厂.md", YARD)


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        ("1975年船厂处于哪个阶段", {"1971", "1990"}),
        ("1971到1990年是什么阶段", {"1971", "1990"}),
        ("2024年船厂处在什么时期", {"1991"}),
        ("1940年船厂处于哪个阶段", {"1940"}),
        ("1976年厂里有多少人", {"1976"}),
        ("船厂有几个阶段", set()),
    ],
)
def test_a_year_stands_for_the_span_that_it_falls_into_where_a_stage_is_asked_for(assistant, asked, years):
    assert years_asked(asked, assistant.index) == years


@pytest.mark.parametrize(
    ("asked", "said", "gives"),
    [
        ("1975年是哪个阶段", "造渔船(1971-1990)", True),
        ("1975年是哪个阶段", "1975年有500人", False),
        ("1975年有多少人", "造渔船(1971-1990)", False),
    ],
)
def test_a_stage_is_given_by_a_span_around_the_year(asked, said, gives):
    assert (asks_stage(asked, {"1975"}) and gives_stage(said, {"1975"})) == gives


@pytest.mark.parametrize(
    ("text", "years"),
    [("1.2019年7月被罚", ["2019"]), ("折合1.2019万元", []), ("共2019人", []), ("12019年", [])],
)
def test_a_year_stands_behind_the_number_of_a_line_but_in_no_figure(text, years):
    assert YEAR.findall(text) == years


@pytest.mark.parametrize(
    ("asked", "quote"),
    [("1975年船厂处于哪个阶段", "造渔船（1971—1990年）"), ("2000年学徒处在什么阶段", "2、办技校（1981年至2003年）")],
)
def test_the_stage_is_told_by_the_sentence_or_the_heading_that_has_it(assistant, asked, quote):
    citations = assistant.ask(asked).citations
    assert len(citations) == 1
    assert quote in citations[0].quote


def test_a_year_outside_every_span_is_said_to_be_missing(assistant):
    answer = assistant.over(Hashing(), load_settings(reread=False)).ask("1940年船厂处于哪个阶段")
    assert answer.status == "abstained"
    assert "1940年" in answer.text
