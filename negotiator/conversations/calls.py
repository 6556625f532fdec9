"""Phone calls: started, ended, listed, shown."""

from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from negotiator.carriers.known import add_carrier, spelled_carrier
from negotiator.carriers.standing import known_carrier, refuse_barred, standing_of
from negotiator.conversations.few import is_few
from negotiator.conversations.models import (
    CallDetail,
    CallFilter,
    ListedCall,
    StartedCall,
)
from negotiator.conversations.states import CallOutcome, LossReason, Sentiment
from negotiator.errors import BadInputError, CallEndedError, CallNotFoundError, LoadNotFoundError, Remedy
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.sql import carrier_digits, moment_of, spelled_within, with_note, word_of
from negotiator.values import timestamps
from negotiator.values.cells import flag_from, text_from, whole_number, word_from
from negotiator.values.ids import parse_call_id
from negotiator.values.mc_number import carrier_number, usual_spelling
from negotiator.values.money import dollars, from_file
from negotiator.values.text import (
    allowing,
    require_company_name,
    require_note,
    require_reason,
    require_usable_notes,
)

_NOTES = with_note(":notes")
_NOTE_LOST = """
    INSERT INTO main.call_facts (call_id, reason_lost, noted_by, noted_at) VALUES (:id, :reason, :by, :now)
    ON CONFLICT (call_id) DO UPDATE SET reason_lost = :reason, noted_by = :by, noted_at = :now
"""
_LISTED = ListedCall._fields
_CONDITIONS = {
    "load": "load_id = :load",
    "carrier": f"{carrier_digits('carrier_mc_number')} = :carrier",
    "outcome": f"{word_of('outcome')} = :outcome",
    "since": f"{moment_of('call_start_time')} >= :since",
}
_STARTED = spelled_within("id", "main.calls", "call_start_time", since=":since")


def start_call(
    file: LoadsFile,
    *,
    load_id: str | None,
    carrier: str,
    company: str | None = None,
    allow_carrier: str | None = None,
    as_spoken: bool = False,
    now: datetime,
) -> StartedCall:
    """Record that a carrier is on the phone about a load, or about none yet.

    A carrier that the file doesn't know is added; one that it knows, and the load, are used as they are
    spelled there, or (``as_spoken``) the call keeps the carrier's number as it is given.
    ``allow_carrier`` is why one that must not be used may be used this time: it is kept in the
    call's notes.
    Raises InvalidCarrierError, InvalidTextError, LoadNotFoundError, CarrierRefusedError, BusyError,
    UnusableFileError.
    """
    from negotiator.negotiation.repository import Repository  # noqa: PLC0415 - what is listed needs no asks

    digits = carrier_number(carrier)
    require_company_name(company)
    if allow_carrier is not None:
        require_reason(allow_carrier)
    with file.write() as db:
        load = None if load_id is None else Repository(file).load(known_load_id(db, load_id))
        if load is None and load_id is not None:
            raise LoadNotFoundError(
                f"there is no load {load_id!r} in {str(file.path)!r}",
                "check the load's ID",
                remedy=Remedy.LIST_LOADS,
            )
        found = standing_of(db, digits, now)
        if allow_carrier is None:
            refuse_barred(found, usual_spelling(digits))
        number = _carrier(db, known_carrier(db, digits) or digits, company, now)
        about, rate = (load.load_id, load.posted_rate) if load else (None, None)
        call_id: int = db.execute("SELECT coalesce(max(id), 0) + 1 FROM main.calls").fetchone()[0]
        db.execute(
            """INSERT INTO main.calls (id, carrier_mc_number, load_id, call_start_time, outcome,
                                       initial_rate_offered, negotiation_rounds, transferred_to_rep, notes)
               VALUES (?, ?, ?, ?, 'negotiating', ?, 0, 0, ?)""",
            [
                *(call_id, carrier if as_spoken else number, about, timestamps.format_stored(now)),
                None if rate is None else float(rate),
                None if allow_carrier is None else allowing(None, allow_carrier),
            ],
        )
    return StartedCall(call_id, about, load and load.status, number, found.unknown_status)


def end_call(
    file: LoadsFile,
    call_id: int | str,
    *,
    outcome: CallOutcome,
    sentiment: Sentiment | None = None,
    notes: str | None = None,
    reason_lost: LossReason | None = None,
    by: str | None = None,
    now: datetime,
) -> CallDetail:
    """Record how a call ended, when, and how long it took; return the call.

    Notes are put after those that are there. ``reason_lost`` is why there is no deal, ``by`` who noted it.
    Raises InvalidCallIDError, InvalidNotesError, BadInputError for a reason where there is a deal,
    CallNotFoundError, CallEndedError for a call that has ended or an outcome against what was agreed.
    """
    number = parse_call_id(call_id)
    require_usable_notes(notes)
    if reason_lost is not None and outcome is CallOutcome.ACCEPTED:
        raise BadInputError("a call that ends as accepted was not lost", "leave out why")
    with file.write() as db:
        call = _call(file, number)
        _refuse_ended(call, outcome)
        started = call.call_start_time
        seconds = None if started is None else max(0, round((now - started).total_seconds()))
        db.execute(
            f"""UPDATE main.calls
                  SET call_end_time = :now, call_duration = :seconds, outcome = :outcome,
                      sentiment = coalesce(:sentiment, sentiment),
                      notes = {_NOTES}
                WHERE id = :id""",
            {
                "now": timestamps.format_stored(now),
                "seconds": seconds,
                "outcome": outcome,
                "sentiment": sentiment,
                "notes": notes,
                "id": number,
            },
        )
        if reason_lost is not None:
            moment = timestamps.format_stored(now)
            db.execute(_NOTE_LOST, {"id": number, "reason": reason_lost, "by": by, "now": moment})
        return _call(file, number)


