"""Carriers listed, shown, changed, blocked and used again."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.carriers.directory import BLOCKS, LIST, LIST_BLOCKED, SHOW
from negotiator.carriers.standing import standing
from negotiator.maintenance.check import query_plan
from negotiator.output import contract
from negotiator.reports.carrier_card import COUNTS, RATES
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, contents, data, execute, run, select


@pytest.fixture
def known(desk: Path) -> Path:
    """Give the desk's file with three carriers, one of them spelled in two ways."""
    execute(
        desk,
        """INSERT INTO carriers (mc_number, company_name, status, phone, is_verified) VALUES
             ('MC300', '50% Off_Road Inc', 'Revoked', NULL, 1), ('MC100', 'Blue Mesa', 'active', '555-0100', 0),
             ('mc-0100', 'Blue Mesa LLC', NULL, ' ', NULL), ('MC200', 'Blue Sky', 'conditional', '555-0200', 'yes')""",
    )
    return desk


def listed(*options: str) -> list[str]:
    """Return the numbers of the carriers that are listed."""
    return [carrier["mc_number"] for carrier in data("carrier", "list", *options)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ((), ["MC100", "MC200", "MC300", "mc-0100"]),
        (("--name", "BLUE"), ["MC100", "MC200", "mc-0100"]),
        (("--name", "mesa l"), ["mc-0100"]),
        (("--name", "%"), ["MC300"]),
        (("--name", "f_r"), ["MC300"]),
        (("--name", "zzz"), []),
        (("--limit", "2"), ["MC100", "MC200"]),
        (("--blocked",), []),
    ],
)
def test_carriers_are_listed_by_number_and_found_by_a_part_of_a_name(
    known: Path, options: tuple[str, ...], numbers: list[str]
) -> None:
    """Whatever its case; % and _ stand for themselves."""
    assert listed(*options) == numbers


def test_a_list_says_who_must_not_be_used_and_that_there_are_more(known: Path) -> None:
    """In each form."""
    rows = data("carrier", "list")
    assert [list(row) for row in rows] == [list(contract.LISTED_CARRIER)] * 4
    assert [row["barred"] for row in rows] == [None, None, "its status is 'Revoked'", None]
    assert [row["is_verified"] for row in rows] == [False, True, True, False]
    assert run("carrier", "list", "--limit", 3).stderr == "There are more; --limit 0 prints all.\n"
    assert run("carrier", "list", "--name", "zzz").stderr == "No carriers.\n"
    for form in ("table", "jsonl", "csv"):
        assert "555-0200" in run("carrier", "list", "-f", form).stdout


def test_a_blocked_carrier_is_listed_shown_and_used_again(known: Path) -> None:
    """Who did it and when is kept; an old block is replaced by a new one."""
    done = data("carrier", "block", "mc 100", "--reason", "late", "--until", "30d", "--by", "kim")
    assert list(done) == list(contract.BLOCKED)
    assert (done["mc_number"], done["reason"], done["blocked_by"]) == ("MC100", "late", "kim")
    data("carrier", "block", "MC100", "--reason", "double brokering")
    assert listed("--blocked") == ["MC100", "mc-0100"]
    assert listed("--blocked", "--name", "llc") == ["mc-0100"]
    shown = data("carrier", "show", "100")
    assert shown["barred"] == "it is blocked: double brokering"
    assert [block["reason"] for block in shown["blocks"]] == ["double brokering", "late"]
    assert [block["unblocked_at"] is None for block in shown["blocks"]] == [True, False]
    assert list(shown["blocks"][0]) == list(contract.BLOCK)
    assert run("call", "start", "--load", "L1", "--carrier", "100").exit_code == 4
    lifted = data("carrier", "unblock", "MC-100", "--by", "lee")
    assert list(lifted) == list(contract.UNBLOCKED)
    assert (lifted["unblocked_by"], lifted["barred"], listed("--blocked")) == ("lee", None, [])
    assert run("call", "start", "--load", "L1", "--carrier", "100").exit_code == 0
    again = run("carrier", "unblock", "100")
    assert (again.exit_code, "is not blocked" in again.stderr) == (4, True)


