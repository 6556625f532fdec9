"""The carriers that the file knows: listed, found, changed, added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from negotiator.carriers.models import Block, CarrierDetail, CarrierFilter, ListedCarrier
from negotiator.carriers.standing import Standing, known_carrier, standing_of
from negotiator.errors import CarrierNotFoundError, InvalidCarriersError, Remedy, SchemaError
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits, moment_of, text_of
from negotiator.values.cells import flag_from, text_from
from negotiator.values.mc_number import DOT, carrier_number, usual_spelling
from negotiator.values.text import like_pattern, require_name
from negotiator.values.timestamps import format_stored, parse_stored

IN_TABLE = ("company_name", "status", "address", "phone", "email", "is_verified")
"""The columns of a carrier that a person gives, besides its numbers."""
_WORDS = {
    "company_name": "the company's name",
    "status": "the status",
    "address": "the address",
    "phone": "the phone number",
    "email": "the email address",
}

_DIGITS = carrier_digits("mc_number")
_DOT_NUMBER = f"(SELECT dot_number FROM main.carrier_facts f WHERE f.carrier = {_DIGITS})"
_COLUMNS = f"mc_number, company_name, status, phone, is_verified, {_DOT_NUMBER}"
LIST = f"""
    SELECT {_COLUMNS} FROM main.carriers
     WHERE :name IS NULL OR company_name LIKE :name ESCAPE '\\' ORDER BY mc_number LIMIT :limit
"""
LIST_BLOCKED = f"""
    SELECT {_COLUMNS}
      FROM (SELECT DISTINCT carrier FROM main.carrier_blocks
             WHERE {text_of("unblocked_at")} IS NULL
               AND coalesce({moment_of("blocked_until")}, '9999') > :now) AS blocked
     CROSS JOIN main.carriers ON {_DIGITS} = +blocked.carrier
     WHERE :name IS NULL OR company_name LIKE :name ESCAPE '\\' ORDER BY mc_number LIMIT :limit
"""
SHOW = f"""
    SELECT {_COLUMNS}, address, email, created_at, updated_at
      FROM main.carriers WHERE {_DIGITS} = ? ORDER BY rowid LIMIT 1
"""
BLOCKS = """
    SELECT reason, blocked_until, blocked_by, blocked_at, unblocked_by, unblocked_at
      FROM main.carrier_blocks WHERE carrier = ? ORDER BY id DESC
