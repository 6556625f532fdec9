"""Calls: started, ended, listed, shown."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from negotiator import CallHandlingService
from negotiator.conversations import calls
from negotiator.conversations.states import CallOutcome, LossReason
from negotiator.errors import CallEndedError, InvalidCarrierError
from negotiator.maintenance.check import query_plan
from negotiator.output import contract
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits
from negotiator.values.mc_number import carrier_number
from tests.conftest import NOW, contents, data, execute, run, select


def start(path: Path, **changes: Any) -> int:  # noqa: ANN401 - whatever start_call takes
    """Start a call about L1, ten minutes ago."""
    given: dict[str, Any] = {
        "load_id": "L1",
        "carrier": "MC123456",
        "company": None,
        "now": NOW - timedelta(minutes=10),
    } | changes
    with LoadsFile.open(path) as file:
        return calls.start_call(file, **given).call_id


def end(path: Path, call_id: int, outcome: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """End a call now."""
    given = {"sentiment": None, "notes": None, "now": NOW} | more
    with LoadsFile.open(path) as file:
        ended = calls.end_call(file, call_id, outcome=CallOutcome(outcome), **given)
    return contract.data(ended, contract.CALL_DETAIL)


def test_starting_a_call_prints_its_id_alone_and_it_can_be_negotiated(desk: Path) -> None:
    """For `call=$(negotiator call start ...)`."""
    result = run("call", "start", "--load", "L1", "--carrier", "MC 123456", "--company", "Swift Inc")
    assert result.stdout == "4\n"
    assert data("negotiate", 4, 2300)["amount"] == 2125
    row = "SELECT carrier_mc_number, load_id, initial_rate_offered, outcome, negotiation_rounds FROM calls WHERE id = 4"
    assert select(desk, row) == [("MC123456", "L1", 2100.0, "negotiating", 1)]
    assert select(desk, "SELECT mc_number, company_name FROM carriers") == [("MC123456", "Swift Inc")]


@pytest.mark.parametrize("spelled", ["MC 700700", "mc-700700", "700700", "MC#700700", "MC0700700"])
def test_a_carrier_is_one_however_it_is_spelled(old: Path, spelled: str) -> None:
    """The file's own spelling is used, and no carrier is added."""
    start(old, load_id="A1", carrier=spelled)
    assert select(old, "SELECT carrier_mc_number FROM calls ORDER BY id DESC LIMIT 1") == [("MC700700",)]
    assert select(old, "SELECT count(*) FROM carriers") == [(2,)]
    assert {row["id"] for row in data("call", "list", "--carrier", spelled, "--db", old)} == {
        1,
        2,
        3,
        5,
        6,
        7,
        8,
    }


@pytest.mark.parametrize(
    "text", ["MC 123456", "MC-123456", "123456", "mc123456", " MC#123456 ", "MC000123456"]
)
def test_the_digits_in_python_and_in_sql_are_the_same(text: str) -> None:
    """So that what is looked for is found."""
    with closing(Database(memory=True)) as db:
        digits = db.execute(f"SELECT {carrier_digits('?')}", [text.strip()]).fetchone()[0]
    assert carrier_number(text) == digits == "123456"


@pytest.mark.parametrize(
    "text", ["", "MC", "MC 0", "DOT", "DOT 0", "DOT 12a", "MC 12a", "123456789", "１２３", "MC\n1\n"]
)
def test_what_is_no_mc_number_is_refused(text: str) -> None:
    """Exit 2."""
    with pytest.raises(InvalidCarrierError):
        carrier_number(text)


def test_ending_a_call_sets_its_end_and_its_length(desk: Path) -> None:
    """In seconds; notes are put after those that are there."""
    call = start(desk)
    execute(desk, f"UPDATE calls SET notes = 'first' WHERE id = {call}")
    ended = end(desk, call, "rejected", sentiment="negative", notes="too far")
    assert (ended["call_end_time"], ended["call_duration"]) == (NOW, 600)
    assert (ended["outcome"], ended["sentiment"], ended["notes"]) == (
        "rejected",
        "negative",
        "first\ntoo far",
    )


