"""Why calls and sessions were lost."""

from pathlib import Path

import pytest

from negotiator.conversations.states import LossReason
from tests.conftest import contents, data, run


def test_a_report_is_cut_by_why_it_was_lost(desk: Path) -> None:
    """Calls by their own reason; negotiations by that of their session, else of their call."""
    session = data("negotiate", 1, 2300, "--new-session")["session_id"]
    run("negotiate", 3, 1200)
    assert data("session", "close", session, "--reason-lost", "price")["reason_lost"] == "price"
    assert (
        data("call", "end", 3, "--outcome", "rejected", "--reason-lost", "no-answer")["reason_lost"]
        == "no-answer"
    )
    assert data("call", "show", 3)["reason_lost"] == "no-answer"
    groups = {cut["group"]: cut["figures"] for cut in data("report", "--by", "reason")["groups"]}
    threads = {name: figures["unanswered_counters"]["denominator"] for name, figures in groups.items()}
    calls = {name: figures["calls"]["value"] for name, figures in groups.items()}
    assert {name: count for name, count in threads.items() if count} == {"price": 1, "no-answer": 1}
    assert {name: count for name, count in calls.items() if count} == {"none": 2, "no-answer": 1}


@pytest.mark.parametrize("reason", LossReason)
def test_every_reason_is_kept(desk: Path, reason: LossReason) -> None:
    """And a session that is opened again was not lost."""
    session = run("session", "start").stdout.strip()
    assert data("session", "close", session, "--reason-lost", reason)["reason_lost"] == reason
    assert data("session", "reopen", session)["reason_lost"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["call", "end", 1, "--outcome", "rejected", "--reason-lost", "weather"],
        ["call", "end", 1, "--outcome", "accepted", "--reason-lost", "price"],
        ["session", "close", "sess_12345", "--reason-lost", ""],
    ],
)
def test_bad_input_changes_nothing(desk: Path, arguments: list[object]) -> None:
    """Exit 2."""
    before = contents(desk)
    assert run(*arguments).exit_code == 2
    assert contents(desk) == before
