"""What the file's own record tells of a lane: what it has cost, and how old that is."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from negotiator.policy.conditions import has_words, words_of
from negotiator.reports.carrier import CarrierPast, carrier_past
from negotiator.reports.record import LEAST, middle, quantile, threads_on
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import moment_of, rate_of, word_of
from negotiator.values.cells import text_from
from negotiator.values.money import from_file, rate_from_file
from negotiator.values.places import Place, place_from
from negotiator.values.recorded import ACCEPTED
from negotiator.values.timestamps import parse_stored

if TYPE_CHECKING:
    from negotiator.loads.models import LoadDetail
    from negotiator.negotiation.models import Load

_WORD = re.compile(r"[a-z0-9]*")
_MOST, _MOST_CALLS = 300, 3_000  # loads of a lane, calls of a carrier; calls of a lane: the latest

# The index idx_loads_lane has this first: ST. LOUIS, MO and St Louis MO begin alike.
_KEY = "lower(replace(trim({0}), '.', ''))"
PAIRS = f"""
    SELECT DISTINCT origin, destination FROM main.loads
     WHERE {_KEY.format("origin")} >= :first AND {_KEY.format("origin")} < :last
"""
# IS, because for = SQLite puts the text in the place of the column, and then sees no index that fits.
LOADS = f"""
    SELECT load_id, equipment_type, pickup_datetime FROM main.loads
     WHERE {_KEY.format("origin")} = {_KEY.format(":origin")}
       AND origin IS :origin AND destination IS :destination
     ORDER BY pickup_datetime DESC LIMIT {_MOST}
"""
_CALLS = f"SELECT id FROM main.calls WHERE load_id IN ({{loads}}) ORDER BY id DESC LIMIT {_MOST_CALLS}"
_DEALS = f"""
    SELECT {rate_of("c.final_rate_agreed")}, l.miles,
           coalesce({rate_of("d.posted_rate")}, {rate_of("l.loadboard_rate")}),
           coalesce({moment_of("d.timestamp")}, {moment_of("c.call_start_time")}),
           EXISTS (SELECT 1 FROM main.negotiations n WHERE n.call_id = c.id)
      FROM main.calls c JOIN main.loads l ON l.load_id = c.load_id
      LEFT JOIN main.negotiations d ON d.id = (
           SELECT max(n.id) FROM main.negotiations n
            WHERE n.call_id = c.id AND {word_of("n.system_response")} = '{ACCEPTED}')
     WHERE c.load_id IN ({{loads}}) AND {rate_of("c.final_rate_agreed")} IS NOT NULL
