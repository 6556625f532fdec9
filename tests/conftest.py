"""Files to negotiate on: a new one, an old untidy one; and ways to run a command."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import tzset
from typing import Any

import pytest
from hypothesis import settings
from sqlite_utils import Database
from typer.testing import CliRunner, Result

from negotiator.cli import app
from negotiator.maintenance.create import init
from negotiator.maintenance.migrate import migrate
from negotiator.service import CallHandlingService

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("drawn", deadline=None, print_blob=True)  # other examples in each run, for the soak
settings.load_profile("repeatable")

ROOT = Path(__file__).parent.parent
SCRIPT = Path(sys.executable).with_name("negotiator")
NOW = datetime(2025, 9, 1, 12, 0, 0, tzinfo=UTC)
SESSION = "sess_20250901120000_abc123"
OTHER_SESSION = "sess_20250901120000_xyz789"

# Written as a program from before sessions wrote it: the untidiness is the point.
OLD_SCHEMA = """
CREATE TABLE loads (
  load_id VARCHAR NOT NULL, origin VARCHAR NOT NULL, destination VARCHAR NOT NULL,
  pickup_datetime DATETIME NOT NULL, delivery_datetime DATETIME NOT NULL, equipment_type VARCHAR NOT NULL,
  loadboard_rate FLOAT NOT NULL, notes TEXT, weight FLOAT, commodity_type VARCHAR, num_of_pieces INTEGER,
  miles FLOAT, dimensions VARCHAR, status VARCHAR, created_at DATETIME, updated_at DATETIME,
  PRIMARY KEY (load_id));
CREATE INDEX ix_loads_load_id ON loads (load_id);
CREATE TABLE carriers (
  mc_number VARCHAR NOT NULL, company_name VARCHAR NOT NULL, status VARCHAR, address TEXT, phone VARCHAR,
  email VARCHAR, is_verified BOOLEAN, created_at DATETIME, updated_at DATETIME, PRIMARY KEY (mc_number));
CREATE TABLE calls (
  id INTEGER NOT NULL, carrier_mc_number VARCHAR, load_id VARCHAR, call_start_time DATETIME,
  call_end_time DATETIME, call_duration INTEGER, outcome VARCHAR, sentiment VARCHAR,
  initial_rate_offered FLOAT, final_rate_agreed FLOAT, negotiation_rounds INTEGER, notes TEXT,
  call_transcript TEXT, transferred_to_rep BOOLEAN, PRIMARY KEY (id),
  FOREIGN KEY(carrier_mc_number) REFERENCES carriers (mc_number),
  FOREIGN KEY(load_id) REFERENCES loads (load_id));
CREATE TABLE negotiations (
  id INTEGER NOT NULL, call_id INTEGER, round_number INTEGER NOT NULL, carrier_offer FLOAT,
  system_response VARCHAR, timestamp DATETIME, PRIMARY KEY (id), FOREIGN KEY(call_id) REFERENCES calls (id));
"""
OLD_ROWS = """
INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                   loadboard_rate, status) VALUES
  ('A1', 'Reno, NV', 'Boise, ID', '2025-08-21 08:00:00', '2025-08-22 08:00:00', 'Dry Van', 2000.0, 'available'),
  ('A2', 'Omaha, NE', 'Tulsa, OK', '2025-08-21 08:00:00', '2025-08-22 08:00:00', 'Reefer', 1100.0, 'booked'),
  ('A3', 'Erie, PA', 'Akron, OH', '2025-08-21 08:00:00', '2025-08-22 08:00:00', 'Dry Van', 900.0, NULL),
  ('A4', 'Waco, TX', 'Mesa, AZ', '2025-08-21 08:00:00', '2025-08-22 08:00:00', 'Flatbed', 1500.0, 'available');
INSERT INTO carriers (mc_number, company_name) VALUES ('MC700700', 'Old Road Inc'), ('MC-700700', 'Old Road');
INSERT INTO calls (id, carrier_mc_number, load_id, outcome, final_rate_agreed, negotiation_rounds) VALUES
  (1, 'MC 700700', 'A1', 'negotiating', NULL, 9),
  (2, 'MC700700', 'A2', 'accepted', 1150.0, 1),
  (3, 'MC700700', NULL, NULL, NULL, 0),
  (4, 'MC999999', 'A4', 'accepted', 1480.0, 0),
  (5, 'MC700700', 'A3', 'abandoned', NULL, NULL),
  (6, 'MC700700', 'A4', 'negotiating', NULL, 0),
  (7, 'MC700700', 'GONE', 'negotiating', NULL, 0);
