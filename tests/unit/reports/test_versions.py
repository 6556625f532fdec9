"""Versions of the policy beside each other, over threads made by hand: a posted rate of 1,000 has a ceiling of 1,100."""

import sqlite3
from contextlib import closing

import pytest

from negotiator.reports.versions import VersionResult, version_order, version_results


def results(*threads: tuple[object, ...]) -> list[VersionResult]:
    """Return the results of threads: version, agreed rate, and what stands for posted rate and state."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TEMP TABLE report_threads (grp, agreed, posted, state)")
        usual = (None, None, 1000.0, "accepted")
        rows = [(*thread, *usual[len(thread) :]) for thread in threads]
        db.executemany("INSERT INTO report_threads VALUES (?, ?, ?, ?)", rows)
        return list(version_results(db, {"ceiling_percent": 10.0, "within": 0.02}))


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (("1", 1050.0), (1, 1, 50.0)),
        (("1", 2100.0, 2000.0), (1, 1, 50.0)),
        (("1", 1150.0), (1, 1, -50.0)),
        (("1", None), (1, 0, 0.0)),
        (("1", 900.0, 1000.0, "open"), (1, 0, 0.0)),
        (("1", None, 1000.0, "transferred"), (1, 0, 0.0)),
        (("1", 1050.0, None), None),
        (("1", 1050.0, 0.0), None),
        (("1", 1050.0, -5.0), None),
        ((None, 1050.0), None),
    ],
)
def test_a_deal_leaves_what_is_below_todays_ceiling(
    thread: tuple[object, ...], expected: tuple[int, int, float] | None
) -> None:
    """At a posted rate of 1,000; without a deal nothing, and without a posted rate nobody knows."""
    found = [(one.threads, one.deals, one.left) for one in results(thread)]
    assert found == ([] if expected is None else [expected])


def test_a_difference_is_what_was_worked_out_by_hand() -> None:
    """10 and 30 beside 20 and 60: variances of 200 and 800, so that the difference of 20 has a deviation of 22.36."""
    latest, earlier = results(("2", 1090.0), ("2", 1070.0), ("10", 1080.0), ("10", 1040.0))
    assert latest == VersionResult("10", 2, 2, 40.0, 0.8, 79.2, None, None, None, None, None)
    # 2.8 deviations squared are 7.84; times 1,000, divided by 400.
    assert earlier == VersionResult("2", 2, 2, 20.0, 0.4, 39.6, -20.0, -63.83, 23.83, 20, 18)


def test_one_thread_has_no_interval_and_is_compared_with_nothing() -> None:
    """Whichever of the two versions has one."""
    latest, earlier = results(("1", 1090.0), ("1", 1070.0), ("2", 1050.0))
    assert latest == VersionResult("2", 1, 1, 50.0, *[None] * 7)
    assert earlier == VersionResult("1", 2, 2, 20.0, 0.4, 39.6, *[None] * 5)
    _, earlier = results(("1", 1090.0), ("2", 1050.0), ("2", 1060.0))
    assert earlier == VersionResult("1", 1, 1, 10.0, *[None] * 7)


def test_threads_that_are_enough_lack_none() -> None:
    """A large difference is seen at once."""
    rows = [("1", rate) for rate in (1090.0, 1088.0) * 5] + [("2", rate) for rate in (1050.0, 1048.0)]
    _, earlier = results(*rows)
    assert (earlier.threads, earlier.more, earlier.needed, earlier.missing) == (10, -40.0, 1, 0)


def test_what_does_not_differ_has_no_width_and_needs_no_number() -> None:
    """No number of threads shows a difference that is none."""
    latest, earlier = results(*[(version, 1050.0) for version in ("1", "2") for _ in range(3)])
    assert (latest.left_low, latest.left, latest.left_high) == (50.0, 50.0, 50.0)
    assert (earlier.more, earlier.more_low, earlier.more_high) == (0.0, 0.0, 0.0)
    assert (earlier.needed, earlier.missing) == (None, None)


def test_versions_come_by_number_and_what_has_none_last() -> None:
    """They are texts in the file."""
    found = results(*[(version, 1050.0) for version in ("9", "none", "10", "0")])
    assert [one.version for one in found] == ["10", "9", "0", "none"]
    assert [version_order(name) for name in (None, "", "none", "0", "12")] == [-1, -1, -1, 0, 12]
