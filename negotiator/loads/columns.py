"""The fields of a load as people write them: what columns are called, and what values are taken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial

from negotiator.errors import BadInputError, InvalidLoadsError
from negotiator.loads.filters import LoadStatus
from negotiator.values import timestamps
from negotiator.values.money import parse_amount
from negotiator.values.text import NOTES_LIMIT

Stored = str | float | int
"""What the file holds for a value that isn't blank."""

_TEXT_LIMIT = 1_000  # characters: far above any city, and short of what a list could show
_LARGEST = 1_000_000_000
_SEEN = 10_000  # values of a column that are remembered: cities, rates and days repeat
_NUMBER = re.compile(r"(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,40})?(e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_AMERICAN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([AP])\.?M\.?)?)?",
    re.ASCII,
)
_NOON = 12


def _text(value: object, limit: int = _TEXT_LIMIT) -> str:
    """Return text of at most so many characters, which SQLite can keep."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # JSON that numbers its loads
    if not isinstance(value, str):
        raise InvalidLoadsError(f"{shown(value)} is not text")
    if len(value) > limit:
        raise InvalidLoadsError(f"the text has {len(value):,} characters, more than {limit:,}")
    if "\0" in value:
        raise InvalidLoadsError("the text holds a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidLoadsError("the text is not valid UTF-8")
    return value


def _amount(value: object) -> float:
    """Return US dollars as `parse_amount` takes them."""
    return float(parse_amount(value))  # type: ignore[arg-type] # what is no amount is refused there


def _number(value: object) -> float:
    """Return a number from 0 up; commas may stand between thousands."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidLoadsError(f"{shown(value)} is not a number, as in 42000 or 42,000.5")
    if not 0 <= value <= _LARGEST:  # nan is not, and a whole number of any length can be compared
        raise InvalidLoadsError(f"{shown(value)} is not from 0 to {_LARGEST:,}")
    return float(value)


def _whole(value: object) -> int:
    """Return a whole number from 0 up."""
    number = _number(value)
    if not number.is_integer():
        raise InvalidLoadsError(f"{shown(value)} is not a whole number")
    return int(number)


def _status(value: object) -> str:
    """Return a status, whatever its case."""
    try:
        return LoadStatus(str(value).lower()).value
    except ValueError:
        raise InvalidLoadsError(f"{shown(value)} is not one of {', '.join(LoadStatus)}") from None


def _stamp(value: object) -> str:
    """Return the spelling in which a moment is stored."""
    return timestamps.format_stored(parse_moment(value))


def parse_moment(value: object) -> datetime:
    """Return a moment that was written in ISO or in US form; what names no offset is UTC.

    ISO: ``2025-08-21``, ``2025-08-21 14:30``, ``2025-08-21T14:30:00Z``. US, month first: ``8/21/2025``,
    ``08/21/2025 8:00 AM``, ``8/21/25 14:30``. Raises InvalidLoadsError for anything else.
    """
    moment = timestamps.parse_stored(value) or (_american(value) if isinstance(value, str) else None)
    if moment is None:
        raise InvalidLoadsError(f"{shown(value)} is not a date, as in 2025-08-21 08:00 or 8/21/2025 8:00 AM")
    return moment


def _american(text: str) -> datetime | None:
    match = _AMERICAN.fullmatch(text.strip().upper())
    if not match:
        return None
    month, day, year, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if match[7]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if match[7] == "P" else 0)
    try:
        return datetime(
            year + 2000 if len(match[3]) < len("2025") else year, month, day, hour, minute, second, 0, UTC
        )
    except ValueError:
        return None


def parse_end(text: str) -> datetime:
    """Return the first moment after a date or a time: after the whole day, when no time is given.

    Raises InvalidLoadsError.
    """
    moment = parse_moment(text)
    step = timedelta(seconds=1) if ":" in text else timedelta(days=1)
    try:
        return moment + step
    except OverflowError:
        return moment


@dataclass(frozen=True)
class Field:
    """A column: how a value that isn't blank is taken, and what else people call it."""

    parse: Callable[[object], Stored]
    spellings: frozenset[str]
    required: bool = False


def _field(parse: Callable[[object], Stored], spellings: str, *, required: bool = False) -> Field:
    # Typed, because to a cache 1, 1.0 and true would be the same.
    return Field(lru_cache(_SEEN, typed=True)(parse), frozenset(spellings.split()), required)


FIELDS = {
    "load_id": _field(
        _text, "load loadnumber loadno loadnum reference referencenumber ref id", required=True
    ),
    "origin": _field(_text, "from origincity pickupcity pickuplocation shipfrom", required=True),
    "destination": _field(
        _text, "to dest destinationcity deliverycity deliverylocation dropoffcity shipto", required=True
    ),
    "pickup_datetime": _field(_stamp, "pickup pickupdate pickuptime", required=True),
    "delivery_datetime": _field(
        _stamp, "delivery deliverydate deliverytime dropoff dropoffdate", required=True
    ),
    "equipment_type": _field(_text, "equipment trailer trailertype", required=True),
    "loadboard_rate": _field(_amount, "rate postedrate postedprice price", required=True),
    "notes": _field(partial(_text, limit=NOTES_LIMIT), "note comment comments"),
    "weight": _field(_number, "weightlbs lbs pounds"),
    "commodity_type": _field(_text, "commodity"),
    "num_of_pieces": _field(_whole, "pieces numpieces numberofpieces piececount"),
    "miles": _field(_number, "distance distancemiles mileage"),
    "dimensions": _field(_text, "dimension dims"),
    "status": _field(_status, "loadstatus"),
}
"""The columns that a person gives, in the order of the table."""

_COLUMNS = {name.replace("_", ""): name for name in FIELDS} | {
    spelling: name for name, field in FIELDS.items() for spelling in field.spellings
}


def column_of(heading: str) -> str | None:
    """Return the column that a heading means, None for none. Its letters and digits count, in any case."""
    return _COLUMNS.get("".join(filter(str.isalnum, heading.lower())))


def parse_field(column: str, value: object) -> Stored | None:
    """Return what is stored for a value, None for a blank one. Raises BadInputError, saying why not."""
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    if isinstance(value, list | tuple | dict):
        raise InvalidLoadsError("the value is a list or an object, not text or a number")
    return FIELDS[column].parse(value)


def refuse_backwards(load: Mapping[str, Stored | None]) -> None:
    """Raise InvalidLoadsError for a delivery before the pick-up. What is stored sorts by time."""
    pickup, delivery = load.get("pickup_datetime"), load.get("delivery_datetime")
    if pickup and delivery and str(delivery) < str(pickup):
        raise InvalidLoadsError("delivery_datetime: it is before pickup_datetime")


def parse_load(given: Mapping[str, object]) -> dict[str, Stored | None]:
    """Return a whole new load, from values by column. Raises InvalidLoadsError, naming the column."""
    load: dict[str, Stored | None] = {}
    for column, field in FIELDS.items():
        try:
            load[column] = parse_field(column, given.get(column))
        except BadInputError as error:
            raise InvalidLoadsError(f"{column}: {error.message}", error.hint) from None
        if field.required and load[column] is None:
            raise InvalidLoadsError(f"{column}: it is missing", "a load has to have one")
    refuse_backwards(load)
    return load | {"status": load["status"] or LoadStatus.AVAILABLE.value}


def shown(value: object) -> str:
    """Return a value as a message quotes it."""
    return repr(value) if len(repr(value)) <= 40 else f"{repr(value)[:37]}..."  # noqa: PLR2004 - of one line
