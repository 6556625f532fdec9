"""The schema's steps. A step that has landed is never edited; a new one gets the next number.

This file stands alone, so that ``sqlite-utils migrate loads.db negotiator/migrations.py`` works wherever
sqlite-utils does. What is in a file already, whoever put it there, is kept.
"""

from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

migrations = Migrations("negotiator")


@migrations()
def m001_add_session_id(db: Database) -> None:
    """Add the column session_id to negotiations, and its two indexes: it ties the rounds of a session."""
    _add_text_column(db, "negotiations", "session_id")
    _add_index(db, "negotiations", "idx_negotiations_session_id", ("session_id",))
    _add_index(db, "negotiations", "idx_negotiations_call_session", ("call_id", "session_id"))


@migrations()
def m002_add_notes(db: Database) -> None:
    """Add the column notes to negotiations: the note that was given with an ask."""
    _add_text_column(db, "negotiations", "notes")


@migrations()
def m003_index_calls_by_load(db: Database) -> None:
    """Add an index on calls by load: whether a rate was agreed for a load is asked in every round."""
    _add_index(db, "calls", "idx_calls_load_id", ("load_id",))


@migrations()
def m004_add_sessions(db: Database) -> None:
    """Add a table for what can't be derived from rounds: when a session ends, why it was closed, metadata."""
    _add_table(
        db,
        "negotiation_sessions",
        {
            "session_id": "TEXT PRIMARY KEY NOT NULL",
            "call_id": "INTEGER REFERENCES calls (id)",
            "created_at": "TEXT",
            "expires_at": "TEXT",
            "closed_at": "TEXT",
            "close_reason": "TEXT",
            "metadata": "TEXT",
        },
    )
    _add_index(db, "negotiation_sessions", "idx_negotiation_sessions_call_id", ("call_id",))


@migrations()
def m005_index_lists(db: Database) -> None:
    """Add indexes for lists: loads by status and pick-up, calls by carrier however it is spelled."""
    _add_index(db, "loads", "idx_loads_status_pickup", ("status", "pickup_datetime"))
    if not _index_table(db, "idx_calls_carrier"):
        # Only text functions: one on times would stop other programs from writing what is no time.
        digits = carrier_digits("carrier_mc_number")
        db.execute(f"CREATE INDEX main.idx_calls_carrier ON calls ({digits})")


def moment_of(expression: str) -> str:
    """Return SQL for the Julian day of a timestamp, in each spelling that a file may have; NULL for others.

    SQLite alone would take ``now`` and bare numbers for times, and not know ``UTC``, ``+0530`` or ``9:00``.
    """
    day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
    clock = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
    # Nearly all are spelled as we write them, or without the fraction: those cost one comparison.
    usual = f"length({expression}) = 19 AND {expression} GLOB '{day} {clock}'"
    ours = f"length({expression}) = 26 AND {expression} GLOB '{day} {clock}.[0-9][0-9][0-9][0-9][0-9][0-9]'"
    text = f"replace(upper(trim({expression})), ' UTC', 'Z')"
    return f"""CASE WHEN {usual} OR {ours} THEN julianday({expression})
                    WHEN trim({expression}) NOT GLOB '{day}*' THEN NULL
                    WHEN {text} GLOB '????-??-??[ T][0-9]:*'
                    THEN julianday(substr({text}, 1, 11) || '0' || substr({text}, 12))
                    WHEN {text} GLOB '*:*[+-][0-9][0-9][0-9][0-9]'
                    THEN julianday(substr({text}, 1, length({text}) - 2) || ':' || substr({text}, -2))
                    ELSE julianday({text}) END"""


_IS_COUNTER = """(n.system_response GLOB 'counter_offer_[0-9]*'
                 AND substr(n.system_response, 15) NOT GLOB '*[^0-9.]*')"""
