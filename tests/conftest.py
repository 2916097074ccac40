"""A browser, and a chat over stand-ins, for the tests that need them."""

import re
import signal

import pytest
from playwright.sync_api import expect, sync_playwright

import web_fake as fake
from browsing import CHROMIUM, WIDE

# A shell that runs the tests in the background ignores Ctrl-C for them, and so for the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=60_000)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--disable-background-networking"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address():
    with fake.served() as address:
        yield address


@pytest.fixture
def visit(browser):
    """Open pages; in the end none of them may have asked another host, failed in a script or run a hostile one.

    Where the test ``stops`` the server, a style sheet may still be on its way.
    """
    contexts, asked, errors, pages = [], [], [], []

    def visit(address, size=WIDE, before=lambda page: None, locale="zh-CN", stops=False, **options):
        context = browser.new_context(viewport=size, locale=locale, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        cut_off = "Unable to preload CSS" if stops else "\0"
        page.on("pageerror", lambda error: None if cut_off in str(error) else errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        before(page)
        page.goto(address)
        page.locator("#question textarea").wait_for()
        return page

    yield visit
    hit = [page.evaluate("window.hit") for page in pages]
    for context in contexts:
        context.close()
    assert asked
    assert [url for url in asked if not re.match(r"http://127\.0\.0\.1:\d+/|data:|blob:", url)] == []
    assert errors == []
    assert hit == [None] * len(hit)
