"""Write docs/commands.md from the command line itself; `--check` fails if the page is out of date."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from hujin_qa.cli import app

PAGE = Path(__file__).parent / "commands.md"


def page() -> str:
    """Every command with its arguments and options, as its own help words them."""
    lines = ["# 命令", "", "由 `docs/commands.py` 从程序生成,请勿手改。", ""]
    for name, command in found(typer.main.get_command(app), "hujin-qa"):
        lines += [f"## {name}", "", command.help or "", ""]
        for parameter in command.params:
            spelled = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
            lines.append(f"- `{spelled}` {getattr(parameter, 'help', None) or ''}".rstrip())
        lines.append("")
    return "\n".join(lines)


def found(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command below a group with the words that call it."""
    for name, command in sorted(group.commands.items()):
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield f"{path} {name}", command
        if hasattr(command, "commands"):
            yield from found(command, f"{path} {name}")


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/commands.md is out of date: run python docs/commands.py")
