"""The files that benchmarks work on, made by SQL: always the same rows, whatever they are for."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from os import fsync
from pathlib import Path

from negotiator.maintenance.create import init
from negotiator.storage.schema import BASE_TABLES

SESSION = "sess_20250820100000_bench0"
"""A session with twenty rounds, on call 1 of every desk."""

_COUNT = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)"
_LOADS = f"""{_COUNT} INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                        equipment_type, loadboard_rate, status)
  SELECT 'L' || i, 'Chicago, IL', 'Dallas, TX', '2025-08-21 08:00:00', '2025-08-22 08:00:00', 'Reefer', 2100.0,
         'available' FROM n"""
_CALLS = f"""{_COUNT} INSERT INTO calls (id, carrier_mc_number, load_id, outcome, negotiation_rounds)
  SELECT i + 1, 'MC' || (100000 + i % 5000), 'L' || i, 'negotiating', 3 FROM n"""
_TIME = "strftime('%Y-%m-%d %H:%M:%S.000000', 1735689600 + {0} * 2, 'unixepoch')"
_ROUNDS = f"""{_COUNT} INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp{{0}})
  SELECT 1 + i / 3, 1 + i % 3, 2300.0 - 10 * (i % 3), 'counter_offer_21' || (35 + i % 3) || '.00',
         {_TIME.format("i")}{{1}} FROM n"""
_SESSION_ID = (
    ", 'sess_' || strftime('%Y%m%d%H%M%S', 1735689600 + i / 3 * 6, 'unixepoch') || '_bench' || (i / 3 % 10)"
)


def old_file(path: Path, rounds: int) -> None:
    """Make a file that a program from before sessions wrote, with so many rounds, three a call."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(BASE_TABLES)
        _fill(db, rounds, _ROUNDS.format("", ""))


def desk(path: Path, rounds: int) -> None:
    """Make a file that is up to date, in rollback mode, with so many rounds: three a session, a session a call."""
    init(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path)) as db, db:
        _fill(db, rounds, _ROUNDS.format(", session_id", _SESSION_ID))
        db.executemany(
            """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp, session_id)
               VALUES (1, ?, 2300.0, 'counter_offer_2125.00', '2025-08-20 10:00:00.000000', ?)""",
            [(number, SESSION) for number in range(1, 21)],
        )


def settle(path: Path, left: int) -> None:
    """Complete all loads of a desk but the last ones, so that as many are open in each file."""
    with closing(sqlite3.connect(path)) as db, db:
        last = "(SELECT max(rowid) FROM loads) - ?"
        db.execute(f"UPDATE loads SET status = 'completed' WHERE rowid <= {last}", [left])


def start_sessions(path: Path) -> None:
    """Give each session of a desk what is kept of one that was started before its first round."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            """INSERT INTO negotiation_sessions (session_id, call_id, created_at)
               SELECT session_id, min(call_id), min(timestamp) FROM negotiations GROUP BY 1"""
        )


def last_minutes(rounds: int, minutes: int) -> str:
    """Return the time that so many minutes before the last round of a desk was."""
    end = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=2 * rounds)
    return (end - timedelta(minutes=minutes)).isoformat()


def _fill(db: sqlite3.Connection, rounds: int, sql: str) -> None:
    calls = rounds // 3 + 1
    db.execute(_LOADS, {"rows": calls})
    db.execute(_CALLS, {"rows": calls})
    db.execute(sql, {"rows": rounds})


def asks(path: Path, calls: int, count: int) -> None:
    """Write asks as JSON lines: each begins a session on a call of its own, here and there in the file."""
    chance = random.Random(1)  # noqa: S311 - the same asks each time
    with path.open("w", encoding="utf-8") as file:
        for call in chance.sample(range(1, calls + 1), count):
            session, request = f"sess_{chance.getrandbits(64):016x}", f"{chance.getrandbits(64):016x}"
            ask = {"call_id": call, "carrier_offer": 2300, "session_id": session, "request_id": request}
            file.write(json.dumps(ask) + "\n")


def copy(whole: Path, path: Path) -> None:
    """Put a copy in the place of a file and of what stood beside it, and wait until it is on the disk."""
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    shutil.copyfile(whole, path)
    with path.open("rb") as file:
        fsync(file.fileno())  # or the first commit would pay for it
