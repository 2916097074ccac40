"""A newcomer's first half hour and a trainer's week on the page /study, in a real browser with real logins."""

import os
import re
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

import web_fake as fake
from browsing import answer_something, english_names, needs_chromium
from hujin_qa.accounts import Accounts
from hujin_qa.web import strings as say

pytestmark = needs_chromium
HANDBOOK = Path(__file__).parents[1] / "eval" / "other" / "staff-handbook.txt"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classroom")
    accounts = Accounts(folder / "users.db", {})
    accounts.add("老师", PASSWORD, {"staff", "trainer"})
    accounts.add("安娜", PASSWORD)
    accounts.add("小本", PASSWORD)
    (folder / "corpus").mkdir()
    (folder / "corpus" / HANDBOOK.name).write_text(HANDBOOK.read_text(encoding="utf-8"), encoding="utf-8")
    command = str(Path(sys.executable).parent / "hujin-qa"), "serve", "--port", "0"
    places = {name: str(folder / name) for name in ("corpus", "index")}
    with fake.served(*command, **places, data=str(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def enter(address, browser):
    """Log in and open /study; in the end no page may have failed in a script."""
    errors = []

    def enter(name, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        context.set_default_timeout(120_000)
        assert context.request.post(f"{address}/login", form={"username": name, "password": PASSWORD}).ok
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/study")
        page.locator("#path .path").wait_for()
        return page

    yield enter
    assert errors == []


def shoot(page, name):
    """Keep a picture where a developer asks for one."""
    if folder := os.environ.get("BROWSER_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()


def sit(page, total, told):
    """Answer every item of what was started; ``told`` is what each answer must show."""
    for n in range(1, total + 1):
        page.get_by_text(f"第 {n}/{total} 题").wait_for()
        answer_something(page)
        page.get_by_role("button", name=say.SUBMIT).click()
        page.locator("#feedback").locator(told).wait_for()
        if n == 1:
            shoot(page, f"answer-{total}")
        page.get_by_role("button", name=say.NEXT).click()
    page.locator("#score textarea").wait_for()


def choose(page, label, option):
    """Pick from a list."""
    page.get_by_role("combobox", name=label, exact=True).filter(visible=True).click()
    page.get_by_role("option", name=option).filter(visible=True).first.click()


def test_a_trainers_week_and_a_newcomers_first_half_hour(enter, tmp_path):
    teacher = enter("老师")
    tab(teacher, say.RESULTS)
    teacher.get_by_text(say.NO_RESULTS).wait_for()
    arrange(teacher)
    write_an_item(teacher)

    anna = enter("安娜")
    anna.get_by_text("期末(截止 2999-01-31):未开始").wait_for()
    shoot(anna, "tasks")
    assert not anna.get_by_role("tab", name=say.RESULTS, exact=True).is_visible()
    tab(anna, say.QUIZ)
    choose(anna, say.WHAT_TO_DO, re.compile("期末"))
    anna.get_by_role("button", name=say.START).click()
    anna.get_by_text(re.compile("还剩 (29|30) 分钟")).wait_for()
    shoot(anna, "exam")
    sit(anna, 3, f"text={say.NOTED}")
    assert "/3。" in anna.locator("#score textarea").input_value()
    anna.locator("#feedback").wait_for(state="attached")
    practise(anna)
    review(anna)

    tab(teacher, say.PATH)
    tab(teacher, say.RESULTS)
    teacher.get_by_role("cell", name="已完成").wait_for()
    teacher.get_by_role("cell", name="未开始").wait_for()
    teacher.locator("#results .plot svg").wait_for()
    shoot(teacher, "results")
    assert english_names(teacher) == set()
    teacher.set_viewport_size({"width": 390, "height": 844})
    stem = teacher.locator("#results table").last.locator("td").first
    assert (stem.bounding_box() or {})["width"] > 150  # not a few characters a line
    teacher.set_viewport_size({"width": 1280, "height": 900})
    take_away(teacher, tmp_path)


def arrange(page):
    """A cohort, an exam, and the exam set to the cohort."""
    page.locator("#cohorts").get_by_role("button", name=say.COHORTS).click()
    page.locator("#cohorts input[type=text], #cohorts textarea").filter(visible=True).first.wait_for()
    page.get_by_role("textbox", name=say.COHORT_NAME).fill("一班")
    page.get_by_role("textbox", name=say.MEMBERS).fill("安娜\n小本")
    page.get_by_role("button", name=say.SAVE_COHORT).click()
    page.get_by_text("已保存班级「一班」:2 人。").wait_for()
    page.get_by_role("textbox", name=say.FORM_NAME).fill("期末")
    page.locator("#cohorts").get_by_role("spinbutton", name=say.FORM_ITEMS).fill("3")
    page.get_by_label(say.MINUTES).fill("30")
    page.get_by_label(say.SEED).fill("7")
    page.get_by_role("button", name=say.LOCK).click()
    page.get_by_text("已锁定「期末」:3 题,种子 7。").wait_for()
    choose(page, say.TO_WHOM, "一班")
    choose(page, say.WHICH_FORM, "期末")
    page.get_by_role("textbox", name=say.DUE).fill("下周")
    page.get_by_role("button", name=say.ASSIGN, exact=True).click()
    page.get_by_text("不是日期").wait_for()
    page.get_by_role("textbox", name=say.DUE).fill("2999-01-31")
    page.get_by_role("button", name=say.ASSIGN, exact=True).click()
    page.get_by_text("已布置:一班").wait_for()
    shoot(page, "cohorts")


def write_an_item(page):
    """The checks refuse an item that the text does not prove, and keep one that it does."""
    page.locator("#items").get_by_role("button", name=say.ITEMS).first.click()
    page.get_by_role("textbox", name=say.STEM).fill("试用期工资按什么比例发?")
    page.get_by_role("textbox", name=say.RIGHT_OPTIONS).fill("85%")
    page.get_by_role("textbox", name=say.WRONG_OPTIONS).fill("70% | 没有这样写\n60% | 那是病假工资\n95%")
    page.get_by_role("textbox", name=say.PROOF, exact=True).fill("试用期工资为转正工资的八成。")
    page.get_by_role("button", name=say.SAVE_ITEM).click()
    page.get_by_text("没有这句引文").wait_for()
    page.get_by_role("textbox", name=say.PROOF, exact=True).fill("试用期工资为转正工资的85%。")
    page.get_by_role("button", name=say.SAVE_ITEM).click()
    page.locator("#kept-item").get_by_text("/choice/").wait_for()
    shoot(page, "item")


def practise(page):
    """A quiz of five with feedback, the proof one click away, a question to the chat, a reload in between."""
    page.get_by_role("spinbutton", name=say.HOW_MANY).fill("5")
    page.get_by_role("button", name=say.START).click()
    page.get_by_text("第 1/5 题").wait_for()
    page.reload()  # nothing is lost
    tab(page, say.QUIZ)
    sit(page, 5, "blockquote")
    score, *weak = page.locator("#score textarea").input_value().splitlines()
    assert re.fullmatch(r"得分 \d/5。", score)
    assert all(line.startswith("· ") for line in weak[1:])  # a section a line


def review(page):
    tab(page, say.CARDS)
    page.get_by_role("button", name=say.TURN).click()
    page.locator("#card a.ask").wait_for()
    assert page.locator("#card a.ask").get_attribute("href").startswith("./?q=")
    page.get_by_role("button", name="记得").click()
    expect(page.get_by_role("button", name=say.TURN)).to_be_visible()
    page.get_by_role("button", name=say.UNDO_CARD).click()


def take_away(page, folder):
    """The files are saved by the browser, whole."""
    page.locator("#take-away").get_by_role("button", name=say.TAKE_AWAY).first.click()
    for ending, word in say.REPORTS.items():
        with page.expect_download() as waiting:
            page.get_by_role("button", name=word).click()
        waiting.value.save_as(folder / f"results.{ending}")
    assert load_workbook(folder / "results.xlsx")["任务"].max_row == 3
    assert (folder / "results.pdf").read_bytes().startswith(b"%PDF")
    assert "安娜" in (folder / "results.csv").read_text(encoding="utf-8-sig")
    choose(page, say.CERTIFICATE_FOR, "安娜")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say.CERTIFICATE).click()
    waiting.value.save_as(folder / "certificate.pdf")
    assert (folder / "certificate.pdf").read_bytes().startswith(b"%PDF")
