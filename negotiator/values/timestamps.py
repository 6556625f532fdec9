"""UTC timestamps: every spelling that files hold is read, one is written, one is printed.

How the file's times are read in SQL stands in `negotiator.storage.sql`.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from negotiator.errors import InvalidTimeError
from negotiator.values.cells import WHITE_SPACE

_LENGTH = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_STORED = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?"
    r"(?: *(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?))?)?",
    re.ASCII | re.IGNORECASE,
)
_OURS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", re.ASCII)
"""The spelling of `format_stored`: that of most times, and quickly read."""
_LARGEST_OFFSET = 14  # hours, as for SQLite


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def parse_stored(value: object) -> datetime | None:
    """Return the moment that a timestamp column holds, None when it is unknown.

    Read are ``YYYY-MM-DD``, ``YYYY-MM-DD HH:MM`` and ``YYYY-MM-DD HH:MM:SS``, with or without a fraction of
    a second (its first six digits count), with ``T``, with ``Z``, ``UTC``, ``GMT`` or an offset of less than
    15 hours; an hour may have one digit. What has no offset is UTC.
    """
    if isinstance(value, str) and _OURS.fullmatch(value):
        try:
            return datetime.fromisoformat(f"{value}+00:00")
        except ValueError:  # there is no such day
            return None
    moment = parse_written(value)
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def parse_written(value: object) -> datetime | None:
    """Return the same without a zone where none is written; None for what is no time."""
    match = _STORED.fullmatch(value.strip(WHITE_SPACE)) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    micros = int(f"{match[7] or ''}000000"[:6])
    try:
        return datetime(year, month, day, hour, minute, second, micros, _zone(match))
    except ValueError:
        return None


def _zone(match: re.Match[str]) -> timezone | None:
    """Return the zone that a time names, None for none. Raises ValueError for an offset that is none."""
    if match["sign"] is None:
        return UTC if match["utc"] else None
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > _LARGEST_OFFSET or minutes > 59:  # noqa: PLR2004 - the minutes of an hour
        raise ValueError(match["sign"])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if match["sign"] == "-" else offset)


def format_stored(moment: datetime) -> str:
    """Return the spelling that is stored: ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def format_iso(moment: datetime) -> str:
    """Return the spelling that is printed: ISO 8601 with six digits of a second, and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def format_second(moment: datetime) -> str:
    """Return the spelling for a sentence, such as an error: the same without a fraction."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parse_length(text: str) -> timedelta:
    """Return a length of time as people type it: ``90s``, ``30m``, ``2h``, ``7d``, ``1w``.

    Raises InvalidTimeError for anything else, and for no time at all.
    """
    match = _LENGTH.fullmatch(text)
    length = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not length:
        raise InvalidTimeError(
            f"{text[:40]!r} is not a length of time", "give one as in 90s, 30m, 2h, 7d or 1w"
        )
    return length


def end_of(length: timedelta, now: datetime) -> datetime:
    """Return when a length of time is over. Raises InvalidTimeError."""
    try:
        return now + length
    except OverflowError:
        raise InvalidTimeError("the date is out of range", "give a shorter length, as in 7d") from None
