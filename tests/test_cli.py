"""The commands as their users run them, on one tiny index of the real encoder."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hujin_qa import cli
from hujin_qa.evaluation.asking import Asker

ROOT = Path(__file__).parents[1]
SLOW = ("torch", "gradio", "pandas", "transformers", "sentence_transformers", "sklearn", "fastapi", "httpx")
CORPUS = {
    "手册.md": "# 员工手册\n\n## 一、请假\n\n年假为每年15天。病假需要医院证明。\n\n"
    "## 二、报销\n\n报销由财务部在5个工作日内办结。发票须在当月交齐。\n",
    "食堂.txt": "一、开放时间\n食堂早上七点开门,晚上七点关门。\n二、价格\n午餐每份18元,晚餐每份15元。\n",
}
NOTE = {"document": "食堂", "section": "价格", "quote": "18元", "kind": "erratum"}
NOTE |= {"text": "菜单上写的是20元。", "source": "菜单", "status": "待核"}

ANSWER = ["id", "question", "interpreted", "status", "reason", "text", "claims", "citations", "hits", "notes"]
ANSWER += ["suggestions", "reader", "confidence", "timings_ms", "remark", "usage"]
CITATION = ["n", "document", "passage", "section", "start", "end", "quote"]
HIT = ["rank", "document", "passage", "section", "score", "text"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a corpus and its index."""
    place = tmp_path_factory.mktemp("cli")
    (place / "corpus").mkdir()
    for name, text in CORPUS.items():
        (place / "corpus" / name).write_text(text, encoding="utf-8")
    (place / "corpus" / "notes.jsonl").write_text(json.dumps(NOTE), encoding="utf-8")
    done = shell(place, "index")
    assert done.returncode == 0, done.stderr
    return place


def environment(place):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HUJIN_QA_")}
    return clean | {f"HUJIN_QA_{k.upper()}": str(place / k) for k in ("corpus", "index", "data", "cache")}


def shell(place, *arguments, **options):
    """A fresh process."""
    program = [sys.executable, "-c", "from hujin_qa.cli import main; main()", *arguments]
    options = {"input": "", "text": True, "encoding": "utf-8", "capture_output": True} | options
    return subprocess.run(program, env=environment(place) | options.pop("env", {}), check=False, **options)


@pytest.fixture
def run(place, monkeypatch, capsys):
    """The same in this process: ``(exit code, stdout, stderr)``."""
    for name in [name for name in os.environ if name.startswith("HUJIN_QA_")]:
        monkeypatch.delenv(name)
    for name, value in environment(place).items():
        monkeypatch.setenv(name, value)

    def run(*arguments, stdin=""):
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "argv", ["hujin-qa", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code, *capsys.readouterr())

    return run


def failed(result, code=1):
    """The one line a user reads when something fails: Chinese, no traceback, nothing on stdout."""
    assert result[0] == code, result
    assert result[1] == ""
    lines = [line for line in result[2].splitlines() if line.strip()]
    assert len(lines) == 1, result[2]
    assert re.search("[\u4e00-\u9fff]{2}", lines[0])
    assert "Traceback" not in lines[0]
    return lines[0]


# What works


def test_ask_shows_the_answer_with_its_place(run):
    code, out, err = run("ask", "年假有几天")
    assert (code, err) == (0, "")
    assert "年假为每年15天。[1]" in out
    assert "[1] 一、请假(手册/1#1)「年假为每年15天。」" in out


def test_ask_as_json_is_the_contract(run, place):
    code, out, err = run("ask", "午餐每份多少钱", "--json")
    answer = json.loads(out)
    assert (code, err, out.count("\n")) == (0, "", 1)
    assert list(answer) == ANSWER
    assert (answer["id"], answer["status"], answer["reader"]) == ("1", "answered", "extractive")
    assert all(list(c) == ["text", "citations", "supported"] and c["supported"] is True for c in answer["claims"])
    for citation in answer["citations"]:
        assert list(citation) == CITATION
        text = next(t for name, t in CORPUS.items() if name.startswith(citation["document"]))
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert {n for c in answer["claims"] for n in c["citations"]} == {c["n"] for c in answer["citations"]}
    assert all(list(h) == HIT for h in answer["hits"])
    assert [h["rank"] for h in answer["hits"]] == list(range(1, len(answer["hits"]) + 1))
    assert [n["text"] for n in answer["notes"]] == [NOTE["text"]]
    assert 0 <= answer["confidence"] <= 1
    assert set(answer["timings_ms"]) == {"retrieve", "read"}


