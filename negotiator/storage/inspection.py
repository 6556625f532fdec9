"""Whether a file is one of ours: its tables, its columns, its migrations, its soundness. Reads only."""

from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import DamagedFileError, MigrationsPendingError, Remedy, SchemaError
from negotiator.progress import Progress, silent
from negotiator.storage.schema import STEPS, STEPS_TABLE, TABLES, columns_of
from negotiator.storage.transactions import ticking


def migrations_pending(path: Path) -> MigrationsPendingError:
    """Return the error for a file that lacks columns or indexes; it carries the path."""
    return MigrationsPendingError(
        f"{str(path)!r} needs a migration first",
        "migrate it, which backs it up first",
        remedy=Remedy.MIGRATE,
        path=path,
    )


def require_tables(db: Connection, path: Path) -> None:
    """Raise SchemaError unless the file has the four tables (a view is none)."""
    found = dict(db.execute("SELECT lower(name), type FROM main.sqlite_master").fetchall())
    missing = [table for table in TABLES if found.get(table) != "table"]
    if found.get(STEPS_TABLE, "table") != "table":
        missing.append(STEPS_TABLE)  # something else has its name
    if missing:
        raise SchemaError(
            f"{str(path)!r} has no table {', '.join(missing)}",
            "name the right file, or make a new one",
            remedy=Remedy.NAME_OR_MAKE_FILE,
        )


def missing_columns(db: Connection, table: str) -> list[str]:
    """Return which of the columns that other programs know a table lacks. Names ignore case."""
    present = {row[1].lower() for row in db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall()}
    return [column for column in columns_of(table) if column not in present]


def quick_check(db: Connection, path: Path, progress: Progress = silent) -> None:
    """Raise DamagedFileError unless SQLite finds the file sound. Reads the whole file."""
    with ticking(db, progress, "checking"):
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedFileError(
            f"{str(path)!r} is damaged ({found})", "nothing was changed; restore a backup of it"
        )


def pending(db: Connection) -> list[str]:
    """Return the names of the migrations that the file has not had; reads only."""
    if db.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", [STEPS_TABLE]).fetchone() is None:
        return list(STEPS)
    had = db.execute(f"SELECT name FROM main.{STEPS_TABLE} WHERE migration_set = 'negotiator'").fetchall()
    return [step for step in STEPS if (step,) not in had]
