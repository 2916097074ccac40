"""Numbers that can be believed: worked examples, reference libraries, and systems broken on purpose."""

import csv
import json
import math
import random
import re
import runpy
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args
from unittest.mock import Mock

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from scipy.stats import binomtest
from sklearn.metrics import ndcg_score

from hujin_qa import metrics
from hujin_qa.assistant import Assistant
from hujin_qa.errors import BadInput
from hujin_qa.evaluation import drafts, report
from hujin_qa.evaluation.ablation import STAGES, ablate, ablation_table, ablation_value
from hujin_qa.evaluation.asking import Asker, finish, plan, run, runs
from hujin_qa.evaluation.commands import Format
from hujin_qa.evaluation.compare import broken, compare
from hujin_qa.evaluation.exports import export
from hujin_qa.evaluation.judge import entry, facts_in_hits, gold_passages, judge
from hujin_qa.evaluation.measures import summary
from hujin_qa.evaluation.questions import EvalQuestion, load_questions
from hujin_qa.evaluation.report import comparison_html, to_html, to_markdown, variants_html
from hujin_qa.evaluation.runs import Journal, Run, numbers, read_run, write_run
from hujin_qa.evaluation.validate import validate
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.settings import load_settings
from hujin_qa.types import Answer, Citation, Claim, Hit
from test_index import Hashing

TEXT = """# 仓库手册

## 一、入库

入库须登记批号。登记由收货员在2小时内完成。每托盘限重800公斤。

## 二、出库

出库须核对提货单。核对由发货员负责。

## 三、盘点

### 1、时间

盘点每季度一次。

### 2、人员

盘点由财务部和仓储部共同进行。

### 3、方法

盘点采用实地清点。
"""
QUESTIONS = [
    {"id": "q1", "question": "每托盘限重多少?", "facts": [["800公斤", "800kg"]], "evidence": ["1"]},
    {"id": "q2", "question": "出库要核对什么?", "facts": [["提货单"]], "evidence": ["出库须核对提货单"], "kind": "why"},
    {"id": "q3", "question": "盘点由谁进行?", "facts": [["财务部"], ["仓储部"]], "evidence": ["3.2"]},
    {"id": "q4", "question": "仓库的租金是多少?", "answerable": False},
]


def write(path, lines):
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluation")
    (folder / "仓库.md").write_text(TEXT, encoding="utf-8")
    lexicon = load_lexicon()
    build_index([folder / "仓库.md"], folder / "index", Hashing(), "hashing", lexicon)
    settings = load_settings(threshold=0.3, index=folder / "index")
    return Assistant(settings, Hashing(), lexicon, open_index(folder / "index", "hashing", lexicon))


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    return load_questions(write(tmp_path_factory.mktemp("set") / "仓库.jsonl", QUESTIONS))


@pytest.fixture(scope="module")
def done(assistant, questions):
    return run(assistant, questions, "仓库")


def answer(assistant, question, claims, status="answered", hits=()):
    """An answer whose claims are ``(text, quotes)``."""
    citations, made = [], []
    for text, quotes in claims:
        numbers_ = []
        for quote in quotes:
            row = next((r for r, p in enumerate(assistant.index.passages) if quote in p.text), 0)
            passage = assistant.index.passages[row]
            citations.append(Citation(len(citations) + 1, passage.document, passage.id, passage.section, 0, 1, quote))
            numbers_.append(len(citations))
        made.append(Claim(text, tuple(numbers_)))
    text = "".join(t for t, _ in claims) or "文中没有说到这一点。"
    return Answer(
        question.question, question.question, status, "", text, tuple(made), tuple(citations), tuple(hits), (), (),
        "extractive", 0.9, {},
    )  # fmt: skip


def test_ranking_measures_are_those_of_the_reference_libraries_on_random_data():
    rng = random.Random(1)
    for _ in range(60):
        ranked = rng.sample([f"d{i}" for i in range(30)], 12)
        gold = rng.sample([f"d{i}" for i in range(30)], rng.randint(1, 6))
        found = metrics.retrieval(ranked, gold)
        ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(gold))))
        gain = sum(1 / math.log2(i + 2) for i, d in enumerate(ranked[:10]) if d in gold)
        assert found["ndcg@10"] == pytest.approx(gain / ideal, abs=1e-4)
        relevance = np.array([[float(d in gold) for d in ranked] + [float(g not in ranked) for g in gold]])
        scores = np.array([[-float(i) for i in range(len(ranked))] + [-99.0] * len(gold)])
        if all(d in ranked[:10] or d not in ranked for d in gold):
            assert found["ndcg@10"] == pytest.approx(ndcg_score(relevance, scores, k=10), abs=1e-4)
        assert found["recall@5"] == pytest.approx(len(set(ranked[:5]) & set(gold)) / len(gold), abs=1e-4)
        first = next((i for i, d in enumerate(ranked[:10], 1) if d in gold), 0)
        assert found["mrr@10"] == pytest.approx(1 / first if first else 0, abs=1e-4)


