"""The SQL of an ask: which rows each statement finds, and which it changes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator.storage import statements

ROUND = "INSERT INTO negotiations (id, call_id, session_id, round_number, carrier_offer, system_response, timestamp, load_id, request_id) VALUES "


@pytest.fixture
def db(desk: Path) -> Iterator[sqlite3.Connection]:
    """Give the desk's file: loads L1 and L2, calls 1 and 2 on L1, 3 on L2."""
    with closing(sqlite3.connect(desk)) as opened:
        yield opened


def asked(db: sqlite3.Connection, sql: str, *values: object) -> list[Any]:
    """Return the rows, those of one column as its values, in an order of their own."""
    rows = db.execute(sql, values).fetchall()
    return sorted((row[0] if len(row) == 1 else row for row in rows), key=repr)


@pytest.fixture
def rounds(db: sqlite3.Connection) -> sqlite3.Connection:
    """Give it with rounds of two calls in one session, of a call alone, and one that a request made."""
    db.execute(
        f"""{ROUND} (1, 1, 's', 1, 2300, 'counter_offer_2125', 't1', 'L1', NULL),
            (2, 2, 's', 2, 2250, 'accepted', 't2', 'L1', 'r1'), (3, 1, NULL, 1, 2200, 'x', 't3', 'L1', 'r2'),
            (4, 3, 'other', 1, 1200, 'y', 't4', 'L2', NULL)"""
    )
    return db


@pytest.mark.parametrize(
    ("sql", "values", "found"),
    [
        (statements.SESSION_ROUNDS, ["s"], [1, 2]),
        (statements.CALL_ROUNDS, [1], [1, 3]),
        (statements.CALL_SESSION_ROUNDS, [1, "s"], [1]),
        (statements.SAID_BEFORE, [1, "s"], [1, 2, 3]),
        (statements.SAID_BEFORE, [3, None], [4]),
        (statements.REQUEST, ["r2"], [3]),
        (statements.OFFER_ROUNDS, ["L1"], [1, 2, 3]),
    ],
)
def test_rounds_are_found(
    rounds: sqlite3.Connection, sql: str, values: list[object], found: list[int]
) -> None:
    """Of a session, of a call, of both, of either, of a request, of a load's calls."""
    assert [row[0] for row in asked(rounds, sql, *values)] == found


def test_a_round_is_written_after_the_last(rounds: sqlite3.Connection) -> None:
    """In any file, whose first is 1; each value in its column."""
    values = [2, "s", 3, 2100.5, "accepted", "t5", "note", "r5", "L1", 2000, 2200, 7, "Ann"]
    for expected, request in ((5, "r5"), (6, "r6")):
        values[7] = request
        rounds.execute(statements.INSERT_ROUND, values)
        assert asked(rounds, statements.REQUEST, request) == [
            (expected, 2, "s", 3, 2100.5, "accepted", "t5", "note", "L1", 2000, 2200, 7, "Ann")
        ]
    rounds.execute("DELETE FROM negotiations")
    rounds.execute(statements.INSERT_ROUND, values)
    assert asked(rounds, "SELECT id, request_id FROM negotiations") == [(1, "r6")]


def test_a_call_and_a_load_are_read(db: sqlite3.Connection) -> None:
    """A load with what is kept beside it, if anything is."""
    db.execute(
        "UPDATE calls SET carrier_mc_number = 'MC1', final_rate_agreed = 5, outcome = 'x' WHERE id = 2"
    )
    assert asked(db, statements.CALL, 2) == [(2, "MC1", "L1", 5, "x")]
    db.execute("INSERT INTO load_facts (load_id, ceiling, cancelled_at) VALUES ('L2', 1250, 'then')")
    db.execute("UPDATE loads SET miles = 7")
    assert asked(db, statements.LOAD, "L1") == [
        ("L1", "Chicago, IL", "Dallas, TX", "Reefer", 2100, "available", "2025-09-02", 7, None, None)
    ]
    assert asked(db, statements.LOAD, "L2")[0][-3:] == (7, 1250, "then")


