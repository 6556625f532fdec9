"""Rows of the file to models and back; nothing is decided here."""

from datetime import UTC, datetime
from typing import Any

from negotiator.errors import SchemaError
from negotiator.negotiation.models import (
    Answer,
    Call,
    Load,
    Reopened,
    Round,
    SessionRow,
)
from negotiator.negotiation.responses import outcome, system_response
from negotiator.policy.decide import Decision
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import moment_of, rate_of, text_of
from negotiator.values import timestamps
from negotiator.values.cells import text_from, whole_number, word_from
from negotiator.values.money import rate_from_file
from negotiator.values.recorded import REOPENED

_ROUND_COLUMNS = """
    SELECT id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, notes
      FROM main.negotiations
"""
SESSION_ROUNDS = f"{_ROUND_COLUMNS} WHERE session_id = ?"
CALL_ROUNDS = f"{_ROUND_COLUMNS} WHERE call_id = ?"
CALL_SESSION_ROUNDS = f"{_ROUND_COLUMNS} WHERE call_id = ? AND session_id = ?"
CALL_THREAD = f"{_ROUND_COLUMNS} WHERE call_id = ? AND {text_of('session_id')} IS NULL"
REQUEST = f"{_ROUND_COLUMNS} WHERE request_id = ?"
RATE_AGREED = f"""
    SELECT 1 FROM main.calls WHERE load_id = ? AND {rate_of("final_rate_agreed")} IS NOT NULL LIMIT 1
"""
OTHER_LOAD = f"""
    SELECT load_id FROM main.calls
     WHERE {text_of("load_id")} <> ?
       AND id IN (SELECT call_id FROM main.negotiations WHERE session_id = ?
                   UNION SELECT call_id FROM main.negotiation_sessions WHERE session_id = ?)
"""
SESSION = """
    SELECT expires_at, closed_at, close_reason FROM main.negotiation_sessions WHERE session_id = ?
"""
CALL = "SELECT id, carrier_mc_number, load_id, final_rate_agreed FROM main.calls WHERE id = ?"
LOAD = """
    SELECT load_id, origin, destination, equipment_type, loadboard_rate, status
      FROM main.loads WHERE load_id = ?
"""
# The ID is named because in some files it isn't SQLite's row number, and would be NULL.
INSERT_ROUND = """
    INSERT INTO main.negotiations
      (id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, notes, request_id)
    SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM main.negotiations
"""
COUNT_ROUND = """
    UPDATE main.calls
       SET negotiation_rounds = coalesce(negotiation_rounds, 0) + 1,
           outcome = ?,
           final_rate_agreed = coalesce(?, final_rate_agreed),
           transferred_to_rep = CASE WHEN ? THEN 1 ELSE transferred_to_rep END
     WHERE id = ?
"""
INDEXED = (
    *(CALL, LOAD, INSERT_ROUND, COUNT_ROUND),
    *(SESSION_ROUNDS, CALL_ROUNDS, CALL_SESSION_ROUNDS, CALL_THREAD),
    *(REQUEST, RATE_AGREED, OTHER_LOAD, SESSION),
)
"""The questions whose cost must not grow with the file."""
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Repository:
    """The four tables of one open file. Lists come back complete: an open cursor would hold a lock."""

    def __init__(self, file: LoadsFile) -> None:
        """Work on an open file; its transactions are the caller's."""
        self.path = file.path
        self._db = file.connection

    def call(self, call_id: int) -> Call | None:
        """Return the call with this ID."""
        row = self._db.execute(CALL, [call_id]).fetchone()
        if row is None:
            return None
        number, carrier, load_id, agreed = row
        return Call(number, text_from(carrier), text_from(load_id), rate_from_file(agreed))

    def load(self, load_id: str) -> Load | None:
        """Return the load with this ID."""
        row = self._db.execute(LOAD, [load_id]).fetchone()
        if row is None:
            return None
        name, origin, destination, equipment, rate, status = row
        return Load(
            str(name),
            text_from(origin),
            text_from(destination),
            text_from(equipment),
            rate_from_file(rate),
            word_from(status),
        )

    def rate_was_agreed(self, load_id: str) -> bool:
        """Return whether any call about this load has a rate that was agreed."""
        return self._db.execute(RATE_AGREED, [load_id]).fetchone() is not None

    def session_rounds(self, session_id: str) -> list[Round]:
        """Return the rounds of a session, oldest first."""
        return self._rounds(SESSION_ROUNDS, session_id)

    def call_rounds(self, call_id: int, session_id: str | None = None) -> list[Round]:
        """Return the rounds of a call, of one session if it is given, oldest first."""
        if session_id is None:
            return self._rounds(CALL_ROUNDS, call_id)
        return self._rounds(CALL_SESSION_ROUNDS, call_id, session_id)

    def thread(self, call_id: int, session_id: str | None) -> list[Round]:
        """Return the rounds that the next one continues, oldest first.

        Those of the session if one is given, on whatever call; else those of the call without a session.
        """
        if session_id is None:
            return self._rounds(CALL_THREAD, call_id)
        return self.session_rounds(session_id)

    def round_of_request(self, request_id: str) -> Round | None:
        """Return the round that a request made."""
        return next(iter(self._rounds(REQUEST, request_id)), None)

    def session_row(self, session_id: str) -> SessionRow | None:
        """Return what is kept of a session besides its rounds, None for one that nobody started."""
        row = self._db.execute(SESSION, [session_id]).fetchone()
        if row is None:
            return None
        return SessionRow(timestamps.parse_stored(row[0]), timestamps.parse_stored(row[1]), text_from(row[2]))

    def other_load_of_session(self, session_id: str, load_id: str) -> str | None:
        """Return a load, other than this one, that a round of the session is about."""
        row = self._db.execute(OTHER_LOAD, [load_id, session_id, session_id]).fetchone()
        return None if row is None else text_from(row[0])

    def add_round(
        self, answer: Answer, moment: datetime, notes: str | None, request_id: str | None = None
    ) -> None:
        """Insert the round that an answer makes."""
        response = system_response(answer.decision, answer.amount)
        name = (answer.call_id, answer.session_id, answer.round_number)
        ask, stamp = float(answer.carrier_offer), timestamps.format_stored(moment)
        self._insert(*name, ask, response, stamp, notes, request_id)

    def add_reopening(self, reopened: Reopened, moment: datetime) -> None:
        """Insert the row that takes an agreement back: no ask, and the reason as its note."""
        name = (reopened.call_id, reopened.session_id, reopened.round_number)
        self._insert(*name, None, REOPENED, timestamps.format_stored(moment), reopened.reason, None)

    def _insert(self, call_id: int, session_id: str | None, round_number: int, *rest: object) -> None:
        self._change(INSERT_ROUND, [call_id, session_id, round_number, *rest])

    def update_call(self, answer: Answer) -> None:
        """Count the round on its call, and set what follows from the decision."""
        agreed = float(answer.carrier_offer) if answer.accepted else None
        transferred = answer.decision is Decision.TRANSFER
        self._change(COUNT_ROUND, [outcome(answer.decision), agreed, transferred, answer.call_id])

    def lift_deadline(self, session_id: str, moment: datetime) -> None:
        """Take a session's deadline away if it has passed: the session goes on."""
        self._db.execute(
            f"""UPDATE main.negotiation_sessions SET expires_at = NULL
                WHERE session_id = ? AND {moment_of("expires_at")} <= ?""",
            [session_id, timestamps.format_stored(moment)],
        )

    def clear_agreement(self, call_id: int) -> None:
        """Take the agreed rate off a call, which is being negotiated again."""
        self._change(
            "UPDATE main.calls SET final_rate_agreed = NULL, outcome = 'negotiating' WHERE id = ?", [call_id]
        )

    def set_load_status(self, load_id: str, status: str, moment: datetime) -> None:
        """Set a load booked, or available again."""
        self._change(
            "UPDATE main.loads SET status = ?, updated_at = ? WHERE load_id = ?",
            [status, timestamps.format_stored(moment), load_id],
        )

    def _change(self, sql: str, values: list[object]) -> None:
        """Write one row. Raises SchemaError when none was written: a trigger can swallow it."""
        if self._db.execute(sql, values).rowcount != 1:
            table = sql.split("main.", 2)[1].split(maxsplit=1)[0]
            raise SchemaError(f"a row of {table} was not written", "look for a trigger that prevents it")

    def _rounds(self, sql: str, *values: object) -> list[Round]:
        """Return rounds by real time, then ID, unknown times first."""
        rows = self._db.execute(sql, values).fetchall()
        return sorted(map(_round, rows), key=lambda found: (found.timestamp or _BEGINNING, found.id))


def _round(row: tuple[Any, ...]) -> Round:
    id_, call_id, session_id, round_number, carrier_offer, response, timestamp, notes = row
    return Round(
        id=whole_number(id_) or 0,
        call_id=whole_number(call_id),
        session_id=text_from(session_id),
        round_number=whole_number(round_number),
        carrier_offer=rate_from_file(carrier_offer),
        system_response=text_from(response),
        timestamp=timestamps.parse_stored(timestamp),
        notes=text_from(notes),
    )
