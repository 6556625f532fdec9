"""Sessions as SQL: which there are, and what their rounds say of each."""

from datetime import datetime

from negotiator.conversations.models import SessionFilter
from negotiator.storage.sql import carrier_digits, load_status_of, moment_of, text_of
from negotiator.storage.views import round_facts, thread_facts
from negotiator.values import timestamps
from negotiator.values.mc_number import carrier_number

# Every question about one session is answered through the index on session_id. What the rounds say is worked
# out for the sessions that are listed; for all of them only where their status decides which are.
_SESSIONS = """
WITH counted AS (
  SELECT session_id, max(id) AS last_id FROM main.negotiations
   WHERE {is_session} {among} GROUP BY session_id
  UNION ALL
  SELECT session_id, NULL FROM main.negotiation_sessions
   WHERE NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = negotiation_sessions.session_id)
     AND {is_session} {among}
), listed AS (
  SELECT counted.session_id, last_id, kept.call_id AS started_on, created_at, expires_at, closed_at,
         close_reason, reason_lost, notes, metadata
    FROM counted LEFT JOIN main.negotiation_sessions kept USING (session_id)
   WHERE {since} {metadata} {order} LIMIT {listed}
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
  FROM judged WHERE {status} {order} LIMIT :limit
"""
_ON_CALL = """FROM main.calls WHERE id = coalesce(
           (SELECT call_id FROM main.negotiations WHERE id = last_id), started_on)"""
_GONE = f"""{text_of("load_id")} IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM main.loads l
            WHERE l.load_id = calls.load_id AND {load_status_of("l.status")} = 'available')"""
_ORDER = "ORDER BY last_id IS NOT NULL, last_id DESC, created_at DESC, session_id"
_LAST_MOMENT = moment_of("coalesce((SELECT timestamp FROM main.negotiations WHERE id = last_id), created_at)")

# Which sessions have something to do with certain calls: by their rounds, or by how they were started.
_OF_CALLS = """
  AND session_id IN (SELECT session_id FROM main.negotiations WHERE call_id IN ({calls})
                     UNION SELECT session_id FROM main.negotiation_sessions WHERE call_id IN ({calls}))
"""
# A key that can be looked for has no quotes in it. What is no JSON has no metadata.
_VALUE = """CASE WHEN json_valid(metadata) THEN CAST(json_extract(metadata, '$."{key}"') AS TEXT) END"""
_OF_METADATA = f" AND {_VALUE} = coalesce(nullif({{value}}, ''), {_VALUE})"


def session_query(wanted: SessionFilter, *, now: datetime, limit: int) -> tuple[str, dict[str, object]]:
    """Return the SQL for sessions, and its values. ``limit`` 0 is all.

    Raises InvalidCarrierError.
    """
    among = ""
    values: dict[str, object] = {"now": timestamps.format_stored(now), "limit": limit or -1}
    if wanted.session_id is not None:
        among += " AND session_id = :session_id"
        values["session_id"] = wanted.session_id
    if wanted.call_id is not None:
        among += _OF_CALLS.format(calls=":call_id")
        values["call_id"] = wanted.call_id
    if wanted.load_id is not None:
        among += _OF_CALLS.format(calls="SELECT id FROM main.calls WHERE load_id = :load_id")
        values["load_id"] = wanted.load_id
    if wanted.carrier is not None:
        digits = carrier_digits("carrier_mc_number")
        among += _OF_CALLS.format(calls=f"SELECT id FROM main.calls WHERE {digits} = :carrier")
        values["carrier"] = carrier_number(wanted.carrier)
    if wanted.status is not None:
        values["status"] = wanted.status
    if wanted.since is not None:
        values["since"] = timestamps.format_stored(wanted.since)
    metadata = ""
    for number, (key, value) in enumerate(wanted.metadata):
        metadata += _OF_METADATA.format(key=key, value=f":meta_{number}")
        values[f"meta_{number}"] = value
    sql = _SESSIONS.format(
        is_session=f"{text_of('session_id')} IS NOT NULL",
        among=among,
        since="1" if wanted.since is None else f"{_LAST_MOMENT} >= :since",
        metadata=metadata,
        listed=":limit" if wanted.status is None else "-1",
        facts=thread_facts(f"({round_facts('{row}.session_id IN (SELECT session_id FROM listed)')})"),
        closed=moment_of("closed_at"),
        expires=moment_of("expires_at"),
        load=text_of("load_id"),
        status="1" if wanted.status is None else "status = :status",
        order=_ORDER,
        on_call=_ON_CALL,
        gone=_GONE,
    )
    return sql, values
