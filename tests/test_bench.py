"""The evaluator's page without a browser."""

import json
import time
from dataclasses import replace

import gradio as gr
import pytest

import web_fake as fake
from hujin_qa.accounts import Accounts
from hujin_qa.errors import BadInput
from hujin_qa.evaluation import edits
from hujin_qa.evaluation.runs import read_run, write_run
from hujin_qa.evaluation.variants import Variant, variants
from hujin_qa.files import write_whole
from hujin_qa.index import build_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.web import strings as say
from hujin_qa.web.bench import Bench
from hujin_qa.web.eval_page import build_eval
from hujin_qa.web.language import Page, speaking
from test_evaluation import QUESTIONS, TEXT, assistant, write  # noqa: F401
from test_index import Hashing


@pytest.fixture
def bench(assistant, tmp_path):  # noqa: F811
    (tmp_path / "eval" / "other").mkdir(parents=True)
    write(tmp_path / "eval" / "仓库.jsonl", QUESTIONS)
    write(tmp_path / "eval" / "other" / "二.jsonl", QUESTIONS[:2])
    write(tmp_path / "eval" / "pairs.jsonl", [{"claim": "x"}])
    return Bench(assistant, tmp_path / "eval", tmp_path / "runs")


def whole(progress):
    """The steps of a run, and what it was kept as."""
    steps = []
    while True:
        try:
            steps.append(next(progress))
        except StopIteration as end:
            return steps, end.value


def test_only_question_sets_can_be_asked(bench):
    assert bench.question_sets() == ["other/二.jsonl", "仓库.jsonl"]
    for name in ("", "pairs.jsonl", "../secret.jsonl", "/etc/passwd"):
        with pytest.raises(BadInput):
            next(bench.run(name))


def test_a_run_tells_how_far_it_is_and_is_kept_and_shown(bench):
    steps, name = whole(bench.run("仓库.jsonl"))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert bench.run_names() == [name]
    page = bench.page(name)
    assert "每托盘限重多少?" in page
    assert "<svg" in page
    assert "<script" not in page
    assert "McNemar" in bench.comparison(name, name)


def test_what_failed_comes_before_the_numbers_and_times_are_those_of_this_machine(bench, monkeypatch):
    name = whole(bench.run("仓库.jsonl"))[1]
    run = read_run(bench.kept / name)
    write_run(replace(run, started="2026-01-31T20:00:00+00:00"), bench.kept / name)
    change = {"at": "2026-01-31T21:00:00+00:00", "who": "小李", "set": "x", "id": "q1", "why": "问错了"}
    (bench.kept / "corrections.jsonl").write_text(json.dumps(change) + "\n", encoding="utf-8")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        page, told = bench.page(name), bench.corrections()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert ">2026-02-01 04:00<" in page
    assert "2026-02-01 05:00 小李" in told
    assert page.index('id="questions"') < page.index("总表")


def test_a_run_that_is_stopped_is_gone_on_with(bench, assistant, monkeypatch):  # noqa: F811
    steps = bench.run("仓库.jsonl")
    next(steps), next(steps)
    steps.close()
    assert bench.run_names() == []
    asked, ask = [], type(assistant).ask
    monkeypatch.setattr(type(assistant), "ask", lambda self, q, h=(): asked.append(q) or ask(self, q, h))
    steps, name = whole(bench.run("仓库.jsonl", resume=True))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert set(asked) == {q["question"] for q in QUESTIONS[2:]}
    assert [s.id for s in read_run(bench.kept / name).scores] == ["q1", "q2", "q3", "q4"]
    assert [p.name for p in bench.kept.iterdir()] == [name]  # and nothing half done is left


def test_another_variant_is_not_gone_on_with(bench):
    first, second = (Variant("", fusion, 8, 0.3, "extractive") for fusion in ("rrf", "dense"))
    steps = bench.run("仓库.jsonl", first)
    next(steps)
    steps.close()
    whole(bench.run("仓库.jsonl", second, resume=True))
    assert read_run(bench.kept / bench.run_names()[0]).system["settings"]["fusion"] == "dense"


