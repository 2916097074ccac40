"""A command line that speaks Chinese: its help pages, its JSON, and what it says of a line that was typed wrong.

typer's own texts are English and only in part open to translation, so the finished page is translated, and
an error is told again from what it knows.
"""

import codecs
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from typer.core import TyperCommand, TyperGroup

from .settings import unfit

IndexOption = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="索引文件夹")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_WORDS = (
    (r"^Usage:", "用法:"),
    (r"^Options:$", "选项:"),
    (r"^Arguments:$", "参数:"),
    (r"^Commands:$", "命令:"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"\[OPTIONS\]", "[选项]"),
    (r"\[required\]", "[必填]"),
    (r"\[default: (.*?)\]", r"[默认 \1]"),
    (r"Show this message and exit\.", "显示这页说明"),
)


def _translate(page: str) -> str:
    for english, chinese in _WORDS:
        page = re.sub(english, chinese, page, flags=re.MULTILINE)
    return page


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _translate(super().get_help(ctx))


class _Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return _translate(super().get_help(ctx))


class CommandLine(typer.Typer):
    """A group of commands. ``app.add_typer(CommandLine("study", "…"))`` puts one below another.

    One that stands ``alone`` does something without a command too.
    """

    def __init__(self, name: str, help: str, *, alone: bool = False) -> None:
        super().__init__(
            name=name,
            help=help,
            cls=_Group,
            no_args_is_help=not alone,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
        )

    def command(self, name: str | None = None, **options: Any) -> Callable[[_Function], _Function]:
        return super().command(name, cls=_Command, **options)


def tell(line: str) -> None:
    """Say something to the person, not to the program that reads the output."""
    print(line, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """One line of JSON on stdout; where that is not UTF-8, what it may lack is escaped."""
    utf8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    print(json.dumps(value, ensure_ascii=not utf8), flush=True)


def conclude(as_json: bool, value: Any, line: str) -> None:
    """What a command did: as JSON for a program, or as a line for the person."""
    if as_json:
        print_json(value)
    else:
        tell(line)


def explain(error: typer.TyperException) -> str:
    """What is wrong with the line that was typed, and what to type next. A bare command gets its help page."""
    kind = type(error).__name__  # typer keeps most of these classes to itself
    if kind == "NoArgsIsHelpError":
        return error.format_message()
    context: Any = getattr(error, "ctx", None)
    command = context.command_path if context else "hujin-qa"
    return f"{_fault(error, kind)}用法见:{command} --help"


def _fault(error: Any, kind: str) -> str:
    if kind == "NoSuchOption":
        near = f",是不是想写 {'、'.join(sorted(error.possibilities))}?" if error.possibilities else "。"
        return f"没有 {error.option_name} 这个选项{near}"
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} {'不带值' if 'not take' in error.message else '后面缺少它的值'}。"
    if kind == "MissingParameter":
        return f"缺少{'参数' if error.param.param_type_name == 'argument' else '选项'} {_name(error)}。"
    if kind == "BadParameter":
        cause = error.__cause__
        why = unfit(cause.errors()[0]) if isinstance(cause, ValidationError) else error.message
        if choices := re.search(r"is not one of ('.*')\.$", why, re.DOTALL):
            why = f"应为 {choices[1].replace(', ', '、')} 之一"
        return f"{_name(error)} 的值不可用:{why}。"
    if name := re.match(r"No such command '(.*)'", error.message, re.DOTALL):
        return f"没有 {name[1]} 这个命令。"
    if extra := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", error.message, re.DOTALL):
        return f"多出了 {extra[1]}。含空格的内容请放在引号里;"
    return f"命令写得不对:{error.format_message()}。"


def _name(error: Any) -> str:
    return "/".join(error.param.opts) if error.param.param_type_name == "option" else str(error.param.name).upper()
