"""A transaction is one state of the file, its lock is waited for, and an interrupt is heard meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.errors import BusyError, InvalidSettingError
from negotiator.progress import silent
from negotiator.storage.database import LoadsFile, connect
from negotiator.storage.transactions import (
    DEFAULT_WAIT_SECONDS,
    read_transaction,
    ticking,
    wait_seconds,
    write_transaction,
)
from tests.conftest import execute, select

COUNT = "SELECT count(*) FROM calls"
LONG = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) FROM n"


@pytest.mark.parametrize(
    ("text", "seconds"), [(None, DEFAULT_WAIT_SECONDS), ("0", 0), ("0.5", 0.5), ("86400", 86400)]
)
def test_how_long_a_lock_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, text: str | None, seconds: float
) -> None:
    """From no time to a day; half a minute unless it is said."""
    if text is not None:
        monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", text)
    assert wait_seconds() == seconds


@pytest.mark.parametrize("text", ["-0.1", "86400.5", "86401", "soon", "nan"])
def test_a_wait_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """By the name of the variable."""
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", text)
    with pytest.raises(InvalidSettingError, match="NEGOTIATOR_BUSY_TIMEOUT"):
        wait_seconds()


def test_a_read_is_one_state_of_the_file(desk: Path) -> None:
    """Somebody who writes between two questions is not seen; afterwards he is."""
    with LoadsFile.open(desk) as file:
        with file.read() as db:
            before = db.execute(COUNT).fetchone()
            execute(desk, "INSERT INTO calls (load_id) VALUES ('L1')")
            assert db.execute(COUNT).fetchone() == before
        assert file.connection.execute(COUNT).fetchone() == (before[0] + 1,)


def test_what_is_written_in_a_read_is_not_kept(shared: Path) -> None:
    """Whoever only reads changes nothing by mistake."""
    with LoadsFile.open(shared) as file, file.read() as db:
        db.execute("DELETE FROM calls")
    assert select(shared, COUNT) == [(3,)]


def test_between_the_questions_of_a_write_nobody_else_writes(shared: Path) -> None:
    """The lock comes before the first of them."""
    with closing(connect(shared)) as db, write_transaction(db, shared):
        with closing(sqlite3.connect(shared, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("UPDATE calls SET notes = 'meanwhile'")
        db.execute("UPDATE calls SET notes = 'first'")
    assert select(shared, "SELECT DISTINCT notes FROM calls") == [("first",)]


def test_a_connection_that_an_interrupt_has_closed_hides_no_interrupt(shared: Path) -> None:
    """Closing it rolls back too."""

    def interrupted() -> None:
        with closing(connect(shared)) as db, write_transaction(db, shared):
            db.execute("DELETE FROM calls")
            db.close()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert select(shared, COUNT) == [(3,)]


def test_a_reader_waits_for_a_lock_no_longer_than_was_said(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In rollback mode, where a commit keeps readers out."""
    select(desk, "PRAGMA journal_mode = DELETE")
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "0.1")
    with closing(connect(desk)) as db, closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BusyError), read_transaction(db, desk):
            pass


def test_long_work_is_told_of_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a number: how much is left is not known."""
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 1000)
    told: list[tuple[str, int, int]] = []
    with (
        closing(sqlite3.connect(":memory:")) as db,
        ticking(db, lambda *words: told.append(words), "counting"),
    ):
        assert db.execute(LONG.format(10_000)).fetchone() == (10_000,)
    assert len(told) > 1
    assert set(told) == {("counting", 0, 0)}


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError("the terminal is gone")], ids=repr)
def test_whoever_is_told_of_long_work_can_stop_it(
    monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    """At once, with an exception of his own; the connection works on."""
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 1000)
    told = 0

    def stop(*_words: object) -> None:
        nonlocal told
        told += 1
        raise problem

    with closing(sqlite3.connect(":memory:")) as db:
        with pytest.raises(type(problem)), ticking(db, stop, "counting"):
            db.execute(LONG.format(10_000_000)).fetchone()
        assert told == 1
        with ticking(db, silent, "counting"):
            assert db.execute("SELECT 1").fetchone() == (1,)
