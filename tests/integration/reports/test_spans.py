"""A report of a span that indexes find is that of reading every round, and reads no more than the span."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from negotiator.reports import report as reports
from negotiator.reports.facts import fact_tables, small_span
from negotiator.reports.span import Span
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from tests.untidy import NOW, untidy

HOUR = timedelta(hours=1)
SPANS = ((-8, None), (-30, -2), (None, -60), (-70, None), (-50, -49), (1, 2))


@pytest.fixture(params=range(4))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoadsFile]:
    """Give an untidy file."""
    untidy(tmp_path / "untidy.db", request.param)
    with LoadsFile.open(tmp_path / "untidy.db") as opened:
        yield opened


@pytest.mark.parametrize("by", [None, "carrier", "day", "outcome"])
def test_a_small_span_gives_what_reading_every_round_gives(
    file: LoadsFile, monkeypatch: pytest.MonkeyPatch, by: str | None
) -> None:
    """Figure by figure, whatever the spelling of times, with calls and sessions of all kinds."""
    counted = 0.0
    for since, until in SPANS:
        span = Span(
            None if since is None else NOW + since * HOUR,
            None if until is None else NOW + until * HOUR,
            ZoneInfo("America/Chicago"),
        )
        made = []
        for answer in (0, 1):
            monkeypatch.setattr(reports, "small_span", lambda _, answer=answer: f"SELECT {answer}")
            made.append(reports.report(file, span=span, now=NOW, ceiling_percent=10.0, by=by))
        assert made[0] == made[1]
        counted += made[0].whole.figures["threads"].value or 0
    assert counted > 0


@pytest.mark.parametrize(
    "span", [Span(NOW - HOUR), Span(None, NOW), Span(NOW - HOUR, NOW)], ids=["since", "until", "both"]
)
def test_what_a_span_holds_is_found_by_indexes(desk: Path, span: Span) -> None:
    """Neither rounds nor calls are read from end to end."""
    values = dict.fromkeys(("since", "until", "ceiling_percent", "by"), "2025-09-01")
    with closing(sqlite3.connect(desk)) as db:
        plans = []
        for sql in (small_span(span), *fact_tables(None, span, is_small=True)[:3]):
            plans.append([row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()])
            db.execute(sql, values)
    steps = [step for plan in plans for step in plan]
    tables = {"n", "back", "calls", "negotiations", "main.calls", "main.negotiations"}  # as SQLite names them
    assert not [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables]
    for plan, index in zip(
        plans,
        (
            "negotiations_timestamp (",
            "negotiations_timestamp (",
            "negotiations_session_id",
            "calls_start_time (",
        ),
        strict=True,
    ):
        assert any(f"idx_{index}" in step for step in plan)


def test_what_is_small_is_known_from_a_few_rounds(desk: Path) -> None:
    """A span of most of the file is read from end to end: by indexes it would take longer."""
    with closing(sqlite3.connect(desk)) as db:
        db.executemany(
            "INSERT INTO negotiations (call_id, round_number, timestamp) VALUES (1, 1, ?)",
            [(timestamps.format_stored(NOW - number * timedelta(days=1)),) for number in range(400)],
        )
        for days, small in ((1, 1), (90, 1), (110, 0), (500, 0)):
            span = Span(NOW - timedelta(days=days))
            values = {"since": span.since_text, "until": None}
            assert db.execute(small_span(span), values).fetchone() == (small,)
