"""The question sets of ``eval/``: readable, true to their documents, held-out questions apart from the others."""

import json
import sys
from pathlib import Path

import pytest

from hujin_qa.evaluation.questions import load_questions
from hujin_qa.metrics import fold_fact

EVAL = Path(__file__).parents[1] / "eval"
sys.path.insert(0, str(EVAL))

from refusals import turned_away  # noqa: E402
from table import sources  # noqa: E402

SOURCES = sources()
TEXTS = {
    name: fold_fact((path / "hujin-briefing.md" if path.is_dir() else path).read_text(encoding="utf-8"))
    for name, path in SOURCES.items()
}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assert_true_to(text, value):
    assert bool(value["facts"]) == value["answerable"] == bool(value["evidence"]), value["id"]
    for fact in value["facts"]:
        assert any(fold_fact(spelling) in text for spelling in fact), (value["id"], fact)
    for evidence in value["evidence"]:
        assert evidence.replace(".", "").isdigit() or text.count(fold_fact(evidence)) == 1, (value["id"], evidence)


@pytest.mark.parametrize("name", SOURCES)
def test_held_out_questions_are_true_to_their_document_and_new(name):
    held = EVAL / "heldout" / f"{name}.jsonl"
    dev = EVAL / ("hujin.jsonl" if name == "hujin" else f"other/{name}.jsonl")
    assert len(load_questions(held)) >= 15
    known = {(q.question, q.history) for q in load_questions(dev)}
    assert not [q.question for q in load_questions(held) if (q.question, q.history) in known]
    for value in lines(held):
        assert_true_to(TEXTS[name], value)


def test_paraphrases_come_in_fives_that_ask_for_the_same():
    path = EVAL / "paraphrases.jsonl"
    alike: dict[str, list[str]] = {}
    for question in load_questions(path):
        alike.setdefault(question.group, []).append(question.id)
    assert len(alike) >= 40
    assert {len(ids) for ids in alike.values()} == {5}
    values = {value["id"]: value for value in lines(path)}
    for ids in alike.values():
        assert len({values[i]["question"] for i in ids}) == 5
        assert len({json.dumps([values[i][key] for key in ("facts", "evidence", "document")]) for i in ids}) == 1
    for value in values.values():
        assert_true_to(TEXTS["hujin" if value["document"] == "hujin-briefing" else value["document"]], value)


MADE = [
    p
    for folder in ("train", "calibration", "unseen", "reviewed", "natural")
    for p in sorted((EVAL / folder).glob("*-*.jsonl"))
]
CLAIMS = [p for p in MADE if p.name.endswith(".claims.jsonl")]
QUESTIONS = [p for p in MADE if p not in CLAIMS]
KINDS = ["true", "number_changed", "name_swapped", "negated", "reversed", "hedge_dropped", "absent_plausible"]


def document_of(path):
    name = path.name.split(".")[0]
    (source,) = (p for p in path.parent.glob(f"{name}.*") if p.suffix in (".md", ".txt"))
    return fold_fact(source.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda p: p.stem)
def test_questions_on_the_invented_documents_are_true_to_them(path):
    text, values = document_of(path), lines(path)
    unanswerable = sum(not value["answerable"] for value in values) / len(values)
    least = 0.25 if path.parent.name == "natural" else 0.3
    assert (len(load_questions(path)) >= 60 and least < unanswerable < 0.5) or (len(values), unanswerable) == (56, 0.5)
    for value in values:
        assert_true_to(text, value)


@pytest.mark.parametrize("path", CLAIMS, ids=lambda p: p.stem)
def test_claims_cite_what_stands_in_their_document(path):
    text, values = document_of(path), lines(path)
    true = sum(value["kind"] == "true" for value in values)
    assert (len(values) >= 50 and 0.3 < true / len(values) < 0.5) or (len(values), true) in ((36, 16), (48, 22))
    assert len({value["id"] for value in values}) == len(values)
    for value in values:
        assert value["kind"] in KINDS, value["id"]
        assert value["kind"] == "true" or value["claim"] not in value["evidence"], value["id"]
        assert value["evidence"], value["id"]
        assert all(fold_fact(e) in text for e in value["evidence"]), value["id"]


def test_half_of_the_questions_on_paragraphs_are_not_answered_there():
    values = lines(EVAL / "train" / "near_miss.jsonl")
    assert len(values) > 8_000
    first: dict[str, list[str]] = {}
    for value in values[:1800]:  # six for each of 300 paragraphs; the later ones were drawn from more
        first.setdefault(value["doc"], []).append(value["answer"])
    assert len(first) == 300
    assert {(len(answers), sum(map(bool, answers))) for answers in first.values()} == {(6, 3)}
    assert {v["corpus"] for v in values} == {"cmrc", "drcd"}
    assert 0.45 < sum(bool(v["answer"]) for v in values) / len(values) < 0.55
    assert len({(v["corpus"], v["doc"], v["question"]) for v in values}) > 0.99 * len(values)


def test_claims_on_paragraphs_name_a_place_and_are_half_true():
    values = lines(EVAL / "train" / "claims.jsonl")
    assert len(values) > 10_000
    assert len({(v["corpus"], v["doc"], v["claim"]) for v in values}) > 0.99 * len(values)
    assert 0.45 < sum(v["kind"] == "true" for v in values) / len(values) < 0.55
    for value in values:
        assert value["kind"] in KINDS, value
        assert value["claim"], value
        assert 0 <= value["start"] < value["end"], value


def test_refusal_rules_are_tried_on_the_gold_sentences_of_what_is_answerable(tmp_path):
    text = tmp_path / "门房.md"
    text.write_text("# 门房\n\n除颤器存放在门房。门房由老周看管。\n", encoding="utf-8")
    asked = [
        ("除颤器放在哪里", "除颤器存放在门房"),
        ("除颤器是什么牌子的", "除颤器存放在门房"),
        ("门房由谁看管", ""),
    ]
    sets = [
        {"id": str(n), "question": q, "answerable": bool(e), "facts": [["门房"]], "evidence": [e] if e else []}
        for n, (q, e) in enumerate(asked)
    ]
    lined = "\n".join(json.dumps(line, ensure_ascii=False) for line in sets)
    text.with_suffix(".jsonl").write_text(lined, encoding="utf-8")
    assert list(turned_away(text)) == [("", "除颤器放在哪里"), ("attribute", "除颤器是什么牌子的")]
