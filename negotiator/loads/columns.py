"""The columns of a load, and what the people who fill in files call them."""

from enum import StrEnum
from typing import NamedTuple

from negotiator.errors import InvalidLoadsError
from negotiator.records.subject import Subject, normalize


class Part(StrEnum):
    """What a heading stands for: a whole value, or a half of one that stands in two columns."""

    WHOLE = "whole"
    CITY = "city"
    STATE = "state"
    DAY = "day"
    CLOCK = "time"


class Meaning(NamedTuple):
    """What a heading means: a column, or a part of one."""

    column: str
    part: Part = Part.WHOLE


class Column(NamedTuple):
    """A column: whether a new load needs it, and what people call it, or each half of it."""

    spellings: str
    required: bool = False
    city: str = ""
    state: str = ""
    day: str = ""
    clock: str = ""


COLUMNS = {
    "load_id": Column("load loadnumber loadno loadnum reference referencenumber ref id", required=True),
    "origin": Column(
        "from pickuplocation shipfrom",
        required=True,
        city="origincity fromcity pickupcity shippercity shipfromcity",
        state="originstate originst fromstate pickupstate pickupst shipperstate shipfromstate",
    ),
    "destination": Column(
        "to dest deliverylocation shipto",
        required=True,
        city="destinationcity destcity tocity deliverycity dropoffcity dropcity consigneecity receivercity"
        " shiptocity",
        state="destinationstate destinationst deststate destst tostate deliverystate deliveryst dropoffstate"
        " dropstate consigneestate receiverstate shiptostate",
    ),
    "pickup_datetime": Column(
        "pickup",
        required=True,
        day="pickupdate pickupday pudate shipdate",
        clock="pickuptime pickuphours pickupwindow pickupappt pickupappointment putime",
    ),
    "delivery_datetime": Column(
        "delivery dropoff",
        required=True,
        day="deliverydate deliveryday dropoffdate dropdate deldate",
        clock="deliverytime deliveryhours deliverywindow deliveryappt deliveryappointment dropofftime"
        " droptime deltime",
    ),
    "equipment_type": Column("equipment trailer trailertype", required=True),
    "loadboard_rate": Column("rate postedrate postedprice price", required=True),
    "ceiling": Column("maxbuy maxbuyrate maxrate maxpay"),
    "notes": Column("note comment comments"),
    "weight": Column("weightlbs lbs pounds"),
    "commodity_type": Column("commodity"),
    "num_of_pieces": Column("pieces numpieces numberofpieces piececount"),
    "miles": Column("distance distancemiles mileage"),
    "dimensions": Column("dimension dims"),
    "status": Column("loadstatus"),
}
"""The columns that a person gives, in the order of the table."""

RATES = ("loadboard_rate", "ceiling")
"""The columns that hold US dollars, and may be given for each mile."""
BESIDE = frozenset(("ceiling",))
"""The columns that stand beside the table, where other programs do not see them."""
IN_TABLE = tuple(name for name in COLUMNS if name not in BESIDE)
REQUIRED = tuple(name for name, column in COLUMNS.items() if column.required)
FREE_TEXTS = frozenset(("notes", "commodity_type", "dimensions"))
"""The columns whose text is kept as it is."""
IN_TWO_CELLS = tuple(name for name, column in COLUMNS.items() if column.state or column.clock)
"""The columns whose value may stand in two cells: a city and its state, or a day and a time of day."""
DERIVED = (
    *("created_at", "updated_at", "calls", "best_ask", "booked_by", "offers"),
    *("cancelled_at", "cancelled_by", "cancel_reason"),
)
"""What a load that is shown has besides. An import leaves it out."""


def _meanings() -> dict[str, Meaning]:
    found = {}
    for name, column in COLUMNS.items():
        found[name.replace("_", "")] = Meaning(name)
        parts = {
            Part.WHOLE: column.spellings,
            Part.CITY: column.city,
            Part.STATE: column.state,
            Part.DAY: column.day,
            Part.CLOCK: column.clock,
        }
        for part, spellings in parts.items():
            found |= dict.fromkeys(spellings.split(), Meaning(name, part))
    return found


_MEANINGS = _meanings()
LOADS = Subject("load", "loads", InvalidLoadsError, _MEANINGS)
"""What a file of loads is about."""


def meaning_of(heading: str) -> Meaning | None:
    """Return what a heading means, None for nothing that a load has."""
    return _MEANINGS.get(normalize(heading))
