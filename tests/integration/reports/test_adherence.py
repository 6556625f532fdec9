"""Whether ceilings were kept: in reports and in a check of the file."""

import json
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.output import contract
from tests.conftest import data, execute, run, select


@pytest.fixture
def kept(service: CallHandlingService, desk: Path) -> Path:
    """Give a file with a deal of the policy at 2200 of 2310, and one of Kim's at 1250 of 1210."""
    for ask in (2300, 2250, 2200, 2200):
        service.negotiate(1, ask)
    service.book_call(3, 1250, by="Kim Lee", reason="the only truck in town")
    return desk


ABOVE = (
    "Of 1 deal of the policy, none is above its recorded ceiling. 47.6% of the room between posted rate and"
)
KIM = "Of 1 deal that people made, 1 is above it."


def test_a_report_says_that_no_deal_of_the_policy_is_above_its_ceiling(kept: Path) -> None:
    """How much of the room was used, and which deals a person made above it."""
    report = data("report")
    figures = {key: figure["value"] for key, figure in report["figures"].items()}
    assert (figures["policy_above_ceiling"], figures["people_above_ceiling"]) == (0, 1)
    assert figures["room_used"] == pytest.approx(100 / 210, abs=1e-6)
    (deal,) = report["above_ceiling"]
    assert list(deal) == list(contract.ABOVE_CEILING)
    assert deal | {"time": None} == {
        "call_id": 3,
        "load_id": "L2",
        "agreed": 1250,
        "ceiling": 1210,
        "decided_by": "Kim Lee",
        "time": None,
        "reason": "the only truck in town",
    }
    for form in ("table", "md", "html"):
        text = " ".join(run("report", "-f", form).stdout.split())
        assert ABOVE in text
        assert KIM in text
        assert "Kim Lee" in text
        assert "the only truck in town" in text


def test_a_deal_of_the_policy_above_its_ceiling_is_listed_and_raises_an_alarm(kept: Path) -> None:
    """Another program has written what this one never would."""
    execute(
        kept, "UPDATE negotiations SET ceiling = 2199.99 WHERE system_response = 'accepted' AND call_id = 1"
    )
    report = run("report", "--json", "--fail-if", "policy_above_ceiling>0")
    assert report.exit_code == 10
    assert [deal["call_id"] for deal in json.loads(report.stdout)["above_ceiling"]] == [3, 1]
    assert "Of 1 deal of the policy, 1 is above its recorded ceiling." in run("report", "-f", "md").stdout
    execute(kept, "UPDATE negotiations SET ceiling = 2200 WHERE system_response = 'accepted' AND call_id = 1")
    assert data("report")["figures"]["policy_above_ceiling"]["value"] == 0


def test_what_a_new_ceiling_says_today_changes_nothing_of_the_past(kept: Path) -> None:
    """A deal is held against the ceiling of its own round."""
    before = data("report")
    run("policy", "set", "ceiling_percent=1")
    run("load", "set", "L1", "--ceiling", "2100")
    assert data("report") == before


def test_a_deal_without_a_recorded_ceiling_is_held_against_none(desk: Path) -> None:
    """Nobody knows what the ceiling was."""
    execute(
        desk,
        "INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, decided_by)"
        " VALUES (1, 1, 9000, 'accepted', 'policy')",
    )
    assert data("report")["above_ceiling"] == []
    assert data("report")["figures"]["policy_above_ceiling"]["denominator"] == 0
    assert "recorded ceiling" not in run("report").stdout


def test_only_the_latest_of_many_are_shown_to_a_person(service: CallHandlingService, desk: Path) -> None:
    """A program gets them all."""
    for number in range(30):
        call = 100 + number
        execute(
            desk,
            f"INSERT INTO loads SELECT 'M{number}', origin, destination, pickup_datetime, delivery_datetime,"
            " equipment_type, 100, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM loads LIMIT 1",
            f"INSERT INTO calls (id, load_id) VALUES ({call}, 'M{number}')",
        )
        service.book_call(call, 500, by="kim")
    assert len(data("report")["above_ceiling"]) == 30
    shown = run("report", "-f", "md").stdout
    assert "Of 30 deals that people made, 30 are above it. The latest 20 of 30:" in shown
    assert shown.count("| kim |") == 20


def test_a_check_says_that_no_answer_is_above_its_ceiling(kept: Path) -> None:
    """Neither an agreement nor a counter; those that are get named."""
    found = {item["check"]: item for item in data("check")}
    assert found["ceilings"]["result"] == "ok"
    assert (
        found["ceilings"]["detail"] == "4 answers of the policy, and none above the ceiling recorded with it"
    )
    execute(kept, "UPDATE negotiations SET ceiling = 2155 WHERE call_id = 1 AND round_number IN (3, 4)")
    found = {item["check"]: item for item in data("check")}
    ids = [number for (number,) in select(kept, "SELECT id FROM negotiations WHERE call_id = 1")][2:]
    assert (found["ceilings"]["result"], found["ceilings"]["ids"]) == ("note", ids)
    assert found["ceilings"]["detail"].startswith("2 of 4 answers of the policy are above the ceiling")


def test_how_often_carriers_go_silent_is_counted_by_counter(service: CallHandlingService, desk: Path) -> None:
    """Four rounds stop paying when more than a third go silent after the third counter."""
    execute(
        desk, "INSERT INTO calls (id, load_id) VALUES " + ", ".join(f"({n}, 'L1')" for n in range(10, 16))
    )
    for call, rounds in ((10, 1), (11, 2), (12, 3), (13, 3)):
        for ask in (2400, 2390, 2380)[:rounds]:
            service.negotiate(call, ask)
    for ask in (2400, 2390, 2380, 2370):  # handed over in the fourth round
        service.negotiate(14, ask)
    execute(  # another program answered after our third counter: that is not silence
        desk,
        "INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)"
        " VALUES (13, 4, 2370, 'Let me see.', '2025-09-01 13:00:00')",
    )
    figures = data("report")["figures"]
    silent = {
        n: (figures[f"silent_after_{n}"]["numerator"], figures[f"silent_after_{n}"]["denominator"])
        for n in (1, 2, 3)
    }
    assert silent == {1: (1, 5), 2: (1, 4), 3: (1, 3)}
