"""Bringing an old file up to date."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlite_utils import Database

import negotiator
from negotiator.errors import DamagedFileError, SchemaError, UnusableFileError
from negotiator.maintenance.foresight import foresee
from negotiator.maintenance.migrate import migrate
from negotiator.migrations import migrations
from negotiator.progress import silent
from negotiator.storage.transactions import ticking
from negotiator.storage.views import VIEWS
from tests.conftest import NOW, OLD_SCHEMA, contents, data, execute, run, select

ALL = (
    *("m001_add_session_id", "m002_add_notes", "m003_index_calls_by_load"),
    *("m004_add_sessions", "m005_index_lists", "m006_add_views", "m007_add_request_id"),
    *("m008_record_terms", "m009_keep_states", "m010_add_policies", "m011_read_every_spelling"),
    *("m012_add_carriers_and_losses", "m013_note_sessions", "m014_index_times_and_words"),
    "m015_index_loads_in_order",
)
DIGESTS = """
    5496d25482335d58 7b9031b22e07dbd3 594ea79c14365c69 82b9fc6574e18c1e 4994780499b4d569 92a657ebd8b542a5
    25ca7871e74e50e4 689d770b398e58d8 bc2c32de1ee19d22 192a3e1f256a04e3 1372a503f52e6f60 2b8301257bd5e16f
    c864a0180d3420ef 3d374c701db69220 f1128121b32a9ea9
"""
MADE = dict(zip(ALL, DIGESTS.split(), strict=True))
TABLES = ("loads", "carriers", "calls", "negotiations")


def indexes(path: Path) -> dict[str, str]:
    """Return the columns of each of our indexes."""
    names = select(
        path,
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx!_%' ESCAPE '!' AND name NOT LIKE '%sqlite%'",
    )
    return {
        name: ", ".join(
            str(column) for (column,) in select(path, "SELECT name FROM pragma_index_info(?)", name)
        )
        for (name,) in names
    }


def rows(path: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    """Return these columns of a table, each with its type."""
    typed = ", ".join(f"{column}, typeof({column})" for column in columns.split(", "))
    return select(path, f"SELECT {typed} FROM {table} ORDER BY rowid")


def columns_of(path: Path, table: str) -> str:
    """Return the names of a table's columns."""
    return ", ".join(name for (name,) in select(path, f"SELECT name FROM pragma_table_info('{table}')"))


def test_migrate_adds_the_columns_and_the_indexes_and_keeps_every_row(unmigrated: Path) -> None:
    """All four tables, column by column, types included."""
    before = {table: columns_of(unmigrated, table) for table in TABLES}
    held = {table: rows(unmigrated, table, columns) for table, columns in before.items()}
    assert migrate(unmigrated, now=NOW).applied == ALL
    assert {table: rows(unmigrated, table, columns) for table, columns in before.items()} == held
    ours = ("session_id, notes, request_id", "load_id, posted_rate, ceiling, policy_version, decided_by")
    assert columns_of(unmigrated, "negotiations") == ", ".join((before["negotiations"], *ours))
    assert indexes(unmigrated) == {
        "idx_negotiations_session_id": "session_id",
        "idx_negotiations_call_session": "call_id, session_id",
        "idx_calls_load_id": "load_id",
        "idx_loads_status_pickup": "status, pickup_datetime",
        "idx_negotiation_sessions_call_id": "call_id",
        "idx_calls_carrier": "None",  # an expression
        "idx_negotiations_request_id": "request_id",
        "idx_loads_lane": "None, origin, destination",
        "idx_loads_board": "None, None, load_id",
        "idx_carriers_digits": "None",
        "idx_carrier_blocks_carrier": "carrier",
        "idx_carrier_facts_dot_number": "dot_number",
        "idx_negotiations_timestamp": "timestamp",
        "idx_negotiations_word": "None",
        "idx_calls_start_time": "call_start_time",
        "idx_calls_outcome": "None",
        "idx_negotiation_sessions_created": "created_at, session_id",
        "idx_negotiation_sessions_expires": "expires_at",
        "idx_negotiation_sessions_closed": "closed_at",
    }