_ROUND_FACTS = f"""
SELECT n.id AS round_id, n.call_id, n.session_id,
       coalesce(n.session_id, 'call ' || n.call_id) AS thread,
       n.round_number,
       CASE WHEN typeof(n.carrier_offer) IN ('real', 'integer') AND n.carrier_offer BETWEEN 0.01 AND 1e7
            THEN round(n.carrier_offer, 2) END AS ask,
       CASE WHEN n.system_response = 'accepted' THEN 'accepted'
            WHEN n.system_response = 'transfer_to_human' THEN 'transfer'
            WHEN n.system_response = 'reopened' THEN 'reopened'
            WHEN {_IS_COUNTER} THEN 'counter' END AS decision,
       CASE WHEN {_IS_COUNTER} THEN round(CAST(substr(n.system_response, 15) AS REAL), 2) END AS counter,
       {moment_of("n.timestamp")} AS moment
  FROM main.negotiations n
"""
# A thread's rounds are put in order once; then its first and last ask, and its last word, are the least
# and the greatest of numbers in which the place stands before the cents, or before the word's number.
_THREAD_FACTS = """
WITH slim AS (
  SELECT thread, session_id, call_id, round_id, moment, counter, CAST(round(ask * 100) AS INTEGER) AS cents,
         CASE decision WHEN 'counter' THEN 1 WHEN 'accepted' THEN 2 WHEN 'transfer' THEN 3
                       WHEN 'reopened' THEN 4 END AS word
    FROM round_facts
), placed AS (
  SELECT thread, session_id, call_id, moment, counter, cents, word,
         row_number() OVER (PARTITION BY thread ORDER BY moment, round_id) AS place FROM slim
), packed AS (
  SELECT thread, max(session_id) AS session_id,
         sum(word IS NOT 4) AS rounds, sum(word IS NULL) AS undecided,
         min(place * 100000000000 + cents) AS first_ask, max(place * 100000000000 + cents) AS last_ask,
         sum(word IS 1) AS counters, max(counter) AS highest_counter,
         max(place * 10 + word) AS last_word,
         max(CASE WHEN word = 2 THEN place * 100000000000 + cents END) AS accepted_ask,
         min(moment) AS first_moment, max(CASE WHEN word IN (2, 3) THEN moment END) AS closing_moment,
         max(place * 1000000000000 + call_id) % 1000000000000 AS call_id
    FROM placed GROUP BY thread
)
SELECT thread, session_id, call_id, rounds, undecided,
       first_ask % 100000000000 / 100.0 AS first_ask,
       last_ask % 100000000000 / 100.0 AS last_ask,
       counters, highest_counter,
       CASE last_word % 10 WHEN 1 THEN 'open' WHEN 2 THEN 'accepted' WHEN 3 THEN 'transferred'
                           WHEN 4 THEN 'open' ELSE 'undecided' END AS state,
       CASE WHEN last_word % 10 = 2 THEN accepted_ask % 100000000000 / 100.0 END AS agreed,
       first_moment,
       CASE WHEN last_word % 10 IN (2, 3) THEN closing_moment END AS closing_moment
  FROM packed
"""
_VIEWS = {"round_facts": _ROUND_FACTS, "thread_facts": _THREAD_FACTS}


@migrations()
def m006_add_views(db: Database) -> None:
    """Add views for whoever asks in SQL: a row a round with its decision, a row a thread with its result."""
    for name, sql in _VIEWS.items():
        _add_view(db, name, sql)


@migrations()
def m007_add_request_id(db: Database) -> None:
    """Add the column request_id to negotiations, unique where it is given: an ask sent twice is one round."""
    _add_text_column(db, "negotiations", "request_id")
    _add_unique_index(db, "negotiations", "idx_negotiations_request_id", "request_id")


@migrations()
def m008_record_terms(db: Database) -> None:
    """Add columns for what each round was decided on, and by whom, because rates and ceilings change."""
    terms = {
        "load_id": "TEXT",
        "posted_rate": "REAL",
        "ceiling": "REAL",
        "policy_version": "INTEGER",
        "decided_by": "TEXT",
    }
    for column, kind in terms.items():
        _add_column(db, "negotiations", column, kind)


@migrations()
def m009_keep_states(db: Database) -> None:
    """Add a table for how a call and its load stood before a round, so that the round can be taken back."""
    _add_table(
        db,
        "states_before",
        {
            "round_id": "INTEGER PRIMARY KEY NOT NULL",
            "timestamp": "TEXT",
            # The rest has no type, so that each value is kept as another program wrote it.
            "outcome": "",
            "final_rate_agreed": "",
            "transferred_to_rep": "",
            "load_status": "",
        },
    )


@migrations()
def m010_add_policies(db: Database) -> None:
    """Add tables for the desk's policy in all its versions, and for what a load has beside its columns.

    Loads get an index by lane: what a lane has cost is asked for while a carrier is on the line.
    """
    _add_table(
        db,
        "policies",
        {
            "version": "INTEGER PRIMARY KEY NOT NULL",
            "created_at": "TEXT",
            "created_by": "TEXT",
            "source": "TEXT",
            "reason": "TEXT",
            "document": "TEXT",
        },
    )
    _add_table(
        db,
        "load_facts",
        {
            "load_id": "TEXT PRIMARY KEY NOT NULL",
            "ceiling": "REAL",
            "cancelled_at": "TEXT",
            "reason": "TEXT",
            "changed_by": "TEXT",
            "changed_at": "TEXT",
        },
    )
    if not _index_table(db, "idx_loads_lane"):
        origin = "lower(replace(trim(origin), '.', ''))"  # ST. LOUIS, MO and St Louis MO begin alike
        db.execute(f"CREATE INDEX main.idx_loads_lane ON loads ({origin}, origin, destination)")


