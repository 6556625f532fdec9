"""Who else wants the load: every carrier's last ask, a better one, and the next best when a deal is gone."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator.maintenance.check import query_plan, scans_of_tables
from negotiator.storage.statements import OFFER_CALLS, OFFER_ROUNDS, OFFER_SESSIONS
from tests.conftest import SESSION, contents, data, execute, run, select

KEYS = [
    *("carrier_mc_number", "company_name", "phone", "last_ask", "standing_counter", "status", "latest"),
    *("call_id", "session_id", "barred"),
]


@pytest.fixture
def board(desk: Path) -> Path:
    """Give the desk's file with calls 1, 2 and 4 about L1, posted at 2100, each of another carrier."""
    execute(
        desk,
        "INSERT INTO calls (id, load_id, negotiation_rounds) VALUES (4, 'L1', 0)",
        "UPDATE calls SET carrier_mc_number = 'MC ' || id || '00'",
        """INSERT INTO carriers (mc_number, company_name, phone)
           VALUES ('MC100', 'One Inc', '555-0101'), ('mc-200', 'Two LLC', '555-0102'), ('MC400', 'Four', ' ')""",
    )
    return desk


def offers() -> list[tuple[Any, ...]]:
    """Return carrier, last ask and status of each offer for L1."""
    return [
        (found["carrier_mc_number"], found["last_ask"], found["status"])
        for found in data("load", "offers", "L1")
    ]


def test_every_carriers_last_ask_is_listed_the_cheapest_first(board: Path) -> None:
    """With our counter, when it was, and how to ring; whatever the case of the load's ID."""
    data("negotiate", 1, 2600, "--session", SESSION)
    data("negotiate", 2, 2400)
    data("negotiate", 2, 2350)
    found = data("load", "offers", "l1")
    assert [list(offer) for offer in found] == [KEYS, KEYS]
    counters = [
        float(text.split("_")[2]) for (text,) in select(board, "SELECT system_response FROM negotiations")
    ]
    first = {key: found[0][key] for key in KEYS if key != "latest"}
    assert first == {
        "carrier_mc_number": "MC 200",
        "company_name": "Two LLC",
        "phone": "555-0102",
        "last_ask": 2350,
        "standing_counter": max(counters[1:]),
        "status": "open",
        "call_id": 2,
        "session_id": None,
        "barred": None,
    }
    assert (found[1]["session_id"], found[1]["phone"], found[1]["last_ask"]) == (SESSION, "555-0101", 2600)
    assert found[0]["latest"].endswith("Z")
    shown = run("load", "offers", "L1").stdout
    assert shown.index("MC 200") < shown.index("MC 100")
    assert "555-0102" in shown


def test_the_offers_are_shown_with_the_load(board: Path) -> None:
    """In each form."""
    data("negotiate", 2, 2400)
    assert data("load", "show", "L1")["offers"] == data("load", "offers", "L1")
    assert "555-0102" in run("load", "show", "L1").stdout
    assert data("load", "show", "L2")["offers"] == []


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["negotiate 1 2400"], "open"),
        (["negotiate 1 2100"], "accepted"),
        (["negotiate 1 2100", "call reopen 1 --reason slip"], "reopened"),
        (["negotiate 1 2100", "call reopen 1 --fell-through --reason broke"], "fell through"),
        (["negotiate 1 2400 --ceiling 2100", *["negotiate 1 2400 --ceiling 2100"] * 3], "handed over"),
        (["negotiate 1 2400", "call end 1 --outcome rejected"], "ended"),
        (["negotiate 1 2400", "call end 1 --outcome abandoned"], "ended"),
        ([f"negotiate 1 2400 --session {SESSION}", f"session close {SESSION}"], "ended"),
        (["negotiate 1 2400", "call undo 1 --reason slip"], None),
        (["negotiate 1 2100", "call reopen 1 --reason slip", "negotiate 1 2300"], "open"),
        (["negotiate 1 2100", "call reopen 1 --fell-through --reason b", "call book 1 2200"], "accepted"),
    ],
)
def test_an_offer_says_what_became_of_it(board: Path, steps: list[str], status: str | None) -> None:
    """Of the last ask that was meant; one that was withdrawn is none."""
    for step in steps:
        result = run(*step.split(" "))
        assert result.exit_code == 0, result.output
    assert [found[2] for found in offers()] == ([] if status is None else [status])


