"""Spans of time as people say them, and the local names of days, weeks and hours."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from negotiator.errors import InvalidTimeError
from negotiator.values import timestamps
from negotiator.values.typed_times import Toward, parse_typed

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_UNIX_EPOCH = 2440587.5  # as a Julian day, which is how SQLite counts
_QUARTERS_A_DAY = 96  # no time zone changes in the midst of a quarter of an hour


@dataclass(frozen=True)
class Span:
    """From ``since`` up to, without, ``until``; None is without end. ``zone`` None is the machine's own."""

    since: datetime | None = None
    until: datetime | None = None
    zone: "ZoneInfo | None" = None

    @property
    def since_text(self) -> str | None:
        """The beginning as SQLite reads it."""
        return None if self.since is None else timestamps.format_stored(self.since)

    @property
    def until_text(self) -> str | None:
        """The end as SQLite reads it."""
        return None if self.until is None else timestamps.format_stored(self.until)

    def before(self) -> "Span":
        """Return the span of the same length before this one. Raises InvalidTimeError without two ends."""
        if self.since is None or self.until is None:
            raise InvalidTimeError("a span without a beginning has none before it", "give its beginning")
        try:
            return Span(self.since - (self.until - self.since), self.since, self.zone)
        except OverflowError:
            raise InvalidTimeError("there is no time before this span", "begin later") from None


def span_of(
    since: str | None, until: str | None, zone: "ZoneInfo | None", now: datetime, *, closed: bool = False
) -> Span:
    """Return the span that texts mean; ``closed`` ends one without an end now, to compare it.

    Raises InvalidTimeError, also for a span that ends before it begins.
    """
    begin = None if since is None else parse_typed(since, now, zone, Toward.PAST)
    end = now if closed else None
    if until is not None:
        end = parse_typed(until, now, zone, Toward.PAST)
    if begin and end and begin >= end:
        raise InvalidTimeError("the span ends before it begins", "begin it before its end")
    return Span(begin, end, zone)


def local_label(moment: float | None, by: str, zone: "ZoneInfo | None") -> str:
    """Return the local ``day``, ``week`` or ``hour`` of a Julian day, ``unknown`` of none."""
    if moment is None:
        return "unknown"
    try:
        return _label_of_quarter(int(moment * _QUARTERS_A_DAY), by, zone)
    except (OverflowError, ValueError, OSError):  # years that a calendar of ours doesn't have
        return "unknown"


@lru_cache(maxsize=4096)
def _label_of_quarter(quarter: int, by: str, zone: "ZoneInfo | None") -> str:
    seconds = round((quarter / _QUARTERS_A_DAY - _UNIX_EPOCH) * 86400)
    local = datetime.fromtimestamp(seconds, UTC).astimezone(zone)
    return local.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "hour": "%H:00"}[by])
