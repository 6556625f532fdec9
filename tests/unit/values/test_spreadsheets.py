"""What is done so that a spreadsheet takes a cell for what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator.values.spreadsheets import guarded, unguarded, without_formula


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2-3", "@SUM(A1)", "\t=1", "-", "+", "-a", "- see notes"),
        *("'=1+1", "''=1", "=", "+1-800-FLOWERS", "-1e", "+12 34", "--5", "-5-", "+%"),
        *(
            "-  5",
            "-5  %",
            "-1,23",
            "-12,3456",
            "-5.",
            "-5e",
            "-5.5.5",
            "+1 2",
            "+1234567\n",
            "+1 2" + "1" * 19,
        ),
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(cell: str) -> None:
    """And is itself again without the guard."""
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize(
    "cell",
    [
        *("", "Reno, NV", "LD001", "a=b", "'quoted'", "'", "2300", "=".replace("=", "")),
        *(
            "-5",
            "+5",
            "-2,300.50",
            "-0.5",
            "-.5",
            "-5%",
            "-15.4 %",
            "+4.8 %",
            "-$1,400.00",
            "+1e-05",
            "-1E+16",
            *("- 5", "- $5.00", "+$5", "-5e3", "-5 %", "-1,234", "-1234", "-1,234,567.8%"),
        ),
        *("+1 555 123 4567", "+1-555-123-4567", "+49 (30) 123456", "+1.555.123.4567", "+15551234567"),
    ],
)
def test_numbers_percentages_phone_numbers_and_texts_are_left_as_they_are(cell: str) -> None:
    """In both directions."""
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@given(st.text(st.sampled_from("'=+-@\t\r1a ")))
def test_a_guard_that_was_put_on_can_be_taken_off(cell: str) -> None:
    """Whatever is behind it; and nothing that is guarded begins like a formula."""
    assert unguarded(guarded(cell)) == cell or guarded(cell) == cell
    assert unguarded(guarded(guarded(cell))) == guarded(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="00123"', "00123"),
        ('=""', ""),
        ('="a ""b"""', 'a "b"'),
        ("=00123", "=00123"),
        ('"00123"', '"00123"'),
        ('="a"&"b', '="a"&"b'),
    ],
)
def test_a_formula_that_is_a_text_alone_is_that_text(cell: str, text: str) -> None:
    """Exports write the zeros of an ID so."""
    assert without_formula(cell) == text
