"""Taking an agreement back: a slip, such as a mistyped ask, has booked a load. The caller holds the lock."""

from datetime import datetime
from pathlib import Path

from negotiator.negotiation import refusals
from negotiator.negotiation.ask import no_call
from negotiator.negotiation.models import Load, Reopened, Thread
from negotiator.negotiation.repository import Repository
from negotiator.policy.decide import Decision


def reopen(repository: Repository, path: Path, call_id: int, reason: str, now: datetime) -> Reopened:
    """Clear a call's agreement, make its load available again, and record why.

    Raises CallNotFoundError, NoAgreementError, LoadTakenError before anything is written.
    """
    call = repository.call(call_id)
    if call is None:
        raise no_call(call_id, path)
    rate = refusals.agreed_rate(call)
    load = None if call.load_id is None else repository.load(call.load_id)
    refusals.refuse_completed(load)
    accepted = [done for done in repository.call_rounds(call_id) if done.decision is Decision.ACCEPTED]
    session_id = accepted[-1].session_id if accepted else None
    thread = Thread(tuple(repository.thread(call_id, session_id)))
    moment = thread.stamp(now)
    repository.clear_agreement(call_id)
    status = _release(repository, load, moment)
    round_number = thread.next_round_number - 1  # it is an end of that round, not an ask of its own
    done = Reopened(call_id, session_id, round_number, rate, call.load_id, status, reason)
    repository.add_reopening(done, moment)
    if session_id is not None:
        repository.lift_deadline(session_id, moment)
    return done


def _release(repository: Repository, load: Load | None, moment: datetime) -> str | None:
    """Make the load available again unless it is agreed on another call; return its status."""
    if load is None or load.status != "booked" or repository.rate_was_agreed(load.load_id):
        return None if load is None else load.status
    repository.set_load_status(load.load_id, "available", moment)
    return "available"
