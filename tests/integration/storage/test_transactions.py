"""A transaction is one state of the file, its lock is waited for, and an interrupt is heard meanwhile."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from negotiator.errors import BusyError, InvalidSettingError, LoadNotFoundError, UnusableFileError
from negotiator.progress import silent
from negotiator.storage.database import LoadsFile, connect
from negotiator.storage.transactions import (
    DEFAULT_WAIT_SECONDS,
    patiently,
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
        assert not db.in_transaction


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


@pytest.mark.parametrize(
    ("text", "milliseconds"), [(None, 500), ("60", 500), ("0.5", 500), ("0.25", 250), ("0", 0)]
)
def test_sqlite_itself_waits_half_a_second_at_most(
    desk: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, milliseconds: int
) -> None:
    """Its wait cannot be interrupted; without one, waiting would keep a processor busy."""
    if text is not None:
        monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", text)
    with closing(connect(desk)) as db:
        assert db.execute("PRAGMA busy_timeout").fetchone() == (milliseconds,)


def test_a_lock_is_waited_for_until_it_is_free(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as it takes."""
    monkeypatch.setattr("negotiator.storage.database.SLICE_SECONDS", 0)
    with closing(connect(shared)) as db, closing(sqlite3.connect(shared, isolation_level=None)) as other:
        asked: list[str] = []

        def note(statement: str) -> None:
            asked.append(statement)
            if len(asked) == 3:
                other.execute("ROLLBACK")

        other.execute("BEGIN IMMEDIATE")
        db.set_trace_callback(note)
        with write_transaction(db, shared):
            db.execute("UPDATE calls SET notes = 'at last'")
    assert asked[:3] == ["BEGIN IMMEDIATE"] * 3
    assert select(shared, "SELECT DISTINCT notes FROM calls") == [("at last",)]


def test_no_wait_is_one_try(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is locked is told at once; so is anything that is no lock, whatever the wait."""
    with closing(connect(shared)) as db, closing(sqlite3.connect(shared, isolation_level=None)) as other:
        asked: list[str] = []
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "0")
        db.execute("PRAGMA busy_timeout = 0")
        db.set_trace_callback(asked.append)
        with pytest.raises(BusyError), write_transaction(db, shared):
            pass
        monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "60")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            patiently(db, "SELECT 1 FROM gone")
    assert asked.count("BEGIN IMMEDIATE") == 1


@pytest.mark.parametrize(
    ("problem", "kept"),
    [
        (None, [("first",), ("second",)]),
        (LoadNotFoundError("there is no such load"), [("first",), ("second",)]),
        (KeyboardInterrupt(), []),
        (UnusableFileError("the disk is gone"), []),
    ],
)
def test_a_part_of_a_transaction_that_is_refused_leaves_the_rest(
    desk: Path, problem: BaseException | None, kept: list[tuple[str]]
) -> None:
    """It was before anything was written; whatever else is raised undoes it all."""
    with closing(connect(desk)) as db:
        with suppress(UnusableFileError), write_transaction(db, desk):
            db.execute("INSERT INTO carriers (mc_number, company_name) VALUES ('1', 'first')")
            with suppress(type(problem) if problem else LoadNotFoundError), write_transaction(db, desk):
                if problem:
                    raise problem
            if db.in_transaction:
                db.execute("INSERT INTO carriers (mc_number, company_name) VALUES ('2', 'second')")
        assert not db.in_transaction
    assert select(desk, "SELECT company_name FROM carriers ORDER BY 1") == kept


def test_a_read_inside_a_write_is_a_part_of_it(desk: Path) -> None:
    """It sees what is written, ends nothing, and what is refused in it undoes nothing."""
    with closing(connect(desk)) as db, write_transaction(db, desk):
        db.execute("UPDATE calls SET notes = 'new'")
        with suppress(RuntimeError), read_transaction(db, desk):
            assert db.execute("SELECT DISTINCT notes FROM calls").fetchall() == [("new",)]
            raise RuntimeError
        assert db.in_transaction
    assert select(desk, "SELECT DISTINCT notes FROM calls") == [("new",)]


@pytest.mark.parametrize("kind", [read_transaction, write_transaction])
def test_what_is_looked_at_at_the_end_is_looked_at_once(
    desk: Path, kind: type[read_transaction | write_transaction]
) -> None:
    """Before anything is kept; not by a part, and not when the block raised."""
    looked: list[bool] = []
    with closing(connect(desk)) as db:

        def look() -> None:
            looked.append(db.in_transaction)

        with kind(db, desk, look), kind(db, desk, look):
            assert looked == []
        assert looked == [True]
        with suppress(RuntimeError), kind(db, desk, look):
            raise RuntimeError
        assert looked == [True]
        assert not db.in_transaction


def test_what_the_end_refuses_is_not_kept(desk: Path) -> None:
    """Such as a file that was replaced meanwhile."""

    def refuse() -> None:
        raise UnusableFileError("it was replaced")

    with closing(connect(desk)) as db:
        with pytest.raises(UnusableFileError), write_transaction(db, desk, refuse):
            db.execute("DELETE FROM calls")
        assert not db.in_transaction
    assert select(desk, COUNT) == [(3,)]


@pytest.mark.parametrize("kind", [read_transaction, write_transaction])
@pytest.mark.parametrize(
    "problem", [sqlite3.DatabaseError("file is encrypted"), OSError(5, "Input/output error")]
)
def test_what_the_system_raises_in_a_transaction_is_said_of_the_file(
    desk: Path, kind: type[read_transaction | write_transaction], problem: Exception
) -> None:
    """Also in a part of one."""
    with closing(connect(desk)) as db:
        with pytest.raises(UnusableFileError, match=r"loads\.db' can't be used"), kind(db, desk):
            raise problem
        with (
            pytest.raises(UnusableFileError, match=r"loads\.db' can't be used"),
            kind(db, desk),
            kind(db, desk),
        ):
            raise problem
        assert not db.in_transaction


def test_an_interrupt_that_comes_as_long_work_is_told_of_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite only says that it was interrupted; any other fault of it stays what it is."""
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 1000)
    with closing(sqlite3.connect(":memory:")) as db:

        def interrupt(*_words: object) -> None:
            db.interrupt()

        with pytest.raises(KeyboardInterrupt), ticking(db, interrupt, "counting"):
            db.execute(LONG.format(10_000_000)).fetchone()
        with pytest.raises(sqlite3.OperationalError, match="no such table"), ticking(db, silent, "counting"):
            db.execute("SELECT 1 FROM gone")
        told: list[object] = []
        with suppress(sqlite3.OperationalError), ticking(db, lambda *words: told.append(words), "counting"):
            db.execute("SELECT 1 FROM gone")
        db.execute(LONG.format(100_000)).fetchone()
        assert told == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-0.1", "NEGOTIATOR_BUSY_TIMEOUT is -0.1"),
        ("86400.5", "NEGOTIATOR_BUSY_TIMEOUT is 86400.5"),
    ],
)
def test_the_bounds_of_a_wait_are_said(monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    """No time, and a day."""
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", text)
    with pytest.raises(InvalidSettingError) as refusal:
        wait_seconds()
    assert (refusal.value.message, refusal.value.hint) == (message, "it has to be from 0 to 86400 seconds")


def test_half_a_minute_is_waited_unless_it_is_said() -> None:
    """As the guide says."""
    assert DEFAULT_WAIT_SECONDS == 30
