"""``negotiator session``: rounds that belong together."""

from typing import Annotated

import typer

from negotiator import output
from negotiator.cli import options
from negotiator.cli.root import HELP_NAMES, UsageError
from negotiator.cli.rounds import print_rounds
from negotiator.output import Format
from negotiator.session_id import require_session_id

app = typer.Typer(
    help="Sessions: rounds that belong together.",
    context_settings=HELP_NAMES,
    epilog="Example:\n\nnegotiator session history sess_20250820224530_abc123",
)


@app.command(
    epilog="Examples:\n\nnegotiator session history sess_20250820224530_abc123\n\n"
    "negotiator session history sess_20250820224530_abc123 --format csv\n\n"
    "negotiator session history sess_20250820224530_abc123 --chart"
)
def history(
    session_id: options.SessionID,
    chart: Annotated[
        bool, typer.Option("--chart", help="Draw asks and counters closing in on each other.")
    ] = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Print the rounds of a session, oldest first."""
    form = options.chosen(form, as_json)
    if chart and form is not Format.TABLE:
        raise UsageError(f"--chart and --format {form} can't both be had", "leave one of them out")
    require_session_id(session_id)  # before the file is opened
    from negotiator.service import CallHandlingService

    with CallHandlingService.open(db) as service:
        rounds = service.session_history(session_id)
    if chart and rounds:
        output.picture(rounds)
    else:
        print_rounds(rounds, form, known="Session")
