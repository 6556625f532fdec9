"""Rows to table, JSON, JSON lines and CSV on stdout; words to a person on stderr. Only this knows rich."""

import csv
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from negotiator import timestamps
from negotiator.errors import NegotiatorError, OutputClosedError
from negotiator.money import dollars

if TYPE_CHECKING:
    from rich.console import Console

    from negotiator.backup import Progress

_PIPE_WIDTH = 10_000  # in a pipe a table is never cut
_PATIENCE_SECONDS = 1.0  # what takes longer gets a progress bar


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


def rows(items: Sequence[Mapping[str, object]], columns: Sequence[str], form: Format) -> None:
    """Print rows with these columns; none at all is an empty list."""
    plain = [{column: _plain(item[column]) for column in columns} for item in items]
    match form:
        case Format.JSON:
            _write(_json(plain, indent=2))
        case Format.JSONL:
            _write("\n".join(_json(item) for item in plain))
        case Format.CSV:
            _write(_csv(plain, columns))
        case Format.TABLE if items:
            _print_table(items, columns)


def record(item: Mapping[str, object], form: Format) -> None:
    """Print one thing."""
    if form is Format.TABLE:
        pairs = [(key.replace("_", " ").capitalize(), _shown(value)) for key, value in item.items()]
        fields([(label, value) for label, value in pairs if value])
    elif form is Format.JSON:
        _write(_json({key: _plain(value) for key, value in item.items()}, indent=2))
    else:
        rows([item], list(item), form)


def fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values, one pair a line."""
    from rich.table import Table  # noqa: PLC0415 - only tables need rich
    from rich.text import Text  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in pairs:
        table.add_row(label, Text(visible(value)))
    _print(table)


def lines(items: Sequence[str]) -> None:
    """Print texts as they are, one a line: for ``$(...)`` in a shell."""
    _write("\n".join(items))


def say(text: str) -> None:
    """Print words to a person."""
    if sys.stderr is not None:
        with suppress(OSError):  # nobody listens: that changes nothing in what was done
            sys.stderr.write(visible(text) + "\n")
            sys.stderr.flush()


def error(problem: NegotiatorError, *, as_json: bool) -> None:
    """Print an error: a sentence, or the same as JSON."""
    if as_json:
        content = {"code": problem.code, "message": problem.message, "hint": problem.hint}
        say(_json({"error": content}))
    else:
        say(f"Error: {problem.message}." + (f" Hint: {problem.hint}." if problem.hint else ""))


def visible(text: str) -> str:
    """Return the text with control characters and the like written out, so that none reaches a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


@contextmanager
def progress() -> "Iterator[Progress]":
    """Give a function to report progress to; it draws on a terminal what takes longer than a second."""
    from negotiator.backup import silent  # noqa: PLC0415 - not needed to print rows

    if sys.stderr is None or not sys.stderr.isatty():
        yield silent
        return
    from rich.progress import Progress as Bar  # noqa: PLC0415 - only a long wait on a terminal needs it

    started = monotonic()
    bar = Bar(console=_console(sys.stderr), transient=True)
    task = bar.add_task("", total=None)

    def report(what: str, done: int, total: int) -> None:
        bar.update(task, description=what, completed=done, total=total or None)
        if monotonic() - started > _PATIENCE_SECONDS:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()


def _plain(value: object) -> object:
    """Return what JSON and CSV hold for a value."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return timestamps.show(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _shown(value: object) -> str:
    """Return what a table shows for a value."""
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_shown(item)} {key}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(_plain(value))


def _json(value: object, indent: int | None = None) -> str:
    # ASCII alone: every control character but DEL is escaped by the encoder, and so valid anywhere.
    return json.dumps(value, indent=indent, allow_nan=False).replace("\x7f", "\\u007f")


def _csv(items: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {key: _json(value) if isinstance(value, list | dict) else value for key, value in item.items()}
        for item in items
    )
    text = buffer.getvalue().removesuffix("\n")
    # A file gets the data as it is; a terminal gets no control characters.
    return "\n".join(map(visible, text.split("\n"))) if _is_terminal(sys.stdout) else text


def _print_table(items: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only tables need rich
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        numeric = any(isinstance(item[column], int | Decimal) for item in items)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for item in items:
        table.add_row(*(Text(visible(_shown(item[column]))) for column in columns))
    _print(table)


def _print(table: object) -> None:
    if _is_terminal(sys.stdout):
        with _output_errors():
            _console(sys.stdout).print(table)
    else:
        buffer = io.StringIO()
        _console(buffer).print(table)
        _write("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()))


def _console(stream: TextIO) -> "Console":
    """Return a console: as wide as the terminal, or wide enough for any row in a pipe."""
    from rich.console import Console  # noqa: PLC0415 - only tables and progress need rich

    if _is_terminal(stream):
        return Console(file=stream, highlight=False)
    return Console(file=stream, highlight=False, width=_PIPE_WIDTH, color_system=None, force_terminal=False)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _write(text: str) -> None:
    if sys.stdout is not None and text:
        with _output_errors():
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


def flush() -> None:
    """Write out what is still buffered, help included."""
    if sys.stdout is not None:
        with _output_errors():
            sys.stdout.flush()


def discard() -> None:
    """Keep Python from complaining, as it exits, about what can't be written."""
    null = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, AttributeError, ValueError):  # not a real file: nothing is flushed at exit
        os.dup2(null, sys.stdout.fileno())
    os.close(null)


@contextmanager
def _output_errors() -> Iterator[None]:
    """Raise OutputClosedError when the reader went away, NegotiatorError when output can't be written."""
    try:
        yield
    except OSError as error:
        discard()
        if isinstance(error, BrokenPipeError):
            raise OutputClosedError("whoever read the output went away") from error
        raise NegotiatorError(
            f"the output can't be written: {error.strerror}", "what was done is in the file all the same"
        ) from error
