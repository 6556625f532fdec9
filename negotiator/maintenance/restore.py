"""The inverse of a backup: a file gets back the state that a copy holds, and loses nothing by it."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from negotiator.errors import BadInputError, BusyError, DamagedFileError, NotADatabaseError
from negotiator.maintenance.backup import PAGES_A_STEP, Backup, back_up_open, checked_copy
from negotiator.progress import Progress, silent
from negotiator.storage.aside import moved_aside
from negotiator.storage.atomic_file import publish, real_path, remove, take_after
from negotiator.storage.database import connect, use_write_ahead_log
from negotiator.storage.follower import refuse_follower
from negotiator.storage.inspection import quick_check, require_tables
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import patiently, read_transaction, wait_seconds


@dataclass(frozen=True)
class Restored:
    """What a restore did: the rows that the file has now, and where its former content is.

    ``backup`` is the copy of a sound former file, ``damaged`` the name that an unsound one was moved to.
    """

    file: Path
    rows: dict[str, int]
    backup: Path | None = None
    damaged: Path | None = None


class _ChangedError(Exception):
    """Somebody wrote between our backup and our lock."""


def restore(backup: Path, path: Path, *, now: datetime, progress: Progress = silent) -> Restored:
    """Give ``path`` the state that ``backup`` holds.

    The backup is checked first. A sound file is backed up and overwritten in place under its lock, so that
    whoever has it open goes on with the new state; nothing that is committed meanwhile goes missing. A
    damaged one is moved aside with its side files, and comes back if the new one cannot take its place. A new
    one is in WAL mode, as `init` makes it.
    Raises FileMissingError, UnusableFileError and its kinds, BusyError, BadInputError for one and the
    same file.
    """
    with sqlite_errors(path):
        refuse_follower(path)
        if path.is_symlink():
            path = real_path(path)  # SQLite keeps side files beside the real file
        former = path.stat() if path.exists() else None
    with sqlite_errors(backup):
        if former and backup.exists() and os.path.samestat(former, backup.stat()):
            raise BadInputError(f"{str(backup)!r} can't be restored from itself", "name a backup of it")
    with closing(connect(backup)) as source:
        prefix = path.parent / f".{path.name}.restore-"
        with checked_copy(source, backup, prefix, progress) as (copy, rows), sqlite_errors(path):
            if _is_sound(path):
                saved = _overwrite(path, copy, now, progress)
                return Restored(path, rows, backup=saved.path if saved else None)
            use_write_ahead_log(copy)
            with moved_aside(path, now) as damaged:
                if former:
                    take_after(copy, former)
                publish(copy, path)
            return Restored(path, rows, damaged=damaged)


def _is_sound(path: Path) -> bool:
    """Return whether there is a file, and SQLite finds it sound. Raises for what must not be replaced."""
    if not path.exists():
        return False
    if not path.is_file():
        raise NotADatabaseError(f"{str(path)!r} is not a file", "name the file to restore")
    try:
        with closing(connect(path)) as db, read_transaction(db, path):
            quick_check(db, path)
            if not _is_empty(db):
                require_tables(db, path)  # another program's file is sound, and is not ours to replace
    except (DamagedFileError, NotADatabaseError):
        return False
    return True


def _is_empty(db: Connection) -> bool:
    return db.execute("SELECT 1 FROM main.sqlite_master").fetchone() is None


def _overwrite(path: Path, copy: Path, now: datetime, progress: Progress) -> Backup | None:
    """Replace the content of a sound file, and return the backup of what it was."""
    with closing(connect(path)) as target, closing(connect(copy)) as source, sqlite_errors(path):
        with read_transaction(target, path):  # which waits for a lock
            _take_page_size_of(source, target)
            in_wal_mode = target.execute("PRAGMA journal_mode").fetchone() == ("wal",)

        def save() -> Backup | None:
            return None if _is_empty(target) else back_up_open(target, path, now=now, progress=progress)

        if in_wal_mode:
            return _overwrite_shared(path, target, source, save, progress)
        # Whoever has the file open holds no lock between transactions, so this one can be kept throughout.
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        patiently(target, "BEGIN EXCLUSIVE")
        target.execute("COMMIT")
        former = save()
        _copy_back(source, target, path, progress, lambda: None)
        return former


def _overwrite_shared(
    path: Path, target: Connection, source: Connection, save: Callable[[], Backup | None], progress: Progress
) -> Backup | None:
    """Do it in WAL mode, where no lock can be kept: if somebody wrote after the backup, begin again."""
    deadline = time.monotonic() + wait_seconds()
    with closing(connect(path)) as witness:
        while True:
            version = _data_version(witness)
            former = save()

            def require_unchanged(seen: int = version) -> None:
                if _data_version(witness) != seen:
                    raise _ChangedError

            try:
                _copy_back(source, target, path, progress, require_unchanged)
            except _ChangedError:
                if former:
                    remove(former.path)  # ours, and the next one holds all that it holds
                if time.monotonic() > deadline:
                    raise _busy(path) from None
            else:
                return former


def _data_version(db: Connection) -> int:
    """Return a number that changes when another connection has committed."""
    version: int = db.execute("PRAGMA data_version").fetchone()[0]
    return version


def _copy_back(
    source: Connection, target: Connection, path: Path, progress: Progress, when_locked: Callable[[], None]
) -> None:
    """Copy all pages in one transaction of the target's; ``when_locked`` may still stop it by raising."""
    deadline = time.monotonic() + wait_seconds()
    total_pages = source.execute("PRAGMA page_count").fetchone()[0]
    locked = False

    def report(status: int, left: int, total: int) -> None:
        nonlocal locked
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            if time.monotonic() > deadline:
                raise _busy(path)
        elif not locked:
            when_locked()
            locked = True
        progress("restoring", total - left, total)

    # Two steps at least: the first takes the lock, and the last commits.
    source.backup(target, pages=max(1, min(PAGES_A_STEP, total_pages // 2)), progress=report)


def _busy(path: Path) -> BusyError:
    return BusyError(f"{str(path)!r} is in use by another program", "try again when less is going on")


def _take_page_size_of(copy: Connection, target: Connection) -> None:
    """Give our copy the page size of the file that it overwrites, which keeps that and its journal mode."""
    size = target.execute("PRAGMA page_size").fetchone()[0]
    if not _is_empty(target) and size != copy.execute("PRAGMA page_size").fetchone()[0]:
        copy.execute(f"PRAGMA page_size = {size}")
        copy.execute("VACUUM")
