"""``hujin-qa eval``: run a question set, and everything that is done with a run."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..errors import BadInput
from ..settings import Fusion, load_settings
from ..usage import CommandLine, IndexOption, JsonOption, print_json, tell

app = CommandLine("eval", "评测:跑一个问题集,给出检索、回答、引用、拒答的数字和失败原因。", alone=True)

Format = Literal["trec", "beir", "ragas", "ragchecker"]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN.json", help="评测结果文件")]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path | None, typer.Option("--questions", metavar="FILE", help="问题集:.jsonl、.csv、.xlsx 或 BEIR 文件夹")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="RUN.json", help="把结果写到这个文件或文件夹")] = None,
    scores_only: Annotated[bool, typer.Option("--scores-only", help="结果文件只留分数,不留回答")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="接着上次没跑完的(同一个 --out)")] = False,
    fusion: Annotated[Fusion | None, typer.Option("--fusion", help="怎样合并两种检索")] = None,
    hits: Annotated[int | None, typer.Option("--hits", min=1, max=100, help="读几段")] = None,
    threshold: Annotated[float | None, typer.Option("--threshold", min=0, max=1, help="把握低于它就不答")] = None,
    extractive: Annotated[bool, typer.Option("--extractive", help="设了大模型也不用它")] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """跑一个问题集,给出检索、回答、引用、拒答的数字和失败原因。"""
    if context.invoked_subcommand:
        return
    from ..assistant import Assistant
    from .asking import finish, plan, runs
    from .questions import load_questions
    from .report import to_markdown
    from .runs import Journal, numbers, place, write_run

    if resume and not out:
        raise BadInput("--resume 要和上次的 --out 一起用。")
    chosen: dict[str, Any] = {"fusion": fusion, "hits": hits, "threshold": threshold}
    if extractive:
        chosen["llm_model"] = ""
    settings = load_settings(index=index, **chosen)
    path = questions or settings.corpus.parent / "eval" / "hujin.jsonl"
    asked = load_questions(path)
    assistant = Assistant.open(settings, tell)
    planned = plan(assistant, asked, path.stem)
    target = place(planned, out) if out else None
    journal = Journal(target.with_name(target.name + ".journal")) if target else None
    try:
        done = finish(runs(assistant, asked, planned, journal, resume), _progress)
    except KeyboardInterrupt:
        if journal:
            tell("已停止。问过的都留着,同一条命令加 --resume 就接着跑。")
        raise
    made = numbers(done)
    if target and journal:
        tell(f"结果已写到 {write_run(done, target, whole=not scores_only, made=made)}")
        journal.end()
    if as_json:
        print_json(made)
    else:
        print(to_markdown(done, made))


@app.command()
def ablate(
    questions: Annotated[Path | None, typer.Option("--questions", metavar="FILE", help="问题集")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="把结果写到这个文件")] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """每一步值多少:从只用词检索起,一步步加到完整的系统,各跑一遍。"""
    from ..assistant import Assistant
    from ..files import write_whole
    from .ablation import ablate as stages
    from .ablation import ablation_table, ablation_value
    from .questions import load_questions

    settings = load_settings(index=index)
    path = questions or settings.corpus.parent / "eval" / "hujin.jsonl"
    asked = load_questions(path)
    value = ablation_value(list(stages(Assistant.open(settings, tell), asked, path.stem, tell)))
    if out:
        tell(f"结果已写到 {write_whole(out, json.dumps(value, ensure_ascii=False, indent=1) + chr(10))}")
    if as_json:
        print_json(value)
    else:
        print(ablation_table(value))


@app.command()
def compare(
    first: RunArgument,
    second: Annotated[Path, typer.Argument(metavar="OTHER.json", help="另一次的结果")],
    as_json: JsonOption = False,
) -> None:
    """比较同一个问题集的两次结果:差多少、是否碰巧、哪些题变对变错。"""
    from .compare import compare
    from .judge import CAUSES
    from .report import comparison_lines, word
    from .runs import read_run

    found = compare(read_run(first), read_run(second))
    if as_json:
        print_json(_payload(found))
        return
    for c in found.changes:
        mark = ("↑" if c.better else "↓") if c.significant else " "
        told = f"{c.first:.3f} → {c.second:.3f}  差 {c.difference.mean:+.3f}"
        print(
            f"{mark} {word(c.measure)}({c.n} 题):{told}({c.difference.low:+.3f}–{c.difference.high:+.3f},p={c.difference.p:.3f})"
        )
    print(*comparison_lines(found), sep="\n")
    for kind, (n, was, now) in found.kinds.items():
        if was != now:
            print(f"  {kind}({n} 题):答对 {was:.2f} → {now:.2f}")
    for mark, pairs in (("+", found.won), ("-", found.lost)):
        for a, b in pairs:
            question, *said = found.texts.get(b.id, ("", "", ""))
            print(f"{mark} {b.id} {question}({CAUSES[a.cause]} → {CAUSES[b.cause]})")
            print(*(f"    {name}:{text}" for name, text in zip(("之前", "现在"), said, strict=True) if text), sep="\n")


@app.command()
def gate(
    run: RunArgument,
    baseline: Annotated[Path, typer.Option("--baseline", metavar="FILE", help="不能变差的那次结果")],
    as_json: JsonOption = False,
) -> None:
    """把关:答对、要点、检索、拒答或引用有一项显著变差(p<0.05)就失败,并列出变差的题。"""
    from .compare import broken, compare, value
    from .judge import CAUSES
    from .report import word
    from .runs import read_run

    found = compare(read_run(baseline), read_run(run))
    worse = broken(found)
    if as_json:
        print_json({"passed": not worse, "worse": [c.measure for c in worse], **_payload(found)})
        if worse:
            raise typer.Exit(1)
        return
    if not worse:
        tell(f"通过:没有指标显著变差(变对 {len(found.won)},变错 {len(found.lost)})。")
        return
    for c in worse:
        print(f"{word(c.measure)}:")
        for a, b in c.worse:
            change = f"{value(a, c.measure):.3f} → {value(b, c.measure):.3f}"
            print(f"- {b.id} {found.texts.get(b.id, ('',))[0]}({change},{CAUSES[b.cause]})")
    told = "、".join(f"{word(c.measure)} {c.first:.3f} → {c.second:.3f}" for c in worse)
    raise BadInput(f"没有通过:{told}。变差的题见上。")


@app.command()
def report(
    run: RunArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="写到这个 HTML 文件")] = Path("report.html"),
    against: Annotated[Path | None, typer.Option("--against", metavar="OTHER.json", help="与这次比较")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="只打印一张 Markdown 表")] = False,
    as_json: JsonOption = False,
) -> None:
    """把结果写成一个不联网也能看的 HTML 报告。"""
    from ..files import write_whole
    from .compare import compare
    from .report import to_html, to_markdown
    from .runs import read_run

    done = read_run(run)
    if markdown:
        print(to_markdown(done))
        return
    before = read_run(against) if against else None
    page = to_html(done, (before, compare(before, done)) if before else None)
    _report([write_whole(out, page)], as_json)


@app.command()
def export(
    run: RunArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="写到这个文件夹")],
    format_: Annotated[Format, typer.Option("--format", help="trec、beir、ragas 或 ragchecker")] = "trec",
    index: Annotated[Path | None, typer.Option("--index", metavar="DIR", help="评测时的索引;导出 beir 用")] = None,
    as_json: JsonOption = False,
) -> None:
    """导出成其他评测工具的格式。"""
    from .exports import export as write
    from .runs import read_run

    done = read_run(run)
    passages: Any = ()
    if format_ == "beir":
        from ..assistant import Assistant
        from ..index import read_manifest

        settings = load_settings(index=index)
        if read_manifest(settings.index)["corpus"] != done.index["corpus"]:
            raise BadInput(f"这次评测用的不是 {settings.index} 里现在的文档。请用 --index 指明评测时的索引。")
        passages = Assistant.open(settings, tell).index.passages
    _report(write(done, format_, out, passages), as_json)


@app.command()
def validate(
    questions: Annotated[Path, typer.Argument(metavar="FILE", help="问题集")],
    against: Annotated[
        list[Path] | None, typer.Option("--against", metavar="FILE", help="不该有相同问题的另一个问题集,可多次给出")
    ] = None,
    index: Annotated[Path | None, typer.Option("--index", metavar="DIR", help="核对出处的索引;不给则用默认的")] = None,
    as_json: JsonOption = False,
) -> None:
    """检查问题集,逐行指出问题。"""
    from ..assistant import Assistant
    from .validate import validate as check

    opened = Assistant.open(load_settings(index=index), tell).index
    n, faults = check(questions, opened, against or [])
    if as_json:
        value: dict[str, Any] = {"questions": n, "faults": [{"line": f.line, "text": f.text} for f in faults]}
        print_json(value)
    else:
        for fault in faults:
            print(fault)
        tell(f"{n} 题,{len(faults)} 处问题。")
    if faults:
        raise typer.Exit(1)


@app.command()
def draft(
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多几题")] = None,
    seed: Annotated[int, typer.Option("--seed", help="同一个数得到同样的题")] = 0,
    llm: Annotated[bool, typer.Option("--llm", help="让大模型也出题;答案不在原文里的不要")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="写到这个文件,不打印")] = None,
    index: IndexOption = None,
) -> None:
    """按文档的结构起草问题(JSON 行),供人审改。"""
    from ..assistant import Assistant
    from ..files import write_whole
    from .drafts import draft_questions, draft_with_llm

    settings = load_settings(index=index)
    opened = Assistant.open(settings, tell).index
    found = draft_with_llm(opened, settings, limit, seed, tell) if llm else draft_questions(opened, limit, seed)
    lines = [json.dumps(value, ensure_ascii=False) for value in found]
    if out:
        tell(f"起草了 {len(lines)} 题:{write_whole(out, ''.join(line + chr(10) for line in lines))}")
    else:
        print(*lines, sep="\n")


def _report(paths: list[Path], as_json: bool) -> None:
    if as_json:
        print_json({"files": [str(p) for p in paths]})
    else:
        print("\n".join(map(str, paths)))


def _payload(found: Any) -> dict[str, Any]:
    return {
        "changes": [
            {
                "measure": c.measure,
                "questions": c.n,
                "first": round(c.first, 4),
                "second": round(c.second, 4),
                "difference": round(c.difference.mean, 4),
                "difference_ci": [round(c.difference.low, 4), round(c.difference.high, 4)],
                "p": round(c.difference.p, 4),
            }
            for c in found.changes
        ],
        "won": [b.id for _, b in found.won],
        "lost": [b.id for _, b in found.lost],
        "both_right": found.both,
        "both_wrong": found.neither,
        "mcnemar_p": round(found.p, 4),
        "abstained": {"first_only": found.refused[0], "second_only": found.refused[1], "mcnemar_p": found.refused[2]},
        "setup": {name: list(pair) for name, pair in found.setup.items()},
        "kinds": {
            kind: {"questions": n, "first": round(was, 4), "second": round(now, 4)}
            for kind, (n, was, now) in found.kinds.items()
        },
    }


def _progress(done: int, total: int) -> None:
    if done % 100 == 0:
        tell(f"已问 {done}/{total} 题")
