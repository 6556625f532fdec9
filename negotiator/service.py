"""The use cases of a negotiation. One ask is one transaction, locked from its first read."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from negotiator import guards, timestamps
from negotiator.answers import TRANSFER_WORDS, answer_from
from negotiator.database import open_database, read_transaction, write_transaction
from negotiator.errors import (
    CallNotFoundError,
    LoadNotFoundError,
    SessionMismatchError,
    SessionNotFoundError,
    ThreadTransferredError,
)
from negotiator.models import Answer, Case, Load, NegotiationResult, Reopened, Round, Thread
from negotiator.money import parse_amount
from negotiator.policy import Decision, decide, policy_from_environment
from negotiator.repository import Repository
from negotiator.session_id import require_session_id


class CallHandlingService:
    """Answers carriers' asks and reads the record back, on one open file.

    ``with CallHandlingService.open("loads.db") as service:`` opens and closes it. Not for several threads
    at once; any number of processes may have the same file open.
    """

    def __init__(
        self, db: Connection, path: Path, *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> None:
        """Work on an open database; ``path`` names it in errors, ``clock`` gives aware datetimes."""
        self._db = db
        self._path = path
        self._clock = clock
        self._repository = Repository(db)

    @classmethod
    @contextmanager
    def open(
        cls, path: str | Path = "loads.db", *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> Iterator[Self]:
        """Open a file for the length of a ``with`` block.

        Raises DatabaseNotFoundError, UnusableFileError and its kinds, MigrationsPendingError.
        """
        with open_database(Path(path)) as db:
            yield cls(db, Path(path), clock=clock)

    def handle_negotiation(
        self,
        call_id: int | str,
        carrier_offer: float | str | Decimal,
        session_id: str | None = None,
        *,
        notes: str | None = None,
        allow_outlier: bool = False,
    ) -> NegotiationResult:
        """Answer one ask and record the round; return ``(accepted, message, should_transfer)``.

        ``carrier_offer`` is US dollars for the whole load. ``should_transfer`` is true when a person must
        take over: to book what was accepted, or to decide. An ask in a thread that was transferred already
        answers ``(False, message, True)`` again and records nothing. Raises what `negotiate` raises,
        except ThreadTransferredError.
        """
        try:
            answer = self.negotiate(
                call_id, carrier_offer, session_id, notes=notes, allow_outlier=allow_outlier
            )
        except ThreadTransferredError:
            return NegotiationResult(accepted=False, message=TRANSFER_WORDS, should_transfer=True)
        return NegotiationResult(answer.accepted, answer.message, answer.should_transfer)

    def negotiate(
        self,
        call_id: int | str,
        carrier_offer: float | str | Decimal,
        session_id: str | None = None,
        *,
        notes: str | None = None,
        ceiling: str | Decimal | None = None,
        allow_outlier: bool = False,
        dry_run: bool = False,
    ) -> Answer:
        """Answer one ask and record the round with all that follows from it, or (``dry_run``) write nothing.

        ``carrier_offer`` and ``ceiling`` are US dollars. The policy is the desk's, from the environment.
        Raises BadInputError, NotFoundError, ConflictError, UnusableFileError, BusyError and their kinds;
        then nothing was changed.
        """
        number = guards.parse_call_id(call_id)
        ask = parse_amount(carrier_offer)
        if session_id is not None:
            require_session_id(session_id)
        guards.require_usable_notes(notes)
        policy = policy_from_environment(os.environ, ceiling)
        transaction = read_transaction if dry_run else write_transaction
        with transaction(self._db, self._path), localcontext(Context()):  # ours, not the caller's
            now = self._clock()
            case = self._negotiable(number, session_id, now)
            posted_rate = guards.usable_posted_rate(case.load)
            if not allow_outlier:
                guards.refuse_outlier(ask, posted_rate)
            ruling = decide(
                policy,
                posted_rate=posted_rate,
                ask=ask,
                round_number=guards.usable_round_number(case.thread),
                highest_counter=case.thread.highest_counter,
            )
            answer = answer_from(case, session_id, ask, ruling, policy)
            if not dry_run:
                self._record(answer, now, notes)
        return answer

    def reopen_call(self, call_id: int | str, reason: str) -> Reopened:
        """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

        The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
        the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
        Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was
        delivered since, UnusableFileError, BusyError.
        """
        number = guards.parse_call_id(call_id)
        guards.require_reason(reason)
        with write_transaction(self._db, self._path):
            call = self._repository.call(number)
            if call is None:
                raise self._no_call(number)
            rate = guards.agreed_rate(call)
            load = None if call.load_id is None else self._repository.load(call.load_id)
            guards.refuse_completed(load)
            accepted = [r for r in self._repository.call_rounds(number) if r.decision is Decision.ACCEPTED]
            session_id = accepted[-1].session_id if accepted else None
            thread = Thread(tuple(self._repository.thread(number, session_id)))
            moment = thread.stamp(self._clock())
            self._repository.clear_agreement(number)
            status = self._release(load, moment)
            round_number = thread.next_round_number - 1  # it is an end of that round, not an ask of its own
            done = Reopened(number, session_id, round_number, rate, call.load_id, status, reason)
            self._repository.add_reopening(done, moment)
            if session_id is not None:
                self._repository.lift_deadline(session_id, moment)
        return done

    def _release(self, load: Load | None, moment: datetime) -> str | None:
        """Make the load available again unless it is agreed on another call; return its status."""
        if load is None or load.status != "booked" or self._repository.rate_was_agreed(load.load_id):
            return None if load is None else load.status
        self._repository.set_load_status(load.load_id, "available", moment)
        return "available"

    def session_history(self, session_id: str) -> list[Round]:
        """Return the rounds of a session, oldest first.

        Raises InvalidSessionIDError, SessionNotFoundError.
        """
        require_session_id(session_id)
        with read_transaction(self._db, self._path):
            rounds = self._repository.session_rounds(session_id)
            if not rounds and not self._is_known(session_id):
                raise self._no_session(session_id)
        return rounds

    def call_history(self, call_id: int | str, session_id: str | None = None) -> list[Round]:
        """Return the rounds of a call, those of one session if it is given, oldest first.

        Raises InvalidCallIDError, InvalidSessionIDError, CallNotFoundError, SessionNotFoundError.
        """
        number = guards.parse_call_id(call_id)
        if session_id is not None:
            require_session_id(session_id)
        with read_transaction(self._db, self._path):
            rounds = self._repository.call_rounds(number, session_id)
            if not rounds and self._repository.call(number) is None:
                raise self._no_call(number)
            if not rounds and session_id is not None and not self._is_known(session_id):
                raise self._no_session(session_id)
        return rounds

    def _is_known(self, session_id: str) -> bool:
        started = self._repository.session_row(session_id) is not None
        return started or bool(self._repository.session_rounds(session_id))

    def _negotiable(self, call_id: int, session_id: str | None, now: datetime) -> Case:
        """Read what the ask meets; raise what forbids a further ask."""
        call = self._repository.call(call_id)
        if call is None:
            raise self._no_call(call_id)
        load = None if call.load_id is None else self._repository.load(call.load_id)
        if load is None:
            about = "no load" if call.load_id is None else f"load {call.load_id}, which is not in the file"
            raise LoadNotFoundError(f"call {call_id} is about {about}", "set the call's load_id first")
        if session_id is not None:
            self._refuse_other_load(session_id, load)
        thread = Thread(tuple(self._repository.thread(call_id, session_id)))
        name = f"session {session_id}" if session_id else f"the negotiation on call {call_id}"
        guards.refuse_closed(thread.last_decision, name)
        if session_id is not None:
            guards.refuse_ended(self._repository.session_row(session_id), session_id, now)
        guards.refuse_taken(load, rate_was_agreed=self._repository.rate_was_agreed(load.load_id))
        return Case(call, load, thread)

    def _refuse_other_load(self, session_id: str, load: Load) -> None:
        other = self._repository.other_load_of_session(session_id, load.load_id)
        if other is not None:
            raise SessionMismatchError(
                f"session {session_id} is about load {other}, this call about {load.load_id}",
                "use another session ID; `negotiator generate-id` makes one",
            )

    def _record(self, answer: Answer, now: datetime, notes: str | None) -> None:
        moment = answer.case.thread.stamp(now)
        self._repository.add_round(answer, moment, notes)
        self._repository.update_call(answer)
        if answer.accepted:
            self._repository.set_load_status(answer.case.load.load_id, "booked", moment)

    def _no_call(self, call_id: int) -> CallNotFoundError:
        return CallNotFoundError(
            f"there is no call {call_id} in {str(self._path)!r}",
            "check the ID, or name another file with --db",
        )

    def _no_session(self, session_id: str) -> SessionNotFoundError:
        return SessionNotFoundError(
            f"there is no round of session {session_id} in {str(self._path)!r}",
            "a session begins with its first `negotiator negotiate CALL_ID ASK --session ID`",
        )
