"""Settings: the variables that are read, and those that are misspelled."""

import re
from pathlib import Path

import negotiator
from negotiator.values.settings import SETTINGS, unknown_settings


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
