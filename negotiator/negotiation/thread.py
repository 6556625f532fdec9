"""The rounds on record: which of them count, and what follows from them for the next one."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from negotiator.negotiation.responses import read_response
from negotiator.policy.decide import Decision
from negotiator.values import recorded


class Round(NamedTuple):
    """One ask and its answer, or the row that takes one back. Amounts are US dollars, times UTC.

    ``load_id``, ``posted_rate``, ``ceiling`` and ``policy_version`` are what it was decided on, and
    ``decided_by`` is ``policy`` or a person's name; None in rows from before these were recorded.
    """

    id: int
    call_id: int | None
    session_id: str | None
    round_number: int | None
    carrier_offer: Decimal | None
    system_response: str | None
    timestamp: datetime | None
    notes: str | None
    load_id: str | None = None
    posted_rate: Decimal | None = None
    ceiling: Decimal | None = None
    policy_version: int | None = None
    decided_by: str | None = None

    @property
    def decision(self) -> Decision | None:
        """The decision that the row records, None for the free text of older rows."""
        return read_response(self.system_response).decision

    @property
    def counter(self) -> Decimal | None:
        """The counter that the row records, US dollars."""
        return read_response(self.system_response).counter

    @property
    def takes_back(self) -> str | None:
        """The word of a row that takes back the round whose number it bears, None for a round."""
        return read_response(self.system_response).takes_back

    @property
    def key(self) -> tuple[int | None, str | None, int | None]:
        """What a row that takes a round back has in common with it: call, session and number."""
        return self.call_id, self.session_id, self.round_number


def without_withdrawn(rows: Iterable[Round]) -> tuple[Round, ...]:
    """Return the rows that are left when each withdrawal has taken back the round of its number.

    A withdrawal takes back what was there before it: another program may give the number again.
    """
    rows = tuple(rows)
    withdrawals = [row for row in rows if row.takes_back == recorded.WITHDRAWN]
    if not withdrawals:
        return rows
    withdrawn = {row.key: row.id for row in sorted(withdrawals, key=_id)}
    return tuple(row for row in rows if row.id > withdrawn.get(row.key, row.id - 1))


def _id(row: Round) -> int:
    return row.id


def standing_rounds(rows: Iterable[Round]) -> tuple[Round, ...]:
    """Return the rounds that count: those that were not withdrawn."""
    return tuple(row for row in without_withdrawn(rows) if row.takes_back is None)


def agreements(rows: Iterable[Round]) -> list[Round]:
    """Return the rounds that made an agreement which was not taken back since."""
    rows = tuple(rows)
    taken_back = {row.key: row.id for row in sorted(rows, key=_id) if row.takes_back}
    accepted = [row for row in rows if row.decision is Decision.ACCEPTED]
    return [row for row in accepted if row.key not in taken_back or row.id > taken_back[row.key]]


def last_decision(rows: Iterable[Round]) -> Decision | None:
    """Return the decision of the last round that records one; None when it was taken back."""
    telling = [row for row in without_withdrawn(rows) if row.decision or row.takes_back]
    return telling[-1].decision if telling else None


class Thread:
    """The rows that the next round continues, oldest first, those that take rounds back among them.

    ``rounds`` are those that count. ``next_round_number`` was never given before; old files repeat numbers:
    how many rows there are does not tell it.
    """

    def __init__(self, rows: tuple[Round, ...]) -> None:
        """Work out once what an ask looks at again and again."""
        self.rows = rows
        self.rounds = standing_rounds(rows)
        self.next_round_number = max([0, *(row.round_number or 0 for row in rows)]) + 1
        self._withdrawn_numbers = self._numbers_withdrawn()

    def __eq__(self, other: object) -> bool:
        """Return whether the rows are the same: all else follows from them."""
        return isinstance(other, Thread) and self.rows == other.rows

    def __hash__(self) -> int:
        """Return the same for the same rows."""
        return hash(self.rows)

    @classmethod
    def of(cls, rows: Iterable[Round], session_id: str | None) -> Self:
        """Return the thread of a session, or of a call without one, from rows that hold others as well."""
        return cls(tuple(row for row in rows if row.session_id == session_id))

    @property
    def next_place(self) -> int:
        """Which round of the thread the next one is, from 1, without those that were withdrawn."""
        return self.place(self.next_round_number)

    def place(self, round_number: int) -> int:
        """Return which round of the thread the one of this number is, from 1."""
        return round_number - sum(number < round_number for number in self._withdrawn_numbers)

    def _numbers_withdrawn(self) -> frozenset[int]:
        if len(self.rounds) == len(self.rows):
            return frozenset()
        withdrawn = {row.round_number or 0 for row in self.rows if row.takes_back == recorded.WITHDRAWN}
        return frozenset(withdrawn - {done.round_number for done in self.rounds} - {0})

    @property
    def last_decision(self) -> Decision | None:
        """The decision of the last round that records one; None when it was taken back."""
        return last_decision(self.rows)

    @property
    def undecided(self) -> int:
        """How many rounds record no decision."""
        return sum(done.decision is None for done in self.rounds)

    def has_counter_from(self, place: int) -> bool:
        """Return whether a round of the thread, from this one on, was answered with a counter."""
        return any(
            done.counter is not None and self.place(done.round_number or 0) >= place for done in self.rounds
        )

    def stamp(self, now: datetime) -> datetime:
        """Return the time of the next row: never before the last one, should a clock be set back."""
        return max([now, *(row.timestamp for row in self.rows if row.timestamp)])


class Commitments(NamedTuple):
    """What binds both sides, US dollars: our highest counter, and the lowest ask that we countered."""

    highest_counter: Decimal | None = None
    lowest_ask: Decimal | None = None

    @classmethod
    def of(cls, rows: Iterable[Round], load_id: str | None) -> Self:
        """Return what was said about this load; None is whatever load.

        Rounds that were withdrawn, rows without a decision and rounds about another load bind nobody. An
        agreement that fell through binds the carrier to its ask.
        """
        left = [
            row
            for row in without_withdrawn(rows)
            if load_id is None or row.load_id is None or row.load_id == load_id
        ]
        fallen = {row.key for row in left if row.takes_back == recorded.FELL_THROUGH}
        counters = [row.counter for row in left if row.counter is not None]
        asks = [
            row.carrier_offer
            for row in left
            if row.carrier_offer is not None and (row.counter is not None or row.key in fallen)
        ]
        return cls(max(counters, default=None), min(asks, default=None))

    def is_last_offer(self, made: Round) -> bool:
        """Return whether the counter of a round that came after is a lower ask of the carrier's own.

        Every other counter lies below the lowest ask, unless we have offered as much already.
        """
        offered = max(self.highest_counter or Decimal(0), made.posted_rate or Decimal(0))
        return made.counter is not None and made.counter == self.lowest_ask and made.counter > offered
