"""The command line: results on stdout, everything else on stderr, one clear line on failure."""

import io
import json
import os
import sys
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer

from .admin import feedback, users
from .errors import BadInput, HujinError, reason
from .evaluation.commands import app as evaluation
from .settings import Settings, load_settings
from .study.teaching import app as study
from .usage import CommandLine, IndexOption, JsonOption, conclude, explain, print_json, tell

app = CommandLine("hujin-qa", "向中文文档提问,句句有出处。")
app.add_typer(evaluation)
app.add_typer(study)
app.add_typer(users)
app.add_typer(feedback)

TopOption = Annotated[int | None, typer.Option("-k", min=1, max=100, help="返回几段")]

_Reply = Callable[[Any, dict[str, Any]], dict[str, Any]]
"""An id and a line of JSON to what is printed for it."""


@app.command()
def index(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]…", help="文件、文件夹或 BEIR corpus.jsonl;不写则是索引原来的文档"),
    ] = None,
    index: IndexOption = None,
    force: Annotated[bool, typer.Option("--force", help="没有变化也重建")] = False,
    as_json: JsonOption = False,
) -> None:
    """建立索引;文档没有变化时什么也不做。"""
    from .assistant import ensure_index
    from .index import read_manifest

    settings = load_settings(index=index)
    built = ensure_index(settings, paths or (), tell, force)
    manifest = read_manifest(settings.index)
    if as_json:
        sizes = {name: manifest[name] for name in ("documents", "passages", "sentences", "encoder")}
        print_json({"index": str(settings.index), "built": built, **sizes})
    elif not built:
        tell(f"索引已是最新:{settings.index}")


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="要找的内容;- 表示从标准输入逐行读 JSON")],
    k: TopOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """只检索,不作答。"""
    from .payload import hit_payload

    settings = load_settings(index=index)
    assistant = _assistant(settings)
    if question == "-":
        _answer_lines(
            lambda id_, value: {"id": id_, "hits": [hit_payload(h) for h in assistant.search(_question(value), k)]}
        )
        return
    if not question.strip():
        raise BadInput("问题是空的。请输入想找的内容。")
    hits = assistant.search(question, k)
    if as_json:
        print_json({"id": "1", "hits": [hit_payload(h) for h in hits]})
        return
    for hit in hits:
        print(
            f"{hit.rank}. [{hit.score:.2f}] {hit.passage.id}  {' › '.join(hit.passage.section)}\n   {hit.passage.text}"
        )


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题;- 表示从标准输入逐行读 JSON")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """提一个问题,得到带出处的回答。"""
    from .payload import answer_payload

    assistant = _assistant(load_settings(index=index))
    if question == "-":
        _answer_lines(
            lambda id_, value: answer_payload(
                assistant.ask(_question(value), [("user", text) for text in _history(value)]), id_
            )
        )
        return
    if not question.strip():
        raise BadInput("问题是空的。请输入想问的内容。")
    if as_json:
        print_json(answer_payload(assistant.ask(question), "1"))
    else:
        _show(_drafted(assistant, question, []))


@app.command()
def chat(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """在终端里连续提问,可以追问;空行结束。"""
    from .payload import answer_payload

    assistant = _assistant(load_settings(index=index))
    history: list[tuple[str, str]] = []
    tell("请提问,空行结束。")
    prompt = "> " if sys.stdin.isatty() and sys.stdout.isatty() else ""  # on stdout, where results go
    while True:
        try:
            question = input(prompt).strip()
        except EOFError:
            return
        if not question:
            return
        answer = _drafted(assistant, question, history)
        if as_json:
            print_json(answer_payload(answer, str(len(history) // 2 + 1)))
        else:
            _show(answer)
        history += [("user", question), ("assistant", answer.text)]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="端口;0 表示任选一个")] = None,
    update: Annotated[bool, typer.Option("--update", help="文档有变化时先重建索引")] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """打开网页聊天(默认只在本机);索引要建的时候,网页上会说正在建立。"""
    from .web import serve as serve_web

    def opened(address: str) -> None:
        if as_json:
            print_json({"url": address})

    serve_web(load_settings(host=host, port=port, index=index), tell, opened, update)


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """检查环境、模型和索引,指出怎么修。"""
    from .doctor import checks

    results = checks(load_settings(index=index))
    if as_json:
        print_json(
            {
                "ok": all(c.ok for c in results),
                "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in results],
            }
        )
    else:
        for check in results:
            print(f"{'✓' if check.ok else '✗'} {check.name}:{check.detail}")
    if not all(c.ok for c in results):
        raise typer.Exit(1)


@app.command("download-model")
def download(
    name: Annotated[str, typer.Argument(help="sentence-transformers 模型名")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """下载另一个向量模型(要联网;其余命令只在设了 OPENAI_BASE_URL 时连大模型)。"""
    from .encoder import download_model

    settings = load_settings(index=index)
    path = download_model(name)
    how = f"用它建索引:HUJIN_QA_ENCODER={name} hujin-qa index --index {settings.index}"
    conclude(as_json, {"model": name, "path": str(path)}, f"已下载:{path}\n{how}")


def _assistant(settings: Settings) -> Any:
    from .assistant import Assistant

    return Assistant.open(settings, tell)


def _drafted(assistant: Any, question: str, history: list[tuple[str, str]]) -> Any:
    """The answer; what a language model drafts on the way runs along on stderr, dim on a terminal."""
    from .types import Delta

    on, off = ("\033[2m", "\033[0m") if sys.stderr.isatty() else ("", "")
    drafting, answer = False, None
    try:
        for event in assistant.stream(question, history):
            if isinstance(event, Delta) and not event.text:
                continue
            if isinstance(event, Delta):
                print(("" if drafting else f"{on}草稿(未核对):") + event.text, end="", file=sys.stderr, flush=True)
                drafting = True
            else:
                answer = event
    finally:
        if drafting:
            print(off, file=sys.stderr)
    return answer


def _show(answer: Any) -> None:
    from .payload import BY_MODEL, confidence_words, note_line, usage_line

    if answer.interpreted != answer.question:
        print(f"(理解为:{answer.interpreted})")
    print(answer.text)
    if answer.remark:
        print(f"({answer.remark})")
    for note in answer.notes:
        print(f"⚠ {note_line(note)}")
    for c in answer.citations:
        print(f"  [{c.n}] {' › '.join(c.section)}({c.passage})「{c.quote}」")
    if answer.citations:
        print(f"  {confidence_words(answer)}({answer.confidence:.2f})")
    if answer.reader == "llm" and answer.claims:
        print(f"  {BY_MODEL}")
    if used := usage_line(answer):
        print(f"  {used}")
    for suggestion in answer.suggestions:
        print(f"  可以问:{suggestion}")


def _answer_lines(reply: _Reply) -> None:
    """Answer every line of standard input under its own id, or its number where it names none."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
        if line.strip():
            _answer_line(str(number), line, reply)