def test_mcnemar_is_the_exact_binomial_test():
    for a, b in [(0, 0), (1, 9), (5, 5), (3, 14), (0, 6)]:
        expected = binomtest(min(a, b), a + b, 0.5).pvalue if a + b else 1.0
        assert metrics.mcnemar(a, b) == pytest.approx(expected)


def test_the_paired_bootstrap_tells_a_difference_from_noise():
    rng = np.random.default_rng(0)
    noise = rng.random(200)
    same = metrics.paired(noise, rng.permutation(noise))
    assert same.p > 0.05
    better = metrics.paired(noise, np.minimum(1, noise + 0.1))
    assert better.p < 0.01
    assert 0 < better.low < better.mean < better.high


def test_risk_and_coverage_follow_a_worked_example():
    # in order of confidence: right, wrong, right -> risks 0, 1/2, 1/3
    assert metrics.aurc([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert metrics.calibration_error(metrics.reliability([0.95, 0.95, 0.15, 0.15], [True, True, False, True])) == (
        pytest.approx(0.5 * 0.05 + 0.5 * 0.35)
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
@settings(deadline=None)
def test_no_measure_is_ever_not_a_number(pairs):
    sure, right = [c for c, _ in pairs], [r for _, r in pairs]
    values = [
        metrics.aurc(sure, right),
        metrics.calibration_error(metrics.reliability(sure, right)),
        metrics.mean(sure),
    ]
    values += [v for pair in metrics.risk_coverage(sure, right) for v in pair]
    assert all(math.isfinite(v) for v in values)


def test_the_interval_of_the_calibration_error_is_not_pushed_upwards(done):
    rng = np.random.default_rng(0)
    sure = rng.random(60)
    scores = [
        replace(done.scores[0], confidence=float(c), answerable=bool(a))
        for c, a in zip(sure, rng.random(60) < sure, strict=True)
    ]
    found = summary(scores)["confidence"]
    low, high = found["ece_ci"]
    assert low <= found["ece"] <= high
    assert high - found["ece"] < found["ece"] - low  # resampling makes it larger: the true one is rather smaller


def test_a_question_without_facts_says_nothing_about_risk(assistant, done, tmp_path):
    bare = EvalQuestion("f", "fact", "每托盘限重多少?", True, (), ("1",))
    one = run(assistant, [bare], "x")
    with_it, without = summary([*done.scores, *one.scores]), summary(done.scores)
    assert with_it["confidence"]["aurc"] == without["confidence"]["aurc"]
    assert with_it["confidence"]["curve"] == without["confidence"]["curve"]
    assert summary(one.scores)["confidence"]["curve"] == []
    (path,) = export(one, "ragas", tmp_path, ())
    assert json.loads(path.read_text("utf-8"))["reference"] == ""
    (path,) = export(one, "ragchecker", tmp_path, ())
    assert json.loads(path.read_text("utf-8"))["results"][0]["gt_answer"] == ""
    assert "不可答" not in report.questions_html(one)


def test_the_numbers_of_no_question_are_zero():
    found = summary([])
    flat = [v for part in found.values() if isinstance(part, dict) for v in part.values() if isinstance(v, float)]
    assert flat
    assert set(flat) == {0.0}


def test_citations_are_judged_as_alce_does(assistant, questions):
    question = questions[1]
    quote, other = "出库须核对提货单。", "核对由发货员负责。"

    def scored(claims):
        values = judge(question, answer(assistant, question, claims), assistant.index.passages).score.values
        return values["citations.recall"], values["citations.precision"]

    assert scored([(quote, [quote])]) == (1, 1)
    assert scored([(quote, [quote, other])]) == (1, 0.5)  # the second is not needed and supports nothing alone
    assert scored([(quote, [other])]) == (0, 0)
    assert scored([(quote, [quote]), (other, [])]) == (0.5, 1)
    under, astray = "盘点采用实地清点。", "入库须登记批号。"
    assert scored([(f"【方法】{under}", [under])]) == (1, 1)
    assert scored([(f"【方法】{under}", [under, astray])]) == (1, 0.5)  # the heading is the first one's alone


def test_a_check_is_asked_once_of_a_claim_and_the_same_citations(assistant, questions):
    out, asked = questions[1], []

    def check(claim, texts):
        asked.append((claim, *texts))
        return True

    given = answer(assistant, out, [("发货员核对提货单。", ["出库须核对提货单。"])])
    assert judge(out, given, assistant.index.passages, check=check).score.values["citations.precision"] == 1
    assert len(asked) == 1


def test_every_cause_is_told_apart(assistant, questions):
    lift, out, _, rent = questions
    hits = assistant.search(lift.question)
    wrong = [h for h in assistant.search(out.question) if "800" not in h.passage.text]

    def cause(question, claims, **options):
        given = {"hits": hits} | options
        return judge(question, answer(assistant, question, claims, **given), assistant.index.passages).score.cause

    right = [("每托盘限重800公斤。", ["每托盘限重800公斤。"])]
    assert cause(lift, right) == "right"
    assert cause(lift, [("入库须登记批号。", ["入库须登记批号。"])]) == "read_wrong"
    assert cause(lift, [("出库须核对提货单。", ["出库须核对提货单。"])]) == "retrieved_not_read"
    assert cause(lift, [("出库须核对提货单。", ["出库须核对提货单。"])], hits=wrong) == "not_retrieved"
    assert cause(lift, [("每托盘限重800公斤。", ["出库须核对提货单。"])]) == "unsupported"
    assert cause(lift, [], status="abstained") == "wrongly_abstained"
    assert cause(rent, right) == "should_have_abstained"
    assert cause(rent, [], status="abstained") == "right"
    astray = replace(lift, facts=(("900公斤",),))
    assert cause(astray, right) == "bad_gold"
    unproved = [("入库须登记批号。", ["出库须核对提货单。"])]
    assert cause(lift, unproved) == "unsupported"
    assert cause(lift, unproved, hits=wrong) == "not_retrieved"
    assert cause(astray, unproved) == "bad_gold"


def test_facts_are_found_neither_in_marks_of_citations_nor_across_passages(assistant, questions):
    counted = replace(questions[0], facts=(("2",),))
    said = answer(assistant, counted, [("托盘共三项[1]。其次限重[2]。", [])])
    assert judge(counted, said, assistant.index.passages).score.found == ()
    first, second, *_ = assistant.search("盘点")
    cut = [replace(first, passage=replace(first.passage, text="共20")), second]
    cut[1] = replace(second, passage=replace(second.passage, section=(), text="24年"))
    assert facts_in_hits(replace(counted, facts=(("2024年",),)), cut) == 0
    assert facts_in_hits(replace(counted, facts=(("24年",),)), cut) == 1


def test_what_is_prepared_is_not_encoded_again_and_counts_as_time(assistant, questions):
    class Counting:
        asked = ()

        def encode_query(self, texts):
            self.asked += tuple(texts)
            return assistant.encoder.encode_query(texts)

    encoder = Counting()
    asker = Asker(assistant.over(encoder, assistant.settings))
    alone = questions[1]
    following = replace(alone, history=(questions[0].question,))
    for question in (alone, following):
        asker.prepare(question)
        before = encoder.asked
        assert before
        outcome = asker.outcome(question, 1000.0)
        assert outcome.score.ms > 1000
        assert not set(before) & set(encoder.asked[len(before) :])
        assert question.history or encoder.asked == before
        encoder.asked = ()


class Broken:
    """The real assistant with one thing spoilt."""

    def __init__(self, assistant, spoil):
        self.settings, self.encoder, self.lexicon, self.index = (
            assistant.settings, assistant.encoder, assistant.lexicon, assistant.index,
        )  # fmt: skip
        self._assistant, self._spoil = assistant, spoil

    def over(self, encoder, settings):
        return self if settings.threshold else Broken(self._assistant, lambda a: a)

    def prepare(self, question, history=()):
        self._assistant.prepare(question, history)

    def ask(self, question, history=()):
        return self._spoil(self._assistant.ask(question, history))

    def search(self, question, k, besides=()):
        return [hit for hit in self.ask(question).hits if hit.passage.id not in besides]


def spoilt(assistant, questions, spoil):
    """The numbers of a broken system over the set."""
    return numbers(run(Broken(assistant, spoil), questions, "x"))


def test_a_system_that_always_abstains_gets_what_it_deserves(assistant, questions):
    def abstain(a):
        return replace(a, status="abstained", claims=(), citations=(), text="文中没有说到。")

    found = spoilt(assistant, questions, abstain)
    assert found["abstention"]["recall"] == 1
    assert found["abstention"]["wrong_rate"] == 1
    assert found["abstention"]["precision"] == 0.25
    assert found["answers"]["fact_recall"] == 0


def test_a_system_that_never_abstains_gets_what_it_deserves(assistant, questions):
    def bluff(a):
        hit = a.hits[0].passage
        cited = Citation(1, hit.document, hit.id, hit.section, hit.start, hit.end, hit.text)
        return replace(a, status="answered", text=hit.text, claims=(Claim(hit.text, (1,)),), citations=(cited,))

    found = spoilt(assistant, questions, bluff)
    assert found["abstention"]["recall"] == 0
    assert found["abstention"]["wrong_rate"] == 0
    assert found["causes"]["should_have_abstained"] == 1
    assert found["citations"]["recall"] == 1


def test_random_passages_get_the_ranking_of_chance(assistant, questions, done):
    passages, rng = assistant.index.passages, random.Random(7)
    answerable = [q for q in questions if q.answerable]

    def shuffle(a):
        rows = rng.sample(range(len(passages)), len(passages))
        return replace(a, hits=tuple(Hit(n, row, passages[row], 1 / n, 0.0, 0.0) for n, row in enumerate(rows, 1)))

    asked = [replace(q, id=f"{q.id}-{n}") for n in range(60) for q in answerable]
    found = spoilt(assistant, asked, shuffle)
    chance = np.mean([1 / r for r in range(1, len(passages) + 1)])  # one gold passage, anywhere
    assert {len(gold_passages(q, passages)) for q in answerable} == {1}
    assert found["retrieval"]["mrr@10"] == pytest.approx(chance, abs=0.08)
    assert found["retrieval"]["mrr@10"] < numbers(done)["retrieval"]["mrr@10"] - 0.2


def test_shuffled_citations_support_nothing(assistant, questions):
    kept = []

    def shuffle(a):  # everybody cites what the answer before cited
        before, kept[:] = list(kept), a.citations
        n = len(before)
        return replace(a, citations=tuple(replace(before[i % n], n=c.n) for i, c in enumerate(a.citations) if n))

    found = spoilt(assistant, questions, shuffle)
    assert found["citations"]["recall"] == 0
    assert found["citations"]["precision"] == 0
    assert found["citations"]["on_gold"] == 0
    assert set(found["causes"]) <= {"unsupported", "wrongly_abstained", "should_have_abstained", "right"}


def test_consistency_is_how_often_wordings_get_the_same_facts(assistant, questions):
    same = [replace(questions[0], id=f"p{i}", group="g") for i in range(3)]
    alike = numbers(run(assistant, same, "x"))["consistency"]
    assert (alike["groups"], alike["agreement"], alike["same"], alike["right"]) == (1, 1, 1, 1)
    other = replace(questions[0], id="p9", question="仓库的租金是多少?", group="g")
    mixed = numbers(run(assistant, [*same, other], "x"))["consistency"]
    assert (mixed["agreement"], mixed["same"], mixed["right"]) == (0.5, 0, 0)


def test_a_run_is_kept_and_read_back_whole(done, tmp_path):
    path = write_run(done, tmp_path)
    assert path.name.startswith("extractive-")
    assert path.name.endswith("-仓库.json")
    again = read_run(path)
    assert again.scores == done.scores
    assert numbers(again) == numbers(done)
    assert again.set["n"] == 4
    assert done.system["settings"]["threshold"] == 0.3
    assert "key" not in json.dumps(done.system).lower()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_ranking_is_measured_as_deep_as_its_measures_look(assistant, questions):
    shallow = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"hits": 2}))
    entry = run(shallow, questions[:1], "x").entries[0]
    assert len(entry["answer"]["hits"]) == 2
    assert len(entry["ranked"]) == len(assistant.search(questions[0].question, 10)) > 2
    assert [id_ for id_, _ in entry["ranked"][:2]] == [h["passage"] for h in entry["answer"]["hits"]]