def test_variants_are_tried_side_by_side(bench):
    chosen = variants([""], ["scores", "lexical"], [8], [0.0, 1.0], ["extractive"])
    assert len({v.name for v in chosen}) == 4
    page = bench.ask("每托盘限重多少?", chosen)
    assert page.count("限重800公斤") == 2  # whoever wants full certainty abstains
    assert "混合(分数)" in page
    names = [whole(bench.run("仓库.jsonl", v))[1] for v in chosen]
    assert len(set(names)) == 4
    assert page.count("<th") == bench.contrast(chosen, names).count("<th")
    with pytest.raises(BadInput, match="大模型"):
        bench.ask("限重?", variants([""], ["rrf"], [8], [0.4], ["llm"]))
    with pytest.raises(BadInput, match="太多"):
        variants([""], ["rrf"], range(1, 10), [0.4], ["extractive"])
    with pytest.raises(BadInput, match="选一个"):
        variants([""], [], [8], [0.4], ["extractive"])


def test_another_encoder_is_tried_over_its_own_index_of_the_same_documents(bench, tmp_path, monkeypatch):
    class Other(Hashing):
        id = "other"

    for name, text in (("same", TEXT), ("else", "# 别的手册\n\n别的内容。\n")):
        source = tmp_path / name / "仓库.md"
        source.parent.mkdir()
        source.write_text(text, encoding="utf-8")
        build_index([source], tmp_path / f"{name}-index", Other(), "other", load_lexicon())
    monkeypatch.setattr("hujin_qa.assistant.open_encoder", lambda name, cache: Other())
    indexes = {name: tmp_path / f"{name}-index" for name in ("same", "else")}
    settings = bench.assistant.settings.model_copy(update={"other_encoders": indexes})
    both = replace(bench, assistant=bench.assistant.over(bench.assistant.encoder, settings))
    chosen = variants(["", "same"], ["scores"], [8], [0.3], ["extractive"])
    assert both.ask("每托盘限重多少?", chosen).count("限重800公斤") == 2
    name = whole(both.run("仓库.jsonl", chosen[1]))[1]
    assert read_run(both.kept / name).system["encoder"] == "other"
    with pytest.raises(BadInput, match="另一批文档"):
        both.ask("限重?", variants(["else"], ["scores"], [8], [0.3], ["extractive"]))
    with pytest.raises(BadInput, match="没有这个向量模型"):
        both.ask("限重?", variants(["/etc"], ["scores"], [8], [0.3], ["extractive"]))


