"""``negotiator load add`` and ``negotiator load set``: the values of one load."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import completion, options
from negotiator.cli.usage import UsageError
from negotiator.errors import InvalidLoadsError
from negotiator.loads.filters import LoadStatus
from negotiator.output import printing
from negotiator.output.loads import print_load
from negotiator.values.timestamps import utc_now

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LoadID = Annotated[str, typer.Argument(help="The load's ID.", metavar="LOAD_ID")]
KnownLoadID = Annotated[
    str, typer.Argument(help="The load's ID.", metavar="LOAD_ID", autocompletion=completion.load_ids)
]
_COLUMNS = {
    "LOAD_ID": "load_id",
    "--origin": "origin",
    "--destination": "destination",
    "--pickup": "pickup_datetime",
    "--delivery": "delivery_datetime",
    "--equipment": "equipment_type",
    "--rate": "loadboard_rate",
    "--ceiling": "ceiling",
    "--notes": "notes",
    "--weight": "weight",
    "--commodity": "commodity_type",
    "--pieces": "num_of_pieces",
    "--miles": "miles",
    "--dimensions": "dimensions",
    "--status": "status",
}
"""The column that each value is for."""


@contextmanager
def _errors_name_options() -> Iterator[None]:
    """Name in an error what was typed, where the library names the column that it is for."""
    try:
        yield
    except InvalidLoadsError as problem:
        named = {column: name for name, column in _COLUMNS.items()}
        ours, quoted = re.split("(?=['\"])|$", problem.message, maxsplit=1)  # what is quoted was typed
        words = re.sub(r"\w+", lambda word: named.get(word[0], word[0]), ours)
        raise InvalidLoadsError(words + quoted, problem.hint) from None


def _meant(typed: str | None, now: datetime, zone: "ZoneInfo | None") -> datetime | str | None:
    """Return the moment that tomorrow or 24h means; all else is as files have it: it may be a window."""
    from negotiator.values.typed_times import Toward, parse_relative

    return None if typed is None else parse_relative(typed, now, zone, Toward.FUTURE) or typed


def _given(typed: Mapping[str, str | None], now: datetime, zone: "ZoneInfo | None") -> dict[str, object]:
    """Return what was typed, by column. Raises UsageError for an empty ceiling: it is an unset variable."""
    if typed.get("--ceiling") == "":
        raise UsageError("--ceiling is empty", "give an amount, or leave it out")
    given: dict[str, object] = {_COLUMNS[name]: text for name, text in typed.items()}
    times = [name for name in ("--pickup", "--delivery") if name in typed]
    return given | {_COLUMNS[name]: _meant(typed[name], now, zone) for name in times}


def value(name: str, text: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    """Return an option that takes a text."""
    option: typer.models.OptionInfo = typer.Option(name, help=text, metavar=metavar, show_default=False)
    return option


Ceiling = Annotated[
    str | None, value("--ceiling", "The most to pay for this load; never told to a carrier.", "AMOUNT")
]
Notes = Annotated[str | None, value("--notes", "A note to keep with the load.")]
Weight = Annotated[str | None, value("--weight", "Pounds.", "NUMBER")]
Commodity = Annotated[str | None, value("--commodity", "What is carried.")]
Pieces = Annotated[str | None, value("--pieces", "How many.", "N")]
Miles = Annotated[str | None, value("--miles", "How far.", "NUMBER")]
Dimensions = Annotated[str | None, value("--dimensions", "How large.")]


def add(
    load_id: LoadID,
    origin: Annotated[str, value("--origin", "Where it is picked up.")],
    destination: Annotated[str, value("--destination", "Where it goes.")],
    pickup: Annotated[str, value("--pickup", "When: a date, a time, tomorrow, monday 8:00.", "TIME")],
    delivery: Annotated[str, value("--delivery", "When, not before the pick-up.", "TIME")],
    equipment: Annotated[str, value("--equipment", "The trailer.")],
    rate: Annotated[str, value("--rate", "The posted rate, US dollars.", "AMOUNT")],
    ceiling: Ceiling = None,
    notes: Notes = None,
    weight: Weight = None,
    commodity: Commodity = None,
    pieces: Pieces = None,
    miles: Miles = None,
    dimensions: Dimensions = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Add one load, available to be negotiated."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.loads.board import add_load
    from negotiator.storage.database import LoadsFile

    typed = {
        "LOAD_ID": load_id,
        "--origin": origin,
        "--destination": destination,
        "--pickup": pickup,
        "--delivery": delivery,
        "--equipment": equipment,
        "--rate": rate,
        "--ceiling": ceiling,
        "--notes": notes,
        "--weight": weight,
        "--commodity": commodity,
        "--pieces": pieces,
        "--miles": miles,
        "--dimensions": dimensions,
    }
    now, zone = utc_now(), options.desk_zone()
    with LoadsFile.open(db) as file, _errors_name_options():
        added = add_load(file, _given(typed, now, zone), now=now, zone=zone, by=options.user())
    print_load(added, form)


def set_(
    load_id: KnownLoadID,
    rate: Annotated[str | None, value("--rate", "The posted rate, US dollars.", "AMOUNT")] = None,
    ceiling: Ceiling = None,
    no_ceiling: Annotated[
        bool, typer.Option("--no-ceiling", help="Take its ceiling away: the policy's counts.")
    ] = False,
    origin: Annotated[str | None, value("--origin", "Where it is picked up.")] = None,
    destination: Annotated[str | None, value("--destination", "Where it goes.")] = None,
    pickup: Annotated[str | None, value("--pickup", "When it is picked up.", "TIME")] = None,
    delivery: Annotated[str | None, value("--delivery", "When it is delivered.", "TIME")] = None,
    equipment: Annotated[str | None, value("--equipment", "The trailer.")] = None,
    notes: Notes = None,
    weight: Weight = None,
    commodity: Commodity = None,
    pieces: Pieces = None,
    miles: Miles = None,
    dimensions: Dimensions = None,
    status: Annotated[
        LoadStatus | None, value("--status", "available, booked or completed.", "STATUS")
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Change a load. What is not given stays; an empty text takes a value away."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.loads.change import set_load
    from negotiator.storage.database import LoadsFile

    values = {
        "--rate": rate,
        "--ceiling": ceiling,
        "--origin": origin,
        "--destination": destination,
        "--pickup": pickup,
        "--delivery": delivery,
        "--equipment": equipment,
        "--notes": notes,
        "--weight": weight,
        "--commodity": commodity,
        "--pieces": pieces,
        "--miles": miles,
        "--dimensions": dimensions,
        "--status": status,
    }
    typed = {name: text for name, text in values.items() if text is not None}
    if no_ceiling and ceiling is not None:
        raise UsageError("--ceiling and --no-ceiling cannot be used together", "leave one of them out")
    if not typed and not no_ceiling:
        raise UsageError("nothing was given to change", "give a value, as in --ceiling 2400")
    now, zone = utc_now(), options.desk_zone()
    given = _given(typed, now, zone) | ({"ceiling": None} if no_ceiling else {})
    with LoadsFile.open(db) as file, _errors_name_options():
        changed = set_load(file, load_id, given, now=now, zone=zone, by=options.user())
    print_load(changed, form)
    if changed.ceiling and changed.loadboard_rate and changed.ceiling < changed.loadboard_rate:
        printing.say(LOW_CEILINGS.format(loads=changed.load_id))


LOW_CEILINGS = "Posted above their ceiling now, so that a person decides: {loads}."
