"""What was said before binds: over the sessions of a call, and over the calls of a session."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiator import CallHandlingService
from negotiator.errors import ConflictError, SessionCarrierError, SessionMismatchError
from negotiator.maintenance.create import init
from negotiator.negotiation.repository import Repository
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, OTHER_SESSION, SESSION, contents, data, execute, run, select

CARRIERS = "UPDATE calls SET carrier_mc_number = CASE id WHEN 1 THEN 'MC 77' WHEN 2 THEN '{}' END"


def test_a_raised_ask_is_not_rewarded(service: CallHandlingService, desk: Path) -> None:
    """Posted 1800, asked 1950, 1850, 1970: it was accepted at 1970 once."""
    execute(desk, "UPDATE loads SET loadboard_rate = 1800 WHERE load_id = 'L1'")
    answers = [service.negotiate(1, ask, SESSION) for ask in (1950, 1850, 1970, 1970, 1970)]
    assert [(answer.decision, answer.amount) for answer in answers] == [
        ("counter", Decimal(1815)),
        ("counter", Decimal(1815)),
        ("counter", Decimal(1830)),  # the answer to 1850 again: (3/4) ** 1.5 * 50 = 32.48
        ("counter", Decimal(1850)),
        ("transfer", None),
    ]
    last = answers[3]
    assert (last.message, last.rounds_left, last.should_transfer) == (
        "You asked $1,850.00 before; that we can do.",
        0,
        False,
    )


def test_the_carriers_own_ask_may_be_taken_after_all(service: CallHandlingService) -> None:
    """As the words say."""
    for ask in (2300, 2200, 2200, 2290):
        answer = service.negotiate(1, ask, SESSION)
    assert (answer.round_number, answer.amount, answer.is_last_offer) == (4, Decimal(2200), True)
    done = service.negotiate(1, 2200, SESSION)
    assert (done.round_number, done.decision, done.amount) == (5, "accepted", Decimal(2200))


def test_the_last_offer_is_said_to_a_person_and_on_record(desk: Path) -> None:
    """Sent again, the words are the same."""
    for ask in (2300, 2200, 2200):
        run("negotiate", 1, ask, "--session", SESSION)
    asked = ("negotiate", 1, 2290, "--session", SESSION, "--request-id", "last")
    first = run(*asked)
    assert "COUNTER $2,200.00, the last offer" in first.stdout
    assert "You asked $2,200.00 before; that we can do." in first.stdout
    assert data(*asked)["message"] == "You asked $2,200.00 before; that we can do."
    assert data(*asked)["rounds_left"] == 0


def test_our_counter_does_not_go_down_when_a_session_is_forgotten(service: CallHandlingService) -> None:
    """2150 was said in the session; without it, the next counter is no lower, and a raise is one."""
    service.negotiate(1, 2300, SESSION)
    assert service.negotiate(1, 2250, SESSION).amount == Decimal(2150)
    forgotten = service.negotiate(1, 2280)
    assert (forgotten.round_number, forgotten.amount) == (1, Decimal(2150))
    assert forgotten.open_sessions == (SESSION,)
    assert service.negotiate(1, 2300, OTHER_SESSION).amount == Decimal(2150)
    assert service.negotiate(1, 2150, OTHER_SESSION).decision == "accepted"


def test_what_was_said_on_the_call_binds_in_the_session_that_goes_on_elsewhere(
    service: CallHandlingService,
) -> None:
    """The session began on call 1; on call 2, more was said without it."""
    service.negotiate(1, 2300, SESSION)
    service.negotiate(2, 2300)
    assert service.negotiate(2, 2200).amount == Decimal(2135)
    answer = service.negotiate(2, 2290, SESSION)
    assert (answer.round_number, answer.amount) == (2, Decimal(2135))


@pytest.mark.parametrize("number", ["MC 88", "mc88", "MC-000088"])
def test_a_session_is_with_one_carrier(service: CallHandlingService, desk: Path, number: str) -> None:
    """However its number is spelled; nothing is recorded, and nothing booked."""
    execute(desk, CARRIERS.format(number))
    service.negotiate(1, 2300, SESSION)
    before = contents(desk)
    with pytest.raises(SessionCarrierError, match=r"MC 77.*88"):
        service.negotiate(2, 2100, SESSION)
    assert contents(desk) == before
    result = run("negotiate", 2, 2100, "--session", SESSION)
    assert (result.exit_code, "negotiator generate-id" in result.stderr) == (4, True)


def test_a_session_that_was_started_for_a_call_is_with_its_carrier(
    service: CallHandlingService, desk: Path
) -> None:
    """Before its first round."""
    execute(desk, CARRIERS.format("MC 88"))
    session = data("session", "start", "--call", 1)["session_id"]
    with pytest.raises(SessionCarrierError):
        service.negotiate(2, 2300, session)
    assert service.negotiate(1, 2300, session).round_number == 1


@pytest.mark.parametrize("number", ["mc-0077", "MC#77", "", "  "])
def test_the_same_carrier_and_an_unknown_one_are_no_other(
    service: CallHandlingService, desk: Path, number: str
) -> None:
    """The carrier rings back, or its number was not taken down."""
    execute(desk, CARRIERS.format(number))
    service.negotiate(1, 2300, SESSION)
    assert service.negotiate(2, 2250, SESSION).round_number == 2


def test_a_round_that_was_withdrawn_ties_a_session_to_nothing(
    service: CallHandlingService, desk: Path
) -> None:
    """The ask was typed on the wrong call: taken back, the session is free for the right one."""
    execute(desk, CARRIERS.format("MC 88"))
    service.negotiate(2, 2300, SESSION)
    with pytest.raises(ConflictError):
        service.negotiate(1, 2300, SESSION)
    service.undo_round(2, "the wrong call")
    answer = service.negotiate(1, 2300, SESSION)
    assert (answer.round_number, answer.place, answer.rounds_left) == (2, 1, 3)


def test_a_session_is_about_the_load_that_its_rounds_were_about(
    service: CallHandlingService, desk: Path
) -> None:
    """Though another program has given the call another load since."""
    service.negotiate(1, 2300, SESSION)
    execute(desk, "UPDATE calls SET load_id = 'L2' WHERE id = 1")
    with pytest.raises(SessionMismatchError, match=r"L1.*L2"):
        service.negotiate(1, 1150, SESSION)
    assert service.negotiate(1, 1150).amount == Decimal(1105)  # what was said about L1 does not bind
    assert service.negotiate(2, 2290, SESSION).round_number == 2


def test_what_the_carrier_heard_on_other_calls_is_said_and_does_not_bind(
    service: CallHandlingService, desk: Path
) -> None:
    """About this load, by this carrier; not in the session that goes on."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC 77' WHERE id IN (1, 3)")
    execute(desk, "UPDATE calls SET carrier_mc_number = 'mc-77' WHERE id = 2")
    service.negotiate(1, 2300, SESSION)
    service.negotiate(3, 1150)
    heard = service.negotiate(2, 2290)
    assert [(found.call_id, found.counter) for found in heard.heard] == [(1, Decimal(2125))]
    assert heard.amount == Decimal(2120)
    assert service.negotiate(2, 2280, SESSION).heard == ()


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(2050, 2400), st.booleans()), min_size=1, max_size=10)
)
@settings(max_examples=60)
def test_no_counter_of_a_call_is_ever_below_an_earlier_one(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]
) -> None:
    """Whatever is asked with which session, and taken back at times: those that stand only rise."""
    path = tmp_path_factory.mktemp("said") / "loads.db"
    init(path, now=NOW)
    execute(
        path,
        """INSERT INTO loads VALUES ('L1', 'a', 'b', 'c', 'd', 'e', 2100, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                                     NULL, NULL)""",
        "INSERT INTO calls (id, load_id) VALUES (1, 'L1')",
    )
    with CallHandlingService.open(path, clock=lambda: NOW) as service:
        for session, ask, slip in steps:
            try:
                answer = service.negotiate(1, ask, (None, SESSION, OTHER_SESSION)[session])
            except ConflictError:
                continue
            assert answer.place <= answer.policy.rounds + 1
            if slip:
                service.undo_round(1, "a slip")
        rows = service.call_history(1)
    withdrawn = {(row.session_id, row.round_number) for row in rows if row.takes_back}
    counters = [
        row.counter for row in rows if row.counter and (row.session_id, row.round_number) not in withdrawn
    ]
    assert counters == sorted(counters)


