"""Whom to ring, the most urgent first: what a desk would lose by waiting."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from negotiator.carriers.standing import standing_of
from negotiator.negotiation.offers.board import next_best
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import (
    carrier_digits,
    carrier_of,
    load_status_of,
    moment_of,
    rate_of,
    text_of,
    word_of,
)
from negotiator.storage.views import round_facts, thread_facts
from negotiator.values.cells import finite_number, text_from
from negotiator.values.money import from_file
from negotiator.values.timestamps import end_of, format_stored, parse_stored

AHEAD = timedelta(days=1)
"""How soon a session that expires, or a load that picks up, is urgent."""
_PAST = timedelta(days=1)  # a load whose pick-up is longer ago is nobody's to cover
_WITHIN = 0.02  # of the ceiling: what `recoverable_transfers` counts, unless asked otherwise

_IS_CARRIER = f"{carrier_digits('mc_number')} = {carrier_of('carrier')}"
_TODO = f"""
WITH open_loads AS (
  SELECT load_id, origin, destination, equipment_type, miles, {rate_of("loadboard_rate")} AS posted,
         {moment_of("pickup_datetime")} AS pickup
    FROM main.loads l
   WHERE {load_status_of("status")} = 'available'
     AND coalesce({moment_of("pickup_datetime")}, '9999') >= :from
     AND NOT EXISTS (SELECT 1 FROM main.calls k
                      WHERE k.load_id = l.load_id AND {rate_of("k.final_rate_agreed")} IS NOT NULL)
), about AS (
  SELECT k.id, k.load_id, {text_of("k.carrier_mc_number")} AS carrier,
         coalesce({word_of("k.outcome")}, '') IN ('rejected', 'abandoned') AS walked_away
    FROM open_loads o CROSS JOIN main.calls k ON k.load_id = o.load_id
), facts AS (
  {thread_facts(f"({round_facts('{row}.call_id IN (SELECT id FROM about)')})")}
), told AS (
  SELECT a.load_id, a.carrier, a.walked_away, t.call_id, t.session_id, t.state, t.last_ask,
         t.highest_counter, t.ceiling, t.last_time, {moment_of("s.expires_at")} AS expires,
         {moment_of("s.closed_at")} AS closed
    FROM facts t CROSS JOIN about a ON a.id = t.call_id
    LEFT JOIN main.negotiation_sessions s ON s.session_id = t.session_id
   UNION ALL
  SELECT a.load_id, a.carrier, a.walked_away, a.id, s.session_id, 'open', NULL, NULL, NULL,
         {moment_of("s.created_at")}, {moment_of("s.expires_at")}, {moment_of("s.closed_at")}
    FROM about a CROSS JOIN main.negotiation_sessions s ON s.call_id = a.id
   WHERE NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = s.session_id)
), judged AS (
  SELECT *, state = 'open' AND closed IS NULL AND NOT walked_away AND coalesce(expires > :now, 1) AS is_open,
         row_number() OVER (PARTITION BY load_id, coalesce({carrier_of("carrier")}, 'call ' || call_id)
                            ORDER BY last_ask IS NULL, last_time DESC, call_id DESC) AS place
    FROM told
), urgent AS (
  SELECT load_id, is_open AND highest_counter IS NOT NULL AS has_counter,
         state = 'transferred' AND last_ask > ceiling AND last_ask <= ceiling * (1 + :within) AS is_close,
         is_open AND coalesce(expires <= :until, 0) AS expires_soon, 0 AS picks_up,
         carrier, call_id, session_id, last_ask, highest_counter, last_time, expires
    FROM judged WHERE place = 1
   UNION ALL
  SELECT load_id, 0, 0, 0, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM open_loads WHERE pickup <= :until
), listed AS (
  SELECT * FROM urgent CROSS JOIN open_loads USING (load_id)
   WHERE has_counter OR is_close OR expires_soon OR picks_up
   ORDER BY pickup IS NULL, pickup, posted DESC, load_id, picks_up DESC, last_ask, call_id
   LIMIT :limit
)
SELECT *, (SELECT company_name FROM main.carriers WHERE {_IS_CARRIER} ORDER BY rowid LIMIT 1) AS company,
       (SELECT phone FROM main.carriers WHERE {_IS_CARRIER} AND {text_of("phone")} IS NOT NULL
         ORDER BY rowid LIMIT 1) AS phone
  FROM listed
 ORDER BY pickup IS NULL, pickup, posted DESC, load_id, picks_up DESC, last_ask, call_id
