"""``negotiator load``: the shipments that are negotiated about."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import load_values, options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.load_values import KnownLoadID, value
from negotiator.loads.filters import LoadFilter, LoadOrder, LoadStatus
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.loads import booking, print_load, print_loads
from negotiator.records.formats import FileFormat
from negotiator.values.timestamps import utc_now

if TYPE_CHECKING:
    pass

app = Commands(
    examples("negotiator load list --status available", "negotiator load import board.csv"),
    common=["list", "show"],
)

_MOST = 1_000_000_000


@app.command(
    "import",
    epilog=examples(
        "negotiator load import board.csv --update",
        "negotiator load import board.csv --map 'Ref #=load_id' --tz America/Chicago",
        "negotiator load list --format jsonl | negotiator load import - --db other.db",
    ),
)
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, a JSON array or JSON lines; - is standard input.", metavar="FILE", readable=False
        ),
    ],
    form: Annotated[
        FileFormat | None,
        typer.Option(
            "--format", help="The format of FILE, if its content does not tell.", show_default=False
        ),
    ] = None,
    update: Annotated[
        bool,
        typer.Option("--update", help="Change loads that are there already. Blank values change nothing."),
    ] = False,
    ignore_unknown: Annotated[
        bool, typer.Option("--ignore-unknown", help="Leave out columns that a load does not have.")
    ] = False,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="What a heading means, as in 'Ref #=load_id'.", metavar="HEADING=COLUMN"),
    ] = None,
    defaults: Annotated[
        list[str] | None,
        typer.Option(
            "--default", help="A value for new loads where theirs is blank.", metavar="COLUMN=VALUE"
        ),
    ] = None,
    tz: options.TimeZone = None,
    db: options.Database = options.DEFAULT_DATABASE,
    output_form: Annotated[
        Format | None,
        typer.Option(
            "--output-format",
            help=options.FORMATS,
            metavar="FORM",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --output-format json.")] = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Add the loads of a file, all or none. Loads that are there already are left as they are.

    Headings may be spelled as people do: rate, load #, origin city and origin state, pickup date and pickup
    time, trailer. Dates are ISO (2025-08-21 08:00) or US (8/21/2025 8:00 AM).
    """
    output_form = options.chosen(output_form, as_json, csv_safe, option="--output-format")
    options.collect_garbage()
    from negotiator.loads.importing.importer import import_loads
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as opened, printing.progress() as progress:
        done = import_loads(
            opened,
            file,
            now=utc_now(),
            form=form,
            update=update,
            ignore_unknown=ignore_unknown,
            mapping=options.pairs("--map", mapping, mark_from_the_right=True),
            defaults=options.pairs("--default", defaults),
            zone=options.desk_zone(tz),
            by=options.user(),
            progress=progress,
        )
    printing.record(contract.data(done, contract.IMPORTED), output_form)
    if done.ignored:
        printing.say(f"Left out, because a load has no such column: {', '.join(done.ignored)}.")
    if done.not_opened:
        printing.say(f"Not made available, because a rate is agreed: {', '.join(done.not_opened)}.")
    if done.low_ceilings:
        printing.say(load_values.LOW_CEILINGS.format(loads=", ".join(done.low_ceilings)))


app.command(
    "add",
    epilog=examples(
        "negotiator load add LD100 --origin 'Reno, NV' --destination 'Boise, ID' \\",
        "    --pickup '8/21/2025 8:00 AM' --delivery 2025-08-22 \\",
        "    --equipment Reefer --rate 2100 --ceiling 2400",
    ),
)(load_values.add)
app.command(
    "set",
    epilog=examples("negotiator load set LD002 --ceiling 2400", "negotiator load set LD002 --rate 2150"),
)(load_values.set_)


def _span(first: str | None, last: str | None) -> "tuple[datetime | None, datetime | None]":
    """Return the moments at which pick-ups begin and end to be wanted, in the desk's zone; None is any."""
    if first is None and last is None:
        return None, None
    from negotiator.values.typed_times import Toward, parse_typed, parse_typed_end

    when = utc_now(), options.desk_zone(), Toward.FUTURE
    return (
        None if first is None else parse_typed(first, *when),
        None if last is None else parse_typed_end(last, *when),
    )


