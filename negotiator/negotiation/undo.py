"""Taking back: an agreement, or the last round whatever its answer was. What was there is kept, and why."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from negotiator.errors import NothingToUndoError, Remedy
from negotiator.negotiation import refusals
from negotiator.negotiation.models import Load, State
from negotiator.negotiation.offers.board import next_best
from negotiator.negotiation.offers.models import Offer
from negotiator.negotiation.record import Entry, Recorder, Standing, implied_state
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.responses import outcome
from negotiator.negotiation.situation import find_call
from negotiator.negotiation.thread import Round, Thread, agreements, standing_rounds
from negotiator.policy.decide import Decision
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.cells import text_from, word_from
from negotiator.values.ids import parse_call_id
from negotiator.values.money import rate_from_file
from negotiator.values.recorded import FELL_THROUGH, REOPENED, WITHDRAWN
from negotiator.values.text import require_reason


class Reopened(NamedTuple):
    """What taking an agreement back did. The fields are its JSON keys.

    ``round_number`` is that of the round that was taken back, ``carrier_offer`` the rate (US dollars) that
    had been agreed; ``load_status`` is the load's status now, None when the load is gone. ``next_best`` is
    the lowest ask of another carrier, while the load is available.
    """

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal
    load_id: str | None
    load_status: str | None
    reason: str
    fell_through: bool
    next_best: Offer | None


class Withdrawn(NamedTuple):
    """What taking a round back did. The fields are its JSON keys.

    ``carrier_offer`` (US dollars) and ``system_response`` are those of the round; ``outcome`` and
    ``load_status`` are those of the call and the load now, as they were before the round.
    """

    call_id: int
    session_id: str | None
    round_number: int
    carrier_offer: Decimal | None
    system_response: str | None
    outcome: str | None
    load_id: str | None
    load_status: str | None
    reason: str


def reopen(
    file: LoadsFile,
    call_id: int | str,
    reason: str,
    *,
    fell_through: bool = False,
    by: str | None = None,
    clock: Callable[[], datetime] = timestamps.utc_now,
) -> Reopened:
    """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

    The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
    the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
    ``fell_through``: it was no slip, the carrier gave the load back; it is bound by what it asked, and
    reports count the deal apart. ``by`` is who noted that.
    Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was delivered
    since, UnusableFileError, BusyError; then nothing was changed.
    """
    number = parse_call_id(call_id)
    require_reason(reason)
    with file.write():
        return _OneCall(file, number, clock()).reopen(reason, fell_through=fell_through, by=by)


def undo_round(
    file: LoadsFile,
    call_id: int | str,
    reason: str,
    session_id: str | None = None,
    *,
    clock: Callable[[], datetime] = timestamps.utc_now,
) -> Withdrawn:
    """Take back the last round of a call, of one session if it is given: a counter, a transfer, an agreement.

    The call and the load are as they were before it; what others have set since stays. The round is kept, but
    counts no more, its number is not given again, and the reason is recorded in a row of its own.
    Raises BadInputError, CallNotFoundError, NothingToUndoError, ConflictError when its session has gone on in
    another call, LoadTakenError for an agreement on a load that was delivered since, UnusableFileError,
    BusyError; then nothing was changed.
    """
    number = parse_call_id(call_id)
    require_reason(reason)
    with file.write():
        return _OneCall(file, number, clock()).withdraw(session_id, reason)


class _OneCall:
    """A call on which something is taken back, in one transaction."""

    def __init__(self, file: LoadsFile, call_id: int, now: datetime) -> None:
        """Read the call. Raises CallNotFoundError."""
        self._file = file
        self._repository = Repository(file)
        self._recorder = Recorder(file)
        self._now = now
        self._call = find_call(self._repository, call_id)
        self._rows = tuple(self._repository.call_rounds(call_id))

    def reopen(self, reason: str, *, fell_through: bool, by: str | None) -> Reopened:
        """Take back the agreement."""
        rate = refusals.agreed_rate(self._call)
        load = self._load(self._call.load_id)
        refusals.refuse_completed(load)
        agreed = next(iter(reversed(agreements(self._rows))), None)
        session_id = None if agreed is None else agreed.session_id
        thread = self._thread(session_id)
        number = thread.next_round_number - 1 if agreed is None else agreed.round_number or 0
        moment = thread.stamp(self._now)
        self._recorder.clear_agreement(self._call.id)
        status = self._release(load, "available", moment)
        entry = self._entry(session_id, number, FELL_THROUGH if fell_through else REOPENED, reason, moment)
        self._recorder.insert(entry)
        if fell_through:
            self._recorder.note_fallen(self._call.id, by, moment)
        if session_id is not None:
            self._recorder.lift_deadline(session_id, moment)
        self._recorder.require(entry, Standing("negotiating", None, entry.load_id, status))
        return Reopened(
            call_id=self._call.id,
            session_id=session_id,
            round_number=number,
            carrier_offer=rate,
            load_id=self._call.load_id,
            load_status=text_from(status),
            reason=reason,
            fell_through=fell_through,
            next_best=self._next_best(load, status),
        )

    def _next_best(self, load: Load | None, status: object) -> Offer | None:
        """Return who is to be rung now; nobody while the load is not to be had."""
        if load is None or word_from(status) not in {None, "available"}:
            return None
        return next_best(self._file, load.load_id, self._call.carrier_mc_number, now=self._now)

    def withdraw(self, session_id: str | None, reason: str) -> Withdrawn:
        """Take back the last round, whatever it was."""
        last = self._last_round(session_id)
        thread = self._thread(last.session_id)
        refusals.require_last_of_session(thread, last)
        load = self._load(last.load_id or self._call.load_id)
        is_agreement = last in agreements(self._rows)
        if is_agreement:
            refusals.refuse_completed(load)
        moment = thread.stamp(self._now)
        before = self._state_before(last)
        self._recorder.withdraw_round(last, before, is_agreement=is_agreement)
        status: object = None if load is None else load.status
        if is_agreement:
            status = self._release(load, before.load_status, moment)
        entry = self._entry(last.session_id, last.round_number or 0, WITHDRAWN, reason, moment)
        self._recorder.insert(entry)
        if last.session_id is not None and last.decision is not Decision.COUNTER:
            self._recorder.lift_deadline(last.session_id, moment)  # the session was over, and goes on
        stands = self._stands(last, before, is_agreement=is_agreement)
        load_id = None if load is None else load.load_id
        self._recorder.require(entry, Standing(*stands, load_id, status))
        return Withdrawn(
            call_id=self._call.id,
            session_id=last.session_id,
            round_number=entry.round_number,
            carrier_offer=last.carrier_offer,
            system_response=last.system_response,
            outcome=text_from(stands[0]),
            load_id=load_id,
            load_status=text_from(status),
            reason=reason,
        )

    def _stands(self, last: Round, before: State, *, is_agreement: bool) -> tuple[object, Decimal | None]:
        """Return the call's outcome and agreed rate once a round is taken back."""
        is_set = last.decision is not None and self._call.outcome == outcome(last.decision)
        rate = rate_from_file(before.rate) if is_agreement else self._call.final_rate_agreed
        return before.outcome if is_set else self._call.outcome, rate

    def _state_before(self, last: Round) -> State:
        kept = self._repository.state_before(last)
        return kept or implied_state(tuple(row for row in self._rows if row.id < last.id))

    def _last_round(self, session_id: str | None) -> Round:
        """Return the last round of the call, of one session if it is given. Raises NothingToUndoError."""
        rounds = [done for done in standing_rounds(self._rows) if session_id in {None, done.session_id}]
        if not rounds:
            session = "" if session_id is None else f" in session {session_id}"
            message = f"call {self._call.id} has no round{session} to take back"
            raise NothingToUndoError(
                message, "check the IDs", remedy=Remedy.CALL_HISTORY, call_id=self._call.id
            )
        return rounds[-1]

    def _thread(self, session_id: str | None) -> Thread:
        return Thread.of(self._repository.rounds_around(self._call.id, session_id), session_id)

    def _load(self, load_id: str | None) -> Load | None:
        return None if load_id is None else self._repository.load(load_id)

    def _entry(
        self, session_id: str | None, round_number: int, response: str, reason: str, moment: datetime
    ) -> Entry:
        call = self._call
        return Entry(call.id, session_id, round_number, None, response, moment, reason, load_id=call.load_id)

    def _release(self, load: Load | None, status: object, moment: datetime) -> object:
        """Give the load this status again unless it is agreed on another call; return its status."""
        if load is None or load.status != "booked":
            return None if load is None else load.status
        if self._repository.calls_about(load.load_id, self._call)[0]:
            return load.status
        self._recorder.set_load_status(load.load_id, status, moment)
        return status
