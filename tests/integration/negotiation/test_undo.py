"""Taking back an agreement that was a slip."""

from decimal import Decimal
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import CallNotFoundError, InvalidNotesError, LoadTakenError, NoAgreementError
from tests.conftest import NOW, OTHER_SESSION, SESSION, contents, data, execute, run, select

CALL = "SELECT outcome, final_rate_agreed, negotiation_rounds FROM calls WHERE id = 1"
LOAD = "SELECT status FROM loads WHERE load_id = 'L1'"


def test_a_mistyped_ask_can_be_taken_back_and_the_thread_goes_on(
    service: CallHandlingService, desk: Path
) -> None:
    """2030 for 2300: round 1 stays on record with the reason, and the next ask is round 2."""
    service.negotiate(1, 2030, SESSION)
    done = service.reopen_call(1, "typed 2030, meant 2300")
    assert (done.session_id, done.round_number, done.load_status) == (SESSION, 1, "available")
    assert done.carrier_offer == Decimal(2030)
    assert select(desk, CALL) == [("negotiating", None, 1)]
    assert select(desk, LOAD) == [("available",)]
    answer = service.negotiate(1, 2300, SESSION)
    # (2/4) ** 1.5 = 0.35355; 2100 + 0.35355 * 200 = 2170.71
    assert (answer.round_number, answer.amount, answer.warning) == (2, Decimal(2170), None)
    rows = [
        (done.round_number, done.system_response, done.notes) for done in service.session_history(SESSION)
    ]
    assert rows == [
        (1, "accepted", None),
        (1, "reopened", "typed 2030, meant 2300"),
        (2, "counter_offer_2170.00", None),
    ]


def test_an_agreement_that_an_older_program_recorded_can_be_taken_back(old: Path) -> None:
    """Call 4 agreed on 1480 without a round; its load was left available."""
    with CallHandlingService.open(old, clock=lambda: NOW) as service:
        with pytest.raises(LoadTakenError):
            service.negotiate(6, 1500)
        done = service.reopen_call(4, "the carrier backed out")
        assert (done.session_id, done.round_number, done.load_status) == (None, 0, "available")
        assert service.negotiate(4, 1500).round_number == 1


def test_a_load_that_is_agreed_on_another_call_stays_booked(service: CallHandlingService, desk: Path) -> None:
    """Old files have such pairs."""
    service.negotiate(1, 2100)
    execute(desk, "UPDATE calls SET final_rate_agreed = 2000 WHERE id = 2")
    assert service.reopen_call(1, "slip").load_status == "booked"
    assert service.reopen_call(2, "slip").load_status == "available"


def test_without_an_agreement_there_is_nothing_to_take_back(service: CallHandlingService, desk: Path) -> None:
    """Nor twice."""
    service.negotiate(1, 2300, OTHER_SESSION)
    before = contents(desk)
    with pytest.raises(NoAgreementError):
        service.reopen_call(1, "slip")
    with pytest.raises(CallNotFoundError):
        service.reopen_call(99, "slip")
    for reason in ("", " \n", "a\0b", "x" * 10_001):
        with pytest.raises(InvalidNotesError):
            service.reopen_call(1, reason)
    assert contents(desk) == before


def test_a_completed_load_is_not_reopened(service: CallHandlingService, desk: Path) -> None:
    """The freight has been delivered."""
    service.negotiate(1, 2100)
    execute(desk, "UPDATE loads SET status = 'completed' WHERE load_id = 'L1'")
    with pytest.raises(LoadTakenError):
        service.reopen_call(1, "slip")


def test_the_command_prints_what_was_taken_back(desk: Path) -> None:
    """Exit 4 the second time."""
    run("negotiate", 1, 2100)
    assert data("call", "reopen", 1, "--reason", "slip") == {
        "call_id": 1,
        "session_id": None,
        "round_number": 1,
        "carrier_offer": 2100.0,
        "load_id": "L1",
        "load_status": "available",
        "reason": "slip",
    }
    assert run("call", "reopen", 1, "--reason", "slip").exit_code == 4
    assert run("call", "reopen", 1).exit_code == 2
