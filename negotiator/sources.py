"""Files of data that are read: by name, or ``-`` for standard input."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, NoReturn

from negotiator.errors import BadInputError, DatabaseNotFoundError

STDIN = Path("-")


@contextmanager
def opened(source: Path, kind: type[BadInputError]) -> Iterator[BinaryIO]:
    """Open a file to read its bytes. Raises DatabaseNotFoundError when it is missing, ``kind`` otherwise."""
    if source == STDIN:
        if sys.stdin is None:
            raise kind("there is no standard input to read", "name a file")
        yield sys.stdin.buffer
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError as error:
        raise DatabaseNotFoundError(f"there is no file {str(source)!r}", "check its name") from error
    except (OSError, ValueError) as error:
        unreadable(error, kind)
    with stream:
        yield stream


def unreadable(error: Exception, kind: type[BadInputError]) -> NoReturn:
    """Raise ``kind`` for what the system said while a file was read."""
    reason = getattr(error, "strerror", None) or error
    raise kind(f"the file can't be read: {reason}", "what was not read has changed nothing") from error


def size_of(stream: BinaryIO) -> int | None:
    """Return how many bytes a regular file has; None for a pipe, a terminal, a stream of a program's own."""
    try:
        status = os.fstat(stream.fileno())
    except UnsupportedOperation:
        return None
    return status.st_size if S_ISREG(status.st_mode) else None
