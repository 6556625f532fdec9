"""A carrier that must not be used: no call, no ask and no deal, unless a person allows it and says why."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from negotiator.carriers.known import KNOWN_CARRIER
from negotiator.carriers.standing import standing
from negotiator.errors import CarrierRefusedError
from negotiator.maintenance.check import query_plan, scans_of_tables
from negotiator.service import CallHandlingService
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, contents, data, execute, run, select

STARTING = ("call", "start", "--load", "L1", "--carrier", "MC 777")
ALLOWED = ("--allow-carrier", "--reason", "insured since today")


@pytest.fixture(
    params=["status", "status of another spelling", "block", "block without an end that can be read"]
)
def barred(desk: Path, request: pytest.FixtureRequest) -> Path:
    """Give the desk's file, with call 1 of a carrier that must not be used."""
    blocks = request.param.startswith("block")
    spelled = "mc-0777" if "spelling" in request.param else "MC777"
    status = "active" if blocks else "Out-Of-Service"
    execute(
        desk,
        f"INSERT INTO carriers (mc_number, company_name, status) VALUES ('{spelled}', 'Zed', '{status}')",
        "UPDATE calls SET carrier_mc_number = 'MC777' WHERE id = 1",
        f"""INSERT INTO carrier_blocks (carrier, reason, blocked_until) SELECT '777', 'double brokering',
            {"'some day'" if "end" in request.param else "NULL"} WHERE {blocks}""",
    )
    return desk


@pytest.mark.parametrize(
    "command",
    [
        STARTING,
        ("negotiate", 1, 2200),
        ("negotiate", 1, 2200, "--dry-run"),
        ("call", "book", 1, 2200, "--reason", "so"),
    ],
)
def test_a_carrier_that_must_not_be_used_is_refused(barred: Path, command: tuple[object, ...]) -> None:
    """Exit 4, nothing changes, and it is said how a person allows it."""
    before = contents(barred)
    result = run(*command, "--json")
    assert result.exit_code == 4
    error = json.loads(result.stderr)["error"]
    assert error["code"] == "carrier_refused"
    assert "MC777" in error["message"]
    assert "--allow-carrier --reason TEXT" in error["hint"]
    assert contents(barred) == before


def test_a_carrier_that_a_person_allows_is_used_and_why_is_kept(barred: Path) -> None:
    """In the call's notes, in the round's notes after those of the ask, and in the deal's."""
    call = data(*STARTING, *ALLOWED)["call_id"]
    data("negotiate", call, 2400, "--notes", "fuel paid", *ALLOWED)
    data("call", "book", call, 2300, *ALLOWED)
    assert select(barred, "SELECT notes FROM calls WHERE id = ?", call) == [
        ("carrier allowed: insured since today",)
    ]
    assert select(barred, "SELECT notes FROM negotiations ORDER BY id") == [
        ("fuel paid\ncarrier allowed: insured since today",),
        ("carrier allowed: insured since today",),
    ]


def test_asks_of_a_batch_are_guarded_line_by_line(barred: Path) -> None:
    """The others are answered."""
    asks: list[dict[str, object]] = [
        {"call_id": 1},
        {"call_id": 2},
        {"call_id": 1, "allow_carrier": "the boss says so"},
    ]
    barred.with_name("asks").write_text("\n".join(json.dumps(ask | {"carrier_offer": 2250}) for ask in asks))
    result = run("batch", "asks")
    codes = [reply.get("error", {}).get("code") for reply in map(json.loads, result.stdout.splitlines())]
    assert (result.exit_code, codes) == (4, ["carrier_refused", None, None])


