"""What a page says when its server is gone, restarted or out of reach, in a real browser."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import pytest
from playwright.sync_api import Error, expect

import web_fake as fake
from browsing import ask, needs_chromium, no_barrier
from hujin_qa.web import english
from hujin_qa.web import strings as say
from hujin_qa.web.waiting import waiting

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
        page.wait_for_url(re.compile(r"[?&]chat="))  # the address follows the answer
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


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", say), ("en-US", english)])
def test_what_gradio_complains_of_is_told_in_the_visitors_language(visit, address, locale, words):
    page = visit(address, locale=locale)
    full = {"status": 503, "json": {"detail": "Queue is full."}}
    page.route("**/queue/join*", lambda route: route.fulfill(**full), times=1)  # Gradio counts equal failures: "(2)"
    page.locator("#question textarea").fill("支付")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-title").first).to_have_text(f"{words.PROBLEM} ")
    expect(page.get_by_test_id("toast-close").first).to_have_attribute("aria-label", words.IN_PAGE["close"])
    told = page.get_by_test_id("toast-text").first
    expect(told).to_have_text(say.FAILED if words is say else re.compile("busy|full"))


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
        with suppress(Error):  # the page may notice by itself, even while this is typed
            page.locator("#question textarea").fill("信贷", timeout=2_000)
            page.keyboard.press("Enter")
        page.get_by_label("密码").or_(again).first.wait_for()
        if again.count():
            again.click()
        log_in(page)
        expect(page.locator(".answer .copy")).to_be_visible()
        page.context.close()


def test_an_open_page_whose_server_was_restarted_says_so_when_it_is_used(visit, tmp_path):
    kept = {"port": free_port(), "data": str(tmp_path)}
    with fake.served(**kept) as address:
        page = visit(address)
        ask(page, "支付")
        ask(page, "信贷")
        page.locator("#shelf button").first.click()
        page.get_by_label(say.CHAT_TITLE).wait_for()
        page.locator("#question textarea").fill("写了一半")
        page.route("**/*", lambda route: route.abort())  # as good as asleep while the server changes
    with fake.served(**kept):
        page.unroute("**/*")
        page.get_by_role("button", name=say.NEW_CHAT).click()
        expect(alert(page, "restarted").or_(page.locator(".welcome")).filter(visible=True).first).to_be_visible()
        if alert(page, "restarted").is_visible():
            alert(page, "restarted").get_by_role("button", name=say.IN_PAGE["reload"]).click()
        expect(page.locator("#question textarea")).to_have_value("写了一半")
        page.get_by_role("radio", name="支付").wait_for(state="attached")
        page.locator("#shelf button").first.click()
        page.get_by_role("radio", name="支付").check()
        expect(page.locator(".answer .copy")).to_have_count(2)


def test_a_file_that_is_dropped_is_refused_with_what_to_do_instead(visit, address):
    page = visit(address)
    page.evaluate(
        """() => { const carried = new DataTransfer(); carried.items.add(new File(["x"], "x.txt"));
        document.querySelector("#question").dispatchEvent(
            new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true })) }"""
    )
    expect(page.get_by_role("alert").filter(has_text=say.NO_UPLOAD)).to_be_visible()
    no_barrier(page)
    page.get_by_role("button", name=say.IN_PAGE["close"]).click()
    ask(page, "支付")


@contextmanager
def building(port):
    """An address as it is while an index is built."""
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
        place.bind(("127.0.0.1", int(port)))
        with waiting(place, "auto", [(b"content-security-policy", b"default-src 'self' 'unsafe-inline'")]):
            yield f"http://127.0.0.1:{port}"


def test_whoever_comes_while_the_index_is_built_is_told_and_led_on(browser, tmp_path):
    kept = {"port": free_port(), "data": str(tmp_path)}
    page = browser.new_page(locale="zh-CN")
    with building(kept["port"]) as address:
        page.goto(address)
        assert page.get_by_role("status").inner_text() == say.BUILDING
        no_barrier(page)
    expect(page.get_by_role("status")).to_have_text(say.BUILDING_ENDED)
    with building(kept["port"]):
        expect(page.get_by_role("status")).to_have_text(say.BUILDING)
    with fake.served(**kept):
        page.locator("#question textarea").wait_for()
        ask(page, "支付")
    page.close()


def test_a_program_that_comes_while_the_index_is_built_is_told_to_come_again():
    with building(free_port()) as address, httpx.Client(base_url=address, trust_env=False) as client:
        for answer in (
            client.get("/x", headers={"accept-language": "en"}),
            client.post("/gradio_api/call/ask", json={}),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "content-security-policy" in answer.headers
        assert english.BUILDING in client.get("/", headers={"cookie": "hujin-language=en; <x>=;;"}).text
        assert client.head("/").text == ""


def test_a_served_index_that_is_missing_is_built_while_browsers_wait(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "仓库.md").write_text("# 仓库\n\n每托盘限重800公斤。\n", encoding="utf-8")
    kept = {"port": free_port(), "corpus": str(tmp_path / "corpus"), "index": str(tmp_path / "index")}
    seen = []

    def look():
        with httpx.Client(base_url=f"http://127.0.0.1:{kept['port']}", trust_env=False) as client:
            while 200 not in seen and None not in seen:
                with suppress(httpx.TransportError):
                    seen.append(client.get("/").status_code)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            with fake.served("-c", "from hujin_qa.cli import main; main()", "serve", "--update", **kept):
                looking.result(60)
        finally:
            seen.append(None)
    assert 503 in seen
    assert seen[-2] == 200
