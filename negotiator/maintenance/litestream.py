"""What a look at a file finds of Litestream: its tables, its folder, and its mark beside a copy."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection

from negotiator.maintenance.findings import Check, Finding
from negotiator.storage.atomic_file import real_path
from negotiator.storage.follower import mark_of

_TABLES = ("_litestream_lock", "_litestream_seq")
_HEXADECIMAL = 16


def litestream_check(db: Connection, path: Path) -> Iterator[Check]:
    """Tell what Litestream has left in a file and beside it; nothing when it has left nothing."""
    if mark := mark_of(path):
        at = _transaction_in(Path(mark))
        detail = f"a copy that Litestream keeps up to date{at}: it can be read, and is not to be written"
        yield Check("litestream", Finding.NOTE, detail)
        return
    tables = _tables(db)
    folder = _folder_of(path)
    if folder.is_dir():
        yield _of_replicated(db, folder, tables)
    elif tables:
        detail = (
            f"its tables ({', '.join(tables)}) are in the file, and no folder {folder.name} beside it:"
            " a copy that was restored, or a file that is replicated no more"
        )
        yield Check("litestream", Finding.NOTE, detail)


def _of_replicated(db: Connection, folder: Path, tables: list[str]) -> Check:
    found = f"its folder {folder.name} is beside the file{_last_change_in(folder)}"
    if len(tables) < len(_TABLES):
        missing = ", ".join(name for name in _TABLES if name not in tables)
        return Check("litestream", Finding.NOTE, f"{found}, and no table {missing} in it: start it again")
    mode = db.execute("PRAGMA main.journal_mode").fetchone()[0]
    if mode != "wal":
        return Check(
            "litestream",
            Finding.NOTE,
            f"{found}, which is in rollback mode: nothing is copied before WAL mode",
        )
    return Check("litestream", Finding.OK, f"{found}, and its tables are in it")


def _tables(db: Connection) -> list[str]:
    names = ", ".join(f"'{name}'" for name in _TABLES)
    found = db.execute(
        f"SELECT name FROM main.sqlite_master WHERE type = 'table' AND name IN ({names}) ORDER BY name"
    )
    return [name for (name,) in found.fetchall()]


def _folder_of(path: Path) -> Path:
    """Return the folder in which Litestream keeps changes of a file, unless it is told of another."""
    beside = [name.with_name(f".{name.name}-litestream") for name in (path, real_path(path))]
    return next((folder for folder in beside if folder.is_dir()), beside[0])


def _last_change_in(folder: Path) -> str:
    names = sorted(found.stem for found in folder.glob("ltx/0/*-*.ltx"))
    return _number(names[-1].rpartition("-")[2]) if names else ""


def _transaction_in(mark: Path) -> str:
    try:
        return _number(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):  # it is a follower all the same
        return ""


def _number(text: str) -> str:
    with suppress(ValueError):
        return f" (transaction {int(text, _HEXADECIMAL):,})"
    return ""