def test_an_ask_on_record_gets_its_answer_again_whatever_has_been_blocked_since(desk: Path) -> None:
    """The carrier has heard it."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC777'")
    first = data("negotiate", 1, 2250, "--request-id", "r1")
    execute(desk, "INSERT INTO carrier_blocks (carrier, reason) VALUES ('777', 'fraud')")
    assert data("negotiate", 1, 2250, "--request-id", "r1") == first


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--allow-carrier",), "--allow-carrier needs a reason"),
        (("--reason", "why"), "--reason is for --allow-carrier"),
        (("--allow-carrier", "--reason", " "), "the reason is empty"),
        (("--allow-carrier", "--reason", "x" * 10_001), "the notes have 10,0"),
    ],
)
@pytest.mark.parametrize("command", [STARTING, ("negotiate", 1, 2200)])
def test_an_allowance_without_a_usable_reason_is_refused(
    barred: Path, command: tuple[object, ...], options: tuple[str, ...], words: str
) -> None:
    """Exit 2, and nothing changes."""
    before = contents(barred)
    result = run(*command, *options)
    assert (result.exit_code, words in result.stderr) == (2, True)
    assert contents(barred) == before


def test_a_deal_is_not_allowed_without_a_reason(barred: Path) -> None:
    """A person's deal may do without one otherwise."""
    before = contents(barred)
    assert run("call", "book", 1, 2200, "--allow-carrier").exit_code == 2
    assert contents(barred) == before


def test_a_word_that_is_not_known_is_said_and_forbids_nothing(desk: Path) -> None:
    """At the start of a call, and with each answer."""
    execute(
        desk,
        "INSERT INTO carriers (mc_number, company_name, status) VALUES ('MC777', 'Zed', 'Conditional')",
    )
    started = run(*STARTING)
    asked = run("negotiate", int(started.stdout), 2200)
    for result in (started, asked):
        assert result.exit_code == 0
        assert (
            "Warning: the status of carrier MC777 is 'Conditional', a word not known here." in result.stderr
        )


@pytest.mark.parametrize(("hours", "expected"), [(-1, "may"), (0, "may"), (1, "must not")])
def test_a_block_holds_until_its_end(desk: Path, hours: int, expected: str) -> None:
    """Not at that moment itself."""
    until = (NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    execute(
        desk, f"INSERT INTO carrier_blocks (carrier, reason, blocked_until) VALUES ('777', 'late', '{until}')"
    )
    with LoadsFile.open(desk) as file:
        assert standing(file, "MC-0777", NOW).may_haul is (expected == "may")


def test_a_block_that_was_lifted_and_one_of_another_carrier_forbid_nothing(desk: Path) -> None:
    """They are kept all the same."""
    execute(
        desk,
        "INSERT INTO carrier_blocks (carrier, reason, unblocked_at) VALUES ('777', 'late', '2025-01-01')",
        "INSERT INTO carrier_blocks (carrier, reason) VALUES ('7777', 'late')",
    )
    with LoadsFile.open(desk) as file:
        assert standing(file, "777", NOW) == standing(file, None, NOW) == standing(file, "", NOW)
        assert standing(file, "777", NOW).may_haul


def test_a_carrier_known_by_its_dot_number_is_the_carrier_of_its_mc_number(desk: Path) -> None:
    """Where both are on record; else it is one of its own."""
    execute(
        desk,
        "INSERT INTO carrier_facts (carrier, dot_number) VALUES ('777', '99')",
        "INSERT INTO carrier_blocks (carrier, reason) VALUES ('777', 'late'), ('DOT55', 'late')",
    )
    for dot in ("DOT 99", "usdot 55"):
        assert run("call", "start", "--load", "L1", "--carrier", dot).exit_code == 4
    call = data("call", "start", "--load", "L1", "--carrier", "DOT 56")["call_id"]
    assert data("call", "show", call)["carrier_mc_number"] == "DOT56"


def test_python_is_guarded_too(barred: Path) -> None:
    """By the service."""
    with CallHandlingService.open(barred, clock=lambda: NOW) as service:
        with pytest.raises(CarrierRefusedError, match="must not be used"):
            service.handle_negotiation(1, 2200)
        assert service.negotiate(1, 2200, allow_carrier="so").decision


def test_a_known_carrier_is_found_by_an_index(desk: Path) -> None:
    """However its number is spelled; what is asked in every ask stands among the indexed statements."""
    with closing(sqlite3.connect(desk)) as db:
        sql = KNOWN_CARRIER.replace(":carrier", "?").replace(":number", "?")
        assert any("idx_carriers_digits" in step for step in query_plan(db, sql))
        assert not scans_of_tables(db, sql)
