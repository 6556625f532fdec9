"""Rows of the file as models; nothing is decided or written here."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from negotiator.negotiation.models import Call, Load, SessionRow, State
from negotiator.negotiation.thread import Round
from negotiator.storage import statements
from negotiator.storage.database import LoadsFile
from negotiator.values.cells import text_from, whole_number, word_from
from negotiator.values.mc_number import carrier_from
from negotiator.values.money import rate_from_file
from negotiator.values.timestamps import parse_stored

if TYPE_CHECKING:
    from negotiator.carriers.standing import Standing

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Repository:
    """The tables of one open file. Lists come back complete: an open cursor would hold a lock."""

    def __init__(self, file: LoadsFile) -> None:
        """Read an open file; its transactions are the caller's."""
        self.path = file.path
        self._db = file.connection

    def call(self, call_id: int) -> Call | None:
        """Return the call with this ID."""
        row = self._db.execute(statements.CALL, [call_id]).fetchone()
        if row is None:
            return None
        number, carrier, load_id, agreed, outcome = row
        return Call(
            number, text_from(carrier), text_from(load_id), rate_from_file(agreed), text_from(outcome)
        )

    def load(self, load_id: str) -> Load | None:
        """Return the load with this ID."""
        row = self._db.execute(statements.LOAD, [load_id]).fetchone()
        if row is None:
            return None
        name, origin, destination, equipment, rate, status, pickup, miles, ceiling, cancelled_at = row
        return Load(
            str(name),
            text_from(origin),
            text_from(destination),
            text_from(equipment),
            rate_from_file(rate),
            word_from(status),
            pickup,
            miles,
            rate_from_file(ceiling),
            cancelled_at is not None,
        )

    def calls_about(self, load_id: str, call: Call) -> tuple[bool, list[int]]:
        """Return whether a rate was agreed for a load on any call, and other calls of the same carrier."""
        values = [load_id, call.id, carrier_from(call.carrier_mc_number)]
        rows = self._db.execute(statements.LOAD_CALLS, values).fetchall()
        return any(agreed for _, agreed in rows), [number for number, _ in rows if number != call.id]

    def standing(self, call: Call, now: datetime) -> "Standing":
        """Return whether the carrier of a call may be used now."""
        from negotiator.carriers.standing import standing_of  # noqa: PLC0415 - a history needs none

        return standing_of(self._db, call.carrier_mc_number, now)

    def session_rounds(self, session_id: str) -> list[Round]:
        """Return the rounds of a session, oldest first."""
        return self._rounds(statements.SESSION_ROUNDS, session_id)

    def call_rounds(self, call_id: int, session_id: str | None = None) -> list[Round]:
        """Return the rounds of a call, of one session if it is given, oldest first."""
        if session_id is None:
            return self._rounds(statements.CALL_ROUNDS, call_id)
        return self._rounds(statements.CALL_SESSION_ROUNDS, call_id, session_id)

    def rounds_around(self, call_id: int, session_id: str | None) -> tuple[Round, ...]:
        """Return the rounds of a call and of a session, if one is given, oldest first.

        They are without notes, and without what they were decided on but for the load.
        """
        return tuple(self._rounds(statements.SAID_BEFORE, call_id, session_id))

    def has_lower_ask(self, load: Load, call: Call, ask: Decimal) -> bool:
        """Return whether a lower ask was made for a load on another call."""
        values = [load.load_id, call.id, float(ask)]
        return self._db.execute(statements.LOWER_ASK, values).fetchone() is not None

    def load_rounds(self, load_id: str) -> list[Round]:
        """Return the rounds about a load, on all calls about it, oldest first.

        They are without notes, and without what they were decided on but for the load.
        """
        rows = self._rounds(statements.OFFER_ROUNDS, load_id)
        return [row for row in rows if row.load_id in {None, load_id}]

    def round_of_request(self, request_id: str) -> Round | None:
        """Return the round that a request made."""
        return next(iter(self._rounds(statements.REQUEST, request_id)), None)

    def session_row(self, session_id: str) -> SessionRow | None:
        """Return what is kept of a session besides its rounds, None for one that nobody started."""
        row = self._db.execute(statements.SESSION, [session_id]).fetchone()
        if row is None:
            return None
        call_id, created_at, expires_at, closed_at, reason = row
        times = (parse_stored(created_at), parse_stored(expires_at), parse_stored(closed_at))
        return SessionRow(whole_number(call_id), *times, text_from(reason))

    def is_known_session(self, session_id: str) -> bool:
        """Return whether a session has a round, or was started."""
        return self._db.execute(statements.KNOWN_SESSION, [session_id] * 2).fetchone() is not None

    def sessions_beginning(self, text: str) -> list[str]:
        """Return sessions whose ID begins with a text and goes on, at most a thousand."""
        span = [text, f"{text}\U0010ffff"]
        return [str(row[0]) for row in self._db.execute(statements.SESSIONS_BEGINNING, span * 2).fetchall()]

    def sessions_ending(self, text: str) -> list[str]:
        """Return sessions whose ID ends with a text, at most four."""
        return [str(row[0]) for row in self._db.execute(statements.SESSIONS_ENDING, [text] * 4).fetchall()]

    def started_sessions(self, call_id: int) -> list[str]:
        """Return the sessions that were started for a call."""
        return [str(row[0]) for row in self._db.execute(statements.STARTED_SESSIONS, [call_id]).fetchall()]

    def state_before(self, done: Round) -> State | None:
        """Return how a call and its load stood before a round, None if its earlier rounds tell it."""
        row = self._db.execute(statements.STATE_BEFORE, [done.id]).fetchone()
        return None if row is None else State(*row)

    def _rounds(self, sql: str, *values: object) -> list[Round]:
        """Return rounds by real time, then ID, unknown times first."""
        return _in_order(self._db.execute(sql, values).fetchall())


def _in_order(rows: Iterable[tuple[Any, ...]]) -> list[Round]:
    return sorted(map(_round, rows), key=lambda found: (found.timestamp or _BEGINNING, found.id))


def _round(row: tuple[Any, ...]) -> Round:
    id_, call_id, session_id, number, ask, response, timestamp, notes, load_id, *terms = row
    return Round(
        whole_number(id_) or 0,
        whole_number(call_id),
        text_from(session_id),
        whole_number(number),
        rate_from_file(ask),
        text_from(response),
        parse_stored(timestamp),
        text_from(notes),
        text_from(load_id),
        *(_terms(*terms) if terms else ()),
    )


def _terms(
    posted_rate: object, ceiling: object, policy_version: object, decided_by: object
) -> tuple[Decimal | None, Decimal | None, int | None, str | None]:
    """Return what a round was decided on."""
    rates = rate_from_file(posted_rate), rate_from_file(ceiling)
    return *rates, whole_number(policy_version), text_from(decided_by)
