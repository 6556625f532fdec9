"""Records of a file turned into rows for the table; and what is wrong with those that can't be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from negotiator.errors import BadInputError, InvalidLoadsError
from negotiator.loads.cells import Cells, Stored, refuse_backwards, whole_rate
from negotiator.loads.columns import COLUMNS, LOADS, RATES, REQUIRED, Meaning
from negotiator.loads.importing.plans import Plan, key_of, plan_for
from negotiator.records.faults import MOST_FAULTS, Faults
from negotiator.records.records import Records
from negotiator.values.text import quoted

Row = list[Stored | None]
"""The place of a record in its file, then the values of `COLUMNS`."""

_POSITIONS = {column: position for position, column in enumerate(COLUMNS, 1)}
_MOST_NAMES = 100  # of columns that are left out: JSON lines may each have others
_NO_ID = InvalidLoadsError("load_id: it is missing", "give each load an ID")
_MILES = _POSITIONS["miles"]
_PICKUP, _DELIVERY = _POSITIONS["pickup_datetime"], _POSITIONS["delivery_datetime"]
_UNUSABLE = ""  # stands for a value that was given and can't be used: it isn't missing


class Checker:
    """Checks the records of a file, one at a time.

    ``known`` are the columns that have a heading somewhere in the file, ``left_out`` the headings that are
    not taken. A heading in ``mapping`` means what that says.
    """

    def __init__(
        self, records: Records, cells: Cells, mapping: Mapping[str, Meaning], *, ignore_unknown: bool
    ) -> None:
        """Read nothing yet but the header."""
        self.faults = Faults(records.unit, LOADS)
        self.known: set[str] = set()
        self.left_out = dict.fromkeys(records.left_out)
        self._records, self._cells = records, cells
        self._ignore_unknown = ignore_unknown
        self._unknown: dict[str, None] = {}
        self._nameless: set[int] = set()
        self._not_found = dict.fromkeys(mapping)
        self._without_id: list[int] = []
        # Of JSON each record may have keys of its own; most have the same.
        self._plan = lru_cache(partial(self._new_plan, mapping))
        if records.header is not None:
            self._plan(records.header)  # of a file without rows too

    def rows(self) -> Iterator[Row]:
        """Give a row for each record that has an ID; stop when too many records have faults."""
        for place, headings, values in self._records.records:
            plan = self._plan(headings)
            if len(values) == len(headings):
                row = self._row(place, plan, values)
                if row[1]:
                    yield row
            else:
                self.faults.of_record(place, _wrong_width(values, headings))
            if self.faults.are_many:
                break
        self._end()

    def _new_plan(self, mapping: Mapping[str, Meaning], headings: tuple[str, ...]) -> Plan:
        """Return the plan for headings that are seen for the first time."""
        plan = plan_for(headings, mapping)
        for heading in headings:
            self._not_found.pop(key_of(heading), None)
        for error in plan.faults:
            self.faults.of_file(error)
        self.known |= plan.known
        _add(self.left_out, plan.derived)
        _add(self._unknown, plan.unknown)
        return plan

    def _row(self, place: int, plan: Plan, values: Sequence[object]) -> Row:
        """Check each value; a fault in one doesn't keep the others from being looked at."""
        row: Row = [None] * (len(COLUMNS) + 1)
        row[0] = place
        parsers, pair_parsers = self._cells.parsers, self._cells.pair_parsers
        for column, label, first, second in plan.taken:
            try:
                row[_POSITIONS[column]] = (
                    parsers[column](values[first])
                    if second is None
                    else pair_parsers[column](values[first], values[second])
                )
            except BadInputError as error:
                self.faults.of_record(place, error, label)
                row[_POSITIONS[column]] = _UNUSABLE
        self._check_together(place, row)
        if row[1] is None and len(self._without_id) < MOST_FAULTS:
            self._without_id.append(place)  # what that means is known at the end of the file
        for position in plan.nameless:
            if str(values[position] or "").strip():
                self._nameless.add(position + 1)
        return row

    def _check_together(self, place: int, row: Row) -> None:
        """Check what only several values show."""
        for column in RATES if row[_MILES] != _UNUSABLE else ():
            try:
                row[_POSITIONS[column]] = whole_rate(column, row[_POSITIONS[column]], row[_MILES])
            except BadInputError as error:
                self.faults.of_record(place, error)
        try:
            refuse_backwards(row[_PICKUP], row[_DELIVERY], self._cells.zone)
        except BadInputError as error:
            self.faults.of_record(place, error)

    def _end(self) -> None:
        """Note what only the end of the file shows."""
        nameless = [f"column {number}" for number in sorted(self._nameless)]
        if self._ignore_unknown:
            _add(self.left_out, [*self._unknown, *nameless])
        else:
            self.faults.of_headings(list(self._unknown), nameless)
        for heading in self._not_found:
            self.faults.of_file(InvalidLoadsError(f"no column is called {quoted(heading)}", "check its name"))
        if self._without_id and "load_id" not in self.known:
            self.faults.of_missing(column for column in REQUIRED if column not in self.known)
            return
        for place in self._without_id:
            self.faults.of_record(place, _NO_ID)


def _add(names: dict[str, None], more: Iterable[str]) -> None:
    """Add names to others, up to a number that fits a message."""
    for name in more:
        if len(names) < _MOST_NAMES:
            names[name.strip()] = None


def _wrong_width(values: Sequence[object], headings: Sequence[str]) -> InvalidLoadsError:
    return InvalidLoadsError(
        f"it has {len(values)} values, for {len(headings)} columns", "give each column a value, or a blank"
    )
