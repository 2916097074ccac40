"""The cross-encoder: a score for every sentence, the right one first, and an answer without it."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hujin_qa import crossencoder
from hujin_qa.crossencoder import Window, open_cross_encoder, tensors, under_headings

STORE = Window(
    ("临江冷库手册", "存放"),
    (
        "每个托盘限重800公斤,超重的要拆开。",
        "冷库建于2011年,共有三层。",
        "因为水汽会结冰,开门前要先降湿。",
        "夜班由两人值守。",
    ),
)


@pytest.mark.parametrize(
    ("question", "right"),
    [("一个托盘最多放多重", 0), ("冷库哪年建的", 1), ("开门前为啥要降湿", 2), ("夜里几个人值班", 3)],
)
def test_the_sentence_that_answers_scores_best(question, right):
    (scores,) = open_cross_encoder().score(question, [STORE])
    assert scores.index(max(scores)) == right


@pytest.mark.parametrize("question", ["冷库的老板是谁", "托盘一个卖多少钱", "冷库2019年扩建花了多少"])
def test_what_is_not_there_scores_below_what_is(question):
    encoder = open_cross_encoder()
    (absent,), (there,) = encoder.score(question, [STORE]), encoder.score("冷库哪年建的", [STORE])
    assert max(absent) < max(there)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.lists(st.lists(st.text(max_size=300), max_size=12), max_size=4))
def test_every_sentence_has_one_score_whatever_it_is(question, texts):
    windows = [Window(("标题",), tuple(sentences)) for sentences in texts]
    scores = open_cross_encoder().score(question, windows)
    assert [len(s) for s in scores] == [len(w.sentences) for w in windows]


def test_a_long_passage_is_read_in_pieces_under_the_same_headings():
    window = Window(("库房", "规定"), tuple(f"第{n}条规定,货物入库以前要称重,登记,并由两个人签字。" for n in range(30)))
    pieces = open_cross_encoder().pieces("入库要做什么", window)
    head = pieces[0][0][: pieces[0][1][1][0]]
    assert len(pieces) > 1
    assert all(ids[: len(head)] == head and len(ids) <= 176 for ids, _ in pieces)
    assert sum(len(spans) - 1 for _, spans in pieces) == 30
    ids, pool = tensors(pieces)
    assert ids.shape[0] == pool.shape[0] == len(pieces)
    assert pool[0, 0].sum() == pytest.approx(1)


def test_sentences_are_scored_alike_alone_and_among_other_windows():
    encoder, other = open_cross_encoder(), Window(("别处",), ("食堂在二楼。", "周五有鱼。" * 20))
    (alone,), (among, _) = encoder.score("夜班几个人", [STORE]), encoder.score("夜班几个人", [STORE, other])
    assert among == pytest.approx(alone)


def test_without_the_model_there_is_no_second_reading(monkeypatch):
    monkeypatch.setattr(crossencoder, "find_spec", lambda name: None)
    open_cross_encoder.cache_clear()
    try:
        assert open_cross_encoder() is None
    finally:
        open_cross_encoder.cache_clear()


def test_nothing_is_loaded_before_a_doubt():
    code = "import sys, hujin_qa.assistant; print('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_a_sentence_is_read_behind_the_headings_that_it_leaves_its_subject_to():
    window = under_headings("港口", ["一、码头", "1、西区", "货主:"], ["茶叶、丝绸、瓷器", "西区的货主:盐商"])
    assert window.headings == ("港口",)
    assert window.sentences == ("西区:货主:茶叶、丝绸、瓷器", "西区的货主:盐商")


def test_a_claim_is_compared_token_by_token():
    encoder = open_cross_encoder()
    (support, faults), (wrong, worse) = (
        encoder.verify(f"冷库建于{year}年", ("临江冷库手册", STORE.sentences[1])) for year in (2011, 1998)
    )
    assert support > 0 > wrong
    assert len(faults) == len(encoder.offsets("冷库建于2011年"))
    assert max(faults) < max(worse)
    assert encoder.verify("冷库建于2011年", ()) == (-10.0, [])


def test_the_subject_may_stand_in_a_heading():
    model = open_cross_encoder()
    tiers = [
        under_headings("企业名录", [f"{name}(共{n}家)", "代表企业"], ["海川、明德、远山"])
        for n, name in ((3, "第一档"), (5, "第二档"))
    ]
    asked, other = (score for (score,) in model.score("第一档有哪些企业", tiers))
    assert asked > other + 1
