"""Sessions as SQL: which there are, and what their rounds say of each."""

from datetime import datetime

from negotiator.conversations.models import SessionFilter
from negotiator.migrations import carrier_digits, moment_of
from negotiator.values import timestamps
from negotiator.values.mc_number import carrier_number

# As long as an amount may be that `Round.counter` reads: 12 digits, a point, 6 more.
_IS_COUNTER = """(system_response GLOB 'counter_offer_[0-9]*'
                 AND substr(system_response, 15) NOT GLOB '*[^0-9.]*' AND length(system_response) <= 33)"""
# A row that tells where a thread stands: an old program's free text doesn't.
_TELLING = f"(system_response IN ('accepted', 'transfer_to_human', 'reopened') OR {_IS_COUNTER})"
_MOMENT = moment_of("timestamp")
_IS_ASK = "typeof(carrier_offer) IN ('real', 'integer') AND carrier_offer BETWEEN 0.01 AND 1e7"

# Every question about one session is answered through the index on session_id.
_SUMMARY = f"""
WITH counted AS (
  SELECT session_id, sum(system_response IS NOT 'reopened') AS rounds, max(id) AS last_id
    FROM main.negotiations WHERE session_id IS NOT NULL {{among}} GROUP BY session_id
  UNION ALL
  SELECT session_id, 0, NULL FROM main.negotiation_sessions
   WHERE NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = negotiation_sessions.session_id)
         {{among}}
), told AS (
  SELECT counted.*, kept.call_id AS started_on, kept.created_at, kept.expires_at, kept.closed_at,
         kept.close_reason, kept.metadata,
         (SELECT id FROM main.negotiations n WHERE n.session_id = counted.session_id AND {_TELLING}
           ORDER BY {_MOMENT} DESC, id DESC LIMIT 1) AS telling_id
    FROM counted LEFT JOIN main.negotiation_sessions kept USING (session_id)
), judged AS (
  SELECT told.*,
         CASE WHEN n.system_response = 'accepted' THEN 'accepted'
              WHEN n.system_response = 'transfer_to_human' THEN 'transferred'
              WHEN closed_at IS NOT NULL THEN 'closed'
              WHEN {moment_of("expires_at")} <= julianday(:now) THEN 'expired'
              ELSE 'active' END AS status,
         n.timestamp AS told_at
    FROM told LEFT JOIN main.negotiations n ON n.id = telling_id
), chosen AS (
  SELECT * FROM judged WHERE {{where}}
   ORDER BY last_id IS NOT NULL, last_id DESC, created_at DESC, session_id LIMIT :limit
)
SELECT chosen.*,
       (SELECT load_id {{on_call}}) AS load_id,
       (SELECT carrier_mc_number {{on_call}}) AS carrier_mc_number,
       (SELECT group_concat(DISTINCT call_id) FROM (
           SELECT call_id FROM main.negotiations n WHERE n.session_id = chosen.session_id
            UNION SELECT started_on)) AS calls,
       (SELECT count(*) {{rounds}} AND {_IS_COUNTER}) AS counters,
       (SELECT carrier_offer {{rounds}} AND {_IS_ASK}
         ORDER BY {_MOMENT}, id LIMIT 1) AS first_ask,
       (SELECT carrier_offer {{rounds}} AND {_IS_ASK}
         ORDER BY {_MOMENT} DESC, id DESC LIMIT 1) AS last_ask,
       (SELECT max(CAST(substr(system_response, 15) AS REAL)) {{rounds}}
           AND {_IS_COUNTER}) AS standing_counter,
       (SELECT timestamp {{rounds}} ORDER BY {_MOMENT}, id LIMIT 1) AS first_round_at,
       (SELECT timestamp {{rounds}} ORDER BY {_MOMENT} DESC, id DESC LIMIT 1) AS last_round_at,
       CASE WHEN status IN ('accepted', 'transferred') THEN round(86400 * ({moment_of("told_at")} -
           (SELECT min({_MOMENT}) {{rounds}})), 3) END AS seconds_to_close
  FROM chosen ORDER BY last_id IS NOT NULL, last_id DESC, created_at DESC, session_id
"""
_ON_CALL = """FROM main.calls WHERE id = coalesce(
           (SELECT call_id FROM main.negotiations WHERE id = last_id), started_on)"""
_ROUNDS = "FROM main.negotiations n WHERE n.session_id = chosen.session_id"

# Which sessions have something to do with certain calls: by their rounds, or by how they were started.
_OF_CALLS = """
  AND session_id IN (SELECT session_id FROM main.negotiations WHERE call_id IN ({calls})
                     UNION SELECT session_id FROM main.negotiation_sessions WHERE call_id IN ({calls}))
"""


def session_query(wanted: SessionFilter, *, now: datetime, limit: int) -> tuple[str, dict[str, object]]:
    """Return the SQL for sessions, and its values. ``limit`` 0 is all.

    Raises InvalidCarrierError.
    """
    among, where = "", ["1"]
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
        where.append("status = :status")
        values["status"] = wanted.status
    if wanted.since is not None:
        last = "(SELECT timestamp FROM main.negotiations WHERE id = last_id)"
        where.append(f"{moment_of(f'coalesce({last}, created_at)')} >= julianday(:since)")
        values["since"] = timestamps.format_stored(wanted.since)
    sql = _SUMMARY.format(among=among, where=" AND ".join(where), rounds=_ROUNDS, on_call=_ON_CALL)
    return sql, values
