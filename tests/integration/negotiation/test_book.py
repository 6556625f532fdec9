"""A deal that a person made."""

from decimal import Decimal
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import (
    BadInputError,
    CallNotFoundError,
    InvalidNotesError,
    InvalidTextError,
    LoadNotFoundError,
    LoadTakenError,
    ThreadClosedError,
)
from negotiator.values.people import require_person
from tests.conftest import OTHER_SESSION, SESSION, contents, data, execute, run, select

CALL = "SELECT outcome, final_rate_agreed, negotiation_rounds, transferred_to_rep FROM calls WHERE id = 1"


def hand_over(service: CallHandlingService, session: str | None = None) -> None:
    """Ask what no policy pays until a person has to decide."""
    for _ in range(4):
        service.negotiate(1, 2500, session)


def test_a_deal_after_a_transfer_is_recorded_as_the_persons(service: CallHandlingService, desk: Path) -> None:
    """At any rate, here above the ceiling; in the thread that was handed over, with what was posted."""
    hand_over(service, SESSION)
    done = service.book_call(1, "2,450", by="Kim Lee", reason="no other truck")
    assert (done.session_id, done.round_number, done.carrier_offer) == (SESSION, 5, Decimal(2450))
    assert (done.load_id, done.load_status, done.decided_by) == ("L1", "booked", "Kim Lee")
    last = service.session_history(SESSION)[-1]
    assert (last.carrier_offer, last.system_response, last.notes) == (
        Decimal(2450),
        "accepted",
        "no other truck",
    )
    assert (last.decided_by, last.posted_rate, last.ceiling) == ("Kim Lee", Decimal(2100), Decimal(2310))
    assert select(desk, CALL) == [("accepted", 2450.0, 5, 1)]
    assert select(desk, "SELECT status FROM loads WHERE load_id = 'L1'") == [("booked",)]
    with pytest.raises(ThreadClosedError):
        service.negotiate(1, 2100, SESSION)


def test_it_is_in_the_thread_that_was_handed_over_last(service: CallHandlingService) -> None:
    """Not in one that was only countered since."""
    hand_over(service, OTHER_SESSION)
    service.negotiate(1, 2300, SESSION)
    assert service.book_call(1, 2400, by="kim").session_id == OTHER_SESSION


@pytest.mark.parametrize("session", [None, SESSION])
def test_without_a_transfer_it_is_in_the_last_thread(
    service: CallHandlingService, session: str | None
) -> None:
    """Or, where nothing was asked, in the call's own."""
    service.negotiate(1, 2300, OTHER_SESSION)
    service.negotiate(1, 2300, session)
    assert service.book_call(1, 2400, by="kim").session_id == session


def test_a_call_without_a_round_can_be_booked(service: CallHandlingService, desk: Path) -> None:
    """The carrier was given the load at once, below half of what was posted."""
    done = service.book_call(1, 900, by="kim")
    assert (done.session_id, done.round_number) == (None, 1)
    assert select(desk, CALL) == [("accepted", 900.0, 1, None)]


def test_a_load_without_a_posted_rate_can_be_booked(service: CallHandlingService, desk: Path) -> None:
    """A person knows what it is worth."""
    execute(desk, "UPDATE loads SET loadboard_rate = 0")
    service.book_call(1, 900, by="kim")
    assert select(desk, "SELECT posted_rate, ceiling FROM negotiations") == [(None, None)]


@pytest.mark.parametrize(
    "taken",
    [
        "UPDATE loads SET status = 'booked'",
        "UPDATE loads SET status = 'completed'",
        "UPDATE calls SET final_rate_agreed = 2000 WHERE id = 2",
    ],
)
def test_a_taken_load_stays_refused(service: CallHandlingService, desk: Path, taken: str) -> None:
    """Two people can't book one load."""
    execute(desk, taken)
    before = contents(desk)
    with pytest.raises(LoadTakenError):
        service.book_call(1, 2400, by="kim")
    assert contents(desk) == before


