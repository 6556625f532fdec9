"""Time zones: what they are called."""

from datetime import UTC, datetime, timedelta, timezone
from time import tzset
from zoneinfo import ZoneInfo

import pytest

from negotiator.errors import InvalidTimeError
from negotiator.values.zones import PLACES, desk_zone, in_zone, machine_zone_fault, split_zone, zone_named


@pytest.mark.parametrize(
    ("name", "winter", "summer"),
    [
        ("UTC", 8, 8),
        ("gmt", 8, 8),
        ("Z", 8, 8),
        ("America/Chicago", 14, 13),
        ("EST", 13, 12),
        ("edt", 13, 12),
        ("ET", 13, 12),
        ("CST", 14, 13),
        ("MT", 15, 14),
        ("PDT", 16, 15),
        ("AKST", 17, 16),
        ("AST", 12, 11),
        *((letters, 13, 12) for letters in ("ET", "EDT")),
        *((letters, 14, 13) for letters in ("CT", "CDT")),
        *((letters, 15, 14) for letters in ("MST", "MDT")),
        *((letters, 16, 15) for letters in ("PT", "PST")),
        *((letters, 17, 16) for letters in ("AKT", "AKDT")),
        *((letters, 12, 11) for letters in ("AT", "ADT")),
        ("HST", 18, 18),
        ("Etc/GMT+5", 13, 13),
    ],
)
def test_a_zone_has_a_name_or_the_letters_that_people_write(name: str, winter: int, summer: int) -> None:
    """Letters mean the clock on the wall of that day; the hours are those of 8:00 there, in UTC."""
    zone = zone_named(name)
    hours = [datetime(2026, month, 1, 8, tzinfo=zone).astimezone(UTC).hour for month in (1, 7)]
    assert hours == [winter, summer]


def test_no_name_is_the_machine_s_own_zone() -> None:
    """As it is for `datetime.astimezone`."""
    assert zone_named(None) is None


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "America", "../etc/passwd", "XST", "a\0b", "\ud800"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    """Whatever the reason."""
    with pytest.raises(InvalidTimeError):
        zone_named(name)


@pytest.mark.parametrize(
    ("text", "time", "zone"),
    [
        ("8:00 AM EST", "8:00 AM", "America/New_York"),
        ("8/21/2025 08:00 ct", "8/21/2025 08:00", "America/Chicago"),
        ("8/21/2025 8:00 a.m. (PT)", "8/21/2025 8:00 a.m.", "America/Los_Angeles"),
        ("0800CST", "0800", "America/Chicago"),
        ("2025-08-21 08:00 UTC", "2025-08-21 08:00", "UTC"),
        ("2025-08-21T08:00Z", "2025-08-21T08:00", "UTC"),
    ],
)
def test_a_zone_may_stand_after_a_time(text: str, time: str, zone: str) -> None:
    """With or without a blank or brackets, in any case."""
    found, where = split_zone(text)
    assert (found, str(where)) == (time, zone)


@pytest.mark.parametrize(
    ("letters", "place"),
    [
        *((letters, "UTC") for letters in ("utc", "gmt", "z")),
        *((letters, "America/New_York") for letters in ("et", "est", "edt")),
        *((letters, "America/Chicago") for letters in ("ct", "cst", "cdt")),
        *((letters, "America/Denver") for letters in ("mt", "mst", "mdt")),
        *((letters, "America/Los_Angeles") for letters in ("pt", "pst", "pdt")),
        *((letters, "America/Anchorage") for letters in ("akt", "akst", "akdt")),
        *((letters, "America/Halifax") for letters in ("at", "ast", "adt")),
        ("hst", "Pacific/Honolulu"),
    ],
)
def test_letters_mean_a_place_in_small_letters_too(letters: str, place: str) -> None:
    """Where the system itself knows a zone of that name, it is another: one without a summer."""
    assert str(zone_named(letters)) == str(zone_named(letters.upper())) == place
    assert str(split_zone(f"8:00 {letters}")[1]) == place
    assert place in PLACES


