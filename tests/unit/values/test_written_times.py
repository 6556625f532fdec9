"""Times as people and files write them: forms, clocks, zones, bounds, lengths."""

from datetime import UTC, datetime, time, timedelta

import pytest

from negotiator.errors import InvalidTimeError
from negotiator.values.timestamps import end_of, parse_length, parse_stored, parse_written
from negotiator.values.written_times import clock_in, moment_in
from tests.unit.values.spellings import TIMES


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        *(
            (text, "08:00:00")
            for text in ("8:00", "08:00", "8:00:00", "8 AM", "8AM", "8 A.M.", "08:00 AM", "0800", "800")
        ),
        *((text, "08:00:00") for text in ("0800 H", "0800HR", "0800 HRS", "800 HOURS", "0800 HRS.")),
        *(
            (text, "20:05:00")
            for text in ("20:05", "8:05 PM", "8:05PM", "8:05 P.M.", "8:05 P.M", "2005", "2005 H.", "805 PM")
        ),
        ("8:05:59 PM", "20:05:59"),
        ("12 AM", "00:00:00"),
        ("12:30 AM", "00:30:00"),
        ("12 PM", "12:00:00"),
        ("1 PM", "13:00:00"),
        ("11:59 PM", "23:59:00"),
        ("0:00", "00:00:00"),
        ("23:59:59", "23:59:59"),
        ("000", "00:00:00"),
        *((text, None) for text in ("24:00", "8:60", "8:00:60", "2400", "0860", "13 PM", "0 AM", "13:00 AM")),
        *(
            (text, None)
            for text in ("8", "08", "8:0", "8:", "80000", "8 XM", "8:00 A", "8 H", "AM", "", "8.00")
        ),
        *(
            (text, None)
            for text in (
                "008:00",
                "008 AM",
                "00800",
                "8:00:000",
                "\uff18:00",
                "8:00 AMX",
                " 8:00",
                "8:00 HRS",
                "8:00\n",
            )
        ),
    ],
)
def test_a_time_of_day_is_read_in_each_form(text: str, clock: str | None) -> None:
    """Of the clock with a colon, of twelve hours, and of four digits."""
    assert clock_in(text) == (None if clock is None else time.fromisoformat(clock))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        *((text, "2025-08-21 00:00") for text in ("2025-08-21", "8/21/2025", "08/21/2025", "8/21/25")),
        *(
            (text, "2025-08-21 14:30")
            for text in (
                *("2025-08-21 14:30", "2025-08-21T14:30", "2025-08-21 1430", "2025-08-21, 2:30 PM"),
                *(
                    "8/21/2025 2:30 PM",
                    "8/21/25 1430",
                    "8/21/2025, 14:30",
                    "8/21/2025T14:30",
                    "8/21/2025   1430",
                ),
            )
        ),
        ("2025-08-21T14:30:00Z", "2025-08-21 14:30+00:00"),
        ("2025-08-21 14:30 -05:30", "2025-08-21 14:30-05:30"),
        ("1/2/2025", "2025-01-02 00:00"),
        ("1/2/00", "2000-01-02 00:00"),
        ("12/31/99", "2099-12-31 00:00"),
        ("2/29/2024", "2024-02-29 00:00"),
        *(
            (text, None)
            for text in ("2/29/2025", "13/1/2025", "0/1/2025", "1/32/2025", "2025-13-01", "2025-02-30 1430")
        ),
        *(
            (text, None)
            for text in ("8/21/202", "8/21", "2025-8-21", "21.8.2025", "", "1430", "8/21/2025 ", "8/21/2025,")
        ),
        *(
            (text, None)
            for text in (
                "008/21/2025",
                "8/021/2025",
                "8/21/02025",
                "8/21/20251430",
                "8/21/2025 25:00",
                "8/21/2025 soon",
                "\uff18/21/2025",
            )
        ),
    ],
)
def test_a_moment_is_read_in_iso_and_in_us_form(text: str, moment: str | None) -> None:
    """The month comes first in the latter, and a year of two digits is of this century."""
    found = moment_in(text)
    assert (found, found and found.tzinfo) == (
        (None, None)
        if moment is None
        else (datetime.fromisoformat(moment), datetime.fromisoformat(moment).tzinfo)
    )


@pytest.mark.parametrize(
    ("stored", "moment"),
    TIMES,
)
def test_a_time_in_a_file_is_read_in_each_spelling(stored: str, moment: str | None) -> None:
    """What names no zone is UTC; what is no time is none."""
    expected = None if moment is None else datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert parse_stored(stored) == expected


def test_a_time_that_names_no_zone_is_in_none() -> None:
    """Whose it is, is for others to say."""
    local, utc = parse_written("2025-08-20 10:35:00.000000"), parse_written("2025-08-20 10:35Z")
    assert local
    assert utc
    assert (local.tzinfo, utc.tzinfo) == (None, UTC)


def test_how_a_length_of_time_is_typed_is_said() -> None:
    """To whoever typed none."""
    with pytest.raises(InvalidTimeError) as refusal:
        parse_length("7")
    assert refusal.value.message == "'7' is not a length of time"
    assert refusal.value.hint == "give one as in 90s, 30m, 2h, 7d or 1w"


def test_a_length_of_time_may_end_at_the_end_of_the_calendar() -> None:
    """Not after it."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert end_of(timedelta(days=1), last - timedelta(days=1)) == last
    with pytest.raises(InvalidTimeError) as refusal:
        end_of(timedelta(days=1), last)
    assert (refusal.value.message, refusal.value.hint) == (
        "the date is out of range",
        "give a shorter length, as in 7d",
    )
