"""Asks as lines of JSON: read one at a time, each as soon as it is there."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from negotiator.errors import InvalidAskError, NegotiatorError
from negotiator.negotiation.ask import parse_ask
from negotiator.negotiation.models import Ask
from negotiator.progress import Progress
from negotiator.storage.source import size_of, unreadable

Line = tuple[int, bytes | None]
"""Its number, from 1, and its content: None when it is too long."""

_LONGEST = 200_000  # bytes: more than the longest notes take, however they are escaped
_REQUIRED = ("call_id", "carrier_offer")
_OPTIONAL = ("session_id", "notes", "request_id", "ceiling", "allow_outlier", "allow_carrier")
_KEYS = dict.fromkeys((*_REQUIRED, *_OPTIONAL))
_HINT = 'give an ask a line, as in {"call_id": 2, "carrier_offer": 2300}'


def lines_of(stream: BinaryIO, progress: Progress) -> Iterator[Line]:
    """Give the lines that aren't blank, without holding one that is too long.

    Progress is told in bytes. Raises InvalidAskError when the stream can't be read.
    """
    size = size_of(stream) or 0
    number = done = 0
    while line := _read(stream):
        number += 1
        done += len(line)
        if len(line) > _LONGEST and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = _read(stream)
                done += len(line)
            yield number, None
        elif content := (line.removeprefix(BOM_UTF8) if number == 1 else line).strip():
            yield number, content
        progress("answering", done, size)


def _read(stream: BinaryIO) -> bytes:
    try:
        return stream.readline(_LONGEST + 1)
    except (OSError, ValueError) as error:
        unreadable(error, InvalidAskError, "the lines before are answered")


def ask_in(line: bytes | None) -> Ask:
    """Return what a line asks. Raises BadInputError and its kinds."""
    return parse_ask(**_given_in(line))


def asks_of(stream: BinaryIO, progress: Progress) -> Iterator[tuple[int, Ask | NegotiatorError]]:
    """Give what each line asks, or why it is no ask, with its number. Raises what `lines_of` does."""
    for number, line in lines_of(stream, progress):
        try:
            yield number, ask_in(line)
        except NegotiatorError as problem:
            yield number, problem


def _given_in(line: bytes | None) -> dict[str, Any]:
    """Return what is given in a line, by the names that `parse_ask` has for it. Raises InvalidAskError."""
    if line is None:
        raise InvalidAskError(f"the line has more than {_LONGEST:,} bytes", _HINT)
    try:
        ask = _decode(line.decode())
    except UnicodeDecodeError:
        raise InvalidAskError("the line is not UTF-8", "save it as UTF-8") from None
    except (ValueError, ArithmeticError, RecursionError) as problem:
        reason = "it is nested too deeply" if isinstance(problem, RecursionError) else problem
        raise InvalidAskError(f"the line is not JSON: {reason}", _HINT) from None
    if not isinstance(ask, dict):
        raise InvalidAskError("the line is not a JSON object", _HINT)
    if not _KEYS.keys() >= ask.keys():
        key = min(ask.keys() - _KEYS)
        raise InvalidAskError(f"{key[:40]!r} is no key of an ask", f"there are {', '.join(_KEYS)}")
    if missing := [key for key in _REQUIRED if key not in ask]:
        raise InvalidAskError(f"the line has no {missing[0]}", _HINT)
    if not isinstance(ask.get("allow_outlier", False), bool):
        raise InvalidAskError("allow_outlier is neither true nor false", "give one of them, or leave it out")
    return ask


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # a dictionary alone would keep the last, and say nothing
        raise ValueError("a key stands in it twice")
    return found


# Decimal, so that a fraction of a cent is refused, as it is on the command line.
_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal).decode
