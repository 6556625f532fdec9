"""The life of a session: started, seen, given metadata, closed. Its status is derived, never stored."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any

from negotiator.conversations.session_sql import session_query
from negotiator.errors import (
    CallNotFoundError,
    InvalidMetadataError,
    InvalidTimeError,
    Remedy,
    SessionEndedError,
    SessionNotFoundError,
)
from negotiator.negotiation.repository import Repository
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.ids import generate_session_id, parse_call_id, require_session_id
from negotiator.values.money import from_file
from negotiator.values.text import require_usable_notes

KEYS = (
    *("session_id", "status", "load_id", "calls", "rounds", "first_ask", "last_ask", "standing_counter"),
    *("first_round_at", "last_round_at", "seconds_to_close"),
    *("created_at", "expires_at", "closed_at", "close_reason", "metadata"),
)
"""The JSON keys of a session. Asks and counters are US dollars, times UTC."""

STATS_KEYS = (
    *("session_id", "status", "rounds", "first_ask", "last_ask", "standing_counter"),
    *("seconds", "carrier_concession", "broker_concession"),
)
"""The JSON keys of a session's statistics. Concessions are US dollars a round: of the ask, of the counter."""

_TIMES = ("first_round_at", "last_round_at", "created_at", "expires_at", "closed_at")
_AMOUNTS = ("first_ask", "last_ask", "standing_counter")
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
    number = None if call_id is None else parse_call_id(call_id)
    session_id = generate_session_id(now)
    try:
        expires_at = None if expires_in is None else now + expires_in
    except OverflowError:
        raise InvalidTimeError("that is past all calendars", "give a shorter length, as in 7d") from None
    with file.write() as db:
        if number is not None and Repository(file).call(number) is None:
            raise CallNotFoundError(f"there is no call {number} in {str(file.path)!r}", "check the call's ID")
        _insert(db, session_id, now, call_id=number, expires_at=expires_at)
        if metadata:
            _store_metadata(db, session_id, metadata)
    return session_id


def close_session(file: LoadsFile, session_id: str, *, now: datetime, reason: str | None = None) -> None:
    """Close a session that is active: it takes no further ask.

    Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError, SessionEndedError.
    """
    require_session_id(session_id)
    require_usable_notes(reason)
    with file.write() as db:
        session = _session(file, session_id, now)
        if session["status"] != "active":
            raise SessionEndedError(
                f"session {session_id} is {session['status']} already", "there is nothing to close"
            )
        _insert(db, session_id, now)
        db.execute(
            "UPDATE main.negotiation_sessions SET closed_at = ?, close_reason = ? WHERE session_id = ?",
            [timestamps.format_stored(now), reason, session_id],
        )


def set_metadata(file: LoadsFile, session_id: str, metadata: Mapping[str, str], *, now: datetime) -> None:
    """Set keys of a session's metadata; an empty value takes its key away, the others stay.

    Raises InvalidSessionIDError, SessionNotFoundError, InvalidMetadataError.
    """
    require_session_id(session_id)
    with file.write() as db:
        _session(file, session_id, now)
        _insert(db, session_id, now)
        _store_metadata(db, session_id, metadata)


def show_session(file: LoadsFile, session_id: str, *, now: datetime) -> dict[str, Any]:
    """Return a session with the keys in ``KEYS``. Raises InvalidSessionIDError, SessionNotFoundError."""
    require_session_id(session_id)
    with file.read():
        return _session(file, session_id, now)


def list_sessions(
    file: LoadsFile, *, now: datetime, limit: int = 50, stats: bool = False, **filters: object
) -> list[dict[str, Any]]:
    """Return sessions, those without a round first, then the latest first; ``limit`` 0 is all.

    ``stats`` adds what is in ``STATS_KEYS`` alone. ``filters``: ``status``, ``call_id``, ``carrier`` (an MC
    number), ``load_id``, ``since`` (a moment).
    """
    sql, values = session_query(now=now, limit=limit, **filters)
    with file.read():
        found = [(_as_session(row), row["counters"]) for row in _all(file, sql, values)]
        return [session | (_stats(file, session, counters) if stats else {}) for session, counters in found]


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


def _session(file: LoadsFile, session_id: str, now: datetime) -> dict[str, Any]:
    sql, values = session_query(now=now, limit=1, session_id=session_id)
    for row in _all(file, sql, values):
        return _as_session(row)
    raise SessionNotFoundError(
        f"there is no session {session_id} in {str(file.path)!r}",
        "check the session's ID",
        remedy=Remedy.LIST_SESSIONS,
    )


def _all(file: LoadsFile, sql: str, values: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    return iter(list(file.utils().query(sql, dict(values))))


def _as_session(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the query as a session."""
    session = {key: row[key] for key in KEYS}
    session |= {key: timestamps.parse_stored(row[key]) for key in _TIMES}
    session |= {key: from_file(row[key]) for key in _AMOUNTS}
    calls = str(row["calls"] or "").split(",")
    session["calls"] = sorted({int(call) for call in calls if call.lstrip("-").isdigit()})
    session["metadata"] = _read_metadata(row["metadata"])
    return session


def _stats(file: LoadsFile, session: Mapping[str, Any], counters: int) -> dict[str, object]:
    """Return how long a session took, and what either side gave a round."""
    first, last = session["first_round_at"], session["last_round_at"]
    stats: dict[str, object] = dict.fromkeys(STATS_KEYS[-3:])
    if first and last:
        stats["seconds"] = (last - first).total_seconds()
    if session["rounds"] > 1 and None not in {session["first_ask"], session["last_ask"]}:
        stats["carrier_concession"] = from_file(
            (session["first_ask"] - session["last_ask"]) / (session["rounds"] - 1)
        )
    load = Repository(file).load(session["load_id"]) if session["load_id"] else None
    if counters and load and None not in {load.posted_rate, session["standing_counter"]}:
        stats["broker_concession"] = from_file((session["standing_counter"] - load.posted_rate) / counters)
    return stats


def _read_metadata(stored: object) -> dict[str, Any]:
    try:
        read = json.loads(stored, parse_constant=_refuse_constant) if isinstance(stored, str) else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _insert(
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


def _store_metadata(db: Connection, session_id: str, metadata: Mapping[str, str]) -> None:
    sql = "SELECT metadata FROM main.negotiation_sessions WHERE session_id = ?"
    kept = _read_metadata(db.execute(sql, [session_id]).fetchone()[0]) | dict(metadata)
    merged = {key: value for key, value in kept.items() if value != ""}
    if len(merged) > _MOST_KEYS:
        raise InvalidMetadataError(f"a session keeps at most {_MOST_KEYS} keys", "take some away with key=")
    sql = "UPDATE main.negotiation_sessions SET metadata = ? WHERE session_id = ?"
    db.execute(sql, [json.dumps(merged), session_id])
