"""The chat in a real browser: over a stand-in that answers by the word, and once over the shipped corpus."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

import web_fake as fake
from browsing import PHONE, WIDE, answer_something, ask, lit, needs_chromium, no_barrier
from hujin_qa.evaluation.asking import run
from hujin_qa.evaluation.report import to_html
from hujin_qa.web import strings as say
from test_evaluation import assistant, questions  # noqa: F401

pytestmark = needs_chromium


def test_a_cited_answer_from_the_shipped_corpus_leads_to_its_sentence(visit, tmp_path):
    command = str(Path(sys.executable).parent / "hujin-qa"), "serve", "--port", "0"
    with fake.served(*command, index=str(tmp_path / "index")) as address:
        page = visit(address)
        answer = ask(page, "移动支付规模多大")
        marker = answer.locator("a.cite").last
        assert "7万亿元" in marker.get_attribute("title")
        marker.click()
        assert "7万亿元" in lit(page)
        lit(page, marker.get_attribute("title"))
        page.locator(".outline a[aria-current]").filter(has_text="市场规模").wait_for()
        assert "勘误" in answer.inner_text()
        if shot := os.environ.get("BROWSER_SHOT"):
            page.screenshot(path=shot)
        learn(page)


def learn(page):
    """A newcomer's first quarter of an hour on the page /study."""
    page.get_by_role("link", name=say.STUDY).click()
    path = page.locator("#path")
    path.get_by_text(say.NEXT_STEP).wait_for()
    assert path.locator("details[open] li").count() > 0
    page.get_by_role("tab", name=say.QUIZ).click()
    page.get_by_role("button", name=say.START).click()
    for n in range(1, 4):
        page.get_by_text(f"第 {n}/10 题").wait_for()
        no_barrier(page)
        answer_something(page)
        page.get_by_role("button", name=say.SUBMIT).click()
        feedback = page.locator("#feedback .feedback")
        expect(feedback.locator("blockquote")).not_to_be_empty()
        assert feedback.locator("a.place").get_attribute("href").startswith("./#at=hujin-briefing:")
        if n == 2:
            page.reload()  # nothing is lost
            page.get_by_role("tab", name=say.QUIZ).click()
        else:
            page.get_by_role("button", name=say.NEXT).click()
    page.get_by_role("tab", name=say.CARDS).click()
    page.get_by_role("button", name=say.TURN).click()
    page.get_by_role("button", name="很熟").click()
    expect(page.get_by_role("button", name=say.TURN)).to_be_visible()
    page.get_by_role("tab", name=say.RESULTS).click()
    page.get_by_role("cell", name="local").wait_for()
    no_barrier(page)
    measure(page)


def measure(page):
    """An evaluator asks a question set and looks into what failed."""
    page.get_by_role("link", name=say.EVAL).click()
    page.get_by_label(say.QUESTION_SET).click()
    page.get_by_role("option", name="heldout/museum-history.jsonl").click()
    page.get_by_role("button", name=say.START_RUN).click()
    failed, numbers = page.locator("#run #questions summary").first, page.locator("#run th").first
    assert abs(failed.bounding_box()["y"] - numbers.bounding_box()["y"]) < 300  # side by side
    page.locator("#run").get_by_text("曲线和分组").click()
    page.locator("#run svg").first.wait_for()
    page.locator("#run #questions summary").first.click()
    assert "理解为" in page.locator("#run #questions details[open]").inner_text()
    no_barrier(page)
    page.get_by_role("tab", name=say.COMPARE).click()
    page.get_by_role("button", name=say.COMPARE).click()
    page.get_by_text(say.NO_TWO_RUNS).wait_for()  # there is only one
    assert page.locator(".toast-title").inner_text().strip() == say.PROBLEM
    assert page.get_by_test_id("toast-close").get_attribute("aria-label") == say.IN_PAGE["close"]
    page.set_viewport_size(PHONE)
    chosen = page.get_by_label(say.AFTER).filter(visible=True)
    assert chosen.bounding_box()["width"] > 250  # the two below each other, and wide enough to be read
    assert chosen.evaluate("(field) => getComputedStyle(field).textOverflow") == "ellipsis"
    page.set_viewport_size(WIDE)
    page.get_by_role("tab", name=say.RUNS).click()
    page.get_by_role("button", name=say.LOOK).filter(visible=True).click()
    page.locator("#looked details").first.wait_for()
    page.get_by_role("tab", name=say.VARIANTS).click()
    page.locator("#trial-question textarea").fill("铜镜是谁捐的?")
    page.get_by_role("button", name=say.TRY).click()
    expect(page.locator("#tried th")).to_have_count(3)  # what is shown, and two variants
    page.get_by_role("tab", name=say.CORRECT).click()
    page.get_by_role("button", name=say.SAVE).click()
    page.get_by_text(say.NO_SET).first.wait_for()


