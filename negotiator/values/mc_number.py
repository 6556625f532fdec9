"""MC numbers: one carrier, however its number is spelled."""

import re

from negotiator.errors import InvalidCarrierError

_MC = re.compile(r"(?:mc)?[ #-]{0,3}0*(\d{1,8})", re.ASCII | re.IGNORECASE)


def carrier_number(text: str) -> str:
    """Return the digits of an MC number, such as ``MC 123456``, ``MC-123456`` or ``123456``.

    Raises InvalidCarrierError.
    """
    match = _MC.fullmatch(text.strip())
    if match is None or match[1] == "0":
        raise InvalidCarrierError(f"{text[:40]!r} is not an MC number", "give it as in MC123456 or 123456")
    return match[1]
