"""The chat for those who see little, hear it read out or use no mouse: axe on every state, keyboard alone."""

import pytest
from playwright.sync_api import expect

import web_fake as fake
from browsing import PHONE, WIDE, ask, english_names, lit, needs_chromium, no_barrier
from hujin_qa.web import english
from hujin_qa.web import strings as say

pytestmark = needs_chromium
STOP = """() => { const e = document.activeElement, s = getComputedStyle(e), box = e.closest("#talk > .form") || e;
return [e.matches("a.cite") ? "cite" : (e.classList[0] || "svelte").startsWith("svelte") ? e.outerHTML.slice(0, 120) : e.classList[0],
s.outlineStyle !== "none" || s.boxShadow !== "none" || getComputedStyle(box).outlineStyle !== "none"] }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_state_of_the_chat_has_a_barrier(visit, address, scheme, size):
    page = visit(address, size, color_scheme=scheme)
    no_barrier(page)
    answer = ask(page, "支付")
    answer.locator(".basis summary").click()
    answer.locator(".also summary").click()
    no_barrier(page)
    ask(page, "没有的事").locator(".also summary").click()
    ask(page, "坏")
    no_barrier(page)
    page.locator("#shelf button").first.click()
    page.get_by_label(say.CHAT_TITLE).wait_for()
    no_barrier(page)
    page.reload()
    page.locator("a.cite").first.click()
    lit(page)
    page.get_by_label(say.FIND_IN_TEXT).fill("支付")
    no_barrier(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_has_no_barrier_and_speaks_both_languages(browser, scheme):
    with fake.served(auth="someone:secret") as address:
        page = browser.new_context(color_scheme=scheme, locale="zh-CN").new_page()
        page.goto(address)
        page.get_by_label("用户名").wait_for()
        no_barrier(page)
        page.get_by_role("button", name=say.OTHER_LANGUAGE).click()
        page.get_by_label("username").fill("someone")
        page.get_by_label("password").fill("secret")
        page.keyboard.press("Enter")
        expect(page.get_by_placeholder(english.ASK_HERE)).to_be_visible()
        page.context.close()


def test_whatever_gradio_names_in_english_has_a_chinese_name(visit, address):
    page = visit(address)
    assert english_names(page) == set()
    ask(page, "支付")
    page.get_by_role("button", name="踩").click()
    page.get_by_role("button", name=say.GRADIO["Disliked"]).wait_for()
    page.get_by_role("button", name=say.GRADIO["Feedback"]).click()
    page.get_by_role("button", name=next(iter(say.REASONS))).wait_for()
    page.get_by_role("button", name=say.GRADIO["Toggle Sidebar"]).click()
    page.get_by_label(say.CHAT_TITLE).wait_for()
    page.get_by_role("button", name="编辑").click()
    assert english_names(page) == set()


def test_everything_can_be_reached_by_keyboard_and_seen_to_be(visit, address):
    page = visit(address)
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("支付")
    page.keyboard.press("Enter")
    page.locator(".answer .copy").wait_for()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    page.evaluate("document.activeElement.blur()")
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(STOP))
    reached = {name for name, _ in stops}
    assert {"cite", "copy", "link", "find", "about", "place"} <= reached
    assert [name for name, seen in stops if not seen and not name.startswith("<body")] == []


def test_a_question_is_answered_in_an_english_interface(visit, address):
    page = visit(address, locale="en-US")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert english.TAGLINE in page.locator(".welcome").inner_text()
    page.get_by_role("button", name="How much is 信贷规模?").click()
    page.locator(".answer .copy").wait_for()
    expect(page.get_by_test_id("user")).to_have_text("信贷规模是多少?")  # of a Chinese text
    answer = ask(page, "支付")
    assert english.BASIS.format(n=2) in answer.inner_text()
    assert english.COPY in answer.inner_text()
    no_barrier(page)
    ask(page, "没有的事")
    assert english.ABSTAINED["not_enough_evidence"] in page.locator(".answer").last.inner_text()
    page.get_by_role("button", name=english.OTHER_LANGUAGE).click()
    page.locator(".answer .copy").first.wait_for()
    assert say.BASIS.format(n=2) in page.locator(".answer").first.inner_text()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
