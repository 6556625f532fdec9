"""Records of a JSON file: an array of them, alone or under a key; one record; or a record a line."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import NoReturn

from negotiator.records.lines import Lines
from negotiator.records.records import NESTED, Record, Records
from negotiator.records.subject import InvalidRecordsError, Subject

_LEAST_KEYS = 2  # of a record: its ID and something about it
_Pairs = tuple[tuple[str, object], ...]


def text_records(text: str, subject: Subject, where: str = "the file") -> Records:
    """Return the records of one JSON text. Raises InvalidRecordsError."""
    return _records_in(_parsed(text, where), subject)


def line_records(texts: Iterator[tuple[int, str]], subject: Subject) -> Records:
    """Return the records of JSON lines. Raises InvalidRecordsError, also while records are read."""
    return Records("line", _line_records(_objects(texts), subject))


def object_records(lines: Lines, first: bytes, subject: Subject) -> Records:
    """Return the records of a file that begins with an object: a record a line, or one JSON text.

    Raises InvalidRecordsError, also while records are read.
    """
    if not first.rstrip().endswith(b"}"):
        text = lines.text(first)
        return text_records(text, subject, "the file" if "\n" in text.strip() else f"line {lines.number}")
    objects = _objects(lines.texts(first))
    head, second = next(objects), next(objects, None)
    if second is None and not _is_record(head[1], subject):
        return _records_in(head[1], subject)
    return Records("line", _line_records(chain([head], [second] if second else [], objects), subject))


def _records_in(content: object, subject: Subject) -> Records:
    """Return the records of what a JSON text holds."""
    items, left_out = _items_in(content, subject)
    records = (_record(number, item, f"item {number}", subject) for number, item in enumerate(items, 1))
    return Records("item", records, left_out=left_out)


def _items_in(content: object, subject: Subject) -> tuple[list[object], tuple[str, ...]]:
    """Return the records of what a JSON text holds, and the names of what stands beside them.

    An object that is no record itself is an envelope: they are in its only array, or in its only object.
    """
    left_out: list[str] = []
    while isinstance(content, tuple) and not _is_record(content, subject):
        inner = [pair for pair in content if isinstance(pair[1], list)]
        inner = inner or [pair for pair in content if isinstance(pair[1], tuple)]
        if not inner:
            break
        if len(inner) > 1:
            names = ", ".join(repr(key[:40]) for key, _ in inner[:5])
            raise InvalidRecordsError(
                f"the file is one JSON object, and its {subject.many} may be under {names}",
                "give them as an array",
            )
        left_out += [key for key, _ in content if key != inner[0][0]]
        content = inner[0][1]
    if not isinstance(content, list | tuple):
        raise InvalidRecordsError("the file is not a JSON array", f"put the {subject.many} between [ and ]")
    return content if isinstance(content, list) else [content], tuple(left_out)


def _is_record(content: object, subject: Subject) -> bool:
    """Return whether something is an object with the keys of a record."""
    return isinstance(content, tuple) and sum(subject.knows(key) for key, _ in content) >= _LEAST_KEYS


def _objects(texts: Iterator[tuple[int, str]]) -> Iterator[tuple[int, object]]:
    return ((number, _parsed(text, f"line {number}")) for number, text in texts if text.strip())


def _line_records(objects: Iterator[tuple[int, object]], subject: Subject) -> Iterator[Record]:
    return (_record(number, item, f"line {number}", subject) for number, item in objects)


def _record(number: int, item: object, where: str, subject: Subject) -> Record:
    if not isinstance(item, tuple):
        raise InvalidRecordsError(f"{where} is not a JSON object", f"give each {subject.one} as {{...}}")
    values = [NESTED if isinstance(value, list | tuple) else value for _, value in item]
    return number, tuple(key for key, _ in item), values


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON has")


# Pairs, because a dictionary would lose a key that is given twice. Decimal, because a message quotes a number
# as it was given, and because an amount is taken as it is at every other door.
_decode = json.JSONDecoder(
    object_pairs_hook=tuple, parse_constant=_refuse_constant, parse_float=Decimal
).decode


def _parsed(text: str, where: str) -> object:
    try:
        return _decode(text)
    except ValueError as error:
        reason: object = error
    except ArithmeticError:
        reason = "a number in it is out of range"
    except RecursionError:
        reason = "it is nested too deeply"
    raise InvalidRecordsError(f"{where} is not JSON: {reason}", "check it with another program")
