"""Change the code in small ways, one at a time, and tell which changes no test notices."""

# ruff: noqa: T201, S311 - it is a program that prints, and what it draws is no secret

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.mutation.changes import Change, changes
from tests.mutation.record import Record, record_tests

ROOT = Path(__file__).resolve().parents[2]
NOT_CHANGED = ("cli", "output", "http", "guide", "__init__.py")
"""What people look at is held by texts; the rules stand below. The writer of the server is among the changed."""
CHANGED_TOO = ("http/writer.py",)
NO_DIFFERENCE = Path(__file__).with_name("no_difference.toml")
"""Changes that nobody can see, each with the reason; they count neither as noticed nor as unnoticed."""


_FIRST = 40
"""How many tests are run before the others are looked at."""


class Verdict(NamedTuple):
    """Whether the tests noticed a change: the first that did, or ``None``."""

    change: Change
    shown_to: int
    noticed_by: str | None
    seconds: float


def main() -> None:
    """Draw changes, show each to the tests that run its line, and print what was noticed."""
    arguments = _arguments()
    os.chdir(ROOT)
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="mutation-"))
    record = record_tests(folder)
    kept = folder / f"verdicts-{arguments.seed}.jsonl"
    drawn = _drawn(arguments.under, arguments.changes, arguments.seed)
    before = _read(kept) if arguments.again else {}
    left = [change for change in drawn if change not in before or before[change].noticed_by is None]
    print(f"{len(left)} changes, seed {arguments.seed}; what comes of each is in {folder}", flush=True)
    with kept.open("a" if arguments.again else "w") as out:
        for verdict in _tried(left, record, arguments, folder):
            before[verdict.change] = verdict
            print(json.dumps(verdict), file=out, flush=True)
            if verdict.noticed_by is None:
                print(_told(verdict), flush=True)
    print(_table([before[change] for change in drawn], _no_difference()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--changes", type=int, default=1000, help="how many to try (1000)")
    parser.add_argument("--seed", type=int, default=1, help="which ones are drawn (1)")
    parser.add_argument("--under", default="negotiator", help="of which folder or file (negotiator)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="how many at a time (one a core)"
    )
    parser.add_argument("--keep", help="a folder for what was found, which a later run begins with")
    parser.add_argument(
        "--again", action="store_true", help="only what the kept run of this seed left unnoticed"
    )
    parser.add_argument(
        "--seconds", type=int, default=120, help="how much testing a change gets: the quickest tests (120)"
    )
    parser.add_argument("--also", nargs="*", default=[], help="tests to show what the others did not notice")
    return parser.parse_args()


def _drawn(under: str, count: int, seed: int) -> list[Change]:
    """Return changes drawn from all that can be made."""
    every = [change for path in _files(under) for change in changes(path)]
    return random.Random(seed).sample(every, min(count, len(every)))


def _files(under: str) -> Iterator[Path]:
    place = Path(under)
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        inside = path.relative_to("negotiator")
        if inside.parts[0] not in NOT_CHANGED or str(inside) in CHANGED_TOO:
            yield path


def _read(kept: Path) -> dict[Change, Verdict]:
    """Return what earlier runs of the same draw found, the later ones before the earlier."""
    lines = kept.read_text().splitlines() if kept.exists() else []
    verdicts = [Verdict(Change(*fields), *rest) for fields, *rest in map(json.loads, lines)]
    return {verdict.change: verdict for verdict in verdicts}


def _no_difference() -> set[tuple[str, str, str, str]]:
    """Return path, line, old and new text of what makes no difference; places shift, lines stay."""
    listed = tomllib.loads(NO_DIFFERENCE.read_text())["change"]
    return {(entry["path"], entry["line"], entry["old"], entry["new"]) for entry in listed}


def _tried(
    drawn: list[Change], record: Record, arguments: argparse.Namespace, folder: Path
) -> Iterator[Verdict]:
    """Yield a verdict on each change; each worker has a copy of the code of its own."""
    trees: SimpleQueue[Tree] = SimpleQueue()
    for number in range(arguments.workers):
        trees.put(Tree(folder / f"copy-{number}"))

    def tried(change: Change) -> Verdict:
        tree = trees.get()
        try:
            return _shown(change, tree, record, arguments)
        finally:
            trees.put(tree)

    with ThreadPoolExecutor(arguments.workers) as pool:
        yield from pool.map(tried, drawn)


class Tree:
    """A copy of the code, and a process that runs its tests."""

    def __init__(self, path: Path) -> None:
        """Copy what the tests need, without what an earlier run has left."""
        self.path = path
        shutil.rmtree(path, ignore_errors=True)
        listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout
        for name in listed.splitlines():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(name, path / name)
        self._runner = subprocess.Popen(
            [
                sys.executable,
                Path(__file__).with_name("runner.py"),
            ],  # as a file: it imports no package of ours
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, tests: list[str], seconds: float) -> str | None:
        """Return the first of the tests that fails, or what else went wrong; ``None`` if all pass."""
        assert self._runner.stdin
        assert self._runner.stdout
        request = {"tree": str(self.path), "tests": tests, "seconds": seconds}
        print(json.dumps(request), file=self._runner.stdin, flush=True)
        answer = json.loads(self._runner.stdout.readline())
        if answer["code"] == 0:
            return None
        if answer["code"] is None:
            return "it took too long"
        told = [line for line in answer["said"].splitlines() if line.startswith(("FAILED", "ERROR"))]
        return told[0] if told else str(answer["said"].strip()[-200:] or answer["code"])


def _shown(change: Change, tree: Tree, record: Record, arguments: argparse.Namespace) -> Verdict:
    """Make one change in a copy, run the tests, and take it back."""
    started = time.monotonic()
    path = tree.path / change.path
    original = path.read_bytes()
    chosen = _affordable(record.tests_of(change.path, change.line), record, arguments.seconds)
    try:
        path.write_bytes(change.applied(original))
        shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
        noticed = _noticed_by(chosen, tree, arguments.seconds) if chosen else None
        if noticed is None and arguments.also:
            noticed = _noticed_by(arguments.also, tree, arguments.seconds)
    finally:
        path.write_bytes(original)
        shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    return Verdict(change, len(chosen), noticed, time.monotonic() - started)


def _affordable(tests: list[str], record: Record, most: int) -> list[str]:
    chosen, seconds = [], 0.0
    for test in tests:
        seconds += record.seconds.get(test, 0)
        if seconds > most:
            break
        chosen.append(test)
    return chosen


def _noticed_by(tests: list[str], tree: Tree, seconds: int) -> str | None:
    """Return the first test that fails, or what else went wrong; ``None`` if all passed.

    The quickest go first: most changes are noticed by them, and the files of the others are not even read.
    """
    for some in (tests[:_FIRST], tests[_FIRST:]):
        if some and (failed := tree.run(some, 3 * seconds)):
            return failed
    return None


def _told(verdict: Verdict) -> str:
    change = verdict.change
    return f"unnoticed: {change.path}:{change.line}: {change.kind}: {change.old!r} => {change.new!r} ({verdict.shown_to} tests)"


def _table(verdicts: list[Verdict], no_difference: set[tuple[str, str, str, str]]) -> str:
    """Return how many were tried, make a difference and were noticed, by the part of the program."""
    tried, matter, noticed = Counter[str](), Counter[str](), Counter[str]()
    for change, _, noticed_by, _ in verdicts:
        part = Path(change.path).parts[1]
        line = Path(change.path).read_text().splitlines()[change.line - 1].strip()
        listed = (change.path, line, change.old, change.new) in no_difference
        tried[part] += 1
        matter[part] += noticed_by is not None or not listed
        noticed[part] += noticed_by is not None
    rows = [f"{'part':<16} {'changes':>8} {'matter':>8} {'noticed':>8} {'%':>6}"]
    for part in [*sorted(tried), ""]:
        counts = [counter[part] if part else counter.total() for counter in (tried, matter, noticed)]
        rows.append(
            f"{part or 'all':<16} {counts[0]:>8} {counts[1]:>8} {counts[2]:>8} {counts[2] / max(counts[1], 1):>6.1%}"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
