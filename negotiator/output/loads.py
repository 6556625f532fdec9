"""How loads are printed, whichever command asks for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.values.money import dollars

_HEADINGS = ("Load", "Lane", "Pick-up (UTC)", "Rate", "Miles", "Status")
_CALL_HEADINGS = ("Call", "Carrier", "Outcome", "Rounds", "Agreed")

Load = Mapping[str, object]


def print_loads(loads: Sequence[Load], keys: Sequence[str], form: Format) -> None:
    """Print a list: for a program with the keys of a load, for a person in a person's words."""
    if form is not Format.TABLE:
        printing.rows(loads, keys, form)
    else:
        _table(_HEADINGS, [_cells(load) for load in loads])
    if not loads:
        printing.say("No loads.")


def print_load(load: Load, form: Format) -> None:
    """Print one load: for a person its calls stand in a table of their own."""
    if form is not Format.TABLE:
        printing.record(load, form)
        return
    printing.fields([(label, text) for label, text in _for_a_person(load) if text])
    calls = load["calls"]
    if isinstance(calls, list) and calls:
        _table(_CALL_HEADINGS, [_call_cells(call) for call in calls])


def _table(headings: Sequence[str], cells: Sequence[Mapping[str, str]]) -> None:
    """Print cells by heading; a column with nothing in it is left out."""
    kept = [heading for heading in headings if any(row[heading] for row in cells)]
    printing.table(kept, [[row[heading] for heading in kept] for row in cells])


def _cells(load: Load) -> dict[str, str]:
    return {
        "Load": _text(load["load_id"]),
        "Lane": f"{_lane(load)}, {_text(load['equipment_type'])}".rstrip(", "),
        "Pick-up (UTC)": _text(load["pickup_datetime"]),
        "Rate": _text(load["loadboard_rate"]),
        "Miles": _text(load["miles"]),
        "Status": _text(load["status"]),
    }


def _call_cells(call: Load) -> dict[str, str]:
    return {
        "Call": _text(call["id"]),
        "Carrier": _text(call["carrier_mc_number"]),
        "Outcome": _text(call["outcome"]),
        "Rounds": _text(call["negotiation_rounds"]),
        "Agreed": _text(call["final_rate_agreed"]),
    }


def _for_a_person(load: Load) -> list[tuple[str, str]]:
    booked = load["booked_by"]
    return [
        ("Load", _text(load["load_id"])),
        ("Lane", _lane(load)),
        ("Equipment", _text(load["equipment_type"])),
        ("Posted", _text(load["loadboard_rate"])),
        ("Status", _text(load["status"])),
        ("Best ask", _text(load["best_ask"])),
        ("Booked by", _booking(booked) if isinstance(booked, Mapping) else ""),
        ("Pick-up", _text(load["pickup_datetime"], " UTC")),
        ("Delivery", _text(load["delivery_datetime"], " UTC")),
        ("Miles", _text(load["miles"])),
        ("Weight", _text(load["weight"])),
        ("Commodity", _text(load["commodity_type"])),
        ("Pieces", _text(load["num_of_pieces"])),
        ("Dimensions", _text(load["dimensions"])),
        ("Notes", _text(load["notes"])),
        ("Created", _text(load["created_at"], " UTC")),
        ("Updated", _text(load["updated_at"], " UTC")),
    ]


def _booking(booked: Load) -> str:
    carrier = _text(booked["carrier_mc_number"]) or "an unknown carrier"
    return f"{carrier} at {_text(booked['final_rate_agreed'])}, call {_text(booked['call_id'])}"


def _lane(load: Load) -> str:
    return f"{_text(load['origin'])} to {_text(load['destination'])}"


def _text(value: object, zone: str = "") -> str:
    """Return a value in a person's words; times are followed by their zone if it is given."""
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}{zone}"
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    return "" if value is None else str(value)
