"""Taking an agreement back: a slip, such as a mistyped ask, has booked a load."""

from collections.abc import Callable
from datetime import datetime

from negotiator.negotiation import refusals
from negotiator.negotiation.ask import no_call
from negotiator.negotiation.models import Load, Reopened, Thread
from negotiator.negotiation.repository import Repository
from negotiator.policy.decide import Decision
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id
from negotiator.values.text import require_reason


def reopen(
    file: LoadsFile, call_id: int | str, reason: str, *, clock: Callable[[], datetime] = timestamps.utc_now
) -> Reopened:
    """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

    The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
    the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
    Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was delivered
    since, UnusableFileError, BusyError; then nothing was changed.
    """
    number = parse_call_id(call_id)
    require_reason(reason)
    with file.write():
        return _reopen(Repository(file), number, reason, clock())


def _reopen(repository: Repository, call_id: int, reason: str, now: datetime) -> Reopened:
    call = repository.call(call_id)
    if call is None:
        raise no_call(call_id, repository.path)
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
