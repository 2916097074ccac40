"""What a page says when its server is gone, restarted or out of reach, in a real browser."""

import socket

from playwright.sync_api import expect

import web_fake as fake
from browsing import ask, needs_chromium
from hujin_qa.web import strings as say

pytestmark = needs_chromium


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def alert(page, name):
    return page.get_by_role("alert").filter(has_text=say.IN_PAGE[name])


def test_a_server_that_is_gone_is_told_and_comes_back_with_all_that_was_asked(visit, tmp_path):
    kept = {"port": free_port(), "data": str(tmp_path)}
    with fake.served(**kept) as address:
        page = visit(address, stops=True)
        ask(page, "支付")
    page.locator("#question textarea").fill("信贷")
    page.keyboard.press("Enter")
    expect(alert(page, "gone")).to_be_visible()
    assert "Connection" not in page.locator("body").inner_text(), "Gradio's own words are English"
    expect(page.locator(".answer .copy")).to_be_visible()
    with fake.served(**kept):
        expect(page.get_by_role("alert")).to_have_count(0)
        page.reload()
        page.locator(".answer .copy").wait_for()
        ask(page, "信贷")
        expect(page.locator("[data-testid=user]").last).to_have_text("信贷")


def test_a_browser_that_is_offline_is_told_so_until_it_is_back(visit, address):
    page = visit(address)
    page.context.set_offline(True)
    expect(alert(page, "offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("alert")).to_have_count(0)
    ask(page, "支付")


def test_an_expired_login_leads_to_the_login_and_back_to_what_was_asked(browser, tmp_path):
    kept = {"port": free_port(), "data": str(tmp_path), "auth": "someone:secret"}

    def log_in(page):
        page.get_by_label("用户名").fill("someone")
        page.get_by_label("密码").fill("secret")
        page.keyboard.press("Enter")

    with fake.served(**kept) as address:
        page = browser.new_context(locale="zh-CN").new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        log_in(page)
        ask(page, "支付")
        page.wait_for_url("**/?chat=*")
    with fake.served(**kept):
        again = page.get_by_role("button", name=say.IN_PAGE["log_in"])
        page.get_by_label("密码").or_(again).or_(page.locator("#question textarea")).first.wait_for()
        if page.locator("#question textarea").count():
            page.locator("#question textarea").fill("信贷")
            page.keyboard.press("Enter")
            page.get_by_label("密码").or_(again).first.wait_for()
        if again.count():
            again.click()
        log_in(page)
        expect(page.locator(".answer .copy")).to_be_visible()
        page.context.close()
