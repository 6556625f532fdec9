"""Each figure's numerator and denominator, counted in Python over facts of every mix, and its words."""

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from negotiator.reports.figures import FIGURES, FigureSpec

WITHIN = 0.02
# Values at the bounds of what the figures ask: a posted rate of 900 has a ceiling of 1000, and 1020 is 2 % above.
THREADS: dict[str, tuple[object, ...]] = {
    "session_id": (None, "sess_a"),
    "rounds": (1, 2, 3, 4),
    "undecided": (0, 1, 2),
    "first_ask": (None, 1100.0, 1300.0),
    "last_ask": (None, 999.0, 1000.0, 1001.0, 1020.0, 1021.0),
    "counters": (0, 1, 2, 3),
    "highest_counter": (None, 950.0),
    "state": ("open", "accepted", "transferred", "closed"),
    "agreed": (None, 850.0, 900.0, 1000.0, 1001.0),
    "agreed_by": (None, "policy", "person"),
    "first_moment": (None, 2460000.25),
    "closing_moment": (None, 2460000.5, 2460000.75),
    "posted": (None, -5.0, 0.0, 900.0),
    "of_today": (0, 1),
    "ceiling": (None, 900.0, 1000.0),
    "ceiling_of_today": (0, 1),
}
CALLS: dict[str, tuple[object, ...]] = {
    "outcome": (None, "accepted", "rejected", "negotiating", "transferred", "abandoned", "lost"),
    "sentiment": (None, "positive", "neutral", "negative", "glad"),
    "agreed": (None, -1.0, 0.0, 950.0, 990.0),
    "posted": (None, 0.0, 900.0),
    "of_today": (0, 1),
    "agreed_by": (None, "policy", "person"),
    "fell_through": (0, 1),
    "asked": (0, 1),
}
OPEN_LOADS: dict[str, tuple[object, ...]] = {"age": (None, 0.0, 1.5, 20.0)}


class Fraction(NamedTuple):
    """What a figure is made of; of a median the middle one's values."""

    numerator: float | None
    denominator: float | None


Row = SimpleNamespace

WORDS = """
calls | Calls | count | calls
calls_with_ask | Calls with an ask | count | calls with an ask, of calls
sessions | Sessions | count | sessions with a round, of threads
threads | Threads | count | sessions, and calls with rounds of no session
rounds | Rounds | count | rounds
undecided_rounds | Rounds without a decision | count | rounds of older programs that record no decision, of rounds
booking_rate | Booking rate | share | booked calls / calls with an ask
outcome_accepted | Outcome accepted | share | calls that ended accepted / calls
outcome_rejected | Outcome rejected | share | calls that ended rejected / calls
outcome_negotiating | Outcome negotiating | share | calls that ended negotiating / calls
outcome_transferred | Outcome transferred | share | calls that ended transferred / calls
outcome_abandoned | Outcome abandoned | share | calls that ended abandoned / calls
outcome_unknown | Outcome unknown | share | calls without an outcome / calls
rounds_to_close | Rounds to close | rounds | rounds / closed threads
closed_in_1 | Closed in 1 | share | closed in 1 / closed threads
closed_in_2 | Closed in 2 | share | closed in 2 / closed threads
closed_in_3 | Closed in 3 | share | closed in 3 / closed threads
closed_in_more | Closed in more | share | closed in over 3 / closed threads
first_ask_over_posted | First ask over posted | share | first ask less posted rate / posted rate, sums over threads with both
first_ask_over_posted_median | First ask over posted, median | share | the middle one of threads with both
final_over_posted | Agreed over posted | share | agreed rate less posted rate / posted rate, sums over booked calls with both
final_over_posted_median | Agreed over posted, median | share | the middle one of booked calls with both
saved | Saved | usd | first ask less agreed rate of accepted threads
saved_share | Saved of first ask | share | first ask less agreed rate / first ask, sums over accepted threads
room_used | Room used | share | agreed rate above posted / ceiling above posted, sums over threads accepted by no person
policy_above_ceiling | The policy above the ceiling | count | deals of the policy above the ceiling recorded with them, of deals of the policy with one
people_above_ceiling | People above the ceiling | count | deals of people above the ceiling recorded with them, of deals of people with one
carrier_concession | Carrier's concession | usd | first ask less last ask / rounds after the first, sums over threads
broker_concession | Broker's concession | usd | highest counter less posted rate / counters, sums over threads
transfer_rate | Transfers | share | transferred / closed threads
recoverable_transfers | Recoverable transfers | share | last ask just above the ceiling / transferred threads
unanswered_counters | Counters unanswered | share | open with a counter standing / threads
silent_after_1 | Silent after the first counter | share | open since the first counter / threads with 1 or more counters
silent_after_2 | Silent after the second counter | share | open since the second counter / threads with 2 or more counters
silent_after_3 | Silent after the third counter | share | open since the third counter / threads with 3 or more counters
time_to_close | Time to close | seconds | seconds / closed threads
time_to_close_median | Time to close, median | seconds | the middle one of closed threads
sentiment_positive | Sentiment positive | share | calls felt positive / calls
sentiment_neutral | Sentiment neutral | share | calls felt neutral / calls
sentiment_negative | Sentiment negative | share | calls felt negative / calls
sentiment_unknown | Sentiment unknown | share | calls without a sentiment / calls
booked_value | Booked value | usd | agreed rates of booked calls
booked_by_policy | Booked by the policy | share | calls booked by the policy / booked calls
booked_by_people | Booked by people | share | calls booked by people / booked calls
policy_over_posted | The policy over posted | share | agreed rate less posted rate / posted rate, sums over calls booked by the policy
people_over_posted | People over posted | share | agreed rate less posted rate / posted rate, sums over calls booked by people
fell_through | Deals that fell through | share | calls on which a deal fell through / calls with a deal, booked or fallen through
calls_at_todays_rate | Booked calls at today's posted rate | count | booked calls whose round records no posted rate, so that today's stands in, of booked calls
threads_at_todays_rate | Threads at today's posted rate | count | threads whose rounds record no posted rate, so that today's stands in, of threads
threads_at_todays_ceiling | Threads at today's ceiling | count | threads whose rounds record no ceiling, so that today's stands in, of threads
open_loads | Open loads | count | loads that are available now
open_load_age | Age of open loads | days | days since created / open loads with a date
open_load_oldest | Oldest open load | days | days since created of open loads with a date
"""


