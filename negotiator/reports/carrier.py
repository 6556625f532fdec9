"""What the file's own record tells of a carrier: how far it comes down from its first ask."""

from decimal import Decimal
from typing import NamedTuple

from negotiator.reports.record import LEAST, quantile, threads_on
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits
from negotiator.values.mc_number import carrier_from

_MOST = 300  # calls: the latest, because somebody is on the line
_SHARE = Decimal("0.0001")
CARRIER_CALLS = f"""
    SELECT id FROM main.calls
     WHERE {carrier_digits("carrier_mc_number")} = :carrier AND load_id IS NOT :without
     ORDER BY id DESC LIMIT {_MOST}
"""


class CarrierPast(NamedTuple):
    """What a carrier settled at under its first ask, in its latest deals. The fields are its JSON keys.

    Half of its deals were at least so much lower: US dollars, and a share of the first ask.
    """

    carrier: str
    deals: int
    under_first_ask: Decimal
    under_first_ask_share: Decimal


def carrier_past(file: LoadsFile, carrier: object, *, without: str | None = None) -> CarrierPast | None:
    """Return what a carrier, as a cell spells it, settled at; None below five deals.

    Calls about the load ``without`` do not count. Raises UnusableFileError, BusyError.
    """
    number = carrier_from(carrier)
    if number is None:
        return None
    with file.read() as db:
        calls = [
            row[0] for row in db.execute(CARRIER_CALLS, {"carrier": number, "without": without}).fetchall()
        ]
        settled = [
            (Decimal(str(row[0])), Decimal(str(row[1])))
            for row in threads_on(file, "first_ask, agreed", calls, "state = 'accepted'")
            if row[0] and row[1]
        ]
    if len(settled) < LEAST:
        return None
    under, shares = [ask - agreed for ask, agreed in settled], [1 - agreed / ask for ask, agreed in settled]
    return CarrierPast(number, len(settled), quantile(under, 2), quantile(shares, 2, _SHARE))
