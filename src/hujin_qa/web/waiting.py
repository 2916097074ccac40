"""What a browser sees at the chat's address while the index is still being built: a page that becomes the chat."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http import HTTPStatus
from socket import socket
from threading import Thread

import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from .language import language_of, say, speaking, spoken

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


@contextmanager
def waiting(place: socket, language: str, headers: list[tuple[bytes, bytes]]) -> Iterator[None]:
    """Answer every request at a bound socket with 503 and a page that tries again by itself, in its visitor's language;
    the socket is closed in the end.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        visit = Request(scope)
        with speaking(language_of(visit.cookies, visit.headers, language)):
            told = HTMLResponse(
                _page(), HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "5", "cache-control": "no-store"}
            )
        told.raw_headers += headers
        await told(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(answer, log_level="critical", lifespan="off", ws="none"))
    thread = Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
    place.listen()  # who comes before the thread has begun waits in line
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _page() -> str:
    words = json.dumps([say.BUILDING, say.BUILDING_ENDED]).replace("<", "\\u003c")
    return _PAGE.format(
        lang={"zh": "zh-CN", "en": "en"}[spoken()],
        page=escape(say.PAGE),
        building=escape(say.BUILDING),
        look=_LOOK.replace("WORDS", words),
    )
