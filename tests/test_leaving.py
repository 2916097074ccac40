"""Whoever stops or leaves ends the model's work: the served product before a model that says one word and is silent."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

import web_fake as fake
from hujin_qa.assistant import ensure_index
from hujin_qa.settings import load_settings
from llm_fake import DONE, HEAD, answering, event, saying, serving, status

COMMAND = ("-c", "from hujin_qa.cli import main; main()")
CHROMIUM = Path("/usr/bin/chromium")
KEY, PASSWORD = "sk-very-secret-key", "word-for-passing"
QUESTION = "云渡厂2024年的产值是多少?"
REPORT = "# 云渡厂年报\n\n## 一、经营\n\n云渡厂2024年的产值为86亿元,比上年增长12%。\n"
SILENT = saying(HEAD, event("云渡厂"), 300.0)
PLANTED = [
    saying(status(401, f"X-Echo: {KEY}", body=f"wrong key {KEY}".encode())),
    saying(HEAD[:-2], f"Set-Cookie: k={KEY}\r\n\r\n".encode(), event("云渡厂"), None),
    saying(HEAD, b'data: {"error": {"message": "sk-very-secret-key"}}\n\n', DONE),
    saying(HEAD, event("产值86亿元,密钥是sk-"), event("very-secret"), event("-key。"), DONE),
]
WAIT = 60.0  # seconds within which a model must see that it was left; the machine may be busy


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaving")
    (folder / "report.md").write_text(REPORT, encoding="utf-8")
    made = load_settings(index=folder / "index", corpus=folder, data=folder / "data")
    ensure_index(made, [folder / "report.md"])
    return made


@pytest.fixture(scope="module")
def model():
    """A model whose next script a test sets."""
    with serving(SILENT) as server:
        yield server


@pytest.fixture(scope="module")
def variables(settings, model):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "OPENAI_BASE_URL": model.url.replace("127.0.0.1", f"user:{PASSWORD}@127.0.0.1"),
            "OPENAI_API_KEY": KEY,
            "OPENAI_MODEL": "m",
            "HUJIN_QA_INDEX": settings.index,
            "HUJIN_QA_DATA": settings.data,
            "HUJIN_QA_LLM_STALL_SECONDS": 300,
            "HUJIN_QA_LLM_SECONDS": 300,
            "no_proxy": "127.0.0.1",
        }.items():
            patch.setenv(name, str(value))
        yield


@pytest.fixture(scope="module")
def address(settings, variables):
    with fake.served(*COMMAND, "serve", data=str(settings.data)) as address:
        yield address


@pytest.fixture
def script(model):
    def script(script):
        model.scripts(script)

    return script


def events(client, question):
    """The events of one call as they come."""
    event_id = client.post("/gradio_api/call/ask", json={"data": [question, []]}).json()["event_id"]
    with client.stream("GET", f"/gradio_api/call/ask/{event_id}", timeout=WAIT) as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and line != "data: null":
                yield json.loads(line[6:])[0]


def test_the_api_streams_drafts_and_ends_with_the_answer_of_every_surface(address, script):
    script(answering("云渡厂2024年的产值为86亿元,增长12%[1]。"))
    with httpx.Client(base_url=address, trust_env=False, timeout=WAIT) as client:
        *drafts, last, answer = events(client, QUESTION)
    assert last == answer  # Gradio sends the last value as one of many and as the result
    assert len(drafts) > 1
    assert all(set(d) == {"id", "draft"} for d in drafts)
    assert drafts[-1]["draft"] == "云渡厂2024年的产值为86亿元,增长12%[1]。"
    assert (answer["reader"], answer["text"]) == ("llm", "云渡厂2024年的产值为86亿元,增长12%。[1]")
    assert KEY not in json.dumps([drafts, answer])


def test_an_api_client_that_leaves_ends_the_models_work(address, model, script):
    script(SILENT)
    with httpx.Client(base_url=address, trust_env=False, timeout=WAIT) as client:
        coming = events(client, QUESTION)
        assert next(coming)["draft"] == "云渡厂"
        assert not model.hung_up.is_set()
        coming.close()
    assert model.hung_up.wait(WAIT)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed; .ci/run installs it")
@pytest.mark.parametrize("how", ["stop", "close"])
def test_a_reader_who_stops_or_closes_the_page_ends_the_models_work(address, model, script, how):
    script(SILENT)
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM) as browser:
        page = browser.new_page()
        page.set_default_timeout(WAIT * 1000)
        page.goto(address)
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("[data-testid=bot]").filter(has_text="云渡厂").wait_for()
        assert not model.hung_up.is_set()
        if how == "close":
            page.close()
        else:
            page.locator("#question .stop-button").click()
        assert model.hung_up.wait(WAIT)


def test_ctrl_c_ends_the_models_work(variables, model, script):
    script(SILENT)
    with subprocess.Popen(
        [sys.executable, *COMMAND, "ask", QUESTION], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        shown = b""
        while "云渡厂".encode() not in shown:
            shown += command.stderr.read(1)
        assert not model.hung_up.is_set()
        command.send_signal(signal.SIGINT)
        _, rest = command.communicate(timeout=WAIT)
    assert model.hung_up.wait(WAIT)
    assert command.returncode != 0
    assert b"Traceback" not in rest


def test_the_key_is_in_nothing_that_was_kept_shown_or_logged(address, settings, script):
    """After all of the above, and a server that says it back in every place: answers, pages, output, files."""
    seen = []
    with httpx.Client(base_url=address, trust_env=False, timeout=WAIT) as client:
        for planted in PLANTED:
            script(planted)
            *drafts, answer = events(client, QUESTION)
            assert answer["reason"] == "llm_unavailable"
            seen.append(json.dumps([*drafts, answer]))
        seen += [client.get(path).text for path in ("/", "/config", "/gradio_api/info")]
    for words in (["ask", QUESTION], ["ask", QUESTION, "--json"], ["doctor"]):
        done = subprocess.run([sys.executable, *COMMAND, *words], capture_output=True, text=True, timeout=WAIT)
        assert done.stdout
        seen += [done.stdout, done.stderr]
    assert [text for text in seen if KEY in text or KEY[:-1] in text or PASSWORD in text] == []
    kept = [p for folder in (settings.data, settings.index) for p in folder.rglob("*") if p.is_file()]
    assert any(p.suffix == ".db" for p in kept)
    assert [p for p in kept if any(secret.encode() in p.read_bytes() for secret in (KEY, PASSWORD))] == []


def test_no_one_who_asks_can_name_the_address_the_key_or_the_model(address):
    """They are the operator's alone: the one public call takes a question and a history."""
    with httpx.Client(base_url=address, trust_env=False, timeout=WAIT) as client:
        called = client.get("/gradio_api/info").json()
    assert list(called["named_endpoints"]) == ["/ask"]
    assert [p["parameter_name"] for p in called["named_endpoints"]["/ask"]["parameters"]] == ["question", "history"]
