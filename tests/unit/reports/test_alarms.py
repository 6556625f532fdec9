"""Conditions on figures: what they are, and when they hold."""

import pytest

from negotiator.errors import ConditionHoldsError, InvalidConditionError
from negotiator.reports.alarms import Condition, parse_condition, require_none_holds
from negotiator.reports.report import Figure


def figures(**values: float | None) -> dict[str, Figure]:
    """Return figures with these values."""
    return {key: Figure(key, key, "count", "", value, value, 1) for key, value in values.items()}


@pytest.mark.parametrize(
    ("sign", "held"),
    [
        ("<", (False, False, True)),
        ("<=", (False, True, True)),
        (">", (True, False, False)),
        (">=", (True, True, False)),
        ("==", (False, True, False)),
        ("!=", (True, False, True)),
    ],
)
def test_a_condition_holds_below_at_or_above_a_number(sign: str, held: tuple[bool, ...]) -> None:
    """2 beside 1, 2 and 3; of a figure without a value nothing holds."""
    conditions = [Condition("calls", sign, number) for number in (1.0, 2.0, 3.0)]
    assert tuple(condition.holds(figures(calls=2)) for condition in conditions) == held
    assert not any(condition.holds(figures(calls=None)) for condition in conditions)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("calls<1", Condition("calls", "<", 1)),
        (" calls >= 12.5 ", Condition("calls", ">=", 12.5)),
        ("silent_after_1!=-3", Condition("silent_after_1", "!=", -3)),
        ("calls==999999999999", Condition("calls", "==", 999_999_999_999)),
        ("calls<=0.000000001", Condition("calls", "<=", 1e-9)),
        *[
            (text, None)
            for text in (
                *("", "calls", "calls<", "<1", "calls=1", "calls<1 2", "calls<>1", "nobody<1", "CALLS<1"),
                *(
                    "calls<1000000000000",
                    "calls<0.0000000001",
                    "calls<.5",
                    "calls<1.",
                    "calls<+1",
                    "calls<1e3",
                ),
            )
        ],
    ],
)
def test_a_condition_is_a_figure_a_sign_and_a_number(text: str, condition: Condition | None) -> None:
    """Blanks do not count."""
    if condition is not None:
        assert parse_condition(text) == condition
        return
    with pytest.raises(InvalidConditionError) as caught:
        parse_condition(text)
    assert caught.value.message == f"{text!r} is not a condition"
    assert "one of < <= > >= == !=" in caught.value.hint


def test_a_long_text_is_cut_in_the_message() -> None:
    """To what fits a line."""
    with pytest.raises(InvalidConditionError) as caught:
        parse_condition("x" * 99)
    assert caught.value.message == f"{'x' * 60!r} is not a condition"


def test_all_that_hold_are_named_with_the_value() -> None:
    """And none of the others."""
    held = [Condition("a", ">", 0.1), Condition("b", "<", 0), Condition("c", "==", 12_345)]
    found = figures(a=0.12345678, b=1, c=12_345)
    with pytest.raises(ConditionHoldsError) as caught:
        require_none_holds(held, found)
    assert caught.value.message == (
        "the report asks for an alarm: a is 0.123457 (a>0.1), c is 12345 (c==12345)"
    )
    require_none_holds(held[1:2], found)
    require_none_holds([], found)
