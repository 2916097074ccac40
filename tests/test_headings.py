import pytest

from hujin_qa.headings import LONGEST, is_label, is_title_sentence, seam


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("种植面积", "目前,全镇有三百亩果园"),
        ("建设背景", "随着人口增加,学校不够用了"),
        ("缘起", "2016年,居民清理了一块空地"),
        ("研究方法", "我们发放了三百份问卷,回收率九成"),
        ("产品概述", "产品由三部分组成,都可以单独购买"),
        ("成效", "对于社区来说,邻里关系更好了"),
    ],
)
def test_the_seam_between_a_heading_and_its_body(heading, body):
    assert seam(heading + body, 0, len(heading + body)) == len(heading)


@pytest.mark.parametrize(
    "text", ["种植面积", "果园占地三百亩,分成两片", "苹果、梨和桃都很甜", "", ",,,", "的" * 100 + ","]
)
def test_there_is_no_seam_where_none_can_be_told(text):
    assert seam(text, 0, len(text)) is None


@pytest.mark.parametrize("text", ["市场规模", "目标用户", "售后服务", "T型知识体系", "代表企业"])
def test_names_of_parts_are_labels(text):
    assert is_label(text)


@pytest.mark.parametrize(
    "text", ["例如", "答", "他说", "结果如下", "2024年", "张三", "备注", "这是一个很长很长的短语", "我们的看法"]
)
def test_words_that_lead_in_are_no_labels(text):
    assert not is_label(text)


@pytest.mark.parametrize("text", ["加强组织领导", "明确责任分工", "工作目标", "主要措施", "严格责任追究"])
def test_sentences_that_name_what_follows(text):
    assert is_title_sentence(text)


@pytest.mark.parametrize(
    "text", ["年假为15天", "公园免费开放", "我们已经完成", "病假需要医院证明", "", "加强" * LONGEST, "公司有三个部门"]
)
def test_sentences_that_state_something(text):
    assert not is_title_sentence(text)
