"""The sessions of a call that could go on."""

from collections.abc import Iterable
from datetime import UTC, datetime

from negotiator.errors import SessionEndedError, ThreadClosedError
from negotiator.negotiation import refusals
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Round, Thread, standing_rounds

_BEGINNING = datetime.min.replace(tzinfo=UTC)


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
