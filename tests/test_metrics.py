from hujin_qa.metrics import facts_found, interval, mean, which_facts


def test_every_fact_needs_one_of_its_spellings():
    assert facts_found([["9.97%"], ["7万亿", "七万亿"]], "增长 9.97%,到７万亿元") == 1
    assert facts_found([["9.97%"], ["8万亿"]], "增长9.97%") == 0.5
    assert which_facts([["9.97%"], ["8万亿"], ["增长"]], "增长9.97%") == (0, 2)


def test_nothing_gives_zero_and_never_nan():
    assert mean([]) == 0
    assert interval([]) == (0, 0)


def test_the_interval_holds_the_mean_and_is_reproducible():
    values = [0.0, 1.0, 1.0, 0.0, 1.0] * 20
    low, high = interval(values)
    assert low < 0.6 < high
    assert interval(values) == (low, high)
