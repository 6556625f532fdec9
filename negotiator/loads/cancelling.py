"""A load that is called off: a word that other programs know in its table, and why and when beside it."""

from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from negotiator.errors import Remedy, SchemaError
from negotiator.loads.filters import LoadStatus
from negotiator.storage.statements import SET_LOAD_STATUS
from negotiator.values.cells import text_from, word_from
from negotiator.values.timestamps import format_stored, parse_stored

CANCELLED = LoadStatus.COMPLETED
"""The status of a load that was cancelled: nobody is to be rung about it, and no program fails on it."""

_FIND = "SELECT cancelled_at, cancelled_by, reason FROM main.load_facts WHERE load_id = ?"
_KEEP = """
    INSERT INTO main.load_facts (load_id, cancelled_at, cancelled_by, reason) VALUES (?, ?, ?, ?)
    ON CONFLICT (load_id) DO UPDATE
       SET cancelled_at = excluded.cancelled_at, cancelled_by = excluded.cancelled_by,
           reason = excluded.reason
"""


def cancellation(db: Connection, load_id: str, status: object) -> Mapping[str, Any]:
    """Return when a load was cancelled, by whom and why; None for each where it was not.

    One that is on the board again, whoever put it there, is cancelled no more.
    """
    row = db.execute(_FIND, [load_id]).fetchone() if word_from(status) == CANCELLED else None
    when, by, reason = row or (None, None, None)
    if parse_stored(when) is None:
        by = reason = None
    return {
        "cancelled_at": parse_stored(when),
        "cancelled_by": text_from(by),
        "cancel_reason": text_from(reason),
    }


def keep_cancellation(db: Connection, load_id: str, reason: str, *, by: str | None, now: datetime) -> None:
    """Cancel a load. Raises SchemaError when that was not kept."""
    db.execute(_KEEP, [load_id, format_stored(now), by, reason])
    db.execute(SET_LOAD_STATUS, [CANCELLED.value, format_stored(now), load_id])
    status = db.execute("SELECT status FROM main.loads WHERE load_id = ?", [load_id]).fetchone()[0]
    if cancellation(db, load_id, status)["cancel_reason"] != reason:  # a trigger may change what is written
        raise SchemaError(
            f"the cancellation of load {load_id} was not written as it should be, so nothing was",
            "look for a trigger that changes what is written",
            remedy=Remedy.FIND_TRIGGER,
        )
