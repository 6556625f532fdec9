"""The facts that a report counts, as temporary tables: each made by one query, which is all that is read."""

from negotiator.reports.span import Span
from negotiator.reports.versions import NO_VERSION
from negotiator.storage.sql import (
    carrier_of,
    load_status_of,
    moment_of,
    rate_of,
    spelled_within,
    text_of,
    word_of,
)
from negotiator.storage.views import round_facts, thread_facts
from negotiator.values.recorded import ACCEPTED

FACTS = ("threads", "calls", "open_loads")
TABLES = ("report_carriers", "report_spanned", *(f"report_{name}" for name in FACTS))

# What the rounds record is what was true then. Rounds from before it was recorded, and other programs' ones,
# fall back on what is true today, and are counted.
_TODAY = rate_of("l.loadboard_rate")
_POSTED = (
    f"coalesce({{recorded}}, {_TODAY}) AS posted, {{recorded}} IS NULL AND {_TODAY} IS NOT NULL AS of_today"
)
# Down to the cent; the little that is added is what a float of cents may lack.
_CEILING = f"""coalesce(t.ceiling, CAST(round(coalesce(t.posted_rate, {_TODAY}) * 100)
                                      * (100 + :ceiling_percent) / 100 + 1e-6 AS INTEGER) / 100.0)"""
_IS_ACCEPTED = f"{word_of('n.system_response')} = '{ACCEPTED}'"
_IN_SPAN = "(:since IS NULL OR {time} >= :since) AND (:until IS NULL OR {time} < :until)"
_CARRIERS = f"""
CREATE TEMP TABLE report_carriers AS
SELECT {carrier_of("mc_number")} AS number, min({text_of("company_name")}) AS company
  FROM main.carriers GROUP BY 1
"""
_THREADS = f"""
CREATE TEMP TABLE report_threads AS
SELECT t.session_id, t.rounds, t.undecided, t.first_ask, t.last_ask, t.counters, t.highest_counter,
       t.state, t.agreed, t.agreed_by, t.first_moment, t.closing_moment, t.call_id, c.load_id, t.closing_time,
       {_POSTED.format(recorded="t.posted_rate")}, {_CEILING} AS ceiling,
       t.ceiling IS NULL AND {_CEILING} IS NOT NULL AS ceiling_of_today, {{group}} AS grp
  FROM {{threads}} t
  LEFT JOIN main.calls c ON c.id = t.call_id
  LEFT JOIN main.loads l ON l.load_id = c.load_id
  {{join}}
 WHERE {_IN_SPAN.format(time="t.first_time")}
"""
_CALLS = f"""
CREATE TEMP TABLE report_calls AS
SELECT {word_of("c.outcome")} AS outcome, {word_of("c.sentiment")} AS sentiment,
       agreed, {_POSTED.format(recorded=rate_of("d.posted_rate"))}, {text_of("d.decided_by")} AS agreed_by,
       EXISTS (SELECT 1 FROM main.call_facts f
                WHERE f.call_id = c.id AND {text_of("f.fell_through_at")} IS NOT NULL) AS fell_through,
       EXISTS (SELECT 1 FROM {{rounds}} r WHERE r.call_id = c.id AND r.ask IS NOT NULL) AS asked,
       {{group}} AS grp
  FROM (SELECT *, {moment_of("call_start_time")} AS start, {rate_of("final_rate_agreed")} AS agreed
          FROM main.calls WHERE {{started}}) c
  LEFT JOIN main.negotiations d ON d.id = CASE WHEN agreed IS NOT NULL THEN (
       SELECT max(n.id) FROM main.negotiations n WHERE n.call_id = c.id AND {_IS_ACCEPTED}) END
  LEFT JOIN main.loads l ON l.load_id = c.load_id
  {{join}}
 WHERE {_IN_SPAN.format(time="start")}
"""
_OPEN_LOADS = f"""
CREATE TEMP TABLE report_open_loads AS
SELECT julianday(:now) - julianday({moment_of("l.created_at")}) AS age, {{group}} AS grp
  FROM main.loads l WHERE {load_status_of("l.status")} = 'available'
"""
# A span's threads are those with a round in it: found by an index, and then read whole.
_SPANNED = f"""
CREATE TEMP TABLE report_spanned AS
SELECT DISTINCT CASE WHEN {text_of("session_id")} IS NOT NULL THEN session_id END AS session_id,
       CASE WHEN {text_of("session_id")} IS NULL THEN call_id END AS call_id,
       {text_of("session_id")} IS NULL AS is_of_call
  FROM ({{spelled}}) WHERE {_IN_SPAN.format(time=moment_of("timestamp"))}
"""
_OF_SPAN = f"""({{row}}.session_id IN (SELECT session_id FROM temp.report_spanned WHERE NOT is_of_call)
    OR {text_of("{row}.session_id")} IS NULL
       AND {{row}}.call_id IN (SELECT call_id FROM temp.report_spanned WHERE is_of_call)
    OR {text_of("{row}.session_id")} IS NULL AND {{row}}.call_id IS NULL
       AND EXISTS (SELECT 1 FROM temp.report_spanned WHERE is_of_call AND call_id IS NULL))"""
