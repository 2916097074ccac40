"""What a question is made of, what a follow-up means, and what a sentence brings along, on a small text."""

from dataclasses import replace

import numpy as np
import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.citations import announced, cite, spans_of
from hujin_qa.crossencoder import Verdict, open_cross_encoder
from hujin_qa.digest import digest
from hujin_qa.evidence import matched, weigh
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.meaning import Meanings, is_noun
from hujin_qa.parts import split_question
from hujin_qa.question import understand
from hujin_qa.reader import choose
from hujin_qa.reader import read as weigh_up
from hujin_qa.rereading import looked_into, reread
from hujin_qa.sections import Span
from hujin_qa.selection import read_on
from hujin_qa.settings import load_settings
from hujin_qa.text import fold
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 果园手册

## 一、苹果

苹果每亩产量为3000斤。由老周负责。苹果2023年产值为20万元。

## 二、雪梨

雪梨每亩产量为2500斤。由小陈负责。雪梨2023年产值为15万元。

## 三、采收

采收分三步：先看颜色，再测糖度，最后装箱。装箱需要下列材料：

(1)纸箱；(2)网套；(3)标签。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading")
    (folder / "果园.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "果园.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(threshold=0), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def read(assistant, text):
    return understand(text, assistant.index, assistant.lexicon)


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("苹果和雪梨的产量各是多少", ("苹果的产量是多少", "雪梨的产量是多少")),
        ("苹果产量多少,由谁负责", ("苹果产量多少", "苹果 由谁负责")),
        ("苹果产量是多少", ()),
        ("苹果2023年的产值是多少?主管又是谁", ("苹果2023年的产值是多少", "苹果 主管又是谁")),
        ("管苹果的那个人叫什么?住在哪里", ("管苹果的那个人叫什么", "管苹果的人 住在哪里")),
        ("不打算再种了,苹果树几年能退?由谁收", ("不打算再种了,苹果树几年能退", "不打算再种了 由谁收")),
        ("苹果亩产多少?雨水多,几月采", ("苹果亩产多少", "雨水多,几月采")),
        ("苹果跟雪梨差在哪", ("苹果的特点", "雪梨的特点")),
        ("苹果 vs 雪梨 有啥不一样", ("苹果的特点", "雪梨的特点")),
        ("苹果和雪梨的产量比,谁高谁低", ("苹果的产量是多少", "雪梨的产量是多少")),
        ("雪梨和苹果谁的产量更高?", ("雪梨的产量是多少", "苹果的产量是多少")),
        ("论产量,苹果和雪梨哪个更高?", ("苹果的产量是多少", "雪梨的产量是多少")),
        ("说清楚:苹果的面积、价格,以及由谁负责", ("苹果的面积", "苹果 价格", "苹果 由谁负责")),
        ("苹果、雪梨的产量,哪个高?各多少?", ("苹果的产量是多少", "雪梨的产量是多少")),
        ("苹果和雪梨,谁涨得快?各是多少?", ("苹果的增速是多少", "雪梨的增速是多少")),
        ("苹果和雪梨在产量上有什么不一样?", ("苹果的产量", "雪梨的产量")),
        ("那个啥,苹果的产量,不算次果的,多少来着", ()),
        ("苹果今年产量多少?雪梨同一年呢", ("苹果今年产量多少", "雪梨今年产量多少")),
        ("苹果亩产多少,单价呢", ("苹果亩产多少", "苹果 单价多少")),
        ("雪梨去年产量多少,苹果又产多少", ("雪梨去年产量多少", "苹果又产多少")),
        ("刚开张时苹果卖多少钱,后来卖多少钱", ("刚开张时苹果卖多少钱", "苹果 后来卖多少钱")),
        ("头一任主管是谁?后来的主管又是谁", ("头一任主管是谁", "后来的主管又是谁")),
        ("苹果和雪梨2023年各卖了多少", ("苹果2023年卖了多少", "雪梨2023年卖了多少")),
        ("苹果2022年和2023年的产值分别是多少", ("苹果2022年的产值是多少", "苹果2023年的产值是多少")),
        ("苹果跟雪梨比,哪个产量低?各是多少", ("苹果的产量是多少", "雪梨的产量是多少")),
        ("新搭的棚子和旧的那间棚子各花了多少钱", ("新搭的棚子花了多少钱", "旧的那间棚子花了多少钱")),
        ("老的果园和邻村的树苗各有多少", ("老的果园有多少", "邻村的树苗有多少")),
        ("老果园和新果园的树苗各有多少", ("老果园的树苗有多少", "新果园的树苗有多少")),
        ("老果园和新果园里没嫁接的树各有多少", ("老果园里没嫁接的树有多少", "新果园里没嫁接的树有多少")),
        ("结果最早和最晚的树各是哪种", ()),
        ("新搭的棚子和旧的那间在各地卖多少", ()),
        ("新搭的棚子和旧的那间,哪个更早", ("新搭的棚子是什么时候", "旧的那间是什么时候")),
        ("苹果的面积、价格", ()),
        ("雪梨产值多少?", ()),
    ],
)
def test_a_question_of_several_things_is_taken_apart(assistant, asked, parts):
    assert split_question(read(assistant, asked), assistant.index, assistant.lexicon) == parts


