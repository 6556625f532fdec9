"""What `check` says in words: each finding, with its weight and its rows."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator.errors import DamagedFileError, MigrationsPendingError, Remedy, SchemaError
from negotiator.maintenance.check import check, problem
from negotiator.maintenance.findings import Check, Finding
from negotiator.maintenance.migrate import migrate
from negotiator.maintenance.untidy import MOST_IDS
from tests.conftest import execute, run

OK, NOTE, PENDING, FAULT = Finding
AGAIN = "a migration makes them again"
TIDY = [
    ("integrity", "SQLite finds the file sound"),
    *((f"table {table}", "it has its columns") for table in ("loads", "carriers", "calls", "negotiations")),
    ("migrations", "none is pending"),
    ("views", "reports can use them"),
    ("indexes", "histories and negotiations use them"),
    ("policy", "the file has none, so that variables and defaults count"),
    ("triggers", "no program has put any on these tables"),
    ("writing", "asks and bookings are recorded as they should be; it was tried and undone"),
    ("repeated rounds", "pairs of call and round number that stand more than once: 0"),
    ("asks", "rounds without an ask: 0"),
    ("decisions", "rounds without a recorded decision: 0"),
    ("round counters", "calls whose negotiation_rounds differs from their rows: 0"),
    ("agreed loads", "accepted calls whose load is available: 0"),
    ("carrier spellings", "carriers spelled in more than one way: 0"),
    ("statuses", "loads whose status is none of those known: 0"),
    ("outcomes", "calls whose outcome is none of those known: 0"),
    ("posted rates", "loads whose posted rate is no amount above zero: 0"),
    ("times", "times that cannot be read: 0"),
    ("foreign keys", "rows that name something that is not there: 0"),
    ("ceilings", "0 answers of the policy, and none above the ceiling recorded with it"),
    ("ceilings of loads", "ceilings that are no amount above zero: 0"),
]


def found(path: Path, name: str) -> Check:
    """Return what one check has found."""
    (one,) = [one for one in check(path) if one.check == name]
    return one


def test_of_a_new_file_each_check_says_so(desk: Path) -> None:
    """In an order: the gravest first."""
    assert check(desk) == [Check(name, OK, detail) for name, detail in TIDY]


CHANGES: list[tuple[str, str, Finding, str]] = [
    ("DROP TABLE carriers", "table carriers", FAULT, "it is missing"),
    (
        "ALTER TABLE carriers RENAME TO c; CREATE VIEW carriers AS SELECT * FROM c",
        "table carriers",
        FAULT,
        "it is a view",
    ),
    (
        "ALTER TABLE calls RENAME COLUMN outcome TO a; ALTER TABLE calls RENAME COLUMN notes TO b",
        "table calls",
        FAULT,
        "it has no column outcome, notes",
    ),
    (
        "DROP TABLE load_facts; DROP TABLE states_before",
        "migrations",
        PENDING,
        f"dropped: states_before, load_facts; {AGAIN}",
    ),
    (
        "ALTER TABLE negotiations DROP COLUMN notes; ALTER TABLE negotiations DROP COLUMN load_id",
        "migrations",
        PENDING,
        f"dropped: negotiations.notes, negotiations.load_id; {AGAIN}",
    ),
    (
        "DROP INDEX idx_negotiations_request_id; UPDATE negotiations SET request_id = 'same'",
        "migrations",
        FAULT,
        (
            "a migration would fail: negotiations.request_id repeats a value, which idx_negotiations_request_id "
            "forbids: rename it, then migrate again"
        ),
    ),
    ("DROP VIEW thread_facts", "views", NOTE, f"dropped: thread_facts; {AGAIN}"),
    (
        "DROP VIEW thread_facts; DROP VIEW round_facts",
        "views",
        NOTE,
        f"dropped: round_facts, thread_facts; {AGAIN}",
    ),
    (
        "DROP VIEW thread_facts; CREATE VIEW Thread_Facts AS SELECT 1 AS thread",
        "views",
        NOTE,
        f"changed: thread_facts; drop them, and {AGAIN}",
    ),
    (
        "DROP INDEX idx_calls_load_id; DROP INDEX idx_calls_carrier",
        "indexes",
        NOTE,
        f"dropped: idx_calls_load_id, idx_calls_carrier; {AGAIN}",
    ),
    (
        (
            "CREATE TRIGGER b AFTER INSERT ON loads BEGIN SELECT 1; END; "
            "CREATE TRIGGER a AFTER INSERT ON policies BEGIN SELECT 1; END; "
            "CREATE TABLE mine (x); CREATE TRIGGER c AFTER INSERT ON mine BEGIN SELECT 1; END"
        ),
        "triggers",
        NOTE,
        "run when something is written: a (policies), b (loads)",
    ),
    (
        "CREATE TRIGGER no BEFORE INSERT ON loads BEGIN SELECT RAISE(ABORT, 'no loads here'); END",
        "writing",
        FAULT,
        "an ask and a booking are not recorded as they should be: ",
    ),
]


@pytest.mark.parametrize(("change", "name", "result", "detail"), CHANGES)
def test_what_another_program_has_changed_is_named(
    desk: Path, change: str, name: str, result: Finding, detail: str
) -> None:
    """All of it, and what becomes of it."""
    execute(desk, *["INSERT INTO negotiations (call_id, round_number) VALUES (1, 1)"] * 2)
    with closing(sqlite3.connect(desk)) as db:
        db.executescript("PRAGMA legacy_alter_table = ON;" + change)
    one = found(desk, name)
    assert (one.result, one.ids) == (result, ())
    assert one.detail.startswith(detail) if name == "writing" else one.detail == detail


def test_what_is_pending_is_listed(unmigrated: Path) -> None:
    """By the names of the migrations, in their order."""
    plan = migrate(unmigrated, dry_run=True)
    assert found(unmigrated, "migrations") == Check(
        "migrations", PENDING, f"pending: {', '.join(plan.pending)}; migrate it"
    )
    names = [one.check for one in check(unmigrated)]
    assert "ceilings" not in names  # their columns are yet to come
    assert "repeated rounds" in names


def test_an_index_that_is_there_and_is_not_used_is_noted(unmigrated: Path) -> None:
    """Here the loads of another program have no primary key, and its calls do not refer to them."""
    for table in ("loads", "calls"):
        execute(unmigrated, f"CREATE TABLE t AS SELECT * FROM {table}", f"DROP TABLE {table}")
        execute(unmigrated, f"ALTER TABLE t RENAME TO {table}")
    execute(unmigrated, "CREATE UNIQUE INDEX theirs ON calls (id)")
    migrate(unmigrated)
    one = found(unmigrated, "indexes")
    said = r"a history reads the whole table \(SCAN .*loads\): an index is missing or is not used"
    assert one.result is NOTE
    assert re.fullmatch(said, one.detail)


def test_errors_of_sqlite_are_listed_up_to_a_hundred(desk: Path) -> None:
    """Nothing else is looked at then."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("CREATE TABLE many (x)")
        db.executemany("INSERT INTO many VALUES (?)", [[None]] * 150)
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE many (x NOT NULL)' WHERE name = 'many'")
    (one,) = check(desk)
    assert (one.check, one.result) == ("integrity", FAULT)
    assert one.detail == "; ".join(["NULL value in many.x"] * 100)


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        ("[desk]", "it can be used: version 1, 0 rules"),
        ("[desk]\n[[rule]]\norigin = 'CA'\nrounds = 2", "it can be used: version 1, 1 rule"),
        (
            "[desk]\n[[rule]]\norigin = 'CA'\nrounds = 2\n[[rule]]\norigin = 'TX'\nrounds = 2",
            "it can be used: version 1, 2 rules",
        ),
    ],
)
def test_a_policy_that_can_be_used_is_counted(desk: Path, document: str, detail: str) -> None:
    """Its version, and its rules."""
    Path("policy.toml").write_text(document)
    assert run("policy", "apply", "policy.toml").exit_code == 0
    assert found(desk, "policy") == Check("policy", OK, detail)


