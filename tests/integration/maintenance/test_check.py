"""A doctor that reads only."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from negotiator.errors import ResourceError
from negotiator.maintenance import trial
from negotiator.maintenance.check import check, query_plan, scans_of_tables
from negotiator.maintenance.untidy import MOST_IDS, UNTIDY
from negotiator.storage.statements import INDEXED
from tests.conftest import contents, data, execute, run


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
    execute(
        old,
        "UPDATE loads SET status = 'On hold' WHERE load_id = 'A2'",
        "UPDATE loads SET loadboard_rate = 'call us' WHERE load_id = 'A3'",
        "UPDATE loads SET pickup_datetime = 'ASAP' WHERE load_id = 'A4'",
        "UPDATE calls SET outcome = 'voicemail', call_start_time = 1755686100 WHERE id = 3",
    )
    found = {item["check"]: item for item in data("check", old) if item["check"] in UNTIDY}
    ids: dict[str, list[object]] = {
        "repeated rounds": [[1, 1]],
        "asks": [5],
        "decisions": [1, 2, 3, 4, 5, 8],
        "round counters": [1, 2, 5],
        "agreed loads": [4],
        "carrier spellings": ["700700"],
        "statuses": ["A2"],
        "outcomes": [3],
        "posted rates": ["A3"],
        "times": [["loads", "A4", "pickup_datetime"], ["calls", 3, "call_start_time"]],
        "foreign keys": [["calls", 1], ["calls", 4], ["calls", 7], ["negotiations", 8]],
    }
    assert {name: sorted(item["ids"], key=str) for name, item in found.items()} == {
        name: sorted(rows, key=str) for name, rows in ids.items()
    }
    assert {name: item["detail"].rpartition(" ")[2] for name, item in found.items()} == {
        name: str(len(rows)) for name, rows in ids.items()
    }
    assert {item["result"] for item in found.values()} == {"note"}


@pytest.mark.parametrize("name", ["repeated rounds", "asks", "round counters"])
def test_rows_that_take_rounds_back_are_found_by_their_index(desk: Path, name: str) -> None:
    """The words of all others are not read: to read each takes longer than the rest of the question."""
    with closing(sqlite3.connect(desk)) as db:
        plan = query_plan(db, UNTIDY[name][1].format(session="session_id"))
    assert any("SEARCH" in step and "idx_negotiations_word" in step for step in plan), plan


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


def test_of_very_many_rows_some_are_named_and_all_are_counted(desk: Path) -> None:
    """So that a report of an old file can be read."""
    many = MOST_IDS + 5
    rows = "INSERT INTO negotiations (call_id, round_number) VALUES (1, 1)"
    execute(desk, *[rows] * many)
    (asks,) = [found for found in check(desk) if found.check == "asks"]
    assert (len(asks.ids), asks.detail.rpartition(" ")[2]) == (MOST_IDS, str(many))


def test_what_this_program_writes_is_tidy(desk: Path) -> None:
    """Rows that take a round back are its own, and a call counts what is left."""
    for command in (
        *("negotiate 3 1200", "call undo 3 --reason slip", "negotiate 3 1100", "call reopen 3 --reason slip"),
        *("negotiate 3 1150 --session sess_other", "call book 3 1400 --by Ann", "call undo 3 --reason slip"),
        *("call start --load L1 --carrier MC5", "negotiate 4 2300", "call end 4 --outcome rejected"),
    ):
        assert run(*command.split()).exit_code == 0, command
    assert set(results(desk).values()) == {"ok"}


# Each is another program's, and keeps or changes something of what is written; some of it only when a load is booked.
MEDDLING = {
    "session_id": """ALTER TABLE negotiations RENAME COLUMN session_id TO s;
        ALTER TABLE negotiations ADD COLUMN session_id TEXT NOT NULL DEFAULT 'x'""",
    "nowhere": """CREATE TRIGGER meddling AFTER UPDATE OF status ON loads WHEN NEW.status = 'booked'
        BEGIN INSERT INTO nowhere VALUES (1); END""",
    "negotiations": """CREATE TRIGGER meddling AFTER INSERT ON negotiations
        BEGIN DELETE FROM negotiations WHERE id = NEW.id; END""",
    "calls": """CREATE TRIGGER meddling AFTER UPDATE OF final_rate_agreed ON calls
        BEGIN UPDATE calls SET final_rate_agreed = 1 WHERE id = NEW.id; END""",
    "loads": """CREATE TRIGGER meddling AFTER UPDATE OF status ON loads
        BEGIN UPDATE loads SET status = 'completed' WHERE load_id = NEW.load_id; END""",
    "no sessions here": """CREATE TRIGGER meddling BEFORE INSERT ON negotiation_sessions
        BEGIN SELECT RAISE(ABORT, 'no sessions here'); END""",
    "no carriers here": """CREATE TRIGGER meddling BEFORE INSERT ON carriers
        BEGIN SELECT RAISE(ROLLBACK, 'no carriers here'); END""",
    "no loads here": """CREATE TRIGGER meddling BEFORE INSERT ON loads
        BEGIN SELECT RAISE(FAIL, 'no loads here'); END""",
}


@pytest.mark.parametrize(("word", "meddling"), MEDDLING.items())
def test_what_keeps_a_round_from_being_recorded_is_found_before_it_happens(
    shared: Path, word: str, meddling: str
) -> None:
    """Exit 5, by name, and nothing of what was tried is kept."""
    with closing(sqlite3.connect(shared)) as db:
        db.executescript("DROP VIEW thread_facts; DROP VIEW round_facts" if word == "session_id" else "")
        db.executescript("DROP INDEX idx_negotiations_session_id" if word == "session_id" else "")
        db.executescript(meddling)
    before = contents(shared)
    found = {item.check: item for item in check(shared)}
    assert found["writing"].result == "fault"
    assert word in found["writing"].detail
    assert ("meddling" in found["triggers"].detail) == ("TRIGGER" in meddling)
    assert run("check").exit_code == 5
    assert contents(shared) == before


def test_a_trigger_that_stamps_a_time_harms_nobody(shared: Path) -> None:
    """It is named, and what it writes elsewhere is not kept."""
    execute(
        shared,
        "CREATE TABLE log (what)",
        """CREATE TRIGGER stamp AFTER UPDATE ON loads BEGIN
             UPDATE loads SET updated_at = '2030-01-01 00:00:00' WHERE load_id = NEW.load_id; END""",
        "CREATE TRIGGER logged AFTER INSERT ON negotiations BEGIN INSERT INTO log VALUES (NEW.id); END",
    )
    before = contents(shared)
    found = {item.check: item for item in check(shared)}
    assert (found["writing"].result, found["triggers"].result) == ("ok", "note")
    assert found["triggers"].detail.endswith("logged (negotiations), stamp (loads)")
    assert contents(shared) == before
    assert run("check").exit_code == 0


def test_while_somebody_writes_nothing_is_tried(shared: Path) -> None:
    """It is said; whoever writes is not disturbed."""
    with closing(sqlite3.connect(shared, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = {item.check: item for item in check(shared)}
        other.execute("COMMIT")
    assert found["writing"].result == "note"
    assert found["writing"].detail.startswith("not tried")


def test_what_the_system_refuses_is_no_fault_of_the_file(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files say nothing of what would be kept."""

    def refuse(*_arguments: object, **_options: object) -> NoReturn:
        raise ResourceError("too many files are open")

    monkeypatch.setattr(trial, "add_load", refuse)
    found = {item.check: item for item in check(desk)}
    assert (found["writing"].result, found["writing"].detail) == (
        "note",
        "not tried: too many files are open",
    )


