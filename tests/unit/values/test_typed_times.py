"""Times as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator.errors import InvalidTimeError
from negotiator.values.timestamps import format_iso
from negotiator.values.typed_times import Toward, parse_relative, parse_typed, parse_typed_end

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)  # a Monday, at 7 in the morning in Chicago
# What is typed; what it means in the past, and in the future where that differs.
TYPED = [
    # What is written is local, unless it says whose time it is.
    ("2025-08-31", "2025-08-31T05:00"),
    (" 2025-08-31 9:00 ", "2025-08-31T14:00"),
    ("2025-08-31T10:00", "2025-08-31T15:00"),
    ("2025-08-31T10:00Z", "2025-08-31T10:00"),
    ("2025-08-31 10:00 utc", "2025-08-31T10:00"),
    ("2025-08-31T10:00+02:00", "2025-08-31T08:00"),
    ("2025-08-31 10:00 ET", "2025-08-31T14:00"),
    ("8/21/2025", "2025-08-21T05:00"),
    ("8/21/2025 8:00 AM", "2025-08-21T13:00"),
    ("8/21/25 8 pm", "2025-08-22T01:00"),
    ("8/21/2025 8:00 AM EST", "2025-08-21T12:00"),
    ("12/1/2025 0800", "2025-12-01T14:00"),
    # A day that is named.
    ("today", "2025-09-01T05:00"),
    ("Yesterday", "2025-08-31T05:00"),
    ("TOMORROW", "2025-09-02T05:00"),
    ("tomorrow 8:00", "2025-09-02T13:00"),
    ("tomorrow, 8 AM", "2025-09-02T13:00"),
    ("tomorrow at 0800", "2025-09-02T13:00"),
    ("tomorrow 8:00 AM PT", "2025-09-02T15:00"),
    ("today 17:30", "2025-09-01T22:30"),
    ("sunday", "2025-08-31T05:00", "2025-09-07T05:00"),
    ("Tuesday", "2025-08-26T05:00", "2025-09-02T05:00"),
    ("wed", "2025-08-27T05:00", "2025-09-03T05:00"),
    ("fri 14:00", "2025-08-29T19:00", "2025-09-05T19:00"),
    # Today is one: it has begun, so the next one is in a week. At 6 it is over, at 8 it is not yet.
    ("monday", "2025-09-01T05:00", "2025-09-08T05:00"),
    ("monday 6:00", "2025-09-01T11:00", "2025-09-08T11:00"),
    ("monday 7:00", "2025-09-01T12:00", "2025-09-08T12:00"),  # this very moment
    ("monday 8:00", "2025-08-25T13:00", "2025-09-01T13:00"),
    # A length of time.
    ("24h", "2025-08-31T12:00", "2025-09-02T12:00"),
    ("7d", "2025-08-25T12:00", "2025-09-08T12:00"),
    ("90S", "2025-09-01T11:58", "2025-09-01T12:01"),
]


@pytest.mark.parametrize(("typed", "moments"), [(typed, moments) for typed, *moments in TYPED])
def test_a_time_means_what_a_person_means(typed: str, moments: list[str]) -> None:
    """In the zone of the desk; a weekday is the last one or the next one."""
    for toward, moment in zip(Toward, (moments[0], moments[-1]), strict=True):
        assert format_iso(parse_typed(typed, NOW, CHICAGO, toward))[:16] == moment


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("2025-09-02", "2025-09-03T05:00:00"),
        ("9/2/2025", "2025-09-03T05:00:00"),
        ("9/2/2025 12 AM", "2025-09-02T05:00:01"),
        ("2025-09-02 08:00", "2025-09-02T13:00:01"),
        ("today", "2025-09-02T05:00:00"),
        ("monday", "2025-09-02T05:00:00"),  # it is one, and not over
        ("sunday", "2025-09-08T05:00:00"),
        ("monday 8:00", "2025-09-01T13:00:01"),
        ("24h", "2025-09-02T12:00:00"),
        ("9999-12-31", "9999-12-31T06:00:00"),  # there is none after it
    ],
)
def test_a_day_ends_with_its_last_moment(typed: str, end: str) -> None:
    """A time ends with its second."""
    assert format_iso(parse_typed_end(typed, NOW, CHICAGO, Toward.FUTURE))[:19] == end


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "soon",
            "2025",
            "2025-13-01",
            "2025-02-31",
            "13/1/2025",
            "8/21/2025 25:00",
            "8/21/2025 13 PM",
        ),
        *(
            "today 25:00",
            "todays",
            "mon day",
            "someday",
            "next monday",
            "0h",
            "h",
            "-7d",
            "7 d",
            "1.5h",
            "now()",
        ),
        *("0001-01-01T00:00+14:00", "9999-12-31T23:00-14:00", "999999w", "٢٤h", "a" * 10_000, "2025-09-01\0"),
    ],
)
@pytest.mark.parametrize("toward", Toward)
def test_what_is_no_time_is_refused(typed: str, toward: Toward) -> None:
    """With the forms that there are."""
    with pytest.raises(InvalidTimeError, match=r"out of range|is not a time") as caught:
        parse_typed(typed, NOW, CHICAGO, toward)
    assert "24h" in caught.value.hint


@pytest.mark.parametrize("typed", ["2025-09-01", "8/21/2025 0800-1500", "2025-08-21 08:00-10:00", "soon"])
def test_what_does_not_depend_on_the_present_is_not_relative(typed: str) -> None:
    """A load's pick-up may be a window."""
    assert parse_relative(typed, NOW, CHICAGO, Toward.FUTURE) is None


