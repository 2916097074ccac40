"""Who may come in, and who is asking."""

import ipaddress
from collections.abc import Mapping
from typing import Any

import gradio as gr

from ..accounts import Accounts
from ..errors import BadInput
from ..settings import Settings
from ..users import LOCAL, User
from .language import say


def guard(settings: Settings) -> Accounts | None:
    """The accounts to log in with; ``None`` where no login is needed: on this machine, as long as nobody is named.

    Raises:
        BadInput: unreadable users, or none although other machines could reach the page.
    """
    accounts = Accounts.of(settings)
    if accounts.all():
        return accounts
    if not _is_loopback(settings.host):
        raise BadInput(say.NEEDS_LOGIN.format(host=settings.host))
    return None


def user_of(request: gr.Request, accounts: Accounts) -> User:
    """Who sent a request. Nobody's name is on it only where the page was opened without login.

    Raises:
        BadInput: the user was removed after logging in.
    """
    if request.username is None:
        return LOCAL
    if found := accounts.find(request.username):
        return found
    raise BadInput(say.LOGGED_OUT)


class Tokens(dict[str, str]):
    """Gradio's tokens of who logged in, which it never asks about again.

    That of a user who was removed since, or removed and added again with another password, counts no more.
    """

    def __init__(self, accounts: Accounts, tokens: Mapping[str, str]) -> None:
        super().__init__()
        self._accounts = accounts
        self._credentials: dict[str, str] = {}  # of each token when it was given
        for token, name in tokens.items():
            self[token] = name

    def __setitem__(self, token: str, name: str) -> None:
        self._credentials[token] = self._accounts.credential(name)
        super().__setitem__(token, name)

    def get(self, token: Any, default: Any = None) -> Any:
        """The user of a token."""
        name = super().get(token)
        if name is None:
            return default
        credential = self._accounts.credential(name)
        return name if credential and credential == self._credentials[token] else default


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