def test_the_first_page_says_what_is_covered_and_an_example_can_be_clicked(visit, address):
    page = visit(address)
    first = page.locator(".welcome").inner_text()
    assert "样本<文>" in first
    assert "一、支付 · 二、信贷" in first
    page.get_by_role("button", name="信贷规模是多少?").click()
    page.locator(".answer .copy").wait_for()
    expect(page.locator(".answer")).to_contain_text("信贷规模为2万亿元。")
    lit(page, "信贷规模为2万亿元。")  # the pane turns to the first place by itself


def test_a_question_asked_before_the_page_has_loaded_keeps_its_answer(visit, address):
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page = visit(address, before=lambda page: page.route("**/queue/join*", hold_the_first))
    for _ in range(600):  # a minute; on a slow machine the question would be the first
        if not held:
            page.wait_for_timeout(100)
    assert held
    answer = ask(page, "支付,先于页面")
    page.get_by_role("radio", name="支付,先于页面").wait_for(state="attached")  # all that follows the answer is done
    with page.expect_request("**/queue/join*"):  # the list of conversations is asked for when the load is done
        held[0].continue_()
    answer.locator("a.cite").first.click()
    lit(page, "𠮷祥支付规模为7万亿元。")
    expect(page.locator("[data-testid=user]")).to_have_count(1)


def test_the_state_is_told_while_the_answer_is_worked_on_and_it_can_be_stopped(visit, address):
    page = visit(address)
    page.locator("#question textarea").fill("慢")
    page.keyboard.press("Enter")
    page.get_by_text(say.SEARCHING).wait_for()
    page.locator("#question .stop-button").click()
    page.get_by_text(say.STOPPED).wait_for()
    ask(page, "支付")


def test_markers_lead_to_exactly_their_characters(visit, address):
    page = visit(address)
    ask(page, "支付").locator("a.cite").first.click()
    lit(page, "𠮷祥支付规模为7万亿元。")  # after an emoji, and itself beyond the basic plane
    assert page.locator("mark.also").all_text_contents() == ["扫码最常见。"]
    earlier = page.locator("a.cite").nth(1)
    ask(page, "信贷").locator("a.cite").nth(1).click()
    lit(page, "信贷看风控。")
    earlier.click()
    lit(page, "扫码最常见。")
    page.locator(".outline a", has_text="1、规模").click()
    lit(page, "1、规模")
    whole = page.locator("#source article").text_content()
    assert "".join(fake.DOCUMENT.text.split()) == "".join(
        whole.replace("勘误(待核):单位<存疑>(据:官网)", "")[2:].split()
    )


def test_a_marker_works_by_keyboard_and_escape_leads_back(visit, address):
    page = visit(address)
    marker = ask(page, "信贷").locator("a.cite").first
    marker.focus()
    page.keyboard.press("Enter")
    lit(page, "信贷规模为2万亿元。")
    page.wait_for_function("document.activeElement.className == 'lit'")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.className == 'cite'")


def test_a_link_to_a_place_opens_at_it_even_in_another_document(visit, address):
    page = visit(address)
    ask(page, "第二").locator("a.cite").click()
    lit(page, "别的内容在这里。")
    link = page.url
    again = visit(link)
    assert lit(again) == "别的内容在这里。"
    again.locator(".pick").select_option(label="样本<文>")
    again.locator("#source article h3", has_text="一、支付").wait_for()


def test_hostile_questions_and_documents_stay_text(visit, address):
    page = visit(address)
    answer = ask(page, "支付 " + fake.HOSTILE)
    assert page.locator("[data-testid=user]").inner_text().strip() == "支付 " + fake.HOSTILE
    assert fake.HOSTILE in page.locator("#source article").inner_text()
    assert "${window.hit=3} {{value}}" in page.locator("#source article").inner_text()
    answer.locator(".also summary").click()
    assert page.locator("#chat .message img, #source img, #chat .message script, #source script").count() == 0
    assert page.locator("[data-testid=bot][aria-label]").count() == 0  # Gradio would read the HTML out


def test_an_abstention_looks_different_and_has_no_marker(visit, address):
    page = visit(address)
    ask(page, "支付")
    answer = ask(page, "没有的事")
    assert "依据不足,没有作答" in answer.inner_text()
    assert answer.locator("a.cite").count() == 0
    expect(page.locator("mark")).to_have_count(0)
    answer.locator(".also summary").click()
    answer.locator("a.place").click()
    assert lit(page).startswith("支付😀分两类。")


def test_an_unexpected_failure_is_one_sentence(visit, address):
    page = visit(address)
    answer = ask(page, "坏")
    assert say.FAILED in answer.inner_text()
    assert "secret" not in page.content()


def test_a_models_draft_is_marked_until_its_answer_comes(visit, address):
    page = visit(address)
    page.locator("#question textarea").fill("支付草稿")
    page.keyboard.press("Enter")
    page.locator(".answer.draft", has_text="支付规模<b>").wait_for()
    page.locator(".answer .copy").wait_for()
    assert page.locator(".answer.draft").count() == 0
    assert "模型没有回应" in page.locator(".answer .remark").inner_text()