def test_an_ask_whose_deal_was_a_slip_gives_way_to_one_that_was_meant(board: Path) -> None:
    """The carrier never asked 2100."""
    data("negotiate", 1, 2400)
    data("negotiate", 1, 2100)
    run("call", "reopen", 1, "--reason", "meant 2300")
    assert offers() == [("MC 100", 2400, "open")]


def test_calls_of_one_carrier_are_one_offer_and_unknown_carriers_are_told_apart(board: Path) -> None:
    """By its digits; its last ask counts, not its lowest. Rounds about another load are not about this one."""
    execute(
        board,
        "UPDATE calls SET carrier_mc_number = 'mc#0100' WHERE id = 2",
        "UPDATE calls SET carrier_mc_number = NULL WHERE id = 4",
        "INSERT INTO calls (id, load_id, carrier_mc_number) VALUES (5, 'L1', ' '), (6, 'L1', 'MC600')",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp, load_id)
           VALUES (1, 1, 2300, 'counter_offer_2150.00', '2025-08-20 10:00:00', NULL),
                  (2, 1, 2350, 'counter_offer_2120.0', '2025-08-20T11:00:00Z', 'L1'),
                  (4, 1, 2500, 'Let me see', NULL, ' '), (5, 1, 2450, 'counter_offer_2200', NULL, NULL),
                  (6, 1, 1, 'counter_offer_2200', NULL, 'L2')""",
    )
    assert offers() == [("mc#0100", 2350, "open"), (None, 2450, "open"), (None, 2500, "open")]
    assert data("load", "offers", "L1")[0]["standing_counter"] == 2120


def test_a_load_that_is_not_there_and_one_without_an_ask(desk: Path) -> None:
    """Exit 3; an empty list."""
    missing = run("load", "offers", "NONE")
    assert (missing.exit_code, "negotiator load list" in missing.stderr) == (3, True)
    assert data("load", "offers", "L2") == []
    assert run("load", "offers", "L2").stderr == "No offers.\n"


def test_an_ask_that_is_accepted_above_another_open_one_says_so(board: Path) -> None:
    """In JSON, in words, among many, and when it is sent again; never elsewhere."""
    data("negotiate", 1, 2150)
    (found,) = data("load", "offers", "L1")
    board.with_name("asks").write_text(
        '{"call_id": 2, "carrier_offer": 2200, "request_id": "r1", "ceiling": "2400"}'
    )
    run("negotiate", 2, 2400, "--ceiling", 2400)  # a counter
    run("negotiate", 2, 2300, "--ceiling", 2400)
    run("negotiate", 2, 2250, "--ceiling", 2400)
    assert "better_offer" not in run("negotiate", 4, 2400, "--json").stdout
    result = run("batch", "asks")
    answer = json.loads(result.stdout)
    assert (answer["decision"], answer["better_offer"]) == ("accepted", found)
    assert "line 1: MC 100 (One Inc, 555-0101) asks $2,150.00, call 1, which is lower." in result.stderr
    again = run("negotiate", 2, 2200, "--request-id", "r1", "--ceiling", 2400, "--json")
    assert json.loads(again.stdout) == answer
    assert "Note: MC 100 (One Inc, 555-0101) asks $2,150.00, call 1, which is lower." in again.stderr


@pytest.mark.parametrize(
    "why",
    [
        "UPDATE calls SET outcome = 'Rejected ' WHERE id = 1",
        "INSERT INTO carrier_blocks (carrier, reason) VALUES ('100', 'fraud')",
        "UPDATE calls SET carrier_mc_number = 'MC200' WHERE id = 1",
        "UPDATE negotiations SET carrier_offer = 2200",
        "UPDATE negotiations SET system_response = 'transfer_to_human'",
    ],
)
def test_no_better_offer_is_said_where_there_is_none(board: Path, why: str) -> None:
    """Not open, of a carrier that must not be used, of the same carrier, no lower: as before, to the byte."""
    execute(
        board,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           VALUES (1, 1, 2150, 'counter_offer_2110.00')""",
        why,
        "UPDATE loads SET loadboard_rate = 2200",
    )
    result = run("negotiate", 2, 2200, "--json")
    assert json.loads(result.stdout)["decision"] == "accepted"
    assert "better_offer" not in result.stdout
    assert "lower" not in result.stderr


def test_a_lower_ask_that_is_not_open_makes_no_equal_one_better(board: Path) -> None:
    """It has to be lower itself."""
    execute(
        board,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           VALUES (1, 1, 2050, 'counter_offer_2110.00'), (4, 1, 2100, 'counter_offer_2110.00')""",
        "UPDATE calls SET outcome = 'rejected' WHERE id = 1",
    )
    assert "better_offer" not in data("negotiate", 2, 2100)


def test_a_better_offer_is_read_in_every_spelling(board: Path) -> None:
    """As other programs write amounts."""
    execute(
        board,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           VALUES (1, 1, '$2,050.00', 'counter_offer_2010.0')""",
    )
    assert data("negotiate", 2, 2100)["better_offer"]["last_ask"] == 2050