@pytest.mark.parametrize(
    "question", ["火星上有多少座火山", "😀😀", "how do I bake bread?", "\x1b[31m\x07", "问" * 10_000]
)
def test_an_abstention_is_done_and_cites_nothing(run, question):
    code, out, err = run("ask", question, "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == ANSWER
    assert answer["status"] == "abstained"
    assert answer["citations"] == answer["claims"] == answer["notes"] == []
    assert re.search("[\u4e00-\u9fff]{4}", answer["text"])
    assert not re.search(r"[\x00-\x1f]", answer["question"])


def test_lines_in_are_lines_out_and_a_bad_one_stops_none(run):
    lines = [
        '{"id": "a", "question": "年假有几天"}',
        "不是 JSON",
        "",
        "[1]",
        '{"id": 7}',
        '{"id": "h", "question": "食堂呢", "history": "不是列表"}',
        '{"id": "e", "question": "  "}',
        "[" * 100_000,
        '{"id": null, "question": "晚餐多少钱"}',
        '{"question": "那午餐呢", "history": ["晚餐多少钱"]}',
    ]
    code, out, err = run("ask", "--json", "-", stdin="\n".join(lines).encode() + b"\n\xff\xfe\n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [a["id"] for a in answers] == ["a", "2", "4", 7, "h", "e", "8", None, "10", "11"]
    assert ["error" in a for a in answers] == [False, True, True, True, True, True, True, False, False, True]
    assert all(re.search("[\u4e00-\u9fff]{2}", a["error"]) for a in answers if "error" in a)
    assert "15天" in answers[0]["text"]
    assert "15元" in answers[7]["text"]
    assert "18元" in answers[8]["text"]
    assert list(answers[8]) == ANSWER


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_byte_order_mark_stands_in_no_ones_way(run, command):
    code, out, _ = run(command, "--json", "-", stdin=b"\xef\xbb\xbf" + '{"id": "a", "question": "年假"}\n'.encode())
    assert (code, json.loads(out)["id"], "error" in json.loads(out)) == (0, "a", False)


@pytest.mark.parametrize("id_", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_not_said_again(run, id_):
    _, out, _ = run("search", "--json", "-", stdin=f'{{"id": {id_}, "question": "年假"}}\n')

    def refuse(spelled):
        raise AssertionError(spelled)

    assert json.loads(out, parse_constant=refuse) == {"id": "1", "error": "这一行不是合法的 JSON。"}


def test_search_gives_hits_in_words_and_as_json(run):
    code, out, _ = run("search", "报销几天办完", "-k", "2")
    assert code == 0
    assert out.startswith("1. [")
    assert "手册/2#1" in out.splitlines()[0]
    code, out, _ = run("search", "报销几天办完", "-k", "2", "--json")
    (line,) = out.splitlines()
    assert list(json.loads(line)) == ["id", "hits"]
    assert [list(h) for h in json.loads(line)["hits"]] == [HIT, HIT]
    code, out, _ = run("search", "--json", "-", stdin='{"id": "x", "question": "报销"}\n{\n')
    found, bad = map(json.loads, out.splitlines())
    assert code == 0
    assert list(found) == ["id", "hits"]
    assert found["id"] == "x"
    assert found["hits"][0]["passage"] == "手册/2#1"
    assert set(bad) == {"id", "error"}


def test_chat_remembers_and_ends_at_an_empty_line(run):
    code, out, err = run("chat", stdin="晚餐多少钱\n那午餐呢\n\n不再看\n")
    assert code == 0
    assert "15元" in out
    assert "18元" in out
    assert ">" not in out
    assert "请提问" in err
    code, out, _ = run("chat", "--json", stdin="晚餐多少钱\n那午餐呢\n")
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["1", "2"]


def test_index_says_what_it_holds_and_does_nothing_twice(run, place):
    code, out, err = run("index")
    assert (code, out) == (0, "")
    assert "已是最新" in err
    code, out, _ = run("index", "--json")
    assert code == 0
    value = json.loads(out)
    assert list(value) == ["index", "built", "documents", "passages", "sentences", "encoder"]
    assert (value["built"], value["documents"], value["index"]) == (False, 2, str(place / "index"))


def test_index_takes_files_folders_and_beir_lines(run, tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "花园", "text": "花园早上六点开门。"}\n', "utf-8")
    (tmp_path / "gbk.txt").write_bytes("泳池晚上九点关门,周二换水。".encode("gbk"))
    folder = str(tmp_path / "中文 索引")
    code, out, err = run(
        "index", str(tmp_path / "corpus.jsonl"), str(tmp_path / "gbk.txt"), "--index", folder, "--json"
    )
    assert code == 0, err
    assert json.loads(out)["documents"] == 2
    code, out, _ = run("ask", "泳池几点关门", "--index", folder)
    assert "九点" in out


def test_doctor_finds_nothing_to_mend(run):
    code, out, _ = run("doctor", "--json")
    report = json.loads(out)
    assert code == 0, out
    assert report["ok"] is True
    assert all(list(check) == ["name", "ok", "detail"] for check in report["checks"])
    code, out, _ = run("doctor")
    assert out.count("✓") == len(report["checks"])


def test_eval_gives_numbers_as_json(run, tmp_path):
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"id": "1", "question": "年假有几天", "facts": [["15天"]], "evidence": ["15天"]}\n'
        '{"id": "2", "question": "火星上有几座火山", "answerable": false}\n',
        encoding="utf-8",
    )
    code, out, err = run("eval", "--questions", str(questions), "--json")
    assert code == 0, err
    assert isinstance(json.loads(out), dict)


def test_a_run_that_was_cut_off_is_gone_on_with_by_the_same_command(run, tmp_path, monkeypatch):
    questions, out = tmp_path / "q.jsonl", tmp_path / "run.json"
    lines = [{"id": str(n), "question": f"年假有{n}天吗", "facts": [["15天"]], "evidence": ["15天"]} for n in range(3)]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    asked, outcome = [], Asker.outcome

    def cut_off(self, question, *prepared):
        asked.append(question.id)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return outcome(self, question, *prepared)

    monkeypatch.setattr(Asker, "outcome", cut_off)
    command = ["eval", "--questions", str(questions), "--out", str(out)]
    code, _, err = run(*command)
    assert code == 130
    assert "--resume" in err
    assert not out.exists()
    code, _, err = run(*command, "--resume")
    assert code == 0, err
    assert asked == ["0", "1", "2", "2"]
    assert [s["id"] for s in json.loads(out.read_text("utf-8"))["scores"]] == ["0", "1", "2"]
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("run")) == ["run.json"]
    assert "--out" in failed(run("eval", "--resume"))


