"""A copy that Litestream keeps up to date is read like any file, and nobody writes to it."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.errors import FollowerError
from negotiator.service import CallHandlingService
from negotiator.storage.database import LoadsFile, connect
from negotiator.storage.follower import SUFFIX, hold
from tests.conftest import ROOT, SESSION, contents, data, run, select
from tests.integration.storage.test_database import WRITING, prepare

READING = (
    "call history 2",
    "call list",
    "call show 1",
    "session list",
    f"session history {SESSION}",
    "load list",
    "load show L1",
    "load lane Miami Macon --json",
    "load offers L1",
    "carrier list",
    "carrier list --blocked",
    "report",
    "policy show",
    "check",
    "migrate --dry-run",
    "negotiate 1 2300 --dry-run",
    "backup --to kept.db",
)
# A process of its own has locks of its own. What it locks is what Litestream does.
WRITER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as stream:
    fcntl.lockf(stream, fcntl.LOCK_EX, 1, 0x40000000)
    fcntl.lockf(stream, fcntl.LOCK_EX, 510, 0x40000002)
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def copy(desk: Path) -> Path:
    """Give a file with some rounds, a session, an agreement and a blocked carrier; it is not marked yet."""
    run("call", "start", "--load", "L1", "--carrier", "MC5", "--company", "Road")
    run("carrier", "block", "MC5", "--reason", "late")
    run("session", "start", "--call", 2, "--id", SESSION)
    run("negotiate", 2, 2300, "--session", SESSION)
    run("negotiate", 3, 1100)
    run("backup", "--to", "backup.db")
    return desk.rename(desk.with_name("copy.db"))


def marked(path: Path) -> Path:
    """Make a file what Litestream makes it."""
    Path(f"{path}{SUFFIX}").write_text("000000000000001f\n")
    return path


@pytest.mark.parametrize(
    "command", [line for line in WRITING if "new.db" not in line and "missing.db" not in line]
)
def test_a_command_that_writes_is_refused(shared: Path, unmigrated: Path, command: str) -> None:
    """Exit 5, with what to do; the copy is as it was, and nothing is made beside it. Unmarked, it is written."""
    words = command.replace("SESSION", prepare(shared)).split()
    path = unmigrated if "old.db" in words else shared
    before = (contents(marked(path)), sorted(Path().iterdir()))
    result = run(*words)
    assert result.exit_code == 5, result.output
    said = result.stdout if words[0] == "batch" else result.stderr
    assert f"{path.name}' is a copy that Litestream keeps up to date" in said
    assert f"remove '{path.name}-txid'" in said
    assert (contents(path), sorted(Path().iterdir())) == before
    Path(f"{path}-txid").unlink()
    assert run(*words).exit_code == 0


def test_a_server_of_a_copy_does_not_start(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could answer no ask, and while it holds the copy open to read, the copy does not follow."""
    monkeypatch.setenv("NEGOTIATOR_API_KEY", "a-key-of-some-length")
    result = run("serve", "--port", 0, "--db", marked(shared))
    assert result.exit_code == 5
    assert "is a copy that Litestream keeps up to date" in result.stderr


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_works_and_leaves_nothing(copy: Path, mode: str, command: str) -> None:
    """In both journal modes: a new copy is in WAL mode, and in rollback mode as soon as its first page changes."""
    select(copy, f"PRAGMA journal_mode = {mode}")
    expected = run(*command.split(), "--db", copy)
    Path("kept.db").unlink(missing_ok=True)
    before = (marked(copy).read_bytes(), sorted(Path().iterdir()))
    result = run(*command.split(), "--db", copy)
    Path("kept.db").unlink(missing_ok=True)
    assert result.exit_code == 0, result.output
    if "check" not in command and "backup" not in command:
        assert result.stdout == expected.stdout != ""
    assert (copy.read_bytes(), sorted(Path().iterdir())) == before


def test_check_says_what_it_is(copy: Path) -> None:
    """How far it has come, and that writing was not tried."""
    found = {item["check"]: item for item in data("check", marked(copy))}
    assert (
        found["litestream"]["detail"]
        == "a copy that Litestream keeps up to date (transaction 31): it can be read, and is not to be written"
    )
    assert found["litestream"]["result"] == "note"
    assert "copy.db' is a copy that Litestream" in found["writing"]["detail"]


@pytest.mark.parametrize("text", ["", "no number\n", None])
def test_a_mark_that_cannot_be_read_is_one(copy: Path, text: str | None) -> None:
    """Such as a dangling link: whatever lies there, nothing is written."""
    mark = Path(f"{copy}{SUFFIX}")
    if text is None:
        mark.symlink_to("nowhere")
    else:
        mark.write_text(text)
    assert run("negotiate", 1, 2300, "--db", copy).exit_code == 5
    assert "keeps up to date:" in next(
        item["detail"] for item in data("check", copy) if item["check"] == "litestream"
    )


def in_a_folder_of_a_link(path: Path) -> Path:
    """Name a file through a link to its folder."""
    Path("elsewhere").symlink_to(path.parent)
    return Path("elsewhere", path.name)