def test_a_block_that_is_over_is_in_no_list_of_those_that_hold(known: Path) -> None:
    """It stands among the blocks of its carrier; one whose end cannot be read holds."""
    execute(
        known,
        """INSERT INTO carrier_blocks (carrier, reason, blocked_until) VALUES
             ('100', 'late', '2025-01-01T00:00:00Z'), ('200', 'late', 'some day'), ('300', 'late', '2999-01-01')""",
    )
    assert listed("--blocked") == ["MC200", "MC300"]
    assert [block["reason"] for block in data("carrier", "show", "100")["blocks"]] == ["late"]


def test_what_forbids_a_carrier_that_is_unblocked_is_said(known: Path) -> None:
    """Its status."""
    data("carrier", "block", "300", "--reason", "late")
    assert "must not be used all the same: its status is 'Revoked'" in run("carrier", "unblock", "300").stderr


def test_a_carrier_that_is_not_known_is_blocked_all_the_same(desk: Path) -> None:
    """It is added as a call adds it, with what other programs need."""
    data("carrier", "block", "DOT 77", "--reason", "fraud")
    assert select(desk, "SELECT mc_number, company_name, is_verified FROM carriers") == [
        ("DOT77", "DOT77", 0)
    ]
    assert run("call", "start", "--load", "L1", "--carrier", "USDOT 077").exit_code == 4


def test_a_block_by_a_dot_number_holds_for_the_mc_number_once_both_are_known(known: Path) -> None:
    """Nobody escapes it by his other number."""
    data("carrier", "block", "DOT 77", "--reason", "fraud")
    assert run("call", "start", "--load", "L1", "--carrier", "100").exit_code == 0
    data("carrier", "set", "100", "--dot", "77")
    assert run("call", "start", "--load", "L1", "--carrier", "100").exit_code == 4


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("block 100 --reason=", 2),
        ("block 100", 2),
        ("block nobody --reason x", 2),
        ("block 100 --reason x --until 2020-01-01", 2),
        ("block 100 --reason x --until soon", 2),
        ("block 100 --reason x --by=", 2),
        ("unblock 100 --by policy", 2),
        ("unblock 100", 4),
        ("unblock nobody", 2),
        ("show 999", 3),
        ("show MC", 2),
        ("set 999 --phone 1", 3),
        ("set 100", 2),
        ("set 100 --company=", 2),
        ("set 100 --phone \a", 2),
        (f"set 100 --phone {'5' * 201}", 2),
        ("set 100 --dot 12x", 2),
        ("list --limit -1", 2),
    ],
)
def test_bad_input_changes_nothing(known: Path, command: str, code: int) -> None:
    """It is said with a hint, as JSON too."""
    before = contents(known)
    result = run("carrier", *command.split(" "), "--json")
    assert result.exit_code == code
    assert json.loads(result.stderr.splitlines()[-1])["error"]["hint"]
    assert contents(known) == before


def test_all_spellings_of_a_carrier_are_changed(known: Path) -> None:
    """What is not given stays; an empty text takes a value away."""
    data(
        "carrier",
        "set",
        "100",
        "--status",
        "Out of service",
        "--phone",
        "",
        "--verified",
        "--dot",
        "USDOT 0077",
    )
    assert select(
        known, "SELECT mc_number, company_name, status, phone, is_verified FROM carriers LIMIT 3"
    ) == [
        ("MC300", "50% Off_Road Inc", "Revoked", None, 1),
        ("MC100", "Blue Mesa", "Out of service", None, 1),
        ("mc-0100", "Blue Mesa LLC", "Out of service", None, 1),
    ]
    assert data("carrier", "show", "dot 77")["mc_number"] == "MC100"
    result = run("carrier", "set", "100", "--status", "who knows")
    assert "'who knows', a word not known here" in result.stderr


