"""The forms of a file of records."""

from enum import StrEnum


class FileFormat(StrEnum):
    """The form of a file: CSV, a JSON array, or JSON lines."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
