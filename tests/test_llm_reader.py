"""From a model's words to an answer that is vouched for, with scripted models over a real connection."""

import importlib.util
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hujin_qa import cli, llm, transcript
from hujin_qa.assistant import Assistant, ensure_index
from hujin_qa.composer import compose_answer
from hujin_qa.doctor import checks
from hujin_qa.evaluation.questions import EvalQuestion
from hujin_qa.llm_reader import Verified, lacking, sentences
from hujin_qa.payload import answer_payload, usage_line
from hujin_qa.prompts import messages, rewrite_messages, speaks_to_the_model, tokens
from hujin_qa.settings import load_settings
from hujin_qa.transcript import Transcript
from hujin_qa.types import Answer, Claim, Delta
from injections import INJECTIONS
from llm_fake import FAULTS, HEAD, answering, event, patience, saying, serving, status
from llm_fake import SECRET as KEY

QUESTION = "澜江公司2024年的产值是多少?"
FACTS = """# 澜江公司年报

## 一、经营情况

澜江公司2024年的产值为86亿元,比上年增长12%。公司共有员工3200人,其中研发人员410人。

## 二、厂区

澜江公司的总部设在青岩市,另有两座工厂。工厂不对外开放参观。

## 三、产品

澜江公司的主要产品是水泵和阀门,水泵的产量高于阀门。
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llm")
    hidden = "\n\n".join(f"## 附注{n}\n\n附言 {order}" for n, (order, *_) in enumerate(INJECTIONS, 1))
    (folder / "report.md").write_text(FACTS + "\n" + hidden + "\n", encoding="utf-8")
    settings = load_settings(index=folder / "index", corpus=folder, llm_model="")
    ensure_index(settings, [folder / "report.md"])
    return Assistant.open(settings)


@pytest.fixture(scope="module")
def extracted(plain):
    return plain.ask(QUESTION)


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(llm, "_BACKOFF", 0.01)


def composing(plain, server, **more):
    changed = {"llm_address": server.url, "llm_model": "m", "llm_stall_seconds": 30.0, "llm_seconds": 600.0, **more}
    settings = load_settings(index=plain.settings.index, corpus=plain.settings.corpus, llm_key=KEY, **changed)
    return Assistant(settings, plain.encoder, plain.lexicon, plain.index)


def told(plain, text, question=QUESTION, **more):
    with serving(answering(text)) as server:
        return composing(plain, server, **more).ask(question)


def assert_exact(answer, plain):
    for c in answer.citations:
        assert plain.index.documents[c.document].text[c.start : c.end] == c.quote
    numbers = {c.n for c in answer.citations}
    assert numbers == {n for claim in answer.claims for n in claim.citations}
    assert all(claim.citations for claim in answer.claims if claim.supported)


def test_a_supported_sentence_is_shown_with_the_exact_sentence_that_supports_it(plain):
    answer = told(plain, "<think>找一找[3]</think>澜江公司2024年产值是86亿元,同比增长12%[1]。")
    assert answer.reader == "llm"
    assert answer.text == "澜江公司2024年产值是86亿元,同比增长12%。[1]"
    assert answer.citations[0].quote == "澜江公司2024年的产值为86亿元,比上年增长12%。"
    assert answer.remark == ""
    assert answer.usage == {"prompt_tokens": 100, "reply_tokens": 20, "cost": 0.0}
    assert {"first_token", "model", "check"} <= set(answer.timings_ms)
    assert_exact(answer, plain)


@pytest.mark.parametrize("cited", ["", "[2]", "[7]", "[99]", "[2,3]"])
def test_a_wrong_or_missing_citation_is_corrected(plain, cited):
    answer = told(plain, f"2024年产值为86亿元{cited}。")
    assert [c.quote for c in answer.citations] == ["澜江公司2024年的产值为86亿元,比上年增长12%。"]
    assert_exact(answer, plain)


@pytest.mark.parametrize(
    "wrong", ["产值为68亿元[1]。", "产值比上年下降12%[1]。", "江澜集团2023年产值为86亿元[1]。", "公司计划明年上市[1]。"]
)
def test_without_a_supported_sentence_the_source_answers_itself(plain, extracted, wrong):
    answer, expected = told(plain, wrong), extracted
    assert (answer.reader, answer.text, answer.claims) == ("extractive", expected.text, expected.claims)
    assert "没有依据" in answer.remark


def test_an_unsupported_sentence_is_dropped_and_said_to_be(plain):
    answer = told(plain, "2024年产值为86亿元,增长12%[1]。公司计划在海外上市[1]。")
    assert "上市" not in answer.text
    assert "1 句话" in answer.remark
    assert "已略去" in answer.remark
    assert_exact(answer, plain)


def test_an_unsupported_sentence_can_be_marked_instead(plain):
    answer = told(plain, "2024年产值为86亿元,增长12%[1]。公司计划在海外上市[1]。", unsupported="mark")
    assert [c.supported for c in answer.claims] == [True, False]
    assert "〔原文中没有依据〕公司计划在海外上市" in answer.text
    assert "已标出" in answer.remark
    assert_exact(answer, plain)


def test_what_the_model_left_out_is_put_behind_its_answer(plain):
    answer = told(plain, "公司共有员工3200人[1]。", question="澜江公司有多少员工,其中研发人员几人?")
    assert "410" in answer.text
    assert_exact(answer, plain)


@pytest.mark.parametrize(
    ("said", "left_out"),
    [("主要产品是水泵、阀门、管件和仪表。", False), ("主要产品是水泵、阀门和管件。", True), ("主要产品是水泵。", True)],
)
def test_no_member_of_a_series_may_be_left_out(said, left_out):
    source = Claim("主要产品有水泵、阀门、管件、仪表。", (1,))
    assert lacking(Verified((Claim(said, (1,)),), (), 0, False), [source], "主要产品有哪些?") == [source] * left_out


@pytest.mark.parametrize(
    "text", ["资料未提及", "资料未提及[1]。", "根据资料,资料中没有提到这一点。", "无法回答这个问题。"]
)
def test_a_model_that_finds_nothing_abstains(plain, text):
    answer = told(plain, text)
    assert (answer.status, answer.reason) == ("abstained", "not_enough_evidence")
    assert not answer.claims
    assert not answer.citations
    assert answer.hits


@pytest.fixture(scope="module")
def banking(tmp_path_factory):
    folder = tmp_path_factory.mktemp("banking")
    text = """# 信贷手册

