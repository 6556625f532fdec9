"""The rows of a file beside the table of loads: what they lack there, and how they are added to it.

They stand in a file of their own, so that the table is locked for a moment only.
"""

import sqlite3
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import tzinfo
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

from negotiator.errors import InvalidLoadsError, UnfinishedTidyingWarning
from negotiator.loads import ceilings
from negotiator.loads.cells import Stored, backwards
from negotiator.loads.columns import COLUMNS, IN_TABLE, REQUIRED
from negotiator.loads.importing.checking import Checker, Row
from negotiator.loads.moments import is_before
from negotiator.records.faults import MOST_FAULTS
from negotiator.storage.database import file_uri
from negotiator.storage.sql import moment_of, rate_of, word_of
from negotiator.values.text import quoted
from negotiator.values.timestamps import parse_stored

Defaults = Mapping[str, Stored]
"""What new loads have in a column that the file leaves blank."""

_OTHERS = tuple(column for column in IN_TABLE if column != "load_id")
_CREATE = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE incoming (place INTEGER PRIMARY KEY, load_id TEXT, {", ".join(_OTHERS)}, ceiling);
    CREATE INDEX incoming_load_id ON incoming (load_id);
"""
_ROW = ("place", *COLUMNS)
_ADD = f"INSERT INTO incoming ({', '.join(_ROW)}) VALUES ({', '.join('?' * len(_ROW))})"
_REPEATED = f"""
    SELECT load_id, min(place), max(place) FROM staged.incoming
     GROUP BY load_id HAVING count(*) > 1 ORDER BY max(place) LIMIT {MOST_FAULTS}
"""
_IS_NEW = ceilings.LOAD_IS_NEW
_FIRST_NEW = f"SELECT place FROM staged.incoming AS new WHERE {_IS_NEW} ORDER BY place LIMIT 1"
# Pick-up and delivery of loads for which the file doesn't give both.
_HALF_GIVEN = f"""
    SELECT place, pickup, delivery FROM (
        SELECT new.place,
               coalesce(new.pickup_datetime, old.pickup_datetime, :pickup) AS pickup,
               coalesce(new.delivery_datetime, old.delivery_datetime, :delivery) AS delivery
          FROM staged.incoming AS new LEFT JOIN main.loads AS old USING (load_id)
         WHERE (new.pickup_datetime IS NULL OR new.delivery_datetime IS NULL)
           AND (old.load_id IS NULL
                OR (:update AND coalesce(new.pickup_datetime, new.delivery_datetime) IS NOT NULL)))
     WHERE {moment_of("delivery")} < {moment_of("pickup")} ORDER BY place
"""
_IS_AGREED = f"""
    EXISTS (SELECT 1 FROM main.calls
             WHERE calls.load_id = new.load_id AND {rate_of("final_rate_agreed")} IS NOT NULL)
"""
_STATUS = f"coalesce({word_of('loads.status')}, 'available')"
_NOT_OPENED = f"""
    SELECT load_id FROM staged.incoming AS new JOIN main.loads USING (load_id)
     WHERE new.status = 'available' AND {_STATUS} <> 'available' AND {_IS_AGREED} ORDER BY place
"""


def _updated(column: str) -> str:
    """Return the SQL of a column's value after an update: what is blank, or means the same, keeps its own."""
    same = f"new.{column} IS loads.{column}"
    if column == "status":
        same = f"new.status = {_STATUS} OR (new.status = 'available' AND {_IS_AGREED})"
    elif column.endswith("_datetime"):
        same += f" OR new.{column} = {moment_of(f'loads.{column}')}"
    return f"CASE WHEN new.{column} IS NULL OR {same} THEN loads.{column} ELSE new.{column} END"


_CHANGES = " OR ".join(
    [*(f"{_updated(column)} IS NOT loads.{column}" for column in _OTHERS), ceilings.IS_ANOTHER]
)
# Without UPDATE ... FROM, which SQLite has from 3.33 on.
_UPDATE = f"""
    UPDATE main.loads
       SET updated_at = :now, ({", ".join(_OTHERS)}) = (
             SELECT {", ".join(map(_updated, _OTHERS))} FROM staged.incoming AS new
              WHERE new.load_id = loads.load_id)
     WHERE load_id IN (
             SELECT load_id FROM staged.incoming AS new JOIN main.loads USING (load_id) WHERE {_CHANGES})
"""


class Written(NamedTuple):
    """What became of the staged rows.

    So many loads were added and changed. Some were not opened: a rate is agreed for them. And of some the
    posted rate was raised above the ceiling that they had.
    """

    added: int
    updated: int
    not_opened: list[str]
    low_ceilings: list[str]


