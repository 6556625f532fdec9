"""What a crowd sees: sixteen processes that ask on one file in WAL mode, beside as many bare sqlite3 loops."""

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

from tests.benchmarks.datasets import copy, desk
from tests.benchmarks.measuring import Ratio, environment, of_speed, of_time

PROCESSES, ASKS = 16, 100
_OFFERS = (2300, 2290, 2280)
"""What is asked in a session; at a desk none has more than five rounds."""
_ROOT = Path(__file__).parents[2]


class Turn(NamedTuple):
    """How long all took together, and how long each ask took: seconds."""

    seconds: float
    waits: list[float]


def measure(folder: Path, runs: int, rounds: int) -> Iterator[Ratio]:
    """Give the ratio of asks per second, and what the median, the 99th percentile and the longest ask took."""
    whole, path = folder / "whole.db", folder / "run.db"
    desk(whole, rounds)
    with closing(sqlite3.connect(whole, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    files = _files(folder, rounds // 3)
    turns: dict[str, list[Turn]] = {"ours": [], "bare": []}
    for _ in range(runs):
        for kind, taken in turns.items():
            copy(whole, path)
            taken.append(_turn(kind, path, files))
    ours, bare = turns.values()
    case, beside = f"{PROCESSES} processes x {ASKS} asks, WAL", "bare sqlite3 loops"
    yield of_speed(case, beside, [turn.seconds for turn in ours], [turn.seconds for turn in bare], 0.85)
    for name, place in (("median", 50), ("99 %", 99), ("longest", 100)):
        mine, theirs = ([_percentile(turn.waits, place) for turn in taken] for taken in (ours, bare))
        yield of_time(f"{case}: {name} wait", beside, mine, theirs)
    for left in (*folder.glob("run.db*"), whole, *files):
        left.unlink()


def _percentile(waits: Sequence[float], place: int) -> float:
    return max(waits) if place == 100 else quantiles(waits, n=100)[place - 1]


def _files(folder: Path, calls: int) -> list[Path]:
    """Write the asks of each process: sessions of three rounds, each on a call of its own."""
    chance = random.Random(1)  # noqa: S311 - the same asks each time
    sessions = -(-ASKS // len(_OFFERS))
    free = iter(chance.sample(range(1, calls + 1), PROCESSES * sessions))
    files = []
    for number in range(PROCESSES):
        asks = []
        for call in (next(free) for _ in range(sessions)):
            session = f"sess_{chance.getrandbits(64):016x}"
            asks += [
                {
                    "call_id": call,
                    "carrier_offer": offer,
                    "session_id": session,
                    "request_id": f"{session}.{offer}",
                }
                for offer in _OFFERS
            ]
        files.append(folder / f"asks{number}.jsonl")
        files[-1].write_text("\n".join(map(json.dumps, asks[:ASKS])) + "\n", encoding="utf-8")
    return files


def _turn(kind: str, path: Path, files: Sequence[Path]) -> Turn:
    """Let all begin at once, and wait for the last."""
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.peers.crowd", kind, path, asks],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env=environment(),
        )
        for asks in files
    ]
    for process in crowd:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{kind} did not begin")
    began = perf_counter()
    for process in crowd:
        if process.stdin is not None:
            process.stdin.write("\n")
            process.stdin.flush()
    waits = [wait for process in crowd for wait in json.loads(process.communicate()[0])]
    return Turn(perf_counter() - began, waits)
