"""What a cell of an untidy file holds, whatever type another program gave it."""

import pytest

from negotiator.values.cells import flag_from, json_from, json_number, text_from, whole_number, word_from
from tests.unit.values.spellings import TEXTS, WORDS


@pytest.mark.parametrize(
    ("cell", "text"),
    TEXTS,
)
def test_a_text_is_kept_as_it_is_unless_it_is_blank(cell: object, text: str | None) -> None:
    """A number is the text that it is printed as; bytes are UTF-8, with a mark for what is none."""
    assert text_from(cell) == text


@pytest.mark.parametrize(
    ("cell", "word"),
    WORDS,
)
def test_a_word_is_in_lower_case_without_blanks(cell: object, word: str | None) -> None:
    """Of letters that have no accent alone, as in SQLite."""
    assert word_from(cell) == word


@pytest.mark.parametrize(
    ("cell", "is_yes"),
    [
        *((cell, True) for cell in (1, -1, 2.5, True, "1", "y", "Yes", "true", "x", "on", b"1", "0.0")),
        *(
            (cell, False)
            for cell in (0, 0.0, False, None, "", " ", "0", "f", "False", "N", " no ", "OFF", b"0")
        ),
    ],
)
def test_a_flag_says_yes_unless_it_says_no(cell: object, is_yes: object) -> None:
    """In numbers and in words."""
    assert flag_from(cell) is is_yes


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5, 5),
        (-(2**63), -(2**63)),
        (5.0, 5),
        (-0.0, 0),
        (5.5, None),
        (float("inf"), None),
        (float("nan"), None),
        *((f" {text}\xa0", int(text)) for text in ("5", "+5", "-5", "007", "9" * 19)),
        *((text, None) for text in ("9" * 20, "", "-", "5.0", "5 5", "\uff15", "1_000", "x5", "5x")),
        (b"5", None),
        (None, None),
    ],
)
def test_a_whole_number_may_be_a_float_or_a_text(cell: object, number: int | None) -> None:
    """In plain digits, up to nineteen."""
    found = whole_number(cell)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    ("text", "content"),
    [('{"a": [1, 2.5]}', {"a": [1, 2.5]}), ("null", None), ("-0.0", -0.0), (" 1e308 ", 1e308)],
)
def test_json_is_read_as_it_stands(text: str, content: object) -> None:
    """Numbers as floats."""
    assert json_from(text) == content


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "NaN is no number in JSON"),
        ("[Infinity]", "Infinity is no number in JSON"),
        ("-Infinity", "-Infinity is no number in JSON"),
        ("1e309", "1e309 is no number in JSON"),
        (f"{'9' * 400}.0", f"{'9' * 40} is no number in JSON"),
        ("[" * 100_000, "it is nested too deeply"),
        ("{", "Expecting"),
        ("", "Expecting"),
    ],
)
def test_what_json_could_not_say_again_is_refused(text: str, why: str) -> None:
    """With the reason, and of a long number its beginning."""
    with pytest.raises(ValueError, match=r"^" + why) as refusal:
        json_from(text)
    assert len(str(refusal.value)) < 80


def test_a_number_of_json_is_finite() -> None:
    """However it is written."""
    assert json_number("1e2") == 100
