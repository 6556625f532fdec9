"""The backup, the checks and the statements of `migrate`, by sqlite3 alone. Run as ``bare_migrate.py FILE``."""

import os
import sqlite3
import sys
from pathlib import Path

from sqlite_utils import Database

from negotiator.migrations import migrations
from negotiator.storage.schema import TABLES


def counted(db: sqlite3.Connection) -> list[int]:
    """Return how many rows each table has."""
    return [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]


def main(path: str) -> None:
    """Check the file, lock it, copy it, check the copy, and run what `migrate` runs."""
    db = sqlite3.connect(path, isolation_level=None)
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        sys.exit("damaged")
    db.execute("BEGIN IMMEDIATE")
    source, copy = sqlite3.connect(path), Path(f"{path}.backup")
    target = sqlite3.connect(copy)
    target.execute("PRAGMA journal_mode = OFF")
    target.execute("PRAGMA synchronous = OFF")
    rows = counted(source)
    source.backup(target)
    target.close()
    source.close()
    check = sqlite3.connect(copy)
    if check.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",) or counted(check) != rows:
        sys.exit("the copy is damaged")
    check.close()
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    migrations.apply(Database(db, execute_plugins=False))
    db.execute("COMMIT")
    db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
