import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.calibration import calibration_curve

from hujin_qa.metrics import (
    aurc,
    calibration_error,
    facts_found,
    interval,
    mcnemar,
    mean,
    reliability,
    retrieval,
    risk_coverage,
    which_facts,
)


def test_every_fact_needs_one_of_its_spellings():
    assert facts_found([["9.97%"], ["7万亿", "七万亿"]], "增长 9.97%,到７万亿元") == 1
    assert facts_found([["9.97%"], ["8万亿"]], "增长9.97%") == 0.5
    assert which_facts([["9.97%"], ["8万亿"], ["增长"]], "增长9.97%") == (0, 2)


@pytest.mark.parametrize(
    ("fact", "text", "there"),
    [
        ("5%", "增长15%", False),
        ("5%", "增长1.5%", False),
        ("5%", "增长了5%,不是15%", True),
        ("2023", "编号20235", False),
        ("3", "占3.5成", False),
        ("3", "共3.", True),
        ("7万亿", "到７万亿元", True),
        ("234亿元", "规模为1,234亿元", False),
        ("增长1", "增长1,000家", False),
        ("1,234亿元", "规模为1,234亿元", True),
        ("2021", "2020,2021年", True),
        ("2020", "2020,2021年", True),
    ],
)
def test_a_fact_is_not_part_of_a_longer_number(fact, text, there):
    assert which_facts([[fact]], text) == ((0,) if there else ())


def test_nothing_gives_zero_and_never_nan():
    assert mean([]) == 0
    assert interval([]) == (0, 0)


def test_the_interval_holds_the_mean_and_is_reproducible():
    values = [0.0, 1.0, 1.0, 0.0, 1.0] * 20
    low, high = interval(values)
    assert low < 0.6 < high
    assert interval(values) == (low, high)


def test_reciprocal_ranks_are_those_of_the_textbook_example():
    # Wikipedia, "Mean reciprocal rank": cats at 3, tori at 2, viruses at 1 give 11/18
    ranked = [["catten", "cati", "cats"], ["torii", "tori", "toruses"], ["viruses", "virii", "viri"]]
    found = [retrieval(r, [gold])["mrr@10"] for r, gold in zip(ranked, ["cats", "tori", "viruses"], strict=True)]
    assert mean(found) == pytest.approx(11 / 18, abs=1e-4)


def test_mcnemar_agrees_with_the_published_example():
    # Agresti, "Categorical Data Analysis", approval of a prime minister: 150 against 86 changed their mind, z = -4.17
    assert mcnemar(150, 86) == pytest.approx(3.1e-5, rel=0.2)


def test_mcnemar_takes_any_number_of_pairs():
    assert mcnemar(600, 600) == 1
    assert mcnemar(0, 5000) == 0


def test_intervals_are_those_of_scipy_on_random_data():
    values = np.random.default_rng(3).random(120)
    other = bootstrap((values,), np.mean, n_resamples=5000, method="percentile", random_state=0).confidence_interval
    assert interval(values, samples=5000) == pytest.approx((other.low, other.high), abs=0.005)


def test_calibration_is_that_of_scikit_learn_on_random_data():
    rng = np.random.default_rng(4)
    sure = rng.random(400)
    came = rng.random(400) < sure**2
    bins = reliability(sure, came)
    shares, confidences = calibration_curve(came, sure, n_bins=10)
    assert [b.share for b in bins] == pytest.approx(shares.tolist(), abs=1e-4)
    assert [b.confidence for b in bins] == pytest.approx(confidences.tolist(), abs=1e-4)
    weights = np.histogram(sure, bins=10, range=(0, 1))[0] / 400
    assert calibration_error(bins) == pytest.approx(float(weights @ np.abs(shares - confidences)), abs=1e-4)


def test_the_area_is_the_mean_of_the_curve_where_no_confidence_is_equal():
    rng = np.random.default_rng(5)
    sure, right = rng.permutation(200) / 200, rng.random(200) < 0.7
    curve = risk_coverage(sure.tolist(), right.tolist())
    assert aurc(sure, right) == pytest.approx(mean([risk for _, risk in curve]), abs=1e-4)
    perfect = aurc(right.astype(float), right)
    assert perfect < aurc(sure, right) < aurc(1 - right.astype(float), right)
    assert aurc(np.zeros(200), right) == pytest.approx(1 - right.mean())  # no order at all: the error rate
