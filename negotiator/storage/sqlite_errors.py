"""What SQLite and the system report, said in our own errors: what, where, what to do."""

import errno
import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

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
    resource_error,
)


def primary_code(error: Exception) -> int:
    """Return SQLite's result code without its extension, 0 when there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class _Meaning(NamedTuple):
    kind: type[NegotiatorError]
    message: str  # with {path} and {detail}
    hint: str
    remedy: Remedy | None = None


_MEANING = {
    sqlite3.SQLITE_BUSY: _Meaning(
        BusyError,
        "{path} is locked by another program",
        "try again, or wait longer: NEGOTIATOR_BUSY_TIMEOUT=SECONDS",
    ),
    sqlite3.SQLITE_READONLY: _Meaning(
        ReadOnlyFileError,
        "{path} can't be written",
        "check the permissions of the file and of its folder",
    ),
    sqlite3.SQLITE_READONLY_ROLLBACK: _Meaning(
        ReadOnlyFileError,
        "{path} cannot be read before an interrupted change of it is undone, and it can't be written",
        "copy it, with the -journal file beside it, to a folder that can be written",
    ),
    sqlite3.SQLITE_READONLY_DBMOVED: _Meaning(
        UnusableFileError,
        "{path} was moved or replaced while it was open",
        "open it again",
    ),
    sqlite3.SQLITE_FULL: _Meaning(
        DiskFullError,
        "there is no room to write {path}",
        "free some disk space, then try again",
    ),
    sqlite3.SQLITE_CORRUPT: _Meaning(
        DamagedFileError,
        "{path} is damaged ({detail})",
        "restore a backup of it",
    ),
    sqlite3.SQLITE_NOTADB: _Meaning(
        NotADatabaseError,
        "{path} is not an SQLite file",
        "name the right file",
        Remedy.NAME_FILE,
    ),
    sqlite3.SQLITE_CANTOPEN: _Meaning(
        UnusableFileError,
        "{path} can't be opened ({detail})",
        "check the permissions of the file and of its folder",
    ),
    sqlite3.SQLITE_ERROR: _Meaning(
        SchemaError,
        "{path} has other tables or columns than expected ({detail})",
        "name the right file, or check this one",
        Remedy.NAME_OR_CHECK_FILE,
    ),
    sqlite3.SQLITE_CONSTRAINT: _Meaning(
        SchemaError,
        "{path} does not take what was to be written ({detail})",
        "look for a constraint or a trigger that another program has made",
        Remedy.FIND_TRIGGER,
    ),
    sqlite3.SQLITE_IOERR: _Meaning(
        UnusableFileError,
        "{path} can't be read or written ({detail})",
        "check that the disk has room and is in order",
    ),
    sqlite3.SQLITE_IOERR_FSYNC: _Meaning(
        UnusableFileError,
        "{path} may or may not have been changed ({detail})",
        "check the disk, then look whether it was recorded before you make it again",
    ),
}
_MEANING[sqlite3.SQLITE_LOCKED] = _MEANING[sqlite3.SQLITE_BUSY]
_OTHERWISE = _Meaning(
    UnusableFileError,
    "{path} can't be used ({detail})",
    "check the disk and the file",
    Remedy.CHECK_FILE,
)


_NOT_ALLOWED = _Meaning(
    ReadOnlyFileError,
    "{path} cannot be read or written ({detail})",
    "check the permissions of the file and of its folders",
)
_BY_ERRNO = {
    errno.ENOSPC: _MEANING[sqlite3.SQLITE_FULL],
    errno.EDQUOT: _MEANING[sqlite3.SQLITE_FULL],
    errno.EFBIG: _MEANING[sqlite3.SQLITE_FULL],
    errno.EROFS: _MEANING[sqlite3.SQLITE_READONLY],
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
}


_FILES_OF_SQLITE = 4  # the file itself, its journal or -wal, its -shm, a temporary one


class sqlite_errors:  # noqa: N801 - named for what it says in a with statement, as those of contextlib are
    """Raise our own error, which names the file and what to do, for one of SQLite or of the system.

    A class, as the transactions are: an ask enters several, and a generator takes five times as long.
    """

    def __init__(self, path: Path) -> None:
        """Name a file in errors."""
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Raise our own error."""
        if error is not None:
            raise_ours(error, self._path)


def raise_ours(error: BaseException, path: Path) -> None:
    """Raise our own error for one of SQLite or of the system; do nothing for any other."""
    match error:
        case BrokenPipeError() | sqlite3.ProgrammingError():
            return  # about our output; about a service that was closed: neither about the file
        case UnicodeDecodeError():  # SQLite's own message quotes a damaged name
            raise _said(_MEANING[sqlite3.SQLITE_CORRUPT], path, "a name in it is no text") from error
        case sqlite3.Error() | OSError():
            raise resource_error(error) or _no_file_can_be_opened(error) or _meant(error, path) from error


def _no_file_can_be_opened(error: Exception) -> ResourceError | None:
    """Return an error if any file could not be opened: SQLite says only that its own one cannot."""
    if primary_code(error) != sqlite3.SQLITE_CANTOPEN:
        return None
    try:
        with ExitStack() as files:
            for _ in range(_FILES_OF_SQLITE):
                files.enter_context(Path(os.devnull).open("rb"))
    except OSError as reason:
        return resource_error(reason)
    return None


def _meant(error: sqlite3.Error | OSError, path: Path) -> NegotiatorError:
    if isinstance(error, OSError):
        return _said(_BY_ERRNO.get(error.errno or 0, _OTHERWISE), path, error.strerror or error)
    whole_code = getattr(error, "sqlite_errorcode", 0)
    return _said(_MEANING.get(whole_code) or _MEANING.get(primary_code(error), _OTHERWISE), path, error)


def _said(meaning: _Meaning, path: Path, detail: object) -> NegotiatorError:
    message = meaning.message.format(path=repr(str(path)), detail=detail)
    return meaning.kind(message, meaning.hint, remedy=meaning.remedy)
