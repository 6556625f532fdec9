"""Texts that people give: notes, reasons, names of companies."""

import re

from negotiator.errors import InvalidNotesError, InvalidTextError

NOTES_LIMIT = 10_000  # characters
_COMPANY_LIMIT = 200
_LONGEST_QUOTE = 60  # characters: of one line, and more than any session ID has
_SURROGATE = re.compile("[\ud800-\udfff]")


def quoted(value: object) -> str:
    """Return a value as a message quotes it, on one line: text in quotes, all else as JSON spells it."""
    text = repr(value) if isinstance(value, str) else _spelled(value)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 3]}..."


def _spelled(value: object) -> str:
    import json  # noqa: PLC0415 - only for an error

    try:
        is_of_json = value is None or isinstance(value, bool | list | tuple | dict)
        return json.dumps(value, default=str) if is_of_json else str(value)
    except (ValueError, RecursionError):  # thousands of digits, or thousands of brackets
        return "this value"


def require_usable_notes(notes: str | None) -> None:
    """Raise InvalidNotesError for notes that are too long, or that a text column can't keep."""
    if notes is None:
        return
    hint = f"give at most {NOTES_LIMIT:,} characters of text"
    if not isinstance(notes, str):
        raise InvalidNotesError(f"the notes are {quoted(notes)}, which is no text", hint)
    if len(notes) > NOTES_LIMIT:
        raise InvalidNotesError(f"the notes have {len(notes):,} characters", hint)
    if "\0" in notes:
        raise InvalidNotesError("the notes hold a NUL character", hint)
    if _SURROGATE.search(notes):
        raise InvalidNotesError("the notes are not valid UTF-8", hint)


def require_reason(reason: str) -> None:
    """Raise InvalidNotesError for a reason that is empty, or that can't be kept as a note."""
    require_usable_notes(reason)
    if not reason.strip():
        raise InvalidNotesError("the reason is empty", "say why, for whoever reads the record")


def require_company_name(company: str | None) -> None:
    """Raise InvalidTextError for a name that is blank, too long, or has control characters."""
    require_usable_notes(company)
    if company is not None and not (
        company.strip() and company.isprintable() and len(company) <= _COMPANY_LIMIT
    ):
        raise InvalidTextError(
            "the company's name is empty, too long, or has control characters",
            f"give 1 to {_COMPANY_LIMIT} characters",
        )
