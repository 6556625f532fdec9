"""What is on record of a lane and of a carrier, as a person reads it."""

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.times import local_time, local_zone
from negotiator.reports.carrier import CarrierPast
from negotiator.reports.lane import LanePast, Past
from negotiator.reports.record import LEAST
from negotiator.values.money import dollars


def print_lane(past: LanePast, form: Format) -> None:
    """Print what is on record of a lane."""
    if form is not Format.TABLE:
        printing.record(contract.data(past, contract.LANE), form)
    elif past.threads is None:
        printing.say(f"Nothing is said of fewer than {LEAST} negotiations.")
    else:
        first_ask = past.first_ask_median
        printing.fields(
            [
                ("Lane", f"{past.origin} to {past.destination}"),
                ("Equipment", past.equipment),
                ("Negotiations", past.threads),
                ("First ask", first_ask and f"median {dollars(first_ask)}"),
                ("Deals", past.deals),
                ("Agreed", _agreed(past)),
                ("How old", _dates(past)),
            ]
        )


def past_pairs(past: Past) -> list[tuple[str, object]]:
    """Return what is on record around an ask as labels and texts; nothing where it is too little."""
    return [("Lane so far", _lane(past.lane)), ("Carrier so far", past.carrier and _carrier(past.carrier))]


def _lane(lane: LanePast) -> str:
    if lane.threads is None:
        return ""
    counts = f"{lane.deals} deals in {lane.threads} negotiations"
    agreed, dates = _agreed(lane), _dates(lane)
    return counts + (f": {agreed}" if agreed else "") + (f"; {dates}" if dates else "")


def _carrier(carrier: CarrierPast) -> str:
    under = f"{dollars(carrier.under_first_ask)} ({carrier.under_first_ask_share:.1%})"
    return f"settles {under} under its first ask, the median of {carrier.deals} deals"


def _agreed(lane: LanePast) -> str:
    if lane.agreed_median is None or lane.agreed_low is None or lane.agreed_high is None:
        return ""
    more = [f"{dollars(lane.per_mile_median)} a mile"] if lane.per_mile_median is not None else []
    more += [f"{lane.over_posted_median:+.1%} on posted"] if lane.over_posted_median is not None else []
    return (
        f"half of them {dollars(lane.agreed_low)} to {dollars(lane.agreed_high)}, "
        f"median {dollars(lane.agreed_median)}" + (f" ({', '.join(more)})" if more else "")
    )


def _dates(lane: LanePast) -> str:
    """Return how old the deals are."""
    if lane.latest is None or lane.half_since is None:
        return ""
    latest, half = (local_time(moment, local_zone())[:10] for moment in (lane.latest, lane.half_since))
    return f"the latest of {latest}, half of them since {half}"
