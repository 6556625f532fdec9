"""``negotiator call``: phone calls with carriers."""

import typer

from negotiator.cli import options
from negotiator.cli.root import HELP_NAMES
from negotiator.cli.rounds import print_rounds
from negotiator.session_id import require_session_id

app = typer.Typer(help="Calls: phone calls with carriers.", context_settings=HELP_NAMES)


@app.command(epilog="Examples:\n\nnegotiator call history 2\n\nnegotiator call history 2 --json")
def history(
    call_id: options.CallID,
    session: options.Session = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Print the rounds of a call, oldest first; with --session those of that session."""
    form = options.chosen(form, as_json)
    if session is not None:
        require_session_id(session)  # before the file is opened
    from negotiator.service import CallHandlingService

    with CallHandlingService.open(db) as service:
        rounds = service.call_history(call_id, session)
    print_rounds(rounds, form)
