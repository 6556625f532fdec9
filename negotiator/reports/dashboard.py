"""The few figures that a dashboard shows: calls by what came of them, loads by where they stand."""

from typing import NamedTuple

from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import load_status_of, rate_of, word_of

_CALLS = """
    SELECT count(*), avg(CASE WHEN typeof(negotiation_rounds) = 'integer' AND negotiation_rounds > 0
                              THEN negotiation_rounds END)
      FROM main.calls
"""
_LOADS = f"SELECT {load_status_of('status')}, count(*) FROM main.loads GROUP BY 1"
_RATE = f"SELECT avg({rate_of('loadboard_rate')}) FROM main.loads"


class CallMetrics(NamedTuple):
    """How calls went: ``conversion_rate`` is a percentage, rounds are those of calls that have some."""

    total_calls: int
    successful_bookings: int
    conversion_rate: float
    average_negotiation_rounds: float
    sentiment_distribution: dict[str, int]
    outcome_distribution: dict[str, int]


class LoadMetrics(NamedTuple):
    """Where loads stand: ``average_rate`` is the mean of the posted rates, US dollars, 0 for none."""

    total_loads: int
    available_loads: int
    booked_loads: int
    completed_loads: int
    average_rate: float


def call_metrics(file: LoadsFile) -> CallMetrics:
    """Return the figures of all calls. Raises UnusableFileError, BusyError."""
    with file.read():
        total, rounds = file.connection.execute(_CALLS).fetchone()
        outcomes = _distribution(file, "outcome")
        sentiments = _distribution(file, "sentiment")
    booked = outcomes.get("accepted", 0)
    return CallMetrics(
        total_calls=total,
        successful_bookings=booked,
        conversion_rate=booked / total * 100 if total else 0.0,
        average_negotiation_rounds=rounds or 0.0,
        sentiment_distribution=sentiments,
        outcome_distribution=outcomes,
    )


def load_metrics(file: LoadsFile) -> LoadMetrics:
    """Return the figures of all loads. Raises UnusableFileError, BusyError."""
    with file.read() as db:
        by_status: dict[str, int] = dict(db.execute(_LOADS).fetchall())
        rate = db.execute(_RATE).fetchone()[0]
    return LoadMetrics(
        total_loads=sum(by_status.values()),
        available_loads=by_status.get("available", 0),
        booked_loads=by_status.get("booked", 0),
        completed_loads=by_status.get("completed", 0),
        average_rate=rate or 0.0,
    )


def _distribution(file: LoadsFile, column: str) -> dict[str, int]:
    """Return how often each word stands in a column of calls; blanks are left out."""
    sql = f"""SELECT word, count(*) FROM (SELECT {word_of(column)} AS word FROM main.calls)
               WHERE word IS NOT NULL GROUP BY word ORDER BY word"""
    return {str(word): count for word, count in file.connection.execute(sql).fetchall()}
