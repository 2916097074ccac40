import tempfile
import unicodedata

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hujin_qa.encoder import estimate_tokens
from hujin_qa.text import Segmenter, _kept, bigrams, clean, dictionary, fold, fold_numbers, tokens
from hujin_qa.weights import MAX_TOKENS


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("網絡信貸", "网络信贷"),
        ("ＡＩ　技术", "ai 技术"),
        ("合 併 資 產", "合并资产"),
        ("百分之九十", "90%"),
        ("百分之六点二", "6.2%"),
        ("九成用户", "90%用户"),
        ("三成半", "35%"),
        ("降了3成半", "降了35%"),
        ("三成半员工", "35%员工"),
        ("八成五的员工", "85%的员工"),
        ("占八成五", "占85%"),
        ("七成一线员工", "70%一线员工"),
        ("九成五个月内付清", "90%五个月内付清"),
        ("九成都来自广告", "90%都来自广告"),
        ("三成年轻人", "30%年轻人"),
        ("较上年流失一成", "较上年流失10%"),
        ("成立三成", "成立30%"),
        ("二〇二四年", "2024年"),
        ("24年的规模", "2024年的规模"),
        ("58年以后", "1958年以后"),
        ("20年底", "2020年底"),
        ("工作满十年", "工作满10年"),
        ("做了十五年", "做了十五年"),
        ("两百三十二个", "232个"),
        ("三千五元", "3500元"),
        ("三万五千元", "三万五千元"),
        ("千万不要迟到", "千万不要迟到"),
        ("二三十人", "二三十人"),
        ("十五六个", "十五六个"),
    ],
)
def test_one_spelling_for_one_thing(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    "text",
    [
        "石田三成",
        "西军由石田三成指挥",
        "石三成是谁",
        "据赵八成介绍",
        "高三成绩",
        "十八成人礼",
        "第一成都分行",
        "三五成群",
        "一成不变",
    ],
)
def test_tenths_are_left_alone_where_they_are_no_share(text):
    assert fold_numbers(text) == text


@pytest.mark.parametrize(
    "text", ["完成本月任务", "一成立就", "第二梯队", "十余年", "五大趋势", "100年内", "满15年", "贷20年", "50年质保"]
)
def test_numbers_are_left_alone_where_they_are_not_numbers(text):
    assert fold_numbers(text) == text


@pytest.mark.parametrize("text", ["", "\x00\x1b[31m", "😀", "\ud800", "a" * 10_000, "\u200b支付\u200b"])
def test_any_text_folds_without_an_error(text):
    assert "\u200b" not in fold(text)
    assert clean(text) == clean(clean(text))


@pytest.mark.parametrize("text", ["工作满十年", "十五年来", "二十四年", "二四年", "24年", "三十二个", "九成五"])
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_long_text_is_folded_and_not_kept():
    before = _kept.cache_info().currsize
    assert fold("網" * 5000) == "网" * 5000
    assert _kept.cache_info().currsize == before


def test_terms_hold_words_and_marked_pairs():
    terms = Segmenter(["互金"]).terms("互金行业2024年")
    assert {"互金", "行业", "2024", "_互金", "_金行", "_行业"} <= set(terms)
    assert "年" not in terms


def test_a_domain_word_is_never_cut():
    assert "铜掌柜" in Segmenter(["铜掌柜"]).words("铜掌柜是谁")


def test_the_dictionary_is_read_once_and_words_of_a_lexicon_stay_out_of_it(monkeypatch):
    plain = dictionary()
    monkeypatch.delattr(type(plain), "initialize")
    assert "铜掌柜" in Segmenter(["铜掌柜"]).words("铜掌柜是谁")
    assert "铜掌柜" not in plain.FREQ


@pytest.fixture
def unread(monkeypatch):
    """jieba before it has read its dictionary."""
    dictionary.cache_clear()
    monkeypatch.setattr("jieba.dt", jieba.Tokenizer())
    yield
    dictionary.cache_clear()


def test_words_are_cut_where_no_folder_can_be_written(unread, monkeypatch, tmp_path, capfd):
    def none():
        raise FileNotFoundError("No usable temporary directory found")

    (tmp_path / "file").write_text("", encoding="utf-8")
    with monkeypatch.context() as here:
        here.setattr(tempfile, "gettempdir", none)
        here.setattr("hujin_qa.text.user_cache_path", lambda _: tmp_path / "file" / "cache")
        assert Segmenter().words("网络信贷") == ["网络", "信贷"]
    assert capfd.readouterr().err == ""


def test_the_dictionary_is_kept_in_the_users_own_cache(unread, monkeypatch, tmp_path):
    monkeypatch.setattr("hujin_qa.text.user_cache_path", lambda _: tmp_path / "cache")
    Segmenter().words("网络信贷")
    assert (tmp_path / "cache" / "jieba.cache").is_file()


def test_pairs_do_not_cross_what_is_not_chinese():
    assert list(bigrams("支付p2p爆发")) == ["支付", "爆发"]


@given(
    st.text(st.sampled_from("，：；？！（）％。ＡｂＣ１２①…é\u0301 \u3000\n一二三成百分之十千万年个支付"), max_size=40)
)
def test_folding_is_no_other_for_text_in_its_normal_form(text):
    assert fold(text) == fold(unicodedata.normalize("NFKC", text))


def test_tokens_are_estimated_once_for_the_encoder_and_the_language_model():
    for text in ("", "互联网金融", "abcd efgh", "\ud800"):
        assert estimate_tokens([text]) == tokens(text) < MAX_TOKENS
    assert estimate_tokens(["长" * 9999]) == MAX_TOKENS < tokens("长" * 9999)
