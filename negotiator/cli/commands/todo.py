"""``negotiator todo``."""

from enum import StrEnum
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.values.timestamps import parse_length, utc_now

app = Commands()


class TodoFormat(StrEnum):
    """How a list of whom to ring is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    CSV_SAFE = "csv-safe"
    MD = "md"


@app.command("todo", epilog=examples("negotiator todo", "negotiator todo --ahead 48h --format md"))
def todo(
    ahead: Annotated[
        str,
        typer.Option(
            "--ahead", help="How soon an end or a pick-up is urgent: 90m, 24h, 2d.", metavar="LENGTH"
        ),
    ] = "24h",
    limit: options.Limit = 50,
    db: options.Database = options.DEFAULT_DATABASE,
    form: Annotated[
        TodoFormat | None,
        typer.Option(
            "--format", "-f", help="table, json, jsonl, csv or md.", metavar="FORM", show_default=False
        ),
    ] = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List whom to ring, and why.

    Counters without an answer, transfers just above the ceiling, sessions that expire, and loads that pick up
    soon and have no deal, with their best offer. By pick-up, the earliest first, then by posted rate,
    the dearest first. Ceilings are not told. Nothing is printed when there is nobody to ring.
    """
    chosen = options.chosen_of(TodoFormat, form, as_json, csv_safe)
    length = parse_length(ahead)
    from negotiator.output.desk.todo import print_markdown, print_todo
    from negotiator.reports.todo import todo as whom_to_ring
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        found = whom_to_ring(file, now=utc_now(), ahead=length, limit=limit and limit + 1)
    shown = found[: limit or None]
    if chosen is TodoFormat.MD:
        print_markdown(shown)
    else:
        print_todo(shown, Format(chosen))
    if len(found) > len(shown):
        printing.say(f"There is more than these {limit}; --limit 0 shows all.")
