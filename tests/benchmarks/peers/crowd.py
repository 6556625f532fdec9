"""One of many processes on one file, one commit an ask. Run as ``crowd.py ours|bare FILE ASKS``.

It says ``ready`` when the file is open, begins when a line comes in, and prints how long each ask took, seconds.
"""

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from negotiator import CallHandlingService
from tests.benchmarks.peers import bare_loop

Asking = Callable[[dict[str, Any]], object]
_PATIENCE_SECONDS = 60


@contextmanager
def ours(path: str) -> Iterator[Asking]:
    """Give the Python API."""
    with CallHandlingService.open(path) as service:
        yield lambda ask: service.negotiate(**ask)


@contextmanager
def bare(path: str) -> Iterator[Asking]:
    """Give the same statements by sqlite3 alone, which waits for the lock as it does by itself."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_SECONDS)) as db:
        db.execute("PRAGMA synchronous = EXTRA")

        def answer(ask: dict[str, Any]) -> None:
            db.execute("BEGIN IMMEDIATE")
            bare_loop.ask(db, ask)
            db.execute("COMMIT")

        yield answer


def main(kind: str, path: str, asks: str) -> None:
    """Answer all asks, each as soon as the one before is on record."""
    lines = Path(asks).read_text(encoding="utf-8").splitlines()
    waits = []
    with {"ours": ours, "bare": bare}[kind](path) as answer:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for line in lines:
            began = perf_counter()
            answer(json.loads(line))
            waits.append(perf_counter() - began)
    sys.stdout.write(json.dumps(waits) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