def test_a_counter_in_the_session_of_an_earlier_call_stands(board: Path) -> None:
    """The session goes on in a second call of the carrier."""
    execute(
        board,
        "UPDATE calls SET carrier_mc_number = 'MC100' WHERE id = 2",
        f"""INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp)
            VALUES (1, '{SESSION}', 1, 2600, 'counter_offer_2180.00', '2025-08-20 10:00:00'),
                   (2, '{SESSION}', 2, 2500, 'Let me see', '2025-08-20 11:00:00'),
                   (1, NULL, 1, 2700, 'counter_offer_2190.00', '2025-08-20 09:00:00')""",
    )
    (offer,) = data("load", "offers", "L1")
    assert (offer["call_id"], offer["last_ask"], offer["standing_counter"]) == (2, 2500, 2180)


def test_nobody_is_rung_while_another_call_has_the_load(board: Path) -> None:
    """It is still booked."""
    execute(
        board,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           VALUES (4, 1, 2300, 'counter_offer_2110.00')""",
    )
    data("negotiate", 1, 2100)
    execute(board, "UPDATE calls SET final_rate_agreed = 2050, outcome = 'accepted' WHERE id = 2")
    done = data("call", "reopen", 1, "--fell-through", "--reason", "no truck")
    assert (done["load_status"], done["next_best"]) == ("booked", None)


def test_the_next_best_is_named_with_its_phone_when_a_deal_falls_through(board: Path) -> None:
    """Handed over or not; not one that must not be used, and not while the load is not to be had."""
    execute(board, "INSERT INTO carrier_blocks (carrier, reason) VALUES ('400', 'fraud')")
    for _ in range(4):
        data("negotiate", 2, 2600)
    execute(
        board,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           VALUES (4, 1, 2105, 'counter_offer_2101.00')""",
    )
    data("negotiate", 1, 2100)
    result = run("call", "reopen", 1, "--fell-through", "--reason", "the truck broke down", "--json")
    done = json.loads(result.stdout)
    assert (done["fell_through"], done["load_status"]) == (True, "available")
    assert (done["next_best"]["phone"], done["next_best"]["status"]) == ("555-0102", "handed over")
    assert list(done["next_best"]) == KEYS
    assert select(board, "SELECT system_response, notes FROM negotiations ORDER BY id DESC LIMIT 1") == [
        ("fell_through", "the truck broke down")
    ]
    (fallen,) = select(board, "SELECT call_id, fell_through_at, noted_by IS NOT NULL FROM call_facts")
    assert (fallen[0], fallen[1][:4].isdigit(), fallen[2]) == (1, True, 1)
    data("call", "book", 1, 2100)
    words = run("call", "reopen", 1, "--fell-through", "--reason", "again").stdout
    assert "mc 200" in words.lower()
    assert "(Two LLC, 555-0102) asks $2,600.00, call 2" in words


def test_a_carrier_whose_deal_fell_through_is_held_to_what_it_asked(board: Path) -> None:
    """A raised ask is not accepted, however near."""
    data("negotiate", 1, 2150)
    data("call", "book", 1, 2120)
    data("call", "reopen", 1, "--fell-through", "--reason", "wants more")
    assert data("negotiate", 1, 2140)["decision"] == "counter"


def test_a_reason_that_cannot_be_kept_leaves_the_deal(board: Path) -> None:
    """Exit 2, with and without it falling through."""
    data("negotiate", 1, 2100)
    before = contents(board)
    for more in ((), ("--fell-through",)):
        assert run("call", "reopen", 1, "--reason", " ", *more).exit_code == 2
    assert contents(board) == before


@pytest.mark.parametrize("sql", [OFFER_CALLS, OFFER_ROUNDS, OFFER_SESSIONS])
def test_offers_are_found_by_indexes(desk: Path, sql: str) -> None:
    """Calls by their load, their rounds by the call, their carriers by their digits."""
    with closing(sqlite3.connect(desk)) as db:
        plan = query_plan(db, sql)
        assert any("idx_calls_load_id" in step for step in plan)
        assert sql is not OFFER_CALLS or sum("idx_carriers_digits" in step for step in plan) == 2
        assert not scans_of_tables(db, sql)
