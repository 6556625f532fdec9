"""The laboratory's figures are the same in every version: people compare last month's with today's."""

import json

import pytest

from tests.unit.lab.figures import PINNED, figures

EXPECTED = json.loads(PINNED.read_text())


@pytest.fixture(scope="module")
def found() -> dict[str, object]:
    """Give the figures as JSON has them."""
    made: dict[str, object] = json.loads(json.dumps(dict(figures())))
    return made


def test_no_figure_is_new_or_gone(found: dict[str, object]) -> None:
    """By their names."""
    assert list(found) == list(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_figure_is_what_it_was(found: dict[str, object], name: str) -> None:
    """Whoever changes the model on purpose writes the figures anew, and says so in the changelog."""
    now, then = flat(found[name]), flat(EXPECTED[name])
    assert [value for value in now if isinstance(value, str)] == [
        value for value in then if isinstance(value, str)
    ]
    assert numbers(now) == pytest.approx(numbers(then), rel=1e-6)


def flat(value: object) -> list[object]:
    """Return what is in lists and dictionaries, one after the other, with the keys."""
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in (key, *flat(inner))]
    if isinstance(value, list):
        return [one for inner in value for one in flat(inner)]
    return [value]


def numbers(values: list[object]) -> list[float]:
    """Return those that are no words; None is -1."""
    return [
        float(value) if isinstance(value, int | float) else -1.0
        for value in values
        if not isinstance(value, str)
    ]
