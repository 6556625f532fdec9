"""Values as a person reads them: in tables, and beside their labels. Columns that do not fit are named."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from negotiator.output.layout import Column
from negotiator.output.streams import say
from negotiator.output.terminal import draw_fields, draw_table
from negotiator.output.times import local_time, local_zone, zone_name
from negotiator.values.money import dollars

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    """Print values under headings, if there are any; a column with nothing in it is left out.

    Times are shown in the desk's zone, which the heading names.
    """
    zone = local_zone() if _has_times(rows) else None
    kept, headed, cells = [], [], []
    for column, *values in zip(columns, *rows, strict=True):
        texts = [text(value, zone) for value in values]
        if any(texts):
            moments = [value for value in values if isinstance(value, datetime)]
            named = f"{column.heading} ({zone_name(zone, moments)})" if moments else column.heading
            kept.append(column)
            headed.append(column._replace(heading=named))
            cells.append(texts)
    if cells:
        say_left_out([kept[place] for place in draw_table(headed, list(zip(*cells, strict=True)))])


def say_left_out(columns: Sequence[Column]) -> None:
    """Say which columns the terminal had no room for, if there are any."""
    if columns:
        names = ", ".join(column.heading for column in columns)
        width = get_terminal_size().columns
        say(f"Left out at {width} columns: {names}. `| less -S` shows all.")


def print_fields(pairs: Sequence[tuple[str, object]]) -> None:
    """Print labels and values, a pair a line; what is empty is left out. Times are followed by their zone."""
    zone = local_zone() if _has_times([[value for _, value in pairs]]) else None
    texts = [(label, text(value, zone, zoned=True)) for label, value in pairs]
    draw_fields([(label, shown) for label, shown in texts if shown])


def text(value: object, zone: "ZoneInfo | None", *, zoned: bool = False) -> str:
    """Return what a person reads for a value; a time is one of that zone, ``zoned`` with its name."""
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, datetime):
        return f"{local_time(value, zone)} {_zone_of(value, zone)}" if zoned else local_time(value, zone)
    if isinstance(value, list | tuple):
        return ", ".join(text(item, zone, zoned=zoned) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={text(item, zone, zoned=zoned)}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _zone_of(moment: datetime, zone: "ZoneInfo | None") -> str:
    return zone_name(zone, [moment])


def _has_times(rows: Sequence[Sequence[object]]) -> bool:
    return any(isinstance(value, datetime) for row in rows for value in row)
