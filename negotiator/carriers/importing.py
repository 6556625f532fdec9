"""What a vetting service says of carriers: a file is read and checked, then written in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from negotiator.carriers.checking import Checker, Found, parse_mapping
from negotiator.carriers.columns import CARRIERS
from negotiator.carriers.directory import held_values, write_values
from negotiator.carriers.known import add_carrier
from negotiator.carriers.models import ImportedCarriers
from negotiator.carriers.standing import known_carrier, standing_of
from negotiator.errors import InvalidCarriersError
from negotiator.progress import Progress, silent
from negotiator.records.faults import Faults
from negotiator.records.readers import open_records
from negotiator.storage.database import LoadsFile
from negotiator.storage.source import STDIN
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values.mc_number import DOT, usual_spelling

_NOTHING: Mapping[str, str] = {}


def import_carriers(
    file: LoadsFile,
    source: Path,
    *,
    now: datetime,
    mapping: Mapping[str, str] = _NOTHING,
    by: str | None = None,
    progress: Progress = silent,
) -> ImportedCarriers:
    """Add the carriers of a file (``-`` is stdin), or change those that are there: all of them or none.

    A carrier is known by its MC number, or by its DOT number where that is on record. Values that are blank
    change nothing. ``mapping`` says what headings stand for, ``by`` who imports them.
    The write lock is not held while the file is read.
    Raises FileMissingError for the source, InvalidCarriersError with all that is wrong, UnusableFileError,
    BusyError; then nothing was changed.
    """
    meanings = parse_mapping(mapping)
    with sqlite_errors(file.path), open_records(source, None, CARRIERS, progress) as records:
        checker = Checker(records, meanings)
        found = checker.carriers()
    name = "standard input" if source == STDIN else repr(str(source))
    checker.faults.refuse(name)
    with file.write() as db:
        carriers = _by_digits(db, found, checker.faults)
        checker.faults.refuse(name)
        changes = [_write(db, carrier, given, now, by) for carrier, given in carriers.items()]
        standings = {usual_spelling(carrier): standing_of(db, carrier, now) for carrier in carriers}
    return ImportedCarriers(
        file=source,
        added=changes.count("added"),
        updated=changes.count("updated"),
        unchanged=changes.count("unchanged"),
        ignored=list(checker.left_out),
        barred=[number for number, standing in standings.items() if not standing.may_haul],
        unknown_statuses=[number for number, standing in standings.items() if standing.unknown_status],
    )


def _by_digits(db: Connection, found: list[Found], faults: Faults) -> dict[str, Found]:
    """Return carriers by what tells one from others; one that stands in the file twice is a fault."""
    carriers: dict[str, Found] = {}
    both = {given.dot_number: given.mc_number for given in found if given.dot_number and given.mc_number}
    for given in found:
        dot = given.dot_number or ""  # it has one number at least
        carrier = given.mc_number or both.get(dot) or known_carrier(db, f"{DOT}{dot}") or dot
        if carrier in carriers:
            before = f"{faults.unit} {carriers[carrier].place}"
            said = f"carrier {usual_spelling(carrier)} stands in {before} already"
            faults.of_record(given.place, InvalidCarriersError(said, "give each carrier once"))
        carriers.setdefault(carrier, given)
    return carriers


def _write(db: Connection, carrier: str, given: Found, now: datetime, by: str | None) -> str:
    """Write a carrier, and return what became of it."""
    values: dict[str, str] = dict(given.values)
    if given.dot_number is not None:
        values["dot_number"] = given.dot_number
    held = held_values(db, carrier)
    if held is None:
        add_carrier(db, carrier, values.get("company_name"), now)
    changed = values if held is None else {name: text for name, text in values.items() if held[name] != text}
    write_values(db, carrier, changed, now=now, by=by)
    return "added" if held is None else "updated" if changed else "unchanged"
