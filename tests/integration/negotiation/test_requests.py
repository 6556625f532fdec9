"""An ask with a request ID: sent again it gets its answer again, and adds no round."""

from pathlib import Path

import pytest

from negotiator.errors import InvalidRequestIDError, RequestMismatchError
from negotiator.service import CallHandlingService
from tests.conftest import OTHER_SESSION, SESSION, contents, data, execute, run, select

COUNT = "SELECT count(*) FROM negotiations"


@pytest.mark.parametrize("session", [SESSION, None])
@pytest.mark.parametrize("asks", [[2300], [2300, 2250], [2100], [2500, 2500, 2500, 2500]])
def test_each_ask_of_a_thread_gets_its_own_answer_again(
    service: CallHandlingService, desk: Path, asks: list[int], session: str | None
) -> None:
    """Accepted, countered or transferred, and however the thread went on; to the last byte of the file."""
    first = [service.negotiate(1, ask, session, request_id=f"r{n}") for n, ask in enumerate(asks)]
    before = contents(desk)
    again = [service.negotiate(1, ask, session, request_id=f"r{n}") for n, ask in enumerate(asks)]
    for said, repeated in zip(first, again, strict=True):
        for key in ("round_number", "rounds_left", "decision", "amount", "message", "should_transfer"):
            assert getattr(repeated, key) == getattr(said, key), key
        assert (said.ruling is None, repeated.ruling) == (False, None)
    assert contents(desk) == before


def test_a_script_gets_the_same_json_again(desk: Path) -> None:
    """Key by key; and is told on stderr that nothing was written."""
    ask = ("negotiate", 1, 2300, "--session", SESSION, "--request-id", "mail:17")
    first = run(*ask, "--json")
    again = run(*ask, "--json")
    assert again.stdout == first.stdout != ""
    assert ("answered before" in first.stderr, "answered before" in again.stderr) == (False, True)
    assert data(*ask, "--explain")["explain"] == {
        "reason": "this request was answered before, and that answer is on record"
    }
    shown = run(*ask, "--explain").stdout
    assert "COUNTER $2,125.00, 3 rounds left" in shown
    assert "answered before" in shown


def test_handle_negotiation_takes_a_request_id(service: CallHandlingService, desk: Path) -> None:
    """So that a program of the desk's can try again."""
    assert service.handle_negotiation(1, 2100, request_id="a") == service.handle_negotiation(
        1, 2100, request_id="a"
    )
    assert select(desk, COUNT) == [(1,)]


@pytest.mark.parametrize(
    ("call", "ask", "session"),
    [(2, 2300, SESSION), (1, 2301, SESSION), (1, 2300, OTHER_SESSION), (1, 2300, None)],
)
def test_a_request_id_is_for_one_ask(
    service: CallHandlingService, desk: Path, call: int, ask: int, session: str | None
) -> None:
    """Used for another, it is a mistake, which would else lose that other ask in silence."""
    service.negotiate(1, 2300, SESSION, request_id="a")
    before = contents(desk)
    with pytest.raises(RequestMismatchError) as refusal:
        service.negotiate(call, ask, session, request_id="a")
    was = f"request a was another ask of $2,300.00, on call 1 in session {SESSION}"
    assert (refusal.value.message, refusal.value.hint) == (was, "give each ask a request ID of its own")
    assert contents(desk) == before
    assert run("negotiate", 2, 2300, "--request-id", "a").exit_code == 4


def test_a_request_without_a_session_is_named_by_its_call(service: CallHandlingService) -> None:
    """Nothing is said of a session."""
    service.negotiate(1, 2300, request_id="a")
    with pytest.raises(RequestMismatchError) as refusal:
        service.negotiate(1, 2301, request_id="a")
    assert refusal.value.message == "request a was another ask of $2,300.00, on call 1"


def test_a_round_that_another_program_gave_the_id_is_no_answer(
    service: CallHandlingService, desk: Path
) -> None:
    """Its free text decides nothing."""
    execute(
        desk,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, request_id)
           VALUES (1, 1, 2300, 'Hm.', 'a')""",
    )
    with pytest.raises(RequestMismatchError):
        service.negotiate(1, 2300, request_id="a")


def test_a_dry_run_keeps_no_request(service: CallHandlingService, desk: Path) -> None:
    """Of one that was answered, it shows that answer."""
    assert service.negotiate(1, 2300, request_id="a", dry_run=True).round_number == 1
    assert select(desk, COUNT) == [(0,)]
    service.negotiate(1, 2300, request_id="a")
    assert service.negotiate(1, 2300, request_id="a", dry_run=True).ruling is None


def test_a_refused_ask_keeps_no_request(service: CallHandlingService) -> None:
    """It can be sent again once what forbade it is gone."""
    assert run("negotiate", 1, 9000, "--request-id", "a").exit_code == 2
    assert service.negotiate(1, 9000, request_id="a", allow_outlier=True).round_number == 1


@pytest.mark.parametrize("good", ["a", "A-z_0.9:", "x" * 64])
def test_a_request_id_is_up_to_64_characters(service: CallHandlingService, good: str) -> None:
    """Letters, digits and four signs: what others use for message IDs and times."""
    assert service.negotiate(1, 2300, request_id=good).round_number == 1


@pytest.mark.parametrize("bad", ["", "x" * 65, "a b", "a\n", "é", "１", "a/b", 7, b"a"])
def test_what_is_no_request_id_is_refused(service: CallHandlingService, desk: Path, bad: str) -> None:
    """And changes nothing."""
    before = contents(desk)
    with pytest.raises(InvalidRequestIDError):
        service.negotiate(1, 2300, request_id=bad)
    assert contents(desk) == before


def test_the_rounds_left_are_never_fewer_than_none(
    service: CallHandlingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many there are is not on record: a desk may have lowered it since."""
    assert [service.negotiate(1, 2300, SESSION, request_id=name).rounds_left for name in "ab"] == [3, 2]
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "1")
    assert service.negotiate(1, 2300, SESSION, request_id="b").rounds_left == 0


def test_one_by_one_there_is_no_request_id(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names a single ask."""
    monkeypatch.setattr("negotiator.cli.phone.is_terminal", lambda _stream: True)
    result = run("negotiate", 1, "--request-id", "a")
    assert (result.exit_code, "--request-id needs an ASK" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "gone",
    [
        "DELETE FROM loads",
        "UPDATE calls SET load_id = NULL",
        "DELETE FROM calls",
        "UPDATE loads SET status = 'completed'",
    ],
)
def test_an_answer_on_record_outlives_its_load(service: CallHandlingService, desk: Path, gone: str) -> None:
    """A file is sent again long after, too; and a person is shown what is known."""
    first = service.negotiate(1, 2300, SESSION, request_id="a")
    execute(desk, gone)
    assert service.negotiate(1, 2300, SESSION, request_id="a").message == first.message
    assert "COUNTER $2,125.00" in run("negotiate", 1, 2300, "--session", SESSION, "--request-id", "a").stdout


def test_a_new_session_can_not_be_sent_again(desk: Path) -> None:
    """It would be another one each time."""
    result = run("negotiate", 1, 2300, "--new-session", "--request-id", "a")
    assert (result.exit_code, "--new-session cannot be used" in result.stderr) == (2, True)
