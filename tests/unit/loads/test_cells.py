"""What is given for the columns of a load."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from negotiator.errors import BadInputError
from negotiator.loads.cells import Cells, parse_load
from negotiator.records.records import NESTED

CELLS = Cells()
COMMAS, SEMICOLONS = Cells(delimiter=","), Cells(delimiter=";")


@pytest.mark.parametrize(
    ("column", "value", "stored"),
    [
        ("load_id", "00123", "00123"),
        ("load_id", '="00123"', "00123"),
        ("load_id", "1001.0", "1001"),
        ("load_id", "1001.00", "1001"),
        ("load_id", Decimal("1001.0"), "1001"),
        ("load_id", 1001, "1001"),
        ("load_id", "1001.5", "1001.5"),
        ("load_id", "v1.0", "v1.0"),
        ("load_id", "\xa0LD\xa07\u200b ", "LD 7"),
        ("load_id", "\ufeffLD7\u2060", "LD7"),
        ("origin", "Salt\xa0Lake\u202fCity, UT", "Salt Lake City, UT"),
        ("origin", "Nome, AK", "Nome, AK"),
        ("origin", 5, "5"),
        ("origin", "\u200b", None),
        ("notes", "None", "None"),
        ("notes", "a\xa0b", "a\xa0b"),
        ("notes", "", None),
        ("commodity_type", "NaN", "NaN"),
        ("weight", "38,500 lbs", 38500.0),
        ("weight", "38500LB", 38500.0),
        ("weight", "38,500 lbs.", 38500.0),
        ("weight", "38500 pounds", 38500.0),
        ("weight", "38500#", 38500.0),
        ("weight", "38.5", 38.5),
        ("weight", "10,002 lbs", 10002.0),
        ("weight", "100,000.05", 100000.05),
        ("weight", "1.05e3", 1050.0),
        ("miles", "1,000,900", 1000900.0),
        ("load_id", "1000.00", "1000"),
        ("weight", "38.000", 38.0),
        ("weight", Decimal("38500.5"), 38500.5),
        ("weight", 0, 0.0),
        ("weight", 1_000_000_000, 1e9),
        ("miles", "925 mi", 925.0),
        ("miles", "1,234.5 Miles", 1234.5),
        ("num_of_pieces", "24 pcs", 24),
        ("num_of_pieces", "24 Pallets", 24),
        ("num_of_pieces", Decimal("24.0"), 24),
        ("loadboard_rate", "$1,400.50", 1400.5),
        ("loadboard_rate", Decimal("2300.2999999999997"), 2300.3),
        ("loadboard_rate", "2300.2999999999997", 2300.3),
        ("status", " Booked", "booked"),
        ("status", None, None),
    ],
)
def test_a_value_is_stored_as_its_column_demands(column: str, value: object, stored: object) -> None:
    """Without blanks that nobody meant, characters that nobody sees, and units."""
    found = CELLS.parsers[column](value)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        *[
            (column, word, f"{word!r} stands for no value")
            for column in ("load_id", "origin", "destination", "equipment_type")
            for word in ("nan", "None", "TBD", "null", "N/A")
        ],
        ("load_id", "1.23457E+11", "was rounded by a spreadsheet"),
        ("load_id", "1.05E+10", "was rounded by a spreadsheet"),
        ("load_id", "0E+0", "was rounded by a spreadsheet"),
        ("load_id", Decimal("1001.5"), "1001.5 is not text"),
        ("load_id", True, "true is not text"),
        ("origin", Decimal("1.0"), "1.0 is not text"),
        ("origin", NESTED, "a list or an object"),
        ("weight", "38,500 kg", "'38,500 kg' is not a number"),
        ("weight", "925 mi", "is not a number"),
        ("weight", "nan", "'nan' is not a number"),
        ("weight", False, "false is not a number"),
        ("weight", 1_000_000_001, "is not from 0"),
        ("weight", -1, "-1 is not from 0"),
        ("miles", "925 km", "is not a number"),
        ("num_of_pieces", "24.5", "is not a whole number"),
        ("loadboard_rate", "TBD", "'TBD' is not an amount"),
        ("loadboard_rate", Decimal("12.345"), "12.345 is not an amount"),
        ("loadboard_rate", True, "true is not an amount"),
        ("status", "gone", "'gone' is not one of available, booked, completed"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused(column: str, value: object, message: str) -> None:
    """Quoted as it was given, with the form that is expected."""
    with pytest.raises(BadInputError) as caught:
        CELLS.parsers[column](value)
    assert message in caught.value.message
    assert caught.value.hint or value is NESTED


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *[("weight", text) for text in ("38.000", "38.000 lbs", "1.234.567", "1.400,50")],
        *[
            ("miles", "1.234"),
            ("num_of_pieces", "38.000"),
            ("loadboard_rate", "1.400"),
            ("loadboard_rate", "$1.400"),
        ],
    ],
)
def test_a_point_before_three_digits_is_unclear_where_commas_divide_cents(column: str, value: str) -> None:
    """That is in files with semicolons: 38.000 pounds are 38 thousand more likely than 38."""
    with pytest.raises(BadInputError, match="point between thousands"):
        SEMICOLONS.parsers[column](value)


@pytest.mark.parametrize("value", ["38", "38.5", "38.50", "38.1234", "38,000", "38000.5 lbs"])
def test_other_numbers_are_clear_there_too(value: str) -> None:
    """They are what they are elsewhere."""
    assert SEMICOLONS.parsers["weight"](value) == CELLS.parsers["weight"](value)


@pytest.mark.parametrize(
    ("column", "first", "second", "stored"),
    [
        ("origin", "Portland", "OR", "Portland, OR"),
        ("origin", "Portland, OR", "OR", "Portland, OR"),
        ("origin", "Portland or", "OR", "Portland or"),
        ("origin", "Portland,OR", "or", "Portland,OR"),
        ("origin", "Taylor", "OR", "Taylor, OR"),
        ("origin", "Portland", " ", "Portland"),
        ("origin", "Portland\xa0", "\u200bOR", "Portland, OR"),
        ("origin", None, None, None),
        ("pickup_datetime", "12/1/2026", "08:00", "2026-12-01 14:00:00.000000"),
        ("pickup_datetime", "12/1/2026", "", "2026-12-01 06:00:00.000000"),
        ("pickup_datetime", "12/1/2026", 800, "2026-12-01 14:00:00.000000"),
        ("pickup_datetime", "", "", None),
    ],
)
def test_a_value_may_stand_in_two_cells(
    column: str, first: object, second: object, stored: str | None
) -> None:
    """A city and its state, a day and a time of day; the second may be blank."""
    assert Cells(ZoneInfo("America/Chicago")).pair_parsers[column](first, second) == stored


@pytest.mark.parametrize(
    ("column", "first", "second", "message"),
    [
        ("origin", "", "OR", "'OR' stands alone"),
        ("pickup_datetime", None, "08:00", "'08:00' stands alone"),
        ("origin", "nan", "OR", "'nan' stands for no value"),
        ("origin", "Portland", "TBD", "'TBD' stands for no value"),
        ("origin", NESTED, "OR", "a list or an object"),
        ("origin", "Portland", NESTED, "a list or an object"),
        ("origin", "Portland", True, "true is not text"),
    ],
)
def test_half_a_value_is_refused(column: str, first: object, second: object, message: str) -> None:
    """So is a half that is no value."""
    with pytest.raises(BadInputError) as caught:
        CELLS.pair_parsers[column](first, second)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("cell", "stored"), [("'=1+1", "=1+1"), ("'-a", "-a"), ("'@a", "@a"), ("'a", "'a"), ("''=", "'=")]
)
def test_the_guard_of_a_cell_is_taken_off_in_csv(cell: str, stored: str) -> None:
    """In JSON it is a part of the text."""
    assert COMMAS.parsers["notes"](cell) == stored
    assert CELLS.parsers["notes"](cell) == cell


def test_what_is_remembered_of_equal_values_is_not_confused() -> None:
    """1, 1.0 and true are equal, and true is no number."""
    assert CELLS.parsers["weight"](1) == 1
    with pytest.raises(BadInputError):
        CELLS.parsers["weight"](bool(1))


def test_a_whole_load_is_read_in_a_zone() -> None:
    """As it is for the cells of a file."""
    given = {
        "load_id": "N1",
        "origin": "Reno",
        "destination": "Boise",
        "pickup_datetime": "12/1/2026 8:00 AM",
        "delivery_datetime": "12/1/2026",
        "equipment_type": "Van",
        "loadboard_rate": "900",
    }
    assert parse_load(given, ZoneInfo("America/Chicago"))["pickup_datetime"] == "2026-12-01 14:00:00.000000"
    with pytest.raises(BadInputError, match="origin: 'TBD'"):
        parse_load(given | {"origin": "TBD"})
