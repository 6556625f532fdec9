"""What to do about an error is worded by the command line alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import negotiator
from negotiator.cli.hints import WORDS, hint_for
from negotiator.errors import MigrationsPendingError, NegotiatorError, OutlierError, Remedy

PACKAGE = Path(negotiator.__file__).parent
OPTION_OR_COMMAND = re.compile(r"(?<![\w-])--[a-z]|`negotiator\b")


def test_every_remedy_has_words() -> None:
    """A new one must be worded."""
    assert set(WORDS) == set(Remedy)


@pytest.mark.parametrize(
    ("problem", "hint"),
    [
        (NegotiatorError("it is so", "do that"), "do that"),
        (NegotiatorError("it is so"), ""),
        (
            OutlierError("far", "check it", remedy=Remedy.ALLOW_OUTLIER),
            "check it; if it is right, repeat it with --allow-outlier",
        ),
        (
            MigrationsPendingError("old", "migrate it", remedy=Remedy.MIGRATE, path=Path("my loads.db")),
            "run `negotiator migrate 'my loads.db'`; it backs the file up first",
        ),
        (
            MigrationsPendingError("old", "migrate it", remedy=Remedy.MIGRATE, path=Path("-x.db")),
            "run `negotiator migrate ./-x.db`; it backs the file up first",
        ),
    ],
)
def test_a_hint_is_what_can_be_typed(problem: NegotiatorError, hint: str) -> None:
    """The library's hint alone, or with what the command line has for it."""
    assert hint_for(problem) == hint


def texts(path: Path) -> Iterator[str]:
    """Give the texts in a module that may reach a user: all but docstrings."""
    tree = ast.parse(path.read_text())
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_no_text_of_the_library_names_an_option_or_a_command() -> None:
    """Whoever calls it from Python, or over HTTP, has neither."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] != "cli":
            assert not [text for text in texts(path) if OPTION_OR_COMMAND.search(text)], path
