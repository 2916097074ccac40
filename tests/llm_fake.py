"""A chat-completions server on loopback that answers, or misbehaves, as a test scripts it."""

import asyncio
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager, suppress

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"

Script = Callable[[bytes], AsyncIterator[bytes | float | None]]
"""Given a request, yields bytes to send, seconds to wait, or ``None`` to hang up at once."""


def event(text: str, **more: object) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, **more}
    return b"data: " + json.dumps({"choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(*parts: bytes | float | None) -> Script:
    async def script(request: bytes) -> AsyncIterator[bytes | float | None]:
        for part in parts:
            yield part

    return script


def answering(text: str, size: int = 3) -> Script:
    """A well-behaved server whose model says ``text``."""
    pieces = [event(text[i : i + size]) for i in range(0, len(text), size)]
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20}}\n\n'
    return saying(HEAD, *pieces, event("", finish_reason="stop"), usage, DONE)


def flooding(head: bytes, piece: bytes, sent: list[int], times: int = 100) -> Script:
    """Sends ``head`` and then ``piece`` over and over; ``sent`` grows by what was taken."""

    async def script(request: bytes) -> AsyncIterator[bytes | float | None]:
        yield head
        for _ in range(times):
            sent.append(len(piece))
            yield piece

    return script


JSON_HEAD = HEAD.replace(b"text/event-stream", b"application/json")
CHUNKED = HEAD[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
SECRET = "sk-very-secret-key"

FAULTS = {  # what a server does, and a word of what the reader is told
    "accepts and says nothing": (saying(9.0), "没有回应"),
    "stalls inside its status line": (saying(HEAD[:10], 9.0), "没有回应"),
    "stalls inside its headers": (saying(HEAD[:20], 9.0), "没有回应"),
    "stalls after its headers": (saying(HEAD, 9.0), "没有回应"),
    "stalls in the middle": (saying(HEAD, event("产值"), 9.0), "没有回应"),
    "resets in the middle": (saying(HEAD, event("产值"), None), "断"),
    "ends without saying so": (saying(HEAD, event("产值")), "断"),
    "ends inside an event": (saying(HEAD, event("产值"), event("为")[:-9]), "断"),
    "has nothing behind its headers": (saying(HEAD), "断"),
    "hangs up at once": (saying(None), "断"),
    "promises more than it sends": (
        saying(status(200, "Content-Type: text/event-stream").replace(b"Length: 0", b"Length: 99") + event("产值")),
        "断",
    ),
    "counts its chunks wrong": (saying(CHUNKED, b"5\r\ndata: \r\nzz\r\n"), "断"),
    "speaks no HTTP": (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), "断"),
    "has headers without end": (saying(HEAD[:-2], *[b"X: " + b"y" * 50_000 + b"\r\n"] * 20), "断"),
    "is done before it began": (saying(HEAD, DONE), "没有给出回答"),
    "sends empty choices": (saying(HEAD, b'data: {"choices": []}\n\n', DONE), "没有给出回答"),
    "sends no choices": (saying(HEAD, b"data: {}\n\n", DONE), "没有给出回答"),
    "sends empty text": (saying(HEAD, event(""), event("", finish_reason="stop"), DONE), "没有给出回答"),
    "sends half a character": (saying(HEAD, event("产\ufffd"), DONE), "UTF-8"),
    "sends GBK": (saying(HEAD, event("产值").decode().encode("gbk"), DONE), "UTF-8"),
    "names GBK and sends it": (
        saying(HEAD.replace(b"stream", b"stream; charset=gbk"), event("产值").decode().encode("gbk"), DONE),
        "UTF-8",
    ),
    "sends UTF-16": (saying(HEAD, event("产值").decode().encode("utf-16"), DONE), "断"),
    "sends bytes": (saying(HEAD, b"data: \xff\xfe\x00{\n\n"), "格式不对"),
    "sends a page as an event": (saying(HEAD, b"data: <html>\n\n"), "格式不对"),
    "sends brackets without end": (saying(HEAD, b"data: " + b"[" * 100_000 + b"\n\n"), "格式不对"),
    "sends a list": (saying(HEAD, b"data: [1, 2]\n\n"), "错误"),
    "sends numbers for choices": (saying(HEAD, b'data: {"choices": [7]}\n\n'), "格式不对"),
    "sends an object for choices": (saying(HEAD, b'data: {"choices": {"a": 1}}\n\n'), "格式不对"),
    "sends a number for text": (saying(HEAD, b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), "格式不对"),
    "reports an error": (saying(HEAD, b'data: {"error": {"message": "' + SECRET.encode() + b'"}}\n\n'), "错误"),
    "reports an error in the middle": (saying(HEAD, event("产值"), b'data: {"error": "overloaded"}\n\n'), "错误"),
    "sends a login page": (saying(status(200, "Content-Type: text/html", body=b"<html>login</html>")), "格式不对"),
    "sends a picture": (saying(status(200, "Content-Type: image/png", body=b"\x89PNG\r\n")), "格式不对"),
    "names no type": (saying(status(200, body=event("产值") + DONE)), "格式不对"),
    "sends half a JSON": (saying(status(200, "Content-Type: application/json", body=b"{")), "格式不对"),
    "sends JSON without choices": (
        saying(status(200, "Content-Type: application/json", body=b'{"choices": []}')),
        "没有给出回答",
    ),
    "compresses unasked": (
        saying(HEAD.replace(b"Content-Type", b"Content-Encoding: gzip\r\nContent-Type"), b"\x1f\x8b"),
        "压缩",
    ),
    "sends elsewhere": (
        saying(b"HTTP/1.1 301 X\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n"),
        "拒绝",
    ),
    "has no content": (saying(b"HTTP/1.1 204 X\r\n\r\n"), "拒绝"),
    "refuses the key": (saying(status(401, body=SECRET.encode())), "密钥"),
    "forbids": (saying(status(403)), "密钥"),
    "knows no such model": (saying(status(404)), "地址或模型"),
    "is busy": (saying(status(429)), "太忙"),
    "is busy for an hour": (saying(status(429, "Retry-After: 3600")), "3600 秒"),
    "is broken": (saying(status(500)), "500"),
    "is overloaded": (saying(status(503)), "503"),
    "loops": (saying(HEAD, *[event("行业的规模在增长。")] * 50, 9.0), "反复"),
    "loops in blank lines": (saying(HEAD, *[event("\n")] * 50, 9.0), "反复"),
    "loops in its thoughts": (saying(HEAD, event("<think>"), *[event("再想一想这个问题,")] * 50, 9.0), "反复"),
    "talks without end": (saying(HEAD, *[event(f"第{n}条说的是{n * 7}件事。") for n in range(1000)], 9.0), "太长"),
    "echoes the key": (saying(HEAD, event("你的密钥是sk-very-"), event("secret-key。"), DONE), "回复里有密钥"),
}


