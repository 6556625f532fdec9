"""A desk's figures over a span of time, by SQL: read-only, in short transactions, with flat memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Connection
from typing import TYPE_CHECKING

from negotiator.progress import Progress, silent
from negotiator.reports.adherence import DealAboveCeiling, deals_above_ceiling
from negotiator.reports.facts import FACTS, TABLES, fact_tables, small_span
from negotiator.reports.figures import FIGURES, FigureSpec
from negotiator.reports.span import Span, local_label
from negotiator.reports.versions import VersionResult, version_order, version_results
from negotiator.storage.database import LoadsFile
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import patiently, ticking
from negotiator.values import timestamps

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Figure:
    """One figure: its value in ``unit`` (count, share, usd, rounds, seconds, days), and what it came from.

    ``numerator`` and ``denominator`` are as ``of`` says; None where there is nothing to divide, and for a
    median the denominator is how many values there were.
    """

    key: str
    label: str
    unit: str
    of: str
    value: float | None
    numerator: float | None
    denominator: float | None


_PLACES = {spec.key: place for place, spec in enumerate(FIGURES)}
# Value, numerator and denominator of each figure, in their order; what was not measured is nothing.
_NOTHING: list[float | None] = [
    number for spec in FIGURES for number in (0 if spec.kind == "total" else None, 0, 0)
]


class Figures(Mapping[str, Figure]):
    """Every figure by its key. Each is made when it is asked for: thousands of groups are bare numbers."""

    __slots__ = ("_numbers",)

    def __init__(self, measured: Mapping[str, Sequence[float | None]]) -> None:
        """Take value, numerator and denominator of the figures that were measured."""
        self._numbers = _NOTHING.copy()
        self.measure(measured)

    def measure(self, measured: Mapping[str, Sequence[float | None]]) -> None:
        """Take more figures, as they are measured."""
        for key, numbers in measured.items():
            place = 3 * _PLACES[key]
            self._numbers[place : place + 3] = numbers

    def __getitem__(self, key: str) -> Figure:
        """Return a figure. Raises KeyError when there is none of this name."""
        place = _PLACES[key]
        spec = FIGURES[place]
        value, numerator, denominator = self._numbers[3 * place : 3 * place + 3]
        return Figure(spec.key, spec.label, spec.unit, spec.of, value, numerator, denominator)

    def __iter__(self) -> Iterator[str]:
        """Give the keys in the order in which figures are printed."""
        return iter(_PLACES)

    def __len__(self) -> int:
        """Return how many figures there are."""
        return len(_PLACES)


@dataclass(frozen=True)
class Cut:
    """The figures of one group; of everything when ``group`` is None. ``previous`` are of the span before."""

    group: str | None
    figures: Mapping[str, Figure]
    previous: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The figures of a span as a whole, and cut ``by`` something; and the deals above their ceiling.

    ``versions`` are compared where it is cut by policy.
    """

    span: Span
    by: str | None
    whole: Cut
    groups: tuple[Cut, ...] = ()
    above_ceiling: tuple[DealAboveCeiling, ...] = ()
    versions: tuple[VersionResult, ...] = ()


_DECIMALS = {"usd": 2, "seconds": 3}  # SQLite's Julian days are exact to some 40 microseconds
_IN_ORDER_OF_TIME = {"day", "week", "hour", "round"}


def report(
    file: LoadsFile,
    *,
    span: Span,
    now: datetime,
    ceiling_percent: float,
    by: str | None = None,
    top: int | None = None,
    within: float = 0.02,
    compare: bool = False,
    progress: Progress = silent,
) -> Report:
    """Return a desk's figures of a span.

    ``by`` cuts them by lane, equipment, carrier, day, week, hour, round, outcome, reason or policy; ``top``
    keeps that many groups. ``within`` is how far above the ceiling (a share of it) a transferred ask was
    recoverable; ``ceiling_percent`` is the desk's. ``compare`` adds the figures of the span before, of the
    same length. Raises BusyError, UnusableFileError.
    """
    wanted = {"ceiling_percent": ceiling_percent, "now": timestamps.format_stored(now), "within": within}
    db = file.connection
    with sqlite_errors(file.path):
        _register(db, span.zone)
        with ticking(db, progress, "reading"):
            cuts = _cuts(db, span, by, wanted)
            versions = version_results(db, wanted) if by == "policy" else ()
            deals = deals_above_ceiling(db)
            before = _cuts(db, span.before(), by, wanted) if compare else {}
    empty = Figures({})
    whole = Cut(None, cuts.pop(None, empty), before.pop(None, {}) if before else {})
    groups = [Cut(name, figures, before.get(name, {})) for name, figures in cuts.items()]
    return Report(span, by, whole, tuple(_in_order(_weightiest(groups)[:top], by)), deals, versions)


