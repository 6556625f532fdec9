"""Whether the file keeps what is written to it: an ask and all that follows, tried and rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from sqlite3 import Connection

from negotiator.conversations.calls import end_call, start_call
from negotiator.conversations.session_changes import close_session
from negotiator.conversations.sessions import start_session
from negotiator.conversations.states import CallOutcome
from negotiator.errors import BusyError, DiskFullError, NegotiatorError, ReadOnlyFileError, ResourceError
from negotiator.loads.board import add_load
from negotiator.maintenance.findings import Check, Finding
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.book import book_call
from negotiator.negotiation.undo import reopen, undo_round
from negotiator.policy.decide import Policy
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from negotiator.storage.follower import refuse_follower
from negotiator.storage.schema import OUR_TABLES, TABLES
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values.timestamps import utc_now

_NO_FAULT = (BusyError, DiskFullError, ReadOnlyFileError, ResourceError)
"""Why nothing can be written just now, and what is written would be kept."""
_LOAD = {
    "origin": "Here",
    "destination": "There",
    "pickup_datetime": "2030-01-01 08:00",
    "delivery_datetime": "2030-01-02 08:00",
    "equipment_type": "Van",
    "loadboard_rate": 1000,
}


def triggers(db: Connection) -> Check:
    """Name the triggers on our tables: each runs with what is written there."""
    tables = ", ".join(f"'{table}'" for table in (*TABLES, *OUR_TABLES))
    found = db.execute(
        f"""SELECT name, tbl_name FROM main.sqlite_master
             WHERE type = 'trigger' AND lower(tbl_name) IN ({tables}) ORDER BY name"""
    ).fetchall()
    if not found:
        return Check("triggers", Finding.OK, "no program has put any on these tables")
    listed = ", ".join(f"{name} ({table})" for name, table in found)
    return Check("triggers", Finding.NOTE, f"run when something is written: {listed}")


def try_writing(file: LoadsFile) -> Check:
    """Record a made-up load, calls, asks and all that can follow, and roll it back.

    Waits for nobody: while another program writes, it is not tried.
    """
    try:
        with _undone(file):
            _write_all(file)
    except _NO_FAULT as problem:
        return Check("writing", Finding.NOTE, f"not tried: {problem.message}")
    except NegotiatorError as problem:
        return Check(
            "writing",
            Finding.FAULT,
            f"an ask and a booking are not recorded as they should be: {problem.message}",
        )
    return Check(
        "writing", Finding.OK, "asks and bookings are recorded as they should be; it was tried and undone"
    )


@contextmanager
def _undone(file: LoadsFile) -> Iterator[None]:
    """Hold the write lock inside a ``with`` block, and roll back at its end. Raises BusyError at once."""
    db = file.connection
    try:
        with sqlite_errors(file.path):
            refuse_follower(file.path)
            db.execute("PRAGMA busy_timeout = 0")
            db.execute("BEGIN IMMEDIATE")
            yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _write_all(file: LoadsFile) -> None:
    now = utc_now()
    load_id = f"check-{token_hex(8)}"
    add_load(file, {"load_id": load_id, **_LOAD}, now=now)
    carrier = f"MC{int(token_hex(3), 16)}"
    calls = [start_call(file, load_id=load_id, carrier=carrier, now=now).call_id for _ in range(3)]
    session = start_session(file, now=now, call_id=calls[1])
    # Whatever the policy of the file is: an ask above its own ceiling is not accepted, one at the posted rate
    # is, and one above a ceiling of the load that is below the posted rate goes to a person.
    source = PolicySource.from_policy(Policy())
    answer_ask(file, parse_ask(calls[0], 1200, ceiling="1100"), source)  # a counter
    answer_ask(file, parse_ask(calls[1], 1000, session), source)  # accepted: the load is booked
    undo_round(file, calls[1], "tried")
    close_session(file, session, now=now)
    file.connection.execute("INSERT INTO main.load_facts (load_id, ceiling) VALUES (?, 900)", [load_id])
    answer_ask(file, parse_ask(calls[2], 1200), source)  # handed to a person
    book_call(file, calls[2], 1200, source, by="check")
    reopen(file, calls[2], "tried")
    end_call(file, calls[0], outcome=CallOutcome.REJECTED, now=now)
