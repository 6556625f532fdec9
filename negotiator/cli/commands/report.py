"""``negotiator report``."""

import os
from contextlib import suppress
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.usage import UsageError
from negotiator.output import contract, formats, printing
from negotiator.values.timestamps import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from negotiator.reports.report import Report

EXAMPLES = examples(
    "negotiator report --since monday",
    "negotiator report --by carrier --top 10 --since 30d --compare",
    "negotiator report --since yesterday --format html --output report.html",
    "negotiator report --since 24h --fail-if 'booking_rate<0.3'",
)


class By(StrEnum):
    """What a report is cut by."""

    LANE = "lane"
    EQUIPMENT = "equipment"
    CARRIER = "carrier"
    DAY = "day"
    WEEK = "week"
    HOUR = "hour"
    ROUND = "round"
    OUTCOME = "outcome"
    REASON = "reason"
    POLICY = "policy"


class ReportFormat(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    CSV_SAFE = "csv-safe"
    MD = "md"
    HTML = "html"


BY = "By lane, equipment, carrier, day, week, hour, round, outcome, reason lost or policy."
app = Commands()
_STDOUT = Path("-")


@app.command("report", epilog=EXAMPLES)
def report(
    by: Annotated[By | None, typer.Option("--by", help=BY, metavar="GROUP")] = None,
    top: Annotated[
        int | None,
        typer.Option("--top", min=1, help="Only the N groups with the most bookings.", metavar="N"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="A date, a time, 24h, 7d, today, monday.", metavar="TIME"),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Up to this time, exclusive.", metavar="TIME")
    ] = None,
    tz: Annotated[
        str | None,
        typer.Option(
            "--tz",
            help="Time zone of days and hours; else NEGOTIATOR_TZ, else the machine's.",
            metavar="NAME",
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Beside the period before, of the same length.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Print every figure, not only the dozen that matter most.")
    ] = False,
    within: Annotated[
        float,
        typer.Option(
            "--within",
            min=0,
            max=100,
            help="Percent above the ceiling that count as recoverable.",
            metavar="N",
        ),
    ] = 2.0,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if", help="Exit with 10 if it holds, as in 'booking_rate<0.3'.", metavar="CONDITION"
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to this file, whole or not at all; - prints it.",
            metavar="PATH",
            readable=False,
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: Annotated[
        ReportFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="table, json, jsonl, csv, md or html.",
            metavar="FORM",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Count calls, bookings, what was paid over the posted rate, and what was lost: in all, or by a group."""
    chosen = options.chosen_of(ReportFormat, form, as_json, csv_safe)
    from negotiator.policy.terms import PolicySource
    from negotiator.reports.alarms import parse_condition, require_none_holds
    from negotiator.reports.report import report as make_report
    from negotiator.reports.span import span_of
    from negotiator.storage.database import LoadsFile

    options.collect_garbage()
    if isnan(within):
        raise UsageError("--within nan is not a number", "give percent, as in 2")
    conditions = [parse_condition(text) for text in fail_if or []]
    now = utc_now()
    if to == _STDOUT:
        to = None
    if to is not None:
        _refuse_target(to, db)
    if top is not None and by is None:
        raise UsageError("--top needs --by", "say what to cut by, as in --by carrier")
    span = span_of(since, until, options.desk_zone(tz), now, closed=compare)
    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file, printing.progress() as progress:
        with file.read() as connection:
            policy = source.desk_terms(connection).policy
        made = make_report(
            file,
            span=span,
            now=now,
            ceiling_percent=float(policy.ceiling_percent),
            by=by,
            top=top,
            within=within / 100,
            compare=compare,
            progress=progress,
        )
    _deliver(made, chosen, to, everything=everything)
    require_none_holds(conditions, made.whole.figures)


def _refuse_target(to: Path, db: Path) -> None:
    """Raise BadInputError for a folder, for the file that is read, and for what else belongs to SQLite."""
    from negotiator.storage.atomic_file import real_path, refuse_side_file
    from negotiator.storage.sqlite_errors import sqlite_errors

    hint = "name another file for the report"
    with sqlite_errors(to):
        if to.is_dir():
            raise UsageError(f"{str(to)!r} is a folder", hint)
        refuse_side_file(to)
        if real_path(to) == real_path(db):
            raise UsageError(f"{str(to)!r} is the file that is read", hint)
        if to.is_file():
            with suppress(OSError), to.open("rb") as existing:
                if existing.read(16) == b"SQLite format 3\0":
                    raise UsageError(f"{str(to)!r} is an SQLite file", hint)


def _deliver(made: "Report", form: ReportFormat, to: Path | None, *, everything: bool) -> None:
    """Print a report, or write it to a file."""
    if to is None and form is ReportFormat.TABLE:
        from negotiator.output.report.terminal import print_report

        print_report(made, everything=everything)
        return
    parts = _parts(made, form)
    if to is None:
        printing.parts(parts)
    else:
        printing.write_file(to, parts)


def _parts(made: "Report", form: ReportFormat) -> "Iterable[str]":
    """Return a report as a text, in parts: thousands of groups are not all held as one."""
    from negotiator.output.report import text

    if form is ReportFormat.HTML:
        from negotiator.output.report.html import page

        return [page(made, made_at=utc_now())]
    if form in {ReportFormat.TABLE, ReportFormat.MD}:
        return [text.as_markdown(made)]
    if form is ReportFormat.JSON:
        return formats.json_parts(text.as_dict(made))
    lines = formats.row_lines(text.as_rows(made), contract.REPORT_ROW, formats.Format(form))
    return (line if place == 0 else "\n" + line for place, line in enumerate(lines))
