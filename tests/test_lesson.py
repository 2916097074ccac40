"""What a learner and a trainer see of a course, without a browser."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from urllib.parse import quote

import gradio as gr
import pytest

import web_fake as fake
from hujin_qa.accounts import Accounts
from hujin_qa.database import database
from hujin_qa.errors import BadInput
from hujin_qa.study.cards import due_cards
from hujin_qa.study.course import Course
from hujin_qa.study.exports import source_line
from hujin_qa.study.items import Kind
from hujin_qa.study.store import MIGRATIONS, Store
from hujin_qa.users import LOCAL, User
from hujin_qa.web import english
from hujin_qa.web import strings as say
from hujin_qa.web.classroom import Desk
from hujin_qa.web.language import Page, speaking
from hujin_qa.web.lesson import Lesson, card_html, item_html, said
from hujin_qa.web.study_page import build_study
from test_study import index  # noqa: F401

ANNA, BEN = User("安娜"), User("小本")


@pytest.fixture
def lesson(index, tmp_path):  # noqa: F811
    return Lesson.of(Course.of(index, Store(tmp_path / "study.db")))


def wrong(item):
    """An answer to an item that is not right."""
    if item.kind in ("match", "order"):
        return list(reversed(item.answer)) if len(item.answer) % 2 == 0 else [*item.answer[1:], item.answer[0]]
    return [next(i for i in range(len(item.options)) if i not in item.answer)]


def test_the_path_says_what_comes_next_and_links_every_point_to_its_source(lesson):
    html = lesson.path_html(ANNA)
    assert html.count(say.NEXT_STEP) == 1
    assert "已答对 0/" in html
    assert 'href="./#at=%E6%9E%9C%E5%9B%AD:' in html
    assert "疏果" in html
    for id_ in list(lesson.course.items()):
        lesson.course.store.retire(id_, "", "老师")
    assert " 0/0 题</small>" not in lesson.path_html(ANNA)  # of what is only to be read


def test_a_quiz_is_taken_up_where_it_was_left_and_scored(lesson):
    lesson.begin(ANNA, "", 5, 1)
    first = lesson.asked(ANNA)
    assert (first.n, first.total) == (1, 5)
    told = lesson.answer(first, wrong(first.item), 3)
    assert "✗" in told
    assert "blockquote" in told
    lesson.begin(ANNA, "", 5, 2)  # one is open: it goes on
    assert lesson.asked(ANNA).n == 2
    while asked := lesson.asked(ANNA):
        assert "✓" in lesson.answer(asked, asked.item.answer, 1)
    score, sections, again = lesson.last(ANNA)
    assert (score.right, score.total) == (4, 5)
    weakest = next(iter(sections.values()))
    assert weakest.right == weakest.total - 1
    assert again == [first.item.id]
    redo = lesson.asked(ANNA, again)
    assert redo.session is None
    lesson.answer(redo, redo.item.answer, 1)
    assert lesson.last(ANNA)[0].right == 4  # what is done again is practice


def test_the_last_score_is_that_of_the_session_that_ended_last(lesson):
    first, second = (lesson.course.store.begin(ANNA.name, list(lesson.course.items())[:n], 1) for n in (2, 3))
    for session, at in ((second, "2026-01-01T00:00:00+00:00"), (first, "2026-01-02T00:00:00+00:00")):
        lesson.course.store.answer(session, session.items[0], (0,), True, 1)
        lesson.course.store.finish(session)
        with database(lesson.course.store.path, MIGRATIONS) as db:
            db.execute("UPDATE session SET finished = ? WHERE id = ?", (at, session.id))
    lesson.course.store.answer(lesson.course.store.begin(ANNA.name, first.items, 1), first.items[0], (0,), False, 1)
    with database(lesson.course.store.path, MIGRATIONS) as db:
        db.execute("UPDATE response SET correct = 0 WHERE session = ?", (second.id,))
    assert lesson.last(ANNA)[0].right == 1


def test_an_item_that_a_trainer_writes_counts_in_the_path_at_once(lesson):
    total = say.PROGRESS.format(right=0, total=len(lesson.course.items()), cards=len(lesson.course.items()))
    assert total in lesson.path_html(ANNA)
    quote = next(i.citation.quote for i in lesson.course.items().values() if i.kind == "true_false")
    Desk(lesson.course).write(
        User("老师", frozenset({"trainer"})), ["true_false", quote.rstrip("。"), "对", "", "果园", quote]
    )
    n = len(lesson.course.items())
    assert say.PROGRESS.format(right=0, total=n, cards=n) in lesson.path_html(ANNA)


def test_a_quiz_about_a_section_asks_only_of_that_section(lesson):
    section = lesson.sections()[0]
    lesson.begin(ANNA, section, 20, 1)
    seen = lesson.asked(ANNA)
    assert section.split(" › ")[-1] in "".join(seen.item.citation.section)
    with pytest.raises(BadInput):
        lesson.begin(BEN, "没有这一节", 5, 1)


def test_learners_meet_neither_each_others_quiz_nor_cards_nor_results(lesson):
    lesson.begin(ANNA, "", 5, 1)
    lesson.answer(lesson.asked(ANNA), lesson.asked(ANNA).item.answer, 1)
    lesson.rate(ANNA, lesson.card(ANNA)[0].id, 4)
    assert lesson.asked(BEN) is None
    assert lesson.last(BEN)[0].total == 0
    assert lesson.card(BEN)[1] == lesson.card(ANNA)[1] + 1
    assert "已答对 0/" in lesson.path_html(BEN)
    shown = Desk(lesson.course).results_html(LOCAL)
    assert "安娜" in shown
    assert "小本" not in shown


def test_a_rated_card_goes_and_undo_brings_it_back(lesson):
    card, waiting = lesson.card(ANNA)
    assert card.options[card.answer[0]] not in card_html(card, opened=False).replace(card.stem, "")
    assert card.citation.quote in card_html(card, opened=True)
    lesson.rate(ANNA, card.id, 4)
    assert lesson.card(ANNA)[1] == waiting - 1
    lesson.undo(ANNA)
    assert lesson.card(ANNA) == (card, waiting)


def test_a_rating_is_of_the_card_that_was_shown_even_if_another_has_come_due(lesson, monkeypatch):
    forgotten = lesson.card(ANNA)[0]
    lesson.rate(ANNA, forgotten.id, 1)
    shown = lesson.card(ANNA)[0]
    assert shown != forgotten
    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr("hujin_qa.web.lesson.due_cards", lambda items, states: due_cards(items, states, later))
    before = lesson.course.store.cards(ANNA.name)
    assert lesson.card(ANNA)[0] == forgotten
    assert lesson.card(ANNA, shown.id)[0] == shown
    lesson.rate(ANNA, shown.id, 3)
    after = lesson.course.store.cards(ANNA.name)
    assert after[forgotten.id] == before[forgotten.id]
    assert set(after) == {forgotten.id, shown.id}
    lesson.rate(ANNA, "没有这张", 3)
    assert lesson.course.store.cards(ANNA.name) == after


@pytest.mark.parametrize(("language", "words"), [("zh", say), ("en", english)])
def test_an_answer_to_an_item_that_is_no_longer_asked_is_not_kept(lesson, language, words):
    lesson.begin(ANNA, "", 5, 1)
    first = lesson.asked(ANNA)
    lesson.answer(first, first.item.answer, 1)  # in another window
    kept = lesson.course.store.responses(ANNA.name)
    with speaking(language), pytest.raises(BadInput, match=re.escape(words.OTHER_ITEM)):
        lesson.asked_still(ANNA, [], 0, first.key)
    assert lesson.course.store.responses(ANNA.name) == kept
    second = lesson.asked(ANNA)
    assert lesson.asked_still(ANNA, [], 0, second.key) == second
    assert replace(second, session=replace(second.session, id=99)).key != second.key, "its options may be mixed anew"


@pytest.mark.parametrize("given", [[99], [-1], [], [None], ["0"]])
def test_an_answer_that_is_not_among_the_options_is_not_kept(lesson, given):
    lesson.begin(ANNA, "", 5, 1)
    with pytest.raises(BadInput, match=say.CHOOSE):
        lesson.answer(lesson.asked(ANNA), given, 1)
    assert lesson.course.store.responses(ANNA.name) == []


@pytest.fixture
def events(lesson, tmp_path):
    """The functions of the page /study by their names."""

    def page():
        page = Page()
        build_study(page, lesson.course, Accounts(tmp_path / "users.db", {ANNA.name: "secret"}))
        return page

    return {event.name: event for event in fake.made(page).fns.values()}


def test_the_page_remembers_what_it_shows(lesson, events):
    request = gr.Request(username=ANNA.name)
    lesson.begin(ANNA, "", 5, 1)
    first = lesson.asked(ANNA)
    loaded = events["on_load"]
    shown = dict(zip(loaded.outputs, loaded.fn(request), strict=True))
    remembered = [value for component, value in shown.items() if isinstance(component, gr.State)]
    card = lesson.card(ANNA)[0]
    assert {first.key, card.id} <= {value for value in remembered if isinstance(value, str)}
    lesson.answer(first, first.item.answer, 1)  # in another window
    values = dict.fromkeys(events["on_submit"].inputs) | {c: v for c, v in shown.items() if isinstance(c, gr.State)}
    with pytest.raises(gr.Error, match=re.escape(say.OTHER_ITEM)):
        events["on_submit"].fn(values, request)
    lesson.rate(ANNA, card.id, 4)
    assert card.stem in "".join(str(each) for each in events["on_turn"].fn(card.id, request))


def test_a_failure_of_the_page_as_it_is_loaded_is_told(events):
    with pytest.raises(gr.Error, match=say.LOGGED_OUT):
        events["on_load"].fn(gr.Request(username="路人"))


def test_hostile_names_are_shown_as_text(lesson):
    hostile = User("<img src=x onerror=alert(1)>")
    lesson.begin(hostile, "", 5, 1)
    asked = lesson.asked(hostile)
    lesson.answer(asked, asked.item.answer, 1)
    assert "<img" not in Desk(lesson.course).results_html(LOCAL)
    assert "aria-live" in item_html(asked)


TEACHER = User("老师", frozenset({"staff", "trainer"}))


@pytest.fixture
def desk(lesson):
    return Desk(lesson.course)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda d: d.results_html(ANNA),
        lambda d: d.save_cohort(ANNA, "一班", "安娜"),
        lambda d: d.lock(ANNA, "卷", "", 5, 0, 1),
        lambda d: d.assign(ANNA, "一班", "卷", "2999-01-01"),
        lambda d: d.choices(ANNA),
        lambda d: d.find(ANNA, ""),
        lambda d: d.item(ANNA, ""),
        lambda d: d.retire(ANNA, next(iter(d.course.items())), ""),
        lambda d: d.editable(ANNA, next(iter(d.course.items()))),
        lambda d: d.write(ANNA, ["choice", "", "", "", "", ""]),
        lambda d: d.packed(ANNA, "csv"),
        lambda d: d.certificate(ANNA, "安娜"),
    ],
)
def test_a_learner_gets_nothing_of_the_trainers_side(desk, attempt):
    with pytest.raises(BadInput, match=say.TRAINERS_ONLY):
        attempt(desk)
    assert desk.course.store.retired() == {}


def test_an_exam_is_set_sat_and_counted(lesson, desk):
    assert lesson.forms(ANNA) == []
    desk.save_cohort(TEACHER, "一班", "安娜、小本")
    desk.lock(TEACHER, "期末", "", 3, 30, 5)
    desk.assign(TEACHER, "一班", "期末", "2999-01-31")
    assert say.TODO.format(form="期末", due="2999-01-31", state="未开始") in lesson.path_html(ANNA)
    assert lesson.forms(User("路人")) == []
    with pytest.raises(BadInput, match="没有布置给你"):
        lesson.begin_form(User("路人"), "期末")
    (label, name), *_ = lesson.forms(ANNA)
    assert "限时 30 分钟" in label
    lesson.begin_form(ANNA, name)
    while asked := lesson.asked(ANNA):
        assert "还剩" in item_html(asked)
        answer = wrong(asked.item) if asked.n == 1 else asked.item.answer
        assert lesson.answer(asked, answer, 1) == said(say.NOTED)
    assert (lesson.last(ANNA)[0].right, lesson.last(ANNA)[0].total) == (2, 3)
    assert lesson.forms(ANNA) == []
    with pytest.raises(BadInput):
        lesson.begin_form(ANNA, name)
    shown = desk.results_html(TEACHER)
    assert "<svg" in shown
    assert "已完成" in shown
    assert "未开始" in shown
    assert "期末" not in lesson.path_html(User("路人"))


def test_the_form_that_was_chosen_is_asked_though_a_quiz_is_newer(lesson, desk):
    desk.save_cohort(TEACHER, "一班", "安娜")
    desk.lock(TEACHER, "练习", "", 3, 0, 5)
    desk.assign(TEACHER, "一班", "练习", "2999-01-31")
    chosen = lesson.begin_form(ANNA, "练习")
    lesson.answer(lesson.asked(ANNA), lesson.asked(ANNA).item.answer, 1)
    quiz = lesson.course.store.begin("安娜", list(lesson.course.items())[:2], 1)
    assert lesson.asked(ANNA).session.id == quiz.id
    assert lesson.begin_form(ANNA, "练习") == chosen
    asked = lesson.asked(ANNA, (), chosen)
    assert (asked.session.id, asked.n, asked.total) == (chosen, 2, 3)


def test_every_item_is_listed_with_the_name_of_its_kind(desk):
    for language, words in (("zh", say), ("en", english)):
        assert set(words.ITEM_KINDS) == set(get_args(Kind))
        with speaking(language):
            found = desk.find(TEACHER, "")
        assert {label[1:].partition("]")[0] for label, _ in found} <= set(words.ITEM_KINDS.values())


def test_trainers_change_items_and_the_checks_answer(desk):
    id_ = next(value for label, value in desk.find(TEACHER, "雪梨") if label.startswith("[填数]"))
    fields = list(desk.editable(TEACHER, id_))
    fields[1] += "(请选一个)"
    desk.write(TEACHER, fields, id_)
    assert id_ not in desk.course.items()
    assert any("(请选一个)" in item.stem for item in desk.course.items().values())
    fields[5] = "原文没有这一句。"
    with pytest.raises(BadInput, match="没有这句引文"):
        desk.write(TEACHER, fields)
    with pytest.raises(BadInput, match="不能改写"):
        desk.editable(TEACHER, next(i.id for i in desk.course.items().values() if i.kind == "order"))
    with pytest.raises(BadInput, match="不是日期"):
        desk.assign(TEACHER, "一班", "卷", "明天")


def test_a_proof_is_read_without_the_marks_of_its_markup(lesson):
    item = next(iter(lesson.course.items().values()))
    marked = replace(item, citation=replace(item.citation, quote="#### 2、梨树\n\n**雪梨**每亩2500斤。"))
    for shown in (card_html(marked, opened=True), source_line(marked)):
        assert "雪梨每亩2500斤。" in shown
        assert "#" not in shown.partition("2、梨树")[0][-6:]


def test_feedback_leads_to_the_chat_with_a_question_and_the_place(lesson):
    item = next(i for i in lesson.course.items().values() if "雪梨" in "".join(i.citation.section))
    html = card_html(item, opened=True)
    assert f'href="./?q={quote("“雪梨的", safe="")}' in html
    assert say.ASK_ABOUT in html
