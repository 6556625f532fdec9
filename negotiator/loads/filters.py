"""What a load can be, and what can be asked of a list of loads."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class LoadStatus(StrEnum):
    """Where a load stands."""

    AVAILABLE = "available"
    BOOKED = "booked"
    COMPLETED = "completed"


class LoadOrder(StrEnum):
    """What a list of loads is sorted by."""

    PICKUP = "pickup"
    RATE = "rate"
    MILES = "miles"
    ID = "id"
    STATUS = "status"


class LoadFilter(NamedTuple):
    """Which loads are wanted, in which order; None is any.

    Texts are parts of the column's text, whatever the case of A to Z. Rates are US dollars, both ends
    included. ``pickup_from`` is included, ``pickup_before`` is not. ``limit`` 0 is all.
    """

    origin: str | None = None
    destination: str | None = None
    equipment: str | None = None
    status: LoadStatus | None = None
    min_rate: Decimal | None = None
    max_rate: Decimal | None = None
    pickup_from: datetime | None = None
    pickup_before: datetime | None = None
    order: LoadOrder = LoadOrder.PICKUP
    descending: bool = False
    limit: int = 0
