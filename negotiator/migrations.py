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
        digits = _carrier_digits("carrier_mc_number")
        db.execute(f"CREATE INDEX main.idx_calls_carrier ON calls ({digits})")


def _julian_day(expression: str) -> str:
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
       {_julian_day("n.timestamp")} AS moment
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
_FIRST_VIEWS = {"round_facts": _ROUND_FACTS, "thread_facts": _THREAD_FACTS}


@migrations()
def m006_add_views(db: Database) -> None:
    """Add views for whoever asks in SQL: a row a round with its decision, a row a thread with its result."""
    for name, sql in _FIRST_VIEWS.items():
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


# What `negotiator.storage` made of every spelling of a cell when this step was written.
_ROUND_FACTS_11 = """
SELECT round_id, call_id, session_id, CASE WHEN session_id IS NULL THEN 'call ' || call_id
            WHEN session_id GLOB 'call *' OR session_id GLOB 'session *' THEN 'session ' || session_id
            ELSE session_id END AS thread, round_number, ask,
       CASE word WHEN 'accepted' THEN 'accepted' WHEN 'transfer_to_human' THEN 'transfer' WHEN 'reopened' THEN 'reopened' WHEN 'withdrawn' THEN 'withdrawn' WHEN 'fell_through' THEN 'fell_through' ELSE CASE WHEN counter IS NOT NULL THEN 'counter' END END AS decision,
       counter, julianday(time) AS moment, time,
       posted_rate, ceiling, policy_version, decided_by
  FROM (SELECT n.id AS round_id, n.call_id, n.round_number, n.policy_version,
               CASE WHEN trim(n.session_id, char(9, 10, 11, 12, 13, 32, 160)) <> '' THEN CAST(n.session_id AS TEXT) END AS session_id,
               CASE WHEN trim(n.decided_by, char(9, 10, 11, 12, 13, 32, 160)) <> '' THEN CAST(n.decided_by AS TEXT) END AS decided_by,
               nullif(lower(trim(n.system_response, char(9, 10, 11, 12, 13, 32, 160))), '') AS word,
               CASE WHEN instr(lower(n.system_response), 'counter_offer_') = 0 OR NOT instr(n.system_response, char(0)) = 0 THEN NULL
            WHEN n.system_response GLOB 'counter_offer_[0-9]*.[0-9][0-9]' AND substr(n.system_response, 15) NOT GLOB '*[^0-9.]*'
                 AND instr(n.system_response, '.') = length(n.system_response) - 2 THEN CASE WHEN CAST(replace(substr(n.system_response, 15), '.', '') AS INTEGER) BETWEEN 1 AND 1000000000 THEN CAST(replace(substr(n.system_response, 15), '.', '') AS INTEGER) / 100.0 END
            WHEN lower(trim(n.system_response, char(9, 10, 11, 12, 13, 32, 160))) GLOB 'counter_offer_*' THEN (
      WITH a (digits) AS (
        SELECT substr(substr(lower(trim(n.system_response, char(9, 10, 11, 12, 13, 32, 160))), 15), 1 + (substr(lower(trim(n.system_response, char(9, 10, 11, 12, 13, 32, 160))), 15) GLOB '$*'))
      ), b (digits, point) AS (
        SELECT digits, instr(digits || '.', '.') FROM a LIMIT 1
      ), c (digits, whole, fraction) AS (
        SELECT digits, substr(digits, 1, point - 1), substr(digits, point + 1) FROM b LIMIT 1
      ), d (cents) AS (
        SELECT CAST(replace(whole, ',', '') AS INTEGER) * 100 + CAST(substr(fraction || '00', 1, 2) AS INTEGER)
               + (substr(fraction, 3, 1) >= '5')
          FROM c
         WHERE whole GLOB '[0-9]*' AND whole NOT GLOB '*[^0-9,]*'
           AND fraction NOT GLOB '*[^0-9]*' AND digits NOT GLOB '*.'
           AND (instr(whole, ',') = 0 OR printf('%,d', CAST(replace(whole, ',', '') AS INTEGER)) = whole)
         LIMIT 1
      )
      SELECT CASE WHEN cents BETWEEN 1 AND 1000000000 THEN cents / 100.0 END FROM d) END AS counter,
               CASE WHEN typeof(n.carrier_offer) IN ('real', 'integer') THEN CASE WHEN CAST(n.carrier_offer * 100 + 0.500001 AS INTEGER) BETWEEN 1 AND 1000000000 THEN CAST(n.carrier_offer * 100 + 0.500001 AS INTEGER) / 100.0 END
            WHEN typeof(n.carrier_offer) = 'text' AND instr(n.carrier_offer, char(0)) = 0
            THEN (
      WITH a (digits) AS (
        SELECT substr(trim(n.carrier_offer, char(9, 10, 11, 12, 13, 32, 160)), 1 + (trim(n.carrier_offer, char(9, 10, 11, 12, 13, 32, 160)) GLOB '$*'))
      ), b (digits, point) AS (
        SELECT digits, instr(digits || '.', '.') FROM a LIMIT 1
      ), c (digits, whole, fraction) AS (
        SELECT digits, substr(digits, 1, point - 1), substr(digits, point + 1) FROM b LIMIT 1
      ), d (cents) AS (
        SELECT CAST(replace(whole, ',', '') AS INTEGER) * 100 + CAST(substr(fraction || '00', 1, 2) AS INTEGER)
               + (substr(fraction, 3, 1) >= '5')
          FROM c
         WHERE whole GLOB '[0-9]*' AND whole NOT GLOB '*[^0-9,]*'
           AND fraction NOT GLOB '*[^0-9]*' AND digits NOT GLOB '*.'
           AND (instr(whole, ',') = 0 OR printf('%,d', CAST(replace(whole, ',', '') AS INTEGER)) = whole)
         LIMIT 1
      )
      SELECT CASE WHEN cents BETWEEN 1 AND 1000000000 THEN cents / 100.0 END FROM d) END AS ask,
               CASE WHEN typeof(n.posted_rate) IN ('real', 'integer') THEN CASE WHEN CAST(n.posted_rate * 100 + 0.500001 AS INTEGER) BETWEEN 1 AND 1000000000 THEN CAST(n.posted_rate * 100 + 0.500001 AS INTEGER) / 100.0 END
            WHEN typeof(n.posted_rate) = 'text' AND instr(n.posted_rate, char(0)) = 0
            THEN (
      WITH a (digits) AS (
        SELECT substr(trim(n.posted_rate, char(9, 10, 11, 12, 13, 32, 160)), 1 + (trim(n.posted_rate, char(9, 10, 11, 12, 13, 32, 160)) GLOB '$*'))
      ), b (digits, point) AS (
        SELECT digits, instr(digits || '.', '.') FROM a LIMIT 1
      ), c (digits, whole, fraction) AS (
        SELECT digits, substr(digits, 1, point - 1), substr(digits, point + 1) FROM b LIMIT 1
      ), d (cents) AS (
        SELECT CAST(replace(whole, ',', '') AS INTEGER) * 100 + CAST(substr(fraction || '00', 1, 2) AS INTEGER)
               + (substr(fraction, 3, 1) >= '5')
          FROM c
         WHERE whole GLOB '[0-9]*' AND whole NOT GLOB '*[^0-9,]*'
           AND fraction NOT GLOB '*[^0-9]*' AND digits NOT GLOB '*.'
           AND (instr(whole, ',') = 0 OR printf('%,d', CAST(replace(whole, ',', '') AS INTEGER)) = whole)
         LIMIT 1
      )
      SELECT CASE WHEN cents BETWEEN 1 AND 1000000000 THEN cents / 100.0 END FROM d) END AS posted_rate,
               CASE WHEN typeof(n.ceiling) IN ('real', 'integer') THEN CASE WHEN CAST(n.ceiling * 100 + 0.500001 AS INTEGER) BETWEEN 1 AND 1000000000 THEN CAST(n.ceiling * 100 + 0.500001 AS INTEGER) / 100.0 END
            WHEN typeof(n.ceiling) = 'text' AND instr(n.ceiling, char(0)) = 0
            THEN (
      WITH a (digits) AS (
        SELECT substr(trim(n.ceiling, char(9, 10, 11, 12, 13, 32, 160)), 1 + (trim(n.ceiling, char(9, 10, 11, 12, 13, 32, 160)) GLOB '$*'))
      ), b (digits, point) AS (
        SELECT digits, instr(digits || '.', '.') FROM a LIMIT 1
      ), c (digits, whole, fraction) AS (
        SELECT digits, substr(digits, 1, point - 1), substr(digits, point + 1) FROM b LIMIT 1
      ), d (cents) AS (
        SELECT CAST(replace(whole, ',', '') AS INTEGER) * 100 + CAST(substr(fraction || '00', 1, 2) AS INTEGER)
               + (substr(fraction, 3, 1) >= '5')
          FROM c
         WHERE whole GLOB '[0-9]*' AND whole NOT GLOB '*[^0-9,]*'
           AND fraction NOT GLOB '*[^0-9]*' AND digits NOT GLOB '*.'
           AND (instr(whole, ',') = 0 OR printf('%,d', CAST(replace(whole, ',', '') AS INTEGER)) = whole)
         LIMIT 1
      )
      SELECT CASE WHEN cents BETWEEN 1 AND 1000000000 THEN cents / 100.0 END FROM d) END AS ceiling,
               CASE WHEN length(n.timestamp) = 26 AND n.timestamp GLOB '*.[0-9][0-9][0-9][0-9][0-9][0-9]'
                 AND n.timestamp = substr(n.timestamp, 1, 26) AND substr(n.timestamp, 1, 19) = strftime('%Y-%m-%d %H:%M:%S', substr(n.timestamp, 1, 19), '+0 seconds') AND substr(n.timestamp, 1, 19) >= '0001' THEN n.timestamp
            WHEN n.timestamp = substr(n.timestamp, 1, 19) AND substr(n.timestamp, 1, 19) = strftime('%Y-%m-%d %H:%M:%S', substr(n.timestamp, 1, 19), '+0 seconds') AND substr(n.timestamp, 1, 19) >= '0001' THEN n.timestamp || '.000000'
            ELSE (
      WITH a (text) AS (
        SELECT upper(trim(n.timestamp, char(9, 10, 11, 12, 13, 32, 160))) WHERE typeof(n.timestamp) = 'text' AND instr(n.timestamp, char(0)) = 0
      ), b (day, clock) AS (
        SELECT substr(text, 1, 10),
               CASE WHEN length(text) = 10 THEN '00:00'
                    WHEN substr(text, 11) GLOB '[ T][0-9]:*' THEN '0' || substr(text, 12)
                    WHEN substr(text, 11) GLOB '[ T]*' THEN substr(text, 12) END
          FROM a LIMIT 1
      ), c (day, clock) AS (
        SELECT day, CASE WHEN clock GLOB '[0-9][0-9]:[0-9][0-9]:*' THEN clock
                         ELSE substr(clock, 1, 5) || ':00 ' || substr(clock, 6) END
          FROM b LIMIT 1
      ), d (base, rest) AS (
        SELECT day || ' ' || substr(clock, 1, 8), substr(clock, 9) FROM c LIMIT 1
      ), e (base, fraction, zone) AS (
        SELECT base, CASE WHEN rest GLOB '[.,][0-9]*' THEN substr(rest, 2, length(rest) - 1 - length(ltrim(substr(rest, 2), '0123456789'))) ELSE '' END,
               ltrim(CASE WHEN rest GLOB '[.,][0-9]*' THEN substr(rest, 2 + length(rest) - 1 - length(ltrim(substr(rest, 2), '0123456789'))) ELSE rest END, ' ')
          FROM d LIMIT 1
      ), f (base, fraction, shift) AS (
        SELECT base, fraction,
               CASE WHEN zone IN ('', 'Z', 'UTC', 'GMT') THEN ''
                    WHEN zone GLOB '[+-][0-9][0-9]' THEN zone || ':00'
                    WHEN zone GLOB '[+-][0-9][0-9][0-9][0-9]' THEN substr(zone, 1, 3) || ':' || substr(zone, 4)
                    WHEN zone GLOB '[+-][0-9][0-9]:[0-9][0-9]' THEN zone END
          FROM e LIMIT 1
      )
      SELECT strftime('%Y-%m-%d %H:%M:%S', base || shift) || '.' || substr(fraction || '000000', 1, 6) FROM f
       WHERE base = strftime('%Y-%m-%d %H:%M:%S', base, '+0 seconds') AND strftime('%Y-%m-%d %H:%M:%S', base || shift) BETWEEN '0001' AND '9999~') END AS time
          FROM negotiations n
         WHERE 1 AND (n.id IN (
SELECT done.id FROM negotiations back
  JOIN negotiations done ON done.call_id IS back.call_id AND done.round_number IS back.round_number
                        AND CASE WHEN trim(done.session_id, char(9, 10, 11, 12, 13, 32, 160)) <> '' THEN CAST(done.session_id AS TEXT) END IS CASE WHEN trim(back.session_id, char(9, 10, 11, 12, 13, 32, 160)) <> '' THEN CAST(back.session_id AS TEXT) END AND done.id <= back.id
 WHERE nullif(lower(trim(back.system_response, char(9, 10, 11, 12, 13, 32, 160))), '') = 'withdrawn' AND 1
)) IS NOT 1)
"""  # noqa: E501 - as it was made
_THREAD_FACTS_11 = """
WITH slim AS (
  SELECT thread, session_id, call_id, round_id, time, counter, CAST(round(ask * 100) AS INTEGER) AS cents,
         CAST(round(posted_rate * 100) AS INTEGER) AS posted,
         CAST(round(ceiling * 100) AS INTEGER) AS ceiling, decided_by,
         CASE decision WHEN 'counter' THEN 1 WHEN 'accepted' THEN 2 WHEN 'transfer' THEN 3 WHEN 'reopened' THEN 4 WHEN 'withdrawn' THEN 4 WHEN 'fell_through' THEN 4 END AS word
    FROM round_facts
), placed AS (
  SELECT thread, session_id, call_id, time, counter, cents, posted, ceiling, decided_by, word,
         row_number() OVER (PARTITION BY thread ORDER BY time, round_id) AS place FROM slim
), packed AS (
  SELECT thread, max(session_id) AS session_id,
         sum(word IS NOT 4) AS rounds, sum(word IS NULL) AS undecided,
         min(place * 100000000000 + cents) AS first_ask, max(place * 100000000000 + cents) AS last_ask,
         sum(word IS 1) AS counters, max(counter) AS highest_counter,
         max(place * 10 + word) AS last_word,
         max(CASE WHEN word = 2 THEN place * 100000000000 + cents END) AS accepted_ask,
         max(place * 100000000000 + posted) AS posted, max(place * 100000000000 + ceiling) AS ceiling,
         max(CASE WHEN word = 2 THEN printf('%010d', place) || coalesce(decided_by, '') END) AS agreed_by,
         min(time) AS first_time, max(time) AS last_time,
         max(CASE WHEN word IN (2, 3) THEN time END) AS closing_time,
         CASE WHEN min(call_id) = max(call_id) THEN min(call_id)
              ELSE max(place * 1000000000000 + call_id) % 1000000000000 END AS call_id
    FROM placed GROUP BY thread
)
SELECT thread, session_id, call_id, rounds, undecided,
       first_ask % 100000000000 / 100.0 AS first_ask,
       last_ask % 100000000000 / 100.0 AS last_ask,
       counters, highest_counter,
       CASE last_word % 10 WHEN 1 THEN 'open' WHEN 2 THEN 'accepted' WHEN 3 THEN 'transferred'
                           WHEN 4 THEN 'open' ELSE 'undecided' END AS state,
       CASE WHEN last_word % 10 = 2 THEN accepted_ask % 100000000000 / 100.0 END AS agreed,
       julianday(first_time) AS first_moment,
       CASE WHEN last_word % 10 IN (2, 3) THEN julianday(closing_time) END AS closing_moment,
       first_time, last_time,
       CASE WHEN last_word % 10 IN (2, 3) THEN closing_time END AS closing_time,
       posted % 100000000000 / 100.0 AS posted_rate, ceiling % 100000000000 / 100.0 AS ceiling,
       CASE WHEN last_word % 10 = 2 THEN nullif(substr(agreed_by, 11), '') END AS agreed_by
  FROM packed
"""  # noqa: E501 - as it was made


