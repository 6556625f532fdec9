"""``negotiator call``: phone calls with carriers."""

from dataclasses import asdict
from typing import Annotated

import typer

from negotiator import output
from negotiator.cli import options
from negotiator.cli.root import HELP_NAMES
from negotiator.cli.rounds import print_rounds
from negotiator.session_id import require_session_id

app = typer.Typer(
    help="Calls: phone calls with carriers.",
    context_settings=HELP_NAMES,
    epilog="Example:\n\nnegotiator call history 2",
)


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
    print_rounds(rounds, form, known="Call")


@app.command(epilog="Example:\n\nnegotiator call reopen 2 --reason 'typed 1200, meant 2200'")
def reopen(
    call_id: options.CallID,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept on record.", metavar="TEXT")],
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Take back the agreement of a call: the load is available again, and the negotiation goes on."""
    form = options.chosen(form, as_json)
    from negotiator.service import CallHandlingService

    with CallHandlingService.open(db) as service:
        done = service.reopen_call(call_id, reason)
    output.record(asdict(done), form)
    if done.load_status not in {"available", None}:
        output.say(f"Load {done.load_id} is still {done.load_status}: another call has an agreement on it.")
