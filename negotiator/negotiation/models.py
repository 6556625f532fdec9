"""What the file's rows mean: frozen dataclasses, amounts as Decimal US dollars, times in UTC."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from negotiator.negotiation import responses
from negotiator.policy.decide import Decision, Policy, Ruling
from negotiator.values import recorded
from negotiator.values.cells import word_from


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
        return responses.decision_in(self.system_response)

    @property
    def counter(self) -> Decimal | None:
        """The counter that the row records, US dollars."""
        return recorded.counter_in(self.system_response)

    @property
    def takes_back(self) -> bool:
        """Whether the row is no round, and takes back the round whose number it bears."""
        return word_from(self.system_response) in recorded.TAKING_BACK


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
        telling = [done for done in self.rounds if done.decision or done.takes_back]
        return telling[-1].decision if telling else None

    @property
    def undecided(self) -> int:
        """How many rounds record no decision."""
        return sum(done.decision is None and not done.takes_back for done in self.rounds)

    def stamp(self, now: datetime) -> datetime:
        """Return the time of the next round: never before the last one, should a clock be set back."""
        return max([now, *(done.timestamp for done in self.rounds if done.timestamp)])


@dataclass(frozen=True)
class Ask:
    """What a carrier wants, US dollars for the whole load, and how it is to be answered."""

    call_id: int
    amount: Decimal
    session_id: str | None
    notes: str | None
    request_id: str | None
    ceiling: Decimal | None
    allow_outlier: bool


@dataclass(frozen=True)
class Situation:
    """What an ask meets: the call, its load, and the thread that goes on."""

    call: Call
    load: Load
    thread: Thread


@dataclass(frozen=True)
class Answer:
    """The answer to one ask.

    ``amount`` is the rate to pay when accepted, the counter otherwise (US dollars), None on a transfer. What
    an operator needs to see around it: ``call`` and ``load`` (None if it is gone since the answer was
    recorded) and the ``thread`` before. ``ruling`` is None when the request had been answered before, and
    this is the answer on record.
    """

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal
    decision: Decision
    amount: Decimal | None
    call: Call | None
    load: Load | None
    thread: Thread
    policy: Policy
    ruling: Ruling | None

    @classmethod
    def decided(cls, ask: Ask, situation: Situation, ruling: Ruling, policy: Policy) -> Self:
        """Return the answer to an ask as the policy ruled."""
        return cls(
            call_id=ask.call_id,
            session_id=ask.session_id,
            round_number=situation.thread.next_round_number,
            carrier_offer=ask.amount,
            decision=ruling.decision,
            amount=ruling.amount,
            call=situation.call,
            load=situation.load,
            thread=situation.thread,
            policy=policy,
            ruling=ruling,
        )

    @classmethod
    def recorded(
        cls,
        ask: Ask,
        found: Round,
        decision: Decision,
        *,
        call: Call | None,
        load: Load | None,
        thread: Thread,
        policy: Policy,
    ) -> Self:
        """Return the answer on record for an ask: the ``decision`` of the round that was ``found``."""
        return cls(
            call_id=ask.call_id,
            session_id=ask.session_id,
            round_number=found.round_number or 0,
            carrier_offer=ask.amount,
            decision=decision,
            amount=ask.amount if decision is Decision.ACCEPTED else found.counter,
            call=call,
            load=load,
            thread=thread,
            policy=policy,
            ruling=None,
        )

    @property
    def accepted(self) -> bool:
        """Whether the ask was accepted."""
        return self.decision is Decision.ACCEPTED

    @property
    def should_transfer(self) -> bool:
        """Whether a person must take over: to book what was accepted, or to decide."""
        return responses.needs_person(self.decision)

    @property
    def rounds_left(self) -> int:
        """How many rounds the thread still has. That isn't on record: it follows from the policy."""
        return 0 if self.should_transfer else max(self.policy.rounds - self.round_number, 0)

    @property
    def message(self) -> str:
        """The words to say to the carrier."""
        return responses.words(self.decision, self.amount)

    @property
    def warning(self) -> str | None:
        """What the operator should know besides."""
        count = self.thread.undecided
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
