"""A report on a terminal: tables, with bars where there is somebody to see them."""

import sys
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from rich.bar import Bar
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from negotiator.output.report.text import figure_cells, group_cells, title
from negotiator.output.streams import is_terminal, visible
from negotiator.output.terminal import show
from negotiator.reports.report import Report

if TYPE_CHECKING:
    from rich.console import RenderableType

_BAR_WIDTH = 8
_HEADING_WIDTH = 11
_ROOM_FOR_BARS = 100  # columns
_LONG = {"From", "Change"}  # what is folded on a narrow terminal; amounts are not
_NAME_WIDTH = 18  # at the least: names are folded last


def print_report(report: Report) -> None:
    """Print a report's figures, then its groups."""
    show(Text(title(report), style="bold"))
    bars = [figure.value if figure.unit == "share" else None for figure in report.whole.figures.values()]
    show(_drawn(*figure_cells(report), bars))
    if report.groups:
        most = max(cut.figures["booked_value"].value or 0 for cut in report.groups)
        weights = [(cut.figures["booked_value"].value or 0) / most if most else None for cut in report.groups]
        show(_drawn(*group_cells(report), weights))


def _drawn(headings: list[str], cells: list[list[str]], bars: list[float | None]) -> Table:
    """Return a table; on a wide terminal each row has a bar, from 0 to 1, after its first column."""
    drawn = is_terminal(sys.stdout) and get_terminal_size().columns >= _ROOM_FOR_BARS
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for number, heading in enumerate(headings):
        _add_column(table, heading, first=number == 0)
        if number == 0 and drawn:
            table.add_column("", width=_BAR_WIDTH)
    for row, share in zip(cells, bars, strict=True):
        texts: list[RenderableType] = [Text(visible(cell)) for cell in row]
        if drawn:
            inside = share is not None and 0 < share <= 1
            texts.insert(1, Bar(1, 0, share or 0, width=_BAR_WIDTH) if inside else "")
        table.add_row(*texts)
    return table


def _add_column(table: Table, heading: str, *, first: bool) -> None:
    """Add a column in which amounts are not folded, under a heading that is on a terminal."""
    folded = first or heading in _LONG
    words = "\n".join(wrap(heading, _HEADING_WIDTH)) if is_terminal(sys.stdout) else heading
    side: Literal["left", "right"] = "left" if first or heading == "From" else "right"
    width = _NAME_WIDTH if first else None
    table.add_column(words, justify=side, overflow="fold", no_wrap=not folded, min_width=width)
