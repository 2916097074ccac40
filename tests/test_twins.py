"""What modules below the pages say in Chinese has an English twin wherever an English page can show it."""

import ast
import re
from pathlib import Path

import pytest

import hujin_qa
from hujin_qa.evaluation.judge import CAUSES
from hujin_qa.evaluation.variants import FUSIONS, READERS
from hujin_qa.study.cards import RATINGS
from hujin_qa.study.checks import CHECKS
from hujin_qa.study.items import Item
from hujin_qa.study.written import KINDS
from hujin_qa.suggestions import asked_of, candidates
from hujin_qa.types import Answer, Citation
from hujin_qa.web.language import speaking
from hujin_qa.web.lesson import feedback_html
from hujin_qa.web.render import answer_html
from hujin_qa.web.twins import TWINS, twin, twin_html, twin_question
from test_study import index  # noqa: F401

SOURCES = Path(hujin_qa.__file__).parent
CHINESE = re.compile("[一-鿿]")
TELLING = [  # modules whose errors reach a page
    "chats", "composer", "llm", "study/classroom", "study/store", "study/written", "study/course",
    "evaluation/compare", "evaluation/edits", "evaluation/runs", "evaluation/variants",
]  # fmt: skip


def said(node):
    """A string as it may read, every blank filled with a letter; "" if it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


def strings(path, within=ast.Module):
    """All that a module may say in Chinese, but for what it says of itself."""
    tree = ast.parse((SOURCES / f"{path}.py").read_text("utf-8"))
    parts = {part for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values}
    for node in ast.walk(tree):
        if isinstance(node, within):
            for each in ast.walk(node):
                if each not in parts and CHINESE.search(said(each)):
                    yield said(each)


def untold(words):
    with speaking("en"):
        return [each for each in words if CHINESE.search(twin(each))]


@pytest.mark.parametrize("path", TELLING)
def test_every_error_has_a_twin(path):
    assert untold(strings(path, ast.Raise)) == []


def test_every_name_that_is_chosen_from_has_a_twin():
    named = [*CAUSES.values(), *FUSIONS.values(), *READERS.values(), *RATINGS.values(), *KINDS.values(), *CHECKS]
    assert untold(named) == []


def test_every_word_of_a_report_has_a_twin():
    elsewhere = (
        r"评测报告|x\(x 题\),x|\| 指标|原因:|\* 与第一列相差显著\(p$"  # in the file, on the terminal; cut by its "<"
    )
    texts = [text for html in strings("evaluation/report") for text in re.split(r"<[^>]*>", html)]
    assert untold(text for text in texts if not re.match(elsewhere, text)) == []


@pytest.mark.parametrize("kind", ["figures", "lists", "statements", "topics", "written"])
def test_every_task_and_every_reason_of_an_item_has_a_twin(kind):
    tasks = [t for t in strings(f"study/{kind}", (ast.Yield, ast.Assign, ast.Call)) if re.search(r"[。?)]$|:x$", t)]
    own = [t for t in tasks if re.search("原文|空格|判断|这句话", t) and not re.search(r"[|\\^]", t)]
    assert own
    assert untold(own) == []


def test_every_abstention_has_a_twin():
    reasons = [*strings("abstention"), *strings("premise", (ast.Return, ast.Yield)), *strings("conversation", ast.Call)]
    whole = [r for r in reasons if re.search("。$|^文中", r)]
    assert len(whole) > 12
    with speaking("en"):
        assert [r for r in whole if CHINESE.search(twin(r).replace("第", ""))] == []  # of an ordinal as it was asked
        nearest = "文中没有说到这一点。相近的内容在「一、支付」、「二、保险」。"
        assert twin(nearest) == "The text does not say this. What comes near stands in “一、支付”, “二、保险”."
        both = "文中没有提到“2031年”和“火星”。相近的内容在「一、支付 › 1、规模」。"
        assert (
            twin(both) == "The text does not mention “2031年”, “火星”. What comes near stands in “一、支付 › 1、规模”."
        )
        assert twin("「甲」、「乙」") == "「甲」、「乙」"  # the text's own


def test_every_question_that_is_offered_is_framed_in_english_and_asked_as_it_is(index):  # noqa: F811
    made = [k.question for d in index.documents.values() for k in candidates(d)]
    made += [asked_of(s) for s in ("车桩比,是指车与桩之比。", "员工总数为400人。", "新馆由老周设计。")]
    framed = re.compile("讲了什么|包括哪些|是多少|是什么|指的是|由谁")
    assert len([q for q in made if framed.search(q)]) > 5
    with speaking("en"):
        assert [q for q in made if framed.search(q) and framed.search(twin_question(q))] == []
        assert twin_question("雪梨的产量是多少?") == "How much is the 产量 of 雪梨?"
        assert twin("雪梨的产量是多少?") == "雪梨的产量是多少?"  # in a user's own words
    assert twin_question("雪梨的产量是多少?") == "雪梨的产量是多少?"


def test_a_reply_and_the_reason_of_a_wrong_option_are_shown_in_english():
    thanks = Answer(
        "谢谢",
        "谢谢",
        "abstained",
        "no_match",
        "不客气!还想了解什么,请接着问。",
        (),
        (),
        (),
        (),
        (),
        "extractive",
        0,
        {},
    )
    place = Citation(1, "d", "d/1#1", ("一、款项",), 0, 5, "款项三天到。")
    why = "原文没有这样写,原文是「三天」。"
    item = Item("i", "figure", "款项几天到?", ("三天", "五天"), (0,), place, "1", ("", why), ())
    with speaking("en"):
        assert "You are welcome!" in answer_html(thanks, {})
        assert "The text does not say so; it has “三天”." in feedback_html(item, [1])


def test_words_of_the_text_are_not_taken_for_our_own():
    with speaking("en"):
        assert twin("原文是「大模型」,不是「文档」。") == "The text has “大模型”, not “文档”."


def test_both_have_the_same_blanks():
    assert [c for c, english in TWINS.items() if c.count("{}") != english.count("{}")] == []


def test_what_is_filled_in_stays_and_a_chinese_page_stays_chinese():
    assert twin("没有试卷「期末」。已有的:还没有。") == "没有试卷「期末」。已有的:还没有。"
    with speaking("en"):
        assert twin("没有试卷「期末」。已有的:还没有。") == "There is no form “期末”. There are: none yet."
        told = twin("语言模型服务拒绝了密钥,没能请它补全这个追问。连不上语言模型服务,以上是原文摘句。")
        assert told.startswith("The language model's server refused the key; ")
        assert told.endswith(
            ". The language model's server cannot be reached; the above are sentences of the text itself."
        )
        html = '<h2 title="原因">原因</h2><td>a&lt;b&amp;</td><p>理解为:<b>错</b></p>'
        assert twin_html(html) == '<h2 title="原因">Causes</h2><td>a&lt;b&amp;</td><p>Understood as: <b>False</b></p>'
