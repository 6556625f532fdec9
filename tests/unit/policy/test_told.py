"""Why a rule holds or not, in figures as people read them."""

from datetime import UTC, datetime

import pytest

from negotiator.policy.inquiry import _why
from negotiator.policy.parsing import parse_document
from negotiator.policy.subject import Subject

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
SUBJECT = Subject("Reno, NV", "Boise, ID", "Dry Van", "2025-10-13 14:06:00", 1234.5, "MC 700700", NOW)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"hours_to_pickup": 24}, "hours_to_pickup is 1,010.1 (hours_to_pickup 24)"),
        ({"min_miles": 2000}, "min_miles is 1,234.50 (min_miles 2000)"),
        ({"max_miles": 1000}, "max_miles is 1,234.50 (max_miles 1000)"),
        ({"origin": "TX"}, "origin is Reno, NV (origin TX)"),
        ({"destination": "TX"}, "destination is Boise, ID (destination TX)"),
        ({"equipment": "reefer"}, "equipment is Dry Van (equipment reefer)"),
        ({"carrier": "700"}, "carrier is MC 700700 (carrier 700)"),
        # the first condition that isn't met, after all that the rule asks
        ({"origin": "NV", "min_miles": 2000}, "min_miles is 1,234.50 (origin NV, min_miles 2000)"),
    ],
)
def test_a_condition_that_is_not_met_is_told_with_what_the_file_says(
    rule: dict[str, object], told: str
) -> None:
    """Hours to a tenth, miles to a hundredth, all else as it is spelled."""
    document = parse_document({"rule": [rule | {"rounds": 2}]})
    assert list(_why(document.rules, SUBJECT)) == [f"rule 1 does not hold: {told}"]


@pytest.mark.parametrize(
    ("key", "value", "cells"),
    [
        ("hours_to_pickup", 24, {"pickup": "soon"}),
        ("min_miles", 1, {"miles": 0}),
        ("max_miles", 1, {"miles": None}),
        ("equipment", "van", {"equipment": " "}),
        ("origin", "TX", {"origin": None}),
        ("carrier", "1", {"carrier": None}),
    ],
)
def test_what_the_file_does_not_tell_meets_no_condition(
    key: str, value: object, cells: dict[str, object]
) -> None:
    """And is said to be not known."""
    document = parse_document({"rule": [{key: value, "rounds": 2}]})
    found = list(_why(document.rules, SUBJECT._replace(**cells)))  # type: ignore[arg-type]
    assert found == [f"rule 1 does not hold: {key} is not known ({key} {value})"]


def test_rules_after_the_one_that_holds_are_not_told() -> None:
    """They decide nothing."""
    rules = [{"origin": "TX", "rounds": 2}, {"origin": "NV", "rounds": 2}, {"destination": "ID", "rounds": 2}]
    assert list(_why(parse_document({"rule": rules}).rules, SUBJECT)) == [
        "rule 1 does not hold: origin is Reno, NV (origin TX)",
        "rule 2 holds: origin NV",
    ]
