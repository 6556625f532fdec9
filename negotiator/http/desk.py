"""The file behind the server: one writer, several readers, each function done in a thread of theirs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from negotiator.http.health import Health
from negotiator.http.readers import Reader
from negotiator.http.waiting import Waiting
from negotiator.http.writer import AfterCommit, Writer
from negotiator.storage.database import LoadsFile

T = TypeVar("T")


class Limits(NamedTuple):
    """How much may wait, and how many read at once."""

    most_waiting: int = 512
    readers: int = 4


_USUAL = Limits()


class OpenDesk:
    """Reads and writes one file for many clients at once, from one event loop.

    ``async with OpenDesk(path) as desk:`` starts its threads and, at the end, lets them finish.
    """

    def __init__(
        self, path: Path, limits: Limits = _USUAL, *, after_commit: AfterCommit | None = None
    ) -> None:
        """Open nothing yet. ``after_commit`` is called after each group's commit, before its answers."""
        self.path = path
        self._writes = Waiting(limits.most_waiting)
        self._reads = Waiting(limits.most_waiting)
        self._writer = Writer(path, self._writes, after_commit=after_commit)
        self._health = Health(path, self._writer, after_commit=after_commit)
        readers = [Reader(path, self._reads) for _ in range(limits.readers)]
        self._threads = [self._writer, self._health.thread, *readers]

    async def __aenter__(self) -> Self:
        """Start the threads."""
        for thread in self._threads:
            thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take nothing more in, and wait until what waits is done and the file is closed."""
        await self.close()

    async def close(self) -> None:
        """Take nothing more in, and wait until what waits is done and the file is closed."""
        self._writes.close()
        self._reads.close()
        self._health.close()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    async def read(self, function: Callable[[LoadsFile], T]) -> T:
        """Return what a function reads from the file; it cannot write.

        Raises what the function does, TooManyWaitingError, UnusableFileError, BusyError.
        """
        return await self._reads.put(function)

    async def write(self, function: Callable[[LoadsFile], T]) -> T:
        """Return what a function returns, once what it wrote is on the disk.

        It may share its transaction with others: it waits for nobody, and what it raises takes back what it
        wrote. Raises what the function does, TooManyWaitingError, UnusableFileError, BusyError.
        """
        return await self._writes.put(function)

    @property
    def groups(self) -> int:
        """How many commits the writer has made."""
        return self._writer.groups

    async def fault(self) -> str | None:
        """Return in words, without a path, what is wrong with the file; None when nothing is."""
        return await self._health.fault()