"""


class Why(StrEnum):
    """Why somebody is to be rung."""

    COUNTER = "counter"
    TRANSFER = "transfer"
    EXPIRES = "expires"
    PICKUP = "pickup"


class Todo(NamedTuple):
    """Somebody to ring about a load, and why. The fields are its JSON keys; amounts are US dollars.

    ``last_ask`` and ``standing_counter`` are the carrier's and ours. All that is about a carrier is None for
    a load that nobody has asked for. ``barred`` says why the carrier must not be used, None if it may be.
    """

    reasons: tuple[Why, ...]
    load_id: str
    origin: str | None
    destination: str | None
    equipment_type: str | None
    pickup_datetime: datetime | None
    posted_rate: Decimal | None
    miles: float | None
    carrier_mc_number: str | None = None
    company_name: str | None = None
    phone: str | None = None
    last_ask: Decimal | None = None
    standing_counter: Decimal | None = None
    expires_at: datetime | None = None
    latest: datetime | None = None
    call_id: int | None = None
    session_id: str | None = None
    barred: str | None = None


def todo(file: LoadsFile, *, now: datetime, ahead: timedelta = AHEAD, limit: int = 50) -> list[Todo]:
    """Return whom to ring: by pick-up, the earliest first, then by posted rate, the dearest first.

    Only loads that are available, have no deal, and whose pick-up is not over for a day. A carrier stands
    there once a load, by what was said last. Ceilings are not told. ``limit`` 0 is all.
    Raises InvalidTimeError, UnusableFileError, BusyError.
    """
    sql, values = todo_query(now=now, ahead=ahead, limit=limit)
    with file.read() as db:
        cursor = db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        found = [_todo(row) for row in rows]
        by_load = groupby(found, attrgetter("load_id"))
        listed = [item for _, items in by_load for item in _with_best(file, list(items), now)]
        return [item._replace(barred=standing_of(db, item.carrier_mc_number, now).why_not) for item in listed]


def todo_query(*, now: datetime, ahead: timedelta, limit: int) -> tuple[str, dict[str, object]]:
    """Return the SQL, and its values. Raises InvalidTimeError."""
    return _TODO, {
        "now": format_stored(now),
        "from": format_stored(now - _PAST),
        "until": format_stored(end_of(ahead, now)),
        "within": _WITHIN,
        "limit": limit or -1,
    }


def _with_best(file: LoadsFile, items: Sequence[Todo], now: datetime) -> Sequence[Todo]:
    """Return what is to be done about a load; where it picks up soon, with the best offer there is."""
    first, *others = items
    if Why.PICKUP not in first.reasons:
        return items
    best = next_best(file, first.load_id, None, now=now)
    if best is None:
        return items
    for place, item in enumerate(others):
        if item.call_id == best.call_id:
            others[place] = item._replace(reasons=(*item.reasons, Why.PICKUP))
            return others
    known = {name: getattr(best, name) for name in best._fields if name in Todo._fields}
    return [first._replace(**known), *others]


def _todo(row: Mapping[str, Any]) -> Todo:
    flags = {
        Why.COUNTER: "has_counter",
        Why.TRANSFER: "is_close",
        Why.EXPIRES: "expires_soon",
        Why.PICKUP: "picks_up",
    }
    return Todo(
        reasons=tuple(why for why, flag in flags.items() if row[flag]),
        load_id=str(row["load_id"]),
        origin=text_from(row["origin"]),
        destination=text_from(row["destination"]),
        equipment_type=text_from(row["equipment_type"]),
        pickup_datetime=parse_stored(row["pickup"]),
        posted_rate=from_file(row["posted"]),
        miles=finite_number(row["miles"]),
        carrier_mc_number=text_from(row["carrier"]),
        company_name=text_from(row["company"]),
        phone=text_from(row["phone"]),
        last_ask=from_file(row["last_ask"]),
        standing_counter=from_file(row["highest_counter"]),
        expires_at=parse_stored(row["expires"]),
        latest=parse_stored(row["last_time"]),
        call_id=row["call_id"],
        session_id=text_from(row["session_id"]),
    )
