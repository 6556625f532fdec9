"""Bring a file that an older program wrote up to date, after a backup beside it."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import NegotiatorError, SchemaError
from negotiator.maintenance.backup import back_up
from negotiator.maintenance.foresight import Foreseen, foresee
from negotiator.migrations import migrations
from negotiator.progress import Progress, silent
from negotiator.storage.database import as_database, connect
from negotiator.storage.inspection import missing_columns, quick_check, require_tables
from negotiator.storage.schema import TABLES
from negotiator.storage.transactions import read_transaction, ticking, write_transaction
from negotiator.values import timestamps


@dataclass(frozen=True)
class Migrated:
    """What `migrate` found and did: names of migrations in their order, and the backup it made first.

    ``missing`` and ``restored`` name what earlier migrations had made and another program dropped.
    """

    file: Path
    pending: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()
    backup: Path | None = None
    missing: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def migrate(
    path: Path, *, now: datetime | None = None, dry_run: bool = False, progress: Progress = silent
) -> Migrated:
    """Bring a file up to date, after a backup beside it, in one transaction.

    Views, indexes, columns and tables of ours that another program dropped are made again; for these alone no
    backup is made, because no row changes. Nothing to do: nothing is written. Many may do this at once: one
    works, the others find nothing to do. A migration that is known to fail is not begun. On failure the file
    is as it was, and a backup that was made stays.
    Raises FileMissingError, UnusableFileError, SchemaError, BusyError.
    """
    with closing(connect(path)) as db:
        with read_transaction(db, path):
            require_tables(db, path)
            _require_columns(db, path)
            plan = _feasible(db, path)
            if dry_run or not (plan.pending or plan.missing):
                return Migrated(path, plan.pending, missing=tuple(map(str, plan.missing)))
            quick_check(db, path, progress)
        return _apply(db, path, now or timestamps.utc_now(), progress)


def _require_columns(db: Connection, path: Path) -> None:
    for table in TABLES:
        if missing := missing_columns(db, table):
            raise SchemaError(
                f"the table {table} of {str(path)!r} has no column {', '.join(missing)}",
                "name the right file",
            )


def _feasible(db: Connection, path: Path) -> Foreseen:
    """Return what is to be done. Raises SchemaError when it is known that it cannot be."""
    plan = foresee(db)
    if plan.obstacle:
        raise SchemaError(f"{str(path)!r} cannot be migrated: {plan.obstacle}", "nothing was changed")
    return plan


def _apply(db: Connection, path: Path, now: datetime, progress: Progress) -> Migrated:
    backup: Path | None = None
    try:
        # The lock comes first: what is to be done now stays so until we are done.
        with write_transaction(db, path):
            plan = _feasible(db, path)
            if plan.pending:
                backup = back_up(path, now=now, progress=progress).path
            with ticking(db, progress, "migrating"):
                _make(db, path, plan)
    except NegotiatorError as error:
        if backup is not None:
            error.hint = f"{error.hint}; the backup {str(backup)!r} stays"
        raise
    return Migrated(path, applied=plan.pending, backup=backup, restored=tuple(map(str, plan.missing)))


def _make(db: Connection, path: Path, plan: Foreseen) -> None:
    """Do what is planned. Raises SchemaError for what stands in its way."""
    try:
        if plan.pending:
            migrations.apply(as_database(db))
        for item in plan.missing:
            db.execute(item.sql)
    except ValueError as error:
        raise SchemaError(f"{str(path)!r} cannot be migrated: {error}", "it is as it was") from error
