"""A doctor that reads only: is the file sound, is it up to date, and what in it is untidy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DamagedFileError, NegotiatorError, Remedy, SchemaError
from negotiator.migrations import changed_views
from negotiator.negotiation.repository import INDEXED
from negotiator.storage.database import as_database, connect
from negotiator.storage.inspection import migrations_pending, missing_columns, pending
from negotiator.storage.schema import SESSIONS_TABLE, TABLES
from negotiator.storage.sql import carrier_digits, decision_of
from negotiator.storage.transactions import read_transaction

_MOST_ERRORS = 100


class Finding(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    NOTE = "note"  # untidy, and no hindrance
    PENDING = "pending"  # `migrate` mends it
    FAULT = "fault"  # the file can't be relied on


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, what was found, and a sentence about it."""

    check: str
    result: Finding
    detail: str


# What real files are like. A row's columns are text; how many there are is what counts.
UNTIDY = {
    "repeated rounds": (
        "pairs of call and round number that stand more than once",
        """SELECT call_id, round_number FROM main.negotiations
            GROUP BY call_id, round_number, {session} HAVING count(*) > 1""",
    ),
    "asks": ("rounds without an ask", "SELECT id FROM main.negotiations WHERE carrier_offer IS NULL"),
    "decisions": (
        "rounds without a recorded decision",
        f"SELECT id FROM main.negotiations WHERE {decision_of('system_response')} IS NULL",
    ),
    "round counters": (
        "calls whose negotiation_rounds differs from their rows",
        """SELECT id FROM main.calls
            WHERE coalesce(negotiation_rounds, 0) <>
                  (SELECT count(*) FROM main.negotiations WHERE call_id = calls.id
                      AND system_response IS NOT 'reopened')""",
    ),
    "agreed loads": (
        "accepted calls whose load is available",
        """SELECT calls.id FROM main.calls JOIN main.loads USING (load_id)
            WHERE calls.outcome = 'accepted' AND loads.status = 'available'""",
    ),
    "carrier spellings": (
        "carriers spelled in more than one way",
        f"""SELECT {carrier_digits("number")} AS digits
             FROM (SELECT mc_number AS number FROM main.carriers
                    UNION SELECT carrier_mc_number FROM main.calls WHERE carrier_mc_number IS NOT NULL)
            GROUP BY digits HAVING count(*) > 1""",
    ),
    "foreign keys": (
        "rows that name something that is not there",
        "SELECT rowid FROM pragma_foreign_key_check",
    ),
}


def check(path: Path) -> list[Check]:
    """Look at a file and return what was found, the gravest things first to be looked at.

    Nothing is written; as for any reader, SQLite first rolls back what a killed program left half done.
    Raises FileMissingError, NotADatabaseError, BusyError and other kinds of UnusableFileError.
    """
    with closing(connect(path)) as db, read_transaction(db, path):
        integrity = _integrity(db)
        if integrity.result is Finding.FAULT:
            return [integrity]
        tables = list(_tables(db))
        if any(found.result is Finding.FAULT for found in tables):
            return [integrity, *tables]
        return [integrity, *tables, *_migrations(db), *_untidiness(db), *_leftovers(path)]


def problem(found: list[Check], path: Path) -> NegotiatorError | None:
    """Return the error that a file's state amounts to: a fault, else what is pending, else None."""
    faults = [item for item in found if item.result is Finding.FAULT]
    if faults:
        kind = DamagedFileError if faults[0].check == "integrity" else SchemaError
        hint = "restore a backup" if kind is DamagedFileError else "name the right file"
        return kind(
            f"{str(path)!r} can't be relied on: {faults[0].check}: {faults[0].detail[:200]}",
            hint,
            remedy=Remedy.RESTORE if kind is DamagedFileError else None,
        )
    if any(item.result is Finding.PENDING for item in found):
        return migrations_pending(path)
    return None


def _integrity(db: Connection) -> Check:
    try:
        errors = [row[0] for row in db.execute(f"PRAGMA integrity_check({_MOST_ERRORS})").fetchall()]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        errors = [str(error)]
    if errors == ["ok"]:
        return Check("integrity", Finding.OK, "SQLite finds the file sound")
    return Check("integrity", Finding.FAULT, "; ".join(errors))


def _tables(db: Connection) -> Iterator[Check]:
    """Compare tables and columns with those that other programs know."""
    for table in TABLES:
        kind = db.execute("SELECT type FROM main.sqlite_master WHERE lower(name) = ?", [table]).fetchone()
        if kind != ("table",):
            what = "missing" if kind is None else f"a {kind[0]}"
            yield Check(f"table {table}", Finding.FAULT, f"it is {what}")
        elif missing := missing_columns(db, table):
            yield Check(f"table {table}", Finding.FAULT, f"it has no column {', '.join(missing)}")
        else:
            yield Check(f"table {table}", Finding.OK, "it has its columns")


def _migrations(db: Connection) -> Iterator[Check]:
    """Tell what is pending; once nothing is, whether the questions asked in every round use an index."""
    if names := pending(db):
        yield Check("migrations", Finding.PENDING, f"pending: {', '.join(names)}; migrate it")
        return
    yield Check("migrations", Finding.OK, "none is pending")
    if changed := changed_views(as_database(db)):
        mend = "take m006_add_views out of _sqlite_migrations, drop what is there of them, migrate"
        yield Check("views", Finding.NOTE, f"{', '.join(changed)}: missing or changed; to mend it, {mend}")
    else:
        yield Check("views", Finding.OK, "reports can use them")
    scans = [step for sql in INDEXED for step in scans_of_tables(db, sql)]
    if scans:
        detail = f"a history reads the whole table ({scans[0]}): an index is missing or is not used"
        yield Check("indexes", Finding.NOTE, detail)
    else:
        yield Check("indexes", Finding.OK, "histories and negotiations use them")


def query_plan(db: Connection, sql: str) -> list[str]:
    """Return the steps by which SQLite would answer."""
    values = ["x"] * sql.count("?")
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]


def scans_of_tables(db: Connection, sql: str) -> list[str]:
    """Return the steps that read a whole table; a value that is taken apart is no table."""
    plan = [step for step in query_plan(db, sql) if step.startswith("SCAN")]
    return [step for step in plan if any(table in step for table in (*TABLES, SESSIONS_TABLE))]


def _untidiness(db: Connection) -> Iterator[Check]:
    has_sessions = not pending(db)
    for name, (what, sql) in UNTIDY.items():
        question = sql.format(session="session_id" if has_sessions else "NULL")
        count = db.execute(f"SELECT count(*) FROM ({question})").fetchone()[0]
        yield Check(name, Finding.NOTE if count else Finding.OK, f"{what}: {count}")


def _leftovers(path: Path) -> Iterator[Check]:
    """Name the unfinished files that killed programs left; they are in nobody's way."""
    kinds = ("backup", "import", "init", "restore")
    left = sorted(found.name for kind in kinds for found in path.parent.glob(f".{path.name}.{kind}-*"))
    if left:
        yield Check("unfinished files", Finding.NOTE, f"can be removed: {', '.join(left)}")