def test_a_day_that_the_clocks_shorten_is_a_day() -> None:
    """Yesterday began 23 hours before today where clocks were put forward."""
    now = datetime(2025, 3, 10, 3, tzinfo=CHICAGO)
    begins = [parse_typed(day, now, CHICAGO, Toward.PAST) for day in ("yesterday", "today")]
    assert begins[1] - begins[0] == timedelta(hours=23)
    assert parse_typed_end("yesterday", now, CHICAGO, Toward.PAST) == begins[1]


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.sampled_from(["mon", "sun"]))  # fmt: skip # noqa: DTZ001
def test_a_weekday_is_the_nearest_one(now: datetime, day: str) -> None:
    """Not in the future where the past is meant, nor the other way round, and within a week."""
    last, following = (parse_typed(day, now, CHICAGO, toward) for toward in Toward)
    assert last <= now < following
    assert {moment.astimezone(CHICAGO).strftime("%a %H:%M").lower() for moment in (last, following)} == {
        f"{day} 00:00"
    }
    assert timedelta(days=6, hours=23) <= following - last <= timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("names", "day"),
    [
        ("monday mon", 25),
        ("tuesday tues tue", 26),
        ("wednesday wed", 27),
        ("thursday thurs thur thu", 28),
        ("friday fri", 29),
        ("saturday sat", 30),
        ("sunday sun", 31),
    ],
)
def test_a_weekday_has_its_names(names: str, day: int) -> None:
    """In full and as people shorten it; a time of day may follow in each form."""
    for name in names.split():
        for typed in (
            f"{name} 8:00",
            f"{name.upper()}, 0800",
            f"{name.title()}  at 8 am",
            f"{name},  at  8:00",
        ):
            moment = datetime(2025, 8, day, 8, tzinfo=CHICAGO)
            assert parse_typed(typed, NOW, CHICAGO, Toward.PAST) == moment
            assert parse_relative(typed, NOW, CHICAGO, Toward.FUTURE) == moment + timedelta(days=7)


@pytest.mark.parametrize(
    "typed", ["mondayat 8", "monday8:00", "monday at", "monday,", "monday at at 8:00", "tu 8:00"]
)
def test_what_only_begins_as_a_weekday_is_none(typed: str) -> None:
    """Nothing is guessed."""
    assert parse_relative(typed, NOW, CHICAGO, Toward.PAST) is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("soon", "'soon' is not a time"),
        (" Soon ", "' Soon ' is not a time"),
        ("999999w", "the time '999999w' is out of range"),
        ("0001-01-01T00:00+14:00", "the time '0001-01-01T00:00+14:00' is out of range"),
        ("9999-12-31T23:00-14:00", "the time '9999-12-31T23:00-14:00' is out of range"),
    ],
)
def test_whether_there_is_no_such_time_or_it_is_none_is_said(typed: str, message: str) -> None:
    """As it was typed, with the forms that there are."""
    for parse in (parse_typed, parse_typed_end):
        with pytest.raises(InvalidTimeError) as refusal:
            parse(typed, NOW, CHICAGO, Toward.PAST)
        assert refusal.value.message == message
        assert refusal.value.hint == (
            "give a date or a time as in 2025-08-21, 2025-08-21 14:30 or 8/21/2025 8:00 AM; "
            "today, yesterday, tomorrow or a weekday; or a length as in 24h or 7d"
        )


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("today", "2025-09-01T05:00"),
        ("today 23:00", "2025-09-02T04:00"),
        ("tomorrow 8:00 ET", "2025-09-02T12:00"),
        ("today 8:00 UTC", "2025-09-02T08:00"),
        ("monday", "2025-09-01T05:00"),
    ],
)
def test_today_is_that_of_the_place_whose_time_is_meant(typed: str, moment: str) -> None:
    """Late in the evening in Chicago it is tomorrow in UTC."""
    late = datetime(2025, 9, 2, 3, tzinfo=UTC)
    assert format_iso(parse_typed(typed, late, CHICAGO, Toward.PAST))[:16] == moment
