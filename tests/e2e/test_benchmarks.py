"""The benchmarks measure what they say: their peers do the same, and every case runs."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from negotiator.service import CallHandlingService
from negotiator.storage.database import LoadsFile
from tests.benchmarks.__main__ import CASES
from tests.benchmarks.datasets import SESSION, asks, desk, old_file
from tests.benchmarks.measuring import Ratio, of_speed, of_time
from tests.benchmarks.peers import bare_loop
from tests.conftest import NOW, ROOT, contents, run, select


def statements(trace: list[str]) -> list[str]:
    """Return what was executed, without the values; transactions and settings are not of an ask alone."""
    bare = [re.sub(r"'[^']*'|\b\d+(\.\d+)?\b|NULL", "?", " ".join(sql.split())) for sql in trace]
    return [sql for sql in bare if not sql.startswith(("BEGIN", "COMMIT", "PRAGMA"))]


def test_the_bare_loop_runs_the_statements_of_an_ask(tmp_path: Path) -> None:
    """In their order, each once: else a ratio to it would say nothing."""
    path, lines = tmp_path / "desk.db", tmp_path / "asks"
    desk(path, 30)
    asks(lines, calls=10, count=2)
    first, second = map(json.loads, lines.read_text().splitlines())
    ours: list[str] = []
    with LoadsFile.open(path) as file:
        service = CallHandlingService(file.connection, path, clock=lambda: NOW)
        file.connection.set_trace_callback(ours.append)
        answer = service.negotiate(**first)
    assert answer.message
    bare: list[str] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.set_trace_callback(bare.append)
        bare_loop.ask(db, second)
    assert statements(bare) == [sql for sql in statements(ours) if "sqlite_master" not in sql]


def test_the_bare_loop_leaves_what_batch_leaves(tmp_path: Path) -> None:
    """But for the time of the rounds."""
    ours, bare, lines = tmp_path / "ours.db", tmp_path / "bare.db", tmp_path / "asks"
    for path in (ours, bare):
        desk(path, 300)
    asks(lines, calls=100, count=50)
    assert run("batch", lines, "--db", ours, "--commit-every", 20).exit_code == 0
    bare_loop.main(str(bare), str(lines), "20")
    columns = (
        "id, call_id, session_id, round_number, carrier_offer, system_response, notes, request_id, outcome, "
        "negotiation_rounds, final_rate_agreed, transferred_to_rep"
    )
    sql = "SELECT {} FROM negotiations JOIN calls AS c ON c.id = call_id ORDER BY 1"
    rows = [
        select(
            path,
            sql.format(
                columns.replace("id,", "negotiations.id,", 1).replace(" notes", " negotiations.notes")
            ),
        )
        for path in (ours, bare)
    ]
    assert rows[0] == rows[1]


def test_the_bare_migration_leaves_what_migrate_leaves(tmp_path: Path) -> None:
    """But for the time at which it was done."""
    ours, bare = tmp_path / "ours.db", tmp_path / "bare.db"
    for path in (ours, bare):
        old_file(path, 300)
    before = contents(ours)
    assert run("migrate", ours).exit_code == 0
    peer = ROOT / "tests" / "benchmarks" / "peers" / "bare_migrate.py"
    subprocess.run([sys.executable, str(peer), str(bare)], check=True)
    assert [line for line in contents(ours) if "_sqlite_migrations" not in line] == [
        line for line in contents(bare) if "_sqlite_migrations" not in line
    ]
    assert contents(bare.with_name("bare.db.backup")) == before


SOME_RATIOS = {
    "start": {
        *("generate-id", "validate-id", "--help", "session history --json", "negotiate --json"),
        *("call start --json", "session set --json", "load set --json", "check --json"),
    },
    "throughput": {"batch, WAL, 1 a commit", "20 times negotiate"},
    "crowd": {"16 processes x 100 asks, WAL", "16 processes x 100 asks, WAL: longest wait"},
    "serve": set(),
    "size": {"call history, 2,000 rounds"},
    "migrate": {"migrate, 2,000 rounds", "memory of migrate, 2,000 rounds"},
}


def test_no_case_is_forgotten() -> None:
    """Each is run below."""
    assert list(SOME_RATIOS) == list(CASES)


@pytest.mark.parametrize("case", SOME_RATIOS)
def test_every_case_runs_and_says_what_it_ran_on(case: str) -> None:
    """With few runs of small files: the figures mean nothing, and their keys are there."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", case, "--runs", "1", "--rounds", "2000", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert {"system", "processor", "python", "sqlite", "typer", "sqlite-utils"} <= set(found["machine"])
    assert found["ratios"]
    assert {ratio["case"] for ratio in found["ratios"]} >= SOME_RATIOS[case]
    assert all(ratio["ratio"] > 0 for ratio in found["ratios"])


@pytest.mark.parametrize(
    ("ratio", "most", "least"), [(1.0, True, True), (1.1, False, True), (0.9, True, False)]
)
def test_a_bound_is_kept_or_missed(ratio: float, most: object, least: object) -> None:
    """Some are the most, some the least; what has none is only told."""
    bounded = Ratio("case", "peer", 1, 1, ratio, ratio, ratio, 1.0)
    assert bounded.kept is most
    assert replace(bounded, at_most=False).kept is least
    assert replace(bounded, bound=None).kept is None


def test_a_ratio_is_that_of_medians() -> None:
    """Of time, ours to theirs; of speed, the other way; with the span of single turns."""
    ours, theirs = [2.0, 4.0, 9.0], [4.0, 2.0, 3.0]
    taken, fast = of_time("case", "peer", ours, theirs), of_speed("case", "peer", ours, theirs)
    assert (taken.ratio, taken.lowest, taken.highest) == (4 / 3, 0.5, 3.0)
    assert (fast.ratio, fast.lowest, fast.highest) == (3 / 4, 1 / 3, 2.0)


def test_a_desk_of_a_benchmark_has_its_rounds(tmp_path: Path) -> None:
    """Three a session, and the session that histories are measured on."""
    path = tmp_path / "desk.db"
    desk(path, 300)
    assert select(path, "SELECT count(*), count(DISTINCT session_id) FROM negotiations") == [(320, 101)]
    assert len(json.loads(run("session", "history", SESSION, "--db", path, "--json").stdout)) == 20
