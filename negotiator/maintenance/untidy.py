"""What real files are like: rows that other programs wrote and this one can do little with."""

from collections.abc import Iterator
from sqlite3 import Connection

from negotiator.maintenance.findings import Check, Finding
from negotiator.storage.sql import (
    carrier_of,
    decision_of,
    load_status_of,
    moment_of,
    rate_of,
    text_of,
    word_of,
)
from negotiator.values.recorded import DECIDING, TAKING_BACK, WITHDRAWN

MOST_IDS = 200
"""How many rows a finding names."""

_STATUSES = "'available', 'booked', 'completed'"
_OUTCOMES = "'accepted', 'rejected', 'negotiating', 'transferred', 'abandoned'"
_WORD = word_of("system_response")
# What takes rounds back is found by `idx_negotiations_word`: few rows, where to read each word takes longer
# than all else that is asked of a row. A tuple of words is spelled as in SQL.
_TAKEN_BACK = f"main.negotiations WHERE {_WORD} IN {DECIDING} AND {_WORD} IN {TAKING_BACK}"
# Other programs' tables may have rows without an ID: these alone are told by their words.
_IS_ROUND = f"""(id IN (SELECT id FROM {_TAKEN_BACK})) IS NOT 1
                AND (id IS NOT NULL OR ({_WORD} IN {TAKING_BACK}) IS NOT 1)"""
_TIMES = {
    "loads": ("load_id", ("pickup_datetime", "delivery_datetime", "created_at", "updated_at")),
    "carriers": ("mc_number", ("created_at", "updated_at")),
    "calls": ("id", ("call_start_time", "call_end_time")),
    "negotiations": ("id", ("timestamp",)),
}


def _unreadable(table: str, key: str, column: str) -> str:
    """Return the SQL that finds rows in which a column has a text or number that is no time."""
    return f"""SELECT '{table}', {key}, '{column}' FROM main.{table}
                WHERE {text_of(column)} IS NOT NULL AND {moment_of(column)} IS NULL"""


# Each finds the keys of rows. How many there are counts, and some of them are named.
UNTIDY = {
    "repeated rounds": (
        "pairs of call and round number that stand more than once",
        f"""SELECT call_id, round_number FROM main.negotiations WHERE {_IS_ROUND}
            GROUP BY call_id, round_number, {{session}} HAVING count(*) > 1""",
    ),
    "asks": (
        "rounds without an ask",
        f"SELECT id FROM main.negotiations WHERE carrier_offer IS NULL AND {_IS_ROUND}",
    ),
    "decisions": (
        "rounds without a recorded decision",
        f"SELECT id FROM main.negotiations WHERE {decision_of('system_response')} IS NULL",
    ),
    "round counters": (
        "calls whose negotiation_rounds differs from their rows",
        # A row that takes back is no round; one that withdraws takes one away besides.
        f"""SELECT id FROM main.calls
              LEFT JOIN (SELECT call_id, sum(1 + ({_WORD} = '{WITHDRAWN}')) AS fewer
                           FROM {_TAKEN_BACK} GROUP BY call_id) taken ON taken.call_id = calls.id
             WHERE coalesce(negotiation_rounds, 0) <>
                   (SELECT count(*) FROM main.negotiations WHERE call_id = calls.id) - coalesce(fewer, 0)""",
    ),
    "agreed loads": (
        "accepted calls whose load is available",
        f"""SELECT calls.id FROM main.calls JOIN main.loads USING (load_id)
             WHERE {word_of("calls.outcome")} = 'accepted'
               AND {load_status_of("loads.status")} = 'available'""",
    ),
    "carrier spellings": (
        "carriers spelled in more than one way",
        f"""SELECT {carrier_of("number")} AS digits
             FROM (SELECT mc_number AS number FROM main.carriers
                    UNION SELECT carrier_mc_number FROM main.calls WHERE carrier_mc_number IS NOT NULL)
            GROUP BY digits HAVING digits IS NOT NULL AND count(*) > 1""",
    ),
    "statuses": (
        "loads whose status is none of those known",
        f"SELECT load_id FROM main.loads WHERE {word_of('status')} NOT IN ({_STATUSES})",
    ),
    "outcomes": (
        "calls whose outcome is none of those known",
        f"SELECT id FROM main.calls WHERE {word_of('outcome')} NOT IN ({_OUTCOMES})",
    ),
    "posted rates": (
        "loads whose posted rate is no amount above zero",
        f"SELECT load_id FROM main.loads WHERE {rate_of('loadboard_rate')} IS NULL",
    ),
    "times": (
        "times that cannot be read",
        " UNION ALL ".join(
            _unreadable(table, key, column) for table, (key, columns) in _TIMES.items() for column in columns
        ),
    ),
    "foreign keys": (
        "rows that name something that is not there",
        'SELECT "table", rowid FROM pragma_foreign_key_check',
    ),
}


def untidiness(db: Connection, *, has_sessions: bool) -> Iterator[Check]:
    """Count what is untidy, and name some of it; ``has_sessions`` tells whether rounds have sessions."""
    for name, (what, sql) in UNTIDY.items():
        question = sql.format(session="session_id" if has_sessions else "NULL")
        count = db.execute(f"SELECT count(*) FROM ({question})").fetchone()[0]
        found = db.execute(f"{question} LIMIT {MOST_IDS}").fetchall() if count else []
        ids = tuple(row[0] if len(row) == 1 else list(row) for row in found)
        yield Check(name, Finding.NOTE if count else Finding.OK, f"{what}: {count}", ids)
