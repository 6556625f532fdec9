"""Loads with all their columns, for programs that show them to carriers: no calls, offers or ceilings."""

from typing import Any

from negotiator.errors import LoadNotFoundError
from negotiator.loads.board import readable
from negotiator.loads.filters import LoadFilter
from negotiator.loads.listing import listing
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.schema import columns_of
from negotiator.storage.sql import moment_of, rate_of

_DEAREST = f"ORDER BY {rate_of('loadboard_rate')} DESC, {moment_of('pickup_datetime')}, load_id"


def posted_loads(
    file: LoadsFile,
    wanted: LoadFilter,
    *,
    equipment: str | None = None,
    dearest_first: bool = False,
    limit: int,
) -> list[dict[str, Any]]:
    """Return loads by column, at most ``limit``. ``equipment`` is the whole of it, as it is spelled.

    They are in the order of the filter, or the dearest first, and of one rate the earliest pick-up.
    Raises UnusableFileError, BusyError.
    """
    inner, values = listing(wanted)
    where = "" if equipment is None else "WHERE equipment_type = :whole_equipment"
    sql = f"SELECT load_id FROM ({inner}) {where} {_DEAREST if dearest_first else ''} LIMIT :most"
    values |= {"whole_equipment": equipment, "most": limit}
    with file.read() as db:
        names = [name for (name,) in db.execute(sql, values).fetchall()]
        return [_posted(file, name) for name in names]


def posted_load(file: LoadsFile, load_id: str) -> dict[str, Any]:
    """Return a load by column; its ID may be in another case. Raises LoadNotFoundError."""
    with file.read() as db:
        return _posted(file, known_load_id(db, load_id))


def _posted(file: LoadsFile, load_id: str) -> dict[str, Any]:
    columns = columns_of("loads")
    row = file.connection.execute(
        f"SELECT {', '.join(columns)} FROM main.loads WHERE load_id = ?", [load_id]
    ).fetchone()
    if row is None:
        raise LoadNotFoundError(f"there is no load {load_id!r} in {str(file.path)!r}", "check the load's ID")
    return readable(columns, row)
