"""Restoring is the inverse of backing up."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator.errors import (
    BadInputError,
    BusyError,
    DamagedFileError,
    FileMissingError,
    SchemaError,
    UnfinishedTidyingWarning,
)
from negotiator.maintenance import restore as module
from negotiator.maintenance.backup import back_up, back_up_open
from negotiator.maintenance.create import init
from negotiator.maintenance.restore import restore
from negotiator.storage.atomic_file import side_files
from tests.conftest import NOW, SESSION, contents, data, execute, run, select


@pytest.fixture
def saved(shared: Path, tmp_path: Path) -> Path:
    """Give a backup of it, after which a round has been made."""
    path = back_up(shared, now=NOW, to=tmp_path / "saved").path
    assert run("negotiate", 1, 2300, "--session", SESSION).exit_code == 0
    return path


def test_a_sound_file_is_backed_up_and_overwritten_in_place(shared: Path, saved: Path) -> None:
    """The same file, so that nobody who has it open is stranded; it keeps its journal mode and its mode."""
    shared.chmod(0o640)
    before, inode, mode = contents(shared), shared.stat().st_ino, select(shared, "PRAGMA journal_mode")
    done = restore(saved, shared, now=NOW)
    assert contents(shared) == contents(saved)
    assert done.backup
    assert contents(done.backup) == before
    assert (shared.stat().st_ino, stat.S_IMODE(shared.stat().st_mode)) == (inode, 0o640)
    assert select(shared, "PRAGMA journal_mode") == mode
    names = {found.name for found in shared.parent.iterdir()}
    assert names == {"loads.db", "saved", "loads.db.backup.20250901_120000"}


def test_who_has_the_file_open_goes_on_with_the_restored_state(shared: Path, saved: Path) -> None:
    """A connection from before sees it, and its writes go where everybody looks."""
    with closing(sqlite3.connect(shared)) as other:
        assert other.execute("SELECT count(*) FROM negotiations").fetchone() == (1,)
        restore(saved, shared, now=NOW)
        assert other.execute("SELECT count(*) FROM negotiations").fetchone() == (0,)
        with other:
            other.execute("UPDATE calls SET notes = 'after'")
    assert select(shared, "SELECT DISTINCT notes FROM calls") == [("after",)]


def test_a_missing_file_is_made(saved: Path, tmp_path: Path) -> None:
    """As `init` makes one: in WAL mode."""
    done = restore(saved, tmp_path / "new.db", now=NOW)
    assert (done.backup, done.damaged) == (None, None)
    assert_is_restored(tmp_path / "new.db", saved)


def assert_is_restored(path: Path, saved: Path) -> None:
    """Hold a file to the content of the backup, in WAL mode, with nothing beside it."""
    assert not [side for side in side_files(path) if side.exists()]
    assert contents(path) == contents(saved)
    assert select(path, "PRAGMA journal_mode") == [("wal",)]


def test_an_empty_file_is_filled(saved: Path, tmp_path: Path) -> None:
    """There is nothing in it to back up."""
    (tmp_path / "empty.db").touch()
    assert restore(saved, tmp_path / "empty.db", now=NOW).backup is None
    assert contents(tmp_path / "empty.db") == contents(saved)


def damage(path: Path, how: str) -> None:
    """Damage a file."""
    content = path.read_bytes()
    match how:
        case "text":
            content = b"not a database at all" * 99
        case "truncated":
            content = content[: len(content) // 3]
        case "overwritten":
            content = content[:4096] + b"\xff" * 8192 + content[12288:]
    path.write_bytes(content)


@pytest.mark.parametrize("how", ["text", "truncated", "overwritten"])
def test_a_damaged_file_is_moved_aside_with_its_side_files(saved: Path, desk: Path, how: str) -> None:
    """Nothing of it is lost, and nothing of it is read into the restored one."""
    damage(desk, how)
    Path(f"{desk}-wal").write_bytes(b"stale")
    held = desk.read_bytes()
    done = restore(saved, desk, now=NOW)
    assert done.damaged == desk.with_name("loads.db.damaged.20250901_120000")
    assert done.damaged.read_bytes() == held
    assert_is_restored(desk, saved)


def test_a_write_ahead_log_without_its_file_is_moved_aside(saved: Path, tmp_path: Path) -> None:
    """SQLite would read it into the restored file."""
    Path(tmp_path / "gone.db-wal").write_bytes(b"stale")
    done = restore(saved, tmp_path / "gone.db", now=NOW)
    assert done.damaged
    assert Path(f"{done.damaged}-wal").read_bytes() == b"stale"
    assert_is_restored(tmp_path / "gone.db", saved)


def test_a_damaged_backup_changes_nothing(saved: Path, desk: Path) -> None:
    """It is checked first."""
    before = contents(desk)
    damage(saved, "overwritten")
    with pytest.raises(DamagedFileError):
        restore(saved, desk, now=NOW)
    assert contents(desk) == before
    assert {found.name for found in desk.parent.iterdir()} == {"loads.db", "saved"}


def test_another_programs_file_is_not_replaced(saved: Path, tmp_path: Path) -> None:
    """Most likely the wrong name was given."""
    other = tmp_path / "music.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(SchemaError):
        restore(saved, other, now=NOW)
    assert contents(other) == ["BEGIN TRANSACTION;", "CREATE TABLE songs (title);", "COMMIT;"]


def test_a_file_is_not_restored_from_itself_or_from_nothing(desk: Path, tmp_path: Path) -> None:
    """By whatever name."""
    (tmp_path / "link.db").symlink_to(desk)
    with pytest.raises(BadInputError):
        restore(tmp_path / "link.db", desk, now=NOW)
    with pytest.raises(FileMissingError):
        restore(tmp_path / "none.db", desk, now=NOW)


def test_a_symlink_stays_one(saved: Path, desk: Path, tmp_path: Path) -> None:
    """What it points to is restored, damaged or not."""
    link = tmp_path / "link.db"
    link.symlink_to(desk)
    restore(saved, link, now=NOW)
    damage(desk, "text")
    restore(saved, link, now=NOW)
    assert link.is_symlink()
    assert contents(desk) == contents(saved)


def test_a_locked_file_is_waited_for_and_then_given_up(
    shared: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """75, and it is as it was."""
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "0.3")
    before = contents(shared)
    with closing(sqlite3.connect(shared, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            restore(saved, shared, now=NOW)
        other.execute("ROLLBACK")
    assert contents(shared) == before


def test_a_round_that_is_made_meanwhile_is_in_the_backup(
    shared: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In rollback mode nobody can write meanwhile; in WAL mode it begins again when somebody did."""
    original = back_up_open
    wrote: list[bool] = []

    def write_after_the_backup(*arguments: object, **options: object) -> object:
        made = original(*arguments, **options)  # type: ignore[arg-type]
        with closing(sqlite3.connect(shared, timeout=0.1)) as other:
            try:
                with other:
                    if not wrote:
                        other.execute("UPDATE calls SET notes = 'meanwhile'")
                wrote.append(True)
            except sqlite3.OperationalError:
                pass
        return made

    monkeypatch.setattr("negotiator.maintenance.restore.back_up_open", write_after_the_backup)
    done = restore(saved, shared, now=NOW)
    assert contents(shared) == contents(saved)
    assert done.backup
    expected = "meanwhile" if wrote else None
    assert select(done.backup, "SELECT DISTINCT notes FROM calls") == [(expected,)]
    assert len(list(shared.parent.glob("*.backup.*"))) == 1


