"""What an ask meets, or what forbids it: its call and load, its session, and what was said before."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from negotiator.carriers.standing import refuse_barred
from negotiator.errors import CallNotFoundError, InvalidAmountError, LoadNotFoundError, Remedy
from negotiator.negotiation import refusals
from negotiator.negotiation.models import Ask, Call, Heard, Load, SessionRow, Situation
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.session_choice import open_sessions
from negotiator.negotiation.thread import Commitments, Thread
from negotiator.policy.subject import Subject
from negotiator.policy.terms import PolicySource, Terms
from negotiator.storage.database import LoadsFile
from negotiator.values.ids import require_session_id
from negotiator.values.money import from_file, is_per_mile, parse_amount
from negotiator.values.text import quoted


def load_situation(repository: Repository, ask: Ask, now: datetime) -> Situation:
    """Return what the ask meets.

    Raises what forbids a further ask: NotFoundError, ConflictError and their kinds.
    """
    call, load = call_and_load(repository, ask.call_id)
    carrier = repository.standing(call, now)
    if ask.allow_carrier is None:
        refuse_barred(carrier, call.carrier_mc_number)
    session_id = ask.session_id
    rows = repository.rounds_around(call.id, session_id)
    thread = Thread.of(rows, session_id)
    kept = None if session_id is None else repository.session_row(session_id)
    if session_id is not None:
        if not thread.rows and kept is None:
            require_session_id(session_id)  # one that is in the file already may look like anything
        _refuse_foreign_session(repository, session_id, (call, load), thread, kept)
    name = f"session {session_id}" if session_id else f"the negotiation on call {call.id}"
    refusals.refuse_closed(thread.last_decision, name)
    if session_id is not None:
        refusals.refuse_ended(kept, session_id, now)
    rate_was_agreed, others = repository.calls_about(load.load_id, call)
    refusals.refuse_taken(load, rate_was_agreed=rate_was_agreed)
    going_on = open_sessions(repository, rows, call.id, now) if session_id is None else ()
    heard = _heard(repository, others, load, session_id)
    return Situation(call, load, thread, rows, going_on, heard, carrier.unknown_status)


def _refuse_foreign_session(
    repository: Repository,
    session_id: str,
    about: tuple[Call, Load],
    thread: Thread,
    kept: SessionRow | None,
) -> None:
    """Raise ConflictError for a session about another load, or with another carrier."""
    call, load = about
    seen = dict.fromkeys((done.call_id, done.load_id) for done in thread.rounds)
    if kept is not None:
        seen[kept.call_id, None] = None
    for call_id, load_id in seen:
        other = call if call_id == call.id else None if call_id is None else repository.call(call_id)
        if other is not None:
            refusals.refuse_foreign_session(session_id, call, load, other, load_id or other.load_id)


def _heard(
    repository: Repository, call_ids: list[int], load: Load, session_id: str | None
) -> tuple[Heard, ...]:
    """Return the highest counters that were said about the load on these calls, outside of the session."""
    found = []
    for call_id in call_ids:
        rows = (
            row
            for row in repository.call_rounds(call_id)
            if session_id is None or row.session_id != session_id
        )
        counter = Commitments.of(rows, load.load_id).highest_counter
        if counter is not None:
            found.append(Heard(call_id, counter))
    return tuple(found)


def whole_amount(rate: float | str | Decimal, load: Load) -> Decimal:
    """Return an amount for a whole load, US dollars to the cent; one for each mile is given as text.

    Raises InvalidAmountError, also for an amount for each mile of a load whose miles are not known.
    """
    miles = from_file(load.miles) or Decimal(0)
    if isinstance(rate, str) and is_per_mile(rate) and miles <= 0:
        raise InvalidAmountError(
            f"{quoted(rate)} is an amount for each mile, and load {load.load_id} has no miles",
            "give the amount for the whole load",
        )
    return parse_amount(rate, miles=float(miles))


def terms_for(  # noqa: PLR0917 - what the terms depend on, the weightiest last
    file: LoadsFile,
    source: PolicySource,
    call: Call | None,
    load: Load | None,
    now: datetime,
    ceiling: Decimal | None = None,
) -> Terms:
    """Return the terms of an ask with this ceiling of its own (US dollars); call and load may be gone.

    Raises UnusablePolicyError, InvalidPolicyError.
    """
    subject = Subject(
        origin=load and load.origin,
        destination=load and load.destination,
        equipment=load and load.equipment_type,
        pickup=load and load.pickup,
        miles=load and load.miles,
        carrier=call and call.carrier_mc_number,
        now=now,
    )
    of_load = load.ceiling if load else None
    return source.terms(file.connection, subject, ceiling_of_ask=ceiling, ceiling_of_load=of_load)


def no_call(call_id: int, path: Path) -> CallNotFoundError:
    """Return the error for a call that isn't in the file."""
    return CallNotFoundError(
        f"there is no call {call_id} in {str(path)!r}", "check the call's ID", remedy=Remedy.LIST_CALLS
    )


def find_call(repository: Repository, call_id: int) -> Call:
    """Return a call. Raises CallNotFoundError."""
    call = repository.call(call_id)
    if call is None:
        raise no_call(call_id, repository.path)
    return call


def call_and_load(repository: Repository, call_id: int) -> tuple[Call, Load]:
    """Return a call and its load. Raises CallNotFoundError, LoadNotFoundError."""
    call = find_call(repository, call_id)
    load = None if call.load_id is None else repository.load(call.load_id)
    if load is None:
        about = "no load" if call.load_id is None else f"load {call.load_id}, which is not in the file"
        raise LoadNotFoundError(f"call {call_id} is about {about}", "set the call's load_id first")
    return call, load