def test_a_call_whose_start_is_unknown_has_no_length_and_none_is_negative(desk: Path) -> None:
    """Old rows lack a start; a clock may be set back."""
    assert end(desk, 1, "abandoned")["call_duration"] is None
    assert end(desk, start(desk, now=NOW + timedelta(hours=1)), "abandoned")["call_duration"] == 0


def test_a_call_ends_once(desk: Path) -> None:
    """The message says when it did."""
    call = start(desk)
    end(desk, call, "rejected")
    with pytest.raises(CallEndedError, match="2025-09-01T12:00:00Z"):
        end(desk, call, "abandoned")


def test_a_call_ends_as_it_was_agreed(desk: Path) -> None:
    """Accepted with an agreement, anything else without."""
    with pytest.raises(CallEndedError, match="no agreement"):
        end(desk, 1, "accepted")
    run("negotiate", 1, 2100)
    with pytest.raises(CallEndedError, match=r"agreed on \$2,100.00"):
        end(desk, 1, "rejected")
    assert end(desk, 1, "accepted")["final_rate_agreed"] == 2100


def test_calls_are_listed_latest_first_by_load_carrier_outcome_and_time(old: Path) -> None:
    """And no more than the limit."""
    assert [row["id"] for row in data("call", "list", "--db", old)] == [7, 6, 5, 4, 3, 2, 1]
    assert [row["id"] for row in data("call", "list", "--load", "A4", "--db", old)] == [6, 4]
    assert [row["id"] for row in data("call", "list", "--outcome", "accepted", "--db", old)] == [4, 2]
    assert [row["id"] for row in data("call", "list", "--limit", 2, "--db", old)] == [7, 6]
    execute(old, "UPDATE calls SET call_start_time = '2025-08-20T12:00:00+02:00' WHERE id = 3")
    for since, expected in (("2025-08-20 10:00", [3]), ("2025-08-20T10:00:01Z", [])):
        assert [row["id"] for row in data("call", "list", "--since", since, "--db", old)] == expected
    assert json.loads(run("call", "list", "--load", "none", "--json", "--db", old).stdout) == []


def test_a_call_is_shown_with_its_company(old: Path) -> None:
    """Found by the digits, the exact spelling first."""
    execute(old, "UPDATE calls SET carrier_mc_number = 'MC-700700' WHERE id = 2")
    assert data("call", "show", 1, "--db", old)["company_name"] == "Old Road Inc"
    shown = data("call", "show", 2, "--db", old)
    assert (shown["company_name"], shown["final_rate_agreed"]) == ("Old Road", 1150)
    assert data("call", "show", 4, "--db", old)["company_name"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["start", "--load", "NONE", "--carrier", "1"],
        ["end", "99", "--outcome", "rejected"],
        ["show", "99"],
    ],
)
def test_what_is_not_there_is_exit_3(desk: Path, arguments: list[str]) -> None:
    """And nothing is changed: no carrier is added for a call that can't be."""
    before = contents(desk)
    assert run("call", *arguments).exit_code == 3
    assert contents(desk) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["start", "--load", "L1"],
        ["start", "--load", "L1", "--carrier", "nobody"],
        ["start", "--load", "L1", "--carrier", "1", "--company", ""],
        ["start", "--load", "L1", "--carrier", "1", "--company", "x" * 201],
        ["start", "--load", "L1", "--carrier", "1", "--company", "a\x1b[31mb"],
        ["end", "1"],
        ["end", "1", "--outcome", "won"],
        ["end", "1", "--outcome", "rejected", "--sentiment", "angry"],
        ["end", "1", "--outcome", "rejected", "--notes", "a\0b"],
        ["end", "x", "--outcome", "rejected"],
        ["list", "--since", "soon"],
        ["list", "--carrier", "?"],
        ["list", "--limit", "-1"],
        ["show", "x"],
    ],
)
def test_bad_input_is_exit_2_and_changes_nothing(desk: Path, arguments: list[str]) -> None:
    """One sentence, and as JSON the same."""
    before = contents(desk)
    result = run("call", *arguments)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    assert set(json.loads(run("call", *arguments, "--json").stderr)["error"]) == {
        "code",
        "exit_code",
        "message",
        "hint",
    }
    assert contents(desk) == before


