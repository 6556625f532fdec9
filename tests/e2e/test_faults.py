"""Each system call that matters fails once: what is said is so, every file is whole, and nothing is left behind."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from negotiator.maintenance.backup import back_up
from negotiator.maintenance.create import init
from tests.conftest import NOW, SCRIPT, contents, run, select

LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nN1,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)
CALLS = [
    "fsync,fdatasync",
    "link,linkat",
    "rename,renameat",
    "unlink,unlinkat",
    "ftruncate",
    "chmod,fchmodat",
    "pwrite64",
]
# What a command makes or changes. It is as it was, or as it is when nothing fails.
COMMANDS = {
    "backup desk.db --to copy.db": "copy.db",
    "restore saved.db desk.db": "desk.db",
    "restore saved.db damaged.db": "damaged.db",
    "restore saved.db new.db": "new.db",
    "init made.db --sample": "made.db",
    "migrate old.db": "old.db",
    "load import loads.csv --db desk.db": "desk.db",
    "report --db desk.db --format md --output report.md": "report.md",
    "call start --load LD003 --carrier MC5 --db desk.db": "desk.db",
}


@pytest.fixture
def start(tmp_path: Path, unmigrated: Path) -> Path:
    """Give a folder in which each of the commands can be run."""
    folder = tmp_path / "start"
    folder.mkdir()
    init(folder / "desk.db", sample=True, now=NOW)
    back_up(folder / "desk.db", now=NOW, to=folder / "saved.db")
    run("negotiate", 1, 1360, "--db", folder / "desk.db")
    shutil.move(unmigrated, folder / "old.db")
    (folder / "damaged.db").write_bytes(b"damaged" * 999)
    (folder / "report.md").write_text("yesterday's")
    (folder / "loads.csv").write_text(LOADS)
    return folder


def failures(start: Path, folder: Path, command: str, calls: str) -> Iterator[tuple[str, str]]:
    """Run a command in a fresh copy again and again, each time with one call later failing; give what is said."""
    for number in range(1, 100):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, folder)
        trace = start.parent / "trace"
        inject = f"inject={calls}:error=EIO:when={number}"
        strace = ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={calls}", "-e", inject]
        traced = [*strace, str(SCRIPT), *command.split()]
        done = subprocess.run(traced, cwd=folder, capture_output=True, text=True, check=False)
        if not trace.exists():
            pytest.skip(f"nothing can be traced here: {done.stderr.strip()}")
        if "INJECTED" not in trace.read_text():
            return
        yield f"{done.returncode}", done.stderr


@pytest.mark.soak
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("calls", CALLS)
@pytest.mark.parametrize(("command", "made"), COMMANDS.items())
def test_a_system_call_that_fails_once_is_said_or_makes_no_difference(
    start: Path, tmp_path: Path, command: str, made: str, calls: str
) -> None:
    """Exit 0 and all is there, or exit 5 and it is as it was unless the message says otherwise."""
    folder = tmp_path / "folder"
    shutil.copytree(start, folder)
    before = state(folder / made)
    for code, said in failures(start, folder, command, calls):
        after = state(folder / made)
        assert code in {"0", "5"}, said
        assert "Traceback" not in said
        changed = after != before
        assert changed if code == "0" else not changed or " is there " in said or "was changed" in said, (
            code,
            said,
        )
        for name in (path.name for path in folder.iterdir() if path.name.startswith(".")):
            assert f"{name}' can be removed (" in said or name.endswith(("-wal", "-shm", "-journal")), said


def state(path: Path) -> object:
    """Return what a file holds; None for no file. A database in it has to be sound."""
    if not path.exists():
        return None
    if path.suffix != ".db" or path.read_bytes()[:6] != b"SQLite":
        return path.read_bytes()
    assert select(path, "PRAGMA integrity_check") == [("ok",)]
    return contents(path)
