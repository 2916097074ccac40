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
