"""The schema's steps. A step that has landed is never edited; a new one gets the next number.

This file stands alone, so that ``sqlite-utils migrate loads.db negotiator/migrations.py`` works wherever
sqlite-utils does. What is in a file already, whoever put it there, is kept.
"""

from typing import cast

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

migrations = Migrations("negotiator")


@migrations()
def m001_add_session_id(db: Database) -> None:
    """Add the column session_id to negotiations, and its two indexes: it ties the rounds of a session."""
    _add_text_column(db, "negotiations", "session_id")
    _add_index(db, "negotiations", "idx_negotiations_session_id", ("session_id",))
    _add_index(db, "negotiations", "idx_negotiations_call_session", ("call_id", "session_id"))


@migrations()
def m002_add_notes(db: Database) -> None:
    """Add the column notes to negotiations: the note that was given with an ask."""
    _add_text_column(db, "negotiations", "notes")


@migrations()
def m003_index_calls_by_load(db: Database) -> None:
    """Add an index on calls by load: whether a rate was agreed for a load is asked in every round."""
    _add_index(db, "calls", "idx_calls_load_id", ("load_id",))


def _add_text_column(db: Database, table: str, column: str) -> None:
    """Add the column unless it is there. Raises ValueError if it is there and can't be written."""
    # table_xinfo, because table_info leaves generated columns out; names of columns ignore case.
    for _, name, _, _, _, _, hidden in db.execute(f'PRAGMA main.table_xinfo("{table}")').fetchall():
        if name.lower() == column:
            if hidden:
                raise ValueError(f"{table}.{name} is a generated column: rename it, then migrate again")
            return
    db.execute(f'ALTER TABLE main."{table}" ADD COLUMN "{column}" TEXT')


def _add_index(db: Database, table: str, index: str, columns: tuple[str, ...]) -> None:
    """Add the index unless it is there. Raises ValueError if its name stands for something else."""
    holder = db.execute(
        "SELECT tbl_name FROM main.sqlite_master WHERE type = 'index' AND lower(name) = ?", [index]
    ).fetchone()
    if holder is None:
        # In brackets a name is always a name; in quotes one that is no column would be taken for text.
        listed = ", ".join(f"[{column}]" for column in columns)
        db.execute(f'CREATE INDEX main."{index}" ON "{table}" ({listed})')
    elif holder[0].lower() != table or not _is_plain_index(cast("Table", db[table]), index, columns):
        raise ValueError(
            f"the index {index} is there, but not as a plain index of {table} ({', '.join(columns)}): "
            "drop it or rename it, then migrate again"
        )


def _is_plain_index(table: Table, index: str, columns: tuple[str, ...]) -> bool:
    """Return whether the index covers exactly these columns: every row, no uniqueness, usual collation."""
    plain = next(found for found in table.indexes if found.name.lower() == index)
    keys = next(found for found in table.xindexes if found.name.lower() == index).columns
    covers = tuple((column or "").lower() for column in plain.columns) == columns
    usual = all(key.coll == "BINARY" for key in keys if key.key)
    return covers and usual and not plain.unique and not plain.partial
