"""Times as load files have them: a day, a day and a time, or a window, of which the beginning counts."""

import re
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from negotiator.errors import InvalidLoadsError
from negotiator.values import written_times
from negotiator.values.text import quoted
from negotiator.values.zones import PLACES, in_zone, split_zone, zone_named

_CLOCKS_APART = timedelta(hours=3)  # the local times of New York and Los Angeles
_LARGEST_OFFSET = timedelta(hours=12)  # west of Greenwich
_NOON = 12
_UNTIL = re.compile(r" *(?:[-~\u2013\u2014]|\bTO\b|\bUNTIL\b) *")
_SECONDS = re.compile(r":\d\d:\d\d", re.ASCII)
_HOUR_ALONE = re.compile(r" (\d{1,2})$", re.ASCII)
_HALF_OF_A_DAY = re.compile(r"([AP])\.?M\.?$")


def parse_moment(value: object, zone: tzinfo | None = UTC) -> datetime:
    """Return the moment that a cell names, in UTC; of a window, such as ``0800-1500``, its beginning.

    ISO: ``2025-08-21``, ``2025-08-21 14:30``, ``2025-08-21T14:30:00Z``. US, month first: ``8/21/2025``,
    ``08/21/2025 8:00 AM``, ``8/21/25 1430``. A time that names no offset and no zone (``EST``, ``CT``) is
    local in ``zone``; None is the machine's own. Raises InvalidLoadsError for anything else.
    """
    moment = _moment_in(value, zone) if isinstance(value, str) else None
    if moment is None:
        raise InvalidLoadsError(
            f"{quoted(value)} is not a date", "give a date as in 2025-08-21 08:00 or 8/21/2025 8:00 AM"
        )
    return moment


def parse_day_and_clock(day: str, clock: str, zone: tzinfo | None = UTC) -> datetime:
    """Return the moment that a day and a time of day in two cells name. Raises InvalidLoadsError."""
    midnight = written_times.moment_in(day.upper())
    if midnight is None:
        parse_moment(day, zone)  # which says what is no date; a window or a zone is more than a day
    if midnight is None or midnight.time() != time() or midnight.tzinfo:
        raise InvalidLoadsError(
            f"{quoted(day)} has a time of its own beside {quoted(clock)}", "give the time of day once"
        )
    moment = _moment_in(f"{midnight.month}/{midnight.day}/{midnight.year:04} {clock}", zone)
    if moment is None:
        raise InvalidLoadsError(
            f"{quoted(clock)} is not a time of day", "give a time of day as in 08:00, 8:00 AM or 0800-1500"
        )
    return moment


def is_before(delivery: datetime, pickup: datetime, zone: tzinfo | None) -> bool:
    """Return whether a delivery is before the pick-up, whatever the zones of the two places.

    At midnight it names a day and no time: then the days are compared.
    """
    with suppress(OverflowError):
        places: list[tzinfo | None] = [zone, *map(zone_named, PLACES)]
        for place in places:
            local = delivery.astimezone(place)
            if local.time() == time():
                return local.date() < pickup.astimezone(place).date()
    return pickup - delivery > _CLOCKS_APART


def _moment_in(text: str, zone: tzinfo | None) -> datetime | None:
    """Return the moment that a text names, None for none."""
    text, named = split_zone(text.strip().upper())
    place = named or zone
    moment = written_times.moment_in(text)
    window = None if moment and not _may_be_a_window(moment, text) else _window_in(text)
    if window and (moment is None or window.is_forward):
        if moment and abs(moment.utcoffset() or timedelta()) <= _LARGEST_OFFSET:
            return None  # 08:00-10:00 may be both: nobody should guess
        moment, place = window.begin, window.zone or place
    try:
        return moment and in_zone(moment, place)
    except (OverflowError, ValueError):
        return None


def _may_be_a_window(moment: datetime, text: str) -> bool:
    """Return whether what looks like an offset, as in 2025-08-21 08:00-15:00, may be the end of a window."""
    return moment.tzinfo is not None and "T" not in text and not _SECONDS.search(text)


class _Window(NamedTuple):
    begin: datetime
    zone: tzinfo | None
    is_forward: bool


def _window_in(text: str) -> _Window | None:
    """Return the window that a text names: a day with two times of day, or two days; None for none."""
    for mark in _UNTIL.finditer(text):
        begin, zone = split_zone(text[: mark.start()])
        end = text[mark.end() :]
        if _HALF_OF_A_DAY.search(end):
            begin = _HOUR_ALONE.sub(r" \1:00", begin)  # 1-3 PM
        first, last = written_times.moment_in(begin), written_times.clock_in(end)
        if first and last:
            first = _in_the_half_meant(first, begin, last, end)
            return _Window(first, zone, first.time() < last)
        if first and written_times.moment_in(split_zone(end)[0]):
            return _Window(first, zone, is_forward=True)
    return None


def _in_the_half_meant(first: datetime, begin: str, last: time, end: str) -> datetime:
    """Return the beginning of a window of which only the end says AM or PM: the latest before the end."""
    if first.hour > _NOON or _HALF_OF_A_DAY.search(begin) or not _HALF_OF_A_DAY.search(end):
        return first
    hours = (first.hour % _NOON, first.hour % _NOON + _NOON)
    return max(
        (first.replace(hour=hour) for hour in hours), key=lambda moment: (moment.time() <= last, moment)
    )
