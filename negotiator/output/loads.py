"""How loads are printed, whichever command asks for it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.values.money import dollars, dollars_and_per_mile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiator.conversations.models import LoadCall
    from negotiator.loads.models import Booking, ListedLoad, LoadDetail
    from negotiator.reports.lane import Past

_COLUMNS = (
    Column("Load"),
    Column("Lane", folds=18),
    Column("Pick-up", rank=1),
    Column("Rate"),
    Column("Miles", rank=2, right=True),
    Column("Status", folds=9),
)
_CALLS = {
    "id": Column("Call"),
    "carrier_mc_number": Column("Carrier"),
    "company_name": Column("Company", folds=12, rank=4),
    "outcome": Column("Outcome", folds=11),
    "negotiation_rounds": Column("Rounds", rank=3),
    "last_ask": Column("Last ask"),
    "standing_counter": Column("Our counter"),
    "final_rate_agreed": Column("Agreed"),
    "latest": Column("Latest", rank=2),
}

_UNKNOWN = "an unknown carrier"


def print_loads(loads: "Sequence[ListedLoad]", form: Format) -> None:
    """Print a list: for a program with the keys of a load, for a person in a person's words."""
    if form is not Format.TABLE:
        keys = contract.LISTED_LOAD
        printing.rows([contract.data(load, keys) for load in loads], keys, form)
    else:
        printing.table(_COLUMNS, [_cells(load) for load in loads])
    if not loads:
        printing.say("No loads.")


def print_load(
    load: "LoadDetail", form: Format, calls: "Sequence[LoadCall]" = (), past: "Past | None" = None
) -> None:
    """Print one load: for a person its calls stand in a table of their own, with who asked what and when."""
    if form is not Format.TABLE:
        printing.record(_data(load), form)
        return
    on_record = []
    if past is not None:
        from negotiator.output.report.lane import past_pairs  # noqa: PLC0415 - a list has none, nor has JSON

        on_record = past_pairs(past)
    printing.fields([*_for_a_person(load, calls), *on_record])
    if load.offers:
        from negotiator.output.carriers.offers import print_offer_table  # noqa: PLC0415 - as above

        print_offer_table(load.offers)
    printing.table([*_CALLS.values()], [[getattr(call, key) for key in _CALLS] for call in calls])


def _data(load: "LoadDetail") -> dict[str, object]:
    return contract.data(load, contract.LOAD) | {
        "calls": [contract.data(call, contract.LOAD_CALL) for call in load.calls],
        "booked_by": load.booked_by and contract.data(load.booked_by, contract.BOOKING),
        "offers": [contract.data(offer, contract.OFFER) for offer in load.offers],
    }


def _cells(load: "ListedLoad") -> list[object]:
    lane = f"{_lane(load)}, {load.equipment_type or ''}".rstrip(", ")
    return [load.load_id, lane, load.pickup_datetime, load.loadboard_rate, _number(load.miles), load.status]


def _for_a_person(load: "LoadDetail", calls: "Sequence[LoadCall]") -> list[tuple[str, object]]:
    return [
        ("Load", load.load_id),
        ("Lane", _lane(load)),
        ("Equipment", load.equipment_type),
        ("Posted", load.loadboard_rate and dollars_and_per_mile(load.loadboard_rate, load.miles)),
        ("Ceiling", load.ceiling and f"{dollars(load.ceiling)} (never quoted)"),
        ("Status", load.status if load.cancelled_at is None else "cancelled"),
        ("Cancelled", load.cancelled_at),
        ("Why", load.cancel_reason),
        ("By", load.cancelled_by),
        ("Best ask", _best(load.best_ask, calls, load.miles)),
        ("Booked by", load.booked_by and booking(load.booked_by, load.miles)),
        ("Pick-up", load.pickup_datetime),
        ("Delivery", load.delivery_datetime),
        ("Miles", _number(load.miles)),
        ("Weight", _number(load.weight)),
        ("Commodity", load.commodity_type),
        ("Pieces", _number(load.num_of_pieces)),
        ("Dimensions", load.dimensions),
        ("Notes", load.notes),
        ("Created", load.created_at),
        ("Updated", load.updated_at),
    ]


def _best(amount: Decimal | None, calls: "Sequence[LoadCall]", miles: object) -> str:
    """Return the best ask with whose it is."""
    if amount is None:
        return ""
    for call in calls:
        if call.lowest_ask == amount:
            rate = dollars_and_per_mile(amount, miles)
            return f"{rate}, {call.carrier_mc_number or _UNKNOWN}, call {call.id}"
    return dollars_and_per_mile(amount, miles)


def booking(booked: "Booking", miles: object = None) -> str:
    """Return who has a load, at what rate, by which call."""
    carrier = booked.carrier_mc_number or _UNKNOWN
    return f"{carrier} at {dollars_and_per_mile(booked.final_rate_agreed, miles)}, call {booked.call_id}"


def _lane(load: "ListedLoad | LoadDetail") -> str:
    return f"{load.origin or ''} to {load.destination or ''}"


def _number(value: float | None) -> object:
    """Return a number, a float as a text without a fraction of nothing."""
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else value
