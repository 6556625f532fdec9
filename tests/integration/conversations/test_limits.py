"""Where a session's and a call's bounds are: deadlines to the microsecond, keys, IDs, what is left out."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from negotiator.conversations import session_changes, sessions
from negotiator.conversations.calls import show_call, start_call
from negotiator.conversations.load_calls import load_calls
from negotiator.conversations.sessions import parse_metadata
from negotiator.errors import (
    CallNotFoundError,
    InvalidMetadataError,
    InvalidSessionIDError,
    SessionNotFoundError,
)
from negotiator.negotiation.history import call_history, session_history
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, SESSION, data, execute, run

INSTANT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def test_a_session_expires_at_its_deadline_to_the_microsecond(desk: Path) -> None:
    """Shown, listed and lifted by the same rule."""
    with LoadsFile.open(desk) as file:
        session = sessions.start_session(file, now=NOW, call_id=1, expires_in=HOUR)
        for early, status in ((INSTANT, "active"), (timedelta(0), "expired")):
            now = NOW + HOUR - early
            assert sessions.show_session(file, session, now=now).status == status
        session_changes.reopen_session(file, session, now=NOW + HOUR)
        found = sessions.show_session(file, session, now=NOW + HOUR)
    assert (found.status, found.expires_at) == ("active", None)


def test_a_deadline_that_is_still_to_come_stays(desk: Path) -> None:
    """A session that was closed before it is opened again with it."""
    with LoadsFile.open(desk) as file:
        session = sessions.start_session(file, now=NOW, call_id=1, expires_in=HOUR)
        session_changes.close_session(file, session, now=NOW)
        session_changes.reopen_session(file, session, now=NOW + HOUR - INSTANT)
        assert sessions.show_session(file, session, now=NOW).expires_at == NOW + HOUR


Change = Callable[[LoadsFile, str], object]
CHANGES: dict[str, Change] = {
    "show": lambda file, session: sessions.show_session(file, session, now=NOW),
    "close": lambda file, session: session_changes.close_session(file, session, now=NOW),
    "reopen": lambda file, session: session_changes.reopen_session(file, session, now=NOW),
    "metadata": lambda file, session: session_changes.set_metadata(file, session, {"a": "b"}, now=NOW),
    "expiry": lambda file, session: session_changes.set_expiry(file, session, None, now=NOW),
    "note": lambda file, session: session_changes.note_session(file, session, "n", now=NOW),
    "history": session_history,
    "history of a call": lambda file, session: call_history(file, 1, session),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("bad", ["", " ", "\t", "a\ud800"])
def test_what_can_be_no_session_is_refused_before_the_file_is_asked(
    desk: Path, change: Change, bad: str
) -> None:
    """No program writes such an ID; SQLite cannot even be asked about one that is no Unicode.

    The file has a session with a blank ID, as another program's row may.
    """
    execute(
        desk,
        "INSERT INTO negotiation_sessions (session_id, created_at) VALUES ('', '2025-09-01T12:00:00.000000Z')",
    )
    with LoadsFile.open(desk) as file, pytest.raises(InvalidSessionIDError):
        change(file, bad)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_session_that_is_not_there_is_said_to_be_missing(desk: Path, change: Change) -> None:
    """What is wrong is the message, what to do is the hint."""
    with LoadsFile.open(desk) as file, pytest.raises(SessionNotFoundError) as caught:
        change(file, SESSION)
    assert (caught.value.message, caught.value.hint) in {
        (f"there is no session {SESSION} in {str(desk)!r}", "check the session's ID"),
        (f"there is no round of session {SESSION} in {str(desk)!r}", "a session begins with its first ask"),
    }


def test_rounds_of_a_call_that_is_gone_are_shown(old: Path) -> None:
    """They are on record; only a call with neither a row nor a round is missing."""
    with LoadsFile.open(old) as file:
        assert [done.id for done in call_history(file, 99)] == [8]
        with pytest.raises(CallNotFoundError) as caught:
            call_history(file, 98)
        assert caught.value.message == f"there is no call 98 in {str(old)!r}"
        assert call_history(file, 3) == []


@pytest.mark.parametrize(
    "pair", [f"{key}=x" for key in ("A", "Z", "a", "z", "0", "9", "_", ".", "-", "k" * 64)]
)
def test_a_key_of_metadata_is_letters_digits_and_signs(pair: str) -> None:
    """From the first to the last of each."""
    key, _, value = pair.partition("=")
    assert parse_metadata([pair]) == {key: value}


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("x" * 50, f"{'x' * 40!r} is not a key and a value"),
        ("=x", "'=x' is not a key and a value"),
        ("é=x", "'é=x' is not a key and a value"),
        ("a b=x", "'a b=x' is not a key and a value"),
        ("k" * 65 + "=x", f"{'k' * 40!r} is not a key and a value"),
        ("k=" + "v" * 1001, "the value of k is too long or has control characters"),
        ("k=a\nb", "the value of k is too long or has control characters"),
    ],
)
def test_what_is_no_metadata_is_told(pair: str, told: str) -> None:
    """With its beginning, or its key."""
    with pytest.raises(InvalidMetadataError) as caught:
        parse_metadata([pair])
    assert caught.value.message == told


def test_metadata_may_hold_long_values_and_a_hundred_keys(desk: Path) -> None:
    """A value has up to 1,000 characters, and may have = in it."""
    assert parse_metadata(["k=" + "v" * 1000, "e=", "q=a=b"]) == {"k": "v" * 1000, "e": "", "q": "a=b"}
    with LoadsFile.open(desk) as file:
        many = {f"k{number}": "v" for number in range(100)}
        session = sessions.start_session(file, now=NOW, metadata=many)
        with pytest.raises(InvalidMetadataError, match="at most 100 keys"):
            session_changes.set_metadata(file, session, {"k100": "v"}, now=NOW)
        session_changes.set_metadata(file, session, {"k0": "", "k100": "v"}, now=NOW)
        assert len(sessions.show_session(file, session, now=NOW).metadata) == 100


@pytest.mark.parametrize(
    ("reason", "notes"), [(None, None), ("insured since", "carrier allowed: insured since")]
)
def test_a_new_call_has_a_note_only_where_a_carrier_was_allowed(
    desk: Path, reason: str | None, notes: str | None
) -> None:
    """Why it was is kept."""
    with LoadsFile.open(desk) as file:
        started = start_call(file, load_id="L1", carrier="MC 700700", allow_carrier=reason, now=NOW)
        assert show_call(file, started.call_id).notes == notes


def test_the_calls_about_a_load_show_what_was_last_and_what_was_least(desk: Path) -> None:
    """The last ask is the latest, the lowest the least; a call without a round has neither."""
    for ask in (2300, 2250, 2280):
        data("negotiate", 1, ask)
    with LoadsFile.open(desk) as file:
        first, second = load_calls(file, "L1")
    assert (first.id, first.last_ask, first.lowest_ask) == (1, Decimal(2280), Decimal(2250))
    assert (second.id, second.last_ask, second.lowest_ask, second.standing_counter) == (2, None, None, None)
    assert second.latest is None


@pytest.mark.parametrize(("call", "about"), [(3, "no load"), (7, "load GONE, which is not in the file")])
def test_a_call_without_its_load_says_which(old: Path, call: int, about: str) -> None:
    """For an ask, and for the policy that it would meet."""
    refused = run("negotiate", call, 2000, "--db", old)
    assert refused.exit_code == 3
    assert f"call {call} is about {about}" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [["session", "history", SESSION], ["call", "history", "1", "--session", SESSION]]
)
def test_who_asks_for_a_session_without_a_round_is_told_how_one_begins(
    desk: Path, arguments: list[str]
) -> None:
    """With the command that makes its first ask."""
    result = run(*arguments)
    assert result.exit_code == 3
    assert "a session begins with its first `negotiator negotiate CALL_ID ASK --session ID`" in result.stderr
    assert desk.exists()
