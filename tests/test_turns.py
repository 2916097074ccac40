"""Turns that steer a conversation: corrections, the next of a list, more of it, going over to another thing."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
KILN = """# 青瓷窑手册

## 一、烧制步骤

烧制分四步：一是练泥，练泥要两天；二是拉坯，拉坯靠手感；三是上釉，上釉要薄而匀；四是入窑，入窑后烧20小时。

## 二、窑炉

龙窑长40米，由宋师傅看管。龙窑每年开火6次。开火前要祭窑。祭窑由族长主持。

## 三、产量

2021年产瓷8万件。2020年产瓷5万件。

## 四、展览

孩子可以免费参观。
老人可以免费参观，还有茶喝。
雨天不开放。

## 五、售价

茶盏每只60元，花瓶每只300元。茶盏的容量为90毫升，花瓶的容量为800毫升。

## 六、展厅

展厅由茶具厅、花器厅和文房厅组成。花器厅朝南。
"""
BRIDGE = """# 风雨桥简介

## 一、来历

风雨桥建于1672年，由木匠石含章主持修建，全长64米。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turns")
    for name, text in (("青瓷窑", KILN), ("风雨桥", BRIDGE)):
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    build_index([folder], folder / "index", Hashing(), "hashing", LEXICON)
    settings = load_settings(threshold=0, reread=False)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def meant(assistant, *said):
    return assistant.interpret(said[-1], [("user", text) for text in said[:-1]])


def ask(assistant, *said):
    return assistant.ask(said[-1], [("user", text) for text in said[:-1]])


@pytest.mark.parametrize(
    ("asked", "stands_for"),
    [
        ("不是茶盏,是花瓶", "花瓶的容量是多少"),
        ("说错了,我不是问茶盏,我问的是花瓶", "花瓶的容量是多少"),
        ("不对,我说的是花瓶", "花瓶的容量是多少"),
        ("我问的是龙窑有多长", "龙窑有多长"),
    ],
)
def test_a_correction_takes_the_place_of_what_was_wrong(assistant, asked, stands_for):
    assert meant(assistant, "茶盏的容量是多少", asked).folded == stands_for


@pytest.mark.parametrize(
    ("turns", "about"),
    [
        (("第二步是什么", "下一步呢"), "上釉"),
        (("第二步是什么", "下一步", "再下一步"), "入窑"),
        (("第三步是什么", "前一步呢"), "拉坯"),
        (("第三步是什么", "谢谢", "上一步再说一遍"), "拉坯"),
    ],
)
def test_the_next_of_a_list_is_counted_from_the_one_spoken_of(assistant, turns, about):
    assert meant(assistant, "烧制有哪四步", *turns).folded.startswith(about)


def test_a_follow_up_may_call_the_section_by_its_sort(assistant):
    assert meant(assistant, "练泥要几天", "这个步骤里入窑烧多久").folded == "烧制步骤里入窑烧多久"
    assert meant(assistant, "茶盏每只多少钱", "这个步骤里入窑烧多久").folded != "烧制步骤里入窑烧多久"


def test_the_person_asked_about_is_meant_and_not_the_first_that_the_answer_names(assistant):
    assert meant(assistant, "石含章是谁", "他主持修了什么").folded == "石含章主持修了什么"


def test_a_list_has_an_end(assistant):
    answer = ask(assistant, "烧制有哪四步", "第四步是什么", "下一步呢")
    assert answer.status == "abstained"
    assert "4项" in answer.text
    assert not answer.citations


@pytest.mark.parametrize("asked", ["详细点", "再详细一点", "能展开说说吗", "具体点"])
def test_more_closely_reads_on_from_what_was_cited(assistant, asked):
    answer = ask(assistant, "龙窑有多长", asked)
    assert answer.interpreted == "龙窑有多长"
    assert "40米" in answer.text
    assert "族长" in answer.text


