"""A deal that a person made, recorded as decided by that person: after a transfer, most of all."""

from collections.abc import Callable
from datetime import datetime
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from negotiator.carriers.standing import refuse_barred
from negotiator.negotiation import refusals
from negotiator.negotiation.record import Entry, Recorder
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.responses import system_response
from negotiator.negotiation.situation import call_and_load, terms_for, whole_amount
from negotiator.negotiation.thread import Round, Thread, standing_rounds
from negotiator.policy.decide import Decision
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id
from negotiator.values.money import parse_amount
from negotiator.values.people import require_person
from negotiator.values.text import allowing, require_reason, require_usable_notes


class Booked(NamedTuple):
    """What recording a person's deal did. The fields are its JSON keys; ``carrier_offer`` is US dollars."""

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal
    load_id: str
    load_status: str
    decided_by: str
    reason: str | None


def book_call(
    file: LoadsFile,
    call_id: int | str,
    rate: float | str | Decimal,
    source: PolicySource,
    *,
    by: str,
    reason: str | None = None,
    allow_carrier: bool = False,
    clock: Callable[[], datetime] = timestamps.utc_now,
) -> Booked:
    """Record that a person agreed on a rate with the carrier on a call, and book the load.

    The rate is any, in US dollars, or for each mile, as in ``2.35/mi``.
    It is a round of the thread that was handed over last, else of the call's last one. ``by`` is the person's
    name; the policy gives the ceiling that is kept with the round, and decides nothing. ``allow_carrier``
    lets a carrier be used that must not be, for the ``reason``, which it then needs.
    Raises BadInputError, CallNotFoundError, LoadNotFoundError, LoadTakenError, UnusableFileError, BusyError
    and their kinds; then nothing was changed.
    """
    number = parse_call_id(call_id)
    parse_amount(rate, miles=1)  # what is no amount is refused before the file is locked
    require_usable_notes(reason)
    require_person(by)
    if allow_carrier:
        require_reason(reason or "")
        reason = allowing(None, reason or "")
    with file.write(), localcontext(Context()):
        repository = Repository(file)
        call, load = call_and_load(repository, number)
        now = clock()
        if not allow_carrier:
            refuse_barred(repository.standing(call, now), call.carrier_mc_number)
        amount = whole_amount(rate, load)
        refusals.refuse_taken(load, rate_was_agreed=repository.calls_about(load.load_id, call)[0])
        rows = tuple(repository.call_rounds(number))
        session_id = _session(rows)
        thread = Thread.of(repository.rounds_around(number, session_id), session_id)
        terms = terms_for(file, source, call, load, now)
        entry = Entry(
            call_id=number,
            session_id=session_id,
            round_number=refusals.usable_round_number(thread),
            ask=amount,
            response=system_response(Decision.ACCEPTED, amount),
            moment=thread.stamp(now),
            notes=reason,
            load_id=load.load_id,
            posted_rate=load.posted_rate,
            ceiling=None if load.posted_rate is None else terms.policy.ceiling_for(load.posted_rate),
            policy_version=terms.version,
            decided_by=by,
        )
        Recorder(file).add_round(entry, Decision.ACCEPTED, call, load, rows)
    return Booked(number, session_id, entry.round_number, amount, load.load_id, "booked", by, reason)


def _session(rows: tuple[Round, ...]) -> str | None:
    """Return the session of the round that was handed over last, else of the last round; None for none."""
    standing = standing_rounds(rows)
    handed_over = [done for done in standing if done.decision is Decision.TRANSFER]
    return next((done.session_id for done in reversed(handed_over or standing)), None)
