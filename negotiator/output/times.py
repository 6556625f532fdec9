"""Times as tables show them: to the minute, in the desk's zone."""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from negotiator.errors import InvalidTimeError
from negotiator.output.streams import say_once

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def local_zone() -> "ZoneInfo | None":
    """Return the desk's zone; None is the machine's own. A setting that names no zone is said."""
    if not (os.environ.get("NEGOTIATOR_TZ") or os.environ.get("TZ")):
        return None
    from negotiator.values.zones import desk_zone, machine_zone_fault  # noqa: PLC0415 - 4 ms, for who sets one

    try:
        zone = desk_zone(os.environ)
    except InvalidTimeError as error:  # what is printed may have been done already: that is no failure
        say_once(f"Warning: {error.message}: times are shown in the machine's own.")
        zone = None
    if zone is None and (fault := machine_zone_fault(os.environ)):
        say_once(f"Warning: {fault}.")
    return zone


def local_time(moment: datetime, zone: "ZoneInfo | None") -> str:
    """Return a moment as ``2025-08-20 22:45`` in a zone; in UTC, with a Z, where it has no such time."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None).isoformat(" ", "minutes")
    except OverflowError:  # the first and the last day of all years
        return moment.replace(tzinfo=None).isoformat(" ", "minutes") + "Z"


def zone_name(zone: "ZoneInfo | None", moments: Iterable[datetime]) -> str:
    """Return what a zone is called; the machine's own is called what it is at each of the moments."""
    if zone is not None:
        return zone.key
    names = {_letters(moment) for moment in moments}
    return names.pop() or "local time" if len(names) == 1 else "local time"


def _letters(moment: datetime) -> str | None:
    try:
        return moment.astimezone().tzname()
    except OverflowError:
        return None