INSERT INTO negotiations (id, call_id, round_number, carrier_offer, system_response, timestamp) VALUES
  (1, 1, 1, 2200.0, 'Our rate of $2000 is fair.', '2025-08-20 10:35:00'),
  (2, 1, 1, 2200.0, 'Our rate of $2000 is fair.', '2025-08-20 10:35:00'),
  (3, 1, 1, 2200.0, 'Our rate of $2000 is fair.', '2025-08-20 10:35:00'),
  (4, 1, 2, 2150.0, 'Would $2050 work?', '2025-08-20T10:42:00.250000Z'),
  (5, 2, 1, NULL, 'What equipment do you have?', '2025-08-20 17:25:00'),
  (6, 2, 2, 1150.0, 'accepted', '2025-08-20 17:26:00.816364'),
  (7, 5, 1, 950.0, 'counter_offer_905.0', NULL),
  (8, 99, 1, 700.0, 'Sorry.', '2025-08-20 18:00:00+02:00');
"""


def pytest_configure() -> None:
    """Hear an interrupt, and with it the programs that tests start and interrupt.

    A shell without job control has its background jobs ignore SIGINT, and what they start inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a soak take an hour where another test may take two minutes."""
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture(autouse=True)
def _plain_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, without the desk's own settings."""
    for name in [name for name in os.environ if name.startswith("NEGOTIATOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TZ", "UTC")  # the machine's own zone, which tables are in
    tzset()
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the files that tests get copies of: to make them anew for each test takes longer than most tests."""
    folder = tmp_path_factory.mktemp("made_once")
    with closing(sqlite3.connect(folder / "unmigrated.db")) as connection:
        connection.executescript(OLD_SCHEMA + OLD_ROWS)
    shutil.copy(folder / "unmigrated.db", folder / "old.db")
    backup = migrate(folder / "old.db", now=NOW).backup
    assert backup
    init(folder / "empty.db", now=NOW)
    shutil.copy(folder / "empty.db", folder / "loads.db")
    execute(
        folder / "loads.db",
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate, status) VALUES
             ('L1', 'Chicago, IL', 'Dallas, TX', '2025-09-02', '2025-09-03', 'Reefer', 2100, 'available'),
             ('L2', 'Miami, FL', 'Macon, GA', '2025-09-02', '2025-09-03', 'Dry Van', 1100, 'available')""",
        "INSERT INTO calls (id, load_id, negotiation_rounds) VALUES (1, 'L1', 0), (2, 'L1', 0), (3, 'L2', 0)",
    )
    return folder


@pytest.fixture
def unmigrated(made_once: Path, tmp_path: Path) -> Path:
    """Give a file that a program from before sessions wrote."""
    return Path(shutil.copy(made_once / "unmigrated.db", tmp_path / "old.db"))


@pytest.fixture
def old(made_once: Path, tmp_path: Path) -> Path:
    """Give the same file, migrated, without the backup beside it."""
    return Path(shutil.copy(made_once / "old.db", tmp_path / "old.db"))


@pytest.fixture
def desk(made_once: Path, tmp_path: Path) -> Path:
    """Give a new file named loads.db: loads L1 (posted 2100) and L2 (1100), calls 1 and 2 on L1, 3 on L2."""
    return Path(shutil.copy(made_once / "loads.db", tmp_path / "loads.db"))


@pytest.fixture(params=["delete", "wal"])
def shared(request: pytest.FixtureRequest, desk: Path) -> Path:
    """Give the desk's file in rollback and in WAL mode."""
    with closing(Database(desk)) as db:
        db.disable_wal()
        if request.param == "wal":
            db.enable_wal()
    return desk


@pytest.fixture
def service(desk: Path) -> Iterator[CallHandlingService]:
    """Give the service, open on the desk's file, at a fixed time."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as opened:
        yield opened


def execute(path: Path, *statements: str) -> None:
    """Run statements on a file, as another program would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def select(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Read rows from a file, as another program would."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchall()


def contents(path: Path) -> list[str]:
    """Return all that an SQLite file holds, as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def run(*arguments: object, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)


def data(*arguments: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Run a command with --json that has to succeed, and return what it printed."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def installed(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
    """Run the installed console script."""
    command = [str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)
