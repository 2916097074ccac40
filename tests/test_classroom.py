"""Cohorts, fixed forms and assignments; items that trainers write; what can be taken away."""

import base64
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
from openpyxl import load_workbook

from hujin_qa.database import database
from hujin_qa.errors import BadInput
from hujin_qa.study.classroom import Classroom, begin_form, deeds, session_score
from hujin_qa.study.course import Course
from hujin_qa.study.items import FALSE
from hujin_qa.study.quiz import sit
from hujin_qa.study.reports import certificate_pdf, report_pdf, section_plot, to_csv, to_xlsx
from hujin_qa.study.results import by_section
from hujin_qa.study.store import MIGRATIONS, Store
from hujin_qa.study.written import Written, as_written
from hujin_qa.users import LOCAL
from hujin_qa.web.classroom import Desk
from hujin_qa.web.language import speaking
from test_study import index, letters  # noqa: F401

QUOTE = "2022年雪梨每亩产量为2500斤，全园产值为15万元。"
FAR = date(2999, 1, 1)


@pytest.fixture
def course(index, tmp_path):  # noqa: F811
    return Course.of(index, Store(tmp_path / "study.db"))


def locked(course, name="期末", minutes=30, count=5, seed=7):
    return course.classroom.lock(name, list(course.items(seed).values())[:count], seed, minutes, "老师")


def pass_time(course, session, minutes=1):
    """Move the deadline of an exam into the past."""
    past = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    with database(course.store.path, MIGRATIONS) as db:
        db.execute("UPDATE session SET deadline = ? WHERE id = ?", (past, session.id))


def answer_all(course, session, right=True):
    items = course.items(session.seed)
    for id_ in session.items:
        course.store.answer(session, id_, items[id_].answer if right else [99], right, 1)
    course.store.finish(session)


def test_a_form_is_the_same_for_everyone_and_for_the_same_seed(course):
    one, two = locked(course, "甲卷"), locked(course, "乙卷")
    assert one.items == two.items
    assert locked(course, "丙卷", seed=8).items != one.items
    first, second = (begin_form(course.store, one, who, course.items(one.seed)) for who in ("安娜", "小本"))
    assert first.items == second.items
    mixed = [course.items(s.seed)[i].options for s in (first, second) for i in s.items]
    assert mixed[: len(one.items)] == mixed[len(one.items) :]


def test_a_locked_form_cannot_be_locked_again(course):
    locked(course)
    with pytest.raises(BadInput, match="已有试卷"):
        locked(course, seed=9)
    with pytest.raises(BadInput, match="没有题"):
        course.classroom.lock("空卷", [], 1, 0, "老师")
    with pytest.raises(BadInput, match="分钟"):
        locked(course, "太长", minutes=10_000)
    with pytest.raises(BadInput, match="随机种子"):
        locked(course, "太大", seed=10**20)


def test_an_exam_has_one_attempt_and_practice_has_many(course):
    exam, practice = locked(course), locked(course, "练习", minutes=0)
    answer_all(course, begin_form(course.store, exam, "安娜", course.items(7)))
    with pytest.raises(BadInput, match="只能考一次"):
        begin_form(course.store, exam, "安娜", course.items(7))
    begin_form(course.store, exam, "小本", course.items(7))
    for _ in range(2):
        answer_all(course, begin_form(course.store, practice, "安娜", course.items(7)))
    assert len(course.store.sessions("安娜", practice.id)) == 2


def test_practice_goes_on_after_another_quiz_but_not_beside_an_exam(course):
    practice, exam = locked(course, "练习", minutes=0), locked(course)
    first = begin_form(course.store, practice, "安娜", course.items(7))
    course.store.begin("安娜", first.items, 1)
    assert begin_form(course.store, practice, "安娜", course.items(7)) == first
    assert course.store.open_session("安娜", first.id) == first
    sat = begin_form(course.store, exam, "安娜", course.items(7))
    assert course.store.open_session("安娜", first.id) == sat
    with pytest.raises(BadInput, match="还没有交卷"):
        begin_form(course.store, practice, "安娜", course.items(7))


def test_a_broken_off_exam_goes_on_with_the_time_that_is_left(course):
    exam = locked(course)
    session = begin_form(course.store, exam, "安娜", course.items(7))
    assert begin_form(course.store, exam, "安娜", course.items(7)) == session
    course.store.begin("安娜", session.items, 1)
    assert course.store.open_session("安娜") == session  # an exam goes before a quiz