def test_the_backup_is_the_file_as_it_was(unmigrated: Path) -> None:
    """Beside the file, named for its time in UTC, with the file's mode."""
    unmigrated.chmod(0o640)
    before = contents(unmigrated)
    backup = migrate(unmigrated, now=NOW).backup
    assert backup == unmigrated.with_name("old.db.backup.20250901_120000")
    assert contents(backup) == before
    assert backup.stat().st_mode & 0o777 == 0o640
    assert {found.name for found in unmigrated.parent.iterdir()} == {unmigrated.name, backup.name}


def test_a_taken_backup_name_is_left_alone(unmigrated: Path) -> None:
    """The next one is used."""
    taken = unmigrated.with_name("old.db.backup.20250901_120000")
    taken.write_text("mine")
    assert migrate(unmigrated, now=NOW).backup == unmigrated.with_name("old.db.backup.20250901_120000_2")
    assert taken.read_text() == "mine"


def test_a_second_run_changes_nothing(unmigrated: Path) -> None:
    """Not a byte, and no backup."""
    migrate(unmigrated, now=NOW)
    before, files = unmigrated.read_bytes(), set(unmigrated.parent.iterdir())
    again = migrate(unmigrated)
    assert (again.pending, again.applied, again.backup) == ((), (), None)
    assert unmigrated.read_bytes() == before
    assert set(unmigrated.parent.iterdir()) == files


def test_a_dry_run_lists_what_is_pending_and_changes_nothing(unmigrated: Path) -> None:
    """Not a byte, and no backup."""
    before = unmigrated.read_bytes()
    result = run("migrate", unmigrated, "--dry-run")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ALL)
    assert unmigrated.read_bytes() == before
    assert list(unmigrated.parent.iterdir()) == [unmigrated]


def test_a_file_without_rows_is_migrated(tmp_path: Path) -> None:
    """Empty tables are tables."""
    path = tmp_path / "empty.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD_SCHEMA)
    assert migrate(path).applied == ALL


@pytest.mark.parametrize("stop", ALL)
def test_a_file_that_is_half_way_is_finished(unmigrated: Path, stop: str) -> None:
    """Only what is pending is applied."""
    with closing(Database(unmigrated)) as db:
        migrations.apply(db, stop_before=stop)
    assert migrate(unmigrated).applied == ALL[ALL.index(stop) :]


@pytest.mark.parametrize(
    "made_by_hand",
    [
        "ALTER TABLE negotiations ADD COLUMN session_id TEXT",
        "ALTER TABLE negotiations ADD COLUMN Session_ID VARCHAR(64)",
        "ALTER TABLE negotiations ADD COLUMN Notes TEXT DEFAULT 'none'",
        "CREATE INDEX IDX_calls_load_id ON calls (LOAD_ID)",
        "ALTER TABLE negotiations ADD COLUMN Request_ID VARCHAR(64)",
    ],
)
def test_what_is_there_already_is_kept(unmigrated: Path, made_by_hand: str) -> None:
    """Whoever made it and however it is spelled; a negotiation works on it."""
    execute(unmigrated, made_by_hand)
    assert migrate(unmigrated).applied == ALL
    assert columns_of(unmigrated, "negotiations").lower().count("session_id") == 1
    assert run("negotiate", 1, 2100, "--session", "sess_abcde", "--db", unmigrated).exit_code == 0
    assert run("session", "history", "sess_abcde", "--db", unmigrated).exit_code == 0