def test_a_row_without_an_id_hides_no_other(old: Path) -> None:
    """Another program's table may have such rows: one that takes a round back is no round, the others are."""
    before = {item["check"]: item["detail"] for item in data("check", old)}
    execute(
        old,
        "CREATE TABLE other AS SELECT * FROM negotiations",
        "DROP VIEW IF EXISTS thread_facts",
        "DROP VIEW IF EXISTS round_facts",
        "DROP TABLE negotiations",
        "ALTER TABLE other RENAME TO negotiations",
        "INSERT INTO negotiations (id, call_id, round_number, system_response) VALUES (NULL, 77, 1, 'withdrawn')",
    )
    after = {item["check"]: item["detail"] for item in data("check", old)}
    for name in ("repeated rounds", "asks", "decisions"):
        assert after[name] == before[name] != "0", name


CHECKS = """
integrity | SQLite finds the file sound
table loads | it has its columns
table carriers | it has its columns
table calls | it has its columns
table negotiations | it has its columns
migrations | none is pending
views | reports can use them
indexes | histories and negotiations use them
policy | the file has none, so that variables and defaults count
triggers | no program has put any on these tables
writing | asks and bookings are recorded as they should be; it was tried and undone
repeated rounds | pairs of call and round number that stand more than once: 0
asks | rounds without an ask: 0
decisions | rounds without a recorded decision: 0
round counters | calls whose negotiation_rounds differs from their rows: 0
agreed loads | accepted calls whose load is available: 0
carrier spellings | carriers spelled in more than one way: 0
statuses | loads whose status is none of those known: 0
outcomes | calls whose outcome is none of those known: 0
posted rates | loads whose posted rate is no amount above zero: 0
times | times that cannot be read: 0
foreign keys | rows that name something that is not there: 0
ceilings | 0 answers of the policy, and none above the ceiling recorded with it
ceilings of loads | ceilings that are no amount above zero: 0
"""


def test_a_sound_file_is_told_in_these_words(desk: Path) -> None:
    """Each check by its name, in its order."""
    found = data("check", desk)
    assert [f"{one['check']} | {one['detail']}" for one in found] == CHECKS.strip().splitlines()
    assert {one["result"] for one in found} == {"ok"}
