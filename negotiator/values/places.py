"""Where loads go: a city, a state, or both, as people write them. States are those of the US and Canada."""

import re
from dataclasses import dataclass
from functools import lru_cache

from negotiator.errors import InvalidPlaceError

_STATES = """
al alabama, ak alaska, az arizona, ar arkansas, ca california, co colorado, ct connecticut, de delaware,
dc district of columbia, fl florida, ga georgia, hi hawaii, id idaho, il illinois, in indiana, ia iowa,
ks kansas, ky kentucky, la louisiana, me maine, md maryland, ma massachusetts, mi michigan, mn minnesota,
ms mississippi, mo missouri, mt montana, ne nebraska, nv nevada, nh new hampshire, nj new jersey,
nm new mexico, ny new york, nc north carolina, nd north dakota, oh ohio, ok oklahoma, or oregon,
pa pennsylvania, pr puerto rico, ri rhode island, sc south carolina, sd south dakota, tn tennessee, tx texas,
ut utah, vt vermont, va virginia, wa washington, wv west virginia, wi wisconsin, wy wyoming, ab alberta,
bc british columbia, mb manitoba, nb new brunswick, nl newfoundland and labrador, ns nova scotia,
nt northwest territories, nu nunavut, on ontario, pe prince edward island, qc quebec, sk saskatchewan,
yt yukon
"""
_CODES = {name: code for code, name in (state.split(maxsplit=1) for state in _STATES.split(","))}
_CODES |= {code: code for code in _CODES.values()}
_COUNTRY = re.compile(r"[\s,]+(?:usa|us|united states|canada)$")
_POSTAL_CODE = re.compile(r"[\s,]+(?:\d{5}(?:-\d{4})?|[a-z]\d[a-z] ?\d[a-z]\d)$", re.ASCII)
_LETTERS_OF_A_STATE = 2
_SEEN = 10_000  # places that are remembered: a board has few, and asks for them again and again


@dataclass(frozen=True)
class Place:
    """A city, a state (its two letters), or both, in lower case; None is any."""

    city: str | None
    state: str | None

    def includes(self, other: "Place") -> bool:
        """Return whether whatever is in the other place is in this one."""
        return self.city in {None, other.city} and self.state in {None, other.state}


@lru_cache(_SEEN)
def place_from(text: str) -> Place:
    """Return the place that a cell of a file means: ``Chicago, IL``, ``CHICAGO IL 60601`` or ``IL``.

    A state may be spelled out after a comma. A name alone is a city's.
    """
    plain = " ".join(text.replace(".", "").split()).strip(" ,").lower()
    plain = _POSTAL_CODE.sub("", _COUNTRY.sub("", plain))
    if len(plain) == _LETTERS_OF_A_STATE and plain in _CODES:
        return Place(None, plain)
    city, comma, end = plain.rpartition(",")
    if not comma:
        city, _, end = plain.rpartition(" ")
        end = end if len(end) == _LETTERS_OF_A_STATE else ""
    state = _CODES.get(end.strip())
    return Place(city.strip(" ,"), state) if state else Place(plain, None)


def parse_place(text: str) -> Place:
    """Return the place that somebody typed: a city, a state's two letters, or both.

    Raises InvalidPlaceError, also for a state that is spelled out without a city: there is a city New York.
    """
    place = place_from(text)
    how = "give a city, a state's two letters, or both, as in 'Chicago, IL'"
    if place.state is not None or place.city is None:
        return place
    if not any(map(str.isalpha, place.city)) or not text.isprintable():
        raise InvalidPlaceError(f"{text[:40]!r} is no place", how)
    if code := _CODES.get(place.city):
        raise InvalidPlaceError(
            f"{text[:40]!r} is the name of a state", f"give {code.upper()} for the state, or 'City, ST'"
        )
    end = place.city.rpartition(",")[2].strip()
    if len(end) == _LETTERS_OF_A_STATE:
        raise InvalidPlaceError(f"{end.upper()!r} is no state of the US or Canada", how)
    return place
