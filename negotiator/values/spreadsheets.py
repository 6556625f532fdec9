"""What spreadsheets do to a cell of a CSV file, and how it is kept from them."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_HARMLESS = re.compile(
    r"[+-]? ?\$?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?(e[+-]?\d+)? ?%?"  # numbers, amounts, percentages
    r"|\+\d[\d ().-]{5,18}\d",  # phone numbers
    re.ASCII | re.IGNORECASE,
)
_OF_A_NUMBER = re.compile(r'="(.*)"', re.DOTALL)


def guarded(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text: with ``'`` before what it would take for a formula.

    A formula begins with ``=``, ``+``, ``-``, ``@`` or a tab. Numbers, percentages and phone numbers are left
    as they are.
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _is_harmless(cell) else cell


def unguarded(cell: str) -> str:
    """Return a cell without the guard of `guarded`."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def without_formula(cell: str) -> str:
    """Return the text of a cell such as ``="00123"``, which keeps the zeros of a number in a spreadsheet."""
    match = _OF_A_NUMBER.fullmatch(cell) if cell[:1] == "=" else None
    return cell if match is None else match[1].replace('""', '"')


def _is_harmless(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and _HARMLESS.fullmatch(cell) is not None
