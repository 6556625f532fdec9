"""How loads are printed, whichever command asks for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from negotiator.conversations.models import LoadCall
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.values.money import dollars

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

Load = Mapping[str, object]


def print_loads(loads: Sequence[Load], keys: Sequence[str], form: Format) -> None:
    """Print a list: for a program with the keys of a load, for a person in a person's words."""
    if form is not Format.TABLE:
        printing.rows(loads, keys, form)
    else:
        printing.table(_COLUMNS, [_cells(load) for load in loads])
    if not loads:
        printing.say("No loads.")


def print_load(load: Load, form: Format, calls: Sequence[LoadCall] = ()) -> None:
    """Print one load: for a person its calls stand in a table of their own, with who asked what and when."""
    if form is not Format.TABLE:
        printing.record(load, form)
        return
    printing.fields(_for_a_person(load, calls))
    printing.table([*_CALLS.values()], [[getattr(call, key) for key in _CALLS] for call in calls])


def _cells(load: Load) -> list[object]:
    lane = f"{_lane(load)}, {_text(load['equipment_type'])}".rstrip(", ")
    rest = ("pickup_datetime", "loadboard_rate", "miles", "status")
    return [load["load_id"], lane, *(_value(load[key]) for key in rest)]


def _for_a_person(load: Load, calls: Sequence[LoadCall]) -> list[tuple[str, object]]:
    booked = load["booked_by"]
    return [
        ("Load", load["load_id"]),
        ("Lane", _lane(load)),
        ("Equipment", load["equipment_type"]),
        ("Posted", load["loadboard_rate"]),
        ("Status", load["status"]),
        ("Best ask", _best(load["best_ask"], calls)),
        ("Booked by", _booking(booked) if isinstance(booked, Mapping) else ""),
        ("Pick-up", load["pickup_datetime"]),
        ("Delivery", load["delivery_datetime"]),
        ("Miles", _value(load["miles"])),
        ("Weight", _value(load["weight"])),
        ("Commodity", load["commodity_type"]),
        ("Pieces", _value(load["num_of_pieces"])),
        ("Dimensions", load["dimensions"]),
        ("Notes", load["notes"]),
        ("Created", load["created_at"]),
        ("Updated", load["updated_at"]),
    ]


def _best(amount: object, calls: Sequence[LoadCall]) -> str:
    """Return the best ask with whose it is."""
    for call in calls:
        if amount is not None and call.lowest_ask == amount:
            return f"{_text(amount)}, {call.carrier_mc_number or _UNKNOWN}, call {call.id}"
    return _text(amount)


def _booking(booked: Load) -> str:
    carrier = _text(booked["carrier_mc_number"]) or _UNKNOWN
    return f"{carrier} at {_text(booked['final_rate_agreed'])}, call {_text(booked['call_id'])}"


def _lane(load: Load) -> str:
    return f"{_text(load['origin'])} to {_text(load['destination'])}"


def _value(value: object) -> object:
    """Return a value as it is, a float as a text without a fraction of nothing."""
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else value


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return dollars(value)
    return "" if value is None else str(value)
