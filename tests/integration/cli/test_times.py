"""One grammar for the times that are typed, in every command and in the desk's zone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import data, execute, run

FORMS = (
    *("2025-08-21", "2025-08-21 9:00", "2025-08-21T09:00Z", "8/21/2025 8:00 AM", "8/21/2025 8:00 AM CT"),
    *("24h", "7d", "today", "Tomorrow", "yesterday", "monday", "fri 14:00"),
)
COMMANDS = (
    *("call list --since", "session list --since", "report --since", "report --until"),
    *("load list --pickup-from", "load list --pickup-to"),
)
SEEN = {
    "call list": "UPDATE calls SET call_start_time = '2025-08-21 09:30:00' WHERE id = 1",
    "session list": "INSERT INTO negotiation_sessions (session_id, created_at) VALUES ('sess_abcde', '2025-08-21T09:30:00Z')",
    "load list": "UPDATE loads SET pickup_datetime = '2025-08-21 9:30:00 UTC' WHERE load_id = 'L1'",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", FORMS)
def test_every_command_takes_every_form(desk: Path, command: str, form: str) -> None:
    """None knows a dialect of its own."""
    assert run(*command.split(), form).exit_code == 0


@pytest.mark.parametrize("option", ["--pickup", "--delivery"])
@pytest.mark.parametrize("form", FORMS)
def test_a_load_that_is_added_takes_every_form(desk: Path, option: str, form: str) -> None:
    """As a list of loads does; nothing is before the pick-up here."""
    times = {"--pickup": "2000-01-01", "--delivery": "2100-01-01"} | {option: form}
    where = ["--origin", "Reno", "--destination", "Boise", "--equipment", "Van", "--rate", "900"]
    given = [part for pair in times.items() for part in pair]
    assert run("load", "add", "N1", *where, *given).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_time_is_said_alike(desk: Path, command: str) -> None:
    """With the forms that there are."""
    result = run(*command.split(), "soon")
    assert result.exit_code == 2
    assert "'soon' is not a time" in result.stderr
    assert "today, yesterday, tomorrow or a weekday" in result.stderr


@pytest.mark.parametrize(
    ("zone", "typed", "found"),
    [
        ("UTC", "2025-08-21 09:00", 1),
        ("UTC", "2025-08-21 10:00", 0),
        ("America/Chicago", "2025-08-21 04:00", 1),  # 9:00 in UTC
        ("America/Chicago", "2025-08-21 09:00", 0),  # 14:00 in UTC
        ("America/Chicago", "8/21/2025 4:00 AM", 1),
        ("America/Chicago", "2025-08-21 09:00Z", 1),
        ("America/Chicago", "2025-08-21 10:00 ET", 0),
    ],
)
@pytest.mark.parametrize("command", ["call list --since", "session list --since", "load list --pickup-from"])
def test_what_names_no_zone_is_in_the_desk_s(
    desk: Path, monkeypatch: pytest.MonkeyPatch, command: str, zone: str, typed: str, found: int
) -> None:
    """Rows are in UTC, in whatever spelling: each is at 9:30 on 21 August."""
    execute(desk, "UPDATE loads SET pickup_datetime = '2020-01-01'", SEEN[command.rpartition(" ")[0]])
    monkeypatch.setenv("NEGOTIATOR_TZ", zone)
    assert len(data(*command.split(), typed)) == found


def test_a_load_that_is_added_is_picked_up_in_the_desk_s_zone(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And tomorrow is a day there."""
    monkeypatch.setenv("NEGOTIATOR_TZ", "America/Chicago")
    where = ["--origin", "Reno", "--destination", "Boise", "--equipment", "Van", "--rate", "900"]
    added = data("load", "add", "N1", *where, "--pickup", "12/1/2030 8:00 AM", "--delivery", "2030-12-02")
    times = added["pickup_datetime"], added["delivery_datetime"]
    assert times == ("2030-12-01T14:00:00.000000Z", "2030-12-02T06:00:00.000000Z")
    added = data("load", "add", "N2", *where, "--pickup", "tomorrow 8:00", "--delivery", "7d")
    pickup = datetime.fromisoformat(added["pickup_datetime"])
    assert pickup.hour in {13, 14}
    assert 0 < (pickup - datetime.now(UTC)).total_seconds() < 48 * 3600
