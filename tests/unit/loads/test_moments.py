"""Times as load files have them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from negotiator.errors import InvalidLoadsError
from negotiator.loads.moments import is_before, parse_day_and_clock, parse_moment
from negotiator.values.timestamps import format_iso

CHICAGO = ZoneInfo("America/Chicago")


def hour(moment: datetime) -> str:
    """Return a moment to the minute."""
    return format_iso(moment)[:16]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        # A time without a zone is local: in December Chicago is six hours behind, in July five.
        ("12/1/2026", "2026-12-01T06:00"),
        ("2026-12-01", "2026-12-01T06:00"),
        ("12/1/2026 8:00 AM", "2026-12-01T14:00"),
        ("7/1/2026 8:00 AM", "2026-07-01T13:00"),
        ("12/1/26, 8 AM", "2026-12-01T14:00"),
        ("12/1/2026 12 a.m.", "2026-12-01T06:00"),
        ("12/1/2026 0800", "2026-12-01T14:00"),
        ("12/1/2026 800 hrs", "2026-12-01T14:00"),
        ("2026-12-01 0800", "2026-12-01T14:00"),
        ("2026-12-01T08:00:15", "2026-12-01T14:00"),
        # One that names a zone or an offset is not.
        ("2026-12-01T08:00Z", "2026-12-01T08:00"),
        ("2026-12-01 08:00 UTC", "2026-12-01T08:00"),
        ("2026-12-01T08:00-08:00", "2026-12-01T16:00"),
        ("2026-12-01 08:00:00-08:00", "2026-12-01T16:00"),
        ("2026-12-01 08:00-06:00", "2026-12-01T14:00"),
        ("2026-12-01T08:00-10:00", "2026-12-01T18:00"),
        ("12/1/2026 08:00 EST", "2026-12-01T13:00"),
        ("12/1/2026 8:00 AM PT", "2026-12-01T16:00"),
        ("7/1/2026 0800 EST", "2026-07-01T12:00"),
        # Of a window the beginning counts.
        ("12/1/2026 0800-1500", "2026-12-01T14:00"),
        ("2026-12-01 0800-1500", "2026-12-01T14:00"),
        ("2026-12-01 08:00-15:00", "2026-12-01T14:00"),
        ("2026-12-01 08:00-13:00", "2026-12-01T14:00"),
        ("12/1/2026 08:00 - 15:00", "2026-12-01T14:00"),
        ("12/1/2026 8:00 AM to 3:00 PM", "2026-12-01T14:00"),
        ("12/1/2026 8:00-3:00 PM", "2026-12-01T14:00"),
        ("12/1/2026 1-3 PM", "2026-12-01T19:00"),
        ("12/1/2026 1:00 AM - 3:00 PM", "2026-12-01T07:00"),
        ("12/1/2026 3:00 - 3:00 PM", "2026-12-01T21:00"),
        ("12/1/2026 3:00 - 2:59 PM", "2026-12-01T09:00"),
        ("12/1/2026 11:00 \u2013 1:00 PM", "2026-12-01T17:00"),
        ("12/1/2026 10:00 - 12:00 PM", "2026-12-01T16:00"),
        ("12/1/2026 10-11 PM", "2026-12-02T04:00"),
        ("12/1/2026 130-3 PM", "2026-12-01T19:30"),
        ("12/1/2026 12:00 - 1:00 AM", "2026-12-01T06:00"),
        ("12/1/2026 12:00 - 1:00 PM", "2026-12-01T18:00"),
        ("12/1/2026 13:00 - 3:00 AM", "2026-12-01T19:00"),
        ("2026-12-01 08:00-12:01", "2026-12-01T14:00"),
        ("12/1/2026 8:00 ~ 15:00", "2026-12-01T14:00"),
        ("12/1/2026 8:00\u201415:00", "2026-12-01T14:00"),
        ("12/1/2026 20:00-04:00", "2026-12-02T02:00"),
        ("12/1/2026 0800-1500 ET", "2026-12-01T13:00"),
        ("12/1/2026 08:00 CT - 15:00 ET", "2026-12-01T14:00"),
        ("12/1/2026 08:00 - 12/2/2026 15:00", "2026-12-01T14:00"),
        ("12/1/2026 - 12/3/2026", "2026-12-01T06:00"),
        ("2026-12-01 until 2026-12-03", "2026-12-01T06:00"),
    ],
)
def test_a_cell_names_a_moment(cell: str, moment: str) -> None:
    """In a zone that is given; in UTC."""
    assert hour(parse_moment(cell, CHICAGO)) == moment


@pytest.mark.parametrize(
    "cell",
    [
        *("", "soon", "TBD", "2025", "21/8/2025", "2/30/2026", "13/1/2026", "0800-1500", "8:00 AM", "12/1"),
        *("12/1/2026 25:00", "12/1/2026 08:60", "12/1/2026 13:00 PM", "12/1/2026 0 AM", "12/1/2026 8"),
        *("12/1/2026 2500", "12/1/2026 08:00-soon", "soon - 12/1/2026", "12/1/2026-", "12/1/2026 08:00 XST"),
        *("12/1/2026 8-15:00", "12/1/2026 8 - 3"),
        *("2026-12-01 08:00-10:00", "2026-12-01 08:00-12:00"),  # a window or an offset: nobody should guess
        *("12/31/9999 23:00 EST", "1/1/0001 0:00 +05:00"),  # in UTC there are no such years
        *(20261201, 1.5, None, True),
    ],
)
def test_what_names_no_moment_is_refused(cell: object) -> None:
    """With the form of a date."""
    with pytest.raises(InvalidLoadsError, match="is not a date") as caught:
        parse_moment(cell)
    assert "8/21/2025 8:00 AM" in caught.value.hint


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        ("12/1/2026", "08:00", "2026-12-01T14:00"),
        ("2026-12-01", "8:00 AM", "2026-12-01T14:00"),
        ("12/1/2026", "0800-1500", "2026-12-01T14:00"),
        ("12/1/2026", "2000-0400", "2026-12-02T02:00"),
        ("2026-12-01", "8am to 3pm", "2026-12-01T14:00"),
        ("12/1/2026 0:00", "17:00", "2026-12-01T23:00"),  # as a spreadsheet writes a day
        ("2026-12-01 00:00:00", "17:00 EST", "2026-12-01T22:00"),
        ("12/1/2026 12 am", "17:00", "2026-12-01T23:00"),
    ],
)
def test_a_day_and_a_time_may_stand_in_two_cells(day: str, clock: str, moment: str) -> None:
    """A window of times too."""
    assert hour(parse_day_and_clock(day, clock, CHICAGO)) == moment


@pytest.mark.parametrize(
    ("day", "clock", "message"),
    [
        ("soon", "08:00", "'soon' is not a date"),
        ("12/1/2026", "soon", "'soon' is not a time of day"),
        ("12/1/2026", "25:00", "'25:00' is not a time of day"),
        ("12/1/2026", "12/1/2026", "'12/1/2026' is not a time of day"),
        ("12/1/2026 8:00 AM", "09:00", "has a time of its own"),
        ("2026-12-01T00:00Z", "09:00", "has a time of its own"),
        ("12/1/2026 08:00 EST", "09:00", "has a time of its own"),
        ("12/1/2026 0800-1500", "09:00", "has a time of its own"),
        ("12/1/2026 - 12/3/2026", "09:00", "has a time of its own"),
    ],
)
def test_two_cells_that_name_no_moment_are_refused(day: str, clock: str, message: str) -> None:
    """The message quotes the cell that can't be used."""
    with pytest.raises(InvalidLoadsError) as caught:
        parse_day_and_clock(day, clock)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("pickup", "delivery", "expected"),
    [
        ("2026-12-01 08:00", "2026-12-01 08:00", False),
        ("2026-12-01 08:00", "2026-12-01", False),  # a day and no time
        ("2026-12-01 23:59", "2026-12-01", False),
        ("2026-12-01", "2026-12-01", False),
        ("2026-12-01 08:00", "2026-11-30", True),
        ("2026-12-01", "2026-11-30", True),
        ("2026-12-01 00:30", "2026-11-30", True),
        ("2026-12-01 08:00", "2026-12-01 07:30", False),  # Indiana to Illinois
        ("2026-12-01 08:00", "2026-12-01 05:00", False),  # the clocks of two coasts
        ("2026-12-01 08:00", "2026-12-01 04:59", True),
        ("2026-12-01 20:00", "2026-12-01 08:15", True),  # AM for PM
        ("2027-12-01", "2026-12-02", True),
        ("2026-12-01T15:00Z", "2026-12-01T00:00Z", False),  # a day in UTC, for a desk elsewhere
        ("2026-12-01 09:00 EST", "2026-12-01 08:30 CST", False),
    ],
)
def test_a_delivery_is_before_the_pick_up_only_where_no_zone_explains_it(
    pickup: str, delivery: str, expected: object
) -> None:
    """The two places may have zones of their own, and a day without a time is a whole day."""
    moments = parse_moment(delivery, CHICAGO), parse_moment(pickup, CHICAGO)
    assert is_before(*moments, CHICAGO) is expected


def test_the_machines_own_zone_has_no_year_1() -> None:
    """As no other has, where UTC is a day earlier or later."""
    with pytest.raises(InvalidLoadsError, match="is not a date"):
        parse_moment("1/1/0001", None)


def test_the_ends_of_the_calendar_can_be_compared() -> None:
    """No zone carries them past it."""
    first, last = datetime(1, 1, 1, 0, 30, tzinfo=UTC), datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    assert is_before(first, last, CHICAGO)
    assert not is_before(last, first, CHICAGO)
    assert is_before(datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, 5, tzinfo=UTC), CHICAGO)
