"""Who may log in: users kept in ``users.db``, and those whom the operator names in ``HUJIN_QA_AUTH``.

Passwords are kept as argon2id hashes; the setting's own are never written down.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from unicodedata import is_normalized

from .database import database
from .errors import BadInput
from .settings import Settings
from .users import LOCAL, ROLES, Role, User

SHORTEST = 8
"""Characters of a kept password."""

_NAME = re.compile(r"[\w.@-]{1,64}")
_MIGRATIONS = ("CREATE TABLE user (name TEXT PRIMARY KEY, roles TEXT NOT NULL, hash TEXT NOT NULL)",)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everyone who may log in. A kept user goes before one of the same name in the setting."""

    path: Path
    given: Mapping[str, str] = field(repr=False)  # name: password, of the setting

    @classmethod
    def of(cls, settings: Settings) -> "Accounts":
        """The accounts of these settings.

        Raises:
            BadInput: ``HUJIN_QA_AUTH`` is not ``user:password[,user:password…]``.
        """
        auth = settings.auth.get_secret_value() if settings.auth else ""
        pairs = [pair.partition(":") for pair in auth.split(",")] if auth else []
        given = {name.strip(): password for name, _, password in pairs}
        if not all(given.values()) or len(given) != len(pairs) or not all(map(_usable, given)):
            raise BadInput(
                "HUJIN_QA_AUTH 要写成 用户名:密码(多个用逗号分开),用户名和密码都不能空,用户名不能重复,"
                f"只含文字、数字和 _ . @ -,也不能是 {LOCAL.name}。请改正后重试。"
            )
        return cls(settings.data / "users.db", given)

    def all(self) -> list[User]:
        """Everyone, by name."""
        return [user for _, user in sorted(self._everyone().items())]

    def find(self, name: str) -> User | None:
        """Who has this name; ``None`` if nobody may log in with it, or no longer."""
        return self._everyone().get(name)

    def credential(self, name: str) -> str:
        """What a login under a name rests on: another as soon as the user is added anew; ``""`` if nobody has the name."""
        kept = self._kept().get(name)
        return kept[1] if kept else self.given.get(name, "")

    def _everyone(self) -> dict[str, User]:
        kept = {name: User(name, roles) for name, (roles, _) in self._kept().items()}
        return {name: User(name) for name in self.given} | kept

    def add(self, name: str, password: str, roles: Collection[Role] = frozenset[Role]({"staff"})) -> User:
        """Keep a new user.

        Raises:
            BadInput: the name is taken or unusable, or the password too short.
            DataProblem: the file cannot be used.
        """
        from argon2 import PasswordHasher

        if not _usable(name):
            raise BadInput(f"用户名「{name}」不可用:只能含文字、数字和 _ . @ -,最多 64 个字,不能是 {LOCAL.name}。")
        if self.find(name):
            raise BadInput(f"已有用户「{name}」。要换密码或角色,请先运行:hujin-qa users remove {name}")
        if len(password) < SHORTEST:
            raise BadInput(f"密码至少要 {SHORTEST} 个字符。请换一个再试。")
        user = User(name, frozenset(roles))
        with database(self.path, _MIGRATIONS) as db:
            row = (name, ",".join(r for r in ROLES if r in roles), PasswordHasher().hash(password))
            db.execute("INSERT INTO user VALUES (?, ?, ?)", row)
        return user

    def remove(self, name: str) -> None:
        """Let a kept user in no more. What is kept under the name stays.

        Raises:
            BadInput: nobody is kept under this name, or the setting would let it in with its own password.
            DataProblem: the file cannot be used.
        """
        if name in self.given:
            raise BadInput(f"用户「{name}」写在 HUJIN_QA_AUTH 里,仍能用那里的密码登录。请先从那里去掉,再移除。")
        if name not in self._kept():
            raise BadInput(f"没有保存过用户「{name}」。请用 hujin-qa users list 查看。")
        with database(self.path, _MIGRATIONS) as db:
            db.execute("DELETE FROM user WHERE name = ?", (name,))

    def admits(self, name: str, password: str) -> bool:
        """Whether name and password belong together; every name takes as long, so that none is told apart by it."""
        from argon2 import PasswordHasher
        from argon2.exceptions import InvalidHashError, VerificationError

        hasher, kept = PasswordHasher(), self._kept().get(name)
        if kept is None:
            hasher.hash(password)
            return name in self.given and compare_digest(password.encode(), self.given[name].encode())
        try:
            return hasher.verify(kept[1], password)
        except (VerificationError, InvalidHashError):
            return False

    def _kept(self) -> dict[str, tuple[frozenset[Role], str]]:
        if not self.path.exists():
            return {}
        with database(self.path, _MIGRATIONS) as db:
            rows = db.execute("SELECT name, roles, hash FROM user").fetchall()
        return {row["name"]: (frozenset(r for r in ROLES if r in row["roles"].split(",")), row["hash"]) for row in rows}


def _usable(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and is_normalized("NFKC", name) and name != LOCAL.name
