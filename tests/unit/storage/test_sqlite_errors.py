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
    Remedy,
    ResourceError,
    SchemaError,
    UnusableFileError,
)
from negotiator.storage.sqlite_errors import primary_code, sqlite_errors

PATH = Path("a file.db")
REMEDIES = {
    sqlite3.SQLITE_NOTADB: Remedy.NAME_FILE,
    sqlite3.SQLITE_ERROR: Remedy.NAME_OR_CHECK_FILE,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: Remedy.FIND_TRIGGER,
    sqlite3.SQLITE_PROTOCOL: Remedy.CHECK_FILE,
}
"""Of SQLite's result codes: where the command line has advice."""


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
        (
            sqlite3.SQLITE_BUSY,
            BusyError,
            "is locked by another program",
            "try again, or wait longer: NEGOTIATOR_BUSY_TIMEOUT=SECONDS",
        ),
        (
            sqlite3.SQLITE_BUSY_SNAPSHOT,
            BusyError,
            "is locked by another program",
            "try again, or wait longer: NEGOTIATOR_BUSY_TIMEOUT=SECONDS",
        ),
        (
            sqlite3.SQLITE_LOCKED,
            BusyError,
            "is locked by another program",
            "try again, or wait longer: NEGOTIATOR_BUSY_TIMEOUT=SECONDS",
        ),
        (
            sqlite3.SQLITE_READONLY,
            ReadOnlyFileError,
            "can't be written",
            "check the permissions of the file and of its folder",
        ),
        (
            sqlite3.SQLITE_READONLY_DIRECTORY,
            ReadOnlyFileError,
            "can't be written",
            "check the permissions of the file and of its folder",
        ),
        (
            sqlite3.SQLITE_READONLY_ROLLBACK,
            ReadOnlyFileError,
            "cannot be read before an interrupted change of it is undone, and it can't be written",
            "copy it, with the -journal file beside it, to a folder that can be written",
        ),
        (
            sqlite3.SQLITE_READONLY_DBMOVED,
            UnusableFileError,
            "was moved or replaced while it was open",
            "open it again",
        ),
        (sqlite3.SQLITE_CORRUPT, DamagedFileError, "is damaged (its own words)", "restore a backup of it"),
        (sqlite3.SQLITE_NOTADB, NotADatabaseError, "is not an SQLite file", "name the right file"),
        (
            sqlite3.SQLITE_CANTOPEN,
            UnusableFileError,
            "can't be opened (its own words)",
            "check the permissions of the file and of its folder",
        ),
        (
            sqlite3.SQLITE_ERROR,
            SchemaError,
            "has other tables or columns than expected (its own words)",
            "name the right file, or check this one",
        ),
        (
            sqlite3.SQLITE_CONSTRAINT_NOTNULL,
            SchemaError,
            "does not take what was to be written (its own words)",
            "look for a constraint or a trigger that another program has made",
        ),
        (
            sqlite3.SQLITE_IOERR_WRITE,
            UnusableFileError,
            "can't be read or written (its own words)",
            "check that the disk has room and is in order",
        ),
        (
            sqlite3.SQLITE_IOERR_FSYNC,
            UnusableFileError,
            "may or may not have been changed (its own words)",
            "check the disk, then look whether it was recorded before you make it again",
        ),
        (
            sqlite3.SQLITE_PROTOCOL,
            UnusableFileError,
            "can't be used (its own words)",
            "check the disk and the file",
        ),
    ],
)
def test_what_sqlite_reports(code: int, kind: type[NegotiatorError], words: str, hint: str) -> None:
    """By its result code, the extended one where that tells more."""
    error = raised(of_sqlite(code))
    assert type(error) is kind
    assert error.message == f"'a file.db' {words}"
    assert error.hint == hint
    assert error.remedy is REMEDIES.get(code)


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
    assert error.hint == "free some disk space, then try again"


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
    if code in {errno.EACCES, errno.EPERM}:
        assert error.hint == "check the permissions of the file and of its folders"
    assert error.remedy is (Remedy.CHECK_FILE if code == errno.EIO else None)


def test_an_error_of_the_system_without_a_number_says_what_it_can() -> None:
    """As a library raises it; so does one of SQLite that has no code."""
    assert raised(OSError("gone")).message == "'a file.db' can't be used (gone)"
    assert raised(OSError(errno.EIO, "")).message == f"'a file.db' can't be used ([Errno {errno.EIO}] )"
    assert raised(sqlite3.DatabaseError("odd")).message == "'a file.db' can't be used (odd)"


def test_only_the_whole_code_tells_apart_what_shares_its_beginning() -> None:
    """An extended code that we know nothing of means what its beginning means."""
    assert raised(of_sqlite(sqlite3.SQLITE_READONLY_CANTLOCK)).message == "'a file.db' can't be written"
    assert [primary_code(of_sqlite(code)) for code in (sqlite3.SQLITE_IOERR_FSYNC, 0x105)] == [10, 5]
    assert primary_code(ValueError()) == 0


def test_a_file_that_cannot_be_opened_is_blamed_where_others_can() -> None:
    """Four are tried."""
    assert raised(of_sqlite(sqlite3.SQLITE_CANTOPEN)).message == "'a file.db' can't be opened (its own words)"


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
