"""Spans of time, and the local names of days, weeks and hours."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from negotiator.errors import InvalidTimeError
from negotiator.reports.span import Span, local_label, span_of

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_span_before_is_as_long_and_ends_where_this_one_begins() -> None:
    """In the same zone."""
    zone = ZoneInfo("America/Chicago")
    assert Span(NOW - DAY, NOW, zone).before() == Span(NOW - 2 * DAY, NOW - DAY, zone)


@pytest.mark.parametrize(
    ("span", "message", "hint"),
    [
        (Span(None, NOW), "a span without a beginning has none before it", "give its beginning"),
        (Span(NOW, None), "a span without a beginning has none before it", "give its beginning"),
        (
            Span(datetime(2, 1, 1, tzinfo=UTC), NOW),
            "there is no time before this span",
            "begin later",
        ),
    ],
)
def test_some_spans_have_none_before_them(span: Span, message: str, hint: str) -> None:
    """Neither one without an end, nor one that is longer than the time before it."""
    with pytest.raises(InvalidTimeError) as caught:
        span.before()
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("since", "until", "closed", "span"),
    [
        (None, None, False, (None, None)),
        (None, None, True, (None, NOW)),
        ("1d", None, False, (NOW - DAY, None)),
        ("1d", None, True, (NOW - DAY, NOW)),
        ("2d", "1d", True, (NOW - 2 * DAY, NOW - DAY)),
        (None, "1d", False, (None, NOW - DAY)),
        ("2025-09-01 11:59:59", "2025-09-01 12:00:00", False, (NOW - timedelta(seconds=1), NOW)),
        ("1d", "1d", False, None),
        ("1d", "2d", False, None),
        ("2025-09-02", None, True, None),
    ],
)
def test_a_span_is_what_texts_mean(
    since: str | None,
    until: str | None,
    closed: bool,  # noqa: FBT001 - a row
    span: tuple[datetime | None, datetime | None] | None,
) -> None:
    """Backwards from now; it ends after it begins, now where it is compared."""
    zone = ZoneInfo("UTC")
    if span is None:
        with pytest.raises(InvalidTimeError, match="ends before it begins") as caught:
            span_of(since, until, zone, NOW, closed=closed)
        assert caught.value.hint == "begin it before its end"
    else:
        assert span_of(since, until, zone, NOW, closed=closed) == Span(*span, zone)


def test_the_texts_of_a_span_are_as_stored() -> None:
    """So that SQLite compares them with what is in the file."""
    span = Span(NOW - DAY, NOW)
    assert (span.since_text, span.until_text) == ("2025-08-31 12:00:00.000000", "2025-09-01 12:00:00.000000")
    assert (Span().since_text, Span().until_text) == (None, None)


@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "Asia/Kolkata", "Asia/Kathmandu"])
def test_each_quarter_of_an_hour_has_the_day_and_the_hour_of_the_zone(zone: str) -> None:
    """Also at its first moment and at its last, as SQLite counts them."""
    place = ZoneInfo(zone)
    with closing(sqlite3.connect(":memory:")) as db:
        for number in range(96):
            for seconds in (0, 899):
                moment = NOW + timedelta(minutes=15 * number, seconds=seconds)
                (day,) = db.execute("SELECT julianday(?)", [f"{moment:%Y-%m-%d %H:%M:%S}"]).fetchone()
                local = moment.astimezone(place)
                found = [local_label(day, by, place) for by in ("day", "hour", "week")]
                assert found == [f"{local:%Y-%m-%d}", f"{local:%H}:00", "2025-W36"], moment


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2024-12-29", "2024-W52"),
        ("2024-12-30", "2025-W01"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
    ],
)
def test_a_week_is_that_of_its_thursdays_year(day: str, week: str) -> None:
    """It begins on Monday."""
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert local_label(moment.timestamp() / 86400 + 2440587.5, "week", ZoneInfo("UTC")) == week


@pytest.mark.parametrize("moment", [None, 1e9, -1e9, float("inf"), float("nan"), 0.0])
def test_what_is_in_no_calendar_is_unknown(moment: float | None) -> None:
    """Other programs write such times."""
    for by in ("day", "week", "hour"):
        assert local_label(moment, by, ZoneInfo("UTC")) == "unknown"
