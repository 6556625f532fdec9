"""What a rule can ask about a load and a call: each condition, how it is written, and when it holds."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from negotiator.errors import InvalidPolicyError
from negotiator.policy.subject import Subject
from negotiator.values import timestamps
from negotiator.values.cells import text_from
from negotiator.values.mc_number import carrier_from, carrier_number
from negotiator.values.money import from_file
from negotiator.values.places import Place, parse_place, place_from

_WORDS = re.compile(r"[^\W_]+")
_MOST_HOURS, _MOST_MILES = 8_760, 10_000  # a year; further than any road goes
_LAST_CARRIER = 99_999_999
_LONGEST = 200  # characters
_SECONDS_PER_HOUR = 3600

Words = tuple[str, ...]


class Found(dict[str, Any]):
    """What each condition compares with, worked out when the first rule asks for it; None is unknown."""

    def __init__(self, subject: Subject) -> None:
        """Know nothing yet."""
        super().__init__()
        self._subject = subject

    def __missing__(self, key: str) -> object:
        """Work it out."""
        value = self[key] = CONDITIONS[key].found(self._subject)
        return value


class Condition(NamedTuple):
    """One key of a rule.

    ``parse`` returns what is compared for what was written, and raises BadInputError. ``found`` returns the
    same of a subject, None when the file does not tell. ``includes`` says whether what a rule asks takes in
    what was found; and, of two rules, whether the one takes in all that the other does.
    """

    parse: Callable[[object], Any]
    found: Callable[[Subject], Any]
    includes: Callable[[Any, Any], bool]


def number_in(value: object) -> Decimal:
    """Return a number that stands in a document. Raises InvalidPolicyError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidPolicyError("it is not a number", "write it without quotes, as in 12.5")
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def line_in(value: object) -> str:
    """Return a text that stands in a document, is not blank, and fits a line. Raises InvalidPolicyError."""
    if not isinstance(value, str):
        raise InvalidPolicyError("it is not a text", "write it in quotes")
    if not value.strip() or not value.isprintable() or len(value) > _LONGEST:
        raise InvalidPolicyError("it is blank, too long, or has control characters", "write one line")
    return value


def _place(value: object) -> Place:
    return parse_place(line_in(value))


def _words(value: object) -> Words:
    words = words_of(line_in(value))
    if not words:
        raise InvalidPolicyError("it has no letter and no digit", "write words of a trailer's name")
    return words


def words_of(text: str) -> Words:
    """Return the words of a trailer's name, in lower case."""
    return tuple(_WORDS.findall(text.lower()))


def _carrier(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LAST_CARRIER:
        return str(value)
    return carrier_number(line_in(value))


def _from_to(lowest: int, highest: int) -> Callable[[object], Decimal]:
    def parse(value: object) -> Decimal:
        number = number_in(value)
        if not lowest <= number <= highest:  # nan is not, either
            raise InvalidPolicyError("it is out of range", f"allowed is {lowest} to {highest}")
        return number

    return parse


def _place_of(cell: object) -> Place | None:
    text = text_from(cell)
    return None if text is None else place_from(text)


def _miles(subject: Subject) -> Decimal | None:
    miles = from_file(subject.miles)
    return miles if miles is not None and miles > 0 else None


def _hours_to_pickup(subject: Subject) -> float | None:
    pickup = timestamps.parse_stored(subject.pickup)
    return None if pickup is None else (pickup - subject.now).total_seconds() / _SECONDS_PER_HOUR


def has_words(wanted: Words, found: Words) -> bool:
    """Return whether the words stand in what was found, one after the other."""
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


def _at_most(wanted: Decimal, found: Decimal) -> bool:
    return found <= wanted


def _at_least(wanted: Decimal, found: Decimal) -> bool:
    return found >= wanted


def _same(wanted: str, found: str) -> bool:
    return found == wanted


CONDITIONS = {
    "origin": Condition(_place, lambda subject: _place_of(subject.origin), Place.includes),
    "destination": Condition(_place, lambda subject: _place_of(subject.destination), Place.includes),
    "equipment": Condition(_words, lambda subject: words_of(text_from(subject.equipment) or ""), has_words),
    "carrier": Condition(_carrier, lambda subject: carrier_from(subject.carrier), _same),
    "hours_to_pickup": Condition(_from_to(0, _MOST_HOURS), _hours_to_pickup, _at_most),
    "min_miles": Condition(_from_to(1, _MOST_MILES), _miles, _at_least),
    "max_miles": Condition(_from_to(1, _MOST_MILES), _miles, _at_most),
}
"""By their keys, in the order in which a rule is written."""
