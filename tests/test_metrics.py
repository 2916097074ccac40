import pytest

from hujin_qa.metrics import facts_found, interval, mean, ndcg, recall, reciprocal_rank


def test_every_fact_needs_one_of_its_spellings():
    assert facts_found([["9.97%"], ["7万亿", "七万亿"]], "增长 9.97%,到７万亿元") == 1
    assert facts_found([["9.97%"], ["8万亿"]], "增长9.97%") == 0.5


def test_ndcg_follows_the_worked_example_of_binary_relevance():
    # gains at ranks 1 and 3 of 2 relevant: (1 + 1/2) / (1 + 1/log2(3))
    assert ndcg([True, False, True], total=2) == pytest.approx(1.5 / (1 + 0.6309297535714575))
    assert ndcg([], total=2) == 0


def test_recall_and_rank():
    assert recall([False, True], total=2, k=5) == 0.5
    assert reciprocal_rank([False, True]) == 0.5
    assert reciprocal_rank([False]) == 0


def test_nothing_gives_zero_and_never_nan():
    assert mean([]) == 0
    assert interval([]) == (0, 0)
    assert recall([], total=0) == 0


def test_the_interval_holds_the_mean_and_is_reproducible():
    values = [0.0, 1.0, 1.0, 0.0, 1.0] * 20
    low, high = interval(values)
    assert low < 0.6 < high
    assert interval(values) == (low, high)
