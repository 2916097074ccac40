"""A streaming client of any OpenAI-compatible chat server, bounded in time and memory.

Everything that a server can do wrong ends as an ``LLMProblem`` whose message a chat user may read: no
address, no key, nothing that the server wrote. Proxies and certificates are httpx's (``HTTPS_PROXY``,
``SSL_CERT_FILE`` …).
"""

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from typing import Any

import anyio
import httpx
from httpx_sse import EventSource, SSEError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from .errors import LLMProblem
from .settings import Settings
from .text import tokens

Message = dict[str, str]
"""``{"role": "system" | "user" | "assistant", "content": …}``."""

_ATTEMPTS = 3
_BACKOFF = 0.2  # seconds before the second attempt, doubled before the third
_LONGEST_WAIT = 10.0  # seconds between attempts; a server that asks for more is told of instead
_MAX_BYTES = 4_000_000
_BYTES_PER_TOKEN = 2000  # an event of one token is 200 to 400 bytes of JSON
_TICK = 0.1  # seconds between looks at ``stopped``
_PULSE = 10  # ticks of silence after which an empty piece lets whoever iterates find out that nobody waits any more
_PARTING = 0.5  # seconds that a connection is given to close; one that cannot (a name being looked up) ends by itself
_TRANSIENT = (429, 500, 502, 503, 504)
_LOOP = (300, 4)  # longest repeated run in characters, and how often it must follow itself
_SECRET = 8  # characters from which a key is one: "none" and "ollama" are words

