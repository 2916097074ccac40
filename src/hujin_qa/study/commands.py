"""``hujin-qa study``: the course in the terminal."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..settings import load_settings
from ..usage import CommandLine

app = CommandLine("study", "学习:路径、测验和卡片,每题都有出处。")

IndexOption = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="索引文件夹")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]
SeedOption = Annotated[int, typer.Option("--seed", help="同一个数得到同样的题和顺序")]


@app.command()
def items(
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="最多几题")] = None,
    seed: SeedOption = 0,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出全部题目,一行一题。"""
    from ..assistant import Assistant
    from .bank import make_bank
    from .items import item_payload

    bank = make_bank(Assistant.open(load_settings(index=index), _say).index, seed)
    for item in bank.items[:limit]:
        print(json.dumps(item_payload(item), ensure_ascii=False) if as_json else f"[{item.kind}] {item.stem}")
    refused = "、".join(f"{reason} {n}" for reason, n in bank.refused.most_common())
    _say(f"共 {len(bank.items)} 题;检查退回 {bank.refused_share:.0%}" + (f"({refused})。" if refused else "。"))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
