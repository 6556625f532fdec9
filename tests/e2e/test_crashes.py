"""Programs killed at random moments: afterwards a file is whole, and nothing that was said is missing."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlite_utils import Database

from negotiator.maintenance.backup import back_up
from negotiator.maintenance.create import init
from negotiator.maintenance.migrate import migrate
from negotiator.maintenance.restore import restore
from negotiator.storage.atomic_file import SIDE_FILES
from tests.conftest import NOW, contents, execute, select
from tests.workers import Worker, finish, go, killed, start

ADDED = {
    "session_id",
    "notes",
    "idx_negotiations_session_id",
    "idx_negotiations_call_session",
    "idx_calls_load_id",
    "idx_calls_carrier",
}
COLUMNS = "SELECT name FROM pragma_table_info('negotiations')"
INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"
OUTCOMES = {"accepted": "accepted", "transfer_to_human": "transferred"}


@pytest.fixture(
    params=[pytest.param(4, id="8 kills"), pytest.param(100, id="200 kills", marks=pytest.mark.soak)]
)
def kills(request: pytest.FixtureRequest) -> int:
    """Give how many are killed in each journal mode."""
    return int(request.param)


@pytest.fixture(params=["delete", "wal"])
def big(request: pytest.FixtureRequest, unmigrated: Path) -> Path:
    """Give an old file that is large enough to be killed in the midst of, in both journal modes."""
    execute(
        unmigrated,
        """WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20100)
           INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
           SELECT i % 500 + 1000, i, i, 'Let me see what I can do for you about this.', '2025-08-01 10:00:00' FROM n""",
    )
    with closing(Database(unmigrated)) as db:
        if request.param == "wal":
            db.enable_wal()
    return unmigrated


def each_killed(kills: int, worker: Callable[[], Worker]) -> Iterator[list[dict[str, Any]]]:
    """Run once to learn how long it takes, then kill that many at moments up to then; give what each told."""
    begun = start_time(worker())
    chance = random.Random(kills)  # noqa: S311 - the same moments in every run
    for _ in range(kills):
        yield killed(worker(), within=begun, chance=chance)


def start_time(worker: Worker) -> float:
    """Return how many seconds a worker takes when it is left alone."""
    begun = time.perf_counter()
    go(worker)
    finish(worker)
    return time.perf_counter() - begun


def put_back(path: Path, original: Path) -> None:
    """Give a file the content that it had, with no side files."""
    for suffix in SIDE_FILES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    copyfile(original, path)


def is_sound(path: Path) -> bool:
    """Return whether SQLite finds a file sound."""
    return select(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_round_is_there_with_all_its_updates_or_not_at_all(big: Path, kills: int) -> None:
    """Each ask is on a call and a load of its own; whatever was printed is in the file."""
    migrate(big)
    numbers = count(1)
    told: list[dict[str, Any]] = []

    def worker() -> Worker:
        number = next(numbers)
        execute(
            big,
            f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                   equipment_type, loadboard_rate, status)
                VALUES ('K{number}', '', '', '', '', '', 2100, 'available')""",
            f"INSERT INTO calls (id, load_id, negotiation_rounds) VALUES ({30_000 + number}, 'K{number}', 0)",
        )
        return start("ask", big, 30_000 + number, "-", [2500, 2250][number % 2], 3)

    for answers in each_killed(kills, worker):
        told += answers
    assert is_sound(big)
    for call, load, outcome, rounds, rate in select(
        big, "SELECT id, load_id, outcome, negotiation_rounds, final_rate_agreed FROM calls WHERE id > 30000"
    ):
        stored = select(
            big, "SELECT round_number, system_response FROM negotiations WHERE call_id = ? ORDER BY 1", call
        )
        printed = [answer["round"] for answer in told if answer.get("call") == call]
        assert [row[0] for row in stored] == list(range(1, rounds + 1))
        assert set(printed) <= set(range(1, rounds + 1))
        last = stored[-1][1] if stored else None
        assert outcome == (OUTCOMES.get(last, "negotiating") if last else None)
        assert (rate is not None) == (last == "accepted")
        status = "booked" if last == "accepted" else "available"
        assert select(big, "SELECT status FROM loads WHERE load_id = ?", load) == [(status,)]


def test_there_is_no_half_migration(big: Path, tmp_path: Path, kills: int) -> None:
    """All of it or nothing; backups that have their name are whole; the next run succeeds."""
    original = tmp_path / "original"
    copyfile(big, original)
    before = contents(original)
    states = set()
    for _ in each_killed(kills, lambda: start("do_migrate", big)):
        assert is_sound(big)
        present = ADDED & {name for (name,) in select(big, COLUMNS) + select(big, INDEXES)}
        assert present in (set(), ADDED)
        states.add(bool(present))
        assert migrate(big).pending == ()
        for made in tmp_path.glob("old.db.backup.*"):
            assert contents(made) == before
            made.unlink()
        put_back(big, original)
    assert states <= {True, False}


def test_a_backup_is_whole_or_absent(big: Path, tmp_path: Path, kills: int) -> None:
    """And what is left of one that isn't stops nobody."""
    before = contents(big)
    for _ in each_killed(kills, lambda: start("do_backup", big)):
        for made in [*tmp_path.glob("old.db.backup.*"), back_up(big, now=NOW).path]:
            assert contents(made) == before
            made.unlink()
    assert contents(big) == before


def test_a_file_is_restored_or_as_it_was(big: Path, tmp_path: Path, kills: int) -> None:
    """In place: never half of each."""
    saved = back_up(big, now=NOW, to=tmp_path / "saved").path
    execute(big, "DELETE FROM negotiations WHERE id > 500", "UPDATE calls SET notes = 'since'")
    original = tmp_path / "original"
    with closing(Database(big)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copyfile(big, original)
    wanted, former = contents(saved), contents(original)
    for _ in each_killed(kills, lambda: start("do_restore", saved, big)):
        assert is_sound(big)
        assert contents(big) in (wanted, former)
        restore(saved, big, now=NOW)
        assert contents(big) == wanted
        for made in tmp_path.glob("old.db.backup.*"):
            assert contents(made) in (former, wanted)
            made.unlink()
        put_back(big, original)


def test_a_damaged_file_that_was_being_replaced_can_be_restored_again(tmp_path: Path, kills: int) -> None:
    """It is in its place or moved aside, and never lost."""
    path, saved = tmp_path / "desk.db", tmp_path / "saved"
    init(saved, sample=True)
    path.write_bytes(b"damaged" * 1000)
    for _ in each_killed(2 * kills, lambda: start("do_restore", saved, path)):
        restore(saved, path, now=NOW)
        assert contents(path) == contents(saved)
        assert any(found.read_bytes() == b"damaged" * 1000 for found in tmp_path.glob("desk.db.damaged.*"))
        for found in tmp_path.glob("desk.db*"):
            found.unlink()
        path.write_bytes(b"damaged" * 1000)


def test_a_new_file_is_whole_or_absent(tmp_path: Path, kills: int) -> None:
    """And the next `init` is not hindered by what is left."""
    path = tmp_path / "new.db"
    for _ in each_killed(2 * kills, lambda: start("do_init", path)):
        if not path.exists():
            init(path, sample=True)
        assert is_sound(path)
        assert select(path, "SELECT count(*) FROM loads") == [(12,)]
        path.unlink()