def test_an_exam_takes_no_answer_after_its_time_and_unanswered_items_are_wrong(course):
    session = begin_form(course.store, locked(course), "安娜", course.items(7))
    course.store.answer(session, session.items[0], [0], True, 1)
    pass_time(course, session)
    with pytest.raises(BadInput, match="时间到了"):
        course.store.answer(session, session.items[1], [0], True, 1)
    assert course.store.open_session("安娜") is None
    (closed,) = course.store.sessions("安娜")
    assert closed.finished
    assert session_score(course.store, closed) == session_score(course.store, replace(closed, finished=""))
    assert (session_score(course.store, closed).right, session_score(course.store, closed).total) == (1, 5)


def test_an_exam_in_the_terminal_tells_nothing_before_the_end(course):
    session = begin_form(course.store, locked(course, count=2), "安娜", course.items(7))
    items = course.items(7)
    first, second = (items[i] for i in session.items)
    told, typed = [], iter([letters(first), letters(second)])
    sit(session, items, course.store, lambda _: next(typed), told.append)
    before = told[: next(n for n, line in enumerate(told) if "得分" in line)]
    assert not any("✓" in line or "✗" in line for line in before)
    assert any("得分 2/2" in line for line in told)


def test_an_item_that_is_retired_during_an_exam_is_not_held_against_who_was_not_asked(course):
    session = begin_form(course.store, locked(course), "安娜", course.items(7))
    course.store.retire(session.items[-1], "坏题", "老师")
    for id_ in session.items[:-1]:
        course.store.answer(session, id_, [0], True, 1)
    course.store.finish(session)
    found = session_score(course.store, session)
    assert (found.right, found.total) == (4, 4)


def test_an_item_that_is_retired_after_an_exam_leaves_its_score_as_it_was(course, monkeypatch):
    session = begin_form(course.store, locked(course), "安娜", course.items(7))
    course.store.answer(session, session.items[0], [0], True, 1)
    course.store.finish(session)
    (session,) = course.store.sessions("安娜")
    monkeypatch.setattr("hujin_qa.study.store.now", lambda: "2999-01-01T00:00:00+00:00")
    course.store.retire(session.items[-1], "坏题", "老师")
    assert session_score(course.store, session).total == 5


def test_a_form_without_an_item_that_stands_is_not_begun(course):
    exam = locked(course)
    with pytest.raises(BadInput, match="已停用或失效"):
        begin_form(course.store, exam, "安娜", {})
    assert begin_form(course.store, exam, "安娜", course.items(7)), "the attempt is not used up"


def test_what_is_right_in_an_exam_is_not_told_before_it_is_over(course):
    session = begin_form(course.store, locked(course), "安娜", course.items(7))
    course.store.answer(session, session.items[0], [0], True, 1)
    assert course.store.known("安娜") == set()
    pass_time(course, session)
    assert course.store.known("安娜") == {session.items[0]}


def test_a_form_is_done_with_its_last_answer_though_nobody_pressed_on(course):
    room, practice = course.classroom, locked(course, "练习", minutes=0)
    room.set_cohort("一班", ["安娜"], "老师")
    room.assign("一班", "练习", FAR, "老师")
    session = begin_form(course.store, practice, "安娜", course.items(7))
    for id_ in session.items[1:]:
        (deed,) = deeds(room, course.store)
        assert deed.state == "进行中"
        course.store.answer(session, id_, [0], True, 1)
    course.store.retire(session.items[0], "坏题", "老师")  # and will not be asked
    (deed,) = deeds(room, course.store)
    assert (deed.state, deed.score.share) == ("已完成", 1.0)
    assert certificate_pdf(course, "安娜", "练习")


def test_who_did_what_by_when(course):
    room, exam, practice = course.classroom, locked(course), locked(course, "练习", minutes=0)
    room.set_cohort("一班", ["安娜", "小本", "老陈"], "老师")
    room.assign("一班", "期末", FAR, "老师")
    room.assign("一班", "练习", date(2001, 1, 1), "老师")
    answer_all(course, begin_form(course.store, exam, "安娜", course.items(7)))
    begin_form(course.store, exam, "小本", course.items(7))
    answer_all(course, begin_form(course.store, practice, "安娜", course.items(7)), right=False)
    states = {(d.learner, d.assignment.form.name): d.state for d in deeds(room, course.store)}
    assert states == {
        ("安娜", "期末"): "已完成",
        ("小本", "期末"): "进行中",
        ("老陈", "期末"): "未开始",
        ("安娜", "练习"): "逾期完成",
        ("小本", "练习"): "逾期未做",
        ("老陈", "练习"): "逾期未做",
    }
    assert {d.learner for d in deeds(room, course.store, "小本")} == {"小本"}
    assert room.assignments("路人") == []
    room.assign("一班", "练习", FAR, "老师")  # moves the day
    assert {a.due for a in room.assignments()} == {FAR}


