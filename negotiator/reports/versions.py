"""Versions of the policy beside each other: what they left, how sure that is, and what is still needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from sqlite3 import Connection

NO_VERSION = "none"
"""The group of threads that no version of a policy decided."""
_CONFIDENCE = 1.96  # deviations: 95 of 100 intervals hold the truth
_POWER = 0.84  # deviations: 80 of 100 differences are seen
_LEAST = 2  # threads that have a spread

# A thread that was not booked leaves nothing. One yardstick for all versions: the ceiling of today, else a
# version with a higher ceiling would seem to leave more for the same deal.
_LEFT = """CASE WHEN state = 'accepted' AND agreed IS NOT NULL
           THEN (posted * (100 + :ceiling_percent) / 100 - agreed) / posted * 1000 ELSE 0 END"""
_SUMS = f"""
SELECT grp, count(*), sum(booked), sum(value), sum(value * value)
  FROM (SELECT grp, state = 'accepted' AND agreed IS NOT NULL AS booked, {_LEFT} AS value
          FROM temp.report_threads WHERE posted > 0 AND grp IS NOT NULL)
 GROUP BY grp
"""


@dataclass(frozen=True)
class VersionResult:
    """What the threads of a version left. The fields are its JSON keys.

    ``left``: US dollars a thread at a posted rate of 1,000, below today's ceiling, from ``left_low`` to
    ``left_high`` in 95 of 100 such samples; a thread without a deal leaves nothing. ``more``: how much more
    than the latest version, with its own interval. ``needed``: how many threads each of the two would need
    for a difference as large as this to be seen in four of five trials; ``missing`` is how many this one
    lacks. None is not known.
    """

    version: str
    threads: int
    deals: int
    left: float | None
    left_low: float | None
    left_high: float | None
    more: float | None
    more_low: float | None
    more_high: float | None
    needed: int | None
    missing: int | None


@dataclass(frozen=True)
class _Sample:
    version: str
    threads: int
    deals: int
    mean: float
    variance: float

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return sqrt(self.variance / self.threads)


def version_results(db: Connection, values: Mapping[str, object]) -> tuple[VersionResult, ...]:
    """Return the results of each version, the latest first, from the facts of a report cut by policy."""
    rows = db.execute(_SUMS, {"ceiling_percent": values["ceiling_percent"]}).fetchall()
    samples = sorted(
        (_sample(*row) for row in rows), key=lambda one: version_order(one.version), reverse=True
    )
    return tuple(_result(sample, samples[0]) for sample in samples)


def version_order(version: str | None) -> int:
    """Return the place of a version among the others; what no version decided comes first."""
    return int(version) if version and version.isdigit() else -1


def _sample(version: str, threads: int, deals: int, total: float, squares: float) -> _Sample:
    mean = total / threads
    variance = max(squares - threads * mean * mean, 0.0) / max(threads - 1, 1)
    return _Sample(version, threads, deals, mean, variance)


def _result(sample: _Sample, latest: _Sample) -> VersionResult:
    is_known = sample.threads >= _LEAST
    compared = is_known and latest.threads >= _LEAST and sample is not latest
    more = sample.mean - latest.mean
    reach = _CONFIDENCE * sqrt(sample.error**2 + latest.error**2)
    needed = _needed(sample, latest) if compared else None
    return VersionResult(
        version=sample.version,
        threads=sample.threads,
        deals=sample.deals,
        left=round(sample.mean, 2),
        left_low=round(sample.mean - _CONFIDENCE * sample.error, 2) if is_known else None,
        left_high=round(sample.mean + _CONFIDENCE * sample.error, 2) if is_known else None,
        more=round(more, 2) if compared else None,
        more_low=round(more - reach, 2) if compared else None,
        more_high=round(more + reach, 2) if compared else None,
        needed=needed,
        missing=None if needed is None else max(needed - sample.threads, 0),
    )


def _needed(one: _Sample, other: _Sample) -> int | None:
    """Return how many threads an arm tell two means apart that differ as these do."""
    difference = one.mean - other.mean
    if not difference:
        return None
    return ceil((_CONFIDENCE + _POWER) ** 2 * (one.variance + other.variance) / difference**2)
