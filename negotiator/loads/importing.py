"""Many loads at once: a file is read and checked aside, then written in one short transaction."""

import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import BadInputError, InvalidLoadsError, Remedy, UnfinishedTidyingWarning
from negotiator.loads.columns import FIELDS, Stored, column_of, parse_field, refuse_backwards, shown
from negotiator.loads.filters import LoadFormat
from negotiator.loads.readers import Records, open_records
from negotiator.progress import Progress, silent
from negotiator.storage.atomic_file import unfinished
from negotiator.storage.database import LoadsFile, as_database, file_uri
from negotiator.storage.source import STDIN
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values import timestamps

MOST_FAULTS = 20
"""How many faults are told of before reading stops."""
_COLUMNS = tuple(FIELDS)
_REQUIRED = tuple(column for column, field in FIELDS.items() if field.required)
_OPTIONAL = tuple(column for column in _COLUMNS if column != "load_id")
_OPEN_TO_CHANGE = tuple(column for column in _OPTIONAL if column != "status")
_STAGE = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE incoming (place INTEGER PRIMARY KEY, {", ".join(_COLUMNS)});
"""
_REPEATED = f"""
    SELECT load_id, min(place), max(place) FROM incoming
     GROUP BY load_id HAVING count(*) > 1 ORDER BY max(place) LIMIT {MOST_FAULTS}
"""
_IS_NEW = "NOT EXISTS (SELECT 1 FROM main.loads WHERE load_id = new.load_id)"
_INCOMPLETE = f"""
    SELECT place, {", ".join(f"{column} IS NULL" for column in _REQUIRED)} FROM staged.incoming AS new
     WHERE ({" OR ".join(f"{column} IS NULL" for column in _REQUIRED)}) AND {_IS_NEW}
     ORDER BY place LIMIT {MOST_FAULTS}
"""
_BACKWARDS = f"""
    SELECT place FROM staged.incoming AS new JOIN main.loads AS old USING (load_id)
     WHERE (new.pickup_datetime IS NOT NULL OR new.delivery_datetime IS NOT NULL)
       AND datetime(coalesce(new.delivery_datetime, old.delivery_datetime))
           < datetime(coalesce(new.pickup_datetime, old.pickup_datetime))
     ORDER BY place LIMIT {MOST_FAULTS}
"""
_UPDATE = f"""
    UPDATE main.loads
       SET {", ".join(f"{name} = coalesce(new.{name}, loads.{name})" for name in _OPEN_TO_CHANGE)},
           status = CASE WHEN new.status = 'available' AND EXISTS (
                             SELECT 1 FROM main.calls WHERE calls.load_id = loads.load_id
                                AND CAST(final_rate_agreed AS REAL) > 0)
                         THEN loads.status ELSE coalesce(new.status, loads.status) END,
           updated_at = ?
      FROM staged.incoming AS new WHERE new.load_id = loads.load_id
"""
_INSERT = f"""
    INSERT INTO main.loads ({", ".join(_COLUMNS)}, created_at, updated_at)
    SELECT {", ".join(_COLUMNS).replace("status", "coalesce(status, 'available')")}, ?, ?
      FROM staged.incoming AS new WHERE {_IS_NEW} ORDER BY place
"""

Plan = tuple[tuple[int, str, str], ...]
"""Which values of a record are taken: the position, the column, and what the file's reader calls it."""


@dataclass(frozen=True)
class Imported:
    """How many loads of a file are new, were changed, or were there already and left as they are."""

    file: Path
    added: int
    updated: int
    skipped: int


def import_loads(
    file: LoadsFile,
    source: Path,
    *,
    now: datetime,
    form: LoadFormat | None = None,
    update: bool = False,
    ignore_unknown: bool = False,
    progress: Progress = silent,
) -> Imported:
    """Add the loads of a file (``-`` is stdin) to the table, all of them or none.

    Loads that are there already are left alone, or with ``update`` take the values that aren't blank.
    The write lock is not held while the file is read, which may come slowly through a pipe.
    Raises FileMissingError for the source, InvalidLoadsError, which names lines and columns,
    UnusableFileError, BusyError.
    """
    db, path = file.connection, file.path
    with sqlite_errors(path), open_records(source, form, progress) as records:
        prefix = f".{path.name}.import-"
        with unfinished(path.parent, prefix) as staged:
            count = _stage(staged, records, source, ignore_unknown=ignore_unknown)
            progress("writing", 0, 0)
            with _attached(db, staged), file.write():
                _refuse(source, _unfit(db, records.unit, update=update))
                changed = _write(db, timestamps.format_stored(now), update=update)
    added, updated = changed
    return Imported(source, added, updated, count - added - updated)


@contextmanager
def _attached(db: Connection, staged: Path) -> Iterator[None]:
    """Let statements name the staged file, which is ours, as ``staged``."""
    # For writing, though it is only read: below 3.34 SQLite locks no transaction with a read-only file in it.
    db.execute("ATTACH ? AS staged", [file_uri(staged, "rw")])
    try:
        yield
    finally:
        try:
            db.execute("DETACH staged")
        except sqlite3.Error as error:  # the loads are in the table, or a failure is on its way
            warnings.warn(UnfinishedTidyingWarning(f"{str(staged)!r} is still open: {error}"), stacklevel=4)