def test_an_exam_that_ran_out_in_time_is_in_time_whenever_its_learner_comes_back(course):
    exam = locked(course)
    course.classroom.set_cohort("一班", ["安娜"], "老师")
    course.classroom.assign("一班", "期末", date.today() - timedelta(days=1), "老师")
    pass_time(course, begin_form(course.store, exam, "安娜", course.items(7)), minutes=3 * 24 * 60)
    (before,) = deeds(course.classroom, course.store)
    assert course.store.open_session("安娜") is None
    (after,) = deeds(course.classroom, course.store)
    assert (before.state, after.state) == ("已完成", "已完成")


def test_cohorts_can_be_changed_and_removed(course):
    room = course.classroom
    room.set_cohort("一班", ["安娜", "小本", "安娜", " "], "老师")
    room.set_cohort("一班", ["老陈"], "老师")
    assert room.cohorts() == {"一班": ("老陈",)}
    with pytest.raises(BadInput, match="至少"):
        room.set_cohort("二班", [" "], "老师")
    with pytest.raises(BadInput, match="没有班级"):
        room.assign("三班", locked(course).name, FAR, "老师")
    room.assign("一班", "期末", FAR, "老师")
    room.remove_cohort("一班")
    assert room.cohorts() == {}
    assert room.assignments() == []


def written(**changes):
    wrong = (("3100斤", "这是别的果树。"), ("1900斤", "没有这样写。"), ("2700斤", "没有这样写。"))
    stem = "据产量一节,雪梨每亩地一年能收多少?"
    return replace(Written("choice", stem, ("2500斤",), wrong, "果园", QUOTE), **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quote": "原文没有的一句。"}, "没有这句引文"),
        ({"document": "别的"}, "没有这句引文"),
        ({"right": ("2600斤",)}, "证明不了"),
        ({"wrong": (("15万元", ""), ("3100斤", ""))}, "证明不了"),
        ({"wrong": ()}, "不成形"),
        ({"stem": "雪梨每亩2500斤,对不对?"}, "泄露"),
        ({"wrong": (("2500 斤", ""), ("3100斤", ""))}, "重复"),
        (
            {"kind": "true_false", "stem": "2022年雪梨每亩产量为2500斤，全园产值为15万元。", "right": (FALSE,)},
            "证明不了",
        ),
    ],
)
def test_what_trainers_write_passes_the_same_checks(course, changes, reason):
    with pytest.raises(BadInput, match=reason):
        course.written.save(written(**changes), course.index, "老师")
    assert course.written.all() == {}


def test_a_written_item_is_asked_like_any_other(course):
    id_ = course.written.save(written(), course.index, "老师")
    item = course.items()[id_]
    assert item.kind == "choice"
    assert [item.options[i] for i in item.answer] == ["2500斤"]
    assert item.citation.quote == QUOTE
    with pytest.raises(BadInput, match="一模一样"):
        course.written.save(written(), course.index, "老师")
    judged = written(kind="true_false", stem="2022年雪梨每亩产量为9500斤，全园产值为15万元。", right=(FALSE,), wrong=())
    id_ = course.written.save(judged, course.index, "老师")
    assert course.items()[id_].options == ("对", "错")


def test_a_wrong_option_is_mended_and_a_retired_item_written_again(course):
    id_ = course.written.save(written(), course.index, "老师")
    mended = written(wrong=(("3200斤", "这是别的果树。"), *written().wrong[1:]))
    assert course.written.save(mended, course.index, "老师", replaces=id_) == id_
    assert "3200斤" in course.items()[id_].options
    other = course.written.save(written(stem="雪梨亩产多少?"), course.index, "老师", replaces=id_)
    assert id_ not in course.items()
    assert course.written.save(written(), course.index, "老师", replaces=other) == id_
    assert id_ in course.items()
    assert other not in course.items()


def test_a_made_item_whose_reason_a_trainer_changes_is_shown_with_the_new_one(course):
    made = course.items().values()
    old = next(i for i in made if i.kind == "true_false" and save_again(course, i) == i.id)
    for seed in range(9):
        assert "新的理由。" in course.items(seed)[old.id].why
    assert len(course.items()) == len(made)


def save_again(course, item):
    changed = as_written(item)
    changed = replace(changed, wrong=((changed.wrong[0][0], "新的理由。"),))
    return course.written.save(changed, course.index, "老师", replaces=item.id)


