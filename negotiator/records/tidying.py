"""Texts of a file without what nobody sees or means: odd blanks, invisible characters, words for nothing."""

from negotiator.values.spreadsheets import without_formula

_BLANKS = dict.fromkeys(map(ord, "\xa0\u2007\u2009\u200a\u202f\u3000"), " ")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_TIDY = {**_BLANKS, **_INVISIBLE}
_NOTHING = frozenset(["nan", "none", "null", "n/a", "#n/a", "nat", "<na>", "tbd", "tba"])


def tidy_text(text: str) -> str:
    """Return a text without blanks at its ends, invisible characters and a spreadsheet's guard."""
    if not text.isascii():
        text = text.translate(_TIDY)
    return without_formula(text.strip()).strip()


def stands_for_nothing(text: str) -> bool:
    """Return whether a text is what programs and people write where they have no value: nan, None, TBD."""
    return text.lower() in _NOTHING
