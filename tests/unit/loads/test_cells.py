"""What is given for the columns of a load."""

from datetime import UTC
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from negotiator.errors import BadInputError
from negotiator.loads.cells import Cells, parse_load, refuse_backwards, whole_rate
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
        ("load_id", "1001x0", "1001x0"),
        ("load_id", "1001-00", "1001-00"),
        ("load_id", "1x5E+10", "1x5E+10"),
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
        *[("weight", text) for text in ("38.000", "38.000 lbs", "1.234.567", "1.400,50", "100.000")],
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


@pytest.mark.parametrize(
    "value", ["38", "38.5", "38.50", "38.1234", "38.1230", "38.0000", "38,000", "38000.5 lbs"]
)
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
        ("origin", "x" * 1_001, "OR", "1,001 characters, more than 1,000"),
        ("origin", "Portland", "x" * 1_001, "1,001 characters, more than 1,000"),
    ],
)
def test_half_a_value_is_refused(column: str, first: object, second: object, message: str) -> None:
    """So is a half that is no value."""
    with pytest.raises(BadInputError) as caught:
        CELLS.pair_parsers[column](first, second)
    assert message in caught.value.message


UNITS = {
    "weight": "lb lbs lb. lbs. pound pounds #",
    "miles": "mi mi. mile miles",
    "num_of_pieces": (
        "pc pcs pc. pcs. piece pieces plt plts plt. plts. pallet pallets skid skids ctn ctns ctn. ctns."
        " carton cartons unit units"
    ),
}


@pytest.mark.parametrize("column", UNITS)
def test_a_number_may_have_the_units_of_its_column(column: str) -> None:
    """In any case, with blanks before it or none; no other, and no two."""
    for unit in UNITS[column].split():
        for text in (f"24{unit}", f"24 {unit}", f"24  {unit.upper()}"):
            assert CELLS.parsers[column](text) == 24, text
    others = " ".join(units for name, units in UNITS.items() if name != column).split()
    for unit in (*others, f"{UNITS[column].split()[0]} s", "x"):
        with pytest.raises(BadInputError, match="is not a number"):
            CELLS.parsers[column](f"24 {unit}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1000000000", 1e9),
        ("000000000000001", 1),
        ("1,000,000", 1e6),
        ("999,999", 999_999),
        ("1.5e2", 150),
        ("15E+1", 150),
        ("1500e-1", 150),
        ("0e999", 0),
        (f"2.{'0' * 39}1", 2),
        ("1000000000.5", None),
        ("0000000000000001", None),
        ("1,00", None),
        ("1000,000", None),
        (",000", None),
        ("1,000,00", None),
        ("0e1000", None),
        (f"2.{'0' * 40}1", None),
        ("2.", None),
        (".5", None),
        ("1e", None),
        ("-1", None),
        ("+1", None),
        ("١", None),
    ],
)
def test_a_number_is_written_with_commas_by_thousands_and_has_bounds(text: str, number: float | None) -> None:
    """From 0 to a thousand million, of so many digits as any program prints."""
    if number is None:
        with pytest.raises(BadInputError) as caught:
            CELLS.parsers["weight"](text)
        assert caught.value.hint == "give a number from 0 to 1,000,000,000, as in 42000 or 42,000 lbs"
    else:
        assert CELLS.parsers["weight"](text) == number


@pytest.mark.parametrize(
    ("column", "most"),
    [("origin", 1_000), ("commodity_type", 1_000), ("dimensions", 1_000), ("notes", 10_000)],
)
def test_a_text_has_a_limit(column: str, most: int) -> None:
    """Short of what a list could show."""
    assert CELLS.parsers[column]("x" * most) == "x" * most
    with pytest.raises(BadInputError, match=f"has {most + 1:,} characters, more than {most:,}"):
        CELLS.parsers[column]("x" * (most + 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\0b", "a NUL character"),
        ("\ud800", "not valid UTF-8"),
        ("a\udfff", "not valid UTF-8"),
        ("\ud7ff\ue000", None),
    ],
)
def test_a_text_is_what_the_file_can_keep(text: str, message: str | None) -> None:
    """SQLite ends a text at NUL, and half a character is none."""
    if message is None:
        assert CELLS.parsers["notes"](text) == text
    else:
        with pytest.raises(BadInputError, match=message):
            CELLS.parsers["notes"](text)


@pytest.mark.parametrize(
    ("column", "rate", "miles", "whole"),
    [
        ("loadboard_rate", "2.50/mi", 400.0, 1000.0),
        ("ceiling", "2.50/mi", 0.0, None),
        ("ceiling", "2.50/mi", None, None),
        ("ceiling", "2.50/mi", "", None),
        ("ceiling", 1000.0, None, 1000.0),
        ("ceiling", None, 400.0, None),
        ("ceiling", "", 400.0, ""),
    ],
)
def test_a_rate_for_each_mile_is_one_for_the_whole_load(
    column: str, rate: str | float | None, miles: object, whole: str | float | None
) -> None:
    """Where its miles are known; the column is named where they are not. Others are as they are."""
    if isinstance(rate, str) and rate and whole is None:
        with pytest.raises(BadInputError, match=f"^{column}: "):
            whole_rate(column, rate, miles)
    else:
        assert whole_rate(column, rate, miles) == whole


@pytest.mark.parametrize(
    ("pickup", "delivery", "is_refused"),
    [
        ("2026-12-02 08:00:00.000000", "2026-12-01 08:00:00.000000", True),
        ("2026-12-01 08:00:00.000000", "2026-12-01 08:00:00.000000", False),
        ("2026-12-01 08:00:00.000000", None, False),
        (None, "2026-12-01 08:00:00.000000", False),
        ("soon", "2026-12-01 08:00:00.000000", False),
        ("2026-12-01 08:00:00.000000", "", False),
        ("2026-12-01 08:00:00.000000", "0 days", False),
    ],
)
def test_a_delivery_before_the_pick_up_is_refused(
    pickup: str | None,
    delivery: str | None,
    is_refused: bool,  # noqa: FBT001 - a row
) -> None:
    """What is no time is before nothing."""
    if is_refused:
        with pytest.raises(BadInputError, match="delivery_datetime: it is before pickup_datetime") as caught:
            refuse_backwards(pickup, delivery, UTC)
        assert caught.value.hint == "check both dates"
    else:
        refuse_backwards(pickup, delivery, UTC)


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
    assert CELLS.pair_parsers["origin"]("Portland", 1) == "Portland, 1"
    with pytest.raises(BadInputError):
        CELLS.pair_parsers["origin"]("Portland", bool(1))


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
    assert parse_load(given)["status"] == "available"
    assert parse_load(given | {"status": "Booked"})["status"] == "booked"
    with pytest.raises(BadInputError, match="origin: 'TBD'"):
        parse_load(given | {"origin": "TBD"})
    for name in given:
        with pytest.raises(BadInputError, match=f"^{name}: it is missing") as caught:
            parse_load(given | {name: " "})
        assert caught.value.hint == "a load has to have one"
    with pytest.raises(BadInputError, match="below the posted rate of"):
        parse_load(given | {"ceiling": "899.99"})
    assert parse_load(given | {"ceiling": "900"})["ceiling"] == 900
