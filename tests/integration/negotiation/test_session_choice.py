"""The session that a person means by what is typed."""

from datetime import timedelta
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import InvalidSessionIDError, SessionNotFoundError
from negotiator.negotiation.session_choice import choose_session
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, OTHER_SESSION, SESSION, data, execute, run, select

UUID = "sess_0123456789abcdef"
FOREIGN = ("call-5-a", "sess_call.42:a", "3f2b8c1e-5a7d-4c19-9e0f-2b6a1d4c8e70", "sess_ü", " padded ")


def hear(service: CallHandlingService, *sessions: str, call: int = 1) -> None:
    """Ask once in each of these sessions."""
    for session in sessions:
        service.negotiate(call, 2300, session)


def chosen(path: Path, typed: str, call_id: int | None = 1) -> str:
    """Return what is meant."""
    with LoadsFile.open(path) as file:
        return choose_session(file, typed, call_id, clock=lambda: NOW)


def test_at_is_the_latest_open_session_of_the_call(service: CallHandlingService, desk: Path) -> None:
    """By its last round, on whatever call; or, without one, by its start."""
    with pytest.raises(SessionNotFoundError, match="call 1 has no open session"):
        chosen(desk, "@")
    hear(service, SESSION, OTHER_SESSION)
    assert chosen(desk, "@") == OTHER_SESSION
    with CallHandlingService.open(desk, clock=lambda: NOW + timedelta(hours=1)) as later:
        later.negotiate(2, 2290, SESSION)
    assert chosen(desk, "@") == SESSION
    assert chosen(desk, "@", call_id=2) == SESSION
    with CallHandlingService.open(desk, clock=lambda: NOW + timedelta(hours=2)) as later:
        started = later.start_session(call_id=1)
    assert chosen(desk, "@") == started


@pytest.mark.parametrize("ended", ["accepted", "transferred", "closed", "expired", "elsewhere", "withdrawn"])
def test_a_session_that_takes_no_ask_is_not_open(
    service: CallHandlingService, desk: Path, ended: str
) -> None:
    """Nor is one whose only round on the call was taken back."""
    hear(service, SESSION)
    if ended == "accepted":
        service.negotiate(1, 2100, SESSION)
        service.reopen_call(1, "slip")
        assert chosen(desk, "@") == SESSION
        service.negotiate(1, 2100, SESSION)
    elif ended == "transferred":
        execute(desk, "UPDATE negotiations SET system_response = 'transfer_to_human'")
    elif ended == "closed":
        run("session", "close", SESSION)
    elif ended == "expired":
        execute(
            desk,
            f"INSERT INTO negotiation_sessions (session_id, expires_at) VALUES ('{SESSION}', '2025-08-31 12:00:00')",
        )
    elif ended == "elsewhere":
        service.negotiate(2, 2100, SESSION)
    else:
        service.undo_round(1, "slip")
    with pytest.raises(SessionNotFoundError):
        chosen(desk, "@")


def test_a_unique_ending_is_enough(service: CallHandlingService, desk: Path) -> None:
    """Of a session that has a round, or that was started."""
    hear(service, SESSION, OTHER_SESSION)
    started = data("session", "start")["session_id"]
    assert chosen(desk, "abc123") == chosen(desk, "c123") == SESSION
    assert chosen(desk, started[-6:]) == started
    with pytest.raises(InvalidSessionIDError, match="not a session ID"):
        chosen(desk, "nothing")


def test_the_ending_of_several_is_refused(service: CallHandlingService, desk: Path) -> None:
    """They are named, as far as there is room."""
    hear(service, *(f"sess_{letter * 5}_same" for letter in "abcde"))
    with pytest.raises(InvalidSessionIDError, match=r"sess_aaaaa_same, .* and others") as caught:
        chosen(desk, "_same")
    assert caught.value.hint == "give more of the ID"
    assert chosen(desk, "c_same") == "sess_ccccc_same"


