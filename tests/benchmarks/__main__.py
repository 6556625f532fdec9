"""``python -m tests.benchmarks``: measure, and print a table of ratios."""

import argparse
import compileall
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import negotiator
from negotiator.output import printing
from negotiator.output.layout import Column
from tests.benchmarks import crowd, server, size, startup, throughput
from tests.benchmarks.measuring import Ratio, machine

Measure = Callable[[Path, argparse.Namespace], Iterator[Ratio]]

CASES: Mapping[str, Measure] = {
    "start": lambda folder, given: startup.measure(folder, given.runs),
    "throughput": lambda folder, given: throughput.measure(
        folder, max(given.runs // 8, 1), min(given.rounds, throughput.ROUNDS)
    ),
    "crowd": lambda folder, given: crowd.measure(
        folder, max(given.runs // 8, 1), min(given.rounds, throughput.ROUNDS)
    ),
    "serve": lambda folder, given: server.measure(
        folder, max(given.runs // 13, 1), min(given.rounds, throughput.ROUNDS), 5 if given.runs > 1 else 1
    ),
    "size": lambda folder, given: size.measure(folder, given.runs, given.rounds),
    "migrate": lambda folder, given: size.measure_migration(folder, max(given.runs // 13, 1), given.rounds),
}


def main() -> int:
    """Measure what is asked for; return 1 if a bound is missed."""
    given = _parser().parse_args()
    compileall.compile_dir(str(Path(negotiator.__file__).parent), quiet=2)  # as an installation does
    if not given.json:
        printing.fields([(name, str(value)) for name, value in machine().items() if value is not None])
    found: list[Ratio] = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for case in given.cases or CASES:
            printing.say(f"measuring: {case}")
            found += CASES[case](Path(folder), given)
    if given.json:
        ratios = [asdict(ratio) | {"kept": ratio.kept} for ratio in found]
        printing.lines([json.dumps({"machine": machine(), "ratios": ratios}, indent=2)])
    else:
        headings = ("Case", "Beside", "Ratio", "Of single turns", "Bound", "Ours", "Theirs")
        printing.table(list(map(Column, headings)), [_cells(ratio) for ratio in found])
    return int(any(ratio.kept is False for ratio in found))


def _cells(ratio: Ratio) -> list[str]:
    side = "at most" if ratio.at_most else "at least"
    bound = "" if ratio.bound is None else f"{side} {ratio.bound}{'' if ratio.kept else '  MISSED'}"
    ours, theirs = (f"{value:,.3f} {ratio.unit}" for value in (ratio.ours, ratio.theirs))
    turns = f"{ratio.lowest:.2f} to {ratio.highest:.2f}"
    return [ratio.case, ratio.beside, f"{ratio.ratio:.2f}", turns, bound, ours, theirs]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], help="all of them unless named")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--runs", type=int, default=40, help="of each command; long ones are run less often")
    parser.add_argument("--rounds", type=int, default=10_000_000, help="in the largest file")
    parser.add_argument("--folder", type=Path, help="where files are made: the disk that is measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
