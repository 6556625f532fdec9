"""The record's threads, one after another: what was asked in each round, on what, and what was answered.

Rounds are read as the file holds them, in one pass and with flat memory.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from negotiator.policy.subject import Subject
from negotiator.progress import Progress
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import rate_of
from negotiator.values import timestamps
from negotiator.values.money import CENT
from negotiator.values.recorded import POLICY

_AT_ONCE = 2_000  # rows
_ROWS = f"""
SELECT r.thread, r.round_number, r.ask, r.decision, r.counter, r.time,
       coalesce(r.posted_rate, {rate_of("l.loadboard_rate")}),
       r.ceiling, r.decided_by, c.load_id, {rate_of("f.ceiling")},
       l.origin, l.destination, l.equipment_type, l.pickup_datetime, l.miles, c.carrier_mc_number
  FROM main.round_facts r
  LEFT JOIN main.calls c ON c.id = r.call_id
  LEFT JOIN main.loads l ON l.load_id = c.load_id
  LEFT JOIN main.load_facts f ON f.load_id = c.load_id
 ORDER BY r.thread, r.time, r.round_id
"""


class Heard(NamedTuple):
    """A round on record: amounts are US dollars, ``time`` is a text in UTC; None is unknown.

    ``posted_rate`` is today's where the round has none of its own. ``own_ceiling`` is the load's, today.
    """

    thread: str
    round_number: int
    ask: float | None
    decision: str | None
    counter: float | None
    time: str | None
    posted_rate: float | None
    ceiling: float | None
    decided_by: str | None
    load_id: str | None
    own_ceiling: float | None
    origin: object
    destination: object
    equipment: object
    pickup: object
    miles: object
    carrier: object

    def subject(self, now: datetime) -> Subject:
        """Return what a rule of a policy looks at; ``now`` stands in for a time that is unknown."""
        moment = timestamps.parse_stored(self.time) or now
        return Subject(
            self.origin, self.destination, self.equipment, self.pickup, self.miles, self.carrier, moment
        )

    @property
    def is_by_policy(self) -> bool:
        """Whether a policy decided it, as far as is known: other programs do not say."""
        return self.decided_by in {None, POLICY}


def threads(file: LoadsFile, since: str | None, progress: Progress) -> Iterator[list[Heard]]:
    """Give each thread's rounds, the oldest first; those that began before ``since`` are left out.

    It runs in the caller's transaction.
    """
    for _, rounds in groupby(_rows(file, progress), attrgetter("thread")):
        found = list(rounds)
        if since is None or (found[0].time or "") >= since:
            yield found


def _rows(file: LoadsFile, progress: Progress) -> Iterator[Heard]:
    db = file.connection
    total, done = db.execute("SELECT count(*) FROM main.negotiations").fetchone()[0], 0
    cursor = db.execute(_ROWS)
    try:
        while rows := cursor.fetchmany(_AT_ONCE):
            done += len(rows)
            progress("reading rounds", done, total)
            yield from map(Heard._make, rows)
    finally:
        cursor.close()


def money(amount: float) -> Decimal:
    """Return an amount of the record, to the cent."""
    return Decimal(str(amount)).quantize(CENT)
