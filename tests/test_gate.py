"""The shipped system on its own questions is not significantly worse than the committed baseline."""

import json
from pathlib import Path

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.evaluation.ablation import STAGES
from hujin_qa.evaluation.asking import run
from hujin_qa.evaluation.compare import broken, compare
from hujin_qa.evaluation.questions import digest, load_questions
from hujin_qa.evaluation.runs import read_run
from hujin_qa.settings import load_settings

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "eval" / "results" / "baseline.json"
QUESTIONS = ROOT / "eval" / "hujin.jsonl"


def test_the_baseline_is_of_the_questions_as_they_are():
    assert read_run(BASELINE).set["sha256"] == digest(load_questions(QUESTIONS)), "make baseline"


def test_the_ablation_is_of_the_questions_as_they_are():
    value = json.loads((ROOT / "eval" / "results" / "ablation.json").read_text("utf-8"))
    assert value["set"]["sha256"] == digest(load_questions(QUESTIONS)), "hujin-qa eval ablate"
    assert [stage["stage"] for stage in value["stages"]] == list(STAGES)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    return Assistant.open(load_settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("gate") / "index"))


def test_no_gated_measure_has_dropped(assistant):
    now = run(assistant, load_questions(QUESTIONS), QUESTIONS.stem)
    found = compare(read_run(BASELINE), now)
    lost = "\n".join(f"{b.id}: {a.cause} -> {b.cause}" for a, b in found.lost)
    worse = [f"{c.measure}: {c.first:.3f} -> {c.second:.3f}" for c in broken(found)]
    assert not worse, f"{worse}\n{lost}"
