"""One place opens files: what is committed there is on the disk."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator import CallHandlingService
from negotiator.maintenance.backup import back_up
from tests.conftest import NOW, run

EXTRA = 3
LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nL1,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)
ADD = "L9 --origin Reno --destination Boise --pickup 2030-01-01 --delivery 2030-01-02 --equipment Van --rate 900"
WRITING = [
    "negotiate 1 2300",
    "batch asks.jsonl",
    "batch asks.jsonl --commit-every 9",
    "call start --load L1 --carrier MC1",
    "call end 1 --outcome rejected",
    "call reopen 3 --reason slip",
    "call reopen 3 --fell-through --reason broke",
    "call undo 3 --reason slip",
    "call book 1 2200",
    "session start --call 1",
    "session close SESSION --reason late",
    "session set SESSION --meta key=value",
    f"load add {ADD}",
    "load set L1 --ceiling 2400",
    "load cancel L1 --reason rail",
    "carrier block MC1 --reason late",
    "carrier unblock MC9",
    "carrier set MC9 --phone 5550100",
    "carrier import carriers.csv",
    "policy set rounds=5",
    "policy apply desk.toml",
    "load import loads.csv",
    "load import loads.csv --update",
    "migrate old.db",
    "restore saved.db loads.db",
    "restore saved.db missing.db",
    "init new.db --sample",
]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Give a list that gets, for each commit and each copy, the file's name and how far it was synced."""
    noted: list[tuple[str, int]] = []

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as in the base class
            if sql == "COMMIT":
                noted.append(level(self))
            return super().execute(sql, *values)

        def backup(self, target: sqlite3.Connection, **options: Any) -> None:  # noqa: ANN401 - as above
            noted.append(level(target))
            super().backup(target, **options)

        def close(self) -> None:
            if self.total_changes:
                noted.append(level(self))
            super().close()

    def level(db: sqlite3.Connection) -> tuple[str, int]:
        name = sqlite3.Connection.execute(db, "PRAGMA database_list").fetchone()[2]
        return Path(name).name, sqlite3.Connection.execute(db, "PRAGMA main.synchronous").fetchone()[0]

    original = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: original(*given, factory=Watched, **more))
    return noted


def prepare(path: Path) -> str:
    """Make what these commands name; return a session."""
    back_up(path, now=NOW, to=Path("saved.db"))
    Path("loads.csv").write_text(LOADS)
    Path("carriers.csv").write_text("mc,status\n5,active\n")
    Path("desk.toml").write_text("[desk]\nrounds = 3\n")
    Path("asks.jsonl").write_text(
        '{"call_id": 1, "carrier_offer": 2300}\n{"call_id": 2, "carrier_offer": 2300}'
    )
    session = run("session", "start").stdout.strip()
    run("negotiate", 3, 1100)
    run("carrier", "block", "MC9", "--reason", "late")
    return session


@pytest.mark.parametrize("command", WRITING)
def test_what_is_committed_survives_a_power_cut(
    shared: Path, unmigrated: Path, request: pytest.FixtureRequest, command: str
) -> None:
    """EXTRA in both journal modes. Only a file that has no name yet does with less: it is synced as a whole."""
    session = prepare(shared)
    written: list[tuple[str, int]] = request.getfixturevalue("written")
    result = run(*command.replace("SESSION", session).split())
    assert result.exit_code == 0, result.output
    named = {(name, level) for name, level in written if name and not name.startswith(".")}  # memory has none
    assert {level for _, level in named} == ({EXTRA} if named else set())
    assert named or command.startswith(("init", "restore saved.db missing.db"))


def test_what_is_committed_on_a_callers_own_connection_survives_too(shared: Path) -> None:
    """Whoever opened it: the service answers for what it says."""
    with closing(sqlite3.connect(shared, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = NORMAL")
        CallHandlingService(db, shared).negotiate(1, 2300)
        assert db.execute("PRAGMA synchronous").fetchone() == (EXTRA,)
