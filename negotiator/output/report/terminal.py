"""A report as tables: the figures that matter most, or all of them, with bars where there is room."""

from collections.abc import Sequence

from rich.text import Text

from negotiator.output.layout import Column
from negotiator.output.report.text import (
    VERSIONS_NOTE,
    ceilings,
    deal_cells,
    figure_cells,
    group_cells,
    title,
    version_cells,
)
from negotiator.output.report.words import BOOKED, booked, shown, todays_stand_in, zone_text
from negotiator.output.tables import say_left_out
from negotiator.output.terminal import draw_table, show
from negotiator.reports.report import Cut, Figure, Report
from negotiator.values.timestamps import utc_now

_MATTER_MOST = (
    *("calls", "calls_with_ask", BOOKED, "booking_rate", "booked_value", "final_over_posted", "saved"),
    *("rounds_to_close", "transfer_rate", "recoverable_transfers", "unanswered_counters", "open_loads"),
)
_FIGURES = (
    Column("Figure", folds=18),
    Column("Value", right=True),
    Column("Made from", folds=20, rank=2),
    Column("Before", rank=3, right=True),
    Column("Change", folds=16, rank=1),
)
_DEAL_WIDTHS = {"By": (12, 1), "When": (0, 2), "Why": (20, 3)}  # folds and rank
_GROUP_FOLDS = 11  # a value, and below it how it moved
_GROUP_RANKS = (0, 3, 2, 1, 5, 4, 6)  # the group, and its headlines in their order


def print_report(report: Report, *, everything: bool = False) -> None:
    """Print a report's groups, then its figures: a dozen of them, unless ``everything`` is wanted.

    Of a span in which nothing happened, only that is said.
    """
    whole = report.whole
    show(Text(f"{title(report)} ({zone_text(report.span, utc_now())})"))
    if not (everything or whole.figures["calls"].value or whole.figures["rounds"].value):
        show(Text("\n".join(_nothing(whole))))
        return
    if report.groups:
        headings, cells = group_cells(report)
        folds = _GROUP_FOLDS if whole.previous else 0
        columns = [
            Column(heading, folds=folds if place else 18, rank=_GROUP_RANKS[place], right=place > 0)
            for place, heading in enumerate(headings)
        ]
        _draw(columns, cells, _shares_of_most(report.groups))
        _print_versions(report)
        show(Text("\nIn all"))
    figures = [*whole.figures.values()] if everything else _chosen(whole)
    _, cells = figure_cells(whole, figures)
    columns = list(_FIGURES if whole.previous else _FIGURES[:3])
    _draw(columns, cells, [figure.value if figure.unit == "share" else None for figure in figures])
    if told := ceilings(report):
        show(Text(f"\n{told}"))
    if report.above_ceiling:
        headings, cells = deal_cells(report)
        columns = [Column(heading, *_DEAL_WIDTHS.get(heading, ())) for heading in headings]
        _draw(columns, cells, [None] * len(cells))
    if note := todays_stand_in(whole.figures):
        show(Text(f"\n{note}"))


def _print_versions(report: Report) -> None:
    """Print the versions of the policy beside each other, where the report is cut by them."""
    if report.versions:
        headings, cells = version_cells(report)
        show(Text())
        columns = [Column(heading, folds=10, right=place > 0) for place, heading in enumerate(headings)]
        _draw(columns, cells, [None] * len(cells))
        show(Text(VERSIONS_NOTE))


def _chosen(cut: Cut) -> list[Figure]:
    known = {**cut.figures, BOOKED: booked(cut.figures)}
    people = ("booked_by_people",) if known["booked_by_people"].numerator else ()
    return [known[key] for key in (*_MATTER_MOST, *people)]


def _draw(columns: Sequence[Column], cells: Sequence[Sequence[str]], shares: Sequence[float | None]) -> None:
    say_left_out([columns[place] for place in draw_table(columns, cells, shares)])


def _shares_of_most(groups: Sequence[Cut]) -> list[float | None]:
    """Return what each group booked, as a share of what the most booked."""
    most = max(cut.figures["booked_value"].value or 0 for cut in groups)
    return [(cut.figures["booked_value"].value or 0) / most if most else None for cut in groups]


def _nothing(cut: Cut) -> list[str]:
    """Return in words that nothing happened, what did before, and what is on offer."""
    lines = ["No calls and no rounds."]
    if cut.previous:
        calls, deals = (
            shown(each, "count") for each in (cut.previous["calls"].value, booked(cut.previous).value)
        )
        worth = shown(cut.previous["booked_value"].value, "usd")
        lines.append(f"In the span before: {calls} calls, {deals} booked for {worth}.")
    loads, oldest = cut.figures["open_loads"], cut.figures["open_load_oldest"]
    if loads.value:
        since = f"; the oldest for {shown(oldest.value, oldest.unit)}" if oldest.denominator else ""
        lines.append(f"Available loads: {shown(loads.value, loads.unit)}{since}.")
    return lines
