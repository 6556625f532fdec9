"""Carriers that the desk does not use: blocked for a reason, for a time or for good, and used again."""

from datetime import datetime
from sqlite3 import Connection

from negotiator.carriers.directory import held_values, typed_carrier
from negotiator.carriers.known import add_carrier
from negotiator.carriers.models import Blocked, Unblocked
from negotiator.carriers.standing import standing_of
from negotiator.errors import CarrierNotBlockedError, InvalidTimeError, Remedy, SchemaError
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import text_of
from negotiator.values.mc_number import usual_spelling
from negotiator.values.people import require_person
from negotiator.values.text import require_reason
from negotiator.values.timestamps import format_stored

_BLOCK = """
    INSERT INTO main.carrier_blocks (carrier, reason, blocked_until, blocked_by, blocked_at)
    VALUES (?, ?, ?, ?, ?)
"""
_UNBLOCK = f"""
    UPDATE main.carrier_blocks SET unblocked_by = ?, unblocked_at = ?
     WHERE carrier = ? AND {text_of("unblocked_at")} IS NULL
"""


def block_carrier(
    file: LoadsFile,
    typed: str,
    reason: str,
    *,
    until: datetime | None = None,
    now: datetime,
    by: str | None = None,
) -> Blocked:
    """Use a carrier no more, until a time if one is given. A block that holds already is replaced.

    A carrier that the file does not know is added. ``by`` is who blocks it. Raises InvalidCarrierError,
    InvalidTextError, InvalidTimeError, UnusableFileError, BusyError; then nothing was changed.
    """
    require_reason(reason)
    if by is not None:
        require_person(by)
    if until is not None and until <= now:
        raise InvalidTimeError("the end of the block is over already", "give a time to come, as in 30d")
    with file.write() as db:
        carrier = typed_carrier(db, typed)
        if held_values(db, carrier) is None:
            add_carrier(db, carrier, None, now)
        _lift(db, carrier, now, by)
        end = None if until is None else format_stored(until)
        db.execute(_BLOCK, [carrier, reason, end, by, format_stored(now)])
        if standing_of(db, usual_spelling(carrier), now).may_haul:  # a trigger may change what is written
            raise SchemaError(
                f"the block of carrier {usual_spelling(carrier)} was not written as it should be",
                "look for a trigger that changes what is written",
                remedy=Remedy.FIND_TRIGGER,
            )
    return Blocked(usual_spelling(carrier), reason, until, by, now)


def unblock_carrier(file: LoadsFile, typed: str, *, now: datetime, by: str | None = None) -> Unblocked:
    """Use a carrier again. Its blocks stay on record. ``by`` is who unblocks it.

    Raises InvalidCarrierError, InvalidTextError, CarrierNotBlockedError, UnusableFileError, BusyError.
    """
    if by is not None:
        require_person(by)
    with file.write() as db:
        carrier = typed_carrier(db, typed)
        number = usual_spelling(carrier)
        if not _lift(db, carrier, now, by):
            raise CarrierNotBlockedError(f"carrier {number} is not blocked", "check its number")
        return Unblocked(number, by, now, standing_of(db, number, now).why_not)


def _lift(db: Connection, carrier: str, now: datetime, by: str | None) -> int:
    """End the blocks of a carrier, and return how many there were."""
    return db.execute(_UNBLOCK, [by, format_stored(now), carrier]).rowcount
