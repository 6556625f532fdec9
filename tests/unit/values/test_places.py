"""Places as people and files write them."""

import pytest

from negotiator.errors import InvalidPlaceError
from negotiator.values.places import Place, parse_place, place_from


@pytest.mark.parametrize(
    ("text", "city", "state"),
    [
        ("Chicago, IL", "chicago", "il"),
        ("CHICAGO IL 60601", "chicago", "il"),
        ("  Los Angeles,CA ", "los angeles", "ca"),
        ("Los  Angeles , CA 90001-1234", "los angeles", "ca"),
        ("St. Louis, MO", "st louis", "mo"),
        ("Dallas, Texas", "dallas", "tx"),
        ("Kansas City, Kansas", "kansas city", "ks"),
        ("Washington, DC", "washington", "dc"),
        ("New York, NY, USA", "new york", "ny"),
        ("Toronto, ON M5V 2T6, Canada", "toronto", "on"),
        ("Toronto, ON M0V 0T0", "toronto", "on"),
        ("Toronto, ON M5V2T6", "toronto", "on"),
        ("Boston, MA 02010-0001", "boston", "ma"),
        ("Winston-Salem, nc", "winston-salem", "nc"),
        ("Chicago", "chicago", None),
        ("IL", None, "il"),
        ("tx", None, "tx"),
        ("columbus in", "columbus", "in"),
        # a name alone is a city's, and without a comma a state has two letters
        ("New York", "new york", None),
        ("Kansas City", "kansas city", None),
        ("Paris Texas", "paris texas", None),
        ("Chicago, XX", "chicago, xx", None),
        ("", "", None),
    ],
)
def test_a_place_is_read_as_it_is_written(text: str, city: str | None, state: str | None) -> None:
    """Postal codes, countries, full stops, capitals and blanks do not count."""
    assert place_from(text) == Place(city, state)


@pytest.mark.parametrize(
    "text", ["New York, NY", "Washington, DC", "NY", "Reno", "St. Louis, MO", "Montréal, QC"]
)
def test_what_is_typed_is_the_same_place(text: str) -> None:
    """A city that has a state's name is one, beside its state."""
    assert parse_place(text) == place_from(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Texas", "name of a state"),
        ("New York", "name of a state"),
        ("XX", "'XX' is no state"),
        ("Chicago, XX", "'XX' is no state"),
        ("", "no place"),
        (" , ", "no place"),
        ("12345", "no place"),
        ("Reno\n", "no place"),
    ],
)
def test_what_would_be_read_as_another_place_is_refused(text: str, message: str) -> None:
    """A rule about a city named Texas would never hold, and nobody would be told."""
    with pytest.raises(InvalidPlaceError, match=message):
        parse_place(text)


@pytest.mark.parametrize(
    ("one", "other", "includes"),
    [
        ("IL", "Chicago, IL", True),
        ("Chicago", "Chicago, IL", True),
        ("Chicago, IL", "Chicago, IL", True),
        ("Chicago, IL", "IL", False),
        ("Chicago, IL", "Chicago", False),
        ("Portland, OR", "Portland, ME", False),
        ("IL", "Chicago", False),
        ("IN", "Chicago, IL", False),
    ],
)
def test_a_place_includes_what_is_known_to_be_in_it(one: str, other: str, includes: bool) -> None:  # noqa: FBT001 - a column of the table
    """A city alone is in no state: there are several of most names."""
    assert place_from(one).includes(place_from(other)) is includes
