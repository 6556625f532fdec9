"""The life of a session."""

import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from negotiator import CallHandlingService
from negotiator.conversations import session_changes, sessions
from negotiator.conversations.session_sql import session_query
from negotiator.errors import SessionEndedError, SessionMismatchError
from negotiator.output import contract
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, OTHER_SESSION, SESSION, contents, data, execute, run, select

HOUR = timedelta(hours=1)


def start(path: Path, **given: Any) -> str:  # noqa: ANN401 - whatever start_session takes
    """Start a session."""
    with LoadsFile.open(path) as file:
        return sessions.start_session(file, **{"now": NOW} | given)


def shown(path: Path, session_id: str, now: Any = NOW) -> dict[str, Any]:  # noqa: ANN401
    """Show a session."""
    with LoadsFile.open(path) as file:
        found = sessions.show_session(file, session_id, now=now)
    return contract.data(found, contract.SESSION) | {"calls": list(found.calls)}


def ask(path: Path, call: int, offer: float, session: str, now: Any = NOW) -> str:  # noqa: ANN401
    """Make an ask at some time, and return the decision."""
    with CallHandlingService.open(path, clock=lambda: now) as service:
        return str(service.negotiate(call, offer, session).decision)


def test_starting_a_session_prints_its_id_alone(desk: Path) -> None:
    """And it is known before its first round."""
    session = run(
        "session", "start", "--call", 1, "--expires-in", "2h", "--meta", "desk=reefer"
    ).stdout.strip()
    found = data("session", "show", session)
    assert list(found) == list(contract.SESSION)
    assert (found["status"], found["calls"], found["load_id"], found["rounds"]) == ("active", [1], "L1", 0)
    assert found["metadata"] == {"desk": "reefer"}
    assert data("session", "history", session) == []
    assert data("call", "history", 1, "--session", session) == []


def test_a_session_that_nobody_started_exists_from_its_first_round(desk: Path) -> None:
    """It has all that follows from its rounds."""
    ask(desk, 1, 2300, SESSION)
    ask(desk, 2, 2250, SESSION, NOW + HOUR)
    found = shown(desk, SESSION)
    assert (found["status"], found["calls"], found["load_id"], found["rounds"]) == ("active", [1, 2], "L1", 2)
    assert (found["first_ask"], found["last_ask"], found["standing_counter"]) == (2300, 2250, 2150)
    assert (found["first_round_at"], found["last_round_at"]) == (NOW, NOW + HOUR)
    assert (found["created_at"], found["seconds_to_close"], found["metadata"]) == (None, None, {})


@pytest.mark.parametrize(
    ("asks", "status", "seconds"),
    [
        ([2100], "accepted", 0),
        ([2300, 2125], "accepted", 3600),
        ([2500, 2500, 2500, 2500], "transferred", 10800),
        ([2300, 2300], "active", None),
    ],
)
def test_the_status_follows_from_the_rounds(
    desk: Path, asks: list[float], status: str, seconds: float | None
) -> None:
    """So does the time that it took."""
    for number, offer in enumerate(asks):
        ask(desk, 1, offer, SESSION, NOW + number * HOUR)
    found = shown(desk, SESSION)
    assert (found["status"], found["seconds_to_close"]) == (status, seconds)


def test_a_reopened_session_is_active_again(desk: Path) -> None:
    """The row that takes the agreement back is no round."""
    ask(desk, 1, 2100, SESSION)
    run("call", "reopen", 1, "--reason", "slip")
    found = shown(desk, SESSION)
    assert (found["status"], found["rounds"], found["seconds_to_close"]) == ("active", 1, None)


def test_a_closed_session_refuses_an_ask_and_says_when_it_was_closed(desk: Path) -> None:
    """Exit 4, nothing is recorded."""
    ask(desk, 1, 2300, SESSION)
    assert data("session", "close", SESSION, "--reason", "went elsewhere")["status"] == "closed"
    before = contents(desk)
    result = run("negotiate", 1, 2250, "--session", SESSION, "--json")
    assert result.exit_code == 4
    problem = json.loads(result.stderr)["error"]
    assert problem["code"] == "session_ended"
    assert "was closed at 20" in problem["message"]
    assert problem["message"].endswith("went elsewhere")
    assert contents(desk) == before


def test_an_expired_session_refuses_an_ask_and_says_when_it_expired(desk: Path) -> None:
    """To the second."""
    session = start(desk, expires_in=2 * HOUR)
    assert ask(desk, 1, 2300, session, NOW + HOUR) == "counter"
    assert shown(desk, session, NOW + HOUR)["status"] == "active"
    with pytest.raises(SessionEndedError, match="2025-09-01T14:00:00Z"):
        ask(desk, 1, 2250, session, NOW + 2 * HOUR)
    assert shown(desk, session, NOW + 2 * HOUR)["status"] == "expired"


