"""The client against servers that misbehave on purpose, each over a real connection on loopback."""

import logging
import socket
import ssl
import threading

import pytest
import trustme

from hujin_qa import llm
from hujin_qa.errors import BadInput, LLMProblem
from hujin_qa.llm import Reply
from hujin_qa.settings import Settings, load_settings
from llm_fake import DONE, HEAD, answering, event, saying, serving, status

KEY = "sk-very-secret-key"
ASKED = [{"role": "user", "content": "产值多少?"}]


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr(llm, "_BACKOFF", 0.01)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def settings(url, **more):
    limits = {"llm_connect_seconds": 1.0, "llm_stall_seconds": 0.3, "llm_seconds": 3.0}
    return Settings(llm_address=url, llm_model="m", llm_key=KEY, **(limits | more))


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


def test_the_first_piece_is_there_before_the_last_is_sent():
    with serving(saying(HEAD, event("先"), 5.0)) as server:
        pieces = iter(Reply(settings(server.url, llm_stall_seconds=5), ASKED, lambda: False))
        assert next(filter(None, pieces)) == "先"
        pieces.close()
        assert server.hung_up.wait(5)


def test_usage_is_estimated_where_the_server_counts_nothing():
    with serving(saying(HEAD, event("五个字的话"), DONE)) as server:
        reply = Reply(settings(server.url), ASKED, lambda: False)
        list(reply)
    assert reply.usage.reply_tokens == 5
    assert reply.usage.prompt_tokens > 0


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
    waited = []

    async def sleep(seconds):
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
        pieces = iter(Reply(settings(server.url, llm_stall_seconds=30, llm_seconds=60), ASKED, lambda: False))
        assert next(filter(None, pieces)) == "先"
        assert next(pieces) == ""
        pieces.close()
        assert server.hung_up.wait(5)


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


def test_a_certificate_that_nobody_vouches_for():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(answering("好"), context=context) as server, pytest.raises(LLMProblem, match="加密连接"):
        said(server.url)


def test_a_certificate_of_the_operators_own_authority(monkeypatch, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serving(answering("好"), context=context) as server:
        assert said(server.url) == "好"


@pytest.mark.parametrize(
    ("script", "word"),
    [
        (saying(9.0), "没有回应"),  # accepts and says nothing
        (saying(HEAD[:20], 9.0), "没有回应"),  # stalls inside its headers
        (saying(HEAD, 9.0), "没有回应"),
        (saying(HEAD, event("产值"), 9.0), "没有回应"),
        (saying(HEAD, event("产值"), None), "断"),  # reset
        (saying(HEAD, event("产值")), "断"),  # ends without saying so
        (saying(HEAD), "断"),
        (saying(HEAD, DONE), "没有给出回答"),
        (saying(HEAD, b'data: {"choices": []}\n\n', DONE), "没有给出回答"),
        (saying(HEAD, event("产\ufffd"), DONE), "UTF-8"),
        (saying(HEAD, event("产值").decode().encode("gbk"), DONE), "UTF-8"),
        (saying(HEAD, b"data: \xff\xfe\x00{\n\n"), "格式不对"),
        (saying(HEAD, b"data: <html>\n\n"), "格式不对"),
        (saying(HEAD, b"data: [1, 2]\n\n"), "错误"),
        (saying(HEAD, b'data: {"choices": [7]}\n\n'), "格式不对"),
        (saying(HEAD, b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), "格式不对"),
        (saying(HEAD, b'data: {"error": {"message": "sk-very-secret-key"}}\n\n'), "错误"),
        (saying(status(200, "Content-Type: text/html", body=b"<html>login</html>")), "格式不对"),
        (saying(status(200, "Content-Type: application/json", body=b"{")), "格式不对"),
        (saying(status(200, "Content-Type: application/json", body=b'{"choices": []}')), "没有给出回答"),
        (saying(HEAD.replace(b"Content-Type", b"Content-Encoding: gzip\r\nContent-Type"), b"\x1f\x8b"), "压缩"),
        (saying(b"HTTP/1.1 301 X\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n"), "拒绝"),
    ],
)
def test_every_way_to_go_wrong_has_its_sentence(script, word):
    message, _ = fault(script)
    assert word in message


def test_a_server_that_drips_is_stopped_by_the_clock():
    drip = [part for _ in range(200) for part in (b": .\n\n", 0.05)]
    message, asked = fault(saying(HEAD, *drip), llm_seconds=0.6)
    assert "用时太长" in message
    assert asked == 1


def test_headers_that_drip_are_stopped_by_the_clock():
    drip = [part for _ in range(200) for part in (b"X: y\r\n", 0.05)]
    assert "用时太长" in fault(saying(HEAD[:-2], *drip), llm_seconds=0.6)[0]


def test_a_hundred_megabytes_are_not_read():
    sent = []

    async def flood(request):
        yield HEAD
        for _ in range(100):
            sent.append(1)
            yield b"data: " + b"x" * 1_000_000

    assert "太长" in fault(flood, llm_stall_seconds=5.0, llm_seconds=20.0)[0]
    assert len(sent) < 30


def test_a_reply_longer_than_asked_for_is_refused():
    many = [event(f"第{n}条说的是{n * 7}件事。") for n in range(200)]
    assert "太长" in fault(saying(HEAD, *many, DONE), llm_reply_tokens=100)[0]


def test_a_model_that_loops_is_stopped():
    assert "反复" in fault(saying(HEAD, *[event("行业的规模在增长。")] * 50, 9.0))[0]


def test_a_started_answer_is_never_asked_for_again():
    _, asked = fault(saying(HEAD, event("产值"), None))
    assert asked == 1


def test_stopping_ends_a_stalled_answer_at_once_and_hangs_up():
    stop = threading.Event()
    with serving(saying(HEAD, event("产值"), 30.0)) as server:
        pieces = iter(Reply(settings(server.url, llm_stall_seconds=30, llm_seconds=60), ASKED, stop.is_set))
        assert next(filter(None, pieces)) == "产值"
        stop.set()
        assert list(filter(None, pieces)) == []
        assert server.hung_up.wait(5)


def test_the_key_is_in_no_log_and_no_representation(caplog):
    with caplog.at_level(logging.DEBUG), serving(answering("好")) as server:
        made = settings(server.url)
        reply = Reply(made, ASKED, lambda: False)
        list(reply)
    assert KEY not in caplog.text + repr(made) + str(made) + repr(reply) + made.model_dump_json()


def test_settings_come_from_the_usual_variables(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert not load_settings().has_llm
    monkeypatch.setenv("OPENAI_MODEL", "m")
    assert load_settings().has_llm
    monkeypatch.setenv("OPENAI_BASE_URL", "file:///etc/passwd")
    with pytest.raises(BadInput, match="OPENAI_BASE_URL"):
        load_settings()
