"""One carrier, for whoever has it on the phone: who it is, what it settles at, what it last got."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from negotiator.carriers.directory import carrier_detail
from negotiator.carriers.models import CarrierDetail
from negotiator.reports.carrier import CarrierPast, carrier_past
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits, moment_of, rate_of, text_of
from negotiator.values.cells import text_from
from negotiator.values.mc_number import carrier_from
from negotiator.values.money import from_file
from negotiator.values.timestamps import parse_stored

_MOST_RATES = 5
_IT_IS = f"{carrier_digits('c.carrier_mc_number')} = ?"
_AGREED = rate_of("c.final_rate_agreed")
COUNTS = f"""
    SELECT count(*), count({_AGREED}), max({moment_of("c.call_start_time")}), total(EXISTS (
             SELECT 1 FROM main.call_facts f
              WHERE f.call_id = c.id AND {text_of("f.fell_through_at")} IS NOT NULL))
      FROM main.calls c WHERE {_IT_IS}
"""
RATES = f"""
    SELECT c.id, c.load_id, l.origin, l.destination, {_AGREED}, {moment_of("c.call_start_time")}
      FROM main.calls c LEFT JOIN main.loads l ON l.load_id = c.load_id
     WHERE {_IT_IS} AND {_AGREED} IS NOT NULL ORDER BY c.id DESC LIMIT {_MOST_RATES}
"""


class LastRate(NamedTuple):
    """A deal with a carrier; ``rate`` is US dollars, ``call_start_time`` that of its call."""

    call_id: int
    load_id: str | None
    origin: str | None
    destination: str | None
    rate: Decimal
    call_start_time: datetime | None


@dataclass(frozen=True)
class CarrierCard(CarrierDetail):
    """A carrier with its calls and deals, what it comes down by, and its last rates, the latest first.

    ``fell_through`` is on how many calls a deal fell through. ``concession`` is None below five deals.
    """

    calls: int
    deals: int
    fell_through: int
    latest_call: datetime | None
    concession: CarrierPast | None
    last_rates: tuple[LastRate, ...]


def show_carrier(file: LoadsFile, typed: str, *, now: datetime) -> CarrierCard:
    """Return a carrier with its record, by its MC number or its DOT number, however it is spelled.

    Raises InvalidCarrierError, CarrierNotFoundError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        detail = carrier_detail(file, typed, now=now)
        carrier = carrier_from(detail.mc_number)
        calls, deals, latest, fell_through = db.execute(COUNTS, [carrier]).fetchone()
        rates = tuple(_rate(*row) for row in db.execute(RATES, [carrier]).fetchall()) if deals else ()
        return CarrierCard(
            **{field.name: getattr(detail, field.name) for field in fields(detail)},
            calls=calls,
            deals=deals,
            fell_through=int(fell_through),
            latest_call=parse_stored(latest),
            concession=carrier_past(file, carrier) if deals else None,
            last_rates=rates,
        )


def _rate(  # noqa: PLR0917 - a row
    call_id: int, load_id: object, origin: object, destination: object, rate: object, start: object
) -> LastRate:
    return LastRate(
        call_id,
        text_from(load_id),
        text_from(origin),
        text_from(destination),
        from_file(rate) or Decimal(0),
        parse_stored(start),
    )