def test_a_run_file_that_somebody_changed_is_refused(done, tmp_path):
    whole = json.loads(write_run(done, tmp_path / "run.json").read_text("utf-8"))
    for path, spoilt in [
        (("set",), {}),
        (("scores", 0, "values", "answers.fact_recall"), "1"),
        (("scores", 0, "cause"), "<b>"),
        (("scores",), whole["scores"][:2]),
        (("system",), {}),
    ]:
        value = json.loads(json.dumps(whole))
        place = value
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = spoilt
        (tmp_path / "spoilt.json").write_text(json.dumps(value))
        with pytest.raises(BadInput, match="内容不全"):
            read_run(tmp_path / "spoilt.json")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}', '{"format": 2}'])
def test_what_is_not_a_run_is_said_so(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(BadInput, match=r"hujin-qa eval --out"):
        read_run(tmp_path / "run.json")


def worse(of: Run, n: int) -> Run:
    """The same run with its first right answers turned wrong."""
    scores = [
        replace(s, cause="read_wrong", values=s.values | {"answers.fact_recall": 0.0}) if i < n and s.answerable else s
        for i, s in enumerate(of.scores)
    ]
    return replace(of, scores=tuple(scores))


def test_a_comparison_pairs_questions_and_a_gate_breaks_on_a_significant_drop(assistant, questions):
    many = [replace(questions[0], id=f"q{i}") for i in range(30)]
    before = run(assistant, many, "x")
    assert all(s.right for s in before.scores)
    after = worse(before, 12)
    found = compare(before, after)
    assert [b.id for _, b in found.lost] == [f"q{i}" for i in range(12)]
    assert (found.won, found.both, found.neither) == ((), 18, 0)
    assert found.p == pytest.approx(binomtest(0, 12, 0.5).pvalue)
    assert {c.measure for c in broken(found)} == {"right", "answers.fact_recall"}
    assert broken(compare(after, before)) == []
    assert broken(compare(before, worse(before, 1))) == []  # one question is chance
    assert broken(compare(before, worse(before, 5))) == []  # five are 0.06 by the exact test
    assert all([b.id for _, b in c.worse] == [f"q{i}" for i in range(12)] for c in broken(found))
    assert found.texts["q11"][0] == "每托盘限重多少?"


def test_a_comparison_tells_what_differs_and_what_was_said(assistant, questions, done):
    lexical = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"fusion": "lexical"}))
    timid = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"threshold": 1.0}))
    assert compare(done, run(lexical, questions, "仓库")).setup == {"fusion": ("scores", "lexical")}
    found = compare(done, run(timid, questions, "仓库"))
    assert found.setup == {"threshold": (0.3, 1.0)}
    answered = sum(s.status == "answered" for s in done.scores)
    assert found.refused == (0, answered, pytest.approx(binomtest(0, answered, 0.5).pvalue))
    asked, was, now = found.texts["q1"]
    assert asked == "每托盘限重多少?"
    assert "800公斤" in was
    assert "800公斤" not in now
    assert "800公斤" in comparison_html(done, found)
    assert "之前的回答" in comparison_html(done, found)
    assert "之前的回答" not in comparison_html(done, compare(done, done))  # a table of nothing
    assert {"abstention.recall", "abstention.wrong_rate"} <= {c.measure for c in found.changes}
    assert "abstention.precision" not in {c.measure for c in found.changes}  # the same in every two runs


