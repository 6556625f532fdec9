"""Texts that people give: notes, reasons, names of companies."""

import re

from negotiator.errors import InvalidNotesError, InvalidTextError

NOTES_LIMIT = 10_000  # characters
_COMPANY_LIMIT = 200
_SURROGATE = re.compile("[\ud800-\udfff]")


def require_usable_notes(notes: str | None) -> None:
    """Raise InvalidNotesError for notes that are too long, or that a text column can't keep."""
    if notes is None:
        return
    hint = f"give at most {NOTES_LIMIT:,} characters of text"
    if not isinstance(notes, str):
        raise InvalidNotesError(f"the notes are of type {type(notes).__name__}", hint)
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
