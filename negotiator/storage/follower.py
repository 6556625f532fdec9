"""A copy that Litestream keeps up to date: it can be read, and whatever is written to it is lost."""

import fcntl
import os
import sqlite3
import time
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from negotiator.errors import BusyError, FollowerError

SUFFIX = "-txid"
"""What Litestream adds to the name of such a copy, for the file that says how far it has come."""
_PENDING_BYTE = 0x40000000
_SHARED_BYTES = (510, _PENDING_BYTE + 2)
"""How many bytes SQLite locks to read a file, and from which on: Litestream locks the same to write it."""
_PAUSE_SECONDS = 0.01


def mark_of(path: Path) -> str | None:
    """Return the name of the file that makes another a follower, None for any other.

    It is beside the name that was given to Litestream, which may be a link, or what that is a link to.
    """
    mark = f"{path}{SUFFIX}"
    if os.path.lexists(mark):
        return mark
    if not os.path.islink(path):  # noqa: PTH114 - looked at for each ask
        return None
    mark = f"{os.path.realpath(path)}{SUFFIX}"
    return mark if os.path.lexists(mark) else None


def refuse_follower(path: Path) -> None:
    """Raise FollowerError for a file that Litestream overwrites page by page."""
    if mark := mark_of(path):
        raise FollowerError(
            f"{str(path)!r} is a copy that Litestream keeps up to date: what is written to it would be lost",
            f"write to the file that it is a copy of; to go on with this one, stop Litestream and"
            f" remove {mark!r}",
        )


class HeldConnection(sqlite3.Connection):
    """A connection to a file that nobody changes before it is closed."""

    lock: BinaryIO

    def close(self) -> None:
        """Close the file, and let others change it again."""
        super().close()
        self.lock.close()


def hold(path: Path, wait: float) -> BinaryIO:
    """Keep Litestream from changing a follower until what is returned is closed.

    SQLite cannot: a follower may be in WAL mode, for which it would have to write in the folder, and changes
    of pages that it has read before are not all seen. Raises BusyError when Litestream went on writing for
    ``wait`` seconds, OSError.
    """
    deadline = time.monotonic() + wait
    with ExitStack() as opened:
        stream = opened.enter_context(path.open("rb"))
        while not _locked(stream):
            if time.monotonic() > deadline:
                raise BusyError(
                    f"{str(path)!r} is being written by Litestream",
                    "try again, or wait longer: NEGOTIATOR_BUSY_TIMEOUT=SECONDS",
                )
            time.sleep(_PAUSE_SECONDS)
        opened.pop_all()
    return stream


def _locked(stream: BinaryIO) -> bool:
    """Take the lock of a reader, unless a writer has it or waits for it."""
    try:
        fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _PENDING_BYTE)
        fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB, *_SHARED_BYTES)
    except (BlockingIOError, PermissionError):  # systems say one or the other
        return False
    finally:
        fcntl.lockf(stream, fcntl.LOCK_UN, 1, _PENDING_BYTE)
    return True
