import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hujin_qa.sentences import LONG, split_sentences, unwrapped


def split(text):
    return [text[a:b] for a, b in split_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("早上开门。晚上关门！真的吗？真的。", ["早上开门。", "晚上关门！", "真的吗？", "真的。"]),
        ("早上开门!晚上关门?好", ["早上开门!", "晚上关门?", "好"]),
        ("真的吗?!是的……走吧。", ["真的吗?!", "是的……", "走吧。"]),
        ("他说:“走吧。快!”大家就走了。", ["他说:“走吧。快!”", "大家就走了。"]),
        ("所谓“以人为本。”的说法很多。", ["所谓“以人为本。”的说法很多。"]),
        ("「走吧。」他说。", ["「走吧。」", "他说。"]),
        ("价格上涨(见附表。单位:元)之后回落。", ["价格上涨(见附表。单位:元)之后回落。"]),
        ("增长3.5倍。约2.1亿元。", ["增长3.5倍。", "约2.1亿元。"]),
        ("版本3.11.2可用。", ["版本3.11.2可用。"]),
        (
            "It works. Mr. Li said so, e.g. in U.S. papers. Yes.",
            ["It works.", "Mr. Li said so, e.g. in U.S. papers.", "Yes."],
        ),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("- 苹果\n- 梨\n* 桃\n• 杏", ["苹果", "梨", "桃", "杏"]),
        ("甲●乙●丙", ["甲", "乙", "丙"]),
        ("**多久到？** 三天。**注意**：慢。", ["**多久到？**", "三天。", "**注意**：慢。"]),
        ("没有句号", ["没有句号"]),
        ("“没有另一半。下一句。", ["“没有另一半。", "下一句。"]),
        ("多了一半”。下一句。", ["多了一半”。", "下一句。"]),
        ("(整句都在括号里。)下一句。", ["(整句都在括号里。)", "下一句。"]),
        ("", []),
        ("。。。!!!", []),
        (" \n\t\u3000", []),
    ],
)
def test_where_sentences_end(text, sentences):
    assert split(text) == sentences


def test_only_a_long_sentence_is_cut_at_semicolons():
    short = "甲种苹果;乙种梨;丙种桃。"
    assert split(short) == [short]
    long = "甲" * 50 + ";" + "乙" * 50 + ";" + "丙" * 50 + "。"
    assert split(long) == ["甲" * 50 + ";", "乙" * 50 + ";", "丙" * 50 + "。"]
    assert all(len(s) <= LONG for s in split(long))


def test_a_quotation_that_never_closes_hides_no_sentence():
    text = "“" + "这一句很普通。" * 100
    assert len(split(text)) == 100


def test_spans_stay_inside_the_part_that_was_asked_for():
    text = "甲甲。乙乙。丙丙。"
    assert [text[a:b] for a, b in split_sentences(text, 3, 6)] == ["乙乙。"]
    assert split_sentences(text, 4, 4) == []


@given(
    st.text(st.sampled_from("甲乙丙ab1.。!?！？…;；,“”\"'「」()（）[]】【《》\n -•·*#：的…"), max_size=80),
    st.integers(0, 9),
)
@settings(max_examples=400, deadline=None)
def test_sentences_tile_any_text(text, start):
    """Every letter and digit is in exactly one sentence, in order; what lies between is marks and blanks."""
    start = min(start, len(text))
    at = start
    for a, b in split_sentences(text, start, len(text)):
        assert at <= a < b <= len(text)
        assert not any(c.isalnum() for c in text[at:a])
        assert text[a:b] == text[a:b].strip()
        at = b
    assert not any(c.isalnum() for c in text[at:])


@pytest.mark.parametrize("piece", ["“", "(", "”", '"', "甲;", "。", "甲.", "• ", "(甲。", "[(“「"])
def test_a_long_repetition_is_read_in_linear_time(piece):
    text = piece * 50_000
    for a, b in split_sentences(text, 0, len(text)):
        assert a < b


