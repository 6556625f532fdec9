"""Writing text to stdout: what happens when nobody reads it, or when it is a terminal."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import TextIO

from negotiator.errors import NegotiatorError, OutputClosedError


def visible(text: str) -> str:
    """Return the text with control characters and the like written out, so that none reaches a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person sees what is written."""
    return stream is not None and stream.isatty()


def write(text: str) -> None:
    """Write a text and a line end to stdout, if there is a text."""
    if sys.stdout is not None and text:
        with output_errors():
            sys.stdout.write(text + "\n")
            sys.stdout.flush()


def write_parts(parts: Iterable[str]) -> None:
    """Write the parts of a text as they are made, and a line end."""
    if sys.stdout is not None:
        with output_errors():
            sys.stdout.writelines(chain(parts, "\n"))
            sys.stdout.flush()


def say(text: str) -> None:
    """Print words to a person."""
    if sys.stderr is not None:
        with suppress(OSError):  # nobody listens: that changes nothing in what was done
            sys.stderr.write(visible(text) + "\n")
            sys.stderr.flush()


_SAID: set[str] = set()


def begin() -> None:
    """Begin a run of a command: nothing was said yet."""
    _SAID.clear()


def say_once(text: str) -> None:
    """Print words to a person, unless this run has printed them already."""
    if text not in _SAID:
        _SAID.add(text)
        say(text)


def flush() -> None:
    """Write out what is still buffered, help included."""
    if sys.stdout is not None:
        with output_errors():
            sys.stdout.flush()


def discard() -> None:
    """Keep Python from complaining, as it exits, about what can't be written."""
    with suppress(OSError, AttributeError, ValueError):  # not a real file: nothing is flushed at exit
        stdout = sys.stdout.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stdout)
        os.close(null)


@contextmanager
def output_errors() -> Iterator[None]:
    """Raise OutputClosedError when the reader went away, NegotiatorError when output can't be written."""
    try:
        yield
    except OSError as error:
        discard()
        if isinstance(error, BrokenPipeError):
            raise OutputClosedError("whoever read the output went away") from error
        raise NegotiatorError(
            f"the output can't be written: {error.strerror}", "what was done is in the file all the same"
        ) from error
