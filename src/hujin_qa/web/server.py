"""Open the chat to a browser: where it listens, who may come in, what a page may load."""

import errno
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..accounts import Accounts
from ..assistant import Assistant, ensure_index, sources_of
from ..chats import Chats
from ..errors import BadInput, reason
from ..index import read_manifest
from ..settings import Settings
from ..study.course import Course
from ..study.store import Store
from ..suggestions import first_questions
from .bench import Bench
from .language import COOKIE, language_of, say, speaking
from .login import Tokens, guard
from .page import Site, assets, build
from .talk import Talk
from .waiting import waiting

_POLICY = (  # the browser itself refuses every other host
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)
_SESSIONS = 1000  # of browsers, the latest; Gradio keeps a third of a megabyte for each
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


def serve(
    settings: Settings,
    say_line: Callable[[str], None],
    opened: Callable[[str], None] = lambda _: None,
    update: bool = False,
) -> None:
    """Open the index, start the chat and stay until interrupted.

    A missing index is built first; with ``update``, one that is not what its documents hold now. Meanwhile a browser is
    told so at the chat's address. ``opened`` is told the address once the chat answers there.

    Raises:
        BadInput: an address off this machine without users, a busy port.
        HujinError: whatever keeps the assistant from opening.
    """
    guard(settings)
    check_address(settings)
    settings = settings.model_copy(update={"port": settings.port or _free_port(settings.host)})
    with ExitStack() as meanwhile:
        report = _telling(settings, say_line, meanwhile)
        gone = [path for path in sources_of(settings)[0] if not path.exists()]
        if update and gone:
            say_line(say.SOURCES_GONE.format(path=gone[0]))
        elif update:
            ensure_index(settings, report=report)
        page = _page(Assistant.open(settings, report))
    address = launch(page, settings)
    say_line(say.OPENED.format(address=address) + "  " + say.STOP_HINT)
    opened(address)
    try:
        while True:
            time.sleep(3600)  # unlike a lock, interruptible everywhere
    finally:
        page.close(verbose=False)


def _telling(settings: Settings, say_line: Callable[[str], None], meanwhile: ExitStack) -> Callable[[str], None]:
    """A report of the building of an index, whose first line lets browsers wait at the address."""
    lines: list[str] = []

    def report(line: str) -> None:
        if not lines:
            place = _listen(settings.host, settings.port)
            meanwhile.enter_context(waiting(place, settings.language, _HEADERS))
        lines.append(line)
        say_line(line)

    return report


def _page(assistant: Assistant) -> gr.Blocks:
    settings, index = assistant.settings, assistant.index
    chats = Chats(settings.data / "chats.db")
    return build(
        Site(
            Talk(assistant.stream, index.documents, chats, _versions(settings)),
            Accounts.of(settings),
            index.notes,
            first_questions(index, 4),
            Course.of(index, Store.of(settings)),
            Bench.of(assistant),
        )
    )


def launch(page: gr.Blocks, settings: Settings) -> str:
    """Start serving in the background; the address."""
    port = settings.port or _free_port(settings.host)
    _bypass_proxy()
    dress, accounts = assets(), guard(settings)
    options: dict[str, Any] = {
        "server_name": settings.host,
        "server_port": port,
        "root_path": settings.root_path or None,
        "auth": accounts.admits if accounts else None,
        "auth_message": say.LOGIN,
        "app_kwargs": {"middleware": [Middleware(_Visit, language=settings.language, head=dress["head"])]},
    }
    try:
        app, address, _ = page.launch(
            **options,
            **dress,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            mcp_server=False,
            ssr_mode=False,
            pwa=False,
            max_file_size=1,
            state_session_capacity=_SESSIONS,
        )
    except OSError:
        raise BadInput(say.PORT_BUSY.format(port=port, other=port + 1)) from None
    if accounts:
        app.tokens = Tokens(accounts, app.tokens)
    return str(address).rstrip("/")


def check_address(settings: Settings) -> None:
    """Fail before the model is loaded if the address cannot be had.

    Raises:
        BadInput: the port is busy or forbidden, or the host is not an address of this machine.
    """
    try:
        with _listen(settings.host, settings.port):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadInput(say.PORT_BUSY.format(port=settings.port, other=settings.port + 1)) from None
        told = say.NO_ADDRESS.format(host=settings.host, port=settings.port, reason=reason(error))
        raise BadInput(told) from None


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, kind)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name != "nt")
        found.bind(address)
    except OSError:
        found.close()
        raise
    return found


def _free_port(host: str) -> int:
    with _listen(host, 0) as found:
        return int(found.getsockname()[1])


def _bypass_proxy() -> None:
    """Gradio calls itself once it is up, and would ask a proxy of the environment for that."""
    direct = [*filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY")]), "localhost", "127.0.0.1"]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(dict.fromkeys(direct))


def _versions(settings: Settings) -> dict[str, str]:
    """What answers, so that a verdict can be understood later."""
    manifest = read_manifest(settings.index)
    told = {name: str(manifest[name]) for name in ("format", "splitter", "encoder", "corpus")}
    return {"hujin-qa": version("hujin-qa"), **told, "llm": settings.llm_model if settings.has_llm else ""}


class _Visit:
    """Adds the security headers to every response, settles the visitor's language and refuses files; streams pass
    through untouched."""

    def __init__(self, app: ASGIApp, language: str, head: str) -> None:
        self.app, self.language, self.head = app, language, head.encode()
        self.started = uuid4().hex.encode()  # for shell.js: a page that was open before is told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = Request(scope)
        language = language_of(visit.cookies, visit.headers, self.language)
        headers = [*_HEADERS, (b"x-hujin-started", self.started)]
        if visit.cookies.get(COOKIE) != language:  # for page.js and for events; until the browser is closed
            headers.append((b"set-cookie", f"{COOKIE}={language}; Path=/; SameSite=Lax".encode()))

        held: list[Message] = []  # the start of a page, until it is known whether it is the login

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
                if any(n == b"content-type" and v.startswith(b"text/html") for n, v in message["headers"]):
                    held.append(message)
                    return
            elif held:
                start = held.pop()
                if b'"auth_required":true' in message.get("body", b"").replace(b" ", b""):  # Gradio leaves it undressed
                    message["body"] = message["body"].replace(b"</head>", self.head + b"</head>", 1)
                    rest = [(n, v) for n, v in start["headers"] if n != b"content-length"]
                    start["headers"] = [*rest, (b"content-length", str(len(message["body"])).encode())]
                await send(start)
            await send(message)

        with speaking(language):
            refused = scope["method"] == "POST" and visit.url.path.rstrip("/").endswith("/upload")
            app = PlainTextResponse(say.NO_UPLOAD, 403) if refused else self.app
            await app(scope, receive, sent)


logging.getLogger("httpx").setLevel(logging.WARNING)
