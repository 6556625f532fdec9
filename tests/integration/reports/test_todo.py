"""Whom to ring, and in which order."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.output import contract
from negotiator.reports.todo import Todo, todo_query
from tests.conftest import NOW, contents, data, execute, run

HOUR = timedelta(hours=1)


def loads(desk: Path, **pickups: str) -> None:
    """Put loads on the board, each with a call of a carrier of its own: MC1 for the first, and so on."""
    execute(desk, "DELETE FROM calls", "DELETE FROM loads")
    for number, (name, pickup) in enumerate(pickups.items(), 1):
        execute(
            desk,
            f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                   equipment_type, loadboard_rate, miles, status)
                VALUES ('{name}', 'Reno, NV', 'Boise, ID', '{pickup}', '2025-09-09', 'Van', 2000, 400, NULL)""",
            f"""INSERT INTO carriers (mc_number, company_name, phone)
                VALUES ('MC{number}', 'Road {number}', '555-010{number}')""",
            f"INSERT INTO calls (id, load_id, carrier_mc_number) VALUES ({number}, '{name}', 'MC-{number}')",
        )


def found(desk: Path, **given: object) -> list[Todo]:
    """Return whom to ring."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        return service.todo(**given)  # type: ignore[arg-type]


def why(desk: Path) -> list[tuple[str, list[str]]]:
    """Return the loads, each with the reasons."""
    return [(item.load_id, list(item.reasons)) for item in found(desk)]


def ask(desk: Path, call: int, *asks: float, session: str | None = None) -> None:
    """Make asks an hour ago."""
    with CallHandlingService.open(desk, clock=lambda: NOW - HOUR) as service:
        for amount in asks:
            service.negotiate(call, amount, session)


def test_a_counter_without_an_answer(desk: Path) -> None:
    """With the phone number, both amounts, the call, and never the ceiling."""
    loads(desk, A="2025-09-05 08:00:00")
    ask(desk, 1, 2150)
    (item,) = found(desk)
    assert (item.reasons, item.load_id, item.carrier_mc_number) == (("counter",), "A", "MC-1")
    assert (item.company_name, item.phone, item.call_id) == ("Road 1", "555-0101", 1)
    assert [item.last_ask, item.standing_counter, item.posted_rate] == [2150, 2015, 2000]
    assert (item.latest, item.expires_at, item.barred) == (NOW - HOUR, None, None)
    for form in ("table", "json", "jsonl", "csv", "md"):
        shown = run("todo", "--format", form, "--ahead", "999w").stdout
        assert "2,200" not in shown
        assert "2200" not in shown


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls SET outcome = 'Rejected'",
        "UPDATE calls SET outcome = 'abandoned'",
        "UPDATE calls SET final_rate_agreed = 2100",
        "UPDATE loads SET status = 'booked'",
        "UPDATE loads SET status = 'Completed'",
        "UPDATE loads SET pickup_datetime = '2025-08-31T11:59:59Z'",
        "INSERT INTO negotiation_sessions (session_id, closed_at) VALUES ('sess_12345', '2025-09-01')",
        "INSERT INTO negotiation_sessions (session_id, expires_at) VALUES ('sess_12345', '2025-09-01')",
        """INSERT INTO negotiations (call_id, session_id, round_number, system_response, timestamp)
           VALUES (1, 'sess_12345', 2, 'accepted', '2025-09-01 11:30:00')""",
    ],
)
def test_what_is_over_is_not_to_be_done(desk: Path, statement: str) -> None:
    """Whoever ended it."""
    loads(desk, A="2025-09-05 08:00:00")
    ask(desk, 1, 2150, session="sess_12345")
    assert why(desk) == [("A", ["counter"])]
    execute(desk, statement)
    assert why(desk) == []


@pytest.mark.parametrize(
    ("asks", "expected"),
    [([2244], [("A", ["transfer"])]), ([2244.01], []), ([2500], []), ([2200], [])],
)
def test_a_transfer_just_above_the_ceiling(
    desk: Path, asks: list[float], expected: list[tuple[str, list[str]]]
) -> None:
    """At most 2 % of it. A person decides."""
    loads(desk, A="2999-09-05 08:00:00")  # not yet, also for a command, whose clock is the real one
    ask(desk, 1, *asks * 4)
    assert why(desk) == expected
    assert ("a person decides" in run("todo", "--ahead", "1h").stdout) is bool(expected)


def test_a_session_that_expires(desk: Path) -> None:
    """Also one without an ask."""
    loads(desk, A="2025-09-05 08:00:00", B="2025-09-06 08:00:00")
    with CallHandlingService.open(desk, clock=lambda: NOW - HOUR) as service:
        asked = service.start_session(1, expires_in=4 * HOUR)
        service.negotiate(1, 2150, asked)
        service.start_session(2, expires_in=4 * HOUR)
    assert why(desk) == [("A", ["counter", "expires"]), ("B", ["expires"])]
    assert [item.expires_at for item in found(desk)] == [NOW + 3 * HOUR] * 2


def test_a_load_that_picks_up_soon_comes_with_its_best_offer(desk: Path) -> None:
    """Or with none; a carrier that must not be used is not rung, and the next one is."""
    loads(desk, A="2025-09-02 08:00:00", B="2025-09-02 09:00:00", C="2025-09-02T12:00:01Z")
    execute(
        desk,
        "INSERT INTO calls (id, load_id, carrier_mc_number) VALUES (7, 'B', 'MC1'), (8, 'B', 'MC3')",
        "INSERT INTO calls (id, load_id, carrier_mc_number, outcome) VALUES (9, 'C', 'MC3', 'rejected')",
    )
    ask(desk, 7, 2300)
    ask(desk, 8, 2250)
    run("carrier", "block", "MC3", "--reason", "claims")
    items = found(desk)
    assert [(item.load_id, item.reasons, item.carrier_mc_number) for item in items] == [
        ("A", ("pickup",), None),
        ("B", ("counter",), "MC3"),
        ("B", ("counter", "pickup"), "MC1"),
    ]
    assert items[1].barred is not None


def test_the_earliest_pick_up_comes_first_then_the_dearest_load(desk: Path) -> None:
    """What is no time comes last."""
    loads(desk, D="soon", A="2025-09-05 08:00:00", B="2025-09-05T08:00:00Z", C="2025-09-04 08:00:00")
    execute(desk, "UPDATE loads SET loadboard_rate = 2050 WHERE load_id = 'B'")
    for call in (1, 2, 3, 4):
        ask(desk, call, 2200)
    assert [item.load_id for item in found(desk)] == ["C", "B", "A", "D"]
    assert [item.load_id for item in found(desk, limit=2)] == ["C", "B"]


def test_a_carrier_stands_once_for_a_load_by_what_was_said_last(desk: Path) -> None:
    """However its number is spelled; a session without an ask says nothing."""
    loads(desk, A="2025-09-05 08:00:00")
    ask(desk, 1, 2300)
    execute(desk, "INSERT INTO calls (id, load_id, carrier_mc_number) VALUES (9, 'A', 'mc 01')")
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        service.negotiate(9, 2250)
        service.start_session(9)
    (item,) = found(desk)
    assert [item.call_id, item.last_ask] == [9, 2250]


def test_nobody_to_ring_is_said_and_nothing_is_printed(desk: Path) -> None:
    """For cron, which mails what is printed."""
    execute(desk, "UPDATE loads SET status = 'booked'")
    for form in ("table", "md"):
        result = run("todo", "--format", form)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nobody to ring.\n")
    assert data("todo") == []


def test_every_form_has_the_same_rows_and_what_is_left_out_is_said(desk: Path) -> None:
    """JSON by the keys of the contract; Markdown is escaped."""
    loads(desk, A="2099-09-05 08:00:00", B="2099-09-06 08:00:00")
    execute(desk, "UPDATE carriers SET company_name = 'Road | Rail' WHERE mc_number = 'MC1'")
    ask(desk, 1, 2150)
    ask(desk, 2, 2150)
    first, second = data("todo")
    assert list(first) == list(contract.TODO)
    assert (first["load_id"], second["load_id"], first["reasons"]) == ("A", "B", ["counter"])
    assert r"Road \| Rail" in run("todo", "--format", "md").stdout
    assert "$2,150.00 ($5.38/mi)" in run("todo").stdout
    limited = run("todo", "--limit", 1, "--json")
    assert "There is more than these 1" in limited.stderr
    assert len(run("todo", "--format", "csv").stdout.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--ahead", "soon"], 2),
        (["--ahead", "0h"], 2),
        (["--ahead", "999999w"], 2),
        (["--limit", "-1"], 2),
        (["--format", "html"], 2),
        (["--json", "--format", "md"], 2),
        (["--db", "none.db"], 3),
    ],
)
def test_bad_input(desk: Path, arguments: list[str], code: int) -> None:
    """And nothing changes."""
    before = contents(desk)
    result = run("todo", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    assert contents(desk) == before


def test_every_step_uses_an_index(desk: Path) -> None:
    """Loads by their state; calls, rounds, sessions and carriers by whose they are."""
    sql, values = todo_query(now=NOW, ahead=HOUR, limit=5)
    with closing(sqlite3.connect(desk)) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    aliases = ("negotiations", "loads", "carriers", "n", "k", "l", "s", "back", "done")
    scans = [step for step in plan if step.startswith("SCAN") and step.split()[1] in aliases]
    assert scans == []
    assert any("idx_loads_board" in step for step in plan)


def test_a_load_stays_for_a_day_after_its_pick_up(desk: Path) -> None:
    """A truck may come late; and 0 is no limit."""
    loads(desk, A="2025-08-31T12:00:00Z", B="2025-09-01 06:00:00", C="2025-09-01 13:00:00")
    assert [item.load_id for item in found(desk)] == ["A", "B", "C"]
    assert [item.load_id for item in found(desk, limit=0)] == ["A", "B", "C"]
    assert [item.load_id for item in found(desk, limit=1)] == ["A"]
