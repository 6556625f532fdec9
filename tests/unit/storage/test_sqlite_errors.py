"""What SQLite and the system report is said in words of ours: what, where, what to do."""

import errno
import sqlite3
from pathlib import Path

import pytest

from negotiator.errors import (
    BusyError,
    DamagedFileError,
    DiskFullError,
    NegotiatorError,
    NotADatabaseError,
    ReadOnlyFileError,
    ResourceError,
    SchemaError,
    UnusableFileError,
)
from negotiator.storage.sqlite_errors import sqlite_errors

PATH = Path("a file.db")


def of_sqlite(code: int) -> sqlite3.OperationalError:
    """Return an error of SQLite's with a result code."""
    error = sqlite3.OperationalError("its own words")
    error.sqlite_errorcode = code
    return error


def raised(error: Exception) -> NegotiatorError:
    """Return ours for it."""
    with pytest.raises(NegotiatorError) as refusal, sqlite_errors(PATH):
        raise error
    assert refusal.value.__cause__ is error
    return refusal.value


@pytest.mark.parametrize(
    ("code", "kind", "words", "hint"),
    [
        (sqlite3.SQLITE_BUSY, BusyError, "is locked by another program", "try again"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, BusyError, "is locked by another program", "try again"),
        (sqlite3.SQLITE_LOCKED, BusyError, "is locked by another program", "try again"),
        (sqlite3.SQLITE_READONLY, ReadOnlyFileError, "can't be written", "check the permissions"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, ReadOnlyFileError, "can't be written", "check the permissions"),
        (
            sqlite3.SQLITE_READONLY_ROLLBACK,
            ReadOnlyFileError,
            "cannot be read before an interrupted change of it is undone, and it can't be written",
            "copy it, with the -journal file",
        ),
        (
            sqlite3.SQLITE_READONLY_DBMOVED,
            UnusableFileError,
            "was moved or replaced while it was open",
            "open it",
        ),
        (sqlite3.SQLITE_CORRUPT, DamagedFileError, "is damaged (its own words)", "restore a backup"),
        (sqlite3.SQLITE_NOTADB, NotADatabaseError, "is not an SQLite file", "name the right file"),
        (
            sqlite3.SQLITE_CANTOPEN,
            UnusableFileError,
            "can't be opened (its own words)",
            "check the permissions",
        ),
        (
            sqlite3.SQLITE_ERROR,
            SchemaError,
            "has other tables or columns than expected (its own words)",
            "name the right file",
        ),
        (
            sqlite3.SQLITE_CONSTRAINT_NOTNULL,
            SchemaError,
            "does not take what was to be written (its own words)",
            "look for a constraint",
        ),
        (
            sqlite3.SQLITE_IOERR_FSYNC,
            UnusableFileError,
            "can't be read or written (its own words)",
            "check that the disk",
        ),
        (sqlite3.SQLITE_PROTOCOL, UnusableFileError, "can't be used (its own words)", "check the disk"),
    ],
)
def test_what_sqlite_reports(code: int, kind: type[NegotiatorError], words: str, hint: str) -> None:
    """By its result code, the extended one where that tells more."""
    error = raised(of_sqlite(code))
    assert type(error) is kind
    assert error.message == f"'a file.db' {words}"
    assert error.hint is not None
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, DiskFullError),
        (errno.ENOSPC, DiskFullError),
        (errno.EDQUOT, DiskFullError),
        (errno.EFBIG, DiskFullError),
    ],
)
def test_no_room_is_named(code: int, kind: type[NegotiatorError]) -> None:
    """Whoever found it."""
    error = raised(of_sqlite(code) if code == sqlite3.SQLITE_FULL else OSError(code, "its own words"))
    assert type(error) is kind
    assert error.message == "there is no room to write 'a file.db'"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.EROFS, ReadOnlyFileError, "'a file.db' can't be written"),
        (errno.EACCES, ReadOnlyFileError, "'a file.db' cannot be read or written (its own words)"),
        (errno.EPERM, ReadOnlyFileError, "'a file.db' cannot be read or written (its own words)"),
        (errno.EIO, UnusableFileError, "'a file.db' can't be used (its own words)"),
        (errno.ENOMEM, ResourceError, "there is not enough memory"),
        (errno.EMFILE, ResourceError, "too many files are open"),
        (errno.ENFILE, ResourceError, "too many files are open"),
    ],
)
def test_what_the_system_reports(code: int, kind: type[NegotiatorError], words: str) -> None:
    """By its number; what this process lacks is not said of the file."""
    error = raised(OSError(code, "its own words"))
    assert type(error) is kind
    assert error.message == words


def test_a_file_that_cannot_be_opened_because_none_can_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says the same of both."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Path, "open", refuse)
    assert type(raised(of_sqlite(sqlite3.SQLITE_CANTOPEN))) is ResourceError
    assert type(raised(of_sqlite(sqlite3.SQLITE_IOERR))) is UnusableFileError


def test_a_name_that_is_no_text_is_damage() -> None:
    """A damaged schema."""
    error = raised(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"))
    assert (type(error), error.message) == (
        DamagedFileError,
        "'a file.db' is damaged (a name in it is no text)",
    )


@pytest.mark.parametrize("error", [BrokenPipeError(), sqlite3.ProgrammingError(), ValueError()])
def test_what_is_not_about_the_file_is_left(error: Exception) -> None:
    """Our output, a closed service, a slip of ours."""
    with pytest.raises(type(error)) as passed, sqlite_errors(PATH):
        raise error
    assert passed.value is error