def test_of_several_items_all_are_kept_or_none(course):
    with pytest.raises(BadInput, match="第 2 题:原文里没有这句引文"):
        course.written.save_all([written(), written(quote="原文没有的一句。")], course.index, "老师")
    with pytest.raises(BadInput, match="第 2 题:已有一道一模一样的题"):
        course.written.save_all([written(), written()], course.index, "老师")
    assert course.written.all() == {}
    assert len(course.written.save_all([written(), written(stem="雪梨亩产多少?")], course.index, "老师")) == 2


def test_a_control_character_does_not_end_a_spreadsheet(course):
    id_ = course.written.save(written(stem="雪梨\x0b亩产多少?"), course.index, "老师")
    course.store.answer(course.store.begin("安娜", [id_], 0), id_, [0], True, 1)
    assert to_xlsx(Course.of(course.index, course.store))


def test_a_changed_item_takes_the_place_of_the_old_one(course):
    old = next(i for i in course.items().values() if i.kind == "figure" and "2500斤" in i.citation.quote)
    changed = replace(as_written(old), stem="关于雪梨:" + old.stem)
    new = course.written.save(changed, course.index, "老师", replaces=old.id)
    assert old.id not in course.items()
    assert new in course.items()
    assert "改写" in course.store.retired()[old.id]


def test_items_that_a_changed_text_no_longer_proves_are_marked_and_never_shown(course):
    id_ = course.written.save(written(), course.index, "老师")
    exam = locked(course)
    document = course.index.documents["果园"]
    changed = replace(document, text=document.text.replace("2500斤", "2800斤"))
    later = Course.of(replace(course.index, documents={"果园": changed}), course.store)
    assert id_ not in later.items()
    assert later.lapsed()[id_] == "引文已不成立"
    later.check_id(id_)  # it can be replaced
    with pytest.raises(BadInput, match="没有这道题"):
        later.check_id("没有")
    gone = [i for i in exam.items if i not in later.items()]
    assert gone == [i for i in exam.items if i in later.lapsed()]
    assert not set(begin_form(later.store, exam, "安娜", later.items(7)).items) & set(gone)


def studied(course):
    """Two learners, one of them hostile to spreadsheets, an assignment, some answers."""
    exam = locked(course)
    course.classroom.set_cohort("一班", ["安娜", "@sum"], "老师")
    course.classroom.assign("一班", "期末", FAR, "老师")
    answer_all(course, begin_form(course.store, exam, "安娜", course.items(7)))
    answer_all(course, begin_form(course.store, exam, "@sum", course.items(7)), right=False)
    return course


def test_results_go_into_spreadsheets_as_text_and_numbers(course):
    studied(course)
    book = load_workbook(io.BytesIO(to_xlsx(course)))
    assert book.sheetnames == ["学员", "任务", "章节", "题目"]
    rows = list(book["学员"].iter_rows(values_only=True))
    assert rows[0] == ("学员", "答对", "答题", "正确率", "最近")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", rows[1][4])  # as on this machine
    assert [row[:3] for row in rows[1:]] == [("安娜", 5, 5), ("'@sum", 0, 5)]
    assert {row[4] for row in book["任务"].iter_rows(min_row=2, values_only=True)} == {"已完成"}
    assert len(list(book["题目"].iter_rows(min_row=2))) == 5
    read = list(csv.reader(io.StringIO(to_csv(course).decode("utf-8-sig"))))
    assert ["'@sum", "0", "5", "0.0"] in [row[:4] for row in read]


def test_the_printed_report_and_certificate_hold_their_chinese_words(course):
    report = pypdfium2.PdfDocument(report_pdf(studied(course)))
    words = "".join(page.get_textpage().get_text_range() for page in report)
    assert all(w in words for w in ("带教报告", "安娜", "一班", "期末", "已完成", "最难的章节"))
    certificate = pypdfium2.PdfDocument(certificate_pdf(course, "安娜", "期末"))
    words = certificate[0].get_textpage().get_text_range()
    assert all(w in words for w in ("学习证明", "安娜", "果园", "5/5", "100%"))
    ink = certificate[0].render(scale=1, grayscale=True).to_numpy()
    assert (ink < 128).sum() > 500  # letters are drawn, not boxes left blank
    with pytest.raises(BadInput, match="还没有做完"):
        certificate_pdf(course, "路人")


