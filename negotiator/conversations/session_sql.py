"""Sessions as SQL: what is kept of each, and what its rounds say."""

from collections.abc import Sequence
from datetime import datetime

from negotiator.conversations.states import SessionStatus
from negotiator.storage.sql import load_status_of, moment_of, text_of
from negotiator.storage.views import round_facts, thread_facts
from negotiator.values import timestamps

# A session's key is its ID and its last round's. Which sessions there are, in their order, is read by keys
# alone; what their rounds say is worked out for the keys of a page.
_ONE = """
  SELECT session_id, max(id) AS last_id FROM main.negotiations
   WHERE session_id = :session_id GROUP BY session_id
   UNION ALL
  SELECT session_id, NULL FROM main.negotiation_sessions
   WHERE session_id = :session_id
     AND NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = :session_id)
"""
_SESSIONS = """
WITH keys (session_id, last_id) AS ({keys}), listed AS (
  SELECT keys.session_id, last_id, kept.call_id AS started_on, created_at, expires_at, closed_at,
         close_reason, reason_lost, notes, metadata
    FROM keys LEFT JOIN main.negotiation_sessions kept USING (session_id)
   WHERE {is_session}
), facts AS ({facts}), judged AS (
  SELECT listed.*, coalesce(rounds, 0) AS rounds, coalesce(counters, 0) AS counters, first_ask, last_ask,
         highest_counter AS standing_counter, first_time AS first_round_at, last_time AS last_round_at,
         round(86400 * (closing_moment - first_moment), 3) AS seconds_to_close,
         CASE WHEN state = 'accepted' THEN 'accepted'
              WHEN state = 'transferred' THEN 'transferred'
              WHEN {closed} IS NOT NULL THEN 'closed'
              WHEN {expires} <= :now THEN 'expired'
              WHEN (SELECT {gone} {on_call}) THEN 'ended'
              ELSE 'active' END AS status
    FROM listed LEFT JOIN facts ON facts.session_id = listed.session_id
)
SELECT judged.*,
       (SELECT {load} {on_call}) AS load_id,
       (SELECT carrier_mc_number {on_call}) AS carrier_mc_number,
       (SELECT group_concat(DISTINCT call_id) FROM (
           SELECT call_id FROM main.negotiations n WHERE n.session_id = judged.session_id
            UNION SELECT started_on)) AS calls
  FROM judged WHERE {status} {order}
"""
_ON_CALL = """FROM main.calls WHERE id = coalesce(
           (SELECT call_id FROM main.negotiations WHERE id = last_id), started_on)"""
GONE = f"""{text_of("load_id")} IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM main.loads l
            WHERE l.load_id = calls.load_id AND {load_status_of("l.status")} = 'available')"""
"""Whether the load of a row of calls is not to be had any more."""
_ORDER = "ORDER BY last_id IS NOT NULL, last_id DESC, created_at DESC, session_id"


def session_query(
    *, now: datetime, keys: Sequence[tuple[object, object]] = (), status: SessionStatus | None = None
) -> tuple[str, dict[str, object]]:
    """Return the SQL for the sessions with these keys, in their order, and its values.

    Without keys it is the SQL for one session, whose ID is to be the value of ``session_id``.
    """
    values: dict[str, object] = {"now": timestamps.format_stored(now), "status": status}
    pairs = ", ".join(f"(:s{number}, :r{number})" for number in range(len(keys)))
    for number, (session_id, last_id) in enumerate(keys):
        values |= {f"s{number}": session_id, f"r{number}": last_id}
    sql = _SESSIONS.format(
        keys=f"VALUES {pairs}" if keys else _ONE,
        is_session=f"{text_of('session_id')} IS NOT NULL",
        facts=thread_facts(f"({round_facts('{row}.session_id IN (SELECT session_id FROM listed)')})"),
        closed=moment_of("closed_at"),
        expires=moment_of("expires_at"),
        load=text_of("load_id"),
        status="1" if status is None else "status = :status",
        order=_ORDER,
        on_call=_ON_CALL,
        gone=GONE,
    )
    return sql, values