def test_what_is_done_with_a_run_can_be_read_by_a_program(run, tmp_path):
    questions, first = tmp_path / "q.jsonl", tmp_path / "a.json"
    questions.write_text('{"id": "1", "question": "年假有几天", "facts": [["15天"]], "evidence": ["15天"]}\n')
    for out, options in ((first, []), (tmp_path / "b.json", ["--fusion", "lexical", "--hits", "3"])):
        code, _, err = run("eval", "--questions", str(questions), "--out", str(out), *options)
        assert code == 0, err
    code, out, _ = run("eval", "compare", str(first), str(tmp_path / "b.json"), "--json")
    assert json.loads(out)["setup"] == {"fusion": ["scores", "lexical"], "hits": [8, 3]}
    code, out, _ = run("eval", "gate", str(first), "--baseline", str(first), "--json")
    assert (code, json.loads(out)["passed"]) == (0, True)
    code, out, _ = run("eval", "report", str(first), "--out", str(tmp_path / "r.html"), "--json")
    assert json.loads(out) == {"files": [str(tmp_path / "r.html")]}
    code, out, _ = run("eval", "export", str(first), "--format", "beir", "--out", str(tmp_path / "x"), "--json")
    assert len(json.loads(out)["files"]) == 3
    value = json.loads(first.read_text("utf-8"))
    value["index"]["corpus"] = "another"
    first.write_text(json.dumps(value), encoding="utf-8")
    assert "--index" in failed(run("eval", "export", str(first), "--format", "beir", "--out", str(tmp_path / "y")))
    code, out, _ = run("eval", "draft", "--out", str(tmp_path / "drafts.jsonl"))
    assert (code, out) == (0, "")
    assert (tmp_path / "drafts.jsonl").exists()


