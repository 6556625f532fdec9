"""How many asks are answered in a second, beside a bare sqlite3 loop with the same statements."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from os import fsync
from pathlib import Path

from tests.benchmarks.datasets import asks, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, medians, python

ROUNDS = 1_000_000
"""What a desk has on record: the asks are here and there among its calls, and their pages not side by side."""


def measure(folder: Path, runs: int) -> Iterator[Ratio]:
    """Give the ratios of asks per second, in rollback and in WAL mode."""
    whole = folder / "whole.db"
    desk(whole, ROUNDS)
    for mode in ("DELETE", "WAL"):
        with closing(sqlite3.connect(whole, isolation_level=None)) as db:
            db.execute(f"PRAGMA journal_mode = {mode}")
        yield from _one_mode(whole, folder, mode, runs)
    whole.unlink()


def _one_mode(whole: Path, folder: Path, mode: str, runs: int) -> Iterator[Ratio]:
    named = "WAL" if mode == "WAL" else "rollback"
    for count, every, bound in ((5_000, 1, 0.7), (50_000, 1_000, 0.5)):
        lines, path = folder / "asks.jsonl", folder / "run.db"
        asks(lines, ROUNDS // 3, count)
        fresh = _copier(whole, path)
        batch: list[str | Path] = [SCRIPT, "batch", lines, "--commit-every", str(every), "--db", path]
        ours, bare = medians(
            runs,
            Contender("batch", batch, fresh),
            Contender("bare loop", python("bare_loop.py", path, lines, str(every)), fresh),
        )
        case = f"batch, {named}, {every} a commit" if every > 1 else f"batch, {named}, one a commit"
        yield Ratio(case, "a bare sqlite3 loop", ours, bare, bare / ours, bound, at_most=False)
        path.unlink()


def _copier(whole: Path, path: Path) -> Callable[[], None]:
    def copy() -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(whole, path)
        with path.open("rb") as file:
            fsync(file.fileno())  # or the first commit would pay for the copy

    return copy
