"""One grammar: what Python reads in a cell, SQLite reads too."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiator.negotiation.responses import decision_in
from negotiator.storage import sql
from negotiator.values import recorded
from negotiator.values.cells import WHITE_SPACE, text_from, word_from
from negotiator.values.mc_number import carrier_from
from negotiator.values.money import rate_from_file
from negotiator.values.timestamps import format_stored, parse_stored
from tests.unit.values.spellings import AMOUNTS as AMOUNT_CELLS
from tests.unit.values.spellings import CARRIERS as CARRIER_CELLS
from tests.unit.values.spellings import RATES, TEXTS, TIMES
from tests.unit.values.spellings import WORDS as WORD_CELLS

FEW, MANY = 300, 20_000  # cells of each kind

Cell = str | bytes | int | float | None
"""What SQLite keeps."""


class Kind(NamedTuple):
    """One thing that is read: in Python, in SQL, and what cells may hold of it."""

    in_python: Callable[[Cell], object]
    in_sql: Callable[[str], str]
    spellings: st.SearchStrategy[Cell]


def joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Give the parts one after another."""
    return st.tuples(*parts).map("".join)


def one_of(*texts: str) -> st.SearchStrategy[str]:
    """Give one of the texts."""
    return st.sampled_from(texts)


def almost(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Cell]:
    """Give such texts, with blanks around them, in any case, with one character wrong; and other values."""
    blanks = st.text(WHITE_SPACE, max_size=2)
    anything = st.one_of(
        st.text(max_size=8), st.none(), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=8)
    )
    return st.one_of(
        *(texts, joined(blanks, texts, blanks)),
        *(texts.map(str.upper), texts.map(str.title)),
        st.builds(
            _with_one_wrong, texts, st.integers(0, 40), one_of(*"0123456789 .,:-+TZ$\0é٣\N{EM SPACE}", "")
        ),
        texts.map(str.encode),
        anything,
    )


def _with_one_wrong(text: str, place: int, wrong: str) -> str:
    place = min(place, len(text))
    return text[:place] + wrong + text[place + 1 :]


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    """Give so many digits."""
    return st.text("0123456789", min_size=least, max_size=most)


FLOATS = st.floats(0, 1.2e7) | st.integers(-100, 10**9).map(lambda cents: cents / 100)
AMOUNTS = st.one_of(
    FLOATS.map(repr),
    st.floats(0, 1.2e7).map("{:,.2f}".format),
    joined(one_of("", "$"), digits(1, 12), one_of("", ".", ","), digits(0, 5)),
    joined(digits(1, 4), one_of(",", "."), digits(3, 3), one_of("", ".50", ",000", ".00")),
)
MOMENTS = st.one_of(
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    joined(
        *(one_of("2025", "0001", "9999", "0000", "2024"), one_of("-", "/")),
        *(one_of("08", "02", "12", "13", "00"), one_of("-")),
        *(one_of("20", "01", "28", "29", "30", "31", "32", "00"), one_of(" ", "T", "t", "", "  ")),
        *(one_of("10", "9", "23", "24", "00", ""), one_of(":", "", "."), one_of("35", "59", "60", "5")),
        *(one_of("", ":00", ":59", ":60", ":5", ":"), one_of("", ".5", ".816364", ",1234567", ".")),
        *(one_of("", " ", "  "),),
        one_of("", "Z", "z", "UTC", "gmt", "+02:00", "+0530", "-05", "+14:59", "-15:00", "+02:60", "EST"),
    ),
)
STORED_MOMENTS = joined(
    *(one_of("2025", "0001", "9999", "0000", "2024"), st.just("-")),
    *(one_of(*(f"{month:02}" for month in range(15))), st.just("-")),
    *(one_of("01", "28", "29", "30", "31", "32", "00"), st.just(" ")),
    *(one_of("00", "19", "23", "24", "30"), st.just(":"), one_of("00", "59", "60"), st.just(":")),
    *(one_of("00", "59", "60"), one_of("", ".816364", ".000000", ".81636", ".8163640", ".")),
)
WORDS = one_of(
    "available", "booked", "accepted", "transfer_to_human", *recorded.TAKING_BACK, "boo\N{KELVIN SIGN}ed"
)
CARRIERS = joined(
    one_of("MC", "mc", "", "M-C", "DOT"),
    one_of("", " ", "-", "#", " # "),
    one_of("", "0", "000"),
    digits(0, 8),
)


