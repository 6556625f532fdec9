"""A new file gets its name only when it is whole, and never the name of a file that exists."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIDE_FILES = ("-journal", "-wal", "-shm")


@contextmanager
def unfinished(folder: Path, prefix: str) -> Iterator[Path]:
    """Give an empty file of ours in ``folder``, readable by the owner alone, and remove it at the end.

    Its name is ``prefix`` and something random. Raises OSError.
    """
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
    os.link(unfinished_file, final)
    _sync(final.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