@pytest.mark.parametrize("asked", ["还有吗", "还有别的吗", "还有其他的吗", "没有别的了吗", "更多呢", "继续"])
def test_more_is_what_stands_behind_what_was_said(assistant, asked):
    said = ask(assistant, "龙窑有多长")
    more = ask(assistant, "龙窑有多长", asked)
    assert more.status == "answered"
    assert {c.section for c in more.citations} == {c.section for c in said.citations}
    assert min(c.start for c in more.citations) >= max(c.end for c in said.citations)
    nothing = ask(assistant, "龙窑有多长", asked, asked)
    assert (nothing.status, nothing.text) == ("abstained", "关于这一点,文中没有更多内容了。")


def test_a_subject_outlives_what_the_text_does_not_say_of_it(assistant):
    assistant = assistant.over(Hashing(), load_settings(threshold=0.999999, reread=False))
    assert ask(assistant, "龙窑有多长", "它的保险费多少").status == "abstained"
    assert "龙窑" in meant(assistant, "龙窑有多长", "它的保险费多少", "谁看管它").folded


def test_what_followed_and_what_is_put_in_its_place(assistant):
    assert meant(assistant, "茶盏的容量是多少", "花瓶呢", "茶盏呢").folded == "茶盏的容量是多少"
    piled = meant(assistant, "谁看管", "茶盏呢", "花瓶呢").folded
    assert "茶盏" not in piled


def test_an_unknown_thing_is_called_unknown(assistant):
    answer = ask(assistant, "茶盏的容量是多少", "蒸汽机车呢")
    assert answer.status == "abstained"
    assert "蒸汽机车" in answer.text
    assert meant(assistant, "茶盏的容量是多少", "蒸汽机车呢", "花瓶呢").folded == "花瓶的容量是多少"


@pytest.mark.parametrize("asked", ["风雨桥是谁修的", "风雨桥全长多少"])
def test_the_subject_of_another_document_is_a_topic_of_its_own(assistant, asked):
    assert meant(assistant, "龙窑有多长", asked).folded == asked


def test_a_year_may_be_the_one_that_was_cited(assistant):
    said = meant(assistant, "风雨桥是谁修的", "前一年呢")
    assert said.years == {"1671"}
    assert "2020" not in meant(assistant, "2021年产瓷多少", "比前一年多多少").folded


def test_another_owner_is_asked_for_the_same_year(assistant):
    assert meant(assistant, "青瓷窑2021年的产量是多少", "那风雨桥呢").folded == "风雨桥2021年的产量是多少"


def test_a_sum_of_money_takes_the_place_of_no_year(assistant):
    assert meant(assistant, "2021年产瓷多少", "2020年呢").folded == "2020年产瓷多少"
    assert "1800年" not in meant(assistant, "2021年产瓷多少", "1800元呢").folded


@pytest.mark.parametrize("asked", ["比花瓶重多少", "比花瓶轻了多少", "那比花瓶快多少"])
def test_what_it_is_compared_with_is_asked_for_too(assistant, asked):
    assert {"茶盏有多重", "花瓶有多重"} <= set(meant(assistant, "茶盏有多重", asked).folded.split(","))


@pytest.mark.parametrize(
    "asked", ["出处在哪", "这句在原文哪里?", "依据是什么", "你确定吗", "哪一节说的", "原文是怎么写的", "这个数字哪来的"]
)
def test_a_question_about_the_answer_shows_its_section_and_what_was_cited(assistant, asked):
    said = ask(assistant, "龙窑由谁看管")
    answer = ask(assistant, "龙窑由谁看管", asked)
    assert (answer.status, answer.interpreted) == ("answered", "龙窑由谁看管")
    assert answer.citations[0].quote == "二、窑炉"
    assert {c.quote for c in said.citations} <= {c.quote for c in answer.citations}
    assert ask(assistant, "龙窑由谁看管", *[asked] * 5, "换个说法", "出处在哪").citations[0].quote == "二、窑炉"
    after = ("龙窑由谁看管", asked, "它有多长")
    assert meant(assistant, *after).folded == meant(assistant, after[0], after[-1]).folded


def test_what_was_not_answered_has_no_source(assistant):
    answer = ask(assistant, "龙窑有多长", "红烧肉怎么做", "出处在哪")
    assert (answer.status, answer.citations) == ("abstained", ())