def _decision(cell: Cell) -> str | None:
    response = text_from(cell)
    word, decision = word_from(response), decision_in(response)
    return word if word in recorded.TAKING_BACK else decision and decision.value


def _is_text(cell: Cell) -> bool:
    return not isinstance(cell, bytes) or cell.decode("utf-8", "ignore").encode() == cell


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _stored(cell: Cell) -> str | None:
    """Return the moment that a cell holds if it is spelled as we store it, or so without a fraction."""
    moment = parse_stored(cell)
    stored = moment and format_stored(moment)
    is_leap_day = isinstance(cell, str) and cell[5:10] == "02-29"
    return stored if stored and cell in {stored, stored[:19]} and not is_leap_day else None


KINDS = {
    "text": Kind(text_from, sql.text_of, almost(WORDS)),
    "word": Kind(word_from, sql.word_of, almost(WORDS)),
    "moment": Kind(
        lambda cell: (moment := parse_stored(cell)) and format_stored(moment), sql.moment_of, almost(MOMENTS)
    ),
    "moment as stored": Kind(_stored, sql.stored_moment_of, almost(STORED_MOMENTS | MOMENTS)),
    "amount": Kind(
        lambda cell: _float(rate_from_file(cell)), sql.rate_of, almost(AMOUNTS) | st.floats() | FLOATS
    ),
    "counter": Kind(
        lambda cell: _float(recorded.counter_in(cell)),
        sql.counter_of,
        almost(joined(st.just(recorded.COUNTER_PREFIX), AMOUNTS)),
    ),
    "decision": Kind(
        _decision, sql.decision_of, almost(WORDS | joined(st.just(recorded.COUNTER_PREFIX), AMOUNTS))
    ),
    # What is taken out of bytes that are no UTF-8 may make some of the rest.
    "carrier": Kind(carrier_from, sql.carrier_of, almost(CARRIERS).filter(_is_text)),
}


NO_BREAK = "\xa0"
COUNTERS = (
    *(
        f"{recorded.COUNTER_PREFIX}{cell}"
        for cell, _ in AMOUNT_CELLS + RATES
        if isinstance(cell, str | float)
    ),
    *(
        f"{recorded.COUNTER_PREFIX}{text}"
        for text in ("0.01", "0.00", "10000000.00", "10000000.01", "2.50.00")
    ),
    *(
        f"{recorded.COUNTER_PREFIX}{text}"
        for text in (".50", "1150.5", "1150.505", "1,150.00", "9" * 22 + ".00")
    ),
    *(
        " Counter_Offer_1150.00",
        f"counter_offer_1150{NO_BREAK}",
        "xcounter_offer_5",
        "counter_offer_5\0",
        "COUNTER_OFFER_7",
    ),
    *("counter_offer", "counteroffer_5", "counter offer 5", "counter_offer_ 5", "accepted counter_offer_5"),
)
EDGES: dict[str, Iterable[object]] = {
    "text": [cell for cell, _ in TEXTS],
    "word": [cell for cell, _ in WORD_CELLS + TEXTS],
    "moment": [cell for cell, _ in TIMES],
    "moment as stored": [
        *(cell for cell, _ in TIMES),
        *(f"2025-{month:02}-{day:02} 10:00:00" for month in range(14) for day in (0, 1, 28, 29, 30, 31, 32)),
        *("2024-02-29 00:00:00", "2025-08-20 23:59:59.999999", "2025-08-20 24:00:00", "0001-01-01 00:00:00"),
    ],
    "amount": [cell for cell, _ in AMOUNT_CELLS + RATES],
    "counter": COUNTERS,
    "decision": [
        *COUNTERS,
        *(
            "accepted",
            " Accepted ",
            "transfer_to_human",
            "TRANSFER_TO_HUMAN",
            "transfer",
            *recorded.TAKING_BACK,
        ),
        *("Reopened", "undone", "accept", "", " ", None, 7, b"accepted"),
    ],
    "carrier": [cell for cell, _ in CARRIER_CELLS],
}
"""Cells at the bounds of what is read: the tables of what Python reads say as what."""


