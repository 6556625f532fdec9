"""How many asks the server answers in a second, beside loops that do the same in one process without it."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.datasets import asks, copy, desk
from tests.benchmarks.measuring import PEERS, SCRIPT, Contender, Ratio, environment, of_speed, python, timed

CLIENTS = 64
_KEY = "a-key-for-benchmarks"
_MODES = ("rollback", "WAL")
_ASKS = 2_000
_LONGEST_ANSWER = 0.1  # seconds, that of 99 of 100, on a machine that does nothing else


class Load(NamedTuple):
    """What came of asking for some seconds; ``p99`` is seconds."""

    asks: int
    seconds: float
    p99: float
    failed: int


def measure(folder: Path, runs: int, rounds: int, seconds: int) -> Iterator[Ratio]:
    """Give the ratios of asks per second to those of loops, in both journal modes, and how long answers take."""
    whole, lines = folder / "whole.db", folder / "asks.jsonl"
    desk(whole, rounds)
    asks(lines, rounds // 3, min(_ASKS, rounds // 3))
    for mode in _MODES:
        yield from _measure(whole, lines, mode, runs, seconds)
    whole.unlink()


def _measure(whole: Path, lines: Path, mode: str, runs: int, seconds: int) -> Iterator[Ratio]:
    path = whole.with_name("run.db")
    count, calls = len(lines.read_text(encoding="utf-8").splitlines()), _calls(whole)
    many: list[Load] = []
    one: list[Load] = []
    grouped: list[float] = []
    bare: list[float] = []
    for _ in range(runs):
        for size, taken, peer in ((CLIENTS, grouped, "grouped_loop.py"), (1, bare, "bare_loop.py")):
            _fresh(whole, path, mode)
            taken.append(timed(Contender(peer, python(peer, path, lines, str(size)))) / count)
        for clients, found in ((CLIENTS, many), (1, one)):
            _fresh(whole, path, mode)
            with _serving(path) as port:
                found.append(_load(port, clients, seconds, calls))
    ours = [load.seconds / load.asks for load in many]
    alone = [load.seconds / load.asks for load in one]
    case = f"serve, {mode}, {CLIENTS} clients"
    yield of_speed(case, f"a loop, {CLIENTS} asks a transaction", ours, grouped, 0.7)
    yield of_speed(f"serve, {mode}, one client", "a bare sqlite3 loop", alone, bare, 0.25)
    yield of_speed(case, "one client", ours, alone)
    longest = [load.p99 for load in many]
    ratios = [p99 / _LONGEST_ANSWER for p99 in longest]
    p99 = sorted(longest)[len(longest) // 2]
    yield Ratio(
        f"{case}: 99 of 100 answers",
        "100 ms, on an idle machine",
        p99,
        _LONGEST_ANSWER,
        p99 / _LONGEST_ANSWER,
        min(ratios),
        max(ratios),
        1.0,
    )
    for left in path.parent.glob("run.db*"):
        left.unlink()


def _calls(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM calls").fetchone()[0])


def _fresh(whole: Path, path: Path, mode: str) -> None:
    copy(whole, path)
    if mode == "WAL":
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _serving(path: Path) -> Iterator[int]:
    """Run the server, and give its port."""
    process = subprocess.Popen(
        [SCRIPT, "serve", "--port", "0", "--db", path],
        stderr=subprocess.PIPE,
        text=True,
        env=environment() | {"NEGOTIATOR_API_KEY": _KEY},
    )
    assert process.stderr is not None
    try:
        port = next(
            int(found[1]) for line in process.stderr if (found := re.search(r"http://\S+:(\d+)", line))
        )
        log = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)
        yield port
        process.terminate()
        log.wait()
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


def _load(port: int, clients: int, seconds: int, calls: int) -> Load:
    """Ask with wrk where it is installed, else with a client of our own. Raises RuntimeError for any failure."""
    command = [
        *("wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s"),
        *("--timeout", "30s", "--script", str(PEERS / "ask.lua"), f"http://127.0.0.1:{port}"),
    ]
    if not shutil.which("wrk"):
        command = [str(part) for part in python("load.py", *map(str, (port, clients, seconds, calls)))]
    surroundings = os.environ | {"NEGOTIATOR_API_KEY": _KEY, "CALLS": str(calls)}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=surroundings).stdout
    load = Load(**json.loads(said.strip().splitlines()[-1]))
    if load.failed or not load.asks:
        raise RuntimeError(f"{load.failed} of {load.asks} asks failed: {said}")
    return load