@pytest.mark.parametrize("asked", ["在哪里", "谁看管", "祭窑的依据是什么", "第几步是上釉"])
def test_a_question_about_the_text_is_not_one_about_the_answer(assistant, asked):
    assert not assistant.interpret(asked, [("user", "龙窑由谁看管")]).again


@pytest.mark.parametrize("asked", ["换个说法", "简单点", "能说得简单一点吗", "再说一遍", "没听懂"])
def test_other_words_are_asked_of_a_text_that_has_only_its_own(assistant, asked):
    said = ask(assistant, "龙窑有多长")
    again = ask(assistant, "龙窑有多长", asked)
    assert (again.interpreted, again.text) == ("龙窑有多长", said.text)


def test_the_second_of_what_one_sentence_counts_off(assistant):
    assert meant(assistant, "烧制分几步", "刚才第二个详细说说").folded.startswith("拉坯")
    assert meant(assistant, "烧制分几步", "刚才说的第三步是什么").folded.startswith("上釉")


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (("茶盏的容量是多少", "花瓶呢", "两个差多少?"), "茶盏的容量是多少，花瓶的容量是多少"),
        (("茶盏和花瓶的售价各是多少", "差多少"), "茶盏和花瓶的售价各是多少"),
        (("茶盏的容量是多少", "好的，花瓶呢", "哪个更大一点"), "茶盏的容量是多少，花瓶的容量是多少"),
        (("茶盏的容量是多少", "花瓶呢", "那两个加起来多少?"), "茶盏的容量是多少，花瓶的容量是多少"),
        (("茶盏的容量是多少", "那跟花瓶比呢"), "茶盏和花瓶的容量是多少"),
    ],
)
def test_a_difference_is_told_by_both_values(assistant, turns, said):
    assert meant(assistant, *turns).text == said


def test_the_second_of_several_sentences_is_the_second_that_was_cited(assistant):
    first = ask(assistant, "展览有哪些规定")
    assert len(first.citations) > 1
    assert "老人" in ask(assistant, "展览有哪些规定", "第二个是什么").text


def test_what_is_only_named_in_a_list_is_told_by_the_sentence_that_names_it(assistant):
    before = "展厅由哪几部分组成"
    assert ask(assistant, before, "第一个是什么").text.startswith("展厅由茶具厅、花器厅和文房厅组成。")
    assert meant(assistant, before, "第一个是什么").within
    assert meant(assistant, before, "第二个是什么").within is None


def test_a_list_that_was_given_long_ago_is_still_pointed_at(assistant):
    turns = ("烧制有哪四步", *(f"第{n}步是什么" for n in "一二三四一二三"), "那第四步呢")
    assert meant(assistant, *turns).folded.startswith("入窑")


@pytest.mark.parametrize(
    ("before", "asked", "said"),
    [
        ("哪种瓷器卖得最贵", "那第二名呢", "哪种瓷器卖得第二贵"),
        ("哪种瓷器卖得最贵", "第二是谁", "哪种瓷器卖得第二贵"),
        ("第二批次有哪些茶盏", "再下一个呢", "第三批次有哪些茶盏"),
    ],
)
def test_the_next_in_rank_or_number_is_asked_for_alike(assistant, before, asked, said):
    assert meant(assistant, before, asked).folded == said


def test_thanks_and_nods_before_a_turn_are_no_part_of_it(assistant):
    assert meant(assistant, "茶盏的容量是多少", "好的,谢谢,花瓶呢").folded == "花瓶的容量是多少"
    assert ask(assistant, "龙窑有多长", "嗯嗯，详细点").text == ask(assistant, "龙窑有多长", "详细点").text
    assert meant(assistant, "好的,").folded == "好的"


def test_what_was_asked_of_one_item_is_asked_of_the_next(assistant):
    said = meant(assistant, "展厅由哪几部分组成", "第一个的面积是多少", "第二个呢").folded
    assert said == meant(assistant, "展厅由哪几部分组成", "第二个的面积是多少").folded
    assert "面积" in said


def test_what_a_question_opens_with_gives_way_to_another_topic(assistant):
    assert meant(assistant, "龙窑去年开火几次", "那茶盏呢").folded == "茶盏去年开火几次"
