"""Settings that come from environment variables."""

import re
from collections.abc import Mapping
from decimal import Decimal

from negotiator.errors import BadInputError, InvalidSettingError

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


def number_from(
    environ: Mapping[str, str], variable: str, kind: type[BadInputError] = InvalidSettingError
) -> Decimal | None:
    """Return the number that a variable holds, None when it is unset or empty.

    Raises ``kind``, naming the variable, when it is no plain number.
    """
    text = environ.get(variable)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise kind(f"{variable} is {text[:40]!r}, which is not a number", "set a number or unset it")
    return Decimal(text)
