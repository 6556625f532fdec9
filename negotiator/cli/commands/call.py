"""``negotiator call``: phone calls with carriers."""

import os
from typing import Annotated

import typer

from negotiator.cli import completion, options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.notices import unknown_status
from negotiator.conversations.states import CallOutcome, Sentiment
from negotiator.output import contract, printing
from negotiator.output.conversations import print_calls
from negotiator.output.formats import Format
from negotiator.values.ids import require_readable_session_id
from negotiator.values.money import dollars, is_per_mile
from negotiator.values.timestamps import utc_now

app = Commands(
    examples(
        "negotiator call start --load LD003 --carrier 'MC 123456'",
        "negotiator call list --since 24h",
        "negotiator call history 2",
    ),
    common=["start", "list", "show", "history", "end"],
)


@app.command("history", epilog=examples("negotiator call history 2", "negotiator call history 2 --json"))
def history(
    call_id: options.CallID,
    session: options.Session = None,
    explain: options.Explained = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Print the rounds of a call, oldest first. With --session, only those of that session."""
    form = options.chosen(form, as_json, csv_safe)
    if session is not None:
        require_readable_session_id(session)  # before the file is opened
    from negotiator.negotiation.history import call_history
    from negotiator.output.rounds import print_rounds
    from negotiator.storage.database import LoadsFile

    if os.environ.get("NEGOTIATOR_URL"):
        from negotiator.cli import far

        far.refuse(explain=explain)
        rounds = far.history(call_id=call_id, session=session)
    else:
        with LoadsFile.open(db) as file:
            rounds = call_history(file, call_id, options.session_of(file, session, call_id))
    print_rounds(rounds, form, known="Call", explain=explain)


@app.command("start", epilog=examples("call=$(negotiator call start --load LD003 --carrier 'MC 123456')"))
def start(
    load: Annotated[
        str,
        typer.Option(
            "--load", help="The load it is about.", metavar="LOAD_ID", autocompletion=completion.load_ids
        ),
    ],
    carrier: Annotated[str, typer.Option("--carrier", help="An MC number, however spelled.", metavar="MC")],
    company: Annotated[
        str | None, typer.Option("--company", help="The carrier's name, if it is a new one.", metavar="NAME")
    ] = None,
    allow_carrier: options.AllowCarrier = False,
    reason: options.AllowReason = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Record that a carrier is on the phone. Prints the call's ID alone."""
    form = options.chosen(form, as_json, csv_safe)
    allowed = options.allowance(allow_carrier, reason)
    from negotiator.conversations import calls
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        started = calls.start_call(
            file, load_id=load, carrier=carrier, company=company, allow_carrier=allowed, now=utc_now()
        )
    if form is Format.TABLE:
        printing.lines([str(started.call_id)])
    else:
        printing.record({"call_id": started.call_id}, form)
    if started.load_id != load:
        printing.say(f"The load is {started.load_id}.")
    if started.load_status not in {"available", None}:
        printing.say(f"Warning: load {started.load_id} is {started.load_status}.")
    if started.unknown_status is not None:
        printing.say(unknown_status(started.carrier_mc_number, started.unknown_status))


@app.command("end", epilog=examples("negotiator call end 2 --outcome rejected --reason-lost timing"))
def end(
    call_id: options.CallID,
    outcome: Annotated[CallOutcome, typer.Option("--outcome", help="What came of it.")],
    sentiment: Annotated[Sentiment | None, typer.Option("--sentiment", help="How the carrier felt.")] = None,
    notes: Annotated[
        str | None, typer.Option("--notes", help="Added to the notes of the call.", metavar="TEXT")
    ] = None,
    reason_lost: options.ReasonLost = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Record how a call ended. It ends now; its length is counted from its start."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import calls
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        ended = calls.end_call(
            file,
            call_id,
            outcome=outcome,
            sentiment=sentiment,
            notes=notes,
            reason_lost=reason_lost,
            by=None if reason_lost is None else options.user(),
            now=utc_now(),
        )
    printing.record(contract.data(ended, contract.CALL_DETAIL), form)


@app.command(
    "list", epilog=examples("negotiator call list --load LD002", "negotiator call list --since 24h --json")
)
def list_(
    load: options.LoadFilter = None,
    carrier: options.Carrier = None,
    outcome: Annotated[CallOutcome | None, typer.Option("--outcome", help="What came of it.")] = None,
    since: options.Since = None,
    limit: options.Limit = 50,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List calls, the latest first."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import calls
    from negotiator.conversations.models import CallFilter
    from negotiator.storage.database import LoadsFile

    moment = options.past_moment(since, utc_now())
    with LoadsFile.open(db) as file:
        wanted = CallFilter(load_id=load, carrier=carrier, outcome=outcome, since=moment)
        found = calls.list_calls(file, wanted, limit=limit)
    print_calls(found, form)


@app.command("show", epilog=examples("negotiator call show 2", "negotiator call show 2 --json"))
def show(
    call_id: options.CallID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show what is known of a call."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import calls
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        found = calls.show_call(file, call_id)
    printing.record(contract.data(found, contract.CALL_DETAIL), form)


@app.command("note", epilog=examples("negotiator call note 2 'the driver is Kim, 555-0100'"))
def note(
    call_id: options.CallID,
    text: Annotated[str, typer.Argument(help="What is to be kept.", metavar="TEXT")],
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Add to the notes of a call.

    It may have ended.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import calls
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        noted = calls.note_call(file, call_id, text)
    printing.record(contract.data(noted, contract.CALL_DETAIL), form)


@app.command("undo", epilog=examples("negotiator call undo 2 --reason 'typed 1200, meant 2200'"))
def undo(
    call_id: options.CallID,
    reason: options.Reason,
    session: options.Session = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Take back a call's last round.

    That is a counter, a transfer or an agreement. The call and the load are as they were before it. The round
    is kept, but counts no more. With --session, it is the last round in that session.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.negotiation.undo import undo_round
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        done = undo_round(file, call_id, reason, options.session_of(file, session, call_id))
    printing.record(contract.data(done, contract.WITHDRAWN), form)


@app.command(
    "book",
    epilog=examples(
        "negotiator call book 2 2350 --reason 'the only truck in town'",
        "negotiator call book 2 2350 --by kim",
    ),
)
def book(
    call_id: options.CallID,
    rate: Annotated[str, typer.Argument(help="The agreed rate: US dollars, or 2.35/mi.", metavar="RATE")],
    by: Annotated[
        str | None, typer.Option("--by", help="Who decided; you unless said.", metavar="NAME")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; it is kept on record.", metavar="TEXT")
    ] = None,
    allow_carrier: options.AllowCarrier = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Record a deal that a person made.

    The rate may be any, whatever the ceiling. It is kept as decided by that person, in the negotiation that
    was handed over last, and the load is booked. A load that is booked already is refused.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.negotiation.book import book_call
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    if allow_carrier:
        options.allowance(allow_carrier, reason)
    person = options.person(by)
    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file:
        done = book_call(file, call_id, rate, source, by=person, reason=reason, allow_carrier=allow_carrier)
    printing.record(contract.data(done, contract.BOOKED), form)
    if is_per_mile(rate):
        printing.say(f"Note: {rate.strip()} is {dollars(done.carrier_offer)} for the load.")


@app.command(
    "reopen",
    epilog=examples(
        "negotiator call reopen 2 --reason 'typed 1200, meant 2200'",
        "negotiator call reopen 2 --fell-through --reason 'the truck broke down'",
    ),
)
def reopen(
    call_id: options.CallID,
    reason: options.Reason,
    fell_through: Annotated[
        bool, typer.Option("--fell-through", help="It was no slip: the carrier gave the load back.")
    ] = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Take back the agreement of a call.

    The load is available again, and the negotiation goes on. The next best offer is named with its phone
    number. With --fell-through, the carrier is held to what it asked, and reports count the deal apart.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.negotiation.undo import reopen as reopen_call
    from negotiator.output.carriers.offers import offer_data, whose
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        done = reopen_call(file, call_id, reason, fell_through=fell_through, by=options.user())
    best = done.next_best
    shown = contract.data(done, contract.REOPENED)
    shown["next_best"] = None if best is None else offer_data(best)
    if form is Format.TABLE:
        shown["next_best"] = None if best is None else whose(best)
    printing.record(shown, form)
    if done.load_status not in {"available", None}:
        printing.say(f"Load {done.load_id} is still {done.load_status}: another call has an agreement on it.")