def facts(columns: dict[str, tuple[object, ...]], count: int) -> list[Row]:
    """Return rows of every mix of values, the same ones each time."""
    draw = random.Random(1)  # noqa: S311 - no secret
    return [Row(**{name: draw.choice(values) for name, values in columns.items()}) for _ in range(count)]


TABLES = {"threads": facts(THREADS, 2000), "calls": facts(CALLS, 1000), "open_loads": facts(OPEN_LOADS, 40)}


def is_closed(row: Row) -> bool:
    """Tell whether a thread was closed by an agreement or by a person."""
    return row.state in {"accepted", "transferred"}


def is_booked(row: Row) -> bool:
    """Tell whether a call is booked: at an agreed rate above 0."""
    return row.agreed is not None and row.agreed > 0


def has_posted(row: Row) -> bool:
    """Tell whether rates can be compared with a posted rate: one above 0."""
    return row.posted is not None and row.posted > 0


def is_comparable(row: Row) -> bool:
    """Tell whether a call is booked and has a posted rate."""
    return is_booked(row) and has_posted(row)


def by_people(row: Row) -> bool:
    """Tell whether somebody agreed who is not the policy."""
    return row.agreed_by not in {None, "policy"}


def by_policy(row: Row) -> bool:
    """Tell whether the policy agreed."""
    return bool(row.agreed_by == "policy")


def saved(row: Row) -> float | None:
    """Return what an accepted carrier came down, in dollars; ``None`` where it is not known."""
    if row.state != "accepted" or row.first_ask is None or row.agreed is None:
        return None
    return float(row.first_ask - row.agreed)


def has_room(row: Row) -> bool:
    """Tell whether a thread is a deal, of no person, whose ceiling is above its posted rate."""
    known = None not in {row.agreed, row.ceiling, row.posted}
    return row.state == "accepted" and known and row.ceiling > row.posted and not by_people(row)


def has_ceiling(row: Row) -> bool:
    """Tell whether a thread is a deal whose ceiling was recorded with it."""
    known = row.agreed is not None and row.ceiling is not None
    return row.state == "accepted" and known and not row.ceiling_of_today


def seconds(row: Row) -> float | None:
    """Return how long it took from the first ask to the end, where both times are known."""
    if row.first_moment is None or row.closing_moment is None:
        return None
    return float(row.closing_moment - row.first_moment) * 86400


