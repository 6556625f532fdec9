"""Lines of asks: which of them are read, how long they may be, and what is said of one that is no ask."""

from decimal import Decimal
from io import BytesIO

import pytest

from negotiator.errors import InvalidAskError
from negotiator.negotiation.ask_lines import ask_in, lines_of
from negotiator.progress import silent

BOM = b"\xef\xbb\xbf"
HINT = 'give an ask a line, as in {"call_id": 2, "carrier_offer": 2300}'
KEYS = "call_id, carrier_offer, session_id, notes, request_id, ceiling, allow_outlier, allow_carrier"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n \n\t\r\n", []),
        (b"a\n\n b \nc", [(1, b"a"), (3, b"b"), (4, b"c")]),
        (BOM + b"a\n", [(1, b"a")]),
        (BOM + b"\nb\n", [(2, b"b")]),
        # only a file begins with a mark; inside of it, it is a part of a line
        (b"a\n" + BOM + b"b\n", [(1, b"a"), (2, BOM + b"b")]),
        # a line's end is not counted
        (b"x" * 200_000 + b"\nb", [(1, b"x" * 200_000), (2, b"b")]),
        (b"x" * 200_000, [(1, b"x" * 200_000)]),
        (b"x" * 200_001, [(1, None)]),
        (b"x" * 200_001 + b"\nb\n", [(1, None), (2, b"b")]),
        (b"a\n" + b"x" * 700_000 + b"\n\nb", [(1, b"a"), (2, None), (4, b"b")]),
    ],
)
def test_lines_are_numbered_and_blank_ones_left_out(
    content: bytes, expected: list[tuple[int, bytes | None]]
) -> None:
    """One that is too long is told by None, and those after it are read."""
    assert list(lines_of(BytesIO(content), silent)) == expected


def test_the_bytes_that_were_read_are_told() -> None:
    """Blank and long lines too; the size of what is no file is not known."""
    told: list[tuple[str, int, int]] = []
    list(lines_of(BytesIO(b"a\n\n" + b"x" * 200_001 + b"\nbc"), lambda *step: told.append(step)))
    assert told == [("answering", done, 0) for done in (2, 3, 200_005, 200_007)]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        (None, "the line has more than 200,000 bytes", HINT),
        (b"\xff", "the line is not UTF-8", "save it as UTF-8"),
        (b"[" * 100_000, "the line is not JSON: it is nested too deeply", HINT),
        (b'{"call_id": 1, "call_id": 1}', "the line is not JSON: a key stands in it twice", HINT),
        (b"[]", "the line is not a JSON object", HINT),
        (b'{"b": 1, "a": 1}', "'a' is no key of an ask", f"there are {KEYS}"),
        (b'{"' + b"k" * 41 + b'": 1}', f"'{'k' * 40}' is no key of an ask", f"there are {KEYS}"),
        (b"{}", "the line has no call_id", HINT),
        (b'{"call_id": 1}', "the line has no carrier_offer", HINT),
        (
            b'{"call_id": 1, "carrier_offer": 2300, "allow_outlier": 1}',
            "allow_outlier is neither true nor false",
            "give one of them, or leave it out",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_told(line: bytes | None, message: str, hint: str) -> None:
    """And how an ask is written."""
    with pytest.raises(InvalidAskError) as caught:
        ask_in(line)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_ask_holds_what_its_line_says() -> None:
    """Each key; what is left out is not set."""
    line = b"""{"call_id": 1, "carrier_offer": 2300.5, "session_id": "s", "notes": "n", "request_id": "r",
                "ceiling": "2400", "allow_outlier": true}"""
    found = ask_in(line)
    assert (found.call_id, str(found.amount), found.session_id, found.notes) == (1, "2300.50", "s", "n")
    assert (found.request_id, found.ceiling, found.allow_outlier) == ("r", Decimal(2400), True)
    bare = ask_in(b'{"call_id": 1, "carrier_offer": 2300}')
    assert bare[2:] == (None, None, None, None, False, None, None)
