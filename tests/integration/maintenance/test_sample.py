"""The sample is what the guide's table says: people learn on it, and compare what they see."""

import re
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from negotiator.maintenance.create import init
from tests.conftest import NOW, select

MADE = NOW.replace(minute=34, second=56, microsecond=789)


def stored(moment: datetime) -> str:
    """Return a time as it stands in a file."""
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Give a file with the sample."""
    init(tmp_path / "sample.db", sample=True, now=MADE)
    return tmp_path / "sample.db"


def table_of(heading: str) -> list[list[str]]:
    """Return the rows of the guide's table whose first heading this is."""
    page = files("negotiator").joinpath("guide/start.md").read_text()
    (table,) = re.findall(rf"(?m)^\| {heading} \|.*\n\|[-:|]+\|\n((?:\|.*\n)+)", page)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_its_loads_are_those_of_the_guide(sample: Path) -> None:
    """Each picked up at 14:00 so many days ahead, and delivered after 8 hours and its miles at 45 an hour."""
    columns = """load_id, origin || ' to ' || destination, equipment_type, loadboard_rate, miles, weight, commodity_type,
                 num_of_pieces, pickup_datetime, delivery_datetime, status, created_at, updated_at"""
    expected = []
    for number, lane, equipment, posted, miles, pounds, commodity, pieces, ahead in table_of("load"):
        days = int(re.fullmatch(r"in (\d) days?", ahead)[1])  # type: ignore[index]
        pickup = MADE.replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=days)
        far = float(miles.replace(",", ""))
        posted_rate, weight = float(posted.replace(",", "").lstrip("$")), float(pounds.replace(",", ""))
        times = stored(pickup), stored(pickup + timedelta(hours=8 + far / 45))
        row = (number, lane, equipment, posted_rate, far, weight, commodity, int(pieces), *times)
        expected.append((*row, "available", stored(MADE), stored(MADE)))
    assert len(expected) == 12
    assert select(sample, f"SELECT {columns} FROM loads ORDER BY load_id") == expected


def test_its_calls_are_those_of_the_guide(sample: Path) -> None:
    """They wait for a first ask, of carriers that may be used."""
    columns = """calls.id, load_id, mc_number, company_name, phone, call_start_time, outcome, negotiation_rounds,
                 transferred_to_rep, carriers.status, is_verified, carriers.created_at, carriers.updated_at"""
    expected = []
    for number, load, carrier, company, phone, began in table_of("call"):
        minutes = int(re.fullmatch(r"(\d+) minutes? ago", began)[1])  # type: ignore[index]
        start = stored(MADE - timedelta(minutes=minutes))
        row = (int(number), load, carrier, company, phone, start, "negotiating", 0, 0)
        expected.append((*row, "active", 1, stored(MADE), stored(MADE)))
    joined = "calls JOIN carriers ON mc_number = carrier_mc_number"
    assert len(expected) == 6
    assert select(sample, f"SELECT {columns} FROM {joined} ORDER BY calls.id") == expected
    assert select(sample, "SELECT count(*) FROM carriers") == [(len({row[2] for row in expected}),)]
