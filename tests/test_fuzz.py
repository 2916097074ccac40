"""Damaged questions: no exception, and what must hold of every answer holds. ``eval/fuzz.py`` asks 10,000 of them."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hujin_qa.assistant import Assistant
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from hujin_qa.suggestions import confirm
from test_index import Hashing

EVAL = Path(__file__).parents[1] / "eval"
sys.path.insert(0, str(EVAL))

from fuzz import damaged, faults, fuzz, read_questions  # noqa: E402

LEXICON = load_lexicon()
QUESTIONS = read_questions(EVAL / "other" / "product-faq.jsonl")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    settings = load_settings(threshold=0.1)

    def suggest(index):
        return confirm(index, Assistant(settings, Hashing(), LEXICON, index).ask)

    build_index([EVAL / "other" / "product-faq.txt"], folder, Hashing(), "hashing", LEXICON, suggest=suggest)
    return Assistant(settings, Hashing(), LEXICON, open_index(folder, "hashing", LEXICON))


def test_no_damaged_question_breaks_an_answer(assistant):
    assert fuzz(assistant, QUESTIONS, 300, seed=1) == []


def test_the_same_seed_damages_alike():
    assert list(damaged(QUESTIONS, 20, 7)) == list(damaged(QUESTIONS, 20, 7))
    assert list(damaged(QUESTIONS, 20, 7)) != list(damaged(QUESTIONS, 20, 8))


def test_every_broken_promise_is_found(assistant):
    documents = assistant.index.documents
    answer = assistant.ask("社区版最多接入几个数据源?")
    assert answer.status == "answered"
    assert faults(answer, documents) == []
    moved = replace(answer.citations[0], start=answer.citations[0].start + 1)
    for wrong in (
        replace(answer, citations=(moved,)),
        replace(answer, citations=()),
        replace(answer, status="abstained"),
        replace(answer, confidence=1.5),
        replace(answer, text=" "),
        replace(answer, suggestions=("问",) * 2),
        replace(answer, hits=answer.hits[1:]),
    ):
        assert faults(wrong, documents)
    with pytest.raises(ValueError, match="JSON"):
        faults(replace(answer, timings_ms={"read": float("nan")}), documents)
