"""``negotiator session``: rounds that belong together."""

import os
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.usage import UsageError
from negotiator.conversations.states import SessionStatus
from negotiator.output import printing
from negotiator.output.conversations import print_session, print_sessions, print_stats
from negotiator.output.formats import Format
from negotiator.values.ids import parse_call_id, require_readable_session_id
from negotiator.values.timestamps import parse_length, utc_now

_NEVER = "never"

app = Commands(
    examples("negotiator session list --status active", "negotiator session history abc123"),
    common=["start", "list", "show", "history"],
)

Meta = Annotated[
    list[str] | None,
    typer.Option(
        "--meta",
        help="Metadata. The option may be given more than once.",
        metavar="KEY=VALUE",
        show_default=False,
    ),
]


@app.command(
    "history",
    epilog=examples(
        "negotiator session history sess_20250820224530_abc123",
        "negotiator session history sess_20250820224530_abc123 --format csv",
        "negotiator session history sess_20250820224530_abc123 --chart",
    ),
)
def history(
    session_id: options.SessionID,
    chart: Annotated[
        bool, typer.Option("--chart", help="Draw how asks and counters approach each other.")
    ] = False,
    explain: options.Explained = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Print the rounds of a session, oldest first."""
    form = options.chosen(form, as_json, csv_safe)
    if chart and form is not Format.TABLE:
        raise UsageError(f"--chart and --format {form} cannot be used together", "leave one of them out")
    if chart and explain:
        raise UsageError("--chart and --explain cannot be used together", "leave one of them out")
    require_readable_session_id(session_id)  # before the file is opened
    from negotiator.negotiation.history import session_history
    from negotiator.negotiation.session_choice import choose_session
    from negotiator.output.rounds import print_rounds
    from negotiator.storage.database import LoadsFile

    if os.environ.get("NEGOTIATOR_URL"):
        from negotiator.cli import far

        far.refuse(explain=explain)
        rounds = far.history(session=session_id)
    else:
        with LoadsFile.open(db) as file:
            rounds = session_history(file, choose_session(file, session_id))
    if chart and rounds:
        printing.chart(rounds)
    else:
        print_rounds(rounds, form, known="Session", explain=explain)


@app.command(
    "start",
    epilog=examples(
        "session=$(negotiator session start)",
        "negotiator session start --call 2 --expires-in 2h --meta desk=reefer",
    ),
)
def start(
    call: Annotated[
        str | None, typer.Option("--call", help="The call it begins on.", metavar="CALL_ID")
    ] = None,
    expires_in: Annotated[
        str | None,
        typer.Option("--expires-in", help="For how long it takes asks: 30m, 2h, 7d.", metavar="LENGTH"),
    ] = None,
    meta: Meta = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Start a session and print its ID. One that nobody starts begins with its first round."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import sessions
    from negotiator.storage.database import LoadsFile

    length = None if expires_in is None else parse_length(expires_in)
    metadata = sessions.parse_metadata(meta or [])
    with LoadsFile.open(db) as file:
        started = sessions.start_session(
            file, now=utc_now(), call_id=call, expires_in=length, metadata=metadata
        )
    if form is Format.TABLE:
        printing.lines([started])
    else:
        printing.record({"session_id": started}, form)


@app.command(
    "list",
    epilog=examples(
        "negotiator session list --status active",
        "negotiator session list --carrier 'MC 123456' --since 7d --json",
        "negotiator session list --meta desk=reefer --stats",
    ),
)
def list_(
    status: Annotated[SessionStatus | None, typer.Option("--status", help="Where they stand.")] = None,
    call: Annotated[str | None, typer.Option("--call", help="On this call.", metavar="CALL_ID")] = None,
    carrier: options.Carrier = None,
    load: options.LoadFilter = None,
    since: options.Since = None,
    meta: Annotated[
        list[str] | None,
        typer.Option(
            "--meta",
            help="With this metadata; an empty value is any.",
            metavar="KEY=VALUE",
            show_default=False,
        ),
    ] = None,
    stats: Annotated[
        bool, typer.Option("--stats", help="Print rounds, seconds, and what each side conceded a round.")
    ] = False,
    limit: options.Limit = 50,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List sessions, the latest first. Those without a round come before them."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import sessions
    from negotiator.conversations.models import SessionFilter
    from negotiator.storage.database import LoadsFile

    now = utc_now()
    wanted = SessionFilter(
        status=status,
        call_id=None if call is None else parse_call_id(call),
        carrier=carrier,
        load_id=load,
        since=options.past_moment(since, now),
        metadata=tuple(sessions.parse_metadata(meta or []).items()),
    )
    with LoadsFile.open(db) as file:
        if stats:
            print_stats(sessions.session_stats(file, wanted, now=now, limit=limit), form)
        else:
            print_sessions(sessions.list_sessions(file, wanted, now=now, limit=limit), form)


@app.command("show", epilog=examples("negotiator session show sess_20250820224530_abc123"))
def show(
    session_id: options.SessionID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Show where a session stands. Its calls, asks, counters and metadata, and how long it takes asks."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import sessions
    from negotiator.negotiation.session_choice import choose_session
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        session_id = choose_session(file, session_id)
        print_session(sessions.show_session(file, session_id, now=utc_now()), form)


@app.command(
    "close", epilog=examples("negotiator session close sess_20250820224530_abc123 --reason 'no truck'")
)
def close(
    session_id: options.SessionID,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; it is kept on record.", metavar="TEXT")
    ] = None,
    reason_lost: options.ReasonLost = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Close a session: it takes no further ask."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import session_changes, sessions
    from negotiator.negotiation.session_choice import choose_session
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        session_id = choose_session(file, session_id)
        session_changes.close_session(file, session_id, now=utc_now(), reason=reason, reason_lost=reason_lost)
        print_session(sessions.show_session(file, session_id, now=utc_now()), form)


@app.command("reopen", epilog=examples("negotiator session reopen sess_20250820224530_abc123"))
def reopen(
    session_id: options.SessionID,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Let a closed session take asks again.

    Also one that has expired.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import session_changes, sessions
    from negotiator.negotiation.session_choice import choose_session
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        session_id = choose_session(file, session_id)
        session_changes.reopen_session(file, session_id, now=utc_now())
        print_session(sessions.show_session(file, session_id, now=utc_now()), form)


@app.command(
    "set",
    epilog=examples(
        "negotiator session set sess_20250820224530_abc123 --meta desk=reefer",
        "negotiator session set abc123 --note 'rings back at noon' --expires-in 4h",
    ),
)
def set_(
    session_id: options.SessionID,
    meta: Meta = None,
    note: Annotated[
        str | None, typer.Option("--note", help="Added to the notes of the session.", metavar="TEXT")
    ] = None,
    expires_in: Annotated[
        str | None,
        typer.Option(
            "--expires-in", help="For how long from now it takes asks; never: for ever.", metavar="LENGTH"
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Set metadata, a note, or a deadline.

    An empty value takes its key away.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.conversations import session_changes, sessions
    from negotiator.negotiation.session_choice import choose_session
    from negotiator.storage.database import LoadsFile

    metadata = sessions.parse_metadata(meta or [])
    length = None if expires_in in {None, _NEVER} else parse_length(expires_in)
    now = utc_now()
    with LoadsFile.open(db) as file:
        session_id = choose_session(file, session_id)
        with file.one_transaction():
            session_changes.set_metadata(file, session_id, metadata, now=now)
            if note is not None:
                session_changes.note_session(file, session_id, note, now=now)
            if expires_in is not None:
                session_changes.set_expiry(file, session_id, length, now=now)
        print_session(sessions.show_session(file, session_id, now=utc_now()), form)
