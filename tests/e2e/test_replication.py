"""The guide's page about Litestream, tried with the real program: what is copied, what is lost, what follows."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.maintenance.backup import back_up
from negotiator.maintenance.create import init
from negotiator.maintenance.restore import restore
from tests.conftest import NOW, SCRIPT, contents, data, execute, run, select
from tests.documentation import blocks
from tests.litestream import Machine
from tests.serving import serving
from tests.waiting import eventually
from tests.workers import go, start

CALLS = 5000
CLIENTS = 64
ROUNDS = "SELECT call_id, carrier_offer, system_response FROM negotiations ORDER BY id"


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Give a folder with the page's configuration; its name is short, as that of a socket has to be."""
    with tempfile.TemporaryDirectory() as folder:
        yield Machine(Path(folder))


@pytest.fixture
def primary(machine: Machine) -> Path:
    """Give the file that is replicated: the sample, with many calls that wait for an ask."""
    init(machine.path, sample=True)
    numbers = f"WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < {99 + CALLS})"
    execute(
        machine.path,
        f"""{numbers} INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                         equipment_type, loadboard_rate, status)
              SELECT 'N' || i, 'Reno, NV', 'Boise, ID', '2030-01-01', '2030-01-02', 'Van', 1800, 'available' FROM n""",
        f"{numbers} INSERT INTO calls (id, load_id, negotiation_rounds) SELECT i, 'N' || i, 0 FROM n",
    )
    return machine.path


