"""The chat without a browser: what it renders, how it escapes, who may come in, what it answers over HTTP."""

import json
import logging
import re
import socket
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest

import web_fake as fake
from hujin_qa.abstention import REPLIES
from hujin_qa.accounts import Accounts
from hujin_qa.assistant import ensure_index, sources_of
from hujin_qa.chats import Chats
from hujin_qa.errors import BadInput, NoIndex
from hujin_qa.settings import Settings, load_settings
from hujin_qa.types import Claim, Delta, Document, Section
from hujin_qa.users import LOCAL, User
from hujin_qa.web import Site, build, english, server
from hujin_qa.web import strings as say
from hujin_qa.web.language import speaking
from hujin_qa.web.login import guard, user_of
from hujin_qa.web.render import answer_html, said, welcome
from hujin_qa.web.server import check_address
from hujin_qa.web.source import place, reader_html
from hujin_qa.web.talk import Talk

TAGS = re.compile(
    "a|article|b|br|button|details|div|em|h[1-6]|header|input|li|nav|option|p|section|select|span|strong|summary|ul"
)
ATTRIBUTES = re.compile(
    "aria-label|aria-live|class|data-ask|data-at|data-document|href|lang|open|placeholder|role|selected|tabindex|title|type|value"
)


class Parsed(HTMLParser):
    """What a browser makes of a string: its tags, the attributes on them, and its words by the offset they claim."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words, self.blocks, self.open = set(), set(), "", {}, []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag not in ("br", "input"):
            self.open.append(dict(attributes).get("data-at") if tag != "a" else None)

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        self.words += data
        if at := next((o for o in reversed(self.open) if o), None):
            self.blocks[int(at)] = self.blocks.get(int(at), "") + data


def assert_harmless(html):
    parsed = Parsed(html)
    assert all(TAGS.fullmatch(tag) for tag in parsed.tags)
    assert all(ATTRIBUTES.fullmatch(name) for name in parsed.attributes)
    assert not re.search(r'href="(?!#at=)', html)
    return parsed


def test_a_reply_to_thanks_is_not_headed_as_an_abstention():
    plain, thanked = fake.abstention("问"), replace(fake.abstention("谢谢"), text=min(REPLIES))
    assert 'class="verdict"' in answer_html(plain, fake.DOCUMENTS)
    assert 'class="verdict"' not in answer_html(thanked, fake.DOCUMENTS)


def test_a_place_names_document_start_and_end():
    assert place('a:b"<', 3, 9) == "#at=a%3Ab%22%3C:3-9"


def test_the_source_pane_shows_every_character_at_its_offset():
    for document in fake.DOCUMENTS.values():
        blocks = Parsed(reader_html(document.id, fake.DOCUMENTS, [fake.NOTE])).blocks
        assert all(document.text[at : at + len(text)] == text for at, text in blocks.items())
        assert "".join(blocks[at] for at in sorted(blocks)).split() == "".join(document.text.split("\n")).split()


def test_hostile_text_of_a_document_stays_text():
    parsed = assert_harmless(reader_html(fake.DOCUMENT.id, fake.DOCUMENTS, [fake.NOTE]))
    assert fake.HOSTILE in parsed.words
    assert "单位<存疑>" in parsed.words
    section = Section("1", fake.HOSTILE, (fake.HOSTILE,), 0, len(fake.HOSTILE), len(fake.HOSTILE))
    nasty = Document('"><script>', fake.HOSTILE, fake.HOSTILE, (section,), {"author": fake.HOSTILE})
    assert_harmless(reader_html(nasty.id, {nasty.id: nasty}))
    assert_harmless(welcome({nasty.id: nasty}))


def test_hostile_words_of_an_answer_or_a_user_stay_words():
    bad = fake.answer("问", ["扫码最常见。" + fake.HOSTILE], interpreted=fake.HOSTILE)
    assert fake.HOSTILE in assert_harmless(answer_html(bad, fake.DOCUMENTS)).words
    assert_harmless(answer_html(replace(fake.abstention("问"), text=fake.HOSTILE), fake.DOCUMENTS))
    assert assert_harmless(said(fake.HOSTILE)).words == fake.HOSTILE


def test_an_unknown_document_is_told_in_words():
    assert say.NO_DOCUMENT in reader_html("<x>", fake.DOCUMENTS)


def test_an_answer_binds_every_marker_to_its_place_with_the_quote_in_its_title():
    answer = fake.ask("支付")
    html = answer_html(answer, fake.DOCUMENTS)
    assert re.findall(r'class="cite" href="([^"]+)" title="([^"]+)"', html) == [
        (place(c.document, c.start, c.end), c.quote) for c in answer.citations
    ]
    assert "依据 2 处原文作答 · 把握大(93%)" in html
    assert "勘误(待核):单位&lt;存疑&gt;" in html
    assert say.READ_AS not in html


def test_places_are_numbered_with_the_commas_of_the_page():
    answer = fake.answer("信贷", ["信贷看风控。", "风控要有数据。"])
    for language, numbers in (("zh", "1、2"), ("en", "1, 2")):
        with speaking(language):
            assert f'<span class="numbers">{numbers}</span>' in answer_html(answer, fake.DOCUMENTS)


def test_an_unbound_number_gets_no_marker():
    answer = fake.ask("支付")
    html = answer_html(replace(answer, citations=answer.citations[:1]), fake.DOCUMENTS)
    assert html.count('class="cite"') == 1


def test_also_found_leaves_out_what_is_cited():
    html = answer_html(fake.ask("支付"), fake.DOCUMENTS)  # cites 1 and 1.1; found 1 and 1.2
    also = html[html.index('class="also"') :]
    assert "检索到但未引用 1 段" in also
    assert "刷脸" in also
    assert "支付😀" not in also


def test_rows_of_a_table_are_shown_as_one_with_the_marker_in_the_last_cell():
    answer = fake.ask("支付")
    citation = answer.citations[0]
    texts = ["先看表。", "| 方式 | 限额 |", "| 网关 | <b>5万元 |", "| 代付 | |"]
    claims = tuple(Claim(text, (citation.n,)) for text in texts)
    html = answer_html(replace(answer, claims=claims, citations=(citation,), text=" ".join(texts)), fake.DOCUMENTS)
    assert html.count("<table") == 1
    assert "<th>方式</th>" in html
    assert "<td>网关</td><td>&lt;b&gt;5万" in html
    assert re.search(r"<td>代付</td><td><span class=.tail.><a class=.cite.", html)
    assert '<p class="claim">先看表' in html
    alone = answer_html(replace(answer, claims=claims[2:3], citations=(citation,)), fake.DOCUMENTS)
    assert "<th>" not in alone
    assert "网关" in alone


def test_a_streamed_answer_grows_and_ends_with_its_sources():
    answer = fake.ask("支付")
    first = answer_html(answer, fake.DOCUMENTS, 1)
    assert first.count('class="cite"') == 1
    assert 'class="places"' not in first


def test_a_list_is_shown_as_one_and_a_doubtful_sentence_says_so():
    answer = fake.ask("支付")
    doubtful = replace(answer.claims[0], supported=False)
    html = answer_html(replace(answer, text="甲\n乙", claims=(doubtful, answer.claims[1])), fake.DOCUMENTS)
    assert html.count("<li>") >= 2
    assert html.count(say.UNSUPPORTED) == 1


def test_the_stars_of_markdown_are_not_shown():
    answer = fake.ask("支付")
    starred = replace(answer.claims[0], text="**储能**的产值为**241亿元**")
    html = answer_html(replace(answer, claims=(starred,)), fake.DOCUMENTS)
    assert "储能的产值为241亿" in html
    assert "**" not in html


def test_an_abstention_has_no_marker_and_calls_what_is_near_no_answer():
    html = answer_html(fake.abstention("问"), fake.DOCUMENTS)
    assert 'class="answer abstained"' in html
    assert 'class="cite"' not in html
    assert "相近的段落(不是答案)1 段" in html


def test_what_a_follow_up_was_understood_as_is_shown():
    assert "理解为:扫码怎么样?" in answer_html(fake.ask("那扫码呢?", [("user", "支付")]), fake.DOCUMENTS)


# The first page


def test_what_a_language_model_read_and_wrote_stands_with_the_basis():
    used = {"prompt_tokens": 900.0, "reply_tokens": 80, "cost": 0.0031}
    with_model = replace(fake.ask("支付"), usage=used, reader="llm")
    assert "大模型:读 900 词元,写 80 词元,费用 0.0031" in answer_html(with_model, fake.DOCUMENTS)
    assert say.BY_MODEL in answer_html(with_model, fake.DOCUMENTS)
    plain = answer_html(fake.ask("支付"), fake.DOCUMENTS)
    assert "词元" not in plain
    assert say.BY_MODEL not in plain


def test_the_first_page_names_titles_and_top_headings():
    words = Parsed(welcome(fake.DOCUMENTS)).words
    assert "样本<文>" in words
    assert "一、支付 · 二、信贷" in words
    assert say.EMPTY in welcome({})


# Conversation


def streamed(ask):
    """What answers at once, as a stream."""

    def stream(question, history=()):
        yield ask(question, history)

    return stream


@pytest.fixture
def talk(tmp_path):
    """Make a conversation with a stand-in for the assistant."""
    return lambda ask=None: Talk(
        streamed(ask) if ask else fake.stream, fake.DOCUMENTS, Chats(tmp_path / "chats.db"), {"corpus": "1"}
    )


def test_a_draft_is_shown_as_unchecked_and_gives_way_to_the_answer(talk):
    steps = [log["value"][-1]["content"] for log, _, _ in talk().reply(LOCAL, "", "支付草稿")]
    drafts = [s for s in steps if say.DRAFT in s]
    assert len(drafts) == 3
    assert "支付规模&lt;b&gt;很大" in drafts[-1]
    assert say.DRAFT not in steps[-1]
    assert "模型没有回应,改用原文摘句。" in steps[-1]


def test_a_question_that_is_stopped_ends_the_models_work(talk):
    ended = []

    def stream(question, history=()):
        try:
            while True:
                yield Delta("x")
        finally:
            ended.append(question)

    replies = replace(talk(), stream=stream).reply(LOCAL, "", "支付")
    next(replies), next(replies), next(replies)
    replies.close()
    assert ended == ["支付"]


def asked(talk, question, chat="", n=None, user=LOCAL):
    """The last messages and the id of the conversation."""
    *_, (log, _, chat) = talk.reply(user, chat, question, n)
    return log["value"], chat


def questions(talk, chat, user=LOCAL):
    return [turn.question for turn in talk.chats.turns(user, chat)]


def test_the_state_line_comes_before_any_work(talk):
    calls = []
    replies = talk(lambda *a: calls.append(a) or fake.ask(*a)).reply(LOCAL, "", "支付")
    log, _, chat = next(replies)
    assert calls == []
    assert say.SEARCHING in log["value"][-1]["content"]
    assert questions(talk(), chat) == ["支付"]
    *_, (log, _, chat) = replies
    assert "cite" in log["value"][-1]["content"]
    assert [m["role"] for m in log["value"]] == ["user", "assistant"]


def test_a_follow_up_gets_the_conversation_without_failures(talk):
    def remember(question, history):
        heard.append(history)
        return fake.ask(question, history)

    heard, chat = [], ""
    for question in ("支付", "坏", "那呢"):
        _, chat = asked(talk(remember), question, chat)
    assert [text for role, text in heard[-1] if role == "user"] == ["支付"]


def test_nothing_asked_changes_nothing(talk):
    assert list(talk().reply(LOCAL, "", " \n")) == [({"__type__": "update"},) * 3]
    assert talk().chats.all(LOCAL) == []


def test_a_question_takes_the_place_of_a_pending_one_whose_answer_is_not_kept(talk):
    pending = talk().reply(LOCAL, "", "慢")
    chat = next(pending)[2]
    asked(talk(), "支付", chat)
    list(pending)
    assert questions(talk(), chat) == ["支付"]


def test_a_stopped_question_stays_stopped_even_if_its_answer_comes(talk):
    pending = talk().reply(LOCAL, "", "支付")
    chat = next(pending)[2]
    log, _, _ = talk().stop(LOCAL, chat)
    assert say.STOPPED in log["value"][-1]["content"]
    list(pending)
    assert say.STOPPED in talk().show(LOCAL, chat)[0]["value"][-1]["content"]


def test_asking_again_in_the_middle_replaces_what_followed(talk):
    _, chat = asked(talk(), "支付")
    asked(talk(), "信贷", chat)
    asked(talk(), "第二", chat, 0)
    assert questions(talk(), chat) == ["第二"]
    assert talk().undo(LOCAL, chat)[1]["value"] == "第二"
    assert talk().chats.all(LOCAL) == []


def test_a_kept_conversation_is_shown_as_it_was(talk):
    live, chat = asked(talk(), "支付")
    log, _, shown = talk().show(LOCAL, chat)
    assert (log["value"], shown) == (live, chat)
    other, _, shown = talk().show(User("other"), chat)
    assert (other["value"], shown) == ([], "")


def test_another_users_conversation_is_neither_read_nor_touched(talk):
    other = User("other")
    _, chat = asked(talk(), "支付")
    kept = talk().chats.turns(LOCAL, chat)
    _, own = asked(talk(), "信贷", chat, user=other)
    assert own != chat
    talk().stop(other, chat)
    talk().undo(other, chat)
    talk().judge(other, chat, 0, True)
    assert talk().chats.turns(LOCAL, chat) == kept
    assert talk().show(LOCAL, chat)[0]["feedback_value"] == [None]


@pytest.mark.parametrize("given", ["Like", "Dislike", "出处不对"])
def test_a_verdict_is_shown_again(talk, given):
    _, chat = asked(talk(), "支付")
    talk().judge(LOCAL, chat, 0, {"Like": True, "Dislike": False}.get(given, given))
    assert talk().show(LOCAL, chat)[0]["feedback_value"] == [given]


def test_failures_are_one_sentence_and_leak_nothing(talk, caplog, tmp_path):
    def missing(question, history):
        raise NoIndex("没有索引。请运行:hujin-qa index")

    assert "没有索引。请运行:hujin-qa index" in asked(talk(missing), "问")[0][-1]["content"]
    with caplog.at_level(logging.ERROR):
        messages, chat = asked(talk(), "坏")
    assert say.FAILED in messages[-1]["content"]
    assert "secret" not in messages[-1]["content"]
    assert "secret detail" in caplog.text
    assert say.FAILED in talk().show(LOCAL, chat)[0]["value"][-1]["content"]
    (tmp_path / "broken.db").write_text("no database at all, but long enough to be looked at" * 40)
    broken = Talk(fake.stream, fake.DOCUMENTS, Chats(tmp_path / "broken.db"))
    assert "用不了" in asked(broken, "支付")[0][-1]["content"]


# Who may come in, and where


def test_another_address_needs_users(tmp_path):
    for host in ("0.0.0.0", "192.168.1.2", "::", "example"):
        with pytest.raises(BadInput, match="HUJIN_QA_AUTH"):
            guard(Settings(host=host, data=tmp_path))
    for host in ("127.0.0.1", "localhost", "::1"):
        assert guard(Settings(host=host, data=tmp_path)) is None
    given = guard(Settings(host="0.0.0.0", data=tmp_path, auth="a:b:c, d:e"))
    assert given
    assert given.admits("a", "b:c")
    given.add("kept", "correct horse")
    assert guard(Settings(host="0.0.0.0", data=tmp_path))
    assert guard(Settings(data=tmp_path)), "on this machine too, once there are users"


def test_a_request_is_of_whoever_logged_in_and_of_nobody_who_was_removed(tmp_path):
    accounts = Accounts(tmp_path / "users.db", {})
    accounts.add("kept", "correct horse", ["trainer"])
    request = gr.Request(username="kept")
    assert user_of(request, accounts) == User("kept", frozenset({"trainer"}))
    assert user_of(gr.Request(username=None), accounts) == LOCAL
    accounts.remove("kept")
    with pytest.raises(BadInput, match="重新登录"):
        user_of(request, accounts)


def test_a_removed_user_is_answered_nothing_over_http(tmp_path, talk):
    def never(question, history=()):
        raise AssertionError(question)

    accounts = Accounts(tmp_path / "users.db", {"given": "secret"})
    page = fake.made(lambda: build(Site(replace(talk(), stream=never), accounts)))
    ask = next(event for event in page.fns.values() if event.api_name == "ask")
    assert list(ask.fn(gr.Request(username="gone"), "支付")) == [{"id": "1", "error": say.LOGGED_OUT}]


def test_a_busy_port_or_a_foreign_address_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"端口 {port} 已被占用"):
            check_address(Settings(port=port))
    with pytest.raises(BadInput, match=r"不能监听.*这台机器没有这个地址"):
        check_address(Settings(host="203.0.113.7", port=0))


@pytest.fixture(scope="module")
def client():
    with fake.served() as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def call(client, question, history=()):
    event = client.post("/gradio_api/call/ask", json={"data": [question, history]}).json()["event_id"]
    lines = client.get(f"/gradio_api/call/ask/{event}").text
    return json.loads(re.findall(r"^data: (.*)$", lines, re.M)[-1])[0]


def test_asking_over_http_gives_the_answer_of_every_surface(client):
    answer = call(client, "那扫码呢", ["支付"])
    assert answer["interpreted"] == "扫码怎么样?"
    assert answer["citations"][0]["quote"] == "扫码最常见。"
    assert call(client, "坏") == {"id": "1", "error": say.FAILED}


def test_only_asking_is_public(client):
    info = client.get("/gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/ask"]
    assert info["unnamed_endpoints"] == {}


@pytest.mark.parametrize("content", [b"x", b"x" * 5000])
def test_a_file_is_refused_with_what_to_do_instead(client, content):
    refused = client.post("/gradio_api/upload", files={"files": ("a.txt", content)})
    assert (refused.status_code, refused.text) == (403, say.NO_UPLOAD)


def test_the_page_comes_in_the_language_of_its_visitor(client):
    pages = {}
    for accepted in ("zh-CN", "en-US,en;q=0.9"):
        client.cookies.clear()  # the language that was settled
        pages[accepted] = client.get("/", headers={"accept-language": accepted})
    assert say.ASK_HERE in pages["zh-CN"].text
    assert english.ASK_HERE in pages["en-US,en;q=0.9"].text
    assert say.ASK_HERE not in pages["en-US,en;q=0.9"].text
    client.cookies.clear()


def test_every_response_forbids_other_hosts_and_no_file_is_served(client):
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    for path in ("pyproject.toml", "/etc/passwd", "corpus/hujin-briefing.md"):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)
    assert client.get("/monitoring").status_code in (401, 403, 404)


def test_without_login_nothing_of_the_documents_is_seen():
    with fake.served(auth="someone:secret") as address, httpx.Client(base_url=address, trust_env=False) as visitor:
        assert "支付" not in visitor.get("/").text
        body = {"data": "样本 1", "fn_name": "read_document", "session_hash": "x", "component_id": 1}
        assert visitor.post("/gradio_api/component_server", json=body).status_code == 401
        assert visitor.post("/gradio_api/call/ask", json={"data": ["支付"]}).status_code == 401
        assert visitor.post("/login", data={"username": "someone", "password": "no"}).status_code == 400
        assert visitor.post("/login", data={"username": "someone", "password": "secret"}).status_code == 200
        assert call(visitor, "支付")["status"] == "answered"


def test_a_removed_user_is_let_in_no_more(tmp_path):
    accounts = Accounts(tmp_path / "users.db", {})
    accounts.add("kept", "correct horse")
    accounts.add("other", "correct horse")
    document = {"data": "样本 1", "fn_name": "read_document", "session_hash": "x"}
    with fake.served(data=str(tmp_path)) as address, httpx.Client(base_url=address, trust_env=False) as visitor:
        assert visitor.post("/login", data={"username": "kept", "password": "correct horse"}).status_code == 200
        components = visitor.get("/config").json()["components"]
        document["component_id"] = next(c["id"] for c in components if c["props"].get("elem_id") == "source")
        assert "支付" in visitor.post("/gradio_api/component_server", json=document).text
        accounts.remove("kept")
        assert visitor.post("/gradio_api/component_server", json=document).status_code == 401
        assert visitor.post("/gradio_api/call/ask", json={"data": ["支付"]}).status_code == 401
        assert "支付" not in visitor.get("/").text


def test_serving_updates_an_index_from_its_own_documents(tmp_path, monkeypatch):
    for name in ("corpus", "别的"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text("# 仓库\n\n每托盘限重800公斤。\n", encoding="utf-8")
    (tmp_path / "corpus" / "notes.jsonl").write_text("", encoding="utf-8")
    places = {name: tmp_path / name for name in ("corpus", "index", "cache", "data")}
    settings = load_settings(**places, port=0)
    other = tmp_path / "别的" / "别的.md"
    ensure_index(settings.model_copy(update={"corpus": tmp_path / "none"}), [other])
    assert sources_of(settings) == ([other], None)
    pages, told = [], []

    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        server, "_page", lambda assistant: pages.append(assistant.index) or SimpleNamespace(close=lambda **_: None)
    )
    monkeypatch.setattr(server, "launch", lambda *_: "http://127.0.0.1")
    monkeypatch.setattr(server, "time", SimpleNamespace(sleep=stop))
    for change in (lambda: None, lambda: other.write_text("限重900公斤。", encoding="utf-8"), other.unlink):
        change()
        with pytest.raises(KeyboardInterrupt):
            server.serve(settings, told.append, update=True)
    assert [[d.text for d in index.documents.values()] for index in pages] == [
        ["# 仓库\n\n每托盘限重800公斤。\n"],
        *[["限重900公斤。"]] * 2,
    ]
    assert [str(other) in line for line in told[-2:]] == [True, False]
