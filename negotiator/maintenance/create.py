"""Make a new file."""

from datetime import datetime
from pathlib import Path

from negotiator.maintenance.sample import insert_sample
from negotiator.migrations import migrations
from negotiator.storage.atomic_file import publish, side_files, taken, unfinished
from negotiator.storage.database import as_database, connect, use_write_ahead_log
from negotiator.storage.schema import BASE_TABLES
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values import timestamps


def init(path: Path, *, sample: bool = False, now: datetime | None = None) -> None:
    """Make a new file: the four tables, every migration, WAL mode, readable by the owner alone.

    ``sample`` puts in a small load board with calls that wait for a first ask.
    Raises FileExistsConflictError when the file, or a side file of one that was, exists;
    FileMissingError when its folder doesn't; UnusableFileError.
    """
    with sqlite_errors(path):
        for name in (path, *side_files(path)):
            if name.exists() or name.is_symlink():
                raise taken(name)
        with unfinished(path.parent, f".{path.name}.init-") as new:
            _fill(new, now or timestamps.utc_now(), sample=sample)
            use_write_ahead_log(new)  # last: until here nothing has to be waited for
            publish(new, path)


def _fill(path: Path, now: datetime, *, sample: bool) -> None:
    db = connect(path)
    try:
        db.executescript(BASE_TABLES)
        utils = as_database(db)
        migrations.apply(utils)
        if sample:
            insert_sample(utils, now)
    finally:
        db.close()
