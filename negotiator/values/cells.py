"""What a cell of an untidy file holds: texts, words, whole numbers. In SQL: `negotiator.storage.sql`."""

import re
from math import isfinite

WHITE_SPACE = "\t\n\v\f\r \xa0"
"""What is blank in a text, and does not count at its ends."""

SURROGATE = re.compile("[\ud800-\udfff]")
"""What is no Unicode: SQLite cannot keep it."""

_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NO = {None, "0", "f", "false", "n", "no", "off"}
_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}  # as SQLite's lower()


def text_from(value: object) -> str | None:
    """Return text, whatever type SQLite let somebody store in a text column; None if it is blank."""
    if isinstance(value, str):  # as nearly all are
        return value if value.strip(WHITE_SPACE) else None
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if text.strip(WHITE_SPACE) else None


def word_from(value: object) -> str | None:
    """Return a word, such as a status, in lower case and without blanks around it; None if it is blank."""
    text = text_from(value)
    return None if text is None else text.strip(WHITE_SPACE).translate(_LOWER)


def flag_from(value: object) -> bool:
    """Return whether a cell says yes: a number that is not 0, or a word other than ``no`` or ``false``."""
    return bool(value) if isinstance(value, int | float) else word_from(value) not in _NO


def whole_number(value: object) -> int | None:
    """Return a whole number, which some programs write as REAL or as text."""
    if isinstance(value, int):  # as nearly all are
        return value
    if isinstance(value, str):
        text = value.strip(WHITE_SPACE)
        return int(text) if _WHOLE.fullmatch(text) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return None


def finite_number(value: object) -> float | None:
    """Return a number that JSON has a form for, None for anything else."""
    return value if isinstance(value, int | float) and isfinite(value) else None


def json_from(text: str) -> object:
    """Return what a text of JSON holds.

    Raises ValueError for a text that is no JSON, is nested too deeply, or holds a number that JSON could not
    say again: NaN, an infinity, or one too large for a float.
    """
    import json  # noqa: PLC0415 - few cells hold it

    try:
        return json.loads(text, parse_float=json_number, parse_constant=json_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def json_number(text: str) -> float:
    """Return a number that JSON could say again. Raises ValueError for NaN and for one that is too large."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:40]} is no number in JSON")
    return number
