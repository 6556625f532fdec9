"""The use cases of a negotiation. One ask is one transaction, locked from its first read."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path
from sqlite3 import Connection
from typing import Self

from negotiator.errors import SessionNotFoundError, ThreadTransferredError, UnusableFileError
from negotiator.negotiation.ask import Ask, answer_ask, checked_ask, no_call
from negotiator.negotiation.models import Answer, NegotiationResult, Reopened, Round
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.responses import TRANSFER_WORDS
from negotiator.negotiation.undo import reopen
from negotiator.policy.decide import Policy, policy_from_environment
from negotiator.storage.database import open_database
from negotiator.storage.transactions import locked, read_transaction, write_transaction
from negotiator.values import timestamps
from negotiator.values.ids import parse_call_id, require_session_id
from negotiator.values.text import require_reason

Transaction = Callable[[Connection, Path], AbstractContextManager[None]]
"""What reads, or reads and writes, one state of a file."""


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
        self._place = path.absolute()  # wherever this program goes meanwhile
        self._identity = _identity(self._place)
        self._together = False

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
        ask = checked_ask(
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
        """Do the same for an ask that `negotiator.negotiation.ask.checked_ask` has made, under a policy."""
        with self._transaction(read_transaction if dry_run else write_transaction), localcontext(Context()):
            # In a context of our own, not the caller's.
            now = self._clock()
            return answer_ask(self._repository, self._path, ask, policy, now, record=not dry_run)

    @contextmanager
    def _transaction(self, kind: Transaction) -> Iterator[None]:
        if self._together:
            self._require_transaction()
        with kind(self._db, self._path):
            yield
            self._require_same_file()

    def _require_transaction(self) -> None:
        """Raise UnusableFileError when the asks before were undone: by us, or by SQLite on a full disk."""
        if not self._db.in_transaction:
            raise UnusableFileError(f"{str(self._path)!r} could not be written", "nothing of it is on record")

    def _require_same_file(self) -> None:
        """Raise UnusableFileError when what is open has another name by now, or none: SQLite would go on."""
        if _identity(self._place) != self._identity:
            raise UnusableFileError(
                f"{str(self._path)!r} was moved or replaced while it was open", "open it again"
            )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit the asks that are answered inside a ``with`` block at once, at its end.

        One that is refused leaves the others as they are; one that can't be written undoes them all. The
        file is locked throughout, so wait for nobody in it. No answer is on record before the end.
        Raises BusyError, UnusableFileError, and RuntimeError inside another such block.
        """
        if self._together:
            raise RuntimeError("asks are together already")
        self._together = True
        try:
            with locked(self._db, self._path):
                yield
                self._require_transaction()
                self._require_same_file()
        finally:
            self._together = False

    def reopen_call(self, call_id: int | str, reason: str) -> Reopened:
        """Take back the agreement of a call: a slip, such as a mistyped ask, has booked the load.

        The agreed rate is cleared, the load is available again (unless another call has an agreement on it),
        the rounds stay, and the reason is recorded in a row of its own, after which the thread goes on.
        Raises BadInputError, CallNotFoundError, NoAgreementError, LoadTakenError for a load that was
        delivered since, UnusableFileError, BusyError.
        """
        number = parse_call_id(call_id)
        require_reason(reason)
        with self._transaction(write_transaction):
            return reopen(self._repository, self._path, number, reason, self._clock())

    def session_history(self, session_id: str) -> list[Round]:
        """Return the rounds of a session, oldest first.

        Raises InvalidSessionIDError, SessionNotFoundError.
        """
        require_session_id(session_id)
        with self._transaction(read_transaction):
            rounds = self._repository.session_rounds(session_id)
            if not rounds and not self._is_known(session_id):
                raise self._no_session(session_id)
        return rounds

    def call_history(self, call_id: int | str, session_id: str | None = None) -> list[Round]:
        """Return the rounds of a call, those of one session if it is given, oldest first.

        Raises InvalidCallIDError, InvalidSessionIDError, CallNotFoundError, SessionNotFoundError.
        """
        number = parse_call_id(call_id)
        if session_id is not None:
            require_session_id(session_id)
        with self._transaction(read_transaction):
            rounds = self._repository.call_rounds(number, session_id)
            if not rounds and self._repository.call(number) is None:
                raise no_call(number, self._path)
            if not rounds and session_id is not None and not self._is_known(session_id):
                raise self._no_session(session_id)
        return rounds

    def _is_known(self, session_id: str) -> bool:
        started = self._repository.session_row(session_id) is not None
        return started or bool(self._repository.session_rounds(session_id))

    def _no_session(self, session_id: str) -> SessionNotFoundError:
        return SessionNotFoundError(
            f"there is no round of session {session_id} in {str(self._path)!r}",
            "a session begins with its first `negotiator negotiate CALL_ID ASK --session ID`",
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from others whatever its name, None for one that isn't there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