def link(path: Path) -> Path:
    """Name a file by a link to it."""
    Path("link.db").symlink_to(path)
    return Path("link.db")


def link_with_the_mark(path: Path) -> Path:
    """Name a file by a link, beside which the mark is."""
    return link(Path(f"{path}{SUFFIX}").rename(f"link.db{SUFFIX}") and path)


def spaces(path: Path) -> Path:
    """Name a file so that a shell and a URI would take it apart."""
    Path(f"{path}{SUFFIX}").rename(f"my loads #1?.db{SUFFIX}")
    return path.rename("my loads #1?.db")


@pytest.mark.parametrize("named", [in_a_folder_of_a_link, link, link_with_the_mark, spaces])
def test_it_is_known_by_each_of_its_names(copy: Path, named: Callable[[Path], Path]) -> None:
    """The mark is beside the name that Litestream was given, or beside the file."""
    name = named(marked(copy))
    assert run("negotiate", 1, 2300, "--db", name).exit_code == 5
    assert run("restore", "backup.db", name).exit_code == 5
    assert len(data("call", "history", 3, "--db", name)) == 1


def test_the_mark_of_another_file_is_none(copy: Path) -> None:
    """Names that only begin alike."""
    for name in ("copy.db-txid.tmp", "copy-txid", "copy.db.tmp-txid", "other.db-txid"):
        Path(name).touch()
    assert run("negotiate", 1, 2300, "--db", copy).exit_code == 0


@pytest.mark.parametrize(
    "command",
    ["init copy.db", "init copy.db --sample", "restore backup.db copy.db", "backup backup.db --to copy.db"],
)
def test_no_file_is_made_where_a_follower_was(copy: Path, command: str) -> None:
    """Nobody could write to it: the mark goes first."""
    marked(copy).unlink()
    result = run(*command.split())
    assert (result.exit_code, "copy.db-txid" in result.stderr) in {(4, True), (5, True)}, result.output
    assert not copy.exists()
    Path("copy.db-txid").unlink()
    assert run(*command.split()).exit_code == 0


@pytest.mark.parametrize(
    "command",
    [
        "init loads.db-txid",
        "backup copy.db --to loads.db-txid",
        "report --db copy.db --format md --output loads.db-txid",
    ],
)
def test_no_command_makes_a_mark(copy: Path, command: str) -> None:
    """A report of that name would end all writing to the file."""
    assert run(*command.split()).exit_code == 2
    assert not Path("loads.db-txid").exists()


def test_python_is_refused_too(copy: Path) -> None:
    """Also on a connection of its own, which was opened before the mark was there."""
    with closing(sqlite3.connect(copy)) as connection:
        service = CallHandlingService(connection, copy)
        service.negotiate(1, 2300)
        marked(copy)
        with pytest.raises(FollowerError, match="keeps up to date"):
            service.negotiate(1, 2250)
        with pytest.raises(FollowerError), service.one_transaction():
            pass
        assert len(service.call_history(1)) == 1


def test_sqlite_itself_would_not_write(copy: Path) -> None:
    """Whatever is asked of a connection of ours, by code that knows of no marks."""
    with closing(connect(marked(copy))) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM negotiations")


@pytest.fixture
def litestream_at_work(copy: Path) -> Iterator[subprocess.Popen[str]]:
    """Lock the copy as Litestream does while it writes, until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, marked(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        yield process


def test_a_half_written_page_is_waited_for(copy: Path, litestream_at_work: subprocess.Popen[str]) -> None:
    """For as long as any lock: exit 75, and then it is read."""
    result = run("call", "history", 3, "--db", copy, NEGOTIATOR_BUSY_TIMEOUT="0.1")
    assert (result.exit_code, "is being written by Litestream" in result.stderr) == (75, True)
    litestream_at_work.communicate()
    assert run("call", "history", 3, "--db", copy).exit_code == 0


def test_between_two_tries_there_is_a_pause(
    copy: Path, litestream_at_work: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten milliseconds: waiting keeps no processor busy, and what is free is soon noticed."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        litestream_at_work.communicate()

    monkeypatch.setattr(time, "sleep", sleep)
    hold(copy, 60).close()
    assert pauses == [0.01]


def test_it_stays_as_it_is_while_it_is_open(copy: Path) -> None:
    """Litestream waits for whoever reads, and for nobody afterwards."""
    with LoadsFile.open(marked(copy)), pytest.raises(subprocess.TimeoutExpired):
        locking(copy, seconds=0.5)
    locking(copy, seconds=60)


def locking(path: Path, seconds: float) -> None:
    """Lock a file as Litestream does, and let it go. Raises TimeoutExpired."""
    subprocess.run(
        [sys.executable, "-c", WRITER, path], input=b"", timeout=seconds, check=True, capture_output=True
    )


def test_only_these_begin_to_write() -> None:
    """What takes the write lock by itself looks for the mark by itself."""
    own = re.compile(r"BEGIN (IMMEDIATE|EXCLUSIVE)")
    files = [path for path in (ROOT / "negotiator").rglob("*.py") if own.search(path.read_text())]
    assert {path.stem for path in files} == {"transactions", "trial", "restore"}
    assert all("refuse_follower(" in path.read_text() for path in files)
