"""Data as text: JSON, JSON lines, CSV."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import chain

from negotiator.output.streams import is_terminal, visible
from negotiator.values import timestamps


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    CSV_SAFE = "csv-safe"
    """CSV in which a spreadsheet finds no formulas."""


def rows_text(items: Sequence[Mapping[str, object]], columns: Sequence[str], form: Format) -> str:
    """Return rows as JSON, JSON lines or CSV."""
    if form is Format.JSON:
        return json_line([{column: item[column] for column in columns} for item in items], indent=2)
    return "\n".join(row_lines(items, columns, form))


def row_lines(items: Iterable[Mapping[str, object]], columns: Sequence[str], form: Format) -> Iterator[str]:
    """Give rows line by line: JSON lines, or CSV under the names of its columns."""
    if form is Format.JSONL:
        return (json_line({column: item[column] for column in columns}) for item in items)
    return _csv_lines(items, columns, is_safe=form is Format.CSV_SAFE)


def json_text(value: Mapping[str, object]) -> str:
    """Return one thing as JSON."""
    return json_line(value, indent=2)


def json_parts(record: Mapping[str, object]) -> Iterator[str]:
    """Give one thing as JSON in parts, which together are as `json_text` would have it.

    Lists may be iterators: of each, one item is held at a time.
    """
    before = "{"
    for key, value in record.items():
        yield f"{before}\n  {json_line(key)}: "
        if isinstance(value, Iterator):
            yield from _list_parts(value)
        else:
            yield _indented(value, 2)
        before = ","
    yield "\n}"


def _list_parts(items: Iterator[object]) -> Iterator[str]:
    before = "["
    for item in items:
        yield f"{before}\n    {_indented(item, 4)}"
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def _indented(value: object, spaces: int) -> str:
    """Return a value as JSON, as it stands so many spaces into another: no text in it has a line end."""
    return json_line(value, indent=2).replace("\n", "\n" + " " * spaces)


def json_line(value: object, indent: int | None = None) -> str:
    """Return a value as JSON, in one line unless ``indent`` is given."""
    # ASCII alone: every control character but DEL is escaped by the encoder, and so valid anywhere.
    return _encoder(indent)(value).replace("\x7f", "\\u007f")


@cache
def _encoder(indent: int | None) -> Callable[[object], str]:
    """Return what makes JSON. Made once: to make it again for each line would take as long as the line."""
    import json  # noqa: PLC0415 - 2 ms, which an ID or a message needn't pay

    return json.JSONEncoder(indent=indent, allow_nan=False, default=to_json).encode


def _csv_lines(
    items: Iterable[Mapping[str, object]], columns: Sequence[str], *, is_safe: bool
) -> Iterator[str]:
    rows: Iterator[list[object]] = ([_csv_value(to_json(item[key])) for key in columns] for item in items)
    if is_safe:
        from negotiator.values.spreadsheets import guarded  # noqa: PLC0415 - few ask for it

        rows = ([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    lines = map(_csv_line, chain([columns], rows))
    # A file gets the data as it is; a terminal gets no control characters.
    return map(visible, lines) if is_terminal(sys.stdout) else lines


def _csv_value(value: object) -> object:
    """Return what CSV holds for a value: what it has no form for (lists, true and false) is as in JSON."""
    return json_line(value) if isinstance(value, list | dict | bool) else value


def _csv_line(values: Sequence[object]) -> str:
    import csv  # noqa: PLC0415 - few ask for it
    import io  # noqa: PLC0415

    buffer = io.StringIO()
    # Carriage returns in a value are put in quotes only if they end lines; ours end with \n alone.
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue().removesuffix("\r\n")


def to_json(value: object) -> object:
    """Return what JSON and CSV hold for a value."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return timestamps.format_iso(value)
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)
