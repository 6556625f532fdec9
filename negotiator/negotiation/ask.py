"""One ask, from what was given to the answer on record: one transaction, locked from its first read."""

from collections.abc import Callable
from datetime import datetime
from decimal import Context, Decimal, localcontext

from negotiator.negotiation import refusals
from negotiator.negotiation.models import Answer, Ask, Call, Load, Situation
from negotiator.negotiation.record import Entry, Recorder
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.responses import system_response
from negotiator.negotiation.situation import call_and_load, load_situation, terms_for, whole_amount
from negotiator.negotiation.thread import Round
from negotiator.policy.decide import decide, require_ceiling
from negotiator.policy.terms import PolicySource, Terms
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id, require_readable_session_id, require_request_id
from negotiator.values.money import is_per_mile, parse_amount
from negotiator.values.recorded import POLICY
from negotiator.values.text import allowing, require_reason, require_usable_notes


def parse_ask(
    call_id: int | str,
    carrier_offer: float | str | Decimal,
    session_id: str | None = None,
    *,
    notes: str | None = None,
    request_id: str | None = None,
    ceiling: str | Decimal | None = None,
    allow_outlier: bool = False,
    allow_carrier: str | None = None,
) -> Ask:
    """Return the ask; ``ceiling`` is its own, instead of a policy's. Raises BadInputError and its kinds.

    ``carrier_offer`` may be for each mile, as in ``2.35/mi``. ``allow_carrier`` is why a carrier that must
    not be used may be used this time: it is kept in the round's notes.
    """
    number = parse_call_id(call_id)
    per_mile = carrier_offer if isinstance(carrier_offer, str) and is_per_mile(carrier_offer) else None
    amount = parse_amount(carrier_offer, miles=1)  # those of the load are not known yet
    if session_id is not None:
        require_readable_session_id(session_id)
    if allow_carrier is not None:
        require_reason(allow_carrier)
        notes = allowing(notes, allow_carrier)
    require_usable_notes(notes)
    if request_id is not None:
        require_request_id(request_id)
    most = None if ceiling is None else parse_amount(ceiling)
    return Ask(number, amount, session_id, notes, request_id, most, allow_outlier, per_mile, allow_carrier)


def answer_ask(
    file: LoadsFile,
    ask: Ask,
    source: PolicySource,
    *,
    clock: Callable[[], datetime] = timestamps.utc_now,
    record: bool = True,
) -> Answer:
    """Return the answer to an ask, and record the round (unless the file has the request already).

    The round stands in the file with all that follows from it, or (``record`` false) nothing is written.
    ``source`` says what counts where the file has no policy. ``clock`` gives aware datetimes.
    Raises BadInputError, NotFoundError, ConflictError, UnusableFileError, BusyError and their kinds; then
    nothing was changed.
    """
    # In a context of our own, not the caller's; the clock is read once the file is ours.
    with file.write() if record else file.read(), localcontext(Context()):
        return _answer(file, ask, source, clock(), record=record)


def _answer(file: LoadsFile, ask: Ask, source: PolicySource, now: datetime, *, record: bool) -> Answer:
    repository = Repository(file)
    if ask.per_mile is not None:
        ask = ask._replace(amount=whole_amount(ask.per_mile, call_and_load(repository, ask.call_id)[1]))
    if ask.request_id is not None and (found := repository.round_of_request(ask.request_id)):
        call = repository.call(ask.call_id)
        load = None if call is None or call.load_id is None else repository.load(call.load_id)
        terms = terms_for(file, source, call, load, now, ask.ceiling)
        return _with_better(
            repository, file, answer_on_record(repository, ask, found, terms, (call, load)), now
        )
    situation = load_situation(repository, ask, now)
    terms = terms_for(file, source, situation.call, situation.load, now, ask.ceiling)
    answer = _with_better(repository, file, decide_ask(ask, situation, terms), now)
    if record:
        rows = tuple(row for row in situation.rows if row.call_id == ask.call_id)
        entry = _entry(ask, situation, answer, now)
        Recorder(file).add_round(entry, answer.decision, situation.call, situation.load, rows)
    return answer


def _with_better(repository: Repository, file: LoadsFile, answer: Answer, now: datetime) -> Answer:
    """Return the answer with what another carrier asks, where that is less than what was accepted."""
    if not answer.accepted or answer.load is None or answer.call is None:
        return answer
    if not repository.has_lower_ask(answer.load, answer.call, answer.carrier_offer):
        return answer
    from negotiator.negotiation.offers.board import better_offer  # noqa: PLC0415 - few asks need it

    better = better_offer(
        file, answer.load.load_id, answer.call.carrier_mc_number, answer.carrier_offer, now=now
    )
    return answer._replace(better_offer=better)


def _entry(ask: Ask, situation: Situation, answer: Answer, now: datetime) -> Entry:
    """Return the row that an answer makes."""
    return Entry(
        call_id=answer.call_id,
        session_id=answer.session_id,
        round_number=answer.round_number,
        ask=answer.carrier_offer,
        response=system_response(answer.decision, answer.amount),
        moment=situation.thread.stamp(now),
        notes=ask.notes,
        request_id=ask.request_id,
        load_id=situation.load.load_id,
        posted_rate=situation.load.posted_rate,
        ceiling=None if answer.ruling is None else answer.ruling.ceiling,
        policy_version=answer.terms.version,
        decided_by=POLICY,
    )


def answer_on_record(
    repository: Repository, ask: Ask, found: Round, terms: Terms, about: tuple[Call | None, Load | None]
) -> Answer:
    """Return the answer that a request had: it was sent again, by somebody who didn't hear it.

    Its call, or its load, may be gone since. Raises RequestMismatchError when it was another ask.
    """
    decision = refusals.require_same_ask(found, ask)
    call, load = about
    rows = repository.rounds_around(ask.call_id, ask.session_id)
    place = next((place for place, row in enumerate(rows) if row.id == found.id), len(rows))
    before = rows[:place]
    return Answer.recorded(ask, found, decision, call=call, load=load, before=before, terms=terms)


def decide_ask(ask: Ask, situation: Situation, terms: Terms) -> Answer:
    """Return the answer that the policy gives.

    Raises NoPostedRateError, OutlierError, InvalidPolicyError, and ConflictError past all counting.
    """
    posted_rate = refusals.usable_posted_rate(situation.load)
    if not ask.allow_outlier:
        refusals.refuse_outlier(ask.amount, posted_rate)
    if ask.ceiling is not None:
        require_ceiling(ask.ceiling, posted_rate)
    refusals.usable_round_number(situation.thread)
    said = situation.commitments
    ruling = decide(
        terms.policy,
        posted_rate=posted_rate,
        ask=ask.amount,
        round_number=situation.thread.next_place,
        highest_counter=said.highest_counter,
        lowest_ask=said.lowest_ask,
        had_last_offer=situation.thread.has_counter_from(terms.policy.rounds),
    )
    return Answer.decided(ask, situation, ruling, terms)
