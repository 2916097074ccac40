"""How much an answer takes in: items with their names, short sections whole, lists by any name, what is left over."""

import pytest

from hujin_qa.citations import cite, spans_of
from hujin_qa.evidence import weigh
from hujin_qa.lexicon import load_lexicon
from hujin_qa.parts import split_question
from hujin_qa.reader import choose
from test_contents import opened

LEXICON = load_lexicon()
TEXT = """# 茶厂手册

茶厂要从炒制车间、发货环节、门店销售三个方面改进。

## 一、炒制车间：从手炒到机炒

### 1)现状

炒制车间有12口锅。

### 2)改进

#### 控温

锅温要装仪表。仪表每周校准一次。

#### 轮班

炒茶师傅两班倒。交班要写记录。炉子和竹筐由交班的人擦净。

## 二、发货环节

### 快递

每公斤收费15元，两天送到。

### 货运

每公斤收费4元，七天送到。

### 自提

不收费，当天可取。

## 三、门店销售

### 1)现状

门店归老何管。除此之外，茶厂还在网店和集市卖茶。门店跟茶农建立直供关系，按月结账。

### 2)改进

#### 会员

会员买满10斤送1斤。反之，过期的积分作废。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("composing"), "茶厂.md", TEXT)


@pytest.mark.parametrize("asked", ["炒制车间有哪几项改进的动作", "炒制车间从哪几个方面改进"])
def test_items_are_listed_whatever_they_are_called_and_not_what_their_topic_is_listed_among(assistant, asked):
    assert [c.quote for c in assistant.ask(asked).citations] == ["控温", "轮班"]


def test_so_many_of_something_are_the_headings_of_so_many(assistant):
    quotes = [c.quote for c in assistant.ask("发货环节的三种方案是哪些").citations]
    assert [quote.rstrip("：") for quote in quotes] == ["快递", "货运", "自提"]


def test_a_digest_names_the_parts_that_it_is_made_of(assistant):
    said = assistant.ask("总结一下炒制车间").text
    assert "【控温】锅温要装仪表。" in said
    assert "【轮班】炒茶师傅两班倒。" in said
    assert "【炒制车间" not in said


SHORT = """# 茶厂的一年

## 不足

茶厂今年产量比去年多了两成，销路也宽了，可是检查组到车间看过以后，仍旧列出了五处不足。一是锅台老旧，十二口炒锅里有七口裂过，补了又裂，每裂一次都要停工两天，误了谷雨前的头一批茶。修锅的师傅住在邻县。二是工人太少，旺季里炒茶师傅每天只睡五个小时，有两位已经累病，新来的学徒还要三年才能上灶。三是仓库漏雨，去年秋天有三百斤炒好的茶受潮，只好当次品卖掉，里外一算亏了四万元之多。四是账目混乱，门店和网店各记各的账，茶厂的出货单又是另一本，年底怎么都对不上数目。五是车子太破，送货到县城的路上一个月坏了六回。

## 打算

明年先修仓库。
"""


def test_a_digest_leaves_out_no_item_that_a_section_counts_off(tmp_path):
    said = opened(tmp_path, "一年.md", SHORT).ask("把不足那一节概括一下").text
    assert all(
        head in said for head in ("一是锅台老旧", "二是工人太少", "三是仓库漏雨", "四是账目混乱", "五是车子太破")
    )


SENDING = """茶叶怎么寄

一、国内
1、快递：每公斤收费15元，两天之内送到家门口，可以货到付款。
2、货运：每公斤收费4元，七天之内送到县城的货站，要自己去取。超过百斤另议。
3、自提：不收任何费用，当天就可以来茶厂门口的小店取走。