_LANE = f"{text_of('l.origin')} || ' to ' || {text_of('l.destination')}"
_EQUIPMENT = text_of("l.equipment_type")
_NUMBER = carrier_of("c.carrier_mc_number")
_CARRIER = f"coalesce('MC' || {_NUMBER} || coalesce(' ' || k.company, ''), 'unknown')"
_JOIN_CARRIER = f"LEFT JOIN temp.report_carriers k ON k.number = {_NUMBER}"
_CALL_LOST = f"(SELECT {word_of('f.reason_lost')} FROM main.call_facts f WHERE f.call_id = c.id)"
_THREAD_LOST = f"""coalesce((SELECT {word_of("s.reason_lost")} FROM main.negotiation_sessions s
                             WHERE s.session_id = t.session_id), {_CALL_LOST})"""

_VERSION = "CAST(max(v.policy_version) AS TEXT) FROM main.negotiations v WHERE"
_CALL_VERSION = f"(SELECT {_VERSION} v.call_id = c.id)"
_THREAD_VERSION = f"""CASE WHEN t.session_id IS NULL
            THEN (SELECT {_VERSION} v.call_id = t.call_id AND {text_of("v.session_id")} IS NULL)
            ELSE (SELECT {_VERSION} v.session_id = t.session_id) END"""


def fact_tables(by: str | None, span: Span, *, is_small: bool) -> list[str]:
    """Return the statements that make the tables, with the group of each row when a cut is wanted.

    A small span is found by indexes; for others, and for all that there is, every round is read.
    """
    join = _JOIN_CARRIER if by == "carrier" else ""
    outcome = f"coalesce({word_of('c.outcome')}, 'unknown')"
    threads = _THREADS.format(
        group=_group(by, "t.first_moment", "t.rounds", _state_word("t.state"), _THREAD_LOST, _THREAD_VERSION),
        join=join,
        threads=f"({thread_facts(f'({round_facts(_OF_SPAN)})')})" if is_small else "main.thread_facts",
    )
    calls = _CALLS.format(
        group=_group(
            by, "julianday(start)", "coalesce(c.negotiation_rounds, 0)", outcome, _CALL_LOST, _CALL_VERSION
        ),
        join=join,
        rounds=f"({round_facts('{row}.call_id = c.id')})" if is_small else "main.round_facts",
        started=f"id IN ({_spelled('id', 'main.calls', 'call_start_time', span)})" if is_small else "1",
    )
    spanned = [_SPANNED.format(spelled=_rounds("session_id, call_id, timestamp", span))] if is_small else []
    carriers = [_CARRIERS] if by == "carrier" else []
    return [*carriers, *spanned, threads, calls, _OPEN_LOADS.format(group=_load_group(by))]


def small_span(span: Span) -> str:
    """Return SQL for whether a span holds less than a quarter of the rounds; no more of them are counted."""
    most = "(SELECT coalesce(max(id), 0) / 4 FROM main.negotiations)"
    is_in = _IN_SPAN.format(time=moment_of("timestamp"))
    found = f"SELECT 1 FROM ({_rounds('timestamp', span)}) WHERE {is_in} LIMIT 1 + {most}"
    return f"SELECT (SELECT count(*) FROM ({found})) <= {most}"


def _rounds(columns: str, span: Span) -> str:
    return _spelled(columns, "main.negotiations", "timestamp", span)


def _spelled(columns: str, table: str, cell: str, span: Span) -> str:
    """Return SQL for the rows with a time in a span, and some others."""
    since, until = (":since" if span.since else None), (":until" if span.until else None)
    return spelled_within(columns, table, cell, since=since, until=until)


def _group(  # noqa: PLR0917 - what each group is by
    by: str | None, moment: str, rounds: str, outcome: str, reason: str, version: str
) -> str:
    """Return SQL for the group that a thread or a call is in."""
    return {
        None: "NULL",
        "lane": f"coalesce({_LANE}, 'unknown')",
        "equipment": f"coalesce({_EQUIPMENT}, 'unknown')",
        "carrier": _CARRIER,
        "round": f"CAST({rounds} AS TEXT)",
        "outcome": outcome,
        "reason": f"coalesce({reason}, 'none')",
        "policy": f"coalesce({version}, '{NO_VERSION}')",
    }.get(by, f"local_label({moment}, :by)")


def _load_group(by: str | None) -> str:
    """Return SQL for the group that an open load is in: it has no carrier, time or outcome."""
    return {"lane": _LANE, "equipment": _EQUIPMENT}.get(by or "", "NULL")


def _state_word(state: str) -> str:
    """Return SQL for a thread's state in the words of a call's outcome."""
    return f"CASE {state} WHEN 'open' THEN 'negotiating' WHEN 'undecided' THEN 'unknown' ELSE {state} END"
