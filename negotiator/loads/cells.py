"""What is given for the columns of a load, in a file or one by one, as the table keeps it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache, partial

from negotiator.errors import BadInputError, InvalidAmountError, InvalidLoadsError
from negotiator.loads.ceilings import refuse_low_ceiling
from negotiator.loads.columns import COLUMNS, FREE_TEXTS, IN_TWO_CELLS, RATES
from negotiator.loads.filters import LoadStatus
from negotiator.records.records import Nested
from negotiator.records.tidying import stands_for_nothing, tidy_text
from negotiator.values.money import is_per_mile, parse_amount
from negotiator.values.spreadsheets import unguarded
from negotiator.values.text import NOTES_LIMIT, quoted
from negotiator.values.timestamps import format_stored, parse_stored

Stored = str | float | int
"""What the table holds for a value that isn't blank."""
Parser = Callable[[object], Stored | None]
PairParser = Callable[[object, object], Stored | None]

_TEXT_LIMIT = 1_000  # characters: far above any city, and short of what a list could show
_LARGEST = 1_000_000_000
_SEEN = 10_000  # values of a column that are remembered: cities, rates and days repeat
_NUMBER = r"((?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,40})?(?:e[-+]?\d{1,3})?)"
_POUNDS = re.compile(rf"{_NUMBER}(?: *(?:lbs?\.?|pounds?|#))?", re.ASCII | re.IGNORECASE)
_MILES = re.compile(rf"{_NUMBER}(?: *(?:mi\.?|miles?))?", re.ASCII | re.IGNORECASE)
_PIECES = re.compile(
    rf"{_NUMBER}(?: *(?:pcs?\.?|pieces?|plts?\.?|pallets?|skids?|ctns?\.?|cartons?|units?))?",
    re.ASCII | re.IGNORECASE,
)
_POINTS_BY_THOUSANDS = re.compile(r"\$? ?\d{1,3}(\.\d{3})+(?!\d)", re.ASCII)
_WHOLE_AS_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_ROUNDED_BY_A_SPREADSHEET = re.compile(r"\d(\.\d+)?E\+\d+", re.ASCII)


class Cells:
    """Reads what is given for a column, and remembers it: the values of a file repeat.

    ``parsers`` give the value to store for a cell of a column, ``pair_parsers`` for one in two cells: a city
    and its state, or a day and a time of day. They give None for a blank, and raise BadInputError.

    Times that name no zone are local in ``zone``, None is the machine's own. ``delimiter`` is that of the CSV
    file that the cells are from, None for all else.
    """

    def __init__(self, zone: tzinfo | None = UTC, delimiter: str | None = None) -> None:
        """Begin with nothing read."""
        self.zone = zone
        self._is_csv = delimiter is not None
        self._points_are_unclear = delimiter == ";"  # where a comma divides dollars from cents
        self._kinds: dict[str, Callable[[object], Stored]] = {
            "load_id": _identifier,
            **dict.fromkeys(("origin", "destination", "equipment_type"), _name),
            **dict.fromkeys(("pickup_datetime", "delivery_datetime"), self._moment),
            **dict.fromkeys(RATES, self._amount),
            "notes": partial(_text, limit=NOTES_LIMIT),
            "weight": partial(self._number, _POUNDS, "42000 or 42,000 lbs"),
            "commodity_type": _text,
            "num_of_pieces": self._pieces,
            "miles": partial(self._number, _MILES, "925 or 925 mi"),
            "dimensions": _text,
            "status": _status,
        }
        # Typed, because 1, 1.0 and true are equal. IDs differ, so that to remember them would save nothing.
        self.parsers: dict[str, Parser] = {
            column: lru_cache(_SEEN, typed=True)(partial(self._parse, column)) for column in self._kinds
        } | {"load_id": partial(self._parse, "load_id")}
        self.pair_parsers: dict[str, PairParser] = {
            column: lru_cache(_SEEN, typed=True)(partial(self._parse_pair, column)) for column in IN_TWO_CELLS
        }

    def _parse(self, column: str, value: object) -> Stored | None:
        value = self._tidy(column, value)
        return None if value is None or value == "" else self._kinds[column](value)

    def _parse_pair(self, column: str, first: object, second: object) -> Stored | None:
        halves = [self._tidy(column, value) for value in (first, second)]
        whole, half = ("" if value is None else _text(value) for value in halves)
        if not half:
            return self._parse(column, first)
        if not whole:
            raise InvalidLoadsError(f"{quoted(half)} stands alone", "give the other half of it, or neither")
        if column in {"origin", "destination"}:
            return _city_and_state(whole, half)
        from negotiator.loads.moments import parse_day_and_clock  # noqa: PLC0415 - who gives no time needs none of it

        return format_stored(parse_day_and_clock(whole, half, self.zone))

    def _tidy(self, column: str, value: object) -> object:
        if isinstance(value, Nested):
            raise InvalidLoadsError("the value is a list or an object, not text or a number")
        if not isinstance(value, str):
            return value
        text = unguarded(value) if self._is_csv else value
        return text.strip() if column in FREE_TEXTS else tidy_text(text)

    def _moment(self, value: object) -> str:
        """Return the spelling in which a moment is stored."""
        from negotiator.loads.moments import parse_moment  # noqa: PLC0415 - as above

        return format_stored(value if isinstance(value, datetime) else parse_moment(value, self.zone))

    def _amount(self, value: object) -> float | str:
        """Return US dollars as `parse_amount` takes them; a rate for each mile as it is, for `whole_rate`."""
        self._refuse_unclear_points(value)
        if isinstance(value, str) and is_per_mile(value):
            return value
        return float(parse_amount(value))  # type: ignore[arg-type] # what is no amount is refused there

    def _number(self, form: re.Pattern[str], example: str, value: object) -> float:
        """Return a number from 0 up; commas may stand between thousands, and its unit after it."""
        self._refuse_unclear_points(value)
        hint = f"give a number from 0 to {_LARGEST:,}, as in {example}"
        match = form.fullmatch(value) if isinstance(value, str) else None
        number = float(match[1].replace(",", "")) if match else value
        if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
            raise InvalidLoadsError(f"{quoted(value)} is not a number", hint)
        if not 0 <= number <= _LARGEST:  # nan is not, and a whole number of any length can be compared
            raise InvalidLoadsError(f"{quoted(value)} is not from 0 to {_LARGEST:,}", hint)
        return float(number)

    def _pieces(self, value: object) -> int:
        """Return a whole number from 0 up."""
        number = self._number(_PIECES, "24 or 24 pcs", value)
        if not number.is_integer():
            raise InvalidLoadsError(f"{quoted(value)} is not a whole number", "give one as in 24")
        return int(number)

    def _refuse_unclear_points(self, value: object) -> None:
        """Raise InvalidLoadsError for 38.000 in a file in which it is more likely 38 thousand than 38."""
        if self._points_are_unclear and isinstance(value, str) and _POINTS_BY_THOUSANDS.match(value):
            raise InvalidLoadsError(
                f"{quoted(value)} may have a point between thousands", "write thousands without a mark: 38000"
            )


