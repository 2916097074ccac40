"""``hujin-qa study``: path, quiz and cards in the terminal, exports, results, backup."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..files import write_whole
from ..settings import load_settings
from ..usage import CommandLine, IndexOption, JsonOption, conclude, print_json, tell
from ..users import LOCAL

if TYPE_CHECKING:
    from .course import Course

app = CommandLine("study", "学习:路径、测验和卡片,每题都有出处。")

_SEED = typer.Option("--seed", min=0, max=10**9, help="同一个数得到同样的题和顺序")
SeedOption = Annotated[int, _SEED]
LearnerOption = Annotated[str, typer.Option("--learner", help="谁在学")]
SectionOption = Annotated[str, typer.Option("--section", help="只学这一节,写标题的一部分")]


@app.command()
def items(
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="最多几题")] = None,
    seed: SeedOption = 0,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出题目,一行一题。"""
    from .items import item_payload

    course = open_course(index)
    items = course.items(seed)
    for item in list(items.values())[:limit]:
        if as_json:
            print_json(item_payload(item))
        else:
            print(f"{item.id}  {item.stem}")
    refused = "、".join(f"{reason} {n}" for reason, n in course.bank.refused.most_common())
    tell(f"共 {len(items)} 题;检查退回 {course.bank.refused_share:.0%}" + (f"({refused})。" if refused else "。"))


@app.command()
def path(index: IndexOption = None, learner: LearnerOption = LOCAL.name, as_json: JsonOption = False) -> None:
    """学习路径:按目录一节一节学什么、要多久、学到哪了。"""
    from .path import quizzes, step_payload, study_path

    course = open_course(index)
    right = course.store.known(learner)
    upcoming = True
    steps = study_path(course.source)
    for step, items in zip(steps, quizzes(steps, course.items().values()), strict=True):
        done = sum(item.id in right for item in items)
        finished = bool(items) and done == len(items)
        if as_json:
            print_json(step_payload(step, items) | {"right": done})
            continue
        mark = "✓" if finished else "→" if upcoming and items else " "
        upcoming = upcoming and not (items and not finished)
        name = " › ".join(h for h in step.section.path if h) or step.document
        print(f"{mark} {name}(约 {step.minutes} 分钟,{done}/{len(items)} 题)")
        for line in step.key_points:
            print(f"    · {line.shown}")


@app.command()
def quiz(
    count: Annotated[int, typer.Option("-n", "--count", min=5, max=20, help="几题")] = 10,
    section: SectionOption = "",
    seed: Annotated[int | None, _SEED] = None,
    learner: LearnerOption = LOCAL.name,
    index: IndexOption = None,
) -> None:
    """做一次测验;中途退出,下次接着做。"""
    from .quiz import sit

    course = open_course(index)
    session = course.store.open_session(learner)
    if session and any(id_ in course.items() for id_ in session.items):
        tell("接着做上次没做完的测验。")
    else:
        mixed = seed if seed is not None else secrets.randbelow(10**6)
        chosen = [i.id for i in course.about(section, mixed)][:count]
        session = course.store.begin(learner, chosen, mixed)
    try:
        sit(session, course.items(session.seed), course.store, input, print)
    except EOFError:
        tell("\n先到这里。做过的都已保存,下次运行 hujin-qa study quiz 接着做。")


