"""The sessions of a call that could go on, and the session that a person means by what is typed."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from negotiator.errors import (
    InvalidSessionIDError,
    Remedy,
    SessionEndedError,
    SessionNotFoundError,
    ThreadClosedError,
)
from negotiator.negotiation import refusals
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Round, Thread, standing_rounds
from negotiator.storage.database import LoadsFile
from negotiator.values.ids import (
    PREFIX,
    is_generated,
    parse_call_id,
    require_readable_session_id,
    require_session_id,
)
from negotiator.values.text import quoted
from negotiator.values.timestamps import utc_now

_SHOWN = 3
_BEGINNING = datetime.min.replace(tzinfo=UTC)


LATEST = "@"
"""What stands for the latest open session of a call."""


def choose_session(
    file: LoadsFile,
    typed: str,
    call_id: int | str | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> str:
    """Return the session ID that is meant by what a person typed.

    That is ``@`` (the latest open session with a round on the call, or started for it), an ID that is in the
    file whatever it looks like, the unique ending of one, or a new ID. Raises SessionNotFoundError when no
    session is open, and InvalidSessionIDError for what is none of these: an ending of several, or the
    beginning of an ID of ours that was cut off.
    """
    require_readable_session_id(typed)
    with file.read():
        repository = Repository(file)
        if typed == LATEST and call_id is not None:
            return _latest(repository, parse_call_id(call_id), clock())
        if repository.is_known_session(typed):
            return typed
        return _new(repository, typed) if typed.startswith(PREFIX) else _ending(repository, typed)


def _latest(repository: Repository, call_id: int, now: datetime) -> str:
    rows = repository.call_rounds(call_id)
    found = open_sessions(repository, rows, call_id, now)
    if not found:
        raise SessionNotFoundError(
            f"call {call_id} has no open session", "begin another session", remedy=Remedy.START_SESSION
        )
    return found[0]


def _new(repository: Repository, typed: str) -> str:
    """Return what is typed, unless it is an ID that was cut off: that would begin another session."""
    if not is_generated(typed):
        whole = next(filter(is_generated, repository.sessions_beginning(typed)), None)
        if whole is not None:
            raise InvalidSessionIDError(
                f"{typed} is the beginning of session {whole}, cut off", "give the whole ID"
            )
    return require_session_id(typed)


def _ending(repository: Repository, typed: str) -> str:
    found = repository.sessions_ending(typed)
    if len(found) > 1:
        several = ", ".join(found[:_SHOWN]) + (" and others" if len(found) > _SHOWN else "")
        raise InvalidSessionIDError(f"{quoted(typed)} is the ending of {several}", "give more of the ID")
    return found[0] if found else require_session_id(typed)


def open_sessions(
    repository: Repository, rows: Iterable[Round], call_id: int, now: datetime
) -> tuple[str, ...]:
    """Return the sessions with a round on a call, or started for it, that take asks; the latest first.

    ``rows`` are those of the call.
    """
    named = {done.session_id for done in standing_rounds(rows) if done.session_id is not None}
    found = [
        (moment, session_id)
        for session_id in named.union(repository.started_sessions(call_id))
        if (moment := _last_moment(repository, session_id, now)) is not None
    ]
    return tuple(session_id for _, session_id in sorted(found, reverse=True))


def _last_moment(repository: Repository, session_id: str, now: datetime) -> datetime | None:
    """Return when something was last said in a session, or when it was started; None if it takes no ask."""
    kept, thread = repository.session_row(session_id), Thread(tuple(repository.session_rounds(session_id)))
    try:
        refusals.refuse_closed(thread.last_decision, session_id)
        refusals.refuse_ended(kept, session_id, now)
    except (ThreadClosedError, SessionEndedError):
        return None
    moments = [row.timestamp for row in thread.rows if row.timestamp]
    if kept is not None and kept.created_at:
        moments.append(kept.created_at)
    return max(moments, default=_BEGINNING)