def test_only_an_active_session_can_be_closed(desk: Path) -> None:
    """Closed, accepted and expired ones have ended."""
    for ended in (SESSION, OTHER_SESSION):
        ask(desk, 1, 2300, ended)
    run("session", "close", SESSION)
    ask(desk, 1, 2100, OTHER_SESSION)
    expired = start(desk, expires_in=timedelta(seconds=1))
    for session in (SESSION, OTHER_SESSION, expired):
        assert run("session", "close", session).exit_code == 4


def test_a_session_that_was_started_on_a_call_is_about_its_load(desk: Path) -> None:
    """Before its first round, too."""
    session = start(desk, call_id=1)
    with pytest.raises(SessionMismatchError):
        ask(desk, 3, 1150, session)


def test_metadata_is_merged_and_an_empty_value_takes_a_key_away(desk: Path) -> None:
    """On a session that nobody started, too."""
    ask(desk, 1, 2300, SESSION)
    run("session", "set", SESSION, "--meta", "desk=reefer", "--meta", "who=ann")
    assert data("session", "set", SESSION, "--meta", "who=", "--meta", "x=a=b")["metadata"] == {
        "desk": "reefer",
        "x": "a=b",
    }


def test_sessions_are_listed_by_status_call_carrier_load_and_time(desk: Path) -> None:
    """Those without a round first, then the latest first."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC-77' WHERE id = 2")
    for call, offer, session in ((1, 2300, "sess_first"), (3, 1100, "sess_second"), (2, 2300, "sess_third")):
        ask(desk, call, offer, session)
    fresh = start(desk, call_id=1, now=NOW + HOUR)

    def listed(*arguments: object) -> list[str]:
        return [found["session_id"] for found in data("session", "list", *arguments)]

    assert listed() == [fresh, "sess_third", "sess_second", "sess_first"]
    assert listed("--limit", 2) == [fresh, "sess_third"]
    assert listed("--status", "accepted") == ["sess_second"]
    assert listed("--call", 1) == [fresh, "sess_first"]
    assert listed("--carrier", "mc 77") == ["sess_third"]
    assert listed("--load", "L1") == [fresh, "sess_third", "sess_first"]
    assert listed("--since", "2025-09-01T12:30Z") == [fresh]
    assert listed("--status", "expired") == []
    assert run("session", "list", "--status", "expired").stderr == "No sessions.\n"


def test_a_list_says_whose_each_session_is_what_was_asked_and_when(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the desk's zone; for programs nothing is added."""
    execute(desk, "UPDATE calls SET carrier_mc_number = CASE id WHEN 1 THEN 'mc 2' ELSE 'MC' || id END")
    ask(desk, 1, 2300, SESSION)
    ask(desk, 2, 2250, SESSION, NOW + HOUR)
    start(desk, call_id=3)
    monkeypatch.setenv("NEGOTIATOR_TZ", "America/Chicago")
    heading, _, started, asked = run("session", "list").stdout.splitlines()
    assert re.split("  +", heading) == [
        *("Session", "Status", "Carrier", "Load", "Rounds", "Last ask", "Our counter"),
        "Latest (America/Chicago)",
    ]
    whose = [SESSION, "active", "MC2", "L1", "2", "$2,250.00", "$2,150.00", "2025-09-01 08:00"]
    assert re.split("  +", asked.strip()) == whose
    assert re.split("  +", started.strip())[1:] == ["active", "MC3", "L2", "0", "2025-09-01 07:00"]
    assert "Carrier           MC2\n" in run("session", "show", SESSION).stdout
    assert (
        list(data("session", "list")[0]) == list(data("session", "show", SESSION)) == list(contract.SESSION)
    )


def test_one_session_and_its_rounds_are_found_by_index(desk: Path) -> None:
    """No step reads the whole table of rounds."""
    sql, values = session_query(now=NOW)
    with closing(Database(desk)) as db:
        found = db.execute(f"EXPLAIN QUERY PLAN {sql}", {**values, "session_id": SESSION}).fetchall()
    plan = [row[3] for row in found]
    assert not [
        step for step in plan if step.startswith("SCAN") and ("negotiations" in step or step.endswith(" n"))
    ]


