"""What a file of records holds, whatever its form."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Nested:
    """A value that is a list or an object, of which no column has use."""


NESTED = Nested()
Record = tuple[int, tuple[str, ...], Sequence[object]]
"""Where it stands (1-based), its headings, and its values: texts, numbers, true, false, null or `NESTED`."""


class Records(NamedTuple):
    """The records of a file, read one at a time.

    ``unit`` is what is counted. ``header`` holds for all records of a table, whose cells are divided by
    ``delimiter``; both are None for JSON. ``left_out`` names what stands beside them.
    """

    unit: str
    records: Iterator[Record]
    header: tuple[str, ...] | None = None
    delimiter: str | None = None
    left_out: tuple[str, ...] = ()
