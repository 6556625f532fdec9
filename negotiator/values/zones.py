"""Time zones: by name, and by the letters that people write after a time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from negotiator.errors import InvalidTimeError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# EST in July is a label that nobody changed: what is meant is the clock on the wall, in summer too.
_LETTERS = {
    **dict.fromkeys(("UTC", "GMT", "Z"), "UTC"),
    **dict.fromkeys(("ET", "EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CT", "CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MT", "MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("AKT", "AKST", "AKDT"), "America/Anchorage"),
    **dict.fromkeys(("AT", "AST", "ADT"), "America/Halifax"),
    "HST": "Pacific/Honolulu",
}
# How TZ tells a zone by rules instead of a name: EST5EDT, <+03>-3, CST6CDT,M3.2.0,M11.1.0.
_POSIX = re.compile(r"([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)[+-]?\d")
PLACES = tuple(dict.fromkeys(_LETTERS.values()))
"""The zones that have letters, by their names."""
_AT_THE_END = re.compile(
    rf"(.*\d(?: *[AP]\.?M\.?)?) *\(?({'|'.join(_LETTERS)})\b\)?", re.ASCII | re.IGNORECASE
)

# Later Python (3.12, 3.13) does not tell the machine's offset, and 9999-12-31 stands for "no end".
_LATEST_LOCAL = datetime.max - timedelta(days=2)  # noqa: DTZ901 - local on purpose


def zone_named(name: str | None) -> "ZoneInfo | None":
    """Return a time zone by its name, such as America/Chicago, CT or EST; None is the machine's own.

    The letters of North American zones mean the local time of a place, in summer and in winter.
    Raises InvalidTimeError.
    """
    if name is None:
        return None
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - 4 ms, for those who name a zone

    try:
        return ZoneInfo(_LETTERS.get(name.upper(), name))
    except (KeyError, ValueError, OSError):  # the zone that is not found is a KeyError
        raise InvalidTimeError(
            f"{name!r} is not a time zone", "name one as in America/Chicago or UTC"
        ) from None


def desk_zone(environ: Mapping[str, str], name: str | None = None) -> "ZoneInfo | None":
    """Return the zone of tables, reports and times that are typed: that ``name``, else NEGOTIATOR_TZ.

    None is the machine's own. Raises InvalidTimeError.
    """
    setting = environ.get("NEGOTIATOR_TZ")
    if name is not None or not setting:
        return zone_named(name)
    try:
        return zone_named(setting)
    except InvalidTimeError as error:
        raise InvalidTimeError(
            f"NEGOTIATOR_TZ is {setting[:40]!r}, which is no time zone", error.hint
        ) from None


def machine_zone_fault(environ: Mapping[str, str]) -> str:
    """Return what is wrong with the variable TZ, in a few words; nothing when the system can use it.

    The system itself says nothing about a zone that it does not know, and takes UTC.
    """
    name = environ.get("TZ", "").removeprefix(":")
    if not name or _POSIX.match(name) or Path(name).is_absolute():
        return ""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as above

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"TZ is {name[:40]!r}, which is no time zone: the machine's time is UTC"
    return ""


def in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return a moment in UTC: one that names no offset is local in ``zone``, None is the machine's own.

    Raises OverflowError or ValueError at the ends of the calendar.
    """
    if moment.tzinfo is None and zone is None and moment > _LATEST_LOCAL:
        zone = _LATEST_LOCAL.astimezone().tzinfo
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None and zone else moment).astimezone(UTC)


def split_zone(text: str) -> "tuple[str, ZoneInfo | None]":
    """Return the text of a time without the letters of a zone at its end, and that zone.

    ``8/21/2025 8:00 AM CT`` gives ``8/21/2025 8:00 AM`` and America/Chicago; without such letters the text
    itself and None.
    """
    match = _AT_THE_END.fullmatch(text) if text and not text[-1].isdigit() else None
    return (text, None) if match is None else (match[1], zone_named(match[2]))
