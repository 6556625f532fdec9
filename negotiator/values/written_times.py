"""Times as people write them, in ISO or in US form; whose zone they are in is for others to say."""

import re
from datetime import date, datetime, time

from negotiator.values.timestamps import parse_written

_NOON = 12
_DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})/(\d{1,2})/(\d{4}|\d\d))", re.ASCII)
_CLOCK = re.compile(
    r"(?:(\d{1,2}):(\d\d)(?::(\d\d))?|(\d{1,2})(?= *[AP])|(\d{1,2})(\d\d)(?: *(?:H|HRS?|HOURS)\b\.?)?)"
    r"(?: *([AP])\.?M\.?)?",  # 8:00, 08:00:00, 8 AM, 0800, and 800 where a spreadsheet had it
    re.ASCII,
)


def moment_in(text: str) -> datetime | None:
    """Return the moment that a text in capitals names, with an offset if it has one; None for no time.

    ISO: ``2025-08-21``, ``2025-08-21 14:30``, ``2025-08-21T14:30:00Z``. US, month first: ``8/21/2025``,
    ``08/21/2025 8:00 AM``, ``8/21/25 1430``.
    """
    if moment := parse_written(text):
        return moment
    day = _DAY.match(text)
    rest = re.fullmatch(r",?[ T]+(.+)", text[day.end() :]) if day else None
    clock = time() if day and day.end() == len(text) else clock_in(rest[1]) if rest else None
    if day is None or clock is None:
        return None
    year, month, of_month = day.group(1, 2, 3) if day[1] else day.group(6, 4, 5)
    try:
        return datetime.combine(date(int(year) + (0 if year[2:] else 2000), int(month), int(of_month)), clock)
    except ValueError:
        return None


def clock_in(text: str) -> time | None:
    """Return the time of day that a text in capitals names: ``8:00 AM`` or ``0800``; None for none."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour = int(match[1] or match[4] or match[5])
    if match[7]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if match[7] == "P" else 0)
    try:
        return time(hour, int(match[2] or match[6] or 0), int(match[3] or 0))
    except ValueError:
        return None
