"""What headings mean, alone and together."""

import pytest

from negotiator.errors import InvalidLoadsError
from negotiator.loads.columns import COLUMNS, LOADS, Meaning, Part, meaning_of
from negotiator.loads.importing.plans import parse_mapping, plan_for


@pytest.mark.parametrize(
    ("headings", "taken"),
    [
        (["Load #", "Rate ($)"], [("load_id", 0, None), ("loadboard_rate", 1, None)]),
        (["Origin City", "Origin State"], [("origin", 0, 1)]),
        (["Dest ST", "Dest City"], [("destination", 1, 0)]),
        (["Origin", "Origin State"], [("origin", 0, 1)]),
        (["Origin City"], [("origin", 0, None)]),
        (["Pickup Date", "Pickup Time"], [("pickup_datetime", 0, 1)]),
        (["Pickup Window", "Pickup"], [("pickup_datetime", 1, 0)]),
        (["Delivery Time"], [("delivery_datetime", 0, None)]),
        (
            ["Shipper City", "Shipper State", "Consignee City", "Consignee State"],
            [("origin", 0, 1), ("destination", 2, 3)],
        ),
    ],
)
def test_headings_make_columns(headings: list[str], taken: list[tuple[str, int, int | None]]) -> None:
    """A column is in one cell, or in two."""
    plan = plan_for(headings, {})
    assert [(column, first, second) for column, _, first, second in plan.taken] == taken
    assert (plan.faults, plan.unknown) == ((), ())


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (["rate", "price"], "the columns 'rate' and 'price' both mean loadboard_rate"),
        (["rate", "rate"], "the columns 'rate' and 'rate' both mean loadboard_rate"),
        (["Origin", "Origin City"], "both mean origin"),
        (["Pickup", "Pickup Date"], "both mean pickup_datetime"),
        (["Origin State", "Pickup ST", "origin"], "both mean origin"),
        (["Origin State"], "'Origin State' is the state of origin, and no column has the city"),
    ],
)
def test_headings_that_do_not_fit_are_faults(headings: list[str], message: str) -> None:
    """They name the headings and the column, and the column counts as given."""
    plan = plan_for(headings, {})
    assert [message in fault.message for fault in plan.faults] == [True]
    assert len(plan.known) == 1


def test_a_message_calls_a_value_what_its_reader_calls_it() -> None:
    """And by its column, unless that is the same; a long heading is cut."""
    headings = ["load_id", " Rate ", "Origin City", "Origin State", "Max Buy" + " " * 40, "pickup" + "_" * 40]
    labels = [taken.label for taken in plan_for(headings, {}).taken]
    assert labels == [
        "load_id",
        "Origin City and Origin State (origin)",
        f"pickup{'_' * 34} (pickup_datetime)",
        "Rate (loadboard_rate)",
        "Max Buy (ceiling)",
    ]


def test_what_is_not_taken_is_named_by_its_kind() -> None:
    """Unknown headings, keys of a load that was shown, positions of blank headings."""
    plan = plan_for(["load_id", "weigth", "", "created_at", " ", "Assigned?"], {})
    assert (plan.unknown, plan.derived, plan.nameless) == (("weigth", "Assigned?"), ("created_at",), (2, 4))


def test_a_mapping_decides_what_a_heading_means() -> None:
    """Then no other heading means the same, and the case of the heading doesn't matter."""
    mapping = parse_mapping({" Ref #": "Load ID", "ST": "origin state", "reference": "notes"})
    plan = plan_for(["load", "REF # ", "Origin City", "st", "Origin State", "Reference"], mapping)
    assert {column: (first, second) for column, _, first, second in plan.taken} == {
        "load_id": (1, None),
        "origin": (2, 3),
        "notes": (5, None),
    }
    assert plan.unknown == ("load", "Origin State")


def test_a_mapping_to_what_is_no_column_is_refused() -> None:
    """With the columns there are."""
    with pytest.raises(InvalidLoadsError, match="'colour' is no column of a load") as caught:
        parse_mapping({"Ref": "colour"})
    assert ", ".join(COLUMNS) in caught.value.hint


def test_no_two_columns_have_a_spelling_in_common() -> None:
    """Each spelling is one that a heading can have."""
    parts = {
        "spellings": Part.WHOLE,
        "city": Part.CITY,
        "state": Part.STATE,
        "day": Part.DAY,
        "clock": Part.CLOCK,
    }
    for name, column in COLUMNS.items():
        assert meaning_of(name) == Meaning(name)
        for attribute, part in parts.items():
            for spelling in getattr(column, attribute).split():
                assert meaning_of(spelling) == Meaning(name, part)


def test_a_slip_has_a_heading_that_is_meant() -> None:
    """Nothing is, where none is near."""
    assert LOADS.similar("Weigth") == "weight"
    assert LOADS.similar("assigned") is None
