"""A report on a terminal: tables, with bars where there is somebody to see them."""

import sys
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from negotiator.output.report_text import figure_cells, group_cells, title
from negotiator.output.streams import is_terminal, visible
from negotiator.output.terminal import show
from negotiator.reports import Report

if TYPE_CHECKING:
    from rich.console import RenderableType

_BAR_WIDTH = 12


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
    """Return a table; on a terminal each row has a bar, from 0 to 1, after its first column."""
    drawn = is_terminal(sys.stdout)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, heading in enumerate(headings):
        numeric = number > 0 and heading != "From"
        table.add_column(
            heading, justify="right" if numeric else "left", overflow="fold", no_wrap=number == 1
        )
        if number == 0 and drawn:
            table.add_column("", width=_BAR_WIDTH)
    for row, share in zip(cells, bars, strict=True):
        texts: list[RenderableType] = [Text(visible(cell)) for cell in row]
        if drawn:
            inside = share is not None and 0 < share <= 1
            texts.insert(1, Bar(1, 0, share or 0, width=_BAR_WIDTH) if inside else "")
        table.add_row(*texts)
    return table
