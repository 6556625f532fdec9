"""A load that is called off: nobody is negotiated with about it, and other programs know its status."""

import json
from pathlib import Path

import pytest

from negotiator.output import contract
from tests.conftest import SESSION, contents, data, execute, run, select

CANCEL = ("load", "cancel", "L1", "--reason", "moved to rail")


def test_a_cancelled_load_is_off_the_board_and_why_is_kept(desk: Path) -> None:
    """Its status is a word that other programs know; the ID may be typed in another case."""
    done = data("load", "cancel", "l1", "--reason", "moved to rail", "--by", "kim")
    assert list(done) == list(contract.CANCELLED)
    assert (done["load_id"], done["load_status"], done["booked_by"]) == ("L1", "completed", None)
    load = data("load", "show", "L1")
    assert (load["status"], load["cancelled_by"], load["cancel_reason"]) == (
        "completed",
        "kim",
        "moved to rail",
    )
    assert load["cancelled_at"] == done["cancelled_at"]
    assert select(desk, "SELECT status FROM loads WHERE load_id = 'L1'") == [("completed",)]
    shown = run("load", "show", "L1").stdout
    assert "Status     cancelled" in shown
    assert "moved to rail" in shown
    assert [load["load_id"] for load in data("load", "list", "--status", "available")] == ["L2"]


@pytest.mark.parametrize("command", [("negotiate", 1, 2200), ("call", "book", 1, 2200)])
def test_a_cancelled_load_is_not_negotiated_about(desk: Path, command: tuple[object, ...]) -> None:
    """Exit 4, and it is said that it was cancelled, not delivered."""
    run(*CANCEL)
    result = run(*command)
    assert (result.exit_code, "load L1 is cancelled" in result.stderr) == (4, True)


