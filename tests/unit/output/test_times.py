"""Times as tables show them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import tzset
from zoneinfo import ZoneInfo

import pytest

from negotiator.output.times import local_time, local_zone, zone_name

CHICAGO = ZoneInfo("America/Chicago")
SUMMER, WINTER = datetime(2025, 8, 21, 3, 45, 59, tzinfo=UTC), datetime(2025, 12, 21, 3, 45, tzinfo=UTC)


@pytest.fixture
def machine_in_chicago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the machine's own zone elsewhere for a test."""
    monkeypatch.setenv("TZ", "America/Chicago")
    tzset()
    yield
    monkeypatch.undo()
    tzset()


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        (SUMMER, CHICAGO, "2025-08-20 22:45"),
        (WINTER, CHICAGO, "2025-12-20 21:45"),
        (SUMMER, None, "2025-08-21 03:45"),  # the machine's is UTC here
        (datetime.min.replace(tzinfo=UTC), CHICAGO, "0001-01-01 00:00Z"),
        (datetime.max.replace(tzinfo=UTC), ZoneInfo("Asia/Tokyo"), "9999-12-31 23:59Z"),
    ],
)
def test_a_time_is_shown_to_the_minute_in_the_desk_s_zone(
    moment: datetime, zone: ZoneInfo | None, text: str
) -> None:
    """Where the zone has no such time, in UTC, and it says so."""
    assert local_time(moment, zone) == text


def test_a_zone_has_its_name_and_the_machine_s_own_what_it_is_called_then(
    machine_in_chicago: None,
) -> None:
    """Summer and winter together have no one name."""
    assert zone_name(CHICAGO, [SUMMER]) == "America/Chicago"
    assert [zone_name(None, [moment]) for moment in (SUMMER, WINTER)] == ["CDT", "CST"]
    assert zone_name(None, [SUMMER, WINTER]) == zone_name(None, []) == "local time"
    assert zone_name(None, [datetime.min.replace(tzinfo=UTC)]) == "local time"


def test_a_setting_that_names_no_zone_is_said_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed may have been done already."""
    monkeypatch.setenv("NEGOTIATOR_TZ", "Nowhere/Land")
    assert local_zone() is None
    assert capsys.readouterr().err.startswith("Warning: NEGOTIATOR_TZ is 'Nowhere/Land'")
