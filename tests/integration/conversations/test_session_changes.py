"""What a person changes of a session, and of a call's notes, at any time."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import InvalidNotesError, SessionEndedError
from tests.conftest import NOW, OTHER_SESSION, SESSION, contents, data, execute, run, select

HOUR = timedelta(hours=1)


def test_a_session_that_was_closed_by_mistake_takes_asks_again(service: CallHandlingService) -> None:
    """And why it was closed is forgotten."""
    session = service.start_session(1, expires_in=HOUR, metadata={"desk": "vans"})
    service.close_session(session, "went elsewhere")
    service.reopen_session(session)
    found = service.show_session(session)
    assert (found.status, found.closed_at, found.close_reason) == ("active", None, None)
    assert (found.expires_at, found.metadata) == (NOW + HOUR, {"desk": "vans"})
    assert service.negotiate(1, 2300, session).decision == "counter"


def test_a_session_that_has_expired_takes_asks_again(desk: Path) -> None:
    """Its deadline is lifted."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        session = service.start_session(1, expires_in=HOUR)
    with CallHandlingService.open(desk, clock=lambda: NOW + 2 * HOUR) as service:
        service.reopen_session(session)
        found = service.show_session(session)
    assert (found.status, found.expires_at) == ("active", None)


@pytest.mark.parametrize("asks", [[], [2100], [2500] * 4])
def test_a_session_that_is_not_closed_is_not_opened_again(
    service: CallHandlingService, desk: Path, asks: list[int]
) -> None:
    """Active, accepted, transferred: nothing changes."""
    session = service.start_session(1)
    for ask in asks:
        service.negotiate(1, ask, session)
    before = contents(desk)
    with pytest.raises(SessionEndedError, match="neither closed nor expired"):
        service.reopen_session(session)
    assert contents(desk) == before


def test_a_session_may_be_given_longer_shorter_or_for_ever(desk: Path) -> None:
    """Also one that nobody started."""
    run("negotiate", 1, 2300, "--session", SESSION)
    for length, hours in (("2h", 2.0), ("30m", 0.5)):
        data("session", "set", SESSION, "--expires-in", length)
        sql = "SELECT 24 * (julianday(expires_at) - julianday('now')) FROM negotiation_sessions"
        assert select(desk, sql)[0][0] == pytest.approx(hours, abs=0.02)
    assert data("session", "set", SESSION, "--expires-in", "never")["expires_at"] is None


def test_notes_are_put_after_those_that_are_there(desk: Path) -> None:
    """Of a call that has ended, and of a session that was closed."""
    run("call", "end", 1, "--outcome", "rejected", "--notes", "too far")
    assert data("call", "note", 1, "rings back at noon")["notes"] == "too far\nrings back at noon"
    session = run("session", "start").stdout.strip()
    run("session", "close", session)
    data("session", "set", session, "--note", "driver is Kim")
    found = data("session", "set", session, "--note", "wants fuel", "--meta", "desk=vans")
    assert (found["notes"], found["metadata"]) == ("driver is Kim\nwants fuel", {"desk": "vans"})
    assert data("session", "list")[0]["notes"] == found["notes"]


