"""The SQL of an ask: what is read before it is answered, what is written, and what is read back."""

from negotiator.storage.sql import carrier_digits, carrier_of, moment_of, rate_of, text_of

_ROUND_COLUMNS = """
    SELECT id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, notes,
           load_id, posted_rate, ceiling, policy_version, decided_by
      FROM main.negotiations
"""
SESSION_ROUNDS = f"{_ROUND_COLUMNS} WHERE session_id = ?"
CALL_ROUNDS = f"{_ROUND_COLUMNS} WHERE call_id = ?"
CALL_SESSION_ROUNDS = f"{_ROUND_COLUMNS} WHERE call_id = ? AND session_id = ?"
_SAID_COLUMNS = """
    SELECT id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, NULL, load_id
      FROM main.negotiations
"""
SAID_BEFORE = f"{_SAID_COLUMNS} WHERE call_id = ? OR session_id = ?"
"""What an ask needs of the rounds before it: without notes, and without what they were decided on."""
REQUEST = f"{_ROUND_COLUMNS} WHERE request_id = ?"

CALL = "SELECT id, carrier_mc_number, load_id, final_rate_agreed, outcome FROM main.calls WHERE id = ?"
LOAD = """
    SELECT l.load_id, l.origin, l.destination, l.equipment_type, l.loadboard_rate, l.status,
           l.pickup_datetime, l.miles, f.ceiling, f.cancelled_at
      FROM main.loads l LEFT JOIN main.load_facts f ON f.load_id = l.load_id WHERE l.load_id = ?
"""
_AGREED = f"{rate_of('final_rate_agreed')} IS NOT NULL"
LOAD_CALLS = f"""
    SELECT id, {_AGREED} FROM main.calls
     WHERE load_id = ? AND ({_AGREED} OR id <> ? AND {carrier_of("carrier_mc_number")} = ?)
"""
"""Calls about a load: on which a rate was agreed, and others of the same carrier."""

_NAMES = "(?, (SELECT 'DOT' || dot_number FROM main.carrier_facts WHERE carrier = ?))"
CARRIER_STANDING = f"""
    SELECT NULL, status, NULL, 0 FROM main.carriers WHERE {carrier_digits("mc_number")} IN {_NAMES}
     UNION ALL
    SELECT reason, NULL, blocked_until, 1 FROM main.carrier_blocks
     WHERE carrier IN {_NAMES} AND {text_of("unblocked_at")} IS NULL
"""
"""A carrier's status, by its MC number and by its DOT number, and the blocks that nobody has lifted."""
CARRIER_OF_DOT = "SELECT carrier FROM main.carrier_facts WHERE dot_number = ? ORDER BY carrier LIMIT 1"

_CARRIER = f"{carrier_digits('mc_number')} = {carrier_of('c.carrier_mc_number')}"
_SPELLINGS = "ORDER BY rowid LIMIT 1"
OFFER_CALLS = f"""
    SELECT c.id, c.carrier_mc_number, c.outcome,
           (SELECT company_name FROM main.carriers WHERE {_CARRIER} {_SPELLINGS}),
           (SELECT phone FROM main.carriers WHERE {_CARRIER} AND {text_of("phone")} IS NOT NULL {_SPELLINGS})
      FROM main.calls c WHERE c.load_id = ?
"""
OFFER_ROUNDS = """
    SELECT n.id, n.call_id, n.session_id, n.round_number, n.carrier_offer, n.system_response, n.timestamp,
           NULL, n.load_id
      FROM main.calls c CROSS JOIN main.negotiations n ON n.call_id = c.id WHERE c.load_id = ?
"""
LOWER_ASK = f"""
    SELECT 1 FROM main.calls c CROSS JOIN main.negotiations n ON n.call_id = c.id
     WHERE c.load_id = ? AND c.id <> ? AND {rate_of("n.carrier_offer")} < ? LIMIT 1
"""
OFFER_SESSIONS = f"""
    SELECT DISTINCT s.session_id
      FROM main.calls c CROSS JOIN main.negotiations n ON n.call_id = c.id
           CROSS JOIN main.negotiation_sessions s ON s.session_id = n.session_id
     WHERE c.load_id = ? AND {text_of("s.closed_at")} IS NOT NULL
"""
"""What is said of a load: its calls with their carriers, their rounds, and the sessions that were closed."""

