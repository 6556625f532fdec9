"""Times as people type them: one grammar for every command."""

import re
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from negotiator.errors import InvalidTimeError
from negotiator.values.text import quoted
from negotiator.values.timestamps import parse_length
from negotiator.values.written_times import clock_in, moment_in
from negotiator.values.zones import in_zone, split_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS_AWAY = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            *("MONDAY MON", "TUESDAY TUES TUE", "WEDNESDAY WED", "THURSDAY THURS THUR THU"),
            *("FRIDAY FRI", "SATURDAY SAT", "SUNDAY SUN"),
        )
    )
    for name in names.split()
}
_NAMED_DAY = re.compile(rf"({'|'.join((*_DAYS_AWAY, *_WEEKDAYS))})(?:,? +(?:AT +)?(.+))?")
_WEEK = 7
_FORMS = (
    "give a date or a time as in 2025-08-21, 2025-08-21 14:30 or 8/21/2025 8:00 AM; "
    "today, yesterday, tomorrow or a weekday; or a length as in 24h or 7d"
)


class Toward(StrEnum):
    """Where a weekday or a length is looked for: ``monday`` is the last one or the next one."""

    PAST = "past"
    FUTURE = "future"


def parse_typed(text: str, now: datetime, zone: "ZoneInfo | None", toward: Toward) -> datetime:
    """Return the moment that a person means, in UTC.

    A date or a time in ISO or in US form, or what `parse_relative` reads. What names no zone is local in
    ``zone``, None is the machine's own. Raises InvalidTimeError.
    """
    return _parse(text, now, zone, toward, at_end=False)


def parse_typed_end(text: str, now: datetime, zone: "ZoneInfo | None", toward: Toward) -> datetime:
    """Return the first moment after what a person means: after the whole day, if it names no time of day.

    Raises InvalidTimeError.
    """
    return _parse(text, now, zone, toward, at_end=True)


def parse_relative(text: str, now: datetime, zone: "ZoneInfo | None", toward: Toward) -> datetime | None:
    """Return the moment that a person means by what depends on the present one, None for anything else.

    ``today``, ``yesterday``, ``tomorrow`` or a weekday, which a time of day may follow; or a length, such as
    ``24h`` or ``7d``. Raises InvalidTimeError for what is out of range.
    """
    return _known(text, now, zone, toward, written=False, at_end=False)


def _parse(text: str, now: datetime, zone: "ZoneInfo | None", toward: Toward, *, at_end: bool) -> datetime:
    moment = _known(text, now, zone, toward, written=True, at_end=at_end)
    if moment is None:
        raise InvalidTimeError(f"{quoted(text)} is not a time", _FORMS)
    return moment


def _known(
    text: str, now: datetime, zone: "ZoneInfo | None", toward: Toward, *, written: bool, at_end: bool
) -> datetime | None:
    capitals, named = split_zone(text.strip().upper())
    zone = named or zone
    try:
        if written and (moment := moment_in(capitals)):
            is_day = not capitals.strip("0123456789/-")
            return _after(moment, zone, is_day=is_day) if at_end else in_zone(moment, zone)
        return _on_a_day(capitals, now, zone, toward, at_end=at_end) or _away(capitals, now, toward)
    except (OverflowError, ValueError):
        raise InvalidTimeError(f"the time {quoted(text)} is out of range", _FORMS) from None


def _after(moment: datetime, zone: "ZoneInfo | None", *, is_day: bool) -> datetime:
    """Return the first moment after a day or a time. Raises OverflowError or ValueError."""
    try:
        if is_day:
            return in_zone(moment + timedelta(days=1), zone)
        return in_zone(moment, zone) + timedelta(seconds=1)
    except OverflowError:
        return in_zone(moment, zone)  # the last day of the calendar


def _on_a_day(
    capitals: str, now: datetime, zone: "ZoneInfo | None", toward: Toward, *, at_end: bool
) -> datetime | None:
    """Return the moment on a day that is named, None if none is. Raises OverflowError or ValueError."""
    match = _NAMED_DAY.fullmatch(capitals)
    clock = clock_in(match[2]) if match and match[2] else None
    if match is None or (match[2] and clock is None):
        return None
    today = now.astimezone(zone).date()

    def moment_on(days: int) -> datetime:
        moment = datetime.combine(today + timedelta(days=days), clock or time())
        return _after(moment, zone, is_day=clock is None) if at_end else in_zone(moment, zone)

    if match[1] in _DAYS_AWAY:
        return moment_on(_DAYS_AWAY[match[1]])
    ahead = (_WEEKDAYS[match[1]] - today.weekday()) % _WEEK
    match toward:
        case Toward.FUTURE:
            return moment_on(ahead if moment_on(ahead) > now else ahead + _WEEK)
        case Toward.PAST:
            return moment_on(ahead if moment_on(ahead) <= now else ahead - _WEEK)
        case _:
            assert_never(toward)


def _away(capitals: str, now: datetime, toward: Toward) -> datetime | None:
    """Return the moment that is a length of time away, None if it is none. Raises OverflowError."""
    try:
        length = parse_length(capitals.lower())
    except InvalidTimeError:
        return None
    match toward:
        case Toward.FUTURE:
            return now + length
        case Toward.PAST:
            return now - length
        case _:
            assert_never(toward)
