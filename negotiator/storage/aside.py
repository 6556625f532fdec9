"""A damaged file makes room for another, and comes back if that one does not come."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from negotiator.errors import UnusableFileError
from negotiator.storage.atomic_file import SIDE_FILES, stamped, sync_folder


@contextmanager
def moved_aside(path: Path, now: datetime) -> Iterator[Path | None]:
    """Rename a file and its side files to ``NAME.damaged.YYYYMMDD_HHMMSS`` (UTC), and give that name.

    The file goes first; side files of one that is gone are moved too, because SQLite would read them into the
    next file of that name. None when there was nothing. When the block raises, they are put back.
    Raises OSError, and UnusableFileError, which says where they are, when they cannot be put back.
    """
    found = [suffix for suffix in ("", *SIDE_FILES) if Path(f"{path}{suffix}").exists()]
    if not found:
        yield None
        return
    aside = _free_name(path, now)
    try:
        for suffix in found:
            _rename(f"{path}{suffix}", f"{aside}{suffix}")
        sync_folder(path.parent)
        yield aside
    except BaseException as failure:
        _put_back(path, aside, found, failure)
        raise


def _free_name(path: Path, now: datetime) -> Path:
    """Return a name that nothing has, with no suffix either."""
    names = stamped(path, "damaged", now)
    return next(
        name for name in names if not any(Path(f"{name}{suffix}").exists() for suffix in ("", *SIDE_FILES))
    )


def _put_back(path: Path, aside: Path, suffixes: list[str], failure: BaseException) -> None:
    """Undo what was done of the renaming, the file last; not where another has its name by now."""
    moved = [suffix for suffix in reversed(suffixes) if Path(f"{aside}{suffix}").exists()]
    is_replaced = bool(moved) and path.exists() and not _is_same(path, aside)
    if is_replaced and not isinstance(failure, Exception):
        return  # an interrupt, which came when all was done
    try:
        if is_replaced:
            raise FileExistsError(errno.EEXIST, "another file has its name")
        for suffix in moved:
            _rename(f"{aside}{suffix}", f"{path}{suffix}")
        sync_folder(path.parent)
    except OSError as error:
        raise UnusableFileError(
            f"{str(path)!r} was moved to {str(aside)!r} and stays there ({error.strerror}): {failure}",
            "look at both when the disk is in order",
        ) from failure


def _rename(old: str, new: str) -> None:
    """Rename a file unless the new name is taken by another: a plain rename would replace that one."""
    if not _is_same(Path(new), Path(old)):  # as it is when Ctrl-C came between the two steps
        os.link(old, new)
    Path(old).unlink()


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
