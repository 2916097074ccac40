"""The operator's commands: ``hujin-qa users …`` and ``hujin-qa feedback …``."""

import getpass
import sys
from typing import Annotated

import typer

from .accounts import Accounts
from .errors import BadInput
from .settings import load_settings
from .usage import CommandLine, JsonOption, conclude, print_json, tell
from .users import ROLES

users = CommandLine("users", "管理能登录网页的用户。")
feedback = CommandLine("feedback", "用户对回答的评价。")


def _known(roles: list[str] | None) -> list[str] | None:
    if unknown := [r for r in roles or [] if r not in ROLES]:
        raise typer.BadParameter(f"没有 {'、'.join(unknown)} 这个角色,可用的有 {'、'.join(ROLES)}")
    return roles


RoleOption = Annotated[
    list[str] | None, typer.Option(callback=_known, help=f"角色({'、'.join(ROLES)}),可多次给出;不给则为 staff")
]
NameArgument = Annotated[str, typer.Argument(help="用户名")]


@users.command("add")
def add_user(name: NameArgument, role: RoleOption = None, as_json: JsonOption = False) -> None:
    """添加用户;密码在提示后输入,或从标准输入读一行。"""
    user = Accounts.of(load_settings()).add(name, _password(), [r for r in ROLES if r in (role or ["staff"])])
    roles = sorted(user.roles)
    conclude(as_json, {"name": user.name, "roles": roles}, f"已添加用户「{user.name}」({'、'.join(roles)})。")


@users.command("list")
def list_users(as_json: JsonOption = False) -> None:
    """列出能登录的用户和角色。"""
    found = Accounts.of(load_settings()).all()
    if as_json:
        print_json([{"name": u.name, "roles": sorted(u.roles)} for u in found])
        return
    for user in found:
        print(f"{user.name}  {'、'.join(sorted(user.roles))}")
    if not found:
        tell("还没有用户。添加请运行:hujin-qa users add 用户名")


@users.command("remove")
def remove_user(name: NameArgument, as_json: JsonOption = False) -> None:
    """不再让这个用户登录;他的对话仍保留。"""
    Accounts.of(load_settings()).remove(name)
    conclude(as_json, {"removed": name}, f"已移除用户「{name}」。")


@feedback.command("export")
def export_feedback(as_json: JsonOption = False) -> None:
    """把用户的评价变成候选评测题(JSON 行),人工核对、补上 facts 后可交给 eval。"""
    from .feedback import candidates

    found = list(candidates(load_settings().data / "chats.db"))
    for line in [found] if as_json else found:
        print_json(line)
    if not found:
        tell("还没有评价。用户在网页里给回答点赞或点踩之后,这里才有内容。")


def _password() -> str:
    """Typed twice at a terminal, else one line of standard input: never an argument, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("密码:")
    if getpass.getpass("再输一次:") != password:
        raise BadInput("两次输入的密码不同。请再试一次。")
    return password
