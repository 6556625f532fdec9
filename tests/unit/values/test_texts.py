"""Texts that people give, and how a message quotes them."""

from collections.abc import Callable

import pytest

from negotiator.errors import InvalidNotesError, InvalidTextError
from negotiator.values.people import require_person
from negotiator.values.text import (
    NOTES_LIMIT,
    allowing,
    like_pattern,
    quoted,
    require_company_name,
    require_name,
    require_note,
    require_reason,
    require_usable_notes,
)

LIMIT_HINT = "give at most 10,000 characters of text"
NAME_HINT = "give 1 to 200 characters"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("L1", "'L1'"),
        ("two\nlines", r"'two\nlines'"),
        ("x" * 58, f"'{'x' * 58}'"),
        ("x" * 59, f"'{'x' * 56}..."),
        (2300, "2300"),
        (2300.5, "2300.5"),
        (None, "null"),
        (True, "true"),
        ([1, "a"], '[1, "a"]'),
        ({"a": (None,)}, '{"a": [null]}'),
        ({"a": b"x"}, """{"a": "b'x'"}"""),
        (b"x", "b'x'"),
        (10**60, f"1{'0' * 56}..."),
    ],
)
def test_a_message_quotes_a_value_on_one_line(value: object, said: str) -> None:
    """Text in quotes, all else as JSON spells it, and sixty characters at most."""
    assert quoted(value) == said


def test_a_value_that_cannot_be_spelled_is_a_value() -> None:
    """A message about it can be written."""
    assert quoted(10**10_000) == "this value"
    endless: list[object] = []
    endless.append(endless)
    assert quoted(endless) == "this value"
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    assert quoted(deep) == "this value"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Acme", "%Acme%"),
        ("50%", r"%50\%%"),
        ("a_b", r"%a\_b%"),
        ("\\", r"%\\%"),
        (r"\%", r"%\\\%%"),
        ("\udce9", "%\ufffd\ufffd\ufffd%"),
    ],
)
def test_what_is_looked_for_stands_for_itself(text: str, pattern: str) -> None:
    """No sign of LIKE in it is one."""
    assert like_pattern(text) == pattern


@pytest.mark.parametrize("notes", [None, "", " ", "x" * NOTES_LIMIT, "two\nlines", "\xe9t\xe9 \U0001f69a"])
def test_notes_may_be_any_text(notes: str | None) -> None:
    """Of ten thousand characters at most."""
    require_usable_notes(notes)


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        (5, "the notes are 5, which is no text"),
        ("x" * 10_001, "the notes have 10,001 characters"),
        ("a\0b", "the notes hold a NUL character"),
        ("\ud800", "the notes are not valid UTF-8"),
        ("a\udfff", "the notes are not valid UTF-8"),
    ],
)
@pytest.mark.parametrize("require", [require_usable_notes, require_note, require_reason])
def test_notes_that_cannot_be_kept_are_refused(
    require: Callable[[str], None], notes: str, message: str
) -> None:
    """So are notes and reasons that have to be there."""
    with pytest.raises(InvalidNotesError) as refusal:
        require(notes)
    assert (refusal.value.message, refusal.value.hint) == (message, LIMIT_HINT)


@pytest.mark.parametrize(
    ("require", "message", "hint"),
    [
        (require_note, "the note is empty", "say what is to be kept"),
        (require_reason, "the reason is empty", "say why, for whoever reads the record"),
    ],
)
@pytest.mark.parametrize("text", ["", " \n"])
def test_a_note_and_a_reason_say_something(
    require: Callable[[str], None], message: str, hint: str, text: str
) -> None:
    """Blanks say nothing."""
    with pytest.raises(InvalidNotesError) as refusal:
        require(text)
    assert (refusal.value.message, refusal.value.hint) == (message, hint)
    require(" x ")


@pytest.mark.parametrize("name", ["A", "Acme Freight & S\xf6hne", "x" * 200])
def test_a_name_is_a_line_of_print(name: str) -> None:
    """Of 200 characters at most."""
    require_name(name, "the name")
    require_company_name(name)
    require_person(name)


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "a\tb", "x" * 201])
def test_what_is_no_name_is_refused(name: str) -> None:
    """By what it is the name of."""
    for require, what in (
        (require_company_name, "the company's name"),
        (require_person, "the person's name"),
    ):
        with pytest.raises(InvalidTextError) as refusal:
            require(name)
        message = f"{what} is empty, too long, or has control characters"
        assert (refusal.value.message, refusal.value.hint) == (message, NAME_HINT)


def test_no_name_of_a_company_is_none() -> None:
    """It need not be given."""
    require_company_name(None)


@pytest.mark.parametrize("name", ["policy", " Policy "])
def test_the_policy_is_no_person(name: str) -> None:
    """Else what a person decided would count as decided by it."""
    with pytest.raises(InvalidTextError) as refusal:
        require_person(name)
    assert refusal.value.message == f"{name!r} stands for what the policy decides"
    assert refusal.value.hint == "name the person who decided"


def test_why_a_carrier_was_allowed_follows_the_notes() -> None:
    """On a line of its own."""
    assert allowing(None, "late truck") == "carrier allowed: late truck"
    assert allowing("call back", "late truck") == "call back\ncarrier allowed: late truck"
