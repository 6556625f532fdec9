"""``negotiator negotiate``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import completion, options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.line import Line
from negotiator.cli.notices import say_notices
from negotiator.cli.usage import UsageError
from negotiator.output.rounds import notice_facts, print_answer
from negotiator.values.ids import generate_session_id

if TYPE_CHECKING:
    from datetime import timedelta

EXAMPLES = examples(
    'negotiator negotiate 2 2300 --session "$(negotiator generate-id)"',
    "negotiator negotiate 2 '$2,250.00' --notes 'wants fuel paid' --json",
    "negotiator negotiate 2 --new-session --expires-in 2h   # at the phone",
)

_MOST_CALLS = 9  # to choose from: the newest

app = Commands()


@app.command("negotiate", epilog=EXAMPLES)
def negotiate(
    call_id: Annotated[
        str | None,
        typer.Argument(
            help="The call's number (id in the table calls).",
            metavar="[CALL_ID]",
            show_default=False,
            autocompletion=completion.call_ids,
        ),
    ] = None,
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
    expires_in: Annotated[
        str | None,
        typer.Option("--expires-in", help="For how long it takes asks: 30m, 2h, 7d.", metavar="LENGTH"),
    ] = None,
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

    At the phone, leave ASK out, and type one ask after another; ? shows what else can be typed. Leave CALL_ID
    out too, and choose among the calls that are open. An empty line, Ctrl-D or Ctrl-C leaves; what was said
    stays on record.
    """
    form = options.chosen(form, as_json, csv_safe)
    allowed = options.allowance(allow_carrier, reason)
    if ask is None:
        from negotiator.cli import phone

        missing = "ASK" if call_id else "CALL_ID"
        phone.require_phone(form, dry_run=dry_run, request_id=request_id, missing=missing)
    if session is not None and new_session:
        raise UsageError("--session and --new-session cannot be used together", "leave one of them out")
    if request_id is not None and new_session:
        hint = "give a session ID with --session: sent again with another one, it would be another ask"
        raise UsageError("--request-id and --new-session cannot be used together", hint)
    length = _length(expires_in, new_session=new_session, dry_run=dry_run)
    options.warn_of_unknown_settings()
    if os.environ.get("NEGOTIATOR_URL"):
        from negotiator.cli import far
        from negotiator.negotiation.ask import parse_ask

        far.refuse(ceiling=ceiling, explain=explain, allow_carrier=allow_carrier)
        if length is not None:
            raise UsageError("--expires-in cannot be used far away", "leave it out, or run it at the server")
        if ask is None or call_id is None:
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
    call_id = _choose_call(db) if call_id is None else call_id
    if call_id is None:
        return
    line = Line(
        db,
        call_id,
        generate_session_id() if new_session else session,
        given={
            "ceiling": ceiling,
            "allow_outlier": allow_outlier,
            "allow_carrier": allowed,
            "request_id": request_id,
        },
        notes=notes,
        expires_in=length,
        tells_past=explain or ask is None,
    )
    if ask is None:
        first = line.try_out(phone.LEAST_ASK)
        options.warn_of_overruled_settings(first.terms.version)
        phone.take_asks(first, line, line.past, explain=explain)
    else:
        answer = line.answer_one(ask, record=not dry_run)
        print_answer(answer, form, explain=explain, dry_run=dry_run, past=line.past)
        options.warn_of_overruled_settings(answer.terms.version)
        say_notices(notice_facts(answer))


def _length(typed: str | None, *, new_session: bool, dry_run: bool) -> "timedelta | None":
    """Return for how long a new session takes asks, None for ever. Raises UsageError, InvalidTimeError."""
    if typed is None:
        return None
    if not new_session:
        hint = "give both; `negotiator session set ID --expires-in` is for a session that there is"
        raise UsageError("--expires-in is for --new-session", hint)
    if dry_run:
        raise UsageError("--dry-run starts no session", "leave --expires-in out")
    from negotiator.values.timestamps import parse_length

    return parse_length(typed)


def _choose_call(db: Path) -> str | None:
    """Return the call that a person chooses among those that are open, None for none."""
    from negotiator.cli import phone
    from negotiator.conversations.open_calls import open_calls
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        calls = open_calls(file, limit=_MOST_CALLS)
    return phone.choose_call(calls)