def test_a_new_session_may_be_limited_as_its_first_ask_is_made(desk: Path) -> None:
    """In one transaction: an ask that is refused begins none."""
    session = data("negotiate", 1, 2300, "--new-session", "--expires-in", "2h")["session_id"]
    sql = "SELECT session_id, 24 * (julianday(expires_at) - julianday('now')) FROM negotiation_sessions"
    ((kept, hours),) = select(desk, sql)
    assert (kept, hours) == (session, pytest.approx(2, abs=0.02))
    before = contents(desk)
    assert run("negotiate", 1, 9000, "--new-session", "--expires-in", "2h").exit_code == 2
    assert run("negotiate", 1, 2300, "--new-session", "--expires-in", "999999w").exit_code == 2
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["negotiate", 1, 2300, "--expires-in", "2h"], 2, "--expires-in is for --new-session"),
        (["negotiate", 1, 2300, "--new-session", "--expires-in", "soon"], 2, "not a length of time"),
        (["negotiate", 1, 2300, "--new-session", "--expires-in", "2h", "--dry-run"], 2, "starts no session"),
        (["session", "set", OTHER_SESSION, "--expires-in", "2h"], 3, "there is no session"),
        (["session", "set", SESSION, "--expires-in", "soon"], 2, "not a length of time"),
        (["session", "set", SESSION, "--meta", "a=1", "--expires-in", "999999w"], 2, "out of range"),
        (["session", "set", SESSION, "--meta", "a=1", "--note", " "], 2, "the note is empty"),
        (["session", "set", SESSION, "--note", "n" * 10_001], 2, "the notes have"),
        (["session", "reopen", OTHER_SESSION], 3, "there is no session"),
        (["session", "reopen", SESSION], 4, "neither closed nor expired"),
        (["session", "list", "--meta", "desk"], 2, "not a key and a value"),
        (["session", "list", "--meta", 'a"b=c'], 2, "not a key and a value"),
        (["call", "note", 99, "text"], 3, "there is no call 99"),
        (["call", "note", "x", "text"], 2, "not a call ID"),
        (["call", "note", 1, ""], 2, "the note is empty"),
        (["call", "note", 1, "a\0b"], 2, "NUL"),
    ],
)
def test_bad_input_changes_nothing(desk: Path, arguments: list[object], code: int, expected: str) -> None:
    """Not even the part of it that was right."""
    run("negotiate", 1, 2300, "--session", SESSION)
    before = contents(desk)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert re.search(re.escape(expected), result.stderr), result.stderr
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["desk=reefer"], {"a"}),
        (["desk="], {"a", "b"}),
        (["desk=reefer", "shift=late"], {"a"}),
        (["desk=vans", "shift=late"], set()),
        (["n=2"], {"c"}),
        (["DESK=reefer"], set()),
        (["x.y-z=1"], {"b"}),
    ],
)
def test_sessions_are_found_by_their_metadata(desk: Path, wanted: list[str], expected: set[str]) -> None:
    """All that is asked for; what another program wrote that is no JSON has none."""
    kept = {
        "a": '{"desk": "reefer", "shift": "late"}',
        "b": '{"desk": "vans", "x.y-z": "1"}',
        "c": '{"n": 2}',
        "d": "no JSON",
        "e": "[1]",
        "f": "",
    }
    for name, metadata in kept.items():
        execute(
            desk,
            f"INSERT INTO negotiation_sessions (session_id, metadata) VALUES ('sess_{name}', '{metadata}')",
        )
    execute(desk, "INSERT INTO negotiation_sessions (session_id) VALUES ('sess_g')")
    options = [word for pair in wanted for word in ("--meta", pair)]
    found = {session["session_id"].removeprefix("sess_") for session in data("session", "list", *options)}
    assert found == expected


def test_a_note_of_a_session_is_kept_by_python(service: CallHandlingService) -> None:
    """As on the command line."""
    session = service.start_session(1)
    service.note_session(session, "driver is Kim")
    service.set_session_expiry(session, HOUR)
    found = service.show_session(session)
    assert (found.notes, found.expires_at) == ("driver is Kim", NOW + HOUR)
    service.set_session_expiry(session, None)
    assert service.show_session(session).expires_at is None
    assert service.note_call(1, "rings back").notes == "rings back"
    with pytest.raises(InvalidNotesError):
        service.note_call(1, "")


@pytest.mark.parametrize(
    ("expires", "left"), [("11:59:59", None), ("12:00:00", None), ("12:00:01", "2025-09-01 12:00:01")]
)
def test_an_end_that_is_still_to_come_stays_when_a_session_is_opened_again(
    service: CallHandlingService, desk: Path, expires: str, left: str | None
) -> None:
    """One that has come, to the second, is taken away: else it would be over at once."""
    execute(
        desk,
        f"""INSERT INTO negotiation_sessions (session_id, created_at, expires_at, closed_at)
            VALUES ('sess_12345', '2025-09-01', '2025-09-01 {expires}', '2025-09-01 10:00:00')""",
    )
    service.reopen_session("sess_12345")
    assert select(desk, "SELECT expires_at, closed_at FROM negotiation_sessions") == [(left, None)]