def test_what_is_taken_away_from_an_english_page_has_english_words_around_those_of_the_documents(course):
    own, page = Desk(studied(course)), {}
    with speaking("en"):
        for ending in ("csv", "xlsx", "pdf"):
            page[ending] = unpacked(own.packed(LOCAL, ending))
        page["certificate"] = unpacked(own.certificate(LOCAL, "安娜"))
    read = page["csv"].decode("utf-8-sig")
    assert re.findall("[一-鿿]+", ",".join(line for line in read.splitlines() if "Share right" in line)) == []
    assert ",Done," in read.title()
    book = load_workbook(io.BytesIO(page["xlsx"]))
    assert book.sheetnames == ["Learner", "Tasks", "Section", "Items"]
    assert [cell.value for cell in book["Learner"][1]] == ["Learner", "Right", "Answers", "Share right", "Last"]
    assert book["Learner"]["D2"].number_format == "0%"
    report, certificate = (
        "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(page[kind]))
        for kind in ("pdf", "certificate")
    )
    assert all(words in report for words in ("Results of a course", "Hardest sections", "% wrong (", "安娜", "一班"))
    assert all(
        words in certificate
        for words in ("Certificate", "安娜 has studied “果园", "1 quiz:", "5 of 5 items right (100%)")
    )
    assert not re.search("学习|答对|章节|任务|状态|最近|题", (report + certificate).replace("果园", ""))


def unpacked(file):
    return base64.b64decode(json.loads(file)["data"])


def test_a_certificate_of_a_form_is_that_of_the_best_attempt(course, monkeypatch):
    practice = locked(course, "练习", minutes=0)
    for right in (True, False):
        answer_all(course, begin_form(course.store, practice, "安娜", course.items(7)), right=right)
    with database(course.store.path, MIGRATIONS) as db:
        db.execute("UPDATE session SET finished = '2026-01-31T20:00:00+00:00'")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        certificate = pypdfium2.PdfDocument(certificate_pdf(course, "安娜", "练习"))
    finally:
        monkeypatch.undo()
        time.tzset()
    words = certificate[0].get_textpage().get_text_range()
    assert "5/5" in words
    assert "50%" not in words  # the sections of both attempts together
    assert "2026-02-01" in words


def test_the_hardest_sections_are_drawn(course):
    assert section_plot({}) == ""
    sections = by_section(studied(course).store.responses(), course.items())
    assert "<svg" in section_plot(sections)


LEARNER = """
import sys
from pathlib import Path
from hujin_qa.study.store import Store
store, name = Store(Path(sys.argv[1])), sys.argv[2]
session = store.begin(name, [str(i) for i in range(20)], 0)
for i in range(20):
    store.answer(session, str(i), [i], True, 1)
store.finish(session)
"""


def test_learners_in_many_processes_lose_nothing(tmp_path):
    path = str(tmp_path / "study.db")
    running = [subprocess.Popen([sys.executable, "-c", LEARNER, path, f"学员{n}"]) for n in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    store = Store(tmp_path / "study.db")
    assert len(store.responses()) == 80
    assert all(s.finished for s in store.sessions())


def test_two_windows_cannot_both_start_the_same_exam(course):
    exam, started, refused = locked(course), [], []

    def start():
        try:
            items = [i for i in exam.items if i in course.items()]
            started.append(course.store.begin("安娜", items, 7, "exam", exam.id, 30))
        except BadInput:
            refused.append(1)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(started), len(refused)) == (1, 5)


KILLED = """
import sys
from pathlib import Path
from hujin_qa.study.store import Store
store = Store(Path(sys.argv[1]))
session = store.begin("小王", [str(i) for i in range(10**5)], 0)
for i in range(10**5):
    store.answer(session, str(i), [i], True, 1)
    print(i, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_kill_in_the_middle_of_a_quiz_loses_no_answer(tmp_path):
    path = tmp_path / "study.db"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as process:
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().split()]
    store = Store(path)
    kept = [int(r.item) for r in store.responses("小王")]
    assert set(told) <= set(kept)
    assert store.open_session("小王").items[:2] == ("0", "1")


def test_results_of_the_first_release_are_carried_over(tmp_path):
    path = tmp_path / "study.db"
    with database(path, MIGRATIONS[:1]) as db:
        db.execute(
            "INSERT INTO session (learner, mode, seed, items, started) VALUES ('小王', 'quiz', 3, '[\"a\"]', 'x')"
        )
        db.execute("INSERT INTO response VALUES (1, 'a', '[0]', 1, 2.5, 'x')")
    store = Store(path)
    assert [(r.learner, r.item) for r in store.responses()] == [("小王", "a")]
    assert store.open_session("小王").form == 0
    assert Classroom(path).forms() == []
    store.back_up(tmp_path / "copy.db")
    store.restore(tmp_path / "copy.db")
    assert len(store.responses()) == 1
