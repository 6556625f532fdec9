"""Settings that come from environment variables."""

import re
from collections.abc import Mapping
from decimal import Decimal

from negotiator.errors import BadInputError, InvalidSettingError

_PREFIX = "NEGOTIATOR_"
SETTINGS = frozenset(
    _PREFIX + name
    for name in (
        *("API_KEY", "BUSY_TIMEOUT", "CEILING_PERCENT", "DB", "DEBUG", "FIRMNESS", "INCREMENT", "ROUNDS"),
        *("TZ", "URL"),
    )
)
"""Every variable that this program reads."""
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
"""A number that somebody types."""


def number_from(
    environ: Mapping[str, str], variable: str, kind: type[BadInputError] = InvalidSettingError
) -> Decimal | None:
    """Return the number that a variable holds, None when it is unset or empty.

    Raises ``kind``, naming the variable, when it is no plain number.
    """
    text = environ.get(variable)
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise kind(f"{variable} is {text[:40]!r}, which is not a number", "set a number or unset it")
    return Decimal(text)


def unknown_settings(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Return the variables that begin as a setting does and are none, each with what was likely meant."""
    unknown = sorted(name for name in environ if name.startswith(_PREFIX) and name not in SETTINGS)
    return [(name, _nearest_setting(name)) for name in unknown]


def _nearest_setting(name: str) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - needed only for what is misspelled

    endings = [setting.removeprefix(_PREFIX) for setting in SETTINGS]
    return next((_PREFIX + ending for ending in get_close_matches(name.removeprefix(_PREFIX), endings)), None)
