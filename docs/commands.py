"""Write docs/commands.md from the command line itself; `--check` fails if the page is out of date."""

import sys
from pathlib import Path

import typer

from hujin_qa.cli import app

PAGE = Path(__file__).parent / "commands.md"


def page() -> str:
    """Every command with its arguments and options, as its own help words them."""
    group = typer.main.get_command(app)
    lines = ["# 命令", "", "由 `docs/commands.py` 从程序生成,请勿手改。", ""]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        lines += [f"## hujin-qa {name}", "", command.help or "", ""]
        for parameter in command.params:
            spelled = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
            lines.append(f"- `{spelled}` {getattr(parameter, 'help', None) or ''}".rstrip())
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/commands.md is out of date: run python docs/commands.py")
