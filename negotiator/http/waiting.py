"""Work that waits for a thread: so much and no more, taken one at a time or many at once."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Condition
from typing import Any, NamedTuple, TypeVar

from negotiator.errors import BusyError
from negotiator.storage.database import LoadsFile


class TooManyWaitingError(BusyError):
    """More waits already than is allowed to; or the server is about to stop."""

    code = "too_many_waiting"


T = TypeVar("T")


class Job(NamedTuple):
    """What is to be done with the file, and the future of whoever waits for it on the event loop."""

    function: Callable[[LoadsFile], Any]
    future: "asyncio.Future[Any]"


class Outcome(NamedTuple):
    """What came of a job: a result, or a problem."""

    job: Job
    result: object = None
    problem: Exception | None = None


class Waiting:
    """Jobs in the order they came in. Put on the event loop, taken by threads."""

    def __init__(self, most: int) -> None:
        """Let no more than ``most`` wait."""
        self._most = most
        self._jobs: deque[Job] = deque()
        self._changed = Condition()
        self._closed = False

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._jobs)

    def put(self, function: Callable[[LoadsFile], T]) -> "asyncio.Future[T]":
        """Let a function wait, and return the future of its result. Raises TooManyWaitingError."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._changed:
            if self._closed:
                raise TooManyWaitingError("the server is about to stop", "send it again in a moment")
            if len(self._jobs) >= self._most:
                raise TooManyWaitingError("too many requests wait already", "send it again in a moment")
            self._jobs.append(Job(function, future))
            self._changed.notify()
        return future

    def take(self, most: int) -> list[Job]:
        """Wait for jobs and return them, at most so many; none once this is closed and empty.

        A job whose client has given up is left out.
        """
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                count = min(most, len(self._jobs))
                taken = [self._jobs.popleft() for _ in range(count)]
                wanted = [job for job in taken if not job.future.cancelled()]
                if wanted or not taken:
                    return wanted

    def close(self) -> None:
        """Take no more in; what waits is still done."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def tell(outcomes: Sequence[Outcome]) -> None:
    """Resolve the futures of what is done, on their event loop: one wake-up for all of them."""
    loop = outcomes[0].job.future.get_loop()
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_resolve, outcomes)


def _resolve(outcomes: Sequence[Outcome]) -> None:
    for (_, future), result, problem in outcomes:
        if future.cancelled():
            continue
        if problem is None:
            future.set_result(result)
        else:
            future.set_exception(problem)