@pytest.mark.parametrize(
    "moment",
    [datetime(9999, 12, 30), datetime(9999, 12, 29, 23, 59, 59), datetime(9999, 12, 29)],  # noqa: DTZ001 - as people type it
)
def test_the_last_days_of_the_calendar_are_local_in_the_machine_s_zone(
    monkeypatch: pytest.MonkeyPatch, moment: datetime
) -> None:
    """With its offset of those days."""
    monkeypatch.setenv("TZ", "<+05>-5")
    tzset()
    assert in_zone(moment, None) == (moment - timedelta(hours=5)).replace(tzinfo=UTC)


def test_a_moment_that_names_its_offset_is_in_no_other_zone() -> None:
    """At the end of the calendar either."""
    east = timezone(timedelta(hours=2))
    for day in (datetime(2025, 7, 1, 8, tzinfo=east), datetime(9999, 12, 31, tzinfo=east)):
        for zone in (None, ZoneInfo("America/Chicago")):
            moment = in_zone(day, zone)
            assert (moment, moment.utcoffset()) == (day, timedelta())


@pytest.mark.parametrize(
    "text", ["8:00 AM", "8/21/2025", "Sat", "EST", "best", "8:00 XST", "8:00 CT sharp", "8:00 (ET) or so", ""]
)
def test_other_letters_are_left_where_they_are(text: str) -> None:
    """Nothing is taken for a zone that is none."""
    assert split_zone(text) == (text, None)


@pytest.mark.parametrize(
    ("setting", "name", "zone"),
    [
        (None, None, None),
        ("", None, None),
        ("America/Chicago", None, "America/Chicago"),
        ("ET", None, "America/New_York"),
        ("America/Chicago", "UTC", "UTC"),
        ("Nowhere/Land", "UTC", "UTC"),
    ],
)
def test_the_desk_s_zone_is_the_one_named_else_the_setting_s(
    setting: str | None, name: str | None, zone: str | None
) -> None:
    """Else the machine's own."""
    environ = {} if setting is None else {"NEGOTIATOR_TZ": setting}
    found = desk_zone(environ, name)
    assert (found and found.key) == zone


def test_a_setting_that_names_no_zone_is_named() -> None:
    """Whoever set it finds it."""
    with pytest.raises(InvalidTimeError, match="NEGOTIATOR_TZ is 'Nowhere'"):
        desk_zone({"NEGOTIATOR_TZ": "Nowhere"})


@pytest.mark.parametrize(
    ("name", "faulty"),
    [
        (None, False),
        ("", False),
        (":", False),
        ("America/Chicago", False),
        (":America/Chicago", False),
        ("UTC", False),
        ("EST5EDT", False),
        ("CST6CDT,M3.2.0,M11.1.0", False),
        ("<+03>-3", False),
        ("/etc/localtime", False),
        ("Garbage/Zone", True),
        ("CST", True),
        ("America/Chicgo", True),
        ("../etc", True),
        ("America", True),
        ("a\0b", True),
    ],
)
def test_a_zone_that_the_system_does_not_know_is_a_fault(name: str | None, faulty: object) -> None:
    """The system says nothing, and takes UTC."""
    environ = {} if name is None else {"TZ": name}
    fault = machine_zone_fault(environ)
    assert (f"TZ is {(name or '').removeprefix(':')!r}" in fault) is faulty
    assert bool(fault) is faulty


@pytest.mark.parametrize("zone", [None, ZoneInfo("UTC")])
def test_the_last_day_of_the_calendar_is_a_day(zone: ZoneInfo | None) -> None:
    """In the machine's zone, whatever the version of Python, as in another."""
    local = datetime(9999, 12, 31)  # noqa: DTZ001 - as people type it
    assert in_zone(local, zone) == datetime(9999, 12, 31, tzinfo=UTC)
