"""What a file is about: the words for it, and the headings that its records may have."""

from collections.abc import Collection
from typing import NamedTuple

from negotiator.errors import BadInputError


class InvalidRecordsError(BadInputError):
    """A file cannot be read record by record. Whoever opened it raises the refusal of its subject instead."""


class Subject(NamedTuple):
    """What the records of a file are: loads, or carriers.

    ``headings`` are those that mean something, as `normalize` has them. ``refusal`` is the error for a file
    that cannot be taken.
    """

    one: str
    many: str
    refusal: type[BadInputError]
    headings: Collection[str]

    def knows(self, heading: str) -> bool:
        """Return whether a heading means something."""
        return normalize(heading) in self.headings

    def similar(self, heading: str) -> str | None:
        """Return a heading that is spelled nearly like this one, None for none."""
        from difflib import get_close_matches  # noqa: PLC0415 - only for a file with a slip

        found = get_close_matches(normalize(heading), self.headings, n=1, cutoff=0.8)
        return found[0] if found else None


def normalize(heading: str) -> str:
    """Return what counts of a heading: its letters and digits, in lower case."""
    return "".join(filter(str.isalnum, heading.lower()))