for _name in ("httpx", "httpcore"):  # below this they log addresses and headers as they are, secrets included
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost. ``cost`` is in the currency of the prices that are set."""

    prompt_tokens: int
    reply_tokens: int
    cost: float

    def on_top_of(self, earlier: Mapping[str, float]) -> dict[str, float]:
        """As an answer keeps it, with what it had cost before."""
        mine = {"prompt_tokens": self.prompt_tokens, "reply_tokens": self.reply_tokens, "cost": self.cost}
        return {name: round(value + earlier.get(name, 0), 6) for name, value in mine.items()}


class Reply:
    """One answer of the model: iterate over its pieces of text, then read ``usage``."""

    def __init__(self, settings: Settings, messages: Sequence[Message], stopped: Callable[[], bool]) -> None:
        self._settings, self._messages, self._stopped = settings, list(messages), stopped
        self._key = settings.llm_key.get_secret_value().strip() if settings.llm_key else ""
        self._pieces: SimpleQueue[str | BaseException | None] = SimpleQueue()
        self._left = threading.Event()  # nobody waits any more
        self._counted: dict[str, Any] = {}
        self._accepted = False  # the server took the question, so it may charge for it
        self._length = 0
        self._tokens = 0.0  # of the reply, estimated
        self._held = ""  # text that may be the beginning of the key

    def __iter__(self) -> Iterator[str]:
        """Pieces as they come, an empty one every second of silence. Ends early, quietly, once ``stopped()``; the
        connection is closed either way.

        Raises:
            LLMProblem: no usable answer.
        """
        if self._stopped():
            return
        work = threading.Thread(target=anyio.run, args=(self._run,), daemon=True)
        work.start()
        silent = 0
        try:
            while not self._stopped():
                try:
                    piece = self._pieces.get(timeout=_TICK)
                except Empty:
                    if not work.is_alive() and self._pieces.empty():
                        raise LLMProblem("语言模型的连接意外中断") from None
                    silent += 1
                    if silent % _PULSE == 0:
                        yield ""
                    continue
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self._left.set()
            work.join(_PARTING)

    @property
    def usage(self) -> Usage:
        """As the server counted, else estimated from the length; nothing where it never took the question."""
        prompt, reply = (_count(self._counted.get(name)) for name in ("prompt_tokens", "completion_tokens"))
        if prompt is None:
            prompt = round(sum(tokens(m["content"]) for m in self._messages)) if self._accepted else 0
        reply = round(self._tokens) if reply is None else reply
        cost = (prompt * self._settings.llm_price + reply * self._settings.llm_reply_price) / 1e6
        return Usage(prompt, reply, round(cost, 6))

    async def _run(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._watch, group.cancel_scope)
            self._pieces.put(await self._outcome())
            group.cancel_scope.cancel()

    async def _watch(self, scope: anyio.CancelScope) -> None:
        while not self._left.is_set():
            await anyio.sleep(_TICK)
        scope.cancel()

    async def _outcome(self) -> LLMProblem | None:
        """Fill the queue; what went wrong, if anything did."""
        try:
            with anyio.fail_after(self._settings.llm_seconds):
                await self._attempts()
        except LLMProblem as problem:
            return problem
        except TimeoutError:
            return LLMProblem("语言模型用时太长,已停止等待")
        except Exception as error:
            return _told(error)
        if self._held:
            self._pieces.put(self._held)
        return None if self._length else LLMProblem("语言模型没有给出回答")

    async def _attempts(self) -> None:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception(lambda error: self._length == 0 and _is_transient(error)),
            sleep=anyio.sleep,
            reraise=True,
        )
        async with self._client() as client:
            async for attempt in retrying:
                with attempt:
                    await self._ask(client)

    def _client(self) -> httpx.AsyncClient:
        if not self._key.isascii() or not self._key.isprintable():
            raise LLMProblem("语言模型的密钥含有不能用的字符")
        timeout = httpx.Timeout(self._settings.llm_stall_seconds, connect=self._settings.llm_connect_seconds)
        try:
            return httpx.AsyncClient(timeout=timeout, follow_redirects=False)
        except (ImportError, ValueError, OSError, httpx.InvalidURL):  # a SOCKS proxy, a missing file of certificates …
            raise LLMProblem("语言模型服务的代理或证书设置不能用") from None

    async def _ask(self, client: httpx.AsyncClient, with_usage: bool = True) -> None:
        body: dict[str, Any] = {
            "model": self._settings.llm_model,
            "messages": self._messages,
            "stream": True,
            "temperature": 0,
            "max_tokens": self._settings.llm_reply_tokens,
        }
        if with_usage:
            body["stream_options"] = {"include_usage": True}
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        url = self._settings.llm_address.rstrip("/") + "/chat/completions"
        async with client.stream("POST", url, json=body, headers=headers) as response:
            if response.status_code in (400, 422) and with_usage:  # an older server that knows no stream_options
                await response.aclose()
                await self._ask(client, with_usage=False)
                return
            if response.status_code != 200:
                raise _Refused(response)
            self._accepted = True
            if response.headers.get("content-encoding", "identity") != "identity":
                raise LLMProblem("语言模型服务的回复用了不支持的压缩")
            response.encoding = "utf-8"
            budget = min(_MAX_BYTES, 65536 + self._settings.llm_reply_tokens * _BYTES_PER_TOKEN)
            response.stream = _Bounded(response.stream, budget)  # type: ignore[arg-type]
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            await (self._whole(response) if kind == "application/json" else self._events(response))

    async def _whole(self, response: httpx.Response) -> None:
        """A server that does not stream."""
        value = json.loads(await response.aread())
        self._take(value, "message")

    async def _events(self, response: httpx.Response) -> None:
        finished = False
        written = ""
        async for event in EventSource(response).aiter_sse():
            if event.data.strip() == "[DONE]":
                finished = True
                break
            piece, end = self._take(json.loads(event.data), "delta")
            finished = finished or end
            written = (written + piece)[-_LOOP[0] * _LOOP[1] :]
            if piece and _loops(written):
                raise LLMProblem("语言模型在反复说同一段话")
        if not finished:
            raise LLMProblem("语言模型的回答中途断了")

    def _take(self, value: Any, part: str) -> tuple[str, bool]:
        """The text of one event, passed on, and whether the model says that it is done."""
        if not isinstance(value, dict) or value.get("error"):
            raise LLMProblem("语言模型服务报告了一个错误")
        if isinstance(value.get("usage"), dict):
            self._counted = value["usage"]
        choices = value.get("choices") or []
        if not choices:  # the event that carries the usage has none
            if part == "message":
                raise LLMProblem("语言模型没有给出回答")
            return "", False
        text = (choices[0].get(part) or {}).get("content") or ""
        if not isinstance(text, str):
            raise LLMProblem("语言模型服务的回复格式不对")
        if "\ufffd" in text:
            raise LLMProblem("语言模型服务的回复不是 UTF-8 文字")
        self._length += len(text)
        self._tokens += tokens(text)
        if self._length > 4 * self._settings.llm_reply_tokens:
            raise LLMProblem("语言模型的回答太长")
        if text:
            self._pass_on(text)
        return text, bool(choices[0].get("finish_reason"))

    def _pass_on(self, text: str) -> None:
        """Give out text, but for an end that may become the key: a server that echoes it is not listened to."""
        text = self._held + text
        if len(self._key) < _SECRET:
            self._pieces.put(text)
            return
        if self._key in text:
            raise LLMProblem("语言模型服务的回复里有密钥")
        longest = min(len(text), len(self._key) - 1)
        kept = next((n for n in range(longest, 0, -1) if self._key.startswith(text[-n:])), 0)
        self._held = text[len(text) - kept :]
        if shown := text[: len(text) - kept]:
            self._pieces.put(shown)


class _Refused(Exception):
    """A status other than 200."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.after = 0.0  # seconds that the server asks to wait
        with suppress(ValueError):
            self.after = _seconds(response.headers.get("retry-after", "0"))