@pytest.mark.parametrize("kind", KINDS)
def test_python_and_sql_read_the_same_at_each_bound(kind: str) -> None:
    """Of all that the tables of spellings hold."""
    in_python, in_sql, _ = KINDS[kind]
    with closing(sqlite3.connect(":memory:")) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        cells = [cell for cell in EDGES[kind] if isinstance(cell, Cell)]
        found = [
            db.execute(f"SELECT {in_sql('cell')} FROM (SELECT ? AS cell)", [cell]).fetchone()[0]
            for cell in cells
        ]
    assert dict(zip(map(repr, cells), found, strict=True)) == {repr(cell): in_python(cell) for cell in cells}


@pytest.mark.parametrize(
    ("response", "decision"),
    [
        ("accepted", "accepted"),
        ("transfer_to_human", "transfer"),
        ("counter_offer_2125.00", "counter"),
        *((word, word) for word in ("reopened", "withdrawn", "fell_through")),
        ("Would $2050 work?", None),
        (None, None),
    ],
)
def test_what_a_response_decides_has_a_word(response: str | None, decision: str | None) -> None:
    """As it stands in the views, for whoever asks in SQL; a deciding one is told from others by its word."""
    with closing(sqlite3.connect(":memory:")) as db:
        asked = f"SELECT {sql.decision_of('cell')} FROM (SELECT ? AS cell)"
        assert db.execute(asked, [response]).fetchone() == (decision,)
        for word in recorded.DECIDING:
            is_one = f"SELECT {sql.is_deciding('cell', word)} FROM (SELECT ? AS cell)"
            for spelled in (response, response and f" {response.upper()}"):
                assert bool(db.execute(is_one, [spelled]).fetchone()[0]) is (response == word)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "available"),
        (" ", "available"),
        ("Booked ", "booked"),
        ("AVAILABLE", "available"),
        ("on hold", "on hold"),
    ],
)
def test_a_load_without_a_status_is_available(status: str | None, said: str) -> None:
    """As other programs leave it."""
    with closing(sqlite3.connect(":memory:")) as db:
        asked = f"SELECT {sql.load_status_of('cell')} FROM (SELECT ? AS cell)"
        assert db.execute(asked, [status]).fetchone() == (said,)


@pytest.mark.parametrize(
    ("notes", "note", "kept"),
    [
        ("old", None, "old"),
        (None, None, None),
        (None, "new", "new"),
        (" ", "new", "new"),
        ("old", "new", "old\nnew"),
        ("old\n", "", "old\n\n"),
    ],
)
def test_a_note_follows_on_a_line_of_its_own(notes: str | None, note: str | None, kept: str | None) -> None:
    """None changes nothing, and blank notes are none."""
    with closing(sqlite3.connect(":memory:")) as db:
        asked = f"SELECT {sql.with_note(':note')} FROM (SELECT :notes AS notes)"
        assert db.execute(asked, {"notes": notes, "note": note}).fetchone() == (kept,)


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", KINDS)
def test_python_and_sql_read_the_same(kind: str, number: int) -> None:
    """Of what other programs write, of what is almost that, and of anything."""
    in_python, in_sql, spellings = KINDS[kind]
    question = f"SELECT {in_sql('cell')} FROM (SELECT value AS cell FROM held)"
    with closing(sqlite3.connect(":memory:")) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        db.execute("CREATE TABLE held (value)")

        def read(stored: str, cell: Cell) -> object:
            db.execute("DELETE FROM held")
            db.execute(f"INSERT INTO held VALUES ({stored})", [cell])
            return db.execute(question).fetchone()[0]

        @settings(max_examples=number, deadline=None)
        @given(spellings)
        def compare(cell: Cell) -> None:
            assert read("?", cell) == in_python(cell)
            if isinstance(cell, bytes):  # as text that may be no UTF-8
                assert read("CAST(? AS TEXT)", cell) == in_python(cell.decode("utf-8", "replace"))

        compare()