@pytest.mark.parametrize(
    ("call", "carrier", "found"),
    [
        (1, "9", [(2, 1)]),
        (1, "7", [(2, 1), (5, 0)]),
        (5, "7", [(1, 0), (2, 1)]),
        (2, "7", [(1, 0), (2, 1), (5, 0)]),
        (1, None, [(2, 1)]),
    ],
)
def test_calls_about_a_load_with_an_agreement_or_of_the_same_carrier(
    db: sqlite3.Connection, call: int, carrier: str | None, found: list[tuple[int, int]]
) -> None:
    """Other calls of that carrier, and of all those with a rate."""
    db.execute("UPDATE calls SET carrier_mc_number = 'MC-007' WHERE id IN (1, 3)")
    db.execute("UPDATE calls SET final_rate_agreed = '2,000' WHERE id IN (2, 3)")
    db.execute(
        "INSERT INTO calls (id, load_id, carrier_mc_number, final_rate_agreed) VALUES (5, 'L1', '7', 0.004)"
    )
    assert asked(db, statements.LOAD_CALLS, "L1", call, carrier) == found


def test_a_carrier_is_known_by_both_of_its_numbers(db: sqlite3.Connection) -> None:
    """So are its blocks that nobody has lifted."""
    db.execute("INSERT INTO carrier_facts (carrier, dot_number) VALUES ('7', '55'), ('6', '55'), ('5', '66')")
    db.executemany(
        "INSERT INTO carriers (mc_number, company_name, status) VALUES (?, 'x', ?)",
        [("MC 007", "active"), ("DOT55", "by dot"), ("MC8", "other")],
    )
    db.executemany(
        "INSERT INTO carrier_blocks (carrier, reason, blocked_at, blocked_until, unblocked_at) VALUES (?, ?, 't', ?, ?)",
        [
            ("7", "late", "u", None),
            ("7", "blank", None, " "),
            ("DOT55", "dot", None, None),
            ("7", "lifted", None, "t"),
            ("8", "other", None, None),
        ],
    )
    assert asked(db, statements.CARRIER_STANDING, "7", "7", "7", "7") == sorted(
        [
            (None, "active", None, 0),
            (None, "by dot", None, 0),
            ("late", None, "u", 1),
            ("blank", None, None, 1),
            ("dot", None, None, 1),
        ],
        key=repr,
    )
    assert asked(db, statements.CARRIER_OF_DOT, "55") == ["6"]
    assert asked(db, statements.CARRIER_OF_DOT, "77") == []


def test_what_is_said_of_a_load_has_its_calls_with_their_carriers(db: sqlite3.Connection) -> None:
    """The first spelling that is known, and the first number of a telephone."""
    db.execute("UPDATE calls SET carrier_mc_number = 'MC-7', outcome = 'rejected' WHERE id = 2")
    db.executemany(
        "INSERT INTO carriers (mc_number, company_name, phone) VALUES (?, ?, ?)",
        [("007", "First", " "), ("MC7", "Second", "555-1"), ("7", "Third", "555-2"), ("8", "Other", "555-3")],
    )
    assert asked(db, statements.OFFER_CALLS, "L1") == [
        (1, None, None, None, None),
        (2, "MC-7", "rejected", "First", "555-1"),
    ]


@pytest.mark.parametrize(
    ("call", "ask", "found"),
    [(2, 2300, []), (2, 2301, [1]), (1, 2251, [1]), (1, 2250, []), (9, 2250.01, [1]), (9, 2301, [1])],
)
def test_another_call_about_the_load_has_a_lower_ask(
    rounds: sqlite3.Connection, call: int, ask: float, found: list[int]
) -> None:
    """Lower, not the same; what is no rate is no ask."""
    rounds.execute("UPDATE negotiations SET carrier_offer = 0.004 WHERE id = 3")
    assert asked(rounds, statements.LOWER_ASK, "L1", call, ask) == found


def test_sessions_of_a_load_that_were_closed(rounds: sqlite3.Connection) -> None:
    """Each once; a blank time is none."""
    rounds.executemany(
        "INSERT INTO negotiation_sessions (session_id, call_id, created_at, closed_at) VALUES (?, 1, 't', ?)",
        [("s", "then"), ("other", "then"), ("open", None)],
    )
    assert asked(rounds, statements.OFFER_SESSIONS, "L1") == ["s"]
    rounds.execute("UPDATE negotiation_sessions SET closed_at = ' '")
    assert asked(rounds, statements.OFFER_SESSIONS, "L1") == []