def test_a_policy_that_cannot_be_used_is_a_fault(desk: Path) -> None:
    """As whoever asks would hear."""
    execute(desk, "INSERT INTO policies (version, document) VALUES (3, 'not JSON')")
    one = found(desk, "policy")
    assert one.result is FAULT
    assert "version 3" in one.detail


ROUND = """INSERT INTO negotiations (id, call_id, round_number, carrier_offer, system_response, timestamp, ceiling, decided_by)
           VALUES ({id}, 1, {id}, {ask}, '{response}', '2025-09-01 12:00:00', {ceiling}, '{by}')"""


def a_round(number: int, ask: float, response: str, ceiling: object, by: str = "policy") -> str:
    """Return the SQL that records a round."""
    return ROUND.format(id=number, ask=ask, response=response, ceiling=ceiling, by=by)


def test_what_the_policy_answered_is_held_to_the_ceiling_beside_it(desk: Path) -> None:
    """What was accepted counts by the ask, a counter by what was offered; a person may go above."""
    execute(desk, a_round(1, 2000, "accepted", 2000))
    assert found(desk, "ceilings") == Check(
        "ceilings", OK, "1 answer of the policy, and none above the ceiling recorded with it"
    )
    execute(
        desk,
        a_round(2, 9000, "counter_offer_2000.00", 2000),
        a_round(3, 9000, "transfer_to_human", 2000),
        a_round(4, 9000, "accepted", 2000, by="ann"),
        a_round(5, 9000, "accepted", "NULL"),
        a_round(6, 2000.01, "accepted", 2000),
    )
    assert found(desk, "ceilings") == Check(
        "ceilings", NOTE, "1 of 4 answers of the policy is above the ceiling recorded with it", (6,)
    )
    execute(desk, a_round(7, 1, "counter_offer_2000.01", 2000))
    assert found(desk, "ceilings") == Check(
        "ceilings", NOTE, "2 of 5 answers of the policy are above the ceiling recorded with it", (6, 7)
    )
    execute(desk, *(a_round(number, 3000, "accepted", 2000) for number in range(10, 10 + MOST_IDS)))
    one = found(desk, "ceilings")
    assert one.ids == (6, 7, *range(10, 8 + MOST_IDS))
    assert one.detail.startswith("202 of 205 answers")


