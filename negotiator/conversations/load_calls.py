"""The calls about one load: who asked how much, what we offered, and when."""

from collections.abc import Sequence

from negotiator.conversations.models import LoadCall
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Commitments, standing_rounds
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits, carrier_of
from negotiator.values import timestamps
from negotiator.values.cells import text_from, whole_number, word_from
from negotiator.values.money import from_file

_CALLS = f"""
    SELECT id, carrier_mc_number, outcome, negotiation_rounds, final_rate_agreed, call_start_time,
           (SELECT company_name FROM main.carriers
             WHERE {carrier_digits("mc_number")} = {carrier_of("carrier_mc_number")} ORDER BY rowid LIMIT 1)
      FROM main.calls WHERE load_id = ? ORDER BY id
"""


def load_calls(file: LoadsFile, load_id: str) -> list[LoadCall]:
    """Return the calls about a load, by ID. Raises UnusableFileError, BusyError."""
    with file.read() as db:
        return [_call(file, load_id, row) for row in db.execute(_CALLS, [load_id]).fetchall()]


def _call(file: LoadsFile, load_id: str, row: Sequence[object]) -> LoadCall:
    call_id, carrier, outcome, rounds, agreed, started, company = row
    rows = Repository(file).call_rounds(whole_number(call_id) or 0)
    done = standing_rounds(rows)
    asks = [each.carrier_offer for each in done if each.carrier_offer is not None]
    moments = [timestamps.parse_stored(started), *(each.timestamp for each in rows)]
    return LoadCall(
        id=whole_number(call_id) or 0,
        carrier_mc_number=text_from(carrier),
        company_name=text_from(company),
        outcome=word_from(outcome),
        negotiation_rounds=whole_number(rounds),
        last_ask=asks[-1] if asks else None,
        lowest_ask=min(asks, default=None),
        standing_counter=Commitments.of(rows, load_id).highest_counter,
        final_rate_agreed=from_file(agreed),
        latest=max((moment for moment in moments if moment is not None), default=None),
    )
