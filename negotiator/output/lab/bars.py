"""A picture of shares: one bar a line, with a mark where the best that can be reached lies."""

import sys
from collections.abc import Sequence
from shutil import get_terminal_size
from typing import NamedTuple

from rich.console import Group
from rich.text import Text

from negotiator.output.streams import is_terminal, visible
from negotiator.output.terminal import show

_WIDEST, _PIPE_WIDTH = 120, 80  # columns: wider, the eye loses the line
_NARROWEST = 10  # columns of a bar
# ASCII alone: the picture is the same in any locale, in a pipe, in a mail.
_REACHED, _POSSIBLE, _REST = "#", "-", " "
_STYLES = {_REACHED: "cyan", _POSSIBLE: "dim", _REST: ""}


class Bar(NamedTuple):
    """A labelled share from 0 to 1, and the most that it can be, where that is known."""

    label: str
    share: float
    most: float | None = None


def print_bars(bars: Sequence[Bar], legend: str) -> None:
    """Draw a line for each share: its label, the bar, and the share in percent."""
    labels = [visible(bar.label) for bar in bars]
    width = max(map(len, labels), default=0)
    room = max(_width() - width - len("  ||  100 %"), _NARROWEST)
    lines = [
        Text.assemble(f"{label:<{width}}  |", *_cells(bar, room), f"|  {bar.share:>4.0%}".replace("%", " %"))
        for label, bar in zip(labels, bars, strict=True)
    ]
    show(Group(*lines, Text(legend, style="dim")))


def _cells(bar: Bar, room: int) -> list[tuple[str, str]]:
    """Return the parts of a bar, each with its style."""
    reached = round(min(max(bar.share, 0), 1) * room)
    possible = max(round(min(bar.most or 0, 1) * room) - reached, 0)
    parts = (_REACHED * reached, _POSSIBLE * possible, _REST * (room - reached - possible))
    return [(part, _STYLES[part[0]]) for part in parts if part]


def _width() -> int:
    """Return the width of the whole picture, columns."""
    return min(get_terminal_size().columns, _WIDEST) if is_terminal(sys.stdout) else _PIPE_WIDTH
