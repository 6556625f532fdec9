"""``negotiator negotiate``."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.notices import say_notices
from negotiator.cli.usage import UsageError
from negotiator.negotiation.models import Answer
from negotiator.output.rounds import notice_facts, print_answer
from negotiator.values.ids import generate_session_id

if TYPE_CHECKING:
    from negotiator.reports.lane import Past
    from negotiator.storage.database import LoadsFile

EXAMPLES = examples(
    'negotiator negotiate 2 2300 --session "$(negotiator generate-id)"',
    "negotiator negotiate 2 '$2,250.00' --notes 'wants fuel paid' --json",
    "negotiator negotiate 2 --new-session   # at the phone: one ask after another",
)

app = Commands()


@app.command("negotiate", epilog=EXAMPLES)
def negotiate(
    call_id: options.CallID,
    ask: Annotated[
        str | None,
        typer.Argument(
            help="What the carrier wants: US dollars, or 2.35/mi.",
            metavar="[ASK]",
            show_default=False,
        ),
    ] = None,
    session: options.Session = None,
    new_session: Annotated[
        bool, typer.Option("--new-session", help="Start a session, and show its ID.")
    ] = False,
    notes: Annotated[
        str | None, typer.Option("--notes", help="A note to keep with the round.", metavar="TEXT")
    ] = None,
    ceiling: Annotated[
        str | None,
        typer.Option("--ceiling", help="The most to pay this time.", metavar="AMOUNT"),
    ] = None,
    allow_outlier: Annotated[
        bool, typer.Option("--allow-outlier", help="Take an ask far from the posted rate.")
    ] = False,
    allow_carrier: options.AllowCarrier = False,
    reason: options.AllowReason = None,
    request_id: Annotated[
        str | None,
        typer.Option(
            "--request-id",
            help="Sent again with the same, an ask gets the same answer.",
            metavar="TEXT",
        ),
    ] = None,
    dry_run: options.DryRun = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the ceiling and the arithmetic.")] = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Accept it, counter it, or hand the call to a person, and record the round.

    `negotiator policy show --call CALL_ID` shows by what policy. In a shell, put an amount with $ in single
    quotes.

    At the phone, leave ASK out, and type one ask after another. With a ! after it, an ask may be an outlier:
    6000!. An empty line, Ctrl-D or Ctrl-C leaves; what was said stays on record.
    """
    form = options.chosen(form, as_json, csv_safe)
    allowed = options.allowance(allow_carrier, reason)
    if ask is None:
        from negotiator.cli import phone

        phone.require_phone(form, dry_run=dry_run, request_id=request_id)
    if session is not None and new_session:
        raise UsageError("--session and --new-session cannot be used together", "leave one of them out")
    if request_id is not None and new_session:
        hint = "give a session ID with --session: sent again with another one, it would be another ask"
        raise UsageError("--request-id and --new-session cannot be used together", hint)
    options.warn_of_unknown_settings()
    if os.environ.get("NEGOTIATOR_URL"):
        from negotiator.cli import far
        from negotiator.negotiation.ask import parse_ask

        far.refuse(ceiling=ceiling, explain=explain, allow_carrier=allow_carrier)
        if ask is None:
            raise UsageError("asks cannot be typed one after another far away", "give the ask after the call")
        given = parse_ask(
            call_id,
            ask,
            generate_session_id() if new_session else None,
            notes=notes,
            allow_outlier=allow_outlier,
            request_id=request_id,
        )
        far.negotiate(given, form, typed_session=session, call_id=call_id, dry_run=dry_run)
        return
    session = generate_session_id() if new_session else session
    from negotiator.negotiation.ask import answer_ask, parse_ask
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    source = PolicySource.from_environment(os.environ)

    tells_past = explain or ask is None
    past: Past | None = None

    def answering(ask: str, allow: bool, dry_run: bool = False) -> Answer:
        nonlocal session, past
        with LoadsFile.open(db) as file:  # anew for each ask: nothing is held between two
            session = options.session_of(file, session, call_id)
            given = parse_ask(
                call_id,
                ask,
                session,
                notes=notes,
                ceiling=ceiling,
                allow_outlier=allow_outlier or allow,
                allow_carrier=allowed,
                request_id=request_id,
            )
            answer = answer_ask(file, given, source, record=not dry_run)
            if tells_past and past is None:
                past = _past(file, answer)
            return answer

    if ask is None:
        from negotiator.cli import phone

        first = answering(phone.LEAST_ASK, True, True)
        options.warn_of_overruled_settings(first.terms.version)
        phone.take_asks(first, answering, past, explain=explain)
    else:
        answer = answering(ask, False, dry_run)
        print_answer(answer, form, explain=explain, dry_run=dry_run, past=past)
        options.warn_of_overruled_settings(answer.terms.version)
        say_notices(notice_facts(answer))


def _past(file: "LoadsFile", answer: Answer) -> "Past":
    """Return what the file has on record of the load's lane and of the carrier: it decides nothing."""
    from negotiator.reports.lane import past_of

    return past_of(file, answer.load, answer.call and answer.call.carrier_mc_number)
