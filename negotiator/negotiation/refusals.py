"""What forbids an ask. Each guard raises; a refusal changes nothing in the file."""

from datetime import datetime
from decimal import Decimal

from negotiator.errors import (
    ConflictError,
    LoadTakenError,
    NoAgreementError,
    NoPostedRateError,
    OutlierError,
    Remedy,
    RequestMismatchError,
    SessionCarrierError,
    SessionEndedError,
    SessionMismatchError,
    ThreadClosedError,
    ThreadTransferredError,
)
from negotiator.negotiation.models import Ask, Call, Load, SessionRow
from negotiator.negotiation.thread import Round, Thread
from negotiator.policy.decide import Decision
from negotiator.values import timestamps
from negotiator.values.mc_number import carrier_from
from negotiator.values.money import CENT, MAXIMUM, dollars

_OUTLIER_BELOW, _OUTLIER_ABOVE = Decimal("0.5"), Decimal(3)  # times the posted rate
_MOST_ROUNDS = 1_000_000


def require_same_ask(found: Round, ask: Ask) -> Decision:
    """Return the decision of the round that an ask's request made before.

    Raises RequestMismatchError when it was about something else: then the request ID was used twice.
    """
    asked = (found.call_id, found.session_id, found.carrier_offer)
    if found.decision and asked == (ask.call_id, ask.session_id, ask.amount):
        return found.decision
    session = f" in session {found.session_id}" if found.session_id else ""
    was = "" if found.carrier_offer is None else f" of {dollars(found.carrier_offer)}"
    raise RequestMismatchError(
        f"request {ask.request_id} was another ask{was}, on call {found.call_id}{session}",
        "give each ask a request ID of its own",
    )


def require_last_of_session(thread: Thread, last: Round) -> None:
    """Raise ConflictError when a session has gone on after a call's last round, on another call."""
    after = thread.rounds[-1]
    if after.id != last.id:
        raise ConflictError(
            f"session {after.session_id} has gone on to round {after.round_number} on call {after.call_id}",
            "take that round back first",
        )


def refuse_foreign_session(session_id: str, call: Call, load: Load, other: Call, load_id: str | None) -> None:
    """Raise ConflictError for a session that has to do with another call, about another load or carrier.

    ``load_id`` is the load that the session's rounds on that call are about. Carriers are compared by their
    digits; one that is not known is not another.
    """
    if load_id is not None and load_id != load.load_id:
        raise SessionMismatchError(
            f"session {session_id} is about load {load_id}, this call about {load.load_id}",
            "use another session ID",
            remedy=Remedy.GENERATE_ID,
        )
    theirs, ours = carrier_from(other.carrier_mc_number), carrier_from(call.carrier_mc_number)
    if theirs is not None and ours is not None and theirs != ours:
        raise SessionCarrierError(
            f"session {session_id} is with carrier {other.carrier_mc_number}, "
            f"this call with {call.carrier_mc_number}",
            "use another session ID",
            remedy=Remedy.GENERATE_ID,
        )


def refuse_closed(last_decision: Decision | None, thread_name: str) -> None:
    """Raise ThreadClosedError, or its kind ThreadTransferredError, for a thread that has ended."""
    if last_decision is Decision.ACCEPTED:
        raise ThreadClosedError(
            f"{thread_name} is closed: an ask was accepted", "there is nothing left to negotiate"
        )
    if last_decision is Decision.TRANSFER:
        raise ThreadTransferredError(
            f"{thread_name} is closed: it was handed to a person", "that person decides now"
        )


def refuse_ended(session: SessionRow | None, session_id: str, now: datetime) -> None:
    """Raise SessionEndedError for a session that was closed, or whose time is over; it says when."""
    how = "begin another session"
    if session is not None and session.closed_at is not None:
        why = f": {session.close_reason}" if session.close_reason else ""
        raise SessionEndedError(
            f"session {session_id} was closed at {timestamps.format_second(session.closed_at)}{why}",
            how,
            remedy=Remedy.START_SESSION,
        )
    if session is not None and session.expires_at is not None and session.expires_at <= now:
        raise SessionEndedError(
            f"session {session_id} expired at {timestamps.format_second(session.expires_at)}",
            how,
            remedy=Remedy.START_SESSION,
        )


def refuse_taken(load: Load, *, rate_was_agreed: bool) -> None:
    """Raise LoadTakenError for a load that is booked, completed, or agreed on some call."""
    hint = "offer the carrier another load"
    if load.status not in {None, "available"}:
        is_cancelled = load.was_cancelled and load.status == "completed"
        status = "cancelled" if is_cancelled else load.status
        raise LoadTakenError(f"load {load.load_id} is {status}", hint)
    if rate_was_agreed:
        raise LoadTakenError(f"a rate was agreed already for load {load.load_id}", hint)


def agreed_rate(call: Call) -> Decimal:
    """Return the rate that was agreed on a call, US dollars. Raises NoAgreementError when none was."""
    if call.final_rate_agreed is None or call.final_rate_agreed <= 0:
        raise NoAgreementError(f"call {call.id} has no agreement to take back", "check the call's ID")
    return call.final_rate_agreed


def refuse_completed(load: Load | None) -> None:
    """Raise LoadTakenError for a load that was delivered: there is nothing left to negotiate."""
    if load is not None and load.status == "completed":
        raise LoadTakenError(f"load {load.load_id} is completed", "settle it with the carrier")


def usable_posted_rate(load: Load) -> Decimal:
    """Return the posted rate, US dollars. Raises NoPostedRateError unless it is one that can be asked."""
    if load.posted_rate is None or not 0 < load.posted_rate <= MAXIMUM:
        raise NoPostedRateError(
            f"load {load.load_id} has no posted rate from {dollars(CENT)} to {dollars(MAXIMUM)}",
            "set its loadboard_rate first",
        )
    return load.posted_rate


def usable_round_number(thread: Thread) -> int:
    """Return the number of a thread's next round. Raises ConflictError for one past all counting."""
    number = thread.next_round_number
    if number > _MOST_ROUNDS:
        raise ConflictError(
            f"the last round is numbered {number - 1}, which is no count of rounds",
            "begin a session",
            remedy=Remedy.GENERATE_ID,
        )
    return number


def refuse_outlier(ask: Decimal, posted_rate: Decimal) -> None:
    """Raise OutlierError for an ask below 50 % or above 300 % of the posted rate."""
    if not posted_rate * _OUTLIER_BELOW <= ask <= posted_rate * _OUTLIER_ABOVE:
        raise OutlierError(
            f"an ask of {dollars(ask)} is far from the posted {dollars(posted_rate)}, most likely a slip",
            "check it",
            remedy=Remedy.ALLOW_OUTLIER,
        )
