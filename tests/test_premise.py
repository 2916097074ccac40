"""Questions for an n-th of something that has fewer."""

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.premise import contradiction
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = """# 球队手册

## 一、分组

俱乐部有四种会员：金卡、银卡、铜卡和普通会员。会费上涨的原因有两个：一是场地涨价，二是教练加薪。冰刀要磨两次。

去年买下一条船。今年联系第三家制衣厂，要两个月交货。

### 1、甲组

甲组在第一梯队，每周训练5次。

### 2、乙组

乙组在第二梯队，每周训练3次。

## 二、建议

1. 多喝水

2. 早睡觉

3. 常拉伸

## 三、热身

第一步慢跑，五分钟。

第二步压腿，左右各十次。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("premise")
    (folder / "球队.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "球队.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(threshold=0), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("第五种会员是什么?", "文中说的是“四种会员”,没有第五种。"),
        ("会员的第六种叫什么?", "文中说的是“四种会员”,没有第六种。"),
        ("会费上涨的第三个原因是什么?", "文中说的是“原因有两个”,没有第三个。"),
        ("第0种会员是什么?", "文中说的是“四种会员”,没有第零种。"),
        ("第三梯队是哪个组?", "文中有第一梯队、第二梯队,没有第三梯队。"),
        ("热身的第三步做什么?", "文中有第一步到第二步,没有第三步。"),
        ("第八条建议是什么?", "文中「建议」只有 3 项,没有第八条。"),
    ],
)
def test_an_n_th_that_the_text_lacks_is_answered_with_how_many_there_are(assistant, asked, said):
    answer = assistant.ask(asked)
    assert answer.status == "abstained"
    assert answer.text.startswith(said)
    assert answer.citations == ()


@pytest.mark.parametrize(
    "asked",
    [
        "第三种会员是什么?",
        "第二个原因是什么?",
        "第二梯队是哪个组?",
        "第二条建议",
        "热身的第二步",
        "第三方",
        "第一",
        "第三家制衣厂几时交货",
        "第三个月怎么办",
        "第二条船多少钱",
    ],
)
def test_an_n_th_that_may_be_there_is_not_contradicted(assistant, asked):
    question = assistant.interpret(asked)
    assert contradiction(question, assistant.seek(question)[0].hits, assistant.index) == ""
