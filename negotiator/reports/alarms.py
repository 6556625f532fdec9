"""Conditions on figures, such as ``booking_rate<0.3``: cron raises an alarm when one holds."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from negotiator.errors import ConditionHoldsError, InvalidConditionError
from negotiator.reports.figures import FIGURES
from negotiator.reports.report import Figure

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_CONDITION = re.compile(r"\s*([a-z0-9_]+)\s*(<=|>=|==|!=|<|>)\s*(-?\d{1,12}(?:\.\d{1,9})?)\s*", re.ASCII)


@dataclass(frozen=True)
class Condition:
    """A figure's key, an operator, and the number that the figure's value is compared with."""

    key: str
    sign: str
    number: float

    def holds(self, figures: Mapping[str, Figure]) -> bool:
        """Return whether it holds; of a figure without a value nothing does."""
        value = figures[self.key].value
        return value is not None and _OPERATORS[self.sign](value, self.number)


def parse_condition(text: str) -> Condition:
    """Return a condition. Raises InvalidConditionError for an unknown figure, operator or number."""
    match = _CONDITION.fullmatch(text)
    if match is None or match[1] not in {spec.key for spec in FIGURES}:
        raise InvalidConditionError(
            f"{text[:60]!r} is not a condition",
            "give a figure's key, one of < <= > >= == !=, and a number, as in 'booking_rate<0.3'",
        )
    return Condition(match[1], match[2], float(match[3]))


def require_none_holds(conditions: Iterable[Condition], figures: Mapping[str, Figure]) -> None:
    """Raise ConditionHoldsError, naming each condition that holds."""
    held = [condition for condition in conditions if condition.holds(figures)]
    if held:
        named = ", ".join(
            f"{c.key} is {figures[c.key].value:.6g} ({c.key}{c.sign}{c.number:g})" for c in held
        )
        raise ConditionHoldsError(f"the report asks for an alarm: {named}", "look at the report")
