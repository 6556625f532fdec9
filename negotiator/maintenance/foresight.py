"""What a migration would do to a file, tried on a copy of its schema in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from sqlite3 import Connection

from negotiator.migrations import migrations
from negotiator.storage.database import as_database
from negotiator.storage.inspection import missing_columns, pending
from negotiator.storage.schema import BASE_TABLES, STEPS_TABLE, TABLES

_OBJECTS = """
    SELECT type, name, sql FROM main.sqlite_master
     WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid
"""


@dataclass(frozen=True)
class SchemaObject:
    """A table, a column, an index or a view that every migrated file has, and the statement that makes it."""

    kind: str
    name: str
    sql: str

    def __str__(self) -> str:
        """Return what it is called in a message."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Foreseen:
    """What a migration would do: its steps, and what it would make again because another program dropped it.

    ``changed`` names views that are there and are not as they were made. ``obstacle`` says why the migration
    would fail, None if nothing is known to stop it.
    """

    pending: tuple[str, ...]
    missing: tuple[SchemaObject, ...]
    changed: tuple[str, ...]
    obstacle: str | None

    @property
    def is_needed(self) -> bool:
        """Whether little works before it: steps are pending, or tables or columns are gone."""
        return bool(self.pending) or any(item.kind in {"table", "column"} for item in self.missing)


def foresee(db: Connection) -> Foreseen:
    """Try on a copy of a file's schema what a migration would do to the file; reads only."""
    found = tuple(pending(db))
    missing: list[SchemaObject] = []
    with _schema_in_memory(db) as trial, _new_file() as new:
        try:
            migrations.apply(as_database(trial))
            missing += _missing(trial, new)
            for item in missing:
                trial.execute(item.sql)
            obstacle = _repeated_value(db, trial)
        except (ValueError, sqlite3.Error) as error:
            obstacle = str(error)
        if any(missing_columns(trial, table) for table in TABLES):
            obstacle = None  # another program's schema that cannot be copied: the migration itself will tell
        return Foreseen(found, tuple(missing), tuple(_changed_views(trial, new)), obstacle)


@contextmanager
def _schema_in_memory(db: Connection) -> Iterator[Connection]:
    """Give an empty file in memory with the same schema, as far as it can be made, and the same steps."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as trial:
        for _, _, sql in db.execute(_OBJECTS).fetchall():
            with suppress(sqlite3.Error):  # such as a virtual table of a module that is not here
                trial.execute(sql)
        with suppress(sqlite3.Error):  # neither has the table
            for row in db.execute(f"SELECT * FROM main.{STEPS_TABLE}").fetchall():
                trial.execute(f"INSERT INTO main.{STEPS_TABLE} VALUES ({', '.join('?' * len(row))})", row)
        yield trial


@contextmanager
def _new_file() -> Iterator[Connection]:
    """Give a new, migrated file in memory: what it has is what every file should have."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        new.executescript(BASE_TABLES)
        migrations.apply(as_database(new))
        yield new


def _missing(db: Connection, new: Connection) -> Iterator[SchemaObject]:
    """Give what a migrated file lacks of what a new one has, in an order in which it can be made."""
    held = {name.lower() for _, name, _ in db.execute(_OBJECTS).fetchall()}
    objects = [SchemaObject(*row) for row in new.execute(_OBJECTS).fetchall()]
    lacking = [item for item in objects if item.name not in held]
    yield from (item for item in lacking if item.kind == "table")
    for table in TABLES:
        had = _columns(db, table)
        for name, kind in _columns(new, table).items():
            if name not in had:
                add = f'ALTER TABLE main."{table}" ADD COLUMN "{name}" {kind}'
                yield SchemaObject("column", f"{table}.{name}", add)
    yield from (item for item in lacking if item.kind != "table")


def _columns(db: Connection, table: str) -> dict[str, str]:
    """Return the columns of a table, each with its type. Names ignore case."""
    found = db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall()
    return {name.lower(): kind for _, name, kind, *_ in found}


def _changed_views(db: Connection, new: Connection) -> Iterator[str]:
    """Give the names of views that are otherwise than in a new file."""
    held = dict(db.execute("SELECT lower(name), sql FROM main.sqlite_master").fetchall())
    for kind, name, sql in new.execute(_OBJECTS).fetchall():
        if kind == "view" and held.get(name, sql) != sql:
            yield name


def _repeated_value(db: Connection, trial: Connection) -> str | None:
    """Return what would stop a unique index that the trial has and the file has not: a value that repeats."""
    for table in TABLES:
        held = {row[1].lower() for row in db.execute(f'PRAGMA main.index_list("{table}")').fetchall()}
        for _, index, is_unique, *_ in trial.execute(f'PRAGMA main.index_list("{table}")').fetchall():
            if is_unique and index.lower() not in held:
                columns = [row[2] for row in trial.execute(f'PRAGMA main.index_info("{index}")').fetchall()]
                if _repeats(db, table, columns):
                    name = f"{table}.{', '.join(columns)}"
                    return f"{name} repeats a value, which {index} forbids: rename it, then migrate again"
    return None


def _repeats(db: Connection, table: str, columns: list[str]) -> bool:
    if not _columns(db, table).keys() >= {column.lower() for column in columns}:
        return False  # a column that is to be added has no values yet
    listed = ", ".join(f"[{column}]" for column in columns)
    known = " AND ".join(f"[{column}] IS NOT NULL" for column in columns)
    sql = f"SELECT 1 FROM main.[{table}] WHERE {known} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"
    return db.execute(sql).fetchone() is not None
