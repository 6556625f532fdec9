"""How the file spells a carrier's number, and how a carrier is added that it does not know."""

from datetime import datetime
from sqlite3 import Connection

from negotiator.storage.sql import carrier_digits
from negotiator.values.mc_number import carrier_from, usual_spelling
from negotiator.values.timestamps import format_stored

KNOWN_CARRIER = f"""
    SELECT mc_number, company_name FROM main.carriers
     WHERE {carrier_digits("mc_number")} = :carrier
     ORDER BY mc_number = :number DESC, rowid LIMIT 1
"""
_ADD = """
    INSERT INTO main.carriers (mc_number, company_name, is_verified, created_at, updated_at)
    VALUES (?, ?, 0, ?, ?)
"""


def spelled_carrier(db: Connection, number: object) -> tuple[str, str] | None:
    """Return a carrier's number as the file spells it, and its company: the same spelling first."""
    values = {"number": number, "carrier": carrier_from(number)}
    row: tuple[str, str] | None = db.execute(KNOWN_CARRIER, values).fetchone()
    return row


def add_carrier(db: Connection, carrier: str, company: str | None, now: datetime) -> str:
    """Add a carrier, by its digits, with what other programs need, and return its number as it is spelled."""
    number, stamp = usual_spelling(carrier), format_stored(now)
    db.execute(_ADD, [number, company or number, stamp, stamp])
    return number
