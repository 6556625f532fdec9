"""Hostile circumstances: full disks, read-only places, damaged and odd files."""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.maintenance.create import init
from negotiator.maintenance.migrate import migrate
from tests.conftest import SCRIPT, contents, data, execute, installed, run, select

DOCUMENTED = {0, 2, 3, 4, 5, 6, 75}
WRITING = [["negotiate", "1", "2300"], ["backup"], ["migrate"]]


def mount(folder: Path, *options: str) -> None:
    """Mount or remount something at a folder, or skip the test."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    try:
        subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"can't mount here: {error}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of one mebibyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "-t", "tmpfs", "-o", "size=1m", "none")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk_is_exit_5_and_nothing_is_half_done(
    small_disk: Path, unmigrated: Path, command: list[str]
) -> None:
    """With room again, it works."""
    path = small_disk / "desk.db"
    if command == ["migrate"]:
        shutil.copyfile(unmigrated, path)
    else:
        init(path, sample=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before, filler = contents(path), small_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as full:
        while full.write(b"x" * 4096):
            pass
    result = run(*command, "--db", path)
    assert result.exit_code == 5, result.output
    assert "room" in result.stderr
    assert contents(path) == before
    assert {found.name for found in small_disk.iterdir()} == {"desk.db", "filler"}
    filler.unlink()
    assert run(*command, "--db", path).exit_code == 0


@pytest.mark.parametrize("command", WRITING)
def test_a_limit_on_the_size_of_files_is_exit_5(desk: Path, unmigrated: Path, command: list[str]) -> None:
    """A disk that is full for one file: at 8 KiB nothing of ours can be written."""
    path = unmigrated if command == ["migrate"] else desk
    before = contents(path)
    result = installed(
        *command, "--db", path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
    )
    assert (result.returncode, "Traceback" in result.stderr) == (5, False)
    assert contents(path) == before
    assert not list(path.parent.glob("*.backup.*"))


def test_a_read_only_place_can_be_read_and_not_written(small_disk: Path) -> None:
    """In rollback mode; each refusal is exit 5."""
    path = small_disk / "desk.db"
    init(path, sample=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    mount(small_disk, "-o", "remount,ro")
    assert data("call", "history", 1, "--db", path) == []
    assert run("check", path).exit_code == 0
    assert run("migrate", path).exit_code == 0
    for command in (
        ["negotiate", "1", "2300", "--db", path],
        ["backup", path],
        ["init", small_disk / "new.db"],
    ):
        result = run(*command)
        assert (result.exit_code, "can't be written" in result.stderr) == (5, True), result.output
    assert run("backup", path, "--to", small_disk.parent / "elsewhere.db").exit_code == 0


@pytest.mark.skipif(not shutil.which("chattr"), reason="chattr is not installed")
def test_a_file_that_may_not_be_changed_is_exit_5(unmigrated: Path) -> None:
    """Not even root may write it."""
    if subprocess.run(["chattr", "+i", unmigrated], capture_output=True, check=False).returncode:
        pytest.skip("this file system or user can't set a file immutable")
    try:
        for command in (["negotiate", "1", "2150", "--db"], ["migrate"]):
            assert run(*command, unmigrated).exit_code in {5, 6}
        assert run("check", unmigrated).exit_code == 6
    finally:
        subprocess.run(["chattr", "-i", unmigrated], check=True)


@pytest.fixture
def read_only_disk(small_disk: Path) -> Callable[[], Path]:
    """Give what makes a disk read-only, and returns its folder."""

    def remount() -> Path:
        mount(small_disk, "-o", "remount,ro")
        return small_disk

    return remount


READING = ["call history 1", "session list", "load list", "report", "check", "migrate --dry-run"]


def test_a_file_in_wal_mode_can_be_read_on_a_read_only_disk(
    small_disk: Path, tmp_path: Path, read_only_disk: Callable[[], Path]
) -> None:
    """As `init` makes it; a backup of it can be read and made there too, and nothing is written."""
    path = small_disk / "desk.db"
    init(path, sample=True)
    run("negotiate", 1, 1360, "--db", path)
    run("backup", path, "--to", small_disk / "copy.db")
    names = set(read_only_disk().iterdir())
    for name in ("desk.db", "copy.db"):
        for command in READING:
            result = run(*command.split(), "--db", small_disk / name)
            assert result.exit_code == 0, (command, result.output)
        assert len(data("call", "history", 1, "--db", small_disk / name)) == 1
        assert run("negotiate", 2, 1360, "--db", small_disk / name).exit_code == 5
        assert run("backup", small_disk / name, "--to", tmp_path / name).exit_code == 0
        assert contents(tmp_path / name) == contents(small_disk / "copy.db")
    assert set(small_disk.iterdir()) == names


@pytest.mark.parametrize(("mode", "suffix"), [("wal", "-wal"), ("delete", "-journal")])
def test_a_file_that_is_not_whole_on_a_read_only_disk_is_not_read(
    small_disk: Path, tmp_path: Path, read_only_disk: Callable[[], Path], mode: str, suffix: str
) -> None:
    """Exit 5 with the reason: what lies beside it belongs to it."""
    path = small_disk / "desk.db"
    init(tmp_path / "busy.db", sample=True)
    with closing(sqlite3.connect(tmp_path / "busy.db", isolation_level=None)) as busy:
        busy.execute(f"PRAGMA journal_mode = {mode}")
        busy.execute("PRAGMA cache_size = 1")
        busy.execute("UPDATE loads SET notes = 'a change that is in the log'")
        busy.execute("BEGIN IMMEDIATE")
        busy.execute("UPDATE loads SET notes = hex(zeroblob(5000))")  # which spills into the file
        for side in ("", suffix):
            shutil.copyfile(f"{tmp_path / 'busy.db'}{side}", f"{path}{side}")
    read_only_disk()
    result = run("call", "history", 1, "--db", path)
    assert (result.exit_code, f"desk.db{suffix}" in result.stderr or suffix in result.stderr) == (5, True), (
        result.stderr
    )
    assert "folder that can be written" in result.stderr


def barred(*command: str | Path) -> list[str | Path]:
    """Return a command that permissions bar from something: root gives up what lets it past them."""
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("permissions bar root from nothing, and setpriv is not installed")
        return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    return [*command]


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_permissions_are_respected(old: Path, mode: int) -> None:
    """Exit 5, and what to check."""
    old.chmod(mode)
    command = barred(SCRIPT, "negotiate", "1", "2150", "--db", old)
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, "permission" in result.stderr) == (5, True), result.stderr


@pytest.mark.parametrize(
    "command",
    [
        *(
            "negotiate 1 2300 --db barred/x.db",
            "check barred/x.db",
            "migrate barred/x.db",
            "init barred/x.db",
        ),
        *("backup barred/x.db", "backup loads.db --to barred/x.db", "report --db barred/x.db"),
        *("restore barred/x.db loads.db", "restore loads.db barred/x.db", "restore link.db new.db"),
        *("report --output barred/x.md", "report --output link.db", "report --output barred/no/x.md"),
        *("restore loads.db link.db", "backup link.db"),
    ],
)
def test_a_folder_that_may_not_be_entered_is_exit_5_and_named(desk: Path, command: str) -> None:
    """Wherever a command names it, and behind a link."""
    folder = desk.parent / "barred"
    folder.mkdir()
    shutil.copyfile(desk, folder / "x.db")
    Path("link.db").symlink_to(folder / "x.db")
    folder.chmod(0)
    try:
        done = subprocess.run(barred(SCRIPT, *command.split()), capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 5, done.stderr
    assert "Permission denied" in done.stderr
    assert ("link.db" if "link.db" in command else "barred") in done.stderr


def test_a_file_in_wal_mode_in_a_folder_that_may_not_be_written_is_exit_5(desk: Path) -> None:
    """Also to read it; the reason is said."""
    folder = desk.parent / "barred"
    folder.mkdir()
    shutil.copyfile(desk, folder / "x.db")
    folder.chmod(0o555)
    try:
        command = barred(SCRIPT, "call", "list", "--db", folder / "x.db")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 5
    assert "is in WAL mode, and SQLite would have to write in its folder to read it" in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        *(("check one", 3), ("restore one new.db", 3), ("report --db one", 3)),
        *(("init one", 4), ("restore loads.db one", 4)),
    ],
)
def test_a_ring_of_links_is_no_file(desk: Path, command: str, code: int) -> None:
    """It is named."""
    Path("one").symlink_to("two")
    Path("two").symlink_to("one")
    result = run(*command.split())
    assert (result.exit_code, "one'" in result.stderr) == (code, True), result.output


def test_a_symlink_is_the_file_it_points_to(desk: Path, tmp_path: Path) -> None:
    """Rounds go into the file, and backups stand beside the link."""
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "link.db"
    link.symlink_to(desk)
    assert run("negotiate", 1, 2300, "--db", link).exit_code == 0
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]
    assert run("backup", link).exit_code == 0
    assert len(list(link.parent.glob("link.db.backup.*"))) == 1
    assert run("init", link).exit_code == 4


@pytest.mark.parametrize("seed", range(25))
def test_a_damaged_file_is_never_a_traceback_nor_an_undocumented_exit(old: Path, seed: int) -> None:
    """Bytes are flipped or cut off; whatever each command then says, it says in its own words."""
    chance = random.Random(seed)  # noqa: S311 - the same damage in every run
    content = bytearray(old.read_bytes())
    if seed % 5 == 0:
        del content[chance.randrange(len(content)) :]
    for _ in range(chance.choice([1, 10, 200])):
        if content:
            content[chance.randrange(len(content))] = chance.randrange(256)
    for command in (["check"], ["call", "history", "1"], ["negotiate", "1", "2150"], ["migrate"], ["backup"]):
        old.write_bytes(content)
        result = run(*command, "--db", old)
        assert result.exit_code in DOCUMENTED, result.output
        assert isinstance(result.exception, SystemExit | None)


def test_a_hot_journal_is_rolled_back(old: Path, tmp_path: Path) -> None:
    """What a killed program left half done is undone by whoever comes first."""
    with closing(sqlite3.connect(old, isolation_level=None)) as killed:
        killed.execute("PRAGMA cache_size = 1")
        killed.execute("BEGIN IMMEDIATE")
        killed.execute("UPDATE negotiations SET carrier_offer = 1")
        killed.executemany(
            "INSERT INTO carriers (mc_number, company_name) VALUES (?, 'x')", [[n] for n in range(5000)]
        )
        for suffix in ("", "-journal"):
            shutil.copyfile(f"{old}{suffix}", f"{tmp_path / 'copy.db'}{suffix}")
    assert data("call", "history", 1, "--db", tmp_path / "copy.db")[0]["carrier_offer"] == 2200
    assert contents(tmp_path / "copy.db") == contents(old)


@pytest.mark.parametrize("name", ["a" * 300, "no/such/folder.db"])
def test_a_file_that_cannot_be_made_is_said(name: str) -> None:
    """Too long a name, or no folder to put it in."""
    assert run("init", name).exit_code in {3, 5}


def test_a_write_ahead_log_without_its_file_stops_init(tmp_path: Path) -> None:
    """It would be read into the new file."""
    (tmp_path / "loads.db-wal").write_bytes(b"stale")
    result = run("init")
    assert (result.exit_code, "loads.db-wal" in result.stderr) == (4, True)
    assert not (tmp_path / "loads.db").exists()


@pytest.mark.parametrize(
    "oddity",
    [
        "CREATE VIEW broken AS SELECT lost FROM nowhere",
        "CREATE TRIGGER logged AFTER DELETE ON negotiations BEGIN INSERT INTO nowhere VALUES (1); END",
        "CREATE TABLE Extra (a, b)",
        "ALTER TABLE calls ADD COLUMN extra TEXT",
        "CREATE INDEX extra ON negotiations (timestamp)",
        "PRAGMA user_version = 7",
        "PRAGMA application_id = 7",
    ],
)
def test_odd_schemas_are_migrated_and_negotiated_on(unmigrated: Path, oddity: str) -> None:
    """What others put beside our tables is none of our business."""
    execute(unmigrated, oddity)
    before = select(unmigrated, "SELECT name FROM sqlite_master")
    assert migrate(unmigrated).applied
    assert set(before) <= set(select(unmigrated, "SELECT name FROM sqlite_master"))
    assert run("negotiate", 1, 2150, "--db", unmigrated).exit_code == 0


@pytest.mark.parametrize(
    "action", ["INSERT INTO nowhere VALUES (1)", "SELECT RAISE(ROLLBACK, 'no')", "SELECT RAISE(ABORT, 'no')"]
)
def test_a_trigger_that_fails_is_exit_5_and_the_ask_is_not_half_recorded(desk: Path, action: str) -> None:
    """The round was inserted before the trigger on calls fails."""
    execute(desk, f"CREATE TRIGGER t AFTER UPDATE ON calls BEGIN {action}; END")
    before = contents(desk)
    result = run("negotiate", 1, 2300)
    assert (result.exit_code, "Traceback" in result.output) == (5, False)
    assert contents(desk) == before


def test_a_view_named_like_a_table_is_no_table(unmigrated: Path) -> None:
    """Exit 5, and the view stays."""
    execute(unmigrated, "ALTER TABLE negotiations RENAME TO n", "CREATE VIEW negotiations AS SELECT * FROM n")
    before = contents(unmigrated)
    for command in (["migrate"], ["call", "history", "1", "--db"], ["check"], ["backup"]):
        assert run(*command, unmigrated).exit_code == 5
    assert contents(unmigrated) == before


def test_values_of_any_type_in_any_column_are_read(old: Path) -> None:
    """SQLite keeps what it is given."""
    execute(
        old,
        """INSERT INTO negotiations (id, call_id, round_number, carrier_offer, system_response, timestamp, notes)
           VALUES (50, 6, 'many', 'a lot', x'ff00', 1755686100, 12.5), (51, 6, 1, 9e999, NULL, x'00', x'c328'),
                  (52, 6, 9223372036854775807, -1e300, 5, -1, CAST(x'fffe' AS TEXT))""",
        "UPDATE loads SET origin = CAST(x'ff' AS TEXT), status = NULL WHERE load_id = 'A4'",
        "UPDATE calls SET final_rate_agreed = NULL WHERE load_id = 'A4'",
    )
    assert [row["carrier_offer"] for row in data("call", "history", 6, "--db", old)] == [None, None, None]
    assert run("call", "history", 6, "--db", old).exit_code == 0
    assert run("check", old).exit_code == 0


def test_a_clock_that_jumps_keeps_histories_in_order(desk: Path) -> None:
    """Each round is at or after the one before it, whatever the clock says."""
    moments = iter([datetime(year, 1, 1, tzinfo=UTC) for year in (2025, 2001, 2040, 1970)])
    with CallHandlingService.open(desk, clock=lambda: next(moments)) as service:
        for session in ("sess_first", "sess_first", "sess_second", "sess_second"):
            service.negotiate(3, 1200, session)
    history = data("call", "history", 3)
    assert [row["timestamp"][:4] for row in history] == ["2025", "2025", "2040", "2040"]


@pytest.mark.parametrize("streams", ["</dev/null", ">/dev/null 2>&1", "2>/dev/full", "2>&1 | head -c 1"])
def test_odd_streams_are_no_trouble(desk: Path, streams: str) -> None:
    """The round is recorded."""
    script = f'"$0" negotiate 1 2300 {streams}'
    result = subprocess.run(["sh", "-c", script, SCRIPT], capture_output=True, text=True, check=False)
    assert (result.returncode, "Traceback" in result.stderr) == (0, False)
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]
