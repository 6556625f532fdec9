"""Hold a file's lock for one piece of work, and wait for it so that Ctrl-C is heard."""

import os
import sqlite3
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import REFUSALS, InvalidSettingError, UnfinishedTidyingWarning, UnusableFileError
from negotiator.progress import Progress
from negotiator.storage.sqlite_errors import primary_code, sqlite_errors
from negotiator.values.settings import number_from

DEFAULT_WAIT_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 86_400
_STEPS_A_TICK = 1_000_000  # of SQLite's machine: some tens of milliseconds
_AFTER_THE_COMMIT = {sqlite3.SQLITE_IOERR_UNLOCK, sqlite3.SQLITE_IOERR_RDLOCK}
"""What SQLite reports when it cannot give a lock back."""
SLICE_SECONDS = 0.5
"""SQLite's own wait can't be interrupted; ours can, between two of these."""


def wait_seconds() -> float:
    """Return how long a lock is waited for, seconds: NEGOTIATOR_BUSY_TIMEOUT, 30 without it.

    Raises InvalidSettingError when the variable is not a number from 0 to 86,400.
    """
    seconds = number_from(os.environ, "NEGOTIATOR_BUSY_TIMEOUT")
    if seconds is not None and not 0 <= seconds <= _LONGEST_WAIT_SECONDS:
        raise InvalidSettingError(
            f"NEGOTIATOR_BUSY_TIMEOUT is {seconds}", f"it has to be from 0 to {_LONGEST_WAIT_SECONDS} seconds"
        )
    return DEFAULT_WAIT_SECONDS if seconds is None else float(seconds)


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
            _commit(db, path)
    finally:
        _roll_back_unless_done(db)


def _commit(db: Connection, path: Path) -> None:
    try:
        patiently(db, "COMMIT")
    except sqlite3.OperationalError as error:
        # What follows the removal of the journal comes too late to undo anything. An error alone would have
        # what was written written again.
        if error.sqlite_errorcode == sqlite3.SQLITE_IOERR_DIR_FSYNC:
            raise UnusableFileError(
                f"{str(path)!r} was changed, but a power cut may undo that: its folder could not be synced",
                "check the disk, and what is on record before you try again",
            ) from error
        if error.sqlite_errorcode not in _AFTER_THE_COMMIT:
            raise
        warnings.warn(UnfinishedTidyingWarning(f"{str(path)!r} is still locked: {error}"), stacklevel=4)


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
    began = time.monotonic()
    while True:
        try:
            db.execute(sql, values or {}).close()
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() - began >= wait_seconds():
                raise
        else:
            return


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
    except sqlite3.OperationalError as error:
        if interrupts:
            raise interrupts[0] from None
        if primary_code(error) == sqlite3.SQLITE_INTERRUPT:  # Ctrl-C as `tick` began, before its `try`
            raise KeyboardInterrupt from None
        raise
    finally:
        db.set_progress_handler(None, 0)
