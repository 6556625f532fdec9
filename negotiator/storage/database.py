"""Open a file, and see whether it is one of ours."""

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING

from negotiator.errors import (
    DamagedFileError,
    DatabaseNotFoundError,
    MigrationsPendingError,
    NotADatabaseError,
    SchemaError,
)
from negotiator.progress import Progress, silent
from negotiator.storage.schema import STEPS, STEPS_TABLE, TABLES, columns_of
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import SLICE_SECONDS, read_transaction, ticking, wait_seconds

if TYPE_CHECKING:
    from sqlite_utils import Database


def file_uri(path: Path, mode: str) -> str:
    """Return the URI of a file for SQLite, in which spaces, ?, # and % are escaped."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def connect(path: Path) -> Connection:
    """Open a file that exists, for reading and writing if its permissions allow; never creates one.

    Raises DatabaseNotFoundError, UnusableFileError. The caller closes the returned database.
    """
    path = Path(path)
    with sqlite_errors(path):
        if not path.exists():
            raise DatabaseNotFoundError(
                f"there is no file {str(path)!r}", "name one with --db, or make one with `negotiator init`"
            )
        if not path.is_file():
            raise NotADatabaseError(f"{str(path)!r} is not a file", "name an SQLite file with --db")
        connection = sqlite3.connect(
            file_uri(path, "rw"),  # because plain opening creates what is missing
            uri=True,
            timeout=min(wait_seconds(), SLICE_SECONDS),
            isolation_level=None,  # transactions are begun and ended by name, below, and nowhere else
        )
        # Old files hold text that isn't UTF-8; it is shown with a mark instead of refusing the row.
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return connection


def as_database(connection: Connection) -> "Database":
    """Return an open file as sqlite-utils sees it: to migrate it, to insert many rows, to ask for dicts.

    What an ask or a history needs is SQL alone, so they do without: importing sqlite-utils takes 80 ms (160
    with numpy there), and without it both start in two thirds of the time.
    """
    from sqlite_utils import Database  # noqa: PLC0415 - see above

    return Database(connection, execute_plugins=False, recursive_triggers=False)


@contextmanager
def open_database(path: Path) -> Iterator[Connection]:
    """Open a file with our tables and no pending migrations, and close it at the end.

    Raises what `connect` does, SchemaError, MigrationsPendingError.
    """
    db = connect(path)
    try:
        with read_transaction(db, path):
            require_tables(db, path)
            if pending(db):
                raise migrations_pending(path)
        with sqlite_errors(path):
            db.execute("PRAGMA synchronous = FULL")  # some builds of SQLite would do with less in WAL mode
        yield db
    finally:
        db.close()


def migrations_pending(path: Path) -> MigrationsPendingError:
    """Return the error for a file that lacks columns or indexes; it names the command to run."""
    return MigrationsPendingError(
        f"{str(path)!r} needs a migration first",
        f"run `negotiator migrate {_as_argument(path)}`; it backs the file up first",
    )


def _as_argument(path: Path) -> str:
    """Return the path as it is typed in a shell."""
    return shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))


def require_tables(db: Connection, path: Path) -> None:
    """Raise SchemaError unless the file has the four tables (a view is none)."""
    found = dict(db.execute("SELECT lower(name), type FROM main.sqlite_master").fetchall())
    missing = [table for table in TABLES if found.get(table) != "table"]
    if found.get(STEPS_TABLE, "table") != "table":
        missing.append(STEPS_TABLE)  # something else has its name
    if missing:
        raise SchemaError(
            f"{str(path)!r} has no table {', '.join(missing)}",
            "name the right file with --db, or make a new one with `negotiator init`",
        )


def missing_columns(db: Connection, table: str) -> list[str]:
    """Return which of the columns that other programs know a table lacks. Names ignore case."""
    present = {row[1].lower() for row in db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall()}
    return [column for column in columns_of(table) if column not in present]


def quick_check(db: Connection, path: Path, progress: Progress = silent) -> None:
    """Raise DamagedFileError unless SQLite finds the file sound. Reads the whole file."""
    with ticking(db, progress, "checking"):
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedFileError(
            f"{str(path)!r} is damaged ({found})", "nothing was changed; restore a backup of it"
        )


def pending(db: Connection) -> list[str]:
    """Return the names of the migrations that the file has not had; reads only."""
    if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", [STEPS_TABLE]).fetchone() is None:
        return list(STEPS)
    had = db.execute(f"SELECT name FROM main.{STEPS_TABLE} WHERE migration_set = 'negotiator'").fetchall()
    return [step for step in STEPS if (step,) not in had]
