"""What a text lists in order: sections, pieces that count themselves off, and the questions that point at one."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.items import (
    after_colon,
    bulleted,
    counted_off,
    in_series,
    items_under,
    lines_of,
    sections_below,
    short_title,
    steps_of,
)
from hujin_qa.lexicon import load_lexicon
from hujin_qa.listing import listings
from hujin_qa.parts import split_question
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 茶厂手册

前面的话：本手册写给新来的采茶工。

## 一、三个片区

茶厂有三个片区。

### 东坡片区：向阳的老茶园

#### 特点

东坡片区茶树最老，香气最浓。

#### 产量

东坡片区每年产茶40吨。

### 西坡片区：背阴的新茶园

#### 特点

西坡片区茶树年轻，口感清淡。

#### 产量

西坡片区每年产茶25吨。

### 河滩片区：试验的茶园

#### 特点

河滩片区试种新品种。

#### 产量

河滩片区每年产茶6吨。

## 二、制茶流程

第一步，萎凋。鲜叶摊在竹席上十二个小时，室温不能超过25度，每隔两小时翻动一次，叶子发软才算合格。
第二步，揉捻。用揉捻机揉四十分钟，揉到茶汁渗出为止，揉的时候先轻后重，中间要停机解块两次。
第三步，烘干。先用高温烘二十分钟，再用低温烘一个小时，出炉以后摊凉半天，才能装进木箱。

## 三、常见问题

为什么茶叶会发霉？多半是烘干之后没有摊凉就装了箱。

## 四、工具

进园要带以下工具：

- 竹篓，两只
- **剪刀：** 一把
- 草帽，一顶

工具由仓库保管，电话6688。

## 五、评茶

评茶小组由茶师、库管和采茶工组成。茶师说：今年雨多，明年也许好些。
上次会议讨论了三个问题：一是扩建茶园；二是雇人费用；三是修山路。

## 六、规矩

### 第一章 进园

第一条 进园要登记，不得单独进园。
第二条 有下列情形之一的，不得进园：
（一）喝了酒；
（二）感冒发烧。

### 第二章 出园

第三条 出园要交回工具。
第四条 天黑以前必须出园。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("items")
    (folder / "茶厂.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "茶厂.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(threshold=0), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


def asked(assistant, *questions):
    *before, last = questions
    return assistant.ask(last, [("user", text) for text in before])


def section(assistant, heading):
    document = assistant.index.documents["茶厂"]
    return document, next(s for s in document.sections if heading in s.heading)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("（1）看天。晴天才采。\n（2）看叶。\n", ["看天", "看叶"]),
        ("有三处不足：一是路远；二是人少；三是雨多。完。", ["路远", "人少", "雨多"]),
        ("原因有二。第一，路远；第二，人少。", ["路远", "人少"]),
        ("归纳为两条。第一是路远。山里没有车。第二是人少。", ["是路远", "是人少"]),
        ("第一、看天；第二、看叶。", ["看天", "看叶"]),
        ("趋势一：采得少。\n趋势二：卖得贵。\n", ["采得少", "卖得贵"]),
        ("第二步，揉捻。\n第三步，烘干。\n", []),
        ("2.5吨茶，3.5吨水。", []),
    ],
)
def test_pieces_that_count_from_one_are_items(text, names):
    assert [text[after:name] for _, after, name, _ in counted_off(text)] == names


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("要带：\n- 伞\n- 鞋\n  - 胶鞋\n  - 布鞋\n- 水\n走吧。\n", ["伞", "鞋\n  - 胶鞋\n  - 布鞋", "水"]),
        ("• 早班，七点\n• 晚班，三点\n", ["早班，七点", "晚班，三点"]),
        ("●甲组\n\n●乙组\n", ["甲组", "乙组"]),
        ("- 只有一项\n完。\n", []),
        ("**粗体**的字\n**又一行**粗体\n", []),
        ("- 甲\n说明一句。\n- 乙\n", []),
    ],
)
def test_lines_with_bullets_are_items(text, items):
    assert [text[start:end].strip() for start, *_, end in bulleted(text)] == items


def test_the_last_piece_has_as_many_sentences_as_the_others():
    text = "一是加强领导。各单位要有人管。二是严肃纪律。擅离的追责。三是及时报告。半小时内上报。\n完。"
    assert [text[a:d].strip() for a, *_, d in counted_off(text)][-1] == "三是及时报告。半小时内上报。"


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("店里卖三样：面，粥，饼。", ["面", "粥", "饼"]),
        ("会议决定：一是扩容，本周完成；二是延期。", ["扩容", "延期"]),
        ("流程如下：报名，初审，面试。", ["报名", "初审", "面试"]),
        ("师傅说：今天来了两个，明天还来三个。", []),
        ("注意：先关机，再拔线。", []),
        ("联系人：店长周敏，电话6688。", []),
        ("时间：周一到周五，周六上午。", []),
    ],
)
def test_a_colon_leads_to_a_list_only_where_one_is_announced(sentence, items):
    assert after_colon(sentence) == items


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("小组由茶师、库管和采茶工组成。", ["茶师", "库管", "采茶工"]),
        ("特色菜有山药、柿饼和火烧。", ["山药", "柿饼", "火烧"]),
        ("费用包括房租、水电、物业三项。", ["房租", "水电", "物业"]),
        ("茶厂先后历经合作社、国营、改制三个时期。", ["合作社", "国营", "改制"]),
    ],
)
def test_things_in_a_series_without_the_words_around_it(sentence, items):
    assert in_series(sentence) == items


def test_bullets_answer_a_list_without_what_stands_behind_them(assistant):
    assert [c.text for c in asked(assistant, "进园要带哪些工具？").claims] == [
        "竹篓，两只",
        "剪刀： 一把",
        "草帽，一顶",
    ]


def test_a_section_that_is_named_by_its_number_lists_what_is_below_it(assistant):
    assert [c.text for c in asked(assistant, "第一章有哪几条？").claims] == [
        "第一条 进园要登记",
        "第二条 有下列情形之一的",
    ]
    assert "登记" not in asked(assistant, "第一章里不得进园的情形有哪些？").text


def test_an_item_that_is_no_more_than_its_name_can_be_pointed_at(assistant):
    items = lines_of(*section(assistant, "评茶"))
    assert [i.name for i in items] == ["扩建茶园", "雇人费用", "修山路"]
    assert all(i.label < i.end for i in items)


def test_clauses_of_an_article_are_named_by_their_first_words_and_no_list(tmp_path):
    text = (
        "第一条 租金与税费标准\n1.1 甲方每月收租，不得拖延。\n1.2 乙方在月初付租，押金另付。\n第二条 期限\n满九年为止。\n"
        "第三条 修缮\n屋顶由甲方修。\n第四条 争议\n先商量，再打官司。\n"
    )
    (tmp_path / "合同.txt").write_text(text, encoding="utf-8")
    build_index([tmp_path / "合同.txt"], tmp_path / "index", Hashing(), "hashing", LEXICON)
    index = open_index(tmp_path / "index", "hashing", LEXICON)
    document = index.documents["合同"]
    assert [i.name for i in sections_below(document, document.at["1"])] == ["甲方每月收租", "乙方在月初付租"]
    lease = Assistant(load_settings(threshold=0), Hashing(), LEXICON, index)
    sought = lease.seek(lease.interpret("租金和税费有哪些亲戚分"))[0]
    assert not list(listings(sought.question, sought.hits, index))


def test_what_somebody_says_is_no_list(assistant):
    assert "明年也许好些的情况" not in asked(assistant, "茶师说了什么？", "第二个是什么").interpreted


def test_items_are_the_sections_below_or_what_the_text_counts_off(assistant):
    document, areas = section(assistant, "三个片区")
    assert [i.name for i in items_under(document, areas)] == ["东坡片区", "西坡片区", "河滩片区"]
    document, steps = section(assistant, "制茶流程")
    items = lines_of(document, steps)
    assert [i.name for i in items] == ["萎凋", "揉捻", "烘干"]
    assert document.text[items[1].start : items[1].label] == "第二步，揉捻。"
    assert document.text[items[1].start : items[1].end].rstrip().endswith("停机解块两次。")
    assert document.labels == {"特点", "产量"}
    assert short_title("### 甲：乙") == "### 甲"


def test_a_list_is_answered_with_what_names_its_items(assistant):
    assert [c.text for c in asked(assistant, "制茶流程有哪几步？").claims] == [
        "第一步，萎凋。",
        "第二步，揉捻。",
        "第三步，烘干。",
    ]


@pytest.mark.parametrize(
    ("questions", "there", "absent"),
    [
        (("制茶流程有哪几步？", "第二步展开讲讲"), "解块", "萎凋"),
        (("制茶流程有哪几步？", "最后一步呢"), "木箱", "揉捻机"),
        (("茶厂有哪三个片区？", "第二个讲讲"), "西坡", "东坡"),
        (("进园要带哪些工具？", "第二个是什么"), "剪刀", "竹篓"),
        (("进园要带哪些工具？", "最后一个呢"), "草帽", "6688"),
        (("东坡片区的特点是什么？", "产量呢"), "40吨", "25吨"),
        (("东坡片区的产量是多少？", "西坡片区呢"), "25吨", "40吨"),
    ],
)
def test_a_follow_up_stays_with_the_item_or_the_section_that_it_points_at(assistant, questions, there, absent):
    answer = asked(assistant, *questions)
    assert there in answer.text
    assert absent not in answer.text


@pytest.mark.parametrize(
    ("asked_of_it", "name"),
    [("最后一个是什么", "河滩片区"), ("第二个是啥", "西坡片区"), ("倒数第二个是什么?", "西坡片区")],
)
def test_what_an_item_is_is_told_by_its_name_and_first_sentence(assistant, asked_of_it, name):
    first, *said = asked(assistant, "茶厂有哪三个片区？", asked_of_it).claims
    assert first.text.startswith(name)
    assert [claim.text[:4] for claim in said] == [name]


def test_the_n_th_of_a_list_is_found_without_a_conversation(assistant):
    assert "西坡片区" in asked(assistant, "第二个片区是什么？").text


@pytest.mark.parametrize(
    "text",
    ["三个片区的产量各是多少？", "三大片区每年的产量分别是多少", "各片区的产量是多少", "每个片区产量多少"],
)
def test_the_same_is_asked_of_each_thing_that_is_counted(assistant, text):
    assert len(split_question(assistant.interpret(text), assistant.index, LEXICON)) == 3
    told = asked(assistant, text).text
    assert all(figure in told for figure in ("40吨", "25吨", "6吨"))


@pytest.mark.parametrize("text", ["各工具的产量是多少", "每个茶师的产量是多少"])
def test_of_what_the_text_does_not_list_nothing_is_asked_of_each(assistant, text):
    assert split_question(assistant.interpret(text), assistant.index, LEXICON) == ()


@pytest.mark.parametrize("text", ["西坡片区属于哪个片区", "新茶园归属于什么片区", "背阴的新茶园在哪个片区里"])
def test_what_a_thing_belongs_to_is_told_once_by_the_heading_right_below_the_sort(assistant, text):
    (claim,) = asked(assistant, text).claims
    assert claim.text.startswith("【西坡片区：背阴的新茶园】")


def test_two_sides_are_compared_under_one_label(assistant):
    text = asked(assistant, "东坡片区和西坡片区有什么区别？").text
    assert "香气最浓" in text
    assert "口感清淡" in text
    assert "吨" not in text


def test_a_question_in_the_text_brings_its_answer(assistant):
    assert "摊凉" in asked(assistant, "为什么茶叶会发霉？").text


def test_a_beginning_is_summed_up_from_the_beginning(assistant):
    assert "采茶工" in asked(assistant, "开头那段说了什么？").text


def test_steps_in_a_sentence_are_told_by_first_and_then():
    assert steps_of("它离县城很远。") == []
    assert steps_of("要先停机，再断电，最后上锁。") == ["停机", "断电", "上锁"]


def test_english_words_that_the_text_lacks_are_read_in_chinese(assistant):
    assert assistant.interpret("东坡片区 price 多少").folded == "东坡片区价格多少"
    assert "iso" in assistant.interpret("iso 认证 price").folded


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("人的角色要变成什么？", "fact"),
        ("老茶园又被称为什么？", "fact"),
        ("这家厂靠谱不靠谱", "polar"),
        ("老茶园是哪类企业？", "define"),
        ("五个片区再给我说一遍", "list"),
        ("第二步展开讲讲", "summary"),
        ("年终总结几号之前交？", "fact"),
        ("公司说什么时候发奖金", "fact"),
        ("茶园怎么扩大体量", "how"),
        ("这家厂在哪些地方展开业务", "list"),
        ("厂长不同意吗？", "polar"),
        ("管理办法由谁制定？", "fact"),
        ("厂长把减产归到哪儿了", "fact"),
        ("雨前茶归属于哪一类", "member"),
        ("那三个片区叫啥来着", "list"),
    ],
)
def test_everyday_wording_tells_the_kind(assistant, text, kind):
    assert assistant.interpret(text).kind == kind