def total(values: Iterable[float | None]) -> float | None:
    """Add up what is known, as SQL does: of nothing, ``None``."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def count(rows: list[Row], when: Callable[[Row], object]) -> int:
    """Return how many rows something is true of."""
    return sum(1 for row in rows if when(row))


def share(rows: list[Row], when: Callable[[Row], object], among: Callable[[Row], object]) -> Fraction:
    """Return how many are counted of how many."""
    return Fraction(count(rows, lambda row: among(row) and when(row)), count(rows, among))


def everything(_row: Row) -> bool:
    """Count every row."""
    return True


def over_posted(rows: list[Row], when: Callable[[Row], object]) -> Fraction:
    """Return what was agreed above the posted rates, and the posted rates."""
    counted = [row for row in rows if is_comparable(row) and when(row)]
    return Fraction(total(row.agreed - row.posted for row in counted), total(row.posted for row in counted))


def closed_in(rows: list[Row], rounds: int) -> Fraction:
    """Return how many closed threads took so many rounds."""
    return share(rows, lambda row: row.rounds == rounds, is_closed)


def silent_after(rows: list[Row], counters: int) -> Fraction:
    """Return how many threads wait for an answer to that counter, of those that came so far."""
    return share(
        rows,
        lambda row: (row.state, row.rounds, row.counters) == ("open", counters, counters),
        lambda row: row.counters >= counters,
    )


def of_threads(rows: list[Row]) -> dict[str, Fraction]:
    """Return the figures of threads."""
    first = [row for row in rows if has_posted(row) and row.first_ask is not None]
    room = [row for row in rows if has_room(row)]
    conceded = [row for row in rows if row.rounds > 1 and row.first_ask is not None]
    countered = [row for row in rows if has_posted(row) and row.counters > 0]
    timed = [value for row in rows if is_closed(row) and (value := seconds(row)) is not None]
    return {
        "sessions": share(rows, lambda row: row.session_id, everything),
        "threads": Fraction(len(rows), len(rows)),
        "rounds": Fraction(total(row.rounds for row in rows), total(row.rounds for row in rows)),
        "undecided_rounds": Fraction(total(row.undecided for row in rows), total(row.rounds for row in rows)),
        "rounds_to_close": Fraction(
            total(row.rounds for row in rows if is_closed(row)), count(rows, is_closed)
        ),
        **{f"closed_in_{number}": closed_in(rows, number) for number in (1, 2, 3)},
        "closed_in_more": share(rows, lambda row: row.rounds > 3, is_closed),
        "first_ask_over_posted": Fraction(
            total(row.first_ask - row.posted for row in first),
            total(row.posted for row in rows if row.first_ask is not None and has_posted(row)),
        ),
        "saved": Fraction(total(map(saved, rows)), count(rows, lambda row: saved(row) is not None)),
        "saved_share": Fraction(
            total(map(saved, rows)), total(row.first_ask for row in rows if saved(row) is not None)
        ),
        "room_used": Fraction(
            total(max(row.agreed - row.posted, 0) for row in room),
            total(row.ceiling - row.posted for row in room),
        ),
        "policy_above_ceiling": share(
            rows, lambda row: row.agreed > row.ceiling, lambda row: has_ceiling(row) and by_policy(row)
        ),
        "people_above_ceiling": share(
            rows, lambda row: row.agreed > row.ceiling, lambda row: has_ceiling(row) and by_people(row)
        ),
        "carrier_concession": Fraction(
            total(row.first_ask - row.last_ask for row in conceded if row.last_ask is not None),
            total(row.rounds - 1 for row in conceded),
        ),
        "broker_concession": Fraction(
            total(row.highest_counter - row.posted for row in countered if row.highest_counter is not None),
            total(row.counters for row in countered),
        ),
        "transfer_rate": share(rows, lambda row: row.state == "transferred", is_closed),
        "recoverable_transfers": share(
            rows,
            lambda row: (
                None not in {row.last_ask, row.ceiling}
                and row.ceiling < row.last_ask <= row.ceiling * (1 + WITHIN)
            ),
            lambda row: row.state == "transferred",
        ),
        "unanswered_counters": share(
            rows, lambda row: row.state == "open" and row.highest_counter is not None, everything
        ),
        **{f"silent_after_{number}": silent_after(rows, number) for number in (1, 2, 3)},
        "time_to_close": Fraction(total(timed), len(timed)),
        "threads_at_todays_rate": share(rows, lambda row: row.of_today, everything),
        "threads_at_todays_ceiling": share(rows, lambda row: row.ceiling_of_today, everything),
    }


def of_calls(rows: list[Row]) -> dict[str, Fraction]:
    """Return the figures of calls."""

    def named(column: str, word: str | None) -> Fraction:
        return share(rows, lambda row: getattr(row, column) == word, everything)

    return {
        "calls": Fraction(len(rows), len(rows)),
        "calls_with_ask": share(rows, lambda row: row.asked, everything),
        "booking_rate": share(rows, is_booked, lambda row: row.asked),
        **{
            f"outcome_{word}": named("outcome", word)
            for word in ("accepted", "rejected", "negotiating", "transferred", "abandoned")
        },
        "outcome_unknown": named("outcome", None),
        **{f"sentiment_{word}": named("sentiment", word) for word in ("positive", "neutral", "negative")},
        "sentiment_unknown": named("sentiment", None),
        "final_over_posted": over_posted(rows, everything),
        "booked_value": Fraction(total(row.agreed for row in rows if is_booked(row)), count(rows, is_booked)),
        "booked_by_policy": share(rows, by_policy, is_booked),
        "booked_by_people": share(rows, by_people, is_booked),
        "policy_over_posted": over_posted(rows, by_policy),
        "people_over_posted": over_posted(rows, by_people),
        "fell_through": share(
            rows, lambda row: row.fell_through, lambda row: row.fell_through or is_booked(row)
        ),
        "calls_at_todays_rate": share(rows, lambda row: row.of_today, is_booked),
    }


def of_open_loads(rows: list[Row]) -> dict[str, Fraction]:
    """Return the figures of loads that are available."""
    ages = [row.age for row in rows if row.age is not None]
    return {
        "open_loads": Fraction(len(rows), len(rows)),
        "open_load_age": Fraction(sum(ages), len(ages)),
        "open_load_oldest": Fraction(max(ages), len(ages)),
    }


def middles() -> dict[str, list[float]]:
    """Return the values that medians are the middle of."""
    threads, calls = TABLES["threads"], TABLES["calls"]
    timed = [seconds(row) for row in threads if is_closed(row)]
    return {
        "first_ask_over_posted_median": [
            row.first_ask / row.posted - 1 for row in threads if has_posted(row) and row.first_ask is not None
        ],
        "final_over_posted_median": [row.agreed / row.posted - 1 for row in calls if is_comparable(row)],
        "time_to_close_median": [value for value in timed if value is not None],
    }


COUNTED = of_threads(TABLES["threads"]) | of_calls(TABLES["calls"]) | of_open_loads(TABLES["open_loads"])


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Give the facts above as tables."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for table, rows in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({', '.join(vars(rows[0]))})")
            places = ", ".join("?" * len(vars(rows[0])))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({places})", (tuple(vars(row).values()) for row in rows)
            )
        yield connection


@pytest.mark.parametrize("spec", [spec for spec in FIGURES if not spec.median], ids=lambda spec: spec.key)
def test_a_figure_counts_what_it_says(db: sqlite3.Connection, spec: FigureSpec) -> None:
    """Its numerator and its denominator, whatever a row lacks and wherever it lies on a bound."""
    sql = f"SELECT {spec.numerator}, {spec.denominator} FROM {spec.table}"
    ((numerator, denominator),) = db.execute(sql, {"within": WITHIN}).fetchall()
    expected = COUNTED[spec.key]
    assert expected.denominator, "these facts have to hold something of every figure"
    assert expected.numerator not in {0, expected.denominator} or spec.kind == "total"
    assert (numerator, denominator) == pytest.approx(expected)


@pytest.mark.parametrize("spec", [spec for spec in FIGURES if spec.median], ids=lambda spec: spec.key)
def test_a_median_is_of_what_it_says(db: sqlite3.Connection, spec: FigureSpec) -> None:
    """The values that it is the middle of; `test_report` has the middle itself."""
    found = db.execute(f"SELECT {spec.median} FROM {spec.table}")
    values = sorted(value for (value,) in found if value is not None)
    assert values == pytest.approx(sorted(middles()[spec.key]))
    assert len(set(values)) > 1


def test_each_figure_has_its_name_unit_and_words() -> None:
    """In the order in which a report gives them; people and scripts know them by these."""
    listed = [f"{spec.key} | {spec.label} | {spec.unit} | {spec.of}" for spec in FIGURES]
    assert listed == WORDS.strip().splitlines()
    totals = {spec.key for spec in FIGURES if spec.kind == "total"}
    assert totals == {spec.key for spec in FIGURES if spec.unit == "count"} | {
        *("saved", "booked_value", "open_load_oldest"),
    }
    assert {spec.kind for spec in FIGURES} == {"total", "quotient"}
