"""The life of a session: started, seen, given metadata, closed. Its status is derived, never stored."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from sqlite3 import Connection
from typing import Any

from negotiator.conversations.models import Session, SessionFilter, SessionStats
from negotiator.conversations.session_sql import session_query
from negotiator.conversations.states import SessionStatus
from negotiator.errors import (
    CallNotFoundError,
    InvalidMetadataError,
    Remedy,
    SessionNotFoundError,
)
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.values import timestamps
from negotiator.values.cells import json_from, text_from, word_from
from negotiator.values.ids import (
    generate_session_id,
    parse_call_id,
    require_readable_session_id,
    require_session_id,
)
from negotiator.values.money import from_file

_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_LONGEST_VALUE = 1_000  # characters
_MOST_KEYS = 100


def start_session(
    file: LoadsFile,
    *,
    now: datetime,
    call_id: int | str | None = None,
    expires_in: timedelta | None = None,
    metadata: Mapping[str, str] | None = None,
) -> str:
    """Start a session and return its ID.

    Raises InvalidCallIDError, CallNotFoundError, BusyError, UnusableFileError.
    """
    from negotiator.negotiation.repository import Repository  # noqa: PLC0415 - what is listed needs no asks

    number = None if call_id is None else parse_call_id(call_id)
    session_id = generate_session_id(now)
    expires_at = None if expires_in is None else timestamps.end_of(expires_in, now)
    with file.write() as db:
        if number is not None and Repository(file).call(number) is None:
            raise CallNotFoundError(f"there is no call {number} in {str(file.path)!r}", "check the call's ID")
        insert_session(db, session_id, now, call_id=number, expires_at=expires_at)
        if metadata:
            store_metadata(db, session_id, metadata)
    return session_id


def show_session(file: LoadsFile, session_id: str, *, now: datetime) -> Session:
    """Return where a session stands. Raises InvalidSessionIDError, SessionNotFoundError."""
    require_readable_session_id(session_id)
    with file.read():
        return session_in(file, session_id, now)


def list_sessions(file: LoadsFile, wanted: SessionFilter, *, now: datetime, limit: int = 50) -> list[Session]:
    """Return sessions, those without a round first, then the latest first; ``limit`` 0 is all.

    Raises InvalidCarrierError.
    """
    with file.read():
        return [_as_session(row) for row in _found(file, wanted, now, limit)]


def session_stats(
    file: LoadsFile, wanted: SessionFilter, *, now: datetime, limit: int = 50
) -> list[SessionStats]:
    """Return how sessions went, in the order of `list_sessions`. Raises InvalidCarrierError."""
    with file.read():
        rows = _found(file, wanted, now, limit)
        return [_stats(file, _as_session(row), row["counters"]) for row in rows]


def parse_metadata(pairs: list[str]) -> dict[str, str]:
    """Return the keys and values of ``key=value`` texts. Raises InvalidMetadataError."""
    return dict(map(_parse_pair, pairs))


def _parse_pair(pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not equals or not _KEY.fullmatch(key):
        raise InvalidMetadataError(
            f"{pair[:40]!r} is not a key and a value",
            "give key=value, the key of at most 64 letters, digits, _, . or -",
        )
    if len(value) > _LONGEST_VALUE or not value.isprintable():
        raise InvalidMetadataError(
            f"the value of {key} is too long or has control characters",
            f"give at most {_LONGEST_VALUE} characters",
        )
    return key, value


def session_in(file: LoadsFile, session_id: str, now: datetime) -> Session:
    """Return where a session stands, inside a transaction.

    Raises InvalidSessionIDError for what cannot be one, SessionNotFoundError.
    """
    sql, values = session_query(now=now)
    row = file.one_row(sql, {**values, "session_id": session_id})
    if row is None:
        require_session_id(session_id)  # what cannot be one is said to be none
        raise SessionNotFoundError(
            f"there is no session {session_id} in {str(file.path)!r}",
            "check the session's ID",
            remedy=Remedy.LIST_SESSIONS,
        )
    return _as_session(row)


def _found(file: LoadsFile, wanted: SessionFilter, now: datetime, limit: int) -> list[dict[str, Any]]:
    from negotiator.conversations.session_keys import find_sessions  # noqa: PLC0415 - one session needs no list

    db = file.connection
    if wanted.load_id is not None:
        wanted = wanted._replace(load_id=known_load_id(db, wanted.load_id))
    return list(find_sessions(db, wanted, now=now, limit=limit))


def _as_session(row: Mapping[str, Any]) -> Session:
    """Return a row of the query as a session."""
    calls = {int(call) for call in str(row["calls"] or "").split(",") if call.lstrip("-").isdigit()}
    return Session(
        session_id=text_from(row["session_id"]) or "",
        status=SessionStatus(row["status"]),
        load_id=text_from(row["load_id"]),
        carrier_mc_number=text_from(row["carrier_mc_number"]),
        calls=tuple(sorted(calls)),
        rounds=row["rounds"],
        first_ask=from_file(row["first_ask"]),
        last_ask=from_file(row["last_ask"]),
        standing_counter=from_file(row["standing_counter"]),
        first_round_at=timestamps.parse_stored(row["first_round_at"]),
        last_round_at=timestamps.parse_stored(row["last_round_at"]),
        seconds_to_close=row["seconds_to_close"],
        created_at=timestamps.parse_stored(row["created_at"]),
        expires_at=timestamps.parse_stored(row["expires_at"]),
        closed_at=timestamps.parse_stored(row["closed_at"]),
        close_reason=text_from(row["close_reason"]),
        reason_lost=word_from(row["reason_lost"]),
        notes=text_from(row["notes"]),
        metadata=_read_metadata(row["metadata"]),
    )


def _stats(file: LoadsFile, session: Session, counters: int) -> SessionStats:
    """Return how long a session took, and what either side gave a round."""
    from negotiator.negotiation.repository import Repository  # noqa: PLC0415 - as above

    first, last = session.first_round_at, session.last_round_at
    load = Repository(file).load(session.load_id) if session.load_id else None
    posted = None if load is None else load.posted_rate
    return SessionStats(
        session_id=session.session_id,
        status=session.status,
        rounds=session.rounds,
        first_ask=session.first_ask,
        last_ask=session.last_ask,
        standing_counter=session.standing_counter,
        seconds=(last - first).total_seconds() if first and last else None,
        carrier_concession=_a_round(session.first_ask, session.last_ask, session.rounds - 1),
        broker_concession=_a_round(session.standing_counter, posted, counters),
    )


def _a_round(greater: Decimal | None, lesser: Decimal | None, rounds: int) -> Decimal | None:
    """Return what was conceded a round; None where an amount, or a round, is missing."""
    if greater is None or lesser is None or rounds < 1:
        return None
    return from_file((greater - lesser) / rounds)


def _read_metadata(stored: object) -> dict[str, Any]:
    try:
        read = json_from(stored) if isinstance(stored, str) else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def insert_session(
    db: Connection,
    session_id: str,
    now: datetime,
    *,
    call_id: int | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Make a session's own row, unless it has one: a session that nobody started has only rounds."""
    db.execute(
        """INSERT OR IGNORE INTO main.negotiation_sessions (session_id, call_id, created_at, expires_at)
           VALUES (?, ?, ?, ?)""",
        [
            session_id,
            call_id,
            timestamps.format_stored(now),
            None if expires_at is None else timestamps.format_stored(expires_at),
        ],
    )


def store_metadata(db: Connection, session_id: str, metadata: Mapping[str, str]) -> None:
    """Set keys of a session that has a row; an empty value takes one away. Raises InvalidMetadataError."""
    sql = "SELECT metadata FROM main.negotiation_sessions WHERE session_id = ?"
    kept = _read_metadata(db.execute(sql, [session_id]).fetchone()[0]) | dict(metadata)
    merged = {key: value for key, value in kept.items() if value != ""}
    if len(merged) > _MOST_KEYS:
        raise InvalidMetadataError(f"a session keeps at most {_MOST_KEYS} keys", "take some away with key=")
    sql = "UPDATE main.negotiation_sessions SET metadata = ? WHERE session_id = ?"
    db.execute(sql, [json.dumps(merged), session_id])