def changed_views(db: Database) -> list[str]:
    """Return which of our views are missing, or are not as they were made."""
    held = dict(db.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'view'").fetchall())
    return [name for name, sql in _VIEWS.items() if held.get(name) != f"CREATE VIEW {name} AS{sql.rstrip()}"]


def _add_view(db: Database, name: str, sql: str) -> None:
    """Add the view. Raises ValueError if its name stands for something else."""
    taken = db.execute("SELECT sql FROM main.sqlite_master WHERE lower(name) = ?", [name]).fetchone()
    statement = f"CREATE VIEW {name} AS{sql.rstrip()}"
    if taken is None:
        db.execute(f"CREATE VIEW main.{name} AS{sql.rstrip()}")
    elif taken[0] != statement:
        raise ValueError(f"{name} is there, and is another view or table: rename it, then migrate again")


def carrier_digits(expression: str) -> str:
    """Return SQL for the digits of an MC number: MC123456, MC 123456 and MC-123456 are one carrier."""
    bare = f"upper({expression})"
    for noise in ("MC", "#", "-", " "):
        bare = f"replace({bare}, '{noise}', '')"
    return f"ltrim({bare}, '0')"


def _add_table(db: Database, table: str, columns: dict[str, str]) -> None:
    """Add the table unless it is there. Raises ValueError if its name stands for something else."""
    held = {row[1].lower() for row in db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall()}
    if not held:
        listed = ", ".join(f"{name} {kind}".strip() for name, kind in columns.items())
        db.execute(f'CREATE TABLE main."{table}" ({listed})')
    elif missing := sorted(set(columns) - held):
        raise ValueError(
            f"{table} is there and has no column {', '.join(missing)}: rename it, then migrate again"
        )


def _add_text_column(db: Database, table: str, column: str) -> None:
    """Add the column unless it is there. Raises ValueError if it is there and can't be written."""
    _add_column(db, table, column, "TEXT")


def _add_column(db: Database, table: str, column: str, kind: str) -> None:
    """Add the column unless it is there. Raises ValueError if it is there and can't be written."""
    # table_xinfo, because table_info leaves generated columns out; names of columns ignore case.
    for _, name, _, _, _, _, hidden in db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall():
        if name.lower() == column:
            if hidden:
                raise ValueError(f"{table}.{name} is a generated column: rename it, then migrate again")
            return
    db.execute(f'ALTER TABLE main."{table}" ADD COLUMN "{column}" {kind}')


def _add_index(db: Database, table: str, index: str, columns: tuple[str, ...]) -> None:
    """Add the index unless it is there. Raises ValueError if its name stands for something else."""
    holder = _index_table(db, index)
    if holder is None:
        # In brackets a name is always a name; in quotes one that is no column would be taken for text.
        listed = ", ".join(f"[{column}]" for column in columns)
        db.execute(f'CREATE INDEX main."{index}" ON "{table}" ({listed})')
    elif holder != table or not _is_plain_index(cast("Table", db[table]), index, columns):
        raise ValueError(
            f"the index {index} is there, but not as a plain index of {table} ({', '.join(columns)}): "
            "drop it or rename it, then migrate again"
        )


def _add_unique_index(db: Database, table: str, index: str, column: str) -> None:
    """Add the index, of the rows that have a value, unless it is there. Raises ValueError if it can't be."""
    made = f'CREATE UNIQUE INDEX main."{index}" ON "{table}" ([{column}]) WHERE [{column}] IS NOT NULL'
    sql = "SELECT lower(tbl_name), sql FROM main.sqlite_master WHERE type = 'index' AND lower(name) = ?"
    held = db.execute(sql, [index]).fetchone()
    if held is None:
        values = f"FROM main.[{table}] WHERE [{column}] IS NOT NULL"
        if db.execute(f"SELECT 1 {values} GROUP BY [{column}] HAVING count(*) > 1").fetchone():
            raise ValueError(f"{table}.{column} is there and repeats a value: rename it, then migrate again")
        db.execute(made)
    elif held[0] != table or _words(held[1]) != _words(made.replace("main.", "")):
        raise ValueError(
            f"the index {index} is there, but not as one of {table} ({column}), unique where not NULL: "
            "drop it or rename it, then migrate again"
        )


def _words(sql: str) -> list[str]:
    """Return the words of a statement, however its names are quoted and its parts are spaced."""
    for mark in '"[]`':
        sql = sql.replace(mark, "")
    return sql.upper().replace("(", " ( ").replace(")", " ) ").split()


def _index_table(db: Database, index: str) -> str | None:
    """Return the table that an index of this name is on, None when there is no such index."""
    sql = "SELECT lower(tbl_name) FROM main.sqlite_master WHERE type = 'index' AND lower(name) = ?"
    row = db.execute(sql, [index]).fetchone()
    return None if row is None else str(row[0])


def _is_plain_index(table: Table, index: str, columns: tuple[str, ...]) -> bool:
    """Return whether the index covers exactly these columns: every row, no uniqueness, usual collation."""
    plain = next(found for found in table.indexes if found.name.lower() == index)
    keys = next(found for found in table.xindexes if found.name.lower() == index).columns
    covers = tuple((column or "").lower() for column in plain.columns) == columns
    usual = all(key.coll == "BINARY" for key in keys if key.key)
    return covers and usual and not plain.unique and not plain.partial