def test_each_round_records_what_it_was_decided_on(service: CallHandlingService, desk: Path) -> None:
    """Load, posted rate, ceiling, and who decided; there is no policy in the file yet."""
    service.negotiate(1, 2300)
    execute(desk, "UPDATE loads SET loadboard_rate = 2150 WHERE load_id = 'L1'")
    service.negotiate(1, 2290, ceiling="2400")
    assert select(
        desk, "SELECT load_id, posted_rate, ceiling, policy_version, decided_by FROM negotiations"
    ) == [("L1", 2100.0, 2310.0, None, "policy"), ("L1", 2150.0, 2400.0, None, "policy")]
    first = service.call_history(1)[0]
    assert (first.posted_rate, first.ceiling, first.decided_by) == (Decimal(2100), Decimal(2310), "policy")


def test_an_ask_reads_no_more_than_it_needs(desk: Path) -> None:
    """Call, load, rounds, session, calls about the load, the policy; and what was written."""
    statements: list[str] = []
    with LoadsFile.open(desk) as file:
        file.connection.set_trace_callback(statements.append)
        service = CallHandlingService(file.connection, desk)
        service.negotiate(1, 2300, SESSION)
    reads = [sql for sql in statements if sql.lstrip().startswith("SELECT")]
    assert len(reads) == 7, reads


def test_rounds_of_the_call_and_of_the_session_are_read_once_each_in_their_order(desk: Path) -> None:
    """Those of a session on another call are among them; without a session, those of the call alone."""
    rows = [(901, 1, f"'{SESSION}'"), (902, 2, f"'{SESSION}'"), (903, 1, "NULL"), (904, 2, "NULL")]
    execute(
        desk,
        *(
            "INSERT INTO negotiations (id, call_id, session_id, round_number, carrier_offer, timestamp)"
            f" VALUES ({number}, {call_id}, {session_id}, 1, 2300, '2025-08-20 10:00:{950 - number}')"
            for number, call_id, session_id in rows
        ),
    )
    with LoadsFile.open(desk) as file:
        repository = Repository(file)
        assert [row.id for row in repository.rounds_around(1, SESSION)] == [903, 902, 901]
        assert [row.id for row in repository.rounds_around(1, None)] == [903, 901]


def test_a_thread_that_was_countered_in_its_last_round_gets_no_second_last_offer(
    service: CallHandlingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here it had six rounds until the desk made them four: a raised ask goes to a person."""
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "6")
    assert [service.negotiate(1, 2300 - ask).decision for ask in range(4)] == ["counter"] * 4
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "4")
    assert service.negotiate(1, 2305).decision == "transfer"
