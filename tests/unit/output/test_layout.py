"""Which columns are kept in how much room, and how wide they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator.output.layout import GAP, Column, Extent, fit

ID, WHO, AMOUNT, WHEN = Column("ID"), Column("Who", folds=8, rank=1), Column("Amount"), Column("When", rank=2)
COLUMNS = [ID, WHO, AMOUNT, WHEN]
EXTENTS = [Extent(10, 10), Extent(8, 20), Extent(9, 12), Extent(16, 16)]


@pytest.mark.parametrize(
    ("room", "widths"),
    [
        (64, {0: 10, 1: 20, 2: 12, 3: 16}),  # all, and more than enough
        (62, {0: 10, 1: 20, 2: 10, 3: 16}),  # a heading is folded before a text is
        (50, {0: 10, 1: 9, 2: 9, 3: 16}),  # then the text
        (49, {0: 10, 1: 8, 2: 9, 3: 16}),
        (48, {0: 10, 1: 20, 2: 12}),  # then what matters least is left out
        (31, {0: 10, 1: 8, 2: 9}),
        (30, {0: 10, 2: 12}),
        (20, {0: 10, 1: 8}),
        (19, {0: 10}),
        (1, {0: 10}),  # the first column runs over
    ],
)
def test_headings_fold_then_texts_then_columns_go(room: int, widths: dict[int, int]) -> None:
    """Those of the highest rank first, and the first column never."""
    assert fit(COLUMNS, EXTENTS, room) == widths


def test_what_matters_less_is_kept_where_what_matters_more_does_not_fit() -> None:
    """The room is used."""
    columns = [Column("ID"), Column("Session", rank=1), Column("Rounds", rank=2)]
    assert fit(columns, [Extent(10, 10), Extent(50, 50), Extent(6, 6)], 40) == {0: 10, 2: 6}


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(1, 60), st.integers(0, 60)), min_size=1
    ),
    st.integers(0, 200),
)
def test_what_is_kept_fits_and_is_never_narrower_than_it_can_be(
    made: list[tuple[int, int, int, int]], room: int
) -> None:
    """Nor wider than it needs; it is in the order of the columns."""
    columns = [Column("", folds, rank) for folds, rank, _, _ in made]
    extents = [Extent(least, least + more) for _, _, least, more in made]
    widths = fit(columns, extents, room)
    assert list(widths) == sorted(widths)
    assert 0 in widths
    assert all(extents[place].least <= width <= extents[place].full for place, width in widths.items())
    assert len(widths) == 1 or sum(widths.values()) + GAP * (len(widths) - 1) <= room
    if sum(extent.least for extent in extents) + GAP * (len(extents) - 1) <= room:
        assert len(widths) == len(columns)
