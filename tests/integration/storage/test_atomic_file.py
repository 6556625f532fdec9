"""A new file is whole or absent, and what is tidied up afterwards changes no result."""

import errno
import itertools
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from negotiator.errors import UnfinishedTidyingWarning, UnusableFileError
from negotiator.maintenance.backup import back_up
from negotiator.maintenance.create import init
from negotiator.maintenance.restore import restore
from negotiator.storage import atomic_file
from negotiator.storage.aside import moved_aside
from negotiator.storage.transactions import write_transaction
from tests.conftest import NOW, execute, run, select

LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nN1,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)
MAKING = {
    "backup loads.db --to copy.db": "copy.db",
    "restore saved.db loads.db": "loads.db",
    "restore saved.db made.db": "made.db",
    "restore saved.db damaged.db": "damaged.db",
    "init new.db --sample": "new.db",
    "migrate old.db": "old.db",
    "load import loads.csv --db loads.db": "loads.db",
    "report --db loads.db --format md --output report.md": "report.md",
}
"""What goes through a file that has no name yet, and what is there afterwards."""


@pytest.fixture
def folder(desk: Path, unmigrated: Path) -> Path:
    """Give a folder with what these commands need."""
    back_up(desk, now=NOW, to=Path("saved.db"))
    Path("loads.csv").write_text(LOADS)
    Path("damaged.db").write_bytes(b"damaged" * 999)
    return desk.parent


