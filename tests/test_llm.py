"""The client against servers that misbehave on purpose, each over a real connection on loopback."""

import errno
import logging
import socket
import ssl
import threading
import tracemalloc
from contextlib import suppress

import pytest
import trustme

from hujin_qa import llm
from hujin_qa.errors import BadInput, LLMProblem
from hujin_qa.llm import Reply
from hujin_qa.settings import Settings, load_settings
from llm_fake import DONE, FAULTS, HEAD, JSON_HEAD, answering, event, flooding, patience, saying, serving, status
from llm_fake import SECRET as KEY

ASKED = [{"role": "user", "content": "产值多少?"}]


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(llm, "_BACKOFF", 0.01)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def settings(url, **more):
    usual = {"llm_key": KEY, "llm_connect_seconds": 30.0, "llm_stall_seconds": 30.0, "llm_seconds": 600.0}
    return Settings(llm_address=url, llm_model="m", **(usual | more))


def said(url, stopped=lambda: False, **more):
    return "".join(Reply(settings(url, **more), ASKED, stopped))


def fault(*scripts, **more):
    with serving(*scripts) as server, pytest.raises(LLMProblem) as caught:
        said(server.url, **more)
    message = str(caught.value)
    assert KEY not in message
    assert "127.0.0.1" not in message
    return message, len(server.requests)


