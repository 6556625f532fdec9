"""Numbers of carriers: one carrier, however its number is spelled."""

import pytest

from negotiator.errors import InvalidCarrierError
from negotiator.values.mc_number import carrier_from, carrier_number, usual_spelling
from tests.unit.values.spellings import CARRIERS


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        *(
            (text, "123456")
            for text in ("123456", "MC123456", "mc 123456", "MC-123456", "Mc #123456", "MC - 123456")
        ),
        *((text, "123456") for text in (" MC123456\n", "#123456", "-123456", "MC000123456", "00123456")),
        ("MC 102030", "102030"),
        ("USDOT 1020304", "DOT1020304"),
        ("1", "1"),
        ("12345678", "12345678"),
        ("MC000000000012345678", "12345678"),
        *(
            (text, "DOT1234567")
            for text in ("DOT1234567", "USDOT 1234567", "us dot #1234567", "US-DOT: 1234567")
        ),
        *((text, "DOT1234567") for text in ("dot-1234567", "USDOT0001234567", " DOT 1234567 ")),
        ("DOT123456789", "DOT123456789"),
    ],
)
def test_a_number_that_is_typed_is_its_digits(typed: str, digits: str) -> None:
    """Of an MC number up to eight, of a DOT number up to nine."""
    assert carrier_number(typed) == digits
    assert carrier_from(usual_spelling(digits)) == digits


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "MC", "0", "MC 000", "123456789", "MC 12 34", "MC12.5", "MC----1", "MX123456", "123456MC"),
        *("DOT", "DOT 0", "DOT 1234567890", "DOT ----1", "DOTT1", "UKDOT 1", "\uff11\uff12\uff13", "-0"),
    ],
)
def test_what_is_no_number_of_a_carrier_is_refused(typed: str) -> None:
    """With how to give one."""
    with pytest.raises(InvalidCarrierError) as refusal:
        carrier_number(typed)
    assert refusal.value.message == f"{typed!r} is not an MC number"
    assert refusal.value.hint == "give it as in MC123456 or 123456"


def test_a_long_text_that_is_no_number_is_quoted_by_its_beginning() -> None:
    """Forty characters."""
    with pytest.raises(InvalidCarrierError) as refusal:
        carrier_number("x" * 41)
    assert refusal.value.message == f"{'x' * 40!r} is not an MC number"


@pytest.mark.parametrize(
    ("cell", "carrier"),
    CARRIERS,
)
def test_a_number_in_a_file_is_told_from_others_by_what_is_no_noise(
    cell: object, carrier: str | None
) -> None:
    """MC, #, - and blanks do not count, nor zeros in front."""
    assert carrier_from(cell) == carrier


@pytest.mark.parametrize(("carrier", "spelled"), [("123456", "MC123456"), ("DOT1234567", "DOT1234567")])
def test_a_number_is_written_in_one_spelling(carrier: str, spelled: str) -> None:
    """As carriers have it on their papers."""
    assert usual_spelling(carrier) == spelled
