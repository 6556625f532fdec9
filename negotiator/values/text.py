"""Texts that people give: notes, reasons, names of companies and of people."""

from negotiator.errors import InvalidNotesError, InvalidTextError
from negotiator.values.cells import SURROGATE

NOTES_LIMIT = 10_000  # characters
_NAME_LIMIT = 200
_LONGEST_QUOTE = 60  # characters: of one line, and more than any session ID has


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


def like_pattern(text: str) -> str:
    r"""Return the pattern for LIKE of texts that hold this one; % and _ stand for themselves, by ``\``.

    Bytes of an argument that were no UTF-8, which SQLite does not take, are marked.
    """
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text.encode('utf-8', 'surrogatepass').decode('utf-8', 'replace')}%"


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
    if SURROGATE.search(notes):
        raise InvalidNotesError("the notes are not valid UTF-8", hint)


def require_note(note: str) -> None:
    """Raise InvalidNotesError for a note that is empty, or that can't be kept."""
    require_usable_notes(note)
    if not note.strip():
        raise InvalidNotesError("the note is empty", "say what is to be kept")


def require_reason(reason: str) -> None:
    """Raise InvalidNotesError for a reason that is empty, or that can't be kept as a note."""
    require_usable_notes(reason)
    if not reason.strip():
        raise InvalidNotesError("the reason is empty", "say why, for whoever reads the record")


def allowing(notes: str | None, reason: str) -> str:
    """Return notes with why a carrier that must not be used was used."""
    allowed = f"carrier allowed: {reason}"
    return allowed if notes is None else f"{notes}\n{allowed}"


def require_company_name(company: str | None) -> None:
    """Raise InvalidTextError for what is no name of a company."""
    if company is not None:
        require_name(company, "the company's name")


def require_name(name: str, what: str) -> None:
    """Raise InvalidTextError for a name (``what`` it is) that is blank, too long, or no line of print."""
    require_usable_notes(name)
    if not (name.strip() and name.isprintable() and len(name) <= _NAME_LIMIT):
        raise InvalidTextError(
            f"{what} is empty, too long, or has control characters", f"give 1 to {_NAME_LIMIT} characters"
        )