@app.command()
def cards(
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=200, help="最多几张")] = 20,
    section: SectionOption = "",
    learner: LearnerOption = LOCAL.name,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """复习卡片:先看题,再看答案,说说记得多牢;u 撤销上一张。"""
    from .cards import RATINGS, due_cards, review
    from .exports import answer_text, source_line

    course = open_course(index)
    waiting = due_cards(course.about(section), course.store.cards(learner))
    if as_json:
        print_json({"learner": learner, "due": len(waiting), "items": [i.id for i in waiting]})
        return
    choices = " ".join(f"{n} {word}" for n, word in RATINGS.items())
    print(f"待复习 {len(waiting)} 张。")
    try:
        for item in waiting[:count]:
            print(f"\n{item.stem}" + "".join(f"\n  {n}. {p}" for n, p in enumerate(item.prompts, 1)))
            input("想好了按回车看答案:")
            print(f"{answer_text(item)}\n{source_line(item)}")
            while (typed := input(f"{choices} u 撤销上一张:").strip()) not in ("1", "2", "3", "4"):
                if typed == "u":
                    undone = course.store.undo_review(learner)
                    print("已撤销上一张。" if undone else "没有可撤销的。")
            due = review(course.store, learner, item.id, int(typed))
            print(f"下次复习:{due.astimezone():%Y-%m-%d %H:%M}")
    except EOFError:
        tell("\n先到这里,进度已保存。")


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="写到这个文件")],
    format_: Annotated[
        Literal["anki", "gift", "moodle"], typer.Option("--format", help="anki(.apkg)、gift 或 moodle(XML)")
    ] = "anki",
    seed: SeedOption = 0,
    index: IndexOption = None,
) -> None:
    """把题目导出到 Anki 或 Moodle。"""
    from .exports import to_anki, to_gift, to_moodle_xml

    items = list(open_course(index).items(seed).values())
    if format_ == "anki":
        data = to_anki(items, next((i.citation.document for i in items), "hujin_qa"))
    else:
        data = (to_gift if format_ == "gift" else to_moodle_xml)(items).encode()
    tell(f"已导出 {len(items)} 题:{write_whole(out, data)}")


@app.command()
def results(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """每个人的成绩和每题的难度、区分度(CSV)。"""
    from .reports import to_csv
    from .results import by_section, item_quality, score

    course = open_course(index)
    items, responses = course.items(), course.store.responses()
    learners = {
        name: [r for r in responses if r.learner == name] for name in dict.fromkeys(r.learner for r in responses)
    }
    quality = item_quality(responses)
    if as_json:
        value: dict[str, Any] = {
            "learners": {
                name: {
                    "right": score(of).right,
                    "total": score(of).total,
                    "sections": {s: [v.right, v.total] for s, v in by_section(of, items).items()},
                }
                for name, of in learners.items()
            },
            "items": {
                id_: {"answers": q.answers, "difficulty": q.difficulty, "discrimination": q.discrimination}
                for id_, q in quality.items()
            },
        }
        print_json(value)
        return
    print(to_csv(course).decode("utf-8-sig"), end="")


@app.command()
def retire(
    item: Annotated[str, typer.Argument(help="题目的 id")],
    reason: Annotated[str, typer.Option("--reason", help="为什么")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="恢复使用")] = False,
    index: IndexOption = None,
) -> None:
    """停用一道题,或恢复它;已有的成绩不变。"""
    course = open_course(index)
    course.check_id(item)
    if undo:
        course.store.revive(item)
    else:
        course.store.retire(item, reason, LOCAL.name)
    tell("已恢复。" if undo else "已停用。")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="备份到这个文件")], as_json: JsonOption = False
) -> None:
    """备份学习记录。"""
    from .store import Store

    Store.of(load_settings()).back_up(target)
    conclude(as_json, {"backup": str(target)}, f"已备份:{target}")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="从这个备份恢复")], as_json: JsonOption = False
) -> None:
    """恢复学习记录;原来的留在旁边(.old,已有时 .old2…)。"""
    from .store import Store

    if damaged := Store.of(load_settings()).restore(source):
        tell(f"原来的学习记录已损坏,原样留在 {damaged}。")
    conclude(as_json, {"restored": str(source)}, "已恢复。")


def open_course(index: Path | None) -> "Course":
    """The course over this index, which is built if it is missing."""
    from ..assistant import Assistant
    from .course import Course
    from .store import Store

    settings = load_settings(index=index)
    return Course.of(Assistant.open(settings, tell).index, Store.of(settings))
