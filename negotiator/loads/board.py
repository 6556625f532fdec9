"""The use cases of the load board: add one, list them, show one. Lists are filtered and sorted by SQLite."""

from collections.abc import Callable, Mapping
from datetime import datetime
from math import isfinite
from zoneinfo import ZoneInfo

from negotiator.errors import LoadExistsError, LoadNotFoundError, Remedy
from negotiator.loads.cells import parse_load
from negotiator.loads.filters import LoadFilter, LoadOrder
from negotiator.loads.moments import UTC
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.schema import columns_of
from negotiator.storage.sql import load_status_of, moment_of, rate_of
from negotiator.storage.views import round_facts
from negotiator.values import timestamps
from negotiator.values.cells import text_from, word_from
from negotiator.values.money import from_file

LISTED = (
    *("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type"),
    *("loadboard_rate", "miles", "status"),
)
"""The keys of a load in a list."""
# Old files hold text where numbers belong: it is no rate, neither high nor low.
_NUMBER = "CASE WHEN typeof({0}) IN ('integer', 'real') THEN {0} END"
_RATE = f"coalesce({rate_of('loadboard_rate')}, {_NUMBER.format('loadboard_rate')})"
_PICKUP = moment_of("pickup_datetime")
_STATUS = load_status_of("status")
_ORDER = {
    LoadOrder.PICKUP: _PICKUP,
    LoadOrder.RATE: _RATE,
    LoadOrder.MILES: _NUMBER.format("miles"),
    LoadOrder.ID: "load_id",
    LoadOrder.STATUS: _STATUS,
}
_CALLS = """
    SELECT id, carrier_mc_number, outcome, negotiation_rounds, final_rate_agreed
      FROM main.calls WHERE load_id = ? ORDER BY id
"""
_ITS_ROUNDS = round_facts("{row}.call_id IN (SELECT id FROM main.calls WHERE load_id = :load_id)")
_BEST_ASK = f"SELECT min(ask) FROM ({_ITS_ROUNDS})"


def add_load(
    file: LoadsFile, given: Mapping[str, object], *, now: datetime, zone: ZoneInfo | None = UTC
) -> dict[str, object]:
    """Add a load, available, from values by column, and return it as `show_load` does.

    Times that name no zone are local in ``zone``, None is the machine's own.
    Raises InvalidLoadsError, LoadExistsError, UnusableFileError, BusyError.
    """
    load = parse_load(given, zone)
    load["created_at"] = load["updated_at"] = timestamps.format_stored(now)
    name = str(load["load_id"])
    with file.write() as db:
        if db.execute("SELECT 1 FROM main.loads WHERE load_id = ?", [name]).fetchone():
            raise LoadExistsError(
                f"load {name} is in {str(file.path)!r} already",
                "give another ID, or change the load",
                remedy=Remedy.UPDATE_LOADS,
            )
        db.execute(
            f"INSERT INTO main.loads ({', '.join(load)}) VALUES ({', '.join('?' * len(load))})",
            list(load.values()),
        )
        return _detail(file, name)


def list_loads(file: LoadsFile, wanted: LoadFilter) -> list[dict[str, object]]:
    """Return the loads that are wanted, each with the keys of `LISTED`; equals by ID.

    Raises UnusableFileError, BusyError.
    """
    sql, values = listing(wanted)
    with file.read() as db:
        rows = db.execute(sql, values).fetchall()
    return [_readable(LISTED, row) for row in rows]


