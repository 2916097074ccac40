"""Questions on the outline itself, and steps that are told in sentences."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.items import steps_of, told_in_steps
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 员工手册

本手册适用于全体员工。

## 第一章 入职

### 一、入职步骤

首先,到前台领取工牌。其次,到人事部签订合同。然后,到信息部开通账号。最后,到部门报到。

### 二、试用期

试用期为三个月,期满由部门主管考核。

## 第二章 报销

### 1、审批流程

报销单由主管审核,再由财务复核,最后由经理批准。

### 2、报销时限

差旅费用须在三十天内报销,逾期不予受理。

## 第三章 补贴

补贴由餐补、车补和房补三部分组成。
"""
TOP = ["第一章 入职", "第二章 报销", "第三章 补贴"]


def opened(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    build_index([folder / name], folder / "index", Hashing(), "hashing", LEXICON)
    settings = load_settings(threshold=0, reread=False)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("contents"), "手册.md", TEXT)


def quotes(assistant, *asked):
    answer = assistant.ask(asked[-1], [("user", text) for text in asked[:-1]])
    for c in answer.citations:
        assert assistant.index.documents[c.document].text[c.start : c.end] == c.quote
    return [c.quote for c in answer.citations]


@pytest.mark.parametrize(
    ("asked", "headings"),
    [
        ("试用期在哪一节讲的", ["二、试用期"]),
        ("试用期在哪一章讲的", ["第一章 入职"]),
        ("哪一节讲了报销时限", ["2、报销时限"]),
        ("手册里哪儿提到了逾期", ["2、报销时限"]),
        ("逾期不予受理规定在什么地方", ["2、报销时限"]),
        ("一共有几章", TOP),
        ("这份手册有哪些章节", TOP),
        ("目录给我看看", TOP),
        ("入职下面分哪几节", ["一、入职步骤", "二、试用期"]),
    ],
)
def test_a_question_on_the_outline_is_answered_with_headings(assistant, asked, headings):
    assert quotes(assistant, asked) == headings


@pytest.mark.parametrize(
    "asked", ["前台在什么地方", "报销单属于哪个部分", "合同由哪几部分组成", "补贴由哪几部分组成", "员工由哪几部分组成"]
)
def test_a_question_on_a_thing_is_none_on_the_outline(assistant, asked):
    assert assistant.interpret(asked).kind not in ("section", "contents")


def test_the_nth_step_is_found_in_sentences(assistant):
    assert quotes(assistant, "入职第三步做什么") == ["然后,到信息部开通账号。"]
    assert quotes(assistant, "审批流程是什么", "最后一步呢") == ["报销单由主管审核,再由财务复核,最后由经理批准。"]


def test_steps_need_a_first_and_a_word_for_each_that_follows():
    assert steps_of("首先,采摘。其次,清洗。") == ["采摘", "清洗"]
    assert steps_of("增长放缓,再加上成本高。") == []
    assert told_in_steps("先停机,再断电。") == ()


def test_headings_are_told_without_a_language_model(assistant):
    settings = assistant.settings.model_copy(update={"llm_address": "http://127.0.0.1:9/v1", "llm_model": "none"})
    with_model = assistant.over(assistant.encoder, settings)
    assert with_model.settings.has_llm
    assert with_model.ask("一共有几章").reason == ""
    assert with_model.ask("试用期多长").reason == "llm_unavailable"


@pytest.mark.parametrize("asked", ["总结一下", "概括一下吧"])
def test_a_bare_wish_for_a_summary_is_for_all_of_the_text(assistant, asked):
    assert assistant.ask(asked).status == "answered"
    assert len(quotes(assistant, asked)) > 2


@pytest.mark.parametrize(
    ("asked", "holds", "lacks"),
    [
        ("第二部分讲了什么", "主管审核", "领取工牌"),
        ("概括一下第三章", "餐补", "主管审核"),
        ("最后一部分讲什么", "餐补", "领取工牌"),
        ("最后一章讲什么", "餐补", "领取工牌"),
    ],
)
def test_a_numbered_part_is_summed_up(assistant, asked, holds, lacks):
    text = assistant.ask(asked).text
    assert holds in text
    assert lacks not in text


