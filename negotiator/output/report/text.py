"""A report as rows, as JSON and as Markdown, and its figures as a person reads them."""

from collections.abc import Iterable, Iterator, Mapping

from negotiator.output import contract
from negotiator.output.report.words import (
    BOOKED,
    adherence,
    booked,
    change,
    divided,
    made_from,
    shown,
    span_text,
    todays_stand_in,
)
from negotiator.output.streams import visible
from negotiator.output.times import local_time
from negotiator.reports.report import Cut, Figure, Report
from negotiator.values.money import dollars

MOST_DEALS = 20
"""How many of the deals above their ceiling a person is shown."""
VERSIONS_NOTE = (
    "Left: dollars a thread at a posted rate of 1,000, below today's ceiling; 95 of 100 intervals hold"
    " the truth. Versions met other loads and other weeks: a difference need not be theirs."
)
HEADLINES = (
    "calls",
    "booking_rate",
    "booked_value",
    "final_over_posted",
    "saved",
    "rounds_to_close",
)
"""The figures that stand in the columns of a cut."""


def as_dict(report: Report) -> dict[str, object]:
    """Return a report for JSON: its span, its figures by key, and the same for each group.

    The groups are an iterator, as for `formats.json_parts`.
    """
    return {
        "since": report.span.since,
        "until": report.span.until,
        "timezone": zone_name(report),
        "by": report.by,
        "figures": _cut_dict(report.whole),
        "above_ceiling": [contract.data(deal, contract.ABOVE_CEILING) for deal in report.above_ceiling],
        "groups": ({"group": cut.group, "figures": _cut_dict(cut)} for cut in report.groups),
        **(
            {"versions": [contract.data(one, contract.VERSION_RESULT) for one in report.versions]}
            if report.by == "policy"
            else {}
        ),
    }


def as_rows(report: Report) -> Iterator[Mapping[str, object]]:
    """Give a row a figure: those of everything first, then those of each group."""
    for cut in (report.whole, *report.groups):
        for key, entry in _cut_dict(cut).items():
            yield {"group": cut.group, "figure": key, **entry, **_compared(cut, key)}


def as_markdown(report: Report) -> str:
    """Return a report as Markdown tables, for a chat or a ticket."""
    parts = [
        f"## {title(report)}",
        markdown_table(*figure_cells(report.whole, report.whole.figures.values())),
    ]
    if report.groups:
        parts += [f"### By {report.by}", markdown_table(*group_cells(report))]
    if report.versions:
        parts += [markdown_table(*version_cells(report)), VERSIONS_NOTE]
    if told := ceilings(report):
        parts.append(told)
    if report.above_ceiling:
        parts.append(markdown_table(*deal_cells(report)))
    if note := todays_stand_in(report.whole.figures):
        parts.append(note)
    return "\n\n".join(parts)


def title(report: Report) -> str:
    """Return what the report is about, in words."""
    return f"Negotiations, {span_text(report.span)}"


def zone_name(report: Report) -> str:
    """Return the name of the time zone in which days and hours are counted."""
    return str(report.span.zone or "local")


def figure_cells(cut: Cut, figures: Iterable[Figure]) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of figures: value, what it was made from, and what it was before."""
    headings = ["Figure", "Value", "Made from", *(["Before", "Change"] if cut.previous else [])]
    return headings, [
        [figure.label, shown(figure.value, figure.unit), made_from(figure), *_before_and_change(cut, figure)]
        for figure in figures
    ]


def group_cells(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of a cut: a row a group, the headlines in columns."""
    labels = [report.whole.figures[key].label for key in HEADLINES]
    return [str(report.by).capitalize(), *labels], [
        [cut.group or "", *(_shown_and_change(cut, cut.figures[key]) for key in HEADLINES)]
        for cut in report.groups
    ]


def version_cells(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the versions of the policy: what they left, and what is still needed."""
    return ["Policy", "Threads", "Deals", "Left", "More than latest", "Threads missing"], [
        [
            one.version,
            f"{one.threads:,}",
            f"{one.deals:,}",
            _between(one.left, one.left_low, one.left_high),
            _between(one.more, one.more_low, one.more_high, sign="+"),
            "" if one.missing is None else f"{one.missing:,}",
        ]
        for one in report.versions
    ]


def _between(value: float | None, low: float | None, high: float | None, sign: str = "") -> str:
    """Return a value with the ends of its interval."""
    if value is None:
        return ""
    form = f"{{:{sign},.1f}}"
    known = low is not None and high is not None
    return form.format(value) + (f" ({form.format(low)} to {form.format(high)})" if known else "")


def deal_cells(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the deals above their ceiling: the latest."""
    zone = report.span.zone
    return ["Call", "Load", "Agreed", "Ceiling", "By", "When", "Why"], [
        [
            "" if deal.call_id is None else str(deal.call_id),
            deal.load_id or "",
            "" if deal.agreed is None else dollars(deal.agreed),
            "" if deal.ceiling is None else dollars(deal.ceiling),
            deal.decided_by or "",
            "" if deal.time is None else local_time(deal.time, zone),
            deal.reason or "",
        ]
        for deal in report.above_ceiling[:MOST_DEALS]
    ]


def ceilings(report: Report) -> str:
    """Return in words whether ceilings were kept, and that not all deals above them are listed."""
    told, count = adherence(report.whole.figures), len(report.above_ceiling)
    return f"{told} The latest {MOST_DEALS} of {count:,}:" if count > MOST_DEALS else told


def difference(cut: Cut, key: str) -> float | None:
    """Return how much more a figure is than in the span before."""
    before = cut.previous.get(key)
    value = cut.figures[key].value
    return None if before is None or before.value is None or value is None else value - before.value


def _before_and_change(cut: Cut, figure: Figure) -> list[str]:
    if not cut.previous:
        return []
    before = (booked(cut.previous) if figure.key == BOOKED else cut.previous[figure.key]).value
    return [shown(before, figure.unit), change(figure.value, before, figure.unit)]


def _shown_and_change(cut: Cut, figure: Figure) -> str:
    """Return a value, a share with what was divided, and how it moved if that is known."""
    moved = cut.previous and change(figure.value, cut.previous[figure.key].value, figure.unit)
    return shown(figure.value, figure.unit) + "".join(
        f" ({part})" for part in (divided(figure), moved) if part
    )


def _cut_dict(cut: Cut) -> dict[str, dict[str, object]]:
    return {
        key: {
            "label": figure.label,
            "unit": figure.unit,
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "of": figure.of,
            **(_compared(cut, key) if cut.previous else {}),
        }
        for key, figure in cut.figures.items()
    }


def _compared(cut: Cut, key: str) -> dict[str, object]:
    before = cut.previous.get(key)
    return {"previous": before.value if before else None, "change": difference(cut, key)}


def markdown_table(headings: list[str], cells: list[list[str]]) -> str:
    """Return texts under headings as a table of Markdown."""
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    """Return a text that Markdown reads as text."""
    escaped = "".join(f"\\{letter}" if letter in r"\`*_[]<>|#~!" else letter for letter in visible(text))
    return escaped if set(text) != {"-"} or len(text) == 1 else text