"""


class LanePast(NamedTuple):
    """What is on record of a lane: of its latest loads. The fields are its JSON keys.

    ``threads`` are negotiations in which a carrier asked, ``deals`` agreed rates (US dollars), of which a
    quarter is at most ``agreed_low`` and a quarter at least ``agreed_high``. A share is from 0 to 1. Half of
    the deals are from ``half_since`` on. What fewer than five tell is None.
    """

    origin: str
    destination: str
    equipment: str | None
    threads: int | None = None
    deals: int | None = None
    agreed_low: Decimal | None = None
    agreed_median: Decimal | None = None
    agreed_high: Decimal | None = None
    per_mile_median: Decimal | None = None
    over_posted_median: Decimal | None = None
    first_ask_median: Decimal | None = None
    half_since: datetime | None = None
    latest: datetime | None = None


class _Deal(NamedTuple):
    agreed: Decimal
    per_mile: Decimal | None
    over_posted: Decimal | None
    time: datetime | None
    has_rounds: bool


class Past(NamedTuple):
    """What is on record around an ask."""

    lane: LanePast
    carrier: CarrierPast | None


def past_of(file: LoadsFile, load: "Load | LoadDetail | None", carrier: object) -> Past:
    """Return what is on record of a load's lane, besides that load, and of a carrier.

    Raises UnusableFileError, BusyError.
    """
    if load is None:
        return Past(LanePast("", "", None), carrier_past(file, carrier))
    lane = LanePast(load.origin or "", load.destination or "", load.equipment_type)
    if load.origin and load.destination:
        lane = lane_past(file, *lane[:3], without=load.load_id)
    return Past(lane, carrier_past(file, carrier, without=load.load_id))


def lane_past(
    file: LoadsFile,
    origin: str,
    destination: str,
    equipment: str | None = None,
    *,
    without: str | None = None,
) -> LanePast:
    """Return what is on record of a lane, from a place to a place, with trailers of a kind or of any.

    A place is a city, a state, or both. The load ``without`` does not count.
    Raises UnusableFileError, BusyError.
    """
    past = LanePast(origin, destination, equipment)
    with file.read():
        found = _loads(file, place_from(origin), place_from(destination), words_of(equipment or ""))
        loads = [load_id for load_id in found if load_id != without]
        if not loads:
            return past
        first_asks, deals = _first_asks(file, loads), _deals(file, loads)
    threads = len(first_asks) + sum(not deal.has_rounds for deal in deals)
    if threads < LEAST:
        return past
    past = past._replace(threads=threads, deals=len(deals), first_ask_median=middle(first_asks))
    if len(deals) < LEAST:
        return past
    agreed, times = [deal.agreed for deal in deals], sorted(deal.time for deal in deals if deal.time)
    return past._replace(
        agreed_low=quantile(agreed, 1),
        agreed_median=quantile(agreed, 2),
        agreed_high=quantile(agreed, 3),
        per_mile_median=middle([deal.per_mile for deal in deals if deal.per_mile is not None]),
        over_posted_median=middle(
            [deal.over_posted for deal in deals if deal.over_posted is not None], Decimal("0.0001")
        ),
        half_since=times[len(times) // 2] if times else None,
        latest=times[-1] if times else None,
    )


def _loads(file: LoadsFile, origin: Place, destination: Place, equipment: tuple[str, ...]) -> list[str]:
    """Return the latest loads of a lane, however its places are spelled."""
    db = file.connection
    # What all spellings of the city begin with; a state alone may stand behind any.
    prefix = _WORD.match(origin.city or "")[0]  # type: ignore[index] # it matches nothing, if nothing else
    pairs = db.execute(PAIRS, {"first": prefix, "last": f"{prefix}\U0010ffff"}).fetchall()
    found: list[tuple[str, str]] = []
    for pair in pairs:
        places = [place_from(text_from(cell) or "") for cell in pair]
        if origin.includes(places[0]) and destination.includes(places[1]):
            rows = db.execute(LOADS, dict(zip(("origin", "destination"), pair, strict=True))).fetchall()
            found += [
                (str(pickup), str(load_id))
                for load_id, trailer, pickup in rows
                if has_words(equipment, words_of(text_from(trailer) or ""))
            ]
    return [load_id for _, load_id in sorted(found, reverse=True)[:_MOST]]


def _first_asks(file: LoadsFile, loads: Sequence[str]) -> list[Decimal]:
    sql = _CALLS.format(loads=", ".join("?" * len(loads)))
    calls = [row[0] for row in file.connection.execute(sql, loads).fetchall()]
    return [Decimal(str(ask)) for (ask,) in threads_on(file, "first_ask", calls) if ask]


def _deals(file: LoadsFile, loads: Sequence[str]) -> list[_Deal]:
    sql = _DEALS.format(loads=", ".join("?" * len(loads)))
    return [_deal(*row) for row in file.connection.execute(sql, loads).fetchall()]


def _deal(agreed: float, miles: object, posted: float | None, time: object, has_rounds: int) -> _Deal:
    rate, distance, base = Decimal(str(agreed)), from_file(miles), rate_from_file(posted)
    return _Deal(
        agreed=rate,
        per_mile=rate / distance if distance and distance > 0 else None,
        over_posted=rate / base - 1 if base else None,
        time=parse_stored(time),
        has_rounds=bool(has_rounds),
    )
