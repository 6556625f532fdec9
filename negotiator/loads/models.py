"""Loads as they are listed and shown: amounts in US dollars, times in UTC.

Named tuples, as what an ask meets: what a start needs is made in a tenth of the time.
"""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from negotiator.negotiation.offers.models import Offer

Moment = datetime | str | None
"""A time; as the file spells it where it can't be read; None for none."""


class ListedLoad(NamedTuple):
    """A load in a list. What the file has no usable value for is None."""

    load_id: str
    origin: str | None
    destination: str | None
    pickup_datetime: Moment
    delivery_datetime: Moment
    equipment_type: str | None
    loadboard_rate: Decimal | None
    miles: float | None
    status: str | None


class CallAboutLoad(NamedTuple):
    """A call about a load, as the file has it."""

    id: int
    carrier_mc_number: str | None
    outcome: str | None
    negotiation_rounds: float | None
    final_rate_agreed: Decimal | None


class Booking(NamedTuple):
    """Who has a load, at what rate, and the call on which that was agreed."""

    call_id: int
    carrier_mc_number: str | None
    final_rate_agreed: Decimal


class LoadDetail(NamedTuple):
    """A load with all its columns, its own ceiling, its calls, the lowest ask so far, and who booked it.

    ``offers`` are every carrier's last ask, the cheapest first. ``cancelled_at`` is None unless it was
    cancelled.
    """

    load_id: str
    origin: str | None
    destination: str | None
    pickup_datetime: Moment
    delivery_datetime: Moment
    equipment_type: str | None
    loadboard_rate: Decimal | None
    miles: float | None
    status: str | None
    ceiling: Decimal | None
    notes: str | None
    weight: float | None
    commodity_type: str | None
    num_of_pieces: float | None
    dimensions: str | None
    created_at: Moment
    updated_at: Moment
    calls: tuple[CallAboutLoad, ...]
    best_ask: Decimal | None
    booked_by: Booking | None
    offers: "tuple[Offer, ...]"
    cancelled_at: datetime | None
    cancelled_by: str | None
    cancel_reason: str | None
