"""Records of a vetting service turned into values of carriers; and what is wrong with those that can't be."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from negotiator.carriers.columns import CARRIERS, COLUMNS, column_of
from negotiator.carriers.directory import dot_number, usable_text
from negotiator.errors import BadInputError, InvalidCarriersError, Remedy
from negotiator.records.faults import Faults
from negotiator.records.records import Nested, Records
from negotiator.records.tidying import stands_for_nothing, tidy_text
from negotiator.values.mc_number import carrier_number
from negotiator.values.spreadsheets import unguarded
from negotiator.values.text import quoted

_NUMBERS = ("mc_number", "dot_number")
_NO_NUMBER = re.compile(r"(mc|us ?dot|dot)?[ #:-]*0*(\.0*)?", re.ASCII | re.IGNORECASE)
_WHOLE_AS_FLOAT = re.compile(r"(\d+)\.0+", re.ASCII)
_NO_COLUMN = "there is no column with the carrier's MC number or its DOT number"


class Found(NamedTuple):
    """A carrier of a file: where it stands, its numbers (digits), and its values that are not blank."""

    place: int
    mc_number: str | None
    dot_number: str | None
    values: dict[str, str]


class Checker:
    """Checks the records of a file. ``left_out`` are the headings that are not taken."""

    def __init__(self, records: Records, mapping: Mapping[str, str]) -> None:
        """Read nothing yet. ``mapping`` says what headings mean, however their case is."""
        self.faults = Faults(records.unit, CARRIERS, Remedy.MAP_COLUMNS)
        self.left_out = dict.fromkeys(records.left_out)
        self._records = records
        self._mapping = mapping
        self._plans: dict[tuple[str, ...], dict[str, int]] = {}
        self._not_found = dict.fromkeys(mapping)

    def carriers(self) -> list[Found]:
        """Return the carriers that can be taken; stop when too many records have faults."""
        if self._records.header is not None:
            self._plan(self._records.header)  # of a file without rows too
        found = []
        for place, headings, values in self._records.records:
            plan = self._plan(headings)
            if len(values) == len(headings):
                carrier = self._carrier(place, plan, values)
                found += [] if carrier is None else [carrier]
            else:
                said = f"it has {len(values)} values, for {len(headings)} columns"
                hint = "give each column a value, or a blank"
                self.faults.of_record(place, InvalidCarriersError(said, hint))
            if self.faults.are_many:
                break
        for heading in self._not_found:
            error = InvalidCarriersError(f"no column is called {quoted(heading)}", "check its name")
            self.faults.of_file(error)
        return found

    def _plan(self, headings: tuple[str, ...]) -> dict[str, int]:
        """Return where each column stands among these headings."""
        if headings in self._plans:
            return self._plans[headings]
        plan: dict[str, int] = {}
        for position, heading in enumerate(headings):
            key = heading.strip().casefold()
            self._not_found.pop(key, None)
            column = self._mapping.get(key) or column_of(heading)
            if column is None or (column in self._mapping.values() and key not in self._mapping):
                self.left_out.setdefault(heading.strip() or f"column {position + 1}")
            elif column in plan:
                both = f"{quoted(headings[plan[column]])} and {quoted(heading)}"
                said = f"the columns {both} both mean {column}"
                self._of_headings(said, "say which one counts")
            else:
                plan[column] = position
        if self._records.header is not None and not plan.keys() & set(_NUMBERS):
            self._of_headings(_NO_COLUMN, "name it mc_number or dot_number")
        self._plans[headings] = plan
        return plan

    def _of_headings(self, message: str, hint: str) -> None:
        self.faults.of_file(InvalidCarriersError(message, hint, remedy=Remedy.MAP_COLUMNS))

    def _carrier(self, place: int, plan: Mapping[str, int], values: Sequence[object]) -> Found | None:
        """Check each value; a fault in one does not keep the others from being looked at."""
        read: dict[str, str] = {}
        faulty = False
        for column, position in plan.items():
            try:
                if (value := self._value(column, values[position])) is not None:
                    read[column] = value
            except BadInputError as error:
                faulty = True
                self.faults.of_record(place, error, column)
        if faulty:
            return None
        if not read.keys() & set(_NUMBERS):
            said = "it has no MC number and no DOT number"
            self.faults.of_record(place, InvalidCarriersError(said, "give each carrier one"))
            return None
        numbers = [read.pop(column, None) for column in _NUMBERS]
        return Found(place, numbers[0], numbers[1], read)

    def _value(self, column: str, cell: object) -> str | None:
        """Return what is stored for a cell, None for a blank. Raises BadInputError."""
        if isinstance(cell, Nested | bool):
            raise InvalidCarriersError("the value is neither text nor a number", "give text")
        text = "" if cell is None else str(cell)
        text = tidy_text(unguarded(text) if self._records.delimiter else text)
        if not text or stands_for_nothing(text):
            return None
        if column not in _NUMBERS:
            return usable_text(column, text)
        if match := _WHOLE_AS_FLOAT.fullmatch(text):
            text = match[1]
        if _NO_NUMBER.fullmatch(text):
            return None
        return dot_number(text) if column == "dot_number" else carrier_number(text)


def parse_mapping(given: Mapping[str, str]) -> dict[str, str]:
    """Return what headings mean, by heading in small letters. Raises InvalidCarriersError."""
    mapping = {}
    for heading, stands_for in given.items():
        column = column_of(stands_for)
        if column is None:
            listed = ", ".join(COLUMNS)
            raise InvalidCarriersError(
                f"{quoted(stands_for)} is no column of a carrier", f"the columns are {listed}"
            )
        mapping[heading.strip().casefold()] = column
    return mapping
