"""What a round costs at least: the statements of `negotiate`, by sqlite3 alone, with nothing decided or printed.

Run as ``bare_loop.py FILE ASKS COMMIT_EVERY``. A commit is as safe as ours: ``synchronous`` is EXTRA.
"""

import json
import sqlite3
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from negotiator.policy.terms import CURRENT
from negotiator.storage import statements as ours


def ask(db: sqlite3.Connection, given: dict[str, Any]) -> None:
    """Do for one ask what `negotiate` does in the file."""
    call, session, request = given["call_id"], given["session_id"], given["request_id"]
    db.execute(ours.REQUEST, (request,)).fetchall()
    _, carrier, load, _, _ = db.execute(ours.CALL, (call,)).fetchone()
    db.execute(ours.LOAD, (load,)).fetchone()
    db.execute(ours.CARRIER_STANDING, (carrier[2:],) * 4).fetchall()
    db.execute(ours.SAID_BEFORE, (call, session)).fetchall()
    db.execute(ours.SESSION, (session,)).fetchone()
    db.execute(ours.LOAD_CALLS, (load, call, carrier[2:])).fetchall()
    db.execute(CURRENT).fetchone()
    made = (2300.0, "counter_offer_2137.00", "2025-08-20 22:45:30.000000", None)
    terms = (load, 2100.0, 2310.0, 0, "policy")
    db.execute(ours.INSERT_ROUND, (call, session, 1, *made, request, *terms))
    db.execute(ours.COUNT_ROUND, ("negotiating", None, False, call))
    db.execute(ours.READ_BACK, (call, session, 1, *made[:2], request, load, call)).fetchone()


def main(path: str, asks: str, commit_every: str) -> None:
    """Make a round for each line, so many to a commit."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = EXTRA")
    with Path(asks).open(encoding="utf-8") as lines:
        while group := list(islice(lines, int(commit_every))):
            db.execute("BEGIN IMMEDIATE")
            for line in group:
                ask(db, json.loads(line))
            db.execute("COMMIT")
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