def test_sessions_are_found_by_name_by_beginning_and_by_end(rounds: sqlite3.Connection) -> None:
    """Those that have rounds and those that were started, each once and in order."""
    rounds.executemany(
        "INSERT INTO negotiation_sessions (session_id, call_id, created_at, expires_at) VALUES (?, ?, 't', 'e')",
        [("s", 1), ("started", 1), (" ", 1), ("zz", 2)],
    )
    assert asked(rounds, statements.SESSION, "started") == [(1, "t", "e", None, None)]
    assert asked(rounds, statements.STARTED_SESSIONS, 1) == ["s", "started"]
    assert [
        asked(rounds, statements.KNOWN_SESSION, name, name) for name in ("s", "other", "started", "st")
    ] == [*(["s"], ["other"], ["started"], [])]
    for first, beyond, found in (("a", "zzz", ["other", "s", "started", "zz"]), ("s", "zz", ["started"])):
        rows = rounds.execute(statements.SESSIONS_BEGINNING, [first, beyond] * 2).fetchall()
        assert [row[0] for row in rows] == found
    rows = rounds.execute(statements.SESSIONS_ENDING, ["r"] * 4).fetchall()
    assert [row[0] for row in rows] == ["other"]
    rounds.executemany(
        f"{ROUND} (?, 1, ?, 1, 1, 'x', 't', 'L1', NULL)", [(n, f"x{n}r") for n in range(10, 20)]
    )
    assert len(rounds.execute(statements.SESSIONS_ENDING, ["r"] * 4).fetchall()) == 4


def test_of_many_sessions_that_begin_alike_a_thousand_are_found(db: sqlite3.Connection) -> None:
    """The first in order."""
    rows = [(n, f"x{n:04}") for n in range(1, 1003)]
    db.executemany(f"{ROUND} (?, 1, ?, 1, 1, 'x', 't', 'L1', NULL)", rows)
    found = db.execute(statements.SESSIONS_BEGINNING, ["x", "y"] * 2).fetchall()
    assert [row[0] for row in found] == [name for _, name in rows[:1000]]


def test_how_a_call_and_its_load_stood_before_a_round_is_kept(rounds: sqlite3.Connection) -> None:
    """Once for each round; it is that round's for as long as the round has its time."""
    rounds.execute(
        "UPDATE calls SET outcome = 'o', final_rate_agreed = 5, transferred_to_rep = 1 WHERE id = 2"
    )
    rounds.execute("UPDATE loads SET status = 'on hold' WHERE load_id = 'L1'")
    rounds.execute(statements.KEEP_STATE, [2, "s", 2])
    rounds.execute(statements.KEEP_STATE, [1, None, 1])
    assert asked(rounds, "SELECT round_id FROM states_before") == [2, 3]
    assert asked(rounds, statements.STATE_BEFORE, 2) == [("o", 5, 1, "on hold")]
    rounds.execute("UPDATE calls SET outcome = 'p' WHERE id = 2")
    rounds.execute(statements.KEEP_STATE, [2, "s", 2])
    assert asked(rounds, statements.STATE_BEFORE, 2) == [("p", 5, 1, "on hold")]
    rounds.execute("UPDATE negotiations SET timestamp = 'another'")
    assert asked(rounds, statements.STATE_BEFORE, 2) == []


def state(db: sqlite3.Connection, call: int) -> tuple[object, ...]:
    """Return what a round changes in a call."""
    columns = "negotiation_rounds, outcome, final_rate_agreed, transferred_to_rep"
    row: tuple[object, ...] = db.execute(f"SELECT {columns} FROM calls WHERE id = ?", [call]).fetchone()
    return row


def test_a_round_counts_on_its_call_alone(db: sqlite3.Connection) -> None:
    """An agreement stays until there is another, and a transfer for ever."""
    db.execute("UPDATE calls SET negotiation_rounds = NULL WHERE id = 1")
    others = [state(db, call) for call in (2, 3)]
    db.execute(statements.COUNT_ROUND, ["negotiating", None, 0, 1])
    assert state(db, 1) == (1, "negotiating", None, None)
    db.execute(statements.COUNT_ROUND, ["accepted", 2100, 0, 1])
    db.execute(statements.COUNT_ROUND, ["transferred", None, 1, 1])
    db.execute(statements.COUNT_ROUND, ["negotiating", None, 0, 1])
    assert state(db, 1) == (4, "negotiating", 2100, 1)
    assert [state(db, call) for call in (2, 3)] == others


