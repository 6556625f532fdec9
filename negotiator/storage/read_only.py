"""A file where nothing can be written: whether it can be read as it stands, and why not."""

import os
import sqlite3
from pathlib import Path

from negotiator.errors import ReadOnlyFileError
from negotiator.storage.atomic_file import real_path, side_files

_COPY_IT = "copy it, with what lies beside it, to a folder that can be written"
_CANNOT_MAKE_FILES = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY_DIRECTORY}
"""What SQLite says when it cannot make files beside another: on a read-only disk, and where it may not."""
_MODE_BYTES = slice(18, 20)
_WAL_MODE = b"\x02\x02"
"""What these bytes of a file are in WAL mode."""


def may_read_as_it_stands(path: Path, error: sqlite3.OperationalError) -> bool:
    """Return whether a file that SQLite could not open is whole in itself, and cannot change.

    To read a file in WAL mode, SQLite makes files beside it, which it cannot do on read-only media.
    Raises ReadOnlyFileError, with the reason, when that is why and the file cannot be read as it stands.
    """
    path = real_path(path)  # its side files are beside the real file
    if error.sqlite_errorcode not in _CANNOT_MAKE_FILES or not _is_in_wal_mode(path):
        return False
    if not os.statvfs(path).f_flag & os.ST_RDONLY:
        if os.access(path.parent, os.W_OK):
            return False
        raise ReadOnlyFileError(
            f"{str(path)!r} is in WAL mode, and SQLite would have to write in its folder to read it",
            _COPY_IT,
        )
    full = [name for name in side_files(path) if name.exists() and name.stat().st_size]
    if full:
        raise ReadOnlyFileError(
            f"{str(path)!r} cannot be read on a read-only disk: {str(full[0])!r} holds changes of it",
            _COPY_IT,
        )
    return True


def _is_in_wal_mode(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(_MODE_BYTES.stop)[_MODE_BYTES] == _WAL_MODE
