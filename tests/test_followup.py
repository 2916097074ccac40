"""Which questions lean on the one before, and which are topics of their own, over an invented text."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 城南图书馆读者手册

## 一、借书

每位读者最多借10本书，借期30天。到期前可以续借一次，延长15天。逾期每天每本收滞纳金0.2元。

## 二、自习室

自习室有座位240个，早上8点开放。座位要在小程序上预约，预约后30分钟不到就取消。

## 三、打印

打印每张0.3元，彩印每张1元，可以用现金或者手机支付。打印机每周检修两次。手机支付由服务台登记，每月对账。

## 四、会员卡

会员卡年费60元，由读者服务部办理。会员可以多借5本书，不交押金，手机支付打九折。

## 五、押金

押金100元，学生押金50元，办卡时交。

## 六、退卡

退卡要带证件，押金三天内退还。

## 七、邮寄

寄往奥地利每本12欧元，匈牙利每本9欧元，三天内寄出。蓝鲸快运的限重为5公斤，起价为8元。绿洲快运的限重为3公斤，起价为6元。

## 八、馆员

采编组由林立群负责，每周例会一次。古籍组由陈海燕负责。

## 九、路线
湖边线长3公里，山脊线长5公里。

## 十、流动书车

第一批次包括木兰坊书车和幸猫书车。幸猫书车有藏书300册。第二批次包括云雀书车。木兰坊书车每天开两趟。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("followup")
    (folder / "图书馆.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "图书馆.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(threshold=0), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def meant(assistant, before, asked):
    return assistant.interpret(asked, [("user", before)]).text


@pytest.mark.parametrize(
    ("before", "asked", "about"),
    [
        ("自习室有多少座位?", "平均一天来多少人", "自习室"),
        ("自习室有多少座位?", "举个例子呗", "自习室"),
        ("自习室有多少座位?", "为什么?", "自习室"),
        ("自习室有多少座位?", "那打印呢", "打印"),
        ("打印一张多少钱?", "彩印呢", "彩印"),
        ("打印一张多少钱?", "找谁批", "打印"),
        ("打印一张多少钱?", "最多能批几张", "打印"),
        ("会员卡年费多少?", "它有什么好处", "会员卡"),
        ("会员卡年费多少?", "谁负责", "会员卡"),
        ("会员卡年费多少?", "那星巴克呢", "星巴克"),
        ("采编组由谁负责", "他的公众号呢", "林立群"),
        ("自习室有多少座位?", "后来加到多少了", "自习室"),
        ("自习室有多少座位?", "如果没约上怎么办", "自习室"),
        ("采编组由谁负责", "他之前是干什么的", "林立群"),
        ("古籍组由谁负责", "她在任上多少年", "陈海燕"),
        ("林立群负责哪个组", "他弟弟呢", "林立群的弟弟负责哪个组"),
        ("迟到30分钟会取消吗", "要是一个小时呢", "迟到一个小时会取消吗"),
        ("一个人最多借几本", "两个人呢", "两个人最多借几本"),
        ("会员卡年费多少?", "这笔钱给谁", "会员卡，钱给谁"),
    ],
)
def test_what_leaves_something_out_is_completed(assistant, before, asked, about):
    said = meant(assistant, before, asked)
    assert said != meant(assistant, "", asked)
    assert about in said


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ("打印一张多少钱?", "比特币能不能用来支付?"),
        ("打印一张多少钱?", "比特币能不能用来支付呢?"),
        ("打印一张多少钱?", "那比特币可以用来支付吗"),
        ("打印一张多少钱?", "以太坊能支付吗"),
        ("打印一张多少钱?", "能用比特币支付吗"),
        ("打印一张多少钱?", "王者荣耀这个游戏能用手机支付吗"),
        ("会员卡年费多少?", "特斯拉能用手机支付吗"),
        ("会员卡年费多少?", "自习室有多少座位"),
        ("会员卡年费多少?", "红烧肉怎么做"),
        ("自习室有多少座位?", "会员卡年费多少"),
        ("会员卡年费多少?", "三大支付方式有哪些"),
        ("会员卡年费多少?", "滑板比赛的支付怎么安排"),
        ("自习室有多少座位?", "押金多少钱"),
        ("自习室有多少座位?", "再就业的读者怎么办会员卡"),
        ("自习室有多少座位?", "其他读者的会员卡年费是多少"),
        ("自习室有多少座位?", "90%以上的读者办了会员卡吗"),
        ("自习室有多少座位?", "这份手册里哪一节讲了押金"),
        ("自习室有多少座位?", "怎么退卡啊"),
        ("自习室有多少座位?", "那邮寄到奥地利多少钱"),
        ("自习室有多少座位?", "学生后来交多少押金"),
    ],
)
def test_what_names_a_topic_of_its_own_stands_alone(assistant, before, asked):
    topic = before[:3].removesuffix("一")
    said = meant(assistant, before, asked)
    assert said.rstrip("?") == meant(assistant, "", asked).rstrip("?")
    assert topic not in said


@pytest.mark.parametrize(
    ("before", "asked", "said"),
    [
        ("寄到奥地利一本多少钱", "匈牙利的呢", "寄到匈牙利一本多少钱"),
        ("打印一张多少钱", "彩印呢", "彩印一张多少钱"),
        ("2023年末打印有多大规模", "那彩印呢,多少?", "2023年末彩印有多大规模"),
        ("湖边线多长", "山脊线呢", "山脊线多长"),
        ("书籍借期多长", "光盘呢", "光盘借期多长"),
        ("第一批次有哪些书车", "第二呢", "第二批次有哪些书车"),
        ("学生类读者几天能退押金", "会员类的呢", "会员类读者几天能退押金"),
        ("蓝鲸快运的限重是多少", "起价呢", "蓝鲸快运的起价是多少"),
        ("蓝鲸快运的限重是多少", "绿洲快运呢", "绿洲快运的限重是多少"),
        ("蓝鲸快运和绿洲快运的限重各是多少", "那起价呢", "蓝鲸快运和绿洲快运的起价各是多少"),
        ("采编组谁负责", "他多久开一次会", "林立群多久开一次会"),
        ("古籍组谁负责", "他带什么组", "陈海燕带什么组"),
    ],
)
def test_what_stands_in_the_same_place_of_the_text_is_exchanged(assistant, before, asked, said):
    assert meant(assistant, before, asked) == said


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (("幸猫书车是第几批次", "云雀书车呢"), "云雀书车是第几批次"),
        (("幸猫书车是第几批次", "那木兰坊呢", "那云雀呢"), "云雀是第几批次"),
        (("幸猫书车是第几批次", "那美团呢"), "美团是第几批次"),
        (("幸猫书车是第几批次", "藏书量呢"), "幸猫书车的藏书量是多少"),
        (("幸猫书车有多少藏书", "那美团呢"), "美团有多少藏书"),
        (("蓝鲸快运的限重是多少", "为什么"), "蓝鲸快运的限重，为什么"),
        (("幸猫书车有多少藏书", "它的起价呢"), "幸猫书车的起价是多少"),
        (("提到比特币了吗", "蓝鲸快运呢"), "提到蓝鲸快运了吗"),
        (("到期前怎么办", "邮寄呢"), "邮寄讲了什么"),
        (("蓝鲸快运多少钱起", "限重呢"), "蓝鲸快运的限重是多少"),
        (("蓝鲸快运的限重是多少", "它家起价多少"), "蓝鲸快运，起价多少"),
        (("木兰坊书车属于哪个批次", "它每天开几趟"), "木兰坊，每天开几趟"),
        (("自习室座位有多少", "它的押金呢"), "自习室，押金呢"),
        (("手册里哪里提到了押金", "那会员卡呢"), "手册里哪里提到了会员卡"),
        (("2013年到2020年借阅量增长了多少", "那2024年呢"), "2024年，2013年到2020年借阅量增长了多少"),
        (("2013年借阅量是多少", "那2024年呢"), "2024年借阅量是多少"),
        (("借书讲了什么", "这些里面要押金的是哪个"), "借书，要押金的是哪个"),
        (("湖边线多长", "净赚了多少呢"), "湖边线，净赚了多少呢"),
    ],
)
def test_a_name_gives_way_to_another_as_a_whole(assistant, turns, said):
    *before, asked = turns
    assert assistant.interpret(asked, [("user", text) for text in before]).text == said


@pytest.mark.parametrize("asked", ["除了这几个,还有别的吗", "除此之外还有其他的吗"])
def test_what_there_is_besides_is_asked_of_the_same(assistant, asked):
    question = assistant.interpret(asked, [("user", "第一批次有哪些书车")])
    assert question.folded.startswith("还有哪些")
    assert "书车" in question.folded
    assert question.beyond


@pytest.mark.parametrize(("asked", "alone"), [("总结一下邮寄这一部分", True), ("总结一下这一部分", False)])
def test_a_part_that_is_named_is_not_the_one_spoken_of(assistant, asked, alone):
    assert ("打印" not in meant(assistant, "打印一张多少钱", asked)) == alone


@pytest.mark.parametrize("asked", ["换个话题,退卡要带什么", "算了,退卡要带什么"])
def test_a_change_of_topic_is_no_part_of_the_question(assistant, asked):
    assert meant(assistant, "打印一张多少钱", asked) == "退卡要带什么"


@pytest.mark.parametrize("asked", ["", "???", "😀😀", "……"])
def test_nothing_is_no_follow_up(assistant, asked):
    answer = assistant.ask(asked, [("user", "打印一张多少钱?")])
    assert (answer.status, answer.text[:8]) == ("abstained", "问题里没有文字。")


@pytest.mark.parametrize("asked", ["2024", "3.14%", "30", "=1+1"])
def test_figures_alone_ask_nothing(assistant, asked):
    assert assistant.ask(asked).status == "abstained"
    if asked != "2024":  # "and in 2024?"
        assert assistant.ask(asked, [("user", "打印一张多少钱?")]).status == "abstained"


@pytest.mark.parametrize("asked", ["然后呢", "继续", "接着说", "还有呢"])
def test_going_on_asks_for_what_was_not_said(assistant, asked):
    before = assistant.ask("打印一张多少钱?")
    after = assistant.ask(asked, [("user", "打印一张多少钱?")])
    assert after.status == "answered"
    assert {c.start for c in after.citations}.isdisjoint(c.start for c in before.citations)


def test_markup_around_a_question_is_not_read(assistant):
    bare = assistant.ask("打印一张多少钱?")
    for asked in ("<b>打印</b>一张多少钱?", "<script>alert(1)</script>打印一张多少钱?&nbsp;"):
        assert assistant.ask(asked).claims == bare.claims


@pytest.mark.parametrize(
    ("said", "reply"), [("谢谢", "不客气"), ("你好", "你好"), ("嗯,明白了", "好的"), ("再见", "再见")]
)
def test_a_courtesy_is_returned(assistant, said, reply):
    answer = assistant.ask(said, [("user", "自习室有多少座位?")])
    assert (answer.status, answer.reason, answer.citations) == ("abstained", "no_match", ())
    assert answer.text.startswith(reply)


def test_courtesies_do_not_change_the_subject(assistant):
    history = [("user", "会员卡年费多少?"), *(("user", said) for said in ("好的", "谢谢", "厉害", "嗯嗯", "收到"))]
    assert "会员卡" in assistant.interpret("谁负责", history).text


def test_all_of_a_kind_are_asked_about_without_the_one_before(assistant):
    meant = assistant.interpret("那这两个批次有什么不同", [("user", "第二批次有哪些书车"), ("assistant", "…")])
    assert meant.text == "两个批次有什么不同"
