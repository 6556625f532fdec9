"""Amounts: at the bounds, in the spellings of files, and as they are said."""

from decimal import Decimal
from typing import Any

import pytest

from negotiator.errors import InvalidAmountError
from negotiator.values.money import (
    dollars,
    dollars_and_per_mile,
    from_file,
    is_per_mile,
    parse_amount,
    rate_from_file,
    rate_in_text,
)
from tests.unit.values.spellings import AMOUNTS, RATES

HINT = "give US dollars above zero, at most 10,000,000 and 2 decimals, as in 2300, 2,300 or $2,300.50"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (10_000_000, "10000000"),
        (1, "1"),
        (10_000_000.004, "10000000"),
        (0.005, "0.01"),
        ("2300." + "0" * 35, "2300"),
        ("10,000.00k", "10000000"),
        ("2300.3000009", "2300.30"),
        ("2300.2999991", "2300.30"),
        (Decimal("2300.3000009"), "2300.30"),
        (Decimal("2300.2999991"), "2300.30"),
        (Decimal("0.01"), "0.01"),
        ("2300USD", "2300"),
        ("$  2300", "2300"),
        ("2.3 k usd", "2300"),
    ],
)
def test_an_amount_at_a_bound_is_one(value: str | float | Decimal, amount: str) -> None:
    """Of its size, its length, and of what floats add to it."""
    assert parse_amount(value) == Decimal(amount)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (10_000_001, "10000001"),
        (-1, "-1"),
        (10_000_000.006, "10000000.006"),
        ("2300." + "0" * 36, f"'2300.{'0' * 36}'"),
        ("2300.300001", "'2300.300001'"),
        ("2300.299999", "'2300.299999'"),
        (Decimal("2300.300001"), "2300.300001"),
        (Decimal("2300.299999"), "2300.299999"),
        (Decimal("1e30"), "1E+30"),
        (Decimal("sNaN"), "sNaN"),
        ("USD USD 5", "'USD USD 5'"),
        ("5 USD USD", "'5 USD USD'"),
        ("1,23,456", "'1,23,456'"),
        ("1234,567", "'1234,567'"),
        ("5/mike", "'5/mike'"),
        ("5 permi", "'5 permi'"),
    ],
)
def test_what_is_past_a_bound_is_no_amount(value: str | float | Decimal, said: str) -> None:
    """The message says what was given and what an amount is."""
    with pytest.raises(InvalidAmountError) as refusal:
        parse_amount(value)
    assert (refusal.value.message, refusal.value.hint) == (f"{said} is not an amount", HINT)


@pytest.mark.parametrize(
    ("value", "said"), [(None, "null"), (b"5", "b'5'"), ([5], "[5]"), (True, "true"), (5j, "5j")]
)
def test_what_is_no_number_is_no_amount(value: Any, said: str) -> None:  # noqa: ANN401 - what a program may pass
    """Whatever a program passes."""
    with pytest.raises(InvalidAmountError) as refusal:
        parse_amount(value)
    assert refusal.value.message == f"{said} is not an amount"


def test_a_number_of_thousands_of_digits_is_refused_without_them() -> None:
    """A message is a line."""
    with pytest.raises(InvalidAmountError, match=r"^this value is not an amount$"):
        parse_amount(10**5000)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *(
            (text, True)
            for text in ("2.35/mi", "2.35 / mi", "2.35 PER MILE", "$2 per mi.", " 2/mile ", "2 USD/mi")
        ),
        *((text, False) for text in ("2.35", "2.35 mi", "2.35/miles", "per mile", "2.35permi", "")),
        ("2." + "0" * 35 + "/mi", True),
        ("2." + "0" * 36 + "/mi", False),
    ],
)
def test_an_amount_for_each_mile_says_so(text: str, is_one: object) -> None:
    """In forty characters at most."""
    assert is_per_mile(text) is is_one


@pytest.mark.parametrize(
    ("stored", "amount"),
    AMOUNTS,
)
def test_a_number_in_a_file_is_dollars_to_the_nearest_cent(stored: object, amount: str | None) -> None:
    """Half a cent up; commas stand between thousands, or it is no number."""
    assert from_file(stored) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("stored", "rate"),
    RATES,
)
def test_a_rate_is_a_cent_to_ten_million(stored: object, rate: str | None) -> None:
    """Whatever type it was stored as."""
    expected = None if rate is None else Decimal(rate)
    assert rate_from_file(stored) == expected
    if isinstance(stored, str):
        assert rate_in_text(stored) == expected


def test_a_rate_within_a_text_has_no_blanks_around_it() -> None:
    """They belong to the text."""
    assert [rate_in_text(text) for text in ("5", " 5", "5 ", "x")] == [Decimal(5), None, None, None]


@pytest.mark.parametrize(
    ("amount", "said"),
    [("2135", "$2,135.00"), ("0.5", "$0.50"), ("1234567.891", "$1,234,567.89"), ("-700", "$-700.00")],
)
def test_dollars_are_said_with_commas_and_cents(amount: str, said: str) -> None:
    """As people write them."""
    assert dollars(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("miles", "said"),
    [
        (1000, "$2,345.00 ($2.35/mi)"),
        ("1,000", "$2,345.00 ($2.35/mi)"),
        (925.4, "$2,345.00 ($2.53/mi)"),
        (0.01, "$2,345.00 ($234,500.00/mi)"),
        *((miles, "$2,345.00") for miles in (0, 0.001, -5, None, "far", float("inf"), b"9")),
    ],
)
def test_what_an_amount_is_for_each_mile_is_said_where_the_miles_are_known(miles: object, said: str) -> None:
    """To the nearest cent, half a cent up."""
    assert dollars_and_per_mile(Decimal(2345), miles) == said
