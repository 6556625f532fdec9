"""UTC timestamps: every spelling that files hold is read, one is written, one is printed."""

import re
from datetime import UTC, datetime, timedelta

from negotiator.errors import InvalidTimeError

_LENGTH = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SHORT_HOUR = re.compile(r"([ T])(\d:)", re.ASCII)


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def parse_stored(value: object) -> datetime | None:
    """Return the moment that a timestamp column holds, None when it is unknown.

    Read are ``YYYY-MM-DD HH:MM:SS`` with or without a fraction, with ``T``, with ``Z``,
    ``UTC`` or an offset; what has no offset is UTC.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(normalize(value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def normalize(text: str) -> str:
    """Spell ``2025-08-20t9:00:00z`` and ``2025-08-20 9:00:00 UTC`` as Python reads them."""
    return _SHORT_HOUR.sub(r"\g<1>0\2", text.strip().upper()).replace(" UTC", "Z").replace(" Z", "Z")


def format_stored(moment: datetime) -> str:
    """Return the spelling that is stored: ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def format_iso(moment: datetime) -> str:
    """Return the spelling that is printed: ISO 8601 with ``Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


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


def parse_moment(text: str, now: datetime) -> datetime:
    """Return a moment as people type it: a date or time in ISO form (UTC), or how long ago, as in ``24h``.

    Raises InvalidTimeError.
    """
    moment = parse_stored(text)
    if moment is not None:
        return moment
    try:
        return now - parse_length(text)
    except (InvalidTimeError, OverflowError):
        hint = "give a date or a time as in 2025-08-20 or 2025-08-20T10:30Z, or how long ago, as in 24h"
        raise InvalidTimeError(f"{text[:40]!r} is not a time", hint) from None
