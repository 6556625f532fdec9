"""Taking back an agreement that was a slip."""

from decimal import Decimal
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import (
    CallNotFoundError,
    ConflictError,
    InvalidNotesError,
    LoadTakenError,
    NoAgreementError,
    NothingToUndoError,
)
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
        "fell_through": False,
        "next_best": None,
    }
    assert run("call", "reopen", 1, "--reason", "slip").exit_code == 4
    assert run("call", "reopen", 1).exit_code == 2


STATE = """SELECT outcome, final_rate_agreed, negotiation_rounds, transferred_to_rep, typeof(transferred_to_rep)
             FROM calls WHERE id = 1"""
STATUS = "SELECT status, typeof(status) FROM loads WHERE load_id = 'L1'"
BEFORE = [
    "UPDATE calls SET outcome = 'negotiating', negotiation_rounds = 0, transferred_to_rep = 0",
    "UPDATE calls SET outcome = NULL, negotiation_rounds = 0, transferred_to_rep = NULL",
    "UPDATE calls SET outcome = 'transferred', negotiation_rounds = 3, transferred_to_rep = 1",
    "UPDATE calls SET outcome = 'Abandoned', negotiation_rounds = 0, transferred_to_rep = 'no'",
    "UPDATE calls SET final_rate_agreed = 0, negotiation_rounds = 1",
    "UPDATE loads SET status = NULL",
    "UPDATE loads SET status = 'Available'",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("ask", [2300, 2100, 2500])
@pytest.mark.parametrize("session", [None, SESSION])
def test_after_undo_the_call_and_the_load_are_as_they_were(
    desk: Path, before: str, ask: int, session: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A counter, an agreement, a transfer; whatever another program had written there."""
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "4" if ask == 2300 else "1")
    execute(desk, before)
    held = select(desk, STATE), select(desk, STATUS)
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        answer = service.negotiate(1, ask, session)
        assert answer.decision == {2300: "counter", 2100: "accepted", 2500: "transfer"}[ask]
        done = service.undo_round(1, "a slip", session)
        assert (done.round_number, done.carrier_offer) == (1, Decimal(ask))
        assert (select(desk, STATE), select(desk, STATUS)) == held
        assert [(row.system_response, row.notes) for row in service.call_history(1)][1:] == [
            ("withdrawn", "a slip")
        ]
        again = service.negotiate(1, ask, session)
    assert (again.round_number, again.place, again.decision) == (2, 1, answer.decision)


def test_rounds_are_taken_back_one_after_another(service: CallHandlingService, desk: Path) -> None:
    """To the first; no number is given again."""
    for ask in (2300, 2250, 2240):
        service.negotiate(1, ask)
    execute(desk, "UPDATE calls SET outcome = 'transferred' WHERE id = 1")  # somebody else's word stays
    taken = [service.undo_round(1, "slip").round_number for _ in range(3)]
    assert taken == [3, 2, 1]
    assert select(desk, CALL) == [("transferred", None, 0)]
    with pytest.raises(NothingToUndoError):
        service.undo_round(1, "slip")
    answer = service.negotiate(1, 2300)
    assert (answer.round_number, answer.place, answer.rounds_left, answer.amount) == (4, 1, 3, Decimal(2125))
    assert select(desk, CALL) == [("negotiating", None, 1)]


def test_a_withdrawn_round_binds_nobody(service: CallHandlingService) -> None:
    """A mistyped 2030 was countered below everything; the carrier asked 2300."""
    service.negotiate(1, 2300)
    service.negotiate(1, 2130)
    service.undo_round(1, "typed 2130, meant 2290")
    answer = service.negotiate(1, 2290)
    assert (answer.decision, answer.amount, answer.place) == ("counter", Decimal(2165), 2)


def test_a_request_gets_the_answer_that_was_withdrawn(service: CallHandlingService, desk: Path) -> None:
    """It is what was answered."""
    first = service.negotiate(1, 2300, request_id="a")
    service.undo_round(1, "slip")
    before = contents(desk)
    again = service.negotiate(1, 2300, request_id="a")
    assert (again.message, again.rounds_left, again.ruling) == (first.message, first.rounds_left, None)
    assert contents(desk) == before


def test_undo_takes_the_last_round_of_a_session_if_it_is_named(service: CallHandlingService) -> None:
    """Else the call's, in whatever session."""
    service.negotiate(1, 2300, SESSION)
    service.negotiate(1, 2290)
    assert service.undo_round(1, "slip", SESSION).session_id == SESSION
    service.negotiate(1, 2280, SESSION)
    assert service.undo_round(1, "slip").session_id == SESSION
    assert service.undo_round(1, "slip").session_id is None
    with pytest.raises(NothingToUndoError, match=OTHER_SESSION):
        service.undo_round(1, "slip", OTHER_SESSION)


def test_a_round_before_another_of_its_session_is_not_taken_back(
    service: CallHandlingService, desk: Path
) -> None:
    """The session has gone on with it, on another call."""
    service.negotiate(1, 2300, SESSION)
    service.negotiate(2, 2250, SESSION)
    before = contents(desk)
    with pytest.raises(ConflictError, match="round 2 on call 2"):
        service.undo_round(1, "slip")
    assert contents(desk) == before
    service.undo_round(2, "slip")
    assert service.undo_round(1, "slip").round_number == 1


def test_an_agreement_that_was_reopened_is_a_round_that_can_be_taken_back(
    service: CallHandlingService, desk: Path
) -> None:
    """Then it counts no more among the rounds; the load, booked by another call since, stays booked."""
    service.negotiate(1, 2100, SESSION)
    service.reopen_call(1, "slip")
    service.negotiate(2, 2100)
    assert service.undo_round(1, "slip").load_status == "booked"
    assert select(desk, CALL) == [("negotiating", None, 0)]


def test_an_agreement_on_a_load_that_was_delivered_stays(service: CallHandlingService, desk: Path) -> None:
    """As for reopening; a counter about it can be taken back."""
    service.negotiate(1, 2300)
    service.negotiate(2, 2100)
    execute(desk, "UPDATE loads SET status = 'completed' WHERE load_id = 'L1'")
    with pytest.raises(LoadTakenError):
        service.undo_round(2, "slip")
    assert service.undo_round(1, "slip").load_status == "completed"


def test_a_session_that_was_over_goes_on_after_undo(service: CallHandlingService, desk: Path) -> None:
    """Its deadline passed while the slip stood."""
    service.negotiate(1, 2100, SESSION)
    execute(
        desk, f"INSERT INTO negotiation_sessions (session_id, expires_at) VALUES ('{SESSION}', '2025-01-01')"
    )
    service.undo_round(1, "slip")
    assert service.negotiate(1, 2300, SESSION).place == 1


def test_a_rounds_id_that_another_round_had_gives_back_nothing(
    service: CallHandlingService, desk: Path
) -> None:
    """Somebody deleted the round; what was kept for it is not this one's."""
    execute(desk, "UPDATE calls SET outcome = 'rejected'")
    service.negotiate(1, 2300)
    execute(
        desk,
        "DELETE FROM negotiations",
        "UPDATE states_before SET timestamp = '2025-01-01 00:00:00.000000'",
        "UPDATE calls SET outcome = 'negotiating'",
    )
    service.negotiate(1, 2300)
    assert service.undo_round(1, "slip").outcome == "negotiating"


def test_the_command_prints_what_was_withdrawn(desk: Path) -> None:
    """Exit 4 when there is nothing left, 3 without the call."""
    run("negotiate", 1, 2300)
    assert data("call", "undo", 1, "--reason", "slip") == {
        "call_id": 1,
        "session_id": None,
        "round_number": 1,
        "carrier_offer": 2300.0,
        "system_response": "counter_offer_2125.00",
        "outcome": None,
        "load_id": "L1",
        "load_status": "available",
        "reason": "slip",
    }
    failed = run("call", "undo", 1, "--reason", "slip")
    assert (failed.exit_code, "negotiator call history 1" in failed.stderr) == (4, True)
    assert run("call", "undo", 99, "--reason", "slip").exit_code == 3
    assert run("call", "undo", 1, "--reason", " ").exit_code == 2
    assert run("call", "undo", 1).exit_code == 2
    shown = run("negotiate", 1, 2300).stdout
    assert "1 of 4 (number 2)" in shown


@pytest.mark.parametrize(
    ("before", "outcome"),
    [("counter_offer_2125.00", "negotiating"), ("transfer_to_human", "transferred"), ("Hm.", "negotiating")],
)
def test_what_an_older_program_agreed_leaves_the_call_as_its_rows_have_it(
    desk: Path, before: str, outcome: str
) -> None:
    """Nobody kept how it was: the rounds before tell."""
    execute(
        desk,
        "UPDATE calls SET outcome = 'accepted', final_rate_agreed = 2100 WHERE id = 1",
        "UPDATE loads SET status = 'booked' WHERE load_id = 'L1'",
        f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response) VALUES
             (1, 1, 2300, '{before}'), (1, 2, 2100, 'accepted')""",
    )
    assert run("call", "undo", "1", "--reason", "a slip").exit_code == 0
    assert select(desk, "SELECT outcome, final_rate_agreed FROM calls WHERE id = 1") == [(outcome, None)]
    assert select(desk, "SELECT status FROM loads WHERE load_id = 'L1'") == [("available",)]


def test_an_answer_about_a_load_that_was_delivered_can_be_taken_back(
    service: CallHandlingService, desk: Path
) -> None:
    """Only an agreement binds: a counter that was a slip is none."""
    service.negotiate(1, 2300)
    execute(desk, "UPDATE loads SET status = 'completed' WHERE load_id = 'L1'")
    assert service.undo_round(1, "another call").round_number == 1
    assert select(desk, LOAD) == [("completed",)]