def test_a_backup_with_another_page_size_can_be_restored(shared: Path, tmp_path: Path) -> None:
    """The file keeps its own."""
    other = tmp_path / "other.db"
    init(other, sample=True)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    restore(other, shared, now=NOW)
    assert contents(shared) == contents(other)
    assert select(shared, "PRAGMA integrity_check") == [("ok",)]


def test_an_old_file_can_be_restored_and_has_to_be_migrated(unmigrated: Path, desk: Path) -> None:
    """By the backup that `migrate` made, for one."""
    execute(unmigrated, "UPDATE loads SET notes = 'old'")
    done = data("restore", unmigrated, desk)
    assert done["rows"] == {"loads": 4, "carriers": 2, "calls": 7, "negotiations": 8}
    assert run("call", "history", 1).exit_code == 6


def test_an_empty_file_gets_the_page_size_of_the_backup(saved: Path, tmp_path: Path) -> None:
    """It has none to keep."""
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.execute("VACUUM")
    (tmp_path / "empty.db").touch()
    restore(saved, tmp_path / "empty.db", now=NOW)
    assert select(tmp_path / "empty.db", "PRAGMA page_size") == [(1024,)]


def test_a_restore_tells_how_far_it_is(shared: Path, saved: Path) -> None:
    """Copying twice (the backup, then what the file was), checking, and restoring up to the last page."""
    told: list[tuple[str, int, int]] = []
    restore(saved, shared, now=NOW, progress=lambda *words: told.append(words))
    pages = select(saved, "PRAGMA page_count")[0][0]
    restoring = [words for words in told if words[0] == "restoring"]
    half = pages // 2
    assert restoring == [("restoring", done, pages) for done in (half, 2 * half, pages)][: 2 + pages % 2]
    assert {"copying", "restoring"} <= {what for what, _, _ in told}


