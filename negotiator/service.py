"""The door for Python: everything that can be done with one open file."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Self

from negotiator.errors import ThreadTransferredError
from negotiator.negotiation import book, history, undo
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.models import Answer, Ask, Booked, NegotiationResult, Reopened, Withdrawn
from negotiator.negotiation.responses import TRANSFER_WORDS
from negotiator.negotiation.thread import Round
from negotiator.policy.decide import Policy, policy_from_environment
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps

if TYPE_CHECKING:
    from negotiator.conversations.models import (
        CallDetail,
        CallFilter,
        CallOutcome,
        ListedCall,
        Sentiment,
        Session,
        SessionFilter,
        StartedCall,
    )


class CallHandlingService:
    """Answers carriers' asks and reads the record back, on one open file.

    ``with CallHandlingService.open("loads.db") as service:`` opens and closes it. Not for several threads
    at once; any number of processes may have the same file open.
    """

    def __init__(
        self, db: Connection, path: Path, *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> None:
        """Work on an open database; ``path`` names it in errors, ``clock`` gives aware datetimes."""
        self._file = LoadsFile(db, path)
        self._clock = clock

    @classmethod
    @contextmanager
    def open(
        cls, path: str | Path = "loads.db", *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> Iterator[Self]:
        """Open a file for the length of a ``with`` block.

        Raises FileMissingError, UnusableFileError and its kinds, MigrationsPendingError.
        """
        with LoadsFile.open(Path(path)) as file:
            yield cls(file.connection, file.path, clock=clock)

    def handle_negotiation(
        self,
        call_id: int | str,
        carrier_offer: float | str | Decimal,
        session_id: str | None = None,
        *,
        notes: str | None = None,
        allow_outlier: bool = False,
        request_id: str | None = None,
    ) -> NegotiationResult:
        """Answer one ask and record the round; return ``(accepted, message, should_transfer)``.

        ``carrier_offer`` is US dollars for the whole load. ``should_transfer`` is true when a person must
        take over: to book what was accepted, or to decide. An ask in a thread that was transferred already
        answers ``(False, message, True)`` again and records nothing. Raises what `negotiate` raises,
        except ThreadTransferredError.
        """
        try:
            answer = self.negotiate(
                call_id,
                carrier_offer,
                session_id,
                notes=notes,
                allow_outlier=allow_outlier,
                request_id=request_id,
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
        request_id: str | None = None,
    ) -> Answer:
        """Answer one ask and record the round with all that follows from it, or (``dry_run``) write nothing.

        ``carrier_offer`` and ``ceiling`` are US dollars. The policy is the desk's, from the environment.
        ``request_id`` (1 to 64 of ``A-Za-z0-9_.:-``) names the ask: sent again under that name it gets the
        answer that is on record, and adds no round.
        Raises BadInputError, NotFoundError, ConflictError, UnusableFileError, BusyError and their kinds;
        then nothing was changed.
        """
        ask = parse_ask(
            call_id,
            carrier_offer,
            session_id,
            notes=notes,
            request_id=request_id,
            ceiling=ceiling,
            allow_outlier=allow_outlier,
        )
        return self.answer(ask, policy_from_environment(os.environ), dry_run=dry_run)

    def answer(self, ask: Ask, policy: Policy, *, dry_run: bool = False) -> Answer:
        """Do the same for an ask that `negotiator.negotiation.ask.parse_ask` has made, under a policy."""
        return answer_ask(self._file, ask, policy, clock=self._clock, record=not dry_run)

    def one_transaction(self) -> AbstractContextManager[None]:
        """Commit the asks that are answered inside a ``with`` block at once, at its end.

        One that is refused leaves the others as they are; one that cannot be written undoes them all. The
        file is locked throughout, so wait for nobody in it. No answer is on record before the end.
        Raises BusyError, UnusableFileError, and RuntimeError inside another such block.
        """
        return self._file.one_transaction()

    together = one_transaction

    def reopen_call(self, call_id: int | str, reason: str) -> Reopened:
        """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

        The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
        the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
        Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was
        delivered since, UnusableFileError, BusyError.
        """
        return undo.reopen(self._file, call_id, reason, clock=self._clock)

    def undo_round(self, call_id: int | str, reason: str, session_id: str | None = None) -> Withdrawn:
        """Take back the last round of a call, of one session if it is given, whatever its answer was.

        The call and the load are as they were before it. The round is kept, and counts no more.
        Raises BadInputError, CallNotFoundError, NothingToUndoError, ConflictError when its session has gone
        on in another call, LoadTakenError for an agreement on a load that was delivered since,
        UnusableFileError, BusyError.
        """
        return undo.undo_round(self._file, call_id, reason, session_id, clock=self._clock)

    def book_call(
        self, call_id: int | str, rate: float | str | Decimal, *, by: str, reason: str | None = None
    ) -> Booked:
        """Record a deal that a person made on a call at any rate (US dollars), and book the load.

        ``by`` is the person's name. Raises BadInputError, CallNotFoundError, LoadNotFoundError,
        LoadTakenError, UnusableFileError, BusyError and their kinds.
        """
        policy = policy_from_environment(os.environ)
        return book.book_call(self._file, call_id, rate, policy, by=by, reason=reason, clock=self._clock)

    def session_history(self, session_id: str) -> list[Round]:
        """Return the rounds of a session, oldest first.

        Raises InvalidSessionIDError, SessionNotFoundError, UnusableFileError, BusyError.
        """
        return history.session_history(self._file, session_id)

    def call_history(self, call_id: int | str, session_id: str | None = None) -> list[Round]:
        """Return the rounds of a call, those of one session if it is given, oldest first.

        Raises InvalidCallIDError, InvalidSessionIDError, CallNotFoundError, SessionNotFoundError,
        UnusableFileError, BusyError.
        """
        return history.call_history(self._file, call_id, session_id)

    def start_session(
        self,
        call_id: int | str | None = None,
        *,
        expires_in: timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Start a session, on a call if one is given, and return its ID.

        Raises InvalidCallIDError, InvalidMetadataError, CallNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import sessions

        return sessions.start_session(
            self._file, now=self._clock(), call_id=call_id, expires_in=expires_in, metadata=metadata
        )

    def show_session(self, session_id: str) -> "Session":
        """Return where a session stands.

        Raises InvalidSessionIDError, SessionNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import sessions

        return sessions.show_session(self._file, session_id, now=self._clock())

    def list_sessions(self, wanted: "SessionFilter | None" = None, *, limit: int = 50) -> "list[Session]":
        """Return sessions, those without a round first, then the latest first; ``limit`` 0 is all.

        Raises InvalidCarrierError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import models, sessions

        return sessions.list_sessions(
            self._file, wanted or models.SessionFilter(), now=self._clock(), limit=limit
        )

    def close_session(self, session_id: str, reason: str | None = None) -> None:
        """Close a session that is active: it takes no further ask.

        Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError, SessionEndedError,
        UnusableFileError, BusyError.
        """
        from negotiator.conversations import sessions

        sessions.close_session(self._file, session_id, now=self._clock(), reason=reason)

    def set_session_metadata(self, session_id: str, metadata: Mapping[str, str]) -> None:
        """Set keys of a session's metadata; an empty value takes its key away, the others stay.

        Raises InvalidSessionIDError, SessionNotFoundError, InvalidMetadataError, UnusableFileError,
        BusyError.
        """
        from negotiator.conversations import sessions

        sessions.set_metadata(self._file, session_id, metadata, now=self._clock())

    def start_call(self, load_id: str, carrier: str, *, company: str | None = None) -> "StartedCall":
        """Record that a carrier (an MC number, however it is spelled) is on the phone about a load.

        Raises InvalidCarrierError, InvalidTextError, LoadNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls

        return calls.start_call(
            self._file, load_id=load_id, carrier=carrier, company=company, now=self._clock()
        )

    def end_call(
        self,
        call_id: int | str,
        outcome: "CallOutcome",
        *,
        sentiment: "Sentiment | None" = None,
        notes: str | None = None,
    ) -> "CallDetail":
        """Record how a call ended, when, and how long it took.

        Raises InvalidCallIDError, InvalidNotesError, CallNotFoundError, CallEndedError, UnusableFileError,
        BusyError.
        """
        from negotiator.conversations import calls

        return calls.end_call(
            self._file, call_id, outcome=outcome, sentiment=sentiment, notes=notes, now=self._clock()
        )

    def list_calls(self, wanted: "CallFilter | None" = None, *, limit: int = 50) -> "list[ListedCall]":
        """Return calls, the latest first; ``limit`` 0 is all.

        Raises InvalidCarrierError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls, models

        return calls.list_calls(self._file, wanted or models.CallFilter(), limit=limit)

    def show_call(self, call_id: int | str) -> "CallDetail":
        """Return a call with its company, notes and transcript.

        Raises InvalidCallIDError, CallNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls

        return calls.show_call(self._file, call_id)
