"""The lines of a file, whatever ends them; what no line may be."""

import io

import pytest

from negotiator.errors import BadInputError
from negotiator.progress import silent
from negotiator.records.lines import Lines
from negotiator.records.subject import InvalidRecordsError


def lines_of(content: bytes) -> tuple[int, list[tuple[int, str]]]:
    """Return the number of the first line that isn't blank, and all from it on."""
    lines = Lines(io.BytesIO(content), silent)
    first = lines.first_line()
    return lines.number, list(lines.texts(first))


@pytest.mark.parametrize(
    ("content", "number", "lines"),
    [
        (b"a\nb\n", 1, [(1, "a\n"), (2, "b\n")]),
        (b"a\r\nb\r\n", 1, [(1, "a\r\n"), (2, "b\r\n")]),
        (b"a\nb", 1, [(1, "a\n"), (2, "b")]),
        (b"\xef\xbb\xbfa\nb\n", 1, [(1, "a\n"), (2, "b\n")]),
        (b"\xef\xbb\xbf\n\xef\xbb\xbfa\n", 2, [(2, "\ufeffa\n")]),
        (b"\n \r\na\n\nb\n", 3, [(3, "a\n"), (4, "\n"), (5, "b\n")]),
        (b"a\rb\rc", 1, [(1, "a\n"), (2, "b\n"), (3, "c")]),
        (b"a\rb\rc\r", 1, [(1, "a\n"), (2, "b\n"), (3, "c\n")]),
        (b"a\rb\nc\r\nd\r", 1, [(1, "a\n"), (2, "b\n"), (3, "c\n"), (4, "d\n")]),
        (b'"a\rb"\nc\n', 1, [(1, '"a\rb"\n'), (2, "c\n")]),
        (b'"a""\r"\nc\n', 1, [(1, '"a""\r"\n'), (2, "c\n")]),
        (b'"a"\r"b"\r', 1, [(1, '"a"\n'), (2, '"b"\n')]),
    ],
)
def test_a_line_has_its_number_whatever_ends_it(
    content: bytes, number: int, lines: list[tuple[int, str]]
) -> None:
    """LF, CR LF, or CR where the first ends so; a mark of the order of bytes is no text."""
    assert lines_of(content) == (number, lines)


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_text_has_no_first_line(content: bytes) -> None:
    """To its end."""
    assert Lines(io.BytesIO(content), silent).first_line() == b""


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"a\n" + b"x" * 1_000_001, "line 2 has more than 1,000,000 bytes", ""),
        (b"a\n" + b"x" * 1_000_000, "line 2 has more than 1,000,000 bytes", ""),
        (b"a\r" + b"x" * 1_000_000 + b"\rb", "line 2 has more than 1,000,000 bytes", ""),
        (b"a\nb\0c\n", "line 2 holds a NUL character", "save it as UTF-8 text"),
        (b"a\n\xe9t\xe9\n", "line 2 is not UTF-8", "save it as UTF-8"),
        (b"%PDF-1.7", "the file is a PDF", "ask for the same as CSV"),
        (b"PK\x03\x04\n" + b"." * 900 + b"xl/", "the file is a workbook", "save it as CSV UTF-8"),
    ],
)
def test_what_is_no_line_of_text_is_refused_with_its_place(content: bytes, message: str, hint: str) -> None:
    """A line may have one byte less than a million."""
    with pytest.raises(InvalidRecordsError) as refusal:
        lines_of(content)
    assert (refusal.value.message, refusal.value.hint) == (message, hint)


def test_a_line_may_be_just_short_of_a_million_bytes() -> None:
    """Its end counts."""
    line = "x" * 999_998 + "\n"
    assert lines_of(f"a\n{line}b\n".encode())[1] == [(1, "a\n"), (2, line), (3, "b\n")]


def test_only_the_first_line_tells_what_kind_of_file_it_is() -> None:
    """Below a blank one, the same is text."""
    assert lines_of(b"\n%PDF-1.7\n") == (2, [(2, "%PDF-1.7\n")])


def test_a_file_is_one_text_in_which_nothing_is_lost() -> None:
    """What was read ahead stands in its place."""
    for content in (b"[\n1,\n2]\n", b"[\r1,\r2]", b"[" + b"1," * 600_000 + b"1]"):
        lines = Lines(io.BytesIO(content), silent)
        assert lines.text(lines.first_line()).replace("\r", "\n") == content.decode().replace("\r", "\n")


def test_a_text_that_is_no_utf_8_is_refused() -> None:
    """As a whole."""
    lines = Lines(io.BytesIO(b"[\n\xe9]"), silent)
    with pytest.raises(InvalidRecordsError) as refusal:
        lines.text(lines.first_line())
    assert (refusal.value.message, refusal.value.hint) == ("the file is not UTF-8", "save it as UTF-8")


def test_what_fails_while_it_is_read_is_the_files_fault() -> None:
    """Not a fault of ours."""
    stream = io.BytesIO(b"a\n")
    lines = Lines(stream, silent)
    stream.close()
    with pytest.raises(BadInputError, match="the file can't be read: I/O operation on closed file"):
        lines.first_line()


def test_progress_is_told_in_bytes() -> None:
    """All that were read so far."""
    told: list[tuple[str, int, int]] = []
    lines = Lines(io.BytesIO(b"ab\ncde\n"), lambda *words: told.append(words))
    list(lines.texts(lines.first_line()))
    assert told == [("reading", 3, 0), ("reading", 7, 0), ("reading", 7, 0)]
