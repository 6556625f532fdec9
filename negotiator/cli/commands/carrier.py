"""``negotiator carrier``: whom we may use."""

from pathlib import Path
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.notices import unknown_status
from negotiator.cli.usage import UsageError
from negotiator.output import contract, printing
from negotiator.output.carriers.carriers import print_carrier, print_carriers
from negotiator.values.timestamps import utc_now

app = Commands(
    examples(
        "negotiator carrier show MC401122", "negotiator carrier block MC401122 --reason 'double brokering'"
    ),
    common=["list", "show"],
)

Number = Annotated[
    str, typer.Argument(help="An MC number, or a DOT number as in 'DOT 1234567'.", metavar="MC")
]
By = Annotated[str | None, typer.Option("--by", help="Who does it; you unless said.", metavar="NAME")]


def _text(name: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=text, metavar="TEXT", show_default=False)
    return option


@app.command(
    "list",
    epilog=examples(
        "negotiator carrier list --name 'blue mesa'", "negotiator carrier list --blocked --format csv"
    ),
)
def list_(
    name: Annotated[str | None, _text("--name", "Part of the company's name.")] = None,
    blocked: Annotated[bool, typer.Option("--blocked", help="Only those that are blocked now.")] = False,
    limit: options.Limit = 50,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List carriers, by number.

    Barred says why one must not be used: it is blocked, or its status forbids it to haul.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.carriers.directory import list_carriers
    from negotiator.carriers.models import CarrierFilter
    from negotiator.storage.database import LoadsFile

    wanted = CarrierFilter(name, blocked, limit + 1 if limit else 0)
    with LoadsFile.open(db) as file:
        found = list_carriers(file, wanted, now=utc_now())
    print_carriers(found[: limit or None], form)
    if limit and len(found) > limit:
        printing.say("There are more; --limit 0 prints all.")


@app.command(
    "show", epilog=examples("negotiator carrier show MC401122", "negotiator carrier show 401122 --json")
)
def show(
    number: Number,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show a carrier.

    That is how to reach it, whether it may be used, its calls and deals, how far it usually comes down from
    its first ask (from five deals on), its last rates and its blocks.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.reports.carrier_card import show_carrier
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        card = show_carrier(file, number, now=utc_now())
    print_carrier(card, form)
    if card.unknown_status is not None:
        printing.say(unknown_status(card.mc_number, card.unknown_status))


@app.command(
    "set",
    epilog=examples(
        "negotiator carrier set MC401122 --phone '312 555-0100' --status active",
        "negotiator carrier set MC401122 --dot 1234567 --verified",
    ),
)
def set_(
    number: Number,
    company: Annotated[str | None, _text("--company", "The company's name.")] = None,
    status: Annotated[str | None, _text("--status", "Such as active, or revoked.")] = None,
    phone: Annotated[str | None, _text("--phone", "Its phone number.")] = None,
    email: Annotated[str | None, _text("--email", "Its email address.")] = None,
    address: Annotated[str | None, _text("--address", "Where it is.")] = None,
    dot: Annotated[str | None, _text("--dot", "Its DOT number.")] = None,
    verified: Annotated[
        bool | None,
        typer.Option("--verified/--not-verified", help="Whether it was vetted.", show_default=False),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Change a carrier.

    What is not given stays; an empty text takes a value away.
    """
    form = options.chosen(form, as_json, csv_safe)
    texts = {
        "company_name": company,
        "status": status,
        "phone": phone,
        "email": email,
        "address": address,
        "dot_number": dot,
    }
    given: dict[str, str | bool] = {name: text for name, text in texts.items() if text is not None}
    given |= {} if verified is None else {"is_verified": verified}
    if not given:
        raise UsageError("nothing was given to change", "give a value, as in --phone '312 555-0100'")
    from negotiator.carriers.directory import set_carrier
    from negotiator.reports.carrier_card import show_carrier
    from negotiator.storage.database import LoadsFile

    now = utc_now()
    with LoadsFile.open(db) as file:
        changed = set_carrier(file, number, given, now=now, by=options.user())
        card = show_carrier(file, changed.mc_number, now=now)
    print_carrier(card, form)
    if card.unknown_status is not None:
        printing.say(unknown_status(card.mc_number, card.unknown_status))


@app.command(
    "block",
    epilog=examples(
        "negotiator carrier block MC401122 --reason 'double brokering'",
        "negotiator carrier block MC401122 --reason 'no insurance' --until 30d",
    ),
)
def block(
    number: Number,
    reason: options.Reason,
    until: Annotated[
        str | None,
        typer.Option("--until", help="To the end of a day, or a time to come, as in 30d.", metavar="TIME"),
    ] = None,
    by: By = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Use a carrier no more.

    Calls, asks and deals of it are refused, unless a person allows one with --allow-carrier. Another block
    takes the place of one that holds.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.carriers.blocks import block_carrier
    from negotiator.storage.database import LoadsFile

    now, end = utc_now(), None
    if until is not None:
        from negotiator.values.typed_times import Toward, parse_typed_end

        end = parse_typed_end(until, now, options.desk_zone(), Toward.FUTURE)
    person = options.person(by)
    with LoadsFile.open(db) as file:
        done = block_carrier(file, number, reason, until=end, now=now, by=person)
    printing.record(contract.data(done, contract.BLOCKED), form)


@app.command("unblock", epilog=examples("negotiator carrier unblock MC401122"))
def unblock(
    number: Number,
    by: By = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Use a carrier again.

    Its blocks stay on record. What else forbids to use it is said.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.carriers.blocks import unblock_carrier
    from negotiator.storage.database import LoadsFile

    person = options.person(by)
    with LoadsFile.open(db) as file:
        done = unblock_carrier(file, number, now=utc_now(), by=person)
    printing.record(contract.data(done, contract.UNBLOCKED), form)
    if done.barred is not None:
        printing.say(f"Warning: carrier {done.mc_number} must not be used all the same: {done.barred}.")


@app.command(
    "import",
    epilog=examples(
        "negotiator carrier import vetting.csv",
        "negotiator carrier import vetting.csv --map 'Docket=mc_number' --json",
    ),
)
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV or JSON; - is standard input.", metavar="FILE", readable=False)
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="What a heading means, as in 'Docket=mc_number'.", metavar="HEADING=COLUMN"
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Take what a vetting service says.

    All of it, or none. Each carrier has an MC number or a DOT number, and a status, a phone number, a
    company's name, an email address or an address. New carriers are added; those that are there are changed,
    but blank values change nothing. Other columns are left out, and named.
    """
    options.collect_garbage()
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.carriers.importing import import_carriers
    from negotiator.storage.database import LoadsFile

    meanings = options.pairs("--map", mapping, mark_from_the_right=True)
    with LoadsFile.open(db) as opened, printing.progress() as progress:
        done = import_carriers(
            opened, file, now=utc_now(), mapping=meanings, by=options.user(), progress=progress
        )
    printing.record(contract.data(done, contract.IMPORTED_CARRIERS), form)
    if done.ignored:
        printing.say(f"Left out, because a carrier has no such column: {', '.join(done.ignored)}.")
    if done.barred:
        printing.say(f"Warning: must not be used: {', '.join(done.barred)}.")
    if done.unknown_statuses:
        printing.say(f"Warning: their status is a word not known here: {', '.join(done.unknown_statuses)}.")
