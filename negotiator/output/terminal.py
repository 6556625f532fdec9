"""What rich draws: tables, fields, progress. Nothing else but the chart beside it imports rich."""

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from time import monotonic
from typing import TextIO

from rich.bar import Bar
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from negotiator.output.layout import GAP, Column, Extent, fit
from negotiator.output.streams import is_terminal, output_errors, visible, write
from negotiator.progress import Progress

_PIPE_WIDTH = 10_000_000  # in a pipe a table is never cut or folded
_BAR_WIDTH = 8
_BARS_FROM = 100  # characters
_NUMERIC = set("$0123456789,.")  # what stands at the right of its column
_LONGEST_WORD = 50  # characters, as many as a session ID may have: in a text, what is longer may be broken
_RESULTS = {
    "Decision",
    "Answer",
    "Status",
    "Result",
    "Outcome",
    "Agreed",
    "Final rate agreed",
    "Booked by",
    "Value",
}
_STYLES = {
    **dict.fromkeys(("accepted", "booked"), "bold green"),
    "ok": "green",
    "counter": "bold cyan",
    **dict.fromkeys(("transfer", "transferred", "transfer_to_human"), "bold yellow"),
}
_SHORTEST_SECONDS = 0.05  # between two changes of a progress bar
_PATIENCE_SECONDS = 1.0  # what takes longer gets a progress bar


def draw_table(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], shares: Sequence[float | None] = ()
) -> list[int]:
    """Print texts under headings; return the places of the columns for which the terminal has no room.

    ``shares``, one a row and from 0 to 1, are drawn as bars after the first column, where there is room.
    """
    shown = [[visible(cell) for cell in row] for row in cells]
    by_column = list(zip(*shown, strict=True))
    extents = [_extent(column, values) for column, values in zip(columns, by_column, strict=True)]
    widths = fit(columns, extents, _room())
    if shares and _BARS_FROM <= _room() < _PIPE_WIDTH:
        beside = fit(columns, extents, _room() - _BAR_WIDTH - GAP)
        widths, shares = (beside, shares) if len(beside) == len(widths) else (widths, ())
    else:
        shares = ()
    if widths[0] > _room():  # it is the only one, and runs over
        show(Group(*(Text(line, overflow="ignore") for line in (columns[0].heading, *by_column[0]))))
    else:
        show(_table(columns, shown, widths, shares))
    return [place for place in range(len(columns)) if place not in widths]


def _table(
    columns: Sequence[Column],
    cells: Sequence[Sequence[str]],
    widths: Mapping[int, int],
    shares: Sequence[float | None],
) -> Table:
    """Return a table of the columns that have a width, with bars if there are shares to draw."""
    table = Table(
        box=SIMPLE_HEAD, header_style="", pad_edge=False, show_edge=False, padding=(0, GAP - 1, 0, 0)
    )
    for place, width in widths.items():
        right = columns[place].right or all(set(row[place]) <= _NUMERIC for row in cells)
        heading = Text(columns[place].heading)
        table.add_column(heading, justify="right" if right else "left", width=width, overflow="fold")
        if place == 0 and shares:
            table.add_column("", width=_BAR_WIDTH)
    for number, row in enumerate(cells):
        drawn: list[RenderableType] = [_result(columns[place].heading, row[place]) for place in widths]
        if shares:
            drawn.insert(1, _bar(shares[number]))
        table.add_row(*drawn)
    return table


def _bar(share: float | None) -> RenderableType:
    """Return a bar; of what is no share of one, none."""
    return Bar(1, 0, share, width=_BAR_WIDTH) if share is not None and 0 < share <= 1 else ""


def draw_fields(pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values, one pair a line; a value with a word too long to stand beside stands below."""
    beside = max((cell_len(label) for label, _ in pairs), default=0)
    room = _room() - beside - GAP
    drawn: list[RenderableType] = []
    for label, value in pairs:
        shown = _result(label, visible(value))
        if _longest_word(shown.plain) > room:
            shown.overflow = "ignore"
            drawn += [Text(label), shown]
        else:
            grid = Table.grid(padding=(0, GAP, 0, 0))
            grid.add_column(width=beside)
            grid.add_column(width=min(room, cell_len(shown.plain)))
            grid.add_row(label, shown)
            drawn.append(grid)
    show(Group(*drawn))


def draw_result(result: str, words: str) -> None:
    """Print a decision, which stands out, and below it the words to say."""
    show(Group(_result("Decision", visible(result)), Text(visible(words))))


def _extent(column: Column, values: Sequence[str]) -> Extent:
    """Return how narrow and how wide a column can be; what stands whole has one width."""
    widest = max((cell_len(value) for value in values), default=0)
    heading = _longest_word(column.heading)
    full = max(widest, cell_len(column.heading))
    if not column.folds:
        return Extent(max(widest, heading), full)
    words = min(max(map(_longest_word, values), default=0), _LONGEST_WORD)
    return Extent(max(heading, words, min(column.folds, widest)), full)


def _longest_word(text: str) -> int:
    """Return the width of the longest word, characters."""
    return max(map(cell_len, text.split()), default=0)


def _result(heading: str, text: str) -> Text:
    """Return a text, in letters that stand out if it is a result: a decision, a status, what was agreed."""
    first = text.lower().split(" ", 1)[0]
    return Text(text, style=_STYLES.get(first, "bold") if heading in _RESULTS else "")


def _room() -> int:
    """Return how many characters a line may have."""
    return get_terminal_size().columns if is_terminal(sys.stdout) else _PIPE_WIDTH


@contextmanager
def drawn_progress() -> Iterator[Progress]:
    """Give a function to report progress to; it draws on a terminal what takes longer than a second."""
    from rich.progress import Progress as Bars  # noqa: PLC0415 - 8 ms, which a table needn't pay

    started, told = monotonic(), 0.0
    # Answers are printed meanwhile: rich would else take stdout over, and draw them beside its bar on stderr.
    bar = Bars(console=_console(sys.stderr), transient=True, redirect_stdout=False)
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
            _console(sys.stdout).print(drawing, crop=False)
    else:
        buffer = io.StringIO()
        _console(buffer).print(drawing)
        write("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()))


def _console(stream: TextIO) -> Console:
    """Return a console: as wide as the terminal, or wide enough for any row in a pipe, and plain there."""
    if is_terminal(stream):
        return Console(file=stream, highlight=False, width=get_terminal_size().columns)
    return Console(file=stream, highlight=False, width=_PIPE_WIDTH, color_system=None, force_terminal=False)
