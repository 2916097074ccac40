"""What a trainer takes away: results as tables (CSV, XLSX), a printable report and certificates (PDF).

Times are those of this machine. ``word`` is what puts a fixed word or sentence into the language of whoever takes the
file away; what the documents and the trainers wrote stays as it is.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from ..errors import BadInput
from ..export import CONTROL
from .classroom import deeds, over, session_score
from .course import Course
from .results import Score, by_section, item_quality, score

Row = list[str | int | float]
Table = tuple[str, tuple[str, ...], list[Row]]
"""Its name, its heads, its rows."""
Word = Callable[[str], str]

_FONT = "STSong-Light"  # one of the fonts that PDF itself names for Chinese: no font file here or on the server
_RISKY = ("=", "+", "-", "@", "\t")  # a spreadsheet would run what begins like this
_BARS = 12  # sections in the plot
_SHARE = "正确率"  # the head of what is shown in percent
_SECTIONS = ("章节", "答对", "答题", _SHARE)
_AS_READ = {_SHARE: "{:.0%}", "区分度": "{:+.2f}"}


def tables(course: Course, word: Word = str) -> list[Table]:
    """Learners, assignments, sections and items, hardest first; names and heads in Chinese."""
    items, responses = course.items(), course.store.responses()
    lapsed, retired = course.lapsed(), course.store.retired()
    learners: list[Row] = []
    for name in dict.fromkeys(r.learner for r in responses):
        mine = [r for r in responses if r.learner == name]
        total = score(mine)
        learners.append([name, total.right, total.total, round(total.share, 3), _local(mine[-1].at)])
    done: list[Row] = []
    for d in deeds(course.classroom, course.store):
        a, got = d.assignment, (d.score.right, d.score.total) if d.score else ("", "")
        done.append([d.learner, a.cohort, a.form.name, a.due.isoformat(), word(d.state), *got, _local(d.finished)])
    sections: list[Row] = [
        [name, s.right, s.total, round(s.share, 3)] for name, s in by_section(responses, items).items()
    ]
    quality = sorted(item_quality(responses).items(), key=lambda pair: pair[1].difficulty)
    asked: list[Row] = []
    for id_, q in quality:
        stem, state = items[id_].stem if id_ in items else "", "停用" if id_ in retired else lapsed.get(id_, "在用")
        asked.append([id_, word(stem), q.answers, round(q.difficulty, 3), round(q.discrimination, 3), word(state)])
    return [
        ("学员", ("学员", "答对", "答题", _SHARE, "最近"), learners),
        ("任务", ("学员", "班级", "试卷", "截止", "状态", "答对", "题数", "交卷"), done),
        ("章节", _SECTIONS, sections),
        ("题目", ("题号", "题干", "作答人数", _SHARE, "区分度", "状态"), asked),
    ]


def in_words(table: Table, columns: Sequence[int], word: Word = str) -> list[list[str]]:
    """The heads and then the rows of a table as they are read, only these columns of it."""
    _, heads, rows = table
    lines = [[_AS_READ.get(heads[c], "{}").format(row[c]) for c in columns] for row in rows]
    return [[_head(heads[c], word) for c in columns], *lines]


def to_csv(course: Course, word: Word = str) -> bytes:
    """The tables one below the other; with a mark by which Excel knows that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for name, heads, rows in tables(course, word):
        writer.writerows(
            [[_head(name, word)], [_head(h, word) for h in heads], *([_tame(cell) for cell in row] for row in rows), []]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(course: Course, word: Word = str) -> bytes:
    """A sheet a table."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, heads, rows in tables(course, word):
        sheet = book.create_sheet(_head(name, word))
        sheet.append([_head(head, word) for head in heads])
        for row in rows:
            sheet.append([_tame(cell) for cell in row])
        for n, head in enumerate(heads, 1):
            sheet.cell(1, n).font = Font(bold=True)
            longest = max([2 * len(word(head)), *(len(str(row[n - 1])) for row in rows)])
            sheet.column_dimensions[get_column_letter(n)].width = min(60, longest + 4)
            if head == _SHARE:
                for cell in sheet[get_column_letter(n)][1:]:
                    cell.number_format = "0%"
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(words: str, word: Word) -> str:
    return word(words).capitalize()


def _tame(cell: str | int | float) -> str | int | float:
    if not isinstance(cell, str):
        return cell
    cell = CONTROL.sub("", cell)
    return "'" + cell if cell.startswith(_RISKY) else cell


def section_plot(found: Mapping[str, Score], width: int = 420) -> str:
    """The hardest sections as bars, an SVG in HTML; "" without answers.

    Read out it would be in English, and the table beside it says the same: screen readers leave it out.
    """
    import vl_convert

    rows = [{"章节": _short(name, 22), "答错": 1 - s.share, "题数": s.total} for name, s in list(found.items())[:_BARS]]
    if not rows:
        return ""
    plot = {
        "data": {"values": rows},
        "width": width,
        "encoding": {
            "y": {"field": "章节", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}},
            "x": {
                "field": "答错",
                "type": "quantitative",
                "scale": {"domain": [0, 1]},
                "axis": {"format": "%"},
                "title": "答错的比例",
            },
        },
        "layer": [
            {"mark": {"type": "bar", "color": "#0f766e"}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"text": {"field": "题数", "type": "quantitative", "format": "d"}},
            },
        ],
    }
    svg = str(vl_convert.vegalite_to_svg(plot, vl_version="5.21"))
    return f'<div aria-hidden="true">{svg}</div>'


def report_pdf(course: Course, word: Word = str) -> bytes:
    """Who did what, the hardest sections as bars, the hardest items: for printing."""
    from reportlab.platypus import Paragraph, Spacer

    learners, tasks, _, (name, heads, rows) = tables(course, word)
    styles = _styles()
    about = escape(f"{_titles(course)} · {datetime.now():%Y-%m-%d %H:%M}")
    story: list[Any] = [Paragraph(word("带教报告"), styles["title"]), Paragraph(about, styles["small"])]
    for table, columns in ((tasks, range(7)), (learners, range(4))):
        story += [Paragraph(_head(table[0], word), styles["head"]), _table(table, columns, styles, word)]
    story.append(Paragraph(word("最难的章节"), styles["head"]))
    story += [_bars(by_section(course.store.responses(), course.items()), word), Spacer(1, 8)]
    hardest = _table((name, heads, rows[:20]), range(1, 6), styles, word)
    story += [Paragraph(word("最难的题"), styles["head"]), hardest]
    return _pdf(story, word("带教报告"))


FORMATS: Mapping[str, Callable[[Course, Word], bytes]] = {"csv": to_csv, "xlsx": to_xlsx, "pdf": report_pdf}
"""By the ending of the file."""


def certificate_pdf(course: Course, learner: str, form: str = "", word: Word = str) -> bytes:
    """That a learner has done a form, in the best attempt, or all their quizzes, with the score and its sections.

    Raises:
        BadInput: the learner has finished nothing of the kind.
    """
    from reportlab.platypus import Paragraph, Spacer

    wanted = course.classroom.form(form).id if form else 0
    ends = {s: end for s in course.store.sessions(learner, wanted) if (end := over(course.store, s))}
    if not ends:
        raise BadInput(f"{learner} 还没有做完{f'「{form}」' if form else '任何测验'},开不出证明。")
    day = datetime.fromisoformat(max(ends.values())).astimezone().date()
    sessions = list(ends)
    if form:
        sessions = [max(sessions, key=lambda s: session_score(course.store, s).share)]
    parts = [session_score(course.store, s) for s in sessions]
    total = Score(sum(p.right for p in parts), sum(p.total for p in parts))
    responses = [r for s in sessions for r in course.store.responses(session=s.id)]
    styles = _styles()
    what = f"「{form}」" if form else f"{len(sessions)} 次测验"
    rows: list[Row] = [[name, s.right, s.total, s.share] for name, s in by_section(responses, course.items()).items()]
    story = [
        Spacer(1, 60),
        Paragraph(word("学习证明"), styles["certificate"]),
        Spacer(1, 24),
        Paragraph(escape(word(f"{learner} 学习了《{_titles(course)}》,完成{what},")), styles["center"]),
        Paragraph(word(f"答对 {total.right}/{total.total} 题({total.share:.0%})。"), styles["center"]),
        Spacer(1, 12),
        Paragraph(word(f"最近一次:{day}"), styles["center"]),
        Spacer(1, 24),
        _table(("章节", _SECTIONS, rows), range(4), styles, word),
        Spacer(1, 24),
        Paragraph(word("每一题的答案都出自原文,由程序核对。"), styles["small"]),
    ]
    return _pdf(story, word("学习证明"))


def _titles(course: Course) -> str:
    return "、".join(d.title for d in course.index.documents.values())


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    base = ParagraphStyle("base", fontName=_FONT, fontSize=10, leading=15, wordWrap="CJK")
    return {
        "title": ParagraphStyle("title", base, fontSize=20, leading=28),
        "head": ParagraphStyle("head", base, fontSize=13, leading=20, spaceBefore=10, spaceAfter=4),
        "small": ParagraphStyle("small", base, fontSize=9, textColor="#555555"),
        "cell": ParagraphStyle("cell", base, fontSize=9, leading=12),
        "center": ParagraphStyle("center", base, fontSize=14, leading=26, alignment=1),
        "certificate": ParagraphStyle("certificate", base, fontSize=30, leading=40, alignment=1),
    }


def _table(table: Table, columns: Sequence[int], styles: dict[str, Any], word: Word) -> Any:
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Printed

    shown = in_words(table, columns, word)
    if not shown[1:]:
        return Paragraph(word("还没有。"), styles["cell"])
    wide = [max(4, min(24, max(len(line[n]) for line in shown))) for n in range(len(columns))]
    widths = [174 * mm * w / sum(wide) for w in wide]
    body = [[Paragraph(escape(cell), styles["cell"]) for cell in line] for line in shown]
    lines = [("LINEBELOW", (0, 0), (-1, 0), 0.8, "#333333"), ("LINEBELOW", (0, 1), (-1, -1), 0.25, "#bbbbbb")]
    return Printed(body, widths, repeatRows=1, style=[*lines, ("VALIGN", (0, 0), (-1, -1), "TOP")])


def _bars(found: Mapping[str, Score], word: Word) -> Any:
    """Wrong answers by section, as bars with their names."""
    from reportlab.graphics.shapes import Drawing, Rect, String

    rows = list(found.items())[:_BARS]
    drawing = Drawing(490, 16 * len(rows) + 4)
    for n, (name, s) in enumerate(rows):
        y = 16 * (len(rows) - 1 - n) + 4
        drawing.add(String(0, y + 2, _short(name, 24), fontName=_FONT, fontSize=9))
        drawing.add(Rect(240, y, 160 * (1 - s.share), 10, fillColor="#0f766e", strokeColor=None))
        words = word(f"答错 {1 - s.share:.0%}({s.total - s.right}/{s.total})")
        drawing.add(String(246 + 160 * (1 - s.share), y + 2, words, fontName=_FONT, fontSize=8))
    return drawing


def _local(at: str) -> str:
    """An ISO time as it is on this machine; ``""`` of none."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}" if at else ""


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else "…" + name[1 - length :]


def _pdf(story: list[Any], title: str) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    out = io.BytesIO()
    margins = {f"{side}Margin": 18 * mm for side in ("left", "right", "top", "bottom")}
    SimpleDocTemplate(out, pagesize=A4, title=title, **margins).build(story)
    return out.getvalue()
