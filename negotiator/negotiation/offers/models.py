"""A carrier's offer for a load."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class OfferStatus(StrEnum):
    """What became of a carrier's last ask. ``ended``: nobody was wanted any more, on either side."""

    OPEN = "open"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed over"
    FELL_THROUGH = "fell through"
    REOPENED = "reopened"
    ENDED = "ended"


class Offer(NamedTuple):
    """A carrier's last ask for a load, and our standing counter to it, US dollars.

    ``call_id``, ``session_id`` and ``latest`` are those of the ask. ``barred`` says why the carrier must not
    be used, None if it may be. An ask whose agreement was a slip, and was reopened, stands here only if there
    is no other.
    """

    carrier_mc_number: str | None
    company_name: str | None
    phone: str | None
    last_ask: Decimal
    standing_counter: Decimal | None
    status: OfferStatus
    latest: datetime | None
    call_id: int
    session_id: str | None
    barred: str | None
