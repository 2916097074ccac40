"""What an answer holds and what it leaves out, on a small text whose headings carry the subject."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.question import understand
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 城南物流概况

## 一、承运商分档

### 1、一档(全国干线)

**代表企业**

远航、顺达、联通达

### 2、二档(区域配送)

**代表企业**

春和(冷链)、百里(同城)

## 二、线路

### 1、东线

#### 货量

2024年,东线货量达到90万吨,较2023年增长6%。

#### 格局

海川和明德两家合计占东线货量的七成以上。

### 2、西线

#### 货量

2024年,西线货量达到40万吨,较2023年下降3%。

## 三、项目前期

项目前期由工程部勘察场地。工具体系由设备部搭建。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    (folder / "物流.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "物流.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "heading"),
    [("百里属于第几档", "二档(区域配送)"), ("顺达算哪一档", "一档(全国干线)")],
)
def test_what_something_belongs_to_is_said(assistant, asked, heading):
    answer = assistant.ask(asked)
    assert answer.status == "answered"
    assert f"【{heading}】" in answer.text


@pytest.mark.parametrize("asked", ["2023年东线的货量是多少", "2023年西线货量有多大"])
def test_the_year_that_is_compared_with_is_not_the_year_of_the_value(assistant, asked):
    answer = assistant.ask(asked)
    assert answer.status == "abstained"
    assert not answer.citations


def test_a_total_is_asked_of_both_together(assistant):
    assert "七成以上" in assistant.ask("海川和明德加起来占东线货量的多少").text


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("请问项目前期谁来勘察", "项目前期谁来勘察"),
        ("目前东线货量多大", "东线货量多大"),
        ("客户问题由谁处理", "客户问题由谁处理"),
        ("占多少份额", "占多少份额"),
        ("那啥,我想问下哈,东线货量多大", "东线货量多大"),
    ],
)
def test_polite_words_are_dropped_only_where_they_are_words(assistant, typed, folded):
    assert understand(typed, assistant.index, LEXICON).folded == folded


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("拼多多属于第几档", "拼多多"),
        ("文中有没有提到量子快线", "量子快线"),
        ("星海集团提到了吗", "星海集团"),
        ("东线有食堂吗", "食堂"),
    ],
)
def test_what_the_text_lacks_belongs_nowhere_and_is_not_there(assistant, asked, name):
    answer = assistant.ask(asked)
    assert answer.status == "abstained"
    assert f"没有提到“{name}”" in answer.text


def test_a_name_that_the_text_writes_otherwise_is_known(assistant):
    assert assistant.ask("春和冷链属于第几档").status == "answered"
