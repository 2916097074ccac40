"""In which language a page speaks: the one that its visitor chose, else the first of the browser's that there is.

What ``say`` has is a word of ``strings`` (Chinese) or of the same name in ``english``: while a request is handled in its
visitor's language, else in Chinese. A page is built once in each language; Gradio serves the one that is asked for.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, get_args

import gradio as gr
from gradio.context import Context, LocalContext

from . import english, strings

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
COOKIE = "hujin-language"

_HERE: ContextVar[Language] = ContextVar("language", default="zh")


def language_of(cookies: Mapping[str, str], headers: Mapping[str, str], default: str = "auto") -> Language:
    """What a request wants.

    >>> language_of({}, {"accept-language": "fr,en-US;q=0.9,zh;q=0.8"}), language_of({"hujin-language": "zh"}, {})
    ('en', 'zh')
    """
    accepted = [part.strip()[:2].lower() for part in headers.get("accept-language", "").split(",")]
    for wanted in (cookies.get(COOKIE, ""), default, *(accepted if default == "auto" else ())):
        for language in LANGUAGES:
            if wanted == language:
                return language
    return "zh"


def spoken() -> Language:
    """The language of the request that is handled here."""
    request = LocalContext.request.get(None)
    return _HERE.get() if request is None else language_of(request.cookies, request.headers)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language meanwhile, where no event of Gradio is handled."""
    token = _HERE.set(language)
    try:
        yield
    finally:
        _HERE.reset(token)


class _Words:
    def __getattr__(self, name: str) -> Any:
        return getattr(english if spoken() == "en" else strings, name)


if TYPE_CHECKING:
    say = strings
else:
    say = _Words()


def said_now(words: str) -> str:
    """Words that were kept in whatever language was spoken then."""
    for name in ("STOPPED", "FAILED"):
        if words in (getattr(strings, name), getattr(english, name)):
            return str(getattr(say, name))
    return words


class Page(gr.Blocks):
    """A page whose words are in the language of whoever asks for it. Make it with :func:`in_every_language`."""

    twins: Mapping[str, dict[str, Any]] = {}

    @property
    def config(self) -> Any:
        """What Gradio sends to the browser: the components and how they hang together."""
        twin = self.twins.get(_HERE.get(), {})
        return {**self._config, **{name: twin[name] for name in ("components", "pages", "title") if name in twin}}

    @config.setter
    def config(self, value: Any) -> None:
        self._config = value


def in_every_language(make: Callable[[], Page]) -> Page:
    """The page with its twins, in which everything but the words is the same, the numbers of the components too."""
    first, pages = Context.id, []
    for language in LANGUAGES:
        Context.id = first
        with speaking(language):
            pages.append(make())
    page, *others = pages
    page.twins = {language: other.config for language, other in zip(LANGUAGES[1:], others, strict=True)}
    return page
