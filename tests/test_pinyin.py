import pytest

from hujin_qa.pinyin import Context, Pinyin
from hujin_qa.text import Segmenter

WORDS = ["金融", "互联网", "移动支付", "支付", "保险", "规模", "梯队", "理财", "得失", "管理", "里程"]
PINYIN = Pinyin.build(WORDS)
PAIRS = {tuple(w[i : i + 2]) for w in WORDS for i in range(len(w) - 1)}
CONTEXT = Context(Segmenter(WORDS), PAIRS.__contains__, frozenset("的里之又可"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("经融科技", "金融科技"),
        ("互连网保先", "互联网保险"),
        ("移动之付归模", "移动支付规模"),
        ("yidong zhifu的guimo", "移动支付的规模"),
        ("第二剃队", "第二梯队"),
        ("baoxian de guimo shi duoshao", "保险的规模是多少"),
        ("yidong zhifu younaxie", "移动支付有哪些"),
    ],
)
def test_what_sounds_like_a_corpus_word_becomes_it(typed, meant):
    assert PINYIN.correct(typed, CONTEXT) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "这个事的事情",
        "hello world",
        "you de",
        "shenme shi le",
        "p2p爆发",
        "支付方式",
        "李晨因参加什么走红",
        "",
        "馆里的宝贝",
        "又可以叫什么",
        "德国工业",
    ],
)
def test_other_text_is_left_alone(typed):
    assert PINYIN.correct(typed, CONTEXT) == typed


def test_it_is_the_same_after_saving_and_loading(tmp_path):
    PINYIN.save(tmp_path / "pinyin.json")
    assert Pinyin.load(tmp_path / "pinyin.json") == PINYIN
