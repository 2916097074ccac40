"""Who may log in."""

import argon2
import pytest

from hujin_qa.accounts import Accounts
from hujin_qa.errors import BadInput
from hujin_qa.settings import Settings
from hujin_qa.users import User
from hujin_qa.web.login import Tokens

PASSWORD = "correct horse"


@pytest.fixture
def accounts(tmp_path):
    return Accounts.of(Settings(data=tmp_path, auth="given:a:b,both:setting"))


def test_a_kept_user_logs_in_and_the_password_is_nowhere_in_the_file(accounts):
    accounts.add("小李", PASSWORD, ["trainer", "staff"])
    assert accounts.admits("小李", PASSWORD)
    assert not accounts.admits("小李", PASSWORD + "r")
    assert not accounts.admits("nobody", PASSWORD)
    assert not accounts.admits("小李", "")
    assert accounts.find("小李") == User("小李", frozenset({"trainer", "staff"}))
    stored = b"".join(file.read_bytes() for file in accounts.path.parent.iterdir())
    assert b"$argon2id$" in stored
    assert PASSWORD.encode() not in stored


def test_users_of_the_setting_keep_working_and_a_kept_one_goes_first(accounts):
    assert accounts.admits("given", "a:b")
    assert not accounts.admits("given", "a")
    Accounts(accounts.path, {}).add("both", PASSWORD, ["evaluator"])
    assert accounts.admits("both", PASSWORD)
    assert not accounts.admits("both", "setting")
    assert [u.name for u in accounts.all()] == ["both", "given"]
    assert accounts.all()[0].roles == {"evaluator"}


def test_a_removed_user_is_nobody(accounts):
    accounts.add("a", PASSWORD)
    accounts.remove("a")
    assert not accounts.admits("a", PASSWORD)
    assert accounts.find("a") is None
    with pytest.raises(BadInput, match="users list"):
        accounts.remove("a")
    with pytest.raises(BadInput, match="HUJIN_QA_AUTH"):
        accounts.remove("given")


def test_a_kept_user_whom_the_setting_would_let_in_again_is_not_removed(accounts):
    Accounts(accounts.path, {}).add("both", PASSWORD, ["evaluator"])
    with pytest.raises(BadInput, match="HUJIN_QA_AUTH"):
        accounts.remove("both")
    assert accounts.admits("both", PASSWORD)
    assert not accounts.admits("both", "setting")
    Accounts(accounts.path, {}).remove("both")
    assert accounts.admits("both", "setting")


@pytest.mark.parametrize("name", ["kept", "given", "nobody"])
def test_every_name_takes_one_hash_to_refuse(accounts, name, monkeypatch):
    accounts.add("kept", PASSWORD)
    hashed = []
    for work in ("hash", "verify"):
        original = getattr(argon2.PasswordHasher, work)
        counted = lambda *given, original=original: hashed.append(1) or original(*given)  # noqa: E731
        monkeypatch.setattr(argon2.PasswordHasher, work, counted)
    assert not accounts.admits(name, "wrong password")
    assert hashed == [1]


def test_no_password_is_shown_by_accident(accounts):
    assert "setting" not in f"{accounts!r} {accounts}"


@pytest.mark.parametrize("name", ["", "local", "a b", "a,b", "a:b", "<b>", "ａ", "x" * 65, "a\n"])
def test_a_name_that_could_be_mistaken_is_refused(accounts, name):
    with pytest.raises(BadInput, match="不可用"):
        accounts.add(name, PASSWORD)


def test_a_taken_name_or_a_short_password_is_refused(accounts):
    accounts.add("a", PASSWORD)
    for name in ("a", "given"):
        with pytest.raises(BadInput, match="已有用户"):
            accounts.add(name, PASSWORD)
    with pytest.raises(BadInput, match="至少"):
        accounts.add("b", "short")


@pytest.mark.parametrize("auth", ["a", "a:", ":b", "a:b,", "a:b,a:c", "local:b"])
def test_unreadable_users_of_the_setting_are_refused(tmp_path, auth):
    with pytest.raises(BadInput, match="用户名:密码"):
        Accounts.of(Settings(data=tmp_path, auth=auth))


def test_a_login_ends_with_the_password_that_it_was_made_with(accounts):
    accounts.add("xiaoli", "first-password")
    tokens = Tokens(accounts, {"early": "xiaoli"})
    tokens["late"] = "xiaoli"
    assert (tokens.get("early"), tokens.get("late"), tokens.get("none")) == ("xiaoli", "xiaoli", None)
    accounts.remove("xiaoli")
    assert tokens.get("early") is None
    accounts.add("xiaoli", "other-password")
    assert (tokens.get("early"), tokens.get("late")) == (None, None)
    tokens["new"] = "xiaoli"
    assert tokens.get("new") == "xiaoli"
