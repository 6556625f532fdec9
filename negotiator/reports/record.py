"""How the file's own record is read around an ask: threads of some calls, and the middle of values."""

from collections.abc import Sequence
from decimal import Decimal

from negotiator.storage.database import LoadsFile
from negotiator.storage.views import round_facts, thread_facts
from negotiator.values.cells import whole_number
from negotiator.values.money import CENT

LEAST = 5
"""How many negotiations, or deals, there have to be before anything is said of them."""


def threads_on(
    file: LoadsFile, columns: str, calls: Sequence[int], condition: str = "1"
) -> list[tuple[float | None, ...]]:
    """Return columns of the threads on some calls."""
    # As numbers in the text: SQLite takes fewer values than there may be calls.
    among = f"{{row}}.call_id IN ({', '.join(str(whole_number(call_id) or 0) for call_id in calls)})"
    sql = f"SELECT {columns} FROM ({thread_facts('(' + round_facts(among) + ')')}) WHERE {condition}"
    return file.connection.execute(sql).fetchall()


def middle(values: Sequence[Decimal], step: Decimal = CENT) -> Decimal | None:
    """Return the middle of values, to whole steps; None for fewer than five."""
    return quantile(values, 2, step) if len(values) >= LEAST else None


def quantile(values: Sequence[Decimal], quarter: int, step: Decimal = CENT) -> Decimal:
    """Return the value that so many quarters of the others are at most; between two it is in proportion."""
    ranked = sorted(values)
    place, rest = divmod((len(ranked) - 1) * quarter, 4)
    beyond = ranked[min(place + 1, len(ranked) - 1)]
    return (ranked[place] + (beyond - ranked[place]) * rest / 4).quantize(step)