def test_follow_up_retry_edit_undo_and_clear(visit, address):
    page = visit(address)
    ask(page, "支付")
    assert "理解为:扫码怎么样?" in ask(page, "那扫码呢").inner_text()
    old = page.locator(".answer .copy").last.element_handle()
    page.get_by_role("button", name="重试").last.click()
    page.wait_for_function("(old) => !old.isConnected", arg=old)
    expect(page.locator(".answer .copy")).to_have_count(2)
    expect(page.locator(".answer").last).to_contain_text("理解为:扫码怎么样?")
    page.get_by_role("button", name="编辑").first.click()
    page.locator("#chat textarea").fill("信贷 a<b>&c")
    page.get_by_role("button", name="发送").first.click()
    expect(page.locator("[data-testid=user]")).to_have_text(["信贷 a<b>&c"])
    page.locator(".answer .copy").wait_for()
    page.get_by_role("button", name="撤销").last.click()
    page.locator(".welcome").wait_for()
    expect(page.locator("#question textarea")).to_have_value("信贷 a<b>&c")
    ask(page, "支付")
    page.get_by_role("button", name="清空对话").click()
    page.locator(".welcome").wait_for()
    expect(page.locator(".answer")).to_have_count(0)
    assert "理解为" not in ask(page, "那扫码呢").inner_text()  # nothing is left to follow up


def test_two_visitors_do_not_meet(visit, address):
    one, other = visit(address), visit(address)
    ask(one, "支付")
    assert "理解为" not in ask(other, "那扫码呢").inner_text()
    expect(other.locator("[data-testid=user]")).to_have_count(1)


def test_an_answer_is_copied_with_its_sources(visit, address):
    page = visit(address, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "支付").locator(".copy").click()
    page.get_by_text(say.IN_PAGE["copied"]).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("𠮷祥支付规模为7万亿元。[1]\n扫码最常见。[2]\n勘误")
    assert copied.endswith("[2]「扫码最常见。」")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_one_thing_at_a_time(visit, address, scheme):
    page = visit(address, PHONE, color_scheme=scheme)
    assert not page.locator("#source").is_visible()
    marker = ask(page, "信贷").locator("a.cite").first
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    marker.click()
    lit(page, "信贷规模为2万亿元。")
    page.get_by_role("button", name=say.BACK).click()
    assert not page.locator("#source").is_visible()
    assert marker.is_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_an_answer_is_read_from_its_start_until_its_reader_scrolls(visit, address, size):
    page = visit(address, size)
    for question in ("支付", "信贷", "第二", "支付规模"):
        ask(page, question)
    log = page.get_by_role("log")
    asked = page.locator("[data-testid=user]").last

    def is_shown_from_its_question():
        page.wait_for_function(
            """([log, asked]) => { const gap = asked.getBoundingClientRect().top - log.getBoundingClientRect().top;
            const end = log.scrollHeight - log.clientHeight - log.scrollTop;
            return gap >= 0 && (gap < 60 || end < 2) }""",
            arg=[log.element_handle(), asked.element_handle()],
        )

    is_shown_from_its_question()
    expect(page.locator(".answer").last.locator("a.cite").first).to_be_in_viewport()
    expect(page.locator(".scroll-down-button-container")).to_have_count(0)
    page.reload()
    page.locator(".answer .copy").nth(3).wait_for()
    is_shown_from_its_question()
    log.hover()
    page.mouse.wheel(0, -5000)
    page.wait_for_function("(log) => log.scrollTop === 0", arg=log.element_handle())
    page.locator(".basis summary").first.click()  # what changes now does not move the reader
    assert log.evaluate("(log) => log.scrollTop") == 0
    ask(page, "信贷规模")
    is_shown_from_its_question()


def test_a_report_is_one_file_that_filters_its_questions_without_a_network(browser, tmp_path, assistant, questions):  # noqa: F811
    timid = assistant.over(assistant.encoder, assistant.settings.model_copy(update={"threshold": 1.0}))
    done = replace(run(timid, questions, "仓库"), started="2026-01-31T20:00:00+00:00")
    (tmp_path / "report.html").write_text(to_html(done), encoding="utf-8")
    page, asked, errors = browser.new_page(viewport=PHONE, timezone_id="Asia/Shanghai"), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.locator("time")).to_have_text("2026-02-01 04:00")
    shown = page.locator("#questions details:visible")
    expect(shown).to_have_count(3)  # all but the one that it was right to refuse
    page.get_by_label("原因").select_option(label="答对")
    expect(shown).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 题")
    page.get_by_label("原因").select_option(label="全部")
    page.get_by_label("查找").fill("核对什么")
    expect(shown).to_have_count(1)
    shown.first.locator("summary").click()
    expect(shown.first).to_contain_text("理解为")
    assert page.locator(".plots svg").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
    assert (len(asked), errors) == (1, [])