def test_a_call_about_a_load_that_is_taken_is_recorded_with_a_warning(desk: Path) -> None:
    """The carrier is on the phone all the same."""
    run("negotiate", 1, 2100)
    result = run("call", "start", "--load", "L1", "--carrier", "1")
    assert (result.exit_code, result.stdout) == (0, "4\n")
    assert result.stderr == "Warning: load L1 is booked.\n"


@pytest.mark.parametrize(
    "where", [f"{carrier_digits('carrier_mc_number')} = ?", "load_id = ?", "load_id = ? AND outcome = ?"]
)
def test_lists_of_calls_use_an_index(desk: Path, where: str) -> None:
    """However many calls there are."""
    with closing(sqlite3.connect(desk)) as db:
        (first, *_) = query_plan(db, f"SELECT * FROM main.calls WHERE {where} ORDER BY id DESC LIMIT ?")
    assert first.startswith("SEARCH")


@pytest.mark.parametrize(
    ("cell", "flag"),
    [(1, True), ("true", True), (" Yes", True), (0, False), (None, False), ("", False), ("False", False), ("0", False), ("n", False)],
)  # fmt: skip
def test_a_flag_is_read_in_every_spelling(desk: Path, cell: object, flag: object) -> None:
    """A text that says no is no."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("UPDATE calls SET transferred_to_rep = ? WHERE id = 1", [cell])
    assert data("call", "show", 1)["transferred_to_rep"] is flag


def test_what_another_program_wrote_of_a_call_is_read(desk: Path) -> None:
    """Words in any case, blanks that are none, times and amounts in their spellings."""
    execute(
        desk,
        """UPDATE calls SET outcome = ' Negotiating', sentiment = 'POSITIVE', notes = ' ', load_id = 'L1',
                            call_start_time = '2025-08-20 9:00 UTC', initial_rate_offered = '$2,100'
            WHERE id = 1""",
        "UPDATE calls SET outcome = '', load_id = '' WHERE id = 2",
    )
    (found,) = data("call", "list", "--outcome", "negotiating")
    words = (found["outcome"], found["sentiment"], found["initial_rate_offered"], found["call_start_time"])
    assert words == ("negotiating", "positive", 2100, "2025-08-20T09:00:00.000000Z")
    assert (data("call", "show", 2)["outcome"], data("call", "show", 2)["load_id"]) == (None, None)
    assert "about no load" in run("negotiate", 2, 2100).stderr
    assert data("call", "end", 1, "--outcome", "rejected", "--notes", "too far")["notes"] == "too far"


def test_a_call_that_needed_no_leave_has_no_note(desk: Path) -> None:
    """Nobody allowed anything."""
    run("call", "start", "--load", "L1", "--carrier", "MC700")
    assert select(desk, "SELECT notes FROM calls ORDER BY id DESC LIMIT 1") == [(None,)]


def test_calls_of_a_span_are_those_of_a_plain_reading_in_a_file_of_many(desk: Path) -> None:
    """Where few are wanted of many they are found by their day: none of them is left out."""
    rows = [f"({number}, 'L1', datetime('2025-06-01', '+{number} days'))" for number in range(10, 90)]
    execute(desk, f"INSERT INTO calls (id, load_id, call_start_time) VALUES {', '.join(rows)}")
    found = [call["id"] for call in data("call", "list", "--since", "2025-08-20T00:00Z", "--limit", 0)]
    assert found == list(range(89, 79, -1))


def test_why_a_call_was_lost_is_kept_with_who_said_it_and_when(desk: Path) -> None:
    """Beside the call, in a table of ours."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        service.end_call(1, CallOutcome.REJECTED, reason_lost=LossReason.PRICE, by="kim")
        service.end_call(2, CallOutcome.REJECTED)  # nobody said why: nothing is kept
    facts = "SELECT call_id, reason_lost, noted_by, noted_at FROM call_facts"
    assert select(desk, facts) == [(1, LossReason.PRICE.value, "kim", "2025-09-01 12:00:00.000000")]