def test_variants_side_by_side_have_a_cell_each(assistant, questions, done):
    timid = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"threshold": 1.0}))
    refused = run(timid, questions, "仓库")
    for found, cells in (([done, refused, done], ["1.000", "—", "1.000"]), ([refused, done], ["—", "1.000"])):
        page = variants_html([(str(n), one) for n, one in enumerate(found)])
        lines = [re.findall("<td>(.*?)</td>", line) for line in page.split("<tr>")[2:]]
        assert {len(line) for line in lines} == {1 + len(found)}
        assert ["引文撑得住句子", *cells] in lines
        assert any(line[0] == "拒答的确实不可答" for line in lines)


def test_the_numbers_of_a_report_are_made_once(done, tmp_path, monkeypatch):
    made = {"numbers": 0, "groups": 0}

    def counted(name, function):
        def call(*given):
            made[name] += 1
            return function(*given)

        return call

    for name in made:
        monkeypatch.setattr(report, name, counted(name, getattr(report, name)))
    to_html(done)
    assert made == {"numbers": 1, "groups": 1}
    once = numbers(done)
    assert to_markdown(done, once) == to_markdown(done)
    assert made["numbers"] == 2
    path = write_run(done, tmp_path / "run.json", made=once | {"questions": 99})
    assert json.loads(path.read_text("utf-8"))["measures"]["questions"] == 99


