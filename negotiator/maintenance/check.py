"""A doctor that reads only: is the file sound, is it up to date, and what in it is untidy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DamagedFileError, NegotiatorError, Remedy, SchemaError
from negotiator.maintenance.foresight import Foreseen, foresee
from negotiator.storage.database import connect
from negotiator.storage.inspection import migrations_pending, missing_columns
from negotiator.storage.schema import SESSIONS_TABLE, TABLES
from negotiator.storage.sql import carrier_of, decision_of, load_status_of, word_of
from negotiator.storage.statements import INDEXED
from negotiator.storage.transactions import read_transaction

_MOST_ERRORS = 100
_AGAIN = "a migration makes them again"


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
                      AND coalesce(system_response, '') NOT IN ('reopened', 'withdrawn', 'fell_through'))""",
    ),
    "agreed loads": (
        "accepted calls whose load is available",
        f"""SELECT calls.id FROM main.calls JOIN main.loads USING (load_id)
             WHERE {word_of("calls.outcome")} = 'accepted'
               AND {load_status_of("loads.status")} = 'available'""",
    ),
    "carrier spellings": (
        "carriers spelled in more than one way",
        f"""SELECT {carrier_of("number")} AS digits
             FROM (SELECT mc_number AS number FROM main.carriers
                    UNION SELECT carrier_mc_number FROM main.calls WHERE carrier_mc_number IS NOT NULL)
            GROUP BY digits HAVING digits IS NOT NULL AND count(*) > 1""",
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
        plan = foresee(db)
        found = [integrity, *tables, _migrations(plan)]
        if not plan.is_needed:
            found += _helpers(db, plan)
        return [*found, *_untidiness(db, has_sessions=not plan.is_needed), *_leftovers(path)]


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


def _migrations(plan: Foreseen) -> Check:
    """Tell what a migration would do that has to be done before anything else works."""
    if plan.obstacle:
        return Check("migrations", Finding.FAULT, f"a migration would fail: {plan.obstacle}")
    if plan.pending:
        return Check("migrations", Finding.PENDING, f"pending: {', '.join(plan.pending)}; migrate it")
    if plan.is_needed:
        return Check("migrations", Finding.PENDING, f"dropped: {_listed(plan, 'table', 'column')}; {_AGAIN}")
    return Check("migrations", Finding.OK, "none is pending")


def _helpers(db: Connection, plan: Foreseen) -> Iterator[Check]:
    """Tell whether reports find their views, and the questions asked in every round an index."""
    if views := _listed(plan, "view"):
        yield Check("views", Finding.NOTE, f"dropped: {views}; {_AGAIN}")
    elif plan.changed:
        yield Check("views", Finding.NOTE, f"changed: {', '.join(plan.changed)}; drop them, and {_AGAIN}")
    else:
        yield Check("views", Finding.OK, "reports can use them")
    if indexes := _listed(plan, "index"):
        yield Check("indexes", Finding.NOTE, f"dropped: {indexes}; {_AGAIN}")
        return
    scans = [step for sql in INDEXED for step in scans_of_tables(db, sql)]
    if scans:
        detail = f"a history reads the whole table ({scans[0]}): an index is missing or is not used"
        yield Check("indexes", Finding.NOTE, detail)
    else:
        yield Check("indexes", Finding.OK, "histories and negotiations use them")


def _listed(plan: Foreseen, *kinds: str) -> str:
    """Return the names of what is missing of these kinds."""
    return ", ".join(item.name for item in plan.missing if item.kind in kinds)


def query_plan(db: Connection, sql: str) -> list[str]:
    """Return the steps by which SQLite would answer."""
    values = ["x"] * sql.count("?")
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()]


def scans_of_tables(db: Connection, sql: str) -> list[str]:
    """Return the steps that read a whole table; a value that is taken apart is no table."""
    plan = [step for step in query_plan(db, sql) if step.startswith("SCAN")]
    return [step for step in plan if any(table in step for table in (*TABLES, SESSIONS_TABLE))]


def _untidiness(db: Connection, *, has_sessions: bool) -> Iterator[Check]:
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