@migrations()
def m011_read_every_spelling(db: Database) -> None:
    """Add views, and an index of loads by status, that read what other programs write in all its spellings.

    The views take the place of those of m006, whether they are there or somebody dropped them.
    """
    for name in ("thread_facts", "round_facts"):
        _drop_view(db, name)
    for name, sql in {"round_facts": _ROUND_FACTS_11, "thread_facts": _THREAD_FACTS_11}.items():
        db.execute(f"CREATE VIEW main.{name} AS{sql.rstrip()}")
    status = "coalesce(nullif(lower(trim(status, char(9, 10, 11, 12, 13, 32, 160))), ''), 'available')"
    _add_index_of(db, "loads", "idx_loads_state", f"{status}, pickup_datetime")


@migrations()
def m012_add_carriers_and_losses(db: Database) -> None:
    """Add tables for carriers that are blocked, their DOT numbers, and why calls were lost; index carriers.

    A carrier's number is looked for before each ask is answered, however it is spelled.
    """
    _add_table(
        db,
        "carrier_blocks",
        {
            "id": "INTEGER PRIMARY KEY NOT NULL",
            "carrier": "TEXT NOT NULL",
            "reason": "TEXT NOT NULL",
            "blocked_until": "TEXT",
            "blocked_by": "TEXT",
            "blocked_at": "TEXT",
            "unblocked_by": "TEXT",
            "unblocked_at": "TEXT",
        },
    )
    _add_index(db, "carrier_blocks", "idx_carrier_blocks_carrier", ("carrier",))
    _add_table(
        db,
        "carrier_facts",
        {
            "carrier": "TEXT PRIMARY KEY NOT NULL",
            "dot_number": "TEXT",
            "changed_by": "TEXT",
            "changed_at": "TEXT",
        },
    )
    _add_index(db, "carrier_facts", "idx_carrier_facts_dot_number", ("dot_number",))
    _add_table(
        db,
        "call_facts",
        {
            "call_id": "INTEGER PRIMARY KEY NOT NULL",
            "reason_lost": "TEXT",
            "fell_through_at": "TEXT",
            "noted_by": "TEXT",
            "noted_at": "TEXT",
        },
    )
    _add_text_column(db, "load_facts", "cancelled_by")
    _add_index_of(db, "carriers", "idx_carriers_digits", _carrier_digits("mc_number"))