def test_a_carrier_is_shown_with_its_record(known: Path) -> None:
    """Calls and deals in every spelling of its number, what it comes down by, and its last five rates."""
    for number in range(10, 17):
        execute(
            known,
            f"""INSERT INTO calls (id, load_id, carrier_mc_number, call_start_time, final_rate_agreed, outcome)
                VALUES ({number}, 'L1', 'mc#100', '2025-08-{number} 10:00:00', {2000 + number}, 'accepted')""",
            f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
                VALUES ({number}, 1, {2100 + number}, 'counter_offer_1900.00', '2025-08-{number} 10:00:00'),
                       ({number}, 2, {2000 + number}, 'accepted', '2025-08-{number} 10:01:00')""",
        )
    execute(known, "INSERT INTO calls (id, load_id, carrier_mc_number) VALUES (20, 'L2', 'MC100')")
    card = data("carrier", "show", "MC100")
    assert list(card) == list(contract.CARRIER)
    assert (card["calls"], card["deals"], card["latest_call"]) == (8, 7, "2025-08-16T10:00:00.000000Z")
    execute(known, "INSERT INTO call_facts (call_id, fell_through_at) VALUES (20, '2025-08-20'), (10, ' ')")
    assert (card["fell_through"], data("carrier", "show", "100")["fell_through"]) == (0, 1)
    assert (card["concession"]["deals"], card["concession"]["under_first_ask"]) == (7, 100)
    assert [rate["rate"] for rate in card["last_rates"]] == [2016, 2015, 2014, 2013, 2012]
    assert card["last_rates"][0] == {
        "call_id": 16,
        "load_id": "L1",
        "origin": "Chicago, IL",
        "destination": "Dallas, TX",
        "rate": 2016,
        "call_start_time": "2025-08-16T10:00:00.000000Z",
    }
    shown = run("carrier", "show", "MC100").stdout
    assert "$100.00 under its first ask, or more, in half of 7 deals" in shown
    assert "Chicago, IL to Dallas, TX" in shown
    for form in ("jsonl", "csv"):
        assert "Blue Mesa" in run("carrier", "show", "100", "-f", form).stdout


def test_a_carrier_without_deals_is_shown(known: Path) -> None:
    """With nulls and empty lists."""
    card = data("carrier", "show", "MC300")
    assert (card["calls"], card["deals"], card["concession"], card["last_rates"]) == (0, 0, None, [])


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (LIST, "sqlite_autoindex_carriers_1"),
        (LIST_BLOCKED, "idx_carriers_digits"),
        (LIST_BLOCKED, "idx_carrier_blocks_carrier"),
        (SHOW, "idx_carriers_digits"),
        (BLOCKS, "idx_carrier_blocks_carrier"),
        (COUNTS, "idx_calls_carrier"),
        (RATES, "idx_calls_carrier"),
    ],
)
def test_a_list_uses_an_index(desk: Path, sql: str, index: str) -> None:
    """Names excepted."""
    for name in (":name", ":limit", ":now"):
        sql = sql.replace(name, "?")
    with closing(sqlite3.connect(desk)) as db:
        plan = query_plan(db, sql)
    assert any(index in step for step in plan), plan


def test_each_column_can_be_set_shown_and_taken_away(desk: Path) -> None:
    """Those that other programs read; blanks around a value are nobody's."""
    given = {
        "company": "Blue Mesa",
        "status": "active",
        "address": "1 Main St",
        "phone": "505-555-0100",
        "email": "desk@example.com",
        "dot": "0077",
    }
    execute(desk, "INSERT INTO carriers (mc_number, company_name) VALUES ('MC100', 'Old')")
    run(
        "carrier",
        "set",
        "MC100",
        *(part for name, text in given.items() for part in (f"--{name}", f" {text} ")),
    )
    columns = "company_name, status, address, phone, email"
    assert select(desk, f"SELECT {columns} FROM carriers") == [tuple(given.values())[:5]]
    shown = data("carrier", "show", "MC100")
    keys = ("company_name", "status", "address", "phone", "email", "dot_number")
    assert [shown[key] for key in keys] == [*tuple(given.values())[:5], "77"]


def test_nobody_is_known_and_may_haul(desk: Path) -> None:
    """Who is on no list, and who has no number."""
    execute(desk, "INSERT INTO carriers (mc_number, company_name, status) VALUES ('MC100', 'Blue', 'active')")
    with LoadsFile.open(desk) as file:
        found = [standing(file, number, NOW) for number in ("MC100", "MC999", None, "nobody")]
    assert [one.is_known for one in found] == [True, False, False, False]
    assert all(one.may_haul and one.unknown_status is None for one in found)