def _count(value: Any) -> int | None:
    """A number of tokens as a server gives it; ``None`` if it is none.

    >>> _count(12), _count("many"), _count(-1), _count(float("nan"))
    (12, None, None, None)
    """
    return value if isinstance(value, int) and 0 <= value < 10**9 else None


def _seconds(asked: str) -> float:
    """A ``Retry-After``: seconds, or the date to wait for.

    Raises:
        ValueError: neither.
    """
    with suppress(ValueError):
        return min(max(float(asked), 0.0), 86400.0)
    date = parsedate_to_datetime(asked)
    return max((date - datetime.now(date.tzinfo)).total_seconds(), 0.0)


class _Bounded(httpx.AsyncByteStream):
    """A body that may not grow past ``limit`` bytes."""

    def __init__(self, body: httpx.AsyncByteStream, limit: int) -> None:
        self._body, self._limit = body, limit

    async def __aiter__(self) -> Any:
        size = 0
        async for chunk in self._body:
            size += len(chunk)
            if size > self._limit:
                raise LLMProblem("语言模型的回答太长")
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, _Refused):
        return error.status in _TRANSIENT and error.after <= _LONGEST_WAIT
    return isinstance(error, (httpx.ConnectError, httpx.RemoteProtocolError)) and not _caused_by(error, ssl.SSLError)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, _Refused) else 0.0
    return float(max(asked, _BACKOFF * 2 ** (state.attempt_number - 1)))


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, kind):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _told(error: Exception) -> LLMProblem:
    """What a reader is told of a failure."""
    while isinstance(error, ExceptionGroup):  # anyio's, of the ways to connect
        error = error.exceptions[0]
    if isinstance(error, _Refused):
        return LLMProblem(_refusal(error))
    if isinstance(error, httpx.ConnectTimeout):
        return LLMProblem("连接语言模型服务超时")
    if isinstance(error, httpx.TimeoutException):
        return LLMProblem("语言模型服务很久没有回应")
    if _caused_by(error, ssl.SSLError):
        return LLMProblem("与语言模型服务的加密连接失败,证书可能无法验证")
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, OverflowError)):
        return LLMProblem("语言模型服务的地址写得不对")
    if _caused_by(error, socket.gaierror):
        return LLMProblem("找不到语言模型服务的主机")
    if isinstance(error, httpx.ConnectError):
        return LLMProblem("连不上语言模型服务")
    if isinstance(error, (SSEError, ValueError, AttributeError, KeyError, TypeError, RecursionError)):
        return LLMProblem("语言模型服务的回复格式不对")
    if isinstance(error, httpx.TransportError):
        return LLMProblem("语言模型的回答中途断了")
    return LLMProblem("语言模型服务出了问题")


def _refusal(error: _Refused) -> str:
    if error.status in (401, 403):
        return "语言模型服务拒绝了密钥"
    if error.status == 404:
        return "语言模型服务没有这个地址或模型"
    if error.status == 429:
        return "语言模型服务太忙" + (f",要求 {error.after:.0f} 秒后再试" if error.after else "")
    return (
        f"语言模型服务出错(状态 {error.status})" if error.status >= 500 else f"语言模型服务拒绝了请求({error.status})"
    )


def _loops(text: str) -> bool:
    """Whether the end of a text is one run of 8 or more characters over and over.

    >>> _loops("行业增长很快。" * 9), _loops("行业增长很快。" * 2)
    (True, False)
    """
    longest, times = _LOOP
    return any(text.endswith(text[-size:] * times) for size in range(8, min(longest, len(text) // times) + 1))
