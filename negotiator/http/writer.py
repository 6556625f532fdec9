"""The one thread that writes: what waits at the same time shares a commit, and is answered after it."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from negotiator.errors import (
    REFUSALS,
    BusyError,
    MigrationsPendingError,
    ResourceError,
    UnusableFileError,
)
from negotiator.http.held import HeldFile
from negotiator.http.waiting import Job, Outcome, Waiting, tell
from negotiator.storage.database import LoadsFile

MOST_IN_A_GROUP = 256
"""How many share a commit at most: a group of them holds the file's lock for some tens of milliseconds."""

ABOUT_THE_FILE = (UnusableFileError, MigrationsPendingError, BusyError, ResourceError)
"""What is raised when the file, or the machine, is at fault, and no ask is."""
AfterCommit = Callable[[], None]
"""What is done after a group's commit and before its answers are given; what it raises is their answer."""


class _Undone(Exception):  # noqa: N818 - no error: the group is done again, one by one
    """A job of a group failed in a way that may have undone the others."""

    def __init__(self, problem: Exception) -> None:
        """Keep what it failed with."""
        super().__init__()
        self.problem = problem


class Writer(Thread):
    """Does what waits, in groups of one transaction each.

    A job that is refused leaves the others of its group as they are. One that fails otherwise has the group
    done again, each job by itself. If the commit fails, each of the group gets the error. No job is answered
    before what it wrote is on the disk, and `after_commit` has returned.
    """

    def __init__(self, path: Path, waiting: Waiting, *, after_commit: AfterCommit | None = None) -> None:
        """Write to a file, which is opened when something is to be written."""
        super().__init__(name="writer", daemon=True)
        self._held = HeldFile(path)
        self._waiting = waiting
        self._after_commit = after_commit
        self.fault: Exception | None = None
        """What the file failed with, None since something was written again."""
        self.done_at = 0.0
        """When the last commit was, seconds of the monotonic clock."""
        self.groups = self.jobs = 0

    def run(self) -> None:
        """Do what waits, until nothing does and nothing more will come."""
        try:
            while jobs := self._waiting.take(MOST_IN_A_GROUP):
                tell(self._outcomes(jobs))
        finally:
            self._held.close()

    def _outcomes(self, jobs: list[Job]) -> list[Outcome]:
        try:
            return self._together(jobs)
        except _Undone as undone:
            if len(jobs) > 1:
                return self._one_by_one(jobs)
            return self._failed(jobs, undone.problem)
        except Exception as problem:  # noqa: BLE001 - whoever waits for it hears of it
            return self._failed(jobs, problem)

    def _one_by_one(self, jobs: list[Job]) -> list[Outcome]:
        """Return what comes of each job by itself. Once the file stayed locked, no more are tried."""
        outcomes: list[Outcome] = []
        for place, job in enumerate(jobs):
            outcomes += self._outcomes([job])
            if isinstance(outcomes[-1].problem, BusyError):
                return outcomes + [Outcome(left, problem=outcomes[-1].problem) for left in jobs[place + 1 :]]
        return outcomes

    def _failed(self, jobs: list[Job], problem: Exception) -> list[Outcome]:
        if isinstance(problem, ABOUT_THE_FILE):
            self.fault = problem
        self._held.after(problem)
        return [Outcome(job, problem=problem) for job in jobs]

    def _together(self, jobs: list[Job]) -> list[Outcome]:
        """Return what comes of the jobs in one transaction. Raises _Undone, and errors about the file."""
        file = self._held.current()
        with file.one_transaction():
            outcomes = [_done(file, job) for job in jobs]
        self.fault, self.done_at = None, time.monotonic()
        self.groups += 1
        self.jobs += len(jobs)
        if self._after_commit is not None and any(outcome.problem is None for outcome in outcomes):
            self._after_commit()
        return outcomes


def _done(file: LoadsFile, job: Job) -> Outcome:
    """Return what comes of a job inside the group's transaction: a refusal takes back what it wrote."""
    db = file.connection
    db.execute("SAVEPOINT job")
    try:
        result = job.function(file)
    except REFUSALS as problem:
        db.execute("ROLLBACK TO job")
        db.execute("RELEASE job")
        return Outcome(job, problem=problem)
    except Exception as problem:
        raise _Undone(problem) from problem
    db.execute("RELEASE job")
    return Outcome(job, result)
