"""Make the pictures in docs/screenshots/ from the running chat: `python docs/screenshots.py`."""

import re
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from hujin_qa.web import strings as say

FOLDER = Path(__file__).parent / "screenshots"
SIZES = {
    "1440": {"width": 1440, "height": 900},
    "768": {"width": 768, "height": 1024},
    "360": {"width": 360, "height": 740},
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    command = [str(Path(sys.executable).parent / "hujin-qa"), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server, sync_playwright() as play:
        try:
            address = next(m[0] for line in server.stderr or () if (m := re.search(r"http://127\.0\.0\.1:\d+", line)))
            browser = play.chromium.launch(executable_path="/usr/bin/chromium")
            for size, viewport in SIZES.items():
                for scheme in ("light", "dark"):
                    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="zh-CN")
                    shoot(context.new_page(), address, f"{size}-{scheme}")
                    context.close()
                context = browser.new_context(viewport=viewport, locale="en-US")
                page = context.new_page()
                page.goto(address)
                ask(page, "移动支付规模多大?")
                save(page, f"english-{size}-light")
                context.close()
            browser.close()
        finally:
            server.terminate()


def shoot(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.locator("#question textarea").wait_for()
    save(page, f"first-{name}")
    ask(page, "移动支付规模多大?")
    if name.startswith("360"):
        save(page, f"answer-{name}")
    page.locator("a.cite").last.click()
    page.get_by_label(say.FIND_IN_TEXT).fill("支付")
    save(page, f"source-{name}")
    page.goto(address)
    ask(page, "比特币今天多少钱?")
    save(page, f"abstention-{name}")
    page.goto(f"{address}/study")
    page.locator("#path details[open]").wait_for()
    save(page, f"path-{name}")
    page.get_by_role("tab", name=say.CARDS).click()
    page.get_by_role("button", name=say.TURN).click()
    page.locator("#card blockquote").wait_for()
    save(page, f"card-{name}")
    page.get_by_role("tab", name=say.QUIZ).click()
    page.get_by_role("button", name=say.START).or_(page.locator("#item .stem")).first.wait_for()
    if page.get_by_role("button", name=say.START).is_visible():
        page.get_by_role("button", name=say.START).click()
    page.locator("#item .stem").wait_for()
    save(page, f"quiz-{name}")
    page.get_by_role("tab", name=say.RESULTS).click()
    page.locator("#cohorts").get_by_role("button", name=say.COHORTS).click()
    page.locator("#cohorts").get_by_role("button", name=say.LOCK).wait_for()
    save(page, f"classroom-{name}")


def ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer .copy, .answer.abstained").wait_for()


def save(page: Page, name: str) -> None:
    """A settled picture in 64 colours, which is all the page has."""
    page.wait_for_timeout(900)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.name, f"{path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