def note_call(file: LoadsFile, call_id: int | str, note: str) -> CallDetail:
    """Put a note after those of a call, whether it has ended or not; return the call.

    Raises InvalidCallIDError, InvalidNotesError, CallNotFoundError.
    """
    number = parse_call_id(call_id)
    require_note(note)
    with file.write() as db:
        _call(file, number)
        db.execute(f"UPDATE main.calls SET notes = {_NOTES} WHERE id = :id", {"notes": note, "id": number})
        return _call(file, number)


def list_calls(file: LoadsFile, wanted: CallFilter, *, limit: int = 50) -> list[ListedCall]:
    """Return calls, the latest first; ``limit`` 0 is all. Raises InvalidCarrierError."""
    carrier = wanted.carrier and carrier_number(wanted.carrier)
    with file.read() as db:
        values = {
            "load": None if wanted.load_id is None else known_load_id(db, wanted.load_id),
            "carrier": carrier,
            "outcome": wanted.outcome,
            "since": wanted.since and timestamps.format_stored(wanted.since),
            "limit": limit or -1,
        }
        where = [sql for name, sql in _CONDITIONS.items() if values[name] is not None]
        if wanted.since is not None and is_few(db, _STARTED, values):
            where.append(f"id IN ({_STARTED})")
        sql = f"""SELECT {_columns(_LISTED)} FROM main.calls WHERE {" AND ".join(where) or "1"}
                   ORDER BY id DESC LIMIT :limit"""
        return [ListedCall(**_read(row)) for row in file.utils().query(sql, values)]


def show_call(file: LoadsFile, call_id: int | str) -> CallDetail:
    """Return a call with its company, notes and transcript. Raises InvalidCallIDError, CallNotFoundError."""
    with file.read():
        return _call(file, parse_call_id(call_id))


def _call(file: LoadsFile, call_id: int) -> CallDetail:
    lost = "(SELECT reason_lost FROM main.call_facts WHERE call_id = calls.id) AS reason_lost"
    sql = f"SELECT {_columns((*_LISTED, 'notes', 'call_transcript'))}, {lost} FROM main.calls WHERE id = ?"
    row = file.one_row(sql, [call_id])
    if row is None:
        raise CallNotFoundError(
            f"there is no call {call_id} in {str(file.path)!r}",
            "check the call's ID",
            remedy=Remedy.LIST_CALLS,
        )
    known = spelled_carrier(file.connection, row["carrier_mc_number"])
    return CallDetail(
        **_read(row),
        company_name=known and known[1],
        notes=text_from(row["notes"]),
        call_transcript=text_from(row["call_transcript"]),
        reason_lost=word_from(row["reason_lost"]),
    )


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} AS {name}" for name in names)


def _read(row: Mapping[str, object]) -> dict[str, Any]:
    """Return what a row holds for a listed call, whatever spelling amounts and times have."""
    return {
        "id": row["id"],
        "carrier_mc_number": text_from(row["carrier_mc_number"]),
        "load_id": text_from(row["load_id"]),
        "call_start_time": timestamps.parse_stored(row["call_start_time"]),
        "call_end_time": timestamps.parse_stored(row["call_end_time"]),
        "call_duration": whole_number(row["call_duration"]),
        "outcome": word_from(row["outcome"]),
        "sentiment": word_from(row["sentiment"]),
        "initial_rate_offered": from_file(row["initial_rate_offered"]),
        "final_rate_agreed": from_file(row["final_rate_agreed"]),
        "negotiation_rounds": whole_number(row["negotiation_rounds"]),
        "transferred_to_rep": flag_from(row["transferred_to_rep"]),
    }


def _carrier(db: Connection, digits: str, company: str | None, now: datetime) -> str:
    """Return a carrier's number as the file spells it; add the carrier if it isn't there."""
    known = spelled_carrier(db, usual_spelling(digits))
    return add_carrier(db, digits, company, now) if known is None else str(known[0])


def _refuse_ended(call: CallDetail, outcome: CallOutcome) -> None:
    name, rate = f"call {call.id}", call.final_rate_agreed
    if call.call_end_time is not None:
        raise CallEndedError(
            f"{name} ended at {timestamps.format_second(call.call_end_time)}", "start another call"
        )
    agreed = rate if rate is not None and rate > 0 else None
    if agreed is not None and outcome is not CallOutcome.ACCEPTED:
        raise CallEndedError(
            f"{name} agreed on {dollars(agreed)}, so it can't end as {outcome}",
            "end it as accepted, or take the agreement back first",
            remedy=Remedy.REOPEN_CALL,
            call_id=call.id,
        )
    if outcome is CallOutcome.ACCEPTED and agreed is None:
        raise CallEndedError(
            f"{name} has no agreement, so it can't end as accepted",
            "record a person's deal first",
            remedy=Remedy.BOOK_CALL,
            call_id=call.id,
        )
