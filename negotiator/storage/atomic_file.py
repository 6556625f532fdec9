"""A new file gets its name only when it is whole, and never the name of a file that exists."""

import errno
import itertools
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from negotiator.errors import FileMissingError, UnusableFileError

SIDE_FILES = ("-journal", "-wal", "-shm")


@contextmanager
def unfinished(folder: Path, prefix: str) -> Iterator[Path]:
    """Give an empty file of ours in ``folder``, readable by the owner alone, and remove it at the end.

    Its name is ``prefix`` and something random. Raises FileMissingError when there is no such folder,
    OSError.
    """
    if not folder.is_dir():
        raise FileMissingError(f"there is no folder {str(folder)!r}", "make it first")
    path = folder / f"{prefix}{secrets.token_hex(8)}"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield path
    finally:
        for name in (path, *(Path(f"{path}{suffix}") for suffix in SIDE_FILES)):
            name.unlink(missing_ok=True)


def publish(unfinished_file: Path, final: Path) -> None:
    """Give a whole file its final name, so that it is there after a power cut too.

    A hard link, because a rename would replace a file of that name.
    Raises FileExistsError when the name is taken, OSError.
    """
    _sync(unfinished_file)
    try:
        os.link(unfinished_file, final)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP}:
            raise
        raise UnusableFileError(
            f"{str(final)!r} can't be made: its file system has no hard links", "use a folder on another disk"
        ) from error
    _sync(final.parent)


def replace(path: Path, text: str) -> None:
    """Put a text in a file's place, whole or not at all; a file that is there keeps its mode.

    Raises FileMissingError when there is no such folder, OSError.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", errors="backslashreplace")  # a pipe or a device
        return
    path = path.resolve()  # a link stays one
    with unfinished(path.parent, f".{path.name}.new-") as new:
        new.write_text(text, encoding="utf-8", errors="backslashreplace")
        new.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask())
        _sync(new)
        new.replace(path)
        _sync(path.parent)


def _umask() -> int:
    """Return which rights new files are made without; asking for it sets it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def move_aside(path: Path, now: datetime) -> Path | None:
    """Rename a file and its side files to ``NAME.damaged.YYYYMMDD_HHMMSS`` (UTC), and return that name.

    The file goes first; side files of one that is gone are moved too, because SQLite would read them into
    the next file of that name. None when there was nothing. Raises OSError.
    """
    found = [suffix for suffix in ("", *SIDE_FILES) if Path(f"{path}{suffix}").exists()]
    if not found:
        return None
    for aside in stamped(path, "damaged", now):
        if not any(Path(f"{aside}{suffix}").exists() for suffix in ("", *SIDE_FILES)):
            break
    for suffix in found:
        os.link(f"{path}{suffix}", f"{aside}{suffix}")  # a rename would replace what has come there since
        Path(f"{path}{suffix}").unlink()
    _sync(path.parent)
    return aside


def stamped(path: Path, what: str, now: datetime) -> Iterator[Path]:
    """Give the names ``NAME.what.YYYYMMDD_HHMMSS`` (UTC), then with ``_2`` and so on, for ever."""
    first = f"{path}.{what}.{now.astimezone(UTC):%Y%m%d_%H%M%S}"
    yield Path(first)
    for number in itertools.count(2):
        yield Path(f"{first}_{number}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
