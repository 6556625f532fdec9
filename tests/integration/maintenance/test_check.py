"""A doctor that reads only."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.maintenance.check import check, query_plan, scans_of_tables
from negotiator.storage.statements import INDEXED
from tests.conftest import data, execute, run


def results(path: Path) -> dict[str, str]:
    """Return each check's result."""
    return {found.check: str(found.result) for found in check(path)}


def test_a_new_file_is_sound_and_tidy(desk: Path) -> None:
    """Exit 0, and nothing in it is changed."""
    before = desk.read_bytes()
    assert set(results(desk).values()) == {"ok"}
    assert run("check").exit_code == 0
    assert desk.read_bytes() == before
    assert [found.name for found in desk.parent.iterdir()] == ["loads.db"]


def test_what_is_untidy_in_an_old_file_is_noted_and_counted(old: Path) -> None:
    """Notes, not faults: exit 0."""
    details = {found["check"]: found["detail"] for found in data("check", old)}
    assert {name: details[name].rpartition(" ")[2] for name in list(details)[8:]} == {
        "repeated rounds": "1",  # call 1, round 1
        "asks": "1",  # row 5
        "decisions": "6",  # rows 1 to 5 and 8
        "round counters": "3",  # calls 1, 2 and 5
        "agreed loads": "1",  # call 4 on A4
        "carrier spellings": "1",  # 700700
        "foreign keys": "4",  # MC 700700, MC999999, GONE, call 99
    }


def test_pending_migrations_are_exit_6(unmigrated: Path) -> None:
    """With all the rest that there is to see."""
    result = run("check", unmigrated, "--json")
    assert result.exit_code == 6
    assert '"pending"' in result.stdout
    assert "negotiator migrate" in result.stderr
    assert results(unmigrated)["repeated rounds"] == "note"


def test_damage_is_exit_5(desk: Path) -> None:
    """Nothing else is looked at then."""
    content = desk.read_bytes()
    desk.write_bytes(content[:8192] + b"\xff" * 4096 + content[12288:])
    result = run("check", "--json")
    assert result.exit_code == 5
    assert '"fault"' in result.stdout
    assert results(desk) == {"integrity": "fault"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DROP TABLE carriers", "table carriers"),
        ("ALTER TABLE calls RENAME COLUMN outcome TO result", "table calls"),
        ("ALTER TABLE carriers RENAME TO c; CREATE VIEW carriers AS SELECT * FROM c", "table carriers"),
    ],
)
def test_tables_and_columns_that_are_missing_are_faults(desk: Path, change: str, fault: str) -> None:
    """Exit 5, by name."""
    execute(desk, *change.split(";"))
    assert results(desk)[fault] == "fault"
    result = run("check")
    assert (result.exit_code, fault in result.stderr) == (5, True)


def test_a_view_that_is_gone_or_changed_is_noted(desk: Path) -> None:
    """With how it is mended."""
    execute(desk, "DROP VIEW thread_facts")
    assert results(desk)["views"] == "note"
    execute(
        desk,
        "DROP VIEW round_facts",
        "DELETE FROM _sqlite_migrations WHERE name = 'm011_read_every_spelling'",
    )
    assert run("migrate").exit_code == 0
    assert results(desk)["views"] == "ok"


@pytest.mark.parametrize("index", ["idx_negotiations_session_id", "idx_calls_load_id"])
def test_an_index_that_is_gone_is_noted(desk: Path, index: str) -> None:
    """Histories are right without it, and slow."""
    execute(desk, f"DROP INDEX {index}")
    assert results(desk)["indexes"] == "note"


@pytest.mark.parametrize("sql", INDEXED)
def test_what_is_asked_in_every_round_uses_an_index(desk: Path, sql: str) -> None:
    """So that it costs the same in a file of any size."""
    with closing(sqlite3.connect(desk)) as db:
        assert any(step.startswith("SEARCH") for step in query_plan(db, sql))
        assert not scans_of_tables(db, sql)


def test_unfinished_files_of_killed_programs_are_named(desk: Path) -> None:
    """They may be removed."""
    desk.with_name(".loads.db.backup-0123").touch()
    assert results(desk)["unfinished files"] == "note"


def test_it_waits_for_nobody_who_writes(desk: Path) -> None:
    """Reading needs no write lock."""
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run("check", NEGOTIATOR_BUSY_TIMEOUT="0").exit_code == 0