"""
_KEEP_DOT = """
    INSERT INTO main.carrier_facts (carrier, dot_number, changed_by, changed_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (carrier) DO UPDATE
       SET dot_number = excluded.dot_number,
           changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""
_HELD_DOT = "SELECT dot_number FROM main.carrier_facts WHERE carrier = ?"


def list_carriers(file: LoadsFile, wanted: CarrierFilter, *, now: datetime) -> list[ListedCarrier]:
    """Return the carriers that are wanted, by number. Raises UnusableFileError, BusyError."""
    name = None if wanted.name is None else like_pattern(wanted.name)
    values = {"name": name, "limit": wanted.limit or -1, "now": format_stored(now)}
    with file.read() as db:
        rows = db.execute(LIST_BLOCKED if wanted.blocked else LIST, values).fetchall()
        return [ListedCarrier(**_listed(row, standing_of(db, row[0], now))) for row in rows]


def carrier_detail(file: LoadsFile, typed: str, *, now: datetime) -> CarrierDetail:
    """Return what is known of a carrier, by its MC number or its DOT number, however it is spelled.

    Raises InvalidCarrierError, CarrierNotFoundError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        return _detail(file, typed_carrier(db, typed), now)


def set_carrier(
    file: LoadsFile, typed: str, given: Mapping[str, str | bool], *, now: datetime, by: str | None = None
) -> CarrierDetail:
    """Change what is known of a carrier: columns of the table, and ``dot_number``.

    A blank text takes a value away that a carrier need not have. A number that is spelled in several ways is
    one carrier, and all its rows are changed. ``by`` is who gives the DOT number.
    Raises InvalidCarrierError, InvalidCarriersError, InvalidTextError, CarrierNotFoundError,
    UnusableFileError, BusyError; then nothing was changed.
    """
    values = {name: _usable(name, value) for name, value in given.items()}
    with file.write() as db:
        carrier = typed_carrier(db, typed)
        _detail(file, carrier, now)
        write_values(db, carrier, values, now=now, by=by)
        return _detail(file, carrier, now)


def typed_carrier(db: Connection, typed: str) -> str:
    """Return the digits of a carrier that is typed. Raises InvalidCarrierError."""
    digits = carrier_number(typed)
    return known_carrier(db, digits) or digits


def write_values(
    db: Connection,
    carrier: str,
    values: Mapping[str, str | bool | None],
    *,
    now: datetime,
    by: str | None,
) -> None:
    """Write values of a carrier that is there. Raises SchemaError when they were not kept."""
    columns = [name for name in IN_TABLE if name in values]
    if columns:
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        sql = f"UPDATE main.carriers SET {changes}, updated_at = :now WHERE {_DIGITS} = :carrier"
        db.execute(sql, {**values, "now": format_stored(now), "carrier": carrier})
        held = db.execute(
            f"SELECT {', '.join(columns)} FROM main.carriers WHERE {_DIGITS} = ?", [carrier]
        ).fetchall()
        if any(
            not _is_kept(cell, values[name]) for row in held for name, cell in zip(columns, row, strict=True)
        ):
            raise SchemaError(
                f"carrier {usual_spelling(carrier)} was not written as it should be, so nothing was",
                "look for a trigger that changes what is written",
                remedy=Remedy.FIND_TRIGGER,
            )
    if "dot_number" in values:
        db.execute(_KEEP_DOT, [carrier, values["dot_number"], by, format_stored(now)])


def _is_kept(cell: object, value: str | bool | None) -> bool:  # noqa: FBT001 - as below
    """Return whether a cell holds a value: other programs may have given its column another type."""
    return flag_from(cell) is value if isinstance(value, bool) else text_from(cell) == value


def held_values(db: Connection, carrier: str) -> dict[str, object] | None:
    """Return what the file has of a carrier, None for one that it does not know.

    A value in which its rows differ is a tuple of them.
    """
    sql = f"SELECT {', '.join(IN_TABLE)} FROM main.carriers WHERE {_DIGITS} = ?"
    rows = db.execute(sql, [carrier]).fetchall()
    if not rows:
        return None
    cells = {
        name: tuple(dict.fromkeys(found))
        for name, found in zip(IN_TABLE, zip(*rows, strict=True), strict=True)
    }
    dot = db.execute(_HELD_DOT, [carrier]).fetchone()
    held = {name: found[0] if len(found) == 1 else found for name, found in cells.items()}
    return held | {"dot_number": None if dot is None else dot[0]}


def dot_number(text: str) -> str:
    """Return the digits of a DOT number: ``USDOT 1234567`` or ``1234567``. Raises InvalidCarrierError."""
    bare = text.strip()
    return carrier_number(f"{DOT} {bare}" if bare.isdigit() else bare).removeprefix(DOT)


def usable_text(name: str, value: str) -> str:
    """Return what is stored for a column's text. Raises InvalidTextError."""
    require_name(value, _WORDS[name])
    return value.strip()


def _usable(name: str, value: str | bool) -> str | bool | None:  # noqa: FBT001 - a column of flags
    """Return what is stored for a value that is given; None takes it away."""
    if isinstance(value, bool):
        return value
    if not value.strip():
        if name == "company_name":
            raise InvalidCarriersError("a carrier has to have a company's name", "give one")
        return None
    if name == "dot_number":
        return dot_number(value)
    return usable_text(name, value)


def _detail(file: LoadsFile, carrier: str, now: datetime) -> CarrierDetail:
    db = file.connection
    row = db.execute(SHOW, [carrier]).fetchone()
    if row is None:
        raise CarrierNotFoundError(
            f"there is no carrier {usual_spelling(carrier)} in {str(file.path)!r}",
            "check its number",
            remedy=Remedy.LIST_CARRIERS,
        )
    standing = standing_of(db, row[0], now)
    *listed, address, email, created_at, updated_at = row
    return CarrierDetail(
        **_listed(listed, standing),
        address=text_from(address),
        email=text_from(email),
        created_at=parse_stored(created_at),
        updated_at=parse_stored(updated_at),
        blocks=tuple(_block(*found) for found in db.execute(BLOCKS, [carrier]).fetchall()),
        unknown_status=standing.unknown_status,
    )


def _listed(row: Sequence[object], standing: Standing) -> dict[str, Any]:
    number, company, status, phone, verified, dot = row
    return {
        "mc_number": text_from(number) or "",
        "company_name": text_from(company),
        "status": text_from(status),
        "phone": text_from(phone),
        "is_verified": flag_from(verified),
        "dot_number": text_from(dot),
        "barred": standing.why_not,
    }


def _block(  # noqa: PLR0917 - a row
    reason: object, until: object, by: object, at: object, lifted_by: object, lifted_at: object
) -> Block:
    return Block(
        text_from(reason),
        parse_stored(until),
        text_from(by),
        parse_stored(at),
        text_from(lifted_by),
        parse_stored(lifted_at),
    )