def test_text_arrives_in_pieces_with_the_usage_that_the_server_counted():
    with serving(answering("产值为5亿元[1]。")) as server:
        reply = Reply(settings(server.url, llm_price=2, llm_reply_price=10), ASKED, lambda: False)
        pieces = list(reply)
    assert "".join(pieces) == "产值为5亿元[1]。"
    assert len(list(filter(None, pieces))) > 1
    assert reply.usage == llm.Usage(100, 20, 0.0004)
    assert server.body()["model"] == "m"
    assert f"Bearer {KEY}".encode() in server.requests[0]
    assert b"POST /v1/chat/completions " in server.requests[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_dies_is_told_and_not_waited_for(monkeypatch):
    def no_loop(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(llm.anyio, "run", no_loop)
    asked = []  # ends the test where nothing ends the question
    with pytest.raises(LLMProblem, match="意外中断"):
        said("http://127.0.0.1:9", stopped=lambda: asked.append(1) or len(asked) > 50)


def test_the_first_piece_is_there_before_the_last_is_sent():
    with serving(saying(HEAD, event("先"), 5.0)) as server:
        pieces = iter(Reply(settings(server.url), ASKED, lambda: False))
        assert next(filter(None, pieces)) == "先"
        pieces.close()
        assert server.hung_up.wait(60)


@pytest.mark.parametrize(
    "counted", ["null", "[1]", '{"prompt_tokens": "many", "completion_tokens": -5}', '{"prompt_tokens": 1e400}']
)
def test_usage_is_estimated_where_the_server_counts_nothing_or_nonsense(counted):
    usage = b'data: {"choices": [], "usage": ' + counted.encode() + b"}\n\n"
    with serving(saying(HEAD, event("五个字的话"), usage, DONE)) as server:
        reply = Reply(settings(server.url), ASKED, lambda: False)
        list(reply)
    assert reply.usage.reply_tokens == 4  # of 15 bytes
    assert 0 < reply.usage.prompt_tokens < 100


@pytest.mark.parametrize(("script", "charged"), [(saying(status(401)), False), (saying(HEAD, event("产值")), True)])
def test_only_a_server_that_took_the_question_can_charge_for_it(script, charged):
    with serving(script) as server:
        reply = Reply(settings(server.url, llm_price=1000), ASKED, lambda: False)
        with pytest.raises(LLMProblem):
            list(reply)
    assert (reply.usage.prompt_tokens > 0, reply.usage.cost > 0) == (charged, charged)


def test_a_server_that_does_not_stream_is_understood():
    body = '{"choices": [{"message": {"content": "产值为5亿元。"}, "finish_reason": "stop"}]}'.encode()
    with serving(saying(status(200, "Content-Type: application/json", body=body))) as server:
        assert said(server.url) == "产值为5亿元。"


def test_an_old_server_is_asked_again_without_stream_options():
    with serving(saying(status(400)), answering("好")) as server:
        assert said(server.url) == "好"
        assert "stream_options" in server.body(0)
        assert "stream_options" not in server.body(1)


def test_comments_blank_lines_and_events_without_text_are_skipped():
    extra = b': ping\n\nevent: x\ndata: {"choices": [{"delta": {"role": "assistant", "content": null}}]}\n\n'
    with serving(saying(HEAD, extra, event("好"), b"\n\n", DONE)) as server:
        assert said(server.url) == "好"


def test_a_character_cut_by_the_network_is_whole_again():
    raw = event("产")
    with serving(saying(HEAD, *(raw[i : i + 1] for i in range(len(raw))), DONE)) as server:
        assert said(server.url) == "产"


@pytest.mark.parametrize(("code", "word"), [(401, "密钥"), (403, "密钥"), (404, "地址或模型"), (418, "418")])
def test_a_refusal_is_told_and_not_repeated(code, word):
    message, asked = fault(saying(status(code, body=KEY.encode())))
    assert word in message
    assert asked == 1


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_three_times(code):
    message, asked = fault(saying(status(code)))
    assert "太忙" in message or str(code) in message
    assert asked == 3


def test_a_server_that_recovers_answers():
    with serving(saying(status(503)), saying(status(429, "Retry-After: 0")), answering("好")) as server:
        assert said(server.url) == "好"


def test_a_short_retry_after_is_kept(monkeypatch):
    waited, rest = [], llm.anyio.sleep

    async def sleep(seconds):
        await rest(min(seconds, 0.1))
        if seconds >= 1:
            waited.append(seconds)

    monkeypatch.setattr(llm.anyio, "sleep", sleep)
    with serving(saying(status(429, "Retry-After: 7")), answering("好")) as server:
        assert said(server.url) == "好"
    assert waited == [7.0]


def test_a_long_retry_after_is_told_instead_of_waited_for():
    message, asked = fault(saying(status(429, "Retry-After: 3600")))
    assert "3600 秒" in message
    assert asked == 1


def test_a_date_to_wait_for_is_understood():
    message, asked = fault(saying(status(429, "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT")))
    assert "秒后再试" in message
    assert asked == 1
    assert fault(saying(status(429, "Retry-After: soon")))[1] == 3


def test_the_proxy_of_the_environment_is_used(monkeypatch):
    with serving(answering("好")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        assert said("http://llm.invalid/v1") == "好"
        assert proxy.requests[0].startswith(b"POST http://llm.invalid/v1/chat/completions ")


def test_a_silent_model_gives_empty_pieces_so_that_a_reader_can_leave():
    with serving(saying(HEAD, event("先"), 30.0)) as server:
        pieces = iter(Reply(settings(server.url), ASKED, lambda: False))
        assert next(filter(None, pieces)) == "先"
        assert next(pieces) == ""
        pieces.close()
        assert server.hung_up.wait(60)


def test_nobody_listening():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(LLMProblem, match="连不上"):
        said(f"http://127.0.0.1:{port}/v1")


def test_a_host_that_does_not_exist(monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(LLMProblem, match="找不到"):
        said("http://llm.invalid/v1")


@pytest.mark.parametrize("stops", [True, False])
def test_a_name_that_is_looked_up_for_ever_keeps_nobody_waiting(monkeypatch, stops):
    done = threading.Event()

    def slow(*_, **__):
        done.wait(60)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    try:
        if stops:
            reply = Reply(settings("http://llm.invalid/v1"), ASKED, iter([0, 0, 0, 1]).__next__)
            assert list(reply) == []
        else:
            with pytest.raises(LLMProblem, match="超时"):
                said("http://llm.invalid/v1", llm_connect_seconds=0.1)
        assert not done.is_set()
    finally:
        done.set()


def test_a_certificate_that_nobody_vouches_for():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(answering("好"), context=context) as server, pytest.raises(LLMProblem, match="加密连接"):
        said(server.url)
    assert server.requests == []


def test_a_certificate_of_another_host(monkeypatch, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("llm.example").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serving(answering("好"), context=context) as server, pytest.raises(LLMProblem, match="加密连接"):
        said(server.url)
    assert server.requests == []


@pytest.mark.parametrize(
    ("greeting", "word"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "加密连接"), (b"", "加密连接"), (None, "超时")],
    ids=["in the clear", "hung up", "silent"],
)
def test_a_server_that_speaks_no_tls(greeting, word):
    leave = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while not leave.is_set():
                with suppress(TimeoutError), listening.accept()[0] as connection:
                    connection.settimeout(5)
                    connection.recv(10_000)
                    if greeting is None:
                        leave.wait(30)
                    elif greeting:
                        connection.sendall(greeting)

        listening.settimeout(0.1)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with pytest.raises(LLMProblem, match=word):
                said(f"https://127.0.0.1:{listening.getsockname()[1]}/v1", llm_connect_seconds=0.5)
        finally:
            leave.set()
            thread.join()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1"),  # needs a package that is not there
        ("ALL_PROXY", "gopher://127.0.0.1:1"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem"),
    ],
)
def test_a_proxy_or_a_certificate_that_cannot_be_used_is_told(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(LLMProblem, match="代理或证书"):
        said("https://127.0.0.1:1/v1")


@pytest.mark.parametrize("url", ["http://[::1", "http://:80/v1", "http://127.0.0.1:99999/v1"])
def test_an_address_that_is_none_is_told(url):
    with pytest.raises(LLMProblem, match=r"地址写得不对|连不上"):
        said(url)


@pytest.mark.parametrize("key", ["sk-密钥", "sk-a\nX-Evil: 1", "sk-\x00"])
def test_a_key_that_no_header_can_hold_is_told_and_not_shown(key):
    with serving(answering("好")) as server, pytest.raises(LLMProblem, match="密钥含有不能用的字符"):
        said(server.url, llm_key=key)
    assert server.requests == []


def test_a_line_break_behind_the_key_or_the_address_does_no_harm(monkeypatch):
    with serving(answering("好")) as server:
        for name, value in (("BASE_URL", server.url), ("API_KEY", KEY), ("MODEL", "m")):
            monkeypatch.setenv(f"OPENAI_{name}", f" {value}\n")
        assert "".join(Reply(load_settings(), ASKED, lambda: False)) == "好"
    assert f"Bearer {KEY}\r\n".encode() in server.requests[0]


def test_a_certificate_of_the_operators_own_authority(monkeypatch, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serving(answering("好"), context=context) as server:
        assert said(server.url) == "好"


@pytest.mark.parametrize(("script", "word"), FAULTS.values(), ids=FAULTS)
def test_every_way_to_go_wrong_has_its_sentence(script, word):
    message, _ = fault(script, llm_stall_seconds=patience(word))
    assert word in message


def test_a_server_that_drips_is_stopped_by_the_clock():
    drip = [part for _ in range(200) for part in (b": .\n\n", 0.05)]
    message, asked = fault(saying(HEAD, *drip), llm_seconds=2.0)
    assert "用时太长" in message
    assert asked == 1


def test_headers_that_drip_are_stopped_by_the_clock():
    drip = [part for _ in range(200) for part in (b"X: y\r\n", 0.05)]
    assert "用时太长" in fault(saying(HEAD[:-2], *drip), llm_seconds=0.6)[0]


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"data: ", b"x" * 1_000_000),
        (HEAD, b": " + b"x" * 999_996 + b"\n\n"),
        (HEAD, event("") * 20_000),
        (JSON_HEAD, b" " * 1_000_000),
        (status(401).replace(b"Length: 0", b"Length: 100000000"), b"x" * 1_000_000),
    ],
    ids=["one event", "comments", "events without text", "one JSON", "a refusal"],
)
def test_a_hundred_megabytes_are_neither_read_nor_kept(head, piece):
    sent = []
    tracemalloc.start()
    try:
        message, _ = fault(flooding(head, piece, sent))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "太长" in message or "密钥" in message
    assert sum(sent) < 30_000_000
    assert peak < 50_000_000


def test_a_reply_longer_than_asked_for_is_refused():
    many = [event(f"第{n}条说的是{n * 7}件事。") for n in range(200)]
    assert "太长" in fault(saying(HEAD, *many, DONE), llm_reply_tokens=100)[0]


def test_a_started_answer_is_never_asked_for_again():
    _, asked = fault(saying(HEAD, event("产值"), None))
    assert asked == 1


def test_stopping_ends_a_stalled_answer_at_once_and_hangs_up():
    stop = threading.Event()
    with serving(saying(HEAD, event("产值"), 30.0)) as server:
        pieces = iter(Reply(settings(server.url), ASKED, stop.is_set))
        assert next(filter(None, pieces)) == "产值"
        stop.set()
        assert list(filter(None, pieces)) == []
        assert server.hung_up.wait(60)


def test_the_key_is_in_no_log_and_no_representation(caplog):
    """Not even where the server says it back, or the address holds it."""
    echo = HEAD[:-2] + f"X-Echo: {KEY}\r\nSet-Cookie: k={KEY}\r\n\r\n".encode()
    with caplog.at_level(logging.DEBUG), serving(saying(echo, event("好"), DONE)) as server:
        made = settings(server.url.replace("127.0.0.1", f"user:{KEY}@127.0.0.1"))
        reply = Reply(made, ASKED, lambda: False)
        assert list(filter(None, reply)) == ["好"]
    assert KEY not in caplog.text + repr(made) + str(made) + repr(reply) + repr(reply.usage)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_no_part_of_the_key_is_passed_on_where_the_server_says_it(size):
    text = f"不是sk-very-nice,是{KEY}。"
    pieces = [event(text[i : i + size]) for i in range(0, len(text), size)]
    came = []
    with serving(saying(HEAD, *pieces, DONE)) as server:
        with pytest.raises(LLMProblem, match="密钥"):
            came.extend(Reply(settings(server.url), ASKED, lambda: False))
        assert "".join(came) in ("不是sk-very-nice,是", "")
        assert said(server.url, llm_key="sk") == text  # too short to be a secret


def test_an_end_like_the_beginning_of_the_key_is_passed_on():
    with serving(saying(HEAD, event("前缀是sk"), event("-very"), DONE)) as server:
        assert said(server.url) == "前缀是sk-very"


def test_settings_come_from_the_usual_variables(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert not load_settings().has_llm
    monkeypatch.setenv("OPENAI_MODEL", "m")
    assert load_settings().has_llm
    monkeypatch.setenv("OPENAI_BASE_URL", "file:///etc/passwd")
    with pytest.raises(BadInput, match="OPENAI_BASE_URL"):
        load_settings()
