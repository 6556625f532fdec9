"""Data as text: JSON, JSON lines, CSV."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache

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
    chosen = [{column: item[column] for column in columns} for item in items]
    if form is Format.JSON:
        return json_line(chosen, indent=2)
    if form is Format.JSONL:
        return "\n".join(map(json_line, chosen))
    plain = [{column: to_json(value) for column, value in item.items()} for item in chosen]
    return _csv(plain, columns, is_safe=form is Format.CSV_SAFE)


def json_text(value: Mapping[str, object]) -> str:
    """Return one thing as JSON."""
    return json_line(value, indent=2)


def json_line(value: object, indent: int | None = None) -> str:
    """Return a value as JSON, in one line unless ``indent`` is given."""
    # ASCII alone: every control character but DEL is escaped by the encoder, and so valid anywhere.
    return _encoder(indent)(value).replace("\x7f", "\\u007f")


@cache
def _encoder(indent: int | None) -> Callable[[object], str]:
    """Return what makes JSON. Made once: to make it again for each line would take as long as the line."""
    import json  # noqa: PLC0415 - 2 ms, which an ID or a message needn't pay

    return json.JSONEncoder(indent=indent, allow_nan=False, default=to_json).encode


def _csv(items: Sequence[Mapping[str, object]], columns: Sequence[str], *, is_safe: bool) -> str:
    rows = [[_csv_value(item[key]) for key in columns] for item in items]
    if is_safe:
        from negotiator.values.spreadsheets import guarded  # noqa: PLC0415 - few ask for it

        rows = [[guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    lines = [_csv_line(columns), *map(_csv_line, rows)]
    # A file gets the data as it is; a terminal gets no control characters.
    return "\n".join(map(visible, lines) if is_terminal(sys.stdout) else lines)


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
