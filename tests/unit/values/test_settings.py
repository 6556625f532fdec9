"""Settings: the variables that are read, and those that are misspelled."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

import negotiator
from negotiator.errors import InvalidPolicyError, InvalidSettingError
from negotiator.values.settings import SETTINGS, number_from, unknown_settings


def test_every_variable_that_the_program_names_is_a_setting() -> None:
    """In its code, its messages, its help and its guide; else a warning would follow our own advice."""
    files = [
        path for path in Path(negotiator.__file__).parent.rglob("*") if path.suffix in {".py", ".md", ".j2"}
    ]
    named = {name for path in files for name in re.findall(r"\bNEGOTIATOR_[A-Z_]*[A-Z]", path.read_text())}
    assert named == SETTINGS


def test_a_variable_that_only_begins_as_ours_is_unknown() -> None:
    """Whatever it holds; other programs' variables are theirs."""
    environ = {
        "NEGOTIATOR_DB": "",
        "NEGOTIATOR_ROUND": "3",
        "NEGOTIATOR_": "",
        "NEGOTIATE": "",
        "negotiator_x": "",
    }
    assert unknown_settings(environ) == [("NEGOTIATOR_", None), ("NEGOTIATOR_ROUND", "NEGOTIATOR_ROUNDS")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, None),
        ("", None),
        ("0", "0"),
        ("-7", "-7"),
        ("2.50", "2.50"),
        ("9" * 12, "9" * 12),
        ("-" + "9" * 12 + "." + "9" * 12, "-" + "9" * 12 + "." + "9" * 12),
    ],
)
def test_a_setting_is_a_plain_number(text: str | None, number: str | None) -> None:
    """Or it is not set, which empty is too."""
    environ = {"NEGOTIATOR_ROUNDS": text} if text is not None else {}
    assert number_from(environ, "NEGOTIATOR_ROUNDS") == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text",
    [
        " 7",
        "7 ",
        "+7",
        "7.",
        ".5",
        "1e3",
        "nan",
        "--7",
        "1,000",
        "\uff17",
        "7\n",
        "9" * 13,
        "1." + "1" * 13,
        "7x7",
    ],
)
def test_a_setting_that_is_no_number_is_named(text: str) -> None:
    """By the error that the caller wants."""
    for kind in (InvalidSettingError, InvalidPolicyError):
        with pytest.raises(kind) as refusal:
            number_from({"NEGOTIATOR_ROUNDS": text}, "NEGOTIATOR_ROUNDS", kind)
        assert refusal.value.message == f"NEGOTIATOR_ROUNDS is {text!r}, which is not a number"
        assert refusal.value.hint == "set a number or unset it"


def test_a_long_setting_is_quoted_by_its_beginning() -> None:
    """Forty characters; and it is an invalid setting unless the caller says otherwise."""
    with pytest.raises(InvalidSettingError, match=f"is '{'x' * 40}', which"):
        number_from({"NEGOTIATOR_ROUNDS": "x" * 41}, "NEGOTIATOR_ROUNDS")