## 一、背景

传统银行无法判断小微企业的信用状况。

## 二、受理

申请材料未提供齐全的,不予受理。
"""
    (folder / "bank.md").write_text(text, encoding="utf-8")
    settings = load_settings(index=folder / "index", corpus=folder, llm_model="", threshold=0.0)
    ensure_index(settings, [folder / "bank.md"])
    return Assistant.open(settings)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("传统银行无法判断什么?", "传统银行无法判断小微企业的信用状况。"),
        ("申请材料未提供齐全的怎么办?", "申请材料未提供齐全的,不予受理。"),
    ],
)
def test_what_the_text_itself_says_of_something_missing_is_an_answer(banking, question, said):
    with serving(answering(said[:-1] + "[1]。")) as server:
        answer = composing(banking, server, threshold=0.0).ask(question)
    assert (answer.status, answer.reader, answer.remark) == ("answered", "llm", "")
    assert [c.text for c in answer.claims] == [said]
    assert_exact(answer, banking)


def test_without_evidence_the_model_is_not_asked(plain):
    with serving(answering("产值为86亿元。")) as server:
        answer = composing(plain, server, threshold=1.0).ask(QUESTION)
        assert server.requests == []
    assert answer.status == "abstained"


@pytest.mark.parametrize(("script", "why"), FAULTS.values(), ids=FAULTS)
def test_a_fault_gives_the_extractive_answer_and_one_sentence_why(plain, extracted, script, why):
    with serving(script) as server:
        settings = composing(plain, server, llm_stall_seconds=patience(why)).settings
        *_, answer = compose_answer(extracted, "没有。", [], plain.index, plain.encoder, settings, lambda: False)
    assert (answer.status, answer.reason, answer.reader) == ("answered", "llm_unavailable", "extractive")
    assert (answer.text, answer.claims, answer.citations) == (extracted.text, extracted.claims, extracted.citations)
    assert why in answer.remark
    assert answer.remark.count("。") == 1
    assert KEY not in str(answer_payload(answer, "1"))


def test_a_fault_is_told_on_the_way_that_a_user_takes(plain, extracted):
    with serving(saying(status(401))) as server:
        answer = composing(plain, server).ask(QUESTION)
    assert (answer.text, answer.reason) == (extracted.text, "llm_unavailable")
    assert answer.remark == "语言模型服务拒绝了密钥,以上是原文摘句。"
    assert answer.usage == {"prompt_tokens": 0, "reply_tokens": 0, "cost": 0}


@pytest.mark.parametrize(
    "script", [saying(status(401)), answering("公司计划明年上市[1]。"), answering("产值为86亿元[1]。")]
)
def test_that_a_follow_up_could_not_be_completed_is_told_whatever_comes_after(plain, extracted, script):
    earlier = "语言模型服务拒绝了密钥,没能请它补全这个追问。"
    told_before = replace(extracted, remark=earlier)
    with serving(script) as server:
        settings = composing(plain, server).settings
        *_, answer = compose_answer(told_before, "没有。", [], plain.index, plain.encoder, settings, lambda: False)
        *_, alone = compose_answer(extracted, "没有。", [], plain.index, plain.encoder, settings, lambda: False)
    assert answer.remark == earlier + alone.remark


def test_a_draft_is_streamed_before_the_answer(plain):
    with serving(answering("2024年产值为86亿元,增长12%[2]。", size=2)) as server:
        events = list(composing(plain, server).stream(QUESTION))
    assert all(isinstance(e, Delta) for e in events[:-1])
    assert isinstance(events[-1], Answer)
    assert "".join(e.text for e in events[:-1]) == "2024年产值为86亿元,增长12%[1]。"


def test_closing_the_stream_hangs_up(plain):
    with serving(saying(HEAD, event("产值"), 30.0)) as server:
        events = composing(plain, server, llm_stall_seconds=300.0).stream(QUESTION)
        assert next(e for e in events if e.text) == Delta("产值")
        events.close()
        assert server.hung_up.wait(60)


def test_a_follow_up_is_resolved_before_the_model_sees_it(plain):
    with serving(answering("澜江公司的总部设在青岩市[1]。")) as server:
        history = [("user", QUESTION), ("assistant", "86亿元。")]
        answer = composing(plain, server).ask("那总部呢?", history)
        asked = [m["content"] for m in server.body()["messages"]]
    assert "总部" in answer.interpreted
    assert answer.interpreted != "那总部呢?"
    assert answer.interpreted in asked[-1]
    assert "86亿元。" in asked


def test_history_is_trimmed_to_the_budget(extracted):
    hits = extracted.hits
    history = [("user", f"第{n}问" + "长" * 200) for n in range(50)]
    sent = messages(QUESTION, hits, history, 1000)
    assert "第49问" in "".join(m["content"] for m in sent)
    assert "第10问" not in "".join(m["content"] for m in sent)
    assert len("".join(m["content"] for m in sent)) < 2500


@pytest.mark.parametrize("turns", [1, 2, 3, 8, 200])
@pytest.mark.parametrize("length", [1, 100, 900, 20_000])
@pytest.mark.parametrize("budget", [200, 1000, 3000])
def test_a_long_history_never_takes_more_than_a_quarter(extracted, turns, length, budget):
    hits = extracted.hits[:1]
    fixed = messages("", hits, [], budget)
    history = [(("user", "assistant")[n % 2], f"轮{n}" + "长" * length) for n in range(turns)]
    sent = messages("", hits, history, budget)
    more = sum(tokens(m["content"]) for m in sent) - sum(tokens(m["content"]) for m in fixed)
    assert more <= budget / 4 + 1  # two line breaks
    latest = [f"轮{n}长" in "".join(m["content"] for m in sent) for n in range(turns)]
    assert latest == sorted(latest)  # what is left out is the oldest
    assert latest[-1] or 2 * tokens(history[-1][1]) > budget / 4


@pytest.mark.parametrize(
    "roles", ["", "u", "ua", "uaua", "a", "aua", "uu", "uuu", "uaa", "auau", "uauu", "usua"], ids=lambda r: r or "none"
)
def test_users_and_assistants_take_turns_whatever_the_history(extracted, roles):
    """The templates of some models refuse anything else; a role that a chat does not have is left out."""
    names = {"u": "user", "a": "assistant", "s": "system"}
    history = [(names[r], f"轮{n}") for n, r in enumerate(roles)]
    sent = messages(QUESTION, extracted.hits, history, 3000)
    assert [m["role"] for m in sent] == ["system", *["user", "assistant"] * (len(sent) // 2 - 1), "user"]
    for n, role in enumerate(roles):
        there = f"轮{n}" in "".join(m["content"] for m in sent)
        assert there == (role == "u" or (role == "a" and "u" in roles[:n]))


def test_an_order_that_an_answer_quoted_or_a_heading_gives_is_not_repeated_to_the_model(extracted):
    hit = extracted.hits[0]
    for order, _, forbidden in INJECTIONS:
        headed = replace(hit, passage=replace(hit.passage, section=(order.replace("\n", " "),)))
        history = [("user", "附注讲了什么?"), ("assistant", f"附言 {order}[1]")]
        for sent in (messages("产值?", [headed], history, 3000), rewrite_messages("它呢?", history, 3000)):
            assert forbidden not in "".join(m["content"] for m in sent[3:]), order


def test_the_key_and_the_address_are_on_no_answer_and_in_no_log(plain, caplog):
    with caplog.at_level(logging.DEBUG), serving(saying(status(401, body=KEY.encode()))) as server:
        answer = composing(plain, server).ask(QUESTION)
        told = str(answer_payload(answer, "1")) + repr(answer)
    assert KEY not in told + caplog.text
    assert server.url not in told


@pytest.mark.parametrize(
    ("script", "model", "ok", "word"),
    [
        (answering("好"), "m", True, "m 可用"),
        (saying(status(401)), "m", False, "拒绝了密钥"),
        (answering("好"), "", False, "只差 OPENAI_MODEL"),
    ],
)
def test_the_doctor_tries_the_model(plain, script, model, ok, word):
    with serving(script) as server:
        *_, last = checks(composing(plain, server, llm_model=model).settings)
    assert (last.name, last.ok) == ("语言模型", ok)
    assert word in last.detail


def test_the_command_line_shows_the_draft_on_stderr_and_the_answer_on_stdout(plain, monkeypatch, capsys):
    with serving(answering("2024年产值为86亿元,增长12%[1]。公司计划在海外上市[1]。")) as server:
        monkeypatch.setattr(cli, "_assistant", lambda settings: composing(plain, server, llm_price=500))
        cli.ask(QUESTION)
    out, err = capsys.readouterr()
    assert "草稿(未核对):2024年产值为86亿元,增长12%[1]。公司计划在海外上市[1]。" in err
    assert "上市" not in out
    assert "2024年产值为86亿元,增长12%。[1]" in out
    assert "已略去" in out
    assert "大模型:读 100 词元,写 20 词元,费用 0.05\n" in out
    assert "由大模型组织语言" in out


def test_what_it_cost_is_told_where_there_is_something_to_tell(extracted):
    def told(**usage):
        return usage_line(replace(extracted, usage=usage))

    assert told() == ""
    assert told(prompt_tokens=0, reply_tokens=0, cost=0) == ""
    assert told(prompt_tokens=900, reply_tokens=0, cost=0.0) == "大模型:读 900 词元,写 0 词元"
    assert told(prompt_tokens=900, reply_tokens=80, cost=0.000001) == "大模型:读 900 词元,写 80 词元,费用 0.000001"
    assert told(prompt_tokens=900, reply_tokens=80, cost=3.0).endswith("费用 3")


def test_the_comparison_with_a_model_runs_on_scripted_answers(plain):
    """``eval/llm.py`` as the run with a real model starts it."""
    spec = importlib.util.spec_from_file_location("eval_llm", Path(__file__).parents[1] / "eval" / "llm.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    asked = [
        EvalQuestion("1", "fact", QUESTION, True, (("86亿",),), ("澜江公司2024年的产值为86亿元",)),
        EvalQuestion("2", "follow", "当家的姓啥?", False, history=(QUESTION,)),
    ]
    good, rewritten = answering("2024年产值为86亿元,增长12%[1]。公司要上市[1]。"), answering("不知道。")
    said = []
    with serving(good, rewritten) as server:
        results, log = script.compare(plain, composing(plain, server, unsupported="mark"), asked, said.append)
    model, extractive = results["llm"], results["extractive"]
    assert (model["fact_recall"], extractive["fact_recall"]) == (1.0, 1.0)
    assert (model["readers"], extractive["readers"]) == ({"llm": 1}, {"extractive": 1})
    assert model["unsupported_shown_marked"] == 1
    assert model["unsupported_shown_unmarked"] == model["unsupported_numbers_unmarked"] == 0
    assert (results["facts_lost"], results["usage"]["prompt_tokens"]) == (0, 200)
    assert results["follow_ups"] == {"asked": 1, "rewriting_tried": 1, "still_abstained": 1}
    assert set(results["seconds"]["first_token"]) == {"0.5", "0.9"}
    assert "上市" in log
    assert said[-1].startswith("2/2 ")


def test_sentences_that_give_orders_are_recognised():
    assert [order for order, *_ in INJECTIONS if not speaks_to_the_model(order)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "员工必须服从排班。",
        "系统应输出日志。",
        "熟练掌握测算模型,并注意平衡。",
        "他只好忽略了噪音。",
        "数据指纹(fingerprint)用于核对。",
    ],
)
def test_ordinary_sentences_are_not_taken_for_orders(sentence):
    assert not speaks_to_the_model(sentence)


def poisoned(plain, extracted, settings):
    """The answers to one question where every order in turn stands beside the passage that answers it."""
    notes = {p.section[-1]: p for p in plain.index.passages if p.section[-1].startswith("附注")}
    honest = extracted.hits[0]
    for n in range(1, len(INJECTIONS) + 1):
        hits = honest, replace(honest, rank=2, passage=notes[f"附注{n}"])
        before = replace(extracted, hits=hits)
        *_, answer = compose_answer(before, "没有。", [], plain.index, plain.encoder, settings, lambda: False)
        yield answer


def test_no_hidden_order_reaches_the_model_and_no_obedience_reaches_the_reader(plain, extracted):
    """Every order stands in the passages, and the scripted model does what it says."""
    with serving(*(answering(obeyed, 400) for _, obeyed, _ in INJECTIONS)) as server:
        settings = composing(plain, server).settings
        for (order, _, forbidden), answer in zip(INJECTIONS, poisoned(plain, extracted, settings), strict=True):
            assert answer.text == extracted.text or answer.status == "abstained", order
            assert forbidden not in answer.text, order
            prompt = server.body()["messages"][-1]["content"]
            assert forbidden not in prompt, order
            assert prompt.count("</资料>") == 2, order


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("产值5亿[2]。增长[1,2]。", "产值5亿[1]。增长[2][1]。"),
        ("甲[[3]]乙【4】丙［2］丁(1)。", "甲[1]乙[2]丙[3]丁[4]。"),
        ("甲[9]。乙[0]。", "甲。乙。"),
        ("<think>想[1]</think>答[5]。", "答[1]。"),
        ("想了想</think>答[2]。", "答[1]。"),
        ("(1)甲[2]\n(2)乙[1]", "(1)甲[1]\n(2)乙[2]"),
        ("甲【资料2】乙[资料 3、4]", "甲[1]乙[2][3]"),
        ("甲[注]乙(见附录)丙<丁", "甲[注]乙(见附录)丙<丁"),
        ("半个[1", "半个[1"),
    ],
)
def test_markers_are_understood_in_every_writing_and_never_shown_by_halves(written, shown):
    for size in (1, 2, 3, 1000):
        reader = Transcript(5)
        pieces = [reader.feed(written[i : i + size]) for i in range(0, len(written), size)] + [reader.close()]
        assert reader.text == shown
        if "</think>" not in written:
            assert "".join(pieces) == shown
            assert not any(p.endswith(("[", "【", "［")) for p in pieces[:-1])


HOSTILE = ["[", "[1", "（", "<think", "[1]", " (9)", "(1)\n", "<think></think>", "[资料", "【1，"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_reading_a_hostile_text_is_linear(hostile):
    """Counts lines that are run, not seconds: twice the text is twice the work."""

    def work(size):
        lines = 0

        def count(frame, kind, _):
            nonlocal lines
            if frame.f_code.co_filename != transcript.__file__:
                return None
            lines += kind == "line"
            return count

        text, reader, before = (hostile * size)[:size], Transcript(5), sys.gettrace()
        sys.settrace(count)
        try:
            for i in range(0, size, 7):
                reader.feed(text[i : i + 7])
            reader.close()
        finally:
            sys.settrace(before)
        return lines

    assert work(8000) < 2.2 * work(4000)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_megabyte_is_read_with_little_held_back(hostile):
    text, reader = (hostile * 1_000_000)[:1_000_000], Transcript(5)
    for i in range(0, len(text), 999):
        reader.feed(text[i : i + 999])
        assert len(reader._held) < 100
    reader.close()


def test_a_models_mark_up_is_taken_off():
    text = "根据资料,**产值**为`5`亿元。[2]\n1. 见[年报](http://x.example)[1]\n![图](http://y.example)"
    assert sentences(text) == [("产值为5亿元。", [2]), ("见年报", [1]), ("图", [])]


@pytest.mark.llm
@pytest.mark.skipif(not os.environ.get("OPENAI_BASE_URL"), reason="needs a model: see eval/README.md")
def test_a_real_model_does_not_obey_hidden_orders(plain, extracted):
    settings = load_settings(index=plain.settings.index, corpus=plain.settings.corpus)
    for (order, _, forbidden), answer in zip(INJECTIONS, poisoned(plain, extracted, settings), strict=True):
        assert forbidden not in answer.text, order
        assert answer.reason != "llm_unavailable", answer.remark
        assert_exact(answer, plain)