def unfinished_in(folder: Path) -> list[str]:
    """Return the names of unfinished files."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(("command", "made"), MAKING.items())
def test_what_cannot_be_tidied_up_is_said_and_the_work_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, made: str
) -> None:
    """Exit 0, and the name of what can be removed on stderr."""
    original = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base class
        if path.name.startswith(".") and path.exists():
            raise PermissionError(errno.EACCES, "Permission denied")
        original(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    result = run(*command.split())
    assert result.exit_code == 0, result.output
    assert Path(made).exists()
    left = [name for name in unfinished_in(folder) if not name.endswith(("-wal", "-shm"))]
    assert [name for name in left if f"{name}' can be removed" not in result.stderr] == []
    assert left or "report" in command  # a report's file is renamed, so that nothing is left


@pytest.mark.parametrize(("command", "made"), MAKING.items())
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_folder_that_cannot_be_synced_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str, made: str, number: int
) -> None:
    """Some file systems have no such thing."""
    fail_to_sync(monkeypatch, number)
    result = run(*command.split())
    assert (result.exit_code, result.stderr.count("Error")) == (0, 0), result.output
    assert Path(made).exists()


@pytest.mark.parametrize(
    "command", [name for name in MAKING if "import" not in name and "saved.db loads" not in name]
)
def test_a_folder_that_fails_to_be_synced_is_exit_5_and_names_what_was_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """The copy is whole and has its name, and may be gone after a power cut."""
    fail_to_sync(monkeypatch, errno.EIO)
    result = run(*command.split(), "--json") if "report" not in command else run(*command.split())
    assert result.exit_code == 5, result.output
    message = json.loads(result.stderr)["error"]["message"] if "report" not in command else result.stderr
    moved = "damaged.db" in command  # before the copy takes its place
    assert ("stays there" if moved else "may be gone after a power cut") in message
    named = Path(message.split("'")[1])
    assert named.exists()
    assert unfinished_in(folder) == []


def fail_to_sync(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let each sync of a folder fail."""
    original = os.fsync

    def sync(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112 - a name that is no path
            raise OSError(number, os.strerror(number))
        original(descriptor)

    monkeypatch.setattr(os, "fsync", sync)


def test_a_copy_that_cannot_be_synced_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could rely on it."""

    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    before = set(folder.iterdir())
    assert run("backup", "loads.db").exit_code == 5
    assert set(folder.iterdir()) == before


class Interrupted:
    """Raises KeyboardInterrupt at the n-th line that runs in the packages about files."""

    def __init__(self, number: int) -> None:
        """Count down from this number."""
        self.left = number

    def __call__(self, frame: FrameType, event: str, _value: object) -> Any:  # noqa: ANN401 - as sys.settrace has it
        """Trace the frames of our code alone."""
        if not any(
            name in frame.f_code.co_filename for name in ("negotiator/storage/", "negotiator/maintenance/")
        ):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def interruptions(work: Callable[[], object], step: int) -> Iterator[None]:
    """Do something again and again, interrupted so many lines later each time, until it is done."""
    number, done = 0, False
    while not done:
        number += step
        tracer, former = Interrupted(number), sys.gettrace()
        sys.settrace(tracer)
        try:
            work()
            done = True
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(former)
        yield


# An interrupt between the last line of a `with` and its end leaves it to Python to close the file.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.soak)])
def test_ctrl_c_at_any_line_leaves_no_unfinished_file(folder: Path, step: int) -> None:
    """When the program has ended: what was being made or removed is removed then."""
    work: dict[str, Callable[[], object]] = {
        "backup": lambda: back_up(Path("loads.db"), now=NOW),
        "init": lambda: init(Path("new.db")),
        "damaged": lambda: restore(Path("saved.db"), Path("damaged.db"), now=NOW),
        "report": lambda: atomic_file.replace(Path("report.md"), ["text"]),
    }
    for name, do in work.items():
        tries = 0
        for _ in interruptions(do, step):
            tries += 1
            atomic_file.remove_unfinished()
            assert unfinished_in(folder) == [], f"{name}: interrupted at line {tries}"
            for made in (*folder.glob("loads.db.backup.*"), folder / "new.db"):
                if made.exists():
                    assert select(made, "PRAGMA integrity_check") == [("ok",)]
                    made.unlink()
            if name == "damaged":
                kept = [path for path in folder.glob("damaged.db*") if path.read_bytes() == b"damaged" * 999]
                assert len(kept) == 1, f"interrupted at line {tries}"
                for path in folder.glob("damaged.db*"):
                    path.unlink()
                (folder / "damaged.db").write_bytes(b"damaged" * 999)
        assert tries > 1, name


def test_a_child_removes_nothing_of_its_parents(tmp_path: Path) -> None:
    """It has a copy of the list of what is unfinished."""
    with atomic_file.unfinished(tmp_path, ".x-") as path:
        child = os.fork()
        if child == 0:
            atomic_file.remove_unfinished()
            os._exit(0)
        os.waitpid(child, 0)
        assert path.exists()
    assert unfinished_in(tmp_path) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    "command",
    [
        "backup loads.db --to copy.db",
        "restore saved.db damaged.db",
        "report --output report.md",
        "restore saved.db made.db",
    ],
)
def test_who_owns_a_file_and_who_may_read_it_stays(folder: Path, command: str) -> None:
    """When root does it too."""
    like = {"backup": "loads.db", "report": "report.md"}.get(
        command.split(maxsplit=1)[0], command.rsplit(maxsplit=1)[-1]
    )
    if like == "made.db":
        like = "saved.db"
    made = command.rsplit(maxsplit=1)[-1]
    Path("report.md").touch()
    os.chown(like, 12345, 23456)
    Path(like).chmod(0o640)
    assert run(*command.split()).exit_code == 0
    status = Path(made).stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (12345, 23456, 0o640)


@pytest.mark.parametrize("name", ["link", "unlink"])
@pytest.mark.parametrize("number", [1, 2, 3, 0])
def test_a_file_that_cannot_be_moved_aside_is_put_back_with_its_side_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    """Whichever step fails: of the moving, or what came after it."""
    files = {f"x.db{suffix}": suffix.encode() for suffix in ("", "-wal", "-shm")}
    for file, content in files.items():
        Path(file).write_bytes(content)
    module: Any = os if name == "link" else Path
    original, steps = getattr(module, name), itertools.count(1)

    def refuse(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - handed on
        if next(steps) == number:
            raise OSError(errno.EIO, "Input/output error")
        original(*arguments, **options)

    monkeypatch.setattr(module, name, refuse)

    def fail(aside: Path | None) -> None:
        assert aside == Path("x.db.damaged.20250901_120000")
        assert not Path("x.db").exists()
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"), moved_aside(Path("x.db"), NOW) as aside:
        fail(aside)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


def test_a_damaged_file_whose_restored_one_cannot_be_published_is_put_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 5, and all is as it was."""
    original = os.link

    def refuse(old: str | Path, new: str | Path) -> None:
        if ".restore-" in str(old):
            raise OSError(errno.EIO, "Input/output error")
        original(old, new)

    monkeypatch.setattr(os, "link", refuse)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert run("restore", "saved.db", "damaged.db").exit_code == 5
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_damaged_file_that_cannot_be_put_back_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody has to look for it."""
    original = os.link

    def refuse(old: str | Path, new: str | Path) -> None:
        if Path(new).name == "damaged.db":
            raise OSError(errno.EIO, "Input/output error")
        original(old, new)

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(UnusableFileError, match=r"damaged\.db\.damaged\.20250901_120000"):
        restore(Path("saved.db"), Path("damaged.db"), now=NOW)
    assert Path("damaged.db.damaged.20250901_120000").read_bytes() == b"damaged" * 999


@pytest.mark.parametrize(
    "command",
    [
        *("backup loads.db --to x.db-wal", "backup loads.db --to x.db-shm", "init x.db-journal"),
        *("restore saved.db x.db-wal", "report --output x.db-journal", "report --output link"),
    ],
)
def test_nothing_takes_a_name_that_sqlite_reads_as_a_part_of_another_file(folder: Path, command: str) -> None:
    """Exit 2, also through a link."""
    Path("link").symlink_to("y.db-journal")
    before = set(folder.iterdir())
    result = run(*command.split())
    assert (result.exit_code, "part of an SQLite file" in result.stderr) == (2, True), result.output
    assert set(folder.iterdir()) == before


class Unlucky(sqlite3.Connection):
    """A connection that fails right after a commit, as it gives its lock back."""

    code = sqlite3.SQLITE_IOERR_UNLOCK

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as in the base class
        """Commit, and fail."""
        cursor = super().execute(sql, *values)
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self.code
            raise error
        return cursor


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_UNLOCK, sqlite3.SQLITE_IOERR_RDLOCK])
def test_a_lock_that_cannot_be_given_back_undoes_no_commit(desk: Path, code: int) -> None:
    """It is said, and what was written is there."""
    with closing(sqlite3.connect(desk, isolation_level=None, factory=Unlucky)) as db:
        db.code = code
        with pytest.warns(UnfinishedTidyingWarning, match="still locked"), write_transaction(db, desk):
            db.execute("UPDATE calls SET notes = 'written'")
    assert select(desk, "SELECT DISTINCT notes FROM calls") == [("written",)]


def test_a_commit_whose_folder_cannot_be_synced_says_that_it_is_there(desk: Path) -> None:
    """Whoever tries again should look first."""
    with closing(sqlite3.connect(desk, isolation_level=None, factory=Unlucky)) as db:
        db.code = sqlite3.SQLITE_IOERR_DIR_FSYNC
        with pytest.raises(UnusableFileError, match="was changed"), write_transaction(db, desk):
            db.execute("UPDATE calls SET notes = 'written'")


def test_a_failed_import_leaves_nothing_open(desk: Path) -> None:
    """In a program that has the file open, the next one succeeds."""
    from negotiator.loads.importing.importer import import_loads  # noqa: PLC0415 - for this alone
    from negotiator.storage.database import LoadsFile  # noqa: PLC0415

    Path("loads.csv").write_text(LOADS)
    execute(desk, "CREATE TRIGGER t BEFORE INSERT ON loads BEGIN SELECT RAISE(ABORT, 'no'); END")
    with LoadsFile.open(desk) as file:
        with pytest.raises(UnusableFileError):
            import_loads(file, Path("loads.csv"), now=NOW)
        execute(desk, "DROP TRIGGER t")
        assert import_loads(file, Path("loads.csv"), now=NOW).added == 1
