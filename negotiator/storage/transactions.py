"""Hold a file's lock for one piece of work, and wait for it so that Ctrl-C is heard."""

import os
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType

from negotiator.errors import REFUSALS, InvalidSettingError, UnfinishedTidyingWarning, UnusableFileError
from negotiator.progress import Progress
from negotiator.storage.follower import refuse_follower
from negotiator.storage.sqlite_errors import primary_code, raise_ours, sqlite_errors
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


class _Transaction:
    """One state of a file, as a ``with`` block; inside another transaction a part of that one.

    What SQLite and the system raise in it is said in our own errors. ``at_end`` is called at the end of a
    block that raised nothing, unless it is a part of another. A class: generators would take a tenth of an
    ask.
    """

    def __init__(self, db: Connection, path: Path, at_end: Callable[[], None] | None = None) -> None:
        """Begin nothing yet; ``path`` names the file in errors."""
        self._db = db
        self._path = path
        self._at_end = at_end
        self._is_part = False

    def __enter__(self) -> Connection:
        """Begin, unless there is a transaction."""
        self._is_part = self._db.in_transaction
        if not self._is_part:
            try:
                with sqlite_errors(self._path):
                    self._begin()
            except BaseException:
                _roll_back_unless_done(self._db)
                raise
        return self._db

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """End what was begun. Raises our own error for what the block raised."""
        with sqlite_errors(self._path):
            if not self._is_part:
                self._end(error)
            elif error is not None:
                self._leave(error)
        if error is not None:
            raise_ours(error, self._path)

    def _end(self, error: BaseException | None) -> None:
        try:
            if error is None:
                if self._at_end is not None:
                    self._at_end()
                self._finish()
        finally:
            _roll_back_unless_done(self._db)

    def _begin(self) -> None:
        """Begin a transaction."""

    def _finish(self) -> None:
        """Keep what was written."""

    def _leave(self, error: BaseException) -> None:
        """Leave the transaction of which this is a part: the block raised an error."""


class write_transaction(_Transaction):  # noqa: N801 - named for what it says in a with statement
    """Hold the write lock from the first read to the commit; roll back when anything is raised.

    Inside a transaction it is a part of that one, which a refusal leaves as it is: it comes before anything
    is written. Raises BusyError when the file stayed locked for the whole wait, UnusableFileError, among it
    FollowerError for a copy that is not to be written.
    """

    def _begin(self) -> None:
        _begin_writing(self._db, self._path)

    def _finish(self) -> None:
        _commit(self._db, self._path)

    def _leave(self, error: BaseException) -> None:
        if not isinstance(error, REFUSALS):
            self._db.rollback()


class read_transaction(_Transaction):  # noqa: N801 - as above
    """See one state of the file throughout; whatever is written is rolled back.

    Inside a transaction it is a part of that one.
    """

    def _begin(self) -> None:
        self._db.execute("BEGIN")
        patiently(self._db, "SELECT 1 FROM main.sqlite_master LIMIT 1")  # BEGIN alone locks nothing


@contextmanager
def locked(db: Connection, path: Path) -> Iterator[None]:
    """Hold the write lock for what may raise anything of its own, which isn't said to be about the file."""
    try:
        with sqlite_errors(path):
            _begin_writing(db, path)
        yield
        with sqlite_errors(path):
            _commit(db, path)
    finally:
        _roll_back_unless_done(db)


def _begin_writing(db: Connection, path: Path) -> None:
    refuse_follower(path)
    patiently(db, "BEGIN IMMEDIATE")


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
        warnings.warn(UnfinishedTidyingWarning(f"{str(path)!r} is still locked: {error}"), stacklevel=5)


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
