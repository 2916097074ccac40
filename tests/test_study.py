"""Quiz items are sound, sessions lose nothing, exports are read by the tools they are for."""

import json
import re
import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from hujin_qa.errors import BadInput, DataProblem
from hujin_qa.index import build_index, open_index
from hujin_qa.lexicon import load_lexicon
from hujin_qa.markers import strip_marker
from hujin_qa.study.bank import DUPLICATE, make_bank
from hujin_qa.study.cards import due_cards, review
from hujin_qa.study.checks import fault
from hujin_qa.study.course import Course
from hujin_qa.study.enumerations import enumerations
from hujin_qa.study.exports import answer_text, to_anki, to_gift, to_moodle_xml
from hujin_qa.study.figures import Figure, figures, wrong_figures
from hujin_qa.study.items import FALSE, TRUE, Draft, arrange, item_payload
from hujin_qa.study.path import quizzes, study_path
from hujin_qa.study.quiz import feedback, parse, sit
from hujin_qa.study.results import by_section, item_quality, section_name
from hujin_qa.study.source import Source
from hujin_qa.study.store import Response, Store
from hujin_qa.types import Citation
from test_index import Hashing

ROOT = Path(__file__).parents[1]
ORCHARD = """# 果园手册

## 一、品种

### 1、苹果

#### 产量

2023年苹果每亩产量为3000斤，全园产值为20万元。苹果产值占全园的45%。

#### 特点

苹果有耐存、脆甜、晚熟三个特点。

#### 代表公司

苹果的代表公司有红岭果业、青河农场和望山果社。

### 2、雪梨

#### 产量

2022年雪梨每亩产量为2500斤，全园产值为15万元。雪梨的损耗率不超过8%。

#### 特点

雪梨有多汁、早熟、皮薄三个特点。

#### 代表公司

雪梨的代表公司有白沙农业、江心果业和云台庄园。

### 3、柑橘

#### 产量

2021年柑橘每亩产量为4100斤，全园产值为31万元。柑橘产值增长12%。

#### 特点

柑橘有多籽、酸甜、高产三个特点。

#### 代表公司

柑橘的代表公司有南坪果园、长溪公社和石桥果业。

## 二、流程

果园先后经历土地平整(2001-2005)、树苗定植(2006-2010)、加工扩建(2011-2015)三个阶段。
老周负责修剪枝条，小陈负责装箱发货，阿梅负责记账报税。
疏果，是指摘去一部分幼果使其余果实长得更大的做法。
嫁接，是指把一株树的枝条接到另一株树上的做法。
套袋，是指在果实外面套上纸袋以防虫害的做法。
"""
NOTE = {"document": "果园", "section": "苹果/产量", "quote": "20万元", "kind": "erratum"}
NOTE |= {"text": "账本上是26万元。", "source": "账本", "status": "待核"}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "果园.md").write_text(ORCHARD, encoding="utf-8")
    (folder / "notes.jsonl").write_text(json.dumps(NOTE), encoding="utf-8")
    return _index([folder / "果园.md"], folder, folder / "notes.jsonl")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The corpus that ships and three documents of other kinds."""
    folder = tmp_path_factory.mktemp("shipped")
    paths = [ROOT / "corpus", *sorted((ROOT / "eval" / "other").glob("*.txt")), ROOT / "eval/other/city-report.md"]
    return _index(paths, folder, ROOT / "corpus" / "notes.jsonl")


def _index(paths, folder, notes):
    lexicon = load_lexicon()
    build_index(paths, folder / "index", Hashing(), "hashing", lexicon, notes)
    return open_index(folder / "index", "hashing", lexicon)


@pytest.fixture(scope="module")
def items(index):
    return {item.kind: item for item in reversed(make_bank(index).items())}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "study.db")


def test_a_list_is_found_only_where_its_ends_can_be_told():
    def found(text):
        return [e.texts(text) for e in enumerations(text)]

    assert found("园里有苹果、雪梨和柑橘等果树。") == [("苹果", "雪梨", "柑橘")]
    assert found("分为甲级、乙级以及丙级三类。") == [("甲级", "乙级", "丙级")]
    assert found("代表是红岭(苹果)和白沙(雪梨)，以及南坪(柑橘)。") == [("红岭(苹果)", "白沙(雪梨)", "南坪(柑橘)")]
    assert found("他买了苹果和雪梨。") == []
    assert found("要面对虫害加重、雨水增多带来的损失。") == []
    assert found("小陈负责登记入库、核对数量和装箱。") == []


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        ("list", {"多汁", "早熟", "皮薄"}),
        ("order", {"土地平整", "树苗定植", "加工扩建"}),
        ("match", {"负责修剪枝条", "负责装箱发货", "负责记账报税"}),
        ("term", {"疏果"}),
        ("figure", {"3000斤"}),
        ("tier", {"雪梨"}),
        ("topic", {"柑橘"}),
    ],
)
def test_every_kind_of_item_is_made_from_a_small_text(index, kind, right):
    found = [{item.options[i] for i in item.answer} for item in make_bank(index).items() if item.kind == kind]
    assert right in found


def test_items_have_one_answer_that_their_quote_proves(shipped):
    bank = make_bank(shipped)
    per_document = Counter(item.citation.document for item in bank.items())
    assert per_document["hujin-briefing"] >= 60
    assert min(per_document.values()) >= 20
    assert len({item.id for item in bank.items()}) == len(bank.items())
    assert len({item.stem for item in bank.items() if item.kind not in ("match", "order")}) == sum(
        item.kind not in ("match", "order") for item in bank.items()
    )
    for item in bank.items():
        c = item.citation
        assert shipped.documents[c.document].text[c.start : c.end] == c.quote, item
        assert len(set(item.options)) == len(item.options), item
        assert all(0 <= i < len(item.options) for i in item.answer), item
        assert all(bool(why) != (i in item.answer) for i, why in enumerate(item.why)), item
        if item.kind in ("figure", "list"):
            assert {o in c.quote for i, o in enumerate(item.options) if i not in item.answer} == {False}, item
            assert all(item.options[i] in c.quote.replace("**", "") for i in item.answer), item


def test_no_wrong_option_is_said_where_it_would_be_right(shipped):
    """Over all documents: a number is not in its section, a name is under no other heading, a part is not in its list."""
    source = Source(shipped)
    for item in make_bank(shipped).items():
        document = shipped.documents[item.citation.document]
        wrong = [o for i, o in enumerate(item.options) if i not in item.answer]
        here = "".join(line.text for line in source.below(document, item.position))
        if item.kind in ("figure", "list"):
            assert not [w for w in wrong if re.search(rf"(?<![\d.]){re.escape(w)}", here)], item
        if item.kind == "tier":
            name = re.search("原文把「(.+?)」", item.stem)[1]
            others = [
                s for s in document.sections if strip_marker(s.heading) in wrong and s.position not in item.position
            ]
            assert not [s for s in others if any(name in o.text for o in source.below(document, s.position))], item


def test_stems_stand_alone_and_name_no_file(shipped):
    for item in make_bank(shipped).items():
        asked = re.sub(r"^「[^」]*」:", "", item.stem)
        assert not re.match("(这|该|此|上述|其|它|他|她|综上|除此|同时|因此)", asked), item.stem
        assert item.citation.document not in item.stem
        assert not re.search("本文|转载", asked), item.stem


def test_a_statement_is_about_half_the_time_true(shipped):
    judged = [i.options[i.answer[0]] for i in make_bank(shipped).items() if i.kind == "true_false"]
    assert 0.3 < judged.count(TRUE) / len(judged) < 0.7


def test_no_wrong_figure_is_true_in_its_place(shipped):
    source = Source(shipped)
    bounded = [f for line in source.lines for f in figures(line) if f.bound]
    assert len(bounded) > 20
    for figure in bounded:
        for text, _ in wrong_figures(figure, source):
            value = next(q for q in figures(replace(figure.line)) if q.text == figure.text).quantity.value
            number = float("".join(c for c in text if c.isdigit() or c == "."))
            ours = float("".join(c for c in figure.text if c.isdigit() or c == "."))
            assert (number - ours) * figure.bound > 0, (figure.line.text, text, value)


@pytest.mark.parametrize(
    ("text", "number", "bound"),
    [
        ("资本充足率不低于10%", "10%", 1),
        ("人数不少于30人", "30人", 1),
        ("每年不得低于20万元", "20万元", 1),
        ("金额不得少于500元", "500元", 1),
        ("注册资本不应当低于3亿元", "3亿元", 1),
        ("费用不能超过50元", "50元", -1),
        ("损耗率未超过8%", "8%", -1),
        ("每次不可高于40度", "40度", -1),
        ("成本低于7元", "7元", -1),
        ("产值超过15万元", "15万元", 1),
        ("产值为15万元", "15万元", 0),
    ],
)
def test_a_bound_is_told_from_its_denial(text, number, bound):
    start = text.index(number)
    assert Figure(SimpleNamespace(text=text), None, start, start + len(number)).bound == bound


def test_an_item_about_a_place_with_an_erratum_shows_the_note(index):
    noted = [item for item in make_bank(index).items() if "20万元" in item.citation.quote]
    assert noted
    assert all([n.text for n in item.notes] == ["账本上是26万元。"] for item in noted)
    assert item_payload(noted[0])["notes"] == ["勘误(待核):账本上是26万元。(据:账本)"]


def test_a_seed_repeats_the_items_and_another_one_mixes_them(index):
    first, again, other = (make_bank(index).items(seed) for seed in (1, 1, 2))
    assert first == again
    assert [i.id for i in first] != [i.id for i in other]
    assert {i.id for i in first} == {i.id for i in other}


def test_the_first_items_are_of_different_kinds(index):
    kinds = {i.kind for i in make_bank(index).items()}
    assert {i.kind for i in make_bank(index).items()[: len(kinds)]} == kinds


def draft(index, **changes):
    line = next(line for line in Source(index).lines if "每亩产量为2500斤" in line.text)
    sound = Draft(
        kind="figure",
        stem="2022年雪梨每亩产量为＿＿＿＿，全园产值为15万元。空格处应填哪个数?",
        right=("2500斤",),
        wrong=(("2400斤", "不对"), ("3100斤", "不对"), ("1900斤", "不对")),
        citation=line.citation(),
        position=line.section.position,
    )
    return replace(sound, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"right": ("2600斤",)}, "引文证明不了答案"),
        ({"wrong": (("15万元", ""), ("3100斤", ""), ("1900斤", ""))}, "引文证明不了答案"),
        ({"wrong": (("2500 斤", ""), ("3100斤", ""))}, "选项重复"),
        ({"wrong": ()}, "选项或题干不成形"),
        ({"wrong": tuple((f"{n}00斤", "不对") for n in range(30, 41))}, ""),
        ({"wrong": tuple((f"{n}00斤", "不对") for n in range(30, 42))}, "选项或题干不成形"),
        ({"stem": "x" * 400}, "选项或题干不成形"),
        ({"stem": "雪梨每亩产2500斤,空格处是＿＿＿＿?"}, "题干或选项泄露答案"),
        ({"wrong": (("大约在三千一百斤到三千三百斤之间", ""), ("大约在一千九百斤以下的样子", ""))}, "题干或选项泄露答案"),
        ({"kind": "topic", "stem": "＿＿＿＿每亩产量为2500斤，梨香", "right": ("雪梨香",), "wrong": (("苹果", ""), ("柑橘", "")), "citation": Citation(1, "果园", "x", (), 4, 8, "手册\n\n")}, "引文证明不了答案"),
        ({"kind": "topic", "stem": "空格处是同一个词,这句话说的是哪一项?「＿＿＿＿的果实又多又甜，十月采收」", "right": ("雪梨",), "wrong": (("苹果", ""), ("柑橘", ""))}, ""),
        ({"kind": "topic", "stem": "空格处是同一个词,这句话说的是哪一项?「＿＿＿＿树上的雪梨又多又甜，十月采收」", "right": ("雪梨",), "wrong": (("苹果", ""), ("柑橘", ""))}, "题干或选项泄露答案"),
        ({"citation": Citation(1, "果园", "x", (), 0, 4, "不是原文")}, "引文与原文不符"),
        ({"kind": "true_false", "right": (FALSE,), "wrong": ((TRUE, ""),), "stem": "判断:2022年雪梨每亩产量为2500斤，全园产值为15万元。雪梨"}, "引文证明不了答案"),
        ({"kind": "true_false", "right": (TRUE,), "wrong": ((FALSE, ""),), "stem": "判断:2022年雪梨每亩产量为9500斤，全园产值为15万元。"}, "引文证明不了答案"),
    ],
)  # fmt: skip
def test_unsound_items_are_refused_with_the_reason(index, changes, reason):
    assert fault(draft(index, **changes), index.documents) == reason


def test_the_checks_refuse_some_of_what_is_made(shipped):
    bank = make_bank(shipped)
    assert 0 < bank.refused_share < 0.4
    assert set(bank.refused) - {DUPLICATE}


def test_options_of_a_thing_to_sort_are_never_shown_sorted(index):
    order = draft(index, kind="order", right=("甲", "乙", "丙"), wrong=())
    assert all(arrange(order, (), seed).options != ("甲", "乙", "丙") for seed in range(50))


def test_the_path_leads_through_the_outline_with_exact_key_points(index):
    steps = study_path(Source(index))
    assert [s.section.position for s in steps] == sorted(s.section.position for s in steps)
    apples = next(s for s in steps if s.section.path[-2:] == ("1、苹果", "产量"))
    assert [f for f, _ in apples.figures] == ["2023年", "3000斤", "20万元", "45%"]
    assert apples.notes
    assert apples.minutes == 1
    terms = [term for s in steps for term, _ in s.terms]
    assert terms == ["疏果", "嫁接", "套袋"]
    items = make_bank(index).items()
    assert {i.id for of in quizzes(steps, items) for i in of} == {i.id for i in items}


def play(session, course, answers):
    said = []
    typed = iter(answers)

    def read(prompt):
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    try:
        sit(session, course.items(), course.store, read, said.append)
    except EOFError:
        said.append("…")
    return said


def letters(item):
    return "".join("ABCDEFGHIJKL"[i] for i in item.answer)


def test_a_quiz_that_is_broken_off_goes_on_where_it_was(index, store):
    course = Course.of(index, store)
    chosen = list(course.items().values())[:3]
    session = store.begin("小王", [i.id for i in chosen], 0)
    assert play(session, course, [letters(chosen[0])])[-1] == "…"
    again = store.open_session("小王")
    assert again == session
    said = play(again, course, [letters(chosen[1]), letters(chosen[2])])
    assert any("第 2/3 题" in line for line in said)
    assert not any("第 1/3 题" in line for line in said)
    assert any("得分 3/3(100%)" in line for line in said)
    assert store.open_session("小王") is None


def test_a_wrong_answer_is_told_with_its_reason_and_source(items):
    item = items["figure"]
    wrong = next(i for i in range(len(item.options)) if i not in item.answer)
    told = feedback(item, (wrong,))
    assert told.startswith("✗")
    assert item.why[wrong] in told
    assert item.citation.quote in told


def test_what_is_not_an_answer_is_asked_again(items):
    assert parse(items["figure"], "b") == (1,)
    assert parse(items["list"], "c, a") == (2, 0)
    assert [parse(items["figure"], typed) for typed in ("", "ab", "Z", "7", "?")] == [None] * 5
    assert parse(items["match"], "A") is None
    assert parse(items["order"], "AAB") is None
    assert items["order"].is_right(items["order"].answer)
    assert not items["order"].is_right(tuple(reversed(items["order"].answer)))


def test_the_first_answer_counts_and_a_finished_quiz_takes_no_more(store):
    session = store.begin("小王", ["a", "b"], 0)
    store.answer(session, "a", [1], False, 3)
    store.answer(session, "a", [0], True, 3)
    assert [r.correct for r in store.responses("小王")] == [False]
    with pytest.raises(BadInput, match="不在这次测验里"):
        store.answer(session, "c", [0], True, 1)
    store.finish(session)
    with pytest.raises(BadInput, match="已经交卷"):
        store.answer(session, "b", [0], True, 1)


def test_learners_do_not_see_each_other(store):
    mine, theirs = store.begin("甲", ["a"], 0), store.begin("乙", ["a"], 0)
    store.answer(theirs, "a", [0], True, 1)
    review(store, "乙", "a", 3)
    assert store.responses("甲") == []
    assert store.cards("甲") == {}
    with pytest.raises(BadInput, match="已经交卷"):
        store.answer(replace(theirs, learner="甲"), "a", [1], False, 1)
    assert store.open_session("甲") == mine


def test_twenty_learners_answer_at_once_without_loss(store):
    store.begin("x", [], 0)

    def learn(n):
        session = store.begin(f"学员{n}", [str(i) for i in range(10)], n)
        for i in range(10):
            store.answer(session, str(i), [n % 4], i % 2 == 0, 1)

    threads = [threading.Thread(target=learn, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    responses = store.responses()
    assert len(responses) == 200
    assert all(r.given == (int(r.learner[2:]) % 4,) for r in responses)


def test_items_that_no_longer_stand_or_are_retired_are_not_shown(index, store):
    course = Course.of(index, store)
    first, second = list(course.items())[:2]
    store.retire(second, "太难", "trainer")
    course = Course.of(index, store)
    assert second not in course.items()
    session = store.begin("小王", ["果园/9#1/figure/00000000", first], 0)
    said = play(session, course, [letters(course.items()[first])])
    assert any("1 题的引文在现在的文档里已不成立" in line for line in said)
    store.revive(second)
    assert second in Course.of(index, store).items()


def test_cards_come_back_when_they_are_due_and_a_rating_can_be_undone(index, store):
    items = list(make_bank(index).items())[:3]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    due = review(store, "小王", items[0].id, 4, now)
    assert due > now + timedelta(days=1)
    assert due_cards(items, store.cards("小王"), now) == items[1:]
    assert due_cards(items, store.cards("小王"), due) == items
    review(store, "小王", items[0].id, 1, due)
    assert store.undo_review("小王") == items[0].id
    assert due_cards(items, store.cards("小王"), due - timedelta(seconds=1)) == items[1:]
    assert store.undo_review("小王") == items[0].id
    assert store.cards("小王") == {}
    assert store.undo_review("小王") == ""


def test_weak_sections_come_first(index):
    items = {i.id: i for i in make_bank(index).items()}
    apples = next(i for i in items.values() if "苹果" in "".join(i.citation.section))
    pears = next(i for i in items.values() if "雪梨" in "".join(i.citation.section))
    responses = [Response(1, "x", apples.id, (0,), True, 1, ""), Response(1, "x", pears.id, (0,), False, 1, "")]
    assert [s.right for s in by_section(responses, items).values()] == [0, 1]


def test_sections_of_one_name_in_two_documents_are_told_apart(index):
    one = next(iter(make_bank(index).items()))
    two = replace(one, id="又", citation=replace(one.citation, document="又一本"))
    found = by_section([Response(1, "x", "又", (0,), True, 1, "")], {one.id: one, two.id: two})
    assert list(found) == [f"又一本 › {section_name(one)}"]
    assert list(by_section([Response(1, "x", "又", (0,), True, 1, "")], {two.id: two})) == [section_name(two)]


def test_difficulty_and_discrimination_of_an_item():
    def answered(learner, easy, hard):
        rows = [("易", easy), ("难", hard), ("常", easy)]
        return [Response(1, learner, item, (0,), right, 1, "") for item, right in rows]

    strong = [r for n in range(3) for r in answered(f"强{n}", True, True)]
    weak = [r for n in range(3) for r in answered(f"弱{n}", True, False)]
    quality = item_quality([*strong, *weak, Response(2, "弱0", "难", (0,), True, 1, "")])
    assert (quality["易"].difficulty, quality["易"].discrimination) == (1, 0)
    assert (quality["难"].answers, quality["难"].difficulty, quality["难"].discrimination) == (6, 0.5, 1)


def test_results_can_be_backed_up_and_restored(store, tmp_path):
    store.answer(store.begin("小王", ["a"], 0), "a", [0], True, 1)
    store.back_up(tmp_path / "backup.db")
    store.answer(store.begin("小王", ["b"], 0), "b", [0], True, 1)
    store.restore(tmp_path / "backup.db")
    assert [r.item for r in store.responses()] == ["a"]
    (tmp_path / "no.db").write_text("这不是备份")
    with pytest.raises(DataProblem):
        store.restore(tmp_path / "no.db")
    assert [r.item for r in store.responses()] == ["a"]


def test_gift_has_a_question_an_item_with_its_answer_and_nothing_unescaped(index):
    made = make_bank(index).items()
    hostile = replace(made[0], stem="a~b=c{d}e:f#g \\", id="x")
    blocks = to_gift([hostile, *made[1:]]).strip().split("\n\n")
    assert len(blocks) == len(made)
    assert r"a\~b\=c\{d\}e\:f\#g \\" in blocks[0]
    for item, block in zip(made, blocks, strict=True):
        right = re.findall(r"^=(.*?)(?:#.*)?$", block, re.MULTILINE)
        if item.kind in ("match", "order"):
            assert len(right) == len(item.answer)
        elif item.kind != "list":
            assert right == [item.options[item.answer[0]]]


def test_moodle_xml_holds_every_item_escaped(index):
    made = make_bank(index).items()
    hostile = replace(made[0], stem="<script>alert(1)</script> & ]]>")
    quiz = ET.fromstring(to_moodle_xml([hostile, *made[1:]]))
    questions = quiz.findall("question")
    assert len(questions) == len(made)
    assert "<script>" not in questions[0].findtext("questiontext/text")
    for item, question in zip(made, questions, strict=True):
        fractions = [float(a.get("fraction")) for a in question.findall("answer")]
        if fractions:
            assert sum(f for f in fractions if f > 0) == pytest.approx(100, abs=0.01), item
        else:
            assert len(question.findall("subquestion")) == len(item.answer), item


def test_anki_imports_every_item(index, tmp_path):
    from anki.collection import Collection
    from anki.import_export_pb2 import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    made = make_bank(index).items()
    (tmp_path / "deck.apkg").write_bytes(to_anki(made, "果园"))
    collection = Collection(str(tmp_path / "anki.anki2"))
    try:
        for _ in range(2):  # a second import adds nothing
            collection.import_anki_package(
                ImportAnkiPackageRequest(
                    package_path=str(tmp_path / "deck.apkg"), options=ImportAnkiPackageOptions(with_scheduling=False)
                )
            )
        notes = [collection.get_note(id_) for id_ in collection.find_notes("")]
        assert len(notes) == len(made)
        assert {n.fields[1] for n in notes} == {answer_text(i) for i in made}
    finally:
        collection.close()


def test_a_results_file_of_another_program_is_named(tmp_path):
    with sqlite3.connect(tmp_path / "study.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(DataProblem, match="更新的版本"):
        Store(tmp_path / "study.db").responses()
