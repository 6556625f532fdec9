"""Files of loads, read a record at a time: CSV, a JSON array or JSON lines, told apart by their content."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NoReturn

from negotiator.errors import InvalidLoadsError
from negotiator.loads.filters import LoadFormat
from negotiator.progress import Progress
from negotiator.storage.source import opened, size_of, unreadable

_LONGEST_LINE = 1_000_000  # bytes; without a limit a file without line ends would fill the memory
_CHUNK = 1_000_000  # bytes
_DELIMITERS = ",;\t|"
_BOM = b"\xef\xbb\xbf"

Record = tuple[int, tuple[str, ...], Sequence[object]]
"""Where it stands (1-based), its headings, and its values."""


@dataclass(frozen=True)
class Records:
    """What a file holds: ``unit`` is what is counted, ``header`` the headings that hold for all records."""

    unit: str
    records: Iterator[Record]
    header: tuple[str, ...] | None = None


@contextmanager
def open_records(source: Path, form: LoadFormat | None, progress: Progress) -> Iterator[Records]:
    """Open a file (``-`` is stdin) and give its records; ``form`` None goes by the content.

    Progress is told in bytes. Raises FileMissingError when there is no such file, InvalidLoadsError,
    also while records are read.
    """
    with opened(source, InvalidLoadsError) as stream:
        reader = _Reader(stream, progress)
        first = reader.first_line()
        if not first:
            raise InvalidLoadsError(f"{str(source)!r} is empty", "give CSV, a JSON array or JSON lines")
        match form or _recognised(first):
            case LoadFormat.JSON:
                yield Records("item", _items(b"".join(chain([first], reader.chunks()))))
            case LoadFormat.JSONL:
                yield Records("line", _objects(reader.texts(first)))
            case _:
                yield _table(reader.texts(first))


def _recognised(first: bytes) -> LoadFormat:
    """Return the form of a file whose first line that isn't blank is this."""
    marks = {b"[": LoadFormat.JSON, b"{": LoadFormat.JSONL}
    return marks.get(first.lstrip()[:1], LoadFormat.CSV)


class _Reader:
    """The lines of a stream, counted."""

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        self._stream, self._progress = stream, progress
        self._bytes = self._number = 0
        self._total = size_of(stream) or 0

    def first_line(self) -> bytes:
        """Return the first line that isn't blank, without a byte order mark; empty at the end of the file."""
        while line := self._read(partial(self._stream.readline, _LONGEST_LINE)):
            self._number += 1
            line = line.removeprefix(_BOM) if self._number == 1 else line
            if line.strip():
                return line
        return b""

    def chunks(self) -> Iterator[bytes]:
        """Give the rest of the file."""
        while chunk := self._read(partial(self._stream.read, _CHUNK)):
            yield chunk

    def texts(self, first: bytes) -> Iterator[tuple[int, str]]:
        """Give this line and the rest as text, each with its number.

        Raises InvalidLoadsError for what is too long, is not UTF-8 or holds a NUL.
        """
        line = first
        while line:
            if len(line) >= _LONGEST_LINE:
                raise InvalidLoadsError(f"line {self._number} has more than {_LONGEST_LINE:,} bytes")
            if b"\0" in line:
                raise InvalidLoadsError(f"line {self._number} holds a NUL character", "save it as UTF-8 text")
            try:
                yield self._number, line.decode()
            except UnicodeDecodeError as error:
                raise InvalidLoadsError(f"line {self._number} is not UTF-8", "save it as UTF-8") from error
            line = self._read(partial(self._stream.readline, _LONGEST_LINE))
            self._number += 1

    def _read(self, read: partial[bytes]) -> bytes:
        try:
            found = read()
        except (OSError, ValueError) as error:
            unreadable(error, InvalidLoadsError)
        self._bytes += len(found)
        self._progress("reading", self._bytes, self._total)
        return found


def _table(lines: Iterator[tuple[int, str]]) -> Records:
    """Return the rows of a CSV file; its delimiter is the one that makes the most of the first line."""
    number, first = next(lines)
    numbers = [number]

    def texts() -> Iterator[str]:
        yield first
        for numbers[0], text in lines:
            yield text

    delimiter = max(_DELIMITERS, key=lambda mark: len(_cells_of(first, mark)))
    # Strict: a quote that is never closed would else swallow the rest of the file.
    reader = csv.reader(texts(), delimiter=delimiter, strict=True, skipinitialspace=True)
    rows = _rows(reader, numbers)
    _, cells = next(rows, (number, []))
    if not cells:
        raise InvalidLoadsError(f"line {number} names no columns", "begin with a line of headings")
    header = tuple(cells)
    return Records("line", ((at, header, row) for at, row in rows), header)


def _cells_of(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return []


def _rows(reader: Iterator[list[str]], numbers: list[int]) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that aren't blank, each with the number of the line on which it begins."""
    begins = numbers[0]
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield begins, cells
            begins = numbers[0] + 1
    except csv.Error as error:
        raise InvalidLoadsError(
            f"line {begins} is not CSV: {error}", "check its quotes and commas"
        ) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON has")


# Pairs instead of a dictionary, in which a key that is given twice would go unnoticed.
_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=_refuse_constant).decode


def _parsed(text: str, where: str) -> object:
    try:
        return _decode(text)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InvalidLoadsError(f"{where} is not JSON: {reason}", "check it with another program") from error


def _objects(lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
    for number, text in lines:
        if text.strip():
            where = f"line {number}"
            yield _record(number, _parsed(text, where), where)


def _items(content: bytes) -> Iterator[Record]:
    try:
        found = _parsed(content.decode(), "the file")
    except UnicodeDecodeError as error:
        raise InvalidLoadsError("the file is not UTF-8", "save it as UTF-8") from error
    if not isinstance(found, list):
        raise InvalidLoadsError("the file is not a JSON array", "put the loads between [ and ]")
    for number, item in enumerate(found, 1):
        yield _record(number, item, f"item {number}")


def _record(number: int, item: object, where: str) -> Record:
    if not isinstance(item, tuple):
        raise InvalidLoadsError(f"{where} is not a JSON object", "give each load as {...}")
    return number, tuple(key for key, _ in item), [value for _, value in item]