def patience(word: str) -> float:
    """Seconds without a byte to allow a server of ``FAULTS``: few only where it is silence that is tested."""
    return 0.3 if word == "没有回应" else 30.0


class Server:
    """Runs scripts in turn, one a request, the last one for ever; keeps what was asked."""

    def __init__(self, scripts: tuple[Script, ...], context: ssl.SSLContext | None) -> None:
        self.requests: list[bytes] = []
        self.hung_up = threading.Event()  # a client left before its script was over
        self._scripts, self._context = scripts, context
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"http{'s' if self._context else ''}://127.0.0.1:{self.port}/v1"

    def scripts(self, *scripts: Script) -> None:
        """What to say from now on, first to last; forgets what was asked."""
        self._scripts = scripts
        self.requests.clear()
        self.hung_up.clear()

    def body(self, n: int = -1) -> dict:
        return json.loads(self.requests[n].partition(b"\r\n\r\n")[2])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(h.split(b":")[1]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length"))
            request = head + await reader.readexactly(length)
            self.requests.append(request)
            left = asyncio.ensure_future(reader.read(1))
            async for part in self._scripts[min(len(self.requests), len(self._scripts)) - 1](request):
                if isinstance(part, float):
                    await asyncio.wait([left], timeout=part)
                elif part is None:
                    writer.transport.abort()
                else:
                    writer.write(part)
                    await writer.drain()
                if left.done() or writer.is_closing():
                    self.hung_up.set()
                    break
            left.cancel()
        except (OSError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            with suppress(OSError):
                writer.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@contextmanager
def serving(*scripts: Script, context: ssl.SSLContext | None = None):
    server = Server(scripts, context)
    try:
        yield server
    finally:
        server.stop()
