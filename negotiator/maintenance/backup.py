"""Copies of a file that are whole or absent, made while others go on reading and writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DamagedFileError, FileExistsConflictError
from negotiator.progress import Progress, silent
from negotiator.storage.atomic_file import publish, stamped, take_after, unfinished
from negotiator.storage.database import connect, file_uri
from negotiator.storage.inspection import require_tables
from negotiator.storage.schema import TABLES
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import read_transaction, ticking

PAGES_A_STEP = 4096


@dataclass(frozen=True)
class Backup:
    """A copy that was checked: where it is, how large (bytes), how many rows each of the four tables has."""

    path: Path
    bytes: int
    rows: dict[str, int]


def back_up(path: Path, *, now: datetime, to: Path | None = None, progress: Progress = silent) -> Backup:
    """Copy a file to a new one and return what was made.

    The copy is one state of the file, however many write meanwhile; it is checked, is in rollback mode, has
    the owner and the mode of the original, and gets its name only when it is whole on the disk: ``to``, else
    the file's own name with ``.backup.YYYYMMDD_HHMMSS`` (``now`` in UTC), and ``_2`` and so on if that is
    taken.
    Raises FileMissingError, UnusableFileError, FileExistsConflictError for a ``to`` that exists.
    """
    with closing(connect(path)) as source:
        return back_up_open(source, path, now=now, to=to, progress=progress)


def back_up_open(
    source: Connection, path: Path, *, now: datetime, to: Path | None = None, progress: Progress = silent
) -> Backup:
    """Do the same for a file that is open already, as one has to who has locked it for all others."""
    folder = (to or path).parent
    with checked_copy(source, path, folder / f".{path.name}.backup-", progress) as (copy, rows):
        size = copy.stat().st_size
        final = _publish_as_first_free(copy, stamped(path, "backup", now) if to is None else iter([to]))
        return Backup(final, size, rows)


@contextmanager
def checked_copy(
    source: Connection, path: Path, prefix: Path, progress: Progress
) -> Iterator[tuple[Path, dict[str, int]]]:
    """Give a sound copy whose name begins with ``prefix``, and its rows; it is removed at the end."""
    with sqlite_errors(prefix.parent), unfinished(prefix.parent, prefix.name) as copy:
        rows = _copy(source, path, copy, progress)
        _verify(copy, rows, path, progress)
        take_after(copy, path.stat())
        yield copy, rows


def _publish_as_first_free(copy: Path, names: Iterator[Path]) -> Path:
    for name in names:
        try:
            with sqlite_errors(name):
                publish(copy, name)
        except FileExistsConflictError as problem:
            conflict = problem
        else:
            return name
    raise conflict


def _copy(source: Connection, path: Path, copy: Path, progress: Progress) -> dict[str, int]:
    """Copy the pages; return how many rows each table has in the state that was copied.

    The copy is in rollback mode, whatever the file is in: it can be read where nothing can be written.
    """
    with closing(sqlite3.connect(file_uri(copy, "rw"), uri=True, isolation_level=None)) as target:
        # Nobody else knows this file, and it is synced as a whole before it gets its name.
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        # The count's read transaction stays open: the copy can't be restarted by a writer.
        with read_transaction(source, path):
            require_tables(source, path)
            rows = count_rows(source)
            with sqlite_errors(copy.parent):
                source.backup(
                    target,
                    pages=PAGES_A_STEP,
                    progress=lambda _status, left, total: progress("copying", total - left, total),
                )
                target.execute("PRAGMA journal_mode = DELETE")
            return rows


def count_rows(db: Connection) -> dict[str, int]:
    """Return how many rows each of the four tables has."""
    return {table: db.execute(f'SELECT count(*) FROM main."{table}"').fetchone()[0] for table in TABLES}


def _verify(copy: Path, rows: dict[str, int], path: Path, progress: Progress) -> None:
    """Raise DamagedFileError unless the copy is sound and has these rows."""
    # Immutable: no lock and no side file for a file that nobody else knows.
    connection = sqlite3.connect(file_uri(copy, "ro&immutable=1"), uri=True, isolation_level=None)
    with closing(connection) as db, sqlite_errors(path):
        with ticking(db, progress, "checking"):
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok" or count_rows(db) != rows:
            raise DamagedFileError(
                f"the copy of {str(path)!r} is not sound ({found}), so none was kept",
                "the file itself is most likely damaged: restore an earlier backup",
            )
