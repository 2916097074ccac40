"""What a test does in a browser; the fixtures that open it are in conftest.py."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed; .ci/run installs it")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def ask(page, question):
    """Ask and wait for the whole answer."""
    before = page.locator("[data-testid=bot]").count()
    page.locator("#question textarea").fill(question)
    expect(page.locator("#question .stop-button")).to_have_count(0)  # the answer before is there, and kept
    page.keyboard.press("Enter")
    answer = page.locator("[data-testid=bot]").nth(before)
    answer.locator(".copy, .abstained, .failure").wait_for()
    return answer


def lit(page, text=None):
    """The highlighted text, once it stands within the visible part of the pane, and is ``text`` if that is given."""
    expect(page.locator("#source mark.lit").first).to_be_in_viewport()
    page.wait_for_function(
        """text => { const a = document.querySelector("#source article").getBoundingClientRect();
        const lit = [...document.querySelectorAll("#source mark.lit")];
        const m = lit[0]?.getBoundingClientRect();
        return m && m.top >= a.top && m.bottom <= a.bottom
            && (text === null || lit.map(mark => mark.textContent).join("") === text) }""",
        arg=text,
    )
    return "".join(page.locator("#source mark.lit").all_text_contents())


def no_barrier(page):
    """Nothing that axe calls serious or critical, and no other breach either."""
    page.wait_for_function("document.getAnimations().every((a) => a.playState !== 'running')")  # half faded is pale
    for _ in range(5):  # what Gradio fades in by script is pale for a moment
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        if not found:
            return
        page.wait_for_timeout(300)
    raise AssertionError([(v["id"], v["impact"], [n["html"][:200] for n in v["nodes"][:3]]) for v in found])


def english_names(page):
    """What is shown to a mouse or read out, and has no Chinese word in it."""
    names = page.evaluate(
        """() => [...document.querySelectorAll("[aria-label], [title]")].filter((e) => !e.closest("#language"))
        .flatMap((e) => [e.ariaLabel, e.title])
        .concat([...document.querySelectorAll(".sr-only")].filter((e) => e.checkVisibility()).map((e) => e.textContent))"""
    )
    return {n for n in names if re.search("[A-Za-z]{3}", n or "") and not re.search("[\u4e00-\u9fff]", n)}


def answer_something(page):
    """Choose whatever comes first in every field that is shown."""
    fields = page.get_by_role("radio").or_(page.get_by_role("checkbox")).or_(page.get_by_role("combobox"))
    fields.filter(visible=True).first.wait_for()
    if page.locator("#one").is_visible():
        page.locator("#one input").first.check()
    elif page.locator("#many").is_visible():
        page.locator("#many input").first.check()
    else:
        for field in page.get_by_role("combobox").filter(visible=True).all():
            field.click()
            page.get_by_role("option").first.click()
