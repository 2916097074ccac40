import numpy as np

from hujin_qa.lexical import LexicalIndex

ROWS = [["移动", "支付"], ["支付", "网络"], ["保险"], []]


def test_scores_are_zero_exactly_where_no_term_occurs():
    scores = LexicalIndex.build(ROWS).scores(["支付", "移动"])
    assert scores.shape == (4,)
    assert scores[0] > scores[1] > 0 == scores[2] == scores[3]


def test_unknown_terms_score_nothing():
    assert not LexicalIndex.build(ROWS).scores(["天气"]).any()


def test_rarer_terms_weigh_more():
    lexical = LexicalIndex.build(ROWS)
    assert lexical.frequency("支付") == 2
    assert lexical.idf_of(1) > lexical.idf_of(2) > 0


def test_it_is_the_same_after_saving_and_loading(tmp_path):
    lexical = LexicalIndex.build(ROWS)
    lexical.save(tmp_path)
    again = LexicalIndex.load(tmp_path, len(ROWS))
    np.testing.assert_array_equal(again.scores(["支付", "保险"]), lexical.scores(["支付", "保险"]))
    assert not list(tmp_path.glob("*.pkl"))


def test_a_corpus_without_any_term_can_be_built():
    assert not LexicalIndex.build([[], []]).scores(["支付"]).any()
