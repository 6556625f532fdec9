"""Data to stdout as table, JSON, JSON lines or CSV; words to a person to stderr."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from negotiator.errors import NegotiatorError
from negotiator.output.streams import discard, file_errors, flush, is_terminal, visible, write
from negotiator.progress import Progress, silent
from negotiator.values import timestamps
from negotiator.values.money import dollars

if TYPE_CHECKING:
    from negotiator.negotiation.models import Round

__all__ = [
    "Format",
    "discard",
    "error",
    "error_data",
    "fields",
    "flush",
    "json_text",
    "lines",
    "picture",
    "progress",
    "record",
    "records",
    "rows",
    "rows_text",
    "say",
    "table",
    "visible",
    "write_file",
]


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def rows(
    items: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    form: Format,
    headings: Mapping[str, str] | None = None,
) -> None:
    """Print rows with these columns; none at all is an empty list.

    ``headings`` are what a person sees instead in a table: some columns, in a person's words.
    """
    if form is Format.TABLE:
        chosen = headings or {column: column for column in columns}
        table(list(chosen.values()), [[_shown(item[column]) for column in chosen] for item in items])
        return
    write(rows_text(items, columns, form))


def rows_text(items: Sequence[Mapping[str, object]], columns: Sequence[str], form: Format) -> str:
    """Return rows as JSON, JSON lines or CSV."""
    chosen = [{column: item[column] for column in columns} for item in items]
    if form is Format.JSON:
        return _json(chosen, indent=2)
    if form is Format.JSONL:
        return "\n".join(map(_json, chosen))
    return _csv([{column: _plain(value) for column, value in item.items()} for item in chosen], columns)


def json_text(value: Mapping[str, object]) -> str:
    """Return one thing as JSON."""
    return _json(value, indent=2)


def write_file(path: Path, text: str) -> None:
    """Write a text to a file whole or not at all: it replaces what is there when it is on the disk.

    Raises NotFoundError when there is no such folder, NegotiatorError when it can't be written.
    """
    from negotiator.storage.atomic_file import replace  # noqa: PLC0415 - most commands write no file

    with file_errors(path):
        replace(path, text + "\n")


def record(item: Mapping[str, object], form: Format) -> None:
    """Print one thing."""
    if form is Format.TABLE:
        pairs = [(key.replace("_", " ").capitalize(), _shown(value)) for key, value in item.items()]
        fields([(label, value) for label, value in pairs if value])
    elif form is Format.JSON:
        write(json_text(item))
    else:
        rows([item], list(item), form)


def records(items: Sequence[Mapping[str, object]]) -> None:
    """Print things of any kinds, each as a line of JSON."""
    lines([_json(item) for item in items])


def table(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print a table of texts; of none at all, nothing."""
    from negotiator.output.terminal import print_table  # noqa: PLC0415 - rich is loaded only to draw

    if cells:
        print_table(headings, cells)


def fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values, one pair a line."""
    from negotiator.output.terminal import print_fields  # noqa: PLC0415 - rich is loaded only to draw

    print_fields(pairs)


def picture(rounds: Sequence["Round"]) -> None:
    """Draw rounds as asks and counters that close in on each other; of none at all, nothing."""
    from negotiator.output.chart import print_chart  # noqa: PLC0415 - rich is loaded only to draw

    if rounds:
        print_chart(rounds)


def lines(items: Sequence[str]) -> None:
    """Print texts as they are, one a line: for ``$(...)`` in a shell."""
    write("\n".join(items))


def say(text: str) -> None:
    """Print words to a person."""
    if sys.stderr is not None:
        with suppress(OSError):  # nobody listens: that changes nothing in what was done
            sys.stderr.write(visible(text) + "\n")
            sys.stderr.flush()


def error(problem: NegotiatorError, hint: str, *, as_json: bool) -> None:
    """Print an error and what to do about it: as a sentence, or as JSON."""
    if as_json:
        say(_json({"error": error_data(problem, hint)}))
    else:
        say(f"Error: {problem.message}." + (f" Hint: {hint}." if hint else ""))


def error_data(problem: NegotiatorError, hint: str) -> dict[str, object]:
    """Return an error as programs read it."""
    return {
        "code": problem.code,
        "exit_code": problem.exit_code,
        "message": problem.message,
        "hint": hint,
    }


def progress() -> AbstractContextManager[Progress]:
    """Give a function to report progress to; it draws on a terminal what takes longer than a second."""
    if not is_terminal(sys.stderr):
        return nullcontext(silent)
    from negotiator.output.terminal import drawn_progress  # noqa: PLC0415 - rich is loaded only to draw

    return drawn_progress()


def _plain(value: object) -> object:
    """Return what JSON and CSV hold for a value."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return timestamps.format_iso(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _shown(value: object) -> str:
    """Return what a table shows for a value."""
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_shown(item)}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(_plain(value))


def _json(value: object, indent: int | None = None) -> str:
    # ASCII alone: every control character but DEL is escaped by the encoder, and so valid anywhere.
    return _encoder(indent)(value).replace("\x7f", "\\u007f")


@cache
def _encoder(indent: int | None) -> Callable[[object], str]:
    """Return what makes JSON. Made once: to make it again for each line would take as long as the line."""
    import json  # noqa: PLC0415 - 2 ms, which an ID or a message needn't pay

    return json.JSONEncoder(indent=indent, allow_nan=False, default=_plain).encode


def _csv(items: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    lines = [_csv_line(columns), *(_csv_line([_csv_value(item[key]) for key in columns]) for item in items)]
    # A file gets the data as it is; a terminal gets no control characters.
    return "\n".join(map(visible, lines) if is_terminal(sys.stdout) else lines)


def _csv_value(value: object) -> object:
    """Return what CSV holds for a value: what it has no form for (lists, true and false) is as in JSON."""
    return _json(value) if isinstance(value, list | dict | bool) else value


def _csv_line(values: Sequence[object]) -> str:
    import csv  # noqa: PLC0415 - few ask for it
    import io  # noqa: PLC0415

    buffer = io.StringIO()
    # Carriage returns in a value are put in quotes only if they end lines; ours end with \n alone.
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue().removesuffix("\r\n")
