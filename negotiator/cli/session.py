"""``negotiator session``: rounds that belong together."""

import typer

from negotiator.cli import options
from negotiator.cli.root import HELP_NAMES
from negotiator.cli.rounds import print_rounds
from negotiator.session_id import require_session_id

app = typer.Typer(
    help="Sessions: rounds that belong together.",
    context_settings=HELP_NAMES,
    epilog="Example:\n\nnegotiator session history sess_20250820224530_abc123",
)


@app.command(
    epilog="Examples:\n\nnegotiator session history sess_20250820224530_abc123\n\n"
    "negotiator session history sess_20250820224530_abc123 --format csv"
)
def history(
    session_id: options.SessionID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Print the rounds of a session, oldest first."""
    form = options.chosen(form, as_json)
    require_session_id(session_id)  # before the file is opened
    from negotiator.service import CallHandlingService

    with CallHandlingService.open(db) as service:
        rounds = service.session_history(session_id)
    print_rounds(rounds, form, known="Session")
