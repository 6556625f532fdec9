"""Files, read a record at a time: CSV or JSON, told apart by their content."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from negotiator.progress import Progress
from negotiator.records.formats import FileFormat
from negotiator.records.json_records import line_records, object_records, text_records
from negotiator.records.lines import Lines
from negotiator.records.records import Records
from negotiator.records.subject import InvalidRecordsError, Subject
from negotiator.records.tables import table_records
from negotiator.storage.source import opened


@contextmanager
def open_records(
    source: Path, form: FileFormat | None, subject: Subject, progress: Progress
) -> Iterator[Records]:
    """Open a file (``-`` is stdin) and give its records; ``form`` None goes by the content.

    Progress is told in bytes. Raises FileMissingError when there is no such file, and the subject's refusal,
    also while records are read.
    """
    try:
        with opened(source, InvalidRecordsError) as stream:
            yield _records(Lines(stream, progress), source, form, subject)
    except InvalidRecordsError as problem:
        raise subject.refusal(problem.message, problem.hint) from problem.__cause__


def _records(lines: Lines, source: Path, form: FileFormat | None, subject: Subject) -> Records:
    first = lines.first_line()
    if not first:
        raise InvalidRecordsError(f"{str(source)!r} is empty", "give CSV, a JSON array or JSON lines")
    match form or _recognised(first):
        case FileFormat.JSON:
            return text_records(lines.text(first), subject)
        case FileFormat.JSONL if form is None:
            return object_records(lines, first, subject)
        case FileFormat.JSONL:
            return line_records(lines.texts(first), subject)
        case FileFormat.CSV:
            return table_records(lines.texts(first))


def _recognised(first: bytes) -> FileFormat:
    """Return the form of a file whose first line that isn't blank is this."""
    marks = {b"[": FileFormat.JSON, b"{": FileFormat.JSONL}
    return marks.get(first.lstrip()[:1], FileFormat.CSV)
