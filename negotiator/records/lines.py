"""The lines of a file of text, whatever ends them, with their numbers."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

from negotiator.progress import Progress
from negotiator.records import signatures
from negotiator.records.subject import InvalidRecordsError
from negotiator.storage.source import size_of, unreadable

_LONGEST = 1_000_000  # bytes; without a limit a file without line ends would fill the memory
_CHUNK = 1_000_000  # bytes
_BOM = b"\xef\xbb\xbf"


class Lines:
    """The lines of a stream, read as they are asked for. Progress is told in bytes.

    They end in LF or CR LF. Where the first line ends in CR alone, CR ends the others too.
    """

    def __init__(self, stream: BinaryIO, progress: Progress) -> None:
        """Read from a stream of bytes."""
        self._stream, self._progress = stream, progress
        self._bytes_read = self.number = 0
        self._total = size_of(stream) or 0
        self._ahead: list[bytes] = []  # what was read already
        self._end_in_cr = False

    def first_line(self) -> bytes:
        """Return the first line that isn't blank, without a byte order mark; empty at the end of the file.

        Raises InvalidRecordsError for a file that is no text.
        """
        while line := self._next():
            self.number += 1
            if self.number == 1:
                self._refuse_other_kinds(line)
                line = line.removeprefix(_BOM)
            if line.strip():
                return self._up_to_cr(line)
        return b""

    def texts(self, first: bytes) -> Iterator[tuple[int, str]]:
        """Give this line and the rest as text, each with its number.

        Raises InvalidRecordsError for what is too long, is not UTF-8 or holds a NUL.
        """
        rest = iter(self._next, b"")
        lines = chain([first], _divided_by_cr(rest) if self._end_in_cr else rest)
        for number, line in enumerate(lines, self.number):
            if len(line) >= _LONGEST:
                raise InvalidRecordsError(f"line {number} has more than {_LONGEST:,} bytes")
            if b"\0" in line:
                raise InvalidRecordsError(f"line {number} holds a NUL character", "save it as UTF-8 text")
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise InvalidRecordsError(f"line {number} is not UTF-8", "save it as UTF-8") from error
            yield number, text

    def text(self, first: bytes) -> str:
        """Return this line and the rest as one text. Raises InvalidRecordsError unless it is UTF-8."""
        rest = iter(partial(self._read, partial(self._stream.read, _CHUNK)), b"")
        try:
            return b"".join(chain([first], self._ahead, rest)).decode()
        except UnicodeDecodeError as error:
            raise InvalidRecordsError("the file is not UTF-8", "save it as UTF-8") from error

    def _refuse_other_kinds(self, line: bytes) -> None:
        """Raise InvalidRecordsError for a file that is no text, by its first line."""
        if line.startswith(signatures.ZIP):  # a workbook is one too: what is in it comes later
            line += self._read(partial(self._stream.read, signatures.LONGEST))
        if kind := signatures.kind_of(line):
            raise InvalidRecordsError(f"the file is {kind.name}", kind.hint)

    def _up_to_cr(self, line: bytes) -> bytes:
        """Return a line up to a CR in its midst, if there is one: then CR is what ends lines here."""
        first, mark, _ = line.rstrip(b"\r\n").partition(b"\r")
        if not mark or first.count(b'"') % 2:  # within quotes it is a part of a cell
            return line
        self._end_in_cr = True
        self._ahead = [line[len(first) + 1 :]]
        return first + b"\n"

    def _next(self) -> bytes:
        """Return what comes next, up to an LF; empty at the end."""
        return self._ahead.pop(0) if self._ahead else self._read(partial(self._stream.readline, _LONGEST))

    def _read(self, read: partial[bytes]) -> bytes:
        try:
            found = read()
        except (OSError, ValueError) as error:
            unreadable(error, InvalidRecordsError)
        self._bytes_read += len(found)
        self._progress("reading", self._bytes_read, self._total)
        return found


def _divided_by_cr(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give the lines of pieces in which CR ends a line; an LF in a cell divides it too, and stays in it."""
    tail = b""
    for piece in pieces:
        *lines, tail = (tail + piece).replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")
        for line in lines:
            yield line + b"\n"
        if len(tail) >= _LONGEST:
            break
    if tail:
        yield tail