def test_gold_is_corrected_one_line_at_a_time_and_it_is_kept_who_did_it(bench):
    path = bench.sets / "仓库.jsonl"
    before = path.read_text("utf-8").split("\n")
    change = {"facts": [["2小时"]], "evidence": ["登记由收货员在2小时内完成"], "question": "登记要多久?"}
    bench.correct("仓库.jsonl", " q1 ", change, "<b>小李</b>", "问错了")
    after = path.read_text("utf-8").split("\n")
    assert [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [0]
    assert bench.question("仓库.jsonl", "q1").facts == (("2小时",),)
    told = bench.corrections()
    assert "&lt;b&gt;小李" in told
    assert "问错了" in told
    line = json.loads((bench.kept / "corrections.jsonl").read_text("utf-8"))
    assert line["before"]["facts"] == [["800公斤", "800kg"]]
    assert line["after"]["question"] == "登记要多久?"


def test_a_reason_with_a_line_separator_stays_one_line_of_the_record(bench):
    bench.correct("仓库.jsonl", "q1", {"question": "登记要多久?"}, "小李", "问错\u2028了\x85")
    assert "问错\u2028了" in bench.corrections()


def test_a_correction_that_could_not_be_written_is_taken_back_in_the_record(bench, monkeypatch):
    def fails(*_):
        raise BadInput("写不到 仓库.jsonl:磁盘已满。")

    before = (bench.sets / "仓库.jsonl").read_text("utf-8")
    monkeypatch.setattr(
        edits, "write_whole", lambda path, text: fails() if path.parent == bench.sets else write_whole(path, text)
    )
    with pytest.raises(BadInput, match="磁盘已满"):
        bench.correct("仓库.jsonl", "q1", {"question": "登记要多久?"}, "小李", "问错了")
    assert (bench.sets / "仓库.jsonl").read_text("utf-8") == before
    made, taken_back = map(json.loads, (bench.kept / "corrections.jsonl").read_text("utf-8").splitlines())
    assert taken_back["after"] == made["before"]
    assert "磁盘已满" in taken_back["why"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_gold_is_corrected_whatever_the_set_is_written_in(bench, encoding):
    path = bench.sets / "仓库.jsonl"
    text = path.read_text("utf-8")
    path.write_bytes(text.encode(encoding))
    bench.correct("仓库.jsonl", "q1", {"question": "每一托盘限重多少?"}, "小李", "问错了")
    assert path.read_text("utf-8").split("\n")[1:] == text.split("\n")[1:]
    assert bench.question("仓库.jsonl", "q1").question == "每一托盘限重多少?"


@pytest.mark.parametrize("line", ["{", "[1]", "{}", '{"at": 1, "who": 2, "set": 3}'])
def test_a_damaged_record_of_corrections_is_told_and_nothing_else_fails(bench, line):
    bench.kept.mkdir()
    (bench.kept / "corrections.jsonl").write_text(line + "\n", encoding="utf-8")
    assert "corrections.jsonl" in bench.corrections()
    with speaking("en"):
        assert "cannot be read" in bench.corrections()


def test_the_record_of_corrections_is_sent_to_evaluators_only_and_as_it_is_now(bench, tmp_path):
    given = Accounts(tmp_path / "users.db", {})
    given.add("eva", "correct horse", ["evaluator"])
    given.add("staff", "correct horse")

    def made():
        page = Page()
        build_eval(page, bench, given)
        return page

    bench.correct("仓库.jsonl", "q1", {"question": "每个托盘限重几公斤?"}, "旧人", "说法")
    page = fake.made(made)
    assert "旧人" not in json.dumps(page.config, default=str, ensure_ascii=False)
    bench.correct("仓库.jsonl", "q1", {"question": "一个托盘限重几公斤?"}, "新人", "说法")
    load = next(event for event in page.fns.values() if event.name == "on_load")
    assert "新人" in load.fn(gr.Request(username="eva"))[-1]
    assert len(load.outputs) == len(load.fn(gr.Request(username="eva")))
    with pytest.raises(gr.Error, match=say.EVALUATORS_ONLY):
        load.fn(gr.Request(username="staff"))


@pytest.mark.parametrize(
    ("change", "why", "told"),
    [
        ({"facts": [["三小时"]], "evidence": ["登记由收货员在2小时内完成"]}, "x", "依据里没有"),
        ({"evidence": ["9.9"]}, "x", "没有 9.9"),
        ({"facts": []}, "x", "没有写 facts"),
        ({"question": " "}, "x", "question"),
        ({"question": "出库要核对什么?"}, "x", "同一个问题"),
        ({"question": "限重?"}, " ", "为什么"),
    ],
)
def test_a_correction_that_is_not_valid_changes_nothing(bench, change, why, told):
    path = bench.sets / "仓库.jsonl"
    before = path.read_text("utf-8")
    with pytest.raises(BadInput, match=told):
        bench.correct("仓库.jsonl", "q1", change, "x", why)
    assert path.read_text("utf-8") == before
    assert bench.corrections() == ""
    assert sorted(p.name for p in path.parent.iterdir()) == ["other", "pairs.jsonl", "仓库.jsonl"]


def test_only_kept_runs_can_be_looked_at(bench, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps({"format": 2}))
    for name in ("", "../x.json", str(tmp_path / "x.json")):
        with pytest.raises(BadInput):
            bench.page(name)
