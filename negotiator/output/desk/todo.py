"""How it is printed whom to ring."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.output.report.text import markdown_table
from negotiator.output.tables import text
from negotiator.output.times import local_zone, zone_name
from negotiator.reports.todo import Todo, Why
from negotiator.values.money import dollars_and_per_mile

_COLUMNS = (
    Column("Why", folds=13),
    Column("Load"),
    Column("Lane", folds=12, rank=4),
    Column("Pick-up", rank=2),
    Column("Posted", folds=11, rank=3),
    Column("Carrier", folds=12),
    Column("Phone"),
    Column("Asked", folds=11),
    Column("Our counter", folds=11, rank=1),
    Column("Expires", rank=5),
    Column("Barred", folds=14, rank=2),
    Column("Call", rank=1),
)


def print_todo(found: Sequence[Todo], form: Format) -> None:
    """Print whom to ring; of nobody, nothing but words."""
    if form is not Format.TABLE:
        printing.rows([contract.data(item, contract.TODO) for item in found], contract.TODO, form)
    else:
        printing.table(_COLUMNS, [_cells(item) for item in found])
    _say_nobody(found)


def print_markdown(found: Sequence[Todo]) -> None:
    """Print the same as a Markdown table."""
    if found:
        rows = [_cells(item) for item in found]
        zone = local_zone()
        moments = [cell for row in rows for cell in row if isinstance(cell, datetime)]
        printing.lines(
            [
                f"## To do (times: {zone_name(zone, moments)})\n" if moments else "## To do\n",
                markdown_table(
                    [column.heading for column in _COLUMNS],
                    [[text(cell, zone) for cell in row] for row in rows],
                ),
            ]
        )
    _say_nobody(found)


def _say_nobody(found: Sequence[Todo]) -> None:
    if not found:
        printing.say("Nobody to ring.")


def _cells(item: Todo) -> list[object]:
    amounts = [
        None if amount is None else dollars_and_per_mile(amount, item.miles)
        for amount in (item.posted_rate, item.last_ask, item.standing_counter)
    ]
    who = ", ".join(filter(None, [item.carrier_mc_number, item.company_name]))
    return [
        ", ".join(map(_words, item.reasons)),
        item.load_id,
        f"{item.origin or ''} to {item.destination or ''}",
        item.pickup_datetime,
        amounts[0],
        who or (f"call {item.call_id}" if item.call_id else "nobody yet"),
        item.phone,
        *amounts[1:],
        item.expires_at,
        item.barred,
        item.call_id,
    ]


def _words(why: Why) -> str:
    match why:
        case Why.COUNTER:
            return "no answer yet"
        case Why.TRANSFER:
            return "a person decides"
        case Why.EXPIRES:
            return "expires soon"
        case Why.PICKUP:
            return "picks up soon"
        case _:
            assert_never(why)
