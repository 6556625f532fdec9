"""What a cell of an untidy file holds."""


def text_from(value: object) -> str | None:
    """Return text, whatever type SQLite let somebody store in a text column."""
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def whole_number(value: object) -> int | None:
    """Return a whole number, which some programs write as REAL or as text."""
    try:
        return int(value) if isinstance(value, int | str) or value == int(value) else None  # type: ignore[call-overload] # what has no int is caught
    except (TypeError, ValueError, OverflowError):
        return None
