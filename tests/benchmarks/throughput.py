"""How many asks are answered in a second, beside a bare sqlite3 loop with the same statements."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from os import fsync
from pathlib import Path

from negotiator.atomic_file import SIDE_FILES
from tests.benchmarks.datasets import asks, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, medians, python

ROUNDS = 1_000_000
"""What a desk has on record: the asks are here and there among its calls, as they are in a day."""
_A_FEW = 20


def measure(folder: Path, runs: int, rounds: int) -> Iterator[Ratio]:
    """Give the ratios of asks per second, in rollback and in WAL mode, and of the ways to send many."""
    whole, lines = folder / "whole.db", folder / "asks.jsonl"
    desk(whole, rounds)
    alone = {}
    for mode in ("DELETE", "WAL"):
        with closing(sqlite3.connect(whole, isolation_level=None)) as db:
            db.execute(f"PRAGMA journal_mode = {mode}")
        named = "WAL" if mode == "WAL" else "rollback"
        for count, every, bound in ((rounds // 200, 1, 0.7), (rounds // 20, 1_000, 0.5)):
            asks(lines, rounds // 3, count)
            ours, bare = _batch_and_bare(whole, lines, runs, every)
            case = f"batch, {named}, {every:,} a commit"
            yield Ratio(case, "a bare sqlite3 loop", ours, bare, bare / ours, bound, at_most=False)
            alone[mode, every] = ours
    for every in (1, 1_000):
        rollback, wal = alone["DELETE", every], alone["WAL", every]
        yield Ratio(
            f"batch, WAL, {every:,} a commit", "in rollback mode", wal, rollback, rollback / wal, None
        )
    asks(lines, rounds // 3, _A_FEW)
    yield from _ways(whole, lines, runs)
    whole.unlink()


def _batch_and_bare(whole: Path, lines: Path, runs: int, every: int) -> list[float]:
    path, fresh = _copier(whole)
    batch: list[str | Path] = [SCRIPT, "batch", lines, "--commit-every", str(every), "--db", path]
    return medians(
        runs,
        Contender("batch", batch, fresh),
        Contender("bare loop", python("bare_loop.py", path, lines, str(every)), fresh),
    )


def _ways(whole: Path, lines: Path, runs: int) -> Iterator[Ratio]:
    """Give what a few asks cost beside `batch` when each is a command, and when a program uses the API."""
    path, fresh = _copier(whole)
    each = f"for call in $(seq {_A_FEW}); do '{SCRIPT}' negotiate $call 2300 --new-session --db '{path}' --json; done"
    batch, loop, api = medians(
        runs,
        Contender("batch", [SCRIPT, "batch", lines, "--db", path], fresh),
        Contender("loop", ["sh", "-ec", each], fresh),
        Contender("API", python("api_loop.py", path, lines), fresh),
    )
    yield Ratio(f"{_A_FEW} times negotiate", f"batch of {_A_FEW}", loop, batch, loop / batch, None)
    yield Ratio(f"{_A_FEW} asks by the Python API", f"batch of {_A_FEW}", api, batch, api / batch, None)


def _copier(whole: Path) -> tuple[Path, Callable[[], None]]:
    """Return the name of a copy, and what makes it anew before each run."""
    path = whole.with_name("run.db")

    def copy() -> None:
        for suffix in ("", *SIDE_FILES):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(whole, path)
        with path.open("rb") as file:
            fsync(file.fileno())  # or the first commit would pay for the copy

    return path, copy
