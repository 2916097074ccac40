"""One way to open every SQLite file of the product: WAL, migrated, safe for many threads and processes."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from .errors import DataProblem

_BUSY_MS = 10_000  # how long a writer waits for another one


@contextmanager
def database(path: Path, migrations: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction: committed at the end, rolled back by an exception.

    ``migrations`` are SQL scripts in the order they were written; those the file has not seen are run first, so a
    released one is never changed, only followed by another. A connection is not shared between threads.

    Raises:
        DataProblem: the file is not a database, was written by a newer version, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, path, migrations)
            with _transaction(connection):
                yield connection
    except (sqlite3.OperationalError, sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise DataProblem(f"数据文件 {path} 用不了:{error}。请检查磁盘和权限,或用备份恢复。") from error


def back_up(path: Path, target: Path, migrations: Sequence[str]) -> None:
    """Copy a database that may be in use, whole or not at all.

    Raises:
        DataProblem: either file cannot be used.
    """
    part = target.with_name(target.name + ".part")
    with database(path, migrations) as source:
        source.execute("COMMIT")  # a backup cannot be taken inside a transaction of its own connection
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        source.execute("BEGIN")
    part.replace(target)


def restore(backup: Path, path: Path, migrations: Sequence[str]) -> None:
    """Put a backup in place of a database, after reading it through; what was there stays beside it as ``.old``.

    Raises:
        DataProblem: the backup is not a database of ours.
    """
    if not backup.is_file():
        raise DataProblem(f"没有这个备份:{backup}。")
    with database(backup, migrations) as found:
        if found.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise DataProblem(f"备份 {backup} 已损坏,没有恢复。")
    if path.exists():
        back_up(path, path.with_name(path.name + ".old"), migrations)
    with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _version(connection) == len(migrations):
        return
    with _transaction(connection):
        seen = _version(connection)  # again: another process may have been faster
        if seen > len(migrations):
            raise DataProblem(f"数据文件 {path} 由更新的版本写成。请升级 hujin-qa 后重试。")
        for script in migrations[seen:]:
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