def test_a_journal_is_gone_on_with_up_to_a_torn_line_and_one_of_another_run_is_left_alone(
    assistant, questions, tmp_path
):
    planned, journal = plan(assistant, questions, "仓库"), Journal(tmp_path / "x.journal")
    steps = runs(assistant, questions, planned, journal)
    next(steps), next(steps)
    steps.close()
    whole = journal.path.read_text("utf-8")
    assert [d.scores[0].id for d in journal.done(planned)] == ["q1", "q2"]
    for torn in (whole[:-30].encode(), whole.encode()[:-30] + b"\xe7", whole.replace('{"id": "q2"', '"', 1).encode()):
        journal.path.write_bytes(torn)
        assert [d.scores[0].id for d in journal.done(planned)] == ["q1"]
    again = finish(runs(assistant, questions, planned, journal, resume=True))
    assert [s.id for s in again.scores] == ["q1", "q2", "q3", "q4"]
    for other in (whole.replace('"hits": 8', '"hits": 9', 1), "{}\n[]\n", "坏\n" + whole):
        journal.path.write_text(other, encoding="utf-8")
        with pytest.raises(BadInput, match=r"x\.journal 是另一次运行的,没有动它。请从头跑"):
            finish(runs(assistant, questions, planned, journal, resume=True))
        assert journal.path.read_text("utf-8") == other
    assert len(finish(runs(assistant, questions, planned, journal)).scores) == 4
    journal.end()
    assert journal.done(planned) == []