def _weightiest(groups: list[Cut]) -> list[Cut]:
    """Sort groups by what was booked, then by calls, then by name."""

    def weight(cut: Cut) -> tuple[float, float, str]:
        figures = cut.figures
        return (-(figures["booked_value"].value or 0), -(figures["calls"].value or 0), cut.group or "")

    return sorted(groups, key=weight)


def _in_order(groups: list[Cut], by: str | None) -> list[Cut]:
    """Sort groups by time where they are times, and by number where they are numbers."""
    if by == "policy":
        return sorted(groups, key=lambda cut: version_order(cut.group), reverse=True)
    if by not in _IN_ORDER_OF_TIME:
        return groups
    return sorted(groups, key=lambda cut: (len(cut.group or "") if by == "round" else 0, cut.group or ""))


def _register(db: Connection, zone: "ZoneInfo | None") -> None:
    """Give SQLite the names of days, weeks and hours in the desk's time zone."""
    db.create_function("local_label", 2, lambda moment, by: local_label(moment, by, zone), deterministic=True)


def _cuts(
    db: Connection, span: Span, by: str | None, wanted: Mapping[str, object]
) -> dict[str | None, Figures]:
    """Return the figures of everything (under None) and of each group."""
    values = {**wanted, "since": span.since_text, "until": span.until_text, "by": by}
    for name in TABLES:
        db.execute(f"DROP TABLE IF EXISTS temp.{name}")
    is_small = bool(span.since or span.until) and bool(db.execute(small_span(span), values).fetchone()[0])
    for sql in fact_tables(by, span, is_small=is_small):
        patiently(db, sql, values)
    found: dict[str | None, Figures] = {}
    for table in FACTS:
        for grouped in (False, True) if by else (False,):
            for group, measured in _measure(db, table, values, grouped=grouped):
                if group not in found:
                    found[group] = Figures({})
                found[group].measure(measured)
    return found


def _measure(
    db: Connection, table: str, values: Mapping[str, object], *, grouped: bool
) -> Iterator[tuple[str | None, dict[str, tuple[float | None, ...]]]]:
    """Give value, numerator and denominator of a table's figures: one pass for all sums, one a median."""
    specs = [spec for spec in FIGURES if spec.table == table]
    sums = [spec for spec in specs if spec.median is None]
    group, tail = ("grp", "WHERE grp IS NOT NULL GROUP BY grp") if grouped else ("NULL", "")
    listed = ", ".join(f"{spec.numerator}, {spec.denominator}" for spec in sums)
    used = {name: value for name, value in values.items() if f":{name}" in listed}
    for name, *numbers in db.execute(f"SELECT {group}, {listed} FROM temp.report_{table} {tail}", used):
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        yield name, {spec.key: _quotient(spec, *pair) for spec, pair in zip(sums, pairs, strict=True)}
    for spec in specs:
        if spec.median is not None:
            for name, middle, number in db.execute(_median(spec, table, grouped=grouped)):
                yield name, {spec.key: (_rounded(middle, spec.unit), None, number)}


def _quotient(
    spec: FigureSpec, numerator: float | None, denominator: float | None
) -> tuple[float | None, ...]:
    above, below = _rounded(numerator or 0, spec.unit), _rounded(denominator or 0, spec.unit)
    if spec.kind == "total":
        return above, above, below
    return (_rounded(above / below, spec.unit) if below else None), above, below


def _rounded(number: float, unit: str) -> float:
    """Return a number without what adding many floats leaves behind."""
    return number if isinstance(number, int) else round(number, _DECIMALS.get(unit, 6))


def _median(spec: FigureSpec, table: str, *, grouped: bool) -> str:
    """Return SQL for the middle value of each group, or the mean of the two in the middle."""
    group = "grp" if grouped else "NULL"
    known = f"{spec.median} IS NOT NULL{' AND grp IS NOT NULL' if grouped else ''}"
    return f"""
        SELECT grp, avg(x), max(n) FROM (
          SELECT {group} AS grp, {spec.median} AS x,
                 row_number() OVER (PARTITION BY {group} ORDER BY {spec.median}) AS place,
                 count(*) OVER (PARTITION BY {group}) AS n
            FROM temp.report_{table} WHERE {known})
         WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY grp"""
