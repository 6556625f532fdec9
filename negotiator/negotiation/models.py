"""What the file's rows mean: frozen dataclasses, amounts as Decimal US dollars, times in UTC."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from negotiator.policy.decide import Decision, Policy, Ruling
from negotiator.values.money import from_file

REOPENED = "reopened"
"""What `system_response` holds in the row that takes an agreement back."""
_COUNTER = re.compile(r"counter_offer_(\d{1,12}(?:\.\d{1,6})?)", re.ASCII)


@dataclass(frozen=True)
class Load:
    """One shipment, with the rate that the broker posted for it."""

    load_id: str
    origin: str | None
    destination: str | None
    equipment_type: str | None
    posted_rate: Decimal | None
    status: str | None


@dataclass(frozen=True)
class Call:
    """One phone call with a carrier about a load; ``final_rate_agreed`` is US dollars."""

    id: int
    carrier_mc_number: str | None
    load_id: str | None
    final_rate_agreed: Decimal | None


@dataclass(frozen=True)
class Round:
    """One ask and its answer. The fields are the JSON keys of a round."""

    id: int
    call_id: int | None
    session_id: str | None
    round_number: int | None
    carrier_offer: Decimal | None
    system_response: str | None
    timestamp: datetime | None
    notes: str | None

    @property
    def decision(self) -> Decision | None:
        """The decision that the row records, None for the free text of older rows."""
        if self.system_response == "accepted":
            return Decision.ACCEPTED
        if self.system_response == "transfer_to_human":
            return Decision.TRANSFER
        return None if self.counter is None else Decision.COUNTER

    @property
    def counter(self) -> Decimal | None:
        """The counter that the row records, US dollars."""
        match = _COUNTER.fullmatch(self.system_response or "")
        return from_file(Decimal(match[1])) if match else None


@dataclass(frozen=True)
class SessionRow:
    """What is kept of a session because it can't be derived from its rounds. Times are UTC."""

    expires_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None


@dataclass(frozen=True)
class Thread:
    """The rounds that the next round continues, oldest first."""

    rounds: tuple[Round, ...]

    @property
    def next_round_number(self) -> int:
        """The number of the next round. Old files repeat numbers: counting rows would be wrong."""
        return max([0, *(done.round_number or 0 for done in self.rounds)]) + 1

    @property
    def highest_counter(self) -> Decimal | None:
        """The highest counter so far, US dollars."""
        return max((done.counter for done in self.rounds if done.counter is not None), default=None)

    @property
    def last_decision(self) -> Decision | None:
        """The decision of the last round that records one; None when it was taken back."""
        telling = [done for done in self.rounds if done.decision or done.system_response == REOPENED]
        return telling[-1].decision if telling else None

    @property
    def undecided(self) -> int:
        """How many rounds record no decision."""
        return sum(done.decision is None and done.system_response != REOPENED for done in self.rounds)

    def stamp(self, now: datetime) -> datetime:
        """Return the time of the next round: never before the last one, should a clock be set back."""
        return max([now, *(done.timestamp for done in self.rounds if done.timestamp)])


def system_response(decision: Decision, amount: Decimal | None) -> str:
    """Return what the column `system_response` holds for a decision."""
    if decision is Decision.COUNTER:
        return f"counter_offer_{amount:.2f}"
    return "accepted" if decision is Decision.ACCEPTED else "transfer_to_human"


@dataclass(frozen=True)
class Case:
    """What an ask meets: the call, its load, and the thread that goes on."""

    call: Call
    load: Load
    thread: Thread


@dataclass(frozen=True)
class Answer:
    """The answer to one ask.

    Up to ``message`` the fields are the JSON keys of an answer. ``amount`` is the rate to pay when
    accepted, the counter otherwise, None on a transfer. The rest is what an operator needs to see around it;
    ``ruling`` is None when the request had been answered before, and this is its recorded answer.
    """

    call_id: int
    session_id: str | None
    round_number: int
    rounds_left: int
    carrier_offer: Decimal
    decision: Decision
    amount: Decimal | None
    accepted: bool
    should_transfer: bool
    message: str
    case: Case
    ruling: Ruling | None
    policy: Policy

    @property
    def warning(self) -> str | None:
        """What the operator should know besides."""
        count = self.case.thread.undecided
        rounds = "1 earlier round that has" if count == 1 else f"{count} earlier rounds that have"
        return f"this continues {rounds} no recorded decision" if count else None


@dataclass(frozen=True)
class Reopened:
    """What taking an agreement back did. The fields are its JSON keys.

    ``round_number`` is that of the round that was taken back, ``carrier_offer`` the rate (US dollars) that
    had been agreed; ``load_status`` is the load's status now, None when the load is gone.
    """

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal
    load_id: str | None
    load_status: str | None
    reason: str


class NegotiationResult(NamedTuple):
    """What `handle_negotiation` returns.

    ``should_transfer`` is true when a person must take over: to book what was accepted, or to decide.
    """

    accepted: bool
    message: str
    should_transfer: bool
