"""Figures and spans of time as a person reads them: by their units, and how they changed."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from negotiator.output.times import local_time, zone_name
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


BOOKED = "booked"
"""The key of a figure that only people are shown: see `booked`."""
# What a figure was made from: {n} and {d} are the numbers that were divided, {N} and {D} the same as US
# dollars, {s} makes a plural of what {d} counts, {S} of what {n} counts.
_MADE_FROM = {
    "calls": "",
    "calls_with_ask": "of {d} call{s}",
    BOOKED: "of {d} call{s}",
    "sessions": "of {d} negotiation{s}",
    "threads": "",
    "rounds": "",
    "undecided_rounds": "of {d} round{s}",
    "booking_rate": "{n} of {d} call{s} with an ask",
    "rounds_to_close": "{n} round{S} in {d} closed negotiation{s}",
    "first_ask_over_posted": "{N} over {D} posted",
    "first_ask_over_posted_median": "half of {d} negotiation{s} began lower",
    "final_over_posted": "{N} over {D} posted",
    "final_over_posted_median": "half of {d} booked call{s} agreed on less",
    "saved": "less than was first asked, in {d} negotiation{s}",
    "saved_share": "{N} of {D} asked first",
    "room_used": "{N} of {D} between posted rate and ceiling",
    "policy_above_ceiling": "of {d} deal{s} of the policy",
    "people_above_ceiling": "of {d} deal{s} that people made",
    "carrier_concession": "{N} in {d} round{s} after the first",
    "broker_concession": "{N} in {d} counter{s}",
    "transfer_rate": "{n} of {d} closed negotiation{s}",
    "recoverable_transfers": "{n} of {d} transfer{s}",
    "unanswered_counters": "{n} of {d} negotiation{s}",
    "time_to_close": "mean of {d} closed negotiation{s}",
    "time_to_close_median": "half of {d} closed negotiation{s} took less",
    "booked_value": "{d} booked call{s}",
    "booked_by_policy": "{n} of {d} booked call{s}",
    "booked_by_people": "{n} of {d} booked call{s}",
    "policy_over_posted": "{N} over {D} posted",
    "people_over_posted": "{N} over {D} posted",
    "fell_through": "{n} of {d} call{s} with a deal",
    "calls_at_todays_rate": "of {d} booked call{s}",
    "threads_at_todays_rate": "of {d} negotiation{s}",
    "threads_at_todays_ceiling": "of {d} negotiation{s}",
    "open_loads": "available now",
    "open_load_age": "mean of {d} available load{s}",
    "open_load_oldest": "of {d} available load{s}",
}
_BY_KIND = {
    "outcome": "{n} of {d} call{s}",
    "sentiment": "{n} of {d} call{s}",
    "closed": "{n} of {d} closed negotiation{s}",
    "silent": "{n} of {d} negotiation{s} that came so far",
}


def booked(figures: Mapping[str, Figure]) -> Figure:
    """Return how many calls were booked, of all calls: what the booked value is the sum over."""
    number, calls = figures["booked_value"].denominator, figures["calls"].value
    return Figure(BOOKED, "Booked", "count", "booked calls, of calls", number, number, calls)


def todays_stand_in(figures: Mapping[str, Figure]) -> str:
    """Return in words how much of a report rests on today's posted rates and ceilings; empty for nothing."""
    calls, rates, ceilings = (
        figures[key]
        for key in ("calls_at_todays_rate", "threads_at_todays_rate", "threads_at_todays_ceiling")
    )
    parts = []
    if calls.value or rates.value:
        booked_calls = f"{_plain(calls.value)} of {_plain(calls.denominator)} booked calls"
        parts.append(
            f"today's posted rate stands in for {booked_calls} and "
            f"{_plain(rates.value)} of {_plain(rates.denominator)} negotiations"
        )
    if ceilings.value:
        parts.append(
            f"today's ceiling for {_plain(ceilings.value)} of {_plain(ceilings.denominator)} negotiations"
        )
    told = ", ".join(parts)
    return f"No rate was recorded then: {told}." if told else ""


def adherence(figures: Mapping[str, Figure]) -> str:
    """Return in words whether ceilings were kept; empty where none was recorded with a deal."""
    policy, people = figures["policy_above_ceiling"], figures["people_above_ceiling"]
    room = figures["room_used"].value
    used = (
        ""
        if room is None
        else f" {shown(room, 'share')} of the room between posted rate and ceiling was used."
    )
    sentences = []
    if policy.denominator:
        sentences.append(
            f"Of {_deals(policy)} of the policy, {_above(policy)} above its recorded ceiling.{used}"
        )
    if people.denominator:
        sentences.append(f"Of {_deals(people)} that people made, {_above(people)} above it.")
    return " ".join(sentences)


def _deals(figure: Figure) -> str:
    return f"{_plain(figure.denominator)} deal{'' if figure.denominator == 1 else 's'}"


def _above(figure: Figure) -> str:
    if not figure.value:
        return "none is"
    return f"{_plain(figure.value)} {'is' if figure.value == 1 else 'are'}"


def made_from(figure: Figure) -> str:
    """Return in words what a figure was made from, as in ``8 of 24 calls``."""
    return _template(figure).format(
        n=_plain(figure.numerator),
        d=_plain(figure.denominator),
        N=shown(figure.numerator, "usd"),
        D=shown(figure.denominator, "usd"),
        s="" if figure.denominator == 1 else "s",
        S="" if figure.numerator == 1 else "s",
    )


def divided(figure: Figure) -> str:
    """Return the two numbers of a share of things that are counted, as in ``8 of 12``; else nothing."""
    if figure.unit != "share" or not figure.denominator or "{n} of" not in _template(figure):
        return ""
    return f"{_plain(figure.numerator)} of {_plain(figure.denominator)}"


def _template(figure: Figure) -> str:
    return _MADE_FROM.get(figure.key) or _BY_KIND.get(figure.key.partition("_")[0], "")


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


def span_text(span: Span) -> str:
    """Return a span of time in local times, without its zone."""
    since = span.since and local_time(span.since, span.zone)
    until = span.until and local_time(span.until, span.zone)
    if since and until:
        return f"{since} to {until}"
    if since:
        return f"since {since}"
    return f"until {until}" if until else "all time"


def zone_text(span: Span, at: datetime) -> str:
    """Return the name of a span's zone; the machine's own is what it is called at the ends, else ``at``."""
    ends = [end for end in (span.since, span.until) if end is not None]
    return zone_name(span.zone, ends or [at])
