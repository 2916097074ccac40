"""A run as one HTML file that needs no network, and as a table for a README. Everything is escaped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Any

from ..types import Answer
from .compare import SIGNIFICANT, Comparison, compare
from .judge import CAUSES, Cause, Score
from .measures import SHAPE, groups
from .runs import Run, numbers

WORDS = {
    "right": "答对",
    "retrieval.ndcg@10": "检索 nDCG@10",
    "retrieval.recall@5": "检索 recall@5",
    "retrieval.mrr@10": "检索 MRR@10",
    "answers.fact_recall": "要点答出",
    "answers.fact_precision": "句子含要点",
    "answers.complete": "答全",
    "answers.chars_median": "回答长度(字,中位)",
    "citations.recall": "引文撑得住句子",
    "citations.precision": "引文有用",
    "citations.on_gold": "引文含要点",
    "abstention.recall": "该拒答的拒答了",
    "abstention.precision": "拒答的确实不可答",
    "abstention.wrong_rate": "不该拒答的拒答了",
    "confidence.ece": "把握的偏差 ECE",
    "confidence.aurc": "风险覆盖面积 AURC",
    "consistency.agreement": "两种说法答案一致",
    "consistency.same": "各种说法答案都一致",
    "consistency.right": "各种说法都答对",
    "cost.ms_p50": "每题毫秒(中位)",
    "cost.ms_p95": "每题毫秒(95%)",
    "cost.tokens_mean": "每题词元(平均)",
}
_GROUPS = {"kinds": "按题型", "sections": "按章节", "documents": "按文档"}


DEPTH = 8  # passages that are shown side by side


def word(measure: str) -> str:
    """A measure as an evaluator reads it."""
    name = measure.partition(".")[2]
    if name.startswith("facts@"):
        return f"前 {name[6:-1]} 字里的要点" if name.endswith("c") else f"前 {name[6:]} 段里的要点"
    return WORDS.get(measure, measure)


def rows(made: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Every measure of a run's numbers: name, value and interval in words, a dash where it applies to no question."""
    found = []
    counts = made["counts"] | dict.fromkeys(
        (f"consistency.{n}" for n in made["consistency"]), made["consistency"]["groups"]
    )
    for part, values in made.items():
        for name in (n for n in values if f"{n}_ci" in values) if isinstance(values, dict) else ():
            measure, (low, high) = f"{part}.{name}", values[f"{name}_ci"]
            told = (_number(values[name]), f"{_number(low)}–{_number(high)}") if counts.get(measure, 1) else ("—", "—")
            found.append((word(measure), *told))
    return found


def to_markdown(of: Run, made: Mapping[str, Any] | None = None) -> str:
    """A table of every measure with its 95 % interval; ``made`` are the run's numbers, if they are there already."""
    made = made or numbers(of)
    lines = [f"{of.set['name']}({of.set['n']} 题),{_system(of)}", "", "| 指标 | 值 | 95% 区间 |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows(made)]
    lines += ["", "原因:" + "、".join(f"{CAUSES[cause]} {n}" for cause, n in made["causes"].items()), ""]
    return "\n".join(lines)


def to_html(of: Run, against: tuple[Run, Comparison] | None = None) -> str:
    """The report; with ``against``, an earlier run and its comparison with this one."""
    here = files(__package__)
    style, script = ((here / name).read_text("utf-8") for name in ("report.css", "report.js"))
    parts = [
        f"<h1>评测报告:{escape(of.set['name'])}</h1>",
        tables_html(of),
        comparison_html(*against) if against else "",
        questions_html(of),
    ]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'\">"
        f"<title>评测报告 {escape(of.name)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{script}</script></body></html>\n"
    )


def tables_html(of: Run) -> str:
    """Where the numbers come from, causes, the numbers with their intervals; plots and groups, folded away."""
    made, parts = numbers(of), groups(of.scores)
    told = f"{_system(of)} · {of.set['n']} 题 · {of.seconds} 秒 · 问题集 {of.set['sha256']}"
    return "".join(
        [
            f"<p>{_time(of.started)} · <span>{escape(told)}</span></p>",
            _causes(made["causes"]),
            f"<h2>总表</h2>{table(['指标', '值', '95% 区间'], rows(made))}",
            "<details><summary>曲线和分组</summary>",
            _plots(made["confidence"], parts["kinds"]),
            *(_group(title, parts[name]) for name, title in _GROUPS.items()),
            "</details>",
        ]
    )


def _system(of: Run) -> str:
    reader = {"extractive": "原文摘句", "llm": "大模型"}.get(of.system["reader"], of.system["reader"])
    return f"{reader} · {of.system['encoder']} · {of.system['commit'] or of.system['version']}"


def _time(at: str) -> str:
    """An ISO time as it is on this machine; ``report.js`` makes it that of whoever reads the report."""
    return f'<time datetime="{escape(at)}">{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}</time>'


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:.0f}"


