"""What an answer, a person's deal or a withdrawal leaves in the file: written, and read back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from negotiator.errors import Remedy, SchemaError
from negotiator.negotiation.models import Call, Load, State
from negotiator.negotiation.responses import outcome
from negotiator.negotiation.thread import Round, last_decision, standing_rounds
from negotiator.policy.decide import Decision
from negotiator.storage import statements
from negotiator.storage.database import LoadsFile
from negotiator.values.cells import word_from
from negotiator.values.money import rate_from_file
from negotiator.values.timestamps import format_stored


class Entry(NamedTuple):
    """A row to write. Amounts are US dollars; ``response`` is the text for `system_response`."""

    call_id: int
    session_id: str | None
    round_number: int
    ask: Decimal | None
    response: str
    moment: datetime
    notes: str | None
    request_id: str | None = None
    load_id: str | None = None
    posted_rate: Decimal | None = None
    ceiling: Decimal | None = None
    policy_version: int | None = None
    decided_by: str | None = None


class Standing(NamedTuple):
    """How a call and its load stand: outcome, agreed rate (US dollars), and the load's status."""

    outcome: object
    rate: Decimal | None
    load_id: str | None
    load_status: object


class Recorder:
    """Writes to one open file, whose lock the caller holds."""

    def __init__(self, file: LoadsFile) -> None:
        """Write to an open file."""
        self._db = file.connection
        self._path = file.path

    def add_round(
        self, entry: Entry, decision: Decision, call: Call, load: Load, rows: tuple[Round, ...]
    ) -> None:
        """Write a round with all that follows from it, and require that it is on record.

        ``rows`` are those of the call before. Raises SchemaError; then the caller rolls back.
        """
        accepted = decision is Decision.ACCEPTED
        self.insert(entry)
        if decision is not Decision.COUNTER or call.outcome != implied_outcome(rows):
            self._db.execute(statements.KEEP_STATE, [entry.call_id, entry.session_id, entry.round_number])
        rate = _real(entry.ask) if accepted else None
        transferred = decision is Decision.TRANSFER
        self._change(statements.COUNT_ROUND, [outcome(decision), rate, transferred, call.id])
        if accepted:
            self.set_load_status(load.load_id, "booked", entry.moment)
            self._db.execute(statements.FORGET_CANCELLATION, [load.load_id])  # it was on the board again
        agreed = entry.ask if accepted else call.final_rate_agreed
        status = "booked" if accepted else load.status
        self.require(entry, Standing(outcome(decision), agreed, load.load_id, status))

    def insert(self, entry: Entry) -> None:
        """Write a row of a thread."""
        self._change(
            statements.INSERT_ROUND,
            [
                *(entry.call_id, entry.session_id, entry.round_number, _real(entry.ask), entry.response),
                *(format_stored(entry.moment), entry.notes, entry.request_id, entry.load_id),
                *(_real(entry.posted_rate), _real(entry.ceiling), entry.policy_version, entry.decided_by),
            ],
        )

    def withdraw_round(self, done: Round, before: State, *, is_agreement: bool) -> None:
        """Count a round less on its call, and put back what it had set; what others have set since stays.

        ``is_agreement``: the round made the agreement that the call has.
        """
        values = [
            *(None if done.decision is None else outcome(done.decision), before.outcome),
            *(is_agreement, before.rate),
            *(done.decision is Decision.TRANSFER, before.transferred),
            done.call_id,
        ]
        self._change(statements.WITHDRAW_ROUND, values)

    def clear_agreement(self, call_id: int) -> None:
        """Take the agreed rate off a call, which is being negotiated again."""
        self._change(statements.CLEAR_AGREEMENT, [call_id])

    def note_fallen(self, call_id: int, by: str | None, moment: datetime) -> None:
        """Note of a call that its deal fell through, and who noted it."""
        when = format_stored(moment)
        self._db.execute(statements.NOTE_FALLEN, [call_id, when, by, when])

    def set_load_status(self, load_id: str, status: object, moment: datetime) -> None:
        """Set a load booked, or as it was."""
        self._change(statements.SET_LOAD_STATUS, [status, format_stored(moment), load_id])

    def lift_deadline(self, session_id: str, moment: datetime) -> None:
        """Take a session's deadline away if it has passed: the session goes on."""
        self._db.execute(statements.LIFT_DEADLINE, [session_id, format_stored(moment)])

    def require(self, entry: Entry, expected: Standing) -> None:
        """Raise SchemaError unless the file holds what was written, and the call and the load stand so.

        A trigger may delete or change what is inserted. One that stamps a time harms nobody.
        """
        key = [entry.call_id, entry.session_id, entry.round_number]
        values = [*key, _real(entry.ask), entry.response, entry.request_id, expected.load_id, entry.call_id]
        row = self._db.execute(statements.READ_BACK, values).fetchone()
        count, held, rate, status = row or (0, None, None, None)
        differing = [
            table
            for table, as_written in (
                ("negotiations", count == 1),
                ("calls", word_from(held) == word_from(expected.outcome)),
                ("calls", rate_from_file(rate) == expected.rate),
                ("loads", word_from(status) == word_from(expected.load_status)),
            )
            if not as_written
        ]
        if differing:
            raise self._not_written(differing[0])

    def _change(self, sql: str, values: Sequence[object]) -> None:
        """Write one row. Raises SchemaError when none was written: a trigger can swallow it."""
        if self._db.execute(sql, values).rowcount != 1:
            raise self._not_written(sql.split("main.", 2)[1].split(maxsplit=1)[0])

    def _not_written(self, table: str) -> SchemaError:
        return SchemaError(
            f"a row of {table} in {str(self._path)!r} was not written as it should be, so nothing was",
            "look for a trigger that changes what is written",
            remedy=Remedy.FIND_TRIGGER,
        )


def implied_state(rows: tuple[Round, ...]) -> State:
    """Return how a call and its load stand by the rows of the call, as far as we have written them."""
    transferred = any(done.decision is Decision.TRANSFER for done in standing_rounds(rows))
    return State(implied_outcome(rows), None, int(transferred), "available")


def implied_outcome(rows: tuple[Round, ...]) -> str:
    """Return the outcome that a call has by its rows."""
    last = last_decision(rows)
    return "negotiating" if last is None else outcome(last)


def _real(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
