"""Make the pictures in docs/screenshots/ from the running chat: `python docs/screenshots.py [WORD]`, all or those with
this word in their name."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from hujin_qa.assistant import Assistant
from hujin_qa.evaluation.variants import Variant
from hujin_qa.settings import load_settings
from hujin_qa.study.classroom import begin_form
from hujin_qa.study.course import Course
from hujin_qa.study.store import Store
from hujin_qa.web import english as twins
from hujin_qa.web import strings as say
from hujin_qa.web.bench import Bench

FOLDER = Path(__file__).parent / "screenshots"
SIZES = {
    "1440": {"width": 1440, "height": 900},
    "768": {"width": 768, "height": 1024},
    "360": {"width": 360, "height": 740},
}
WANTED = sys.argv[1] if len(sys.argv) > 1 else ""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=30_000)
    with TemporaryDirectory() as data:
        os.environ["HUJIN_QA_DATA"] = data
        fill()
        command = [str(Path(sys.executable).parent / "hujin-qa"), "serve", "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server, sync_playwright() as play:
            try:
                found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in server.stderr or ())
                address = next(m[0] for m in found if m)
                browser = play.chromium.launch(executable_path="/usr/bin/chromium")
                for size, viewport in SIZES.items():
                    for scheme in ("light", "dark"):
                        context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-CN")
                        page, name = context.new_page(), f"{size}-{scheme}"
                        for take in (chat, learning, trainer, evaluator):
                            take(page, address, name)
                        context.close()
                    context = browser.new_context(viewport=viewport, locale="en-US")
                    english(context.new_page(), address, f"{size}-light")
                    context.close()
                browser.close()
            finally:
                server.terminate()


def fill() -> None:
    """Learners with results, a task, and two runs of a question set."""
    assistant = Assistant.open(load_settings())
    course = Course.of(assistant.index, Store.of(assistant.settings))
    course.classroom.set_cohort("一班", ["小李", "小王", "小陈", "local"], "local")
    items = list(course.items(7).values())
    form = course.classroom.lock("期末", items[:12], 7, 0, "local")
    course.classroom.assign("一班", "期末", date(2027, 1, 31), "local")
    for learner, misses in (("小李", 5), ("小王", 2)):
        session = begin_form(course.store, form, learner, course.items(form.seed))
        for n, item in enumerate(items[:12]):
            right = n % misses != 1
            course.store.answer(session, item.id, item.answer if right else (), right, 20.0)
        course.store.finish(session)
    bench = Bench.of(assistant)
    for fusion in ("lexical", "scores"):
        steps = bench.run("heldout/hujin.jsonl", Variant("", fusion, 8, 0.4, "extractive"))
        for _ in steps:
            pass


def chat(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.locator("#question textarea").wait_for()
    save(page, f"first-{name}")
    ask(page, "移动支付规模多大?")
    save(page, f"answer-{name}")
    page.locator("a.cite").last.click()
    page.get_by_label(say.FIND_IN_TEXT).fill("支付")
    save(page, f"source-{name}")
    page.goto(address)
    ask(page, "比特币今天多少钱?")
    save(page, f"abstention-{name}")


def learning(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/study")
    page.locator("#path details[open]").wait_for()
    save(page, f"path-{name}")
    tab(page, say.CARDS)
    page.get_by_role("button", name=say.TURN).click()
    page.locator("#card blockquote").wait_for()
    save(page, f"card-{name}")
    tab(page, say.QUIZ)
    page.get_by_role("button", name=say.START).or_(page.locator("#item .stem")).first.wait_for()
    if page.get_by_role("button", name=say.START).is_visible():
        page.get_by_role("button", name=say.START).click()
    page.locator("#item .stem").wait_for()
    save(page, f"quiz-{name}")


def trainer(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/study")
    tab(page, say.RESULTS)
    page.locator("#results svg").wait_for()
    save(page, f"results-{name}")
    page.locator("#cohorts").get_by_role("button", name=say.COHORTS).click()
    page.locator("#cohorts").get_by_role("button", name=say.LOCK).scroll_into_view_if_needed()
    save(page, f"classroom-{name}")


def evaluator(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/eval")
    tab(page, say.RUNS)
    page.get_by_role("button", name=say.LOOK).filter(visible=True).click()
    page.locator("#looked details").first.wait_for()
    save(page, f"run-{name}")
    page.locator("#looked #questions summary").first.click()
    page.locator("#looked #questions").scroll_into_view_if_needed()
    save(page, f"failure-{name}")
    tab(page, say.COMPARE)
    page.get_by_role("button", name=say.COMPARE).click()
    page.locator("#compared table").first.wait_for()
    save(page, f"compared-{name}")
    tab(page, say.VARIANTS)
    page.locator("#trial-question textarea").fill("移动支付规模多大?")
    page.get_by_role("button", name=say.TRY).click()
    page.locator("#tried table").first.wait_for()
    save(page, f"variants-{name}")


def english(page: Page, address: str, name: str) -> None:
    page.goto(address)
    ask(page, "移动支付规模多大?")
    save(page, f"english-{name}")
    page.goto(f"{address}/study")
    tab(page, twins.RESULTS)
    page.locator("#results svg").wait_for()
    save(page, f"english-results-{name}")
    page.goto(f"{address}/eval")
    tab(page, twins.RUNS)
    page.get_by_role("button", name=twins.LOOK).filter(visible=True).click()
    page.locator("#looked #questions summary").first.click()
    save(page, f"english-run-{name}")


def tab(page: Page, name: str) -> None:
    """Where there is no room for a tab, Gradio has it in a menu."""
    page.get_by_role("tab").first.wait_for()
    page.wait_for_timeout(500)
    if page.get_by_role("tab", name=name).is_visible():
        page.get_by_role("tab", name=name).click()
    else:
        page.locator(".overflow-menu > button").first.click()
        page.locator(".overflow-dropdown button", has_text=name).click()


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer .copy, .answer.abstained").wait_for()


def save(page: Page, name: str) -> None:
    """A settled picture in 64 colours, which is all the page has."""
    if WANTED not in name:
        return
    page.wait_for_timeout(900)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.name, f"{path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
