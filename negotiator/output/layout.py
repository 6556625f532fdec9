"""Which columns of a table a terminal has room for: whole ones, or texts that fold between words."""

from collections.abc import Sequence
from typing import NamedTuple

GAP = 2
"""Characters between two columns."""


class Column(NamedTuple):
    """A column of a table for a person.

    IDs, amounts and times stay whole. A text, which has ``folds``, is folded between words where there is no
    room for it, to that many characters or to its longest word. Where it still does not fit, columns are left
    out, those of the highest ``rank`` first; the first column never is. Amounts stand at the ``right`` side,
    and so does what is said to.
    """

    heading: str
    folds: int = 0
    rank: int = 0
    right: bool = False


class Extent(NamedTuple):
    """How many characters a column needs at the least, and how many it takes when nothing is folded."""

    least: int
    full: int


def fit(columns: Sequence[Column], extents: Sequence[Extent], room: int) -> dict[int, int]:
    """Return the width of each column that is kept, by its place; ``room`` and widths are in characters.

    They fit, with their gaps, unless there is but one left.
    """
    kept = _chosen(columns, [extent.least for extent in extents], room)
    widths = {place: extents[place].least for place in sorted(kept)}
    for texts in (True, False):  # headings, which may be wider than what is below them, come after texts
        needs = {
            place: extents[place].full - widths[place]
            for place in kept
            if bool(columns[place].folds) == texts
        }
        spare = max(room - _width(list(widths.values())), 0)
        for number, place in enumerate(sorted(needs, key=needs.__getitem__)):
            given = min(needs[place], spare // (len(needs) - number))
            widths[place], spare = widths[place] + given, spare - given
    return widths


def _chosen(columns: Sequence[Column], least: Sequence[int], room: int) -> list[int]:
    """Return the places of the columns to keep: the first, and of the others what fits by importance."""

    def fits(places: list[int]) -> bool:
        return _width([least[place] for place in places]) <= room

    kept = list(range(len(columns)))
    left_out: list[int] = []
    for place in sorted(kept[1:], key=lambda each: (-columns[each].rank, -each)):
        if fits(kept):
            break
        kept.remove(place)
        left_out.insert(0, place)
    for place in left_out:  # a wide one that had to go may have left room for one that matters less
        if fits([*kept, place]):
            kept.append(place)
    return kept


def _width(widths: Sequence[int]) -> int:
    """Return the width of columns side by side."""
    return sum(widths) + GAP * (len(widths) - 1)
