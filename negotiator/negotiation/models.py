"""What the file's rows mean: amounts as Decimal US dollars, times in UTC.

Named tuples where nothing needs more: a dataclass takes half a millisecond of every start, ten times as much.
"""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Self

from negotiator.negotiation import responses
from negotiator.negotiation.thread import Commitments, Round, Thread
from negotiator.policy.decide import Decision, Policy, Ruling
from negotiator.policy.terms import Terms

if TYPE_CHECKING:
    from negotiator.negotiation.offers.models import Offer


class Load(NamedTuple):
    """One shipment, with the rate that the broker posted for it, US dollars.

    ``ceiling`` is the load's own, None for the policy's. ``pickup`` and ``miles`` are as the file holds them:
    few asks need them. ``was_cancelled`` counts while the load is completed: then it was not delivered.
    """

    load_id: str
    origin: str | None
    destination: str | None
    equipment_type: str | None
    posted_rate: Decimal | None
    status: str | None
    pickup: object = None
    miles: object = None
    ceiling: Decimal | None = None
    was_cancelled: bool = False


class Call(NamedTuple):
    """One phone call with a carrier about a load; ``final_rate_agreed`` is US dollars."""

    id: int
    carrier_mc_number: str | None
    load_id: str | None
    final_rate_agreed: Decimal | None
    outcome: str | None


class State(NamedTuple):
    """How a call and its load stood before a round, each value as the file had it."""

    outcome: object
    rate: object
    transferred: object
    load_status: object


class SessionRow(NamedTuple):
    """What is kept of a session because it can't be derived from its rounds. Times are UTC."""

    call_id: int | None
    created_at: datetime | None
    expires_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None


class Heard(NamedTuple):
    """The highest counter (US dollars) that a carrier was offered for the load on another call."""

    call_id: int
    counter: Decimal


class Ask(NamedTuple):
    """What a carrier wants, US dollars for the whole load, and how it is to be answered.

    ``per_mile`` is the text of an ask for each mile, such as ``2.35/mi``. Until the load's miles are known,
    ``amount`` is then that of a single mile. ``allow_carrier`` is why a carrier that must not be used may be
    used this time.
    """

    call_id: int
    amount: Decimal
    session_id: str | None
    notes: str | None
    request_id: str | None
    ceiling: Decimal | None
    allow_outlier: bool
    per_mile: str | None = None
    allow_carrier: str | None = None


class Situation(NamedTuple):
    """What an ask meets: the call, its load, and the thread that goes on.

    ``rows`` are those of the call and of the session, oldest first. ``open_sessions`` are those of the call
    that could go on, the latest first, when the ask names none; ``heard`` does not bind. ``unknown_status``
    is that of the carrier, if its word is not known.
    """

    call: Call
    load: Load
    thread: Thread
    rows: tuple[Round, ...]
    open_sessions: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    unknown_status: str | None = None

    @property
    def commitments(self) -> Commitments:
        """What has been said on this call, or in this session, that binds."""
        return Commitments.of(self.rows, self.load.load_id)


class Answer(NamedTuple):
    """The answer to one ask.

    ``amount`` is the rate to pay when accepted, the counter otherwise (US dollars), None on a transfer.
    ``is_last_offer``: the counter is a lower ask of the carrier's own, after the last round. What an operator
    needs to see around it: ``call`` and ``load`` (None if it is gone since the answer was recorded), the
    ``thread`` before, sessions that are open, and what the carrier heard on other calls. ``ruling`` is None
    when the request had been answered before, and this is the answer on record. ``terms`` are what it was
    decided on, or would be now. ``per_mile`` is the text of an ask that was given for each mile,
    ``unknown_status`` that of the carrier, if its word is not known. ``better_offer`` is what another carrier
    asks, if an ask was accepted above it.
    """

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal
    decision: Decision
    amount: Decimal | None
    is_last_offer: bool
    call: Call | None
    load: Load | None
    thread: Thread
    terms: Terms
    ruling: Ruling | None
    open_sessions: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    per_mile: str | None = None
    unknown_status: str | None = None
    better_offer: "Offer | None" = None

    @classmethod
    def decided(cls, ask: Ask, situation: Situation, ruling: Ruling, terms: Terms) -> Self:
        """Return the answer to an ask as the policy ruled."""
        return cls(
            call_id=ask.call_id,
            session_id=ask.session_id,
            round_number=situation.thread.next_round_number,
            carrier_offer=ask.amount,
            decision=ruling.decision,
            amount=ruling.amount,
            is_last_offer=ruling.is_last_offer,
            call=situation.call,
            load=situation.load,
            thread=situation.thread,
            terms=terms,
            ruling=ruling,
            open_sessions=situation.open_sessions,
            heard=situation.heard,
            per_mile=ask.per_mile,
            unknown_status=situation.unknown_status,
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
        before: tuple[Round, ...],
        terms: Terms,
    ) -> Self:
        """Return the answer on record for an ask: the ``decision`` of the round that was ``found``.

        ``before`` are the rows of the call and of the session before it.
        """
        return cls(
            call_id=ask.call_id,
            session_id=ask.session_id,
            round_number=found.round_number or 0,
            carrier_offer=ask.amount,
            decision=decision,
            amount=ask.amount if decision is Decision.ACCEPTED else found.counter,
            is_last_offer=Commitments.of(before, found.load_id).is_last_offer(found),
            call=call,
            load=load,
            thread=Thread.of(before, ask.session_id),
            terms=terms,
            ruling=None,
            per_mile=ask.per_mile,
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
    def policy(self) -> Policy:
        """The policy that it was decided by, or would be now."""
        return self.terms.policy

    @property
    def place(self) -> int:
        """Which round of its thread this is, from 1, without those that were withdrawn."""
        return self.thread.place(self.round_number)

    @property
    def rounds_left(self) -> int:
        """How many rounds the thread still has. That isn't on record: it follows from the policy."""
        return 0 if self.should_transfer else max(self.policy.rounds - self.place, 0)

    @property
    def message(self) -> str:
        """The words to say to the carrier."""
        return responses.words(self.decision, self.amount, is_last_offer=self.is_last_offer)

    @property
    def warning(self) -> str | None:
        """What the operator should know besides."""
        count = self.thread.undecided
        rounds = "1 earlier round that has" if count == 1 else f"{count} earlier rounds that have"
        return f"this continues {rounds} no recorded decision" if count else None
