"""Whether a file is one of ours: its tables, its columns, its migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.errors import DamagedFileError, Remedy, SchemaError
from negotiator.storage.inspection import (
    migrations_pending,
    missing_columns,
    pending,
    quick_check,
    require_tables,
)
from negotiator.storage.schema import BASE_TABLES, STEPS, columns_of

PATH = Path("a.db")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Give a file with the tables that other programs know."""
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(BASE_TABLES)
        yield opened


@pytest.mark.parametrize(
    ("script", "missing"),
    [
        ("", None),
        ("ALTER TABLE calls RENAME TO x; ALTER TABLE x RENAME TO CALLS", None),
        ("CREATE TABLE _sqlite_migrations (name)", None),
        ("DROP TABLE calls", "calls"),
        ("DROP TABLE loads; DROP TABLE negotiations", "loads, negotiations"),
        ("DROP TABLE carriers; CREATE VIEW carriers AS SELECT 1", "carriers"),
        ("CREATE VIEW _sqlite_migrations AS SELECT 1", "_sqlite_migrations"),
        ("CREATE INDEX _SQLITE_MIGRATIONS ON calls (id)", "_sqlite_migrations"),
    ],
)
def test_a_file_has_the_four_tables(db: sqlite3.Connection, script: str, missing: str | None) -> None:
    """In any case of letters. A view is none, and what has the name of the list of migrations is that list."""
    db.executescript(script)
    if missing is None:
        require_tables(db, PATH)
        return
    with pytest.raises(SchemaError) as refusal:
        require_tables(db, PATH)
    assert refusal.value.message == f"'a.db' has no table {missing}"
    assert refusal.value.hint == "name the right file, or make a new one"
    assert refusal.value.remedy is Remedy.NAME_OR_MAKE_FILE


def test_columns_that_other_programs_know_may_be_missing(db: sqlite3.Connection) -> None:
    """Their names ignore case; a generated one is there."""
    assert missing_columns(db, "calls") == []
    db.executescript(
        """DROP TABLE calls;
           CREATE TABLE calls (ID INTEGER PRIMARY KEY, Load_ID TEXT, notes TEXT AS (load_id) VIRTUAL)"""
    )
    assert missing_columns(db, "calls") == [
        column for column in columns_of("calls") if column not in {"id", "load_id", "notes"}
    ]
    assert columns_of("negotiations") == [
        *("id", "call_id", "round_number", "carrier_offer", "system_response", "timestamp")
    ]


def test_migrations_that_a_file_has_not_had_are_pending(db: sqlite3.Connection) -> None:
    """All without a list of them; those of another program do not count."""
    assert pending(db) == list(STEPS)
    db.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT)")
    assert pending(db) == list(STEPS)
    db.executemany("INSERT INTO _sqlite_migrations VALUES ('negotiator', ?)", [[step] for step in STEPS[:-2]])
    db.execute("INSERT INTO _sqlite_migrations VALUES ('another', ?)", [STEPS[-1]])
    assert pending(db) == list(STEPS[-2:])


def test_a_file_that_needs_a_migration_says_what_to_do() -> None:
    """The error carries the file."""
    error = migrations_pending(PATH)
    assert (error.message, error.hint) == (
        "'a.db' needs a migration first",
        "migrate it, which backs it up first",
    )
    assert (error.remedy, error.facts) == (Remedy.MIGRATE, {"path": PATH})


def test_a_damaged_file_is_not_sound(tmp_path: Path) -> None:
    """What SQLite finds first is said; long work is told of."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(BASE_TABLES)
        db.executemany(
            "INSERT INTO loads VALUES (?, 'a', 'b', 'c', 'd', 'e', 1" + ", NULL" * 9 + ")",
            [[f"L{n}"] for n in range(999)],
        )
        db.commit()
        quick_check(db, path)
    content = bytearray(path.read_bytes())
    content[-4096:] = b"\0" * 4096
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as db, pytest.raises(DamagedFileError) as refusal:
        quick_check(db, path)
    assert refusal.value.message.startswith(f"{str(path)!r} is damaged (")
    assert refusal.value.hint == "nothing was changed; restore a backup of it"
