"""Many processes at once on one file."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from negotiator.maintenance.backup import back_up
from negotiator.maintenance.check import check
from negotiator.maintenance.create import init
from negotiator.storage.schema import STEPS
from tests.conftest import NOW, execute, run, select
from tests.workers import crowd, finish, go, start

SMALL = pytest.param(4, 10, id="4x10")
LARGE = pytest.param(16, 100, id="16x100", marks=pytest.mark.soak)


@pytest.mark.parametrize(("processes", "asks"), [SMALL, LARGE])
def test_no_ask_is_lost_and_no_round_number_stands_twice(shared: Path, processes: int, asks: int) -> None:
    """Four sessions on two loads; every answer that was printed is in the file, and nobody saw an error."""
    desks = [("1", "sess_one_a"), ("2", "sess_one_b"), ("3", "sess_two_a"), ("3", "sess_two_b")]
    told = crowd(
        start("ask", shared, *desks[number % 4], 2500, asks, NEGOTIATOR_ROUNDS="1000")
        for number in range(processes)
    )
    assert {answer.get("decision") for answers in told for answer in answers} == {"counter"}
    for number, (_, session) in enumerate(desks):
        mine = sorted(answer["round"] for answers in told[number::4] for answer in answers)
        stored = select(
            shared, "SELECT round_number FROM negotiations WHERE session_id = ? ORDER BY 1", session
        )
        assert mine == [row[0] for row in stored] == list(range(1, len(mine) + 1))
    assert sum(map(len, told)) == processes * asks
    counted = select(shared, "SELECT negotiation_rounds FROM calls ORDER BY id")
    assert [row[0] for row in counted] == [
        row[0]
        for row in select(shared, "SELECT count(*) FROM negotiations GROUP BY call_id ORDER BY call_id")
    ]


@pytest.mark.parametrize(("processes", "asks"), [SMALL, LARGE])
def test_the_round_limit_holds(shared: Path, processes: int, asks: int) -> None:
    """Of all asks in one thread, four are answered; the rest find it closed."""
    told = crowd(start("ask", shared, 1, "-", 2500, asks) for _ in range(processes))
    answers = [answer for answers in told for answer in answers]
    assert sorted(a["round"] for a in answers if "round" in a) == [1, 2, 3, 4]
    assert sorted(a["decision"] for a in answers if "decision" in a) == ["counter"] * 3 + ["transfer"]
    assert {a["error"] for a in answers if "error" in a} == {"thread_transferred"}


@pytest.mark.parametrize(("processes", "asks"), [SMALL, LARGE])
def test_one_load_is_never_booked_twice(shared: Path, processes: int, asks: int) -> None:
    """Everyone takes the posted rate, each on a call of their own."""
    calls = range(100, 100 + processes)
    execute(shared, *(f"INSERT INTO calls (id, load_id) VALUES ({number}, 'L1')" for number in calls))
    told = crowd(start("ask", shared, number, f"sess_call_{number}", 2100, asks) for number in calls)
    answers = [answer for answers in told for answer in answers]
    assert [a["decision"] for a in answers if "decision" in a] == ["accepted"]
    assert {a["error"] for a in answers if "error" in a} <= {"load_taken", "thread_closed"}
    assert select(shared, "SELECT count(*) FROM calls WHERE final_rate_agreed > 0") == [(1,)]


def test_many_make_the_same_file_and_one_does(tmp_path: Path) -> None:
    """The others find that it exists."""
    told = crowd(start("do_init", tmp_path / "new.db") for _ in range(6))
    assert sorted(str(answer) for (answer,) in told) == sorted(
        [str({"made": str(tmp_path / "new.db")})] + [str({"error": "file_exists"})] * 5
    )
    assert [found.name for found in tmp_path.iterdir()] == ["new.db"]


def test_many_migrate_at_once_and_one_does(unmigrated: Path) -> None:
    """The others find nothing pending; there is one backup."""
    told = crowd(start("do_migrate", unmigrated) for _ in range(6))
    assert sorted(len(answer["applied"]) for (answer,) in told) == [0, 0, 0, 0, 0, len(STEPS)]
    assert len(list(unmigrated.parent.glob("old.db.backup.*"))) == 1


def test_asks_wait_out_a_migration(unmigrated: Path) -> None:
    """Before it they are told to migrate; after it they are answered."""
    askers = [start("ask_until_migrated", unmigrated, 1, f"sess_asker_{number}") for number in range(4)]
    for asker in askers:
        go(asker)
    assert run("migrate", unmigrated).exit_code == 0
    assert [finish(asker) for asker in askers] == [[{"round": 1}]] * 4


def test_asks_backups_and_checks_go_on_together(shared: Path) -> None:
    """Every backup is one state of the file: as many rounds as the call has counted."""
    askers = [
        start("ask", shared, 1, f"sess_asker_{n}", 2500, 40, NEGOTIATOR_ROUNDS="1000") for n in range(2)
    ]
    for asker in askers:
        go(asker)
    while any(asker.poll() is None for asker in askers):
        made = back_up(shared, now=NOW)
        assert (
            made.rows["negotiations"]
            == select(made.path, "SELECT negotiation_rounds FROM calls WHERE id = 1")[0][0]
        )
        assert not [found for found in check(shared) if found.result == "fault"]
        made.path.unlink()
    told = [finish(asker) for asker in askers]
    assert [len([a for a in answers if a.get("decision") == "counter"]) for answers in told] == [40, 40]


@pytest.mark.soak
def test_throughput_beside_a_bare_loop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures for the record, of 16 processes with 100 asks each; asserted is that all are answered."""
    for mode in ("delete", "wal"):
        figures = {}
        for name in ("ask_bare", "ask"):
            path = tmp_path / f"{mode}-{name}.db"
            init(path, sample=True)
            with closing(Database(path)) as db:
                if mode == "delete":
                    db.disable_wal()
            workers = [
                start(name, path, 1, f"sess_worker_{n}", 2500, 100, NEGOTIATOR_ROUNDS="1000")
                for n in range(16)
            ]
            begun = time.perf_counter()
            told = crowd(workers)
            figures[name] = 1600 / (time.perf_counter() - begun)
            assert [len([a for a in answers if "round" in a]) for answers in told] == [100] * 16
        with capsys.disabled():
            ours, bare = figures["ask"], figures["ask_bare"]
            print(f"\n{mode}: {ours:.0f} commits/s, bare sqlite3 {bare:.0f}/s, ratio {ours / bare:.2f}")  # noqa: T201
