"""What rich draws: tables, fields, progress. Nothing else but the chart beside it imports rich."""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from time import monotonic
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from negotiator.output.streams import is_terminal, output_errors, visible, write
from negotiator.progress import Progress

_PIPE_WIDTH = 10_000_000  # in a pipe a table is never cut or folded
_SHORT = 20  # characters: amounts, times and decisions stay in one line
_SHORTEST_SECONDS = 0.05  # between two changes of a progress bar
_PATIENCE_SECONDS = 1.0  # what takes longer gets a progress bar


def print_table(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print texts under headings; on a narrow terminal long texts are folded, short ones are not."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading, *column in zip(headings, *cells, strict=True):
        numeric = all(set(cell) <= set("$0123456789,.") for cell in column)
        short = max(map(len, column)) <= _SHORT
        table.add_column(
            Text(heading), justify="right" if numeric else "left", no_wrap=short, overflow="fold"
        )
    for row in cells:
        table.add_row(*(Text(visible(cell)) for cell in row))
    show(table)


def print_fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values, one pair a line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in pairs:
        table.add_row(label, Text(visible(value)))
    show(table)


@contextmanager
def drawn_progress() -> Iterator[Progress]:
    """Give a function to report progress to; it draws on a terminal what takes longer than a second."""
    started, told = monotonic(), 0.0
    # Answers are printed meanwhile: rich would else take stdout over, and draw them beside its bar on stderr.
    bar = Bar(console=_console(sys.stderr), transient=True, redirect_stdout=False)
    task = bar.add_task("", total=None)

    def report(what: str, done: int, total: int) -> None:
        nonlocal told
        now = monotonic()
        if now - told > _SHORTEST_SECONDS:  # telling rich takes as long as an ask
            told = now
            bar.update(task, description=what, completed=done, total=total or None)
        if now - started > _PATIENCE_SECONDS:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()


def show(drawing: RenderableType) -> None:
    """Print a drawing: with colour on a terminal, as plain text in a pipe."""
    if is_terminal(sys.stdout):
        with output_errors():
            _console(sys.stdout).print(drawing)
    else:
        buffer = io.StringIO()
        _console(buffer).print(drawing)
        write("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()))


def _console(stream: TextIO) -> Console:
    """Return a console: as wide as the terminal, or wide enough for any row in a pipe, and plain there."""
    if is_terminal(stream):
        return Console(file=stream, highlight=False, width=get_terminal_size().columns)
    return Console(file=stream, highlight=False, width=_PIPE_WIDTH, color_system=None, force_terminal=False)