@pytest.mark.parametrize(("step", "digest"), MADE.items())
def test_a_step_that_has_landed_makes_what_it_made(unmigrated: Path, step: str, digest: str) -> None:
    """Nothing that it calls has changed: the schema after each step, as SQL."""
    after = ALL[ALL.index(step) + 1 : ALL.index(step) + 2]
    with closing(Database(unmigrated)) as db:
        migrations.apply(db, stop_before=after[0] if after else None)
    sql = "SELECT sql FROM sqlite_master WHERE tbl_name <> '_sqlite_migrations' ORDER BY name"
    made = "\n".join(str(found) for (found,) in select(unmigrated, sql))
    assert hashlib.sha256(made.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("views", ["thread_facts", "round_facts, thread_facts", ""])
def test_views_of_an_older_version_are_replaced(unmigrated: Path, views: str) -> None:
    """Those that are there, and those that somebody has dropped."""
    with closing(Database(unmigrated)) as db:
        migrations.apply(db, stop_before="m011_read_every_spelling")
    execute(unmigrated, *(f"DROP VIEW {view}" for view in views.split(", ") if view))
    assert migrate(unmigrated).applied == ALL[ALL.index("m011_read_every_spelling") :]
    with closing(sqlite3.connect(unmigrated)) as connection:
        plan = foresee(connection)
    assert (plan.changed, plan.missing) == ((), ())
    assert {name: f"CREATE VIEW {name} AS{sql.rstrip()}" for name, sql in VIEWS.items()} == dict(
        select(unmigrated, "SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    )


def test_a_table_in_the_place_of_a_view_is_left_alone(unmigrated: Path) -> None:
    """By its name."""
    with closing(Database(unmigrated)) as db:
        migrations.apply(db, stop_before="m011_read_every_spelling")
    execute(unmigrated, "DROP VIEW thread_facts", "CREATE TABLE thread_facts (mine)")
    with pytest.raises(SchemaError, match="thread_facts"):
        migrate(unmigrated)
    assert select(unmigrated, "SELECT mine FROM thread_facts") == []


def test_values_in_a_session_column_that_is_there_are_kept(unmigrated: Path) -> None:
    """A session of another program's can be read back."""
    execute(
        unmigrated,
        "ALTER TABLE negotiations ADD COLUMN session_id TEXT",
        "UPDATE negotiations SET session_id = 'sess_before' WHERE id = 4",
    )
    migrate(unmigrated)
    assert select(unmigrated, "SELECT id FROM negotiations WHERE session_id = 'sess_before'") == [(4,)]


@pytest.mark.parametrize(
    "wrong",
    [
        "CREATE INDEX idx_negotiations_session_id ON negotiations (call_id)",
        "CREATE INDEX idx_negotiations_call_session ON negotiations (round_number, call_id)",
        "CREATE INDEX idx_negotiations_session_id ON calls (load_id)",
        "CREATE UNIQUE INDEX idx_calls_load_id ON calls (load_id, id)",
        "CREATE INDEX idx_calls_load_id ON calls (load_id) WHERE load_id > 'B'",
        "CREATE INDEX idx_calls_load_id ON calls (load_id COLLATE NOCASE)",
        "CREATE INDEX idx_calls_load_id ON calls (lower(load_id))",
        "ALTER TABLE negotiations ADD COLUMN session_id TEXT AS ('x' || id)",
        "ALTER TABLE negotiations ADD COLUMN notes TEXT AS ('x' || id)",
        "CREATE TABLE negotiation_sessions (session_id TEXT PRIMARY KEY)",
        "CREATE INDEX idx_negotiations_request_id ON negotiations (call_id)",
        "CREATE UNIQUE INDEX idx_negotiations_request_id ON negotiations (id) WHERE id IS NOT NULL",
        "CREATE INDEX idx_negotiations_request_id ON loads (load_id)",
        "CREATE VIEW round_facts AS SELECT 1",
        "CREATE TABLE thread_facts (thread)",
        "CREATE INDEX idx_loads_state ON loads (status)",
        "CREATE INDEX idx_loads_board ON loads (status)",
    ],
)
def test_what_stands_in_the_way_stops_the_migration_before_it_begins(unmigrated: Path, wrong: str) -> None:
    """The file stays as it was, no backup is made, and each command that looks at it names the thing."""
    execute(unmigrated, wrong)
    before = contents(unmigrated)
    name = next(
        word
        for word in wrong.split()
        if word.startswith(("idx_", "session_id", "notes", "negotiation_sessions", "round_f", "thread_f"))
    )
    for dry_run in (True, False):
        with pytest.raises(SchemaError, match=name):
            migrate(unmigrated, now=NOW, dry_run=dry_run)
    result = run("check", unmigrated)
    assert (result.exit_code, name in result.stderr) == (5, True), result.output
    assert contents(unmigrated) == before
    assert list(unmigrated.parent.iterdir()) == [unmigrated]


def test_request_ids_that_repeat_stop_the_migration(unmigrated: Path) -> None:
    """Another program's column of that name, with another meaning."""
    column = "ALTER TABLE negotiations ADD COLUMN request_id TEXT"
    execute(unmigrated, column, "UPDATE negotiations SET request_id = 'same' WHERE id < 3")
    before = contents(unmigrated)
    with pytest.raises(SchemaError, match="request_id repeats a value"):
        migrate(unmigrated)
    assert contents(unmigrated) == before


def test_an_index_of_request_ids_that_is_there_is_kept(unmigrated: Path) -> None:
    """However its statement is spelled."""
    execute(
        unmigrated,
        "ALTER TABLE negotiations ADD COLUMN request_id TEXT",
        "create unique index idx_negotiations_request_id on negotiations(`request_id`)\nwhere request_id is not null",
    )
    assert migrate(unmigrated).applied == ALL


def test_request_ids_that_are_there_and_do_not_repeat_are_kept(unmigrated: Path) -> None:
    """Another program's column of that name, and rows without one."""
    column = "ALTER TABLE negotiations ADD COLUMN request_id TEXT"
    execute(unmigrated, column, "UPDATE negotiations SET request_id = 'r' || id WHERE id < 3")
    assert migrate(unmigrated).applied == ALL
    assert select(unmigrated, "SELECT request_id FROM negotiations WHERE id < 4") == [
        ("r1",),
        ("r2",),
        (None,),
    ]


@pytest.mark.parametrize(
    "spelled",
    [
        'CREATE UNIQUE INDEX "idx_negotiations_request_id" ON "negotiations" ("request_id") WHERE "request_id" IS NOT NULL',
        "create unique index IDX_negotiations_request_id on negotiations (request_id )where request_id is not null",
        "CREATE UNIQUE INDEX idx_negotiations_request_id ON negotiations ( [request_id]\n) WHERE ([request_id] IS NOT NULL)",
    ],
)
def test_an_index_of_ours_is_known_however_its_statement_is_spelled(unmigrated: Path, spelled: str) -> None:
    """Or, with more brackets than we write, it is refused by its name: never made twice."""
    execute(unmigrated, "ALTER TABLE negotiations ADD COLUMN request_id TEXT", spelled)
    if "WHERE (" in spelled:
        with pytest.raises(SchemaError, match="idx_negotiations_request_id"):
            migrate(unmigrated)
    else:
        assert migrate(unmigrated).applied == ALL


def test_the_columns_that_are_added_have_types(old: Path) -> None:
    """As another program reads them from the schema."""
    types = dict(select(old, "SELECT name, type FROM pragma_table_info('negotiations')"))
    assert {types[name] for name in ("session_id", "notes", "request_id", "load_id", "decided_by")} == {
        "TEXT"
    }
    assert {types[name] for name in ("posted_rate", "ceiling")} == {"REAL"}


def test_rows_without_a_request_id_are_any_number(desk: Path) -> None:
    """Only those with one are unique."""
    execute(desk, *["INSERT INTO negotiations (call_id, round_number) VALUES (1, 1)"] * 2)
    named = "INSERT INTO negotiations (call_id, round_number, request_id) VALUES (1, 1, 'a')"
    execute(desk, named)
    with pytest.raises(sqlite3.IntegrityError):
        execute(desk, named)


def test_a_failure_half_way_leaves_the_file_as_it_was_and_a_backup(
    unmigrated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that nobody could foresee: the first step's work is rolled back with the second's."""
    before = unmigrated.read_bytes()
    original = migrations._migrations[1].fn  # noqa: SLF001 - the one way to make a step fail

    def fail(db: Database) -> None:
        original(db)
        if db.execute("PRAGMA database_list").fetchone()[2]:  # not where it is tried, in memory
            raise ValueError("the power went")

    monkeypatch.setattr(migrations._migrations[1], "fn", fail)  # noqa: SLF001
    with pytest.raises(SchemaError, match="the power went") as caught:
        migrate(unmigrated, now=NOW)
    assert unmigrated.read_bytes() == before
    backup = unmigrated.with_name("old.db.backup.20250901_120000")
    assert backup.exists()
    assert backup.name in caught.value.hint


def test_a_damaged_file_is_not_migrated(unmigrated: Path) -> None:
    """ALTER would succeed on it."""
    execute(
        unmigrated,
        *(f"INSERT INTO carriers VALUES ('C{n}', 'x', '', '', '', '', 1, '', '')" for n in range(500)),
    )
    content = bytearray(unmigrated.read_bytes())
    root = select(unmigrated, "SELECT rootpage FROM sqlite_master WHERE name = 'carriers'")[0][0]
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    unmigrated.write_bytes(content)
    with pytest.raises(DamagedFileError):
        migrate(unmigrated)
    assert unmigrated.read_bytes() == content
    assert list(unmigrated.parent.iterdir()) == [unmigrated]


@pytest.mark.parametrize("column", ["calls.load_id", "negotiations.call_id", "loads.status"])
def test_a_file_that_lacks_a_column_is_not_migrated(unmigrated: Path, column: str) -> None:
    """It isn't ours, and an index on a name that is no column would be one on a text."""
    table, name = column.split(".")
    execute(unmigrated, f"ALTER TABLE {table} RENAME COLUMN {name} TO other")
    before = contents(unmigrated)
    with pytest.raises(SchemaError, match=name):
        migrate(unmigrated)
    assert contents(unmigrated) == before
    assert list(unmigrated.parent.glob("*.backup.*")) == []


def test_something_else_named_like_the_record_of_migrations_is_said(unmigrated: Path) -> None:
    """Exit 5, by its name."""
    execute(unmigrated, "CREATE VIEW _sqlite_migrations AS SELECT 1")
    with pytest.raises(SchemaError, match="_sqlite_migrations"):
        migrate(unmigrated)


def test_sqlite_utils_applies_the_same_set(unmigrated: Path) -> None:
    """From the file alone, and then we find nothing pending."""
    source = Path(negotiator.__file__).with_name("migrations.py")
    command = [sys.executable, "-m", "sqlite_utils", "migrate", str(unmigrated), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    assert migrate(unmigrated).pending == ()
    assert len(indexes(unmigrated)) == 19


def test_an_interrupt_is_heard_while_sqlite_works(unmigrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 130, and the file is as it was: not an error of the disk."""
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 1)

    @contextmanager
    def bar() -> Iterator[Any]:
        def interrupt(*_told: object) -> None:
            raise KeyboardInterrupt

        yield interrupt

    monkeypatch.setattr("negotiator.output.printing.progress", bar)
    before = unmigrated.read_bytes()
    assert run("migrate", unmigrated).exit_code == 130
    assert unmigrated.read_bytes() == before


def test_a_real_interrupt_is_heard_while_sqlite_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever moment it comes: most come as Python enters the function that SQLite calls."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    monkeypatch.setattr("negotiator.storage.transactions._STEPS_A_TICK", 10_000)
    try:
        for _ in range(5):
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
            with (
                closing(sqlite3.connect(":memory:")) as db,
                pytest.raises(KeyboardInterrupt),
                ticking(db, silent, "counting"),
            ):
                db.execute(endless).fetchone()
    finally:
        signal.signal(signal.SIGINT, former)


DROPPED = {
    "view thread_facts": "DROP VIEW thread_facts",
    "index idx_calls_load_id": "DROP INDEX idx_calls_load_id",
    "index idx_calls_carrier": "DROP INDEX idx_calls_carrier",
    "index idx_negotiations_request_id": "DROP INDEX idx_negotiations_request_id",
    "table negotiation_sessions": "DROP TABLE negotiation_sessions",
}
# As another program does that knows its own columns alone: ours are lost, and all that hung on them.
REBUILT = (
    "CREATE TABLE tmp (id INTEGER PRIMARY KEY, call_id, round_number NOT NULL, carrier_offer, system_response, timestamp)",
    "INSERT INTO tmp SELECT id, call_id, round_number, carrier_offer, system_response, timestamp FROM negotiations",
    "DROP TABLE negotiations",
    "ALTER TABLE tmp RENAME TO negotiations",
)


@pytest.mark.parametrize(("name", "drop"), DROPPED.items())
def test_what_another_program_dropped_is_made_again(old: Path, name: str, drop: str) -> None:
    """It is said, no row changes and no backup is needed; a dry run only says it."""
    whole, found = sorted(contents(old)), data("check", old)
    execute(old, drop)
    assert name.split()[1] in run("check", old).stdout
    dry = data("migrate", old, "--dry-run")
    assert (name in dry["missing"], dry["restored"]) == (True, [])
    done = migrate(old)
    assert name in done.restored
    assert (done.applied, done.backup, done.missing) == ((), None, ())
    assert sorted(contents(old)) == whole
    assert data("check", old) == found
    assert run("migrate", old).stderr.startswith("Nothing to do")


def test_another_program_can_rebuild_a_table_without_our_views(old: Path) -> None:
    """With them it is stopped; they come back with the columns and indexes that it did not know."""
    with pytest.raises(sqlite3.OperationalError, match="error in view"):
        execute(old, *REBUILT)
    execute(old, "DROP TABLE IF EXISTS tmp")
    execute(old, "DROP VIEW thread_facts", "DROP VIEW round_facts", *REBUILT)
    assert run("check", old).exit_code == 6
    rounds = select(old, "SELECT count(*) FROM negotiations")
    restored = migrate(old).restored
    for name in ("view round_facts", "column negotiations.session_id", "index idx_negotiations_request_id"):
        assert name in restored
    assert select(old, "SELECT count(*) FROM negotiations") == rounds
    assert run("check", old).exit_code == 0
    assert run("negotiate", 1, 2150, "--db", old).exit_code == 0
    assert run("report", "--db", old).exit_code == 0


def test_an_index_that_the_rows_forbid_by_now_is_not_made_again(old: Path) -> None:
    """The reason is said, and nothing is changed."""
    execute(
        old,
        "DROP INDEX idx_negotiations_request_id",
        "UPDATE negotiations SET request_id = 'same' WHERE id < 3",
    )
    before = contents(old)
    with pytest.raises(SchemaError, match="request_id repeats a value"):
        migrate(old)
    assert contents(old) == before
    assert run("check", old).exit_code == 5


def test_a_schema_that_this_program_cannot_copy_is_migrated_all_the_same(unmigrated: Path) -> None:
    """Tables of modules and orders that only another program has."""
    with closing(sqlite3.connect(unmigrated)) as db, db:
        db.create_collation("theirs", lambda one, other: (one > other) - (one < other))
        db.execute("CREATE TABLE odd (name TEXT COLLATE theirs)")
        db.execute("CREATE VIEW oddest AS SELECT theirs(name) AS name FROM nowhere")
    assert migrate(unmigrated).applied == ALL
    assert run("check", unmigrated).exit_code == 0


@pytest.mark.parametrize(
    "problem", [sqlite3.OperationalError("disk I/O error"), ValueError("a column is in the way")], ids=repr
)
def test_the_backup_of_a_migration_that_failed_is_named(
    unmigrated: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """Whatever failed: the file is as it was, and who looks into the folder knows what the other one is."""
    before = contents(unmigrated)

    def fail(_db: Database) -> None:
        raise problem

    monkeypatch.setattr("negotiator.maintenance.migrate.migrations", SimpleNamespace(apply=fail))
    with pytest.raises(UnusableFileError) as caught:
        migrate(unmigrated, now=NOW)
    (backup,) = unmigrated.parent.glob("*.backup.*")
    assert caught.value.hint.endswith(f"; the backup {str(backup)!r} stays")
    assert contents(unmigrated) == contents(backup) == before
