"""What is wrong with a file of records: all of it at once, each fault once, with what to do about it."""

from collections.abc import Iterable, Sequence

from negotiator.errors import NegotiatorError, Remedy
from negotiator.records.subject import Subject
from negotiator.values.text import quoted

MOST_FAULTS = 20
"""How many faults of records are told before reading stops."""


class Faults:
    """The faults of a file: those of its headings, and those of its records by their place."""

    def __init__(self, unit: str, subject: Subject, remedy: Remedy = Remedy.NAME_COLUMNS) -> None:
        """Begin with none; ``unit`` is what is counted in the file: lines or items.

        ``remedy`` is for headings that mean nothing.
        """
        self.unit = unit
        self._subject, self._remedy = subject, remedy
        self._of_file: dict[str, NegotiatorError] = {}
        self._of_records: list[tuple[int, str, NegotiatorError]] = []

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._of_file or self._of_records)

    @property
    def are_many(self) -> bool:
        """Whether there are as many as are told."""
        return len(self._of_records) >= MOST_FAULTS

    def of_file(self, error: NegotiatorError) -> None:
        """Note what is wrong with the file as a whole."""
        self._of_file.setdefault(error.message, error)

    def of_headings(self, unknown: Sequence[str], nameless: Sequence[str]) -> None:
        """Note headings that mean nothing, and columns with values but without a heading."""
        if unknown:
            names = ", ".join(map(self._with_a_guess, unknown[:MOST_FAULTS]))
            what = "is no column" if len(unknown) == 1 else "are no columns"
            self._of_columns(f"{names} {what} of a {self._subject.one}")
        if nameless:
            self._of_columns(f"{', '.join(nameless)} {'has' if len(nameless) == 1 else 'have'} no name")

    def of_missing(self, columns: Iterable[str], place: int | None = None) -> None:
        """Note columns that the file lacks; the record at ``place``, if given, is new and needs them."""
        why = "" if place is None else f" (in {self.unit} {place} the {self._subject.one} is new)"
        self._of_columns(f"there is no column for {', '.join(columns)}{why}")

    def _of_columns(self, message: str) -> None:
        self.of_file(self._subject.refusal(message, "name the columns as in the table", remedy=self._remedy))

    def of_record(self, place: int, error: NegotiatorError, label: str = "") -> None:
        """Note what is wrong with a record, or with the value in it that the label names."""
        if not self.are_many:
            message = f"{label}: {error.message}" if label else error.message
            self._of_records.append((place, message, error))

    def refuse(self, name: str) -> None:
        """Raise the subject's refusal if there are faults, with all of them; ``name`` is the file's."""
        if not self:
            return
        of_records = sorted(self._of_records, key=lambda fault: fault[0])
        told = [*self._of_file, *(f"{self.unit} {place}: {message}" for place, message, _ in of_records)]
        errors = [*self._of_file.values(), *(error for _, _, error in of_records)]
        more = "; there may be more" if self.are_many else ""
        hints = dict.fromkeys(error.hint for error in errors if error.hint)
        raise self._subject.refusal(
            f"{name} was not imported: {'; '.join(told)}{more}",
            "; ".join(hints) or "correct that; nothing was changed",
            remedy=next((error.remedy for error in errors if error.remedy), None),
        )

    def _with_a_guess(self, heading: str) -> str:
        """Return a heading as a message quotes it, with what it is most likely meant to be."""
        meant = None if self._subject.knows(heading) else self._subject.similar(heading)
        return f"{quoted(heading)} ({meant}?)" if meant else quoted(heading)