def test_a_restore_goes_on_page_by_page(shared: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is told against what there is in all."""
    monkeypatch.setattr(module, "PAGES_A_STEP", 1)
    told: list[tuple[str, int, int]] = []
    restore(saved, shared, now=NOW, progress=lambda *words: told.append(words))
    pages = select(saved, "PRAGMA page_count")[0][0]
    assert [words for words in told if words[0] == "restoring"] == [
        ("restoring", page, pages) for page in range(1, pages + 1)
    ]
    assert contents(shared) == contents(saved)


def write_in_each_backup(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> list[int]:
    """Have somebody write right after the backup that a restore makes, so many times; give a list of them."""
    original, wrote = back_up_open, list[int]()

    def write_after(*arguments: Any, **options: Any) -> object:  # noqa: ANN401 - handed on
        made = original(*arguments, **options)
        if len(wrote) < times:
            wrote.append(1)
            execute(path, f"UPDATE calls SET notes = '{len(wrote)}'")
        return made

    monkeypatch.setattr("negotiator.maintenance.restore.back_up_open", write_after)
    return wrote


def test_a_writer_that_comes_between_is_in_the_one_backup_that_stays(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """However often it is begun again."""
    saved = back_up(desk, now=NOW, to=tmp_path / "saved").path
    wrote = write_in_each_backup(monkeypatch, desk, 3)
    done = restore(saved, desk, now=NOW)
    assert len(wrote) == 3
    assert contents(desk) == contents(saved)
    assert done.backup
    assert select(done.backup, "SELECT DISTINCT notes FROM calls") == [("3",)]
    assert list(tmp_path.glob("*.backup.*")) == [done.backup]


def test_beside_a_writer_that_never_stops_a_restore_gives_up(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After the wait, and nothing of what was written is lost."""
    saved = back_up(desk, now=NOW, to=tmp_path / "saved").path
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "0.2")
    wrote = write_in_each_backup(monkeypatch, desk, 2000)
    with pytest.raises(BusyError, match=r"loads\.db' is in use by another program") as caught:
        restore(saved, desk, now=NOW)
    assert caught.value.hint == "try again when less is going on"
    assert len(wrote) > 1  # it tried again
    assert select(desk, "SELECT DISTINCT notes FROM calls") == [(str(len(wrote)),)]
    assert list(tmp_path.glob("*.backup.*")) == []


def test_a_file_without_tables_is_begun_again_too(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of which there is no backup to take away."""
    empty = tmp_path / "empty.db"
    select(empty, "PRAGMA journal_mode = WAL")
    original, wrote = module._is_empty, list[int]()  # noqa: SLF001 - the last thing that is asked before copying

    def write_after(db: sqlite3.Connection) -> bool:
        found = original(db)
        if len(wrote) < 4:
            wrote.append(1)
            execute(empty, f"PRAGMA user_version = {len(wrote)}")
        return found

    monkeypatch.setattr(module, "_is_empty", write_after)
    assert restore(back_up(desk, now=NOW).path, empty, now=NOW).backup is None
    assert contents(empty) == contents(desk)


def test_a_backup_that_is_not_needed_any_more_may_stay(
    desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """When it cannot be removed, it is said."""
    saved = back_up(desk, now=NOW, to=tmp_path / "saved").path
    write_in_each_backup(monkeypatch, desk, 1)
    original = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base class
        if ".backup.2" in path.name:
            raise PermissionError(13, "Permission denied")
        original(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.warns(UnfinishedTidyingWarning, match="can be removed"):
        restore(saved, desk, now=NOW)
    assert contents(desk) == contents(saved)
