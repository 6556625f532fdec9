"""What a person changes of a session: closed, opened again, its metadata, a note, how long it takes asks."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from negotiator.conversations.sessions import insert_session, session_in, store_metadata
from negotiator.conversations.states import LossReason, SessionStatus
from negotiator.errors import SessionEndedError
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import moment_of, with_note
from negotiator.values import timestamps
from negotiator.values.ids import require_readable_session_id
from negotiator.values.text import require_note, require_usable_notes


def close_session(
    file: LoadsFile,
    session_id: str,
    *,
    now: datetime,
    reason: str | None = None,
    reason_lost: LossReason | None = None,
) -> None:
    """Close a session that is active: it takes no further ask.

    Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError, SessionEndedError.
    """
    require_readable_session_id(session_id)
    require_usable_notes(reason)
    with file.write() as db:
        session = session_in(file, session_id, now)
        if session.status is not SessionStatus.ACTIVE:
            raise SessionEndedError(
                f"session {session_id} is {session.status} already", "there is nothing to close"
            )
        insert_session(db, session_id, now)
        db.execute(
            """UPDATE main.negotiation_sessions SET closed_at = ?, close_reason = ?, reason_lost = ?
                WHERE session_id = ?""",
            [timestamps.format_stored(now), reason, reason_lost, session_id],
        )


def set_metadata(file: LoadsFile, session_id: str, metadata: Mapping[str, str], *, now: datetime) -> None:
    """Set keys of a session's metadata; an empty value takes its key away, the others stay.

    Raises InvalidSessionIDError, SessionNotFoundError, InvalidMetadataError.
    """
    require_readable_session_id(session_id)
    with file.write() as db:
        session_in(file, session_id, now)
        insert_session(db, session_id, now)
        store_metadata(db, session_id, metadata)


def reopen_session(file: LoadsFile, session_id: str, *, now: datetime) -> None:
    """Let a session that was closed by mistake, or that has expired, take asks again.

    Its deadline, if it is over, is lifted. Why it was closed, and why it was lost, is forgotten.
    Raises InvalidSessionIDError, SessionNotFoundError, and SessionEndedError for one that has come to an end
    by its rounds, or whose load is gone.
    """
    require_readable_session_id(session_id)
    with file.write() as db:
        session = session_in(file, session_id, now)
        if session.status not in {SessionStatus.CLOSED, SessionStatus.EXPIRED}:
            raise SessionEndedError(
                f"session {session_id} is {session.status}, neither closed nor expired",
                "there is nothing to open again",
            )
        db.execute(
            f"""UPDATE main.negotiation_sessions
                  SET closed_at = NULL, close_reason = NULL, reason_lost = NULL,
                      expires_at = CASE WHEN {moment_of("expires_at")} <= :now THEN NULL ELSE expires_at END
                WHERE session_id = :id""",
            {"now": timestamps.format_stored(now), "id": session_id},
        )


def set_expiry(file: LoadsFile, session_id: str, expires_in: timedelta | None, *, now: datetime) -> None:
    """Let a session take asks for a length of time from now; None is without end.

    Raises InvalidSessionIDError, InvalidTimeError, SessionNotFoundError.
    """
    require_readable_session_id(session_id)
    ends = None if expires_in is None else timestamps.format_stored(timestamps.end_of(expires_in, now))
    with file.write() as db:
        session_in(file, session_id, now)
        insert_session(db, session_id, now)
        sql = "UPDATE main.negotiation_sessions SET expires_at = ? WHERE session_id = ?"
        db.execute(sql, [ends, session_id])


def note_session(file: LoadsFile, session_id: str, note: str, *, now: datetime) -> None:
    """Put a note after those of a session, wherever it stands.

    Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError.
    """
    require_readable_session_id(session_id)
    require_note(note)
    with file.write() as db:
        session_in(file, session_id, now)
        insert_session(db, session_id, now)
        sql = f"UPDATE main.negotiation_sessions SET notes = {with_note(':note')} WHERE session_id = :id"
        db.execute(sql, {"note": note, "id": session_id})
