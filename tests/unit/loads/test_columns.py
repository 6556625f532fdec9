"""The columns of a load, and every heading that means one."""

import pytest

from negotiator.loads import columns
from negotiator.loads.columns import Meaning, Part, meaning_of

HEADINGS = {
    ("load_id", Part.WHOLE): (
        "load, load number, load no, load num, reference, reference number, ref, id, Load #"
    ),
    ("origin", Part.WHOLE): "origin, from, pickup location, ship from",
    ("origin", Part.CITY): "origin city, from city, pickup city, shipper city, ship from city",
    ("origin", Part.STATE): (
        "origin state, origin st, from state, pickup state, pickup st, shipper state, ship from state"
    ),
    ("destination", Part.WHOLE): "destination, to, dest, delivery location, ship to",
    ("destination", Part.CITY): (
        "destination city, dest city, to city, delivery city, dropoff city, drop city, consignee city,"
        " receiver city, ship to city"
    ),
    ("destination", Part.STATE): (
        "destination state, destination st, dest state, dest st, to state, delivery state, delivery st,"
        " dropoff state, drop state, consignee state, receiver state, ship to state"
    ),
    ("pickup_datetime", Part.WHOLE): "pickup datetime, pickup",
    ("pickup_datetime", Part.DAY): "pickup date, pickup day, pu date, ship date",
    ("pickup_datetime", Part.CLOCK): (
        "pickup time, pickup hours, pickup window, pickup appt, pickup appointment, pu time"
    ),
    ("delivery_datetime", Part.WHOLE): "delivery datetime, delivery, dropoff",
    ("delivery_datetime", Part.DAY): "delivery date, delivery day, dropoff date, drop date, del date",
    ("delivery_datetime", Part.CLOCK): (
        "delivery time, delivery hours, delivery window, delivery appt, delivery appointment, dropoff time,"
        " drop time, del time"
    ),
    ("equipment_type", Part.WHOLE): "equipment type, equipment, trailer, trailer type",
    ("loadboard_rate", Part.WHOLE): "loadboard rate, rate, posted rate, posted price, price, Rate ($)",
    ("ceiling", Part.WHOLE): "ceiling, max buy, max buy rate, max rate, max pay",
    ("notes", Part.WHOLE): "notes, note, comment, comments",
    ("weight", Part.WHOLE): "weight, weight (lbs), lbs, pounds",
    ("commodity_type", Part.WHOLE): "commodity type, commodity",
    ("num_of_pieces", Part.WHOLE): "num of pieces, pieces, num pieces, number of pieces, piece count",
    ("miles", Part.WHOLE): "miles, distance, distance (miles), mileage",
    ("dimensions", Part.WHOLE): "dimensions, dimension, dims",
    ("status", Part.WHOLE): "status, load status",
}


def test_a_column_has_every_name_that_people_give_it() -> None:
    """Whatever the case, and the blanks and marks between words."""
    for (column, part), headings in HEADINGS.items():
        for heading in headings.split(", "):
            for spelled in (heading, heading.upper(), heading.replace(" ", "_"), heading.replace(" ", "")):
                assert meaning_of(spelled) == Meaning(column, part), spelled


@pytest.mark.parametrize("heading", ["", "city", "state", "date", "time", "carrier", "created_at", "calls"])
def test_what_may_be_of_either_end_or_of_no_load_means_nothing(heading: str) -> None:
    """Nobody should guess."""
    assert meaning_of(heading) is None


def test_the_columns_stand_in_groups() -> None:
    """In the order of the table: what a new load needs, what has a rate, what stands in two cells."""
    required = ("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type")
    in_table = (
        *(*required, "loadboard_rate", "notes", "weight", "commodity_type", "num_of_pieces", "miles"),
        *("dimensions", "status"),
    )
    assert (*required, "loadboard_rate") == columns.REQUIRED
    assert in_table == columns.IN_TABLE
    assert tuple(columns.COLUMNS) == (*in_table[:7], "ceiling", *in_table[7:])
    assert columns.RATES == ("loadboard_rate", "ceiling")
    assert {"ceiling"} == columns.BESIDE
    assert {"notes", "commodity_type", "dimensions"} == columns.FREE_TEXTS
    assert columns.IN_TWO_CELLS == ("origin", "destination", "pickup_datetime", "delivery_datetime")