def test_a_deal_on_a_cancelled_load_stays_and_whose_it_is_is_said(desk: Path) -> None:
    """Somebody has to be told."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC77' WHERE id = 1")
    run("negotiate", 1, 2100)
    result = run(*CANCEL, "--json")
    assert json.loads(result.stdout)["booked_by"]["carrier_mc_number"] == "MC77"
    assert "MC77 at $2,100.00, call 1, has it" in result.stderr
    assert data("call", "show", 1)["final_rate_agreed"] == 2100


@pytest.mark.parametrize(
    ("before", "words", "code"),
    [
        ("", "load cancel L1 --reason=", 2),
        ("", "load cancel L1", 2),
        ("", "load cancel NONE --reason x", 3),
        ("", "load cancel L1 --reason x --by=", 2),
        ("UPDATE loads SET status = 'Completed '", "load cancel L1 --reason x", 4),
        ("", "load set L1 --status gone", 2),
    ],
)
def test_bad_input_changes_nothing(desk: Path, before: str, words: str, code: int) -> None:
    """A delivered load is not called off."""
    if before:
        execute(desk, before)
    held = contents(desk)
    assert run(*words.split(" ")).exit_code == code
    assert contents(desk) == held


def test_a_load_is_cancelled_once(desk: Path) -> None:
    """Exit 4, and the first reason stays."""
    run(*CANCEL)
    again = run(*CANCEL[:-1], "again")
    assert (again.exit_code, "was cancelled at" in again.stderr) == (4, True)
    assert data("load", "show", "L1")["cancel_reason"] == "moved to rail"


def test_a_load_that_is_put_back_is_cancelled_no_more(desk: Path) -> None:
    """Not even once it is delivered; its ceiling stays."""
    run("load", "set", "L1", "--ceiling", "2400")
    run(*CANCEL)
    assert data("load", "set", "L1", "--status", "available")["cancelled_at"] is None
    assert data("negotiate", 1, 2100)["decision"] == "accepted"
    execute(desk, "UPDATE loads SET status = 'completed'")
    load = data("load", "show", "L1")
    assert (load["cancelled_at"], load["cancel_reason"], load["ceiling"]) == (None, None, 2400)


def test_a_load_that_was_put_back_and_delivered_is_not_cancelled(desk: Path) -> None:
    """Whatever its status was set to."""
    run(*CANCEL)
    run("load", "set", "L1", "--status", "available")
    assert data("load", "set", "L1", "--status", "completed")["cancelled_at"] is None


def test_a_load_that_another_program_puts_back_is_cancelled_no_more(desk: Path) -> None:
    """Once it is booked that is forgotten."""
    run(*CANCEL)
    execute(desk, "UPDATE loads SET status = 'Available'")
    assert data("load", "show", "L1")["cancelled_at"] is None
    assert data("negotiate", 1, 2100)["decision"] == "accepted"
    execute(desk, "UPDATE loads SET status = 'completed'")
    assert data("load", "show", "L1")["cancelled_at"] is None


def test_a_new_load_with_the_id_of_a_cancelled_one_is_not_cancelled(desk: Path) -> None:
    """What was kept of the old one is forgotten."""
    run(*CANCEL)
    execute(desk, "DELETE FROM loads WHERE load_id = 'L1'", "DELETE FROM calls WHERE load_id = 'L1'")
    run(
        *("load", "add", "L1", "--origin", "A", "--destination", "B", "--pickup", "tomorrow"),
        *("--delivery", "48h", "--equipment", "Van", "--rate", "1000"),
    )
    execute(desk, "UPDATE loads SET status = 'completed'")
    assert data("load", "show", "L1")["cancelled_at"] is None


def test_a_load_with_a_deal_is_not_put_on_the_board(desk: Path) -> None:
    """The deal is taken back first; any other status may be set."""
    run("negotiate", 1, 2100)
    result = run("load", "set", "L1", "--status", "available")
    assert (result.exit_code, "negotiator call reopen 1" in result.stderr) == (4, True)
    assert data("load", "set", "L1", "--status", "completed")["status"] == "completed"


GONE = {
    "booked": "UPDATE loads SET status = 'Booked' WHERE load_id = 'L1'",
    "completed": "UPDATE loads SET status = 'completed' WHERE load_id = 'L1'",
    "deleted": "DELETE FROM loads WHERE load_id = 'L1'",
}


@pytest.mark.parametrize("how", GONE)
def test_an_open_session_about_a_load_that_is_gone_is_ended(desk: Path, how: str) -> None:
    """Whether it has a round yet or not; those about other loads go on."""
    run("negotiate", 1, 2400, "--session", SESSION)
    started = [run("session", "start", "--call", call).stdout.strip() for call in (2, 3)]
    assert {found["status"] for found in data("session", "list")} == {"active"}
    execute(desk, GONE[how])
    statuses = {found["session_id"]: found["status"] for found in data("session", "list")}
    assert statuses == {SESSION: "ended", started[0]: "ended", started[1]: "active"}
    assert data("session", "show", SESSION)["status"] == "ended"
    listed = data("session", "list", "--status", "ended")
    assert {found["session_id"] for found in listed} == {SESSION, started[0]}


def test_a_session_that_had_come_to_its_own_end_says_so(desk: Path) -> None:
    """Accepted, closed: whatever becomes of the load."""
    run("negotiate", 1, 2400, "--session", SESSION)
    run("session", "close", SESSION)
    run("negotiate", 2, 2100, "--session", "sess_other")
    statuses = {found["session_id"]: found["status"] for found in data("session", "list")}
    assert statuses == {SESSION: "closed", "sess_other": "accepted"}
    closing = run("session", "close", "sess_other")
    assert closing.exit_code == 4


def test_a_session_goes_on_when_its_load_is_to_be_had_again(desk: Path) -> None:
    """After a cancellation that was taken back; a session without a load is never ended by one."""
    execute(desk, "UPDATE calls SET load_id = ' ' WHERE id = 3")
    blank = run("session", "start", "--call", 3).stdout.strip()
    run("negotiate", 1, 2400, "--session", SESSION)
    run(*CANCEL)
    assert data("session", "show", SESSION)["status"] == "ended"
    run("load", "set", "L1", "--status", "available")
    assert data("session", "show", SESSION)["status"] == "active"
    assert data("session", "show", blank)["status"] == "active"


@pytest.mark.parametrize(
    "trigger",
    [
        "AFTER INSERT ON load_facts BEGIN UPDATE load_facts SET reason = 'x'",
        "AFTER INSERT ON load_facts BEGIN DELETE FROM load_facts",
        "AFTER UPDATE OF status ON loads BEGIN UPDATE loads SET status = 'available'",
    ],
)
def test_what_a_trigger_changes_is_no_cancellation(desk: Path, trigger: str) -> None:
    """It is read again after it was written: nothing is kept, and what to look for is said."""
    execute(desk, f"CREATE TRIGGER t {trigger}; END")
    before = contents(desk)
    result = run(*CANCEL)
    assert (result.exit_code, "trigger" in result.stderr) == (5, True), result.output
    assert contents(desk) == before
