"""Who is asking: a name and what it may do."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["staff", "trainer", "evaluator"]
"""``staff`` ask and learn; ``trainer`` also runs courses; ``evaluator`` also runs question sets."""

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class User:
    """One person. Everything that is kept is kept under ``name``."""

    name: str
    roles: frozenset[Role] = frozenset({"staff"})


LOCAL = User("local", frozenset(ROLES))
"""Whoever sits at this machine: on loopback, as long as there are no users, nobody logs in and everything is allowed."""
