"""Which loads are wanted, in their order, as SQL: filtered and sorted by SQLite.

The first loads by pick-up are met in their order by an index, status by status, as far as their times are
stored as we store them; the others are few, and sorted.
"""

from itertools import pairwise

from negotiator.loads.filters import LoadFilter, LoadOrder, LoadStatus
from negotiator.loads.models import ListedLoad
from negotiator.storage.sql import load_status_of, moment_of, rate_of, stored_moment_of
from negotiator.values import timestamps
from negotiator.values.text import like_pattern

_LISTED = ", ".join(ListedLoad._fields)
# Old files hold text where numbers belong: it is no rate, neither high nor low.
_NUMBER = "CASE WHEN typeof({0}) IN ('integer', 'real') THEN {0} END"
_RATE = f"coalesce({rate_of('loadboard_rate')}, {_NUMBER.format('loadboard_rate')})"
_PICKUP = moment_of("pickup_datetime")
_STORED_PICKUP = stored_moment_of("pickup_datetime")
_STATUS = load_status_of("status")
_ORDER = {
    LoadOrder.PICKUP: _PICKUP,
    LoadOrder.RATE: _RATE,
    LoadOrder.MILES: _NUMBER.format("miles"),
    LoadOrder.ID: "load_id",
    LoadOrder.STATUS: _STATUS,
}


def listing(wanted: LoadFilter) -> tuple[str, dict[str, object]]:
    """Return the SQL of a list, and its values by name."""
    values = _values(wanted)
    order, direction = _ORDER[wanted.order], "DESC" if wanted.descending else "ASC"
    if wanted.order is LoadOrder.PICKUP and wanted.limit:
        return _first_picked_up(wanted, values, direction), values
    where = _where(values, _PICKUP, *([f"{_STATUS} = :status"] if wanted.status else []))
    sql = f"SELECT {_LISTED} FROM main.loads {where} ORDER BY {order} {direction}, load_id LIMIT :limit"
    return sql, values


def _first_picked_up(wanted: LoadFilter, values: dict[str, object], direction: str) -> str:
    """Return the SQL of a list by pick-up that reads no more loads than it shows, and the untidy ones."""
    in_order = f"ORDER BY moment {direction}, load_id"
    statuses = [wanted.status] if wanted.status else sorted(LoadStatus)
    among = " UNION ALL ".join(
        f"SELECT rowid FROM main.loads WHERE {condition}"
        for condition in (
            *(f"{_STATUS} = '{status}' AND {_STORED_PICKUP} IS NULL" for status in statuses),
            *([] if wanted.status else _other_statuses()),
        )
    )
    parts = [_part(values, _STORED_PICKUP, f"{_STATUS} = '{status}'") for status in statuses]
    parts.append(_part(values, _PICKUP, f"rowid IN ({among})"))
    first = f"{' UNION ALL '.join(parts)} {in_order} LIMIT :limit"
    return f"SELECT {_LISTED} FROM ({first}) {in_order}"


def _part(values: dict[str, object], moment: str, condition: str) -> str:
    """Return the SQL for some of the loads that are wanted, by SQL for the moment of their pick-up."""
    is_bounded = values["pickup_from"] is not None or values["pickup_before"] is not None
    known = [f"{moment} > ''"] if moment == _STORED_PICKUP and not is_bounded else []
    return f"SELECT {moment} AS moment, {_LISTED} FROM main.loads {_where(values, moment, condition, *known)}"


def _other_statuses() -> list[str]:
    """Return SQL for the statuses that other programs made up: before, between and after ours."""
    ours = sorted(LoadStatus)
    between = [f"{_STATUS} > '{one}' AND {_STATUS} < '{next_one}'" for one, next_one in pairwise(ours)]
    return [f"{_STATUS} < '{ours[0]}'", *between, f"{_STATUS} > '{ours[-1]}'"]


def _values(wanted: LoadFilter) -> dict[str, object]:
    """Return what is asked for, by the names of `_where`."""
    return {
        "origin": _pattern(wanted.origin),
        "destination": _pattern(wanted.destination),
        "equipment": _pattern(wanted.equipment),
        "status": wanted.status and wanted.status.value,
        "min_rate": None if wanted.min_rate is None else float(wanted.min_rate),
        "max_rate": None if wanted.max_rate is None else float(wanted.max_rate),
        "pickup_from": wanted.pickup_from and timestamps.format_stored(wanted.pickup_from),
        "pickup_before": wanted.pickup_before and timestamps.format_stored(wanted.pickup_before),
        "limit": wanted.limit or -1,
    }


def _where(values: dict[str, object], pickup: str, *conditions: str) -> str:
    """Return the WHERE of what is asked for besides some conditions; ``pickup`` is SQL for that moment."""
    asked = {
        "origin": "origin LIKE :origin ESCAPE '\\'",
        "destination": "destination LIKE :destination ESCAPE '\\'",
        "equipment": "equipment_type LIKE :equipment ESCAPE '\\'",
        "min_rate": f"{_RATE} >= :min_rate",
        "max_rate": f"{_RATE} <= :max_rate",
        "pickup_from": f"{pickup} >= :pickup_from",
        "pickup_before": f"{pickup} < :pickup_before",
    }
    every = [*conditions, *(sql for name, sql in asked.items() if values[name] is not None)]
    return f"WHERE {' AND '.join(every)}" if every else ""


def _pattern(text: str | None) -> str | None:
    return None if text is None else like_pattern(text)
