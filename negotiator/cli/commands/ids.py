"""``negotiator generate-id`` and ``negotiator validate-id``."""

from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.values.ids import generate_session_id, generate_uuid_session_id, require_session_id

app = Commands()


@app.command("generate-id", epilog=examples("session=$(negotiator generate-id)"))
def generate_id(
    uuid: Annotated[
        bool, typer.Option("--uuid", help="16 random hex digits instead of time and letters.")
    ] = False,
    count: Annotated[int, typer.Option("--count", min=1, max=10_000, help="How many.", metavar="N")] = 1,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Print each on a line of its own."""
    form = options.chosen(form, as_json, csv_safe)
    make = generate_uuid_session_id if uuid else generate_session_id
    made = [make() for _ in range(count)]
    if form is Format.TABLE:
        printing.lines(made)
    else:
        printing.rows([{"session_id": session_id} for session_id in made], ["session_id"], form)


@app.command("validate-id", epilog=examples("negotiator validate-id sess_20250820224530_abc123 && echo good"))
def validate_id(
    session_id: Annotated[str, typer.Argument(help="The text to check.", metavar="ID")],
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Exit with 0 if it is one, and with 2 if it is not."""
    form = options.chosen(form, as_json, csv_safe)
    require_session_id(session_id)
    if form is Format.TABLE:
        printing.say(f"{session_id} is a valid session ID.")
    else:
        printing.record({"session_id": session_id, "valid": True}, form)
