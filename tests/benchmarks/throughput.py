"""How many asks are answered in a second, beside a bare sqlite3 loop with the same statements."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.benchmarks.datasets import asks, copy, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, Times, in_turns, of_speed, of_time, python

ROUNDS = 1_000_000
"""What a desk has on record: the asks are here and there among its calls, as they are in a day."""
_MODES = ("rollback", "WAL")
_A_FEW = 20


def measure(folder: Path, runs: int, rounds: int) -> Iterator[Ratio]:
    """Give the ratios of asks per second, in rollback and in WAL mode, and of the ways to send many."""
    wholes = {mode: folder / f"{mode}.db" for mode in _MODES}
    desk(wholes["rollback"], rounds)
    copy(wholes["rollback"], wholes["WAL"])
    with closing(sqlite3.connect(wholes["WAL"], isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    lines = folder / "asks.jsonl"
    for count, every, bounds in (
        (rounds // 100, 1, {"rollback": 0.85, "WAL": 0.75}),
        (rounds // 20, 1_000, dict.fromkeys(_MODES, 0.58)),
    ):
        asks(lines, rounds // 3, count)
        times = _batches(wholes, lines, runs, every)
        cases = {mode: f"batch, {mode}, {every:,} a commit" for mode in _MODES}
        for mode in _MODES:
            ours, bare = times[mode]
            yield of_speed(cases[mode], "a bare sqlite3 loop", ours, bare, bounds[mode])
        yield of_speed(cases["WAL"], "the same in rollback mode", times["WAL"][0], times["rollback"][0])
    asks(lines, rounds // 3, _A_FEW)
    yield from _ways(wholes["rollback"], lines, runs)
    for whole in wholes.values():
        whole.unlink()


def _batches(wholes: dict[str, Path], lines: Path, runs: int, every: int) -> dict[str, tuple[Times, Times]]:
    """Return, for each journal mode, the times of `batch` and of the bare loop."""
    path = lines.with_name("run.db")
    batch: list[str | Path] = [SCRIPT, "batch", lines, "--commit-every", str(every), "--db", path]
    loop = python("bare_loop.py", path, lines, str(every))
    times = in_turns(
        runs,
        *(
            Contender(mode, command, lambda whole=whole: copy(whole, path))  # type: ignore[misc] # one for each
            for mode, whole in wholes.items()
            for command in (batch, loop)
        ),
    )
    path.unlink()
    return {mode: (times[2 * place], times[2 * place + 1]) for place, mode in enumerate(wholes)}


def _ways(whole: Path, lines: Path, runs: int) -> Iterator[Ratio]:
    """Give what a few asks cost beside `batch` when each is a command, and when a program uses the API."""
    path = lines.with_name("run.db")
    ask = f"'{SCRIPT}' negotiate $call 2300 --new-session --db '{path}' --json"
    batch, loop, api = in_turns(
        runs,
        Contender("batch", [SCRIPT, "batch", lines, "--db", path], lambda: copy(whole, path)),
        Contender(
            "loop", ["sh", "-ec", f"for call in $(seq {_A_FEW}); do {ask}; done"], lambda: copy(whole, path)
        ),
        Contender("API", python("api_loop.py", path, lines), lambda: copy(whole, path)),
    )
    path.unlink()
    yield of_time(f"{_A_FEW} times negotiate", f"batch of {_A_FEW}", loop, batch)
    yield of_time(f"{_A_FEW} asks by the Python API", f"batch of {_A_FEW}", api, batch)