def test_a_gate_names_the_questions_that_got_worse(run, tmp_path):
    questions, before, after = tmp_path / "q.jsonl", tmp_path / "a.json", tmp_path / "b.json"
    lines = [{"id": str(n), "question": f"年假有{n}天吗", "facts": [["15天"]], "evidence": ["15天"]} for n in range(8)]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, _, err = run("eval", "--questions", str(questions), "--out", str(before))
    assert code == 0, err
    value = json.loads(before.read_text("utf-8"))
    for score in value["scores"]:
        score["values"]["retrieval.ndcg@10"] = 0.0
    after.write_text(json.dumps(value), encoding="utf-8")
    code, out, err = run("eval", "gate", str(after), "--baseline", str(before))
    assert (code, "没有通过" in err) == (1, True)
    assert "- 7 年假有7天吗(1.000 → 0.000" in out


def test_an_index_of_other_documents_is_renewed_from_them(run, tmp_path):
    source, index = tmp_path / "泳池.txt", str(tmp_path / "i")
    source.write_text("泳池晚上九点关门,周二换水。", encoding="utf-8")
    assert run("index", str(source), "--index", index)[0] == 0
    source.write_text("泳池晚上八点关门,周二换水。", encoding="utf-8")
    code, out, err = run("index", "--index", index, "--json")
    assert (code, json.loads(out)["built"], json.loads(out)["documents"]) == (0, True, 1), err
    assert "八点" in run("ask", "泳池几点关门", "--index", index)[1]


# What a user types wrong


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "--bogus", "x"], "没有 --bogus 这个选项。用法见:hujin-qa ask --help"),
        (["ask", "--jso", "x"], "是不是想写 --json?"),
        (["bogus"], "没有 bogus 这个命令。用法见:hujin-qa --help"),
        (["ask"], "缺少参数 QUESTION。用法见:hujin-qa ask --help"),
        (["ask", "两个", "词"], "多出了 词。含空格的内容请放在引号里;用法见:hujin-qa ask --help"),
        (["search", "x", "-k", "0"], "-k 的值不可用:不能小于 1。用法见:hujin-qa search --help"),
        (["search", "x", "-k", "三"], "-k 的值不可用:应为整数。"),
        (["eval", "--fusion", "x"], "--fusion 的值不可用:应为 'scores'、'rrf'、'dense'、'lexical' 之一。"),
        (["serve", "--port", "70000"], "--port 的值不可用:不能大于 65535。"),
        (["ask", "x", "--index"], "选项 --index 后面缺少它的值。"),
        (["ask", "x", "--json=1"], "选项 --json 不带值。"),
    ],
)
def test_a_wrong_line_is_told_in_chinese_with_what_to_type_next(run, arguments, says):
    assert says in failed(run(*arguments), code=2)


@pytest.mark.parametrize("command", ["", *sorted(c.name or c.callback.__name__ for c in cli.app.registered_commands)])
def test_every_help_page_is_chinese(run, command):
    command = {"evaluate": "eval", "download": "download-model"}.get(command, command)
    code, out, _ = run(*[command] * bool(command), "--help")
    assert code == 0
    assert not re.search(r"Usage|Options|Arguments|Commands|Show this|required|default:", out)
    assert f"用法: hujin-qa {command}".strip() in out
    assert not command or {"--json", "--index"} <= set(re.findall(r"--\w+", out))