@pytest.mark.parametrize("name", ["policy", "Policy", " POLICY ", "", "  ", "a\nb", "x" * 201, "a\0b"])
def test_a_deal_is_a_persons(service: CallHandlingService, desk: Path, name: str) -> None:
    """What the policy decides, it decides itself."""
    before = contents(desk)
    with pytest.raises(BadInputError):
        service.book_call(1, 2400, by=name)
    assert contents(desk) == before


def test_what_cannot_be_booked_is_refused(service: CallHandlingService, desk: Path) -> None:
    """No such call, no load, no amount, a reason that cannot be kept."""
    with pytest.raises(CallNotFoundError):
        service.book_call(99, 2400, by="kim")
    for rate in ("0", "lots", -1):
        with pytest.raises(BadInputError):
            service.book_call(1, rate, by="kim")
    with pytest.raises(BadInputError):
        service.book_call(1, 2400, by="kim", reason="a\0b")
    execute(desk, "UPDATE calls SET load_id = NULL")
    with pytest.raises(LoadNotFoundError):
        service.book_call(1, 2400, by="kim")


def test_a_persons_deal_can_be_taken_back(service: CallHandlingService, desk: Path) -> None:
    """By undo as by reopening; then the thread is handed over, as it was."""
    hand_over(service)
    held = select(desk, CALL)
    service.book_call(1, 2450, by="kim")
    assert service.undo_round(1, "the carrier called back").round_number == 5
    assert select(desk, CALL) == held
    service.book_call(1, 2460, by="kim")
    assert service.reopen_call(1, "slip").round_number == 6


def test_the_command_prints_what_was_booked(desk: Path) -> None:
    """The default is whoever runs it; a history says who decided."""
    assert data("call", "book", 1, "$2,450", "--by", "kim", "--reason", "scarce") == {
        "call_id": 1,
        "session_id": None,
        "round_number": 1,
        "carrier_offer": 2450.0,
        "load_id": "L1",
        "load_status": "booked",
        "decided_by": "kim",
        "reason": "scarce",
    }
    assert "accepted by kim" in run("call", "history", 1).stdout
    assert run("call", "book", 2, 2400, "--by", "kim").exit_code == 4
    assert run("call", "book", 3, 1100, "--by", "policy").exit_code == 2
    assert run("call", "book", 3, 1100, LOGNAME="desk7").exit_code == 0
    assert select(desk, "SELECT decided_by FROM negotiations WHERE call_id = 3") == [("desk7",)]


def test_a_user_without_a_name_gives_one(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in some containers."""

    def nameless() -> str:
        raise KeyError(1)

    monkeypatch.setattr("getpass.getuser", nameless)
    result = run("call", "book", 1, 2400)
    assert (result.exit_code, "--by NAME" in result.stderr) == (2, True)
    assert run("call", "book", 1, 2400, "--by", "kim").exit_code == 0


def test_ending_a_call_as_accepted_without_an_agreement_leads_there(desk: Path) -> None:
    """That was the only way to record a person's deal: made-up asks."""
    result = run("call", "end", 1, "--outcome", "accepted")
    assert (result.exit_code, "`negotiator call book 1 RATE`" in result.stderr) == (4, True)
    run("call", "book", 1, 2400, "--by", "kim")
    assert run("call", "end", 1, "--outcome", "accepted").exit_code == 0


def test_a_persons_name_is_a_line_of_print() -> None:
    """Of any script."""
    require_person("Zoë O'Neil")
    with pytest.raises(InvalidTextError, match="stands for what the policy decides"):
        require_person("policy")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_whoever_allows_a_carrier_says_why(
    service: CallHandlingService, desk: Path, reason: str | None
) -> None:
    """Else nothing is booked."""
    before = contents(desk)
    with pytest.raises(InvalidNotesError):
        service.book_call(1, 2200, by="kim", reason=reason, allow_carrier=True)
    assert contents(desk) == before
