"""Which sessions can be of a status, as SQL that is quicker than to work out what their rounds say."""

from typing import assert_never

from negotiator.conversations.session_sql import GONE
from negotiator.conversations.states import SessionStatus
from negotiator.storage.sql import is_deciding, load_status_of, spelled_within
from negotiator.values.recorded import ACCEPTED, TRANSFERRED

_EXPIRING = spelled_within("session_id", "main.negotiation_sessions", "expires_at", until=":now")
_CLOSED = "SELECT session_id FROM main.negotiation_sessions WHERE closed_at > ''"
_STARTED_ON = "(SELECT call_id FROM main.negotiation_sessions k WHERE k.session_id = s.session_id)"
_IS_GONE = f"(SELECT {GONE} FROM main.calls WHERE id = coalesce(s.call_id, {_STARTED_ON}))"
_LOAD_STATUS = load_status_of("l.status")
# Nested loops from the loads, so that no more of them are read than are counted.
_OF_LOADS = """
    SELECT n.session_id FROM main.loads l CROSS JOIN main.calls c ON l.load_id = c.load_id
     CROSS JOIN main.negotiations n ON n.call_id = c.id WHERE {loads}"""
_OF_CALLS = """
    SELECT n.session_id FROM main.calls c CROSS JOIN main.negotiations n ON n.call_id = c.id WHERE {calls}"""
_BLANKS = ("IS NULL", "< '!'", "BETWEEN char(160) AND char(161)", ">= x''")
"""What a load's ID that is blank, as text or as bytes, is in an index; some others are too."""
_AVAILABLE = " UNION ALL ".join(
    (
        _OF_LOADS.format(loads=f"{_LOAD_STATUS} = 'available'"),
        *(_OF_CALLS.format(calls=f"c.load_id {blank}") for blank in _BLANKS),
    )
)
_WITHOUT_CALL = (
    "SELECT session_id FROM main.negotiations WHERE (call_id IN (SELECT id FROM main.calls)) IS NOT 1"
)
_GONE = " UNION ALL ".join(_OF_LOADS.format(loads=f"{_LOAD_STATUS} {sign} 'available'") for sign in "<>")
_MISSING = "NOT EXISTS (SELECT 1 FROM main.loads l WHERE l.load_id = c.load_id)"
_WITHOUT_LOAD = _OF_CALLS.format(calls=f"c.load_id IS NOT NULL AND {_MISSING}")


def narrowing_to(status: SessionStatus | None) -> list[str]:
    """Return SQL for the sessions of a status, and others, by what an index finds; none if none knows it."""
    match status:
        case SessionStatus.ACCEPTED:
            return [_decided(ACCEPTED)]
        case SessionStatus.TRANSFERRED:
            return [_decided(TRANSFERRED)]
        case SessionStatus.CLOSED:
            return [_CLOSED]
        case SessionStatus.EXPIRED:
            return [_EXPIRING]
        case SessionStatus.ACTIVE | SessionStatus.ENDED | None:
            return []  # that is what is left: `on_loads` narrows those with rounds
        case _:
            assert_never(status)


def on_loads(status: SessionStatus | None) -> tuple[str, str] | None:
    """Return SQL for the sessions with a round that by their loads can be of a status; None where any can.

    Indexes find those of loads in the file, which come first. To find those of calls, or of loads, that are
    not in the file, all rounds or calls are compared by their keys.
    """
    match status:
        case SessionStatus.ACTIVE:
            return _AVAILABLE, _WITHOUT_CALL
        case SessionStatus.ENDED:
            return _GONE, _WITHOUT_LOAD
        case _:
            return None


def may_be(status: SessionStatus | None) -> str:
    """Return SQL that is true of each session of a status, and of some others.

    ``s`` is a row with its ID, and the call of its last round.
    """
    match status:
        case SessionStatus.ENDED:
            return _IS_GONE
        case SessionStatus.ACTIVE:
            return f"{_IS_GONE} IS NOT 1"
        case _:
            return "1"


def may_be_without_a_round(status: SessionStatus | None) -> str:
    """Return the same for a session without a round, in which nothing was decided; ``s`` has its own call."""
    return "0" if status in {SessionStatus.ACCEPTED, SessionStatus.TRANSFERRED} else may_be(status)


def _decided(word: str) -> str:
    return f"SELECT session_id FROM main.negotiations WHERE {is_deciding('system_response', word)}"