def test_a_ceiling_of_a_load_that_is_no_amount_is_named(desk: Path) -> None:
    """It counts for nothing."""
    values = ["'lots'", "0", "-5", "2000", "'2,000'", "NULL", "'  '"]
    for number, value in enumerate(values):
        execute(desk, f"INSERT INTO load_facts (load_id, ceiling) VALUES ('X{number}', {value})")
    assert found(desk, "ceilings of loads") == Check(
        "ceilings of loads", NOTE, "ceilings that are no amount above zero: 3", ("X0", "X1", "X2")
    )
    many = [f"INSERT INTO load_facts (load_id, ceiling) VALUES ('Y{n}', 'no')" for n in range(MOST_IDS)]
    execute(desk, *many)
    one = found(desk, "ceilings of loads")
    assert (len(one.ids), one.detail.rpartition(" ")[2]) == (MOST_IDS, str(MOST_IDS + 3))


def test_unfinished_files_of_all_kinds_are_named_in_order(desk: Path) -> None:
    """Those of this file alone."""
    for name in ("restore-4", "init-3", "import-2", "backup-1", "other-5"):
        desk.with_name(f".loads.db.{name}").touch()
    desk.with_name(".other.db.backup-1").touch()
    names = ", ".join(f".loads.db.{name}" for name in ("backup-1", "import-2", "init-3", "restore-4"))
    assert check(desk)[-1] == Check("unfinished files", NOTE, f"can be removed: {names}")


FILE = Path("loads.db")
LONG = "x" * 299 + "yz"
PROBLEMS: list[tuple[list[Check], Any, str, str]] = [
    (
        [Check("integrity", FAULT, LONG)],
        DamagedFileError,
        f"'loads.db' can't be relied on: integrity: {LONG[:300]}",
        "restore a backup",
    ),
    (
        [Check("migrations", PENDING, "p"), Check("writing", FAULT, "w"), Check("policy", FAULT, "p")],
        SchemaError,
        "'loads.db' can't be relied on: writing: w",
        "look for a constraint or a trigger that another program has made",
    ),
    (
        [Check("migrations", FAULT, "it is so")],
        SchemaError,
        "'loads.db' can't be relied on: migrations: it is so",
        "clear that away, then migrate it",
    ),
    (
        [Check("policy", FAULT, "no")],
        SchemaError,
        "'loads.db' can't be relied on: policy: no",
        "go back to another version of the policy",
    ),
    (
        [Check("table loads", FAULT, "it is missing")],
        SchemaError,
        "'loads.db' can't be relied on: table loads: it is missing",
        "name the right file",
    ),
]


@pytest.mark.parametrize(("listed", "kind", "message", "hint"), PROBLEMS)
def test_the_first_fault_is_the_error(listed: list[Check], kind: Any, message: str, hint: str) -> None:  # noqa: ANN401 - a type
    """With what to do about it."""
    made = problem([Check("first", OK, "fine"), *listed], FILE)
    assert made is not None
    assert (type(made), made.message, made.hint) == (kind, message, hint)
    assert made.remedy is (Remedy.RESTORE if kind is DamagedFileError else None)


def test_what_is_pending_is_an_error_and_what_is_untidy_is_none() -> None:
    """A note hinders nobody."""
    assert problem([Check("asks", NOTE, "many"), Check("x", OK, "fine")], FILE) is None
    made = problem([Check("asks", NOTE, "many"), Check("migrations", PENDING, "m001")], FILE)
    assert type(made) is MigrationsPendingError
