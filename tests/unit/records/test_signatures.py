"""Files that are no text are named for what they are."""

import pytest

from negotiator.records.signatures import Kind, kind_of

SAVE, UNPACK, EXPORT = "save it as CSV UTF-8", "unpack it first", "export what is in it as CSV or JSON"


@pytest.mark.parametrize(
    ("beginning", "name", "hint"),
    [
        (b"SQLite format 3\0...", "an SQLite database", EXPORT),
        (b"\x1f\x8b\x08", "compressed with gzip", UNPACK),
        (b"BZh91AY", "compressed with bzip2", UNPACK),
        (b"\xfd7zXZ\0", "compressed with xz", UNPACK),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd", UNPACK),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
        (b"PK\x03\x04 loads.csv", "a ZIP archive", UNPACK),
        (b"PK\x03\x04 xl/workbook.xml", "a workbook", SAVE),
        (b"PK\x03\x04 [Content_Types].xml", "a workbook", SAVE),
        (b"PK\x03\x04 application/vnd.oasis.opendocument.spreadsheet", "a workbook", SAVE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook", SAVE),
        (b"%PDF-1.7", "a PDF", "ask for the same as CSV"),
        (b"%PDF-1.7 xl/", "a PDF", "ask for the same as CSV"),
        (b"{\\rtf1", "an RTF document", SAVE),
        (b"PAR1", "a Parquet file", EXPORT),
        (b"\xff\xfe\0\0i\0\0\0", "UTF-32 text", SAVE),
        (b"\0\0\xfe\xff\0\0\0i", "UTF-32 text", SAVE),
        (b"\xff\xfei\0d\0", "UTF-16 text", SAVE),
        (b"\xfe\xff\0i\0d", "UTF-16 text", SAVE),
        (b"i\0d\0", "UTF-16 text", SAVE),
        (b"\0i\0d", "UTF-16 text", SAVE),
        (b"<!DOCTYPE HTML><body>", "an HTML page", SAVE),
        (b"<!doctype html>", "an HTML page", SAVE),
        (b" \n<HTML lang='en'>", "an HTML page", SAVE),
        (b"<Table border=1>", "an HTML page", SAVE),
        (b"<?xml version='1.0'?>", "XML", SAVE),
    ],
)
def test_a_file_is_named_by_how_it_begins(beginning: bytes, name: str, hint: str) -> None:
    """With what to do instead."""
    assert kind_of(beginning) == Kind(name, hint)


@pytest.mark.parametrize(
    "beginning",
    [
        *(
            b"load_id,origin\n",
            b"[{",
            b"{",
            b"",
            b"\0",
            b"i\0",
            b"i\0d",
            b"id\0\0x",
            b"xBZh",
            b"an SQLite format 3\0",
        ),
        *(b"<loads>", b"xl/", b"PK", b" " * 1000 + b"<html>"),
    ],
)
def test_text_is_not_named(beginning: bytes) -> None:
    """Nor what is too short to tell, nor what comes after a thousand bytes."""
    assert kind_of(beginning) is None


def test_a_workbook_is_known_by_its_first_thousand_bytes() -> None:
    """What comes later is not looked at."""
    within, beyond = (b"PK\x03\x04" + b"." * count + b"xl/" for count in (993, 994))
    assert [kind and kind.name for kind in map(kind_of, (within, beyond))] == ["a workbook", "a ZIP archive"]
