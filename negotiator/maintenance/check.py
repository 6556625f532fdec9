"""A doctor: is the file sound, is it up to date, does it keep what is written, and what in it is untidy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DamagedFileError, NegotiatorError, Remedy, SchemaError
from negotiator.maintenance.adherence import ceilings_check, load_ceilings_check, policy_check
from negotiator.maintenance.findings import Check, Finding
from negotiator.maintenance.foresight import Foreseen, foresee
from negotiator.maintenance.litestream import litestream_check
from negotiator.maintenance.trial import triggers, try_writing
from negotiator.maintenance.untidy import untidiness
from negotiator.storage.database import LoadsFile, connect
from negotiator.storage.inspection import migrations_pending, missing_columns
from negotiator.storage.schema import SESSIONS_TABLE, TABLES
from negotiator.storage.statements import INDEXED
from negotiator.storage.transactions import read_transaction

_MOST_ERRORS = 100
_AGAIN = "a migration makes them again"
_HINTS = {
    "migrations": "clear that away, then migrate it",
    "policy": "go back to another version of the policy",
    "writing": "look for a constraint or a trigger that another program has made",
}
"""What to do about a fault, by the name of its check."""


def check(path: Path) -> list[Check]:
    """Look at a file and return what was found, the gravest things first to be looked at.

    Nothing is kept of what is written to try it; as for any reader, SQLite first rolls back what a killed
    program left half done. Raises FileMissingError, NotADatabaseError, BusyError and other kinds of
    UnusableFileError.
    """
    with closing(connect(path)) as db:
        with read_transaction(db, path):
            integrity = _integrity(db)
            if integrity.result is Finding.FAULT:
                return [integrity]
            tables = list(_tables(db))
            if any(found.result is Finding.FAULT for found in tables):
                return [integrity, *tables]
            plan = foresee(db)
            found = [integrity, *tables, _migrations(plan)]
            if not plan.is_needed:
                found += [*_helpers(db, plan), policy_check(db)]
            found += [triggers(db), *litestream_check(db, path)]
            untidy = list(untidiness(db, has_sessions=not plan.is_needed))
            if not plan.is_needed:
                untidy += [ceilings_check(db), load_ceilings_check(db)]
        if not plan.is_needed:
            found.append(try_writing(LoadsFile(db, path)))
        return [*found, *untidy, *_leftovers(path)]


def problem(found: list[Check], path: Path) -> NegotiatorError | None:
    """Return the error that a file's state amounts to: a fault, else what is pending, else None."""
    fault = next((item for item in found if item.result is Finding.FAULT), None)
    if fault:
        message = f"{str(path)!r} can't be relied on: {fault.check}: {fault.detail[:300]}"
        if fault.check == "integrity":
            return DamagedFileError(message, "restore a backup", remedy=Remedy.RESTORE)
        return SchemaError(message, _HINTS.get(fault.check, "name the right file"))
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
    scans: list[str] = []
    with suppress(sqlite3.OperationalError):  # such as a trigger on what is not there: it is tried below
        scans += [step for sql in INDEXED for step in scans_of_tables(db, sql)]
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


def _leftovers(path: Path) -> Iterator[Check]:
    """Name the unfinished files that killed programs left; they are in nobody's way."""
    kinds = ("backup", "import", "init", "restore")
    left = sorted(found.name for kind in kinds for found in path.parent.glob(f".{path.name}.{kind}-*"))
    if left:
        yield Check("unfinished files", Finding.NOTE, f"can be removed: {', '.join(left)}")
