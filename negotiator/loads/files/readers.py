"""Files of loads, read a record at a time: CSV or JSON, told apart by their content."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from negotiator.errors import InvalidLoadsError
from negotiator.loads.files.json_records import line_records, object_records, text_records
from negotiator.loads.files.lines import Lines
from negotiator.loads.files.records import Records
from negotiator.loads.files.tables import table_records
from negotiator.loads.filters import LoadFormat
from negotiator.progress import Progress
from negotiator.storage.source import opened


@contextmanager
def open_records(source: Path, form: LoadFormat | None, progress: Progress) -> Iterator[Records]:
    """Open a file (``-`` is stdin) and give its records; ``form`` None goes by the content.

    Progress is told in bytes. Raises FileMissingError when there is no such file, InvalidLoadsError, also
    while records are read.
    """
    with opened(source, InvalidLoadsError) as stream:
        lines = Lines(stream, progress)
        first = lines.first_line()
        if not first:
            raise InvalidLoadsError(f"{str(source)!r} is empty", "give CSV, a JSON array or JSON lines")
        match form or _recognised(first):
            case LoadFormat.JSON:
                yield text_records(lines.text(first))
            case LoadFormat.JSONL:
                yield line_records(lines.texts(first)) if form else object_records(lines, first)
            case LoadFormat.CSV:
                yield table_records(lines.texts(first))


def _recognised(first: bytes) -> LoadFormat:
    """Return the form of a file whose first line that isn't blank is this."""
    marks = {b"[": LoadFormat.JSON, b"{": LoadFormat.JSONL}
    return marks.get(first.lstrip()[:1], LoadFormat.CSV)