def test_a_question_of_parts_is_sought_by_the_mean_of_theirs(assistant):
    whole, *parts = assistant.seek(read(assistant, "苹果和雪梨的产量各是多少"))
    mean = np.mean([part.vector for part in parts], axis=0)
    assert len(parts) == 2
    assert np.allclose(whole.vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_both_sides_of_a_comparison_are_answered(assistant):
    text = assistant.ask("苹果和雪梨的产量各是多少?").text
    assert "3000斤" in text
    assert "2500斤" in text


@pytest.mark.parametrize(
    ("before", "asked", "holds"),
    [
        ("苹果的产量是多少?", "雪梨呢", "雪梨"),
        ("苹果2023年产值多少?", "5年前才多少", "2018"),
        ("采收分哪三步?", "回到刚才说的苹果,谁负责", "苹果，谁负责"),
        ("苹果的产量是多少?", "这块谁负责", "苹果，谁负责"),
        ("苹果2023年产值多少?", "前一年呢", "2022"),
        ("采收分哪三步?", "第二步是什么", "糖度"),
        ("苹果的产量是多少?", "谁负责", "苹果"),
    ],
)
def test_a_follow_up_is_completed_from_the_turn_before(assistant, before, asked, holds):
    assert holds in assistant.ask(asked, [("user", before)]).interpreted


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("一句话说说苹果的产值怎么算", "how"),
        ("一句话概括苹果", "summary"),
        ("把采收那部分捋一遍", "summary"),
        ("怎么跟老周打交道比较好", "how"),
        ("苹果和雪梨比较一下", "compare"),
        ("苹果的产值怎么一直往下掉", "why"),
        ("苹果今年怎么卖得少了", "why"),
        ("苹果树怎么没结果", "why"),
        ("苹果款怎么还", "how"),
        ("苹果的问题怎么处理了", "how"),
        ("产量是怎么提上来的", "how"),
    ],
)
def test_the_kind_is_that_of_what_is_asked(assistant, asked, kind):
    assert read(assistant, asked).kind == kind


def test_what_a_thing_is_called_beside_its_name_is_no_word_of_the_text(assistant):
    assert read(assistant, "概括下苹果这个品种").folded == "概括下苹果这个品种"
    assert read(assistant, "概括下苹果这个产品").folded == "概括下苹果"
    assert read(assistant, "概括下这个产品").folded == "概括下这个产品"


def test_words_of_taiwan_that_the_text_lacks_are_read_as_those_of_the_mainland(assistant):
    assert read(assistant, "蘋果的軟體").folded == "苹果的软件"
    assert read(assistant, "蘋果的產量").folded == "苹果的产量"