@migrations()
def m013_note_sessions(db: Database) -> None:
    """Add to a session what a person notes of it, and why it was lost."""
    _add_text_column(db, "negotiation_sessions", "notes")
    _add_text_column(db, "negotiation_sessions", "reason_lost")


@migrations()
def m014_index_times_and_words(db: Database) -> None:
    """Add indexes by which a span of time, and the few rounds that decide something, are found in any file.

    Times are indexed as they are spelled: a function of them would stop other programs from writing what is
    no time.
    """
    _add_index(db, "negotiations", "idx_negotiations_timestamp", ("timestamp",))
    word = "nullif(lower(trim(system_response, char(9, 10, 11, 12, 13, 32, 160))), '')"
    deciding = "'accepted', 'transfer_to_human', 'reopened', 'withdrawn', 'fell_through'"
    _add_index_of(db, "negotiations", "idx_negotiations_word", word, f" WHERE {word} IN ({deciding})")
    _add_index(db, "calls", "idx_calls_start_time", ("call_start_time",))
    outcome = "nullif(lower(trim(outcome, char(9, 10, 11, 12, 13, 32, 160))), '')"
    _add_index_of(db, "calls", "idx_calls_outcome", outcome)
    kept = "negotiation_sessions"
    _add_index(db, kept, "idx_negotiation_sessions_created", ("created_at", "session_id"))
    _add_index(db, kept, "idx_negotiation_sessions_expires", ("expires_at",))
    _add_index(db, kept, "idx_negotiation_sessions_closed", ("closed_at",))


