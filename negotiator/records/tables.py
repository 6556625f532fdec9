"""Records of a CSV file: its delimiter, its header, its rows."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from negotiator.records.records import Record, Records
from negotiator.records.subject import InvalidRecordsError

if TYPE_CHECKING:
    from _csv import Reader  # csv has no name for it

_DELIMITERS = ",;\t|"
# The first line of some exports, meant for a spreadsheet.
_SEPARATOR = re.compile(r'\s*"?sep=(.)"?[,;\t|]*\s*', re.IGNORECASE)


def table_records(lines: Iterator[tuple[int, str]]) -> Records:
    """Return the rows of a CSV file; its delimiter is the one that makes the most of the header.

    Raises InvalidRecordsError, also while records are read.
    """
    number, first = next(lines)
    said = _SEPARATOR.fullmatch(first)
    if said:
        number, first = next(lines, (number + 1, ""))
    delimiter = said[1] if said else max(_DELIMITERS, key=lambda mark: len(_cells_of(first, mark)))
    texts = chain([first], (text for _, text in lines))
    # Strict: a quote that is never closed would else swallow the rest of the file.
    rows = _rows(csv.reader(texts, delimiter=delimiter, strict=True, skipinitialspace=True), number)
    _, cells = next(rows, (number, []))
    if not cells:
        raise InvalidRecordsError(f"line {number} names no columns", "begin with a line of headings")
    header = tuple(cells)
    return Records("line", _records(rows, header), header, delimiter)


def _cells_of(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return []


def _rows(reader: "Reader", first: int) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that aren't blank, each with the number of the line on which it begins."""
    begins = first
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = first + reader.line_num
    except csv.Error as error:
        raise InvalidRecordsError(
            f"line {begins} is not CSV: {error}", "check its quotes and commas"
        ) from error


def _records(rows: Iterator[tuple[int, list[str]]], header: tuple[str, ...]) -> Iterator[Record]:
    """Give the rows as records; blank cells past the header are left away."""
    width = len(header)
    for number, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        yield number, header, cells