def test_nobody_goes_through_a_run_that_another_goes_through(assistant, questions, tmp_path):
    planned, journal = plan(assistant, questions, "仓库"), Journal(tmp_path / "new" / "x.journal")
    steps = runs(assistant, questions, planned, journal)
    with ThreadPoolExecutor(1) as other:
        other.submit(next, steps).result()
    kept = journal.path.read_text("utf-8")
    for resume in (False, True):
        with pytest.raises(BadInput, match="同样的一次评测正在进行"):
            finish(runs(assistant, questions, planned, Journal(journal.path), resume))
    assert journal.path.read_text("utf-8") == kept
    steps.close()
    assert len(finish(runs(assistant, questions, planned, journal, resume=True)).scores) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"lexicon": Path("words.toml")},
        {"llm_prompt_tokens": 500},
        {"llm_reply_tokens": 99},
        {"llm_address": "http://me:secret@other:2/v1"},
    ],
)
def test_a_run_is_another_with_another_lexicon_or_language_model(assistant, questions, change):
    settings = assistant.settings.model_copy(update={"llm_address": "http://me:secret@one:1/v1", "llm_model": "m"})
    one, other = (
        plan(assistant.over(assistant.encoder, s), questions, "仓库").system
        for s in (settings, settings.model_copy(update=change))
    )
    assert one["settings"]["llm_server"] == "one:1"
    assert one != other
    assert "secret" not in json.dumps([one, other])


def test_the_server_of_a_model_names_it_after_its_file(monkeypatch, capsys):
    server = Mock()
    server.Server.return_value.listening_address = "http://127.0.0.1:8411"
    monkeypatch.setitem(sys.modules, "xllamacpp", server)
    monkeypatch.setattr(sys, "argv", ["llm_server.py", "models/some 0.5B.gguf"])
    monkeypatch.setattr(time, "sleep", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        runpy.run_path(str(Path(__file__).parents[1] / "eval" / "llm_server.py"), run_name="__main__")
    assert capsys.readouterr().out == "OPENAI_BASE_URL=http://127.0.0.1:8411/v1 OPENAI_MODEL='some 0.5B'\n"


def test_every_stage_of_an_ablation_does_what_it_says_and_no_more(assistant, questions):
    follow = EvalQuestion("f", "fact", "那人员呢?", True, (("财务部",),), ("3.2",), ("盘点的时间是?",))
    found = list(ablate(assistant, [*questions, follow], "仓库"))
    assert [stage for stage, _ in found] == list(STAGES)
    said = {stage: {e["question"]["id"]: e["answer"] for e in one.entries} for stage, one in found}
    assert said["hybrid, scores"]["f"]["interpreted"] == "那人员呢?"
    assert "盘点" in said["+ follow-ups"]["f"]["interpreted"]
    passage, read = (said[stage]["q1"]["text"] for stage in ("+ follow-ups", "+ reading"))
    assert read.startswith("每托盘限重800公斤。")
    assert read[:12] in passage
    assert len(passage) > len(read)
    assert said["+ taking apart"]["q4"]["status"] == "answered"
    assert said["+ abstention"]["q4"]["status"] == "abstained"
    product = run(assistant, [*questions, follow], "仓库")
    assert [s.cause for s in found[-1][1].scores] == [s.cause for s in product.scores]
    table = ablation_table(ablation_value(found))
    assert all(f"| {stage} |" in table for stage in STAGES)
    assert "nan" not in table


class Writes:
    """A model that drafts what it is told to."""

    def __init__(self, reply):
        self.reply = reply

    def __call__(self, settings, messages, stopped):
        assert "<资料" in messages[-1]["content"]
        return iter([self.reply])


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ('好的:{"question": "每托盘最多放多重?", "answer": "800公斤。"}', 1),
        ('{"question": "每托盘最多放多重?", "answer": "900公斤"}', 0),
        ('{"question": "限重是800公斤吗?", "answer": "800公斤"}', 0),
        ('{"question": "每托盘最多放多重", "answer": "800公斤"}', 0),
        ('{"question": "每托盘最多放多重?", "answer": ["800公斤"]}', 0),
        ('{"question": "每托盘最多放多重?", "answer": null}', 0),
        ("没有想好", 0),
        ("{" * 3000, 0),
    ],
)
def test_a_draft_of_a_model_is_kept_only_if_the_text_proves_it(assistant, monkeypatch, tmp_path, reply, kept):
    monkeypatch.setattr(drafts, "Reply", Writes(reply))
    settings = assistant.settings.model_copy(update={"llm_address": "http://127.0.0.1:1", "llm_model": "x"})
    found = drafts.draft_with_llm(assistant.index, settings, None, 0)
    assert len(found) == kept
    if kept:
        assert (found[0]["facts"], found[0]["evidence"]) == ([["800公斤"]], ["每托盘限重800公斤。"])
        assert validate(write(tmp_path / "drafts.jsonl", found), assistant.index) == (1, [])
    with pytest.raises(BadInput, match="大模型"):
        drafts.draft_with_llm(assistant.index, assistant.settings, None, 0)


