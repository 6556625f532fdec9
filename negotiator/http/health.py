"""Whether the file can be read and written now: asked of the file, and said without a path."""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DiskFullError, NegotiatorError
from negotiator.http.litestream import NotCopiedError
from negotiator.http.readers import Reader
from negotiator.http.waiting import Waiting
from negotiator.http.writer import AfterCommit, Writer
from negotiator.storage.database import LoadsFile
from negotiator.storage.sqlite_errors import sqlite_errors

PATIENCE_SECONDS = 2.0
"""How long the question may take: what asks it gives up soon after."""
_FRESH_SECONDS = 1.0
_ROOM_BYTES = 1 << 18  # more than the pages and the journal of an ask
_WORDS = {
    "not_copied": "what is answered is not copied elsewhere",
    "busy": "the file is locked by another program",
    "disk_full": "there is no room to write",
    "read_only": "the file cannot be written",
    "file_damaged": "the file is damaged",
    "migrations_pending": "the file needs migrating",
    "not_a_database": "the file is not an SQLite file",
    "out_of_resources": "the machine has no memory, or no files to open, left",
}
_OTHERWISE = "the file is missing, was moved, or cannot be used"


class Health:
    """Asks the file, on a connection and a thread of its own, whether it can be read and written."""

    def __init__(self, path: Path, writer: Writer, *, after_commit: AfterCommit | None = None) -> None:
        """Know the writer, whose last fault counts until it is over, and what it does after a commit."""
        self._waiting = Waiting(1)
        self.thread = Reader(path, self._waiting, only_read=False)
        self._writer = writer
        self._after_commit = after_commit
        self._asked: asyncio.Future[None] | None = None

    async def fault(self) -> str | None:
        """Return in words what is wrong with the file, None when nothing is. Takes some seconds at most."""
        if self._asked is None or self._asked.done():
            self._asked = self._waiting.put(self._look)
        try:
            await asyncio.wait_for(asyncio.shield(self._asked), PATIENCE_SECONDS)
        except TimeoutError:
            return _WORDS["busy"]
        except NegotiatorError as problem:
            return _WORDS.get(problem.code, _OTHERWISE)
        return None

    def close(self) -> None:
        """Ask no more."""
        self._waiting.close()

    def _look(self, file: LoadsFile) -> None:
        """Raise what reading or writing meets. Runs on the thread."""
        with file.read() as db:
            _read(db)
        fault = self._writer.fault
        if fault is None and time.monotonic() - self._writer.done_at < _FRESH_SECONDS:
            return
        with file.write():
            pass  # the lock can be had
        if isinstance(fault, NotCopiedError) and self._after_commit is not None:
            self._after_commit()
        if isinstance(fault, DiskFullError):
            with sqlite_errors(file.path):
                _write_beside(file.path)
        if self._writer.fault is fault:
            self._writer.fault = None


def _read(db: Connection) -> None:
    db.execute("SELECT load_id FROM main.loads LIMIT 1").fetchone()


def _write_beside(path: Path) -> None:
    """Raise OSError if the disk has no room for an ask; the file has no name and is gone at once."""
    with tempfile.TemporaryFile(dir=path.absolute().parent) as file:
        file.write(bytes(_ROOM_BYTES))
        file.flush()
        os.fsync(file.fileno())
