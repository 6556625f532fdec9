"""What rounds say in SQL, whoever wrote them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiator.maintenance.check import query_plan
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Commitments, Round, Thread, without_withdrawn
from negotiator.policy.decide import Decision
from negotiator.storage.database import LoadsFile
from negotiator.storage.views import VIEWS, round_facts
from tests.conftest import data, execute, run, select

ROUND = "INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp) VALUES "
FACTS = """
    SELECT session_id, CASE WHEN session_id IS NULL THEN call_id END, rounds, undecided, counters,
           highest_counter, first_ask, last_ask, state FROM thread_facts
"""
THREADS = (
    "SELECT thread, rounds, first_ask, last_ask, highest_counter, state FROM thread_facts ORDER BY thread"
)


@pytest.mark.parametrize(
    ("rows", "threads"),
    [
        pytest.param(
            ["(1, '', 1, 2300, 'counter_offer_2125', NULL)", "(3, ' ', 1, 1200, 'counter_offer_1150', NULL)"],
            [("call 1", 1, 2300, 2300, 2125, "open"), ("call 3", 1, 1200, 1200, 1150, "open")],
            id="blank is no session",
        ),
        pytest.param(
            ["(1, NULL, 1, 2300, 'counter_offer_1938.1200000000001', NULL)"],
            [("call 1", 1, 2300, 2300, 1938.12, "open")],
            id="a float as a counter",
        ),
        pytest.param(
            ["(1, NULL, 1, 2300, 'counter_offer_2.050.00', NULL)"],
            [("call 1", 1, 2300, 2300, None, "undecided")],
            id="no counter",
        ),
        pytest.param(
            ["(1, 's', 1, 2300, ' Accepted', '2025-08-20T09:30:00Z')", "(1, 's', 2, 2200, 'counter_offer_2100', '2025-08-20 9:00:00 UTC')"],
            [("s", 2, 2200, 2300, 2100, "accepted")],
            id="in order of time",
        ),
        pytest.param(
            ["(1, 's', 1, 2300, 'counter_offer_2100', NULL)", "(1, 's', 2, 1200, 'accepted', NULL)", "(1, 's', 2, NULL, 'withdrawn', NULL)"],
            [("s", 1, 2300, 2300, 2100, "open")],
            id="a withdrawn round counts in nothing",
        ),
        pytest.param(
            ["(1, 's', 1, 2300, 'counter_offer_2100', NULL)", "(1, 's', 1, NULL, 'withdrawn', NULL)", "(2, 's', 1, 2250, 'counter_offer_2110', NULL)"],
            [("s", 1, 2250, 2250, 2110, "open")],
            id="nor does it take others of its number with it",
        ),
        pytest.param(
            ["(1, 's', 1, 2300, 'accepted', NULL)", "(1, 's', 1, NULL, 'fell_through', NULL)"],
            [("s", 1, 2300, 2300, None, "open")],
            id="what fell through was asked",
        ),
        pytest.param(
            ["(5, NULL, 1, 2300, 'accepted', NULL)", "(1, 'call 5', 1, 2200, 'counter_offer_2100', NULL)", "(1, 'session call 5', 1, 2250, NULL, NULL)"],
            [
                ("call 5", 1, 2300, 2300, None, "accepted"),
                ("session call 5", 1, 2200, 2200, 2100, "open"),
                ("session session call 5", 1, 2250, 2250, None, "undecided"),
            ],
            id="no session has a call's name",
        ),
    ],
)  # fmt: skip
def test_threads_are_read_in_every_spelling(
    desk: Path, rows: list[str], threads: list[tuple[object, ...]]
) -> None:
    """As an ask and a history read them."""
    execute(desk, *(ROUND + row for row in rows))
    assert select(desk, THREADS) == threads
    assert_the_same(desk)


def assert_the_same(path: Path) -> None:
    """Compare what lists and reports ask with the views of the file, of which there are no others."""
    views = select(path, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
    assert [name for (name,) in views] == sorted(VIEWS)
    for name, sql in VIEWS.items():
        assert select(path, f"SELECT * FROM ({sql})") == select(path, f"SELECT * FROM {name}") != []


def test_what_a_round_was_decided_on_is_in_the_views(desk: Path) -> None:
    """The last that was recorded, and who agreed."""
    execute(
        desk,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, posted_rate, ceiling,
                                     policy_version, decided_by) VALUES
             (1, 1, 2300, 'counter_offer_2125', 2100, 2310, 3, 'policy'),
             (1, 2, 2400, 'accepted', 2150, NULL, NULL, 'Ann')""",
    )
    assert select(desk, "SELECT posted_rate, ceiling, agreed_by FROM thread_facts") == [(2150, 2310, "Ann")]
    assert select(desk, "SELECT posted_rate, ceiling, policy_version, decided_by FROM round_facts") == [
        (2100, 2310, 3, "policy"),
        (2150, None, None, "Ann"),
    ]
    assert_the_same(desk)


