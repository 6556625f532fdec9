"""A file where nothing can be written is read as it stands if that is all of it; else why not is said."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from negotiator.errors import ReadOnlyFileError, UnusableFileError
from negotiator.storage.database import connect
from negotiator.storage.read_only import may_read_as_it_stands
from tests.conftest import select

HINT = "copy it, with what lies beside it, to a folder that can be written"
READ_ONLY, OTHER_FLAG = os.ST_RDONLY, os.ST_NOSUID


def refusal_of_sqlite(code: int) -> sqlite3.OperationalError:
    """Return what SQLite raises."""
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = code
    return error


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a function that puts all files on a disk with these flags, in folders that can be written or not."""

    def put(flags: int, *, writable: bool) -> None:
        monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_flag=flags))
        monkeypatch.setattr(os, "access", lambda _path, mode: writable or mode != os.W_OK)

    return put


@pytest.fixture
def wal(desk: Path) -> Path:
    """Give the desk's file in WAL mode, with nothing beside it."""
    assert select(desk, "PRAGMA journal_mode = WAL") == [("wal",)]
    assert [path.name for path in desk.parent.iterdir()] == [desk.name]
    return desk


@pytest.mark.parametrize(
    ("code", "flags", "may"),
    [
        (sqlite3.SQLITE_CANTOPEN, READ_ONLY, True),
        (sqlite3.SQLITE_READONLY_DIRECTORY, READ_ONLY, True),
        (sqlite3.SQLITE_CANTOPEN, READ_ONLY | OTHER_FLAG, True),
        (sqlite3.SQLITE_CANTOPEN, OTHER_FLAG, False),
        (sqlite3.SQLITE_CANTOPEN, 0, False),
        (sqlite3.SQLITE_READONLY, READ_ONLY, False),
        (sqlite3.SQLITE_BUSY, READ_ONLY, False),
    ],
)
def test_a_whole_file_on_a_read_only_disk_is_read_as_it_stands(
    wal: Path, on: Callable[..., None], code: int, flags: int, may: object
) -> None:
    """That is, if it is why SQLite could not open it."""
    on(flags, writable=True)
    assert may_read_as_it_stands(wal, refusal_of_sqlite(code)) is may


def test_a_file_in_rollback_mode_needs_nothing_beside_it(desk: Path, on: Callable[..., None]) -> None:
    """There is another reason."""
    select(desk, "PRAGMA journal_mode = DELETE")
    on(READ_ONLY, writable=False)
    assert not may_read_as_it_stands(desk, refusal_of_sqlite(sqlite3.SQLITE_CANTOPEN))


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY_DIRECTORY])
def test_a_folder_that_may_not_be_written_is_said_to_be_why(
    wal: Path, on: Callable[..., None], code: int
) -> None:
    """On a disk that others write, the file may change."""
    on(OTHER_FLAG, writable=False)
    with pytest.raises(ReadOnlyFileError) as refusal:
        may_read_as_it_stands(wal, refusal_of_sqlite(code))
    assert refusal.value.message == (
        f"{str(wal)!r} is in WAL mode, and SQLite would have to write in its folder to read it"
    )
    assert refusal.value.hint == HINT


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_file_whose_changes_lie_beside_it_is_not_whole(
    wal: Path, on: Callable[..., None], suffix: str
) -> None:
    """They are beside the file itself, whatever link leads to it. An empty file beside it holds none."""
    on(READ_ONLY, writable=False)
    link = wal.with_name("link.db")
    link.symlink_to(wal)
    beside = Path(f"{wal}{suffix}")
    beside.touch()
    refused = refusal_of_sqlite(sqlite3.SQLITE_CANTOPEN)
    assert may_read_as_it_stands(link, refused)
    beside.write_bytes(b"x")
    for path in (wal, link):
        with pytest.raises(ReadOnlyFileError) as refusal:
            may_read_as_it_stands(path, refused)
        assert refusal.value.message == (
            f"{str(wal)!r} cannot be read on a read-only disk: {str(beside)!r} holds changes of it"
        )
        assert refusal.value.hint == HINT


@pytest.fixture
def unopenable(wal: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have SQLite open nothing for writing; give the list of what it was asked to open."""
    assert wal.exists()
    asked: list[str] = []
    original = sqlite3.connect

    def refuse(place: str, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - handed on
        asked.append(place.partition("?")[2])
        if place.endswith("mode=rw"):
            raise refusal_of_sqlite(sqlite3.SQLITE_CANTOPEN)
        connection: sqlite3.Connection = original(place, **options)
        return connection

    monkeypatch.setattr(sqlite3, "connect", refuse)
    return asked


def test_what_is_read_as_it_stands_is_never_written(
    wal: Path, on: Callable[..., None], unopenable: list[str]
) -> None:
    """And nothing is made beside it."""
    on(READ_ONLY, writable=False)
    with closing(connect(wal)) as db:
        assert db.execute("SELECT count(*) FROM calls").fetchone() == (3,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM calls")
    assert unopenable == ["mode=rw", "mode=ro&immutable=1"]
    assert [path.name for path in wal.parent.iterdir()] == [wal.name]


@pytest.mark.usefixtures("unopenable")
def test_what_cannot_be_opened_for_another_reason_is_not_opened(wal: Path, on: Callable[..., None]) -> None:
    """The reason is SQLite's."""
    on(0, writable=True)
    with pytest.raises(
        UnusableFileError, match=r"loads\.db' can't be opened \(unable to open database file\)"
    ):
        connect(wal)