FROM_A_PDF = """一、运营概况
截至2024年底，全市共有公共自行车站点
1260个，投放自行车3.2万辆，日均借还
量为11.5万次（含夜间的借还，不含检修
车辆）。其中，地铁站周边的站点最忙。

- 1 -

二、改进措施
1.增加投放。2025年新增自行车五千
辆，重点投放在新城区。
2.优化调度。购置调度车二十辆，由值班
的人夜里调车。
3.改用系统。后台换成开源的 Bike Net
Works 程序，由三名程序员维护。
"""


def test_the_edge_of_a_page_ends_no_sentence():
    spans = split_sentences(FROM_A_PDF, 0, len(FROM_A_PDF))
    assert [unwrapped(FROM_A_PDF, a, b) for a, b in spans] == [
        "一、运营概况",
        "截至2024年底，全市共有公共自行车站点1260个，投放自行车3.2万辆，日均借还量为11.5万次（含夜间的借还，不含检修车辆）。",
        "其中，地铁站周边的站点最忙。",
        "二、改进措施",
        "1.增加投放。",
        "2025年新增自行车五千辆，重点投放在新城区。",
        "2.优化调度。",
        "购置调度车二十辆，由值班的人夜里调车。",
        "3.改用系统。",
        "后台换成开源的 Bike Net Works 程序，由三名程序员维护。",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "陶艺课，上午九点在东楼开始，限二十人\n编程课，上午十点在西楼开始，限三十人\n戏剧课，下午两点在礼堂开始，限十五人\n合唱课，下午三点在礼堂开始，限四十人\n",
        "姓名：李木子\n年龄：三十岁\n住址：东街八号\n",
        "# 标题\n这一行很长，写的是一个完整的句子，而且有句号结尾。\n短行\n另一行\n再一行\n",
    ],
)
def test_lines_that_are_whole_end_sentences(text):
    assert split(text) == [line.lstrip("# ") for line in text.splitlines()]


PAGES = """第一章 借车
市民可以凭身份证在任何一个站点借用自行车，每次借车不超过两个小时，超过的部分按每小时一元收费，押金在还车以后三天之内退回原来
%s
的账户。车辆丢失的，照价赔偿。
站点由街道办事处和公交公司共同管理，站长每天早晚各检查一次车辆和锁桩，发现损坏的车辆要在当天送修，修好以后再放回原来的站点，
不得挪作他用。遇到台风和暴雪，站点暂停借车，恢复的时间由公交公司在站点的屏幕上公布，市民也可以打电话询问。
%s
第二章 还车
还车要锁好。
"""


@pytest.mark.parametrize("pages", [("- 1 -", "- 2 -"), ("第 3 页", "第 4 页"), ("\n7\n", "\n8\n"), ("1 / 9", "2 / 9")])
def test_a_sentence_runs_on_over_the_number_of_a_page(pages):
    text = PAGES % pages
    found = [unwrapped(text, a, b) for a, b in split_sentences(text, 0, len(text))]
    assert found[1].endswith("押金在还车以后三天之内退回原来的账户。")
    assert "遇到台风和暴雪，站点暂停借车，恢复的时间由公交公司在站点的屏幕上公布，市民也可以打电话询问。" in found
    assert "第二章 还车" in found


def test_short_pages_are_told_by_the_marks_around_their_numbers():
    text = "市民可以凭身份证在任何一个站点借用自行车，押金退回原来\n- 1 -\n的账户。\n还车要锁好。\n- 2 -\n完。\n"
    assert split(text) == [
        "市民可以凭身份证在任何一个站点借用自行车，押金退回原来\n- 1 -\n的账户。",
        "还车要锁好。",
        "完。",
    ]


def test_numbers_on_lines_of_their_own_that_count_a_list_are_no_pages():
    text = (
        "1\n会员可以在周末免费带一位朋友进馆游泳，要先预约\n2\n会员可以在生日当天免费领取一杯咖啡和一块蛋糕\n3\n其他\n"
    )
    assert [text[a:b] for a, b in split_sentences(text, 0, len(text))] == text.split()