_STORED_PICKUP_15 = """CASE WHEN substr(pickup_datetime || '.000000', 1, 26) GLOB
    '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]'
  AND pickup_datetime IN
    (substr(pickup_datetime || '.000000', 1, 26), substr(substr(pickup_datetime || '.000000', 1, 26), 1, 19))
  AND pickup_datetime >= '0001' AND substr(pickup_datetime, 12, 2) < '24'
  AND substr(pickup_datetime, 9, 2) BETWEEN '01'
      AND substr('00312831303130313130313031', 2 * substr(pickup_datetime, 6, 2) + 1, 2)
  THEN substr(pickup_datetime || '.000000', 1, 26) END"""  # noqa: E501 - as it was made


@migrations()
def m015_index_loads_in_order(db: Database) -> None:
    """Put an index that has loads in the order of the load board in the place of one that has them by status.

    The order is that of pick-ups, for those that are stored as we store them, and then of IDs.
    """
    status = "coalesce(nullif(lower(trim(status, char(9, 10, 11, 12, 13, 32, 160))), ''), 'available')"
    _add_index_of(db, "loads", "idx_loads_board", f"{status}, {_STORED_PICKUP_15}, load_id")
    db.execute("DROP INDEX IF EXISTS main.idx_loads_state")


def _drop_view(db: Database, name: str) -> None:
    """Drop the view if it is there. Raises ValueError if its name stands for something else."""
    taken = db.execute("SELECT type FROM main.sqlite_master WHERE lower(name) = ?", [name]).fetchone()
    if taken is not None and taken[0] != "view":
        raise ValueError(f"{name} is there, and is no view of ours: rename it, then migrate again")
    db.execute(f"DROP VIEW IF EXISTS main.{name}")


