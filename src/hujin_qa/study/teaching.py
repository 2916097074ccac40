"""``hujin-qa study`` for trainers: cohorts, fixed forms, assignments, written items, reports."""

import json
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import BadInput, reason
from ..files import write_whole
from ..usage import IndexOption, JsonOption, print_json, tell
from ..users import LOCAL
from .commands import LearnerOption, SectionOption, app, open_course

__all__ = ["app"]


@app.command()
def cohort(
    name: Annotated[str, typer.Argument(metavar="[班级]", help="不写则列出全部班级")] = "",
    learners: Annotated[list[str] | None, typer.Argument(metavar="[用户名]…", help="班里的人;不写则只列出")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="删除这个班级;成绩不变")] = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """班级:建立、改成员、列出、删除。"""
    classroom = open_course(index).classroom
    if remove:
        if name not in classroom.cohorts():
            raise BadInput(f"没有班级「{name}」。已有的:{'、'.join(classroom.cohorts()) or '还没有'}。")
        classroom.remove_cohort(name)
    elif learners:
        classroom.set_cohort(name, learners, LOCAL.name)
    found = {n: list(who) for n, who in classroom.cohorts().items() if not name or n == name}
    if name and not found and not remove:
        raise BadInput(f"没有班级「{name}」。建立它:hujin-qa study cohort {name} 用户名 …")
    if as_json:
        print_json(found)
    else:
        for each, members in found.items():
            print(f"{each}:{'、'.join(members)}")


@app.command()
def form(
    name: Annotated[str, typer.Argument(metavar="[试卷]", help="不写则列出全部试卷")] = "",
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=100, help="几题")] = 20,
    minutes: Annotated[int, typer.Option("--minutes", help="限时几分钟(每人一次);0 是不限时的练习")] = 0,
    section: SectionOption = "",
    seed: Annotated[int | None, typer.Option("--seed", min=0, max=10**9, help="同一个数锁定同样的题和顺序")] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """锁定一份试卷:题目和顺序固定,不能再改。"""
    course = open_course(index)
    if name:
        mixed = seed if seed is not None else secrets.randbelow(10**6)
        course.classroom.lock(name, course.about(section, mixed)[:count], mixed, minutes, LOCAL.name)
    for each in course.classroom.forms():
        if not name or each.name == name:
            value: dict[str, Any] = {"name": each.name, "minutes": each.minutes, "seed": each.seed}
            value["items"] = list(each.items)
            limit = f"限时 {each.minutes} 分钟,每人一次" if each.minutes else "不限时"
            plain = f"{each.name}:{len(each.items)} 题,{limit},种子 {each.seed}"
            if as_json:
                print_json(value)
            else:
                print(plain)


@app.command()
def assign(
    cohort: Annotated[str, typer.Argument(metavar="班级")],
    form: Annotated[str, typer.Argument(metavar="试卷")],
    due: Annotated[str, typer.Option("--due", metavar="年-月-日", help="截止的那一天")],
    index: IndexOption = None,
) -> None:
    """布置:一个班在某天之前做一份试卷。"""
    try:
        day = date.fromisoformat(due)
    except ValueError:
        raise BadInput(f"“{due}”不是日期。请写成 2026-01-31 这样。") from None
    open_course(index).classroom.assign(cohort, form, day, LOCAL.name)
    tell(f"已布置:{cohort} 在 {day} 前做「{form}」。")


@app.command()
def progress(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """谁做了什么:每个任务、每个人的状态和成绩。"""
    from .classroom import deeds

    course = open_course(index)
    for d in deeds(course.classroom, course.store):
        got = [d.score.right, d.score.total] if d.score else None
        value = {"learner": d.learner, "cohort": d.assignment.cohort, "form": d.assignment.form.name}
        value |= {"due": d.assignment.due.isoformat(), "state": d.state, "finished": d.finished}
        shown = f"{got[0]}/{got[1]}" if got else "—"
        plain = f"{d.assignment.due}  {d.assignment.cohort}  {d.assignment.form.name}  {d.learner}  {d.state}  {shown}"
        if as_json:
            print_json(value | {"score": got})
        else:
            print(plain)


@app.command()
def exam(
    name: Annotated[str, typer.Argument(metavar="试卷")],
    learner: LearnerOption = LOCAL.name,
    index: IndexOption = None,
) -> None:
    """做一份锁定的试卷;限时的只能做一次,交卷后才告诉对错。"""
    from .classroom import begin_form
    from .quiz import sit

    course = open_course(index)
    fixed = course.classroom.form(name)
    items = course.items(fixed.seed)
    session = begin_form(course.store, fixed, learner, items)
    if session.deadline:
        tell(f"限时 {fixed.minutes} 分钟,到 {datetime.fromisoformat(session.deadline).astimezone():%H:%M} 为止。")
    try:
        sit(session, items, course.store, input, print)
    except EOFError:
        tell("\n先到这里。做过的都已保存;时间仍在走。" if session.deadline else "\n先到这里。做过的都已保存。")


@app.command()
def write(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="一行一题的 JSON:kind、stem、right、wrong、document、quote")
    ],
    replaces: Annotated[str, typer.Option("--replaces", metavar="ID", help="改写这道题,原题停用")] = "",
    index: IndexOption = None,
) -> None:
    """写题或改题;与自动出的题过同样的检查。"""
    from .written import from_lines

    course = open_course(index)
    try:
        lines = [line for line in source.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
        values = [json.loads(line) for line in lines]
    except OSError as error:
        raise BadInput(f"{source} 读不了:{reason(error)}。") from None
    except ValueError as error:
        raise BadInput(f"{source} 读不了:要 UTF-8 的 JSON,一行一题。({error})") from None
    if replaces:
        course.check_id(replaces)
    items = []
    for n, value in enumerate(values, 1):
        try:
            fields = {name: value[name].strip() for name in ("kind", "stem", "document", "quote")}
            right, wrong = ("\n".join(map(str, value.get(name, []))) for name in ("right", "wrong"))
            items.append(from_lines(right=right, wrong=wrong, **fields))
        except (KeyError, TypeError, AttributeError):
            raise BadInput(f"{source} 第 {n} 行缺少 kind、stem、document 或 quote。") from None
        except BadInput as error:
            raise BadInput(f"{source} 第 {n} 行:{error}") from None
    try:
        for id_ in course.written.save_all(items, course.index, LOCAL.name, replaces):
            print(id_)
    except BadInput as error:
        raise BadInput(f"{source}:{error}一题也没有保存。") from None


@app.command()
def report(
    out: Annotated[Path, typer.Argument(metavar="FILE", help=".csv、.xlsx 或 .pdf")],
    index: IndexOption = None,
) -> None:
    """导出成绩:学员、任务、章节、题目。"""
    from .reports import FORMATS

    make = FORMATS.get(out.suffix.lower()[1:])
    if make is None:
        known = "、".join(f".{ending}" for ending in FORMATS)
        raise BadInput(f"不认识 {out.suffix or '没有扩展名的文件'}。可用的扩展名:{known}。")
    tell(f"已导出:{write_whole(out, make(open_course(index), str))}")


@app.command()
def certificate(
    learner: Annotated[str, typer.Argument(metavar="学员")],
    out: Annotated[Path, typer.Argument(metavar="FILE", help="写到这个 PDF")],
    form: Annotated[str, typer.Option("--form", metavar="试卷", help="只证明这一份;不写则是全部测验")] = "",
    index: IndexOption = None,
) -> None:
    """开一张可以打印的学习证明。"""
    from .reports import certificate_pdf

    tell(f"已写好:{write_whole(out, certificate_pdf(open_course(index), learner, form))}")