def test_the_bare_command_shows_its_help_and_is_a_usage_error(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "命令:" in err


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("question", ["", "  \t", "\u3000"])
def test_an_empty_question_is_refused(run, command, question):
    assert "问题是空的" in failed(run(command, question))


# What is not as it should be


@pytest.mark.parametrize("name", ["没有这里", "没有.txt"])
def test_a_missing_path_is_named(run, tmp_path, name):
    assert "找不到" in failed(run("index", str(tmp_path / name), "--index", str(tmp_path / "i")))


def test_a_folder_without_documents_is_named(run, tmp_path):
    (tmp_path / "空").mkdir()
    assert "没有找到可读的文档" in failed(run("index", str(tmp_path / "空"), "--index", str(tmp_path / "i")))


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "空的"), (b"%PDF-1.7", "PDF"), (bytes(range(256)) * 40, "请"), (b"\xff" * 999, "请")]
)
def test_an_unreadable_file_stops_the_build_and_leaves_no_index(run, tmp_path, content, says):
    (tmp_path / "坏.txt").write_bytes(content)
    line = failed(run("index", str(tmp_path / "坏.txt"), "--index", str(tmp_path / "i")))
    assert "坏.txt" in line
    assert says in line
    assert not (tmp_path / "i").exists()


@pytest.mark.parametrize("command", [["index"], ["ask", "年假"], ["search", "年假"]])
def test_a_file_in_the_place_of_the_index_is_named_and_kept(run, tmp_path, command):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    line = failed(run(*command, "--index", str(tmp_path / "file")))
    assert "file" in line
    assert "文件夹" in line
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_an_index_below_a_file_is_named(run, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert "不是文件夹" in failed(run("index", "--index", str(tmp_path / "file" / "i")))


@pytest.mark.parametrize("manifest", ["{", '{"hello": 1}', "[" * 100_000, "null"])
def test_a_damaged_or_foreign_manifest_names_the_command_that_rebuilds(run, tmp_path, manifest):
    (tmp_path / "i").mkdir()
    (tmp_path / "i" / "manifest.json").write_text(manifest, encoding="utf-8")
    assert "请运行:hujin-qa index" in failed(run("ask", "年假", "--index", str(tmp_path / "i")))


def test_an_unknown_setting_is_named(run, monkeypatch):
    monkeypatch.setenv("HUJIN_QA_TRESHOLD", "0.5")
    assert "HUJIN_QA_TRESHOLD" in failed(run("ask", "年假"))


def test_a_model_that_is_not_here_is_named_with_the_command_that_fetches_it(run, monkeypatch):
    monkeypatch.setenv("HUJIN_QA_ENCODER", "nobody/nothing")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "hujin-qa download-model nobody/nothing" in failed(run("ask", "年假"))


def test_an_error_inside_is_one_line_unless_details_are_asked_for(run, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "_assistant", broken)
    assert "PYTHONDEVMODE=1" in failed(run("ask", "年假"))


# As a process


def test_asking_imports_nothing_slow(place):
    program = (
        "import sys\nfrom hujin_qa import cli\nsys.argv = ['hujin-qa', 'ask', '年假有几天']\n"
        "try: cli.main()\nexcept SystemExit as end: code = end.code\n"
        f"print(code, [m for m in {SLOW!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(place), capture_output=True, text=True, check=True
    )
    assert "15天" in done.stdout
    assert done.stderr.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_console_that_lacks_characters_gets_question_marks(place, encoding):
    done = shell(place, "ask", "午餐多少钱😀", encoding=encoding, env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert "18" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "utf-8"])
def test_json_keeps_its_text_whatever_the_console_lacks(place, encoding):
    env, lines = {"PYTHONIOENCODING": encoding}, '{"id": "编号😀", "question": "年假有几天"}\n'
    done = shell(place, "ask", "--json", "-", env=env, input=lines.encode(), text=None, encoding=None)
    answer = json.loads(done.stdout.decode(encoding))
    assert "年假为每年15天。[1]" in answer["text"]
    assert ("年假" in done.stdout.decode("utf-8", "replace")) == (encoding == "utf-8")
    for command in (
        ["users", "add", "小李", "--json"],
        ["users", "list", "--json"],
        ["users", "remove", "小李", "--json"],
    ):
        done = shell(place, *command, env=env, input=b"correct horse\n", text=None, encoding=None)
        assert "小李" in str(json.loads(done.stdout.decode(encoding)))