def _add_index_of(db: Database, table: str, index: str, expressions: str, where: str = "") -> None:
    """Add the index unless it is there. Raises ValueError if its name stands for something else."""
    made = f'CREATE INDEX main."{index}" ON "{table}" ({expressions}){where}'
    sql = "SELECT lower(tbl_name), sql FROM main.sqlite_master WHERE type = 'index' AND lower(name) = ?"
    held = db.execute(sql, [index]).fetchone()
    if held is None:
        db.execute(made)
    elif held[0] != table or _words(held[1]) != _words(made.replace("main.", "")):
        raise ValueError(
            f"the index {index} is there, but not as one of {table} ({expressions}){where}: "
            "drop it or rename it, then migrate again"
        )


def _add_view(db: Database, name: str, sql: str) -> None:
    """Add the view. Raises ValueError if its name stands for something else."""
    taken = db.execute("SELECT sql FROM main.sqlite_master WHERE lower(name) = ?", [name]).fetchone()
    statement = f"CREATE VIEW {name} AS{sql.rstrip()}"
    if taken is None:
        db.execute(f"CREATE VIEW main.{name} AS{sql.rstrip()}")
    elif taken[0] != statement:
        raise ValueError(f"{name} is there, and is another view or table: rename it, then migrate again")


def _carrier_digits(expression: str) -> str:
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
