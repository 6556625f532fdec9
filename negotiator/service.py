"""The door for Python: asks answered, taken back and read back, and all that a desk keeps around them."""

import os
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import NamedTuple

from negotiator.desk import Desk
from negotiator.errors import ThreadTransferredError
from negotiator.negotiation import book, history, undo
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.models import Answer, Ask
from negotiator.negotiation.responses import TRANSFER_WORDS
from negotiator.negotiation.thread import Round
from negotiator.policy.decide import Policy
from negotiator.policy.terms import PolicySource


class NegotiationResult(NamedTuple):
    """What `handle_negotiation` returns.

    ``should_transfer`` is true when a person must take over: to book what was accepted, or to decide.
    """

    accepted: bool
    message: str
    should_transfer: bool


class CallHandlingService(Desk):
    """Answers carriers' asks and reads the record back, on one open file.

    ``with CallHandlingService.open("loads.db") as service:`` opens and closes it. Not for several threads
    at once; any number of processes may have the same file open.
    """

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
        allow_carrier: str | None = None,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> Answer:
        """Answer one ask and record the round with all that follows from it, or (``dry_run``) write nothing.

        ``carrier_offer`` and ``ceiling`` are US dollars. The policy is that of the file, else the desk's
        from the environment. ``allow_carrier`` is why a carrier that must not be used may be used this time.
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
            allow_carrier=allow_carrier,
        )
        source = PolicySource.from_environment(os.environ)
        return answer_ask(self._file, ask, source, clock=self._clock, record=not dry_run)

    def answer(self, ask: Ask, policy: Policy, *, dry_run: bool = False) -> Answer:
        """Do the same for an ask that `negotiator.negotiation.ask.parse_ask` has made.

        ``policy`` counts where the file has none of its own.
        """
        source = PolicySource.from_policy(policy)
        return answer_ask(self._file, ask, source, clock=self._clock, record=not dry_run)

    def one_transaction(self) -> AbstractContextManager[None]:
        """Commit the asks that are answered inside a ``with`` block at once, at its end.

        One that is refused leaves the others as they are; one that cannot be written undoes them all. The
        file is locked throughout, so wait for nobody in it. No answer is on record before the end.
        Raises BusyError, UnusableFileError, and RuntimeError inside another such block.
        """
        return self._file.one_transaction()

    together = one_transaction

    def reopen_call(
        self, call_id: int | str, reason: str, *, fell_through: bool = False, by: str | None = None
    ) -> undo.Reopened:
        """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

        The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
        the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
        ``fell_through``: it was no slip, the carrier gave the load back; ``by`` is who noted that.
        Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was
        delivered since, UnusableFileError, BusyError.
        """
        return undo.reopen(self._file, call_id, reason, fell_through=fell_through, by=by, clock=self._clock)

    def undo_round(self, call_id: int | str, reason: str, session_id: str | None = None) -> undo.Withdrawn:
        """Take back the last round of a call, of one session if it is given, whatever its answer was.

        The call and the load are as they were before it. The round is kept, and counts no more.
        Raises BadInputError, CallNotFoundError, NothingToUndoError, ConflictError when its session has gone
        on in another call, LoadTakenError for an agreement on a load that was delivered since,
        UnusableFileError, BusyError.
        """
        return undo.undo_round(self._file, call_id, reason, session_id, clock=self._clock)

    def book_call(
        self,
        call_id: int | str,
        rate: float | str | Decimal,
        *,
        by: str,
        reason: str | None = None,
        allow_carrier: bool = False,
    ) -> book.Booked:
        """Record a deal that a person made on a call at any rate (US dollars), and book the load.

        ``by`` is the person's name. ``allow_carrier`` lets a carrier be used that must not be, for a reason.
        Raises BadInputError, CallNotFoundError, LoadNotFoundError,
        LoadTakenError, UnusableFileError, BusyError and their kinds.
        """
        source = PolicySource.from_environment(os.environ)
        return book.book_call(
            self._file,
            call_id,
            rate,
            source,
            by=by,
            reason=reason,
            allow_carrier=allow_carrier,
            clock=self._clock,
        )

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