def _answer_line(id_: Any, line: str, reply: _Reply) -> None:
    """Answer one line; a bad one is answered with its error and the rest go on."""
    try:
        value = json.loads(line, parse_float=_number, parse_constant=_number)
    except (ValueError, RecursionError):
        print_json({"id": id_, "error": "这一行不是合法的 JSON。"})
        return
    if not isinstance(value, dict):
        print_json({"id": id_, "error": "每一行要是一个 JSON 对象,含 question。"})
        return
    id_ = value.get("id", id_)
    try:
        print_json(reply(id_, value))
    except HujinError as error:
        print_json({"id": id_, "error": str(error)})


def _number(spelled: str) -> float:
    """A number that JSON can say again: neither NaN nor beyond all bounds."""
    if not isfinite(value := float(spelled)):
        raise ValueError(spelled)
    return value


def _question(value: dict[str, Any]) -> str:
    question = value.get("question")
    if not isinstance(question, str) or not question.strip():
        raise BadInput("缺少 question,或它不是一段文字。")
    return question


def _history(value: dict[str, Any]) -> list[str]:
    history = value.get("history", [])
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise BadInput("history 要是先前问题的列表。")
    return history


def main() -> None:
    """Entry point: turns every failure into one line and an exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # what a console cannot spell is "?", never an error
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except HujinError as error:
        tell(str(error))
        code = 1
    except typer.TyperException as error:
        tell(explain(error))
        code = error.exit_code
    except KeyboardInterrupt:  # between two commands' own handling
        code = 130
    except typer.Abort:
        code = 1
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        tell(f"文件读写失败:{error.filename or ''} {reason(error)}。请检查路径、权限和磁盘空间后再试。")
        code = 1
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        tell(f"程序内部出错({type(error).__name__}:{error})。要看细节,请设置环境变量 PYTHONDEVMODE=1 再运行一次。")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