@pytest.mark.parametrize(
    ("known", "typed", "cut"),
    [
        (SESSION, SESSION[:-1], True),
        (SESSION, SESSION[:12], True),
        (UUID, UUID[:-1], True),
        (UUID, "sess_01234", True),
        # it is a session of its own: it has a form that we make, or is no beginning
        (f"{UUID}f", UUID, False),
        ("sess_20250901120000_abc123x", SESSION, False),
        ("sess_phone1", "sess_phone", False),
        (SESSION, "sess_2025-desk", False),
        (SESSION, OTHER_SESSION, False),
    ],
)
def test_an_id_that_was_cut_off_is_refused(
    service: CallHandlingService, desk: Path, known: str, typed: str, cut: object
) -> None:
    """It would begin another session, without what was said in the first."""
    hear(service, known)
    if not cut:
        assert chosen(desk, typed) == typed
        return
    with pytest.raises(InvalidSessionIDError, match=f"beginning of session {known}, cut off"):
        chosen(desk, typed)
    result = run("negotiate", 1, 2290, "--session", typed)
    assert (result.exit_code, "cut off" in result.stderr) == (2, True)
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]


@pytest.mark.parametrize("session", FOREIGN)
def test_a_session_of_another_program_is_read_and_goes_on(desk: Path, session: str) -> None:
    """Whatever its ID looks like, in every command that takes one."""
    execute(
        desk,
        f"""INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp)
            VALUES (1, '{session}', 1, 2300, 'counter_offer_2125.0', '2025-08-20 10:00:00')""",
    )
    assert len(data("session", "history", session)) == 1
    assert data("session", "show", session)["rounds"] == 1
    assert len(data("call", "history", 1, "--session", session)) == 1
    assert data("negotiate", 1, 2250, "--session", session)["round_number"] == 2
    assert data("call", "undo", 1, "--session", session, "--reason", "slip")["session_id"] == session
    assert data("session", "set", session, "--meta", "a=1")["metadata"] == {"a": "1"}
    assert data("session", "close", session)["status"] == "closed"
    with CallHandlingService.open(desk) as service:
        assert len(service.session_history(session)) == 3


@pytest.mark.parametrize("session", [*FOREIGN, "@"])
def test_a_new_id_is_one_of_ours(service: CallHandlingService, desk: Path, session: str) -> None:
    """A program that spells one otherwise has made a mistake; and @ is for the command line."""
    with pytest.raises(InvalidSessionIDError):
        service.negotiate(1, 2300, session)
    if session != "@":
        assert run("negotiate", 1, 2300, "--session", session).exit_code == 2
    assert select(desk, "SELECT count(*) FROM negotiations") == [(0,)]


def test_the_command_line_takes_at_and_endings(desk: Path) -> None:
    """In negotiate, in histories, in undo."""
    run("negotiate", 1, 2300, "--session", SESSION)
    assert data("negotiate", 1, 2250, "--session", "@")["session_id"] == SESSION
    assert data("negotiate", 1, 2240, "--session", "abc123")["round_number"] == 3
    assert len(data("call", "history", 1, "--session", "@")) == 3
    assert len(data("session", "history", "abc123")) == 3
    assert data("call", "undo", 1, "--session", "@", "--reason", "slip")["round_number"] == 3
    missing = run("negotiate", 3, 1150, "--session", "@")
    assert (missing.exit_code, "`negotiator session start`" in missing.stderr) == (3, True)


def test_an_open_session_is_said_when_it_is_forgotten(desk: Path) -> None:
    """On stderr, with what goes on with it; not when the ask names one, nor when there is none."""
    assert run("negotiate", 1, 2300, "--session", SESSION).stderr == ""
    forgotten = run("negotiate", 1, 2290, "--json")
    assert forgotten.stderr == f"Note: this call has an open session; --session {SESSION} goes on with it.\n"
    assert run("negotiate", 2, 2290).stderr == ""
    asks = desk.with_name("asks.jsonl")
    asks.write_text('{"call_id": 1, "carrier_offer": 2280}')
    assert f'line 1: this call has an open session; "session_id": "{SESSION}"' in run("batch", asks).stderr


def test_what_the_carrier_heard_on_other_calls_is_said(desk: Path) -> None:
    """It does not bind, and who knows of it can."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC77'")
    run("negotiate", 1, 2300)
    heard = run("negotiate", 2, 2290)
    assert heard.stderr == (
        "Note: on call 1 this carrier was offered $2,125.00 for the load; that does not bind here.\n"
    )