def stage(path: Path, rows: Iterator[Row]) -> int:
    """Put rows in a file of their own; return how many."""
    connection = sqlite3.connect(file_uri(path, "rw"), uri=True, isolation_level=None)
    with closing(connection) as db:
        db.executescript(_CREATE)
        db.execute("BEGIN")
        # Not by sqlite-utils, which looks at each value for what JSON would need: a fifth of an import.
        db.executemany(_ADD, rows)
        db.execute("COMMIT")
        return int(db.execute("SELECT count(*) FROM incoming").fetchone()[0])


@contextmanager
def attached(db: Connection, path: Path) -> Iterator[None]:
    """Have the staged rows beside the table inside a ``with`` block, as ``staged``."""
    # For writing, though it is only read: below 3.34 SQLite locks no transaction with a read-only file in it.
    db.execute("ATTACH ? AS staged", [file_uri(path, "rw")])
    try:
        yield
    finally:
        try:
            db.execute("DETACH staged")
        except sqlite3.Error as error:  # the loads are in the table, or a failure is on its way
            warnings.warn(UnfinishedTidyingWarning(f"{str(path)!r} is still open: {error}"), stacklevel=4)


def find_faults(
    db: Connection, checker: Checker, defaults: Defaults, zone: tzinfo | None, *, update: bool
) -> None:
    """Note what is wrong with the staged rows among each other and beside the table."""
    faults, known = checker.faults, checker.known
    for load_id, first, last in db.execute(_REPEATED).fetchall():
        faults.of_record(last, _repeated(load_id, f"{faults.unit} {first}"))
    needed = [column for column in REQUIRED if column not in defaults]
    lacking = [column for column in needed if column not in known]
    first_new = db.execute(_FIRST_NEW).fetchone() if lacking else None
    if first_new:
        faults.of_missing(lacking, first_new[0])
    given = [column for column in needed if column in known]
    for place, *missing in db.execute(_incomplete(given)).fetchall() if given else []:
        names = [column for column, is_missing in zip(given, missing, strict=True) if is_missing]
        faults.of_record(place, _incomplete_load(names))
    usual = {"pickup": defaults.get("pickup_datetime"), "delivery": defaults.get("delivery_datetime")}
    for place, pickup, delivery in db.execute(_HALF_GIVEN, usual | {"update": update}).fetchall():
        begin, end = parse_stored(pickup), parse_stored(delivery)
        if begin and end and is_before(end, begin, zone):
            faults.of_record(place, backwards())
    for place, error in ceilings.low_in_file(db, defaults, update=update):
        faults.of_record(place, error)


def write(db: Connection, now: str, defaults: Defaults, *, update: bool, by: str | None) -> Written:
    """Add the staged rows whose load is new, and with ``update`` change the others.

    ``now`` is as stored; ``by`` is who gives ceilings.
    """
    not_opened = [name for (name,) in db.execute(_NOT_OPENED).fetchall()] if update else []
    low_ceilings = ceilings.low_in_table(db, defaults, update=update)
    updated = db.execute(_UPDATE, {"now": now}).rowcount if update else 0
    given = {"status": "available", **defaults}
    ceilings.keep_all(db, defaults, by=by, now=now, update=update)
    values = [f"coalesce({column}, :{column})" if column in given else column for column in IN_TABLE]
    added = db.execute(
        f"""
        INSERT INTO main.loads ({", ".join(IN_TABLE)}, created_at, updated_at)
        SELECT {", ".join(values)}, :now, :now FROM staged.incoming AS new WHERE {_IS_NEW} ORDER BY place
        """,
        {**given, "now": now},
    ).rowcount
    return Written(added, updated, not_opened, low_ceilings)


def _incomplete(columns: Collection[str]) -> str:
    """Return the SQL that finds new loads in which one of these columns is blank."""
    blank = [f"{column} IS NULL" for column in columns]
    return f"""
        SELECT place, {", ".join(blank)} FROM staged.incoming AS new
         WHERE ({" OR ".join(blank)}) AND {_IS_NEW} ORDER BY place LIMIT {MOST_FAULTS}
    """


def _repeated(load_id: object, where: str) -> InvalidLoadsError:
    return InvalidLoadsError(f"load_id: {quoted(load_id)} stands in {where} already", "give each load once")


def _incomplete_load(columns: Collection[str]) -> InvalidLoadsError:
    return InvalidLoadsError(
        f"{', '.join(columns)}: missing, and the load is new", "a new load has to have all of them"
    )
