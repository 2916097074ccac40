import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hujin_qa.database import back_up, database, restore
from hujin_qa.errors import DataProblem

FIRST = "CREATE TABLE card (id TEXT PRIMARY KEY, seen INTEGER NOT NULL)"
SECOND = "ALTER TABLE card ADD COLUMN note TEXT NOT NULL DEFAULT '';CREATE INDEX by_seen ON card (seen)"


def rows(path, migrations=(FIRST,)):
    with database(path, migrations) as db:
        return [tuple(row) for row in db.execute("SELECT * FROM card ORDER BY id")]


def put(path, id_, migrations=(FIRST,)):
    with database(path, migrations) as db:
        db.execute("INSERT INTO card (id, seen) VALUES (?, 0)", (id_,))


def test_later_migrations_keep_what_is_there(tmp_path):
    put(tmp_path / "a.db", "x")
    assert rows(tmp_path / "a.db", (FIRST, SECOND)) == [("x", 0, "")]


def test_an_exception_undoes_everything_of_its_transaction(tmp_path):
    put(tmp_path / "a.db", "x")

    def fail():
        with database(tmp_path / "a.db", [FIRST]) as db:
            db.execute("DELETE FROM card")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert rows(tmp_path / "a.db") == [("x", 0)]


def test_many_writers_wait_for_each_other_and_lose_nothing(tmp_path):
    path = tmp_path / "a.db"
    put(path, "x")

    def count():
        for _ in range(25):
            with database(path, [FIRST]) as db:
                seen = db.execute("SELECT seen FROM card").fetchone()[0]
                db.execute("UPDATE card SET seen = ?", (seen + 1,))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(path) == [("x", 200)]


def test_a_file_that_is_no_database_or_is_newer_is_named(tmp_path):
    (tmp_path / "a.db").write_text("不是数据库" * 100, encoding="utf-8")
    with pytest.raises(DataProblem, match=r"a\.db"):
        rows(tmp_path / "a.db")
    rows(tmp_path / "b.db", (FIRST, SECOND))
    with pytest.raises(DataProblem, match="更新的版本"):
        rows(tmp_path / "b.db", (FIRST,))


def test_a_backup_is_restored_and_the_replaced_data_kept(tmp_path):
    put(tmp_path / "a.db", "x")
    back_up(tmp_path / "a.db", tmp_path / "kept.db", [FIRST])
    put(tmp_path / "a.db", "y")
    restore(tmp_path / "kept.db", tmp_path / "a.db", [FIRST])
    assert rows(tmp_path / "a.db") == [("x", 0)]
    assert rows(tmp_path / "a.db.old") == [("x", 0), ("y", 0)]


def test_a_backup_that_cannot_be_written_names_its_own_place(tmp_path):
    put(tmp_path / "a.db", "x")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "folder", tmp_path / "none" / "kept.db", Path("/proc/kept.db")):
        with pytest.raises(DataProblem) as told:
            back_up(tmp_path / "a.db", target, [FIRST])
        assert str(target) in str(told.value)
        assert "a.db" not in str(told.value)
    assert rows(tmp_path / "a.db") == [("x", 0)]


def test_a_damaged_backup_replaces_nothing(tmp_path):
    put(tmp_path / "a.db", "x")
    (tmp_path / "bad.db").write_bytes(b"SQLite format 3\x00" + b"\x00" * 4096)
    with pytest.raises(DataProblem):
        restore(tmp_path / "bad.db", tmp_path / "a.db", [FIRST])
    assert rows(tmp_path / "a.db") == [("x", 0)]


def test_a_broken_rule_of_the_tables_is_the_callers_to_handle(tmp_path):
    put(tmp_path / "a.db", "x")
    with pytest.raises(sqlite3.IntegrityError):
        put(tmp_path / "a.db", "x")


