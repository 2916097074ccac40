"""Who wrote a document, where it comes from, who may copy it: cited from where the document says so."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.citations import Citations
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
HEAD = "---\ntitle: 果园手册\nauthor: 老周\n来源: 村里的小报\nlicense: 可以抄，别卖\nimage: 封面是小陈拍的\ndisclaimer: 只代表老周自己\nabout_author: 种了三十年果树\n---\n\n"
BODY = "# 果园手册\n\n## 一、苹果\n\n苹果每亩产量为3000斤。\n\n## 二、雪梨\n\n雪梨的来源是山里的老树。\n"


def opened(folder, *texts):
    for n, text in enumerate(texts):
        (folder / f"果园{n}.md").write_text(text, encoding="utf-8")
    build_index(sorted(folder.glob("*.md")), folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("credits"), HEAD + BODY)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("这篇文章是谁写的?", ["老周", "来源: 村里的小报"]),
        ("作者是谁", ["老周", "来源: 村里的小报"]),
        ("可以转载吗", ["可以抄，别卖"]),
        ("这个能直接转载到我们公众号吗", ["可以抄，别卖"]),
        ("这个我能直接转到我们公众号吗", ["可以抄，别卖"]),
        ("能直接转这篇文章吗", ["可以抄，别卖"]),
        ("封面图是哪来的", ["封面是小陈拍的"]),
        ("文章的观点能代表村里的立场吗", ["只代表老周自己"]),
        ("作者是谁,有什么经验", ["老周", "种了三十年果树"]),
        ("这个我想转到我们公司公众号，行不行", ["可以抄，别卖"]),
        ("写它的人什么来头", ["种了三十年果树"]),
        ("作者在这一行干了多少年", ["种了三十年果树"]),
        ("作者还做过什么工作", ["种了三十年果树"]),
        ("我能直接把它搬到咱公司公众号吗", ["可以抄，别卖"]),
        ("这份种植手册是谁写的?在哪个网站首发?", ["老周", "来源: 村里的小报"]),
        ("原文首发在什么平台", ["来源: 村里的小报"]),
        ("这份手册的出处是哪里", ["来源: 村里的小报"]),
    ],
)
def test_a_credit_is_told_and_cited_from_where_it_stands(assistant, asked, told):
    answer = assistant.ask(asked)
    assert [c.quote for c in answer.citations] == told
    document = assistant.index.documents["果园0"]
    assert all(document.text[c.start : c.end] == c.quote for c in answer.citations)
    assert [claim.citations for claim in answer.claims] == [(n,) for n in range(1, len(told) + 1)]


@pytest.mark.parametrize("asked", ["作者是谁", "好的，那作者是谁?", "那这本手册是谁写的"])
def test_a_credit_is_asked_for_in_the_middle_of_a_conversation(assistant, asked):
    answer = assistant.ask(asked, [("user", "苹果每亩产多少")])
    assert answer.citations[0].quote == "老周"


@pytest.mark.parametrize("asked", ["雪梨的来源是什么", "苹果由谁写生", "作者的公众号是什么"])
def test_a_question_for_something_else_gets_no_credit(assistant, asked):
    assert not {"老周", "来源: 村里的小报"} & {c.quote for c in assistant.ask(asked).citations}


def test_of_several_documents_none_is_picked_at_random(tmp_path):
    both = opened(tmp_path, HEAD + BODY, HEAD.replace("老周", "小陈") + BODY.replace("苹果", "桃子"))
    assert both.ask("作者是谁").status == "abstained"


def test_a_place_has_one_number_however_often_it_is_cited(assistant):
    (document,) = assistant.index.documents
    citations = Citations(assistant.index)
    text = assistant.index.documents[document].text
    at = text.index("苹果每亩")
    assert [citations.number(document, *span) for span in ((at, at + 2), (0, 3), (at, at + 2))] == [1, 2, 1]
    assert citations.number(document, 4, 6, section=()) == 3
    assert [(c.n, c.quote, c.section[-1:]) for c in citations.all()] == [
        (1, "苹果", ("一、苹果",)),
        (2, "---", assistant.index.passages[0].section[-1:]),
        (3, "ti", ()),
    ]
    further = Citations(assistant.index, citations.all())
    assert [further.number(document, *span) for span in ((0, 3), (6, 9))] == [2, 4]
    assert citations.all()[0].position == assistant.index.passages[assistant.index.passage_at(document, at)].position
