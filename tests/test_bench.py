"""The evaluator's page without a browser."""

import json

import pytest

from hujin_qa.errors import BadInput
from hujin_qa.web.eval_page import Bench
from test_evaluation import QUESTIONS, assistant, write  # noqa: F401


@pytest.fixture
def bench(assistant, tmp_path):  # noqa: F811
    (tmp_path / "eval" / "other").mkdir(parents=True)
    write(tmp_path / "eval" / "仓库.jsonl", QUESTIONS)
    write(tmp_path / "eval" / "other" / "二.jsonl", QUESTIONS[:2])
    write(tmp_path / "eval" / "pairs.jsonl", [{"claim": "x"}])
    return Bench(assistant, tmp_path / "eval", tmp_path / "runs")


def test_only_question_sets_can_be_asked(bench):
    assert bench.question_sets() == ["other/二.jsonl", "仓库.jsonl"]
    for name in ("", "pairs.jsonl", "../secret.jsonl", "/etc/passwd"):
        with pytest.raises(BadInput):
            next(bench.run(name))


def test_a_run_tells_how_far_it_is_and_is_kept_and_shown(bench):
    steps = list(bench.run("仓库.jsonl"))
    assert [(done, total) for done, total, _ in steps] == [(1, 4), (2, 4), (3, 4), (4, 4), (4, 4)]
    name = steps[-1][2]
    assert bench.run_names() == [name]
    page = bench.page(name)
    assert "每托盘限重多少?" in page
    assert "<svg" in page
    assert "<script" not in page
    assert "McNemar" in bench.comparison(name, name)


def test_a_run_that_is_stopped_leaves_nothing(bench):
    steps = bench.run("仓库.jsonl")
    next(steps)
    steps.close()
    assert bench.run_names() == []


def test_only_kept_runs_can_be_looked_at(bench, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps({"format": 2}))
    for name in ("", "../x.json", str(tmp_path / "x.json")):
        with pytest.raises(BadInput):
            bench.page(name)
