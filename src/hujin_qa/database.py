"""One way to open every SQLite file of the product: WAL, migrated, safe for many threads and processes."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from .errors import DataProblem, reason

_BUSY_MS = 10_000  # how long a writer waits for another one


@contextmanager
def database(path: Path, migrations: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction: committed at the end, rolled back by an exception.

    ``migrations`` are SQL scripts in the order they were written; those the file has not seen are run first, so a
    released one is never changed, only followed by another. A connection is not shared between threads.

    Raises:
        DataProblem: the file is not a database, was written by a newer version, or cannot be written.
    """
    with _usable(path), closing(_connected(path)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path, migrations)
        with _transaction(connection):
            yield connection


def now() -> str:
    """The time as it is kept: UTC, ISO 8601, to the second. Such times sort as text."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def back_up(path: Path, target: Path, migrations: Sequence[str]) -> None:
    """Copy a database that may be in use, whole or not at all.

    Raises:
        DataProblem: either file cannot be used.
    """
    part = target.with_name(target.name + ".part")
    with database(path, migrations) as source:
        source.execute("COMMIT")  # a backup cannot be taken inside a transaction of its own connection
        with _usable(target):
            part.unlink(missing_ok=True)
            part.touch(0o600)
            with closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
            part.replace(target)
        source.execute("BEGIN")


def restore(backup: Path, path: Path, migrations: Sequence[str]) -> Path | None:
    """Put a backup in place of a database, after reading it through; nothing is written to the backup.

    What was there stays beside it as ``.old``, or ``.old2`` and so on where there is one already; returned is
    that file where it was damaged.

    Raises:
        DataProblem: the backup is not a database of these tables, or either file cannot be used.
    """
    if not backup.is_file():
        raise DataProblem(f"没有这个备份:{backup}。")
    with _usable(backup), closing(_read_only(backup)) as source:
        _check(source, backup, migrations)
        damaged = _set_aside(path, migrations) if path.exists() else None
        with _usable(path), closing(_connected(path)) as target:
            source.backup(target)
    return damaged


def _set_aside(path: Path, migrations: Sequence[str]) -> Path | None:
    """Keep what a database holds beside it; where that cannot be read any more, the file itself: returned is its place."""
    aside = _free(path)
    try:
        back_up(path, aside, migrations)
    except DataProblem as problem:
        if type(problem.__cause__) is not sqlite3.DatabaseError:  # in use, or newer
            raise
        with _usable(path):
            for end in ("", "-wal", "-shm"):
                if (part := path.with_name(path.name + end)).exists():
                    part.replace(aside.with_name(aside.name + end))
        return aside
    return None


def _check(source: sqlite3.Connection, backup: Path, migrations: Sequence[str]) -> None:
    """Refuse what is damaged, newer, or has other tables than its version had."""
    version = _version(source)
    if version > len(migrations):
        raise _too_new(backup)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as model:
        _migrate(model, backup, migrations[:version])
        if version < 1 or not _columns(model) <= _columns(source):
            raise DataProblem(f"{backup} 不是这种数据的备份,没有恢复。请选 hujin-qa study backup 写出的文件。")
    if source.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise DataProblem(f"备份 {backup} 已损坏,没有恢复。")


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
    return {(table, column) for table, column in connection.execute(query)}


def _free(path: Path) -> Path:
    """A name beside a file for what it was."""
    names = (path.with_name(f"{path.name}.old{n if n > 1 else ''}") for n in count(1))
    return next(name for name in names if not name.exists())


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    """Tell of a file that cannot be used."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        why = reason(error) if isinstance(error, OSError) else error
        raise DataProblem(f"数据文件 {path} 用不了:{why}。请检查磁盘和权限,或用备份恢复。") from error


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # conversations and password hashes are nobody else's
    if not path.exists():  # nor in a folder that others may enter; SQLite gives what it puts beside a file its mode
        path.touch(0o600)
    return sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None)


def _read_only(path: Path) -> sqlite3.Connection:
    """A connection that leaves no trace, unless the file is in use and has one already."""
    in_use = path.with_name(path.name + "-wal").exists()
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{'' if in_use else '&immutable=1'}", uri=True)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _version(connection) == len(migrations):
        return
    with _transaction(connection):
        seen = _version(connection)  # again: another process may have been faster
        if seen > len(migrations):
            raise _too_new(path)
        for script in migrations[seen:]:
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _too_new(path: Path) -> DataProblem:
    return DataProblem(f"数据文件 {path} 由更新的版本写成。请升级 hujin-qa 后重试。")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
