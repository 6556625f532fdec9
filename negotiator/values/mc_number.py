"""MC numbers: one carrier, however its number is spelled. In SQL: `negotiator.storage.sql`."""

import re

from negotiator.errors import InvalidCarrierError
from negotiator.values.cells import text_from

NOISE = ("MC", "#", "-", " ")
"""What stands around the digits of an MC number, in capitals."""

_MC = re.compile(r"(?:mc)?[ #-]{0,3}0*(\d{1,8})", re.ASCII | re.IGNORECASE)
_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}  # as SQLite's upper()


def carrier_number(text: str) -> str:
    """Return the digits of an MC number that is typed: ``MC 123456``, ``MC-123456`` or ``123456``.

    Raises InvalidCarrierError.
    """
    match = _MC.fullmatch(text.strip())
    if match is None or match[1] == "0":
        raise InvalidCarrierError(f"{text[:40]!r} is not an MC number", "give it as in MC123456 or 123456")
    return match[1]


def carrier_from(value: object) -> str | None:
    """Return what tells a carrier in the file from others: the digits of its number; None if it has none.

    A number in another form is kept, without what is noise in an MC number.
    """
    text = (text_from(value) or "").translate(_UPPER)
    for noise in NOISE:
        text = text.replace(noise, "")
    return text.lstrip("0") or None
