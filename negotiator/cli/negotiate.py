"""``negotiator negotiate``."""

from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.rounds import print_answer

EXAMPLES = """Examples:

negotiator negotiate 2 2300 --session "$(negotiator generate-id)"

negotiator negotiate 2 '$2,250.00' --notes 'wants fuel paid' --json

negotiator negotiate 2 2250 --dry-run --explain"""


def negotiate(
    call_id: options.CallID,
    ask: Annotated[str, typer.Argument(help="What the carrier wants, US dollars.", metavar="ASK")],
    session: options.Session = None,
    notes: Annotated[
        str | None, typer.Option("--notes", help="A note to keep with the round.", metavar="TEXT")
    ] = None,
    ceiling: Annotated[
        str | None,
        typer.Option(
            "--ceiling", help="The most to pay, this once, instead of the desk's ceiling.", metavar="AMOUNT"
        ),
    ] = None,
    allow_outlier: Annotated[
        bool, typer.Option("--allow-outlier", help="Take an ask far from the posted rate.")
    ] = False,
    dry_run: options.DryRun = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the ceiling, the reason and the figures.")
    ] = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Answer a carrier's ask: accept it, counter it, or hand the call to a person. Records the round.

    A desk's policy: NEGOTIATOR_CEILING_PERCENT (10), NEGOTIATOR_ROUNDS (3), NEGOTIATOR_FIRMNESS (1.5),
    NEGOTIATOR_INCREMENT (5 dollars). In a shell, put an amount with $ in single quotes.
    """
    form = options.chosen(form, as_json)
    from negotiator.service import CallHandlingService

    with CallHandlingService.open(db) as service:
        answer = service.negotiate(
            call_id,
            ask,
            session,
            notes=notes,
            ceiling=ceiling,
            allow_outlier=allow_outlier,
            dry_run=dry_run,
        )
    print_answer(answer, form, explain=explain, dry_run=dry_run)
