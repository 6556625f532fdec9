"""Open a file, and hold its lock for one piece of work."""

import os
import shlex
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING

from negotiator.environment import number_from
from negotiator.errors import (
    REFUSALS,
    DamagedFileError,
    DatabaseNotFoundError,
    InvalidPolicyError,
    MigrationsPendingError,
    NotADatabaseError,
    SchemaError,
)
from negotiator.progress import Progress, silent
from negotiator.schema import STEPS, STEPS_TABLE, TABLES, columns_of
from negotiator.sqlite_errors import primary_code, sqlite_errors

if TYPE_CHECKING:
    from sqlite_utils import Database

DEFAULT_WAIT_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 86_400
_STEPS_A_TICK = 1_000_000  # of SQLite's machine: some tens of milliseconds
_SLICE_SECONDS = 0.5  # SQLite's own wait can't be interrupted; ours can, between two of these


def wait_seconds() -> float:
    """Return how long a lock is waited for, seconds: NEGOTIATOR_BUSY_TIMEOUT, 30 without it.

    Raises InvalidPolicyError when the variable is not a number from 0 to 86,400.
    """
    seconds = number_from(os.environ, "NEGOTIATOR_BUSY_TIMEOUT")
    if seconds is not None and not 0 <= seconds <= _LONGEST_WAIT_SECONDS:
        raise InvalidPolicyError(
            f"NEGOTIATOR_BUSY_TIMEOUT is {seconds}", f"it has to be from 0 to {_LONGEST_WAIT_SECONDS} seconds"
        )
    return DEFAULT_WAIT_SECONDS if seconds is None else float(seconds)


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
            timeout=min(wait_seconds(), _SLICE_SECONDS),
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


@contextmanager
def ticking(db: Connection, progress: Progress, what: str) -> Iterator[None]:
    """Tell again and again that SQLite is at work, and let an interrupt through."""
    interrupts: list[BaseException] = []

    def tick() -> bool:
        try:
            progress(what, 0, 0)
        except BaseException as interrupt:  # noqa: BLE001 - SQLite would swallow it, and say "interrupted"
            interrupts.append(interrupt)
        return bool(interrupts)

    db.set_progress_handler(tick, _STEPS_A_TICK)
    try:
        yield
    except sqlite3.OperationalError:
        if interrupts:
            raise interrupts[0] from None
        raise
    finally:
        db.set_progress_handler(None, 0)


def pending(db: Connection) -> list[str]:
    """Return the names of the migrations that the file has not had; reads only."""
    if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", [STEPS_TABLE]).fetchone() is None:
        return list(STEPS)
    had = db.execute(f"SELECT name FROM main.{STEPS_TABLE} WHERE migration_set = 'negotiator'").fetchall()
    return [step for step in STEPS if (step,) not in had]


@contextmanager
def write_transaction(db: Connection, path: Path) -> Iterator[None]:
    """Hold the write lock from the first read to the commit; roll back when anything is raised.

    Inside a transaction it is a part of that one, which a refusal leaves as it is: it comes before anything
    is written. Raises BusyError when the file stayed locked for the whole wait, UnusableFileError.
    """
    with sqlite_errors(path), _part_of(db) if db.in_transaction else locked(db, path):
        yield


@contextmanager
def locked(db: Connection, path: Path) -> Iterator[None]:
    """Do the same for what may raise anything of its own, which isn't said to be about the file."""
    try:
        with sqlite_errors(path):
            patiently(db, "BEGIN IMMEDIATE")
        yield
        with sqlite_errors(path):
            patiently(db, "COMMIT")
    finally:
        _roll_back_unless_done(db)


@contextmanager
def _part_of(db: Connection) -> Iterator[None]:
    try:
        yield
    except REFUSALS:
        raise
    except BaseException:
        db.rollback()
        raise


@contextmanager
def read_transaction(db: Connection, path: Path) -> Iterator[None]:
    """See one state of the file throughout; whatever is written is rolled back.

    Inside a transaction it is a part of that one.
    """
    with sqlite_errors(path):
        if db.in_transaction:
            yield
            return
        try:
            db.execute("BEGIN")
            patiently(db, "SELECT 1 FROM main.sqlite_master LIMIT 1")  # BEGIN alone locks nothing
            yield
        finally:
            _roll_back_unless_done(db)


def _roll_back_unless_done(db: Connection) -> None:
    # Nothing to do after a commit; a COMMIT that failed leaves the transaction open. An interrupt
    # may have closed the connection already, which rolls back as well.
    with suppress(sqlite3.ProgrammingError):
        db.rollback()


def patiently(db: Connection, sql: str, values: Mapping[str, object] | None = None) -> None:
    """Execute what takes a lock, waiting for it in slices, so that Ctrl-C is heard between two."""
    deadline = time.monotonic() + wait_seconds()
    while not _took_lock(db, sql, values or {}, last_try=time.monotonic() >= deadline):
        pass


def _took_lock(db: Connection, sql: str, values: Mapping[str, object], *, last_try: bool) -> bool:
    try:
        db.execute(sql, values).close()
    except sqlite3.OperationalError as error:
        if last_try or primary_code(error) != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
