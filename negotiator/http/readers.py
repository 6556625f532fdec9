"""Threads that read: each with a connection of its own on which nothing can be written."""

from pathlib import Path
from threading import Thread

from negotiator.http.held import HeldFile
from negotiator.http.waiting import Job, Outcome, Waiting, tell


class Reader(Thread):
    """Does one job after another until nothing waits and nothing more will come."""

    def __init__(self, path: Path, waiting: Waiting, *, only_read: bool = True) -> None:
        """Read a file; several readers may share what waits."""
        super().__init__(name="reader", daemon=True)
        self._held = HeldFile(path, only_read=only_read)
        self._waiting = waiting

    def run(self) -> None:
        """Do the jobs, one after another."""
        try:
            while jobs := self._waiting.take(1):
                tell([self._outcome(job) for job in jobs])
        finally:
            self._held.close()

    def _outcome(self, job: Job) -> Outcome:
        try:
            return Outcome(job, job.function(self._held.current()))
        except Exception as problem:  # noqa: BLE001 - whoever waits for it hears of it
            self._held.after(problem)
            return Outcome(job, problem=problem)
