"""A list of loads is what sorting the whole file would give, and the first ones are found in their order."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from negotiator.loads.board import list_loads
from negotiator.loads.filters import LoadFilter, LoadOrder, LoadStatus
from negotiator.loads.listing import listing
from negotiator.maintenance.create import init
from negotiator.storage.database import LoadsFile
from tests.untidy import NOW, SPELLINGS

STATUSES = (*LoadStatus, " Available", "BOOKED", None, "", "cancelled", "axed", "zzz", "b'c")
TIMES = (
    *(
        "2024-02-29 10:00:00",
        "2025-02-29 10:00:00",
        "2025-00-10 10:00:00",
        "2025-13-01 10:00:00",
        "0000-01-01 10:00:00",
    ),
    *(
        "2025-09-00 10:00:00",
        "2025-09-31 10:00:00",
        "2025-09-01 24:00:00",
        "2025-09-01 10:60:00",
        "2025-9-1 10:00:00",
    ),
    *(
        "2025-09-01 10:00:00.5",
        "2025-09-01 10:00:00.1234567",
        "2025-09-01 10:00:00.00000x",
        "2025-09-01 10:00:00.",
        "",
    ),
    *("2025-09-01 10:00:00\0", "2025-09-01 10:00:00.000000\0x", b"2025-09-01 10:00:00", b"\xff", "soon"),
)


@pytest.fixture(params=range(4))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoadsFile]:
    """Give a file of loads with times and statuses of every kind, many of them equal."""
    chance = random.Random(request.param)  # noqa: S311 - the same file each time
    init(tmp_path / "loads.db")
    with closing(sqlite3.connect(tmp_path / "loads.db")) as db, db:
        for number in chance.sample(range(1_000), 150):
            moment = NOW - timedelta(minutes=30 * chance.randrange(200))
            spelling = chance.choice([*SPELLINGS, *["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"] * 8])
            pickup = chance.choice(TIMES) if chance.random() < 0.3 else moment.strftime(spelling)
            db.execute(
                """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                      equipment_type, loadboard_rate, status) VALUES (?, ?, 'B', ?, '', 'Van', ?, ?)""",
                [
                    f"L{number}",
                    chance.choice("AB"),
                    pickup,
                    chance.choice([1000, 2000, "ask"]),
                    chance.choice(STATUSES),
                ],
            )
    with LoadsFile.open(tmp_path / "loads.db") as opened:
        yield opened


def test_the_first_loads_are_those_of_the_whole_list(file: LoadsFile) -> None:
    """Whatever the filters, and whatever the spelling of times and statuses."""
    spans: tuple[dict[str, Any], ...] = (
        {},
        {"pickup_from": NOW - timedelta(days=2)},
        {"pickup_before": NOW - timedelta(days=1)},
        {"pickup_from": NOW - timedelta(days=3), "pickup_before": NOW - timedelta(hours=30)},
    )
    others: tuple[dict[str, Any], ...] = (
        {},
        {"origin": "a"},
        {"min_rate": Decimal(1500)},
        {"origin": "none"},
    )
    for status, span, other, descending in product((None, *LoadStatus), spans, others, (False, True)):
        wanted = LoadFilter(status=status, descending=descending, **span, **other)
        whole = list_loads(file, wanted)
        for limit in (1, 7, 1_000):
            assert list_loads(file, wanted._replace(limit=limit)) == whole[:limit]


def plan_of(path: Path, wanted: LoadFilter) -> list[str]:
    """Return the steps by which SQLite would answer."""
    sql, values = listing(wanted)
    with closing(sqlite3.connect(path)) as db:
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]


@pytest.mark.parametrize("order", list(LoadOrder))
def test_a_list_by_status_uses_the_index(desk: Path, order: LoadOrder) -> None:
    """Whatever it is sorted by."""
    search, *_ = plan_of(desk, LoadFilter(status=LoadStatus.AVAILABLE, order=order))
    assert search.startswith("SEARCH")
    assert "USING INDEX idx_loads_board (<expr>=?" in search


@dataclass(frozen=True)
class Case:
    """A list, and the index by which its loads are met, as SQLite names what is looked for in it."""

    wanted: LoadFilter
    met_by: str


@pytest.mark.parametrize(
    "case",
    [
        Case(LoadFilter(limit=5), "<expr>=? AND <expr>>?"),
        Case(LoadFilter(limit=5, status=LoadStatus.COMPLETED), "<expr>=? AND <expr>>?"),
        Case(LoadFilter(limit=5, origin="a"), "<expr>=? AND <expr>>?"),
        Case(LoadFilter(limit=5, pickup_from=NOW), "<expr>=? AND <expr>>?"),
        Case(LoadFilter(limit=5, pickup_before=NOW), "<expr>=? AND <expr><?"),
    ],
    ids=["all", "status", "origin", "from", "before"],
)
def test_the_first_loads_are_met_in_their_order(desk: Path, case: Case) -> None:
    """Nothing reads or sorts all loads; what is sorted is untidy, or what is shown."""
    plan = plan_of(desk, case.wanted)
    assert not [step for step in plan if step.startswith(("SCAN main.loads", "SCAN loads"))]
    met = [step for step in plan if step == f"SEARCH main.loads USING INDEX idx_loads_board ({case.met_by})"]
    assert len(met) >= (1 if case.wanted.status else len(LoadStatus))
    by_key = plan.index("SEARCH main.loads USING INTEGER PRIMARY KEY (rowid=?)")
    assert not [step for step in plan[:by_key] if "TEMP B-TREE" in step]


def test_the_first_loads_are_found_without_the_rest(desk: Path) -> None:
    """A hundred times as many loads take as long, of one time or of many, of one status or of several."""
    counts = []
    with closing(sqlite3.connect(desk)) as db:
        for loads in (200, 20_000):
            db.execute("DELETE FROM loads")
            db.execute(
                """WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
                   INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                                      loadboard_rate, status)
                   SELECT 'L' || i, 'A', 'B', '2025-08-2' || (i % 2) || ' 08:00:00', '', 'Van', 2000,
                          CASE i % 3 WHEN 0 THEN 'available' ELSE 'completed' END FROM n""",
                [loads],
            )
            steps = 0

            def count() -> None:
                nonlocal steps
                steps += 1

            db.set_progress_handler(count, 100)
            for status in (None, LoadStatus.COMPLETED):
                sql, values = listing(LoadFilter(limit=5, status=status))
                assert len(db.execute(sql, values).fetchall()) == 5
            db.set_progress_handler(None, 0)
            counts.append(steps)
    assert counts[1] < 2 * counts[0]
