"""Files as other programs leave them, always the same ones for a number."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from negotiator.maintenance.create import init

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
SPELLINGS = (
    *(
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S",
        " %Y-%m-%dT%H:%M",
        "\u00a0%Y-%m-%d %H:%M",
    ),
    *(
        "%Y-%m-%d %H:%M:%S+14:59",
        "%Y-%m-%dT%H:%M:%S.%f -1459",
        "%Y-%m-%d %H:%M:%S utc",
        "%Y-%m-%d",
        "\t%Y-%m-%d",
    ),
    *("%d.%m.%Y", "soon", "", "2025-02-31 10:00:00"),
)
RESPONSES = (
    *("counter_offer_2135.00", "counter_offer_2140.1200000001", "accepted", " Accepted", "transfer_to_human"),
    *("withdrawn", "reopened", "fell_through", "we will see", "", None),
)
SESSIONS = ("", "  ", None, *(f"sess_{number:05}" for number in range(12)), "call 1", "old one", "session 5")


def written(chance: random.Random) -> str | None:
    """Return a time of the last five days in some spelling, or what is none."""
    moment = NOW - timedelta(minutes=chance.randrange(5 * 24 * 60))
    return None if chance.random() < 0.1 else moment.strftime(chance.choice(SPELLINGS))


def untidy(path: Path, seed: int) -> None:
    """Make a file as other programs leave them: every spelling, rows out of order, sessions without rounds."""
    chance = random.Random(seed)  # noqa: S311 - the same file each time
    init(path)
    with closing(sqlite3.connect(path)) as db, db:
        for number in range(1, 8):
            db.execute(
                "INSERT INTO loads VALUES (?, 'A', 'B', '', '', 'Van', 2000, '', 0, '', 0, 0, '', ?, '', '')",
                [f"L{number}", chance.choice(["available", " Available", "booked", None, "completed"])],
            )
            db.execute(
                "INSERT INTO calls (id, load_id, carrier_mc_number, call_start_time) VALUES (?, ?, ?, ?)",
                [
                    *(number, chance.choice([f"L{number}", "L1", "L9", "", None])),
                    *(chance.choice(["MC 1", "mc-1", "2", None]), written(chance)),
                ],
            )
        for session in [*chance.sample(SESSIONS[3:], 8), "sess_fresh1", "sess_fresh2", "sess_fresh3"]:
            db.execute(
                """INSERT INTO negotiation_sessions (session_id, call_id, created_at, expires_at, closed_at)
                   VALUES (?, ?, ?, ?, ?)""",
                [
                    *(session, chance.choice([None, 1, 2, 99]), written(chance)),
                    *(
                        chance.choice([None, written(chance), "2099-01-01"]),
                        chance.choice([None, None, written(chance)]),
                    ),
                ],
            )
        for number in chance.sample(range(1, 200), 60):
            db.execute(
                """INSERT INTO negotiations (id, call_id, round_number, carrier_offer, system_response, timestamp,
                                             session_id) VALUES (?, ?, ?, ?, ?, ?, ?)""",
                [
                    *(number, chance.choice([1, 2, 3, 4, 5, 6, 7, 99, None]), chance.randrange(1, 4)),
                    *(chance.choice([2300, 2200.5, None]), chance.choice(RESPONSES), written(chance)),
                    chance.choice(SESSIONS),
                ],
            )
