"""Many loads at once: a file is read and checked aside, then written in one short transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from negotiator.errors import BadInputError, InvalidLoadsError
from negotiator.loads.cells import Cells, Stored, whole_rate
from negotiator.loads.columns import COLUMNS, LOADS, RATES, meaning_of
from negotiator.loads.importing import staging
from negotiator.loads.importing.checking import Checker
from negotiator.loads.importing.plans import parse_mapping
from negotiator.progress import Progress, silent
from negotiator.records.formats import FileFormat
from negotiator.records.readers import open_records
from negotiator.storage.atomic_file import unfinished
from negotiator.storage.database import LoadsFile
from negotiator.storage.source import STDIN
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values import timestamps
from negotiator.values.text import quoted

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Imported:
    """What became of the loads of a file.

    So many are new, were changed, or were there already and are as they were. ``ignored`` names the headings
    that were left out, ``not_opened`` the loads whose status stays, because a rate is agreed for them, and
    ``low_ceilings`` those whose posted rate is now above their ceiling.
    """

    file: Path
    added: int
    updated: int
    skipped: int
    ignored: list[str]
    not_opened: list[str]
    low_ceilings: list[str]


def import_loads(
    file: LoadsFile,
    source: Path,
    *,
    now: datetime,
    form: FileFormat | None = None,
    update: bool = False,
    ignore_unknown: bool = False,
    mapping: Mapping[str, str] = _NOTHING,
    defaults: Mapping[str, str] = _NOTHING,
    zone: tzinfo | None = UTC,
    by: str | None = None,
    progress: Progress = silent,
) -> Imported:
    """Add the loads of a file (``-`` is stdin) to the table, all of them or none.

    Loads that are there already are left alone, or with ``update`` take the values that aren't blank.
    ``mapping`` says what headings stand for, ``defaults`` what new loads have in a column that is blank.
    Times that name no zone are local in ``zone``, None is the machine's own. ``by`` is who gives ceilings.
    The write lock is not held while the file is read, which may come slowly through a pipe.
    Raises FileMissingError for the source, InvalidLoadsError, which names lines and columns,
    UnusableFileError, BusyError.
    """
    meanings, usual = parse_mapping(mapping), _parse_defaults(defaults, zone)
    with sqlite_errors(file.path), open_records(source, form, LOADS, progress) as records:
        checker = Checker(records, Cells(zone, records.delimiter), meanings, ignore_unknown=ignore_unknown)
        with unfinished(file.path.parent, f".{file.path.name}.import-") as aside:
            count = staging.stage(aside, checker.rows())
            progress("writing", 0, 0)
            # What is wrong already can be said without waiting for the lock.
            transaction = file.read if checker.faults else file.write
            with staging.attached(file.connection, aside), transaction() as db:
                staging.find_faults(db, checker, usual, zone, update=update)
                checker.faults.refuse(_name_of(source))
                written = staging.write(db, timestamps.format_stored(now), usual, update=update, by=by)
    return Imported(
        source,
        written.added,
        written.updated,
        count - written.added - written.updated,
        list(checker.left_out),
        written.not_opened,
        written.low_ceilings,
    )


def _parse_defaults(given: Mapping[str, str], zone: tzinfo | None) -> dict[str, Stored]:
    """Return what is stored for the defaults, by column. Raises InvalidLoadsError."""
    cells, usual = Cells(zone), {}
    for heading, text in given.items():
        meaning = meaning_of(heading)
        column = meaning.column if meaning else ""
        if column not in COLUMNS or column == "load_id":
            raise InvalidLoadsError(
                f"{quoted(heading)} is no column that can have a default",
                f"the columns are {', '.join(COLUMNS)}",
            )
        try:
            value = cells.parsers[column](text)
            value = whole_rate(column, value, None) if column in RATES else value
        except BadInputError as error:
            said = error.message.removeprefix(f"{column}: ")
            raise InvalidLoadsError(f"the default of {column}: {said}", error.hint) from None
        if value is None:
            raise InvalidLoadsError(f"the default of {column} is blank", "give a value, or no default")
        usual[column] = value
    return usual


def _name_of(source: Path) -> str:
    return "standard input" if source == STDIN else repr(str(source))
