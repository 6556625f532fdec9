"""MC numbers: one carrier, however its number is spelled. In SQL: `negotiator.storage.sql`."""

import re

from negotiator.errors import InvalidCarrierError
from negotiator.values.cells import text_from

NOISE = ("MC", "#", "-", " ")
"""What stands around the digits of an MC number, in capitals."""

DOT = "DOT"
"""What stands before the digits of a carrier that is known by its DOT number alone."""

_DOT_NUMBER = r"(?:us)?[ -]?dot[ #:-]{0,3}0*(\d{1,9})"  # not compiled: an ask reads none
_MC = re.compile(r"(?:mc)?[ #-]{0,3}0*(\d{1,8})", re.ASCII | re.IGNORECASE)
_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}  # as SQLite's upper()


def carrier_number(text: str) -> str:
    """Return the digits of an MC number that is typed: ``MC 123456``, ``MC-123456`` or ``123456``.

    Those of a DOT number, as in ``USDOT 1234567``, are ``DOT1234567``. Raises InvalidCarrierError.
    """
    match = re.fullmatch(_DOT_NUMBER, text.strip(), re.ASCII | re.IGNORECASE)
    if match is not None and match[1] != "0":
        return f"{DOT}{match[1]}"
    match = _MC.fullmatch(text.strip())
    if match is None or match[1] == "0":
        raise InvalidCarrierError(f"{text[:40]!r} is not an MC number", "give it as in MC123456 or 123456")
    return match[1]


def usual_spelling(carrier: str) -> str:
    """Return a carrier's number as we write it, from its digits."""
    return carrier if carrier.startswith(DOT) else f"MC{carrier}"


def carrier_from(value: object) -> str | None:
    """Return what tells a carrier in the file from others: the digits of its number; None if it has none.

    A number in another form is kept, without what is noise in an MC number.
    """
    text = (text_from(value) or "").translate(_UPPER)
    for noise in NOISE:
        text = text.replace(noise, "")
    return text.lstrip("0") or None