def test_a_few_sentences_on_the_whole_reach_from_its_beginning_to_its_end(assistant):
    quotes = [c.quote for c in assistant.ask("用三句话说说全文").citations]
    assert len(quotes) == 3
    assert "全体员工" in quotes[0]
    assert "餐补" in quotes[-1]


FARM = """# 茶厂简报

## 一、发布

由厂办发布。

## 二、产量

春茶产量和夏茶产量都增长了一成。

### 1、春茶

春茶产量增长了两成,春茶产量为20吨。

### 2、夏茶

夏茶产量增长了一成,夏茶产量为15吨。

## 三、天气

晴天多。
"""


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("farm"), "茶厂.md", FARM)


@pytest.mark.parametrize("asked", ["一句话概括全文", "用一句话说说第二部分"])
def test_one_sentence_is_the_most_central_or_what_leads_to_the_parts(farm, asked):
    assert quotes(farm, asked) == ["春茶产量和夏茶产量都增长了一成。"]


def test_a_part_that_is_counted_from_the_end_of_fewer_is_refused(farm):
    assert farm.ask("倒数第五章讲什么").text.startswith("文中没有倒数第五章。")
    assert quotes(farm, "倒数第三章讲什么") == ["由厂办发布。"]


def test_text_itself_may_be_called_this_text(assistant):
    assert quotes(assistant, "本文分几个部分") == TOP


LEASE = """# 茶山租赁合同

## 第一章 标的

第一条 甲方把南坡租给乙方。
第二条 租期为九年。

## 第二章 租金

第三条 租金每年六千元。
"""
ASKED = """# 采茶须知

问：几点上山？
答：清早六点。

问：下雨怎么办？
答：停采一天。

问：竹篓谁来发？
答：由库管发。
"""
FISHERS = """# 渔会章程

## 一、理事会

### 1、理事会的职责

理事会派船。

### 2、理事会的会议

理事会每月开会。
"""
GARDEN = """# 茶园简介

茶园的理事会由园主、茶师和两名茶农组成。理事会一年开会两次。

泡茶有讲究。第一步，烫杯，用沸水。第二步，投茶，每杯三克，等五分钟。第三步，出汤。
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counted")
    for name, text in (("合同", LEASE), ("须知", ASKED), ("渔会", FISHERS), ("茶园", GARDEN)):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    build_index([folder], folder / "index", Hashing(), "hashing", LEXICON)
    settings = load_settings(threshold=0, reread=False)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("合同有几条?", ["第一条", "第二条", "第三条"]),
        ("租赁合同一共多少条", ["第一条", "第二条", "第三条"]),
        ("须知里一共有几个问题", ["问：几点上山？", "问：下雨怎么办？", "问：竹篓谁来发？"]),
        ("第二个问题是什么", ["问：下雨怎么办？", "答：停采一天。"]),
        ("第三问", ["问：竹篓谁来发？", "答：由库管发。"]),
        ("最后一个问题", ["问：竹篓谁来发？", "答：由库管发。"]),
    ],
)
def test_articles_and_questions_are_counted_and_picked(counted, asked, told):
    assert [quote[: len(start)] for quote, start in zip(quotes(counted, asked), told, strict=True)] == told


@pytest.mark.parametrize("asked", ["茶园有几条小路", "会上提了几个问题", "规定有几条", "这是第几条"])
def test_what_is_no_part_of_a_text_is_not_counted_by_its_headings(counted, asked):
    assert counted.interpret(asked).kind != "contents"


def test_a_sentence_on_what_a_thing_is_made_up_of_goes_before_headings_of_its_name(counted):
    assert quotes(counted, "理事会包括哪些部分") == ["茶园的理事会由园主、茶师和两名茶农组成。"]


def test_a_step_that_was_counted_is_asked_about(counted):
    assert "五分钟" in counted.ask("要多久", [("user", "第二步做什么")]).text
