"""What a text tells by its headings, by its order and in the sentence behind: a small invented museum."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 石渡纺织博物馆

## 一、展厅

### （一）织机厅（一层）

织机厅陈列老织机十二台。厅里最大的一台提花机名叫“长庚”，1931年从申城运来。

### （二）丝路厅（三层）

丝路厅讲丝绸外销的故事。柜中有一只铜秤，船主用它称过生丝。

## 二、藏品

馆里的藏品共有3100件，分为织机、绣品、账册、照片四大类。其中绣品最多。

## 三、沿革

### 社办工坊时期（1952年至1970年）

社里办起工坊，只有四张木机。

### 国营纱厂时期（1971年至1999年）

工坊改成纱厂，添了铁机。

## 四、会面临的风险

### （一）火灾带来的风险

库房全是木架，一律不得用明火。

### （二）虫蛀带来的风险

绣品每季度熏蒸一次。

### 小结

两样都要防。

## 五、牌子

### 1. 三个牌子

馆里有三个牌子。“渡口”只做围巾。“长庚”只做被面。“白鹭”卖明信片。

### 2. 牌子的用法

牌子印在包装右下角。

## 六、病虫

绣品怕两样东西：烟甲虫和皮蠹。烟甲虫由粮袋带来，专蛀丝线。皮蠹由毛毡带来，专啃羊毛。

蚕茧和生丝不宜同放。蚕茧会返潮，把生丝闷黄。

## 七、评奖

馆里设三项奖：每月的“巧手奖”，奖金200元；每季的“护机奖”，奖给修机的师傅，奖金600元；每年的“长庚奖”，只给一人，奖金5000元。

## 八、渡船

馆前的两条渡船都还能开。青头渡船是第一条，1987年下水，船主姓林。白尾渡船2004年下水，装了柴油机。

## 九、合作的两家企业

### 1. 云帛：做面料

云帛2009年创办于申城，每年捐布样30匹。

### 2. 织女坊：做教具

织女坊2016年由两名教师创办，每年办课12次。

## 十、丝线

丝线好不好，就看怎么捻。捻得紧的耐磨，捻得松的发亮。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("telling")
    (folder / "博物馆.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "博物馆.md"], folder / "index", Hashing(), "hashing", LEXICON)
    settings = load_settings(threshold=0)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("提花机“长庚”在哪个厅?", "织机厅(一层)】"),  # the sentence does not say it, its heading does
        ("织机厅在几层?", "织机厅(一层)"),
        ("铜秤放在哪个展厅?", "丝路厅(三层)】"),
        ("馆里的藏品分哪几大类?", "织机、绣品、账册、照片四大类"),
        ("博物馆的沿革分成哪几个阶段?", "社办工坊时期|国营纱厂时期"),
        ("手册里提到了哪些风险?", "火灾带来的风险|虫蛀带来的风险"),
        ("馆里有哪几个牌子?", "渡口|长庚|白鹭"),  # behind the sentence that only counts them
        ("烟甲虫和皮蠹有什么不同?", "粮袋|毛毡"),  # not the sentence that has them side by side
        ("丝线好不好看什么?", "耐磨"),
        ("两条渡船分别是哪年下水的?", "1987|2004"),
        ("第一条渡船是哪年下水的?", "1987"),
        ("合作的两家公司分别是哪年创办的?", "2009|2016"),  # the text calls them 企业
    ],
)
def test_the_answer_is_told_where_the_text_has_it(assistant, asked, told):
    said = assistant.ask(asked).text.replace("（", "(").replace("）", ")")
    assert [piece for piece in told.split("|") if piece not in said] == []


def test_what_sums_a_section_up_is_none_of_what_it_lists(assistant):
    assert "小结" not in assistant.ask("手册里提到了哪些风险?").text


def test_the_n_th_is_counted_over_the_pieces_of_one_sentence(assistant):
    answer = assistant.ask("第三个奖金多少?", [("user", "馆里设了哪三项奖?")])
    assert answer.interpreted.startswith("每年的“长庚奖”")
    assert "5000" in answer.text


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("织机厅和丝路厅各在几层", ["织机厅在几层", "丝路厅在几层"]),
        ("蚕茧和生丝为什么不能混放", []),  # it is asked of both together
        ("云帛和织女坊分别哪年创办,每年捐什么", ["云帛哪年创办", "织女坊哪年创办", "云帛每年捐什么"]),
    ],
)
def test_things_of_several_words_are_asked_about_one_by_one(assistant, asked, parts):
    found = assistant.seek(assistant.interpret(asked))[1:]
    assert [part.question.folded for part in found] == parts