def test_restoring_leaves_the_backup_as_it_is(tmp_path):
    put(tmp_path / "a.db", "x")
    (tmp_path / "kept").mkdir()
    back_up(tmp_path / "a.db", tmp_path / "kept" / "备份 #1.db", [FIRST])
    before = (tmp_path / "kept" / "备份 #1.db").read_bytes()
    restore(tmp_path / "kept" / "备份 #1.db", tmp_path / "new" / "a.db", [FIRST, SECOND])
    assert [p.name for p in (tmp_path / "kept").iterdir()] == ["备份 #1.db"]
    assert (tmp_path / "kept" / "备份 #1.db").read_bytes() == before
    assert rows(tmp_path / "new" / "a.db", (FIRST, SECOND)) == [("x", 0, "")]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("CREATE TABLE chat (id TEXT)", "不是这种数据的备份"),
        ("CREATE TABLE chat (id TEXT); PRAGMA user_version = 1", "不是这种数据的备份"),
        ("CREATE TABLE card (id TEXT); PRAGMA user_version = 1", "不是这种数据的备份"),
        (f"{FIRST}; PRAGMA user_version = 2", "更新的版本"),
        ("", "不是这种数据的备份"),
    ],
)
def test_a_database_of_something_else_is_neither_restored_nor_written_to(tmp_path, script, says):
    put(tmp_path / "a.db", "x")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.executescript(script + "; PRAGMA application_id = 1")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(DataProblem, match=says):
        restore(tmp_path / "other.db", tmp_path / "a.db", [FIRST])
    assert (tmp_path / "other.db").read_bytes() == before
    assert rows(tmp_path / "a.db") == [("x", 0)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.db", "other.db"]


def test_what_was_replaced_is_kept_however_often_one_restores(tmp_path):
    back_up(tmp_path / "a.db", tmp_path / "kept.db", [FIRST])
    for id_ in ("x", "y", "z"):
        put(tmp_path / "a.db", id_)
        restore(tmp_path / "kept.db", tmp_path / "a.db", [FIRST])
    assert rows(tmp_path / "a.db") == []
    assert [rows(tmp_path / f"a.db.old{n}") for n in ("", "2", "3")] == [[("x", 0)], [("y", 0)], [("z", 0)]]


def test_a_place_that_cannot_be_restored_to_is_told(tmp_path):
    put(tmp_path / "a.db", "x")
    back_up(tmp_path / "a.db", tmp_path / "kept.db", [FIRST])
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataProblem, match="用不了"):
        restore(tmp_path / "kept.db", tmp_path / "file" / "b.db", [FIRST])


def test_a_damaged_file_is_set_aside_and_the_backup_put_in_its_place(tmp_path):
    put(tmp_path / "a.db", "x")
    back_up(tmp_path / "a.db", tmp_path / "b.db", [FIRST])
    (tmp_path / "a.db").write_bytes(b"no database at all" * 100)
    assert restore(tmp_path / "b.db", tmp_path / "a.db", [FIRST]) == tmp_path / "a.db.old"
    assert rows(tmp_path / "a.db") == [("x", 0)]
    assert (tmp_path / "a.db.old").read_bytes().startswith(b"no database")
    assert restore(tmp_path / "b.db", tmp_path / "a.db", [FIRST]) is None


def test_a_database_that_is_in_use_is_not_taken_for_damaged(tmp_path, monkeypatch):
    put(tmp_path / "a.db", "x")
    back_up(tmp_path / "a.db", tmp_path / "b.db", [FIRST])
    monkeypatch.setattr("hujin_qa.database._BUSY_MS", 10)
    with closing(sqlite3.connect(tmp_path / "a.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DataProblem, match="locked"):
            restore(tmp_path / "b.db", tmp_path / "a.db", [FIRST])


@pytest.mark.skipif(os.name == "nt", reason="access is not in the mode there")
def test_the_folder_and_the_files_of_the_data_are_nobody_elses(tmp_path):
    put(tmp_path / "data" / "a.db", "x")
    back_up(tmp_path / "data" / "a.db", tmp_path / "b.db", [FIRST])
    for place in (tmp_path / "data", tmp_path / "data" / "a.db", tmp_path / "b.db"):
        assert place.stat().st_mode & 0o077 == 0
