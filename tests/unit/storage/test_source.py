"""Files of data that are read: what stands in the way is said, and who writes where they are is known."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from negotiator.errors import FileMissingError, InvalidAskError, InvalidLoadsError, ResourceError
from negotiator.storage.source import STDIN, is_same_file, opened, size_of, unreadable


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    """As it was given."""
    path = tmp_path / "none.csv"
    with pytest.raises(FileMissingError) as refusal, opened(path, InvalidLoadsError):
        pass
    assert (refusal.value.message, refusal.value.hint) == (
        f"there is no file {str(path)!r}",
        "check its name",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [(".", "Is a directory"), ("x" * 300, "File name too long"), ("a\0b", "embedded null byte")],
)
def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path, name: str, why: str) -> None:
    """In the error of what was to be read."""
    for kind in (InvalidLoadsError, InvalidAskError):
        with pytest.raises(kind) as refusal, opened(tmp_path / name, kind):
            pass
        assert (refusal.value.message, refusal.value.hint) == (
            f"the file can't be read: {why}",
            "nothing was changed",
        )


def test_a_file_is_closed_after_its_block(tmp_path: Path) -> None:
    """Whatever is raised in it."""
    path = tmp_path / "loads.csv"
    path.write_bytes(b"x\r\n")
    with opened(path, InvalidLoadsError) as stream:
        assert stream.read() == b"x\r\n"
    assert stream.closed


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            OSError(errno.EIO, "Input/output error"),
            InvalidLoadsError,
            "the file can't be read: Input/output error",
        ),
        (ValueError("embedded null byte"), InvalidLoadsError, "the file can't be read: embedded null byte"),
        (OSError(), InvalidLoadsError, "the file can't be read: "),
        (OSError(errno.EMFILE, "Too many open files"), ResourceError, "too many files are open"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), ResourceError, "there is not enough memory"),
    ],
)
def test_what_the_system_says_of_a_file_is_told_from_what_this_process_lacks(
    error: Exception, kind: type[Exception], message: str
) -> None:
    """The former is the refusal of what was to be read."""
    with pytest.raises(kind) as refusal:
        unreadable(error, InvalidLoadsError)
    assert str(refusal.value) == message
    assert refusal.value.__cause__ is error


def test_without_standard_input_a_file_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that was started without any."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InvalidLoadsError) as refusal, opened(STDIN, InvalidLoadsError):
        pass
    assert (refusal.value.message, refusal.value.hint) == (
        "there is no standard input to read",
        "name a file",
    )


@pytest.mark.parametrize("waits", [True, False])
def test_standard_input_that_does_not_wait_is_refused(monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:  # noqa: FBT001 - a case
    """It says that it is at its end before anything has come; one that waits is read, and left open."""
    reading, writing = os.pipe()
    os.set_blocking(reading, waits)
    os.write(writing, b"x\n")
    os.close(writing)
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        if waits:
            with opened(STDIN, InvalidLoadsError) as read:
                assert read.read() == b"x\n"
            assert not stream.closed
            return
        with pytest.raises(InvalidLoadsError) as refusal, opened(STDIN, InvalidLoadsError):
            pass
    assert refusal.value.message == "standard input doesn't wait for data"
    assert refusal.value.hint == "give it in blocking mode, or name a file"


class Broken(io.BytesIO):
    """A stream whose number stands for no file, or which has none."""

    def __init__(self, problem: Exception | None) -> None:
        """Fail so when the number is asked for; else give one that nothing has."""
        super().__init__()
        self.problem = problem

    def fileno(self) -> int:
        """Return no number that is in use."""
        if self.problem is not None:
            raise self.problem
        return 1 << 20


@pytest.mark.parametrize(
    "problem", [None, ValueError("closed"), io.UnsupportedOperation("fileno"), OSError("gone")]
)
def test_a_stream_without_a_file_is_no_file_that_is_written(
    tmp_path: Path, problem: Exception | None
) -> None:
    """A program's own stream, one that is closed, one whose file was closed elsewhere."""
    path = tmp_path / "asks.jsonl"
    path.touch()
    with path.open("rb") as read, path.open("a") as written, io.TextIOWrapper(Broken(problem)) as broken:
        assert is_same_file(read, written)
        assert is_same_file(Broken(problem), written) is False
        assert is_same_file(read, broken) is False
        assert is_same_file(read, None) is False
    assert Path("-") == STDIN


def test_only_a_file_that_stays_would_be_read_again(tmp_path: Path) -> None:
    """What is written to a pipe or a terminal is gone; another file is another."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.touch()
    other.touch()
    with one.open("rb") as read, other.open("w") as written:
        assert not is_same_file(read, written)
    with Path(os.devnull).open("rb") as read, Path(os.devnull).open("w") as written:
        assert not is_same_file(read, written)


def test_how_large_a_file_is_is_known_of_one_that_stays(tmp_path: Path) -> None:
    """Not of a device, or of a stream of a program's own."""
    path = tmp_path / "loads.csv"
    path.write_bytes(b"x" * 7)
    sizes: list[int | None] = []
    for place in (path, Path(os.devnull)):
        with place.open("rb") as stream:
            sizes.append(size_of(stream))
    own: BinaryIO = io.BytesIO(b"x")
    assert [*sizes, size_of(own)] == [7, None, None]
