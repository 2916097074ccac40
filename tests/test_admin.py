"""The operator's commands, as typed."""

import json
import subprocess
import sys

import pytest

import web_fake as fake
from hujin_qa import admin
from hujin_qa.accounts import Accounts
from hujin_qa.chats import Chats
from hujin_qa.cli import main
from hujin_qa.feedback import GOOD, judge
from hujin_qa.settings import load_settings
from hujin_qa.users import LOCAL


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command over an empty data folder: its exit code, what it printed, what it said."""
    monkeypatch.setenv("HUJIN_QA_DATA", str(tmp_path))

    def run(*words, typed=None):
        monkeypatch.setattr(sys, "argv", ["hujin-qa", *words])
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        lines = iter(typed or [])
        monkeypatch.setattr(admin.getpass, "getpass", lambda prompt: next(lines))
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run


def test_a_user_is_added_listed_and_removed(run):
    assert run("users", "list")[:2] == (0, "")
    code, out, told = run("users", "add", "xiaoli", "--role", "trainer", "--role", "staff", typed=["correct horse"] * 2)
    assert (code, out) == (0, "")
    assert "xiaoli" in told
    assert Accounts.of(load_settings()).admits("xiaoli", "correct horse")
    assert json.loads(run("users", "list", "--json")[1]) == [{"name": "xiaoli", "roles": ["staff", "trainer"]}]
    assert run("users", "remove", "xiaoli")[0] == 0
    assert run("users", "remove", "xiaoli")[0] == 1


def test_passwords_that_differ_and_unknown_roles_are_told(run):
    assert run("users", "add", "a", typed=["one password", "another one"])[0] == 1
    code, _, told = run("users", "add", "a", "--role", "king")
    assert code == 2
    assert "staff" in told
    assert run("users", "add", "a", "password")[0] == 2, "never in the arguments"


def test_a_script_gives_the_password_on_standard_input(tmp_path, monkeypatch):
    monkeypatch.setenv("HUJIN_QA_DATA", str(tmp_path))
    command = [sys.executable, "-c", "from hujin_qa.cli import main; main()", "users", "add", "a", "--json"]
    done = subprocess.run(command, input="correct horse\n", capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"name": "a", "roles": ["staff"]}


def test_feedback_is_exported_as_lines(run, tmp_path):
    code, out, told = run("feedback", "export")
    assert (code, out) == (0, "")
    assert "还没有评价" in told
    chats = Chats(tmp_path / "chats.db")
    _, turn = chats.begin(LOCAL, "", 0, "支付")
    chats.finish(LOCAL, turn, fake.ask("支付"))
    judge(chats.path, LOCAL, turn, GOOD, {})
    assert json.loads(run("feedback", "export")[1])["question"] == "支付"
    assert len(json.loads(run("feedback", "export", "--json")[1])) == 1
