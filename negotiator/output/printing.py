"""Data printed to stdout, and words to a person to stderr."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from negotiator.errors import NegotiatorError
from negotiator.output import streams
from negotiator.output.formats import Format, json_line, json_text, rows_text
from negotiator.output.streams import is_terminal, write
from negotiator.progress import Progress, silent

if TYPE_CHECKING:
    from negotiator.negotiation.thread import Round
    from negotiator.output.layout import Column


def rows(
    items: Sequence[Mapping[str, object]],
    keys: Sequence[str],
    form: Format,
    columns: "Mapping[str, Column] | None" = None,
) -> None:
    """Print rows with these keys; none at all is an empty list.

    ``columns`` are what a person sees instead in a table: keys of the items, under a person's words.
    """
    if form is Format.TABLE:
        from negotiator.output.layout import Column  # noqa: PLC0415 - for tables alone

        chosen = columns or {key: Column(key) for key in keys}
        table(list(chosen.values()), [[item[key] for key in chosen] for item in items])
        return
    write(rows_text(items, keys, form))


def record(item: Mapping[str, object], form: Format) -> None:
    """Print one thing."""
    if form is Format.TABLE:
        fields([(key.replace("_", " ").capitalize(), value) for key, value in item.items()])
    elif form is Format.JSON:
        write(json_text(item))
    else:
        rows([item], list(item), form)


def records(items: Sequence[Mapping[str, object]]) -> None:
    """Print things of any kinds, each as a line of JSON."""
    lines([json_line(item) for item in items])


def table(columns: "Sequence[Column]", rows: Sequence[Sequence[object]]) -> None:
    """Print values in columns; of no rows, nothing. A column with nothing in it is left out."""
    from negotiator.output.tables import print_table  # noqa: PLC0415 - only tables need rich and zones

    print_table(columns, rows)


def fields(pairs: Sequence[tuple[str, object]]) -> None:
    """Print labels and values, one pair a line; a label without a value is left out."""
    from negotiator.output.tables import print_fields  # noqa: PLC0415 - as above

    print_fields(pairs)


def chart(rounds: Sequence["Round"]) -> None:
    """Draw rounds as asks and counters that close in on each other; of none at all, nothing."""
    from negotiator.output.chart import print_chart  # noqa: PLC0415 - rich is loaded only to draw

    if rounds:
        print_chart(rounds)


def lines(items: Sequence[str]) -> None:
    """Print texts as they are, one a line: for ``$(...)`` in a shell."""
    write("\n".join(items))


say = streams.say
"""Print words to a person, on stderr."""


def error(problem: NegotiatorError, hint: str, *, as_json: bool) -> None:
    """Print an error and what to do about it: as a sentence, or as JSON."""
    if as_json:
        say(json_line({"error": error_data(problem, hint)}))
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


parts = streams.write_parts
"""Print a text as its parts are made: of what is long, little is held at a time."""


def write_file(path: Path, parts: Iterable[str]) -> None:
    """Write the parts of a text to a file whole or not at all: it replaces what is there when on the disk.

    Raises NotFoundError when there is no such folder, BadInputError for a name that SQLite gives to a part of
    a file, UnusableFileError when it cannot be written.
    """
    from negotiator.storage.atomic_file import replace  # noqa: PLC0415 - most commands write no file
    from negotiator.storage.sqlite_errors import sqlite_errors  # noqa: PLC0415 - as above

    with sqlite_errors(path):
        replace(path, chain(parts, "\n"))