BAD = [
    (["start", "--call", "99"], 3),
    (["start", "--call", "x"], 2),
    (["start", "--expires-in", "soon"], 2),
    (["start", "--expires-in", "0h"], 2),
    (["start", "--meta", "novalue"], 2),
    (["start", "--meta", "bad key=1"], 2),
    (["start", "--meta", f"key={'x' * 1001}"], 2),
    (["start", "--meta", "key=a\nb"], 2),
    (["show", "sess_nobody"], 3),
    (["show", "invalid"], 2),
    (["close", "sess_nobody"], 3),
    (["close", "invalid"], 2),
    (["set", "sess_nobody", "--meta", "a=1"], 3),
    (["set", SESSION, "--meta", "=1"], 2),
    (["list", "--status", "lost"], 2),
    (["list", "--since", "soon"], 2),
    (["list", "--call", "x"], 2),
    (["list", "--carrier", "x"], 2),
]


@pytest.mark.parametrize(("arguments", "exit_code"), BAD)
def test_bad_input_gets_its_exit_code_and_changes_nothing(
    desk: Path, arguments: list[str], exit_code: int
) -> None:
    """One sentence, and as JSON the same."""
    ask(desk, 1, 2300, SESSION)
    before = contents(desk)
    result = run("session", *arguments)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (exit_code, 1, "")
    assert set(json.loads(run("session", *arguments, "--json").stderr)["error"]) == {
        "code",
        "exit_code",
        "message",
        "hint",
    }
    assert contents(desk) == before


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a": NaN}',
        '{"a": 1e999}',
        pytest.param("[" * 100_000, id="deep"),
        "not json",
        "[1]",
        "null",
        "",
        "5",
    ],
)
def test_metadata_that_another_program_wrote_is_no_trouble(desk: Path, metadata: str) -> None:
    """What is no object is none."""
    session = start(desk)
    with closing(Database(desk)) as db:
        db["negotiation_sessions"].update(session, {"metadata": metadata})  # type: ignore[union-attr]
    assert shown(desk, session)["metadata"] == {}


def test_one_untidy_row_does_not_stop_a_list(desk: Path) -> None:
    """Text for an ask, and a counter that is none."""
    execute(
        desk,
        """INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp) VALUES
             (1, 'sess_aaaaa', 1, 2300, 'counter_offer_2150.00', '2025-01-01'),
             (1, 'sess_aaaaa', 2, 'n/a', 'counter_offer_2160abc', '2025-01-02'),
             (1, 'sess_bbbbb', 1, 'n/a', 'counter_offer_9999999999999999999999999999', '2025-01-01'),
             (1, 'sess_bbbbb', 2, 9e999, NULL, '2025-01-02')""",
    )
    found = {row["session_id"]: row for row in data("session", "list")}
    assert (found["sess_aaaaa"]["last_ask"], found["sess_aaaaa"]["standing_counter"]) == (2300, 2150)
    assert (found["sess_bbbbb"]["first_ask"], found["sess_bbbbb"]["standing_counter"]) == (None, None)
    assert run("session", "list", "--stats").exit_code == 0


@pytest.mark.parametrize(
    "spelled", ["2025-08-20 09:00:00 UTC", "2025-08-20T14:30:00+0530", "2025-08-20 9:00:00"]
)
def test_status_and_negotiation_read_times_alike(desk: Path, spelled: str) -> None:
    """What histories put last is what decides."""
    execute(
        desk,
        f"""INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp) VALUES
              (1, '{SESSION}', 2, 2150, 'accepted', '{spelled}'),
              (1, '{SESSION}', 1, 2300, 'counter_offer_2150.00', '2025-08-20 08:00:00')""",
    )
    found = shown(desk, SESSION)
    assert (found["status"], found["first_ask"], found["last_ask"]) == ("accepted", 2300, 2150)


def test_a_reopened_session_whose_time_is_over_goes_on(desk: Path) -> None:
    """Its deadline is lifted with the agreement."""
    session = start(desk, expires_in=HOUR)
    ask(desk, 1, 2100, session)
    with CallHandlingService.open(desk, clock=lambda: NOW + 2 * HOUR) as service:
        service.reopen_call(1, "slip")
    assert shown(desk, session, NOW + 2 * HOUR)["status"] == "active"
    assert ask(desk, 1, 2300, session, NOW + 2 * HOUR) == "counter"


def test_what_older_programs_wrote_is_never_changed(old: Path) -> None:
    """Sessions come in a table of their own: the four tables stay as they are."""
    tables = ("loads", "carriers", "calls", "negotiations")
    before = [select(old, f"SELECT * FROM {table}") for table in tables]
    session = start(old, call_id=1)
    with LoadsFile.open(old) as file:
        session_changes.set_metadata(file, session, {"a": "1"}, now=NOW)
        session_changes.close_session(file, session, now=NOW)
    assert [select(old, f"SELECT * FROM {table}") for table in tables] == before
