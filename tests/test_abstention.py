"""What is said when the text does not have it: only what is true."""

import pytest

from hujin_qa.abstention import missing
from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.question import understand
from hujin_qa.settings import load_settings
from test_index import Hashing

LEXICON = load_lexicon()
TEXT = "# 果园手册\n\n## 一、苹果\n\n苹果2023年每亩产量为3000斤。\n\n## 二、雪梨\n\n雪梨2023年每亩产量为2500斤。果园有消费金融贷款。\n"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("abstention")
    (folder / "果园.md").write_text(TEXT, encoding="utf-8")
    build_index([folder / "果园.md"], folder / "index", Hashing(), "hashing", LEXICON)
    return Assistant(load_settings(), Hashing(), LEXICON, open_index(folder / "index", "hashing", LEXICON))


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ("苹果的市值是多少?", ["市值"]),
        ("苹果2019年的产量是多少?", ["2019年"]),
        ("二〇一九年苹果的产量", ["2019年"]),
        ("上海的苹果产量", ["上海"]),
        ("Python怎么装?", ["Python"]),
        ("比特幣能不能買蘋果?", ["比特幣"]),
        ("单子啥时候能下来", ["单子"]),
        ("苹果的产量是多少?", []),
        ("消费金融公司的产量是多少?", []),
        ("大概要花多久", []),
        ("What is the price of an apple?", []),
        ("新人报到以后做什么", ["新人"]),
        ("25毫克组有多少人因不良反应退出?", []),
        ("房费能报多少?", ["房费"]),
    ],
)
def test_what_is_missing_is_named_where_it_is_certain(assistant, asked, gone):
    found = missing(understand(asked, assistant.index, assistant.lexicon), assistant.index, assistant.lexicon)
    assert [name for name in found if name in gone] == gone
    assert gone or not found
    assert all(name in asked or name == "2019年" for name in found), "as it was typed"
    text = " ".join(d.title + d.text for d in assistant.index.documents.values())
    assert not any(name in text for name in found)


def test_an_abstention_names_what_is_missing_and_where_the_nearest_stands(assistant):
    said = assistant.ask("雪梨公司2019年的股价和市值是多少?").text
    assert said.startswith("文中没有提到“2019年”和“")
    assert "相近的内容在「" in said


@pytest.mark.parametrize("asked", ["比特币能不能用来买苹果?", "特斯拉2023年产值多少?", "马化腾负责雪梨吗?"])
def test_nothing_is_said_of_a_name_that_the_text_does_not_have(assistant, asked):
    answer = assistant.ask(asked)
    assert answer.status == "abstained"
    assert answer.text.startswith("文中没有提到“")
    sure = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"threshold": 0.0}))
    assert sure.ask(asked).status == "abstained"
    assert sure.ask("苹果2023年每亩产量多少?").status == "answered"
