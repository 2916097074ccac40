"""The source pane in a real browser: search, the section that is read, links to a place and to an answer."""

import re

import pytest
from playwright.sync_api import expect

import web_fake as fake
from browsing import PHONE, ask, lit, needs_chromium
from hujin_qa.web import strings as say

pytestmark = needs_chromium
CLIPBOARD = ["clipboard-read", "clipboard-write"]
FOUND = """() => [...CSS.highlights.get("found-now")].map((range) => range.toString()).join()"""


def count(n, total):
    return say.IN_PAGE["found"].format(n=n, total=total)


def test_words_are_searched_counted_and_gone_through_by_keyboard(visit, address):
    page = visit(address)
    find, told = page.get_by_label(say.FIND_IN_TEXT), page.locator("#source .count")
    find.fill("支付")
    expect(told).to_have_text(count(1, fake.DOCUMENT.text.count("支付")))
    page.keyboard.press("Enter")
    expect(told).to_have_text(count(2, 3))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(told).to_have_text(count(3, 3))
    page.get_by_role("button", name=say.NEXT_FOUND).click()
    expect(told).to_have_text(count(1, 3))
    assert page.evaluate(FOUND) == "支付"
    ask(page, "支付").locator("a.cite").first.click()  # its marks cut the text in other pieces
    lit(page)
    expect(told).to_have_text(count(1, 3))
    assert page.evaluate(FOUND) == "支付"
    find.fill("没有这些字")
    expect(told).to_have_text(say.IN_PAGE["found_none"])
    page.keyboard.press("Escape")
    expect(find).to_have_value("")
    expect(told).to_have_text("")


def test_what_was_found_comes_into_view(visit, address):
    page = visit(address)
    page.get_by_label(say.FIND_IN_TEXT).fill("信贷规模为2万亿元")
    page.wait_for_function(
        """() => { const a = document.querySelector("#source article").getBoundingClientRect();
        const [range] = CSS.highlights.get("found-now") || [];
        const r = range?.getBoundingClientRect();
        return r && r.top >= a.top && r.bottom <= a.bottom }"""
    )


def test_the_section_that_is_read_can_be_asked_about(visit, address):
    page = visit(address)
    page.locator(".outline a", has_text="1、规模").click()
    page.get_by_role("button", name=say.ASK_SECTION).click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(say.ABOUT_SECTION.format(section="规模"))
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid=user]")).to_have_text(say.ABOUT_SECTION.format(section="规模"))
    page.locator("#source article").hover()
    page.mouse.wheel(0, -100_000)
    expect(page.locator(".outline [aria-current]")).not_to_have_text("1、规模")


def test_a_link_that_asks_fills_the_box_and_opens_its_place(visit, address):
    at = fake.DOCUMENT.text.index("信贷规模")
    page = visit(f"{address}/?q=%E8%A7%84%E6%A8%A1%E5%A4%9A%E5%A4%A7%3F#at={fake.DOCUMENT.id}:{at}-{at + 4}")
    expect(page.locator("#question textarea")).to_have_value("规模多大?")
    lit(page, "信贷规模")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("[data-testid=user]")).to_have_text("规模多大?")


def test_a_copied_link_opens_at_the_place(visit, address):
    page = visit(address, permissions=CLIPBOARD)
    ask(page, "支付").locator("a.cite").last.click()
    quote = lit(page)
    page.get_by_role("button", name=say.COPY_PLACE).click()
    page.get_by_text(say.IN_PAGE["link_copied"]).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "chat=" not in link, "a conversation is private"
    assert lit(visit(link)) == quote


def test_a_copied_link_opens_at_its_answer_for_its_user_alone(visit, address):
    page = visit(address, permissions=CLIPBOARD)
    ask(page, "信贷")
    ask(page, "支付")
    page.locator(".answer .link").first.click()
    page.get_by_text(say.IN_PAGE["link_copied"]).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    again = visit(link)
    assert lit(again) == "信贷规模为2万亿元。"
    expect(again.locator("[data-testid=bot]").first).to_be_focused()
    expect(again.locator("[data-testid=bot]").first).to_be_in_viewport()
    lost = visit(re.sub("chat=[^#]*", "chat=somebody-elses", link))
    expect(lost.get_by_role("alert").filter(has_text=say.IN_PAGE["no_answer_here"])).to_be_visible()
    expect(lost.locator(".answer")).to_have_count(0)


def test_a_phone_searches_and_asks_too(visit, address):
    page = visit(address, PHONE)
    ask(page, "信贷").locator("a.cite").first.click()
    page.get_by_label(say.FIND_IN_TEXT).fill("风控")
    expect(page.locator("#source .count")).to_have_text(re.compile(r"第 \d+/\d+ 处"))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name=say.ASK_SECTION).click()
    assert not page.locator("#source").is_visible()
    expect(page.locator("#question textarea")).to_be_focused()


def test_a_document_that_cannot_be_fetched_leaves_the_one_that_is_shown(visit, address):
    page = visit(
        f"{address}/#at={fake.SECOND.id}:0-4",
        before=lambda page: page.route("**/component_server**", lambda route: route.abort()),
    )
    expect(page.locator("#source .status")).to_have_text(say.IN_PAGE["lost"])
    expect(page.locator("#source article")).to_contain_text("支付")
    expect(page.locator("#source mark")).to_have_count(0)


@pytest.mark.parametrize("hold", [True, False])
def test_a_question_asked_before_its_named_conversation_arrives_belongs_to_it(visit, address, hold):
    first = visit(address)
    ask(first, "信贷")
    expect(first).to_have_url(re.compile(r"\?chat="))
    held = []

    def hold_the_conversation(route):
        if hold and not held and "支付" not in route.request.post_data_json["data"]:
            held.append(route)
        else:
            route.continue_()

    page = visit(first.url, before=lambda page: page.route("**/queue/join*", hold_the_conversation))
    page.locator("#question textarea").fill("支付")
    page.keyboard.press("Enter")
    both = page.locator("[data-testid=user]")
    expect(both).to_have_text(["信贷", "支付"])
    expect(page.locator(".answer .copy")).to_have_count(2)
    if hold:
        with page.expect_request("**/queue/join*"):
            held[0].continue_()
    expect(both).to_have_text(["信贷", "支付"])
    expect(page.locator(".answer .copy")).to_have_count(2)
