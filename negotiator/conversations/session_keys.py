"""Which sessions are wanted, in their order, by their keys: what is read does not grow with the file.

The latest come first, so the rounds are walked from the last one down, and a session is met at its last
round. What few sessions can have is looked up by an index instead; what is found is tested either way.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from sqlite3 import Connection
from typing import Any

from negotiator.conversations.few import is_few
from negotiator.conversations.models import SessionFilter
from negotiator.conversations.session_sql import session_query
from negotiator.conversations.session_statuses import may_be, may_be_without_a_round, narrowing_to, on_loads
from negotiator.storage.sql import carrier_digits, moment_of, spelled_within, text_of
from negotiator.values import timestamps
from negotiator.values.mc_number import carrier_number

_PAGE = 100
"""How many sessions are worked out at a time."""
_IS_SESSION = f"{text_of('s.session_id')} IS NOT NULL"
_CREATED = "(SELECT created_at FROM main.negotiation_sessions k WHERE k.session_id = s.session_id)"
_SINCE_ROUND = f"{moment_of('last_time')} >= :since"
_SINCE_START = f"{moment_of('s.created_at')} >= :since"
STARTED = f"""
    SELECT s.session_id, NULL FROM main.negotiation_sessions s
     WHERE NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = s.session_id)
       AND {_IS_SESSION} {{among}} AND {{wanted}}
     ORDER BY s.created_at DESC, s.session_id
"""
"""Sessions without a round."""
WALKED = f"""
    SELECT session_id, last_id FROM (
      SELECT s.session_id, s.id AS last_id, s.call_id, coalesce(s.timestamp, {_CREATED}) AS last_time
        FROM main.negotiations s
       WHERE NOT EXISTS (SELECT 1 FROM main.negotiations n WHERE n.session_id = s.session_id AND n.id > s.id)
         AND {_IS_SESSION}) s
     WHERE {{wanted}} ORDER BY last_id DESC
"""
"""Sessions with rounds, met at their last ones."""
GROUPED = f"""
    SELECT session_id, last_id FROM (
      SELECT s.session_id, s.last_id,
             (SELECT call_id FROM main.negotiations WHERE id = s.last_id) AS call_id,
             coalesce((SELECT timestamp FROM main.negotiations WHERE id = s.last_id), {_CREATED}) AS last_time
        FROM (SELECT s.session_id, max(s.id) AS last_id FROM main.negotiations s
               WHERE {_IS_SESSION} {{among}} GROUP BY s.session_id) s) s
     WHERE {{wanted}} ORDER BY last_id DESC
"""
"""Sessions with rounds, of some only."""
_LATEST = 10_000
"""How many rounds are walked before it is asked whether few sessions can be wanted at all."""
_HERE = "(SELECT max(id) FROM main.negotiations) - :latest"
# Which sessions have something to do with certain calls: by their rounds, or by how they were started.
_OF_CALLS = """
    SELECT session_id FROM main.negotiations WHERE call_id IN ({calls})
     UNION SELECT session_id FROM main.negotiation_sessions WHERE call_id IN ({calls})"""
# A key that can be looked for has no quotes in it. What is no JSON has no metadata.
_VALUE = """CASE WHEN json_valid(metadata) THEN CAST(json_extract(metadata, '$."{key}"') AS TEXT) END"""
_OF_METADATA = f"""
    SELECT session_id FROM main.negotiation_sessions
     WHERE {_VALUE} = coalesce(nullif({{value}}, ''), {_VALUE})"""
_SINCE = " UNION ALL ".join(
    spelled_within("session_id", f"main.{table}", time, since=":since")
    for table, time in (("negotiations", "timestamp"), ("negotiation_sessions", "created_at"))
)


def find_sessions(
    db: Connection, wanted: SessionFilter, *, now: datetime, limit: int
) -> Iterator[dict[str, Any]]:
    """Give the rows of the sessions that are wanted, in order; ``limit`` 0 is all.

    Raises InvalidCarrierError.
    """
    return islice(_rows(db, wanted, now, min(limit or _PAGE, _PAGE)), limit or None)


def _rows(db: Connection, wanted: SessionFilter, now: datetime, size: int) -> Iterator[dict[str, Any]]:
    for sql, values in key_queries(db, wanted, now):
        with closing(db.execute(sql, values)) as keys:
            while page := keys.fetchmany(size):
                question, given = session_query(now=now, keys=page, status=wanted.status)
                with closing(db.execute(question, given)) as found:
                    names = [column[0] for column in found.description]
                    rows = found.fetchall()
                yield from (dict(zip(names, row, strict=True)) for row in rows)


def key_queries(
    db: Connection, wanted: SessionFilter, now: datetime
) -> Iterator[tuple[str, dict[str, object]]]:
    """Give the SQL for sessions without a round and then for those with rounds, each with its values.

    What can be sought by loads is looked for among the latest rounds first, where most often enough is found.
    """
    among, values = _asked(wanted)
    values |= {"now": timestamps.format_stored(now), "latest": _LATEST}
    if wanted.since is not None:
        values |= {"since": timestamps.format_stored(wanted.since)}
    narrowing = [_SINCE] * (wanted.since is not None) + narrowing_to(wanted.status)
    among = among or [sql for sql in narrowing if is_few(db, sql, values)][:1]
    since_start, since_round = ("1", "1") if wanted.since is None else (_SINCE_START, _SINCE_ROUND)
    yield _query(STARTED, among, since_start, may_be_without_a_round(wanted.status)), values
    tests = [since_round, may_be(wanted.status)]
    possible = None if among else on_loads(wanted.status)
    if possible is not None:
        yield _query(WALKED, [], *tests, f"last_id > {_HERE}"), values
        tests.append(f"last_id <= {_HERE}")
        among = [" UNION ALL ".join(possible)] if is_few(db, possible[0], values) else []
    yield _query(GROUPED if among else WALKED, among, *tests), values


def _query(template: str, among: Sequence[str], *tests: str) -> str:
    restricted = "".join(f" AND s.session_id IN ({sql})" for sql in among)
    return template.format(among=restricted, wanted=" AND ".join(tests))


def _asked(wanted: SessionFilter) -> tuple[list[str], dict[str, object]]:
    """Return the SQL for the sessions that have to do with what is named, and its values."""
    among, values = [], dict[str, object]()
    if wanted.call_id is not None:
        among.append(_OF_CALLS.format(calls=":call_id"))
        values["call_id"] = wanted.call_id
    if wanted.load_id is not None:
        among.append(_OF_CALLS.format(calls="SELECT id FROM main.calls WHERE load_id = :load_id"))
        values["load_id"] = wanted.load_id
    if wanted.carrier is not None:
        digits = carrier_digits("carrier_mc_number")
        among.append(_OF_CALLS.format(calls=f"SELECT id FROM main.calls WHERE {digits} = :carrier"))
        values["carrier"] = carrier_number(wanted.carrier)
    for number, (key, value) in enumerate(wanted.metadata):
        among.append(_OF_METADATA.format(key=key, value=f":meta_{number}"))
        values[f"meta_{number}"] = value
    return among, values