二、国外
国外只寄铁罐装的茶。
"""


def test_an_item_is_told_with_its_name(tmp_path):
    assistant = opened(tmp_path, "寄茶.txt", SENDING)
    sought, *_ = assistant.seek(assistant.interpret("国内和国外哪种每公斤收费4元"))
    evidence = weigh(sought.question, sought.vector, sought.hits, assistant.index)

    def told(*holds):
        chosen = [next(e for e in evidence if part in e.folded) for part in holds]
        return [claim.text for claim in cite(spans_of(chosen, sought.question, assistant.index), assistant.index)[0]]

    assert told("4元", "百斤") == ["【货运】每公斤收费4元，七天之内送到县城的货站，要自己去取。", "超过百斤另议。"]
    assert told("铁罐") == ["国外只寄铁罐装的茶。"]


def test_parts_that_one_sentence_answers_are_one_question(assistant):
    asked = "炉子和竹筐的交班怎么弄"
    assert len(split_question(assistant.interpret(asked), assistant.index, LEXICON)) == 2
    said = assistant.ask(asked).text
    assert "炉子和竹筐由交班的人擦净。" in said
    assert "交班要写记录。" in said


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("快递跟货运的收费差在哪,各多少元", ("快递的收费的", "货运的收费的")),
        ("快递和货运最大的区别是什么", ("快递的特点", "货运的特点")),
        ("要主动跟茶农打交道,门店该怎么做", ()),
    ],
)
def test_what_asks_of_each_or_joins_no_things_makes_no_parts(assistant, asked, parts):
    assert split_question(assistant.interpret(asked), assistant.index, LEXICON) == parts


def test_what_there_is_besides_is_told_by_the_sentence_on_the_rest(assistant):
    assert "网店和集市" in assistant.ask("除了门店,茶厂还在哪些地方卖茶").text


def test_a_sentence_that_turns_round_the_one_before_brings_it_along(assistant):
    said = assistant.ask("什么样的积分作废").text
    assert said.index("会员买满10斤") < said.index("反之")


PRICES = """# 茶价

## 一、价目

| 茶 | 单价 | 日产 |
|---|---|---|
| 春芽 | 300元 | 5斤 |
| 秋片 | 80元 | 40斤 |

春芽单价超过500元的单子要老何签字，单价由茶厂定。

## 二、两种店

云岫店做大单，进货要50万元，毛利是集市的两倍。它的邻居集市摊位小，5万元左右就能进货。
"""


@pytest.fixture(scope="module")
def prices(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("prices"), "茶价.md", PRICES)


def test_the_row_of_a_table_that_opens_with_the_thing_is_told_first(prices):
    asked = prices.interpret("春芽的单价是多少")
    sought, *_ = prices.seek(asked)
    row, other = (
        next(e for e in weigh(asked, sought.vector, sought.hits, prices.index) if begins in e.folded)
        for begins in ("| 春芽", "签字")
    )
    better = other._replace(score=row.score + 1)
    spans, chosen = choose(sought, [better, row], [], prices.index)
    assert chosen[0] == row
    assert [prices.index.documents["茶价"].text[s.start : s.end] for s in spans][:2] == [
        "| 茶 | 单价 | 日产 |",
        "| 春芽 | 300元 | 5斤 |",
    ]
    far = other._replace(score=row.score + 9)
    assert choose(sought, [far, row], [], prices.index)[1][0] == far


def test_a_name_that_is_no_word_is_a_thing_too_where_the_text_has_it(prices):
    asked = prices.interpret("集市跟云岫店的进货差在哪,各多少元")
    assert split_question(asked, prices.index, LEXICON) == ("集市的进货的", "云岫店的进货的")
    elsewhere = prices.interpret("集市跟霁蓝店的进货差在哪,各多少元")
    assert split_question(elsewhere, prices.index, LEXICON) == ()


def test_of_several_values_none_is_left_out_for_being_in_a_sentence_that_says_less(prices):
    asked = prices.interpret("云岫店和集市进货各要多少钱")
    sought, *_ = prices.seek(asked)
    evidence = weigh(asked, sought.vector, sought.hits, prices.index)
    one, other = (next(e for e in evidence if begins in e.folded) for begins in ("50万元", "邻居"))
    found = [one, other._replace(score=one.score - 1)]
    assert {e.row for e in choose(sought, found, [(asked, found[:1]), (asked, found[:1])], prices.index)[1]} == {
        one.row,
        other.row,
    }
    assert len(choose(sought, found, [], prices.index)[1]) == 1
