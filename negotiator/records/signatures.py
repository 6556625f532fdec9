"""Files that are no text: named for what they are, by how they begin."""

from typing import NamedTuple


class Kind(NamedTuple):
    """What a file is, and what to do with it instead."""

    name: str
    hint: str


ZIP = b"PK\x03\x04"
"""How a ZIP archive begins."""
_UNPACK = "unpack it first"
_SAVE = "save it as CSV UTF-8"
_EXPORT = "export what is in it as CSV or JSON"
_WORKBOOK = Kind("a workbook", _SAVE)
_UTF_16 = Kind("UTF-16 text", _SAVE)
_SIGNATURES = {
    b"SQLite format 3\0": Kind("an SQLite database", _EXPORT),
    b"\x1f\x8b": Kind("compressed with gzip", _UNPACK),
    b"BZh": Kind("compressed with bzip2", _UNPACK),
    b"\xfd7zXZ\0": Kind("compressed with xz", _UNPACK),
    b"\x28\xb5\x2f\xfd": Kind("compressed with zstd", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": Kind("a 7z archive", _UNPACK),
    ZIP: Kind("a ZIP archive", _UNPACK),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _WORKBOOK,  # of the years before 2007
    b"%PDF-": Kind("a PDF", "ask for the same as CSV"),
    b"{\\rtf": Kind("an RTF document", _SAVE),
    b"PAR1": Kind("a Parquet file", _EXPORT),
    b"\xff\xfe\0\0": Kind("UTF-32 text", _SAVE),
    b"\0\0\xfe\xff": Kind("UTF-32 text", _SAVE),
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
}
_MARKUP = {
    b"<!doctype html": "an HTML page",
    b"<html": "an HTML page",
    b"<table": "an HTML page",
    b"<?xml": "XML",
}
_PARTS_OF_A_WORKBOOK = (b"xl/", b"[Content_Types].xml", b"opendocument.spreadsheet")
LONGEST = 1_000
"""How many bytes of a file are enough to name it."""


def kind_of(beginning: bytes) -> Kind | None:
    """Return what a file is that begins so; None for text, as far as can be seen."""
    beginning = beginning[:LONGEST]
    for mark, kind in _SIGNATURES.items():
        if beginning.startswith(mark):
            is_workbook = mark == ZIP and any(part in beginning for part in _PARTS_OF_A_WORKBOOK)
            return _WORKBOOK if is_workbook else kind
    for mark, name in _MARKUP.items():
        if beginning.lstrip().lower().startswith(mark):
            return Kind(name, _SAVE)
    return _UTF_16 if _every_other_is_nul(beginning) else None


def _every_other_is_nul(beginning: bytes) -> bool:
    """Return whether these are letters of two bytes each, as UTF-16 has them without a mark in front."""
    return len(beginning) >= len(b"id\0\0") and (not any(beginning[::2]) or not any(beginning[1::2]))
