"""The middle of values, and the quarters of them."""

from decimal import Decimal

import pytest

from negotiator.reports.record import middle, quantile

D = Decimal


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("7", ("7.00", "7.00", "7.00")),
        ("10 20", ("12.50", "15.00", "17.50")),
        ("3 1 2", ("1.50", "2.00", "2.50")),
        ("1 2 3 4", ("1.75", "2.50", "3.25")),
        ("5 4 3 2 1", ("2.00", "3.00", "4.00")),
        ("2100 2120 2140 2160 2200 2300", ("2125.00", "2150.00", "2190.00")),
        ("0.01 0.02", ("0.01", "0.02", "0.02")),  # half a cent is rounded to the even one
        ("-10 10", ("-5.00", "0.00", "5.00")),
    ],
)
def test_a_quarter_of_the_way_is_between_two_values_in_proportion(
    values: str, expected: tuple[str, ...]
) -> None:
    """To the cent, in whatever order they come."""
    found = [quantile([D(value) for value in values.split()], quarter) for quarter in (1, 2, 3)]
    assert found == [D(value) for value in expected]
    assert [str(value) for value in found] == list(expected)


def test_a_middle_is_that_of_five_at_least() -> None:
    """To the step that is asked for."""
    values = [D(1), D(2), D("2.345678"), D(4), D(5)]
    assert middle(values[:4]) is None
    assert str(middle(values)) == "2.35"
    assert str(middle(values, D("0.0001"))) == "2.3457"