def test_an_empty_set_is_said_so(assistant, tmp_path):
    (tmp_path / "none.csv").write_text("问题,要点\n", encoding="utf-8")
    with pytest.raises(BadInput, match="没有问题"):
        validate(tmp_path / "none.csv", assistant.index)


def test_runs_over_different_questions_are_not_compared(assistant, questions, done):
    with pytest.raises(BadInput, match="问题集不同"):
        compare(done, run(assistant, questions[:2], "仓库"))


def test_the_validator_names_every_line(assistant, tmp_path):
    lines = [
        *QUESTIONS,
        {"id": "q5", "question": "每托盘限重多少？", "facts": [["800公斤"]], "evidence": ["1"]},
        {"id": "q6", "question": "几点开门?", "facts": [["八点"]], "evidence": ["1"]},
        {"id": "q7", "question": "谁签字?", "facts": [["经理"]], "evidence": ["9.9"]},
        {"id": "q8", "question": "谁盖章?", "facts": [["行政"]], "evidence": ["由行政盖章"]},
        {"id": "q9", "question": "租期多久?", "answerable": False, "facts": [["三年"]]},
        {"id": "q1", "question": "重复的编号", "facts": [["x"]]},
        {"id": "q11", "question": ""},
    ]
    path = write(tmp_path / "set.jsonl", lines)
    path.write_text(path.read_text("utf-8") + "{坏\n", encoding="utf-8")
    other = write(tmp_path / "other.jsonl", [QUESTIONS[1]])
    n, faults = validate(path, assistant.index, [other])
    told = {f.line: f.text for f in faults}
    assert n == 9
    assert sorted(told) == [2, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "泄漏" in told[2]
    assert "第 1 行是同一个问题" in told[5]
    assert "依据里没有「八点」" in told[6]
    assert "没有 9.9 这个位置" in told[7]
    assert "原文里没有「由行政盖章」" in told[8]
    assert "不应有 facts" in told[9]
    assert "重复" in told[10]
    assert "JSON" in told[12]


def test_a_set_comes_from_csv_and_xlsx_as_from_jsonl(questions, tmp_path):
    table = [
        ["编号", "类型", "问题", "可答", "要点", "依据"],
        ["q1", "fact", "每托盘限重多少?", "是", "800公斤|800kg", "1"],
        ["q2", "why", "出库要核对什么?", "", "提货单", "出库须核对提货单"],
        ["q3", "fact", "盘点由谁进行?", "", "财务部;仓储部", "3.2"],
        ["q4", "fact", "仓库的租金是多少?", "否", "", ""],
    ]
    with (tmp_path / "set.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    book = Workbook()
    for row in table:
        book.active.append(row)
    book.save(tmp_path / "set.xlsx")
    assert load_questions(tmp_path / "set.csv") == questions
    assert load_questions(tmp_path / "set.xlsx") == questions
    (tmp_path / "bad.xlsx").write_bytes(b"PK nonsense")
    with pytest.raises(BadInput, match="XLSX"):
        load_questions(tmp_path / "bad.xlsx")


def test_a_beir_folder_is_a_question_set(tmp_path):
    write(tmp_path / "queries.jsonl", [{"_id": "1", "text": "限重?"}, {"_id": "2", "text": "租金?"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\t仓库\t1\n", encoding="utf-8")
    found = load_questions(tmp_path)
    assert [(q.id, q.answerable, q.evidence) for q in found] == [("1", True, ("仓库/",)), ("2", False, ())]


def test_a_beir_folder_of_its_own_layout_asks_what_its_split_names(tmp_path):
    write(tmp_path / "queries.jsonl", [{"_id": str(n), "text": "限重?"} for n in range(3)])
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n0\t仓库\t1\n2\t仓库\t0\n", "utf-8")
    assert [(q.id, q.answerable) for q in load_questions(tmp_path)] == [("0", True), ("2", False)]


def test_null_is_no_group_and_no_kind(tmp_path):
    (found,) = load_questions(write(tmp_path / "q.jsonl", [QUESTIONS[0] | {"group": None, "kind": None}]))
    assert (found.group, found.kind) == ("", "fact")


def test_gold_survives_another_cut_into_passages(assistant, questions):
    passages = [replace(p, id=f"{p.document}/x#{i}") for i, p in enumerate(assistant.index.passages)]
    again = judge(questions[0], assistant.ask(questions[0].question), passages)
    assert again.gold


def test_drafts_are_a_valid_question_set(assistant, tmp_path):
    drafted = drafts.draft_questions(assistant.index)
    assert any(d["question"] == "盘点包括哪些?" for d in drafted)
    n, faults = validate(write(tmp_path / "drafts.jsonl", drafted), assistant.index)
    assert (n, faults) == (len(drafted), [])


def test_the_report_is_one_file_that_shows_hostile_text_as_text(assistant, questions, done):
    hostile = replace(
        questions[0], id="<img src=x onerror=alert(1)>", question="</summary><script>alert(1)</script>限重?"
    )
    spoiled = run(assistant, [hostile], "<b>set</b>")
    page = to_html(spoiled)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>set" not in page
    assert page.count("<script>") == 1
    whole = to_html(done, (done, compare(done, done)))
    assert "http://" not in whole.replace("http://www.w3.org/", "")
    assert "https://" not in whole
    assert whole.count("<svg") == 3
    assert all(q["question"].replace("?", "?") in whole for q in QUESTIONS)


def test_the_markdown_table_has_every_measure_with_its_interval(done):
    table = to_markdown(done)
    assert re.search(r"\| 要点答出 \| \d\.\d{3} \| \d\.\d{3}–\d\.\d{3} \|", table)
    assert "nan" not in table
    assert "| 各种说法都答对 | — | — |" in table  # no two questions ask the same


def test_an_evaluator_sees_the_text_of_gold_that_was_not_found(assistant, questions):
    lift = questions[0]
    astray = answer(assistant, lift, [("出库须核对提货单。", ["出库须核对提货单。"])])
    outcome = judge(lift, astray, assistant.index.passages, ranked=())
    done = replace(plan(assistant, [lift], "x"), scores=(outcome.score,), entries=(entry(outcome),))
    page = to_html(done)
    assert "没找到的出处:" in page
    assert "每托盘限重800公斤。" in page.partition("没找到的出处:")[2]


def test_exports_are_read_by_the_tools_that_they_are_for(assistant, done, tmp_path):
    for format_ in get_args(Format):
        assert all(p.is_file() for p in export(done, format_, tmp_path / format_, assistant.index.passages))
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "trec" / "qrels.txt")))
    ranked = list(ir_measures.read_trec_run(str(tmp_path / "trec" / "run.txt")))
    found = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, ranked)[ir_measures.nDCG @ 10]
    assert found == pytest.approx(numbers(done)["retrieval"]["ndcg@10"], abs=1e-3)
    assert len(load_questions(tmp_path / "beir")) == 3
    corpus = [json.loads(line) for line in (tmp_path / "beir" / "corpus.jsonl").read_text("utf-8").splitlines()]
    assert [p["_id"] for p in corpus] == [p.id for p in assistant.index.passages]  # what nothing retrieved too
    sample = json.loads((tmp_path / "ragas" / "ragas.jsonl").read_text("utf-8").split("\n")[0])
    assert set(sample) == {"user_input", "retrieved_contexts", "response", "reference"}
    result = json.loads((tmp_path / "ragchecker" / "ragchecker.json").read_text("utf-8"))["results"][0]
    assert set(result) == {"query_id", "query", "gt_answer", "response", "retrieved_context"}


def test_ids_with_blanks_are_one_column_of_trec(assistant, done, tmp_path):
    spaced = replace(done, entries=tuple(e | {"question": e["question"] | {"id": "题 1"}} for e in done.entries))
    qrels, ranked = export(spaced, "trec", tmp_path, assistant.index.passages)
    assert {len(line.split()) for line in qrels.read_text("utf-8").splitlines()} == {4}
    assert {len(line.split()) for line in ranked.read_text("utf-8").splitlines()} == {6}


def test_the_shipped_question_sets_are_valid():
    root = Path(__file__).parents[1] / "eval"
    for path in [root / "hujin.jsonl", *sorted((root / "other").glob("*.jsonl"))]:
        assert all(isinstance(q, EvalQuestion) for q in load_questions(path))
        assert validate(path)[1] == []
