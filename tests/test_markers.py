import pytest

from hujin_qa.markers import find_markers, left_of, strip_marker


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("第一章 总则", "第章", (1,)),
        ("第 十二 條 附則", "第条", (12,)),
        ("第3节 方法", "第节", (3,)),
        ("第二部分 正文", "第部分", (2,)),
        ("十一、附则", "一、", (11,)),
        ("（三）说明", "(一)", (3,)),
        ("㈡说明", "(一)", (2,)),
        ("1、范围", "1、", (1,)),
        ("１２．范围", "1.", (12,)),
        ("3)范围", "1)", (3,)),
        ("(4)范围", "(1)", (4,)),
        ("⑷范围", "(1)", (4,)),
        ("2-1)方向", "1-1", (2, 1)),
        ("1.1.2 检查", "1.1", (1, 1, 2)),
        ("③检查", "①", (3,)),
        ("B. 检查", "A.", (2,)),
        ("c)检查", "a)", (3,)),
        ("Ⅳ、检查", "Ⅰ", (4,)),
        ("5 检查", "1 ", (5,)),
        ("Q2:为什么?", "Q", (2,)),
        ("问:为什么?", "Q", ()),
    ],
)
def test_a_marker_is_read_with_its_style_and_number(text, style, number):
    (first, *_) = find_markers(text, 0, len(text))
    assert (first.start, first.style, first.number, first.left) == (0, style, number, "line")


@pytest.mark.parametrize(
    "text",
    [
        "2024年", "3.5亿元", "12.5%", "P2P", "9:30", "3.11.2.", "三线城市", "一季度", "二楼", "0、起点", "v2.0", "ISO9001", "第一名",
        "100、200",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_marker_is_none(text):
    assert [m.style for m in find_markers(text, 0, len(text)) if m.style != "1.1"] == []


@pytest.mark.parametrize(
    ("before", "left"),
    [
        ("", "line"),
        ("行\n  ", "line"),
        ("完。", "stop"),
        ("完。”", "stop"),
        ("done. ", "stop"),
        ("如下:", "colon"),
        ("甲;", "clause"),
        ("甲、", "clause"),
        ("(甲)", "bracket"),
        ("甲", "word"),
    ],
)
def test_what_stands_before_a_place(before, left):
    assert left_of(before, len(before), 0) == left


@pytest.mark.parametrize(
    ("heading", "bare"),
    [
        ("一、总则", "总则"),
        ("第三章 使用", "使用"),
        ("2-1)消费", "消费"),
        ("1.1.2 检查", "检查"),
        ("（三）说明", "说明"),
        ("总则", "总则"),
        ("一、", "一、"),
        ("2024年回顾", "2024年回顾"),
    ],
)
def test_a_heading_without_its_number(heading, bare):
    assert strip_marker(heading) == bare
