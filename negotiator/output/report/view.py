"""What the page of a report shows: tiles, rows and bars, as texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from negotiator.output.report.text import ceilings, deal_cells
from negotiator.output.report.words import (
    BOOKED,
    booked,
    change,
    divided,
    made_from,
    shown,
    span_text,
    todays_stand_in,
)
from negotiator.output.streams import visible
from negotiator.reports.report import Cut, Figure, Report

_OUTCOMES = ("accepted", "rejected", "negotiating", "transferred", "abandoned", "unknown")
_CLOSED_IN = (
    ("closed_in_1", "1 round"),
    ("closed_in_2", "2 rounds"),
    ("closed_in_3", "3 rounds"),
    ("closed_in_more", "More than 3 rounds"),
)
_KEY_FIGURES = ("booking_rate", "booked_value", "final_over_posted", "saved", "rounds_to_close")
_COLUMNS = ("calls", *_KEY_FIGURES)
_MOST_BARS = 20
_LONGEST_LABEL = 80  # characters of a bar's label: three lines on a phone; the table has the whole name
_LATEST_MATTER = {"day", "week"}


@dataclass(frozen=True)
class Cell:
    """A value and, where there is one to compare with, the one before and how it changed."""

    label: str
    value: str
    before: str = ""
    change: str = ""
    made_from: str = ""
    divided: str = ""
    of: str = ""

    @property
    def moved(self) -> str:
        """How it changed and from what; empty when that is nothing to tell."""
        if self.before in {"", self.value}:
            return self.change
        return f"{self.change}, was {self.before}" if self.change else f"was {self.before}"


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: as long as ``value``, with ``text`` to say it."""

    label: str
    value: float | None
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars under a title. The whole width is the value ``full``, or the largest bar if that is larger."""

    title: str
    bars: tuple[Bar, ...]
    full: float | None = None
    note: str = ""

    def percent(self, bar: Bar) -> int:
        """Return the width of a bar, percent of the whole; what can be drawn at all has one at least."""
        whole = max(self.full or 0.0, *(_length(each.value) for each in self.bars))
        share = _length(bar.value) / whole if whole else 0.0
        return max(round(100 * share), 1 if share else 0)


@dataclass(frozen=True)
class GroupRow:
    """A group's name and its cells."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class View:
    """All that a page shows, in its order."""

    span: str
    before: str
    tiles: tuple[Cell, ...]
    charts: tuple[Chart, ...]
    by: str
    group_charts: tuple[Chart, ...]
    groups: tuple[GroupRow, ...]
    rows: tuple[Cell, ...]
    ceilings: str
    deal_headings: tuple[str, ...]
    deals: tuple[tuple[str, ...], ...]
    note: str


def view(report: Report) -> View:
    """Return what the page of a report shows."""
    whole = report.whole
    headings, deals = deal_cells(report)
    return View(
        span=span_text(report.span),
        before=span_text(report.span.before()) if whole.previous else "",
        tiles=tuple(_cell(whole, key) for key in (BOOKED, *_KEY_FIGURES)),
        charts=(_outcomes(whole), _rounds_to_close(whole)),
        by=report.by or "group",
        group_charts=tuple(_group_charts(report)),
        groups=tuple(
            GroupRow(_name(cut), tuple(_cell(cut, key) for key in _COLUMNS)) for cut in report.groups
        ),
        rows=tuple(_cell(whole, key) for key in whole.figures),
        ceilings=ceilings(report),
        deal_headings=tuple(headings),
        deals=tuple(tuple(map(visible, cells)) for cells in deals),
        note=todays_stand_in(whole.figures),
    )


def _cell(cut: Cut, key: str) -> Cell:
    figure = booked(cut.figures) if key == BOOKED else cut.figures[key]
    before = (booked(cut.previous) if key == BOOKED else cut.previous[key]) if cut.previous else None
    return Cell(
        label=visible(figure.label),
        value=shown(figure.value, figure.unit),
        before=shown(before.value, before.unit) if before else "",
        change=change(figure.value, before.value, figure.unit) if before else "",
        made_from=made_from(figure),
        divided=divided(figure),
        of=visible(figure.of),
    )


