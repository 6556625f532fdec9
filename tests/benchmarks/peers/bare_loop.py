"""What a round costs at least: the statements of `negotiate`, by sqlite3 alone, with nothing decided.

Run as ``python -m tests.benchmarks.peers.bare_loop FILE ASKS COMMIT_EVERY`` on a file made by `datasets.desk`.
"""

import sqlite3
import sys

from negotiator import repository as ours

CALL = "SELECT id, carrier_mc_number, load_id, final_rate_agreed FROM main.calls WHERE id = ?"
LOAD = """SELECT load_id, origin, destination, equipment_type, loadboard_rate, status
            FROM main.loads WHERE load_id = ?"""
INSERT = """
    INSERT INTO main.negotiations
      (id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, notes, request_id)
    SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM main.negotiations
"""
UPDATE = """
    UPDATE main.calls
       SET negotiation_rounds = coalesce(negotiation_rounds, 0) + 1, outcome = ?,
           final_rate_agreed = coalesce(?, final_rate_agreed),
           transferred_to_rep = CASE WHEN ? THEN 1 ELSE transferred_to_rep END
     WHERE id = ?
"""
NOW = "2025-08-20 22:45:30.000000"


def ask(db: sqlite3.Connection, number: int) -> None:
    """Do for one ask what `negotiate` does in the file."""
    call, session = number, f"sess_bench{number:08}"
    _, _, load, _ = db.execute(CALL, (call,)).fetchone()
    db.execute(LOAD, (load,)).fetchone()
    db.execute(ours.REQUEST, (f"ask-{number}",)).fetchall()
    db.execute(ours.OTHER_LOAD, (load, session, session)).fetchone()
    db.execute(ours.SESSION_ROUNDS, (session,)).fetchall()
    db.execute(ours.SESSION, (session,)).fetchone()
    db.execute(ours.RATE_AGREED, (load,)).fetchone()
    row = (call, session, 1, 2300.0, "counter_offer_2135.00", NOW, None, f"ask-{number}")
    db.execute(INSERT, row)
    db.execute(UPDATE, ("negotiating", None, False, call))


def main(path: str, asks: int, commit_every: int) -> None:
    """Make so many rounds, so many to a commit."""
    db = sqlite3.connect(path, isolation_level=None)
    for first in range(1, asks + 1, commit_every):
        db.execute("BEGIN IMMEDIATE")
        for number in range(first, min(first + commit_every, asks + 1)):
            ask(db, number)
        db.execute("COMMIT")
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