@app.command(
    "list",
    epilog=examples(
        "negotiator load list --status available --origin chicago",
        "negotiator load list --min-rate 1500 --sort rate --desc --json",
    ),
)
def list_(
    origin: Annotated[str | None, value("--origin", "Part of where it is picked up.")] = None,
    destination: Annotated[str | None, value("--destination", "Part of where it goes.")] = None,
    equipment: Annotated[str | None, value("--equipment", "Part of the trailer's name.")] = None,
    status: Annotated[
        LoadStatus | None, value("--status", "available, booked or completed.", "STATUS")
    ] = None,
    min_rate: Annotated[str | None, value("--min-rate", "Posted for at least this.", "AMOUNT")] = None,
    max_rate: Annotated[str | None, value("--max-rate", "Posted for at most this.", "AMOUNT")] = None,
    pickup_from: Annotated[str | None, value("--pickup-from", "Picked up then or later.", "TIME")] = None,
    pickup_to: Annotated[
        str | None, value("--pickup-to", "Picked up then or earlier; a date is all day.", "TIME")
    ] = None,
    order: Annotated[LoadOrder, typer.Option("--sort", help="What to sort by.")] = LoadOrder.PICKUP,
    descending: Annotated[bool, typer.Option("--desc", help="The latest or the highest first.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, max=_MOST, help="At most N; 0 is all.", metavar="N")
    ] = 50,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List loads: all, or those that fit. Upper and lower case are the same."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.loads.board import list_loads
    from negotiator.storage.database import LoadsFile
    from negotiator.values.money import parse_amount

    first, last = _span(pickup_from, pickup_to)
    wanted = LoadFilter(
        origin=origin,
        destination=destination,
        equipment=equipment,
        status=status,
        min_rate=None if min_rate is None else parse_amount(min_rate),
        max_rate=None if max_rate is None else parse_amount(max_rate),
        pickup_from=first,
        pickup_before=last,
        order=order,
        descending=descending,
        limit=limit + 1 if limit else 0,
    )
    with LoadsFile.open(db) as file:
        loads = list_loads(file, wanted)
    print_loads(loads[: limit or None], form)
    if limit and len(loads) > limit:
        printing.say("There are more; --limit 0 prints all.")


@app.command("show", epilog=examples("negotiator load show LD001", "negotiator load show LD001 --json"))
def show(
    load_id: KnownLoadID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show a load, its calls and its best ask. The best ask is the lowest one."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.loads.board import show_load
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        found = show_load(file, load_id)
        if form is not Format.TABLE:
            print_load(found, form)
            return
        from negotiator.conversations.load_calls import load_calls
        from negotiator.reports.lane import past_of

        calls = load_calls(file, found.load_id)
        past = past_of(file, found, None)
    print_load(found, form, calls, past)


@app.command("offers", epilog=examples("negotiator load offers LD001", "negotiator load offers LD001 --json"))
def offers(
    load_id: KnownLoadID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show who asks how much for a load.

    That is every carrier's last ask, the cheapest first.

    An offer is open, accepted, handed over, fell through, reopened (its deal was a slip), or ended: the call
    was rejected or abandoned, or its session closed. Barred says why a carrier must not be used.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.negotiation.offers.board import load_offers
    from negotiator.output.carriers.offers import print_offers
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        found = load_offers(file, load_id, now=utc_now())
    print_offers(found, form)


@app.command(
    "cancel", epilog=examples("negotiator load cancel LD001 --reason 'the shipper moved it to rail'")
)
def cancel(
    load_id: KnownLoadID,
    reason: options.Reason,
    by: Annotated[
        str | None, typer.Option("--by", help="Who cancels it; you unless said.", metavar="NAME")
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Take a load off the board.

    Other programs see it as completed, a status that they know. Why, when and by whom is kept, and its
    sessions are ended. `negotiator load set LOAD_ID --status available` puts it back.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.loads.change import cancel_load
    from negotiator.storage.database import LoadsFile

    person = options.person(by)
    with LoadsFile.open(db) as file:
        done = cancel_load(file, load_id, reason, now=utc_now(), by=person)
    booked = done.booked_by
    shown = contract.data(done, contract.CANCELLED)
    shown["booked_by"] = None if booked is None else contract.data(booked, contract.BOOKING)
    printing.record(shown, form)
    if booked is not None:
        printing.say(f"Note: {booking(booked)}, has it: its deal stays on record. Tell it.")


@app.command(
    "lane",
    epilog=examples(
        "negotiator load lane 'Chicago, IL' 'Dallas, TX' --equipment reefer", "negotiator load lane CA TX"
    ),
)
def lane(
    origin: Annotated[str, typer.Argument(help="A city, a state, or both: 'Chicago, IL'.", metavar="ORIGIN")],
    destination: Annotated[str, typer.Argument(help="The same.", metavar="DESTINATION")],
    equipment: Annotated[str | None, value("--equipment", "Words of the trailer's name.")] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show what a lane has cost. The file's own record tells it: deals, their quartiles, how old they are.

    Of fewer than five negotiations nothing is said.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.output.report.lane import print_lane
    from negotiator.reports.lane import lane_past
    from negotiator.storage.database import LoadsFile
    from negotiator.values.places import parse_place

    for place in (origin, destination):
        parse_place(place)
    with LoadsFile.open(db) as file:
        past = lane_past(file, origin, destination, equipment)
    print_lane(past, form)
