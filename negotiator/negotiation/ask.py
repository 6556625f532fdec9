"""One ask, from what was given to the answer on record: one transaction, locked from its first read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path

from negotiator.errors import CallNotFoundError, LoadNotFoundError, SessionMismatchError
from negotiator.negotiation import refusals
from negotiator.negotiation.models import Answer, Call, Case, Load, Round, Thread
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.responses import answer_from
from negotiator.policy.decide import Decision, Policy, decide
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id, require_request_id, require_session_id
from negotiator.values.money import parse_amount
from negotiator.values.text import require_usable_notes


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


def checked_ask(
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
        return _again(repository, ask, found, policy)
    case = _negotiable(repository, ask, now)
    answer = _decided(ask, case, policy)
    if record:
        moment = case.thread.stamp(now)
        repository.add_round(answer, moment, ask.notes, ask.request_id)
        repository.update_call(answer)
        if answer.accepted:
            repository.set_load_status(case.load.load_id, "booked", moment)
    return answer


def _again(repository: Repository, ask: Ask, found: Round, policy: Policy) -> Answer:
    """Return the answer that a request had: it was sent again, by somebody who didn't hear it.

    Its call, or its load, may be gone since.
    """
    decision = refusals.same_ask(found, ask.request_id or "", ask.call_id, ask.session_id, ask.amount)
    call = repository.call(ask.call_id) or Call(ask.call_id, None, None, None)
    name = call.load_id or "unknown"
    load = repository.load(name) or Load(name, None, None, None, None, None)
    rounds = repository.thread(ask.call_id, ask.session_id)
    before = Thread(tuple(rounds[: rounds.index(found)]))
    return answer_from(
        Case(call, load, before),
        session_id=found.session_id,
        round_number=found.round_number or 0,
        ask=ask.amount,
        decision=decision,
        amount=ask.amount if decision is Decision.ACCEPTED else found.counter,
        policy=policy,
        ruling=None,
    )


def _decided(ask: Ask, case: Case, policy: Policy) -> Answer:
    """Return the answer that the policy gives."""
    posted_rate = refusals.usable_posted_rate(case.load)
    if not ask.allow_outlier:
        refusals.refuse_outlier(ask.amount, posted_rate)
    round_number = refusals.usable_round_number(case.thread)
    ruling = decide(
        policy,
        posted_rate=posted_rate,
        ask=ask.amount,
        round_number=round_number,
        highest_counter=case.thread.highest_counter,
    )
    return answer_from(
        case,
        session_id=ask.session_id,
        round_number=round_number,
        ask=ask.amount,
        decision=ruling.decision,
        amount=ruling.amount,
        policy=policy,
        ruling=ruling,
    )


def _negotiable(repository: Repository, ask: Ask, now: datetime) -> Case:
    """Return what the ask meets; raise what forbids a further ask."""
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
    return Case(call, load, thread)


def _refuse_other_load(repository: Repository, session_id: str, load: Load) -> None:
    other = repository.other_load_of_session(session_id, load.load_id)
    if other is not None:
        raise SessionMismatchError(
            f"session {session_id} is about load {other}, this call about {load.load_id}",
            "use another session ID; `negotiator generate-id` makes one",
        )


def no_call(call_id: int, path: Path) -> CallNotFoundError:
    """Return the error for a call that isn't in the file."""
    return CallNotFoundError(
        f"there is no call {call_id} in {str(path)!r}", "check the ID, or name another file with --db"
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
