"""The record as arrays: what carriers asked first, and how each answered each counter that it heard.

Rates are shares of the posted rate, so that loads of any rate can be laid side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple, Self

import numpy as np

from negotiator.lab.carriers import Bools, Floats, Ints
from negotiator.lab.replay import Heard, threads
from negotiator.policy.decide import Decision
from negotiator.progress import Progress, silent
from negotiator.storage.database import LoadsFile
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import ticking
from negotiator.values import timestamps
from negotiator.values.cells import text_from

LEAST_THREADS = 200
"""With fewer threads nothing is learned."""
MOST_THREADS = 10_000
"""The latest count: a fit of them takes half a minute."""
LEAST_HEARD = 30
"""How many carriers must have been heard after a counter before its round counts as tried."""
PENDING = timedelta(hours=24)
"""For how long after a counter a carrier that has not answered may still do so."""
_LOWEST, _HIGHEST = 0.5, 3.0  # first asks that are no slips, as shares of the posted rate
_CENT = 0.005  # US dollars: amounts nearer to each other are the same


class Response(IntEnum):
    """What a carrier did about a counter; of a person's decision, or of a pending one, nothing is known."""

    TAKES = 0
    SILENT = 1
    ASKS = 2
    UNKNOWN = 3


class Cell(NamedTuple):
    """What a load is by: None is not known, or not told apart."""

    origin: str | None = None
    destination: str | None = None
    equipment: str | None = None


class _Step(NamedTuple):
    """One counter that a carrier heard: amounts are shares of the posted rate."""

    ask: float
    counter: float
    response: Response
    next_ask: float


class _Thread(NamedTuple):
    first_ask: float
    posted_rate: float
    began: str
    cell: Cell
    steps: list[_Step]


@dataclass(frozen=True)
class Steps:
    """All that was heard of one counter, the first, the second and so on: ``places`` are those of threads."""

    places: Ints
    ask: Floats
    counter: Floats
    response: Ints
    next_ask: Floats

    def of(self, chosen: Bools, numbers: Ints) -> Self:
        """Return the steps of some threads, with their new places."""
        kept = chosen[self.places]
        return type(self)(
            numbers[self.places[kept]],
            self.ask[kept],
            self.counter[kept],
            self.response[kept],
            self.next_ask[kept],
        )


@dataclass(frozen=True)
class Record:
    """Threads in the order in which they began. ``posted_rate`` is in US dollars."""

    first_ask: Floats
    posted_rate: Floats
    cells: Sequence[Cell]
    steps: tuple[Steps, ...]

    def __len__(self) -> int:
        """Return how many threads there are."""
        return len(self.first_ask)

    def of(self, chosen: Bools) -> "Record":
        """Return some of the threads."""
        numbers = np.cumsum(chosen) - 1
        return Record(
            self.first_ask[chosen],
            self.posted_rate[chosen],
            [cell for cell, kept in zip(self.cells, chosen.tolist(), strict=True) if kept],
            tuple(step.of(chosen, numbers) for step in self.steps),
        )

    def latest(self, number: int) -> "Record":
        """Return the threads that began last."""
        return self if len(self) <= number else self.of(np.arange(len(self)) >= len(self) - number)

    def heard(self) -> list[int]:
        """Return how many carriers were heard after each counter: they took it, or asked again."""
        return [
            int(((step.response == Response.TAKES) | (step.response == Response.ASKS)).sum())
            for step in self.steps
        ]


def tried_counters(record: Record) -> int:
    """Return after how many counters enough carriers were heard, one counter after the other."""
    heard = record.heard()
    return next((number for number, many in enumerate(heard) if many < LEAST_HEARD), len(heard))


def read_record(
    file: LoadsFile, *, now: datetime, since: datetime | None = None, progress: Progress = silent
) -> Record:
    """Return the record of threads that began at ``since`` or later.

    Left out are threads without a posted rate or an ask, and those whose first ask is below half or above
    three times the posted rate. Raises UnusableFileError, BusyError.
    """
    began = None if since is None else timestamps.format_stored(since)
    pending = timestamps.format_stored(now - PENDING)
    with file.read() as db, sqlite_errors(file.path), ticking(db, progress, "reading"):
        found = [
            thread
            for rounds in threads(file, began, progress)
            if (thread := _thread(rounds, pending)) is not None
        ]
    return record_of(sorted(found, key=lambda thread: thread.began))


def record_of(found: Sequence[_Thread]) -> Record:
    """Return threads as arrays."""
    most = max((len(thread.steps) for thread in found), default=0)
    return Record(
        np.array([thread.first_ask for thread in found], float),
        np.array([thread.posted_rate for thread in found], float),
        [thread.cell for thread in found],
        tuple(_steps(found, number) for number in range(most)),
    )


def _steps(found: Sequence[_Thread], number: int) -> Steps:
    rows = [
        (place, *thread.steps[number]) for place, thread in enumerate(found) if len(thread.steps) > number
    ]
    places, ask, counter, response, next_ask = (np.array(column) for column in zip(*rows, strict=True))
    return Steps(places, ask, counter, response, next_ask)


def _thread(rounds: Sequence[Heard], pending: str) -> _Thread | None:
    """Return a thread, None for one that tells nothing."""
    first = rounds[0]
    posted = next((heard.posted_rate for heard in rounds if heard.posted_rate), None)
    if not posted or not first.ask or not _LOWEST <= first.ask / posted <= _HIGHEST:
        return None
    cell = Cell(*(text_from(value) for value in (first.origin, first.destination, first.equipment)))
    return _Thread(
        first.ask / posted, posted, first.time or "", cell, list(_steps_of(rounds, posted, pending))
    )


def _steps_of(rounds: Sequence[Heard], posted: float, pending: str) -> Iterator[_Step]:
    """Give what a carrier did about each counter, as long as it is known."""
    for heard, after in zip(rounds, [*rounds[1:], None], strict=True):
        if heard.decision != Decision.COUNTER or not heard.counter or not heard.ask:
            return
        ask, counter = heard.ask / posted, heard.counter / posted
        if after is None:
            is_over = heard.time is not None and heard.time < pending
            yield _Step(ask, counter, Response.SILENT if is_over else Response.UNKNOWN, ask)
        elif not after.ask or not after.is_by_policy or after.decision not in {*map(str, Decision)}:
            yield _Step(ask, counter, Response.UNKNOWN, ask)
            return
        elif after.ask <= heard.counter + _CENT:
            yield _Step(ask, counter, Response.TAKES, counter)
            return
        else:
            yield _Step(ask, counter, Response.ASKS, after.ask / posted)
