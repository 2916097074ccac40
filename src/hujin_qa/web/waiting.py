"""What a browser sees at the chat's address while the index is still being built: a page that becomes the chat."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread
from typing import Any

from starlette.requests import cookie_parser

from .language import LANGUAGES, Language, language_of, say, speaking

_LOOK = """const p = document.querySelector("p"), bar = document.querySelector("progress"), [building, silent] = WORDS;
let missed = 0;
setInterval(async () => {
  try {
    if ((await fetch(location.href, { cache: "no-store" })).status !== 503) location.reload();
    missed = 0;
  } catch { missed++; }
  bar.hidden = missed >= 8; // the chat takes a moment to follow
  p.textContent = bar.hidden ? silent : building;
}, 1000);"""
_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{page}</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark; }}
body {{ margin: 18vh auto 0; padding: 0 20px; max-width: 36em; font: 16px/1.8 system-ui, sans-serif; }}
progress {{ width: 100%; accent-color: #0f766e; }}
</style></head><body><main><h1>{page}</h1><p id="state" role="status">{building}</p>
<progress aria-labelledby="state"></progress></main><script>{look}</script></body></html>"""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A browser that left is no news."""


@contextmanager
def waiting(place: socket, language: str, headers: list[tuple[bytes, bytes]]) -> Iterator[None]:
    """Answer every request at a bound socket with 503 and a page that tries again by itself, in its visitor's language;
    the socket is closed in the end.
    """
    pages: dict[Language, bytes] = {}
    for each in LANGUAGES:
        with speaking(each):
            words = json.dumps([say.BUILDING, say.BUILDING_ENDED]).replace("<", "\\u003c")
            pages[each] = _PAGE.format(
                lang={"zh": "zh-CN", "en": "en"}[each],
                page=escape(say.PAGE),
                building=escape(say.BUILDING),
                look=_LOOK.replace("WORDS", words),
            ).encode()

    class Answer(BaseHTTPRequestHandler):
        def answer(self) -> None:
            cookies = cookie_parser(self.headers.get("cookie", ""))
            body = pages[language_of(cookies, {k.lower(): v for k, v in self.headers.items()}, language)]
            self.send_response(HTTPStatus.SERVICE_UNAVAILABLE)
            for name, value in headers:
                self.send_header(name.decode(), value.decode())
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.send_header("retry-after", "5")
            self.send_header("cache-control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing that an operator needs to see."""

    with _Server(place.getsockname(), Answer, bind_and_activate=False) as server:
        server.socket.close()
        server.socket = place
        server.server_activate()
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