def _name(cut: Cut) -> str:
    return visible(cut.group or "") or "(no name)"


def _length(value: float | None) -> float:
    """Return what can be drawn of a value."""
    return value if value is not None and isfinite(value) and value > 0 else 0.0


def _bar_label(cut: Cut) -> str:
    """Return a group's name, cut if it is long."""
    name = _name(cut)
    kept = name[: _LONGEST_LABEL - 1].rstrip()
    return name if len(name) <= _LONGEST_LABEL else kept + "\N{HORIZONTAL ELLIPSIS}"


def _share_bar(figure: Figure, label: str) -> Bar:
    return Bar(label, figure.value, f"{shown(figure.numerator, 'count')} · {shown(figure.value, 'share')}")


def _outcomes(cut: Cut) -> Chart:
    figures = {word: cut.figures[f"outcome_{word}"] for word in _OUTCOMES}
    if not cut.figures["calls"].value:
        return Chart("How calls ended", (), note="There were no calls.")
    bars = [_share_bar(figure, word.capitalize()) for word, figure in figures.items()]
    return Chart("How calls ended", tuple(bars), full=1, note="Share of all calls.")


def _rounds_to_close(cut: Cut) -> Chart:
    if not cut.figures["rounds_to_close"].denominator:
        return Chart("Rounds to close", (), note="No thread was closed.")
    bars = [_share_bar(cut.figures[key], label) for key, label in _CLOSED_IN]
    return Chart("Rounds to close", tuple(bars), full=1, note="Share of the threads that were closed.")


def _group_charts(report: Report) -> Iterator[Chart]:
    """Give what the groups booked, or how often they called if none booked, and their booking rates."""
    if not report.groups:
        return
    key = "booked_value" if any(cut.figures["booked_value"].value for cut in report.groups) else "calls"
    drawn, others = _drawn(report, key)
    note = _rest(others, latest=report.by in _LATEST_MATTER)
    for each, full, without in ((key, None, "no calls"), ("booking_rate", 1, "no calls with an ask")):
        title = f"{visible(drawn[0].figures[each].label)} by {report.by or 'group'}"
        if any(cut.figures[each].denominator for cut in drawn):
            bars = tuple(
                Bar(_bar_label(cut), cut.figures[each].value, _bar_text(cut.figures[each])) for cut in drawn
            )
            yield Chart(title, bars, full, note)
        else:
            yield Chart(title, (), note=f"There were {without}.")


def _bar_text(figure: Figure) -> str:
    """Return a value, a share with what it came from: one of one is not the same as forty of forty."""
    numbers, text = divided(figure), shown(figure.value, figure.unit)
    return f"{numbers} · {text}" if numbers else text


def _drawn(report: Report, key: str) -> tuple[list[Cut], list[Cut]]:
    """Return the groups that get a bar, in the report's order, and the others: the latest, or the largest."""
    places = range(len(report.groups))
    if report.by in _LATEST_MATTER:
        chosen = set(places[-_MOST_BARS:])
    else:
        ranked = sorted(places, key=lambda place: -(report.groups[place].figures[key].value or 0))
        chosen = set(ranked[:_MOST_BARS])
    drawn = [cut for place, cut in enumerate(report.groups) if place in chosen]
    return drawn, [cut for place, cut in enumerate(report.groups) if place not in chosen]


def _rest(others: Sequence[Cut], *, latest: bool) -> str:
    """Return in words what the groups without a bar come to."""
    if not others:
        return ""
    calls = sum(cut.figures["calls"].value or 0 for cut in others)
    value = sum(cut.figures["booked_value"].value or 0 for cut in others)
    booked = sum(cut.figures["booking_rate"].numerator or 0 for cut in others)
    asked = sum(cut.figures["booking_rate"].denominator or 0 for cut in others)
    rate = f", booking rate {shown(booked / asked, 'share')}" if asked else ""
    return (
        f"The {'latest' if latest else 'largest'} {_MOST_BARS}. {len(others):,} more are in the table below: "
        f"{shown(calls, 'count')} calls, {shown(value, 'usd')} booked{rate}."
    )