def test_a_name_that_the_text_quotes_is_one_word(tmp_path):
    (tmp_path / "贷款.md").write_text("“早市贷”给摊主,月息1.2%。\n\n“塘埂贷”给养殖户,月息1%。\n", encoding="utf-8")
    build_index([tmp_path / "贷款.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    question = understand("早市贷和塘埂贷的月息各是多少", index, LEXICON)
    assert [w.text for w in question.words][:2] == ["早市贷", "塘埂贷"]
    assert split_question(question, index, LEXICON) == ("早市贷的月息是多少", "塘埂贷的月息是多少")


def kiln(tmp_path, text):
    """An assistant of one small text that answers by its words alone, whatever its confidence."""
    (tmp_path / "窑厂.md").write_text(text, encoding="utf-8")
    build_index([tmp_path / "窑厂.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    return Assistant(load_settings(threshold=0, reread=False), Hashing(), LEXICON, index)


def test_the_sentence_behind_is_read_on_to_for_a_reason_and_for_what_was_done(tmp_path):
    text = "# 窑厂\n\n厂里不收学徒。去年走的人带走了图样。\n\n## 窑车\n\n窑车常脱轨。为此换了导轨。导轨每月检修。\n"
    small = kiln(tmp_path, text)
    index = small.index
    sought, *_ = small.seek(small.interpret("窑车脱轨了怎么办"))
    best, *rest = weigh(sought.question, sought.vector, sought.hits, index)
    assert best.folded == "窑车常脱轨。"
    assert [e.folded for e in read_on(sought.question, [best], rest)] == ["窑车常脱轨。", "为此换了导轨。"]
    sought, *_ = small.seek(small.interpret("厂里为什么不收学徒"))
    best, *rest = weigh(sought.question, sought.vector, sought.hits, index)
    assert [e.folded for e in read_on(sought.question, [best], rest)] == ["厂里不收学徒。", "去年走的人带走了图样。"]


def test_a_question_why_is_told_the_reason_that_stands_next_to_what_happened(tmp_path):
    text = "# 窑厂\n\n## 产量\n\n去年出窑三千件，今年只出两千件。去年的学徒今年都留下了。减产的主要原因是窑砖开裂。窑砖每块两元。\n"
    small = kiln(tmp_path, text)
    index = small.index
    sought, *_ = small.seek(small.interpret("今年出窑的怎么少了"))
    best, apprentices, cause, bricks = (
        next(e for e in weigh(sought.question, sought.vector, sought.hits, index) if e.folded.startswith(begins))
        for begins in ("去年出窑", "去年的学徒", "减产", "窑砖每块")
    )
    evidence = [best._replace(score=3.0), apprentices._replace(score=1.0), bricks._replace(score=0.5)]
    told = read_on(sought.question, evidence[:1], [*evidence, cause._replace(score=-5.0)])
    assert [e.row for e in told] == [best.row, cause.row]
    far = read_on(sought.question, evidence[:1], [*evidence, cause._replace(score=-7.0)])
    assert cause.row not in [e.row for e in far]


def test_parts_with_one_sentence_that_has_a_single_value_are_told_another(tmp_path):
    small = kiln(
        tmp_path, "# 窑厂\n\n大窑2010年停烧。\n\n## 小窑\n\n窑工凑钱，2019年又点了火。\n\n## 狗\n\n厂里养狗。\n"
    )
    sought, *parts = small.seek(small.interpret("大窑哪年停烧的?小窑哪年点火的"))
    found = weigh(sought.question, sought.vector, sought.hits, small.index)
    stopped, lit = (next(e for e in found if year in e.folded) for year in ("2010", "2019"))

    def told(best, behind):
        evidence = [best._replace(score=5.0), lit._replace(score=5.0 - behind)]
        return [e.row for e in choose(sought, evidence, [(part.question, evidence) for part in parts], small.index)[1]]

    assert len(parts) == 2
    assert told(stopped, 4.0) == [stopped.row, lit.row]
    assert told(stopped, 6.0) == [stopped.row]
    assert told(stopped._replace(folded="大窑2010年停烧,2011年再点火。"), 4.0) == [stopped.row]


def test_then_and_now_are_answered_by_what_tells_the_change(tmp_path):
    told = "客服逐步告别电话接听,进入智能应答的新阶段。"
    text = f"# 客服\n\n客服全天接听电话。{told}\n"
    (tmp_path / "客服.md").write_text(text, encoding="utf-8")
    build_index([tmp_path / "客服.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    small = Assistant(load_settings(threshold=0, reread=False), Hashing(), LEXICON, index)
    assert [c.quote for c in small.ask("客服以前靠电话,现在呢?").citations] == [told]
    assert len(small.ask("客服靠电话接听吗?").citations) == 2


@pytest.mark.parametrize("asked", ["换个话题,雪梨由谁负责", "雪梨2023年的产值是多少"])
def test_a_question_that_stands_alone_is_left_alone(assistant, asked):
    assert "苹果" not in assistant.ask(asked, [("user", "苹果的产量是多少?")]).interpreted


def test_a_colon_brings_what_it_announces(assistant):
    sought, *_ = assistant.seek(read(assistant, "装箱需要什么材料"))
    sentence = next(
        e for e in weigh(sought.question, sought.vector, sought.hits, assistant.index) if e.folded.endswith("材料:")
    )
    document = assistant.index.documents["果园"]
    said = "".join(document.text[s.start : s.end] for s in announced(sentence, sought.question, assistant.index))
    assert all(item in said for item in ("纸箱", "网套", "标签"))


def test_what_counts_on_or_is_parted_by_semicolons_is_told_to_its_end(tmp_path):
    (tmp_path / "茶厂.md").write_text(
        "# 茶厂小记\n\n## 一、停产\n\n停产的原因有三条。第一,雨水太多。进山的路断了。第二,锅炉坏了。第三,买家毁约。\n\n"
        "## 二、茶工\n\n采茶工的规矩有许多,老茶工都知道,下雨的日子不上山,听见打雷就要下山,不许在树下躲雨;茶棚里不许带伞,"
        "湿的衣服和鞋子一律挂在棚外的竹竿上,违者罚扫棚三天;收工以前到棚口过秤。谷雨开工。\n",
        encoding="utf-8",
    )
    build_index([tmp_path / "茶厂.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    small = Assistant(load_settings(threshold=0, reread=False), Hashing(), LEXICON, index)

    def behind(asked, start):
        sought, *_ = small.seek(small.interpret(asked))
        every = weigh(sought.question, sought.vector, sought.hits, index)
        first = next(e for e in every if e.folded.startswith(start))
        text = index.documents["茶厂"].text
        return [text[s.start : s.end] for s in announced(first, sought.question, index)]

    assert behind("停产有哪些原因", "停产的原因")[-1] == "第三,买家毁约。"
    assert behind("停产在哪年", "停产的原因") == []
    assert behind("采茶工有哪些规矩", "采茶工")[-1] == "收工以前到棚口过秤。"
    assert behind("采茶工的规矩是谁定的", "采茶工") == []


def test_a_digest_stays_in_its_section_and_keeps_to_the_number_of_sentences(assistant):
    asked = read(assistant, "两句话总结苹果这一节")
    spans = digest(asked, assistant.seek(asked)[0].hits, assistant.index)
    said = [assistant.index.documents[s.document].text[s.start : s.end] for s in spans]
    assert len(said) == 2
    assert not any("雪梨" in sentence for sentence in said)


def test_a_question_without_any_word_of_the_text_is_refused(assistant):
    answer = assistant.ask("😀😀")
    assert (answer.status, answer.reason, answer.citations) == ("abstained", "no_match", ())


def test_words_of_near_meaning_are_found_and_others_are_not():
    near = Meanings.of(["薪酬", "苹果", "增长"]).near("工资")
    assert set(near) == {"薪酬"}
    assert 0 < near["薪酬"] < 1
    assert Meanings.of([]).near("工资") == {}


def test_nouns_are_told_from_other_words():
    assert is_noun("总部")
    assert is_noun("微粒贷")  # a name that no table has
    assert not is_noun("增长")


def test_the_section_of_the_turn_before_comes_along(assistant):
    asked = replace(read(assistant, "产值多少"), around=frozenset({("果园", "2")}))
    assert any(h.passage.position == "2" for h in assistant.seek(asked)[0].hits)


LABELLED = """# 果园手册

## 一、苹果

苹果树在东坡。

### 产量

苹果每亩产量为3000斤。

### 价格

苹果每斤卖8元。

## 二、雪梨

雪梨树在西坡。

### 产量

雪梨每亩产量为2500斤。

### 价格

雪梨每斤卖6元。

## 三、果树的种类

### 早熟

六月采收。

### 晚熟

十月采收。

### 中熟

八月采收。
"""


def test_headings_are_a_list_only_of_things_and_only_where_things_are_asked_for(tmp_path):
    (tmp_path / "果园.md").write_text(LABELLED, encoding="utf-8")
    build_index([tmp_path / "果园.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    assistant = Assistant(load_settings(threshold=0), Hashing(), LEXICON, index)

    def texts(asked):
        return [c.text for c in assistant.ask(asked).claims]

    assert texts("果树的种类有哪些?") == ["早熟", "晚熟", "中熟"]
    assert "早熟" not in texts("果树的种类分三大类是哪几年?")
    assert "早熟" not in texts("除了三大果树种类,还有哪些?")
    assert "产量" not in texts("苹果有哪些?")


def test_a_section_with_a_list_of_its_own_is_not_answered_with_the_headings_below(tmp_path):
    text = (
        "# 制度\n\n## 报销\n\n报销须备齐以下材料:\n- 发票\n- 行程单\n\n### 时限\n\n三十天。\n\n### 额度\n\n二千元。\n"
    )
    (tmp_path / "制度.md").write_text(text, encoding="utf-8")
    build_index([tmp_path / "制度.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    assistant = Assistant(
        load_settings(threshold=0, reread=False),
        Hashing(),
        LEXICON,
        open_index(tmp_path / "index", "hashing", LEXICON),
    )
    for asked in ("报销需要哪些材料?", "报销须备齐什么?"):
        said = assistant.ask(asked).text
        assert all(item in said for item in ("发票", "行程单"))
        assert "时限" not in said


@pytest.mark.parametrize(
    ("asked", "sentence", "holds"),
    [
        ("试用期多久?", "试用期为六个月。", True),
        ("合同签几年?", "合同签三年。", True),
        ("押金多少钱?", "押金五元。", True),
        ("押金多少钱?", "押金在办卡时交。", False),
    ],
)
def test_a_value_is_seen_in_chinese_numerals_too(assistant, asked, sentence, holds):
    assert read(assistant, asked).holds_value(fold(sentence)) is holds


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ("费用由谁审核?", "person"),
        ("罚款交到哪里?", "place"),
        ("罚款能报销吗?", None),
        ("费用是多少?", "money"),
        ("活动时间有多长?", "time"),
        ("试用期多长?", "time"),
        ("一期管廊多长?", "number"),
    ],
)
def test_the_word_that_asks_tells_the_value_and_not_its_noun(assistant, asked, value):
    assert read(assistant, asked).value == value


def test_a_great_something_is_something_and_the_future_no_word_of_the_text(assistant):
    assert [w.text for w in read(assistant, "未来苹果有哪三个大产值").words] == ["苹果", "产值"]


def test_a_letter_within_a_figure_is_read_as_one(assistant):
    assert read(assistant, "2o13年涨了l5%吗?").folded.startswith("2013年涨了15%")


TABLE = """# 差旅

## 住宿

| 职级 | 一线 | 其他 |
|---|---|---|
| 经理 | 600元 | 450元 |
| 员工 | 400元 | 300元 |

## 报销

报销材料:
1)提交时间:出差后十天内。
2)提交材料如下:
- 发票
- 行程单
3)审批:由部门经理签字。
"""


def test_a_row_has_its_head_and_a_colon_only_its_own_list(tmp_path):
    (tmp_path / "差旅.md").write_text(TABLE, encoding="utf-8")
    build_index([tmp_path / "差旅.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    opened = open_index(tmp_path / "index", "hashing", LEXICON)
    assistant = Assistant(load_settings(threshold=0, reread=False), Hashing(), LEXICON, opened)
    sought, *_ = assistant.seek(read(assistant, "经理住宿多少钱?"))
    evidence = weigh(sought.question, sought.vector, sought.hits, opened)

    def told(begins):
        sentence = next(e for e in evidence if e.folded.startswith(begins))
        spans = spans_of([sentence], sought.question, opened)
        return [opened.documents["差旅"].text[s.start : s.end] for s in spans]

    assert told("| 经理") == ["| 职级 | 一线 | 其他 |", "| 经理 | 600元 | 450元 |"]
    assert told("2)") == ["2)提交材料如下:", "发票", "行程单"]


@pytest.mark.parametrize(
    ("asked", "years"), [("1800元的罚款怎么交?", set()), ("2000万能做什么?", set()), ("2019年呢?", {"2019"})]
)
def test_an_amount_is_no_year(assistant, asked, years):
    assert read(assistant, asked).years == years


def test_no_filler_is_cut_out_of_a_doubled_word(assistant):
    asked = assistant.interpret("三句话说说全文")
    assert (asked.kind, asked.sentences) == ("summary", 3)
    assert assistant.interpret("话说苹果由谁负责?").folded == "苹果由谁负责"


def test_a_count_and_a_measure_are_no_name(assistant):
    asked = assistant.interpret("哪三个步骤?")
    assert (asked.kind, asked.count) == ("list", 3)
    assert assistant.interpret("第三个是什么").ordinal == 3


def test_words_that_are_only_near_those_of_the_text_count_less(assistant):
    asked = assistant.interpret("收成多少?")
    assert not any(w.known for w in asked.words)
    sought, *parts = assistant.seek(asked)
    weighed = weigh_up(sought, parts, assistant.index).confidence
    once = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"reread": False}))
    assert once.ask("收成多少?").confidence == round(weighed**2, 3)
    known = assistant.interpret("雪梨亩产多少?")
    sought, *parts = assistant.seek(known)
    assert once.ask("雪梨亩产多少?").confidence == round(weigh_up(sought, parts, assistant.index).confidence, 3)
    twice = weigh_up(sought, parts, assistant.index, open_cross_encoder)
    assert assistant.ask("雪梨亩产多少?").confidence == round(twice.confidence, 3)


def test_everyday_words_stand_for_each_other_less_surely_than_a_words_own_names(assistant):
    (bus,) = [w for w in assistant.interpret("乘客怎么买票?").words if w.text == "乘客"]
    assert {"旅客", "乘客"} <= set(bus.others)
    assert bus.same == {"乘客"}
    assert 0 < bus.others["旅客"] < bus.others["乘客"] == 1
    assert list(bus.others.values()) == sorted(bus.others.values(), reverse=True)
    (people,) = [w for w in assistant.interpret("作业人员几点上班?").words if "人员" in w.text]
    assert all(len(other) > 1 for other in people.others)  # 人 is said everywhere


def test_the_best_sentence_of_a_part_is_looked_into_for_that_part(assistant, monkeypatch):
    asked = []

    def spied(question, *rest):
        asked.append(question.folded)
        return looked_into(question, *rest)

    monkeypatch.setattr("hujin_qa.reader.looked_into", spied)
    assistant.ask("苹果和雪梨的产量各是多少")
    assistant.ask("苹果的产量是多少")
    assert asked[0] in ("苹果的产量是多少", "雪梨的产量是多少")
    assert asked[1] == "苹果的产量是多少"


class Counting:
    """A cross-encoder that holds nothing for right and knows how much it was asked about."""

    def __init__(self):
        self.asked = []

    def judge(self, question, windows):
        self.asked.append((question, len(windows)))
        return [Verdict(0.0, 0.0, []) for _ in windows]

    def offsets(self, text):
        return []

    def read(self, window):
        return window


def test_sentences_are_read_when_the_index_is_built(assistant, monkeypatch):
    monkeypatch.setattr(open_cross_encoder(), "read", None)
    assert assistant.ask("雪梨由谁负责?").status == "answered"


def test_without_states_in_the_index_sentences_are_read_as_they_are_asked_for(assistant):
    bare = Assistant(assistant.settings, assistant.encoder, LEXICON, replace(assistant.index, states=None))
    assert bare.ask("雪梨由谁负责?").claims == assistant.ask("雪梨由谁负责?").claims
    assert bare.ask("雪梨由谁负责?").confidence == assistant.ask("雪梨由谁负责?").confidence


@pytest.mark.parametrize(("kept", "most"), [(True, 8), (False, 4)])
def test_fewer_are_read_where_the_index_holds_no_states(assistant, kept, most):
    index = assistant.index if kept else replace(assistant.index, states=None)
    sought, *_ = assistant.seek(assistant.interpret("雪梨由谁负责?"))
    level = [e._replace(score=0.0) for e in weigh(sought.question, sought.vector, sought.hits, index)] * 2
    reader = Counting()
    reread(sought.question, level, index, reader)
    assert len(level) > 8
    assert reader.asked == [(sought.question.folded, most)]


def test_only_what_is_near_the_best_is_read_again(assistant):
    sought, *_ = assistant.seek(assistant.interpret("雪梨由谁负责?"))
    found = weigh(sought.question, sought.vector, sought.hits, assistant.index)
    apart = [e._replace(score=-10.0 * n) for n, e in enumerate(found)]
    reader = Counting()
    read_again = reread(sought.question, apart, assistant.index, reader)
    assert reader.asked == [(sought.question.folded, 1)]
    assert len(read_again) == len(found)


def test_a_question_is_held_against_its_answer_and_what_it_adds_is_doubted(assistant):
    def signals(text):
        sought, *_ = assistant.seek(assistant.interpret(text))
        best = weigh(sought.question, sought.vector, sought.hits, assistant.index)[0]
        return looked_into(sought.question, best, assistant.index, open_cross_encoder())

    told, untold = signals("苹果由谁负责?"), signals("苹果的股东由谁负责?")
    assert told["stated"] > untold["stated"]
    assert told["doubted"] < untold["doubted"]
    assert signals("怎么走?")["doubted"] < told["doubted"]


@pytest.mark.parametrize(
    ("asked", "structure"), [("装箱需要哪些材料?", True), ("采收的第二步是什么?", True), ("苹果由谁负责?", False)]
)
def test_an_answer_that_the_outline_gives_is_told_from_one_of_sentences(assistant, asked, structure):
    sought, *parts = assistant.seek(assistant.interpret(asked))
    reading = weigh_up(sought, parts, assistant.index)
    assert (reading.signals["structure"] > 0) == structure


@pytest.mark.parametrize(("asked", "again"), [("苹果由谁负责?", True), ("这份手册讲了什么?", False)])
def test_all_but_a_summary_is_read_again(assistant, asked, again):
    sought, *parts = assistant.seek(assistant.interpret(asked))
    reader = Counting()
    weigh_up(sought, parts, assistant.index, lambda: reader)
    assert bool(reader.asked) == again


def test_unknown_words_are_answered_only_if_one_is_a_noun_and_was_read_again(assistant):
    asked = assistant.interpret("怎么走?")
    assert [(w.known, w.noun) for w in asked.words] == [(False, False)]
    assert assistant.ask("怎么走?").status == "abstained"
    once = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"reread": False}))
    assert once.ask("董事长是谁?").status == "abstained"


def test_a_word_counts_as_much_as_its_best_spelling_that_is_there(assistant):
    (word,) = [w for w in assistant.interpret("雪梨产量多少?").words if w.text == "产量"]
    word = replace(word, others={"产量": 1.0, "收成": 0.7, "产值": 0.4})
    assert matched([word], "产值和收成") == {"产量": 0.7}
    assert matched([word], "收成,也叫产量") == {"产量": 1.0}
    assert matched([word], "由小陈负责") == {}


def test_a_search_leaves_out_what_it_is_told_to(assistant):
    first, *rest = assistant.search("雪梨的产量", 4)
    assert [hit.passage.id for hit in assistant.search("雪梨的产量", 4, {first.passage.id})] == [
        h.passage.id for h in rest
    ]


def test_the_best_spelling_of_a_word_comes_first(assistant):
    words = assistant.interpret("苹果和雪梨的收成、工资、价格各是多少?").words
    assert all(list(w.others.values()) == sorted(w.others.values(), reverse=True) for w in words)
    assert all(0 < degree <= 1 for w in words for degree in w.others.values())


def test_of_sentences_that_answer_alike_one_that_says_less_is_left_out(assistant):
    sought, *_ = assistant.seek(read(assistant, "雪梨每亩产量为多少斤"))
    found = weigh(sought.question, sought.vector, sought.hits, assistant.index)
    said = ("雪梨每亩产量为2500斤", "苹果每亩产量为3000斤")
    alike = [e._replace(score=1.0) for e in found if e.folded.startswith(said)]
    alike.sort(key=lambda e: e.folded.startswith(said[1]))
    assert len(alike) == 2
    spans, chosen = choose(sought, alike, [], assistant.index)
    assert [e.folded for e in chosen] == ["雪梨每亩产量为2500斤。"]
    assert len(spans) == 1


def test_neighbours_under_one_heading_show_it_once(assistant):
    document = next(iter(assistant.index.documents.values()))
    apples, pears = (s for s in document.sections if s.heading.endswith(("苹果", "雪梨")))

    def under(heading, *sentences):
        starts = [document.text.index(sentence) for sentence in sentences]
        return [Span(document.id, at, at + len(s), heading) for at, s in zip(starts, sentences, strict=True)]

    told = [*under(apples, "苹果每亩产量为3000斤。", "由老周负责。"), *under(pears, "由小陈负责。")]
    assert texts(told, assistant) == ["【苹果】苹果每亩产量为3000斤。", "由老周负责。", "【雪梨】由小陈负责。"]
    told[2:] = under(None, "由小陈负责。")  # which would seem to speak of apples
    assert texts(told, assistant) == ["【苹果】苹果每亩产量为3000斤。", "【苹果】由老周负责。", "由小陈负责。"]
    told[2:] = under(None, "苹果每亩产量为3000斤。")  # which does
    assert texts(told, assistant)[1] == "由老周负责。"


def texts(spans, assistant):
    return [claim.text for claim in cite(spans, assistant.index)[0]]


LEDGER = """# 船厂年鉴

## 一、船厂概况

船厂先后历经修船(1950-1970)、造渔船(1971-1990)、造货轮(1991-今)三大阶段,形成了多种车间：

### 1、主要车间

#### 木工车间

木工车间有30人。

#### 铆焊车间

铆焊车间有80人。

### 2、仓库

仓库由老何看管。

## 二、安全

车间要守三条制度，仓库要守《防火条例》《用电条例》等规章。
"""


def test_headings_behind_a_colon_are_left_out_where_the_list_before_it_is_asked_for(tmp_path):
    (tmp_path / "船厂.md").write_text(LEDGER, encoding="utf-8")
    build_index([tmp_path / "船厂.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    assistant = Assistant(
        load_settings(threshold=0, reread=False), Hashing(), LEXICON, open_index(tmp_path / "index", "hashing", LEXICON)
    )
    told = [c.quote for c in assistant.ask("船厂经历了哪三个阶段").citations]
    assert any("造渔船" in quote for quote in told)
    assert "2、仓库" not in told
    asked = assistant.ask("船厂概况的仓库,经历了哪些形成")  # one of the headings is named
    assert "1、主要车间" not in [c.quote for c in asked.citations]
    history = [("user", "船厂经历了哪三个阶段")]
    assert assistant.interpret("第二个阶段是哪几年", history).folded.startswith("造渔船")
    assert assistant.interpret("仓库那一节的要点是什么").kind == "summary"
    assert assistant.interpret("那两个车间叫什么").kind == "list"
    answer = assistant.ask("美国的船厂有哪些车间")
    assert (answer.status, answer.text[:10]) == ("abstained", "文中没有提到“美国”")
    assert assistant.ask("去美国的船是哪个车间造的").text[:10] != "文中没有提到“美国”"


DISTRICTS = """# 青溪乡志

## 一、三个片区

### 1、东片区

东片区的村有石桥村、柳林村。

### 2、西片区

西片区的村有梅坞村、竹园村。

### 3、北片区

北片区的村有高岭村、井台村。

## 二、物产

全乡产茶和蜂蜜。
"""


def test_what_each_of_several_things_has_is_told_and_not_only_their_names(tmp_path):
    (tmp_path / "乡志.md").write_text(DISTRICTS, encoding="utf-8")
    build_index([tmp_path / "乡志.md"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    assistant = Assistant(
        load_settings(threshold=0, reread=False), Hashing(), LEXICON, open_index(tmp_path / "index", "hashing", LEXICON)
    )
    said = assistant.ask("三个片区各有哪些村?").text
    assert all(village in said for village in ("石桥村", "梅坞村", "高岭村"))
    assert "石桥村" not in assistant.ask("三个片区是哪三个?").text
    history = [("user", "全乡产什么")]
    assert assistant.interpret("三个片区各有哪些村?", history).folded == "三个片区各有哪些村"
