"""What a request may hold, field by field: one description for what is checked and what is documented."""

from collections.abc import Mapping
from enum import StrEnum
from math import isfinite
from typing import NamedTuple, assert_never

from negotiator.values.cells import SURROGATE

_MOST_DIGITS = 40  # characters of a number that is sent as text
_ECHOED = 200  # characters of a text that a fault repeats


class Kind(StrEnum):
    """What a value is. Amounts and values of loads are numbers, or texts as people write them."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    NUMBER_OR_TEXT = "number or text"
    TIME = "time"


class Field(NamedTuple):
    """A field of a request or of an answer. Of an answer, each is there; ``nullable`` ones may be null."""

    kind: Kind
    required: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    default: object = None
    about: str = ""


Schema = Mapping[str, Field]
Fault = dict[str, object]
"""What is wrong with a value: its type, where it stands, a message, the value."""


class UnusableRequestError(Exception):
    """A request cannot be taken as it is; ``faults`` say why, all at once."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults."""
        super().__init__("the request cannot be taken")
        self.faults = faults


def fault(kind: str, where: tuple[str, ...], message: str, value: object = None) -> Fault:
    """Return a fault as the older program said it."""
    said: Fault = {"type": kind, "loc": list(where), "msg": message}
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63):
        said["input"] = value
    elif isinstance(value, str) and len(value) <= _ECHOED:
        said["input"] = SURROGATE.sub("\ufffd", value)
    return said


def read_fields(schema: Schema, given: Mapping[str, object], place: str) -> dict[str, object]:
    """Return the values of a schema's fields; what is not among them is left out.

    Raises UnusableRequestError with all that is wrong. ``place`` is ``body``, ``query`` or ``path``.
    """
    faults: list[Fault] = []
    values: dict[str, object] = {}
    for name, field in schema.items():
        value = given.get(name)
        if name not in given and field.required:
            faults.append(fault("missing", (place, name), "Field required"))
        elif value is None and not field.required and (field.nullable or name not in given):
            values[name] = field.default
        else:
            problem, values[name] = _read(field, value)
            if problem:
                faults.append(fault(*problem[:1], (place, name), problem[1], value))
    if faults:
        raise UnusableRequestError(faults)
    return values


_Problem = tuple[str, str] | None


def _read(field: Field, value: object) -> tuple[_Problem, object]:
    match field.kind:
        case Kind.TEXT | Kind.TIME:
            return _text(field, value)
        case Kind.NUMBER:
            return _in_range(field, _number(value), "number")
        case Kind.INTEGER:
            return _in_range(field, _integer(value), "integer")
        case Kind.FLAG:
            known = {"true": True, "false": False, 1: True, 0: False}
            found = known.get(value) if isinstance(value, str | int) else None
            return (None, found) if found is not None else (("bool_type", "Input should be a boolean"), None)
        case Kind.NUMBER_OR_TEXT:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return (None, value) if is_number else _text(field, value, "a number")
        case _:
            assert_never(field.kind)


def _text(field: Field, value: object, wanted: str = "a valid string") -> tuple[_Problem, object]:
    if not isinstance(value, str):
        return ("string_type", f"Input should be {wanted}"), None
    if SURROGATE.search(value) or "\0" in value:
        return ("string_unicode", "Input should be valid Unicode without NUL characters"), None
    if field.longest is not None and len(value) > field.longest:
        return ("string_too_long", f"String should have at most {field.longest} characters"), None
    if field.choices and value not in field.choices:
        listed = ", ".join(map(repr, field.choices[:-1]))
        return ("enum", f"Input should be {listed} or {field.choices[-1]!r}"), None
    return None, value


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > _MOST_DIGITS or "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        digits = value.removeprefix("-")
        is_whole = len(value) <= _MOST_DIGITS and digits.isascii() and digits.isdigit()
        return int(value) if is_whole else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _in_range(field: Field, number: float | None, kind: str) -> tuple[_Problem, object]:
    name = "int" if kind == "integer" else "float"
    if number is None:
        return (f"{name}_parsing", f"Input should be a valid {kind}"), None
    if field.least is not None and number < field.least:
        return ("greater_than_equal", f"Input should be greater than or equal to {field.least}"), None
    if field.most is not None and number > field.most:
        return ("less_than_equal", f"Input should be less than or equal to {field.most}"), None
    return None, number
