"""Files of data that are read: by name, or ``-`` for standard input."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO, NoReturn, TextIO

from negotiator.errors import BadInputError, FileMissingError, resource_error

STDIN = Path("-")


@contextmanager
def opened(source: Path, kind: type[BadInputError]) -> Iterator[BinaryIO]:
    """Open a file to read its bytes. Raises FileMissingError when it is missing, ``kind`` otherwise."""
    if source == STDIN:
        if sys.stdin is None:
            raise kind("there is no standard input to read", "name a file")
        _refuse_impatient(kind)
        yield sys.stdin.buffer
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError as error:
        raise FileMissingError(f"there is no file {str(source)!r}", "check its name") from error
    except (OSError, ValueError) as error:
        unreadable(error, kind)
    with stream:
        yield stream


def _refuse_impatient(kind: type[BadInputError]) -> None:
    """Raise ``kind`` for standard input that says it is at its end when nothing has come yet."""
    with suppress(UnsupportedOperation, OSError):
        if not os.get_blocking(sys.stdin.fileno()):
            raise kind("standard input doesn't wait for data", "give it in blocking mode, or name a file")


def unreadable(error: Exception, kind: type[BadInputError], hint: str = "nothing was changed") -> NoReturn:
    """Raise ``kind`` for what the system said of a file, ResourceError for what it said of this process."""
    if lacking := resource_error(error):
        raise lacking from error
    reason = getattr(error, "strerror", None) or error
    raise kind(f"the file can't be read: {reason}", hint) from error


def is_same_file(stream: BinaryIO, other: TextIO | None) -> bool:
    """Return whether what is written to ``other`` would be read from ``stream``."""
    if other is None:
        return False
    try:
        read, written = os.fstat(stream.fileno()), os.fstat(other.fileno())
    except (OSError, ValueError):
        return False
    return S_ISREG(read.st_mode) and os.path.samestat(read, written)


def size_of(stream: BinaryIO) -> int | None:
    """Return how many bytes a regular file has; None for a pipe, a terminal, a stream of a program's own."""
    try:
        status = os.fstat(stream.fileno())
    except UnsupportedOperation:
        return None
    return status.st_size if S_ISREG(status.st_mode) else None
