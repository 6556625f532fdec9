"""Figures and spans of time as a person reads them: by their units, and how they changed."""

from datetime import datetime
from math import isfinite
from zoneinfo import ZoneInfo

from negotiator.reports.report import Figure
from negotiator.reports.span import Span

DASH = "\N{EN DASH}"
_FORMS = {"share": "{:z,.1%}", "rounds": "{:z,.2f}", "days": "{:z,.1f} days", "count": "{:z,.0f}"}
_DURATIONS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def shown(value: float | None, unit: str) -> str:
    """Return a value of a unit; None, and what is not finite, is an en dash."""
    if value is None or not isfinite(value):
        return DASH
    if unit == "usd":
        return f"{'-' if round(value, 2) < 0 else ''}${abs(value):,.2f}"
    if unit == "seconds":
        return _duration(value)
    return _FORMS[unit].format(value)


def _duration(seconds: float) -> str:
    """Return a length of time in its two largest units."""
    whole = round(abs(seconds))
    sign = "-" if seconds < 0 < whole else ""
    for size, unit, lesser_size, lesser in _DURATIONS:
        if whole >= size:
            return f"{sign}{whole // size:,} {unit} {whole % size // lesser_size} {lesser}"
    return f"{sign}{whole} s"


def made_from(figure: Figure) -> str:
    """Return numerator and denominator, as in ``12 / 40``."""
    return f"{_plain(figure.numerator)} / {_plain(figure.denominator)}"


def _plain(number: float | None) -> str:
    if number is None or not isfinite(number):
        return DASH
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"


def change(now: float | None, before: float | None, unit: str) -> str:
    """Return in words how a value moved: an arrow, up or down, by how much, and by what share of before.

    Empty when either is missing. What looks the same when written is no change.
    """
    if now is None or before is None or not (isfinite(now) and isfinite(before)):
        return ""
    if shown(now, unit) == shown(before, unit):
        return "\N{RIGHTWARDS ARROW} no change"
    arrow, word = ("\N{UPWARDS ARROW}", "up") if now > before else ("\N{DOWNWARDS ARROW}", "down")
    if unit == "share":
        return f"{arrow} {word} {100 * abs(now - before):,.1f} points"
    relative = f" ({(now - before) / before:+,.1%})" if before > 0 else ""
    return f"{arrow} {word} {shown(abs(now - before), unit)}{relative}"


def moment(time: datetime, zone: ZoneInfo | None) -> str:
    """Return a local time to the minute."""
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M}"


def span_text(span: Span) -> str:
    """Return a span of time in local times, without its zone."""
    since = span.since and moment(span.since, span.zone)
    until = span.until and moment(span.until, span.zone)
    if since and until:
        return f"{since} to {until}"
    if since:
        return f"since {since}"
    return f"until {until}" if until else "all time"


def zone_text(span: Span, at: datetime) -> str:
    """Return the name of a span's time zone; that of the machine's own is what it is called ``at`` a time."""
    return span.zone.key if span.zone else at.astimezone().tzname() or "local time"
