"""Amounts and timestamps: what is read, what is refused."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator.errors import InvalidAmountError, InvalidTimeError
from negotiator.values import timestamps
from negotiator.values.cells import finite_number
from negotiator.values.money import MAXIMUM, dollars, from_file, is_per_mile, parse_amount

BAD_AMOUNTS = [
    *(
        "",
        " ",
        "-5",
        "0",
        "0.00",
        "-0",
        "+5",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "Infinity",
        "1e400",
        "1e3",
        "12.345",
    ),
    *(
        "abc",
        "２０００",
        "2_000",
        "2,30",
        "2,3000",
        ",300",
        "2 300",
        "$",
        "5$",
        "0x1F",
        "k",
        "2.3kk",
        "2.3456789k",
        "10001k",
        "2300 EUR",
        "2300 US",
        "USD",
        "2.35/mi",
        "2.35 per mile",
    ),
    *("10000000.01", "99999999999999999999999999", "12.", ".5", "1,000,00", "1\0", "٣"),
]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("2300", "2300"),
        ("2,300", "2300"),
        ("$2,300.50", "2300.50"),
        ("$7", "7"),
        ("0.01", "0.01"),
        ("1,234,567.8", "1234567.80"),
        ("10000000", "10000000"),
        (" 2300\n", "2300"),
        (" $ 1,400.00 ", "1400"),
        ("1400.0000", "1400"),
        ("2.3k", "2300"),
        ("$2.35K", "2350"),
        ("10,000 k", "10000000"),
        ("2300 USD", "2300"),
        ("usd 2,300.50", "2300.50"),
        ("USD $2.3k", "2300"),
        ("2300.2999999999997", "2300.30"),
        (2300, "2300"),
        (2300.1, "2300.10"),
        (2300.005, "2300.01"),
        (Decimal("2300.10"), "2300.10"),
        (Decimal("2300.100"), "2300.10"),
    ],
)
def test_amounts_are_exact_to_the_cent(typed: str | float | Decimal, amount: str) -> None:
    """Text as people type it, numbers as programs pass them."""
    assert parse_amount(typed) == Decimal(amount)


@pytest.mark.parametrize("bad", BAD_AMOUNTS)
def test_text_that_is_no_amount_is_refused(bad: str) -> None:
    """ASCII digits, commas between thousands, at most two decimals, above zero, at most ten million."""
    with pytest.raises(InvalidAmountError):
        parse_amount(bad)


@pytest.mark.parametrize(
    "bad",
    [float("nan"), float("inf"), -1.0, 0.0, 0.004, 1e300, 0, -3, True, Decimal("12.345"), Decimal("NaN")],
)
def test_numbers_that_are_no_amount_are_refused(bad: float | Decimal) -> None:
    """A program's slip is refused as a person's is."""
    with pytest.raises(InvalidAmountError):
        parse_amount(bad)


@pytest.mark.parametrize(
    ("typed", "miles", "amount"),
    [
        ("$1.95/mi", 925, "1803.75"),
        ("1.95 / mile", 925.0, "1803.75"),
        ("2.35 per mile", 100, "235"),
        ("$2.355/mi.", 333.3, "784.92"),
        ("2 USD/MI", 10, "20"),
        ("2300", 10, "2300"),
    ],
)
def test_an_amount_for_each_mile_is_one_where_the_miles_are_known(
    typed: str, miles: float, amount: str
) -> None:
    """To the nearest cent of the whole; an amount for the load stays what it is."""
    assert parse_amount(typed, miles=miles) == Decimal(amount)
    assert is_per_mile(typed) == (typed != "2300")


@pytest.mark.parametrize(
    ("typed", "miles"), [("2.35/mi", 0), ("2.35/mi", 1e9), ("2.35/km", 10), ("2.35/mi/mi", 10)]
)
def test_an_amount_for_each_mile_has_the_bounds_of_any_amount(typed: str, miles: float) -> None:
    """Of the whole load."""
    with pytest.raises(InvalidAmountError, match="is not an amount"):
        parse_amount(typed, miles=miles)


def test_an_amount_for_each_mile_without_miles_is_refused_by_name() -> None:
    """The hint says what would help."""
    with pytest.raises(InvalidAmountError, match=r"'2.35/mi' is an amount for each mile") as caught:
        parse_amount("2.35/mi")
    assert "give the miles" in caught.value.hint


@given(st.decimals(min_value="0.01", max_value=MAXIMUM, places=2))
def test_an_amount_survives_being_said_and_being_stored(amount: Decimal) -> None:
    """What is printed can be typed again; what is stored as REAL comes back the same."""
    assert parse_amount(dollars(amount)) == amount
    assert from_file(float(amount)) == amount


@pytest.mark.parametrize("value", [None, "abc", b"12", float("inf"), float("nan"), 1e300])
def test_what_is_no_amount_in_a_file_is_unknown(value: object) -> None:
    """SQLite keeps anything in a REAL column."""
    assert from_file(value) is None


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("2025-08-20 10:35:00", "2025-08-20T10:35:00.000000Z"),
        ("2025-08-20 10:35:00.816364", "2025-08-20T10:35:00.816364Z"),
        ("2025-08-20T10:35:00", "2025-08-20T10:35:00.000000Z"),
        ("2025-08-20T10:35:00Z", "2025-08-20T10:35:00.000000Z"),
        ("2025-08-20 12:35:00+02:00", "2025-08-20T10:35:00.000000Z"),
        ("2025-08-20T05:35:00.5-05:00", "2025-08-20T10:35:00.500000Z"),
        ("2025-08-20t10:35:00z", "2025-08-20T10:35:00.000000Z"),
        ("2025-08-20 10:35:00 UTC", "2025-08-20T10:35:00.000000Z"),
        (" 2025-08-20 9:35:00 ", "2025-08-20T09:35:00.000000Z"),
    ],
)
def test_every_spelling_of_a_time_is_read(stored: str, shown: str) -> None:
    """Old rows lack the fraction; other programs write T, Z and offsets."""
    moment = timestamps.parse_stored(stored)
    assert moment
    assert timestamps.format_iso(moment) == shown


@pytest.mark.parametrize("stored", [None, "", "yesterday", 1755686100, b"2025", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_unknown(stored: object) -> None:
    """No guess, no error."""
    assert timestamps.parse_stored(stored) is None


def test_one_spelling_is_written() -> None:
    """With the fraction, even when it is zero, so that text order is time order."""
    assert timestamps.format_stored(datetime(2025, 8, 20, 10, 35, tzinfo=UTC)) == "2025-08-20 10:35:00.000000"


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_again(moment: datetime) -> None:
    """For every time there is."""
    assert timestamps.parse_stored(timestamps.format_stored(moment)) == moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("7d", 604_800),
        ("1w", 604_800),
        ("999999s", 999_999),
    ],
)
def test_a_length_of_time_has_a_unit(text: str, seconds: int) -> None:
    """From seconds to weeks."""
    assert timestamps.parse_length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "d",
        "7 d",
        "7y",
        "7D",
        "-7d",
        "1.5h",
        "0m",
        "1000000s",
        "\uff17d",
        "7d ",
        " 7d",
        "7dd",
        "7d\n",
    ],
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    """No length at all is none either, and a number may have six digits."""
    with pytest.raises(InvalidTimeError, match="is not a length of time"):
        timestamps.parse_length(text)


def test_a_long_text_is_quoted_by_its_beginning() -> None:
    """Forty characters tell what was meant."""
    with pytest.raises(InvalidTimeError) as refusal:
        timestamps.parse_length("x" * 41)
    assert refusal.value.message == f"{'x' * 40!r} is not a length of time"


def test_a_moment_of_another_zone_is_said_in_utc() -> None:
    """In the file, in JSON and in sentences."""
    moment = datetime(2025, 8, 20, 1, 30, 5, 7, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))
    assert timestamps.format_stored(moment) == "2025-08-20 07:00:05.000007"
    assert timestamps.format_iso(moment) == "2025-08-20T07:00:05.000007Z"
    assert timestamps.format_second(moment) == "2025-08-20T07:00:05Z"


@pytest.mark.parametrize(
    "stored",
    [
        "0001-01-01 00:00:00+01:00",  # before the first day of the calendar
        "9999-12-31 23:59:59-01:00",
        "\uff12025-08-20 10:00:00",
        "2025-08-20 10:00:00.00000\u0660",  # as long as ours, with a digit of another script
        "2025-08-20 10:00:00+15:00",
        "2025-08-20 10:00:00+05:60",
    ],
)
def test_a_time_beyond_the_calendar_or_in_other_digits_is_unknown(stored: str) -> None:
    """SQLite reads none of them either."""
    assert timestamps.parse_stored(stored) is None


def test_the_largest_offset_is_short_of_fifteen_hours() -> None:
    """As SQLite has it."""
    assert timestamps.parse_stored("2025-08-20 10:00+14:59") == datetime(2025, 8, 19, 19, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (925, 925),
        (925.5, 925.5),
        (0, 0),
        (float("inf"), None),
        (float("-inf"), None),
        (float("nan"), None),
        ("925", None),
        (b"9", None),
        (None, None),
    ],
)
def test_a_number_that_json_has_no_form_for_is_none(value: object, number: float | None) -> None:
    """SQLite holds infinite ones."""
    assert finite_number(value) == number
