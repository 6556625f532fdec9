"""One ask, from what was given to the answer on record: one transaction, locked from its first read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path

from negotiator.errors import CallNotFoundError, LoadNotFoundError, Remedy, SessionMismatchError
from negotiator.negotiation import refusals
from negotiator.negotiation.models import Answer, Ask, Call, Load, Round, Situation, Thread
from negotiator.negotiation.repository import Repository
from negotiator.policy.decide import Policy, decide
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id, require_request_id, require_session_id
from negotiator.values.money import parse_amount
from negotiator.values.text import require_usable_notes


def parse_ask(
    call_id: int | str,
    carrier_offer: float | str | Decimal,
    session_id: str | None = None,
    *,
    notes: str | None = None,
    request_id: str | None = None,
    ceiling: str | Decimal | None = None,
    allow_outlier: bool = False,
) -> Ask:
    """Return the ask; ``ceiling`` is its own, instead of a policy's. Raises BadInputError and its kinds."""
    number = parse_call_id(call_id)
    amount = parse_amount(carrier_offer)
    if session_id is not None:
        require_session_id(session_id)
    require_usable_notes(notes)
    if request_id is not None:
        require_request_id(request_id)
    most = None if ceiling is None else parse_amount(ceiling)
    return Ask(number, amount, session_id, notes, request_id, most, allow_outlier)


def answer_ask(
    file: LoadsFile,
    ask: Ask,
    policy: Policy,
    *,
    clock: Callable[[], datetime] = timestamps.utc_now,
    record: bool = True,
) -> Answer:
    """Return the answer to an ask, and record the round (unless the file has the request already).

    The round stands in the file with all that follows from it, or (``record`` false) nothing is written.
    ``clock`` gives aware datetimes. Raises BadInputError, NotFoundError, ConflictError, UnusableFileError,
    BusyError and their kinds; then nothing was changed.
    """
    # In a context of our own, not the caller's; the clock is read once the file is ours.
    with file.write() if record else file.read(), localcontext(Context()):
        return _answer(Repository(file), ask, policy, clock(), record=record)


def _answer(repository: Repository, ask: Ask, policy: Policy, now: datetime, *, record: bool) -> Answer:
    if ask.ceiling is not None:
        policy = replace(policy, ceiling=ask.ceiling)
    if ask.request_id is not None and (found := repository.round_of_request(ask.request_id)):
        return answer_on_record(repository, ask, found, policy)
    situation = load_situation(repository, ask, now)
    answer = decide_ask(ask, situation, policy)
    if record:
        moment = situation.thread.stamp(now)
        repository.add_round(answer, moment, ask.notes, ask.request_id)
        repository.update_call(answer)
        if answer.accepted:
            repository.set_load_status(situation.load.load_id, "booked", moment)
    return answer


def answer_on_record(repository: Repository, ask: Ask, found: Round, policy: Policy) -> Answer:
    """Return the answer that a request had: it was sent again, by somebody who didn't hear it.

    Its call, or its load, may be gone since. Raises RequestMismatchError when it was another ask.
    """
    decision = refusals.require_same_ask(found, ask)
    call = repository.call(ask.call_id)
    load = None if call is None or call.load_id is None else repository.load(call.load_id)
    rounds = repository.thread(ask.call_id, ask.session_id)
    before = Thread(tuple(rounds[: rounds.index(found)]))
    return Answer.recorded(ask, found, decision, call=call, load=load, thread=before, policy=policy)


def decide_ask(ask: Ask, situation: Situation, policy: Policy) -> Answer:
    """Return the answer that the policy gives.

    Raises NoPostedRateError, OutlierError, InvalidPolicyError, and ConflictError past all counting.
    """
    posted_rate = refusals.usable_posted_rate(situation.load)
    if not ask.allow_outlier:
        refusals.refuse_outlier(ask.amount, posted_rate)
    ruling = decide(
        policy,
        posted_rate=posted_rate,
        ask=ask.amount,
        round_number=refusals.usable_round_number(situation.thread),
        highest_counter=situation.thread.highest_counter,
    )
    return Answer.decided(ask, situation, ruling, policy)


def load_situation(repository: Repository, ask: Ask, now: datetime) -> Situation:
    """Return what the ask meets.

    Raises what forbids a further ask: NotFoundError, ConflictError and their kinds.
    """
    call, load = _call_and_load(repository, ask.call_id)
    session_id = ask.session_id
    if session_id is not None:
        _refuse_other_load(repository, session_id, load)
    thread = Thread(tuple(repository.thread(call.id, session_id)))
    name = f"session {session_id}" if session_id else f"the negotiation on call {call.id}"
    refusals.refuse_closed(thread.last_decision, name)
    if session_id is not None:
        refusals.refuse_ended(repository.session_row(session_id), session_id, now)
    refusals.refuse_taken(load, rate_was_agreed=repository.rate_was_agreed(load.load_id))
    return Situation(call, load, thread)


def _refuse_other_load(repository: Repository, session_id: str, load: Load) -> None:
    other = repository.other_load_of_session(session_id, load.load_id)
    if other is not None:
        raise SessionMismatchError(
            f"session {session_id} is about load {other}, this call about {load.load_id}",
            "use another session ID",
            remedy=Remedy.GENERATE_ID,
        )


def no_call(call_id: int, path: Path) -> CallNotFoundError:
    """Return the error for a call that isn't in the file."""
    return CallNotFoundError(
        f"there is no call {call_id} in {str(path)!r}", "check the call's ID", remedy=Remedy.LIST_CALLS
    )


def _call_and_load(repository: Repository, call_id: int) -> tuple[Call, Load]:
    call = repository.call(call_id)
    if call is None:
        raise no_call(call_id, repository.path)
    load = None if call.load_id is None else repository.load(call.load_id)
    if load is None:
        about = "no load" if call.load_id is None else f"load {call.load_id}, which is not in the file"
        raise LoadNotFoundError(f"call {call_id} is about {about}", "set the call's load_id first")
    return call, load
