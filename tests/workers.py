"""Programs that tests run in numbers, and kill: ``python -m tests.workers NAME ARGUMENT...``.

Each says ``ready`` when everything is imported, begins when a line comes in, and prints one JSON line for
each thing that it has done.
"""

import asyncio
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from negotiator.errors import NegotiatorError
from negotiator.http.desk import OpenDesk
from negotiator.http.litestream import Litestream
from negotiator.maintenance.backup import back_up
from negotiator.maintenance.check import check
from negotiator.maintenance.create import init
from negotiator.maintenance.migrate import migrate
from negotiator.maintenance.restore import restore
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.policy.decide import Policy
from negotiator.policy.terms import PolicySource
from negotiator.service import CallHandlingService

ROOT = Path(__file__).parent.parent


def ask(path: str, call_id: str, session_id: str, offer: str, count: str) -> None:
    """Make the same ask a number of times in one session, or in none (``-``)."""
    session = None if session_id == "-" else session_id
    with CallHandlingService.open(path) as service:
        for _ in range(int(count)):
            try:
                answer = service.negotiate(call_id, offer, session)
                tell(round=answer.round_number, decision=answer.decision, call=answer.call_id)
            except NegotiatorError as error:
                tell(error=error.code)


def ask_until_migrated(path: str, call_id: str, session_id: str) -> None:
    """Make one ask as soon as the file is up to date."""
    while True:
        try:
            with CallHandlingService.open(path) as service:
                tell(round=service.negotiate(call_id, 2300, session_id).round_number)
                return
        except NegotiatorError as error:
            if error.code != "migrations_pending":
                tell(error=error.code)
                return


def ask_bare(path: str, call_id: str, _session: str, _offer: str, count: str) -> None:
    """Do what an ask writes in the plainest way there is: the peer that throughput is measured against."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = EXTRA")
        for _ in range(int(count)):
            connection.execute("BEGIN IMMEDIATE")
            values = (call_id, 1, 2300.0, "counter_offer_2125.00", "2025-09-01 12:00:00.000000")
            connection.execute(
                "INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)"
                " VALUES (?, ?, ?, ?, ?)",
                values,
            )
            connection.execute("UPDATE calls SET negotiation_rounds = 1 WHERE id = ?", [call_id])
            connection.execute("COMMIT")
            tell(round=1)


def do_init(path: str) -> None:
    """Make a file."""
    init(Path(path), sample=True)
    tell(made=path)


def do_migrate(path: str) -> None:
    """Bring a file up to date."""
    tell(applied=migrate(Path(path)).applied)


def do_backup(path: str) -> None:
    """Copy a file."""
    tell(path=str(back_up(Path(path), now=datetime.now(UTC)).path))


def do_restore(backup: str, path: str) -> None:
    """Restore a file."""
    tell(rows=restore(Path(backup), Path(path), now=datetime.now(UTC)).rows)


def do_check(path: str) -> None:
    """Look at a file."""
    tell(faults=[found.detail for found in check(Path(path)) if found.result == "fault"])


def answer_when_copied(path: str, control: str, clients: str) -> None:
    """Answer so many clients that ask all the time, each on a new call from 100 on, as the server does."""
    source = PolicySource.from_policy(Policy())
    calls = itertools.count(100)

    async def client(desk: OpenDesk) -> None:
        for call in calls:
            ask = parse_ask(call, 2000)
            await desk.write(lambda file, ask=ask: answer_ask(file, ask, source))  # type: ignore[misc] # one for each
            tell(call=call)

    async def serve() -> None:
        with closing(Litestream(Path(control), Path(path), 60)) as litestream:
            async with OpenDesk(Path(path), after_commit=litestream) as desk:
                await asyncio.gather(*(client(desk) for _ in range(int(clients))))

    asyncio.run(serve())


def tell(**said: object) -> None:
    """Print a line."""
    print(json.dumps(said), flush=True)  # noqa: T201 - this is a program


Worker = subprocess.Popen[str]


def start(name: str, *arguments: object, **environment: str) -> Worker:
    """Start a worker; it is ready when this returns."""
    command = [sys.executable, "-m", "tests.workers", name, *map(str, arguments)]
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    assert worker.stdout
    assert worker.stdout.readline() == "ready\n"
    return worker


def go(worker: Worker) -> None:
    """Let a worker begin."""
    assert worker.stdin
    worker.stdin.write("go\n")
    worker.stdin.flush()


def finish(worker: Worker) -> list[dict[str, Any]]:
    """Wait for a worker to end, and return what it has told; nothing may be on its stderr."""
    out, err = worker.communicate(timeout=300)
    assert not err, err
    return [json.loads(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]


def crowd(workers: Iterable[Worker]) -> list[list[dict[str, Any]]]:
    """Let all begin at once, and return what each has told."""
    all_of_them = list(workers)
    for worker in all_of_them:
        go(worker)
    return [finish(worker) for worker in all_of_them]


def killed(worker: Worker, *, within: float, chance: random.Random) -> list[dict[str, Any]]:
    """Let a worker begin, kill it at a random moment, and return what it had told by then."""
    go(worker)
    time.sleep(chance.uniform(0, within))  # the moment is what is tried
    worker.send_signal(signal.SIGKILL)
    return finish(worker)


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        globals()[sys.argv[1]](*sys.argv[2:])
    except NegotiatorError as problem:
        tell(error=problem.code)
