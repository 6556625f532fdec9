"""Which deals stand above the ceiling that was recorded with them, over threads made by hand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from negotiator.reports.adherence import deals_above_ceiling

TIME = "2025-09-01 12:00:00.000000"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Give the facts of a report, with nothing in them."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            """CREATE TABLE negotiations (id INTEGER PRIMARY KEY, call_id, system_response, notes);
               CREATE TEMP TABLE report_threads (call_id, load_id, agreed, ceiling, agreed_by, closing_time, state,
                                                 ceiling_of_today)"""
        )
        yield connection


def add(db: sqlite3.Connection, *threads: tuple[object, ...]) -> None:
    """Add threads: the call, the rate, the ceiling, and what stands for the time, the state and the rest."""
    usual = (None, None, None, TIME, "accepted", 0)
    db.executemany(
        """INSERT INTO report_threads (call_id, agreed, ceiling, closing_time, state, ceiling_of_today)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [(*thread, *usual[len(thread) :]) for thread in threads],
    )


@pytest.mark.parametrize(
    ("thread", "is_listed"),
    [
        ((1, 1000.01, 1000.0), True),
        ((1, 1000.0, 1000.0), False),
        ((1, 999.0, 1000.0), False),
        ((1, 1001.0, None), False),
        ((1, None, 1000.0), False),
        ((1, 1001.0, 1000.0, TIME, "transferred"), False),
        ((1, 1001.0, 1000.0, TIME, "open"), False),
        ((1, 1001.0, 1000.0, TIME, "accepted", 1), False),
        ((None, 1001.0, 1000.0, None), True),
    ],
)
def test_a_deal_is_above_the_ceiling_of_its_round(
    db: sqlite3.Connection, thread: tuple[object, ...], is_listed: object
) -> None:
    """Not at it, and not above one that is known from today alone."""
    add(db, thread)
    assert [deal.call_id for deal in deals_above_ceiling(db)] == ([thread[0]] if is_listed else [])


def test_the_latest_comes_first_and_of_one_time_the_latest_call(db: sqlite3.Connection) -> None:
    """What has no time comes last; a thousand are told."""
    later = TIME.replace("2025", "2026")
    add(db, (3, 2.0, 1.0), (4, 2.0, 1.0), (9, 2.0, 1.0, None), (1, 2.0, 1.0, later))
    assert [deal.call_id for deal in deals_above_ceiling(db)] == [1, 4, 3, 9]
    add(db, *((100 + number, 2.0, 1.0, later) for number in range(1_000)))
    assert [deal.call_id for deal in deals_above_ceiling(db)] == list(range(1_099, 99, -1))


def test_the_reason_is_the_note_of_the_last_agreement_of_the_call(db: sqlite3.Connection) -> None:
    """Not that of another round, nor of another call."""
    db.executemany(
        "INSERT INTO negotiations (id, call_id, system_response, notes) VALUES (?, ?, ?, ?)",
        [
            (1, 5, "accepted", "earlier"),
            (2, 5, " Accepted", "so it is"),
            (3, 5, "counter_offer_1.00", "a counter"),
            (4, 6, "accepted", "another's"),
            (5, 7, "transfer_to_human", "no agreement"),
        ],
    )
    add(db, (5, 2.0, 1.0), (7, 3.0, 1.0))
    db.execute("UPDATE report_threads SET load_id = 'L5', agreed_by = 'Kim Lee' WHERE call_id = 5")
    first, second = deals_above_ceiling(db)
    assert [first.call_id, first.reason, first.agreed] == [7, None, 3]
    assert (second.reason, second.load_id, second.decided_by) == ("so it is", "L5", "Kim Lee")
    assert [second.agreed, second.ceiling, second.time] == [2, 1, datetime(2025, 9, 1, 12, tzinfo=UTC)]