def test_the_rounds_of_a_session_are_found_by_index(desk: Path) -> None:
    """So are those that were withdrawn."""
    with closing(sqlite3.connect(desk)) as db:
        plan = query_plan(db, round_facts("{row}.session_id IN (SELECT ?)"))
    assert not [step for step in plan if step.startswith("SCAN") and step.endswith((" n", " back", " done"))]


def test_unrelated_calls_with_a_blank_session_have_none(unmigrated: Path) -> None:
    """A column that another program gave a default of '' made one nameless session of all calls."""
    execute(
        unmigrated,
        "ALTER TABLE negotiations ADD COLUMN session_id VARCHAR DEFAULT ''",
        "UPDATE negotiations SET system_response = 'transfer_to_human' WHERE id = 4",
    )
    run("migrate", unmigrated)
    assert run("negotiate", 1, 2150, "--db", unmigrated).exit_code == 4
    assert data("session", "list", "--db", unmigrated) == []
    figures = data("report", "--db", unmigrated)["figures"]
    assert (figures["sessions"]["value"], figures["threads"]["value"]) == (0, 4)
    assert {found["session_id"] for found in data("call", "history", 1, "--db", unmigrated)} == {None}


@pytest.mark.parametrize("status", [None, "", " ", "Available", "AVAILABLE "])
def test_a_load_is_available_in_any_spelling(desk: Path, status: str | None) -> None:
    """In lists, in reports and for an ask alike."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("UPDATE loads SET status = ? WHERE load_id = 'L1'", [status])
        db.execute("UPDATE loads SET status = ' Booked' WHERE load_id = 'L2'")
    assert [load["load_id"] for load in data("load", "list", "--status", "available")] == ["L1"]
    assert [load["status"] for load in data("load", "list", "--status", "booked")] == ["booked"]
    assert data("report")["figures"]["open_loads"]["value"] == 1
    assert run("negotiate", 1, 2100).exit_code == 0
    assert run("negotiate", 3, 1100).exit_code == 4


ROWS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from([None, "", " ", "s", "call 1"]),
        st.integers(1, 3),
        st.none() | st.sampled_from([2300, 2250.005, "2,200", 0, -1]),
        st.sampled_from(
            [
                *(
                    "accepted",
                    "Transfer_To_Human",
                    "counter_offer_2125.00",
                    "counter_offer_1938.1200000000001",
                ),
                *("reopened", "withdrawn", "withdrawn", "fell_through", "Fine.", None),
            ]
        ),
        st.sampled_from(
            [None, "2025-08-20 10:00:00.000001", "2025-08-20T10:00Z", "2025-08-20 9:59 UTC", "soon"]
        ),
    ),
    max_size=10,
)
STATES = {
    Decision.ACCEPTED: "accepted",
    Decision.TRANSFER: "transferred",
    Decision.COUNTER: "open",
}


@pytest.mark.parametrize("number", [60, pytest.param(10_000, marks=pytest.mark.soak)])
def test_the_views_say_what_an_ask_goes_by(desk: Path, number: int) -> None:
    """Rounds, counters, asks, the state and the order of each thread, whatever was taken back."""
    with LoadsFile.open(desk) as file:
        repository, db = Repository(file), file.connection

        @settings(max_examples=number, deadline=None)
        @given(ROWS)
        def compare(rows: list[tuple[object, ...]]) -> None:
            db.execute("DELETE FROM negotiations")
            db.executemany(f"{ROUND} (?, ?, ?, ?, ?, ?)", rows)
            found = {(name, call): tuple(facts) for name, call, *facts in db.execute(FACTS).fetchall()}
            expected: dict[tuple[str | None, int | None], tuple[object, ...]] = {}
            for session in ("s", "call 1"):
                rounds = repository.session_rounds(session)
                expected[session, None] = said(rounds)
            for call in (1, 2):
                rounds = [done for done in repository.call_rounds(call) if done.session_id is None]
                expected[None, call] = said(rounds)
            assert found == {thread: facts for thread, facts in expected.items() if facts}

        compare()


def said(rounds: list[Round]) -> tuple[object, ...]:
    """Return the facts of a thread as the rules of an ask have them, nothing if no row counts."""
    left, thread = without_withdrawn(rounds), Thread(tuple(rounds))
    if not left:
        return ()
    asks = [float(done.carrier_offer) for done in left if done.carrier_offer is not None]
    highest = Commitments.of(rounds, None).highest_counter
    tells = any(row.decision or row.takes_back for row in left)
    state = "undecided" if not tells else STATES[thread.last_decision or Decision.COUNTER]
    return (
        *(len(thread.rounds), thread.undecided, sum(done.counter is not None for done in left)),
        *(None if highest is None else float(highest), asks[0] if asks else None, asks[-1] if asks else None),
        state,
    )