def _stage(staged: Path, records: Records, source: Path, *, ignore_unknown: bool) -> int:
    """Put the checked records in a file of their own; return how many. Raises InvalidLoadsError."""
    connection = sqlite3.connect(file_uri(staged, "rw"), uri=True, isolation_level=None)
    with closing(connection) as db:
        db.executescript(_STAGE)
        checker = _Checker(records.unit, ignore_unknown=ignore_unknown)
        if records.header is not None:
            checker.plan(records.header)  # of a file without rows too
        utils = as_database(db)
        with utils.atomic():
            utils.table("incoming").insert_all(checker.rows(records))
        faults = checker.faults or [
            f"{records.unit} {last}: load_id: {shown(name)} stands in {records.unit} {first} already"
            for name, first, last in db.execute(_REPEATED).fetchall()
        ]
        _refuse(source, faults)
        return int(db.execute("SELECT count(*) FROM incoming").fetchone()[0])


def _refuse(source: Path, faults: Sequence[str]) -> None:
    """Raise InvalidLoadsError if there are faults."""
    if faults:
        name = "standard input" if source == STDIN else repr(str(source))
        more = "; there may be more" if len(faults) >= MOST_FAULTS else ""
        raise InvalidLoadsError(
            f"{name} was not imported: {'; '.join(faults)}{more}", "correct that; nothing was changed"
        )


class _Checker:
    """Turns records into rows to store, and keeps what was wrong with those that can't be."""

    def __init__(self, unit: str, *, ignore_unknown: bool) -> None:
        self.faults: list[str] = []
        self._unit = unit
        # Of JSON lines each may have keys of its own; most have the same.
        self.plan = lru_cache(partial(_plan, ignore_unknown=ignore_unknown))

    def rows(self, records: Records) -> Iterator[tuple[Stored | None, ...]]:
        """Give the names of the columns, then the rows that are in order; stop when too many are not."""
        yield ("place", *_COLUMNS)
        for place, headings, values in records.records:
            row: dict[str, Stored | None] = dict.fromkeys(_COLUMNS)
            before = len(self.faults)
            try:
                self._fill(row, place, self.plan(headings), headings, values)
            except BadInputError as error:
                self._note(place, error.message)
            if len(self.faults) == before:
                yield (place, *row.values())
            elif len(self.faults) >= MOST_FAULTS:
                return

    def _fill(
        self,
        row: dict[str, Stored | None],
        place: int,
        plan: Plan,
        headings: Sequence[str],
        values: Sequence[object],
    ) -> None:
        """Check each value; a fault in one doesn't keep the others from being looked at."""
        if len(values) != len(headings):
            raise InvalidLoadsError(f"it has {len(values)} values, for {len(headings)} columns")
        for position, column, label in plan:
            try:
                row[column] = parse_field(column, values[position])
            except BadInputError as error:
                self._note(place, f"{label}: {error.message}")
        if row["load_id"] is None:
            raise InvalidLoadsError("load_id: it is missing")
        refuse_backwards(row)

    def _note(self, place: int, what: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"{self._unit} {place}: {what}")


def _plan(headings: tuple[str, ...], *, ignore_unknown: bool) -> Plan:
    """Return which positions hold which columns. Raises InvalidLoadsError for headings that don't fit."""
    plan: dict[str, tuple[int, str, str]] = {}
    for position, heading in enumerate(headings):
        column = column_of(heading)
        if column is None and not ignore_unknown:
            name = (
                f"{shown(heading)} is no column" if heading.strip() else f"column {position + 1} has no name"
            )
            raise InvalidLoadsError(
                f"{name} of a load",
                "name it as in the table, or leave it out",
                remedy=Remedy.IGNORE_UNKNOWN_COLUMNS,
            )
        if column in plan:
            names = f"{shown(headings[plan[column][0]])} and {shown(heading)}"
            raise InvalidLoadsError(f"the columns {names} both mean {column}", "leave one of them out")
        if column is not None:
            label = column if heading == column else f"{heading.strip()[:40]} ({column})"
            plan[column] = (position, column, label)
    return tuple(plan.values())


def _unfit(db: Connection, unit: str, *, update: bool) -> list[str]:
    """Return what is wrong with the staged rows beside those that are in the table."""
    faults = []
    for place, *missing in db.execute(_INCOMPLETE).fetchall():
        names = [column for column, is_missing in zip(_REQUIRED, missing, strict=True) if is_missing]
        faults.append(f"{unit} {place}: {', '.join(names)}: missing, and the load is new")
    if update:
        found = db.execute(_BACKWARDS).fetchall()
        faults += [f"{unit} {place}: delivery_datetime: it is before pickup_datetime" for (place,) in found]
    return faults[:MOST_FAULTS]


def _write(db: Connection, stamp: str, *, update: bool) -> tuple[int, int]:
    """Return how many rows were added and updated."""
    updated = db.execute(_UPDATE, [stamp]).rowcount if update else 0
    return db.execute(_INSERT, [stamp, stamp]).rowcount, updated
