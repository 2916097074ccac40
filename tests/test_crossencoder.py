"""The cross-encoder: a score for every sentence, the right one first, and an answer without it."""

import math
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hujin_qa import crossencoder
from hujin_qa.crossencoder import MODEL, Window, open_cross_encoder, under_headings
from hujin_qa.files import file_sha256
from hujin_qa.outline import find_outline
from hujin_qa.passages import split_passages
from hujin_qa.sentences import split_sentences
from hujin_qa.states import SentenceStates, window_of
from hujin_qa.types import Document

STORE = [
    under_headings("临江冷库手册", ["存放"], sentence)
    for sentence in (
        "每个托盘限重800公斤,超重的要拆开。",
        "冷库建于2011年,共有三层。",
        "因为水汽会结冰,开门前要先降湿。",
        "夜班由两人值守。",
    )
]


def answers(question, windows):
    """The log-odds that each window answers."""
    encoder = open_cross_encoder()
    return [verdict.answers for verdict in encoder.judge(question, list(map(encoder.read, windows)))]


@pytest.mark.parametrize(
    ("question", "right"),
    [("一个托盘最多放多重", 0), ("冷库哪年建的", 1), ("开门前为啥要降湿", 2), ("夜里几个人值班", 3)],
)
def test_the_sentence_that_answers_scores_best(question, right):
    scores = answers(question, STORE)
    assert scores.index(max(scores)) == right


@pytest.mark.parametrize("question", ["冷库的老板是谁", "托盘一个卖多少钱", "冷库2019年扩建花了多少"])
def test_what_is_not_there_scores_below_what_is(question):
    assert max(answers(question, STORE)) < max(answers("冷库哪年建的", STORE))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=300), max_size=12))
def test_every_sentence_has_one_score_whatever_it_is(question, sentences):
    encoder = open_cross_encoder()
    verdicts = encoder.judge(question, [encoder.read(Window(("标题",), said)) for said in sentences])
    assert len(verdicts) == len(sentences)
    assert all(math.isfinite(v.answers) and len(v.faults) <= len(encoder.offsets(question)) for v in verdicts)


def test_a_long_sentence_is_read_as_far_as_there_is_room():
    encoder = open_cross_encoder()
    ids, said = encoder.cut(Window(("库房" * 60,), "货物入库以前要称重。" * 60))
    assert len(ids) == 116
    assert said == 42
    assert len(encoder.asked("入库要做什么" * 60)) == 62


def test_sentences_are_scored_alike_alone_and_among_others():
    other = Window(("别处",), "周五有鱼。" * 20)
    (alone,), (among, _) = answers("夜班几个人", STORE[3:]), answers("夜班几个人", [STORE[3], other])
    assert among == pytest.approx(alone, abs=0.5)  # 8 bits over all that is read at once


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
    section = ["一、码头", "1、西区", "货主:"]
    assert under_headings("港口", section, "茶叶、丝绸、瓷器") == Window(("港口",), "西区:货主:茶叶、丝绸、瓷器")
    assert under_headings("港口", section, "西区的货主:盐商").said == "西区的货主:盐商"


def test_a_sentence_is_read_behind_the_one_before_it_in_its_section():
    text = "# 港口\n\n## 东区\n\n东区由老周管。吞吐量为三万吨。\n\n## 西区\n\n西区空着。\n"
    document = Document("d", "港口", text, find_outline(text))
    passages = split_passages(document)
    spans = [(row, *span) for row, p in enumerate(passages) for span in split_sentences(text, p.body, p.end)]
    windows = [window_of({"d": document}, passages, spans, row) for row in range(3)]
    assert [w.around for w in windows] == [("港口",), ("港口", "东区由老周管。"), ("港口",)]
    assert windows[1].said == "东区:吞吐量为三万吨。"


def test_a_claim_is_compared_with_what_it_cites():
    encoder = open_cross_encoder()
    told, untold = (
        encoder.verify(f"冷库建于{year}年", ("手册 › 存放", "冷库建于2011年,共有三层。")) for year in (2011, 1998)
    )
    assert told > 0 > untold
    assert encoder.verify("冷库建于2011年", ()) == -10.0


def test_what_a_claim_cites_may_be_long():
    encoder, filler = open_cross_encoder(), [f"第{n}条规定,货物入库以前要称重,登记,并由两个人签字。" for n in range(20)]
    cited = ("手册 › 存放", *filler, "冷库建于2011年,共有三层。")
    assert encoder.verify("冷库建于2011年", cited) > 0 > encoder.verify("冷库建于2011年", cited[:-1])


def test_the_words_that_a_sentence_does_not_say_are_told():
    encoder = open_cross_encoder()
    (right,), (wrong,) = (encoder.judge(f"冷库建于{year}年", [encoder.read(STORE[1])]) for year in (2011, 1998))
    assert len(right.faults) == len(encoder.offsets("冷库建于2011年"))
    assert max(right.faults) < max(wrong.faults)


def test_the_subject_may_stand_in_a_heading():
    tiers = [
        under_headings("企业名录", [f"{name}(共{n}家)", "代表企业"], "海川、明德、远山")
        for n, name in ((3, "第一档"), (5, "第二档"))
    ]
    asked, other = answers("第一档有哪些企业", tiers)
    assert asked > other + 1


def test_the_states_of_an_index_are_those_of_its_model():
    lower = files("hujin_qa") / "data" / "crossencoder-lower.onnx"
    assert file_sha256(lower)[:12] == MODEL


def test_states_are_kept_as_they_were_read(tmp_path):
    encoder = open_cross_encoder()
    SentenceStates.build(encoder, STORE).save(tmp_path)
    kept = SentenceStates.load(tmp_path)
    for row, window in enumerate(STORE):
        read = encoder.read(window)
        assert (kept[row].said, kept[row].tokens.tolist()) == (read.said, read.tokens.tolist())
    SentenceStates.build(encoder, []).save(tmp_path)
