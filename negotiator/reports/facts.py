"""The facts that a report counts, as temporary tables: each made by one query, which is all that is read."""

from negotiator.migrations import carrier_digits, moment_of

FACTS = ("threads", "calls", "open_loads")
TABLES = ("report_carriers", *(f"report_{name}" for name in FACTS))

_POSTED = """CASE WHEN typeof(l.loadboard_rate) IN ('real', 'integer')
                    AND l.loadboard_rate BETWEEN 0.01 AND 1e7
                   THEN l.loadboard_rate END"""
# Down to the cent; the little that is added is what a float of cents may lack.
_CEILING = f"CAST(round({_POSTED} * 100) * (100 + :ceiling_percent) / 100 + 1e-6 AS INTEGER) / 100.0"
_AGREED = """CASE WHEN typeof(c.final_rate_agreed) IN ('real', 'integer')
                   AND c.final_rate_agreed BETWEEN 0.01 AND 1e7
                  THEN c.final_rate_agreed END"""
_IN_SPAN = """(:since IS NULL OR {moment} >= julianday(:since))
   AND (:until IS NULL OR {moment} < julianday(:until))"""
_DIGITS = carrier_digits("c.carrier_mc_number")

_CARRIERS = f"""
CREATE TEMP TABLE report_carriers AS
SELECT {carrier_digits("mc_number")} AS digits, min(company_name) AS company FROM main.carriers GROUP BY 1
"""
_THREADS = """
CREATE TEMP TABLE report_threads AS
SELECT t.session_id, t.rounds, t.undecided, t.first_ask, t.last_ask, t.counters, t.highest_counter,
       t.state, t.agreed, t.first_moment, t.closing_moment, {posted} AS posted, {ceiling} AS ceiling,
       {group} AS grp
  FROM main.thread_facts t
  LEFT JOIN main.calls c ON c.id = t.call_id
  LEFT JOIN main.loads l ON l.load_id = c.load_id
  {join}
 WHERE {in_span}
"""
_CALLS = """
CREATE TEMP TABLE report_calls AS
SELECT c.outcome, c.sentiment, {agreed} AS agreed, {posted} AS posted,
       EXISTS (SELECT 1 FROM main.negotiations n
                WHERE n.call_id = c.id AND n.carrier_offer IS NOT NULL) AS asked,
       {group} AS grp
  FROM main.calls c
  LEFT JOIN main.loads l ON l.load_id = c.load_id
  {join}
 WHERE {in_span}
"""
_OPEN_LOADS = """
CREATE TEMP TABLE report_open_loads AS
SELECT julianday(:now) - {created} AS age, {group} AS grp
  FROM main.loads l WHERE l.status = 'available'
"""
_LANE = "l.origin || ' to ' || l.destination"
_CARRIER = f"coalesce('MC' || {_DIGITS} || coalesce(' ' || k.company, ''), 'unknown')"
_JOIN_CARRIER = f"LEFT JOIN temp.report_carriers k ON k.digits = {_DIGITS}"


def fact_tables(by: str | None) -> list[str]:
    """Return the statements that make the tables, with the group of each row when a cut is wanted."""
    join = _JOIN_CARRIER if by == "carrier" else ""
    threads = _THREADS.format(
        posted=_POSTED,
        ceiling=_CEILING,
        group=_group(by, "t.first_moment", "t.rounds", _state_word("t.state")),
        join=join,
        in_span=_IN_SPAN.format(moment="t.first_moment"),
    )
    start = moment_of("c.call_start_time")
    calls = _CALLS.format(
        agreed=_AGREED,
        posted=_POSTED,
        group=_group(by, start, "coalesce(c.negotiation_rounds, 0)", "coalesce(c.outcome, 'unknown')"),
        join=join,
        in_span=_IN_SPAN.format(moment=start),
    )
    loads = _OPEN_LOADS.format(created=moment_of("l.created_at"), group=_load_group(by))
    return [_CARRIERS, threads, calls, loads]


def _group(by: str | None, moment: str, rounds: str, outcome: str) -> str:
    """Return SQL for the group that a thread or a call is in."""
    return {
        None: "NULL",
        "lane": f"coalesce({_LANE}, 'unknown')",
        "equipment": "coalesce(l.equipment_type, 'unknown')",
        "carrier": _CARRIER,
        "round": f"CAST({rounds} AS TEXT)",
        "outcome": outcome,
    }.get(by, f"local_label({moment}, :by)")


def _load_group(by: str | None) -> str:
    """Return SQL for the group that an open load is in: it has no carrier, time or outcome."""
    return {"lane": _LANE, "equipment": "l.equipment_type"}.get(by or "", "NULL")


def _state_word(state: str) -> str:
    """Return SQL for a thread's state in the words of a call's outcome."""
    return f"CASE {state} WHEN 'open' THEN 'negotiating' WHEN 'undecided' THEN 'unknown' ELSE {state} END"
