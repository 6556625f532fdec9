"""One object for the open file: where it is, its connection, its transactions."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any, Self

from negotiator.errors import (
    FileMissingError,
    NotADatabaseError,
    Remedy,
    SQLiteTooOldError,
    UnusableFileError,
)
from negotiator.storage.follower import HeldConnection, hold, mark_of
from negotiator.storage.inspection import migrations_pending, pending, require_tables
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import (
    SLICE_SECONDS,
    locked,
    patiently,
    read_transaction,
    wait_seconds,
    write_transaction,
)

if TYPE_CHECKING:
    from sqlite_utils import Database

_DURABLE = "PRAGMA main.synchronous = EXTRA"
"""Makes a commit survive a power cut in every journal mode.

In rollback mode FULL, which most builds begin with, does not sync the folder after the journal is deleted:
after a power cut the journal is there again, and SQLite undoes the commit with it.
"""


LEAST_SQLITE = (3, 26, 0)
"""The first SQLite that has all we ask of it: it brought `table_xinfo`, which shows every column."""


def file_uri(path: Path, mode: str) -> str:
    """Return the URI of a file for SQLite, in which spaces, ?, # and % are escaped."""
    return f"{path.absolute().as_uri()}?mode={mode}"


def connect(path: Path) -> Connection:
    """Open a file that exists, for reading and writing if its permissions allow; never creates one.

    What is committed on it survives a power cut, whatever the journal mode. Waits for a lock as a transaction
    does. A copy that Litestream keeps up to date is opened for reading, and nobody changes it before it is
    closed. Raises BusyError, FileMissingError, UnusableFileError. The caller closes the returned database.
    """
    path = Path(path)
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        raise SQLiteTooOldError(
            f"SQLite {sqlite3.sqlite_version} is too old: {_spelled(LEAST_SQLITE)} or later is needed",
            "use a Python that has one",
        )
    with sqlite_errors(path):
        if not path.exists():
            raise FileMissingError(
                f"there is no file {str(path)!r}",
                "name another, or make one",
                remedy=Remedy.NAME_OR_MAKE_FILE,
            )
        if not path.is_file():
            raise NotADatabaseError(
                f"{str(path)!r} is not a file", "name an SQLite file", remedy=Remedy.NAME_FILE
            )
        if mark_of(path):
            return _open_follower(path)
        try:
            return _open(path, "rw")  # because plain opening creates what is missing
        except sqlite3.OperationalError as error:
            from negotiator.storage.read_only import may_read_as_it_stands  # noqa: PLC0415 - few files need it

            if not may_read_as_it_stands(path, error):
                raise
            return _open(path, "ro&immutable=1")


