"""Whether ceilings were kept: the deals that were made above the ceiling that was recorded with them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from sqlite3 import Connection

from negotiator.storage.sql import word_of
from negotiator.values.cells import text_from, whole_number
from negotiator.values.money import rate_from_file
from negotiator.values.recorded import ACCEPTED
from negotiator.values.timestamps import parse_stored

MOST_DEALS = 1_000
"""How many deals a report holds: the latest."""
_DEALS = f"""
    SELECT t.call_id, t.load_id, t.agreed, t.ceiling, t.agreed_by, t.closing_time,
           (SELECT notes FROM main.negotiations n
             WHERE n.call_id = t.call_id AND {word_of("n.system_response")} = '{ACCEPTED}'
             ORDER BY n.id DESC LIMIT 1)
      FROM temp.report_threads t
     WHERE t.state = 'accepted' AND t.agreed > t.ceiling AND NOT t.ceiling_of_today
     ORDER BY t.closing_time DESC, t.call_id DESC LIMIT {MOST_DEALS}
"""


@dataclass(frozen=True)
class DealAboveCeiling:
    """A deal above the ceiling that its round records, US dollars. The fields are its JSON keys.

    ``decided_by`` is ``policy`` or a name, None where no round tells; ``reason`` is the note of the round.
    """

    call_id: int | None
    load_id: str | None
    agreed: Decimal | None
    ceiling: Decimal | None
    decided_by: str | None
    time: datetime | None
    reason: str | None


def deals_above_ceiling(db: Connection) -> tuple[DealAboveCeiling, ...]:
    """Return those of the threads that the report counts, the latest first."""
    return tuple(
        DealAboveCeiling(
            call_id=whole_number(call_id),
            load_id=text_from(load_id),
            agreed=rate_from_file(agreed),
            ceiling=rate_from_file(ceiling),
            decided_by=text_from(decided_by),
            time=parse_stored(time),
            reason=text_from(reason),
        )
        for call_id, load_id, agreed, ceiling, decided_by, time, reason in db.execute(_DEALS).fetchall()
    )