def table(heads: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    lines = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in line) + "</tr>" for line in body)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _causes(causes: Mapping[Cause, int]) -> str:
    return "<h2>原因</h2>" + table(["原因", "题数"], [[CAUSES[cause], str(n)] for cause, n in causes.items()])


def _group(title: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    body = [[name, str(g["questions"]), *(_in_group(g, measure) for measure in _SHOWN)] for name, g in found.items()]
    return f"<h2>{title}</h2>" + table([title[1:], "题数", *_SHOWN.values()], body)


def _in_group(group: Mapping[str, Any], measure: str) -> str:
    low, high = group[f"{measure}_ci"]
    return f"{group[measure]:.3f} ({low:.2f}–{high:.2f})" if group[f"{measure}_n"] else "—"


_SHOWN = {"right": "答对", "fact_recall": "要点答出", "ndcg@10": "nDCG@10", "abstained": "拒答"}


def _plots(confidence: Mapping[str, Any], by_kind: Mapping[str, Mapping[str, Any]]) -> str:
    """Risk against coverage, confidence against truth, and the share of right answers of each kind, as inline SVG."""
    import vl_convert

    curve = [{"答了": coverage, "错了": risk} for coverage, risk in confidence["curve"]]
    bins = [{"题数": n, "把握": sure, "属实": true} for n, sure, true in confidence["bins"]]
    kinds = [
        {"题型": name, "答对": g["right"], "low": g["right_ci"][0], "high": g["right_ci"][1]}
        for name, g in by_kind.items()
    ]
    share: dict[str, Any] = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    plots: list[dict[str, Any]] = [
        {
            "title": "答得越多,错得越多",
            "data": {"values": curve},
            "mark": "line",
            "encoding": {"x": {"field": "答了"} | share, "y": {"field": "错了"} | share},
        },
        {
            "title": "把握与属实",
            "encoding": {"x": {"field": "把握"} | share, "y": {"field": "属实"} | share},
            "layer": [
                {
                    "data": {"values": [{"把握": v, "属实": v} for v in (0, 1)]},
                    "mark": {"type": "line", "strokeDash": [4, 4]},
                },
                {
                    "data": {"values": bins},
                    "mark": "circle",
                    "encoding": {"size": {"field": "题数", "type": "quantitative"}},
                },
            ],
        },
        {
            "title": "各题型答对的比例",
            "data": {"values": kinds},
            "encoding": {"y": {"field": "题型", "type": "nominal"}},
            "layer": [
                {"mark": "bar", "encoding": {"x": {"field": "答对", "title": "答对"} | share}},
                {
                    "mark": {"type": "rule", "strokeWidth": 2},
                    "encoding": {"x": {"field": "low", "title": "答对"} | share, "x2": {"field": "high"}},
                },
            ],
        },
    ]
    drawn = [vl_convert.vegalite_to_svg(plot | {"width": 260}, vl_version="5.21") for plot in plots]
    return f'<h2>曲线</h2><div class="plots" aria-hidden="true">{"".join(drawn)}</div>'  # read out, it is in English


def comparison_html(before: Run, found: Comparison) -> str:
    """What changed from an earlier run: measures with their intervals, and the questions that turned."""
    changes = [
        [
            word(c.measure),
            str(c.n),
            _number(c.first),
            _number(c.second),
            f"{c.difference.mean:+.3f} ({c.difference.low:+.3f}–{c.difference.high:+.3f})",
            f"{c.difference.p:.3f}" + (" *" if c.significant else ""),
        ]
        for c in found.changes
    ]
    swapped = [["变对", b.id, CAUSES[a.cause], *found.texts.get(b.id, ())] for a, b in found.won]
    swapped += [["变错", b.id, CAUSES[b.cause], *found.texts.get(b.id, ())] for _, b in found.lost]
    told = "".join(f"<p>{escape(line)}</p>" for line in comparison_lines(found))
    return (
        f"<h2>与 {escape(before.name)} 相比</h2>{told}"
        + table(["指标", "题数", "之前", "现在", "差", "p"], changes)
        + (table(["变化", "题", "原因", "问题", "之前的回答", "现在的回答"], swapped) if swapped else "")
    )


def comparison_lines(found: Comparison) -> list[str]:
    """What differs in the systems, and how many questions turned, in words."""
    first, second, p = found.refused
    setup = ";".join(f"{name} {was} → {now}" for name, (was, now) in found.setup.items())
    return [
        *([f"不同之处:{setup}。"] if setup else []),
        f"都对 {found.both},都不对 {found.neither},变对 {len(found.won)},变错 {len(found.lost)};McNemar p = {found.p:.3f}。",
        f"只在之前拒答 {first} 题,只在现在拒答 {second} 题;McNemar p = {p:.3f}。",
    ]


def answers_html(answers: Sequence[tuple[str, Answer]]) -> str:
    """One question's answers side by side, each with the passages it was read from."""
    passages = [
        [f"{hit.score:.3f} {hit.passage.id}" for hit in answer.hits[:DEPTH]] + [""] * (DEPTH - len(answer.hits))
        for _, answer in answers
    ]
    took = [sum(answer.timings_ms.values()) for _, answer in answers]
    return table(
        ["", *(name for name, _ in answers)],
        [
            ["理解为", *(a.interpreted for _, a in answers)],
            ["回答", *(a.text for _, a in answers)],
            ["把握", *(f"{a.confidence:.2f}" for _, a in answers)],
            ["毫秒", *(f"{ms:.0f}" for ms in took)],
            *([f"第 {rank} 段", *line] for rank, line in enumerate(zip(*passages, strict=True), 1)),
        ],
    )


def variants_html(found: Sequence[tuple[str, Run]]) -> str:
    """Runs over the same questions side by side; what differs significantly from the first has a star.

    A run that has no value of a measure has a dash.
    """
    columns = [_column(found[0][1], run) for _, run in found]
    measures = ["right", *(f"{part}.{name}" for part, names in SHAPE.items() for name in names)]
    body = [
        [word(measure), *(column.get(measure, "—") for column in columns)]
        for measure in measures
        if any(measure in column for column in columns)
    ]
    head = f"<p>* 与第一列相差显著(p<{SIGNIFICANT:g})</p>".replace("p<", "p&lt;")
    return head + table(["指标", *(name for name, _ in found)], body)


def _column(first: Run, of: Run) -> dict[str, str]:
    """The measures of a run that apply to some question, each with a star where it differs from the first run's."""
    made = numbers(of)
    values = {f"{part}.{name}": made[part][name] for part, names in SHAPE.items() for name in names}
    told = {"right": made["causes"].get("right", 0) / of.set["n"]}
    told |= {measure: value for measure, value in values.items() if made["counts"][measure]}
    starred = {c.measure for c in compare(first, of).changes if c.significant}
    return {measure: _number(value) + " *" * (measure in starred) for measure, value in told.items()}


def questions_html(of: Run, cause: str = "") -> str:
    """Every question of a cause (``wrong``: of all but ``right``) with what is needed to judge it again.

    In the report a filter that ``report.js`` works stands before them.
    """
    options = "".join(f'<option value="{cause}">{name}</option>' for cause, name in CAUSES.items())
    pairs = zip(of.scores, of.entries, strict=True) if of.entries else ()
    items = "".join(_question(s, e) for s, e in pairs if cause in ("", s.cause) or (cause == "wrong" and not s.right))
    return (
        '<h2>逐题</h2><p class="filters"><label>原因 <select id="cause"><option value="wrong">所有没答对的</option>'
        f'<option value="">全部</option>{options}</select></label> '
        '<label>查找 <input id="find" type="search"></label> <span id="shown" role="status"></span></p>'
        f'<div id="questions">{items}</div>'
    )


def _question(score: Score, entry: Mapping[str, Any]) -> str:
    asked, answer = entry["question"], entry["answer"]
    history = "".join(f"<p>前文:{escape(h)}</p>" for h in asked["history"])
    gold = ";".join(" | ".join(fact) for fact in asked["facts"]) or ("—" if asked["answerable"] else "(不可答)")
    texts = entry.get("further", {}) | {h["passage"]: h for h in answer["hits"]}

    def passage(id_: str, before: str = "") -> str:
        told = " › ".join(texts[id_]["section"]) + ":" + texts[id_]["text"] if id_ in texts else ""
        return f"<li{' class=gold' if id_ in entry['gold'] else ''}>{before}{escape(f'{id_} {told}')}</li>"

    passages = "".join(passage(id_, f"<b>{value:.3f}</b> ") for id_, value in entry["ranked"])
    found = {id_ for id_, _ in entry["ranked"]}
    missed = "".join(passage(id_) for id_ in entry["gold"] if id_ not in found and id_ in texts)
    unsupported = "".join(f"<p>无依据:{escape(text)}</p>" for text in entry["unsupported"])
    withheld = f"<p>没说出的:{escape(entry['withheld'])}</p>" if entry["withheld"] else ""
    return (
        f'<details data-cause="{score.cause}"><summary><span class="cause {score.cause}">{CAUSES[score.cause]}</span> '
        f"{escape(score.id)} {escape(asked['question'])}</summary>{history}"
        f"<p>理解为:{escape(answer['interpreted'])}</p><p>要点:{escape(gold)}</p>"
        f"<p>标注的出处:{escape('、'.join(asked['evidence']))}</p>"
        f"<p>{'回答' if answer['status'] == 'answered' else '没有作答'}(把握 {answer['confidence']:.2f}):{escape(answer['text'])}</p>"
        f"{withheld}{unsupported}<p>找到的段落(框出的是标注的出处):</p><ol>{passages}</ol>"
        + (f"<p>没找到的出处:</p><ul>{missed}</ul>" if missed else "")
        + "</details>"
    )