def _spelled(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _open_follower(path: Path) -> Connection:
    lock = hold(path, wait_seconds())
    connection = sqlite3.connect(
        file_uri(path, "ro&immutable=1"), uri=True, isolation_level=None, factory=HeldConnection
    )
    connection.lock = lock
    return _prepared(connection)


def _open(path: Path, mode: str) -> Connection:
    return _prepared(
        sqlite3.connect(
            file_uri(path, mode),
            uri=True,
            timeout=min(wait_seconds(), SLICE_SECONDS),
            isolation_level=None,  # transactions are begun and ended by name, below, and nowhere else
        )
    )


def _prepared(connection: Connection) -> Connection:
    try:
        # Old files hold text that isn't UTF-8; it is shown with a mark instead of refusing the row.
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        make_durable(connection)  # the first to read the file
    except BaseException:
        connection.close()
        raise
    return connection


def make_durable(connection: Connection) -> None:
    """Let what is committed on a connection survive a power cut; inside a transaction SQLite cannot.

    Waits for a lock as a transaction does.
    """
    if not connection.in_transaction:
        patiently(connection, _DURABLE)


def use_write_ahead_log(path: Path) -> None:
    """Turn a file of ours into WAL mode, in which readers and a writer do not wait for each other."""
    with sqlite_errors(path), closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")


def as_database(connection: Connection) -> "Database":
    """Return an open file as sqlite-utils sees it: to migrate it, to insert many rows, to ask for dicts.

    What an ask or a history needs is SQL alone, so they do without: importing sqlite-utils takes 80 ms (160
    with numpy there), and without it both start in two thirds of the time.
    """
    from sqlite_utils import Database  # noqa: PLC0415 - see above

    return Database(connection, execute_plugins=False, recursive_triggers=False)


class LoadsFile:
    """An open file: its ``path``, which names it in errors, and the ``connection`` to it.

    Every use case takes one. Not for several threads at once; any number of processes may have the same file
    open.
    """

    def __init__(self, connection: Connection, path: Path) -> None:
        """Work on a connection that is open; whoever opened it closes it."""
        self.connection = connection
        self.path = path
        self._place = str(path.absolute())  # wherever this program goes meanwhile
        self._identity = _identity(self._place)
        self._in_one_transaction = False

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Open a file with our tables and no pending migrations, and close it at the end.

        Raises what `connect` does, SchemaError, MigrationsPendingError.
        """
        db = connect(path)
        try:
            with read_transaction(db, path):
                require_tables(db, path)
                if pending(db):
                    raise migrations_pending(path)
            yield cls(db, path)
        finally:
            db.close()

    def read(self) -> AbstractContextManager[Connection]:
        """See one state of the file inside a ``with`` block; whatever is written there is rolled back.

        Raises BusyError, UnusableFileError.
        """
        return self._transaction(read_transaction)

    def write(self) -> AbstractContextManager[Connection]:
        """Hold the write lock inside a ``with`` block, and commit at its end; roll back if it raises.

        Inside `one_transaction` it is a part of that one. Raises BusyError when the file stayed locked for
        the whole wait, UnusableFileError.
        """
        return self._transaction(write_transaction)

    def _transaction(
        self, kind: type[read_transaction | write_transaction]
    ) -> AbstractContextManager[Connection]:
        if self._in_one_transaction:
            self._require_transaction()
            return kind(self.connection, self.path)  # that one looks at its end
        return kind(self.connection, self.path, self._require_same_file)

    def one_row(
        self, sql: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> dict[str, Any] | None:
        """Return the first row that SQL finds, by the names of its columns; None when there is none.

        SQL on the connection: what is about one row does without sqlite-utils, whose import takes longer
        than all else that such a command does.
        """
        cursor = self.connection.execute(sql, values)
        row = cursor.fetchone()
        names = [column[0] for column in cursor.description]
        cursor.close()  # an open cursor would hold a lock
        return None if row is None else dict(zip(names, row, strict=True))

    def expect_many(self) -> None:
        """Keep up to 16 MB of the file in memory, eight times as much as usual: asks meet all parts of it.

        Raises BusyError, UnusableFileError.
        """
        with sqlite_errors(self.path):
            patiently(self.connection, "PRAGMA main.cache_size = -16384")

    def utils(self) -> "Database":
        """Return the file as sqlite-utils sees it."""
        return as_database(self.connection)

    @contextmanager
    def one_transaction(self) -> Iterator[None]:
        """Commit all that is written inside a ``with`` block at once, at its end.

        What is refused in it leaves the rest as it is; what cannot be written undoes it all. The file is
        locked throughout, so wait for nobody in it. Raises BusyError, UnusableFileError, and RuntimeError
        inside another such block.
        """
        if self._in_one_transaction:
            raise RuntimeError("this is inside one transaction already")
        self._in_one_transaction = True
        try:
            with locked(self.connection, self.path):
                yield
                self._require_transaction()
                self._require_same_file()
        finally:
            self._in_one_transaction = False

    def _require_transaction(self) -> None:
        """Raise UnusableFileError when what came before was undone: by us, or by SQLite on a full disk."""
        if not self.connection.in_transaction:
            raise UnusableFileError(f"{str(self.path)!r} could not be written", "nothing of it is on record")

    def is_in_place(self) -> bool:
        """Return whether the file's name still stands for what is open: it was neither moved nor replaced."""
        return _identity(self._place) == self._identity

    def _require_same_file(self) -> None:
        """Raise UnusableFileError when what is open has another name by now, or none: SQLite would go on."""
        if not self.is_in_place():
            raise UnusableFileError(
                f"{str(self.path)!r} was moved or replaced while it was open", "open it again"
            )


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from others whatever its name, None for one that is not there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - each ask looks: making a text of a Path takes as long
    except OSError:
        return None
    return status.st_dev, status.st_ino
