"""Write what is generated: docs/commands.md from the command line, the README's table from the last ablation.

``--check`` fails if one of them is out of date.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from hujin_qa.cli import app
from hujin_qa.evaluation.ablation import ablation_table

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=<!-- ablation -->\n).*?(?=<!-- /ablation -->)", re.DOTALL)


def page() -> str:
    """Every command with its arguments and options, as its own help words them."""
    lines = ["# 命令", "", "由 `docs/commands.py` 从程序生成,请勿手改。", ""]
    for name, command in found(typer.main.get_command(app), "hujin-qa"):
        lines += [f"## {name}", "", command.help or "", ""]
        for parameter in command.params:
            spelled = (
                ", ".join(parameter.opts)
                if parameter.param_type_name == "option"
                else parameter.metavar or parameter.name.upper()
            )
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


def readme() -> str:
    """The README with the table as the file of the last ablation has it."""
    table = ablation_table(json.loads((ROOT / "eval/results/ablation.json").read_text(encoding="utf-8")))
    return BLOCK.sub(lambda _: f"\n{table}\n", (ROOT / "README.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    for name, made in (("docs/commands.md", page()), ("README.md", readme())):
        path = ROOT / name
        if "--check" not in sys.argv:
            path.write_text(made, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != made:
            sys.exit(f"{name} is out of date: run python docs/commands.py")
