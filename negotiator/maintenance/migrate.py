"""Bring a file that an older program wrote up to date, after a backup beside it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import SchemaError
from negotiator.maintenance.backup import back_up
from negotiator.migrations import migrations
from negotiator.progress import Progress, silent
from negotiator.storage.database import as_database, connect
from negotiator.storage.inspection import missing_columns, pending, quick_check, require_tables
from negotiator.storage.schema import TABLES
from negotiator.storage.transactions import read_transaction, ticking, write_transaction
from negotiator.values import timestamps


@dataclass(frozen=True)
class Migrated:
    """What `migrate` found and did: names of migrations in their order, and the backup it made first."""

    file: Path
    pending: tuple[str, ...]
    applied: tuple[str, ...] = ()
    backup: Path | None = None


def migrate(
    path: Path, *, now: datetime | None = None, dry_run: bool = False, progress: Progress = silent
) -> Migrated:
    """Bring a file up to date, after a backup beside it, in one transaction.

    Nothing pending: nothing is written and no backup is made. Many may do this at once: one works, the
    others find nothing pending. On failure the file is as it was and the backup stays.
    Raises FileMissingError, UnusableFileError, SchemaError, BusyError.
    """
    db = connect(path)
    try:
        with read_transaction(db, path):
            require_tables(db, path)
            _require_columns(db, path)
            found = tuple(pending(db))
            if not found or dry_run:
                return Migrated(path, found)
            quick_check(db, path, progress)
        return _apply(db, path, now or timestamps.utc_now(), progress)
    finally:
        db.close()


def _require_columns(db: Connection, path: Path) -> None:
    for table in TABLES:
        if missing := missing_columns(db, table):
            raise SchemaError(
                f"the table {table} of {str(path)!r} has no column {', '.join(missing)}",
                "name the right file",
            )


def _apply(db: Connection, path: Path, now: datetime, progress: Progress) -> Migrated:
    # The lock comes first: what is pending now stays pending until we are done.
    with write_transaction(db, path):
        found = tuple(pending(db))
        if not found:
            return Migrated(path, ())
        backup = back_up(path, now=now, progress=progress)
        try:
            with ticking(db, progress, "migrating"):
                migrations.apply(as_database(db))
        except ValueError as error:
            raise SchemaError(
                f"{str(path)!r} was not migrated and is as it was: {error}",
                f"the backup {str(backup.path)!r} stays",
            ) from error
        return Migrated(path, (), found, backup.path)