def test_a_round_that_is_withdrawn_gives_back_what_it_changed(db: sqlite3.Connection) -> None:
    """Nothing that somebody changed since; and no call has fewer than no rounds."""
    others = [state(db, call) for call in (2, 3)]
    db.execute(
        "UPDATE calls SET negotiation_rounds = 2, outcome = 'accepted', final_rate_agreed = 5, transferred_to_rep = 1 WHERE id = 1"
    )
    db.execute(statements.WITHDRAW_ROUND, ["rejected", "before", 0, 4, 0, 0, 1])
    assert state(db, 1) == (1, "accepted", 5, 1)
    db.execute(statements.WITHDRAW_ROUND, ["accepted", "before", 1, 4, 1, 0, 1])
    assert state(db, 1) == (0, "before", 4, 0)
    for rounds in (0, None):
        db.execute("UPDATE calls SET negotiation_rounds = ? WHERE id = 1", [rounds])
        db.execute(statements.WITHDRAW_ROUND, ["accepted", "x", 1, None, 1, None, 1])
        assert state(db, 1) == (0, "before", None, None)
    assert [state(db, call) for call in (2, 3)] == others


def test_what_is_taken_back_is_taken_back_of_one_call_and_one_load(db: sqlite3.Connection) -> None:
    """The others keep what they have."""
    db.execute("UPDATE calls SET final_rate_agreed = 5, outcome = 'accepted'")
    db.execute(statements.CLEAR_AGREEMENT, [1])
    assert [state(db, call)[1:3] for call in (1, 2)] == [("negotiating", None), ("accepted", 5)]
    for values in ((1, "t1", "Ann", "n1"), (1, "t2", "Ben", "n2"), (2, "t3", "Ann", "n3")):
        db.execute(statements.NOTE_FALLEN, values)
    assert asked(db, "SELECT call_id, fell_through_at, noted_by, noted_at FROM call_facts") == [
        (1, "t2", "Ben", "n2"),
        (2, "t3", "Ann", "n3"),
    ]
    db.execute(
        "INSERT INTO load_facts (load_id, ceiling, cancelled_at, cancelled_by, reason) VALUES ('L1', 5, 't', 'Ann', 'r'), ('L2', 6, 't', 'Ben', 's'), ('L3', 7, NULL, 'Cy', 'k')"
    )
    for load in ("L1", "L3"):
        db.execute(statements.FORGET_CANCELLATION, [load])
    assert asked(db, "SELECT load_id, ceiling, cancelled_at, cancelled_by, reason FROM load_facts") == [
        ("L1", 5, None, None, None),
        ("L2", 6, "t", "Ben", "s"),
        ("L3", 7, None, "Cy", "k"),
    ]
    db.execute(statements.SET_LOAD_STATUS, ["booked", "now", "L2"])
    assert asked(db, "SELECT load_id, status, updated_at FROM loads") == [
        ("L1", "available", None),
        ("L2", "booked", "now"),
    ]


@pytest.mark.parametrize(
    ("expires", "left"),
    [
        ("2025-09-01T12:00Z", None),
        ("2025-09-01 11:59:59.999999", None),
        ("2025-09-01 12:00:00.000001", "2025-09-01 12:00:00.000001"),
        ("soon", "soon"),
    ],
)
def test_a_deadline_that_is_over_is_lifted(db: sqlite3.Connection, expires: str, left: str | None) -> None:
    """At that moment it is over; of this session alone."""
    db.executemany(
        "INSERT INTO negotiation_sessions (session_id, created_at, expires_at) VALUES (?, 't', ?)",
        [("s", expires), ("other", expires)],
    )
    db.execute(statements.LIFT_DEADLINE, ["s", "2025-09-01 12:00:00.000000"])
    assert asked(db, "SELECT session_id, expires_at FROM negotiation_sessions") == [
        ("other", expires),
        ("s", left),
    ]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ((2, "s", 2, 2250, "accepted", "r1"), 1),
        ((1, None, 1, 2200, "x", "r2"), 1),
        ((1, "s", 1, 2300, "counter_offer_2125", None), 1),
        ((3, "s", 2, 2250, "accepted", "r1"), 0),
        ((2, "t", 2, 2250, "accepted", "r1"), 0),
        ((2, "s", 1, 2250, "accepted", "r1"), 0),
        ((2, "s", 2, 2251, "accepted", "r1"), 0),
        ((2, "s", 2, 2250, "rejected", "r1"), 0),
        ((2, "s", 2, 2250, "accepted", None), 0),
    ],
)
def test_what_was_written_is_read_back(
    rounds: sqlite3.Connection, values: tuple[object, ...], count: int
) -> None:
    """The round by all that it has, with how its call and its load stand now."""
    rounds.execute("UPDATE calls SET outcome = 'accepted', final_rate_agreed = 2250 WHERE id = 2")
    rounds.execute("UPDATE loads SET status = 'booked' WHERE load_id = 'L2'")
    assert asked(rounds, statements.READ_BACK, *values, "L2", 2) == [(count, "accepted", 2250, "booked")]
