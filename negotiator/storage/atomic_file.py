"""A new file gets its name only when it is whole, and never the name of a file that exists."""

import atexit
import errno
import itertools
import os
import secrets
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE

from negotiator.errors import (
    BadInputError,
    FileExistsConflictError,
    FileMissingError,
    UnfinishedTidyingWarning,
    UnusableFileError,
)
from negotiator.storage.follower import SUFFIX, mark_of

SIDE_FILES = ("-journal", "-wal", "-shm")
"""What SQLite adds to a file's name for the files beside it, which it reads as a part of that file."""
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EACCES}
"""What systems say of folders that they do not sync, or that may be written and not read."""
_unfinished: dict[Path, int] = {}
"""The unfinished files that are there now, each with the process that made it."""


@contextmanager
def unfinished(folder: Path, prefix: str) -> Iterator[Path]:
    """Give an empty file of ours in ``folder``, readable by the owner alone, and remove it at the end.

    Its name is ``prefix`` and something random. Raises FileMissingError when there is no such folder,
    OSError. Warns of what cannot be removed.
    """
    if not folder.is_dir():
        raise FileMissingError(f"there is no folder {str(folder)!r}", "make it first")
    path = folder / f"{prefix}{secrets.token_hex(8)}"
    _unfinished[path.absolute()] = os.getpid()  # before it is there: Ctrl-C may come as soon as it is
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield path
    finally:
        _remove_whole(path.absolute())


def remove(path: Path) -> None:
    """Remove a file of ours that is needed no more; warn when that fails, because the work is done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(
            UnfinishedTidyingWarning(f"{str(path)!r} can be removed ({error.strerror})"), stacklevel=4
        )


def _remove_whole(path: Path) -> None:
    for name in (path, *side_files(path)):
        remove(name)
    _unfinished.pop(path, None)


@atexit.register
def remove_unfinished() -> None:
    """Remove what is left of unfinished files when Ctrl-C came while one was being made or removed."""
    for path, process in list(_unfinished.items()):
        if process == os.getpid():  # not in a child that was forked meanwhile
            _remove_whole(path)


def publish(unfinished_file: Path, final: Path) -> None:
    """Give a whole file its final name, so that it is there after a power cut too.

    A hard link, because a rename would replace a file of that name.
    Raises FileExistsConflictError when the name is taken, or was that of a follower; BadInputError for the
    name of a side file, UnusableFileError, OSError.
    """
    refuse_side_file(final)
    if mark := mark_of(final):
        raise taken(Path(mark))
    _sync(unfinished_file)
    try:
        os.link(unfinished_file, final)
    except FileExistsError:
        raise taken(final) from None
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP}:
            raise
        raise UnusableFileError(
            f"{str(final)!r} can't be made: its file system has no hard links", "use a folder on another disk"
        ) from error
    _sync_folder_of(final)


def taken(path: Path) -> FileExistsConflictError:
    """Return the error for a file that was to be made and is there."""
    return FileExistsConflictError(
        f"{str(path)!r} exists, and is left as it is", "name another file, or move that one away"
    )


def replace(path: Path, parts: Iterable[str]) -> None:
    """Put the parts of a text in a file's place, whole or not at all; it keeps its owner and its mode.

    Raises FileMissingError when there is no such folder, BadInputError for the name of a side file,
    UnusableFileError, OSError.
    """
    refuse_side_file(path)
    if path.exists() and not path.is_file():
        _write(path, parts)  # a pipe or a device
        return
    path = real_path(path)  # a link stays one
    with unfinished(path.parent, f".{path.name}.new-") as new:
        _write(new, parts)
        if path.exists():
            take_after(new, path.stat())
        else:
            new.chmod(0o666 & ~_umask())
        _sync(new)
        new.replace(path)
        _sync_folder_of(path)


def _write(path: Path, parts: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(parts)


def refuse_side_file(path: Path) -> None:
    """Raise BadInputError for a name that SQLite or Litestream would take for a part of another file."""
    if real_path(path).name.endswith((*SIDE_FILES, SUFFIX)):
        raise BadInputError(
            f"{str(path)!r} is a name for a part of an SQLite file", "name a file that does not end like that"
        )


def real_path(path: Path) -> Path:
    """Return where a file is, through all links. One of a ring of links is returned as it is."""
    return Path(os.path.realpath(path))  # where Path.resolve would raise RuntimeError


def side_files(path: Path) -> list[Path]:
    """Return the names of the files that SQLite keeps beside a file."""
    return [Path(f"{path}{suffix}") for suffix in SIDE_FILES]


def take_after(path: Path, status: os.stat_result) -> None:
    """Give a new file the owner, the group and the mode of another, as far as the system allows."""
    for user, group in ((-1, status.st_gid), (status.st_uid, -1)):
        with suppress(PermissionError):  # only root gives files away, and others only to groups of theirs
            os.chown(path, user, group)
    path.chmod(S_IMODE(status.st_mode))


def _umask() -> int:
    """Return which rights new files are made without; asking for it sets it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def stamped(path: Path, what: str, now: datetime) -> Iterator[Path]:
    """Give the names ``NAME.what.YYYYMMDD_HHMMSS`` (UTC), then with ``_2`` and so on, for ever."""
    first = f"{path}.{what}.{now.astimezone(UTC):%Y%m%d_%H%M%S}"
    yield Path(first)
    for number in itertools.count(2):
        yield Path(f"{first}_{number}")


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that the names in it are on the disk. One that cannot be synced passes.

    Raises OSError when the disk fails.
    """
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def _sync_folder_of(path: Path) -> None:
    """Raise UnusableFileError, which says that the file is there, when its folder cannot be synced."""
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise UnusableFileError(
            f"{str(path)!r} is there and whole, but may be gone after a power cut: its folder could not be "
            f"written to the disk ({error.strerror})",
            "check the disk",
        ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
