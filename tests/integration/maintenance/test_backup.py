"""Backups: whole or absent."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from negotiator.errors import DamagedFileError, FileExistsConflictError
from negotiator.maintenance import backup as module
from negotiator.maintenance.backup import back_up
from negotiator.progress import Progress
from negotiator.storage.atomic_file import side_files
from tests.conftest import NOW, contents, data, execute, run, select


def test_a_backup_holds_what_is_still_in_the_write_ahead_log(desk: Path) -> None:
    """Copying the file alone would lose it."""
    with closing(sqlite3.connect(desk)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        with writer:
            writer.execute("INSERT INTO carriers (mc_number, company_name) VALUES ('MC1', 'New')")
        made = back_up(desk, now=NOW)
        assert made.rows == {"loads": 2, "carriers": 1, "calls": 3, "negotiations": 0}
        assert made.bytes == made.path.stat().st_size
        assert contents(made.path) == contents(desk)


def test_two_in_one_second_both_succeed(desk: Path) -> None:
    """Under different names."""
    names = [back_up(desk, now=NOW).path.name for _ in range(3)]
    assert names == [f"loads.db.backup.20250901_120000{suffix}" for suffix in ("", "_2", "_3")]


def test_the_name_is_in_utc(desk: Path) -> None:
    """Wherever the desk is."""
    eastern = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert back_up(desk, now=eastern).path.name == "loads.db.backup.20250901_120000"


def test_it_never_overwrites(desk: Path, tmp_path: Path) -> None:
    """Neither with --to."""
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(FileExistsConflictError):
        back_up(desk, now=NOW, to=taken)
    assert taken.read_text() == "mine"
    assert {found.name for found in tmp_path.iterdir()} == {"loads.db", "taken"}


def test_a_copy_that_is_not_whole_is_not_kept(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here its rows disagree with those that were counted."""
    original = module._copy  # noqa: SLF001 - the seam between copying and checking

    def lose_a_row(source: sqlite3.Connection, path: Path, copy: Path, progress: Progress) -> dict[str, int]:
        rows = original(source, path, copy, progress)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("DELETE FROM calls WHERE id = 1")
        return rows

    monkeypatch.setattr(module, "_copy", lose_a_row)
    with pytest.raises(DamagedFileError):
        back_up(desk, now=NOW)
    assert [found.name for found in desk.parent.iterdir()] == ["loads.db"]


def test_the_command_prints_path_size_and_rows(desk: Path, tmp_path: Path) -> None:
    """As JSON for a script, as lines for a person."""
    made = data("backup", "--to", tmp_path / "copy.db")
    assert made["path"] == str(tmp_path / "copy.db")
    assert made["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert made["rows"]["calls"] == 3
    shown = run("backup").stdout
    assert "loads.db.backup." in shown
    assert "loads=2, carriers=0, calls=3, negotiations=0" in shown
    assert '"{""loads"": 2, ' in run("backup", "-f", "csv").stdout


def test_a_copy_that_sqlite_finds_unsound_is_not_kept(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all its rows are there: an index leads to other rows than it should."""
    original = module._copy  # noqa: SLF001 - the seam between copying and checking
    index = "FROM sqlite_master WHERE name = 'idx_calls_load_id'"

    def break_an_index(
        source: sqlite3.Connection, path: Path, copy: Path, progress: Progress
    ) -> dict[str, int]:
        rows = original(source, path, copy, progress)
        kept = select(copy, f"SELECT type, name, tbl_name, rootpage, sql {index}")[0]
        change_schema(copy, f"DELETE {index}")
        execute(copy, "UPDATE calls SET load_id = 'L9' WHERE id = 1")  # which the index does not hear of
        change_schema(copy, "INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", *kept)
        assert select(copy, "PRAGMA quick_check") == [("ok",)]
        return rows

    monkeypatch.setattr(module, "_copy", break_an_index)
    with pytest.raises(DamagedFileError, match="idx_calls_load_id"):
        back_up(desk, now=NOW)
    assert [found.name for found in desk.parent.iterdir()] == ["loads.db"]


def change_schema(path: Path, sql: str, *values: object) -> None:
    """Change the schema's own rows, as nobody should."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(sql, values)


@pytest.mark.parametrize("arguments", [["no/such/loads.db"], ["--to", "no/such/copy.db"]])
def test_a_missing_folder_is_not_found(desk: Path, arguments: list[str]) -> None:
    """Exit 3, as for a missing file."""
    assert run("backup", *arguments).exit_code == 3


def test_a_copy_is_on_the_disk_before_it_has_its_name(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced, then named, then its folder is synced."""
    steps: list[str] = []
    sync, link = os.fsync, os.link

    def note(step: str, done: object) -> None:
        steps.append(step)
        assert done is None

    monkeypatch.setattr(os, "fsync", lambda descriptor: note("sync", sync(descriptor)))
    monkeypatch.setattr(os, "link", lambda *names: note("name", link(*names)))
    back_up(desk, now=NOW)
    assert steps == ["sync", "name", "sync"]


def test_a_backup_tells_how_far_it_is(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying up to its last page, then checking."""
    monkeypatch.setattr(module, "PAGES_A_STEP", 1)
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 10)
    told: list[tuple[str, int, int]] = []
    made = back_up(shared, now=NOW, progress=lambda *words: told.append(words))
    pages = select(made.path, "PRAGMA page_count")[0][0]
    assert [words for words in told if words[0] == "copying"] == [
        ("copying", page, pages) for page in range(1, pages + 1)
    ]
    assert told[-1] == ("checking", 0, 0)


def test_a_backup_is_in_rollback_mode_with_nothing_beside_it(shared: Path) -> None:
    """So that it can be read where nothing can be written; what it is a copy of stays as it is."""
    mode = select(shared, "PRAGMA journal_mode")
    made = back_up(shared, now=NOW).path
    assert made.read_bytes()[18:20] == b"\x01\x01"
    assert not [name for name in side_files(made) if name.exists()]
    assert select(shared, "PRAGMA journal_mode") == mode
