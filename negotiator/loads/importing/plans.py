"""Which cells of a record make which column of a load: what headings mean together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from negotiator.errors import InvalidLoadsError
from negotiator.loads.columns import COLUMNS, DERIVED, Meaning, Part, meaning_of
from negotiator.values.text import quoted

_LONGEST_LABEL = 40  # characters of a heading


class Taken(NamedTuple):
    """A column that is taken from a cell, or from two: their positions, and what a message calls them."""

    column: str
    label: str
    first: int
    second: int | None = None


@dataclass(frozen=True)
class Plan:
    """What is taken from records with these headings, what is not, and what is wrong with the headings.

    ``derived`` are keys of a load that was shown. ``nameless`` are the positions of blank headings: their
    cells should be blank too. ``known`` are the columns that have a heading.
    """

    taken: tuple[Taken, ...]
    unknown: tuple[str, ...]
    derived: tuple[str, ...]
    nameless: tuple[int, ...]
    known: frozenset[str]
    faults: tuple[InvalidLoadsError, ...]


def parse_mapping(given: Mapping[str, str]) -> dict[str, Meaning]:
    """Return what headings mean, from columns as people call them. Raises InvalidLoadsError."""
    mapping = {}
    for heading, stands_for in given.items():
        meaning = meaning_of(stands_for)
        if meaning is None:
            raise InvalidLoadsError(
                f"{quoted(stands_for)} is no column of a load", f"the columns are {', '.join(COLUMNS)}"
            )
        mapping[key_of(heading)] = meaning
    return mapping


def key_of(heading: str) -> str:
    """Return a heading as it stands in a mapping: case and the blanks around it don't matter."""
    return heading.strip().casefold()


def plan_for(headings: Sequence[str], mapping: Mapping[str, Meaning]) -> Plan:
    """Return what is taken from records with these headings.

    What a heading means by the ``mapping``, no other heading means.
    """
    mapped = {_place(meaning) for meaning in mapping.values()}
    places: dict[tuple[str, bool], tuple[int, Part]] = {}
    unknown: dict[str, None] = {}
    faults = []
    for position, heading in enumerate(headings):
        by_mapping = mapping.get(key_of(heading))
        meaning = by_mapping or meaning_of(heading)
        if meaning is None or (not by_mapping and _place(meaning) in mapped):
            unknown[heading] = None
        elif _place(meaning) in places:
            other = headings[places[_place(meaning)][0]]
            faults.append(_both_mean(other, heading, meaning.column))
        else:
            places[_place(meaning)] = (position, meaning.part)
    known = [column for column in COLUMNS if (column, False) in places or (column, True) in places]
    taken = []
    for column in known:
        first, second = places.get((column, False)), places.get((column, True))
        if first is None and second and second[1] is Part.STATE:
            faults.append(_state_alone(headings[second[0]], column))
            continue
        positions = [place[0] for place in (first, second) if place]
        taken.append(Taken(column, _label(column, [headings[at] for at in positions]), *positions))
    return Plan(
        taken=tuple(taken),
        unknown=tuple(name for name in unknown if name.strip() and name not in DERIVED),
        derived=tuple(name for name in unknown if name in DERIVED),
        nameless=tuple(position for position, heading in enumerate(headings) if not heading.strip()),
        known=frozenset(known),
        faults=tuple(faults),
    )


def _place(meaning: Meaning) -> tuple[str, bool]:
    """Return the column, and whether the second half of it is meant: a state, a time of day."""
    return meaning.column, meaning.part in {Part.STATE, Part.CLOCK}


def _label(column: str, headings: Sequence[str]) -> str:
    """Return what a message calls a value: what its reader calls it, and the column."""
    if list(headings) == [column]:
        return column
    names = " and ".join(heading.strip()[:_LONGEST_LABEL] for heading in headings)
    return f"{names} ({column})"


def _both_mean(one: str, other: str, column: str) -> InvalidLoadsError:
    return InvalidLoadsError(
        f"the columns {quoted(one)} and {quoted(other)} both mean {column}", "leave one of them out"
    )


def _state_alone(heading: str, column: str) -> InvalidLoadsError:
    return InvalidLoadsError(
        f"{quoted(heading)} is the state of {column}, and no column has the city", "add the city's column"
    )