SESSION = """
    SELECT call_id, created_at, expires_at, closed_at, close_reason
      FROM main.negotiation_sessions WHERE session_id = ?
"""
STARTED_SESSIONS = f"""
    SELECT session_id FROM main.negotiation_sessions WHERE call_id = ? AND {text_of("session_id")} IS NOT NULL
"""
_OF_SESSIONS = """
    SELECT session_id FROM main.negotiations WHERE {condition}
     UNION SELECT session_id FROM main.negotiation_sessions WHERE {condition}
     ORDER BY 1 LIMIT {most}
"""
KNOWN_SESSION = _OF_SESSIONS.format(condition="session_id = ?", most=1)
SESSIONS_BEGINNING = _OF_SESSIONS.format(condition="session_id > ? AND session_id < ?", most=1000)
SESSIONS_ENDING = _OF_SESSIONS.format(condition="substr(session_id, -length(?)) = ?", most=4)
"""All sessions are looked at: this is for what a person types."""

# The ID is named because in some files it isn't SQLite's row number, and would be NULL.
INSERT_ROUND = """
    INSERT INTO main.negotiations
      (id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, notes, request_id,
       load_id, posted_rate, ceiling, policy_version, decided_by)
    SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM main.negotiations
"""
KEEP_STATE = """
    INSERT OR REPLACE INTO main.states_before
      (round_id, timestamp, outcome, final_rate_agreed, transferred_to_rep, load_status)
    SELECT n.id, n.timestamp, c.outcome, c.final_rate_agreed, c.transferred_to_rep,
           (SELECT status FROM main.loads l WHERE l.load_id = n.load_id)
      FROM main.negotiations n JOIN main.calls c ON c.id = n.call_id
     WHERE n.call_id = ? AND n.session_id IS ? AND n.round_number = ?
"""
STATE_BEFORE = """
    SELECT s.outcome, s.final_rate_agreed, s.transferred_to_rep, s.load_status
      FROM main.states_before s JOIN main.negotiations n ON n.id = s.round_id
     WHERE s.round_id = ? AND s.timestamp IS n.timestamp
"""
COUNT_ROUND = """
    UPDATE main.calls
       SET negotiation_rounds = coalesce(negotiation_rounds, 0) + 1,
           outcome = ?,
           final_rate_agreed = coalesce(?, final_rate_agreed),
           transferred_to_rep = CASE WHEN ? THEN 1 ELSE transferred_to_rep END
     WHERE id = ?
"""
WITHDRAW_ROUND = """
    UPDATE main.calls
       SET negotiation_rounds = max(coalesce(negotiation_rounds, 0) - 1, 0),
           outcome = CASE WHEN outcome = ? THEN ? ELSE outcome END,
           final_rate_agreed = CASE WHEN ? THEN ? ELSE final_rate_agreed END,
           transferred_to_rep = CASE WHEN ? THEN ? ELSE transferred_to_rep END
     WHERE id = ?
"""
CLEAR_AGREEMENT = "UPDATE main.calls SET final_rate_agreed = NULL, outcome = 'negotiating' WHERE id = ?"
NOTE_FALLEN = """
    INSERT INTO main.call_facts (call_id, fell_through_at, noted_by, noted_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (call_id) DO UPDATE
       SET fell_through_at = excluded.fell_through_at,
           noted_by = excluded.noted_by, noted_at = excluded.noted_at
"""
FORGET_CANCELLATION = """
    UPDATE main.load_facts SET cancelled_at = NULL, cancelled_by = NULL, reason = NULL
     WHERE load_id = ? AND cancelled_at IS NOT NULL
"""
SET_LOAD_STATUS = "UPDATE main.loads SET status = ?, updated_at = ? WHERE load_id = ?"
LIFT_DEADLINE = f"""
    UPDATE main.negotiation_sessions SET expires_at = NULL
     WHERE session_id = ? AND {moment_of("expires_at")} <= ?
"""
READ_BACK = """
    SELECT (SELECT count(*) FROM main.negotiations
             WHERE call_id = ? AND session_id IS ? AND round_number = ? AND carrier_offer IS ?
               AND system_response = ? AND request_id IS ?),
           outcome, final_rate_agreed, (SELECT status FROM main.loads WHERE load_id = ?)
      FROM main.calls WHERE id = ?
"""

INDEXED = (
    *(CARRIER_STANDING, CARRIER_OF_DOT, OFFER_CALLS, OFFER_ROUNDS, OFFER_SESSIONS, LOWER_ASK),
    *(CALL, LOAD, LOAD_CALLS, SESSION, STARTED_SESSIONS, KNOWN_SESSION, SESSIONS_BEGINNING, REQUEST),
    *(SESSION_ROUNDS, CALL_ROUNDS, CALL_SESSION_ROUNDS, SAID_BEFORE),
    *(INSERT_ROUND, COUNT_ROUND, WITHDRAW_ROUND, KEEP_STATE, STATE_BEFORE, READ_BACK),
    *(CLEAR_AGREEMENT, SET_LOAD_STATUS, FORGET_CANCELLATION),
)
"""The statements whose cost must not grow with the file."""