def test_a_question_that_is_no_text_is_answered(place):
    done = shell(place, "ask", b"\xff\xfe\xe5\xb9\xb4", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "abstained"


def test_a_reader_that_leaves_early_gets_no_complaint(place):
    lines = "".join(json.dumps({"id": n, "question": "年假有几天"}) + "\n" for n in range(400))
    (place / "many.jsonl").write_text(lines, encoding="utf-8")
    program = (
        f"{sys.executable} -c 'from hujin_qa.cli import main; main()' ask --json - < {place}/many.jsonl | head -n 1"
    )
    done = subprocess.run(program, shell=True, env=environment(place), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_ctrl_c_ends_without_a_word(place):
    program = [sys.executable, "-c", "from hujin_qa.cli import main; main()", "ask", "--json", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, env=environment(place), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write('{"question": "年假有几天"}\n')
        process.stdin.flush()
        assert "15天" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)  # with its input still open, as at a terminal
        assert process.stderr
        err = process.stderr.read()
    assert process.returncode == 130, err
    assert "Traceback" not in err


# On a disk that is full or read-only


@pytest.fixture
def small_disk(tmp_path, place):
    """A real file system with room for one index of ``place`` and a half; where only root may mount, root only."""
    size = sum(p.stat().st_blocks * 512 for p in (place / "index").rglob("*"))
    folder = tmp_path / "盘"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size * 3 // 2}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # an index that was opened there is still mapped


def test_a_full_disk_and_a_read_only_one_leave_the_old_index(run, small_disk, tmp_path):
    source = tmp_path / "泳池.txt"
    source.write_text("泳池晚上九点关门,周二换水。", encoding="utf-8")
    index = small_disk / "索引"
    assert run("index", str(source), "--index", str(index))[0] == 0
    filler = os.open(small_disk / "filler", os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        while True:
            os.write(filler, b"x" * 4096)
    for step, says in (("full", "磁盘已满"), ("nearly full", "满"), ("read-only", "只读")):
        if step == "nearly full":
            os.ftruncate(filler, os.fstat(filler).st_size - 16384)
        if step == "read-only":
            os.close(filler)
            subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        before = sorted(p.relative_to(index) for p in index.rglob("*"))
        source.write_text(f"泳池晚上九点关门,周二换水。{step}", encoding="utf-8")
        code, out, err = run("index", str(source), "--index", str(index))
        assert (code, out) == (1, "")
        assert says in err
        assert "旧索引未动" in err
        assert "Traceback" not in err
        assert sorted(p.relative_to(index) for p in index.rglob("*")) == before
        assert "九点" in run("ask", "泳池几点关门", "--index", str(index))[1]


def test_results_that_cannot_be_written_are_told(place):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        done = shell(place, "ask", "年假有几天", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert "磁盘已满" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_trainer_sets_an_exam_and_reads_who_did_it(run, place, tmp_path):
    assert run("study", "cohort", "一班", "小王", "小李")[0] == 0
    code, out, _ = run("study", "form", "期末", "-n", "1", "--minutes", "20", "--seed", "4", "--json")
    assert (code, json.loads(out)["minutes"]) == (0, 20)
    assert "不能再改" in run("study", "form", "期末")[2]
    assert "不是日期" in run("study", "assign", "一班", "期末", "--due", "明天")[2]
    assert run("study", "assign", "一班", "期末", "--due", "2999-01-31")[0] == 0
    told = shell(place, "study", "exam", "期末", "--learner", "小王", input="A\nAB\nABC\nABCD\n")
    assert "已记下" in told.stdout
    assert "只能考一次" in run("study", "exam", "期末", "--learner", "小王")[2]
    deeds = [json.loads(line) for line in run("study", "progress", "--json")[1].splitlines()]
    assert {d["learner"]: d["state"] for d in deeds} == {"小王": "已完成", "小李": "未开始"}
    for ending in ("csv", "xlsx", "pdf"):
        assert run("study", "report", str(tmp_path / f"out.{ending}"))[0] == 0
        assert (tmp_path / f"out.{ending}").stat().st_size > 100
    assert "扩展名" in run("study", "report", str(tmp_path / "out.doc"))[2]
    assert run("study", "certificate", "小王", str(tmp_path / "c.pdf"))[0] == 0
    wrong = {"kind": "choice", "stem": "年假有几天?", "right": ["15天"], "wrong": ["10天", "20天"], "document": "手册"}
    for quote, answer in (("年假为每年16天。", 1), ("年假为每年15天。", 0)):
        (tmp_path / "items.jsonl").write_text(json.dumps(wrong | {"quote": quote}), encoding="utf-8")
        assert run("study", "write", str(tmp_path / "items.jsonl"))[0] == answer
    items = [json.loads(line) for line in run("study", "items", "--json")[1].splitlines()]
    (own,) = (item["id"] for item in items if item["stem"] == "年假有几天?")
    for options in ([], ["--undo"]):
        assert run("study", "retire", own, *options)[0] == 0
        assert (own in run("study", "items")[1]) == bool(options)
    code, out, err = run("study", "write", str(tmp_path / "items.jsonl"), "--replaces", "没有")
    assert (code, out, "没有这道题:没有" in err) == (1, "", True)
    (tmp_path / "items.jsonl").write_text(
        json.dumps(wrong | {"quote": "年假为每年15天。", "stem": 5}), encoding="utf-8"
    )
    code, out, err = run("study", "write", str(tmp_path / "items.jsonl"))
    assert (code, out, "第 1 行缺少" in err) == (1, "", True)
    (tmp_path / "items.jsonl").write_text("", encoding="utf-8")
    assert run("study", "write", str(tmp_path / "items.jsonl"))[:2] == (0, "")
    assert "文件或文件夹不存在" in run("study", "write", str(tmp_path / "none.jsonl"))[2]
    code, out, err = run("study", "cohort", "二班", "--remove")
    assert (code, out, "没有班级「二班」" in err) == (1, "", True)
    assert run("study", "cohort", "一班", "--remove")[:2] == (0, "")
    assert run("study", "quiz", "--seed", "9" * 20)[0] == 2


def test_a_backup_and_what_is_restored_can_be_read_by_a_program(run, tmp_path, monkeypatch):
    monkeypatch.setenv("HUJIN_QA_DATA", str(tmp_path))
    file = str(tmp_path / "备份.db")
    assert json.loads(run("study", "backup", file, "--json")[1]) == {"backup": file}
    assert json.loads(run("study", "restore", file, "--json")[1]) == {"restored": file}
    (tmp_path / "study.db").write_bytes(b"damaged" * 100)
    code, out, err = run("study", "restore", file, "--json")
    assert (code, json.loads(out)) == (0, {"restored": file})
    assert "已损坏,原样留在" in err


def test_study_items_are_one_object_a_line_and_repeatable(run):
    code, out, err = run("study", "items", "--json", "--seed", "1")
    assert code == 0
    assert "检查退回" in err
    items = [json.loads(line) for line in out.splitlines()]
    assert items
    assert all({"id", "kind", "stem", "options", "answer", "citation", "notes"} <= set(i) for i in items)
    assert all(set(i["citation"]) == set(CITATION) - {"n"} for i in items)
    assert run("study", "items", "--json", "--seed", "1", "--limit", "2")[1].splitlines() == out.splitlines()[:2]


def test_a_quiz_in_the_terminal_ends_without_loss_when_input_does(place):
    asked = shell(place, "study", "quiz", "-n", "5", "--seed", "1", input="A\n")
    assert asked.returncode == 0
    assert "接着做" in asked.stderr
    assert "第 2/5 题" in asked.stdout
    again = shell(place, "study", "quiz", input="A\n" * 12)
    assert "第 1/5 题" not in again.stdout
