"""What a look at a file finds: one thing that was looked at, and how much it weighs."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """How much a finding weighs."""

    OK = "ok"
    NOTE = "note"  # untidy, and no hindrance
    PENDING = "pending"  # `migrate` mends it
    FAULT = "fault"  # the file can't be relied on


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, what was found, and a sentence about it.

    ``ids`` names the rows that it is about, the first of them if they are many: each by its ID, or by a list
    where one value is not enough.
    """

    check: str
    result: Finding
    detail: str
    ids: tuple[object, ...] = ()