def parse_load(given: Mapping[str, object], zone: tzinfo | None = UTC) -> dict[str, Stored | None]:
    """Return a whole new load, from values by column. Raises InvalidLoadsError, naming the column."""
    load = parse_values({name: given.get(name) for name in COLUMNS}, zone)
    refuse_backwards(load["pickup_datetime"], load["delivery_datetime"], zone)
    load |= {column: whole_rate(column, load[column], load["miles"]) for column in RATES}
    refuse_low_ceiling(load["ceiling"], load["loadboard_rate"])
    return load | {"status": load["status"] or LoadStatus.AVAILABLE.value}


def parse_values(given: Mapping[str, object], zone: tzinfo | None = UTC) -> dict[str, Stored | None]:
    """Return the values of some columns of a load. Raises InvalidLoadsError, naming the column."""
    cells = Cells(zone)
    values: dict[str, Stored | None] = {}
    for name, value in given.items():
        try:
            values[name] = cells.parsers[name](value)
        except BadInputError as error:
            raise InvalidLoadsError(f"{name}: {error.message}", error.hint) from None
        if COLUMNS[name].required and values[name] is None:
            raise InvalidLoadsError(f"{name}: it is missing", "a load has to have one")
    return values


def whole_rate(column: str, rate: Stored | None, miles: object) -> Stored | None:
    """Return a rate or a ceiling for the whole load, US dollars, where ``2.35/mi`` was given for each mile.

    Raises InvalidLoadsError when the miles are not known.
    """
    if not rate or not isinstance(rate, str):
        return rate
    try:
        return float(parse_amount(rate, miles=miles if isinstance(miles, float) else None))
    except InvalidAmountError as error:
        raise InvalidLoadsError(f"{column}: {error.message}", error.hint) from None


def refuse_backwards(pickup: Stored | None, delivery: Stored | None, zone: tzinfo | None) -> None:
    """Raise InvalidLoadsError for a delivery before the pick-up. What is stored sorts by time."""
    if not pickup or not delivery or str(delivery) >= str(pickup):
        return
    from negotiator.loads.moments import is_before  # noqa: PLC0415 - as above

    moments = parse_stored(delivery), parse_stored(pickup)
    if moments[0] and moments[1] and is_before(moments[0], moments[1], zone):
        raise backwards()


def backwards() -> InvalidLoadsError:
    """Return the error for a delivery before the pick-up."""
    return InvalidLoadsError("delivery_datetime: it is before pickup_datetime", "check both dates")


def _text(value: object, limit: int = _TEXT_LIMIT) -> str:
    """Return text of at most so many characters, which SQLite can keep."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # JSON that numbers its loads
    if not isinstance(value, str):
        raise InvalidLoadsError(f"{quoted(value)} is not text", "put text in quotes")
    if len(value) > limit:
        raise InvalidLoadsError(f"the text has {len(value):,} characters, more than {limit:,}")
    if "\0" in value:
        raise InvalidLoadsError("the text holds a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidLoadsError("the text is not valid UTF-8")
    return value


def _name(value: object) -> str:
    """Return a text that a load has to have."""
    text = _text(value)
    if stands_for_nothing(text):
        raise InvalidLoadsError(f"{quoted(text)} stands for no value", "give the value itself")
    return text


def _city_and_state(city: str, state: str) -> str:
    """Return a place as it is written in one cell."""
    city, state = _name(city), _name(state)
    return city if city.upper().endswith((f" {state.upper()}", f",{state.upper()}")) else f"{city}, {state}"


def _identifier(value: object) -> str:
    """Return an ID; one that a spreadsheet or a program took for a number is without its point and zeros."""
    text = _name(str(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value)
    if match := _WHOLE_AS_FLOAT.fullmatch(text):
        return match[1]
    if _ROUNDED_BY_A_SPREADSHEET.fullmatch(text):
        raise InvalidLoadsError(
            f"{quoted(text)} was rounded by a spreadsheet", "give the ID itself, from a column of text"
        )
    return text


def _status(value: object) -> str:
    """Return a status, whatever its case."""
    try:
        return LoadStatus(str(value).lower()).value
    except ValueError:
        raise InvalidLoadsError(
            f"{quoted(value)} is not one of {', '.join(LoadStatus)}", "give one of them, or leave it blank"
        ) from None
