"""What a learner and a trainer see of a course, without a browser."""

import pytest

from hujin_qa.errors import BadInput
from hujin_qa.study.course import Course
from hujin_qa.study.store import Store
from hujin_qa.users import LOCAL, User
from hujin_qa.web import strings as say
from hujin_qa.web.lesson import Lesson, card_html, item_html
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
    lesson.rate(ANNA, 4)
    assert lesson.asked(BEN) is None
    assert lesson.last(BEN)[0].total == 0
    assert lesson.card(BEN)[1] == lesson.card(ANNA)[1] + 1
    assert "已答对 0/" in lesson.path_html(BEN)
    assert lesson.results_html(BEN) == f'<p class="failure">{say.TRAINERS_ONLY}</p>'
    shown = lesson.results_html(LOCAL)
    assert "安娜" in shown
    assert "小本" not in shown


def test_a_rated_card_goes_and_undo_brings_it_back(lesson):
    card, waiting = lesson.card(ANNA)
    assert card.options[card.answer[0]] not in card_html(card, opened=False).replace(card.stem, "")
    assert card.citation.quote in card_html(card, opened=True)
    lesson.rate(ANNA, 4)
    assert lesson.card(ANNA)[1] == waiting - 1
    lesson.undo(ANNA)
    assert lesson.card(ANNA) == (card, waiting)


def test_hostile_names_are_shown_as_text(lesson):
    hostile = User("<img src=x onerror=alert(1)>")
    lesson.begin(hostile, "", 5, 1)
    asked = lesson.asked(hostile)
    lesson.answer(asked, asked.item.answer, 1)
    assert "<img" not in lesson.results_html(LOCAL)
    assert "aria-live" in item_html(asked)
