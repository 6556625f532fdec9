"""``report --by policy``: versions beside each other, how sure their difference is, and what is still needed."""

from decimal import Decimal
from pathlib import Path
from statistics import mean, stdev

import pytest

from negotiator.output import contract
from tests.conftest import data, execute, run


def add_threads(path: Path, version: int | None, agreed: list[int | None]) -> None:
    """Add a thread for each rate, on loads posted at 1000; None is a thread that was handed over."""
    first = 100 + len(data("call", "list", "--limit", 0))
    rows, calls = [], []
    for call, rate in enumerate(agreed, first):
        ask, response = (rate, "accepted") if rate else (1300, "transfer_to_human")
        calls.append(f"({call}, 'L2', 1, {rate or 'NULL'})")
        rows.append(f"({call}, 1, {ask}, '{response}', '2025-09-01 12:00:00', 1000, {version or 'NULL'})")
    execute(
        path,
        f"INSERT INTO calls (id, load_id, negotiation_rounds, final_rate_agreed) VALUES {', '.join(calls)}",
        "INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp, posted_rate,"
        f" policy_version) VALUES {', '.join(rows)}",
    )


@pytest.fixture
def two_versions(desk: Path) -> Path:
    """Give a file with threads of version 2, of version 10, and of none."""
    add_threads(desk, 2, [1050, 1060, 1070, None] * 5)
    add_threads(desk, 10, [1030, 1040, 1050, None] * 5)
    add_threads(desk, None, [1090])
    return desk


def test_versions_stand_beside_each_other_the_latest_first(two_versions: Path) -> None:
    """What they left below today's ceiling, with an interval, and more than the latest."""
    made = data("report", "--by", "policy")
    assert [cut["group"] for cut in made["groups"]] == ["10", "2", "none"]
    latest, earlier, none = made["versions"]
    assert all(tuple(one) == contract.VERSION_RESULT for one in made["versions"])
    values = [50.0, 40.0, 30.0, 0.0] * 5
    reach = 1.96 * stdev(values) / len(values) ** 0.5
    assert (earlier["version"], earlier["threads"], earlier["deals"]) == ("2", 20, 15)
    assert earlier["left"] == pytest.approx(mean(values))
    assert (earlier["left_low"], earlier["left_high"]) == pytest.approx(
        (mean(values) - reach, mean(values) + reach), abs=0.01
    )
    assert earlier["more"] == pytest.approx(-15)
    assert earlier["more_low"] < -15 < earlier["more_high"]
    assert (latest["more"], latest["needed"]) == (None, None)
    assert (none["threads"], none["left_low"], none["missing"]) == (1, None, None)
    assert two_versions.exists()


def test_a_small_difference_needs_many_threads(desk: Path) -> None:
    """A deviation of 39 and a difference of 2.2 ask for some 4,900 threads an arm."""
    spread = [1100 - 61 - 39, 1100 - 61 + 39]
    add_threads(desk, 1, [*spread * 40])
    add_threads(desk, 2, [round(rate - 2.2, 1) for rate in spread] * 40)  # type: ignore[arg-type] # to a dime
    earlier = data("report", "--by", "policy")["versions"][1]
    assert earlier["more"] == pytest.approx(-2.2)
    assert earlier["needed"] == pytest.approx(4_900, rel=0.03)
    assert earlier["missing"] == earlier["needed"] - 80


def test_one_yardstick_holds_for_versions_with_other_ceilings(two_versions: Path) -> None:
    """A version that paid up to more does not seem to have left more."""
    execute(two_versions, "UPDATE negotiations SET ceiling = 1300 WHERE policy_version = 2")
    assert data("report", "--by", "policy")["versions"][1]["left"] == 30
    run("policy", "set", "ceiling_percent=12")
    assert data("report", "--by", "policy")["versions"][1]["left"] == float(Decimal("0.75") * 20 + 30)


@pytest.mark.parametrize("form", ["table", "md"])
def test_a_person_reads_what_the_difference_is_worth(two_versions: Path, form: str) -> None:
    """Intervals, what is missing, and that other loads were met."""
    shown = run("report", "--by", "policy", "--format", form).stdout
    assert "Threads missing" in shown
    assert "(-" in shown.replace("\\", "")
    assert "a difference need not be theirs" in shown
    assert "versions" not in data("report", "--by", "lane")
    assert two_versions.exists()


def test_a_session_has_the_version_of_its_last_rounds(two_versions: Path) -> None:
    """A thread that began under one and ended under another counts for the latter."""
    execute(
        two_versions,
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp, posted_rate,
                                     policy_version, session_id) VALUES
             (1, 1, 1100, 'counter_offer_1010.00', '2025-09-01 13:00:00', 1000, 2, 'sess_abcde'),
             (1, 2, 1050, 'accepted', '2025-09-01 13:01:00', 1000, 10, 'sess_abcde')""",
    )
    assert [one["threads"] for one in data("report", "--by", "policy")["versions"]] == [21, 20, 1]


def test_one_thread_is_given_no_interval_and_compared_with_nothing(desk: Path) -> None:
    """Two are enough, on either side."""
    add_threads(desk, 1, [1050, 1060])
    add_threads(desk, 2, [1070])
    latest, earlier = data("report", "--by", "policy")["versions"]
    assert (latest["threads"], latest["left_low"], latest["left_high"]) == (1, None, None)
    assert earlier["left_low"] < earlier["left"] < earlier["left_high"]
    assert [earlier[key] for key in ("more", "more_low", "more_high", "needed", "missing")] == [None] * 5
    add_threads(desk, 2, [1080])
    latest, earlier = data("report", "--by", "policy")["versions"]
    assert latest["left_low"] < latest["left"] < latest["left_high"]
    assert earlier["more"] == pytest.approx(earlier["left"] - latest["left"], abs=0.011)
    low, high = earlier["more"] - earlier["more_low"], earlier["more_high"] - earlier["more"]
    assert low == pytest.approx(high, abs=0.011)