def show_load(file: LoadsFile, load_id: str) -> dict[str, object]:
    """Return a load: its columns, ``calls``, ``best_ask`` (the lowest so far, US dollars), ``booked_by``.

    The ID may be typed in another case. Raises LoadNotFoundError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        return _detail(file, known_load_id(db, load_id))


def listing(wanted: LoadFilter) -> tuple[str, list[object]]:
    """Return the SQL of a list, and its values."""
    conditions = {
        "origin LIKE ? ESCAPE '\\'": _part(wanted.origin),
        "destination LIKE ? ESCAPE '\\'": _part(wanted.destination),
        "equipment_type LIKE ? ESCAPE '\\'": _part(wanted.equipment),
        f"{_STATUS} = ?": wanted.status and wanted.status.value,
        f"{_RATE} >= ?": None if wanted.min_rate is None else float(wanted.min_rate),
        f"{_RATE} <= ?": None if wanted.max_rate is None else float(wanted.max_rate),
        f"{_PICKUP} >= ?": wanted.pickup_from and timestamps.format_stored(wanted.pickup_from),
        f"{_PICKUP} < ?": wanted.pickup_before and timestamps.format_stored(wanted.pickup_before),
    }
    asked = {sql: value for sql, value in conditions.items() if value is not None}
    direction = "DESC" if wanted.descending else "ASC"
    sql = f"""
        SELECT {", ".join(LISTED)} FROM main.loads
         {"WHERE" if asked else ""} {" AND ".join(asked)}
         ORDER BY {_ORDER[wanted.order]} {direction}, load_id LIMIT ?
    """
    return sql, [*asked.values(), wanted.limit or -1]


def _part(text: str | None) -> str | None:
    """Return the pattern for texts that hold this one; % and _ stand for themselves."""
    if text is None:
        return None
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{_bindable(text)}%"


def _bindable(text: str) -> str:
    """Return text that SQLite takes: bytes of an argument that were no UTF-8 are marked."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _detail(file: LoadsFile, load_id: str) -> dict[str, object]:
    db, columns = file.connection, columns_of("loads")
    row = db.execute(f"SELECT {', '.join(columns)} FROM main.loads WHERE load_id = ?", [load_id]).fetchone()
    if row is None:
        raise LoadNotFoundError(
            f"there is no load {load_id!r} in {str(file.path)!r}",
            "check the load's ID",
            remedy=Remedy.LIST_LOADS,
        )
    calls = [_call(*found) for found in db.execute(_CALLS, [load_id]).fetchall()]
    best = db.execute(_BEST_ASK, {"load_id": load_id}).fetchone()[0]
    return _readable(columns, row) | {
        "calls": calls,
        "best_ask": from_file(best),
        "booked_by": _booking(calls),
    }


def _call(
    number: object, carrier: object, outcome: object, rounds: object, agreed: object
) -> dict[str, object]:
    return {
        "id": number,
        "carrier_mc_number": text_from(carrier),
        "outcome": word_from(outcome),
        "negotiation_rounds": _finite(rounds),
        "final_rate_agreed": from_file(agreed),
    }


def _booking(calls: list[dict[str, object]]) -> dict[str, object] | None:
    """Return who has the load at what rate (US dollars): the last call with an agreement, if any."""
    agreed = [call for call in calls if (call["final_rate_agreed"] or 0) > 0]  # type: ignore[operator] # amounts
    if not agreed:
        return None
    keys = ("carrier_mc_number", "final_rate_agreed")
    return {"call_id": agreed[-1]["id"]} | {key: agreed[-1][key] for key in keys}


def _moment(value: object) -> datetime | str | None:
    """Return the moment, or as it stands what can't be read as one."""
    return timestamps.parse_stored(value) or text_from(value)


def _finite(value: object) -> float | None:
    """Return a number that JSON has a form for, None for anything else."""
    return value if isinstance(value, int | float) and isfinite(value) else None


_READ: dict[str, Callable[[object], object]] = {
    **dict.fromkeys(("pickup_datetime", "delivery_datetime", "created_at", "updated_at"), _moment),
    **dict.fromkeys(("weight", "num_of_pieces", "miles"), _finite),
    "loadboard_rate": from_file,
    "status": word_from,
}


def _readable(columns: tuple[str, ...] | list[str], row: tuple[object, ...]) -> dict[str, object]:
    """Return a row as it can be printed, by column."""
    return {column: _READ.get(column, text_from)(value) for column, value in zip(columns, row, strict=True)}