class Desk:
    """A program that asks, one ask at a time, and notes each answer that it was given."""

    def __init__(self, path: Path) -> None:
        """Start it on a file."""
        command: list[str | Path] = [SCRIPT, "batch", "--db", path]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.given: list[tuple[int, float, str]] = []

    def ask(self, count: int) -> None:
        """Make so many asks, each on a call of its own."""
        assert self.process.stdin
        assert self.process.stdout
        for _ in range(count):
            call = 100 + len(self.given)
            self.process.stdin.write(json.dumps({"call_id": call, "carrier_offer": 2000}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            assert answer["decision"] == "counter"
            self.given.append((call, answer["carrier_offer"], f"counter_offer_{answer['amount']:.2f}"))


@pytest.fixture
def at_work(primary: Path) -> Iterator[Desk]:
    """Give a program that asks on the primary."""
    asking = Desk(primary)
    with asking.process:
        yield asking
        asking.process.kill()


def test_what_was_copied_before_both_were_killed_is_restored(
    machine: Machine, at_work: Desk, tmp_path: Path
) -> None:
    """The primary is thrown away. What comes back is sound: each answer up to some moment, as it was given."""
    with machine.replicating() as litestream:
        at_work.ask(50)
        machine.sync()
        at_work.ask(150)
        litestream.kill()
        at_work.process.kill()
        litestream.wait()
    shutil.rmtree(machine.path.parent)
    found = select(machine.restored(tmp_path / "restored.db"), ROUNDS)
    assert found == at_work.given[: len(found)]
    assert len(found) >= 50


def lost(machine: Machine, primary: Path, to: Path, moment: int) -> tuple[int, int]:
    """Answer clients, kill both after so many answers, and throw the primary away.

    Return how many had an answer, and how many of these are not in the replica.
    """
    with (
        machine.replicating() as litestream,
        start("answer_when_copied", primary, machine.socket, CLIENTS) as server,
    ):
        assert server.stdout
        go(server)
        lines = [server.stdout.readline() for _ in range(moment)]
        litestream.kill()
        server.kill()
        lines += server.stdout.readlines()
    shutil.rmtree(primary.parent)
    answered = {json.loads(line)["call"] for line in lines if line.endswith("\n")}
    found = {call for call, _, _ in select(machine.restored(to), ROUNDS)}
    return len(answered), len(answered - found)


def test_no_answer_is_lost_when_each_is_copied_first(machine: Machine, primary: Path, tmp_path: Path) -> None:
    """Clients that ask all the time; both are killed, and the primary is thrown away."""
    answered, missing = lost(machine, primary, tmp_path / "restored.db", 300)
    assert answered >= 300
    assert missing == 0


@pytest.mark.soak
@pytest.mark.parametrize("number", range(30))
def test_no_answer_is_lost_at_any_moment(
    machine: Machine, primary: Path, tmp_path: Path, number: int
) -> None:
    """The same, again and again; how many were answered is said."""
    answered, missing = lost(machine, primary, tmp_path / "restored.db", 1 + number * 37)
    sys.stdout.write(f"{answered} answered, {missing} lost\n")
    assert missing == 0


def test_another_machine_goes_on_from_the_replica(machine: Machine, primary: Path, tmp_path: Path) -> None:
    """The unit's first line restores the file; what is written there is copied to the same place."""
    with machine.replicating():
        assert run("negotiate", 100, 2000, "--db", primary).exit_code == 0
        machine.sync()
    shutil.rmtree(machine.path.parent)
    machine.path.parent.mkdir()
    with machine.replicating():
        assert run("negotiate", 101, 2000, "--db", primary).exit_code == 0
        machine.sync()
    assert [row[0] for row in select(machine.restored(tmp_path / "restored.db"), ROUNDS)] == [100, 101]


def rebuild(path: Path) -> None:
    """Give all rows new pages."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("VACUUM")


def checkpoint(path: Path) -> None:
    """Empty the log as far as others allow, as any connection does now and then."""
    with closing(sqlite3.connect(path, timeout=0)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def drop_and_migrate(path: Path) -> None:
    """Have something to migrate, and do that."""
    execute(path, "DROP VIEW thread_facts", "DROP INDEX idx_calls_carrier")
    assert run("migrate", path).exit_code == 0


def go_back(path: Path) -> None:
    """Restore a backup that was made beside Litestream."""
    made = back_up(path, now=NOW).path
    assert run("negotiate", 102, 2000, "--db", path).exit_code == 0
    restore(made, path, now=NOW)


BESIDE = [
    lambda path: run("negotiate", 101, 2000, "--db", path),
    lambda path: run(
        "load",
        "add",
        *["N1", "--origin", "A", "--destination", "B", "--equipment", "Van", "--rate", "900"],
        "--pickup",
        "2030-01-01",
        "--delivery",
        "2030-01-02",
        "--db",
        path,
    ),
    lambda path: run("check", path),
    rebuild,
    checkpoint,
    drop_and_migrate,
    go_back,
]


def test_what_else_is_done_to_the_file_is_copied(machine: Machine, primary: Path, tmp_path: Path) -> None:
    """After each of these, what is restored is what the primary holds."""
    with machine.replicating():
        for number, act in enumerate(BESIDE):
            act(primary)
            assert run("negotiate", 200 + number, 2000, "--db", primary).exit_code == 0
            checkpoint(primary)
            machine.sync()
            assert content(machine.restored(tmp_path / f"{number}.db")) == content(primary)


def content(path: Path) -> list[str]:
    """Return what a file holds, without the counter of Litestream."""
    return [line for line in contents(path) if "_litestream_seq" not in line]


def test_nobody_else_empties_the_log(machine: Machine, primary: Path) -> None:
    """Litestream reads in one long transaction, which the way that we ask it to copy does not end."""
    with machine.replicating():
        machine.sync()
        assert run("negotiate", 100, 2000, "--db", primary).exit_code == 0
        with closing(sqlite3.connect(primary, timeout=0)) as db:
            busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy


def test_a_backup_from_before_takes_the_tables_away(machine: Machine, primary: Path, tmp_path: Path) -> None:
    """`check` says to start it again; then all is copied as before."""
    before = back_up(primary, now=NOW, to=tmp_path / "before.db").path
    with machine.replicating():
        machine.sync()
        restore(before, primary, now=NOW)
        assert "start it again" in said_of_litestream(primary)
    with machine.replicating():
        machine.sync()
        assert "its tables are in it" in said_of_litestream(primary)
        assert content(machine.restored(tmp_path / "restored.db")) == content(primary)


def said_of_litestream(path: Path) -> str:
    """Return what `check` says of it."""
    return "".join(item["detail"] for item in data("check", path) if item["check"] == "litestream")


def test_a_file_in_rollback_mode_is_turned_into_wal_mode(machine: Machine, old: Path, tmp_path: Path) -> None:
    """By Litestream, when it starts; nobody can turn it back while it runs."""
    shutil.move(old, machine.path)
    assert select(machine.path, "PRAGMA journal_mode") == [("delete",)]
    with machine.replicating():
        machine.sync()
        assert select(machine.path, "PRAGMA journal_mode") == [("wal",)]
        with (
            pytest.raises(sqlite3.OperationalError, match="locked"),
            closing(sqlite3.connect(machine.path, timeout=0)) as db,
        ):
            db.execute("PRAGMA journal_mode = DELETE")
    assert select(machine.path, "PRAGMA journal_mode = DELETE") == [("delete",)]
    assert "which is in rollback mode" in said_of_litestream(machine.path)


def test_a_follower_is_read_by_who_may_not_write_and_written_by_nobody(
    machine: Machine, primary: Path
) -> None:
    """From its first moment, in WAL mode, and after its first page has changed; what comes, is seen."""
    reading: list[str | Path] = [SCRIPT, "call", "list", "--limit", "0", "--json", "--db", machine.copy]

    def calls() -> int:
        done = subprocess.run(as_somebody_else(reading), check=True, capture_output=True, text=True)
        return len(json.loads(done.stdout))

    machine.folder.chmod(0o755)
    with machine.replicating():
        machine.sync()
        with machine.following():
            assert mode_of(machine.copy) == 2
            before = calls()
            assert run("negotiate", 100, 2000, "--db", machine.copy).exit_code == 5
            execute(primary, "CREATE TABLE of_others (a)", "INSERT INTO calls (load_id) VALUES ('LD002')")
            eventually(lambda: calls() == before + 1)
            assert mode_of(machine.copy) == 1
            assert run("negotiate", 100, 2000, "--db", machine.copy).exit_code == 5
            assert "(transaction " in said_of_litestream(machine.copy)
            assert {path.name for path in machine.copy.parent.iterdir()} == {"loads.db", "loads.db-txid"}


def mode_of(path: Path) -> int:
    """Return how a file's header names its journal mode."""
    return path.read_bytes()[18]


def as_somebody_else(command: list[str | Path]) -> list[str | Path]:
    """Return a command as a user runs it who may read and not write, where that is possible."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return command
    return ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *command]


def test_a_follower_goes_on_after_a_kill_and_is_one_until_its_mark_is_gone(
    machine: Machine, primary: Path
) -> None:
    """Then it is a file like any other, and Litestream does not follow with it again."""
    with machine.replicating():
        machine.sync()
        with machine.following() as process:
            process.kill()
            process.wait()
        assert run("negotiate", 100, 2000, "--db", machine.copy).exit_code == 5
        assert run("negotiate", 100, 2000, "--db", primary).exit_code == 0
        with machine.following():
            eventually(lambda: len(select_from(machine.copy)) == 1)
        Path(f"{machine.copy}-txid").unlink()
        assert run("negotiate", 101, 2000, "--db", machine.copy).exit_code == 0
        (command,) = machine.commands("follower")
        assert subprocess.run(command, check=False, capture_output=True).returncode != 0


def select_from(path: Path) -> list[object]:
    """Read the rounds of a follower as our own commands do."""
    rounds: list[object] = data("call", "history", 100, "--db", path)
    return rounds


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(machine: Machine) -> None:
    """Each of them, with programs that exist."""
    for number, block in enumerate(blocks("systemd", page="replication")):
        unit = machine.folder / f"unit{number}.service"
        unit.write_text(machine.here(block.text))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


ASK = {"call_id": "any", "carrier_offer": 2000}
ROUTE = "/api/calls/{}/negotiate"


def test_the_server_answers_what_is_copied(machine: Machine, primary: Path, tmp_path: Path) -> None:
    """Over HTTP: both are killed right after an answer; while Litestream is away, 503, and then the same answer."""
    with machine.replicating() as litestream, serving(primary, "--litestream", machine.socket) as server:
        status, first = server.ask("POST", ROUTE.format(100), ASK, Idempotency_Key="one")
        assert status == 200, first
        litestream.kill()
        litestream.wait()
        status, refused = server.ask("POST", ROUTE.format(101), ASK, Idempotency_Key="two")
        assert (status, refused["code"]) == (503, "not_copied")
        assert server.ask("GET", "/health")[0] == 503
        with machine.replicating() as again:
            eventually(lambda: server.ask("POST", ROUTE.format(101), ASK, Idempotency_Key="two")[0] == 200)
            assert server.ask("POST", ROUTE.format(100), ASK, Idempotency_Key="one") == (200, first)
            again.kill()
            server.process.kill()
    shutil.rmtree(primary.parent)
    assert [call for call, _, _ in select(machine.restored(tmp_path / "restored.db"), ROUNDS)] == [100, 101]
