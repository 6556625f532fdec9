"""The calls that could go on: neither ended nor agreed, and their load is still to be had."""

from decimal import Decimal
from typing import NamedTuple

from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Commitments, standing_rounds
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits, carrier_of, load_status_of, rate_of, text_of, word_of
from negotiator.values.cells import text_from, whole_number

_RECENT = 1_000  # calls: a bound on the work, however big the file is
_IS_CARRIER = f"{carrier_digits('mc_number')} = {carrier_of('c.carrier_mc_number')}"
OPEN_CALLS = f"""
    SELECT c.id, c.carrier_mc_number,
           (SELECT company_name FROM main.carriers WHERE {_IS_CARRIER} ORDER BY rowid LIMIT 1),
           l.load_id, l.origin, l.destination
      FROM (SELECT * FROM main.calls ORDER BY id DESC LIMIT {_RECENT}) c
      JOIN main.loads l ON l.load_id = c.load_id
     WHERE {text_of("c.call_end_time")} IS NULL AND {rate_of("c.final_rate_agreed")} IS NULL
       AND coalesce({word_of("c.outcome")}, '') NOT IN ('accepted', 'rejected', 'transferred', 'abandoned')
       AND {load_status_of("l.status")} = 'available'
     ORDER BY c.id DESC LIMIT :limit
"""


class OpenCall(NamedTuple):
    """A call that could go on: its last ask and our highest counter, US dollars."""

    id: int
    carrier_mc_number: str | None
    company_name: str | None
    load_id: str | None
    origin: str | None
    destination: str | None
    last_ask: Decimal | None
    standing_counter: Decimal | None


def open_calls(file: LoadsFile, *, limit: int) -> list[OpenCall]:
    """Return the calls that could go on, the newest first, of the latest thousand.

    Raises UnusableFileError, BusyError.
    """
    with file.read() as db:
        return [
            _open_call(file, whole_number(number) or 0, *map(text_from, known))
            for number, *known in db.execute(OPEN_CALLS, {"limit": limit}).fetchall()
        ]


def _open_call(file: LoadsFile, number: int, *known: str | None) -> OpenCall:
    carrier, company, load_id, origin, destination = known
    rows = Repository(file).call_rounds(number)
    asks = [done.carrier_offer for done in standing_rounds(rows) if done.carrier_offer is not None]
    return OpenCall(
        id=number,
        carrier_mc_number=carrier,
        company_name=company,
        load_id=load_id,
        origin=origin,
        destination=destination,
        last_ask=asks[-1] if asks else None,
        standing_counter=Commitments.of(rows, load_id).highest_counter,
    )
